"""How firm the headlines are: the same counts under other times, thresholds, speeds, cells, outlines and kinds."""

import dataclasses
import datetime
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache, partial
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from numpy.typing import ArrayLike, NDArray

from hazard_service.errors import HazardServiceError
from hazard_service.firmness import position_errors_m, redrawn
from hazard_service.impact.exposure import blocking, nearest_hazards
from hazard_service.impact.freedom import Walk, movement
from hazard_service.impact.gains import progress_of, release_gain
from hazard_service.impact.objectives import mitigated
from hazard_service.impact.score import blockages_on
from hazard_service.layers import Programme
from hazard_service.layers.situation import put_back
from hazard_service.series.rows import Series
from hazard_service.settings import Settings
from hazard_service.walked import terrain_of, walk_free, walk_outlines

_LOG = logging.getLogger(__name__)

COUNTS: Final = (
    "held_back_before",
    "held_back_after",
    "freed",
    "expanded",
    "worsened",
    "exposed_after",
    "cohort_expanded",
    "cohort_met",
)
# Other values of one setting: of those that are asked of a walk, and of the one that decides how far it goes.
_THRESHOLDS: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType(
    {
        "held_back_freedom": (0.90, 0.95, 0.98),
        "expanded_gain_share": (0.05, 0.10, 0.20),
        "contact_m": (500.0, 1000.0, 2000.0),
    }
)
_REACH_MIN: Final = (30.0, 60.0, 120.0)
# A setting's other value, and the same in %.
_VARIED: Final = MappingProxyType(
    {
        "held_back_freedom": "held back under {1:g} % of free reach",
        "expanded_gain_share": "wider from {1:g} % of free reach",
        "contact_m": "near a hazard within {0:g} m",
        "reach_min": "reach of {0:g} minutes",
    }
)
# The first row: what the pages and tables say.
HEADLINES: Final = "the headlines: gains that hold at the position error"
_FASTER_KMH: Final = 1.0
_SLOWEST_KMH: Final = 0.5

