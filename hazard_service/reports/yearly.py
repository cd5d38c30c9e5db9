"""The report of one calendar year: which dates it runs between, and which tables it has."""

import datetime
from typing import Final

import numpy as np

from hazard_service.assessment import assess
from hazard_service.errors import DateError, ReportError
from hazard_service.impact.rollup import zones_of
from hazard_service.impact.summary import record_caveats
from hazard_service.layers import Programme
from hazard_service.reports.ground import EVERY_DEVICE, open_where_table, released_where_table
from hazard_service.reports.kinds import DISTRICT, WHO, YEARLY, check_asked
from hazard_service.reports.ledger import ledger_of
from hazard_service.reports.profile import profile_tables
from hazard_service.reports.tables import Report, Table
from hazard_service.reports.treaties import TREATIES, projection_table, treaty_tables
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY, SHA_OVERSTATES

LIMITS: Final = (NOT_FOR_SAFETY, NO_RECORD, SHA_OVERSTATES)
_COUNTING: Final = (
    "Areas are measured from their recorded outlines, each square metre once; an area known only by a number of square "
    "metres is a circle of that size.",
    "Whole square metres, rounded so that every row and every total adds up; the same ground may differ by a square "
    "metre between two reports.",
)


def year_report(
    programme: Programme,
    kind: str,
    year: int | None = None,
    *,
    district: str | None = None,
    deadline: datetime.date | None = None,
) -> Report:
    """One report on one calendar year, the last full one before the data date when left out.

    district: the code that the district profile is of. deadline: adds to a treaty's report a projection until then.
    Raises DateError for a year that the data does not hold, ReportError for a kind or district that does not exist,
    ProjectionError where the past is too short to project from.
    """
    check_asked(kind, year=year, district=district, deadline=deadline)
    if kind not in YEARLY:
        raise ReportError(f'"{kind}" is no report on one year; ask for {", ".join(YEARLY)}.')
    start, end = dates_of(programme, last_full_year(programme) if year is None else year)
    code = _checked_district(programme, kind, district)
    if kind == DISTRICT:
        title, tables, notes, caveats = _profile(programme, start, end, code)
    elif kind == WHO:
        title, notes = "Who does what where: releases and open areas by organisation", []
        ledger = ledger_of(programme, np.ones(len(programme.hazards), dtype=bool), start, end)
        tables = [released_where_table(ledger, EVERY_DEVICE), open_where_table(ledger)]
        caveats = _caveats(programme, end)
    else:
        title = TREATIES[kind].title
        tables, notes = treaty_tables(programme, TREATIES[kind], start, end)
        caveats = _caveats(programme, end)
        if deadline is not None:
            tables.append(projection_table(programme, TREATIES[kind], end, deadline))
    return Report(
        kind=kind,
        district=code or None,
        title=title,
        programme=programme.name,
        country=programme.country,
        fictional=programme.fictional,
        start=start,
        end=end,
        data_date=programme.data_date,
        tables=tuple(tables),
        limits=LIMITS,
        notes=(*notes, *_COUNTING),
        caveats=tuple(text for text in caveats if text not in LIMITS),
    )


def dates_of(programme: Programme, year: int) -> tuple[datetime.date, datetime.date]:
    """(31 December before the year, its own 31 December or the data date where that is earlier).

    Raises DateError where the year does not lie between the programme's baseline date and its data date.
    """
    first, last = _first_year(programme), programme.data_date.year
    if not first <= year <= last:
        whole = f"ask for a year from {first} to {last}" if first <= last else "the data holds no year yet"
        raise DateError(
            f"{year} does not lie between the baseline date, {programme.baseline_date}, and the data date, "
            f"{programme.data_date}; {whole}."
        )
    return datetime.date(year - 1, 12, 31), min(datetime.date(year, 12, 31), programme.data_date)


def last_full_year(programme: Programme) -> int:
    """The last year that ended by the data date; the first of the data where none did."""
    data_date = programme.data_date
    ended = data_date.year if (data_date.month, data_date.day) == (12, 31) else data_date.year - 1
    return max(ended, _first_year(programme))


def _first_year(programme: Programme) -> int:
    """The first year whose opening figures are not older than the baseline."""
    baseline = programme.baseline_date
    return baseline.year + (1 if (baseline.month, baseline.day) == (12, 31) else 2)


def _checked_district(programme: Programme, kind: str, code: str | None) -> str:
    if kind != DISTRICT:
        return ""
    known = list(zones_of(programme.districts)["district_code"])
    listed = ", ".join(map(str, known[:20])) + (f" and {len(known) - 20:,} more" if len(known) > 20 else "")
    if not known:
        raise ReportError("The programme has no districts; ask for another report.")
    if code is None or code not in known:
        said = "No district is named" if code is None else f'There is no district "{code}"'
        raise ReportError(f"{said}; give one of these codes: {listed}.")
    return code


def _caveats(programme: Programme, end: datetime.date) -> tuple[str, ...]:
    """What the data lacks, and what the record misses: every report says both."""
    return record_caveats(programme.situation(end))


def _profile(
    programme: Programme, start: datetime.date, end: datetime.date, code: str
) -> tuple[str, list[Table], list[str], tuple[str, ...]]:
    assessment = assess(programme.situation(end))
    rows = assessment.districts
    name = rows.loc[rows["district_code"] == code, "name"].iloc[0]
    notes = [
        "An area counts in each report it belongs to: never add up the rows of the reports. Each report leaves all "
        "other areas out of account, so ground that stays closed under one of them counts as released in it."
    ]
    return f"District profile: {name} ({code})", profile_tables(assessment, start, code), notes, assessment.caveats
