"""The map page printed: the sheet's size, the whole map on it with every hazard, and what must be read with it."""

import re

import pyproj
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
            "#caveats .first", "#caveats li >> nth=0", "#coordinates", "#scale",
        ):  # fmt: skip
            assert page.locator(name).first.is_visible(), name
        assert page.inner_text("#date-shown") == "2005-12-31"
        assert page.is_visible("text=Recorded only after this date")
        for name in (".tools", ".search", ".switch", "#date", ".leaflet-control-zoom"):
            assert page.locator(name).first.is_hidden(), name


# Lines of the picture that have a name: [is a meridian, degrees, name].
NAMED = """() => hazardAtlas.graticule.lines().filter((line) => line.text)
  .map((line) => [line.isMeridian, line.degrees, line.text])"""


@pytest.mark.parametrize("zoom", [4, 7.25, 10, 12, 13.5, 15, 17])
def test_degrees_are_named_at_any_zoom_on_paper(browser, screen, villages, zoom):
    with screen.opened(browser, villages) as page:
        page.evaluate("(zoom) => { hazardAtlas.map.setZoom(zoom, { animate: false }); }", zoom)
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        west, south, east, north = page.evaluate(
            "(({ _southWest: a, _northEast: b }) => [a.lng, a.lat, b.lng, b.lat])(hazardAtlas.map.getBounds())"
        )
        named = page.evaluate(NAMED)
        for is_meridian, low, high in ((True, west, east), (False, south, north)):
            lines = [(degrees, text) for meridian, degrees, text in named if meridian == is_meridian]
            assert 1 <= len(lines) <= 10
            assert len({text for _, text in lines}) == len(lines)  # decimals enough to tell them apart
            for degrees, text in lines:
                assert low < degrees < high
                number, side = text.split("° ")
                assert float(number) * (-1 if side in "WS" else 1) == pytest.approx(degrees, abs=1e-9)
                assert side in ("EW" if is_meridian else "NS")


def test_degrees_lie_in_the_picture_under_the_hazards(browser, screen, address):
    """Nothing that the page writes over its map could hide one."""
    with screen.opened(browser, address) as page:
        order = page.evaluate(
            """() => { const found = []; let at = hazardAtlas.canvas._drawFirst;
                 for (; at; at = at.next) found.push(at.layer === hazardAtlas.graticule ? "degrees" : at.layer.kind);
                 return found; }"""
        )
        assert order.count("degrees") == 1
        assert order.index("districts") < order.index("degrees") < order.index("hazards")
        over = page.evaluate("document.querySelector('.leaflet-marker-pane').textContent")
        assert over == ""


# Zoom 12 at 60° north: 40,075,017 m / (256 × 4,096) × cos 60° = 19.109 m a pixel; 96 of them are 25.4 mm of paper, so a
# metre of paper is 19.109 / (0.0254 / 96) = 72,223 m of ground.
@pytest.mark.parametrize(
    ("lat", "zoom", "scale"),
    [(60, 12, 72_200), (0, 12, 144_000), (-60, 12, 72_200), (0, 16, 9030), (45, 10.25, 344_000)],
)
def test_the_scale_is_what_one_works_out_by_hand(browser, screen, villages, lat, zoom, scale):
    with screen.opened(browser, villages) as page:
        page.evaluate("([lat, zoom]) => { hazardAtlas.map.setView([lat, 10], zoom, { animate: false }); }", [lat, zoom])
        assert page.evaluate("scaleOf(hazardAtlas.map)") == scale


@pytest.mark.parametrize("paper", SHEETS)
def test_the_scale_on_paper_is_that_of_the_sheet(browser, screen, address, paper):
    """Metres of ground from the left to the right edge of the map, over the metres of paper between them."""
    with screen.opened(browser, address, script=NO_PRINTER) as page:
        page.evaluate("hazardAtlas.map.setView([35.01, -39.98], 13, { animate: false })")
        assert page.locator("#scale").is_hidden()
        print_sheet(page, screen, paper)
        page.emulate_media(media="print")
        west, east, lat = page.evaluate(
            """() => { const map = hazardAtlas.map, seen = map.getBounds();
                 return [seen.getWest(), seen.getEast(), map.getCenter().lat]; }"""
        )
        ground_m = pyproj.Geod(ellps="WGS84").inv(west, lat, east, lat)[2]
        paper_m = inner_px(paper)[0] / PX_PER_MM / 1000
        words = re.fullmatch(r"Scale about 1 : ([\d,]+) where printed at full size\.", page.inner_text("#scale"))
        assert float(words[1].replace(",", "")) == pytest.approx(ground_m / paper_m, rel=0.006)
        # Beside the scale bar, which hides as much of the map as before, and not on the map.
        ground, scale = (page.locator(name).bounding_box() for name in (".ground", "#scale"))
        assert scale["y"] >= ground["y"] + ground["height"] - 1


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
