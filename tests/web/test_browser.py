"""The page in a real browser, served and as one file, with every other host refused and recorded."""

import itertools
import threading
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from hazard_service.assessment import assess
from hazard_service.atlas import map_page
from hazard_service.atlas.gains import gains_page
from hazard_service.layers import open_programme
from hazard_service.planning import gains_of
from hazard_service.vocabulary import NOT_TESTED
from hazard_service.web import answers as answers_module
from hazard_service.web import create_app

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
# Waits for the canvas: the script says when all layers are drawn.
DRAWN = "body[data-drawn=yes]"
FIND = """(name) => {
  let found = null;
  map_hazards.eachLayer((layer) => {
    const titled = layer._popup && layer._popup._content().querySelector("h2");
    if (titled && titled.textContent === name) found = layer;
  });
  if (!found) return null;
  const at = found.getLatLng ? found.getLatLng() : found.getBounds().getCenter();
  const point = map_hazards.latLngToContainerPoint(at);
  const frame = map_hazards.getContainer().getBoundingClientRect();
  return [frame.left + point.x, frame.top + point.y];
}"""


@pytest.fixture(scope="module")
def browser(chromium):
    flags = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield started
        started.close()


@contextmanager
def served(world, progress):
    """Address of the app over `progress`, on a free port."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers_module, "assess", lambda situation: world.assessment(situation.programme, situation.on))
        patch.setattr(answers_module, "compare", lambda before, after: progress)
        server = make_server("127.0.0.1", 0, create_app(progress.after.situation.programme), threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.port}/"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@contextmanager
def opened(browser, address, *, size=DESK, today="2026-07-05", logs=None):
    """A drawn page; on leaving, nothing may have been asked of another host and no error logged but `logs`."""
    context = browser.new_context(viewport=size)
    page = context.new_page()
    page.set_default_timeout(10_000)
    elsewhere, errors = [], []

    def guard(route):
        url = route.request.url
        if url.startswith(("http://127.0.0.1:", "file://")):
            route.continue_()
        else:
            elsewhere.append(url)
            route.abort()

    context.route("**/*", guard)
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.clock.install(time=f"{today}T10:00:00")
    try:
        page.goto(address)
        page.wait_for_selector(DRAWN)
        yield page
        assert elsewhere == []
        assert [error for error in errors if logs is None or logs not in error] == []
        assert logs is None or errors
    finally:
        context.close()


@pytest.fixture(scope="module", params=["served", "one file"])
def address(request, world, progress, tmp_path_factory):
    """The same page by either way."""
    if request.param == "one file":
        path = tmp_path_factory.mktemp("map") / "map.html"
        path.write_text(map_page(progress, embed=True), encoding="utf-8")
        yield path.as_uri()
    else:
        with served(world, progress) as found:
            yield found


def titles(page):
    """Titles of everything on the map that opens a popup."""
    return page.evaluate(
        """() => { const names = []; map_hazards.eachLayer((layer) => {
             if (layer._popup) names.push(layer._popup._content().querySelector("h2").textContent); });
             return names.sort(); }"""
    )


def settle(page):
    """Waits until no popup moves the map any more."""
    # Asked again and again from here: the page's policy forbids Playwright's own waiting, which evaluates text in it.
    while page.evaluate("Boolean(map_hazards._panAnim && map_hazards._panAnim._inProgress)"):
        page.wait_for_timeout(20)


def eventually(page, check):
    """Fails unless `check` comes to hold."""
    for _ in range(200):
        if check():
            return
        page.wait_for_timeout(20)
    assert check()


def click(page, name):
    """Clicks on the map where `name` lies; text of the popup that opens."""
    page.evaluate("void map_hazards.closePopup()")
    settle(page)
    page.mouse.click(*page.evaluate(FIND, name))
    popup = page.locator(".popup").filter(has=page.get_by_role("heading", name=name, exact=True))
    popup.wait_for()
    return popup.inner_text()


def ink(page):
    """Number of distinct colours on the canvas: layers are drawn, not merely listed."""
    return page.evaluate(
        """() => { const canvas = document.querySelector("canvas");
             const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
             return new Set(new Uint32Array(data.buffer)).size; }"""
    )


def test_layers_are_drawn(browser, address):
    with opened(browser, address) as page:
        assert titles(page) == [
            "Ashford", "Birch", "Cobble", "Dunmore", "Elder", "Fallow", "Gannet",
            "Hazard H1", "Hazard H2", "Hazard H3", "Hazard H5", "Hazard H6", "Hazard H6", "Mill",
            "Released from hazard H2", "Released from hazard H4", "School", "Well",
        ]  # fmt: skip
        assert ink(page) > 20
        assert page.title() == "Fictional Saltmarsh: hazards and communities, 2005-12-31 to 2026-06-30"
        assert page.locator(".label.district").all_inner_texts() == ["NORLAND", "SUTHER"]
        assert page.locator(".leaflet-control-scale-line").all_inner_texts() == ["3 km"]


def test_a_community_says_why_it_is_held_back(browser, address):
    with opened(browser, address) as page:
        text = click(page, "Cobble")
        for words in (
            "Community C2: AX2, 2,900 people",
            "Held back (modelled). Movement wider (modelled)",
            "7 % of the land within 60 minutes' walk (1.80 km²) is behind hazards.",
            "Since 2005-12-31: Release gave back 0.60 km² within reach.",
            "over 120",
            "No place of this kind is recorded: health post, market.",
            "Share of that land that is hazard itself",
            "240 m (H1)",
        ):
            assert words in text


def test_a_hazard_says_what_is_recorded(browser, address):
    with opened(browser, address) as page:
        text = click(page, "Hazard H1")
        for words in (
            "Old front", "Confirmed hazardous area (CHA)", "anti-personnel mines, unexploded ordnance", "2.56 km²",
            "1998-04-01", "measured by GPS", "No recorded hazard here is not proof of safety.",
        ):  # fmt: skip
            assert words in text, words


def test_the_switch_shows_the_earlier_date(browser, address):
    with opened(browser, address) as page:
        assert not page.is_visible("text=Recorded only after this date")
        assert "Held back" in click(page, "Dunmore")
        page.click("button[data-view=before]")
        page.wait_for_selector(".leaflet-popup", state="detached")
        assert page.get_attribute("button[data-view=before]", "aria-pressed") == "true"
        assert page.is_visible("text=Recorded only after this date")
        assert "Neither held back nor near a hazard" in click(page, "Dunmore")
        assert "Hazard H4" in titles(page)
        assert "Released from hazard H4" not in titles(page)
        assert "Recorded only after this date" in click(page, "Hazard H3")
        page.click("button[data-view=after]")
        assert "Hazard H4" not in titles(page)


def test_layers_are_switched_and_a_map_without_hazards_says_so(browser, address):
    with opened(browser, address) as page:
        page.uncheck("input[data-layer=communities]")
        assert "Ashford" not in titles(page)
        assert not page.is_visible("#hidden")
        page.uncheck("input[data-layer=hazards]")
        assert "Hazard H1" not in titles(page)
        assert page.inner_text("#hidden") == "Hazards are switched off: this map does not show where they are."
        page.check("input[data-layer=hazards]")
        assert not page.is_visible("#hidden")


def test_a_phone_reads_it_without_scrolling_sideways(browser, address):
    with opened(browser, address, size=PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert page.is_visible("text=Not for navigation or safety decisions.")
        assert not page.is_visible("#caveats li >> nth=0")
        page.click("#caveats summary")
        assert page.is_visible("#caveats li >> nth=0")
        page.evaluate("scrollTo(0, 0)")
        click(page, "Elder")
        box = page.locator(".leaflet-popup").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"] + 1
        inside = page.evaluate("(e => e.scrollWidth - e.clientWidth)(document.querySelector('.popup'))")
        assert inside <= 0


def test_a_file_turns_grey_after_90_days_and_a_served_page_does_not(browser, address):
    for today, is_old in (("2026-09-28", False), ("2026-09-29", True)):
        with opened(browser, address, today=today) as page:
            warned = is_old and address.startswith("file:")
            assert page.is_visible("#age") == warned
            look = page.evaluate("getComputedStyle(document.querySelector('canvas')).filter")
            assert look == ("grayscale(1)" if warned else "none")
            if warned:
                assert page.inner_text("#age") == (
                    "This map shows data of 2026-06-30, more than 90 days old. Ask for a newer one."
                )


def test_a_clock_before_the_data_date_cannot_vouch_for_the_age(browser, address):
    with opened(browser, address, today="2020-01-01") as page:
        assert page.is_visible("#age") == address.startswith("file:")


def test_hostile_text_runs_nothing(browser, world, tmp_path):
    hostile = world.hostile_progress()
    path = tmp_path / "map.html"
    path.write_text(map_page(hostile, embed=True), encoding="utf-8")
    with served(world, hostile) as found:
        for address in (path.as_uri(), found):
            with opened(browser, address) as page:
                for view in ("before", "after"):
                    page.click(f"button[data-view={view}]")
                    # Opens every popup and tooltip in turn.
                    page.evaluate(
                        """map_hazards.eachLayer((layer) => {
                             if (layer._popup) { layer.openTooltip(); layer.openPopup(); } })"""
                    )
                    page.wait_for_selector(".leaflet-popup .popup")
                assert page.evaluate("typeof window.ran") == "undefined"
                assert page.locator(".leaflet-popup img, .label img, .rest img").count() == 0
                assert world.HOSTILE[:40] in page.inner_text(".rest")


def test_a_layer_that_fails_to_load_is_said_aloud(browser, world, progress):
    with served(world, progress) as address:
        context = browser.new_context()
        page = context.new_page()
        page.route("**/map/hazards.geojson*", lambda route: route.abort())
        page.goto(address)
        page.wait_for_selector("#failed:visible")
        assert "Do not use it as it stands" in page.inner_text("#failed")
        context.close()


def test_without_javascript_the_page_says_that_no_hazard_is_drawn(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert "Without it no hazard is drawn." in page.inner_text("noscript")
    context.close()


@pytest.fixture(scope="module")
def villages(six_villages):
    """Address of the map of the six villages, and the programme; nothing is made up."""
    server = make_server("127.0.0.1", 0, create_app(open_programme(six_villages)), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def open_popup(page, hazard):
    """Opens a hazard's popup wherever it lies, and waits until the map has moved."""
    page.evaluate(
        """(name) => void map_hazards.eachLayer((layer) => {
             const titled = layer._popup && layer._popup._content().querySelector("h2");
             if (titled && titled.textContent === name) layer.openPopup(); })""",
        f"Hazard {hazard}",
    )
    settle(page)


