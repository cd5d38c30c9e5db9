"""A report as a PDF on A4: what to read first, the first table, drawn pages, the other tables, the limits."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from hazard_service.paper import (
    FOOT_PT,
    LEADING,
    MARGIN_PT,
    RULE,
    SOFT,
    Drawn,
    height_pt,
    put,
    put_lines,
    rule,
    save_pdf,
    size_pt,
    style,
    usable_pt,
    wrapped,
)
from hazard_service.reports.flow import Flow
from hazard_service.reports.front import put_contents, put_front
from hazard_service.reports.layout import GAP_PT, ROW_PAD_PT, Laid, Lines, laid
from hazard_service.reports.tables import Report
from hazard_service.vocabulary import NOT_FOR_SAFETY

# A table under a third of a page is not broken.
_SMALL = 3
_TITLE_PT, _TEXT_PT, _NOTE_PT, _FOOT_TEXT_PT = 11.0, 9.0, 8.0, 7.5


def write_pdf(report: Report, path: Path, drawn: Sequence[Drawn] = ()) -> None:
    """Write the report to `path`, with pages drawn for it. The same report gives the same bytes."""
    with style():
        pages = pages_of(report, drawn)
        for at, page in enumerate(pages, start=1):
            _foot(page, report, f"page {at} of {len(pages)}")
        subject = f"{report.programme}, {report.period}, data date {report.data_date}. {' '.join(report.limits)}"
        save_pdf(pages, path, title=report.title, subject=subject)


def pages_of(report: Report, drawn: Sequence[Drawn] = ()) -> list[Figure]:
    """The pages without their footers."""
    flow = Flow()
    contents = put_front(flow, report, [one.title for one in drawn])
    starts = []
    for at, table in enumerate(report.tables, start=1):
        starts.append(_put_table(flow, laid(table), f"{at}. {table.title}"))
        if at == 1:
            starts += flow.insert([one.figure for one in drawn])
    starts.append(_put_list(flow, "How it was counted", report.notes))
    _put_list(flow, "Read with these limits", (*report.limits, *report.caveats))
    put_contents(contents, starts)
    return flow.pages


def _put_table(flow: Flow, own: Laid, title: str) -> int:
    """A table on as many pages as it needs; returns the number of the first."""
    flow.turn(is_landscape=own.is_landscape)
    flow.room(_heading_height(flow, title) + own.head_height + _kept_together(own))
    start = len(flow.pages)
    _put_heading(flow, title)
    if own.rows:
        _put_head(flow, own)
    else:
        flow.paragraph("None.", _TEXT_PT)
    for at, row in enumerate(own.rows):
        # The total never stands on a page without a row.
        below = own.height(own.total) if own.total and at == len(own.rows) - 1 else 0.0
        if flow.room(own.height(row) + below):
            _put_heading(flow, f"{title} (continued)")
            _put_head(flow, own)
        _put_row(flow, own, row)
        rule(flow.page, MARGIN_PT, flow.y, own.width, colour=RULE, thick=0.4)
    if own.total:
        rule(flow.page, MARGIN_PT, flow.y, own.width, colour="black", thick=1.0)
        _put_row(flow, own, own.total, is_bold=True)
    flow.y += 4
    for note in own.table.notes:
        flow.paragraph(note, _NOTE_PT, colour=SOFT)
    flow.y += 14
    return start


def _kept_together(own: Laid) -> float:
    """How much of a table's body must follow its head on the same page: all of a small table, a row of a large one."""
    if own.body_height <= usable_pt(is_landscape=own.is_landscape)[1] / _SMALL:
        return own.body_height + _NOTE_PT
    return own.height(own.rows[0])


def _heading_height(flow: Flow, title: str) -> float:
    return height_pt(wrapped(title, flow.width, _TITLE_PT, is_bold=True), _TITLE_PT) + 4


def _put_heading(flow: Flow, title: str) -> None:
    flow.paragraph(title, _TITLE_PT, is_bold=True)
    flow.y += 4


def _put_head(flow: Flow, own: Laid) -> None:
    """Names of the columns, each at the bottom of its row, and their units."""
    high = max(len(cell) for cell in own.head)
    lowered = tuple(("",) * (high - len(cell)) + cell for cell in own.head)
    _put_row(flow, own, lowered, is_bold=True)
    if own.units:
        flow.y -= ROW_PAD_PT
        _put_row(flow, own, own.units, colour=SOFT)
    rule(flow.page, MARGIN_PT, flow.y, own.width, colour="black", thick=1.0)


def _put_row(flow: Flow, own: Laid, row: Lines, *, is_bold: bool = False, colour: str = "black") -> None:
    """One row of cells: words to the left, numbers to the right."""
    left = MARGIN_PT
    for column, wide, cell in zip(own.table.columns, own.widths, row, strict=True):
        for at, line in enumerate(cell):
            baseline = flow.y + ROW_PAD_PT / 2 + at * own.size * LEADING + own.size
            if line and column.unit:
                put(flow.page, line, left + wide, baseline, own.size, is_bold=is_bold, colour=colour, align="right")
            elif line:
                put(flow.page, line, left, baseline, own.size, is_bold=is_bold, colour=colour)
        left += wide + GAP_PT
    flow.y += own.height(row)


def _put_list(flow: Flow, title: str, texts: Sequence[str]) -> int:
    """A heading and its sentences; returns the number of the first page."""
    flow.turn(is_landscape=False)
    flow.room(_heading_height(flow, title) + 2 * _TEXT_PT * LEADING)
    start = len(flow.pages)
    _put_heading(flow, title)
    for text in texts:
        flow.paragraph(f"– {text}", _TEXT_PT)
    flow.y += 12
    return start


def _foot(page: Figure, report: Report, number: str) -> None:
    """The footer of a page: it must hold where the page lies alone."""
    width, height = size_pt(page)
    top, wide = height - MARGIN_PT - FOOT_PT + 10, width - 2 * MARGIN_PT
    rule(page, MARGIN_PT, top, wide)
    mark = "FICTIONAL. " if report.fictional else ""
    warning = f"{mark}{NOT_FOR_SAFETY} Data date {report.data_date}; do not rely on it after {report.stale_after}."
    named = wrapped(f"{report.programme} ({report.country})", wide - 80, _FOOT_TEXT_PT)
    line = named[0] if len(named) == 1 else f"{named[0]} …"
    put_lines(page, [line], MARGIN_PT, top + 4, _FOOT_TEXT_PT, colour=SOFT)
    put_lines(page, [warning], MARGIN_PT, top + 4 + _FOOT_TEXT_PT * LEADING, _FOOT_TEXT_PT, is_bold=True)
    put(page, number, MARGIN_PT + wide, top + 4 + _FOOT_TEXT_PT, _FOOT_TEXT_PT, align="right")
