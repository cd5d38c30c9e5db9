"""Hazard areas: along old front lines and roads, round a few communities, and a few laid long after the peace."""

import datetime
import math
from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry.base import BaseGeometry

from hazard_service.errors import SettingError
from hazard_service.layers.synthetic.frame import Array
from hazard_service.layers.synthetic.geography import FRONTS, HALF_HEIGHT_KM, HALF_WIDTH_KM, is_water, river_distance_m
from hazard_service.layers.synthetic.records import Draft, Hazard, recorded
from hazard_service.layers.synthetic.shapes import arc, band, blob, in_parts, ring_with_hole, with_hole
from hazard_service.layers.synthetic.story import Story
from hazard_service.vocabulary import HAZARD_KINDS

_POINT_M2 = (8_000.0, 120_000.0)
_TRIES = 300
_TAPERED = 0.88  # a band's area over its length × width


class _Ground:
    """What the drawing of hazards looks at: communities to keep clear of, front lines, roads, and what was drawn."""

    def __init__(self, story: Story, communities: Sequence[BaseGeometry], fronts: list[Array], roads: Array) -> None:
        self.story, self.communities, self.fronts, self.roads = story, communities, fronts, roads
        self.centres = np.array([[p.x, p.y] for p in (c.representative_point() for c in communities)])
        self.tree = shapely.STRtree(communities)

    def is_clear(self, shape: BaseGeometry | None, besides: int = -1) -> bool:
        """Valid, on land, and not upon any community (but number `besides`)."""
        if shape is None or not shape.is_valid:
            return False
        xy = shapely.get_coordinates(shape)
        if is_water(xy[:, 0], xy[:, 1]).mean() > 0.15:
            return False
        near = self.tree.query(shape, predicate="dwithin", distance=self.story.clear_of_communities_m)
        return bool(np.all(near == besides))


def lay_hazards(
    story: Story, communities: Sequence[BaseGeometry], fronts: list[Array], roads: list[shapely.LineString]
) -> list[Hazard]:
    """All hazard areas of the story, not yet released. Raises SettingError where they find no room."""
    rng, dates = story.rng("hazards"), story.rng("dates")
    ground = _Ground(story, communities, fronts, np.concatenate([np.asarray(road.coords) for road in roads]))
    drafts = [*_rings(rng, ground), *_laid(rng, ground), *_inside(rng, ground)]
    points = round(story.point_share * story.hazards)
    drafts += list(_many(rng, ground, story.hazards - points - len(drafts), point=False))
    drafts += list(_many(rng, ground, points, point=True))
    return [recorded(dates, story, rank + 1, draft) for rank, draft in enumerate(drafts)]


def _many(rng: Generator, ground: _Ground, count: int, *, point: bool) -> Iterator[Draft]:
    story = ground.story
    weights = np.array([story.front_weight, story.road_weight, story.scattered_weight])
    for _ in range(count):
        origin = ("front", "road", "scattered")[int(rng.choice(3, p=weights / weights.sum()))]
        for _ in range(_TRIES):
            draft = _one(rng, ground, origin, point)
            if draft is not None and ground.is_clear(draft.shape):
                yield draft
                break
        else:
            raise SettingError(f"There is no room for {story.hazards} hazards between the communities; ask for fewer.")


def _one(rng: Generator, ground: _Ground, origin: str, point: bool) -> Draft | None:
    story = ground.story
    kind = HAZARD_KINDS[int(rng.choice(3, p=story.kind_shares))]
    area_m2 = _area_m2(rng, story, kind)
    centre, heading, weight, line = _where(rng, ground, origin, math.sqrt(area_m2 * 4.0))
    vertices = int(np.clip(math.exp(rng.normal(3.5, 0.65)), 10, 200))
    if point:  # written as a centre and an area; this circle is what they stand for
        circle = shapely.Point(centre).buffer(math.sqrt(rng.uniform(*_POINT_M2) / math.pi))
        return Draft(circle, origin, "none", 0.0, kind, point=True)
    stretch = float(rng.uniform(1.0, 2.6))
    shape: shapely.Polygon | shapely.MultiPolygon | None
    drawn = rng.random()
    if kind == "SHA" and line is not None and rng.random() < 0.6:
        shape = band(rng, line, area_m2 / (_TAPERED * float(np.hypot(*np.diff(line, axis=0).T).sum())), vertices)
    elif drawn < story.multi_share:
        shape = in_parts(rng, centre, area_m2, vertices, stretch, heading)
    else:
        shape = blob(rng, centre, area_m2, vertices, stretch, heading)
    if shape is not None and shape.geom_type == "Polygon" and shape.is_valid and drawn > 1.0 - story.hole_share:
        shape = with_hole(rng, shape)
    return None if shape is None else Draft(shape, origin, "chance", weight, kind)


def _area_m2(rng: Generator, story: Story, kind: str) -> float:
    if kind == "CHA":
        median, spread, (least, most) = story.cha_median_m2, story.cha_spread, story.cha_range_m2
    else:
        median, spread, (least, most) = story.sha_median_m2, story.sha_spread, story.sha_range_m2
    return float(np.clip(rng.lognormal(math.log(median), spread), least, most))


