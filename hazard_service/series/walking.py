"""Progress from one date to each of many: what `assess` and `compare` say, with walks made one from the other."""

import datetime
import logging
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from hazard_service.assessment import Assessment, Progress, assessed, compared, gain_of
from hazard_service.firmness import firm, gained_again, gaining, position_errors_m, redrawn_grounds
from hazard_service.impact.exposure import blocking
from hazard_service.impact.freedom import share_of
from hazard_service.layers import Programme, Situation
from hazard_service.layers.situation import put_back
from hazard_service.turns import Turn, Turned, walks_in_turn
from hazard_service.vocabulary import HAZARD_KINDS
from hazard_service.walked import lead_over_routes_in_use, routes_in_use_are_crossed, terrain_of, walk_free

_LOG = logging.getLogger(__name__)


# The grounds of one date: as it is; with the routes in use closed where hazards cross them; the two of `put_back`.
ACTUAL, ROUTES_CLOSED, STANDING, PUT_BACK = "actual", "routes closed", "standing", "put back"
_Key = tuple[str, int]


def progress_in_turn(
    programme: Programme, dates: Sequence[datetime.date], kinds: Collection[str] = HAZARD_KINDS
) -> list[Progress]:
    """Progress from the first of these dates to each of the others, which rise.

    Equal to `compare(assess(first), assess(other))` in every column.
    """
    situations = [programme.situation(day, kinds) for day in dates]
    grounds = [tuple(map(blocking, put_back(situations[0], later))) for later in situations[1:]]
    _LOG.info("walking %s dates, each from the one before", len(dates))
    walked = _walked(programme, _turns(programme, situations, grounds))
    before, *after = _assessments(situations, walked)
    standing = [walked.get((STANDING, at), walked[ACTUAL, at]).walk for at in range(1, len(dates))]
    gained = [
        gain_of(one, now, walked[PUT_BACK, at].walk)
        for at, (one, now) in enumerate(zip(after, standing, strict=True), start=1)
    ]
    flags = _firmness(situations[1:], grounds, gained)
    return [
        compared(before, one, gain.assign(**firmly), now)
        for one, gain, firmly, now in zip(after, gained, flags, standing, strict=True)
    ]


def _walked(programme: Programme, turns: dict[_Key, Turn]) -> dict[_Key, Turned]:
    """The walk of each turn, made in this order."""
    return dict(zip(turns, walks_in_turn(programme, list(turns.values())), strict=True))


def _turns(
    programme: Programme, situations: list[Situation], grounds: list[tuple[np.ndarray, ...]]
) -> dict[_Key, Turn]:
    """Every ground to walk over, in an order in which little changes from one to the next."""
    everyone, last = np.arange(len(programme.communities)), len(situations) - 1
    outlines = [blocking(situation.hazards) for situation in situations]
    turns = {}
    for at in range(last, 0, -1):
        turns[PUT_BACK, at] = Turn(grounds[at - 1][1], situations[at].on, everyone)
    for at in range(1, last + 1):
        if len(grounds[at - 1][0]) < len(outlines[at]):
            turns[STANDING, at] = Turn(grounds[at - 1][0], situations[at].on, everyone)
    for at in range(last, -1, -1):
        turns[ACTUAL, at] = Turn(outlines[at], situations[at].on, everyone, way_out=True)
    for at in range(last + 1):
        if routes_in_use_are_crossed(programme, outlines[at], situations[at].on):
            turns[ROUTES_CLOSED, at] = Turn(outlines[at], None, everyone, way_out=True)
    return turns


def _assessments(situations: list[Situation], walked: dict[_Key, Turned]) -> list[Assessment]:
    programme = situations[0].programme
    has_start, free = terrain_of(programme).community_start[:, 0] >= 0, walk_free(programme)
    found: list[Assessment] = []
    for at, situation in enumerate(situations):
        closed = walked[ACTUAL, at].walk
        through = np.zeros(len(has_start), dtype=bool)
        if (ROUTES_CLOSED, at) in walked:
            through = lead_over_routes_in_use(closed, walked[ROUTES_CLOSED, at].walk)
        share = share_of(walked[ACTUAL, at].hazard_cells, free.reached_cells, has_start)
        found.append(assessed(situation, closed, through, share))
    return found


def _firmness(
    after: list[Situation], grounds: list[tuple[np.ndarray, ...]], gained: list[pd.DataFrame]
) -> list[dict[str, np.ndarray]]:
    """What `firmness` says of each comparison."""
    rows = [gaining(gain) for gain in gained]
    again: list[list[pd.DataFrame]] = [[] for _ in after]
    asked = [at for at, own in enumerate(rows) if len(own)]
    buffer = _Buffers()
    for by_m in position_errors_m(after[0].programme.settings):
        _LOG.info("walking again with every hazard %s by its position error", "larger" if by_m > 0 else "smaller")
        redrawn = {at: redrawn_grounds(after[at], *grounds[at], by_m=by_m, buffer=buffer) for at in asked}
        turns = {}
        for ground, order in (("1", asked[::-1]), ("0", asked), ("2", asked[::-1])):
            for at in order:
                if int(ground) < len(redrawn[at]):
                    turns[ground, at] = Turn(redrawn[at][int(ground)], after[at].on, rows[at])
        walked = _walked(after[0].programme, turns)
        for at in asked:
            walks = [walked[str(ground), at].walk for ground in range(len(redrawn[at]))]
            again[at].append(gained_again(after[at], rows[at], walks))
    return [firm(*one) for one in zip(gained, rows, again, strict=True)]


class _Buffers:
    """`shapely.buffer` that draws each outline once: most are the same from date to date."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[bytes, float], BaseGeometry] = {}

    def __call__(self, outlines: np.ndarray, by_m: float) -> np.ndarray:
        keys = [(outline, by_m) for outline in shapely.to_wkb(outlines)]
        new = [at for at, key in enumerate(keys) if key not in self._drawn]
        self._drawn |= dict(zip([keys[at] for at in new], shapely.buffer(outlines[new], by_m), strict=True))
        return np.array([self._drawn[key] for key in keys], dtype=object)
