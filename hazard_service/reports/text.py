"""Assessments as text for a terminal."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from hazard_service.assessment import Assessment, Progress
from hazard_service.impact.rollup import PEOPLE_COLUMNS
from hazard_service.impact.words import NOT_RECORDED, people_of, percent
from hazard_service.layers.kinds import only
from hazard_service.vocabulary import SERVICE_KINDS

_PROGRESS_LINES = (
    ("held back before", "held_back_before"),
    ("held back now", "held_back_after"),
    ("no longer held back (freed)", "freed"),
    ("  of them held back before", "freed_of_held_back"),
    ("otherwise not held back", "otherwise_not_held_back"),
    ("newly held back", "newly_held_back"),
    ("movement wider", "expanded"),
    ("gain uncertain, apart", "uncertain"),
    ("worsened", "worsened"),
)


def assessment_text(assessment: Assessment, *, rows: int = 10) -> str:
    """Who is held back on one date: counts, districts, the communities held back most, the caveats."""
    totals, situation = assessment.totals, assessment.situation
    cut_off = ", ".join(
        f"{kind} {totals[f'cut_off_{kind}']['yes']}" for kind in SERVICE_KINDS if "yes" in totals[f"cut_off_{kind}"]
    )
    ring = f"{situation.programme.settings.contact_m:g} m"
    lines = [
        f"{situation.programme.name}, {situation.on}{only(situation.kinds)}",
        f"  open hazards          {totals['hazards']:>8,}   {totals['open_km2']:,.3f} km² (dissolved)",
        f"  released by then      {'':>8}   {totals['released_km2']:,.3f} km²",
        f"  communities           {totals['communities']:>8,}   {totals['people']:,} people",
        f"  held back (modelled)  {totals['held_back']:>8,}   {_people_of(totals, 'held_back')}",
        f"    by movement         {totals['held_back_by_movement']:>8,}",
        f"    cut off from        {cut_off or 'no service'}",
        f"  within {ring:<14} {totals['exposed']:>8,}",
        f"  affected (either)     {totals['affected']:>8,}   {_people_of(totals, 'affected')}",
        f"  inside a hazard       {totals['inside_hazard']:>8,}",
        f"  enclosed              {totals['enclosed']:>8,}",
        f"  not assessed          {totals['not_assessed']:>8,}",
        *_people_by_cell(totals, ring),
        *_livelihood(totals, "livelihood_held_back", "  any livelihood land behind hazards: {:,} communities"),
        "",
        _districts(assessment),
        "",
        _most_held_back(assessment, rows),
        "",
        *caveat_lines(assessment.caveats),
    ]
    return "\n".join(lines)


def progress_text(progress: Progress, *, rows: int = 10) -> str:
    """What release gave between two dates."""
    totals = progress.totals
    share = totals["expanded_share_of_held_back"]
    lines = [
        f"From {totals['from']} to {totals['to']}{only(progress.after.situation.kinds)}",
        *(f"  {label:<28} {totals[name]:>8,}   {_people_of(totals, name)}" for label, name in _PROGRESS_LINES),
        f"  of those held back before, freed or wider: {totals['expanded_of_held_back']:,}"
        + (f" ({percent(share)})" if share is not None else ""),
        f"  open ground                  {totals['open_km2_before']:>12,.3f} km² then, "
        f"{totals['open_km2_after']:,.3f} km² now",
        f"  released                     {totals['released_km2']:>12,.3f} km²",
        f"  reach regained               {totals['gained_km2']:>12,.3f} km² (summed over communities)",
        *_livelihood(totals, "livelihood_regained", "  any livelihood land regained {:>8,}   communities"),
        f"  newly identified             {totals['newly_identified']:>8,}   {totals['newly_identified_km2']:,.3f} km², "
        f"{totals['laid_since']:,} laid since",
        f"  corrections (no release)     {totals['corrections_km2']:>12,.3f} km²",
        "",
        _freed(progress, rows),
    ]
    return "\n".join(lines)


def _people_by_cell(totals: dict[str, Any], ring: str) -> list[str]:
    """One line where there is a population raster."""
    if PEOPLE_COLUMNS[0] not in totals:
        return []
    people, near, inside = (totals[name] for name in PEOPLE_COLUMNS)
    return [
        f"  people by cell (modelled): {near:,.0f} of {people:,.0f} within {ring} of a hazard, {inside:,.0f} in one"
    ]


def _livelihood(totals: dict[str, Any], name: str, line: str) -> list[str]:
    """Nothing is said of livelihood land where no land cover tells it."""
    return [line.format(totals[name])] if name in totals else []


def caveat_lines(caveats: Iterable[str]) -> list[str]:
    """The caveats as a list under their heading."""
    return ["Read with these limits:", *(f"  - {caveat}" for caveat in caveats)]


def _districts(assessment: Assessment) -> str:
    table = [
        (
            row.name,
            row.communities,
            row.held_back,
            row.affected,
            row.hazards,
            f"{row.open_km2:.3f}",
            f"{row.released_km2:.3f}",
        )
        for row in assessment.districts.rename(columns={"name": "name"}).itertuples(index=False)
    ]
    return columns(("district", "communities", "held back", "affected", "hazards", "open km²", "released km²"), table)


def _most_held_back(assessment: Assessment, rows: int) -> str:
    held = assessment.communities[assessment.communities["held_back"]]
    held = held.sort_values(["freedom", "community_id"]).head(rows)
    table = [
        (
            row.community_id,
            row.name,
            _people(row.people),
            f"{'≤ ' if row.at_most else ''}{_share(row.freedom)}",
            row.held_back_by,
            row.nearest_hazard_id,
        )
        for row in held.itertuples(index=False)
    ]
    if not table:
        return "No community is held back."
    return columns(("held back most", "name", "people", "freedom", "by", "nearest hazard"), table)


def _freed(progress: Progress, rows: int) -> str:
    frame = progress.communities
    freed = frame[frame["freed_firm"]].sort_values(["gained_km2", "community_id"], ascending=[False, True])
    table = [
        (row.community_id, row.name, _people(row.people), _share(row.gained_share), row.services_regained or "-")
        for row in freed.head(rows).itertuples(index=False)
    ]
    if not table:
        return "No community was freed by release."
    more = f"\nand {len(freed) - rows} more" if len(freed) > rows else ""
    return columns(("freed", "name", "people", "reach gained", "services regained"), table) + more


def _people_of(totals: dict[str, Any], name: str) -> str:
    """People of the communities counted under `name`."""
    told = people_of(totals[name], totals[f"{name}_people"])
    return f"people {told}" if told == NOT_RECORDED else f"{told} people"


def _people(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:,.0f}"


def _share(value: float) -> str:
    return "-" if math.isnan(value) else percent(value)


def columns(header: Sequence[str], table: Sequence[Sequence[Any]]) -> str:
    """Left-aligned words, right-aligned numbers."""
    cells = [
        [f"{cell:,}" if isinstance(cell, int) else str(cell or "-") if cell is None else str(cell) for cell in row]
        for row in table
    ]
    widths = [max(len(text) for text in column) for column in zip(header, *cells, strict=True)]
    right = [all(_is_number(row[index]) for row in cells) for index in range(len(header))]

    def line(row: Sequence[str]) -> str:
        padded = (text.rjust(w) if r else text.ljust(w) for text, w, r in zip(row, widths, right, strict=True))
        return "  " + "  ".join(padded).rstrip()

    return "\n".join([line(header), *(line(row) for row in cells)])


def _is_number(text: str) -> bool:
    return (
        text.replace(",", "").replace(".", "").replace(" %", "").replace("-", "").replace("≤ ", "").isdigit()
        or text == "-"
    )
