"""Charts: readable in black and white, on a phone (SVG with title and description inside) and on paper."""

import base64
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Final

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from hazard_service.paper import STYLE, wrapped

# Told apart without colour: by marker and dash, or by hatching.
_LINES: Final = (("#0b4f8a", "o", "-"), ("#b25e00", "s", "--"), ("#2d1b4e", "D", "-."), ("#4f5b63", "^", ":"))
_BARS: Final = (("#0b4f8a", ""), ("#f0b35b", "///"), ("#c9d3d9", "..."))
_INCHES: Final = (5.6, 3.3)
_GRID: Final = "#d5dce0"
# A longer name beside a bar is wrapped; the table has all of it where two lines do not.
_NAME_PT: Final = 120.0
# The same figures make the same bytes.
_SALT: Final = {"svg.hashsalt": "hazard-service"}


@dataclass(frozen=True)
class Chart:
    """A chart and the table beside it. head, rows: the same figures. draw: puts it on axes, with its legend below.

    explained: of each column but the first, the name that its figures are explained under; none where they are not.
    days: of each row the date it is explained at.
    """

    title: str
    description: str
    head: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    draw: Callable[[Axes], None]
    explained: tuple[str, ...] = ()
    days: tuple[Any, ...] = ()

    @property
    def image(self) -> Markup:
        """The chart as an `img` element that holds it."""
        address = "data:image/svg+xml;base64," + base64.b64encode(_svg(self).encode()).decode()
        return Markup('<img class="chart" src="{}" alt="{}">').format(address, f"{self.title}. {self.description}")


def lines(
    title: str,
    description: str,
    days: Sequence[Any],
    values: Mapping[str, Sequence[float | None]],
    *,
    unit: str,
    target: tuple[float, str] | None = None,
    explained: tuple[str, ...] = (),
) -> Chart:
    """Lines over dates; missing values leave a gap. target: a value and the words beside its dashed line.

    explained: as `Chart.explained`.
    """

    def draw(axes: Axes) -> None:
        for at, ((name, numbers), (colour, marker, dash)) in enumerate(zip(values.items(), _LINES, strict=False)):
            known = [float("nan") if number is None else number for number in numbers]
            # The later ones are thinner: where two are equal, the first is seen behind the other.
            behind = len(values) - 1 - at
            width, size = 1.5 + 1.3 * behind, 4.0 + 2.0 * behind
            axes.plot(
                days, known, color=colour, marker=marker, linestyle=dash, linewidth=width, markersize=size, label=name
            )
        if target is not None:
            axes.axhline(target[0], color="#1c252b", linewidth=1.2, linestyle=(0, (6, 3)))
            axes.annotate(target[1], (0.01, target[0]), xycoords=("axes fraction", "data"), va="bottom", fontsize=9)
        axes.set_ylim(bottom=0)
        axes.grid(axis="y", color=_GRID, linewidth=0.8)
        axes.set_ylabel(unit)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2, frameon=False, fontsize=9)

    return replace(_chart(title, description, draw, "date", days, values), explained=explained, days=tuple(days))


def stacked_bars(
    title: str, description: str, names: Sequence[str], values: Mapping[str, Sequence[float]], *, unit: str
) -> Chart:
    """Bars of parts that add up."""

    def draw(axes: Axes) -> None:
        below = [0.0] * len(names)
        for (part, numbers), (colour, hatch) in zip(values.items(), _BARS, strict=True):
            axes.bar(
                names, numbers, bottom=below, color=colour, hatch=hatch, edgecolor="#1c252b", linewidth=0.5, label=part
            )
            below = [low + number for low, number in zip(below, numbers, strict=True)]
        axes.grid(axis="y", color=_GRID, linewidth=0.8)
        axes.set_ylabel(unit)
        axes.tick_params(axis="x", rotation=90)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.3), ncols=3, frameon=False, fontsize=9)

    return _chart(title, description, draw, "period to", names, values)


def level_bars(
    title: str, description: str, names: Sequence[str], values: Mapping[str, Sequence[float]], *, unit: str
) -> Chart:
    """Bars of parts that add up, lying under each other: for names that are long, or many."""
    lines = [wrapped(name, _NAME_PT, 8) for name in names]
    labels = ["\n".join(own if len(own) <= 2 else [own[0], f"{own[1]} …"]) for own in lines]

    def draw(axes: Axes) -> None:
        before = [0.0] * len(names)
        for (part, numbers), (colour, hatch) in zip(values.items(), _BARS, strict=True):
            axes.barh(
                range(len(names)), numbers, left=before, color=colour, hatch=hatch, edgecolor="#1c252b",
                linewidth=0.5, label=part,
            )  # fmt: skip
            before = [low + number for low, number in zip(before, numbers, strict=True)]
        axes.set_yticks(range(len(names)), labels, fontsize=8)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.grid(axis="x", color=_GRID, linewidth=0.8)
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.set_xlabel(unit)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, fontsize=9)

    return _chart(title, description, draw, "", names, values)


def _chart(
    title: str,
    description: str,
    draw: Callable[[Axes], None],
    first: str,
    at: Sequence[Any],
    values: Mapping[str, Sequence[float | None]],
) -> Chart:
    def drawn(axes: Axes) -> None:
        draw(axes)
        axes.set_axisbelow(True)

    rows = tuple((str(where), *row) for where, row in zip(at, zip(*values.values(), strict=True), strict=True))
    return Chart(title, description, (first, *values), rows, drawn)


def _svg(chart: Chart) -> str:
    with mpl.rc_context(STYLE | _SALT):
        figure = Figure(figsize=_INCHES, layout="constrained")
        FigureCanvasSVG(figure)
        chart.draw(figure.subplots())
        file = io.StringIO()
        about = {"Date": None, "Title": chart.title, "Description": chart.description}
        figure.savefig(file, format="svg", metadata=about)
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    return svg.replace(">", f"><title>{escape(chart.title)}</title><desc>{escape(chart.description)}</desc>", 1)