def ask(page, hazard):
    """Opens a hazard's popup, presses "What if released?", and waits for the answer's text."""
    open_popup(page, hazard)
    page.get_by_role("button", name="What if released?").click()
    page.wait_for_selector(".what-if p")
    return page.locator(".what-if").inner_text()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_what_if_names_who_would_be_freed_and_releases_nothing(browser, villages, size):
    with opened(browser, villages, size=size) as page:
        answer = ask(page, "H-laid")
        assert answer.startswith("NOT RELEASED. If it were (modelled):")
        assert "1 no longer held back: laid (100)" in answer
        assert "km² of reach given back" in answer
        assert "Not for navigation or safety decisions." in answer
        assert "not tested against the position error of the outlines." in answer
        # Open as before, and the popup lies within the page.
        assert page.locator(".popup .state").first.inner_text() == "Open"
        box = page.locator(".leaflet-popup-content-wrapper").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"]


@pytest.mark.parametrize(("hazard", "asked"), [("H1", True), ("H2", True), ("H6", True), ("H5", False)])
def test_every_open_hazard_can_be_asked_about(browser, world, progress, hazard, asked):
    """H2 is worked on and H6 suspended, which are open; H5 was closed by its record."""
    with served(world, progress) as address, opened(browser, address) as page:
        open_popup(page, hazard)
        assert page.locator(".popup h2").first.inner_text() == f"Hazard {hazard}"
        assert (page.get_by_role("button", name="What if released?").count() > 0) == asked


