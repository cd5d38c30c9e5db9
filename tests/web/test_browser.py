"""The map page in a real browser, served and as one file, with every other host refused and recorded."""

import itertools

import pytest

from hazard_service.assessment import assess
from hazard_service.atlas import map_page
from hazard_service.atlas.gains import gains_page
from hazard_service.layers import open_programme
from hazard_service.planning import gains_of

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


def test_layers_are_drawn(browser, screen, address):
    with screen.opened(browser, address) as page:
        assert screen.titles(page) == [
            "Ashford", "Birch", "Cobble", "Dunmore", "Elder", "Fallow", "Gannet",
            "Hazard H1", "Hazard H2", "Hazard H3", "Hazard H5", "Hazard H6", "Hazard H6", "Mill",
            "Released from hazard H2", "Released from hazard H4", "School", "Well",
        ]  # fmt: skip
        assert screen.ink(page) > 20
        assert page.title() == "Fictional Saltmarsh: hazards and communities, 2005-12-31 to 2026-06-30"
        assert page.evaluate(screen.WRITTEN, "district") == ["Norland", "Suther"]
        assert page.locator(".leaflet-control-scale-line").all_inner_texts() == ["3 km"]
        assert page.get_by_role("img", name="North is up").is_visible()


def test_a_community_says_why_it_is_held_back(browser, screen, address):
    with screen.opened(browser, address) as page:
        text = screen.click(page, "Cobble")
        for words in (
            "Community C2: AX2, 2,900 people",
            "On 2026-06-30: Held back (modelled). Movement wider (modelled)",
            "7 % of the land within 60 minutes' walk (1.80 km²) is behind hazards.",
            "Since 2005-12-31: Release gave back 0.60 km² within reach.",
            "over 120",
            "No place of this kind is recorded: health post, market.",
            "Share of that land that is hazard itself",
            "240 m (H1)",
        ):
            assert words in text, words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ashford", "Release of one of these alone would free it (modelled): H1."),
        ("Cobble", "These together would free it (modelled): H1, H2."),
        ("Dunmore", "No single release, nor a set that was tried, would free it (modelled)."),
    ],
)
def test_a_held_back_community_says_what_would_free_it(browser, screen, address, name, words):
    with screen.opened(browser, address) as page:
        screen.click(page, name)
        screen.eventually(page, lambda: words in page.inner_text("#card"))


def test_a_hazard_says_what_is_recorded_and_what_its_release_would_give(browser, screen, address):
    with screen.opened(browser, address) as page:
        text = screen.click(page, "Hazard H1")
        for words in (
            "Old front", "On 2026-06-30: Open", "Confirmed hazardous area (CHA)",
            "anti-personnel mines, unexploded ordnance", "2.56 km²",
            "1998-04-01", "measured by GPS", "No recorded hazard here is not proof of safety.",
        ):  # fmt: skip
            assert words in text, words
        gain = "NOT RELEASED. If it alone were released (modelled): no longer held back: Ashford (1,240 people)"
        screen.eventually(page, lambda: gain in page.inner_text("#card"))
        together = "Cobble (with H2)"
        assert together in page.inner_text("#card")


def test_a_hazard_lists_its_releases_with_date_and_area(browser, screen, address):
    with screen.opened(browser, address) as page:
        assert "2014-05-02, Cleared (clearance), 1.00 km²" in screen.open_card(page, "Hazard H2")
        assert "date not recorded, Cancelled" in screen.open_card(page, "Released from hazard H4")


def test_the_card_closes_by_its_button(browser, screen, address):
    with screen.opened(browser, address) as page:
        assert page.locator("#card").is_hidden()
        screen.click(page, "Elder")
        page.get_by_role("button", name="Close").click()
        assert page.locator("#card").is_hidden()
        assert page.evaluate("hazardAtlas.open") is None


def test_layers_are_switched_and_a_map_without_hazards_says_so(browser, screen, address):
    with screen.opened(browser, address) as page:
        page.uncheck("input[data-layer=communities]")
        assert "Ashford" not in screen.titles(page)
        assert not page.is_visible("#hidden")
        page.uncheck("input[data-layer=hazards]")
        assert "Hazard H1" not in screen.titles(page)
        assert page.inner_text("#hidden") == "Hazards are switched off: this map does not show where they are."
        page.emulate_media(media="print")
        assert page.is_visible("#hidden")
        page.emulate_media(media="screen")
        page.check("input[data-layer=hazards]")
        assert not page.is_visible("#hidden")
        assert "Hazard H1" in screen.titles(page)


