"""One row of figures a date, whole and by district: what is open, who is held back, what release gave, casualties."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hazard_service.assessment import Assessment, Progress
from hazard_service.impact.casualties import casualties, in_window
from hazard_service.impact.objectives import (
    CASUALTY_TARGET_SHARE,
    SURVEYED,
    Cohort,
    cohort_of,
    member_states,
    mitigated,
    objective_totals,
    parts_of,
    severely_held_back,
    unsurveyed,
)
from hazard_service.impact.score import blockages_on, scores
from hazard_service.layers import Programme
from hazard_service.layers.history import ended_by
from hazard_service.layers.kinds import left_out
from hazard_service.series.casualties import CASUALTY_MONTHS, casualty_rows, public_dates, unheld_days
from hazard_service.series.dates import dates_of
from hazard_service.series.districts import baseline_districts, district_rows
from hazard_service.series.walking import progress_in_turn
from hazard_service.vocabulary import HAZARD_KINDS, RELEASE_METHODS
from hazard_service.walked import walk_free

_STATE = ("hazards", "open_km2", "cha_km2", "sha_km2", "released_km2", *(f"{m}_km2" for m in RELEASE_METHODS),
          "communities", "held_back", "held_back_people", "exposed", "affected", "affected_people")  # fmt: skip
_GAINS = ("freed", "freed_people", "expanded", "expanded_people", "uncertain", "worsened", "worsened_people",
          "newly_identified", "newly_identified_km2", "laid_since", "corrections_km2", "gained_km2")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Series:
    """A programme over its years.

    rows: one row a date, from the baseline; gains are since the baseline and firm. districts: the same by date and
    district_code, whole last. members: one row per community of the cohort, and of the second one (found most
    seriously affected later), with its state on the last date. standing: by date, `parts_of` every community and its
    state (`member_states`). casualties: `casualty_rows` of every date, for operators; everybody else sees
    `public_casualties`. steps: progress from the baseline to each later date. step: month, quarter or year; only_two:
    why no date between is told, or None.
    """

    programme: Programme
    step: str
    only_two: str | None
    rows: pd.DataFrame
    districts: pd.DataFrame
    members: pd.DataFrame
    standing: dict[datetime.date, pd.DataFrame]
    casualties: pd.DataFrame
    cohort: Cohort
    steps: tuple[Progress, ...]
    caveats: tuple[str, ...]

    @property
    def last(self) -> Progress:
        """Progress from the baseline to the last date."""
        return self.steps[-1]

    @property
    def first_cohort(self) -> pd.DataFrame:
        """The members that everybody may see: who has joined the second cohort could give single victims away."""
        return self.members[self.members["cohort"] == 1].reset_index(drop=True)

    @property
    def found_later(self) -> int:
        """How many have become most seriously affected since the baseline: the second cohort."""
        return int((self.members["cohort"] == 2).sum())


def series(
    programme: Programme,
    step: str = "year",
    kinds: Collection[str] = HAZARD_KINDS,
    also: datetime.date | None = None,
) -> Series:
    """A programme's figures from its baseline to its data date, each measured by the rules of that date.

    also: one more date, between the two.
    """
    dates, only_two = dates_of(programme, step, also)
    steps = progress_in_turn(programme, dates, kinds)
    before = steps[0].before
    score = scores(before.situation, before.communities)
    then = blockages_on(programme, before.situation.on)
    ended = ended_by(programme.communities, before.situation.on)
    cohort = cohort_of(
        score,
        before.communities,
        then,
        ended,
        before.closed,
        walk_free(programme),
        programme.settings,
        is_surveyed_again=bool((programme.surveys["surveyed_on"] > pd.Timestamp(before.situation.on)).any()),
    )
    standing = {before.situation.on: _nothing_met(cohort)}
    rows, districts = [_baseline_row(before, cohort)], [baseline_districts(before, cohort, _STATE)]
    for progress in steps:
        now = standing[progress.after.situation.on] = _standing(progress, cohort, then)
        rows.append(_row(progress, cohort, now))
        districts.append(district_rows(progress, cohort, now, _STATE))
    last = steps[-1]
    return Series(
        programme=programme,
        step=step,
        only_two=only_two,
        rows=_against_baseline(pd.DataFrame(rows)),
        districts=pd.concat(districts, ignore_index=True),
        members=_members(last, cohort, score, standing[last.after.situation.on]),
        standing=standing,
        casualties=casualty_rows(programme, dates),
        cohort=cohort,
        steps=tuple(steps),
        caveats=_caveats(programme, cohort, only_two, last),
    )


def _standing(progress: Progress, cohort: Cohort, then: pd.DataFrame) -> pd.DataFrame:
    """`parts_of` one date, and each community's state; then: the blockages surveyed at the baseline."""
    programme, on = progress.after.situation.programme, progress.after.situation.on
    is_mitigated = mitigated(
        progress.communities, progress.before.communities, then, blockages_on(programme, on), programme.settings
    )
    parts = parts_of(progress.communities["expanded_firm"], is_mitigated, ended_by(programme.communities, on))
    return parts.assign(state=member_states(cohort, parts))


