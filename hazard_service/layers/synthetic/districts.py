"""Four districts that tile the land: the river parts west from east, two winding lines part north from south."""

import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry.base import BaseGeometry

from hazard_service.layers.synthetic.frame import Array, snapped
from hazard_service.layers.synthetic.geography import LAND_HALF_HEIGHT_KM, LAND_HALF_WIDTH_KM, river_line
from hazard_service.layers.synthetic.story import Story

_WEST_JOINT, _EAST_JOINT = 0.54, 0.47  # shares of the river, from the north, where the winding lines meet it


def district_outlines(story: Story) -> list[shapely.Polygon]:
    """North-west, north-east, south-west, south-east, in m. Neighbours share every corner of their common border."""
    rng = story.rng("districts")
    half_x, half_y = LAND_HALF_WIDTH_KM * 1000.0, LAND_HALF_HEIGHT_KM * 1000.0
    river = np.asarray(river_line(half_y).coords)
    west_at, east_at = (round(share * (len(river) - 1)) for share in (_WEST_JOINT, _EAST_JOINT))
    west = _winding(rng, np.array([-half_x, river[west_at, 1] - 1500.0]), river[west_at])
    east = _winding(rng, river[east_at], np.array([half_x, river[east_at, 1] + 1200.0]))
    north_west, north_east = np.array([-half_x, half_y]), np.array([half_x, half_y])
    south_west, south_east = np.array([-half_x, -half_y]), np.array([half_x, -half_y])
    # Both joints are corners of both districts beside them, so that no border has a corner on one side only.
    rings = (
        [north_west[None], river[: west_at + 1], west[::-1][1:]],
        [river[: east_at + 1], east[1:], north_east[None]],
        [west, river[west_at + 1 :], south_west[None]],
        [east, south_east[None], river[:east_at:-1]],
    )
    return [snapped(shapely.Polygon(np.concatenate(ring))) for ring in rings]


def _winding(rng: Generator, first: Array, last: Array) -> Array:
    share = np.linspace(0.0, 1.0, 22)
    aside = np.cumsum(rng.normal(0.0, 260.0, share.size))
    aside -= aside[0] + share * (aside[-1] - aside[0])
    line: Array = first + share[:, None] * (last - first)
    line[:, 1] += aside
    return line


def district_of(outlines: list[shapely.Polygon], codes: list[str], geometry: BaseGeometry) -> str | None:
    """Code of the district that holds the largest part of a geometry, or its point; None outside all."""
    point = geometry if geometry.geom_type == "Point" else None
    if point is not None:
        return next((code for code, outline in zip(codes, outlines, strict=True) if outline.intersects(point)), None)
    areas = [outline.intersection(geometry).area for outline in outlines]
    return codes[int(np.argmax(areas))] if max(areas) > 0 else None
