"""Paper: pages drawn by matplotlib, text measured before it is set so that none is cut off, and the PDF of them.

Lengths are points (1/72 inch), measured from the top left corner of a page.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path

from hazard_service.language import DIRECTIONS, RIGHT_TO_LEFT, is_right_to_left, translated, without_marks

A4_PT: Final = (595.28, 841.89)
PAPERS_PT: Final = {"a4": A4_PT, "a3": (841.89, 1190.55)}
MARGIN_PT: Final = 40.0
# What the footer takes above the lower margin.
FOOT_PT: Final = 36.0
LEADING: Final = 1.32
INK: Final = "#1c252b"
SOFT: Final = "#4f5b63"
RULE: Final = "#b9c3c9"
# The font ships with matplotlib, so a page looks the same everywhere. Text is text, never a formula between dollars.
STYLE: Final[dict[Any, Any]] = {
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.6,
    "pdf.fonttype": 42,
    "text.parse_math": False,
}
# Stands for a letter that the font does not have.
_NO_LETTER: Final = "□"
_MEASURED_PT: Final = 10.0


@dataclass(frozen=True, eq=False)
class Drawn:
    """A page that is a drawing: a map or charts, and what the list of contents calls it."""

    title: str
    figure: Figure


@contextmanager
def style() -> Iterator[None]:
    """What is drawn and saved inside looks the same whatever matplotlib is set to outside."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


def blank(*, is_landscape: bool = False, paper: str = "a4") -> Figure:
    """An empty page of one of PAPERS_PT."""
    width, height = PAPERS_PT[paper][::-1] if is_landscape else PAPERS_PT[paper]
    return Figure(figsize=(width / 72, height / 72))


def size_pt(page: Figure) -> tuple[float, float]:
    """Width and height of a page."""
    width, height = page.get_size_inches() * 72
    return float(width), float(height)


def usable_pt(*, is_landscape: bool) -> tuple[float, float]:
    """Width and height of a page between its margins, above its footer."""
    width, height = A4_PT[::-1] if is_landscape else A4_PT
    return width - 2 * MARGIN_PT, height - 2 * MARGIN_PT - FOOT_PT


def printable(text: str) -> str:
    """The text in the language spoken, on one line, with a square for each letter that the font does not have."""
    known = _letters() | DIRECTIONS
    shown = translated(text)
    if not is_right_to_left():  # where words run that way, they hold marks of their own
        shown = without_marks(shown)
    plain = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in shown)
    return "".join(letter if ord(letter) in known else _NO_LETTER for letter in plain)


def width_pt(text: str, size: float, *, is_bold: bool = False) -> float:
    """How wide a printed text is."""
    return _measured(printable(text), is_bold) * size / _MEASURED_PT


def wrapped(text: str, width: float, size: float, *, is_bold: bool = False) -> list[str]:
    """The text in lines no wider than `width`; a word that alone is wider is broken."""
    lines: list[str] = [""]
    # A space that does not break stands in numbers.
    for whole_word in filter(None, printable(text).split(" ")):
        for word in _broken(whole_word, width, size, is_bold):
            longer = f"{lines[-1]} {word}".strip()
            if width_pt(longer, size, is_bold=is_bold) <= width or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(word)
    return [_directed(line) for line in lines]


def put(
    page: Figure,
    text: str,
    x: float,
    y: float,
    size: float,
    *,
    is_bold: bool = False,
    colour: str = INK,
    align: Literal["left", "center", "right"] = "left",
) -> None:
    """One line of text whose baseline is at `y`."""
    width, height = size_pt(page)
    weight = "bold" if is_bold else "normal"
    page.text(x / width, 1 - y / height, printable(text), size=size, weight=weight, color=colour, ha=align)


def put_lines(
    page: Figure,
    lines: Sequence[str],
    x: float,
    y: float,
    size: float,
    *,
    is_bold: bool = False,
    colour: str = INK,
    width: float = 0.0,
) -> float:
    """Lines under each other, the first with its top at `y`; returns where the next may begin.

    width: of the column, at whose right side lines stand that are written from right to left.
    """
    align: Literal["left", "right"] = "right" if is_right_to_left() else "left"
    x += width if is_right_to_left() else 0.0
    for at, line in enumerate(lines):
        put(page, line, x, y + at * size * LEADING + size, size, is_bold=is_bold, colour=colour, align=align)
    return y + height_pt(lines, size)


def height_pt(lines: Sequence[str], size: float) -> float:
    """How high lines are."""
    return len(lines) * size * LEADING


def rule(page: Figure, x: float, y: float, width: float, *, colour: str = RULE, thick: float = 0.6) -> None:
    """A horizontal line."""
    wide, high = size_pt(page)
    ends = [x / wide, (x + width) / wide]
    page.add_artist(Line2D(ends, [1 - y / high] * 2, color=colour, linewidth=thick, solid_capstyle="butt"))


def frame(page: Figure, x: float, y: float, width: float, height: float, *, face: str, edge: str = INK) -> None:
    """A filled box."""
    wide, high = size_pt(page)
    corner = (x / wide, 1 - (y + height) / high)
    box = Rectangle(corner, width / wide, height / high, facecolor=face, edgecolor=edge, linewidth=0.8)
    box.set_transform(page.transSubfigure)
    page.add_artist(box)


def axes_at(page: Figure, x: float, y: float, width: float, height: float) -> Axes:
    """Axes whose box has its upper left corner at (x, y)."""
    wide, high = size_pt(page)
    return page.add_axes((x / wide, 1 - (y + height) / high, width / wide, height / high))


def save_pdf(pages: Sequence[Figure], path: Path, *, title: str, subject: str) -> None:
    """Write the pages; the same pages give the same bytes."""
    about = {"Title": title, "Subject": subject, "Creator": "hazard-service", "CreationDate": None}
    with PdfPages(path, metadata=about) as pdf:
        for page in pages:
            pdf.savefig(page)


def _directed(line: str) -> str:
    """A line with letters that run from right to left begins at the right, whatever its first word."""
    has_right_to_left = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line)
    return f"{RIGHT_TO_LEFT}{line}" if has_right_to_left and is_right_to_left() else line


def _broken(word: str, width: float, size: float, is_bold: bool) -> Iterator[str]:
    def until(end: int) -> float:
        return width_pt(word[:end], size, is_bold=is_bold)

    while word:
        # Doubled first: measuring takes as long as the text is, and a line holds little of a long word.
        end = 1
        while end < len(word) and until(end) <= width:
            end = min(2 * end, len(word))
        fits = max(1, bisect_right(range(1, end + 1), width, key=until))
        yield word[:fits]
        word = word[fits:]


@lru_cache(maxsize=65_536)
def _measured(text: str, is_bold: bool) -> float:
    width, _, _ = text_to_path.get_text_width_height_descent(text, _font(is_bold), False)
    return float(width)


@cache
def _font(is_bold: bool) -> FontProperties:
    return FontProperties(family="DejaVu Sans", weight="bold" if is_bold else "normal", size=_MEASURED_PT)


@cache
def _letters() -> frozenset[int]:
    """Code points that the font has in both weights."""
    found = [get_font(findfont(_font(is_bold))).get_charmap() for is_bold in (False, True)]
    return frozenset(found[0]) & frozenset(found[1])
