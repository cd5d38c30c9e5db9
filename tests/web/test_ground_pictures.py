"""The pictures of reach and minutes that the served map lays under its hazards: no colour lies near any of them."""

import base64
import io

import numpy as np
import pyproj
import pytest
import shapely
from matplotlib.image import imread

from hazard_service.atlas.pictures import minutes_picture, reach_picture
from hazard_service.layers import open_programme
from hazard_service.shelves import sample_folder
from hazard_service.surfaces import BEHIND, REACHED, REGAINED, reach_classes, surfaces
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY
from hazard_service.web import create_app

KEEP_OFF_M = 75.0  # 25 m of position error and 50 m
DATES = ("2026-06-30", "2012-12-31", "2005-12-31")
COLOURS = {REACHED: "#5B9BD5", REGAINED: "#009E73", BEHIND: "#B35900"}


@pytest.fixture(scope="module")
def client(six_villages):
    return create_app(open_programme(six_villages)).test_client()


@pytest.fixture(scope="module")
def villages_programme(six_villages):
    return open_programme(six_villages)


def pixels(document):
    """(rows, cols, 4) red, green, blue and opacity, 0..1."""
    kind, _, text = document["image"].partition(",")
    assert kind == "data:image/png;base64"
    return imread(io.BytesIO(base64.b64decode(text)), format="png")


def coloured(document, crs):
    """(squares, colours): ground of every pixel with a colour in metres, as a web map lays the picture out."""
    image = pixels(document)
    (south, west), (north, east) = document["bounds"]
    to_web = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
    (left, right), (bottom, top) = to_web.transform([west, east], [south, north])
    rows, cols = np.nonzero(image[..., 3])
    wide, high = (right - left) / image.shape[1], (top - bottom) / image.shape[0]
    to_metres = pyproj.Transformer.from_crs("EPSG:3857", crs, always_xy=True)
    corners = [
        np.column_stack(to_metres.transform(left + (cols + x) * wide, top - (rows + y) * high))
        for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))
    ]
    squares = shapely.polygons(np.stack(corners, axis=1))
    found = (image[rows, cols, :3] * 255).round().astype(int)
    return squares, ["#" + bytes(colour.tolist()).hex().upper() for colour in found]


def known_at_the_data_date(programme, day):
    """Whole outlines of the hazards that releases have not taken whole by the data date, or were open on the day."""
    kept, still_open = [], set(programme.situation(day).hazards["hazard_id"])
    for row in programme.hazards.itertuples():
        own = programme.releases[programme.releases["hazard_id"].eq(row.hazard_id)
                                 | programme.releases["hazard_id"].isna()]  # fmt: skip
        left = shapely.difference(row.geometry, shapely.union_all(own.geometry.to_numpy()))
        if left.area > 1.0 or row.hazard_id in still_open:
            kept.append(row.geometry)
    return shapely.STRtree(kept)


def too_near(squares, hazards):
    """How many squares lie within the margin of a hazard."""
    return len(hazards.query(squares, predicate="dwithin", distance=KEEP_OFF_M)[0])


@pytest.mark.parametrize("day", DATES)
@pytest.mark.parametrize("name", ["ringed", "laid", "found", "corrected", "redrawn", "quiet"])
def test_no_colour_of_a_reach_lies_near_any_known_hazard(client, villages_programme, name, day):
    document = client.get(f"/map/reach/{name}.json?on={day}").get_json()
    squares, colours = coloured(document, villages_programme.crs)
    assert set(colours) <= set(COLOURS.values())
    assert len(squares) > 100
    assert too_near(squares, known_at_the_data_date(villages_programme, day)) == 0


@pytest.mark.parametrize("day", DATES)
def test_nor_of_minutes(client, villages_programme, day):
    document = client.get(f"/map/minutes/water.json?on={day}").get_json()
    squares, colours = coloured(document, villages_programme.crs)
    assert len(squares) > 1000
    assert set(colours) == {look["colour"] for look in document["classes"]}
    assert too_near(squares, known_at_the_data_date(villages_programme, day)) == 0


