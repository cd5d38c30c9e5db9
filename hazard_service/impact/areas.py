"""Areas on the ground, no square metre counted twice."""

from functools import lru_cache

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from shapely.geometry.base import BaseGeometry

from hazard_service import overlay
from hazard_service.layers import Situation
from hazard_service.vocabulary import HAZARD_KINDS, RELEASE_METHODS

# Ground under both SHA and CHA counts as CHA; a recorded class outranks none.
_PRECEDENCE = ("CHA", "SHA", "unclassified")
assert set(_PRECEDENCE) == set(HAZARD_KINDS)

Split = dict[str, BaseGeometry]


def open_ground(hazards: GeoDataFrame) -> Split:
    """Dissolved open ground by hazard kind, the kinds disjoint (equal-area metre CRS)."""
    taken: BaseGeometry = shapely.Polygon()
    split: Split = {}
    for kind in _PRECEDENCE:
        ground = overlay.union_all(hazards.geometry.array[(hazards["kind"] == kind).to_numpy()])
        split[kind] = overlay.difference(ground, taken)
        taken = overlay.union_all([taken, ground])
    return split


def first_released(released: GeoDataFrame) -> GeoDataFrame:
    """The pieces in the order of their dates, each less all before it: no ground twice, each under its first release.

    Undated releases come after dated ones; ties follow the release id, so the order of rows never matters.
    """
    ordered = released.sort_values(["done_on", "release_id", "hazard_id"], na_position="last")
    return ordered.set_geometry(less_earlier(ordered.geometry.to_numpy()), crs=released.crs).reset_index(drop=True)


def released_ground(released: GeoDataFrame) -> Split:
    """Dissolved released ground by method; ground released twice counts once, under the earlier release."""
    first = first_released(released)
    pieces, methods = first.geometry.to_numpy(), first["method"].to_numpy()
    return {method: overlay.union_all(pieces[methods == method]) for method in RELEASE_METHODS}


@lru_cache(maxsize=4)
def ground_of(situation: Situation) -> tuple[Split, Split]:
    """(`open_ground`, `released_ground`) of a situation, dissolved once for all that measure it."""
    return open_ground(situation.hazards), released_ground(situation.released)


def km2(geometry: BaseGeometry) -> float:
    """Area in km² of a geometry in an equal-area metre CRS."""
    return float(shapely.area(geometry)) / 1e6


def split_by(zones: GeoDataFrame, split: Split) -> pd.DataFrame:
    """km² of each part of `split` (columns) in each zone (rows); the zones must not overlap."""
    columns = {}
    for name, ground in split.items():
        zone, _, m2 = shared_areas(zones.geometry.to_numpy(), shapely.get_parts(ground))
        columns[name] = np.bincount(zone, weights=m2, minlength=len(zones)) / 1e6
    return pd.DataFrame(columns, index=zones.index)


def shared_areas(zones: np.ndarray, pieces: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(zone, piece, m² that both cover) of the pairs that meet. A piece inside a zone counts whole: nothing is cut."""
    tree = shapely.STRtree(pieces)
    zone, piece = tree.query(zones, predicate="intersects")
    whole, inside = tree.query(zones, predicate="contains_properly")
    m2 = shapely.area(pieces)[piece]
    cut = ~np.isin(zone * len(pieces) + piece, whole * len(pieces) + inside)
    m2[cut] = shapely.area(overlay.intersection(zones[zone[cut]], pieces[piece[cut]]))
    return zone, piece, m2


def disjoint(zones: GeoDataFrame, code: str) -> GeoDataFrame:
    """The zones in order of their codes, ground claimed by two kept by the lower code only."""
    ordered = zones.sort_values(code).reset_index(drop=True)
    return ordered.set_geometry(
        GeoDataFrame(geometry=less_earlier(ordered.geometry.to_numpy()), crs=ordered.crs).geometry
    )


def less_earlier(pieces: np.ndarray) -> np.ndarray:
    """Each piece less all pieces before it."""
    left, right = shapely.STRtree(pieces).query(pieces, predicate="intersects")
    earlier = right < left
    return _less(pieces, left[earlier], pieces[right[earlier]])


def less(pieces: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Each piece less all of the others."""
    piece, other = shapely.STRtree(others).query(pieces, predicate="intersects")
    return _less(pieces, piece, others[other])


def _less(pieces: np.ndarray, row: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """Each piece less what is taken from it: `taken`, by `row` of the piece, which never falls."""
    result = pieces.copy()
    rows, first = np.unique(row, return_index=True)
    together = [overlay.union_all(some) for some in np.split(taken, first[1:])] if len(rows) else []
    result[rows] = overlay.difference(pieces[rows], np.array(together, dtype=object))
    return result
