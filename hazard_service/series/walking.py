"""Progress from one date to each of many: what `assess` and `compare` say, with walks made one from the other."""

import datetime
import logging
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from hazard_service.assessment import Assessment, Progress, assessed, compared, gain_of
from hazard_service.firmness import Drawn, firm, gained_again, gaining, position_errors_m, redrawn_grounds
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
    standing = [walked.get((STANDING, at), walked[ACTUAL, at]).walk for at in range(1, len(dates))]
    gained = [
        gain_of(programme, walked[ACTUAL, at].walk, now, walked[PUT_BACK, at].walk)
        for at, now in enumerate(standing, start=1)
    ]
    flags = _firmness(situations[1:], grounds, gained)
    before = _assessed(situations[0], walked, 0)
    # One date after the other: what its ground is dissolved to is used for both, and then let go.
    return [
        compared(before, _assessed(situations[at], walked, at), gain.assign(**firmly), now)
        for at, (gain, firmly, now) in enumerate(zip(gained, flags, standing, strict=True), start=1)
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


def _assessed(situation: Situation, walked: dict[_Key, Turned], at: int) -> Assessment:
    programme, actual = situation.programme, walked[ACTUAL, at]
    has_start = terrain_of(programme).community_start[:, 0] >= 0
    through = np.zeros(len(has_start), dtype=bool)
    if (ROUTES_CLOSED, at) in walked:
        through = lead_over_routes_in_use(actual.walk, walked[ROUTES_CLOSED, at].walk)
    share = share_of(actual.hazard_cells, walk_free(programme).reached_cells, has_start)
    return assessed(situation, actual.walk, through, share)


def _firmness(
    after: list[Situation], grounds: list[tuple[np.ndarray, ...]], gained: list[pd.DataFrame]
) -> list[dict[str, np.ndarray]]:
    """What `firmness` says of each comparison."""
    rows = [gaining(gain) for gain in gained]
    again: list[list[pd.DataFrame]] = [[] for _ in after]
    asked = [at for at, own in enumerate(rows) if len(own)]
    for by_m in position_errors_m(after[0].programme.settings):
        _LOG.info("walking again with every hazard %s by its position error", "larger" if by_m > 0 else "smaller")
        drawn: Drawn = {}
        redrawn = {at: redrawn_grounds(after[at], *grounds[at], by_m=by_m, drawn=drawn) for at in asked}
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
