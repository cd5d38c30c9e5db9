"""Accidents: many in the first years, few in the last; a quarter inside a recorded hazard, most near one."""

import datetime
import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry.base import BaseGeometry

from hazard_service.layers.synthetic.frame import Array, snapped
from hazard_service.layers.synthetic.geography import is_water
from hazard_service.layers.synthetic.records import Hazard
from hazard_service.layers.synthetic.settlements import Community
from hazard_service.layers.synthetic.story import Story

_FAR_SHARE = 0.16  # where nothing was ever recorded
_NEAR_M = 330.0
_WITH_COMMUNITY_SHARE = 0.9
_COMMUNITY_WITHIN_M = 4000.0


@dataclass(frozen=True)
class Accident:
    community: int | None  # its rank
    day: datetime.date
    device: str
    killed: int
    injured: int
    unknown: int
    sex: str
    age_group: str
    point: shapely.Point


def accidents(story: Story, communities: list[Community], hazards: list[Hazard]) -> list[Accident]:
    """Accidents by date. Each happens by a hazard that was in the ground that day, recorded yet or not."""
    rng = story.rng("accidents")
    homes = np.array([community.centre for community in communities])
    gaps = shapely.distance(shapely.MultiPoint(homes), [hazard.shape for hazard in hazards])
    weights = np.exp(-gaps / 700.0) * rng.lognormal(0.0, 1.1, len(hazards))  # some paths are walked all the same
    days = sorted(_day(rng, story) for _ in range(round(story.accidents_per_hazard * story.hazards)))
    return [_accident(rng, story, day, hazards, weights, homes) for day in days]


def _day(rng: Generator, story: Story) -> datetime.date:
    """A day drawn from an exponential decline, cut off at the data date."""
    span = (story.data_date - story.accidents_from).days
    scale = story.accidents_decay_years * 365.25
    passed = -scale * math.log(1.0 - rng.random() * (1.0 - math.exp(-span / scale)))
    return story.accidents_from + datetime.timedelta(days=int(passed))


def _accident(
    rng: Generator, story: Story, day: datetime.date, hazards: list[Hazard], weights: Array, homes: Array
) -> Accident:
    there = np.array([_in_ground(hazard, day) for hazard in hazards]) * weights
    hazard = hazards[int(rng.choice(len(hazards), p=there / there.sum()))]
    spot = _spot(rng, story, hazard, homes)
    away_m = np.hypot(*(homes - spot).T)
    nearest = int(np.argmin(away_m))
    known = rng.random() < _WITH_COMMUNITY_SHARE and away_m[nearest] < _COMMUNITY_WITHIN_M
    killed, injured, unknown = _victims(rng)
    words = hazard.contamination.split(";")
    return Accident(
        community=nearest if known else None,
        day=day,
        device=words[int(rng.integers(len(words)))] if rng.random() > 0.1 else "unknown",
        killed=killed,
        injured=injured,
        unknown=unknown,
        sex=("male", "female", "unknown")[int(rng.choice(3, p=(0.80, 0.14, 0.06)))],
        age_group=("adult", "child", "unknown")[int(rng.choice(3, p=(0.62, 0.30, 0.08)))],
        point=snapped(shapely.Point(spot)),
    )


def _in_ground(hazard: Hazard, day: datetime.date) -> bool:
    return (hazard.laid_on is None or hazard.laid_on <= day) and (hazard.closed_on is None or day < hazard.closed_on)


def _victims(rng: Generator) -> tuple[int, int, int]:
    """killed, injured, unknown outcome: one to four people, at least one."""
    count = int(rng.choice((1, 2, 3, 4), p=(0.74, 0.17, 0.06, 0.03)))
    killed, injured, unknown = rng.multinomial(count, (0.34, 0.60, 0.06)).tolist()
    return int(killed), int(injured), int(unknown)


def _spot(rng: Generator, story: Story, hazard: Hazard, homes: Array) -> Array:
    drawn = rng.random()
    for _ in range(60):
        if drawn < story.accidents_inside_share:
            spot = _inside(rng, hazard.shape)
        elif drawn < 1.0 - _FAR_SHARE:
            edge = np.asarray(hazard.shape.boundary.interpolate(rng.random(), normalized=True).coords)[0]
            spot = edge + rng.normal(0.0, 1.0, 2) * rng.exponential(_NEAR_M)
        else:
            home = homes[int(rng.integers(len(homes)))]
            turn, away_m = rng.uniform(0.0, 2.0 * np.pi), rng.uniform(300.0, 2500.0)
            spot = home + away_m * np.array([math.cos(turn), math.sin(turn)])
        outside = drawn >= story.accidents_inside_share
        if not is_water(*spot[:, None])[0] and not (outside and hazard.shape.contains(shapely.Point(spot))):
            break
    return spot


def _inside(rng: Generator, shape: BaseGeometry) -> Array:
    west, south, east, north = shape.bounds
    for _ in range(200):
        spot = np.array([rng.uniform(west, east), rng.uniform(south, north)])
        if shape.contains(shapely.Point(spot)):
            return spot
    point = shape.representative_point()
    return np.array([point.x, point.y])
