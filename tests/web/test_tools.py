"""Around the map: search, keyboard, measuring, coordinates, the device's position, touch."""

import re

import pyproj
import pytest

from hazard_service.atlas import map_page

PHONE = {"width": 390, "height": 844}
GEOD = pyproj.Geod(ellps="WGS84")
# Where a click lies, by the map itself: [longitude, latitude].
PLACE_AT = """([x, y]) => { const frame = hazardAtlas.map.getContainer().getBoundingClientRect();
  const at = hazardAtlas.map.containerPointToLatLng([x - frame.left, y - frame.top]); return [at.lng, at.lat]; }"""
IN_SIGHT = """(name) => { const layer = hazardAtlas.open;
  const at = layer.getLatLng ? layer.getLatLng() : layer.getBounds().getCenter();
  return titleOf(hazardAtlas, layer) === name && hazardAtlas.map.getBounds().contains(at); }"""


def found(page, words):
    page.fill("#search", words)
    return [row.split("\n") for row in page.locator("#results li").all_inner_texts()]


def test_search_by_name_and_by_id(browser, screen, address):
    with screen.opened(browser, address) as page:
        assert page.locator("#results").is_hidden()
        assert found(page, "cobb") == [["Cobble", "C2"]]
        assert page.inner_text("#results-count") == "1 found"
        assert found(page, "C2") == [["Cobble", "C2"]]
        assert found(page, "h1") == [["Hazard H1", "H1"]]
        assert found(page, "old front") == [["Hazard H1", "H1"]]  # a hazard's own name
        assert found(page, "H2") == [["Hazard H2", "H2"]]  # the hazard, not the ground released from it
        assert found(page, "well") == [["Well", "P1"]]
        assert found(page, "zzz") == []
        assert page.inner_text("#results-count") == "Nothing is called so."
        assert found(page, " ") == []
        assert page.locator("#results").is_hidden()


def test_a_result_is_looked_at_and_its_card_opens(browser, screen, address):
    with screen.opened(browser, address) as page:
        for words, name in (("gan", "Gannet"), ("H5", "Hazard H5"), ("mill", "Mill")):
            page.fill("#search", words)
            page.locator("#results button").first.click()
            assert page.inner_text("#card h2") == name
            assert page.evaluate(IN_SIGHT, name)
            assert page.locator("#results").is_hidden()


def test_search_finds_what_is_shown_on_the_date_alone(browser, screen, address):
    with screen.opened(browser, address) as page:
        assert found(page, "H4") == [["Released from hazard H4", "H4"]]
        screen.show_date(page, "2005-12-31")
        assert found(page, "H4") == [["Hazard H4", "H4"]]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Čapljina", "capljina"),
        ("Međugorje", "medugorje"),
        ("Łódź", "lodz"),
        ("Tønsberg", "tonsberg"),
        ("Río Pequeño", "rio pequeno"),
        ("Đà Nẵng", "da nang"),
        ("قَرْيَة", "قرية"),
        ("ŽDREBAČKI", "ždrebački"),
    ],
)
def test_search_needs_no_accents(browser, screen, world, tmp_path, name, typed):
    steps = world.steps()
    for frame in (step.communities for step in steps):
        frame.loc[3, "name"] = name
    path = tmp_path / "map.html"
    path.write_text(map_page(steps), encoding="utf-8")
    with screen.opened(browser, path.as_uri()) as page:
        assert found(page, typed) == [[name, "C3"]]


