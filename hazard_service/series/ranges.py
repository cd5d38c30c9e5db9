"""How firm the headlines are: the same counts under other times, thresholds, speeds, cells, outlines and kinds."""

import dataclasses
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd

from hazard_service.assessment import Progress, assess, compare
from hazard_service.firmness import gained_again, position_errors_m, redrawn, redrawn_grounds
from hazard_service.impact.exposure import blocking
from hazard_service.impact.freedom import movement
from hazard_service.impact.objectives import mitigated
from hazard_service.impact.score import blockages_on
from hazard_service.layers import Programme
from hazard_service.layers.situation import put_back
from hazard_service.series.rows import Series
from hazard_service.settings import Settings
from hazard_service.vocabulary import HAZARD_KINDS
from hazard_service.walked import terrain_of, walk_free, walk_outlines

_LOG = logging.getLogger(__name__)

COUNTS: Final = (
    "held_back_before",
    "held_back_after",
    "freed",
    "expanded",
    "exposed_after",
    "cohort_expanded",
    "cohort_met",
)
# By what is varied: other values of one setting.
_OTHER_VALUES: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType(
    {
        "reach_min": (30.0, 60.0, 120.0),
        "held_back_freedom": (0.90, 0.95, 0.98),
        "expanded_gain_share": (0.05, 0.10, 0.20),
        "contact_m": (500.0, 1000.0, 2000.0),
    }
)
# The first row: what the pages and tables say.
HEADLINES: Final = "the headlines: gains that hold at the position error"
_FASTER_KMH: Final = 1.0
_SLOWEST_KMH: Final = 0.5


@dataclass(frozen=True, eq=False)
class Ranges:
    """counts: one row per variation, the headlines first; `varied` says what, and COUNTS.

    Where nothing tells of livelihoods there is no `cohort_met`. always: by count, the community ids that every
    variation counts. The headlines alone are firm: in all others freed and expanded are those before the test against
    the position error, for that is one of the variations.
    """

    counts: pd.DataFrame
    always: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> list[str]:
        """The counts there are."""
        return [name for name in COUNTS if name in self.counts]

    def span(self, name: str) -> tuple[int, int]:
        """Lowest and highest of one count."""
        return int(self.counts[name].min()), int(self.counts[name].max())


def ranges(found: Series) -> Ranges:
    """Every headline count of a series' first and last date, again for each variation."""
    programme, kinds = found.programme, tuple(sorted(found.last.after.situation.kinds))
    members = [(HEADLINES, _headlines(found)), ("as recorded", _members(found.last, found))]
    for words, varied in _variations(programme):
        _LOG.info("how firm: %s", words)
        members.append((words, _members(_compared(varied, kinds), found)))
    for by_m in position_errors_m(programme.settings):
        words = f"every hazard {abs(by_m):g} m {'larger' if by_m > 0 else 'smaller'}"
        _LOG.info("how firm: %s", words)
        members.append((words, _redrawn(found, by_m)))
    if "CHA" in kinds and len(kinds) > 1 and (programme.hazards["kind"] == "CHA").any():
        members.append(("confirmed areas (CHA) only", _members(_compared(programme, ("CHA",)), found)))
    ids = programme.communities["community_id"].to_numpy()
    counts = pd.DataFrame(
        [{"varied": words} | {name: int(flag.sum()) for name, flag in own.items()} for words, own in members]
    )
    always = {name: tuple(ids[np.logical_and.reduce([own[name] for _, own in members])]) for name in members[0][1]}
    return Ranges(counts, always)


def _variations(programme: Programme) -> Iterator[tuple[str, Programme]]:
    settings = programme.settings
    for name, values in _OTHER_VALUES.items():
        unit = Settings.__dataclass_fields__[name].metadata["unit"]
        for value in values:
            if value != getattr(settings, name):
                changes: dict[str, Any] = {name: value}
                if name == "contact_m":
                    changes["rings_m"] = tuple(sorted({*settings.rings_m, value}))
                yield f"{name} = {value:g} {unit}", _with(programme, changes)
    for faster_kmh in (_FASTER_KMH, -_FASTER_KMH):
        word = "faster" if faster_kmh > 0 else "slower"
        yield f"everybody 1 km/h {word}", _with(programme, _speeds(settings, faster_kmh))
    yield "half-size cells", _with(programme, {"cell_m": settings.cell_m / 2})


