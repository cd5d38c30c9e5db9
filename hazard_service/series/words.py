"""Sentences that say how far the objectives are met."""

import datetime
import math
from typing import Any, Final

import pandas as pd

from hazard_service.impact.beneficiaries import beneficiaries
from hazard_service.impact.objectives import SURVEYED, unsurveyed
from hazard_service.impact.register import facts_on, register_counts
from hazard_service.impact.words import number_of, percent
from hazard_service.series.ranges import Ranges
from hazard_service.series.rows import Series
from hazard_service.vocabulary import COUNTRY_FACT_WORDS, ENDINGS


def headlines(found: Series) -> list[str]:
    """Objective 2 against 80 %, and casualties against half; one sentence each."""
    return [objective_sentence(found.rows.iloc[-1]), casualty_sentence(found.rows)]


def pace_sentences(rows: pd.DataFrame) -> list[str]:
    """Since when the targets are reached, if they are; and how fast the last five years went."""
    told, first, last = [], rows.iloc[0], rows.iloc[-1]
    for column, target, words in (
        ("cohort_met_share", last["target_share"], "Objective 2 has been at its target or above"),
        ("casualties_down_share", last["casualty_target_share"], "Casualties have been down by their target or more"),
    ):
        known = rows[rows[column].notna() & (rows["on"] > first["on"])]
        reached = known[column].astype(float) >= target
        if len(known) and reached.iloc[-1]:
            below = known.index[~reached]
            since = known if not len(below) else known.loc[below[-1] + 1 :]
            told.append(f"{words} since {since['on'].iloc[0]}.")
    start, paced = pace_of(rows)
    years = (last["on"] - start["on"]).days / 365.25
    changes = {column: float(last[column] - start[column]) for column in paced}
    parts = [PACED[column] + _PACES[column].format(change, change / years) for column, change in changes.items()]
    told.append(f"From {start['on']} to {last['on']}: {'; '.join(parts)}.")
    return told


def pace_of(rows: pd.DataFrame) -> tuple[Any, list[str]]:
    """(the row that the pace is counted from: of five years ago, or the first; those of PACED that both rows know)."""
    days = pd.to_datetime(rows["on"])
    earlier = rows[days <= days.iloc[-1] - pd.DateOffset(years=_PACE_YEARS)]
    start, last = rows.iloc[0] if earlier.empty else earlier.iloc[-1], rows.iloc[-1]
    return start, [column for column in PACED if not pd.isna(last[column]) and not pd.isna(start[column])]


def objective_sentence(row: Any) -> str:
    """Of the cohort, for how many both parts hold; and each part apart."""
    size, target = row["cohort"], percent(row["target_share"])
    who = f"{row['cohort_basis']} at the baseline"
    partly = row["cohort_basis"] == SURVEYED and row["surveyed"] < row["communities"]
    aside = f" {unsurveyed(row['surveyed'], row['communities'])}" if partly else ""
    if not size:
        return f"Objective 2: no community was among the most seriously affected ({who}).{aside}"
    wider = f"freedom of movement is wider (modelled, firm) for {row['cohort_expanded']}"
    if row["cohort_met"] is None or is_nan(row["cohort_met"]):
        return (
            f"Objective 2: of {size} most seriously affected communities ({who}), {wider} "
            f"({percent(row['cohort_expanded_share'])}); whether risk to livelihoods is mitigated cannot be told"
            f"{_ended(row, before='; ')}."
        )
    return (
        f"Objective 2: met for {row['cohort_met']:.0f} of {size} most seriously affected communities ({who}), "
        f"{percent(row['cohort_met_share'])}; target {target}. Of them {wider}, and risk to livelihoods is mitigated "
        f"for {row['cohort_mitigated']:.0f}; {row['cohort_not_met']:.0f} not met, "
        f"{row['cohort_could_not_show_a_gain']:.0f} could not show a gain, "
        f"{row['cohort_not_measurable']:.0f} not measurable{_ended(row, before=', ')}.{aside}"
    )


def _ended(row: Any, *, before: str) -> str:
    """Members that have merged, split or been lost, if any."""
    counted = [f"{row[f'cohort_{how}']:.0f} {how}" for how in ENDINGS if row[f"cohort_{how}"]]
    return before + ", ".join(counted) if counted else ""


def casualty_sentence(rows: pd.DataFrame) -> str:
    """Casualties of the last 12 months against those before the baseline."""
    then, now = rows["casualties_12_months"].iloc[0], rows["casualties_12_months"].iloc[-1]
    if then is None or is_nan(then):
        if now is None or is_nan(now):
            return "Casualties: no accident with a date is recorded."
        on, first = rows["on"].iloc[-1], rows["on"].iloc[0]
        return f"Casualties: {now:.0f} in the 12 months to {on}; no accident is on record by {first}."
    counts = f"{now:.0f} in the 12 months to {rows['on'].iloc[-1]}, {then:.0f} in those to {rows['on'].iloc[0]}"
    if not then:
        return f"Casualties: {counts}."
    share = rows["casualties_down_share"].iloc[-1]
    change = f"{percent(share)} fewer" if share >= 0 else f"{percent(-share)} more"
    return f"Casualties: {counts}: {change}; target {percent(rows['casualty_target_share'].iloc[-1])} fewer."


