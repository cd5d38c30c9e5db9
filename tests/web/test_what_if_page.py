"""What a release would give, asked on the served map: the answer, and that nothing is ever shown as released."""

import pytest

from hazard_service.vocabulary import NOT_TESTED

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
STRIP = "NOT RELEASED: this shows what releasing H-laid would give back on 2026-06-30."
# The open hazard as it is drawn: its state, its outline, whether it is shown.
LOOK = """() => { const layer = hazardAtlas.layers.hazards.getLayers()
    .find((one) => one.feature && one.feature.id === "H-laid" && one.feature.state === "open");
  return [layer.isShown(), layer.options.color, layer.options.weight, JSON.stringify(layer.getLatLngs())]; }"""


def ask(page, screen, hazard):
    """Opens a hazard's card, presses "What if released?", and waits for the answer's text."""
    screen.open_card(page, f"Hazard {hazard}")
    page.get_by_role("button", name="What if released?").click()
    page.wait_for_selector(".what-if p")
    return page.locator(".what-if").inner_text()


@SIZES
def test_what_if_names_who_would_be_freed_and_releases_nothing(browser, screen, villages, size):
    with screen.opened(browser, villages, size=size) as page:
        screen.open_card(page, "Hazard H-laid")
        before = page.evaluate(LOOK)
        answer = ask(page, screen, "H-laid")
        assert answer.startswith("NOT RELEASED. If it were (modelled):")
        assert "1 no longer held back: laid (100)" in answer
        assert "km² of reach given back" in answer
        assert "Not for navigation or safety decisions." in answer
        assert "not tested against the position error of the outlines." in answer
        # Open as before, and the card lies within the page.
        assert page.locator("#card .state").first.inner_text() == "On 2026-06-30: Open"
        assert page.evaluate(LOOK) == before
        assert "Held back (modelled)" in screen.open_card(page, "laid")
        box = page.locator("#card").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"]


@SIZES
def test_not_released_stands_over_the_map_on_screen_and_on_paper_until_the_question_is_ended(
    browser, screen, villages, size
):
    with screen.opened(browser, villages, size=size) as page:
        assert page.locator("#not-released").is_hidden()
        assert page.locator(".label.not-released").count() == 0
        ask(page, screen, "H-laid")
        for media in ("screen", "print"):
            page.emulate_media(media=media)
            assert page.locator("#not-released span").inner_text().strip() == STRIP
            for part in ("#not-released", ".label.not-released span"):
                assert page.locator(part).is_visible(), (media, part)
                assert page.evaluate("(name) => getComputedStyle(document.querySelector(name)).opacity", part) == "1"
            assert page.locator(".label.not-released").inner_text() == "NOT RELEASED"
        assert page.get_by_role("button", name="End the question").is_hidden()  # paper has no buttons
        page.emulate_media(media="screen")
        # Neither another card, nor no card, nor another date ends it.
        screen.open_card(page, "quiet")
        page.get_by_role("button", name="Close").click()
        screen.show_date(page, "2005-12-31")
        assert page.locator("#not-released span").inner_text().strip() == STRIP
        assert page.locator(".label.not-released span").is_visible()
        screen.show_date(page, "2026-06-30")
        page.get_by_role("button", name="End the question").click()
        assert page.locator("#not-released").is_hidden()
        assert page.locator(".label.not-released").count() == 0
        # Ended, the card asks anew.
        screen.open_card(page, "Hazard H-laid")
        assert page.get_by_role("button", name="What if released?").is_visible()


@SIZES
def test_the_label_and_the_strip_leave_the_hazard_and_the_map_in_sight(browser, screen, villages, size):
    """The label stands above the outline and has no ground of its own; the strip stands above the map."""
    with screen.opened(browser, villages, size=size) as page:
        ask(page, screen, "H-laid")
        for media in ("screen", "print"):
            if media == "print":
                page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
            page.emulate_media(media=media)
            label = page.locator(".label.not-released span").bounding_box()
            ground, strip = (page.locator(name).bounding_box() for name in (".folium-map", "#not-released"))
            top = page.evaluate(
                """() => hazardAtlas.map.latLngToContainerPoint(
                     hazardAtlas.byId["hazards/H-laid"].getBounds().getNorthWest()).y"""
            )
            assert label["y"] + label["height"] <= ground["y"] + top
            assert label["y"] >= ground["y"]
            assert strip["y"] + strip["height"] <= ground["y"] + 0.1
            look = page.evaluate(
                """(({ backgroundColor, borderTopWidth }) => [backgroundColor, borderTopWidth])(
                     getComputedStyle(document.querySelector(".label.not-released span")))"""
            )
            assert look == ["rgba(0, 0, 0, 0)", "0px"]


