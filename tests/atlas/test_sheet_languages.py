"""Printed sheets in other languages: all words translated and on the page, Arabic joined and from the right."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from hazard_service.assessment import assess, compare
from hazard_service.atlas.sheets import sheet, write_sheets
from hazard_service.language import LANGUAGES, speaking, translated
from hazard_service.layers import open_programme
from hazard_service.paper import style, wrapped
from hazard_service.shelves import sample_folder
from hazard_service.vocabulary import FICTIONAL, LABELS, NO_RECORD, NOT_FOR_SAFETY

OTHERS = [code for code in LANGUAGES if code != "en"]
MARKS = dict.fromkeys([0x200F, 0x2066, 0x2068, 0x2069])


@pytest.fixture(scope="module")
def progress():
    programme = open_programme(sample_folder())
    days = (programme.baseline_date, programme.data_date)
    return compare(*(assess(programme.situation(day)) for day in days))


def drawn(progress, code, district=None):
    """(the page, its texts outside the map with their boxes, its legend and the box of that)."""
    with style(), speaking(code):
        page = sheet(progress, district)
        page.set_dpi(400)
        draw = FigureCanvasAgg(page).get_renderer()
    legend = page.legends[0]
    return page, [(text.get_text(), text.get_window_extent(draw)) for text in page.texts], legend, draw


@pytest.mark.parametrize("district", [None, "XX02"])
@pytest.mark.parametrize("code", OTHERS)
def test_words_stay_on_the_page_and_apart(progress, code, district):
    page, texts, legend, draw = drawn(progress, code, district)
    width, height = page.get_size_inches() * page.dpi
    shapes = [box for _, box in texts] + [legend.get_window_extent(draw)]
    assert all(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height for box in shapes)
    for at, one in enumerate(shapes):
        for other in shapes[at + 1 :]:
            beside = one.x1 <= other.x0 or other.x1 <= one.x0
            assert beside or one.y1 <= other.y0 + 12 or other.y1 <= one.y0 + 12, (one, other)


@pytest.mark.parametrize("code", OTHERS)
def test_a_sheet_says_what_a_map_must_say_in_both(progress, code):
    _, texts, legend, _ = drawn(progress, code, "XX02")
    words = plain(" ".join(text for text, _ in texts))
    with speaking(code):
        for text in (FICTIONAL, NOT_FOR_SAFETY, NO_RECORD):
            own, english = translated(text).split(" / ")
            assert plain(own) in words
            assert plain(english) in words
        labels = {plain(text.get_text()) for text in legend.get_texts()}
        assert {plain(translated(LABELS[name])) for name in ("held_back", "freed", "neither")} <= labels
    assert "□" not in words


def plain(text):
    """Without marks of direction, spaces and ends of lines."""
    return "".join(text.translate(MARKS).split())


def test_arabic_stands_at_the_right_of_its_column_and_its_letters_are_known(progress):
    page, texts, legend, draw = drawn(progress, "ar", "XX02")
    page.canvas.draw()
    date = next(box for text, box in texts if "يونيو" in text and len(plain(text)) == len("30يونيو2026"))
    title = next(box for text, box in texts if "FarExample(XX02)" in plain(text))
    assert date.x1 == pytest.approx(title.x1, abs=12)
    assert date.x0 > title.x0
    sign, label = legend.legend_handles[0].get_window_extent(draw), legend.get_texts()[0].get_window_extent(draw)
    assert sign.x0 >= label.x1


def test_a_line_keeps_its_direction_when_it_begins_with_a_name():
    with speaking("ar"):
        first, *_ = wrapped("H0104 منطقة خطرة", 500, 8)
        english, *_ = wrapped("Not for navigation.", 500, 8)
    assert first == "\u200fH0104 منطقة خطرة"
    assert english == "Not for navigation."


def test_the_same_sheets_each_time(progress, tmp_path):
    with speaking("ar"):
        first, again = (write_sheets(progress, tmp_path / name, district="XX02")[0] for name in ("one", "two"))
    assert first.read_bytes() == again.read_bytes()
