"""A programme over its years: as text for a terminal, and as CSV files."""

import datetime
import json
from pathlib import Path
from typing import Any, Final

import pandas as pd

from hazard_service.impact.casualties import FEWEST_SHOWN
from hazard_service.layers.kinds import only
from hazard_service.reports.files import write_cells
from hazard_service.reports.text import caveat_lines, columns
from hazard_service.series import Series
from hazard_service.series.casualties import ALL, public_casualties, then_and_now
from hazard_service.series.explain import Explanation
from hazard_service.series.moment import moment
from hazard_service.series.ranges import Ranges
from hazard_service.series.since import since_sentences
from hazard_service.series.words import (
    COUNT_HEADS,
    UNTOLD,
    beneficiary_sentences,
    cell_words,
    exact,
    headlines,
    is_nan,
    pace_sentences,
    register_sentences,
    span_sentences,
)
from hazard_service.settings import described
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY

# Columns of members from which victims could be worked out: for operators alone.
OPERATORS_ONLY: Final = ("impact_class", "impact_score", "impact_score_modelled", "impact_class_modelled", "victims",
                         "explanation")  # fmt: skip


def series_text(
    found: Series, *, operator: bool = False, firm: Ranges | None = None, since: datetime.date | None = None
) -> str:
    """Headlines against their targets, a line a date, and what became of each community of the cohort.

    since: the date of the reader's last report; nothing is said of what changed since where it is None.
    """
    first, last = found.rows.iloc[0], found.rows.iloc[-1]
    lines = [
        f"{found.programme.name}: {first['on']} to {last['on']}, by {found.step}"
        f"{only(found.last.after.situation.kinds)}",
        "",
        *headlines(found),
        *pace_sentences(found.rows),
        *beneficiary_sentences(found),
        *register_sentences(found),
        *(since_sentences(moment(found, since=since)) if since else []),
        "",
        *(_how_firm(firm) if firm else []),
        _by_date(found.rows),
        "",
        *_by_group(found, operator=operator),
        _by_state(found, operator=operator),
        "",
        *caveat_lines(found.caveats),
    ]
    return "\n".join(lines)


def _how_firm(firm: Ranges) -> list[str]:
    table = [(row["varied"], *(int(row[name]) for name in firm.names)) for row in firm.counts.to_dict("records")]
    head = ("how firm: counts when", *(COUNT_HEADS[name] for name in firm.names))
    return [*span_sentences(firm), "", columns(head, table), ""]


def _by_date(rows: pd.DataFrame) -> str:
    table = [
        (
            str(row["on"]),
            f"{row['open_km2']:.3f}",
            f"{row['released_km2']:.3f}",
            int(row["held_back"]),
            int(row["freed"]),
            int(row["expanded"]),
            int(row["uncertain"]),
            int(row["worsened"]),
            _count(row["cohort_expanded"]),
            _count(row["cohort_mitigated"]),
            _count(row["cohort_met"]),
            _count(row["casualties_12_months"]),
        )
        for row in rows.to_dict("records")
    ]
    head = ("date", "open km²", "released km²", "held back", "freed", "wider", "uncertain", "worsened", "cohort wider",
            "mitigated", "both", "casualties 12 months")  # fmt: skip
    return columns(head, table)


def _by_group(found: Series, *, operator: bool) -> list[str]:
    """Casualties of the first and the last date, one line a way of counting; none where no accident has a date."""
    casualties = _casualties(found, operator=operator)
    if casualties.empty:
        return []
    first, last = found.rows["on"].iloc[0], found.rows["on"].iloc[-1]
    both = then_and_now(casualties, first, last)
    is_known = first in set(found.casualties["on"])
    table = [
        (str(way).replace("_", " "), _groups(own, "then") if is_known else "no accident on record", _groups(own, "now"))
        for way, own in both[both["counted_by"] != ALL].groupby("counted_by", sort=False)
    ]
    return [columns(("casualties in 12 months by", f"to {first}", f"to {last}"), table), ""]


