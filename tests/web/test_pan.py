"""After a move the next picture is made behind the one that is shown: nothing is missing from it, and until it is whole
the ground that came into view is grey."""

import io

import pytest
from PIL import Image

from hazard_service.atlas import map_page

# The map is moved so far that ground comes into view that no picture held; nothing is drawn of it until FINISH.
STALL = "hazardAtlas.canvas._slice = () => {}"
MOVE = "void hazardAtlas.map.panBy([600, 80], { animate: false })"
FINISH = "() => { delete hazardAtlas.canvas._slice; SLICE_MS = 1e9; hazardAtlas.canvas._slice(); }"
UNDER_WAY = "Boolean(hazardAtlas.canvas._behind)"
PIXELS = "document.querySelector('canvas').toDataURL()"
AT = "L.DomUtil.getPosition(document.querySelector('canvas')).toString()"
# Every outline cut anew, as Leaflet does.
AFRESH = f"""() => {{ Object.values(hazardAtlas.canvas._layers).forEach((layer) => layer._update());
  redraw(hazardAtlas); return {PIXELS}; }}"""
GREY = (0x6F, 0x78, 0x7E)


@pytest.fixture(scope="module")
def file(steps, tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "map.html"
    path.write_text(map_page(steps), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(params=[1, 2], ids=["plain", "fine pixels"])
def moved(request, browser, screen, file):
    """A page whose map was moved a moment ago."""
    with screen.opened(browser, file, device_scale_factor=request.param) as page:
        page.evaluate(STALL)
        page.evaluate(MOVE)
        yield page


def edge(page):
    """Colour of the ground by the right edge of the map, a little above its middle."""
    box = page.locator(".folium-map").bounding_box()
    clip = {"x": box["x"] + box["width"] - 6, "y": box["y"] + box["height"] * 0.45, "width": 1, "height": 1}
    return Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB").getpixel((0, 0))


def assert_whole(page, screen, colours=20):
    """The picture lies under the view, without grey, and has all that drawing it at once has."""
    assert not page.evaluate(UNDER_WAY)
    assert page.evaluate("hazardAtlas.canvas.isWhole()")
    assert not page.is_visible("#not-drawn")
    assert edge(page) != GREY
    shown = page.evaluate(PIXELS)
    assert page.evaluate(AFRESH) == shown
    assert screen.ink(page) > colours


def test_the_old_picture_stays_in_its_place_and_what_came_into_view_is_grey(browser, screen, file):
    with screen.opened(browser, file) as page:
        before, ground = page.evaluate(f"[{PIXELS}, {AT}]"), edge(page)
        page.evaluate(STALL)
        page.evaluate(MOVE)
        assert page.evaluate(UNDER_WAY)
        assert page.evaluate(f"[{PIXELS}, {AT}]") == before
        assert page.inner_text("#not-drawn") == "Grey ground is not drawn yet."
        assert edge(page) == GREY != ground
        page.evaluate(FINISH)
        assert page.evaluate(AT) != before[1]
        assert_whole(page, screen)


def test_a_picture_made_in_slices_is_the_picture_made_at_once(moved, screen):
    moved.evaluate("() => { SLICE_MS = -1; delete hazardAtlas.canvas._slice; hazardAtlas.canvas._slice(); }")
    assert moved.evaluate(UNDER_WAY)
    screen.eventually(moved, lambda: not moved.evaluate(UNDER_WAY))
    assert_whole(moved, screen)


def test_an_outline_that_reached_beyond_the_picture_is_no_longer_cut(browser, screen, file):
    with screen.opened(browser, file) as page:
        middle = "hazardAtlas.byId['hazards/H1'].getBounds().getCenter()"
        page.evaluate(f"void hazardAtlas.map.setView({middle}, 16, {{ animate: false }})")
        for right in (-700, 600):
            page.evaluate(f"void hazardAtlas.map.panBy([{right}, 0], {{ animate: false }})")
            screen.eventually(page, lambda: not page.evaluate(UNDER_WAY))
        assert_whole(page, screen, colours=3)


def test_a_second_move_begins_anew_and_grey_stays_until_it_is_drawn(moved, screen):
    moved.evaluate("void hazardAtlas.map.panBy([-100, -200], { animate: false })")
    assert edge(moved) == GREY
    moved.evaluate(FINISH)
    assert_whole(moved, screen)


def test_clicks_find_what_is_seen_and_nothing_under_grey(browser, screen, file):
    with screen.opened(browser, file) as page:
        middle = "hazardAtlas.byId['hazards/H1'].getBounds().getCenter()"
        page.evaluate(f"void hazardAtlas.map.setView({middle}, 14, {{ animate: false }})")
        page.evaluate("void hazardAtlas.map.panBy([-800, 0], { animate: false })")
        screen.eventually(page, lambda: not page.evaluate(UNDER_WAY))
        page.evaluate(STALL)
        page.evaluate("void hazardAtlas.map.panBy([800, 0], { animate: false })")
        page.mouse.click(*page.evaluate(screen.FIND, "Hazard H1"))
        assert page.is_hidden("#card")
        page.evaluate(FINISH)
        assert "Old front" in screen.click(page, "Hazard H1")
        page.evaluate(STALL)
        page.evaluate("void hazardAtlas.map.panBy([100, 0], { animate: false })")
        assert page.evaluate(UNDER_WAY)
        assert "Old front" in screen.click(page, "Hazard H1")
        # The mark of the card belongs to the picture, which is therefore drawn at once.
        screen.eventually(page, lambda: not page.evaluate(UNDER_WAY))
        assert_whole(page, screen)


@pytest.mark.parametrize(
    "change",
    [
        "showDate(hazardAtlas, 0)",
        "toggle(hazardAtlas, 'communities', false)",
        "void hazardAtlas.map.setZoom(hazardAtlas.map.getZoom() - 1, { animate: false })",
        "void hazardAtlas.map.setView(hazardAtlas.map.getCenter(), hazardAtlas.map.getZoom(), { reset: true })",
        "document.querySelector('.map').style.width = '700px', void hazardAtlas.map.invalidateSize()",
    ],
    ids=["date", "layers", "zoom", "reset", "size"],
)
def test_what_changes_the_map_while_it_is_drawn_draws_it_whole(moved, screen, change):
    moved.evaluate(change)
    assert_whole(moved, screen)


def test_paper_is_whole_though_the_sheet_has_the_size_of_the_screen(moved):
    moved.evaluate("hazardAtlas.map.invalidateSize = () => {}")
    moved.evaluate("hazardAtlas.map.fitBounds = () => hazardAtlas.map")
    moved.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert not moved.evaluate(UNDER_WAY)
    shown = moved.evaluate(PIXELS)
    assert moved.evaluate(AFRESH) == shown
    assert not moved.is_visible("#not-drawn")


def test_zooming_while_it_is_drawn_scales_the_old_picture_and_ends_in_a_whole_one(moved, screen):
    moved.evaluate("void hazardAtlas.map.zoomOut(1)")
    screen.eventually(moved, lambda: not moved.evaluate(UNDER_WAY))
    screen.eventually(moved, lambda: not moved.evaluate("hazardAtlas.map._animatingZoom"))
    assert_whole(moved, screen)
