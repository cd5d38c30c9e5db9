"""The page of a programme over its years: headlines against their targets, charts, communities, districts."""

import datetime
from dataclasses import replace
from typing import Any, Final

import pandas as pd

from hazard_service.atlas.charts import Chart, lines, stacked_bars
from hazard_service.atlas.country_maps import country_maps
from hazard_service.dress import STALE_AFTER, data_uri, inline_asset, render, with_policy
from hazard_service.impact.areas import first_released
from hazard_service.impact.casualties import FEWEST_SHOWN
from hazard_service.impact.register import deadlines, facts_on, register_counts
from hazard_service.impact.words import percent
from hazard_service.layers.kinds import left_out
from hazard_service.series import Series
from hazard_service.series.casualties import ALL, DISTRICT, NOT_TOLD, public_casualties, then_and_now
from hazard_service.series.moment import moment
from hazard_service.series.ranges import Ranges
from hazard_service.series.since import NUMBERS, since_sentences, taken_km2
from hazard_service.series.titles import TITLES
from hazard_service.series.words import (
    COUNT_HEADS,
    PACED,
    beneficiary_sentences,
    cell_words,
    headlines,
    is_nan,
    pace_of,
    pace_sentences,
    register_sentences,
    span_sentences,
    span_words,
)
from hazard_service.vocabulary import (
    COUNTRY_FACT_WORDS,
    ENDINGS,
    NO_RECORD,
    NOT_FOR_SAFETY,
    PEOPLE_GROUPS,
    RELEASE_METHODS,
    WHOLE,
)

# The address that the web rim answers for the served page.
PROGRESS: Final = "/progress"
_DISTRICT_COLUMNS: Final = {
    "communities": "Communities", "held_back": "Held back now", "freed": "No longer held back",
    "expanded": "Movement wider", "worsened": "Worse", "cohort": "Most seriously affected",
    "cohort_expanded": "of them wider", "cohort_mitigated": "of them mitigated", "cohort_met": "Objective 2 met",
    "open_km2": "Open, km²", "newly_identified": "Newly identified", "released_km2": "Released, km²",
    "livelihood_regained_km2": "Livelihood land regained, km²",
}  # fmt: skip
_DATE_COLUMNS: Final = {
    "hazards": "Open hazards", "open_km2": "Open, km²", "released_km2": "Released, km²", "cancelled_km2": "cancelled",
    "reduced_km2": "reduced", "cleared_km2": "cleared", "newly_identified": "Newly identified",
    "corrections_km2": "Corrections, km²", "held_back": "Held back", "held_back_people": "their people",
    "exposed": "Near a hazard", "freed": "No longer held back", "freed_people": "their people", "expanded": "Wider",
    "uncertain": "Uncertain", "worsened": "Worse", "livelihood_regained_km2": "Livelihood land regained, km²",
    "cohort_expanded": "Cohort: wider", "cohort_mitigated": "mitigated", "cohort_met": "both",
    "cohort_met_share": "both, share of the cohort",
    "casualties_12_months": "Casualties in 12 months",
}  # fmt: skip
# What each count of `Ranges` is explained under, at the date it is of.
_COUNT_RULES: Final = {
    "held_back_before": ("held_back", "first"), "held_back_after": ("held_back", "last"), "freed": ("freed", "last"),
    "expanded": ("expanded", "last"), "worsened": ("worsened", "last"), "exposed_after": ("exposed", "last"),
    "cohort_expanded": ("cohort_expanded", "last"), "cohort_met": ("cohort_met", "last"),
}  # fmt: skip


