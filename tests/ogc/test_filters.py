"""Filtering, sorting and choosing columns over HTTP, and what stands beside a page of features."""

import gzip
import json
from urllib.parse import urlsplit

import numpy as np
import pyproj
import pytest
import shapely

from hazard_service.columns import DATES
from hazard_service.ogc.collections import COLLECTIONS, columns_of, frame_of
from hazard_service.ogc.crs import METRES
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY

EPSG_4326 = "http://www.opengis.net/def/crs/EPSG/0/4326"


@pytest.mark.parametrize("name", COLLECTIONS)
def test_queryables_are_the_columns_and_the_geometry_and_each_can_be_filtered_by(client, items, programme, name):
    answer = client.get(f"/ogc/collections/{name}/queryables")
    assert answer.content_type == "application/schema+json"
    document = answer.json
    assert list(document["properties"]) == ["geometry", *columns_of(name, programme)]
    assert document["additionalProperties"] is False
    assert document["type"] == "object"
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    every = items(name)["numberMatched"]
    for one in document["properties"]:
        with_value, without = (items(name, filter=f"{one} IS {word}")["numberMatched"] for word in ("NOT NULL", "NULL"))
        assert with_value + without == every


@pytest.mark.parametrize("name", COLLECTIONS)
def test_the_schema_says_the_type_unit_and_words_of_each_column(client, items, programme, name):
    document = client.get(f"/ogc/collections/{name}/schema").json
    python = {"string": str, "number": int | float, "integer": int, "boolean": bool}
    for column, told in columns_of(name, programme).items():
        schema = document["properties"][column]
        assert (schema["title"], schema["description"]) == (told.title, told.description)
        assert schema.get("x-ogc-unit", "") == told.unit
        assert tuple(schema.get("enum", ())) == told.words
        for feature in items(name)["features"]:
            value = feature["properties"][column]
            assert value is None or isinstance(value, python[schema["type"]])
            assert value is None or not told.words or value in told.words
    assert document["properties"]["geometry"]["format"] == COLLECTIONS[name].shape
    assert {"as_of", "data_date"} == set(DATES) <= set(document["properties"])


def test_both_encodings_choose_the_same(asking, items):
    text = "kind = 'SHA' AND area_m2 < 50000 AND T_AFTER(reported_on, DATE('2000-01-01'))"
    document = {
        "op": "and",
        "args": [
            {"op": "=", "args": [{"property": "kind"}, "SHA"]},
            {"op": "<", "args": [{"property": "area_m2"}, 50000]},
            {"op": "t_after", "args": [{"property": "reported_on"}, {"date": "2000-01-01"}]},
        ],
    }
    assert asking.ids(items("hazards", filter=text)) == ["H/7 ä", "H3"]
    assert asking.ids(items("hazards", filter=text, filter_lang="cql2-text")) == ["H/7 ä", "H3"]
    assert asking.ids(items("hazards", filter=json.dumps(document), filter_lang="cql2-json")) == ["H/7 ä", "H3"]


def test_a_filter_speaks_of_the_day_asked_for(asking, items):
    """On the baseline date H2 still has both its squares."""
    assert asking.ids(items("hazards", filter="area_m2 = 80000")) == []
    assert asking.ids(items("hazards", filter="area_m2 = 80000", datetime="2005-12-31")) == ["H2"]


def test_filter_crs_is_of_the_filters_coordinates_alone(asking, items, programme):
    degrees = pyproj.Transformer.from_crs(programme.crs, "OGC:CRS84", always_xy=True)
    west, south, east, north = degrees.transform_bounds(-50, 850, 50, 950)
    for crs, box in (
        (None, (west, south, east, north)),
        (EPSG_4326, (south, west, north, east)),
        (METRES, (-50, 850, 50, 950)),
    ):
        asked = {"filter": f"S_INTERSECTS(geometry, BBOX{box})", "crs": EPSG_4326}
        assert asking.ids(items("hazards", **asked, **({"filter_crs": crs} if crs else {}))) == ["H3"]


@pytest.mark.parametrize("name", ["hazards", "communities", "released", "districts"])
def test_sorting_puts_missing_values_last_and_leaves_equals_by_id(asking, items, programme, results, world, name):
    """Oracle: pandas, stable."""
    frame = frame_of(name, results, world.at("2025-12-31"))
    for column in columns_of(name, programme):
        for sign, rising in (("", True), ("+", True), ("-", False)):
            expected = frame.sort_values(column, kind="stable", ascending=rising, na_position="last")
            if not rising:  # pandas turns equals round too
                ranks = frame[column].rank(method="dense", ascending=False, na_option="bottom")
                expected = frame.loc[ranks.sort_values(kind="stable").index]
            assert asking.ids(items(name, sortby=sign + column, limit=1000)) == expected.index.tolist()


