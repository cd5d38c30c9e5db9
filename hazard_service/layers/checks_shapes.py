"""Checks of geometry that all layers share, in the programme's metre CRS, and of what is no hazard and no release."""

from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import GeometryType

from hazard_service.layers.findings import LayerRows
from hazard_service.layers.projecting import flat_parts
from hazard_service.layers.repair import linear, polygonal

FAR_VERTICES_M: Final = 5000.0
LINES: Final = (GeometryType.LINESTRING, GeometryType.LINEARRING, GeometryType.MULTILINESTRING)
POLYGONS: Final = (GeometryType.POLYGON, GeometryType.MULTIPOLYGON)
_NOWHERE: Final = {
    "null_geometry": "It has no geometry that can be read",
    "empty_geometry": "Its geometry has no coordinates",
    "off_the_earth": "A coordinate is not finite or not a place on the earth",
    "far_from_the_rest": "It lies over 1,500 km from the middle of the programme",
}
_WHEN_REFUSED: Final = {
    "hazards": "the hazard cannot be placed and is listed apart",
    "releases": "the release opens nothing",
}


def refuse_unplaced(rows: LayerRows) -> pd.DataFrame:
    """null_geometry, empty_geometry, off_the_earth, far_from_the_rest: refused. Returns the refused rows."""
    effect = _WHEN_REFUSED.get(rows.name, "the row is left out")
    refused = [
        rows.refuse(rows.column("_problem") == rule, rule, f"{said}; {effect}.") for rule, said in _NOWHERE.items()
    ]
    return pd.concat(refused)


def check_reading(rows: LayerRows) -> None:
    """What reading did to rows: axes_swapped, unclosed_ring; and far_vertices in hazards and releases."""
    swapped, unclosed = (rows.frame[name].to_numpy(dtype=bool) for name in ("_swapped", "_unclosed"))
    rows.flag(
        swapped, "axes_swapped", "repaired",
        "Its file lies far from the others until x and y are exchanged; so they are exchanged.",
    )  # fmt: skip
    rows.flag(unclosed, "unclosed_ring", "repaired", "A ring was not closed; it is closed by a straight line.")
    if rows.name in ("hazards", "releases"):
        edge_m = rows.frame["_edge_m"].to_numpy(dtype=float)
        far = edge_m > FAR_VERTICES_M
        rows.flag(
            far, "far_vertices", "kept",
            [f"Two consecutive vertices lie {length:,.0f} m apart; check the outline." for length in edge_m[far]],
        )  # fmt: skip


def shape_spots(rows: LayerRows) -> None:
    """Communities, places and accidents: points and valid polygons stay; invalid_geometry is repaired,
    wrong_geometry_type becomes the point on it."""
    kind = shapely.get_type_id(rows.geometry)
    invalid = np.isin(kind, POLYGONS) & ~shapely.is_valid(rows.geometry)
    for at in np.flatnonzero(invalid):
        corner = shapely.Point(shapely.get_coordinates(rows.geometry[at])[0])
        rows.geometry[at] = polygonal(shapely.make_valid(rows.geometry[at])) or corner
    rows.flag(invalid, "invalid_geometry", "repaired", "Its outline crosses or touches itself; it is repaired.")
    odd = ~np.isin(kind, (GeometryType.POINT, *POLYGONS)) | (rows.name == "accidents") & (kind != GeometryType.POINT)
    rows.geometry[odd] = shapely.point_on_surface(rows.geometry[odd])
    names = [GeometryType(code).name.lower() for code in kind[odd]]
    rows.flag(odd, "wrong_geometry_type", "repaired", [f"It is a {name}; a point on it is taken." for name in names])


def shape_lines(rows: LayerRows) -> None:
    """Routes: lines stay; wrong_geometry_type is refused, unless lines are in it."""
    odd = ~np.isin(shapely.get_type_id(rows.geometry), LINES)
    for at in np.flatnonzero(odd):
        parts, _ = flat_parts(rows.geometry[[at]])
        rows.geometry[at] = linear(shapely.GeometryCollection(list(parts)))
    lost = shapely.is_missing(rows.geometry)
    rows.flag(odd & ~lost, "wrong_geometry_type", "repaired", "It is a collection; its lines are taken.")
    rows.refuse(lost, "wrong_geometry_type", "It is no line; the row is left out.")


def shape_areas(rows: LayerRows) -> None:
    """Districts: polygons stay; invalid_geometry is repaired, wrong_geometry_type refused."""
    odd = ~np.isin(shapely.get_type_id(rows.geometry), POLYGONS)
    rows.refuse(odd, "wrong_geometry_type", "It is no polygon; the row is left out.")
    invalid = ~shapely.is_valid(rows.geometry)
    for at in np.flatnonzero(invalid):
        rows.geometry[at] = polygonal(shapely.make_valid(rows.geometry[at]))
    lost = shapely.is_missing(rows.geometry)
    rows.flag(invalid & ~lost, "invalid_geometry", "repaired", "Its outline crosses or touches itself; it is repaired.")
    rows.refuse(lost, "collapsed_geometry", "The polygon has no area; the row is left out.")


def flag_same_polygons(rows: LayerRows, ids: NDArray[np.object_]) -> None:
    """duplicate_polygon: kept, because counting ground dissolves it first; a sign of a row entered twice."""
    shapes = pd.Series(list(shapely.to_wkb(shapely.normalize(rows.geometry))), dtype=object)
    first = pd.Series(ids, dtype=object).groupby(shapes, sort=False).transform("first").to_numpy(dtype=object)
    same = shapes.duplicated().to_numpy(dtype=bool)
    rows.flag(same, "duplicate_polygon", "kept", [f"It has the same polygon as {name}." for name in first[same]])