def _with(programme: Programme, changes: dict[str, Any]) -> Programme:
    return dataclasses.replace(programme, settings=dataclasses.replace(programme.settings, **changes))


def _speeds(settings: Settings, faster_kmh: float) -> dict[str, Any]:
    """Every speed changed, none below half a km/h; what cannot be walked stays so."""

    def changed(kmh: float) -> float:
        return max(kmh + faster_kmh, _SLOWEST_KMH)

    landcover = {code: changed(kmh) if kmh > 0 else 0.0 for code, kmh in settings.landcover_kmh.items()}
    return {
        "offroad_kmh": changed(settings.offroad_kmh),
        "route_kmh": changed(settings.route_kmh),
        "landcover_kmh": MappingProxyType(landcover),
    }


def _compared(programme: Programme, kinds: tuple[str, ...] = HAZARD_KINDS) -> Progress:
    days = (programme.baseline_date, programme.data_date)
    return compare(*(assess(programme.situation(day, kinds)) for day in days))


def _headlines(found: Series) -> dict[str, np.ndarray]:
    """COUNTS as the series counts them: gains that hold at the position error."""
    communities, standing = found.last.communities, found.standing[found.last.after.situation.on]
    freed = (communities["progress"] == "freed").to_numpy()
    return _counted(found, found.last, freed, standing["expanded"].to_numpy(), standing["mitigated"].to_numpy())


def _members(progress: Progress, found: Series) -> dict[str, np.ndarray]:
    """COUNTS as (communities,) bool."""
    communities = progress.communities
    freed, expanded = communities["freed"].to_numpy(), communities["expanded"].to_numpy()
    return _counted(found, progress, freed, expanded, _mitigated(communities, progress, found))


def _counted(
    found: Series, progress: Progress, freed: np.ndarray, expanded: np.ndarray, mitigated_too: np.ndarray
) -> dict[str, np.ndarray]:
    standing = found.standing[found.last.after.situation.on]
    # A member that has ended has met nothing, whatever is varied.
    cohort = found.cohort.rows & (standing["ended"] == "").to_numpy()
    counted = {
        "held_back_before": progress.communities["held_back_before"].to_numpy(),
        "held_back_after": progress.communities["held_back_after"].to_numpy(),
        "freed": freed,
        "expanded": expanded,
        "exposed_after": progress.after.communities["exposed"].to_numpy(),
        "cohort_expanded": expanded & cohort,
    }
    return counted | ({"cohort_met": expanded & mitigated_too & cohort} if found.cohort.knows_livelihoods else {})


def _mitigated(gained: pd.DataFrame, progress: Progress, found: Series) -> np.ndarray:
    """(communities,) bool, with the gains of a variation."""
    programme = found.programme
    then, now = (blockages_on(programme, one.situation.on) for one in (progress.before, progress.after))
    by = mitigated(gained, progress.before.communities, then, now, programme.settings)
    return np.asarray(by["mitigated"])


def _redrawn(found: Series, by_m: float) -> dict[str, np.ndarray]:
    """COUNTS with every outline of both dates redrawn, the put-back ground among them."""
    progress = found.last
    before, after = progress.before.situation, progress.after.situation
    programme, everyone = after.programme, np.arange(len(found.cohort.rows))
    has_start = terrain_of(programme).community_start[:, 0] >= 0
    free = walk_free(programme)
    held = {}
    for when, situation in (("before", before), ("after", after)):
        walk = walk_outlines(programme, redrawn(blocking(situation.hazards), by_m), situation.on)
        held[when] = movement(walk, free, has_start, programme.settings)["held_back"].to_numpy()
    grounds = redrawn_grounds(after, *map(blocking, put_back(before, after)), by_m=by_m)
    gained = gained_again(after, everyone, [walk_outlines(programme, ground, after.on) for ground in grounds])
    nearest = progress.after.communities["nearest_hazard_m"].to_numpy()
    freed, expanded = gained["freed"].to_numpy(), gained["expanded"].to_numpy()
    counted = _counted(found, progress, freed, expanded, _mitigated(gained, progress, found))
    return counted | {
        "held_back_before": held["before"],
        "held_back_after": held["after"],
        "exposed_after": nearest - by_m <= programme.settings.contact_m,
    }
