"""Tables of a programme over its years: by date, by district on the last one, communities, people, countries."""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from hazard_service.impact.beneficiaries import beneficiaries
from hazard_service.impact.casualties import FEWEST_SHOWN
from hazard_service.impact.objectives import MEMBER_STATES
from hazard_service.impact.register import facts_on
from hazard_service.impact.rollup import district_of, zones_of
from hazard_service.reports.rounding import nearest, whole
from hazard_service.reports.tables import (
    AREAS,
    M2,
    Cell,
    Column,
    Row,
    Table,
    district_columns,
    laid_out,
    level_of,
    number,
)
from hazard_service.series import Series
from hazard_service.series.casualties import (
    ALL,
    DISTRICT,
    NOT_TOLD,
    public_casualties,
    then_and_now,
    unheld_days,
)
from hazard_service.series.explain import explain
from hazard_service.series.ranges import Ranges
from hazard_service.series.words import COUNT_HEADS, is_nan, span_sentences
from hazard_service.vocabulary import COUNTRY_FACTS, RELEASE_METHODS, WHOLE

_FACT_HEADS: Final = {
    "mbc_party": "Mine Ban Convention: party",
    "mbc_deadline": "Article 5 deadline",
    "ccm_signed": "Cluster munitions: signed",
    "ccm_ratified": "Cluster munitions: ratified",
    "ccm_deadline": "Article 4 deadline",
    "plan_integrated": "Plan integrated",
    "budget_line": "Budget line",
    "residual_capacity": "Residual capacity",
}
_DATE: Final = Column("Date", "", "#date")
_COMMUNITIES: Final = "communities"
_PEOPLE: Final = "people"


def communities_table(found: Series) -> Table:
    """Held back on each date, and what release has given since the baseline."""
    columns = (
        ("held back", _COMMUNITIES, "held_back"),
        ("people of these", _PEOPLE, "held_back_people"),
        ("no longer held back by release", _COMMUNITIES, "freed"),
        ("people of the freed", _PEOPLE, "freed_people"),
        ("movement wider", _COMMUNITIES, "expanded"),
        ("gain uncertain", _COMMUNITIES, "uncertain"),
        ("worse", _COMMUNITIES, "worsened"),
    )
    notes = _rules(found, "held_back", "freed", "expanded", "uncertain", "worsened")
    return _by_date(found, "by-date", "Communities held back, and freed by release, by date", columns, notes)


def cohort_table(found: Series) -> Table:
    """The most seriously affected communities on each date: both parts of objective 2, and each member's state."""
    others = tuple((state, _COMMUNITIES, f"cohort_{state.replace(' ', '_')}") for state in MEMBER_STATES[1:])
    columns = (
        ("most seriously affected", _COMMUNITIES, "cohort"),
        ("movement wider", _COMMUNITIES, "cohort_expanded"),
        ("livelihoods mitigated", _COMMUNITIES, "cohort_mitigated"),
        ("both: met", _COMMUNITIES, "cohort_met"),
        *others,
    )
    notes = (
        *_rules(found, "cohort", "cohort_expanded", "cohort_mitigated", "cohort_met"),
        f"Met + {' + '.join(MEMBER_STATES[1:])} = most seriously affected, on every date.",
    )
    return _by_date(found, "by-date-cohort", "The most seriously affected communities, by date", columns, notes)


def how_firm_table(firm: Ranges) -> Table:
    """The headline counts again under other settings, with their lowest and highest."""
    columns = (
        Column("Counted with", "", "#x_variation"),
        *(number(COUNT_HEADS[name], _COMMUNITIES, name.replace("_", "")) for name in firm.names),
    )
    spans = [firm.span(name) for name in firm.names]
    rows = [(row["varied"], *(int(row[name]) for name in firm.names)) for row in firm.counts.to_dict("records")]
    rows += [("lowest", *(low for low, _ in spans)), ("highest", *(high for _, high in spans))]
    title = "How firm: the same counts under other settings"
    return Table("how-firm", title, columns, tuple(rows), tuple(span_sentences(firm)), adds_up=False)


def ground_table(found: Series) -> Table:
    """Open and released ground on each date, in whole m²: the methods add up to all released."""
    columns = (
        _DATE,
        number("open", AREAS, "hazards", "areas"),
        number("open", M2, "open", "m2"),
        *(number(method, M2, "released", method, "m2") for method in RELEASE_METHODS),
        number("released", M2, "released", "m2"),
        number("newly identified since the baseline", AREAS, "newly_identified", "areas"),
    )
    rows = []
    for row in found.rows.to_dict("records"):
        released_m2 = _m2(row["released_km2"])
        methods_m2 = whole([row[f"{method}_km2"] * 1e6 for method in RELEASE_METHODS], released_m2)
        open_m2 = _m2(row["open_km2"])
        rows.append(
            (str(row["on"]), row["hazards"], open_m2, *methods_m2, released_m2, _count(row["newly_identified"]))
        )
    notes = _rules(found, "open_km2", "released_km2")
    title = "Ground open and released since the first record, by date"
    return Table("by-date-ground", title, columns, tuple(rows), notes, adds_up=False)