def _where(rng: Generator, ground: _Ground, origin: str, length_m: float) -> tuple[Array, float, float, Array | None]:
    """Centre, heading, weight in release, and on a front the stretch of line (about `length_m`) to lie along."""
    story = ground.story
    if origin == "scattered":
        half = np.array([HALF_WIDTH_KM, HALF_HEIGHT_KM]) * 950.0
        return rng.uniform(-half, half), float(rng.uniform(0, np.pi)), story.scattered_release_weight, None
    if origin == "road":
        at = int(rng.integers(1, len(ground.roads) - 1))
        way = ground.roads[at + 1] - ground.roads[at - 1]
        centre = ground.roads[at] + rng.normal(0.0, 140.0, 2)
        return centre, math.atan2(way[1], way[0]), story.road_release_weight, None
    lengths = np.array([len(front) for front in ground.fronts])
    which = int(rng.choice(len(lengths), p=lengths / lengths.sum()))
    front = ground.fronts[which]
    at = int(rng.integers(2, len(front) - 2))
    weight = FRONTS[which].release_weights[int(at > len(front) // 2)]
    way = front[at + 2] - front[at - 2]
    aside = np.array([-way[1], way[0]]) / np.hypot(*way) * rng.normal(0.0, 240.0)
    steps = max(3, round(length_m / 100.0))
    stretch = front[max(0, at - steps) : at + steps + 1] + aside
    return front[at] + aside, math.atan2(way[1], way[0]), weight, stretch


def _rings(rng: Generator, ground: _Ground) -> Iterator[Draft]:
    """Communities wholly ringed by hazards: one hazard with a hole, or four bands that overlap."""
    taken: list[int] = []
    for style in ground.story.rings:
        drawn, fate = style.split(":")
        for which in _apart(ground, taken, near_front=True):
            radius_m, width_m = rng.uniform(430.0, 620.0), rng.uniform(130.0, 220.0)
            shapes = _ring(rng, ground.centres[which], radius_m, width_m, drawn)
            if all(
                ground.is_clear(shape, which) and not shape.intersects(ground.communities[which]) for shape in shapes
            ):
                taken.append(which)
                fates = ["whole", "whole", "whole", "none"] if fate == "most" else [fate] * len(shapes)
                yield from (Draft(shape, "ring", end) for shape, end in zip(shapes, fates, strict=False))
                break


def _ring(rng: Generator, centre: Array, radius_m: float, width_m: float, drawn: str) -> list[shapely.Polygon]:
    if drawn == "hole":
        return [ring_with_hole(rng, centre, radius_m, width_m, int(rng.integers(30, 90)), rng.normal(0.0, 12.0, 2))]
    start, quarter = rng.uniform(0.0, 2.0 * np.pi), np.pi / 2.0
    arcs = [arc(centre, radius_m, start + k * quarter - 0.2, start + (k + 1) * quarter + 0.2) for k in range(4)]
    return [band(rng, line, width_m, int(rng.integers(24, 60))) for line in arcs]


def _laid(rng: Generator, ground: _Ground) -> Iterator[Draft]:
    """Hazards laid after the baseline, two thirds of the way round a community that had been at peace."""
    taken: list[int] = []
    for day in ground.story.laid:
        for which in _apart(ground, taken, near_front=False):
            start = rng.uniform(0.0, 2.0 * np.pi)
            line = arc(ground.centres[which], rng.uniform(330.0, 420.0), start, start + 4.3)
            shape = band(rng, line, rng.uniform(110.0, 150.0), 70)
            if ground.is_clear(shape, which) and not shape.intersects(ground.communities[which]):
                taken.append(which)
                yield Draft(shape, "laid", "none", 0.0, "SHA", laid_on=datetime.date.fromisoformat(day))
                break


def _inside(rng: Generator, ground: _Ground) -> Iterator[Draft]:
    """Hazards drawn over a community near a front: people live inside them."""
    away = np.min([np.hypot(*(ground.centres[:, None] - front[::20]).T).min(axis=0) for front in ground.fronts], axis=0)
    for which in np.argsort(away)[: 8 * ground.story.inside : 8]:
        for _ in range(_TRIES):
            centre = ground.centres[which] + rng.normal(0.0, 90.0, 2)
            shape = blob(rng, centre, float(rng.uniform(150e3, 300e3)), 40, 1.3, float(rng.uniform(0, np.pi)))
            if ground.is_clear(shape, int(which)) and shape.contains(ground.communities[which]):
                yield Draft(shape, "ring", "chance")
                break


def _apart(ground: _Ground, taken: list[int], *, near_front: bool) -> list[int]:
    """Communities with room round them, the roomiest first: within 3 km of a front, or beyond; none by the river."""
    tree = shapely.STRtree([shapely.LineString(front) for front in ground.fronts])
    points = shapely.points(ground.centres)
    away = tree.geometries.take(tree.nearest(points))
    near = shapely.distance(points, away) < 3000.0
    dry = river_distance_m(*ground.centres.T) > 1500.0
    gaps = np.sort(np.hypot(*(ground.centres[:, None] - ground.centres).T), axis=0)[1]
    order = np.argsort(-gaps, kind="stable")
    return [int(which) for which in order if dry[which] and near[which] == near_front and which not in taken]