def progress_page(found: Series, *, embed: bool, firm: Ranges | None = None, since: datetime.date | None = None) -> str:
    """The page as HTML: with `embed` one file that needs nothing else, which warns of its own age.

    since: the date of the reader's last report, one of the series' dates but the last; the last but one if not given.
    Raises ParameterError for any other.
    """
    programme, last = found.programme, found.last
    stale_after = programme.data_date + STALE_AFTER
    page = render(
        "progress.html",
        programme=programme,
        first=found.rows["on"].iloc[0],
        last=found.rows["on"].iloc[-1],
        step=found.step,
        only_two=found.only_two,
        headlines=list(zip(headlines(found), _behind_headlines(found), strict=True)),
        pace=pace_sentences(found.rows),
        behind_pace=_behind_pace(found.rows),
        beneficiaries=list(zip(beneficiary_sentences(found), _behind_beneficiaries(), strict=False)),
        register=list(zip(register_sentences(found), _behind_register(found), strict=True)),
        deadlines=_deadlines(found),
        facts=_facts(found),
        country_maps=country_maps(programme, found.rows["on"].iloc[-1]),
        firm=firm,
        spans=span_sentences(firm) if firm else [],
        counts=firm.names if firm else [],
        count_heads=COUNT_HEADS,
        count_rules=_COUNT_RULES,
        tiles=_tiles(found, firm),
        explained=not embed,
        dates={"head": _DATE_COLUMNS, "rows": found.rows.to_dict("records")},
        charts=charts(found),
        members=found.first_cohort.to_dict("records"),
        found_later=found.found_later,
        worse=_worse(found),
        since=since_sentences(moment(found, since=since)),
        behind_since=[(name, TITLES[name]) for name in NUMBERS],
        since_on=since or found.rows["on"].iloc[-2],
        days=list(found.rows["on"])[:-1],
        casualties=_casualties(found),
        casualties_known_then=found.rows["on"].iloc[0] in set(found.casualties["on"]),
        fewest=FEWEST_SHOWN,
        districts=_districts(found),
        scheme=programme.scheme,
        left_out=left_out(last.after.situation.kinds, len(last.after.situation.not_counted)),
        not_for_safety=NOT_FOR_SAFETY,
        no_record=NO_RECORD,
        caveats=[text for text in found.caveats if text not in (NOT_FOR_SAFETY, NO_RECORD)],
        data_date=last.after.situation.programme.data_date,
        stale_after=stale_after,
        embed=embed,
        icon=data_uri("favicon.svg") if embed else "/assets/favicon.svg",
        styles=[inline_asset("report.css"), inline_asset("progress.css")] if embed else [],
        scripts=[inline_asset("report.js"), inline_asset("progress.js")] if embed else [],
    )
    return with_policy(page, embed=embed)


def _behind_headlines(found: Series) -> list[list[tuple[str, str, str]]]:
    """(what it is, the name it is explained under, the date) of the figures of each of `headlines`."""
    first, row = str(found.rows["on"].iloc[0]), found.rows.iloc[-1]
    ended = [(how, f"cohort_{how}") for how in ENDINGS if row[f"cohort_{how}"]]
    cohort = [("most seriously affected", "cohort"), ("met", "cohort_met"), ("share", "cohort_met_share"),
              ("wider", "cohort_expanded"), ("mitigated", "cohort_mitigated"), ("not met", "cohort_not_met"),
              ("could not show a gain", "cohort_could_not_show_a_gain"),
              ("not measurable", "cohort_not_measurable"), *ended]  # fmt: skip
    fallen = [("casualties now", "casualties_12_months", ""), ("at the baseline", "casualties_12_months", first),
              ("how far down", "casualties_down_share", "")]  # fmt: skip
    is_told = bool(found.rows["casualties_12_months"].notna().any())
    return [[(words, name, "") for words, name in cohort] if row["cohort"] else [], fallen if is_told else []]


