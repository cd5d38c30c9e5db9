"""The front of a printed report: whose it is, of when, what must be read with it, and what stands on which page."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from hazard_service.paper import LEADING, MARGIN_PT, SOFT, frame, height_pt, printable, put, put_lines, wrapped
from hazard_service.reports.flow import Flow
from hazard_service.reports.tables import Report, shown

_TITLE_PT, _TEXT_PT, _LIST_PT = 17.0, 10.0, 9.0
_PAD_PT = 7.0
_FICTION = "FICTIONAL: no place, hazard or person here is real."
_SQUARES = "A square (□) stands for a letter that this PDF cannot print; the other formats of the report have it."


@dataclass(frozen=True, eq=False)
class Entry:
    """Where the page number of a line of the contents belongs."""

    page: Figure
    right: float
    baseline: float


def put_front(flow: Flow, report: Report, drawn_titles: Sequence[str]) -> list[Entry]:
    """The front; returns the lines of its contents: the first table, drawn pages, other tables, how it was counted."""
    if report.fictional:
        _put_box(flow, [_FICTION], face="#e4e4e4")
    flow.paragraph(report.title, _TITLE_PT, is_bold=True)
    flow.paragraph(f"{report.programme} ({report.country})", _TEXT_PT + 2, is_bold=True)
    flow.paragraph(f"Period: {report.period} (opening figures: {report.start}).", _TEXT_PT)
    flow.paragraph(f"Data date: {report.data_date}. Do not rely on it after {report.stale_after}.", _TEXT_PT)
    flow.y += 4
    _put_box(flow, report.limits, face="#ffffff")
    if has_squares(report):
        flow.paragraph(_SQUARES, _LIST_PT, colour=SOFT)
    first, *others = [f"{at}. {table.title}" for at, table in enumerate(report.tables, start=1)]
    entries = [_put_entry(flow, text) for text in (first, *drawn_titles, *others, "How it was counted, and its limits")]
    flow.y += 16
    return entries


def put_contents(entries: Sequence[Entry], starts: Sequence[int]) -> None:
    """The page numbers, once they are known."""
    for entry, start in zip(entries, starts, strict=True):
        put(entry.page, f"{start}", entry.right, entry.baseline, _LIST_PT, align="right")


def has_squares(report: Report) -> bool:
    """Whether some text of the report has a letter that cannot be printed."""
    cells = [shown(cell) for table in report.tables for row in table.rows for cell in row]
    texts = [report.programme, report.title, *report.limits, *report.notes, *report.caveats, *cells]
    return any("□" in printable(text) and "□" not in text for text in texts)


def _put_box(flow: Flow, texts: Sequence[str], *, face: str) -> None:
    lines = [line for text in texts for line in wrapped(text, flow.width - 2 * _PAD_PT, _TEXT_PT, is_bold=True)]
    height = height_pt(lines, _TEXT_PT) + 2 * _PAD_PT
    frame(flow.page, MARGIN_PT, flow.y, flow.width, height, face=face)
    put_lines(flow.page, lines, MARGIN_PT + _PAD_PT, flow.y + _PAD_PT, _TEXT_PT, is_bold=True)
    flow.y += height + 10


def _put_entry(flow: Flow, text: str) -> Entry:
    flow_right = MARGIN_PT + flow.width
    lines = wrapped(text, flow.width - 40, _LIST_PT)
    flow.room(height_pt(lines, _LIST_PT))
    flow.y = put_lines(flow.page, lines, MARGIN_PT, flow.y, _LIST_PT)
    return Entry(flow.page, flow_right, flow.y - _LIST_PT * LEADING + _LIST_PT)