def casualties_table(found: Series) -> Table:
    """Casualties of the twelve months up to each date, in the whole programme."""
    columns = (_DATE, number("casualties in 12 months", _PEOPLE, "affected"))
    rows = tuple(
        (str(on), _count(count)) for on, count in found.rows[["on", "casualties_12_months"]].to_numpy().tolist()
    )
    notes = (
        *_rules(found, "casualties_12_months"),
        f"The whole programme's. {NOT_TOLD}",
        *unheld_days(found.programme),
    )
    return Table("by-date-casualties", "Casualties, by date", columns, rows, notes, adds_up=False)


def casualty_groups_table(found: Series) -> Table | None:
    """Casualties by group and district on the first and the last date, as everybody may see them; None where no
    accident has a date."""
    first, last = found.rows["on"].iloc[0], found.rows["on"].iloc[-1]
    both = then_and_now(public_casualties(found.casualties, found.programme), first, last)
    both = both[both["counted_by"] != ALL]
    if both.empty:
        return None
    columns = (
        Column("Counted by", "", "#x_by"),
        Column("Group", "", "#x_group"),
        number(f"12 months to {first}", _PEOPLE, "affected", "baseline"),
        number(f"12 months to {last}", _PEOPLE, "affected", "last"),
    )
    names = found.programme.districts.set_index("district_code")["name"].dropna().to_dict()
    rows = tuple(
        (
            row["counted_by"].replace("_", " "),
            names.get(row["group"], row["group"]) if row["counted_by"] == DISTRICT else row["group"],
            *(None if pd.isna(row[when]) else int(row[when]) for when in ("then", "now")),
        )
        for row in both.to_dict("records")
    )
    notes = (
        "The ways of counting are of the same people: never add them.",
        f"–: 1 to {FEWEST_SHOWN - 1} people could be told apart, from this count or with its help. {NOT_TOLD}",
    )
    title = "Casualties by group and district"
    return Table("casualty-groups", title, columns, rows, notes, adds_up=False)


def districts_table(found: Series) -> Table:
    """The last date by district; rows sum to the whole."""
    table = found.districts[
        (found.districts["on"] == found.rows["on"].iloc[-1]) & (found.districts["district_code"] != WHOLE)
    ]
    counted = (
        ("communities", _COMMUNITIES, "communities"),
        ("held back", _COMMUNITIES, "held_back"),
        ("people of these", _PEOPLE, "held_back_people"),
        ("no longer held back by release", _COMMUNITIES, "freed"),
        ("movement wider", _COMMUNITIES, "expanded"),
        ("worse", _COMMUNITIES, "worsened"),
        ("most seriously affected", _COMMUNITIES, "cohort"),
        ("objective 2 met", _COMMUNITIES, "cohort_met"),
    )
    columns = (
        *district_columns(level_of(zones_of(found.programme.districts))),
        *(number(label, unit, name) for label, unit, name in counted),
        number("open", M2, "open", "m2"),
        number("released", M2, "released", "m2"),
    )
    cells: list[list[Cell]] = [list(table["district_code"]), list(table["name"])]
    # What cannot be told of the whole cannot be told of a district.
    cells += [
        [*whole(table[name].to_list())] if table[name].notna().all() else [None] * len(table) for *_, name in counted
    ]
    cells += [[*whole([km2 * 1e6 for km2 in table[f"{what}_km2"]])] for what in ("open", "released")]
    title = f"Districts on {found.rows['on'].iloc[-1]}"
    return Table("districts", title, columns, laid_out(columns, cells))


def members_table(found: Series) -> Table:
    """What became of each of the most seriously affected communities; nothing that tells a score."""
    members = found.first_cohort
    home = _district_names(found)
    columns = (
        Column("Community", "", "#loc+code"),
        Column("Name", "", "#loc+name"),
        Column("District", "", "#adm+name"),
        number("people", _PEOPLE, "people"),
        Column("Objective 2", "", "#x_objective_2"),
        Column("Movement wider", "", "#x_wider"),
        Column("Livelihoods mitigated by", "", "#x_mitigated_by"),
        Column("Held back at the baseline", "", "#x_held_back+baseline"),
        Column("Held back now", "", "#x_held_back+now"),
        Column("What release gave", "", "#x_gave"),
    )
    rows = tuple(
        (
            row["community_id"],
            row["name"],
            home[row["community_id"]],
            _count(row["people"]),
            row["state"],
            _yes(row["expanded"]),
            row["mitigated_by"] or "no",
            _yes(row["held_back_before"]),
            _yes(row["held_back_after"]),
            row["why"],
        )
        for row in members.to_dict("records")
    )
    notes = ["Frozen at the baseline: every member stays, whatever happens."]
    if found.found_later:
        notes.append(f"Communities found most seriously affected later: {found.found_later:,}; they are in no share.")
    title = "The most seriously affected communities, one by one"
    return Table("members", title, columns, rows, tuple(notes), adds_up=False)