def lies_within(page, inner, outer):
    """Whether one element lies within another, top and bottom."""
    small, large = (page.locator(name).bounding_box() for name in (inner, outer))
    is_low = small["y"] + small["height"] <= large["y"] + large["height"] + 0.5
    return small["y"] >= large["y"] - 0.5 and is_low


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, {"width": 390, "height": 800}], ids=["desk", "phone"])
def test_the_button_is_in_sight_and_then_the_whole_answer(browser, villages, size):
    with opened(browser, villages, size=size) as page:
        # Near the upper edge, where a popup that grows has no room left.
        page.evaluate("void map_hazards.panBy([0, 0.4 * map_hazards.getSize().y], { animate: false })")
        open_popup(page, "H-laid")
        assert lies_within(page, ".what-if button", ".leaflet-popup-content")
        page.get_by_role("button", name="What if released?").click()
        page.wait_for_selector(".what-if p")
        settle(page)
        assert lies_within(page, ".leaflet-popup-content-wrapper", ".folium-map")
        assert lies_within(page, ".leaflet-popup-close-button", ".folium-map")
        assert lies_within(page, ".what-if", ".leaflet-popup-content")
        page.locator(".what-if summary").click()
        page.locator(".what-if li").last.wait_for()
        limits = page.locator(".what-if li").all_inner_texts()
        assert limits[-1] == NOT_TESTED
        assert any("flat" in text for text in limits)
        eventually(page, lambda: lies_within(page, ".leaflet-popup-content-wrapper", ".folium-map"))
        # Asked once: opened again, the popup has the answer.
        page.evaluate("void map_hazards.closePopup()")
        open_popup(page, "H-laid")
        assert page.locator(".what-if p").first.inner_text() == "NOT RELEASED. If it were (modelled):"