def test_nor_on_the_sample_among_many_hazards():
    """In 2015: of C0091, which had most land behind hazards at the baseline, and minutes to every kind of place."""
    sample = open_programme(sample_folder())
    first, now = sample.situation(sample.baseline_date), sample.situation("2015-12-31")
    hazards = known_at_the_data_date(sample, now.on)
    found = surfaces(now)
    documents = [reach_picture(reach_classes(first, now, "C0091"), now)]
    documents += [minutes_picture(found, kind) for kind in found.minutes]
    for document in documents:
        squares, _ = coloured(document, sample.crs)
        assert len(squares) > 100
        assert too_near(squares, hazards) == 0


def test_far_from_hazards_the_colours_are_the_classes(villages_programme):
    """Round "quiet", 4 km from any hazard: the colours cover as much ground as its reach, at its place."""
    programme = villages_programme
    now = programme.situation(programme.data_date)
    classes = reach_classes(programme.situation(programme.baseline_date), now, "quiet")
    squares, colours = coloured(reach_picture(classes, now), programme.crs)
    assert set(colours) == {COLOURS[REACHED]}
    reached_m2 = np.count_nonzero(classes == REACHED) * 50.0**2
    assert shapely.area(squares).sum() == pytest.approx(reached_m2, rel=0.05)
    middle = shapely.union_all(squares).centroid
    at = programme.communities.set_index("community_id").geometry["quiet"]
    assert middle.distance(at) < 50


def test_minutes_are_coloured_in_steps_of_the_limit(villages_programme):
    """Ten minutes: to 1.25, 2.5, 5, 7.5 and 10; the darkest at the rim."""
    found = surfaces(villages_programme.situation(villages_programme.data_date))
    document = minutes_picture(found, "water")
    labels = [look["label"] for look in document["classes"]]
    assert labels == [
        "0 to 1.25 minutes", "1.25 to 2.5 minutes", "2.5 to 5 minutes", "5 to 7.5 minutes", "7.5 to 10 minutes",
    ]  # fmt: skip
    squares, colours = coloured(document, villages_programme.crs)
    well = villages_programme.places.set_index("place_id").geometry["W-quiet"]
    away_m = shapely.distance(shapely.centroid(squares), well)
    colours = np.array(colours)
    walked = [away_m[(away_m < 600) & (colours == look["colour"])].mean() for look in document["classes"]]
    assert walked == sorted(walked)
    assert np.all(np.diff(walked) > 40)  # the steps' middles lie 62 to 125 m apart, at 50 m a minute


def test_what_it_says(client):
    reach = client.get("/map/reach/ringed.json?on=2012-12-31").get_json()
    assert reach["title"] == "Land within 10 minutes' walk, 2012-12-31 (modelled)"
    minutes = client.get("/map/minutes/water.json").get_json()
    assert minutes["title"] == "Minutes on foot to: Water point, 2026-06-30 (modelled)"
    for document in (reach, minutes):
        assert document["note"] == f"No colour near any hazard known at the data date. {NO_RECORD} {NOT_FOR_SAFETY}"


def test_answers_have_safe_headers_and_an_etag(client):
    for address in ("/map/reach/quiet.json", "/map/minutes/water.json", "/map/gains.json"):
        answer = client.get(address)
        assert (answer.status_code, answer.content_type) == (200, "application/json")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_refusals(client):
    answer = client.get("/map/reach/nobody.json")
    assert answer.status_code == 400
    assert answer.get_json()["error"] == 'There is no community "nobody"; give the id of one.'
    for address in ("/map/minutes/school.json", "/map/minutes/nothing.json"):
        assert client.get(address).status_code == 404


def test_the_served_gains_are_those_of_the_file(client):
    found = client.get("/map/gains.json").get_json()
    assert found["communities"]["laid"] == {"alone": ["H-laid"], "together": ""}
    assert found["hazards"]["H-laid"]["why"].startswith("NOT RELEASED.")


