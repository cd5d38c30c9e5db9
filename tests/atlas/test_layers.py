"""GeoJSON of the hand-made world: RFC 7946, the same bytes every time, nothing that must not leave."""

import json

import pytest
import shapely

from hazard_service.atlas.geojson import plain
from hazard_service.atlas.layers import communities_geojson, districts_geojson, hazards_geojson

LAYERS = {"communities": communities_geojson, "hazards": hazards_geojson, "districts": districts_geojson}


def by_id(document):
    return {feature["id"]: feature for feature in json.loads(document)["features"]}


def rings(geometry):
    """(ring, is_outer) of a Polygon or MultiPolygon."""
    parts = {"Polygon": lambda c: [c], "MultiPolygon": lambda c: c}.get(geometry["type"], lambda c: [])
    return [(ring, at == 0) for part in parts(geometry["coordinates"]) for at, ring in enumerate(part)]


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_are_rfc_7946(world, layer):
    made = world.progress()
    document = json.loads(LAYERS[layer](made.after))
    assert document["type"] == "FeatureCollection"
    assert "crs" not in document
    assert document["data_date"] == "2026-06-30"
    assert document["features"]
    for feature in document["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        west, south, east, north = shape.bounds
        assert -41 < west <= east < -39
        assert 34 < south <= north < 36
        for x, y in shapely.get_coordinates(shape):
            assert (x, y) == (round(x, 7), round(y, 7))
        for ring, is_outer in rings(feature["geometry"]):
            assert ring[0] == ring[-1]
            assert len(ring) >= 4
            assert shapely.LinearRing(ring).is_ccw == is_outer


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_are_the_same_bytes_whatever_the_order_of_rows(world, layer):
    first, second = world.progress().after, world.progress().after
    second.hazards = second.hazards.iloc[::-1].reset_index(drop=True)
    second.communities = second.communities.iloc[::-1].reset_index(drop=True)
    second.districts = second.districts.iloc[::-1].reset_index(drop=True)
    assert LAYERS[layer](first) == LAYERS[layer](second)


def test_a_hole_keeps_its_hole(progress):
    outline = by_id(hazards_geojson(progress.before))["H2"]["geometry"]
    assert [outer for _, outer in rings(outline)] == [True, False]


def test_a_past_date_shows_hazards_known_later(progress):
    found = by_id(hazards_geojson(progress.before))
    assert found["H3"]["properties"]["known_later"] is True
    assert found["H3"]["properties"]["state"] == "known_later"
    assert [found[name]["properties"]["known_later"] for name in ("H1", "H2", "H4", "H6")] == [False] * 4
    assert not any(f["properties"]["known_later"] for f in by_id(hazards_geojson(progress.after)).values())


def test_states_on_the_data_date(progress):
    states = {name: f["properties"]["state"] for name, f in by_id(hazards_geojson(progress.after)).items()}
    assert states == {
        "H1": "open", "H2": "worked_on", "H2/R0": "released", "H3": "open", "H4/R1": "released",
        "H5": "closed", "H6": "suspended", "H6/line": "suspended",
    }  # fmt: skip


def test_status_of_the_data_date_is_not_read_into_the_past(progress):
    states = {name: f["properties"]["state"] for name, f in by_id(hazards_geojson(progress.before)).items()}
    assert states["H2"] == states["H6"] == "open"


def test_a_remnant_line_that_still_blocks_is_a_feature(progress):
    line = by_id(hazards_geojson(progress.after))["H6/line"]
    assert line["geometry"]["type"] == "MultiLineString"
    assert line["properties"]["hazard_id"] == "H6"
    assert line["properties"]["area_m2"] == 0


def test_missing_values_are_null_and_dates_are_iso(progress):
    hazards = by_id(hazards_geojson(progress.after))
    assert hazards["H1"]["properties"]["reported_on"] == "1998-04-01"
    assert hazards["H2"]["properties"]["reported_on"] is None
    assert hazards["H4/R1"]["properties"]["done_on"] is None
    assert by_id(communities_geojson(progress.after))["C4"]["properties"]["people"] is None


def test_districts_leave_out_the_rows_without_an_outline(progress):
    assert sorted(by_id(districts_geojson(progress.after))) == ["AX1", "AX2"]


def test_no_layer_holds_an_accident(progress):
    for make in LAYERS.values():
        assert b"SECRET" not in make(progress.after)
        assert b"accident" not in make(progress.after)


def test_only_named_columns_leave(world):
    made = world.progress()
    made.after.communities["informant_phone"] = "555"
    made.after.hazards["informant_phone"] = "555"
    for make in LAYERS.values():
        assert b"informant" not in make(made.after)


def test_plain_refuses_what_json_cannot_say():
    assert plain(float("inf")) is None
    with pytest.raises(TypeError, match=r"a Point has no place in a GeoJSON property"):
        plain(shapely.Point(0, 0))