def _groups(counted: pd.DataFrame, when: str) -> str:
    """Groups with somebody, and whether others are hidden."""
    shown = counted.dropna(subset=[when])
    told = [f"{group} {count}" for group, count in zip(shown["group"], shown[when], strict=True) if count]
    if len(shown) < len(counted):
        told.append("others hidden" if told else "hidden")
    return ", ".join(told) or "none"


def _casualties(found: Series, *, operator: bool) -> pd.DataFrame:
    return found.casualties if operator else public_casualties(found.casualties, found.programme)


def _by_state(found: Series, *, operator: bool) -> str:
    members = found.members if operator else found.first_cohort
    if members.empty and not found.found_later:
        return "No community is or was among the most seriously affected."
    table = [
        (
            row["community_id"],
            row["name"] or "-",
            "found later" if row["cohort"] == 2 else row["state"],
            "yes" if row["expanded"] else "no",
            row["mitigated_by"] or "no",
            "yes" if row["held_back_after"] else "no",
            *((row["explanation_before"], row["explanation_after"]) if operator else ()),
        )
        for row in members.to_dict("records")
    ]
    head = ("most seriously affected", "name", "objective 2", "wider", "mitigated by", "held back now",
            *(("score then", "score now") if operator else ()))  # fmt: skip
    later = f"\nfound most seriously affected later, apart: {found.found_later:,}" if found.found_later else ""
    return columns(head, table) + later


def write_series(found: Series, folder: Path, *, operator: bool = False, firm: Ranges | None = None) -> list[Path]:
    """Write rows, districts, members and casualties as CSV, and caveats with provenance; return the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    members = found.members if operator else found.first_cohort
    if not operator:
        hidden = [f"{name}_{when}" for name in OPERATORS_ONLY for when in ("before", "after")]
        members = members.drop(columns=hidden)
    written = []
    tables = {
        "series": found.rows,
        "series_districts": found.districts,
        "series_members": members,
        "series_casualties": _casualties(found, operator=operator),
    }
    if firm is not None:
        tables["series_how_firm"] = firm.counts
    for name, table in tables.items():
        written.append(folder / f"{name}.csv")
        write_cells(table, written[-1])
    about = {
        "caveats": list(found.caveats),
        "suppressed_below": FEWEST_SHOWN,
        **found.last.after.provenance,
    }
    written.append(folder / "series_provenance.json")
    written[-1].write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return written


def explanation_text(found: Explanation) -> str:
    """A number, its rule, its settings, its data, and the first of those it counts."""
    value = UNTOLD if found.value is None else exact(found.value)
    later = f" Hazards recorded only later: {len(found.later):,} (in --out)." if len(found.later) else ""
    lines = [
        f"{found.title} ({found.name}) on {found.on}: {value}",
        f"Data date {found.programme.data_date}.",
        "",
        found.words,
        "",
        *(f"  {row['name']} = {row['value']:g} {row['unit']}: {row['help']}" for row in described(found.settings)),
        f"  data version {found.data_version}, {found.software}",
        f"  again: {found.command}",
    ]
    if found.counted is not None and len(found.counted):
        table = pd.DataFrame(found.counted.drop(columns="geometry"))
        shown = [tuple(map(cell_words, row)) for row in table.head(20).itertuples(index=False)]
        lines += ["", columns(tuple(map(str, table)), shown)]
        if len(table) > 20:
            lines.append(f"and {len(table) - 20:,} more (--out writes all of them)")
    if found.counted is not None and found.beside is not None and len(found.beside):
        told = ", ".join(f"{count:,} {what}" for what, count in found.beside["what"].value_counts(sort=False).items())
        lines += ["", f"{'On their land' if 'community_id' in found.counted else 'Behind it'}: {told} (in --out)."]
    said = [text for text in found.caveats if text not in (NOT_FOR_SAFETY, NO_RECORD)]
    return "\n".join([*lines, "", *caveat_lines(said), "", f"{NOT_FOR_SAFETY} {NO_RECORD}{later}"])


def _count(value: Any) -> str:
    return "-" if value is None or is_nan(value) else f"{value:,.0f}"