def test_the_label_lies_on_the_hazard_that_is_asked_about(browser, screen, villages):
    with screen.opened(browser, villages) as page:
        ask(page, screen, "H-found")
        inside = page.evaluate(
            """() => { const label = hazardAtlas.not_released.getLatLng();
                 return hazardAtlas.layers.hazards.getLayers().filter((one) => one.feature && one.isShown()
                   && one.feature.id === "H-found").every((one) => one.getBounds().contains(label)); }"""
        )
        assert inside
        ask(page, screen, "H-laid")
        assert page.locator(".label.not-released").count() == 1
        assert page.locator("#not-released span").inner_text().strip() == STRIP


@pytest.mark.parametrize(("hazard", "asked"), [("H1", True), ("H2", True), ("H6", True), ("H5", False)])
def test_every_open_hazard_can_be_asked_about(browser, screen, steps, served_world, hazard, asked):
    """H2 is worked on and H6 suspended, which are open; H5 was closed by its record."""
    with served_world(steps) as address, screen.opened(browser, address) as page:
        screen.open_card(page, f"Hazard {hazard}")
        assert page.locator("#card h2").inner_text() == f"Hazard {hazard}"
        assert (page.get_by_role("button", name="What if released?").count() > 0) == asked


def test_no_past_date_can_be_asked_about_and_a_file_never(browser, screen, address):
    with screen.opened(browser, address) as page:
        screen.open_card(page, "Hazard H1")
        count = page.get_by_role("button", name="What if released?").count()
        assert count == (0 if address.startswith("file:") else 1)
        screen.show_date(page, "2005-12-31")
        assert page.locator("#card h2").inner_text() == "Hazard H1"
        assert page.get_by_role("button", name="What if released?").count() == 0


def lies_within(page, inner, outer):
    """Whether one element lies within another, top and bottom."""
    small, large = (page.locator(name).bounding_box() for name in (inner, outer))
    is_low = small["y"] + small["height"] <= large["y"] + large["height"] + 0.5
    return small["y"] >= large["y"] - 0.5 and is_low


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, {"width": 390, "height": 800}], ids=["desk", "phone"])
def test_the_button_is_in_sight_and_then_the_whole_answer(browser, screen, villages, size):
    with screen.opened(browser, villages, size=size) as page:
        seen = ".rest" if size["width"] > 760 else "#card"
        screen.open_card(page, "Hazard H-laid")
        assert lies_within(page, ".what-if button", seen)
        page.get_by_role("button", name="What if released?").click()
        page.wait_for_selector(".what-if p")
        assert lies_within(page, "#card h2", seen)
        assert lies_within(page, "#card .close", seen)
        assert lies_within(page, ".what-if", seen)
        page.locator(".what-if summary").click()
        page.locator(".what-if li").last.wait_for()
        limits = page.locator(".what-if li").all_inner_texts()
        assert limits[-1] == NOT_TESTED
        assert any("flat" in text for text in limits)
        # Asked once: opened again, the card has the answer.
        page.evaluate("closeCard(hazardAtlas)")
        screen.open_card(page, "Hazard H-laid")
        assert page.locator(".what-if p").first.inner_text() == "NOT RELEASED. If it were (modelled):"


def test_what_if_that_fails_says_so(browser, screen, villages):
    with screen.opened(browser, villages, logs="500") as page:
        page.route("**/api/whatif", lambda route: route.fulfill(status=500, body="no"))
        assert ask(page, screen, "H-laid") == "No answer came; the terminal that runs the service says why."
        assert page.locator("#not-released").is_hidden()
