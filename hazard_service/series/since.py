"""What changed from an earlier date of a series to a later one: ground, and communities."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from hazard_service import overlay
from hazard_service.impact.areas import ground_of
from hazard_service.impact.balance import balance_of, ground_of_period, released_parts
from hazard_service.impact.period import ROUNDING_M2, Period
from hazard_service.impact.words import number_of
from hazard_service.series.beside import UNDATED
from hazard_service.series.moment import Moment
from hazard_service.series.rule import Counts, ground, named
from hazard_service.vocabulary import RELEASE_METHODS, WHOLE

NUMBERS: Final = (
    "since_released_km2", "since_undated_km2", "since_corrected_down_km2", "since_corrected_up_km2",
    "since_newly_identified_km2", "since_newly_identified", "since_freed", "since_held_back",
)  # fmt: skip
_MOST_NAMED: Final = 12


def since_numbers(moment: Moment) -> dict[str, float]:
    """What changed since `moment.since`, by name; all 0 on the baseline. Ground in km², each square metre once."""
    period = moment.period
    if period is None:
        return dict.fromkeys(NUMBERS, 0.0)
    rows: dict[Any, Any] = balance_of(period).set_index("district_code").loc[WHOLE].to_dict()
    km2 = {name: _km2(float(rows[f"{name}_m2"])) for name in ("released", "corrected_down", "corrected_up", "new")}
    return {
        "since_released_km2": km2["released"],
        "since_undated_km2": _km2(sum(part.area for part in opened_undated(period).values())),
        "since_corrected_down_km2": km2["corrected_down"],
        "since_corrected_up_km2": km2["corrected_up"],
        "since_newly_identified_km2": km2["new"],
        "since_newly_identified": float(rows["areas_new"]),
        "since_freed": float(freed_change(moment).sum()),
        "since_held_back": float(held_back_change(moment).sum()),
    }


def _km2(m2: float) -> float:
    return m2 / 1e6 if m2 > ROUNDING_M2 else 0.0


def since_sentences(moment: Moment) -> list[str]:
    """The same in words: ground, then communities."""
    told = since_numbers(moment)
    undated = ""
    if told["since_undated_km2"]:
        undated = (
            f", {told['since_undated_km2']:.3f} km² of it by releases without a date: they count on the data date, "
            "with whomever they free, and may be of any year since the baseline"
        )
    return [
        f"Between {moment.since} and {moment.on}, each square metre once: {told['since_released_km2']:.3f} km² opened "
        f"by release{undated}; {told['since_corrected_down_km2']:.3f} km² opened and "
        f"{told['since_corrected_up_km2']:.3f} km² closed by corrections of the record, which free nobody; "
        f"{told['since_newly_identified_km2']:.3f} km² newly identified in "
        f"{number_of(told['since_newly_identified'], 'area', 'areas')}.",
        f"Communities no longer held back by release since the baseline: {told['since_freed']:+.0f}; communities held "
        f"back, whatever the cause: {told['since_held_back']:+.0f}.",
        *_whose_state_changed(moment),
    ]


def _whose_state_changed(moment: Moment) -> list[str]:
    communities, change = moment.assessment.communities, held_back_change(moment)
    names = communities["name"].where(communities["name"].notna(), communities["community_id"]).astype(str)
    told = (("No longer held back, whatever the cause", change < 0), ("Newly held back", change > 0))
    return [f"{words}: {_listed(names[own].tolist())}." for words, own in told if own.any()]


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def ground_since(name: str, parts: Callable[[Period], Mapping[str, BaseGeometry]]) -> Counts:
    """Parts of the ground of the balance, by the words of a column called `name`; none on the baseline."""

    def counted(moment: Moment) -> GeoDataFrame:
        period = moment.period
        return ground({} if period is None else dict(parts(period)), name, moment)

    return counted


def taken_km2(method: str, moment: Moment) -> float:
    """Ground that releases by a method took out of hazards since: one row of the series less the other; 0 on the
    baseline."""
    if moment.since is None:
        return 0.0
    rows = moment.found.rows.set_index("on")[f"{method}_km2"]
    # Less than nothing is rounding: what was released stays so.
    return max(float(rows[moment.on] - rows[moment.since]), 0.0)


def taken(method: str) -> Counts:
    """The same as ground, a row a method."""

    def counted(moment: Moment) -> GeoDataFrame:
        then = moment.earlier
        if then is None:
            return ground({}, "method", moment)
        was, now = (ground_of(at.assessment.situation)[1][method] for at in (then, moment))
        return ground({method: overlay.difference(now, was)}, "method", moment)

    return counted


def opened(period: Period) -> dict[str, BaseGeometry]:
    """Ground that releases opened, by method."""
    parts = ground_of_period(period)
    return {method: parts[method] for method in RELEASE_METHODS}


def opened_undated(period: Period) -> dict[str, BaseGeometry]:
    """Ground that releases without a date opened."""
    part = released_parts(period, ["is_undated"]).get((True,))
    return {} if part is None else {UNDATED: part}


def newly_identified(moment: Moment) -> GeoDataFrame:
    """Hazards reported since that count as new areas, with all of their ground."""
    period = moment.period
    hazards = moment.assessment.hazards.iloc[:0] if period is None else period.hazards[period.hazards["new"].notna()]
    return hazards[["hazard_id", "kind", "geometry"]].reset_index(drop=True)


def change(of: Callable[[Moment], NDArray[np.int64]]) -> Counts:
    """Communities whose state is another than it was: +1 or -1 in the column `change`."""

    def counted(moment: Moment) -> GeoDataFrame:
        changes = of(moment)
        found = (moment.progress or moment.assessment).communities.assign(change=changes)
        return named(found[changes != 0], "change")

    return counted


def freed_change(moment: Moment) -> NDArray[np.int64]:
    """(communities,) 1 where release has freed one since, -1 where one is no longer freed by it."""
    then = moment.earlier
    return moment.freed.astype(np.int64) - (moment.freed if then is None else then.freed).astype(np.int64)


def held_back_change(moment: Moment) -> NDArray[np.int64]:
    """(communities,) 1 where one is newly held back, -1 where one no longer is, whatever the cause."""
    now: NDArray[np.int64] = moment.assessment.communities["held_back"].to_numpy().astype(np.int64)
    then = moment.earlier
    if then is None:
        return np.zeros_like(now)
    was: NDArray[np.int64] = then.assessment.communities["held_back"].to_numpy().astype(np.int64)
    return now - was
