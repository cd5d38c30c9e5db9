"""The report on the strategy's objectives: from the baseline to the data date, against their targets."""

from typing import Any, Final

from hazard_service.impact.register import BOTH, facts_on, register_counts
from hazard_service.reports.kinds import OBJECTIVES
from hazard_service.reports.objective_tables import (
    beneficiaries_table,
    casualties_table,
    casualty_groups_table,
    cohort_table,
    communities_table,
    countries_table,
    districts_table,
    ground_table,
    how_firm_table,
    members_table,
)
from hazard_service.reports.tables import Column, Report, Row, Table, number
from hazard_service.reports.yearly import LIMITS
from hazard_service.series import Series
from hazard_service.series.explain import data_version
from hazard_service.series.ranges import Ranges
from hazard_service.series.words import is_nan, span_words
from hazard_service.vocabulary import COUNTRY_FACT_WORDS, MODELLED

_LIMITS: Final = (*LIMITS, MODELLED)
_PLANS: Final = {BOTH: "3 Plans and budgets", "residual_capacity": "4 Capacity for what remains"}


def objectives_report(found: Series, firm: Ranges | None = None) -> Report:
    """What the series says of the objectives, as tables, and how firm its counts are, where that was counted.

    No score and no count of 1 to 4 victims is in them.
    """
    programme = found.programme
    tables = [
        headline_table(found, firm),
        None if firm is None else how_firm_table(firm),
        communities_table(found),
        cohort_table(found),
        ground_table(found),
        casualties_table(found),
        casualty_groups_table(found),
        districts_table(found),
        members_table(found),
        beneficiaries_table(found),
        countries_table(found),
    ]
    return Report(
        kind=OBJECTIVES,
        district=None,
        title="The strategy's objectives: freedom of movement, livelihoods, casualties, capacity",
        programme=programme.name,
        country=programme.country,
        fictional=programme.fictional,
        start=found.rows["on"].iloc[0],
        end=found.rows["on"].iloc[-1],
        data_date=programme.data_date,
        tables=tuple(table for table in tables if table is not None),
        limits=_LIMITS,
        notes=(
            "Every date is measured by the rules of that date; what release gave is counted since the baseline.",
            "Whole square metres, rounded so that rows and totals add up.",
            f"Data version {data_version(programme)}: the same version gives the same numbers.",
        ),
        caveats=tuple(text for text in found.caveats if text not in _LIMITS),
    )


def headline_table(found: Series, firm: Ranges | None = None) -> Table:
    """Each objective: what is counted, how far it has come, its target, and whether it is reached."""
    columns = (
        Column("Objective", "", "#x_objective"),
        Column("What is counted", "", "#indicator+name"),
        Column("Unit", "", "#indicator+unit"),
        number("value", "as named", "value"),
        number("target, at least", "as named", "target"),
        Column("Reached", "", "#x_reached"),
        Column("Figures behind it", "", "#x_figures"),
    )
    rows = (*_casualty_rows(found), *_cohort_rows(found.rows.iloc[-1], firm), *_country_rows(found))
    title = f"The objectives on {found.rows['on'].iloc[-1]}, against their targets"
    notes = (
        "Objective 2 is met by a community for which both parts hold; each part is shown apart, and has no target of "
        "its own.",
    )
    return Table("objectives", title, columns, rows, notes, adds_up=False)


def _casualty_rows(found: Series) -> list[Row]:
    first, last = found.rows.iloc[0], found.rows.iloc[-1]
    then, now = first["casualties_12_months"], last["casualties_12_months"]
    if then is None or is_nan(then):
        known = not (now is None or is_nan(now))
        figures = f"{now:,.0f} now, not known at the baseline" if known else "no accident with a date is recorded"
    else:
        figures = f"{now:,.0f} now, {then:,.0f} at the baseline"
    what = "Casualties in the 12 months to the date: fewer than in those to the baseline"
    value, target, reached = _against(last["casualties_down_share"], float(last["casualty_target_share"]))
    return [("1 Deaths and injuries", what, "%", value, target, reached, figures)]


def _cohort_rows(last: Any, firm: Ranges | None) -> list[Row]:
    size, what = last["cohort"], f"of the most seriously affected communities ({last['cohort_basis']})"
    rows: list[Row] = []
    for name, part, target in (
        ("cohort_met", "movement wider and risk to livelihoods mitigated", float(last["target_share"])),
        ("cohort_expanded", "movement wider (modelled, firm)", None),
        ("cohort_mitigated", "risk to livelihoods mitigated", None),
    ):
        count = last[name]
        is_known = count is not None and not is_nan(count)
        figures = f"{count:,.0f} of {size:,} communities{span_words(firm, name)}" if is_known else "cannot be told"
        words = f"{part[0].upper()}{part[1:]}: {what}"
        rows.append(("2 Movement and livelihoods", words, "%", *_against(last[f"{name}_share"], target), figures))
    return rows


def _country_rows(found: Series) -> list[Row]:
    on = found.rows["on"].iloc[-1]
    return [
        (
            _PLANS[count["fact"]],
            COUNTRY_FACT_WORDS[count["fact"]].partition(", ")[2].capitalize(),
            "countries",
            count["yes"],
            count["target"],
            "yes" if count["yes"] >= count["target"] else "no",
            f"{count['yes']:,} of {count['of']:,} countries on record",
        )
        for count in register_counts(facts_on(found.programme.countries, on, found.programme.data_date))
        if count["target"] is not None
    ]


def _against(share: float | None, target: float | None) -> tuple[float | None, float | None, str]:
    """(%, target in %, whether it is reached) of shares of 1."""
    value = percent_of(share)
    if target is None or value is None or share is None:
        return value, percent_of(target), "" if target is None else "not known"
    return value, percent_of(target), "yes" if share >= target else "no"


def percent_of(share: float | None) -> float | None:
    """A share of 1 in %, to a tenth."""
    return None if share is None or is_nan(share) else round(100 * float(share), 1)