Flags = dict[str, NDArray[np.bool_]]
Changes = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Ranges:
    """counts: one row per variation, the headlines first; `varied` says what, and COUNTS.

    Where nothing tells of livelihoods there is no `cohort_met`. always: by count, the community ids that every
    variation counts. The headlines alone are firm: in all others freed and expanded are those before the test against
    the position error, for that is one of the variations. left_out: variations that cannot be walked, and why.
    """

    counts: pd.DataFrame
    always: Mapping[str, tuple[str, ...]]
    left_out: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The counts there are."""
        return [name for name in COUNTS if name in self.counts]

    def span(self, name: str) -> tuple[int, int]:
        """Lowest and highest of one count."""
        return int(self.counts[name].min()), int(self.counts[name].max())


@dataclass(frozen=True, eq=False)
class _Grounds:
    """Every ground that the counts are read from, walked from (n,) communities.

    standing and put_back: the two of `layers.situation.put_back`. nearest_m: (n,) to the nearest hazard of the last
    date, NaN where none is open.
    """

    has_start: NDArray[np.bool_]
    free: Walk
    before: Walk
    after: Walk
    standing: Walk
    put_back: Walk
    nearest_m: NDArray[np.float64]


def ranges(found: Series, turn: Callable[[], AbstractContextManager[object]] = nullcontext) -> Ranges:
    """Every headline count of a series' first and last date, again for each variation.

    turn: entered for each variation, and left between two: whoever else computes can come in there.
    """
    members, left_out = [(HEADLINES, _headlines(found))], []
    for words, count in _variations(found):
        _LOG.info("how firm: %s", words)
        try:
            with turn():
                members.append((words, count()))
        except HazardServiceError as refusal:  # a setting out of its bounds, or cells beyond what can be walked
            left_out.append(f"{words}: {refusal}")
    ids = found.programme.communities["community_id"].to_numpy()
    counts = pd.DataFrame(
        [{"varied": words} | {name: int(flag.sum()) for name, flag in own.items()} for words, own in members]
    )
    always = {name: tuple(ids[np.logical_and.reduce([own[name] for _, own in members])]) for name in members[0][1]}
    return Ranges(counts, always, tuple(left_out))


def _headlines(found: Series) -> Flags:
    """COUNTS as the series counts them: gains that hold at the position error."""
    progress, standing = found.last, found.standing[found.last.after.situation.on]
    communities = progress.communities
    return _flags(
        found,
        held_back_before=communities["held_back_before"],
        held_back_after=communities["held_back_after"],
        freed=communities["progress"] == "freed",
        expanded=standing["expanded"],
        worsened=communities["progress"] == "worsened",
        exposed_after=progress.after.communities["exposed"],
        mitigated_too=standing["mitigated"],
    )


def _variations(found: Series) -> Iterator[tuple[str, Callable[[], Flags]]]:
    """What is varied, and COUNTS with it. Thresholds are varied on the walks of the settings as they are."""
    programme, kinds = found.programme, found.last.after.situation.kinds
    as_set = cache(partial(_walked, programme, kinds))
    yield "as recorded", lambda: _counted(found, as_set(), programme.settings)
    for words, changes in _other_values(programme.settings, _THRESHOLDS):
        yield words, partial(_with_thresholds, found, as_set, changes)
    for by_m in position_errors_m(programme.settings):
        words = f"every hazard {abs(by_m):g} m {'larger' if by_m > 0 else 'smaller'}"
        yield words, partial(_with_walks, found, {}, kinds, by_m)
    if "CHA" in kinds and len(kinds) > 1 and (programme.hazards["kind"] == "CHA").any():
        yield "confirmed areas (CHA) only", partial(_with_walks, found, {}, ("CHA",))
    for words, changes in _other_walks(programme.settings):
        yield words, partial(_with_walks, found, changes, kinds)


def _other_values(settings: Settings, values_of: Mapping[str, Sequence[float]]) -> Iterator[tuple[str, Changes]]:
    for name, values in values_of.items():
        for value in values:
            if value != getattr(settings, name):
                rings_m = tuple(sorted({*settings.rings_m, value})) if name == "contact_m" else settings.rings_m
                yield _VARIED[name].format(value, 100 * value), {name: value, "rings_m": rings_m}


def _other_walks(settings: Settings) -> Iterator[tuple[str, Changes]]:
    yield from _other_values(settings, {"reach_min": _REACH_MIN})
    for faster_kmh in (_FASTER_KMH, -_FASTER_KMH):
        word = "faster" if faster_kmh > 0 else "slower"
        yield f"everybody 1 km/h {word}", _speeds(settings, faster_kmh)
    yield "half-size cells", {"cell_m": settings.cell_m / 2}


def _speeds(settings: Settings, faster_kmh: float) -> Changes:
    """Every speed changed, none below half a km/h; what cannot be walked stays so."""

    def changed(kmh: float) -> float:
        return max(kmh + faster_kmh, _SLOWEST_KMH)

    landcover = {code: changed(kmh) if kmh > 0 else 0.0 for code, kmh in settings.landcover_kmh.items()}
    return {
        "offroad_kmh": changed(settings.offroad_kmh),
        "route_kmh": changed(settings.route_kmh),
        "landcover_kmh": MappingProxyType(landcover),
    }


def _with_thresholds(found: Series, as_set: Callable[[], _Grounds], changes: Changes) -> Flags:
    return _counted(found, as_set(), dataclasses.replace(found.programme.settings, **changes))


def _with_walks(found: Series, changes: Changes, kinds: Collection[str], by_m: float = 0.0) -> Flags:
    settings = dataclasses.replace(found.programme.settings, **changes)
    programme = dataclasses.replace(found.programme, settings=settings) if changes else found.programme
    return _counted(found, _walked(programme, kinds, by_m), settings)


def _walked(programme: Programme, kinds: Collection[str], by_m: float = 0.0) -> _Grounds:
    """by_m: by how much every outline of every ground is larger."""
    before, after = (programme.situation(day, kinds) for day in (programme.baseline_date, programme.data_date))
    standing, with_put_back = put_back(before, after)

    def walk(hazards: GeoDataFrame, on: datetime.date) -> Walk:
        outlines = blocking(hazards)
        return walk_outlines(programme, redrawn(outlines, by_m) if by_m else outlines, on)

    now = walk(after.hazards, after.on)
    return _Grounds(
        has_start=terrain_of(programme).community_start[:, 0] >= 0,
        free=walk_free(programme),
        before=walk(before.hazards, before.on),
        after=now,
        standing=now if len(standing) == len(after.hazards) else walk(standing, after.on),
        put_back=walk(with_put_back, after.on),
        nearest_m=nearest_hazards(programme.communities, after.hazards)["nearest_hazard_m"].to_numpy() - by_m,
    )


def _counted(found: Series, grounds: _Grounds, settings: Settings) -> Flags:
    """COUNTS on these grounds, gains before the test against the position error."""
    free, has_start = grounds.free, grounds.has_start
    before, after = (movement(walk, free, has_start, settings) for walk in (grounds.before, grounds.after))
    gained = release_gain(
        grounds.standing, grounds.put_back, free, has_start, settings, held_back_now=after["held_back"]
    )
    classes = progress_of(
        gained.assign(freed_firm=gained["freed"], expanded_firm=gained["expanded"]),
        before=before,
        after=after,
        standing=grounds.standing,
        free=free,
        has_start=has_start,
        settings=settings,
    )
    days = (found.last.before.situation.on, found.last.after.situation.on)
    then, now = (blockages_on(found.programme, day) for day in days)
    return _flags(
        found,
        held_back_before=before["held_back"],
        held_back_after=after["held_back"],
        freed=gained["freed"],
        expanded=gained["expanded"],
        worsened=classes["progress"] == "worsened",
        exposed_after=grounds.nearest_m <= settings.contact_m,
        mitigated_too=mitigated(gained, before, then, now, settings)["mitigated"],
    )


def _flags(found: Series, *, mitigated_too: ArrayLike, **counted: ArrayLike) -> Flags:
    """COUNTS as (communities,) bool, from those of everybody; mitigated_too: whose risk to livelihoods is."""
    flags = {name: np.asarray(flag, dtype=bool) for name, flag in counted.items()}
    # Who has ended gained and lost nothing, whatever is varied.
    there = (found.standing[found.last.after.situation.on]["ended"] == "").to_numpy()
    flags |= {name: flags[name] & there for name in ("freed", "expanded", "worsened")}
    flags["cohort_expanded"] = flags["expanded"] & found.cohort.rows
    if found.cohort.knows_livelihoods:
        flags["cohort_met"] = flags["cohort_expanded"] & np.asarray(mitigated_too, dtype=bool)
    return flags
