"""What followed releases: communities surveyed again, people who use the ground, and who works on what is left."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator

from hazard_service.layers.synthetic.records import Hazard
from hazard_service.layers.synthetic.releases import Release
from hazard_service.layers.synthetic.settlements import Community
from hazard_service.layers.synthetic.story import OPERATOR_SHARES, OPERATORS, Story

Blocked = Mapping[str, int | None]

_DAYS_UNTIL_SURVEY = (60, 540)
_DAYS_BETWEEN_SURVEYS = (400, 2200)
_WOMEN_MEN_GIRLS_BOYS = np.array((0.27, 0.25, 0.235, 0.245))
_SHARE_WHO_USE = (0.03, 0.25)


@dataclass(frozen=True)
class Survey:
    community: int  # its rank
    day: datetime.date
    blocked: dict[str, int]


@dataclass(frozen=True)
class Users:
    """Direct users of a release: women, men, girls, boys."""

    release: Release
    community: int  # its rank
    people: tuple[int, ...]


def survey_again(
    story: Story, communities: Sequence[Community], baseline: Sequence[Blocked], releases: Sequence[Release]
) -> list[Survey]:
    """Later surveys of some communities with releases nearby, once or twice: some blockages are lifted, few are new."""
    rng = story.rng("surveys")
    done = [(day, release.shape) for release in releases if (day := _done_on(release)) is not None]
    tree = shapely.STRtree([shape for _, shape in done])
    found = []
    for rank, (community, before) in enumerate(zip(communities, baseline, strict=True)):
        near = tree.query(community.geometry, predicate="dwithin", distance=story.surveyed_again_within_m)
        blocked = {kind: hit for kind, hit in before.items() if hit is not None}
        if not len(near) or not blocked or rng.random() >= story.surveyed_again_share:
            continue
        for day in _days(rng, story, min(done[at][0] for at in near)):
            blocked = {kind: _looked_at(rng, story, hit) for kind, hit in blocked.items()}
            found.append(Survey(rank, day, blocked))
    return found


def _done_on(release: Release) -> datetime.date | None:
    return release.handed_over_on or release.completed_on


def _days(rng: Generator, story: Story, first_release: datetime.date) -> list[datetime.date]:
    """One or two days after the first release nearby, none after the data date."""
    first = first_release + datetime.timedelta(days=int(rng.integers(*_DAYS_UNTIL_SURVEY)))
    second = first + datetime.timedelta(days=int(rng.integers(*_DAYS_BETWEEN_SURVEYS)))
    days = [first, second] if rng.random() < story.surveyed_twice_share else [first]
    return [day for day in days if day <= story.data_date]


def _looked_at(rng: Generator, story: Story, was_blocked: int) -> int:
    drawn = rng.random()
    return int(drawn >= story.lifted_share) if was_blocked else int(drawn < story.newly_blocked_share)


def direct_users(story: Story, communities: Sequence[Community], releases: Sequence[Release]) -> list[Users]:
    """Who uses the ground of some releases, reduced or cleared, near a community: a part of the nearest community."""
    rng = story.rng("beneficiaries")
    tree = shapely.STRtree([community.geometry for community in communities])
    found = []
    for release in releases:
        nearest = int(tree.nearest(release.shape))
        near = communities[nearest].geometry.distance(release.shape) <= story.users_within_m
        if release.method == "cancelled" or not near or rng.random() >= story.users_counted_share:
            continue
        community = communities[nearest]
        living = community.shares or np.rint(community.weight * _WOMEN_MEN_GIRLS_BOYS).astype(int)
        people = rng.binomial(living, rng.uniform(*_SHARE_WHO_USE))
        found.append(Users(release, nearest, tuple(int(count) for count in people)))
    return found


def working_operators(story: Story, hazards: Sequence[Hazard], releases: Sequence[Release]) -> dict[str, str]:
    """Who works on each hazard that is worked on: whoever released ground of it last, else anybody."""
    rng = story.rng("operators")
    last = {release.hazard_id: release.operator for release in releases}
    found = {}
    for hazard in hazards:
        anybody = OPERATORS[int(rng.choice(len(OPERATORS), p=OPERATOR_SHARES))]
        if hazard.status == "worked_on":
            found[hazard.hazard_id] = last.get(hazard.hazard_id, anybody)
    return found
