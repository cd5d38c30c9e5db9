"""Names beside the symbols of a printed map: where they cover the least, and under the hazards, which nothing hides."""

from typing import Final

import numpy as np
import shapely
from geopandas import GeoDataFrame
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from hazard_service.atlas.map_parts import limits_of, pt_per_metre
from hazard_service.language import without_marks
from hazard_service.paper import printable, width_pt

SIZE_PT: Final = 6.5
# Over symbols, under hazards: see `printed_map`.
ORDER: Final = 2.9
# Of a line, in heights of its letters.
_HIGH: Final = 1.25
GAP_PT: Final = 1.5
# Nearer to the symbol of another a name would be read as that one's.
_OFF_OTHERS_PT: Final = 3.0
# A name that the edge cuts off cannot be read.
_WORST: Final = 10.0
# Where a name may stand: which way from the symbol, the best first.
WAYS: Final = ((1, 1), (-1, 1), (1, -1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1))
_ALIGN_X: Final = {1: "left", -1: "right", 0: "center"}
_ALIGN_Y: Final = {1: "bottom", -1: "top", 0: "center"}

Boxes = NDArray[np.object_]


def put_names(
    axes: Axes,
    communities: GeoDataFrame,
    named: NDArray[np.bool_],
    sizes_pt2: NDArray[np.float64],
    hazards: GeoDataFrame,
) -> None:
    """Writes the names of those communities that are to be named, the one with most people first.

    sizes_pt2: (n,) of their symbols, as matplotlib takes it. hazards: whose ground the names keep off where they can,
    as they do off the symbols of others, by a distance, and off the edge of the map; where they cannot, hazards are
    drawn over them.
    """
    radius_m = (np.sqrt(sizes_pt2) / 2 + _OFF_OTHERS_PT) / pt_per_metre(axes)
    symbols = shapely.buffer(communities.geometry.to_numpy(), radius_m)
    ground, others = shapely.STRtree(hazards.geometry.to_numpy()), shapely.STRtree(symbols)
    frame = shapely.box(*limits_of(axes))
    taken: list[shapely.Geometry] = []
    by_people = np.argsort(-communities["people"].fillna(0).to_numpy(dtype=float), kind="stable")
    for row in by_people[named[by_people]].tolist():
        community = communities.iloc[row]
        name = printable(without_marks(community["name"] if isinstance(community["name"], str)
                                       else str(community["community_id"])))  # fmt: skip
        reach_pt = float(np.sqrt(sizes_pt2[row])) / 2 + GAP_PT
        boxes = boxes_at(axes, community.geometry.coords[0], width_pt(name, SIZE_PT), reach_pt)
        cost = _covered_m2(boxes, ground) + _covered_m2(boxes, others, but=row) + _overlap_m2(boxes, taken)
        outside = shapely.area(shapely.difference(boxes, frame))
        best = int(np.argmin(cost + _WORST * outside))
        taken.append(boxes[best])
        x, y = WAYS[best]
        axes.annotate(name, (community.geometry.x, community.geometry.y), _shift(x, y, reach_pt),
                      textcoords="offset points", ha=_ALIGN_X[x], va=_ALIGN_Y[y], fontsize=SIZE_PT, zorder=ORDER,
                      clip_on=True, annotation_clip=True)  # fmt: skip


def _shift(x: int, y: int, reach_pt: float) -> tuple[float, float]:
    # A corner of the box lies on the circle round the symbol as well as the middle of a side.
    far = reach_pt / np.hypot(x, y)
    return x * far, y * far


def boxes_at(axes: Axes, at: ArrayLike, long_pt: float, reach_pt: float, size_pt: float = SIZE_PT) -> Boxes:
    """(8,) what a name of a length would cover, in metres, by way; at: the point, or one for each way."""
    point_m = 1 / pt_per_metre(axes)
    x, y = np.array(WAYS).T
    at_x, at_y = np.broadcast_to(at, (len(WAYS), 2)).T
    shifts = np.array([_shift(*way, reach_pt) for way in WAYS])
    high_pt = _HIGH * size_pt
    west = at_x + (shifts[:, 0] + (x - 1) / 2 * long_pt) * point_m
    south = at_y + (shifts[:, 1] + (y - 1) / 2 * high_pt) * point_m
    return np.asarray(shapely.box(west, south, west + long_pt * point_m, south + high_pt * point_m), dtype=object)


def _covered_m2(boxes: Boxes, ground: shapely.STRtree, but: int | None = None) -> NDArray[np.float64]:
    """What each covers of the shapes, one of them left out."""
    box, shape = ground.query(boxes, predicate="intersects")
    box, shape = box[shape != but], shape[shape != but]
    m2 = shapely.area(shapely.intersection(boxes[box], ground.geometries[shape]))
    return np.bincount(box, weights=m2, minlength=len(boxes)).astype(np.float64)


def _overlap_m2(boxes: Boxes, taken: list[shapely.Geometry]) -> NDArray[np.float64]:
    """What of each lies on names that stand already."""
    if not taken:
        return np.zeros(len(boxes))
    covered: NDArray[np.float64] = shapely.area(shapely.intersection(boxes[:, None], np.array(taken)[None, :]))
    return np.asarray(covered.sum(axis=1))
