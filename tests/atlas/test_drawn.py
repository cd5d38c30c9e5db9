"""What a map page draws of the hand-made world: every hazard on every date, nothing smaller than recorded."""

import itertools
import json

import pytest
import shapely
from geopandas import GeoSeries
from hypothesis import given
from hypothesis import strategies as st

from hazard_service.atlas.drawn import drawn, radius_px, spans
from hazard_service.impact.routes_shown import break_off

DATES = range(3)
OPEN = ("open", "worked_on", "suspended")


@pytest.fixture(scope="module")
def layers(steps):
    return {name: json.loads(document) for name, document in drawn(steps).items()}


@pytest.fixture(scope="module")
def assessments(steps):
    return [steps[0].before, *(step.after for step in steps)]


def on_date(layers, name, date):
    """The features of a layer that are shown on one of its dates."""
    for feature in layers[name]["features"]:
        if any(first <= date <= last for first, last in feature.get("shown") or [[0, 2]]):
            yield feature


def in_metres(world, shapes):
    return GeoSeries(shapes, crs="EPSG:4326").to_crs(world.METRES).union_all()


def outline(world, feature):
    return (world.decoded_lines if feature.get("line") else world.decoded)(feature["rings"])


def test_no_document_holds_an_accident(steps):
    for document in drawn(steps).values():
        assert b"SECRET" not in document
        assert b"accident" not in document


def test_only_named_columns_leave(world):
    made = world.programme()
    for frame in (made.hazards, made.communities, made.places, made.routes, made.districts):
        frame["informant_phone"] = "555-0199"
    found = world.steps(made)
    for step in found:
        for frame in (step.before.communities, step.after.communities, step.communities, step.after.hazards):
            frame["informant_phone"] = "555-0199"
    for document in drawn(found).values():
        assert b"informant" not in document
        assert b"555-0199" not in document


def test_each_hazard_has_its_state_on_each_date(layers):
    """H3 was reported in 2015, H4 closed in 2014 and its release has no date, H5 closed before the first date."""
    states = [
        {(feature["id"], feature["state"], feature.get("line", False)) for feature in on_date(layers, "hazards", date)}
        for date in DATES
    ]
    line = {("H6", "open", True), ("H6", "open", False)}
    always = {("H1", "open", False), ("H5", "closed", False)}
    assert states[0] == always | line | {
        ("H2", "open", False), ("H3", "known_later", False), ("H4", "open", False),
    }  # fmt: skip
    assert states[1] == always | line | {
        ("H2", "open", False), ("H2", "released", False), ("H3", "known_later", False), ("H4", "closed", False),
    }  # fmt: skip
    assert states[2] == always | {
        ("H2", "worked_on", False), ("H2", "released", False), ("H3", "open", False), ("H4", "released", False),
        ("H6", "suspended", True), ("H6", "suspended", False),
    }  # fmt: skip


def test_every_hazard_on_record_is_drawn_on_every_date(world, layers):
    for date in DATES:
        shown = {feature["id"] for feature in on_date(layers, "hazards", date)}
        assert shown == set(world.recorded_hazards()["hazard_id"])


def test_no_open_or_later_hazard_is_drawn_smaller_than_it_is(world, layers, assessments):
    for date, assessment in enumerate(assessments):
        shown = [f for f in on_date(layers, "hazards", date) if f["state"] in (*OPEN, "known_later")]
        recorded = world.recorded_hazards().set_index("hazard_id").geometry
        still = recorded[recorded.index == "H3"] if date < 2 else recorded.iloc[:0]
        for name, geometry in [*still.items(), *assessment.hazards.set_index("hazard_id").geometry.items()]:
            areas = [outline(world, f) for f in shown if f["id"] == name and not f.get("line")]
            ground = in_metres(world, areas)
            assert ground.covers(geometry), (date, name)
            # Corners of a square lie 3 m aside and 3 m up from where they were, and may move by 1.5 m.
            assert shapely.hausdorff_distance(ground, geometry) < 6, (date, name)