def _behind_pace(rows: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Each number of the pace on its two dates."""
    start, paced = pace_of(rows)
    days = (str(start["on"]), str(rows["on"].iloc[-1]))
    return [(f"{PACED[column]} {day}", column, day) for column in paced for day in days]


def _behind_beneficiaries() -> list[list[tuple[str, str, str]]]:
    return [[(group, f"{way}_{group}", "") for group in PEOPLE_GROUPS] for way in ("direct", "indirect")]


def _behind_register(found: Series) -> list[list[tuple[str, str, str]]]:
    on = found.rows["on"].iloc[-1]
    counts = register_counts(facts_on(found.programme.countries, on, found.programme.data_date))
    return [[("which countries", f"countries_{row['fact']}", "")] for row in counts]


def _tiles(found: Series, firm: Ranges | None) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """(number, what it is, the name it is explained under, what stands beside it with the names of its numbers)."""
    row = found.rows.iloc[-1]
    met, size = row["cohort_met_share"], row["cohort"]
    tiles = [
        (
            "not known" if met is None or is_nan(met) else percent(met),
            "of the most seriously affected communities: movement wider and risk to livelihoods mitigated",
            "cohort_met_share",
            [(f"target {percent(row['target_share'])}{span_words(firm, 'cohort_met', size)}", "")],
        )
    ]
    down = row["casualties_down_share"]
    if down is not None and not is_nan(down):
        words = "fewer" if down >= 0 else "more"
        tiles.append(
            (percent(abs(down)), f"{words} casualties in 12 months than at the baseline",
             "casualties_down_share", [(f"target {percent(row['casualty_target_share'])} fewer", "")])
        )  # fmt: skip
    tiles += [
        (f"{row['freed']:,.0f}",
         f"communities no longer held back by release (modelled, firm){span_words(firm, 'freed')}",
         "freed", [(f"{row['held_back']:,.0f} still held back{span_words(firm, 'held_back_after')}", "held_back"),
                   (f"{row['worsened']:,.0f} worse{span_words(firm, 'worsened')}", "worsened"),
                   (f"{row['uncertain']:,.0f} more uncertain", "uncertain")]),
        (f"{row['released_km2']:.1f} km²", "released since the first record", "released_km2",
         [(f"{row['open_km2']:.1f} km² still open", "open_km2")]),
    ]  # fmt: skip
    return tiles


def charts(found: Series) -> list[Chart]:
    """Objective 2 against its target, communities held back, casualties, and ground released, over the years."""
    rows = found.rows
    days = list(rows["on"])
    share = {
        name: [_known(value, 100) for value in rows[f"cohort_{column}_share"]]
        for name, column in (
            ("movement wider (firm)", "expanded"),
            ("livelihoods mitigated", "mitigated"),
            ("both", "met"),
        )
    }
    drawn = [
        lines(
            "Objective 2: most seriously affected communities",
            f"Share of {rows['cohort'].iloc[-1]} communities frozen at the baseline, against the target of 80 %.",
            days, share, unit="% of the cohort", target=(80.0, "target 80 %"),
            explained=("cohort_expanded_share", "cohort_mitigated_share", "cohort_met_share"),
        ),
        lines(
            "Communities held back and no longer held back",
            "Held back on each date, whatever the cause; no longer held back by release since the baseline, firm.",
            days,
            {"held back": list(rows["held_back"]), "no longer held back by release": list(rows["freed"]),
             "worse (hazards laid since)": list(rows["worsened"])},
            unit="communities", explained=("held_back", "freed", "worsened"),
        ),
    ]  # fmt: skip
    if rows["casualties_12_months"].notna().any():
        counts = [_known(value) for value in rows["casualties_12_months"]]
        half = (counts[0] * 0.5, "half of the baseline") if counts[0] else None
        drawn.append(
            lines("Casualties", f"Killed, injured and of unknown outcome in the 12 months up to each date. {NOT_TOLD}",
                  days,
                  {"casualties in 12 months": counts}, unit="people", target=half, explained=("casualties_12_months",))
        )  # fmt: skip
    periods = [moment(found, day) for day in days[1:]]
    bars = stacked_bars(
        "Ground released in each period",
        "By method; ground released twice counts once, under the earlier release. Each bar is the difference of two "
        "rows under Date by date." + _undated(found),
        [_period(day, found.step) for day in days[1:]],
        {method: [taken_km2(method, period) for period in periods] for method in RELEASE_METHODS},
        unit="km²",
    )
    explained = tuple(f"since_{method}_km2" for method in RELEASE_METHODS)
    return [*drawn, replace(bars, explained=explained, days=tuple(days[1:]))]


def _undated(found: Series) -> str:
    """What of the last bar has no date."""
    first = first_released(found.last.after.situation.released)
    undated = first[first["done_on"].isna()].geometry.area.sum() / 1e6
    if not undated:
        return ""
    return (
        f" The last holds {undated:.3f} km² of releases without a date: they count on the data date, and may be of any "
        "year since the baseline."
    )


def _facts(found: Series) -> list[dict[str, Any]]:
    """The register, a fact a row: country, words, value, since and source."""
    table = facts_on(found.programme.countries, found.rows["on"].iloc[-1], found.programme.data_date)
    return [
        {"country": row.name if isinstance(row.name, str) else row.iso3, "words": COUNTRY_FACT_WORDS[str(row.fact)],
         "value": row.value, "since": cell_words(row.dated_on), "source": cell_words(row.source)}
        for row in table.itertuples(index=False)
    ]  # fmt: skip


def _deadlines(found: Series) -> list[dict[str, Any]]:
    """The next treaty deadlines on the register, and those that have passed, the latest first; ten of each at most."""
    on = found.rows["on"].iloc[-1]
    table = deadlines(facts_on(found.programme.countries, on, found.programme.data_date), on)
    kept = pd.concat([table[~table["passed"]].head(10), table[table["passed"]].tail(10).iloc[::-1]])
    kept["words"] = kept["fact"].map(dict(COUNTRY_FACT_WORDS))
    records: list[dict[str, Any]] = kept.to_dict("records")  # type: ignore[assignment]
    return records


def _worse(found: Series) -> list[dict[str, Any]]:
    communities = found.last.communities
    found_since = communities["newly_identified_holds_back"] & (communities["progress"] != "worsened")
    worse = communities[(communities["progress"] == "worsened") | found_since]
    kept: list[dict[str, Any]] = pd.DataFrame(worse[["community_id", "name", "people", "progress", "why"]]).to_dict(
        "records"
    )  # type: ignore[assignment]
    return kept


def _casualties(found: Series) -> list[dict[str, Any]]:
    """way, group, then and now of each group, as everybody may see it: None where a count is hidden."""
    first, last = found.rows["on"].iloc[0], found.rows["on"].iloc[-1]
    both = then_and_now(public_casualties(found.casualties, found.programme), first, last)
    names = found.programme.districts.set_index("district_code")["name"].dropna().to_dict()
    return [
        {
            "number": "casualties_12_months"
            if row["counted_by"] == DISTRICT
            else f"casualties_{row['counted_by']}_{row['group']}",
            "district": row["group"] if row["counted_by"] == DISTRICT else "",
            "way": row["counted_by"].replace("_", " "),
            "group": names.get(row["group"], row["group"]) if row["counted_by"] == DISTRICT else row["group"],
            "then": None if pd.isna(row["then"]) else int(row["then"]),
            "now": None if pd.isna(row["now"]) else int(row["now"]),
        }
        for row in both[both["counted_by"] != ALL].to_dict("records")
    ]


def _districts(found: Series) -> dict[str, Any]:
    """The head, and a row a district; the whole is the last."""
    table = found.districts[found.districts["on"] == found.rows["on"].iloc[-1]]
    is_whole = table["district_code"] == WHOLE
    mapped = set(found.programme.districts["district_code"])
    rows = pd.concat([table[~is_whole], table[is_whole]]).to_dict("records")
    return {"head": _DISTRICT_COLUMNS, "rows": rows, "mapped": mapped, "whole": WHOLE}


def _period(day: datetime.date, step: str) -> str:
    """The year alone where periods are years that end with it."""
    return str(day.year) if step == "year" and (day.month, day.day) == (12, 31) else str(day)[:7]


def _known(value: Any, times: float = 1.0) -> float | None:
    return None if value is None or is_nan(value) else float(value) * times
