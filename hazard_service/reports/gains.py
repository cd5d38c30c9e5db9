"""Gains per hazard as a ranked table for a terminal, and as files for a GIS."""

from pathlib import Path
from typing import Final

import pandas as pd
import pyogrio

from hazard_service.impact.words import people_of
from hazard_service.layers.kinds import left_out, only
from hazard_service.layers.schema import WITHIN
from hazard_service.planning import Gains
from hazard_service.reports.files import ExportError, papers, write_cells, write_papers
from hazard_service.reports.text import caveat_lines
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY

NOT_RELEASED: Final = "NOT RELEASED: what a release would give back, computed from recorded hazards; modelled."
FORMS: Final = ("gpkg", "geojson")


def gains_text(gains: Gains, *, rows: int = 15) -> str:
    """The hazards whose release alone gives most, and the sets that only together free a community."""
    situation = gains.assessment.situation
    table = gains.hazards.sort_values("rank").head(rows)
    lines = [
        f"{situation.programme.name}, {situation.on}{only(situation.kinds)}: "
        "what releasing each open hazard alone would give back",
        NOT_RELEASED,
        "",
        f"{'rank':>4}  {'hazard':<16} {'freed':>5} {'people':>12} {'freed or wider':>14} {'people':>12} "
        f"{'km2 back':>8}   {'left last: holds':>16} {'people':>12}",
    ]
    for row in table.itertuples():
        lines.append(
            f"{row.rank:>4}  {row.hazard_id:<16} {row.freed:>5} {people_of(row.freed, row.freed_people):>12} "
            f"{row.expanded:>14} {people_of(row.expanded, row.expanded_people):>12} {row.gained_km2:>8,.2f}   "
            f"{row.last_freed:>16} {people_of(row.last_freed, row.last_freed_people):>12}"
        )
    if len(table) == 0:
        lines.append("      No hazard on record is open on this date, of the kinds asked for.")
    freeing = int((gains.hazards["freed"] > 0).sum())
    lines += [
        "",
        f"{freeing:,} of {len(gains.hazards):,} open hazards free a community alone; "
        f"{int((gains.hazards['gained_km2'] > 0).sum()):,} give reach back.",
        "Freed or wider: the freed, and those whose movement is wider though they are not freed.",
        "km2 back: summed over communities. Left last: what it holds back once all others are released.",
    ]
    needs = _needs(gains)
    named = needs[needs["hazard_ids"] != ""]
    if len(gains.needs):
        lines += ["", f"{len(gains.needs):,} held-back communities need more than one release; the least sets found:"]
        lines += [f"  {row.community_id}: {row.hazard_ids}" for row in named.head(rows).itertuples()]
        if len(named) > rows:
            lines.append(f"  and {len(named) - rows:,} more; --out writes all of them")
        if unmet := len(gains.needs) - len(named):
            lines.append(f"  {unmet:,} would gain too little from any set of releases to count as freed.")
    return "\n".join([*lines, "", *caveat_lines(gains.caveats)])


def write_gains(gains: Gains, folder: Path, form: str) -> list[Path]:
    """Write the hazards with their gains (WGS 84), pairs and sets as CSV, README and provenance; return the files."""
    if form not in FORMS:
        raise ExportError(f"Unknown format: {form}. Known formats: {', '.join(FORMS)}.")
    folder.mkdir(parents=True, exist_ok=True)
    situation = gains.assessment.situation
    frame = gains.hazards.drop(columns=list(WITHIN)).sort_values("rank").to_crs("EPSG:4326")
    frame = frame.assign(
        as_of=situation.on.isoformat(),
        data_date=situation.programme.data_date.isoformat(),
        state="NOT RELEASED",
        warning=" ".join(
            [*left_out(situation.kinds, len(situation.not_counted)), NOT_RELEASED, NOT_FOR_SAFETY, NO_RECORD]
        ),
    )
    outlined = frame[~frame.geometry.is_empty]
    path = folder / f"gains.{form}"
    path.unlink(missing_ok=True)
    if form == "gpkg":
        pyogrio.write_dataframe(outlined, path, layer="gains", driver="GPKG", promote_to_multi=True)
    else:
        pyogrio.write_dataframe(outlined, path, driver="GeoJSON", layer_options={"RFC7946": "YES"})
    written = [path]
    # A hazard of which only a zero-width line is left has no polygon, yet it stays in the table.
    tables = {"ranked": pd.DataFrame(frame.drop(columns="geometry")), "pairs": gains.pairs, "needs": _needs(gains)}
    for name, table in tables.items():
        written.append(folder / f"gains_{name}.csv")
        write_cells(table, written[-1])
    what = "what releasing each open hazard would give back, NOT RELEASED,"
    told = papers(situation, gains.assessment.provenance, gains.caveats, what=what)
    return [*written, *write_papers(told, folder, prefix="gains_")]


def _needs(gains: Gains) -> pd.DataFrame:
    """`Gains.needs` with each list of hazards as text."""
    return gains.needs.assign(hazard_ids=gains.needs["hazard_ids"].map(", ".join))
