"""Charts as SVG: readable in black and white and on a phone, each with its title and description inside."""

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

# Told apart without colour: by marker and dash, or by hatching.
_LINES: Final = (("#0b4f8a", "o", "-"), ("#b25e00", "s", "--"), ("#2d1b4e", "D", "-."), ("#4f5b63", "^", ":"))
_BARS: Final = (("#0b4f8a", ""), ("#f0b35b", "///"), ("#c9d3d9", "..."))
_INCHES: Final = (5.6, 3.3)
_STYLE: Final[dict[Any, Any]] = {
    "svg.hashsalt": "hazard-service",  # the same figures make the same bytes
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


@dataclass(frozen=True)
class Chart:
    """A chart and the table beside it. image: an `img` element. head, rows: the same figures."""

    title: str
    description: str
    image: Markup
    head: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def lines(
    title: str,
    description: str,
    days: Sequence[Any],
    values: Mapping[str, Sequence[float | None]],
    *,
    unit: str,
    target: tuple[float, str] | None = None,
) -> Chart:
    """Lines over dates; missing values leave a gap. target: a value and the words beside its dashed line."""

    def draw(axes: Axes) -> None:
        for (name, numbers), (colour, marker, dash) in zip(values.items(), _LINES, strict=False):
            known = [float("nan") if number is None else number for number in numbers]
            axes.plot(days, known, color=colour, marker=marker, linestyle=dash, markersize=4, label=name)
        if target is not None:
            axes.axhline(target[0], color="#1c252b", linewidth=1.2, linestyle=(0, (6, 3)))
            axes.annotate(target[1], (0.01, target[0]), xycoords=("axes fraction", "data"), va="bottom", fontsize=9)
        axes.set_ylim(bottom=0)
        axes.set_ylabel(unit)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2, frameon=False, fontsize=9)

    return _chart(title, description, draw, "date", days, values)


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
        axes.set_ylabel(unit)
        axes.tick_params(axis="x", rotation=90)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.3), ncols=3, frameon=False, fontsize=9)

    return _chart(title, description, draw, "period to", names, values)


def _chart(
    title: str, description: str, draw: Any, first: str, at: Sequence[Any], values: Mapping[str, Sequence[float | None]]
) -> Chart:
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=_INCHES, layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.subplots()
        draw(axes)
        axes.grid(axis="y", color="#d5dce0", linewidth=0.8)
        axes.set_axisbelow(True)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Title": title, "Description": description})
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = svg.replace(">", f"><title>{escape(title)}</title><desc>{escape(description)}</desc>", 1)
    address = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    image = Markup('<img class="chart" src="{}" alt="{}">').format(address, f"{title}. {description}")
    rows = tuple((str(where), *row) for where, row in zip(at, zip(*values.values(), strict=True), strict=True))
    return Chart(title, description, image, (first, *values), rows)
