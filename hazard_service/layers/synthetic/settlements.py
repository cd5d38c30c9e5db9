"""Communities: where people live, how many, and what a survey at the baseline found blocked."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from hazard_service.errors import SettingError
from hazard_service.layers.synthetic.frame import Array, snapped
from hazard_service.layers.synthetic.geography import HALF_HEIGHT_KM, HALF_WIDTH_KM, TOWNS, is_water, river_distance_m
from hazard_service.layers.synthetic.landscape import Relief
from hazard_service.layers.synthetic.shapes import blob
from hazard_service.layers.synthetic.story import Story
from hazard_service.vocabulary import BLOCKAGES, PEOPLE_GROUPS

HEADS = (
    "Acorn", "Biscuit", "Blanket", "Bobbin", "Bramble", "Button", "Candle", "Clover", "Cobble", "Copper", "Crumpet",
    "Feather", "Inkwell", "Kettle", "Lantern", "Marmalade", "Mitten", "Paper", "Parsnip", "Pebble", "Pepper", "Puddle",
    "Quill", "Quince", "Ribbon", "Saffron", "Teacup", "Thimble", "Velvet", "Whisper",
)  # fmt: skip
_TAILS = ("beck", "by", "combe", "fell", "ford", "garth", "haven", "holm", "mere", "ness", "stead", "thwaite", "wick")

# How often a survey finds each kind blocked right beside a hazard, in the order of the vocabulary.
_BLOCKED = (0.35, 0.95, 0.80, 0.50, 0.55, 0.35, 0.50, 0.60, 0.25, 0.70)
_HIGHEST_VILLAGE_M = 430.0


@dataclass(frozen=True)
class Community:
    name: str
    people: int | None
    shares: tuple[int, ...] | None  # women, men, girls, boys
    geometry: shapely.Point | shapely.Polygon
    weight: int  # people, known or not

    @property
    def centre(self) -> Array:
        point = self.geometry.representative_point()
        return np.array([point.x, point.y])


def settle(story: Story, relief: Relief, roads: list[shapely.LineString], fronts: list[Array]) -> list[Community]:
    """Towns first, then villages by roads, by the old front lines and anywhere. Raises SettingError without room."""
    rng = story.rng("communities")
    spots = [np.array([town.x_km, town.y_km]) * 1000.0 for town in TOWNS]
    spacing_m = story.spacing_m * min(1.0, math.sqrt(180 / story.communities))
    lines = [np.concatenate([np.asarray(road.coords) for road in roads]), np.concatenate(fronts)]
    for _ in range(400 * story.communities):
        if len(spots) == story.communities:
            break
        spot = _spot(rng, story, lines)
        gaps = np.hypot(*(np.array(spots) - spot).T)
        dry = not is_water(*spot[:, None])[0] and river_distance_m(*spot[:, None])[0] > 250.0
        if gaps.min() > spacing_m and dry and relief.height_m(*spot[:, None])[0] < _HIGHEST_VILLAGE_M:
            spots.append(spot)
    else:
        raise SettingError(f"There is no room for {story.communities} communities on 40 × 30 km; ask for fewer.")
    names = [head + tail for head, tail in itertools.product(HEADS, _TAILS)]
    names = [name for name in names if name not in {town.name for town in TOWNS}]
    order = rng.permutation(len(names))
    named = [town.name for town in TOWNS] + [_name(names, order, rank) for rank in range(story.communities)]
    return [_community(rng, story, rank, named[rank], spot) for rank, spot in enumerate(spots)]


def _name(names: list[str], order: NDArray[np.int64], rank: int) -> str:
    turn, place = divmod(rank, len(names))
    return names[int(order[place])] + (f" {turn + 1}" if turn else "")


def _spot(rng: Generator, story: Story, lines: list[Array]) -> Array:
    """One place to live: beside a road, beside a front line, or anywhere; always within the 40 × 30 km."""
    half = np.array([HALF_WIDTH_KM, HALF_HEIGHT_KM]) * 1000.0
    pick = int(rng.choice(3, p=story.community_shares))
    if pick == 2:
        return rng.uniform(-half, half)
    line = lines[pick]
    near_m, far_m = ((60.0, 900.0), (250.0, 2400.0))[pick]
    turn, away_m = rng.uniform(0.0, 2.0 * np.pi), rng.uniform(near_m, far_m)
    spot: Array = line[int(rng.integers(len(line)))] + away_m * np.array([np.cos(turn), np.sin(turn)])
    return np.clip(spot, -half, half)


def _community(rng: Generator, story: Story, rank: int, name: str, spot: Array) -> Community:
    drawn = max(12, int(rng.lognormal(math.log(story.people_median), story.people_spread)))
    people = TOWNS[rank].people if rank < len(TOWNS) else drawn
    shares = tuple(int(count) for count in rng.multinomial(people, rng.dirichlet((270.0, 250.0, 235.0, 245.0))))
    unknown = rng.random() < story.no_people_share and rank >= len(TOWNS)
    geometry: shapely.Point | shapely.Polygon = snapped(shapely.Point(spot))
    if rank < story.polygon_communities:
        geometry = blob(rng, spot, 26.0 * people + 60_000.0, 24, 1.2, rng.uniform(0.0, 3.0))
    return Community(name, None if unknown else people, None if unknown else shares, geometry, people)


def blockages(
    story: Story, communities: list[Community], hazards: Sequence[BaseGeometry]
) -> list[dict[str, int | None]]:
    """Surveyed blockages of each community, likelier the nearer the hazards of the baseline; None = not surveyed."""
    rng = story.rng("communities")
    rng.bytes(64)
    tree = shapely.STRtree(hazards)
    rows: list[dict[str, int | None]] = []
    for community in communities:
        near_m = float(hazards[int(tree.nearest(community.geometry))].distance(community.geometry))
        closeness = math.exp(-near_m / 800.0)
        river = float(river_distance_m(*community.centre[:, None])[0])
        chances = (
            np.array(_BLOCKED) * closeness * np.where(np.arange(len(BLOCKAGES)) == 0, 2.0 if river < 1500 else 0.5, 1)
        )
        found = rng.random(len(BLOCKAGES)) < chances * rng.uniform(0.3, 1.8)  # some find a way round, some do not
        surveyed = rng.random() >= story.not_surveyed_share
        rows.append({kind: int(hit) if surveyed else None for kind, hit in zip(BLOCKAGES, found, strict=True)})
    return rows


def people_columns(community: Community) -> dict[str, int | None]:
    """people, women, men, girls, boys of a community; None where nobody counted."""
    parts = community.shares or (None, None, None, None)
    return {"people": community.people, **dict(zip(PEOPLE_GROUPS, parts, strict=True))}