def test_a_remnant_line_that_still_blocks_is_drawn(world, layers):
    lines = [feature for feature in on_date(layers, "hazards", 2) if feature.get("line")]
    assert [(feature["id"], feature["m2"]) for feature in lines] == [("H6", 0)]
    recorded = world.recorded_hazards()["remnant"].iloc[5]
    assert shapely.hausdorff_distance(in_metres(world, [outline(world, lines[0])]), recorded) < 1.5


def test_what_is_the_same_on_several_dates_is_written_once(layers):
    shown = {}
    for feature in layers["hazards"]["features"]:
        shown.setdefault(feature["id"], []).append((feature["state"], feature.get("shown")))
    assert shown["H1"] == [("open", None)]
    assert sorted(shown["H3"]) == [("known_later", [[0, 1]]), ("open", [[2, 2]])]
    assert sorted(shown["H4"]) == [("closed", [[1, 1]]), ("open", [[0, 0]]), ("released", [[2, 2]])]


def test_communities_say_their_history_in_letters(layers):
    found = {feature["title"]: (feature["states"], feature["changes"]) for feature in layers["communities"]["features"]}
    assert found == {
        "Ashford": ("hhh", "---"), "Birch": ("hhe", "-uf"), "Cobble": ("hhh", "-ww"), "Dunmore": ("nnh", "--b"),
        "Elder": ("eee", "---"), "Fallow": ("nen", "---"), "Gannet": ("xxx", "---"),
    }  # fmt: skip


def test_routes_break_off_at_hazards_plus_error_plus_50_m(world):
    """H1 spans x -5800..-4200 on the route; 25 m error + 50 m are kept clear on either side."""
    made = world.programme()
    broken = break_off(made.routes, made.hazards.geometry.to_numpy()[:1], 75.0).geometry[0]
    starts_ends = sorted(x for line in broken.geoms for x in (line.coords[0][0], line.coords[-1][0]))
    assert starts_ends == pytest.approx([-9000, -5875, -4125, 9000], abs=0.5)
    assert starts_ends[1] <= -5875
    assert starts_ends[2] >= -4125


def test_drawn_routes_stay_clear_of_every_hazard(world, layers, assessments):
    """Known later included, whichever of the dates is shown: 25 m of position error and 50 m of the recorded ground."""
    recorded = world.recorded_hazards()
    for date, assessment in enumerate(assessments):
        routes = in_metres(world, [world.decoded_lines(f["rings"]) for f in on_date(layers, "routes", date)])
        near = [*assessment.hazards.geometry, *assessment.hazards["remnant"].dropna(), recorded.geometry[2]]
        near += list(assessments[-1].hazards.geometry)
        assert routes.length > 1000
        assert shapely.distance(routes, shapely.union_all(near)) >= 75


def test_symbols_grow_with_people():
    assert [radius_px(people) for people in (None, 1, 400, 1600, 10**6)] == [4.5, 4.5, 5.0, 10.0, 16.0]


@pytest.mark.parametrize(
    ("found", "dates", "runs"),
    [
        ([0, 1, 2], 3, None),
        ([0], 1, None),
        ([], 3, []),
        ([0], 3, [[0, 0]]),
        ([1, 2], 3, [[1, 2]]),
        ([0, 2, 3, 7], 9, [[0, 0], [2, 3], [7, 7]]),
    ],
)
def test_spans(found, dates, runs):
    assert spans(found, dates) == runs


@given(st.integers(1, 30), st.data())
def test_spans_hold_exactly_what_was_found(dates, data):
    found = sorted(data.draw(st.sets(st.integers(0, dates - 1))))
    runs = spans(found, dates)
    runs = [[0, dates - 1]] if runs is None else runs
    assert [at for at in range(dates) if any(first <= at <= last for first, last in runs)] == found
    # Neighbouring runs have a gap between them, or they would be one.
    assert all(first <= last for first, last in runs)
    assert all(later[0] - earlier[1] > 1 for earlier, later in itertools.pairwise(runs))
