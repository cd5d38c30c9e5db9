"""Ids beside the hazards of a printed map, where there is room: over no hazard, symbol or name."""

from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from matplotlib.axes import Axes
from numpy.typing import NDArray

from hazard_service.atlas.map_parts import limits_of, pt_per_metre
from hazard_service.atlas.names import GAP_PT, ORDER, WAYS, Boxes, boxes_at
from hazard_service.language import without_marks
from hazard_service.paper import printable, width_pt

SIZE_PT: Final = 5.0
_COLOUR: Final = "#6b1414"
# Nearer to another hazard an id would be read as that one's.
_OFF_OTHERS_PT: Final = 4.0
# Nearer than this two hazards are seen as one.
_APART_PT: Final = 1.5


def put_hazard_ids(axes: Axes, hazards: GeoDataFrame, drawn: GeoDataFrame, symbols: Boxes) -> list[str]:
    """Writes the ids of hazards beside them, the largest first; returns those that have no room, in order.

    hazards: hazard_id and outline of those to be named; a hazard may have several rows. drawn: the same of all that is
    drawn of hazards and released ground. symbols: what the symbols of communities cover. An id keeps off these, off
    what is written already and off the edge of the map, and a distance off whatever is drawn of other hazards. Who lies
    against a larger hazard that has no id gets none either: it would be read as that one's.
    """
    shown = _shown(axes, hazards)
    if not shown:
        return []
    ids = np.array([name for name, _ in shown], dtype=object)
    texts = [printable(without_marks(name)) for name in ids]
    boxes = np.array([_beside(axes, spots, text) for (_, spots), text in zip(shown, texts, strict=True)])
    free = _is_free(axes, boxes, ids, drawn, np.concatenate([symbols, _written(axes)]))
    bounds, against = shapely.bounds(boxes), _against(axes, hazards)
    taken, without = np.empty((0, 4)), set[str]()
    for name, text, own, is_free in zip(ids, texts, bounds, free, strict=True):
        ways = np.flatnonzero(is_free & ~_meets(own, taken))
        if not len(ways) or against[name] & without:
            without.add(name)
            continue
        place = own[ways[0]]
        taken = np.vstack([taken, place])
        axes.text(place[0], place[1], text, fontsize=SIZE_PT, color=_COLOUR, ha="left", va="bottom", zorder=ORDER,
                  clip_on=True)  # fmt: skip
    return sorted(without)


def _shown(axes: Axes, hazards: GeoDataFrame) -> list[tuple[str, NDArray[np.float64]]]:
    """(id, corners within the map) of each hazard that the map shows, the one with the largest ground first."""
    parts = shapely.clip_by_rect(hazards.geometry.to_numpy(), *limits_of(axes))
    found = pd.DataFrame({"hazard_id": hazards["hazard_id"].to_numpy(), "part": parts, "m2": shapely.area(parts)})
    found = found[~shapely.is_empty(parts)]
    whole = (
        found.groupby("hazard_id")["m2"].sum().reset_index().sort_values(["m2", "hazard_id"], ascending=[False, True])
    )
    corners = {name: shapely.get_coordinates(own.to_numpy()) for name, own in found.groupby("hazard_id")["part"]}
    return [(name, corners[name]) for name in whole["hazard_id"]]


def _against(axes: Axes, hazards: GeoDataFrame) -> dict[str, set[str]]:
    """By id, those of the hazards that lie so near that both are seen as one."""
    names, shapes = hazards["hazard_id"].to_numpy(), hazards.geometry.to_numpy()
    pairs = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_APART_PT / pt_per_metre(axes))
    found: dict[str, set[str]] = {name: set() for name in names}
    for one, other in names[pairs].T:
        if one != other:
            found[one].add(other)
    return found


def _beside(axes: Axes, corners: NDArray[np.float64], text: str) -> Boxes:
    """(8,) where the id may stand, by way: off the corner that lies farthest that way, so never over its own hazard."""
    farthest = corners[np.argmax(np.array(WAYS) @ corners.T, axis=1)]
    return boxes_at(axes, farthest, width_pt(text, SIZE_PT), GAP_PT, SIZE_PT)


def _is_free(
    axes: Axes, boxes: Boxes, ids: NDArray[np.object_], drawn: GeoDataFrame, others: Boxes
) -> NDArray[np.bool_]:
    """(n, 8) whether a place lies on the map, off what is drawn of other hazards, and off everything else."""
    flat, owner = boxes.ravel(), np.repeat(ids, len(WAYS))
    blocked = ~shapely.covers(shapely.box(*limits_of(axes)), flat)
    wide = shapely.box(*(shapely.bounds(flat) + np.array([-1, -1, 1, 1]) * _OFF_OTHERS_PT / pt_per_metre(axes)).T)
    place, row = shapely.STRtree(drawn.geometry.to_numpy()).query(wide, predicate="intersects")
    blocked[place[drawn["hazard_id"].to_numpy()[row] != owner[place]]] = True
    blocked[shapely.STRtree(others).query(flat, predicate="intersects")[0]] = True
    free: NDArray[np.bool_] = ~blocked.reshape(boxes.shape)
    return free


def _written(axes: Axes) -> Boxes:
    """What the texts on the map cover, in metres."""
    to_metres = axes.transData.inverted()
    extents = [text.get_window_extent().transformed(to_metres).extents for text in axes.texts if text.get_text()]
    return np.asarray(shapely.box(*np.reshape(extents, (-1, 4)).T), dtype=object)


def _meets(boxes: NDArray[np.float64], taken: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) whether each of the bounds meets any of those taken."""
    low, high = boxes[:, None, :2], boxes[:, None, 2:]
    both = (low <= taken[None, :, 2:]) & (high >= taken[None, :, :2])
    return np.asarray(np.any(np.all(both, axis=2), axis=1))
