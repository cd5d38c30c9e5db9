"""Printed sheets: everything stands on the page, nothing over anything else, and the same data gives the same bytes."""

import struct

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from hazard_service.assessment import assess, compare
from hazard_service.atlas.sheets import sheet, write_sheets
from hazard_service.errors import ParameterError
from hazard_service.layers import open_programme
from hazard_service.paper import PAPERS_PT, style
from hazard_service.shelves import sample_folder
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY


@pytest.fixture(scope="module")
def progress():
    programme = open_programme(sample_folder())
    days = (programme.baseline_date, programme.data_date)
    return compare(*(assess(programme.situation(day)) for day in days))


def boxes(page):
    """Every text on the page that belongs to no map, and where it stands in pixels."""
    canvas = FigureCanvasAgg(page)
    return [(text.get_text(), text.get_window_extent(canvas.get_renderer())) for text in page.texts]


@pytest.mark.parametrize("paper", PAPERS_PT)
@pytest.mark.parametrize("district", [None, "XX03"])
def test_words_stay_on_the_page_and_apart(progress, paper, district):
    with style():
        page = sheet(progress, district, paper=paper)
        page.set_dpi(400)  # small letters are rounded to whole pixels: the more, the nearer to paper
        found = boxes(page)
        # The slanting font has fewer letters than `printable` knows of.
        assert {text.get_fontstyle() for axes in page.axes for text in axes.texts} == {"normal"}
        legend = page.legends[0].get_window_extent(page.canvas.get_renderer())
    width, height = page.get_size_inches() * page.dpi
    assert (width, height) == pytest.approx([side / 72 * page.dpi for side in PAPERS_PT[paper][::-1]], rel=1e-3)
    shapes = [box for _, box in found] + [legend]
    assert all(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height for box in shapes)
    for at, one in enumerate(shapes):
        for other in shapes[at + 1 :]:
            beside = one.x1 <= other.x0 or other.x1 <= one.x0
            assert beside or one.y1 <= other.y0 + 12 or other.y1 <= one.y0 + 12, (found[at], other)


def test_a_sheet_says_what_a_map_must_say(progress):
    with style():
        words = " ".join(text for text, _ in boxes(sheet(progress, "XX03")))
    for text in (
        NOT_FOR_SAFETY, NO_RECORD, "Fictional:", "Lower Example (XX03)", "2026-06-30", "Data date 2026-06-30.",
        "Ask for a newer sheet after 2026-09-28.", "Since 2005-12-31:", "Of the recorded accidents 25 % lie inside",
        "Source: the record of",
    ):  # fmt: skip
        assert text.replace(" ", "") in words.replace(" ", ""), text


def test_one_file_with_a_page_a_district_the_same_each_time(progress, tmp_path):
    said = []
    (first,) = write_sheets(progress, tmp_path / "one", tell=said.append)
    (again,) = write_sheets(progress, tmp_path / "two")
    assert first.name == "sheets_2026-06-30_a4.pdf"
    content = first.read_bytes()
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") == 5
    assert content == again.read_bytes()
    assert said[0].startswith("sheet 1 of 5: Fictional sample programme")
    assert said[-1] == "sheet 5 of 5: Near Example (XX04)"


def test_a_picture_of_one_district(progress, tmp_path):
    (picture,) = write_sheets(progress, tmp_path, district="XX02", paper="a3", form="png")
    assert picture.name == "sheet_XX02_2026-06-30_a3.png"
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    assert (width, height) == pytest.approx((1190.55 / 72 * 150, 841.89 / 72 * 150), abs=1)


def test_an_unknown_district_is_refused_before_anything_is_drawn(progress, tmp_path):
    with pytest.raises(ParameterError, match=r'^There is no district "YY"; their codes: XX01, XX02, XX03, XX04\.$'):
        write_sheets(progress, tmp_path / "none", district="YY")
    assert not (tmp_path / "none").exists()
