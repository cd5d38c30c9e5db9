"""Part 2, CRS, of the checklist against the running app."""

import re

import numpy as np
import pyproj
import pytest
import shapely

from hazard_service.ogc.collections import COLLECTIONS, frame_of
from hazard_service.ogc.crs import CRS84, METRES
from hazard_service.web import create_app

CRS84_CODE = "OGC:CRS84"
EPSG_4326 = "http://www.opengis.net/def/crs/EPSG/0/4326"
UTM = "http://www.opengis.net/def/crs/EPSG/0/32624"
NAMES = pytest.mark.parametrize("name", COLLECTIONS)


@pytest.mark.requirement("/req/crs/crs-uri")
def test_crs_uri(get):
    uris = get("/collections").json["crs"]
    assert len(uris) == len(set(uris)) == 22
    codes = [uri for uri in uris if re.fullmatch(r"http://www\.opengis\.net/def/crs/EPSG/0/\d+", uri)]
    assert len(codes) == 20
    others = set(uris) - set(codes)
    assert others == {CRS84, METRES}
    assert re.fullmatch(r"urn:[a-z0-9-]+:[a-z0-9:.-]+", METRES)


@pytest.mark.requirement("/req/crs/fc-md-crs-list")
def test_crs_fc_md_crs_list(get):
    for name in COLLECTIONS:
        uris = get(f"/collections/{name}").json["crs"]
        assert uris == get("/collections").json["crs"]
        assert uris[0] == CRS84


@pytest.mark.requirement("/req/crs/fc-md-crs-list-global")
def test_crs_fc_md_crs_list_global(get):
    document = get("/collections").json
    assert document["crs"][0] == CRS84
    assert all(collection["crs"] == ["#/crs"] for collection in document["collections"])


@pytest.mark.requirement("/req/crs/fc-md-storageCrs", "/req/crs/fc-md-storageCrs-valid-value")
def test_crs_fc_md_storage_crs(get):
    for name in COLLECTIONS:
        document = get(f"/collections/{name}").json
        assert document["storageCrs"].startswith("http://www.opengis.net/def/crs/")
        assert document["storageCrs"] in document["crs"]


@pytest.mark.requirement("/req/crs/fc-crs-definition", "/req/crs/fc-bbox-crs-definition")
def test_crs_parameters_are_defined(asking, openapi, get):
    for name in ("crs", "bbox-crs", "filter-crs"):
        told = asking.parameter(openapi, name)
        assert (told["in"], told["required"]) == ("query", False)
        assert told["schema"]["enum"] == get("/collections").json["crs"]
        assert told["schema"]["default"] == CRS84
    one = openapi["paths"]["/collections/{collectionId}/items/{featureId}"]["get"]["parameters"]
    assert {"$ref": "#/components/parameters/crs"} in one


@pytest.mark.requirement("/req/crs/fc-crs-valid-value", "/req/crs/ogc-crs-header", "/req/crs/ogc-crs-header-value")
def test_crs_fc_crs_valid_value(get):
    """Every CRS that is listed is answered in and named in the header; others are refused."""
    for path in ("/collections/hazards/items", "/collections/hazards/items/H1"):
        for uri in get("/collections").json["crs"]:
            for form in ("json", "html"):
                answer = get(path, crs=uri, f=form)
                assert (answer.status_code, answer.headers["Content-Crs"]) == (200, f"<{uri}>")
        for uri in ("http://www.opengis.net/def/crs/EPSG/0/0", "http://www.opengis.net/def/crs/EPSG/0/2100", "#/crs"):
            assert get(path, crs=uri).status_code == 400


@pytest.mark.requirement("/req/crs/fc-crs-default-value")
def test_crs_fc_crs_default_value(get):
    for path in ("/collections/hazards/items", "/collections/hazards/items/H1"):
        assert get(path).headers["Content-Crs"] == f"<{CRS84}>"
        plain, asked = get(path).json, get(path, crs=CRS84).json
        plain.pop("links"), asked.pop("links")
        assert plain == asked


@pytest.mark.requirement("/req/crs/crs-action")
@NAMES
def test_crs_action(asking, get, items, results, world, name):
    """Oracle: geopandas' own transformation of the source; latitude first in EPSG:4326; millimetres in metres."""
    frame = frame_of(name, results, world.at("2025-12-31"))
    for uri in get("/collections").json["crs"]:
        if uri == CRS84:
            continue
        definition = results.programme.crs if uri == METRES else pyproj.CRS.from_epsg(uri.rsplit("/", 1)[1])
        moved = frame.to_crs(definition).geometry
        for shape, source in zip(asking.shapes(items(name, crs=uri, limit=10_000)), moved, strict=True):
            if shape is None:
                continue
            expected = shapely.transform(source, lambda xy: xy[:, ::-1]) if uri == EPSG_4326 else source
            assert shapely.hausdorff_distance(shape, expected) < (1e-7 if uri == EPSG_4326 else 1e-3)
            decimals = 7 if uri == EPSG_4326 else 3
            xy = shapely.get_coordinates(shape)
            assert np.array_equal(xy, np.round(xy, decimals))