def _nothing_met(cohort: Cohort) -> pd.DataFrame:
    """As `_standing`, on the baseline."""
    none = [False] * len(cohort.rows)
    parts = pd.DataFrame({"expanded": none, "mitigated": False, "mitigated_by": "", "ended": ""})
    return parts.assign(state=member_states(cohort, parts))


def _state(assessment: Assessment) -> dict[str, Any]:
    programme, on = assessment.situation.programme, assessment.situation.on
    # Without a date nobody knows in which months: none counted would read as none happened. And the totals of two
    # months side by side would give single accidents away: they are told where their windows share no day.
    is_known = (programme.accidents["date"] <= pd.Timestamp(on)).any() and on in public_dates(programme)
    return {
        "on": on,
        **{name: assessment.totals[name] for name in _STATE},
        "casualties_12_months": casualties(in_window(programme.accidents, on, CASUALTY_MONTHS)) if is_known else None,
    }


def _baseline_row(before: Assessment, cohort: Cohort) -> dict[str, Any]:
    objective = objective_totals(cohort, _nothing_met(cohort))
    regained = 0.0 if "livelihood_held_back_km2" in before.communities else None
    return _state(before) | dict.fromkeys(_GAINS, 0) | {"livelihood_regained_km2": regained} | objective


def _row(progress: Progress, cohort: Cohort, standing: pd.DataFrame) -> dict[str, Any]:
    communities, totals = progress.communities, progress.totals
    has_land = "gained_livelihood_km2" in communities
    return {
        **_state(progress.after),
        **{name: totals[name] for name in _GAINS},
        "livelihood_regained_km2": float(communities["gained_livelihood_km2"].sum()) if has_land else None,
        **objective_totals(cohort, standing),
    }


def _against_baseline(rows: pd.DataFrame) -> pd.DataFrame:
    """Adds casualties_down_share: how far casualties of the last 12 months lie under those at the baseline."""
    first = rows["casualties_12_months"].iloc[0]
    fallen = 1.0 - rows["casualties_12_months"].astype(float) / first if first else np.nan
    return rows.assign(casualties_down_share=fallen, casualty_target_share=CASUALTY_TARGET_SHARE)


def _members(last: Progress, cohort: Cohort, score: pd.DataFrame, standing: pd.DataFrame) -> pd.DataFrame:
    """Members of the first cohort (cohort 1) and communities there whose class has become high since (cohort 2)."""
    communities = last.communities
    now = scores(last.after.situation, last.after.communities)
    high = ("high", "medium")[: last.after.situation.programme.settings.cohort_classes]
    serious = now["impact_class"].isin(high).to_numpy()
    if cohort.basis != SURVEYED:  # the two bases are never mixed
        serious = severely_held_back(last.after.communities, last.after.situation.programme.settings)
    later = serious & ~cohort.rows & (standing["ended"] == "").to_numpy()
    frame = pd.DataFrame(communities[["community_id", "name", "district", "people", "progress", "why"]])
    frame["cohort"] = np.select([cohort.rows, later], [1, 2], default=0)
    for name in ("state", "expanded", "mitigated", "mitigated_by"):
        frame[name] = standing[name]
    frame["gained_share"] = communities["gained_share"]
    for name in ("held_back_before", "held_back_after", "nearest_hazard_m", "hazards_within_contact"):
        frame[name] = communities[name]
    for name in (
        "impact_class",
        "impact_score",
        "impact_class_modelled",
        "impact_score_modelled",
        "victims",
        "explanation",
    ):
        frame[f"{name}_before"], frame[f"{name}_after"] = score[name], now[name]
    return frame[frame["cohort"] > 0].sort_values(["cohort", "community_id"]).reset_index(drop=True)


def _caveats(programme: Programme, cohort: Cohort, only_two: str | None, last: Progress) -> tuple[str, ...]:
    scheme = programme.scheme
    by = f" Scores by the scheme {scheme.name}, version {scheme.version}." if cohort.basis == SURVEYED else ""
    said = [f"Most seriously affected: {cohort.basis}, at the baseline.{by}"]
    count = len(programme.communities)
    if cohort.basis == SURVEYED and cohort.surveyed < count:
        said.append(unsurveyed(cohort.surveyed, count))
    if not cohort.knows_livelihoods:
        said.append(
            "No land cover and no survey after the baseline: whether risk to livelihoods is mitigated cannot be told."
        )
    undated = int(programme.accidents["date"].isna().sum())
    if undated:
        said.append(
            f"Accidents without a date: {undated:,} of {len(programme.accidents):,}; they are in no count here."
        )
    said += unheld_days(programme)
    unknown = int((last.before.situation.hazards["contamination"] == "unknown").sum())
    if unknown:
        said.append(f"Hazards of unknown contamination at the baseline: {unknown:,}; they add nothing to a score.")
    situation = last.after.situation
    first = left_out(situation.kinds, len(situation.not_counted))
    return tuple(dict.fromkeys([*first, *said, *([only_two] if only_two else []), *last.caveats]))
