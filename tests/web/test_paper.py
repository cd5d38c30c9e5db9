"""The map page printed: the sheet's size, the whole map on it with every hazard, and what must be read with it."""

import re

import pytest

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
# Millimetres of landscape sheets, and what a margin of 10 mm leaves of them in pixels.
SHEETS = {"a4": (297, 210), "a3": (420, 297)}
PX_PER_MM = 96 / 25.4
# Records that the page printed, and does not wait for a printer.
NO_PRINTER = "window.print = () => { window.printed = document.body.dataset.paper; };"
# The canvas and the map's box, as [left, top, right, bottom].
BOXES = """() => ["canvas.leaflet-zoom-animated", ".folium-map"].map((name) => {
  const { left, top, right, bottom } = document.querySelector(name).getBoundingClientRect();
  return [left, top, right, bottom]; })"""


def inner_px(paper):
    return tuple((side - 20) * PX_PER_MM for side in SHEETS[paper])


def print_sheet(page, screen, paper):
    page.click(f"button[data-paper={paper}]")
    screen.eventually(page, lambda: page.evaluate("window.printed") == paper)


@pytest.mark.parametrize("paper", SHEETS)
def test_a_button_sets_the_paper(browser, screen, address, paper):
    with screen.opened(browser, address, script=NO_PRINTER) as page:
        print_sheet(page, screen, paper)
        sheet = page.pdf(prefer_css_page_size=True)
        boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", sheet)
        assert boxes
        for box in boxes:
            assert [float(side) * 25.4 / 72 for side in box] == pytest.approx(SHEETS[paper], abs=0.7)
        assert len(boxes) <= 3


@pytest.mark.parametrize("paper", SHEETS)
def test_the_whole_map_is_on_the_first_sheet_and_drawn_to_its_edges(browser, screen, address, paper):
    """A map that is only as large as the screen would leave the rest of the sheet without hazards, as if free."""
    with screen.opened(browser, address, script=NO_PRINTER) as page:
        page.evaluate("hazardAtlas.map.setView([35.01, -39.98], 13, { animate: false })")
        seen = page.evaluate("hazardAtlas.map.getBounds().toBBoxString()")
        print_sheet(page, screen, paper)
        width, height = inner_px(paper)
        page.emulate_media(media="print")
        canvas, box = page.evaluate(BOXES)
        assert canvas[0] <= box[0]
        assert canvas[1] <= box[1]
        assert canvas[2] >= box[2]
        assert canvas[3] >= box[3]
        assert box[2] - box[0] == pytest.approx(width, abs=2)
        assert box[3] <= height
        # What was looked at is on the sheet.
        assert page.evaluate(
            """(text) => { const [w, s, e, n] = text.split(",").map(Number);
                 return hazardAtlas.map.getBounds().pad(1e-6).contains([[s, w], [n, e]]); }""",
            seen,
        )
        page.emulate_media(media="screen")
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        west, south, east, north = map(float, seen.split(","))
        back = [float(side) for side in page.evaluate("hazardAtlas.map.getBounds().toBBoxString()").split(",")]
        assert back == pytest.approx([west, south, east, north], abs=1e-4)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_so_it_is_where_the_browser_is_asked_to_print(browser, screen, address, size):
    with screen.opened(browser, address, size=size) as page:
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        canvas, box = page.evaluate(BOXES)
        assert canvas[0] <= box[0]
        assert canvas[1] <= box[1]
        assert canvas[2] >= box[2]
        assert canvas[3] >= box[3]
        assert box[2] - box[0] == pytest.approx(inner_px("a4")[0], abs=2)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_paper_carries_name_date_legend_grid_and_limits_and_no_buttons(browser, screen, address, size):
    with screen.opened(browser, address, size=size) as page:
        screen.show_date(page, "2005-12-31")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 1047, "height": 718})  # the sheet's, whatever the screen's
        for name in (
            "h1", "#date-shown", ".fiction", ".strip", "section.legend", "svg.north", ".leaflet-control-scale-line",
            "#caveats .first", "#caveats li >> nth=0", "#coordinates", ".degree.east span", ".degree.north span",
        ):  # fmt: skip
            assert page.locator(name).first.is_visible(), name
        assert page.inner_text("#date-shown") == "2005-12-31"
        assert page.is_visible("text=Recorded only after this date")
        for name in (".tools", ".search", ".switch", "#date", ".leaflet-control-zoom"):
            assert page.locator(name).first.is_hidden(), name


def test_paper_of_an_old_file_is_grey_and_says_why(browser, screen, address):
    """A served page reads its data anew and does not age."""
    is_file = address.startswith("file:")
    with screen.opened(browser, address, today="2027-01-01") as page:
        page.emulate_media(media="print")
        assert page.is_visible("#age") == is_file
        look = page.evaluate("getComputedStyle(document.querySelector('.folium-map')).filter")
        assert look == ("grayscale(1)" if is_file else "none")


def test_the_table_is_printed_where_the_reader_opened_it(browser, screen, address):
    for is_open in (False, True):
        with screen.opened(browser, address) as page:
            page.evaluate("(is) => { document.getElementById('as-table').open = is; }", is_open)
            page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
            page.emulate_media(media="print")
            assert page.locator("#table").is_visible() == is_open