@pytest.mark.requirement("/req/crs/geojson")
def test_crs_geojson(get):
    """RFC 7946 alone where nothing else is asked; in another CRS the header says so, and no "crs" member does."""
    for given in ({}, {"crs": UTM}):
        document = get("/collections/hazards/items", **given)
        assert "crs" not in document.json
        first = document.json["features"][1]["geometry"]["coordinates"][0][0][0]
        assert (abs(first[0]) <= 180) == (not given)
        assert document.headers["Content-Crs"] == f"<{given.get('crs', CRS84)}>"


@pytest.mark.requirement("/req/crs/fc-bbox-crs-valid-value")
def test_crs_fc_bbox_crs_valid_value(get):
    answer = get("/collections/hazards/items", bbox="0,0,1,1", bbox_crs="http://www.opengis.net/def/crs/EPSG/0/2100")
    assert answer.status_code == 400
    assert answer.json["detail"].startswith('"bbox-crs" is "http://www.opengis.net/def/crs/EPSG/0/2100", which is not')


@pytest.mark.requirement("/req/crs/fc-bbox-crs-default-value")
def test_crs_fc_bbox_crs_default_value(asking, items):
    box = "-40.006,34.994,-40.0,35.0"
    assert asking.ids(items("hazards", bbox=box)) == asking.ids(items("hazards", bbox=box, bbox_crs=CRS84)) == ["H1"]
    assert asking.ids(items("hazards", bbox=box, crs=UTM)) == ["H1"]  # crs is of the answer alone


def box_in(uri, bounds, programme):
    """Bounds of CRS84 in another CRS, written in its axis order; and the box, x before y."""
    definition = programme.crs if uri == METRES else pyproj.CRS.from_epsg(uri.rsplit("/", 1)[1])
    west, south, east, north = pyproj.Transformer.from_crs(CRS84_CODE, definition, always_xy=True).transform_bounds(
        *bounds, densify_pts=0
    )
    asked = (south, west, north, east) if uri == EPSG_4326 else (west, south, east, north)
    return ",".join(map(repr, asked)), shapely.box(west, south, east, north)


@pytest.mark.requirement("/req/crs/bbox-crs-action")
@NAMES
def test_crs_bbox_crs_action(asking, get, items, programme, name):
    """Where meridians and parallels are straight the box is the same ground: the same features. Elsewhere: shapely."""
    bounds = (-40.021, 34.9915, -39.9925, 35.0105)
    expected = asking.ids(items(name, bbox=",".join(map(repr, bounds))))
    assert expected or name in ("hazard_lines", "hazards_known_later", "hazard_lines_known_later")
    for code in (4326, 3857, 3395, 4087, 6933):
        uri = f"http://www.opengis.net/def/crs/EPSG/0/{code}"
        asked, _ = box_in(uri, bounds, programme)
        assert asking.ids(items(name, bbox=asked, bbox_crs=uri)) == expected
    for uri in (METRES, UTM):
        asked, box = box_in(uri, bounds, programme)
        every = items(name, crs=uri, limit=10_000)
        met = [
            one
            for one, shape in zip(asking.ids(every), asking.shapes(every), strict=True)
            if shape is None or shape.intersects(box)
        ]
        assert asking.ids(items(name, bbox=asked, bbox_crs=uri)) == met


def test_areas_stay_valid_in_every_crs(draw_programme):
    """A hole that touches the edge, and what a release leaves along a hairline: valid in metres, so in all of them."""
    square = shapely.box(0, 0, 500, 500)
    tip = shapely.Polygon(square.exterior.coords, [[(100, 100), (200, 500), (300, 100)]])
    programme = draw_programme(
        communities=[{"community_id": "C", "geometry": shapely.Point(-500, 0)}],
        hazards=[
            {"hazard_id": "tip", "geometry": tip},
            {"hazard_id": "cut", "geometry": shapely.box(2000, 0, 2500, 500)},
        ],
        releases=[{"release_id": "R", "hazard_id": "cut", "completed_on": "2010-01-01",
                   "geometry": shapely.box(2000, -1e-7, 2200, 500)}],
    )  # fmt: skip
    asked = create_app(programme).test_client()
    for crs in [one["uri"] for one in asked.get("/ogc/crs").json["crs"]]:
        features = asked.get("/ogc/collections/hazards/items", query_string={"crs": crs}).json["features"]
        shapes = [shapely.geometry.shape(one["geometry"]) for one in features]
        assert [shape.geom_type for shape in shapes] == ["MultiPolygon"] * 2
        assert all(map(shapely.is_valid, shapes)), crs