def tab_to(page, selector):
    """Presses Tab until the element has the focus, and sees that the focus can be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(name) => document.activeElement.matches(name)", selector):
            look = page.evaluate("(({ outlineStyle, outlineWidth }) => [outlineStyle, outlineWidth])"
                                 "(getComputedStyle(document.activeElement))")  # fmt: skip
            assert look == ["solid", "3px"]
            return
    pytest.fail(f"Tab does not reach {selector}")


def test_the_keyboard_alone_reaches_dates_search_layers_and_card(browser, screen, address):
    with screen.opened(browser, address) as page:
        tab_to(page, "button[data-date='0']")
        page.keyboard.press("Enter")
        assert page.inner_text("#date-shown") == "2005-12-31"
        tab_to(page, "#date")
        page.keyboard.press("ArrowRight")
        assert page.inner_text("#date-shown") == "2014-12-31"
        page.keyboard.press("End")
        tab_to(page, "#search")
        page.keyboard.type("cobble")
        tab_to(page, "#results button")
        page.keyboard.press("Enter")
        assert page.inner_text("#card h2") == "Cobble"
        assert page.evaluate("document.activeElement.matches('#card h2')")  # a screen reader reads on from here
        tab_to(page, "#card .close")
        page.keyboard.press("Enter")
        assert page.locator("#card").is_hidden()
        tab_to(page, "input[data-layer=hazards]")
        page.keyboard.press("Space")
        assert page.is_visible("#hidden")
        page.keyboard.press("Space")
        tab_to(page, "#as-table summary")
        page.keyboard.press("Enter")
        page.wait_for_selector("#table td")
        tab_to(page, "#table button")
        page.keyboard.press("Enter")
        assert page.inner_text("#card h2") == "Ashford"


def test_enter_opens_the_first_result_and_escape_puts_the_list_away(browser, screen, address):
    with screen.opened(browser, address) as page:
        page.focus("#search")
        page.keyboard.type("dun")
        page.keyboard.press("Escape")
        assert page.locator("#results").is_hidden()
        page.keyboard.type("more")
        page.keyboard.press("Enter")
        assert page.inner_text("#card h2") == "Dunmore"


def focused(page):
    """What has the focus: its id, or else its text."""
    return page.evaluate("document.activeElement.id || document.activeElement.textContent")


CLOSINGS = pytest.mark.parametrize("closing", ["escape", "button"])


def close(page, closing):
    if closing == "escape":
        page.keyboard.press("Escape")
    else:
        page.get_by_role("button", name="Close").click()
    assert page.locator("#card").is_hidden()


@CLOSINGS
def test_a_card_that_is_closed_gives_the_focus_back(browser, screen, address, closing):
    with screen.opened(browser, address) as page:
        found(page, "cobble")
        page.press("#search", "Enter")
        close(page, closing)
        assert focused(page) == "search"
        found(page, "cobble")
        page.locator("#results button").first.click()
        close(page, closing)
        assert focused(page) == "search"
        page.locator("#as-table > summary").click()
        page.locator("#table").get_by_role("button", name="Elder").click()
        close(page, closing)
        assert focused(page) == "Elder"
        screen.click(page, "Elder")
        close(page, closing)
        assert page.evaluate("document.activeElement === hazardAtlas.map.getContainer()")
        # A row of the table that another date has drawn anew is no more.
        page.locator("#table").get_by_role("button", name="Elder").click()
        page.evaluate("showDate(hazardAtlas, 0)")
        close(page, closing)
        assert page.evaluate("document.activeElement === hazardAtlas.map.getContainer()")


def test_a_card_that_another_date_closes_takes_no_focus(browser, screen, address):
    with screen.opened(browser, address) as page:
        screen.open_card(page, "Released from hazard H4")
        page.focus("#date")
        screen.show_date(page, "2005-12-31")
        page.evaluate("closeCard(hazardAtlas)")
        assert focused(page) == "date"


def test_escape_ends_one_thing_at_a_time(browser, screen, address):
    with screen.opened(browser, address) as page:
        screen.open_card(page, "Elder")
        page.click("#measure")
        found(page, "cobble")
        page.press("#search", "Escape")
        assert page.locator("#results").is_hidden()
        assert page.locator("#tool-note").is_visible()
        page.keyboard.press("Escape")
        assert page.locator("#tool-note").is_hidden()
        assert page.locator("#card").is_visible()
        page.keyboard.press("Escape")
        assert page.locator("#card").is_hidden()


def test_measured_lines_are_the_geodesic_and_say_that_they_are_no_way(browser, screen, address):
    with screen.opened(browser, address) as page:
        assert page.locator("#tool-note").is_hidden()
        page.click("#measure")
        assert page.get_attribute("#measure", "aria-pressed") == "true"
        corners = [(560, 300), (1100, 330), (900, 620)]
        corners[1] = page.evaluate(screen.FIND, "Cobble")  # upon a feature too, whose card stays shut
        places = [page.evaluate(PLACE_AT, corner) for corner in corners]
        for corner in corners:
            page.mouse.click(*corner)
        assert page.locator("#card").is_hidden()
        text = page.inner_text("#tool-note")
        assert text.startswith("Straight lines: ")
        assert text.endswith("Not a way to walk.")
        km, size, unit = re.search(r"([\d.]+) km, ([\d.]+) (ha|km²)", text).groups()
        lons, lats = zip(*places, strict=True)
        assert float(km) == pytest.approx(sum(GEOD.line_lengths(lons, lats)) / 1000, rel=0.01)
        area_m2 = abs(GEOD.polygon_area_perimeter(lons, lats)[0])
        assert float(size) * (1e4 if unit == "ha" else 1e6) == pytest.approx(area_m2, rel=0.02)
        page.keyboard.press("Escape")
        assert page.locator("#tool-note").is_hidden()
        assert page.get_attribute("#measure", "aria-pressed") == "false"
        screen.click(page, "Cobble")


def test_two_clicks_measure_one_line(browser, screen, address):
    with screen.opened(browser, address) as page:
        page.click("#measure")
        ends = [page.evaluate(screen.FIND, name) for name in ("Fallow", "Mill")]
        (west, south), (east, north) = (page.evaluate(PLACE_AT, end) for end in ends)
        for end in ends:
            page.mouse.click(*end)
        km = float(re.search(r"([\d.]+) km", page.inner_text("#tool-note")).group(1))
        assert km == pytest.approx(GEOD.inv(west, south, east, north)[2] / 1000, rel=0.01)


def test_coordinates_under_the_pointer_in_three_ways(browser, screen, address):
    with screen.opened(browser, address) as page:
        page.mouse.move(900, 300)
        degrees, utm, mgrs = page.locator("#coordinates span").all_inner_texts()
        lat, lon = (float(value) for value in degrees.split(", "))
        here_lon, here_lat = page.evaluate(PLACE_AT, (900, 300))
        metres_per_px = page.evaluate("40075016 * Math.cos(0.61) / 256 / 2 ** hazardAtlas.map.getZoom()")
        assert GEOD.inv(lon, lat, here_lon, here_lat)[2] < metres_per_px
        east, north = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32624", always_xy=True).transform(lon, lat)
        name, _, zone, *metres = utm.split()
        assert (name, zone) == ("UTM", "24N")  # as EPSG calls it; 24S is its band
        # The degrees are rounded to a metre, and then the metres.
        assert [float(value) for value in metres] == pytest.approx([east, north], abs=2)
        # Zone 24 is even, its third column set is STUVWXYZ: 400 km east is V; rows begin at F: 3,800 km north is D.
        assert re.fullmatch(r"MGRS 24S VD \d{5} \d{5}", mgrs)
        assert [float(value) for value in mgrs.split()[3:]] == pytest.approx([east % 1e5, north % 1e5], abs=2)


ASKED = """
window.asked = 0;
for (const name of ["getCurrentPosition", "watchPosition"]) {
  const own = navigator.geolocation[name].bind(navigator.geolocation);
  navigator.geolocation[name] = (...all) => { window.asked += 1; return own(...all); };
}"""
HERE = {"latitude": 35.01, "longitude": -40.02, "accuracy": 31.2}


def test_my_position_is_off_until_asked_and_never_says_safe(browser, screen, address):
    granted = {"geolocation": HERE, "permissions": ["geolocation"]}
    with screen.opened(browser, address, script=ASKED, **granted) as page:
        screen.click(page, "Cobble")
        screen.show_date(page, "2005-12-31")
        assert page.evaluate("window.asked") == 0
        assert page.locator("#tool-note").is_hidden()
        assert page.locator("#position-note").is_hidden()
        page.hover("#position")
        shapes = page.evaluate("Object.keys(hazardAtlas.map._layers).length")
        page.click("#position")
        page.wait_for_selector("#position-note:visible")
        assert page.inner_text("#position-note") == (
            "Your device says that you are here, give or take 32 m. It cannot say that you are safe."
        )
        assert page.evaluate("window.asked") == 1
        assert page.get_attribute("#position", "aria-pressed") == "true"
        centre = page.evaluate("hazardAtlas.map.getCenter()")
        assert (centre["lat"], centre["lng"]) == pytest.approx((35.01, -40.02), abs=1e-3)
        assert page.evaluate("Object.keys(hazardAtlas.map._layers).length") > shapes
        page.click("#position")
        assert page.locator("#position-note").is_hidden()
        assert page.get_attribute("#position", "aria-pressed") == "false"
        assert page.evaluate("Object.keys(hazardAtlas.map._layers).length") == shapes


def test_the_position_says_its_limit_as_long_as_its_dot_stands_whatever_is_measured(browser, screen, address):
    granted = {"geolocation": HERE, "permissions": ["geolocation"]}
    with screen.opened(browser, address, **granted) as page:
        page.click("#position")
        page.wait_for_selector("#position-note:visible")
        for end in (lambda: page.click("#measure"), lambda: page.keyboard.press("Escape")):
            page.click("#measure")
            assert page.inner_text("#tool-note").startswith("Straight lines: ")
            assert page.inner_text("#position-note").endswith("It cannot say that you are safe.")
            end()
            assert page.locator("#tool-note").is_hidden()
            assert page.inner_text("#position-note").endswith("It cannot say that you are safe.")
        page.click("#position")
        assert page.locator("#position-note").is_hidden()


def test_a_device_that_may_not_tell_is_said_so(browser, screen, address):
    with screen.opened(browser, address, script=ASKED, geolocation=HERE, permissions=[]) as page:
        page.click("#position")
        page.wait_for_selector("#position-note:visible")
        assert page.inner_text("#position-note") == "This device gives no position."
        assert page.get_attribute("#position", "aria-pressed") == "false"
        assert page.evaluate("window.asked") == 1


def test_a_finger_pans_the_map_on_a_phone_and_scrolls_no_page(browser, screen, address):
    with screen.opened(browser, address, size=PHONE, has_touch=True, is_mobile=True) as page:
        before = page.evaluate("hazardAtlas.map.getCenter()")
        box = page.locator(".folium-map").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        touch = page.context.new_cdp_session(page)

        def finger(kind, *points):
            there = [{"x": x + right, "y": y + down} for right, down in points]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": there})

        finger("touchStart", (0, 0))
        for step in range(1, 11):
            finger("touchMove", (-12 * step, -9 * step))
        finger("touchEnd")
        screen.eventually(page, lambda: page.evaluate("hazardAtlas.map.getCenter().lng") > before["lng"])
        assert page.evaluate("hazardAtlas.map.getCenter().lat") < before["lat"]
        assert page.evaluate("scrollY") == 0
        # A tap opens the card of what lies under it.
        page.touchscreen.tap(*page.evaluate(screen.FIND, "Birch"))
        page.locator("#card h2").get_by_text("Birch", exact=True).wait_for()