def beneficiaries_table(found: Series) -> Table | None:
    """Direct and indirect beneficiaries since the baseline, apart; None where nobody recorded any."""
    counted = beneficiaries(found.programme, found.rows["on"].iloc[0], found.rows["on"].iloc[-1])
    if counted is None:
        return None
    columns = (
        Column("Group", "", "#x_group"),
        number("direct beneficiaries", _PEOPLE, "beneficiaries", "direct"),
        number("indirect beneficiaries", _PEOPLE, "beneficiaries", "indirect"),
    )
    rows = tuple(
        (group, *(None if pd.isna(count) else int(count) for count in (direct, others)))
        for group, direct, others in counted[["group", "direct", "indirect"]].itertuples(index=False)
    )
    size = int(counted["communities"].iloc[0])
    notes = [
        f"Direct: users of released land or of a service regained, as recorded for {size:,} communities. Indirect: the "
        "other people of these communities. Never add the two. An empty cell: not recorded.",
        *(
            f"{way.capitalize()}, known for fewer communities: {few}; the others add nobody."
            for way in ("direct", "indirect")
            if (few := _known_for_fewer(counted, f"{way}_in", size))
        ),
    ]
    return Table("beneficiaries", "Beneficiaries since the baseline", columns, rows, tuple(notes))


def _known_for_fewer(counted: pd.DataFrame, column: str, size: int) -> str:
    few = counted[counted[column] < size]
    return ", ".join(f"{row['group']} for {row[column]:,}" for row in few.to_dict("records"))


def countries_table(found: Series) -> Table | None:
    """The register of countries, a country a row with its facts, the date of the last and their sources; None where
    there is no register."""
    facts = facts_on(found.programme.countries, found.rows["on"].iloc[-1], found.programme.data_date)
    if facts.empty:
        return None
    columns = (
        Column("Country code", "", "#country+code+v_iso3"),
        Column("Name", "", "#country+name"),
        *(Column(_FACT_HEADS[fact], "", f"#x_{fact}") for fact in COUNTRY_FACTS),
        Column("Last fact dated", "", "#date+fact"),
        Column("Sources", "", "#meta+source"),
    )
    rows = tuple(_country(iso3, own) for iso3, own in facts.groupby("iso3", sort=True))
    note = "Of each fact the last that is on record by the date. A fact without a date counts on the data date alone."
    return Table("countries", "The register of countries", columns, rows, (note,), adds_up=False)


def _country(iso3: Any, facts: pd.DataFrame) -> Row:
    names, dates = facts["name"].dropna(), facts["dated_on"].dropna()
    values = dict(zip(facts["fact"], facts["value"], strict=True))
    return (
        str(iso3),
        names.iloc[0] if len(names) else None,
        *(values.get(fact) for fact in COUNTRY_FACTS),
        str(dates.max().date()) if len(dates) else None,
        "; ".join(facts["source"].dropna().unique()),
    )


def _by_date(
    found: Series, name: str, title: str, counted: Sequence[tuple[str, str, str]], notes: Sequence[str]
) -> Table:
    """One row a date of counts of the series."""
    columns = (_DATE, *(number(label, unit, column) for label, unit, column in counted))
    cells = [[str(on) for on in found.rows["on"]]]
    cells += [[_count(value) for value in found.rows[column]] for *_, column in counted]  # type: ignore[misc]
    return Table(name, title, columns, laid_out(columns, cells), tuple(notes), adds_up=False)


def _rules(found: Series, *names: str) -> tuple[str, ...]:
    return tuple(explain(found, name).words for name in names)


def _district_names(found: Series) -> dict[str, str]:
    """Name of the district of each community by its id; its code where it has no name."""
    communities, zones = found.last.communities, zones_of(found.programme.districts)
    named = {
        code: name if isinstance(name, str) else str(code)
        for code, name in zip(zones["district_code"], zones["name"], strict=True)
    }
    codes = district_of(communities, zones)
    return {
        community: named.get(code, str(code))
        for community, code in zip(communities["community_id"], codes, strict=True)
    }


def _m2(km2: float) -> int:
    return nearest(km2 * 1e6)


def _count(value: Any) -> int | None:
    return None if value is None or is_nan(value) else round(value)


def _yes(holds: Any) -> str:
    return "yes" if holds else "no"
