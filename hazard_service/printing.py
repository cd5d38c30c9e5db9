"""A report as asked for, written as files: its tables, and for paper the charts and the map drawn beside them."""

import datetime
from pathlib import Path
from typing import Final

from hazard_service.assessment import assess
from hazard_service.atlas.chart_pages import bars_page, chart_pages
from hazard_service.atlas.charts import Chart, level_bars
from hazard_service.atlas.country_maps import country_maps
from hazard_service.atlas.map_pages import map_page
from hazard_service.atlas.printed_map import communities_compared, communities_of, communities_plain
from hazard_service.atlas.progress import charts
from hazard_service.layers import Programme
from hazard_service.paper import Drawn, style
from hazard_service.reports.ground import released_by_method
from hazard_service.reports.kinds import DISTRICT, OBJECTIVES, check_asked
from hazard_service.reports.objectives import objectives_report
from hazard_service.reports.tables import Report
from hazard_service.reports.writing import write_report
from hazard_service.reports.yearly import year_report
from hazard_service.series import Series, series
from hazard_service.series.ranges import ranges

# Bars that fit below each other on a page.
_BARS_ON_A_PAGE: Final = 30


def write_asked(
    programme: Programme,
    folder: Path,
    kind: str,
    form: str,
    *,
    year: int | None = None,
    district: str | None = None,
    deadline: datetime.date | None = None,
) -> list[Path]:
    """Write one report into `folder` and return the files written; see `year_report` and `objectives_report`.

    Raises ReportError where an argument belongs to another kind of report, before anything is computed.
    """
    check_asked(kind, year=year, district=district, deadline=deadline)
    if kind == OBJECTIVES:
        found = series(programme)
        report = objectives_report(found, ranges(found))
        return write_report(report, folder, form, _objectives_drawn(found) if form == "pdf" else ())
    report = year_report(programme, kind, year, district=district, deadline=deadline)
    return write_report(report, folder, form, _year_drawn(programme, report) if form == "pdf" else ())


def _objectives_drawn(found: Series) -> list[Drawn]:
    situation = found.last.after.situation
    with style():
        beside = [*charts(found), *country_maps(found.programme, situation.on)]
        return [*chart_pages(beside), map_page(situation, communities_compared(found.last))]


def _year_drawn(programme: Programme, report: Report) -> list[Drawn]:
    """What was released by method, in each district, and the map at the end of the year; of a district its own map."""
    situation = programme.situation(report.end)
    with style():
        bars = [bars_page(chart) for chart in _released_charts(report)]
        if report.kind == DISTRICT:
            return [*bars, map_page(situation, communities_of(assess(situation)), report.district)]
        return [*bars, map_page(situation, communities_plain(situation))]


def _released_charts(report: Report) -> list[Chart]:
    """As many charts as the rows of the report's releases need."""
    names, methods = released_by_method(report)
    starts = range(0, len(names), _BARS_ON_A_PAGE)
    words = f"{report.title}. {report.period}. Whole square metres, as in the table; rows without release are left out."
    return [
        level_bars(
            "Released in the period, by method" + (f" ({number} of {len(starts)})" if len(starts) > 1 else ""),
            words,
            names[at : at + _BARS_ON_A_PAGE],
            {method: m2[at : at + _BARS_ON_A_PAGE] for method, m2 in methods.items()},
            unit="m²",
        )
        for number, at in enumerate(starts, start=1)
    ]