def register_sentences(found: Series) -> list[str]:
    """Objectives 3 and 4 and the treaties, one sentence a fact; none without a register."""
    on = found.rows["on"].iloc[-1]
    counts = register_counts(facts_on(found.programme.countries, on, found.programme.data_date))
    return [
        f"{COUNTRY_FACT_WORDS[row['fact']]}: {row['yes']} of {row['of']} countries on record"
        + (f"; target {row['target']}." if row["target"] else ".")
        for row in counts
    ]


def beneficiary_sentences(found: Series) -> list[str]:
    """Direct and indirect beneficiaries since the baseline, by group, apart; none where nobody recorded any."""
    rows = found.rows
    counted = beneficiaries(found.programme, rows["on"].iloc[0], rows["on"].iloc[-1])
    if counted is None:
        return []
    by_group, size = counted.set_index("group"), counted["communities"].iloc[0]

    def listed(column: str) -> str:
        known = by_group[column].dropna()
        told = [
            f"{count:,} {group}" + (f" (known for {of:,})" if of < size else "")
            for group, count, of in zip(known.index, known, by_group.loc[known.index, f"{column}_in"], strict=True)
        ]
        missing = [group for group in by_group.index if group not in known.index]
        return ", ".join([*told, *([f"{' and '.join(missing)} not recorded"] if missing else [])])

    return [
        f"Direct beneficiaries, as recorded for {number_of(size, 'community', 'communities')}: {listed('direct')}.",
        f"Indirect beneficiaries, the others of these communities: {listed('indirect')}. The two are not added.",
    ]


def span_sentences(firm: Ranges) -> list[str]:
    """Each count as set, its lowest and highest over all variations, and how many communities are in every one."""
    return [
        "In the headlines freed and wider are firm; in the other rows they are counted before the test against the "
        "position error, because that is one of the variations. Wider: the freed among them.",
        *(
            f"{_COUNT_WORDS[name]}: {firm.counts[name].iloc[0]:,.0f}, between {firm.span(name)[0]:,} and "
            f"{firm.span(name)[1]:,}; "
            f"{_in_all(len(firm.always[name]))} in all {len(firm.counts):,} counts."
            for name in firm.names
        ),
        *(f"Not counted: {left_out}" for left_out in firm.left_out),
    ]


def _in_all(count: int) -> str:
    return f"{number_of(count, 'community', 'communities')} {'is' if count == 1 else 'are'}"


def span_words(firm: Ranges | None, name: str, of: int | None = None) -> str:
    """Lowest and highest of one count beside its headline, as shares of `of` where it is given; "" if not counted."""
    if firm is None or name not in firm.names or of == 0:
        return ""
    low, high = (f"{count:,}" if of is None else percent(count / of) for count in firm.span(name))
    return f" (how firm: {low} to {high})"


_PACE_YEARS: Final = 5
# Whose pace is told, and how it is written.
PACED: Final = {
    "cohort_met": "objective 2 met", "freed": "no longer held back by release", "held_back": "held back",
    "released_km2": "released",
}  # fmt: skip
_PACES: Final = {
    "cohort_met": " for {:+.0f} ({:+.1f} a year)", "freed": " {:+.0f} ({:+.1f} a year)",
    "held_back": " {:+.0f} ({:+.1f} a year)", "released_km2": " {:+.1f} km² ({:+.2f} a year)",
}  # fmt: skip
_COUNT_WORDS = {
    "held_back_before": "Held back at the baseline",
    "held_back_after": "Held back on the last date",
    "freed": "No longer held back by release",
    "expanded": "Movement wider, the freed among them",
    "worsened": "Worse, a hazard laid since",
    "exposed_after": "Within the contact distance on the last date",
    "cohort_met": "Objective 2 met",
    "cohort_expanded": "Most seriously affected with wider movement",
}
# The same as heads of a table.
COUNT_HEADS: Final = {
    "held_back_before": "held back then",
    "held_back_after": "held back now",
    "freed": "no longer held back",
    "expanded": "wider",
    "worsened": "worse",
    "exposed_after": "near hazards",
    "cohort_expanded": "cohort wider",
    "cohort_met": "objective 2 met",
}


# A number that nobody knows, or that could tell single people apart.
UNTOLD: Final = "not known, or not shown"


def figure_words(name: str, value: float | None) -> str:
    """A number of a series as readers see it; `exact` has all of its digits."""
    if value is None or is_nan(value):
        return UNTOLD
    if name.endswith("_share"):
        return str(percent(value))
    return f"{value:,.3f} km²" if name.endswith("_km2") else f"{value:,.0f}"


def exact(value: float) -> str:
    """A number to its last digit: that is what comes out again."""
    return f"{value:,.0f}" if value == round(value) else repr(value)


def cell_words(value: Any) -> str:
    """A cell of what a number counts, as a reader sees it."""
    if pd.isna(value):
        return "–"
    if isinstance(value, datetime.date):  # a Timestamp is one
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return f"{value:,.0f}" if value == round(value) else f"{value:,.3f}"
    return str(value)


def is_nan(value: Any) -> bool:
    """A number that is not known."""
    return isinstance(value, float) and math.isnan(value)
