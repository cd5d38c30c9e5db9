"""Routes: the road network between the towns, its bridges, and tracks to villages."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry.base import BaseGeometry

from hazard_service.layers.synthetic.frame import Array, snapped
from hazard_service.layers.synthetic.geography import ROADS, TOWNS, resampled, river_line, river_x_m, smooth
from hazard_service.layers.synthetic.story import Story, random_date

_BRIDGE_HALF_M = 160.0
_TRACK_SHARE = 0.16
_LONGEST_TRACK_M = 4500.0
_LANES = 5


@dataclass(frozen=True)
class Route:
    road_class: str
    line: shapely.LineString
    open_since: datetime.date | None = None


def main_roads(story: Story) -> list[Route]:
    """Roads between the towns; one that takes a bridge comes as two roads and the bridge between them."""
    rng = story.rng("roads")
    roads: list[Route] = []
    for start, end, road_class, bridge_y_km in ROADS:
        first, last = _town(start), _town(end)
        if bridge_y_km is None:
            roads.append(Route(road_class, winding(rng, first, last)))
            continue
        middle = np.array([float(river_x_m(np.array(bridge_y_km * 1000.0))), bridge_y_km * 1000.0])
        half = np.array([_BRIDGE_HALF_M, 0.0])
        west, east = middle - half, middle + half
        roads.append(Route(road_class, winding(rng, first, west)))
        roads.append(Route("bridge", snapped(shapely.LineString([west, east]))))
        roads.append(Route(road_class, winding(rng, east, last)))
    return roads


def tracks(story: Story, roads: list[Route], villages: list[shapely.Point]) -> list[Route]:
    """Tracks from some villages to the nearest road on their side of the river."""
    rng = story.rng("roads")
    rng.bytes(64)  # another part of the stream than the roads
    river = river_line(30_000.0)
    network = shapely.MultiLineString([road.line for road in roads if road.road_class != "bridge"])
    found: list[Route] = []
    for village in villages:
        wanted = rng.random() < _TRACK_SHARE
        way = shapely.shortest_line(village, network)
        if not wanted or not 250.0 < way.length < _LONGEST_TRACK_M or way.intersects(river):
            continue
        found.append(Route("track", winding(rng, *np.asarray(way.coords))))
    return found


def with_lanes(story: Story, routes: list[Route], hazards: Sequence[BaseGeometry]) -> list[Route]:
    """Some of the routes that hazards cross have been opened to traffic on a date: `open_since`."""
    rng = story.rng("roads")
    rng.bytes(128)
    tree = shapely.STRtree(hazards)
    crossed = [rank for rank, route in enumerate(routes) if tree.query(route.line, predicate="crosses").size]
    chosen = rng.permutation(crossed)[:_LANES].tolist() if crossed else []
    first = datetime.date(story.baseline_date.year - 4, 1, 1)
    return [
        replace(route, open_since=random_date(rng, first, datetime.date(story.data_date.year - 3, 1, 1)))
        if rank in chosen
        else route
        for rank, route in enumerate(routes)
    ]


def _town(rank: int) -> Array:
    return np.array([TOWNS[rank].x_km, TOWNS[rank].y_km]) * 1000.0


def winding(rng: Generator, first: Array, last: Array) -> shapely.LineString:
    """A road that wanders from the straight line by up to a twentieth of its length, ends fixed."""
    length_m = float(np.hypot(*(last - first)))
    knots = max(3, round(length_m / 1500.0) + 1)
    share = np.linspace(0.0, 1.0, knots)
    aside = rng.normal(0.0, min(260.0, length_m / 25.0), knots)
    aside[[0, -1]] = 0.0
    normal = np.array([first[1] - last[1], last[0] - first[0]]) / length_m
    knotted = first + share[:, None] * (last - first) + aside[:, None] * normal
    line: shapely.LineString = snapped(shapely.LineString(resampled(smooth(knotted / 1000.0, 50.0), 150.0)))
    return line