def test_a_phone_reads_it_without_scrolling_sideways(browser, screen, address):
    with screen.opened(browser, address, size=PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert page.is_visible("text=Not for navigation or safety decisions.")
        assert not page.is_visible("#caveats li >> nth=0")
        page.click("#caveats summary")
        assert page.is_visible("#caveats li >> nth=0")
        page.evaluate("scrollTo(0, 0)")
        screen.click(page, "Elder")
        box = page.locator("#card").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        assert box["y"] + box["height"] <= PHONE["height"]
        inside = page.evaluate("(e => e.scrollWidth - e.clientWidth)(document.querySelector('#card'))")
        assert inside <= 0


def test_a_card_that_scrolls_on_a_phone_fades_instead_of_cutting_a_line(browser, screen, address):
    with screen.opened(browser, address, size={"width": 390, "height": 560}) as page:
        screen.open_card(page, "Cobble")
        found = page.evaluate(
            """() => { const box = document.querySelector("#card"), fade = getComputedStyle(box, "::after");
                 const whole = box.getBoundingClientRect(), scrolls = box.scrollHeight > box.clientHeight;
                 box.scrollTop = box.scrollHeight;
                 const last = box.lastElementChild.getBoundingClientRect();
                 return [scrolls, fade.position, fade.backgroundImage, whole.bottom - last.bottom,
                         parseFloat(fade.height)]; }"""
        )
        assert found[0]
        assert found[1] == "sticky"
        assert found[2].startswith("linear-gradient")
        # Scrolled to its end, nothing that is said lies under the fade.
        assert found[3] >= found[4] > 20


def test_a_file_turns_grey_after_90_days_and_a_served_page_does_not(browser, screen, address):
    for today, is_old in (("2026-09-28", False), ("2026-09-29", True)):
        with screen.opened(browser, address, today=today) as page:
            warned = is_old and address.startswith("file:")
            assert page.is_visible("#age") == warned
            look = page.evaluate("getComputedStyle(document.querySelector('.folium-map')).filter")
            assert look == ("grayscale(1)" if warned else "none")
            if warned:
                assert page.inner_text("#age") == (
                    "This map shows data of 2026-06-30, more than 90 days old. Ask for a newer one."
                )


def test_a_page_that_is_left_open_turns_grey_too(browser, screen, address):
    """Its age is looked at again where a reader comes back to it, and before it is printed."""
    for event in ("document.dispatchEvent(new Event('visibilitychange'))", "dispatchEvent(new Event('beforeprint'))"):
        with screen.opened(browser, address, today="2026-09-28") as page:
            assert not page.is_visible("#age")
            page.clock.set_system_time("2026-09-29T10:00:00")
            page.evaluate(event)
            assert page.is_visible("#age") == address.startswith("file:")


def test_a_page_that_nobody_leaves_turns_grey_within_a_minute(browser, screen, address):
    with screen.opened(browser, address, today="2026-09-28") as page:
        page.clock.set_system_time("2026-09-28T23:59:30")
        page.clock.run_for(20_000)
        assert not page.is_visible("#age")
        page.clock.run_for(60_000)
        assert page.is_visible("#age") == address.startswith("file:")


def test_a_page_whose_date_is_moved_after_its_day_turns_grey_too(browser, screen, address):
    with screen.opened(browser, address, today="2026-09-28") as page:
        page.clock.set_fixed_time("2026-09-29T10:00:00")
        screen.show_date(page, "2005-12-31")
        assert page.is_visible("#age") == address.startswith("file:")


def test_a_clock_before_the_data_date_cannot_vouch_for_the_age(browser, screen, address):
    with screen.opened(browser, address, today="2020-01-01") as page:
        assert page.is_visible("#age") == address.startswith("file:")


def test_the_data_date_and_what_the_map_is_not_for_stand_under_it(browser, screen, address):
    with screen.opened(browser, address) as page:
        for media in ("screen", "print"):
            page.emulate_media(media=media)
            assert page.is_visible(".strip")
        assert page.inner_text(".strip") == (
            "Data of 2026-06-30. Not for navigation or safety decisions. "
            "No recorded hazard here is not proof of safety."
        )


@pytest.mark.parametrize("layer", ["hazards", "communities", "routes"])
def test_a_layer_that_fails_to_load_is_said_aloud(browser, steps, served_world, layer):
    with served_world(steps) as address:
        context = browser.new_context()
        page = context.new_page()
        page.route(f"**/map/{layer}.json*", lambda route: route.abort())
        page.goto(address)
        page.wait_for_selector("#failed:visible")
        assert "Do not use it as it stands" in page.inner_text("#failed")
        context.close()


def test_gains_that_do_not_come_are_said_so_and_the_card_stands(browser, screen, steps, served_world):
    with served_world(steps) as address, screen.opened(browser, address, logs="500") as page:
        page.route("**/map/gains.json*", lambda route: route.fulfill(status=500, body="no"))
        screen.click(page, "Hazard H1")
        failed = "No answer came; the terminal that runs the service says why."
        screen.eventually(page, lambda: failed in page.inner_text("#card"))
        assert "anti-personnel mines" in page.inner_text("#card")


def test_without_javascript_the_page_says_that_no_hazard_is_drawn(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert "Without it no hazard is drawn." in page.inner_text("noscript")
    context.close()


def test_the_page_of_two_dates_opens_too(browser, screen, steps, tmp_path):
    path = tmp_path / "map.html"
    path.write_text(map_page(steps[-1:]), encoding="utf-8")
    with screen.opened(browser, path.as_uri()) as page:
        text = screen.click(page, "Hazard H1")
        assert "Old front" in text
        assert "NOT RELEASED" not in text  # no gains were given, and a file cannot ask


# The number of each ranked hazard and the hazard itself, as [left, top, right, bottom] in pixels.
RANKS = """() => hazardAtlas.written.getLayers().filter((words) => words.rank).map((words) =>
  [words.boxAt(words._middle), words.ground()].map((box) => [box.min.x, box.min.y, box.max.x, box.max.y]))"""
# Pixels of the picture where a hazard lies, with this text written large on it as every name and number.
WRITTEN_OVER = """(text) => {
  const layer = hazardAtlas.byId["hazards/H-laid"], canvas = hazardAtlas.canvas;
  for (const words of hazardAtlas.written.getLayers()) {
    words.options.text = text;
    words.options.bounds = hazardAtlas.map.getBounds();
    words.font = () => "900 300px sans-serif";
    words._point = words._middle = hazardAtlas.map.latLngToLayerPoint(layer.getBounds().getCenter());
    words._pxBounds = hazardAtlas.canvas._bounds;
  }
  redraw(hazardAtlas);
  const size = layer._rawPxBounds.getSize();
  const { x, y } = layer._rawPxBounds.getTopLeft().floor().subtract(canvas._bounds.min);
  return [...canvas._ctx.getImageData(x, y, size.x, size.y).data];
}"""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_map_of_gains_opens_alone_and_says_not_released(browser, screen, six_villages, tmp_path, size):
    path = tmp_path / "gains.html"
    found = gains_of(assess(open_programme(six_villages).situation("2026-06-30")))
    path.write_text(gains_page(found), encoding="utf-8")
    with screen.opened(browser, path.as_uri(), size=size) as page:
        assert "Hazard H-laid" in screen.titles(page)
        text = screen.open_card(page, "Hazard H-laid")
        assert "NOT RELEASED. If it alone were released (modelled): no longer held back: laid (100 people)" in text
        assert page.get_by_role("button", name="What if released?").count() == 0
        assert sorted(page.evaluate(screen.WRITTEN, "rank")) == ["1", "2", "3"]
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert screen.ink(page) > 5
        # So far out that the hazards lie on each other, their numbers still can be read.
        page.evaluate("void hazardAtlas.map.setZoom(6, { animate: false })")
        ranks = page.evaluate(RANKS)
        assert len(ranks) == 3
        boxes = [number for number, _ in ranks]
        for one, other in [*itertools.combinations(boxes, 2), *itertools.product(boxes, (ring for _, ring in ranks))]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    with screen.opened(browser, path.as_uri(), size=size, today="2026-12-01") as page:
        assert "more than 90 days old" in page.locator("#age").inner_text()


def test_a_card_leads_to_the_record_of_its_day(browser, screen, villages):
    """Every hazard, release and community shown on the first, a middle and the last date, asked for at its address."""
    with screen.opened(browser, villages) as page:
        seen = set()
        for day in ("2005-12-31", "2012-12-31", "2026-06-30"):
            screen.show_date(page, day)
            asked = page.evaluate(
                f"""(day) => ["communities", "hazards"].flatMap((kind) => ({screen.SHOWN})(kind)).map((layer) => {{
                  openCard(hazardAtlas, layer, false);
                  return [layer.feature.id, document.querySelector('#card a[href^="/ogc"]').getAttribute("href")];
                }})""",
                day,
            )
            for name, href in asked:
                answer = page.request.get(
                    villages.rstrip("/") + href, headers={"Accept": "application/geo+json"}
                ).json()
                features = answer.get("features", [answer])
                assert features
                assert {
                    one["properties"].get("community_id", one["properties"].get("hazard_id")) for one in features
                } == {name}
                assert {one["properties"]["as_of"] for one in features} == {day}
                seen.add(href.split("/")[3])
        assert seen == {"communities", "hazards", "hazards_known_later", "released"}


def test_no_symbol_hides_a_hazard_far_out(browser, screen, villages):
    """A ring of 400 m round a village is a few pixels at zoom 8, wholly under its symbol: it is drawn over it again."""
    seen = """(top) => {
      const layer = hazardAtlas.layers.hazards.getLayers().find((one) => one.feature.id === "H-laid" && one.isShown());
      const at = hazardAtlas.map.latLngToLayerPoint(layer.getBounds().getCenter()), canvas = hazardAtlas.canvas;
      const own = canvas._onTop;
      if (!top) canvas._onTop = () => {};
      redraw(hazardAtlas);
      canvas._onTop = own;
      const point = at.subtract(canvas._bounds.min), scale = window.devicePixelRatio;
      return [...canvas._ctx.getImageData(point.x * scale, point.y * scale, 1, 1).data.slice(0, 3)];
    }"""
    # Chromium warns of a canvas that is read twice.
    with screen.opened(browser, villages, logs="willReadFrequently") as page:
        page.evaluate("void hazardAtlas.map.setView(hazardAtlas.byId['communities/laid'].getLatLng(), 8)")
        hidden, shown = page.evaluate(seen, False), page.evaluate(seen, True)
        assert hidden != shown
        look = page.evaluate("hazardAtlas.byId['hazards/H-laid'].options")
        assert look["weight"] > 0
        red, green, blue = shown
        assert red > green + 40
        assert red > blue + 40


def test_notes_stand_one_under_the_other(browser, screen, villages):
    """Measuring over hazards switched off, with a release asked for: each is read, none covers another."""
    for size in (DESK, PHONE):
        with screen.opened(browser, villages, size=size) as page:
            notes = ("not-released", "tool-note", "position-note", "hidden")
            for name, words in zip(notes, ("NOT RELEASED", "Straight lines", "You are here", ""), strict=True):
                page.evaluate(
                    "([name, words]) => { const note = document.getElementById(name); note.hidden = false;"
                    " if (words) note.textContent = words; }",
                    [name, words],
                )
            # And none covers the map, on screen or on paper.
            for media in ("screen", "print"):
                if media == "print":
                    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
                page.emulate_media(media=media)
                tops = [page.locator(name).bounding_box() for name in (*(f"#{note}" for note in notes), ".folium-map")]
                for above, below in itertools.pairwise(tops):
                    assert above["y"] + above["height"] <= below["y"] + 0.1
                assert tops[-1]["height"] > 200


@pytest.mark.parametrize("media", ["screen", "print"])
def test_a_note_makes_the_map_lower_and_leaves_it_whole(browser, screen, villages, media):
    with screen.opened(browser, villages) as page:
        before = page.locator(".folium-map").bounding_box()
        page.uncheck("input[data-layer=hazards]")
        page.emulate_media(media=media)
        after = page.locator(".folium-map").bounding_box()
        note = page.locator("#hidden").bounding_box()
        assert note["y"] + note["height"] <= after["y"]
        if media == "screen":
            assert after["height"] == pytest.approx(before["height"] - note["height"], abs=1)
            assert page.evaluate("hazardAtlas.map.getSize().y") == pytest.approx(after["height"], abs=1)
        assert page.evaluate("hazardAtlas.canvas.isWhole()")


def test_no_name_or_number_is_drawn_over_a_hazard(browser, screen, six_villages, tmp_path):
    """Written as large as it is, on it, they are seen, and its outline stays whole."""
    path = tmp_path / "gains.html"
    found = gains_of(assess(open_programme(six_villages).situation("2026-06-30")))
    path.write_text(gains_page(found), encoding="utf-8")
    with screen.opened(browser, path.as_uri(), logs="willReadFrequently") as page:
        assert page.locator(".leaflet-marker-pane .label:not(.degree)").count() == 0
        page.evaluate("void hazardAtlas.map.fitBounds(hazardAtlas.byId['hazards/H-laid'].getBounds())")
        outline = page.evaluate("hazardAtlas.byId['hazards/H-laid'].options.color").upper()
        colour = [int(outline[at : at + 2], 16) for at in (1, 3, 5)]

        def drawn(data):
            return {at for at in range(0, len(data), 4) if data[at : at + 3] == colour}

        bare, written = page.evaluate(WRITTEN_OVER, ""), page.evaluate(WRITTEN_OVER, "\u2588\u2588")
        assert len(drawn(bare)) > 100
        # Where the line is not whole in a pixel, what lies under it shows.
        assert len(drawn(bare) - drawn(written)) < 0.1 * len(drawn(bare))
        assert bare != written
