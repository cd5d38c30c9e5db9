"""Rows in = kept + repaired + refused, whatever comes in; and no hazard with coordinates is lost."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hazard_service.errors import LayerError
from hazard_service.layers import check_programme, open_programme

NUMBERS = st.one_of(
    st.floats(17.9, 18.1), st.sampled_from([18.0, 44.0, 18.05, 91.0, 540.0, 1e308, float("inf"), float("nan"), -1e-300])
)
SPOTS = st.tuples(NUMBERS, st.floats(43.9, 44.1) | NUMBERS).map(list)
NEAR = st.tuples(st.floats(17.9, 18.1), st.floats(43.9, 44.1)).map(list)
RINGS = st.lists(NEAR, min_size=1, max_size=6).map(lambda ring: [*ring, ring[0]])
WILD = st.lists(SPOTS, max_size=5)
SIMPLE = st.one_of(
    st.builds(lambda at: {"type": "Point", "coordinates": at}, SPOTS),
    st.builds(lambda line: {"type": "LineString", "coordinates": line}, WILD),
    st.builds(lambda rings: {"type": "Polygon", "coordinates": rings}, st.lists(RINGS, min_size=1, max_size=3)),
    st.builds(lambda ring: {"type": "Polygon", "coordinates": [ring]}, WILD),
    st.builds(lambda parts: {"type": "MultiPolygon", "coordinates": [[ring] for ring in parts]}, st.lists(RINGS)),
    st.builds(lambda spots: {"type": "MultiPoint", "coordinates": spots}, WILD),
    st.sampled_from([None, {}, {"type": "Polygon"}, {"type": "Cube", "coordinates": []}]),
)
GEOMETRIES = st.recursive(
    SIMPLE,
    lambda parts: st.builds(
        lambda inner: {"type": "GeometryCollection", "geometries": inner}, st.lists(parts, max_size=3)
    ),
    max_leaves=4,
)
WORDS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.floats(), st.text(max_size=3),
    st.sampled_from(["H1", " H1", "SHA", "open", "closed", "cleared", "uxo;x", "2004-01-01", "2062-02-30", "9" * 30]),
    st.sampled_from(["C1", "XAA", "mbc_deadline", "budget_line", "yes"]),
)  # fmt: skip
COLUMNS = (
    "hazard_id", "release_id", "route_id", "kind", "status", "method", "contamination", "reported_on", "closed_on",
    "completed_on", "area_reported_m2", "district", "survey_id", "community_id", "surveyed_on", "roads", "iso3", "fact",
    "value",
)  # fmt: skip
FEATURES = st.lists(
    st.builds(
        lambda geometry, words: {"type": "Feature", "geometry": geometry, "properties": words},
        GEOMETRIES,
        st.dictionaries(st.sampled_from(COLUMNS), WORDS, max_size=6),
    ),
    max_size=6,
)


@pytest.mark.parametrize("layer", ["hazards", "releases", "routes", "districts", "surveys", "countries"])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(features=FEATURES)
def test_every_row_is_accounted_for(folder, world, accounted, layer, features):
    toml = f'[layers]\n{layer} = "{layer}.geojson"\n'
    path = folder(places=None, toml=toml, **{layer: features})
    report = check_programme(path)
    counted = report.rows
    assert (counted["rows_in"] == counted["kept"] + counted["repaired"] + counted["refused"]).all()
    if report.unusable:
        # A layer of which most rows are off the earth is refused as a whole, and says so.
        with pytest.raises(LayerError) as refusal:
            open_programme(path)
        assert report.unusable[0] == str(refusal.value)
        return
    programme = open_programme(path)
    accounted(programme)
    assert counted.query(f"layer == '{layer}'")["rows_in"].sum() == len(features)
    for name in ("hazards", "releases"):
        geometry = getattr(programme, name).geometry
        assert geometry.is_valid.all()
        assert set(geometry.geom_type) <= {"Polygon", "MultiPolygon"}
        assert (geometry.area > 0).all()
    assert programme.hazards["hazard_id"].is_unique
    json.dumps(programme.findings.to_dict("records"))
    programme.situation("2020-06-30")