def test_sorting_by_two_and_paging_through_it(asking, items):
    order = asking.ids(items("hazards", sortby="-kind,area_m2"))
    assert order == ["H6", "H/7 ä", "H2", "H3", "H1"]  # unclassified, three SHA of 40,000 m² by id, CHA
    assert [
        one
        for offset in range(5)
        for one in asking.ids(items("hazards", sortby="-kind,area_m2", limit=1, offset=offset))
    ] == order


def test_properties_choose_columns_in_the_order_asked_and_filters_may_name_others(items):
    document = items("communities", properties="why,name", filter="people > 200")
    assert [list(feature["properties"]) for feature in document["features"]] == [["why", "name"]]
    assert items("communities", properties="name,name")["features"][0]["properties"] == {"name": "Ringed"}


def test_hostile_text_comes_back_as_it_was_recorded(asking, items, world):
    (feature,) = items("hazards", filter="name LIKE '%<script>%'")["features"]
    assert feature["properties"]["name"] == world.HOSTILE
    quoted = world.HOSTILE.replace("'", "''")
    assert asking.ids(items("hazards", filter=f"name = '{quoted}'")) == ["H1"]


def test_no_answer_tells_of_a_single_accident(client):
    for name in COLLECTIONS:
        for path in (f"/ogc/collections/{name}/items", f"/ogc/collections/{name}/items?f=html"):
            assert "SECRET" not in client.get(path).text
    told = client.get("/ogc/collections/accidents/items?datetime=2025-12-31").json["features"]
    assert {feature["properties"]["casualties"] for feature in told} == {None}


def test_every_page_carries_its_dates_and_warnings(items):
    for name in COLLECTIONS:
        document = items(name, datetime="2005-12-31")
        assert document["warnings"][:2] == [NOT_FOR_SAFETY, NO_RECORD]
        for feature in document["features"]:
            assert feature["properties"]["as_of"] == "2005-12-31"
            assert feature["properties"]["data_date"] == "2025-12-31"


def test_every_page_carries_the_caveats_of_what_it_shows(items, results, world):
    """Undated releases, hazards that could not be placed and the like: none is left to a page that nobody opens."""
    now = results.programme.data_date
    said = {name: items(name)["warnings"] for name in COLLECTIONS}
    assert set(results.assessment(now).caveats) <= set(said["communities"]) & set(said["districts"])
    assert set(results.gains(now).caveats) <= set(said["gains"])
    undated = [text for text in said["hazards"] if text.startswith("Releases without a date: 1 of 3")]
    assert undated == [text for text in said["released"] if text.startswith("Releases without a date")]
    assert len(undated) == 1
    assert len(said["hazards"]) == len(set(said["hazards"]))


def test_a_page_of_a_past_day_leads_to_the_hazards_recorded_later(asking, client, items):
    links = [link for link in items("hazards", datetime="2005-12-31")["links"] if link["rel"] == "related"]
    later, lines = (urlsplit(link["href"]) for link in links)
    assert asking.ids(client.get(f"{later.path}?{later.query}").json) == ["H/7 ä", "H3"]
    assert asking.ids(client.get(f"{lines.path}?{lines.query}").json) == ["H6"]


def test_answers_are_compressed_where_that_is_asked_for(client):
    address = "/ogc/collections/communities/items"
    plain, zipped = client.get(address), client.get(address, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert len(zipped.data) < len(plain.data) / 2
    assert "Accept-Encoding" in zipped.headers["Vary"]
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    small = client.get("/ogc/collections/nothing", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in small.headers


def test_a_page_of_another_name_is_refused_here_too(client):
    answer = client.get("/ogc/collections", base_url="http://elsewhere.example")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_documents_do_not_compute_what_takes_long(draw_programme, world, monkeypatch):
    """Only its own items ask for gains, and only results for assessments."""
    from hazard_service.web import answers, create_app

    def refuse(*_):
        raise AssertionError

    for name in ("assess", "gains_of"):
        monkeypatch.setattr(answers, name, refuse)
    client = create_app(world.drawn(draw_programme)).test_client()
    gains = "/collections/gains"
    for path in (
        "", "/api", "/collections", gains, f"{gains}/schema", f"{gains}/queryables", "/collections/communities/schema",
        "/collections/hazards/items", "/collections/routes/items",
    ):  # fmt: skip
        assert client.get(f"/ogc{path}").status_code == 200


def test_the_metre_crs_is_told_with_its_definition(client, programme):
    told = {crs["uri"]: crs for crs in client.get("/ogc/crs").json["crs"]}
    assert len(told) == 22
    assert pyproj.CRS.from_wkt(told[METRES]["wkt"]) == programme.crs
    assert [uri.rsplit("/", 1)[1] for uri, crs in told.items() if crs["axes"] == "y, x"] == ["4326"]


def test_areas_of_the_metre_crs_are_those_of_the_table(items):
    for feature in items("hazards", crs=METRES)["features"]:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert np.isclose(shape.area, feature["properties"]["area_m2"], atol=1)
