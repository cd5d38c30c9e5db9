"""Charts on A4 pages."""

from collections.abc import Sequence
from typing import Final

from matplotlib.figure import Figure

from hazard_service.atlas.charts import Chart
from hazard_service.paper import LEADING, MARGIN_PT, SOFT, Drawn, axes_at, blank, put_lines, usable_pt, wrapped

_TITLE_PT: Final = 11.0
_TEXT_PT: Final = 8.5
# For the names of the scales, to the left of a chart, and for its legend, below.
_LEFT_PT: Final = 62.0
_BELOW_PT: Final = 96.0
# For the names of lying bars, and how much of a page each takes.
_NAMES_PT: Final = 130.0
_BAR_PT: Final = 34.0


def chart_pages(charts: Sequence[Chart]) -> list[Drawn]:
    """The charts, two on a page."""
    width, height = usable_pt(is_landscape=False)
    pages = []
    for first in range(0, len(charts), 2):
        shown, page = charts[first : first + 2], blank()
        for at, chart in enumerate(shown):
            top = MARGIN_PT + at * height / 2
            y = _put_words(page, chart, top)
            chart.draw(axes_at(page, MARGIN_PT + _LEFT_PT, y, width - _LEFT_PT, top + height / 2 - _BELOW_PT - y))
        pages.append(Drawn("; ".join(chart.title for chart in shown), page))
    return pages


def bars_page(chart: Chart) -> Drawn:
    """One chart of lying bars, as high as its bars need."""
    width, height = usable_pt(is_landscape=False)
    page = blank()
    y = _put_words(page, chart, MARGIN_PT)
    high = min(_BAR_PT * len(chart.rows), MARGIN_PT + height - _TEXT_PT * 4 - y)
    chart.draw(axes_at(page, MARGIN_PT + _NAMES_PT, y, width - _NAMES_PT, high))
    return Drawn(chart.title, page)


def _put_words(page: Figure, chart: Chart, y: float) -> float:
    width, _ = usable_pt(is_landscape=False)
    y = put_lines(page, wrapped(chart.title, width, _TITLE_PT, is_bold=True), MARGIN_PT, y, _TITLE_PT, is_bold=True)
    y = put_lines(page, wrapped(chart.description, width, _TEXT_PT), MARGIN_PT, y, _TEXT_PT, colour=SOFT)
    return y + 2 * _TEXT_PT * LEADING