def test_a_popup_that_scrolls_fades_instead_of_cutting_a_line(browser, villages):
    with opened(browser, villages, size={"width": 390, "height": 560}) as page:
        open_popup(page, "H-laid")
        found = page.evaluate(
            """() => { const box = document.querySelector(".leaflet-popup-content");
                 const last = box.querySelector(".popup").lastChild, whole = box.getBoundingClientRect();
                 box.scrollTop = box.scrollHeight;
                 return [box.scrollHeight > box.clientHeight, getComputedStyle(box).maskImage,
                         whole.bottom - last.getBoundingClientRect().bottom]; }"""
        )
        assert found[0]
        assert found[1].startswith("linear-gradient")
        # Scrolled to its end, nothing that is said lies in the faded 30 px but the margin of the last line.
        assert found[2] >= 26


def test_what_if_that_fails_says_so(browser, villages):
    with opened(browser, villages, logs="500") as page:
        page.route("**/api/whatif", lambda route: route.fulfill(status=500, body="no"))
        assert ask(page, "H-laid") == "No answer came; the terminal that runs the service says why."


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_map_of_gains_opens_alone_and_says_not_released(browser, six_villages, tmp_path, size):
    path = tmp_path / "gains.html"
    found = gains_of(assess(open_programme(six_villages).situation("2026-06-30")))
    path.write_text(gains_page(found), encoding="utf-8")
    with opened(browser, path.as_uri(), size=size) as page:
        assert "Hazard H-laid" in titles(page)
        open_popup(page, "H-laid")
        text = page.locator(".popup").inner_text()
        assert "NOT RELEASED. If it alone were released (modelled): no longer held back: laid (100 people)" in text
        assert page.get_by_role("button", name="What if released?").count() == 0
        assert page.locator(".label.rank").count() == 3
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert ink(page) > 5
        # So far out that the hazards lie on each other, their numbers still can be read.
        page.evaluate("void map_hazards.setZoom(6, { animate: false })")
        boxes = [number.bounding_box() for number in page.locator(".label.rank span").all()]
        for one, other in itertools.combinations(boxes, 2):
            aside = abs(one["x"] - other["x"]) >= (one["width"] + other["width"]) / 2 - 0.5
            assert aside or abs(one["y"] - other["y"]) >= one["height"] - 0.5
    with opened(browser, path.as_uri(), size=size, today="2026-12-01") as page:
        assert "more than 90 days old" in page.locator("#age").inner_text()
