"""Paper: texts that are measured before they are set, pages of A4, and a PDF that is the same each time."""

import re

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg

from hazard_service import paper
from hazard_service.paper import (
    A4_PT,
    axes_at,
    blank,
    printable,
    put,
    rule,
    save_pdf,
    size_pt,
    style,
    width_pt,
    wrapped,
)

WORDS = st.text(st.sampled_from("abcWi. 123éЖس€ "), max_size=80)


@given(WORDS, st.floats(10, 200), st.booleans())
def test_lines_are_no_wider_than_asked_and_lose_no_letter(text, width, is_bold):
    """An oracle: matplotlib's own renderer measures each line; a single letter may be wider than all there is."""
    lines = wrapped(text, width, 8, is_bold=is_bold)
    assert "".join(lines).replace(" ", "") == "".join(text.split())
    for line in lines:
        assert len(line) <= 1 or width_pt(line, 8, is_bold=is_bold) <= width


@pytest.mark.parametrize("text", ["1,234,567 m²", "Quillmere and Teacupmere", "WWW iii"])
def test_a_measured_width_is_the_width_that_is_drawn(text):
    """At 720 dots an inch a point is ten dots; hinting may cost one or two of them a letter."""
    with style():
        page = blank()
        put(page, text, 40, 40, 9)
        page.set_dpi(720)
        drawn = page.texts[0].get_window_extent(FigureCanvasAgg(page).get_renderer()).width / 10
    assert width_pt(text, 9) == pytest.approx(drawn, abs=0.2 * len(text))


def test_words_stay_whole_where_a_line_holds_them():
    """An M of DejaVu Sans is 0.863 of its size wide: two of 10 pt take 17.3 pt, three 25.9."""
    assert width_pt("MM", 10) == pytest.approx(17.3, abs=0.1)
    assert wrapped("MM MM", 26, 10) == ["MM", "MM"]
    assert wrapped("MMM", 18, 10) == ["MM", "M"]
    assert wrapped("", 10, 10) == [""]


def test_a_long_word_is_broken_where_trying_every_break_would(monkeypatch):
    """An oracle: the longest beginning that fits; and no text much longer than a line is ever measured."""
    word, width, measured = "iWil1é" * 170, 60.0, []
    rest, expected = word, []
    while rest:
        fits = max(end for end in range(1, 21) if width_pt(rest[:end], 8) <= width)
        expected.append(rest[:fits])
        rest = rest[fits:]
    own = paper.width_pt
    monkeypatch.setattr(
        paper, "width_pt", lambda text, size, **how: measured.append(len(text)) or own(text, size, **how)
    )
    assert paper.wrapped(word, width, 8) == expected
    assert max(measured) <= 2 * max(map(len, expected)) + 1


def test_letters_that_the_font_lacks_are_squares_and_controls_are_spaces():
    assert printable("Khmer ខ, bell \x07, line\nbreak") == "Khmer □, bell  , line break"
    assert printable("$x^2$ ß Ж €") == "$x^2$ ß Ж €"


@pytest.mark.parametrize("is_landscape", [False, True])
def test_a_page_is_a4(is_landscape):
    size = size_pt(blank(is_landscape=is_landscape))
    assert size == pytest.approx(A4_PT[::-1] if is_landscape else A4_PT)
    assert sorted(size)[0] / 72 * 25.4 == pytest.approx(210, abs=0.01)


def page_of_text():
    page = blank()
    put(page, "Dollars $a$ are text", 40, 60, 10, align="left")
    rule(page, 40, 80, 200)
    axes_at(page, 40, 100, 200, 100).bar([1, 2], [3, 4], hatch="///")
    return page


def test_a_box_has_its_upper_left_corner_where_it_is_asked():
    position = axes_at(blank(), 59.528, 84.189, 297.64, 84.189).get_position()
    assert position.bounds == pytest.approx((0.1, 0.8, 0.5, 0.1))


def test_the_same_pages_make_the_same_bytes_whatever_is_set_outside(tmp_path):
    def saved(name):
        with style():
            save_pdf([page_of_text(), blank(is_landscape=True)], tmp_path / name, title="A title", subject="A subject")
        return (tmp_path / name).read_bytes()

    first = saved("a.pdf")
    with mpl.rc_context({"savefig.bbox": "tight", "font.size": 30, "text.parse_math": True, "pdf.compression": 0}):
        assert saved("b.pdf") == first
    assert first.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", first)) == 2
    assert b"CreationDate" not in first
    assert b"/Title (A title)" in first
    assert re.findall(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+)", first) == [
        (b"595.28", b"841.89"),
        (b"841.89", b"595.28"),
    ]
