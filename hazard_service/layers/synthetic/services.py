"""Places people walk to: water, schools, health posts and markets, some of them beyond a hazard."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry.base import BaseGeometry

from hazard_service.layers.synthetic.frame import Array, snapped
from hazard_service.layers.synthetic.geography import TOWNS, is_water
from hazard_service.layers.synthetic.settlements import Community
from hazard_service.layers.synthetic.story import Story

_WORDS = {"water": "well", "school": "school", "health": "health post", "market": "market"}
_NEAR_HAZARD_M = 600.0
_WATER_M = (120.0, 620.0)
_ACROSS_M = (460.0, 720.0)


@dataclass(frozen=True)
class Place:
    kind: str
    name: str
    point: shapely.Point


def place_services(story: Story, communities: list[Community], hazards: Sequence[BaseGeometry]) -> list[Place]:
    """Wells of most communities, schools, health posts and markets of the larger ones; all in every town."""
    rng = story.rng("places")
    tree = shapely.STRtree(hazards)
    places: list[Place] = []
    for rank, community in enumerate(communities):
        wells = 3 if rank < len(TOWNS) else int(rng.random() < story.water_share)
        for well in range(wells):
            spot = _across(rng, story, community, hazards, tree) if well == 0 else None
            if spot is None:
                spot = _beside(rng, community.centre, *_WATER_M)
            places.append(_place("water", community, spot))
    sizes = np.array([community.weight for community in communities])
    # Larger places have services first, with some luck: a village may keep the school of three.
    order = np.argsort(-sizes * rng.lognormal(0.0, 0.7, sizes.size) ** (sizes < 2500), kind="stable")
    for kind, share in (
        ("school", story.schools_share),
        ("health", story.health_share),
        ("market", story.markets_share),
    ):
        for which in order[: max(len(TOWNS), round(share * len(communities)))]:
            community = communities[int(which)]
            places.append(_place(kind, community, _beside(rng, community.centre, 60.0, 420.0)))
    return places


def _place(kind: str, community: Community, spot: Array) -> Place:
    return Place(kind, f"{community.name} {_WORDS[kind]}", snapped(shapely.Point(spot)))


def _beside(rng: Generator, centre: Array, near_m: float, far_m: float) -> Array:
    """A dry spot within a distance."""
    for _ in range(50):
        turn, away_m = rng.uniform(0.0, 2.0 * np.pi), rng.uniform(near_m, far_m)
        spot: Array = centre + away_m * np.array([np.cos(turn), np.sin(turn)])
        if not is_water(*spot[:, None])[0]:
            return spot
    return centre


def _across(
    rng: Generator, story: Story, community: Community, hazards: Sequence[BaseGeometry], tree: shapely.STRtree
) -> Array | None:
    """A spot behind the largest hazard nearby, as seen from the community; None where there is none."""
    point = shapely.Point(community.centre)
    near = [hazards[at] for at in np.sort(tree.query(point, predicate="dwithin", distance=_NEAR_HAZARD_M))]
    hazard = max(near, key=lambda shape: float(shape.area), default=None)
    if rng.random() >= story.across_share or hazard is None or hazard.intersects(point):
        return None
    edge = shapely.shortest_line(point, hazard).coords[1]
    turn = math.atan2(edge[1] - point.y, edge[0] - point.x)
    way = np.array([math.cos(turn), math.sin(turn)])
    crossed = hazard.intersection(shapely.LineString([community.centre, community.centre + 900.0 * way]))
    behind_m = crossed.hausdorff_distance(point) if not crossed.is_empty else point.distance(hazard)
    spot: Array = community.centre + max(behind_m + 40.0, rng.uniform(*_ACROSS_M)) * way
    return spot if behind_m < 800.0 and not is_water(*spot[:, None])[0] else None
