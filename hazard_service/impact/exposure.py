"""How near each community is to open hazards."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
import pyproj
import shapely
from geopandas import GeoDataFrame

from hazard_service import overlay
from hazard_service.impact.areas import shared_areas

_GEOD = pyproj.Geod(ellps="WGS84")
# The equal-area plane stretches distances by under 1 % within 1,800 km of its centre: enough to find candidates.
_PLANE_MARGIN = 1.01


def blocking(hazards: GeoDataFrame) -> np.ndarray:
    """Geometry of each hazard with the zero-width remnants of its repair: all that blocks a walker."""
    outlines: np.ndarray = hazards.geometry.to_numpy().copy()
    for index in np.flatnonzero(hazards["remnant"].notna().to_numpy()):
        parts = [part for part in (outlines[index], hazards["remnant"].iloc[index]) if part is not None]
        outlines[index] = shapely.GeometryCollection(parts)
    return outlines


def rings_round(communities: GeoDataFrame, rings_m: Sequence[float]) -> dict[float, np.ndarray]:
    """The ground within each distance of each community, (n,) polygons by distance; the communities themselves at 0."""
    homes = communities.geometry.to_numpy()
    # 64 segments a quarter: the ring's area is right to 0.01 %.
    rings = {float(ring_m): shapely.buffer(homes, ring_m, quad_segs=64) if ring_m else homes for ring_m in rings_m}
    for around in rings.values():
        shapely.prepare(around)
    return rings


def exposure(
    communities: GeoDataFrame, hazards: GeoDataFrame, rings: Mapping[float, np.ndarray], contact_m: float
) -> pd.DataFrame:
    """Distance columns, one row per community; `rings` are its `rings_round`.

    nearest_hazard_m: geodesic metres from the community's own geometry (0 inside, NaN where no hazard is open);
    nearest_hazard_id; hazards_within_R_m and hazard_km2_within_R_m for each ring, cumulative, ≤ the distance;
    inside_hazard; exposed (nearest within `contact_m`). Both frames in one equal-area metre CRS.
    """
    homes = communities.geometry.to_numpy()
    outlines = blocking(hazards)
    frame = nearest_hazards(communities, hazards)
    ground = shapely.get_parts(overlay.union_all(hazards.geometry.to_numpy()))
    home, _, distance_m = pairs_within(homes, outlines, max(rings), communities.crs)
    for ring_m, around in rings.items():
        inside = distance_m <= ring_m
        frame[f"hazards_within_{ring_m:g}_m"] = np.bincount(home[inside], minlength=len(homes))
        ring, _, m2 = shared_areas(around, ground)
        frame[f"hazard_km2_within_{ring_m:g}_m"] = np.bincount(ring, weights=m2, minlength=len(homes)) / 1e6
    frame["inside_hazard"] = (frame["nearest_hazard_m"] == 0).to_numpy()
    frame["exposed"] = (frame["nearest_hazard_m"] <= contact_m).to_numpy()
    return frame


def nearest_hazards(communities: GeoDataFrame, hazards: GeoDataFrame) -> pd.DataFrame:
    """nearest_hazard_m and nearest_hazard_id, one row per community, as `exposure` has them."""
    homes, outlines = communities.geometry.to_numpy(), blocking(hazards)
    frame = pd.DataFrame(
        {
            "nearest_hazard_m": np.full(len(homes), np.nan),
            "nearest_hazard_id": pd.Series([None] * len(homes), dtype=object),
        }
    )
    if not len(outlines) or not len(homes):
        return frame
    home, hazard = shapely.STRtree(outlines).query_nearest(homes, all_matches=True)
    pairs = pd.DataFrame(
        {
            "home": home,
            "metres": _geodesic_m(homes[home], outlines[hazard], communities.crs),
            "id": hazards["hazard_id"].to_numpy()[hazard],
        }
    )
    first = pairs.sort_values(["home", "metres", "id"]).drop_duplicates("home").set_index("home")
    frame["nearest_hazard_m"] = first["metres"].reindex(frame.index)
    frame["nearest_hazard_id"] = first["id"].reindex(frame.index).astype(object)
    return frame


def pairs_within(
    homes: np.ndarray, outlines: np.ndarray, distance_m: float, crs: pyproj.CRS
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(home, outline, geodesic metres) of the pairs within a distance, and some a little farther."""
    if not len(outlines) or not len(homes):
        return np.empty(0, int), np.empty(0, int), np.empty(0)
    home, hazard = shapely.STRtree(outlines).query(homes, predicate="dwithin", distance=distance_m * _PLANE_MARGIN)
    return home, hazard, _geodesic_m(homes[home], outlines[hazard], crs)


def _geodesic_m(here: np.ndarray, there: np.ndarray, crs: pyproj.CRS) -> np.ndarray:
    """Metres on the ellipsoid between the nearest points of each pair; 0 where they meet."""
    ends = shapely.get_coordinates(shapely.shortest_line(here, there)).reshape(-1, 4)
    degrees = _to_degrees(crs)
    lon1, lat1 = degrees.transform(ends[:, 0], ends[:, 1])
    lon2, lat2 = degrees.transform(ends[:, 2], ends[:, 3])
    metres = np.asarray(_GEOD.inv(lon1, lat1, lon2, lat2)[2], dtype=float)
    # "Inside" is a fact of the geometry; a shortest line may leave a few nanometres.
    metres[shapely.intersects(here, there)] = 0.0
    return metres


@lru_cache(maxsize=4)
def _to_degrees(crs: pyproj.CRS) -> pyproj.Transformer:
    """Making one takes longer than using it."""
    return pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def accident_distances(accidents: GeoDataFrame, hazards: GeoDataFrame) -> dict[str, float | None]:
    """Share of accidents inside, within 500 m of and beyond 500 m from any recorded hazard: what the record misses.

    None for all three where any of the three groups holds 1 to 4 accidents, so that no single record can be worked
    out.
    """
    names = ("accidents_inside_share", "accidents_within_500_m_share", "accidents_beyond_500_m_share")
    if accidents.empty:
        return dict.fromkeys(names, None)
    spots, outlines = accidents.geometry.to_numpy(), blocking(hazards)
    tree = shapely.STRtree(outlines)
    inside = np.unique(tree.query(spots, predicate="intersects")[0]).size
    within = np.unique(tree.query(spots, predicate="dwithin", distance=500.0)[0]).size
    groups = (inside, within - inside, len(spots) - within)
    if any(0 < count < 5 for count in groups):
        return dict.fromkeys(names, None)
    return dict(zip(names, (round(count / len(spots), 2) for count in groups), strict=True))