def test_the_map_lays_a_reach_down_and_takes_it_away(browser, screen, villages):
    with screen.opened(browser, villages) as page:
        screen.open_card(page, "quiet")
        page.get_by_role("button", name="Show what it can reach").click()
        page.wait_for_selector(".leaflet-ground-pane img")
        text = page.inner_text("#card .ground-legend")
        for words in ("Land within 10 minutes' walk, 2026-06-30 (modelled)", "within reach on the ground as recorded",
                      "behind hazards: within reach were there none", NO_RECORD, NOT_FOR_SAFETY):  # fmt: skip
            assert words in text
        # Under the hazards, where its bounds are.
        order = page.evaluate(
            """() => [".leaflet-ground-pane", ".leaflet-overlay-pane"].map(
                 (name) => Number(getComputedStyle(document.querySelector(name)).zIndex))"""
        )
        assert order[0] < order[1]
        apart = page.evaluate(
            """() => { const layer = hazardAtlas.ground.layer, map = hazardAtlas.map;
                 const box = layer.getElement().getBoundingClientRect();
                 const frame = map.getContainer().getBoundingClientRect();
                 const at = map.latLngToContainerPoint(layer.getBounds().getNorthWest());
                 return [box.left - frame.left - at.x, box.top - frame.top - at.y]; }"""
        )
        assert np.abs(apart).max() <= 1
        # It is of one date: another takes it away.
        screen.show_date(page, "2012-12-31")
        assert page.locator(".leaflet-ground-pane img").count() == 0
        page.get_by_role("button", name="Show what it can reach").click()
        page.wait_for_selector(".leaflet-ground-pane img")
        assert "2012-12-31" in page.inner_text("#card .ground-legend")
        page.get_by_role("button", name="Hide").click()
        assert page.locator(".leaflet-ground-pane img").count() == 0
        assert page.get_by_role("button", name="Show what it can reach").is_visible()


def test_the_map_lays_minutes_down_and_takes_them_away(browser, screen, villages):
    with screen.opened(browser, villages) as page:
        assert page.locator("#minutes-to option").all_inner_texts() == ["not shown", "Water point"]
        page.select_option("#minutes-to", "water")
        page.wait_for_selector(".leaflet-ground-pane img")
        assert "Minutes on foot to: Water point, 2026-06-30 (modelled)" in page.inner_text("#minutes")
        assert NOT_FOR_SAFETY in page.inner_text("#minutes")
        page.get_by_role("button", name="Hide").click()
        assert page.locator(".leaflet-ground-pane img").count() == 0
        assert page.input_value("#minutes-to") == ""
        page.select_option("#minutes-to", "water")
        page.wait_for_selector(".leaflet-ground-pane img")
        page.select_option("#minutes-to", "")
        assert page.locator(".leaflet-ground-pane img").count() == 0
        # Of another date they would be wrong, so they go, and the panel no longer says that they are shown.
        page.select_option("#minutes-to", "water")
        page.wait_for_selector(".leaflet-ground-pane img")
        screen.show_date(page, "2005-12-31")
        assert page.locator(".leaflet-ground-pane img").count() == 0
        assert page.input_value("#minutes-to") == ""
        assert "2026-06-30" not in page.inner_text("#minutes")


def test_an_answer_that_comes_after_the_date_was_changed_is_not_shown(browser, screen, villages):
    with screen.opened(browser, villages) as page:
        late = []

        def hold(route):
            late.append(route)

        page.route("**/map/reach/*", hold)
        page.route("**/map/minutes/*", hold)
        screen.open_card(page, "quiet")
        page.get_by_role("button", name="Show what it can reach").click()
        page.select_option("#minutes-to", "water")
        screen.eventually(page, lambda: len(late) == 2)
        screen.show_date(page, "2005-12-31")
        for route in late:
            with page.expect_response(route.request.url):
                route.continue_()
        page.wait_for_timeout(200)
        assert page.locator(".leaflet-ground-pane img").count() == 0
        assert page.inner_text("#minutes div") == ""
        assert "No answer came" not in page.inner_text("body")


def test_ground_that_does_not_come_is_said_so(browser, screen, villages):
    failed = "No answer came; the terminal that runs the service says why."
    with screen.opened(browser, villages, logs="500") as page:
        page.route("**/map/reach/*", lambda route: route.fulfill(status=500, body="no"))
        page.route("**/map/minutes/*", lambda route: route.fulfill(status=500, body="no"))
        screen.open_card(page, "quiet")
        page.get_by_role("button", name="Show what it can reach").click()
        screen.eventually(page, lambda: failed in page.inner_text("#card"))
        page.select_option("#minutes-to", "water")
        screen.eventually(page, lambda: failed in page.inner_text("#minutes"))
        assert page.locator(".leaflet-ground-pane img").count() == 0


def test_a_file_has_neither(browser, screen, address):
    is_served = address.startswith("http:")
    with screen.opened(browser, address) as page:
        screen.click(page, "Elder")
        assert (page.get_by_role("button", name="Show what it can reach").count() == 1) == is_served
        assert (page.locator("#minutes").count() == 1) == is_served
