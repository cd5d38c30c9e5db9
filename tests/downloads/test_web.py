"""Downloads over HTTP: every link of the page works, papers in archives, ETag, compression, refusals by name."""

import csv
import gzip
import io
import json
import re
import shutil
import zipfile

import pyogrio
import pytest
import rasterio

from hazard_service.downloads.asked import PARAMETERS
from hazard_service.downloads.formats import FORMATS
from hazard_service.layers import open_programme
from hazard_service.ogc.collections import COLLECTIONS
from hazard_service.web import create_app


@pytest.fixture(scope="module")
def page(client):
    answer = client.get("/data")
    assert answer.status_code == 200
    return answer


def names_of(answer):
    return zipfile.ZipFile(io.BytesIO(answer.data)).namelist()


def test_the_page_links_every_collection_in_every_format_and_no_other_host(page):
    links = set(re.findall(r'href="([^"]+)"', page.text))
    for name in COLLECTIONS:
        for form in FORMATS.values():
            assert f"/data/{name}.{form.suffix}" in links
    assert not [link for link in links if link.startswith(("http", "//"))]
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    assert "Not for navigation or safety decisions." in page.text


def test_every_link_of_the_page_is_answered(page, client):
    links = sorted(set(re.findall(r'href="(/data[^"]+)"', page.text)))
    assert len(links) > len(COLLECTIONS) * len(FORMATS)
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200, link
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{link.rsplit("/", 1)[1]}"'
        assert len(answer.data) > 0 or link.endswith("_known_later.geojsonl") or "geojsonl" in link


def test_every_button_of_a_form_is_answered_with_its_fields_left_empty(page, client):
    actions = re.findall(r'formaction="([^"]+)"', page.text)
    assert len(actions) == len(COLLECTIONS) * len(FORMATS)
    fields = dict.fromkeys(re.findall(r'name="(datetime|filter|bbox|crs)"', page.text), "")
    assert set(fields) == {"datetime", "filter", "bbox", "crs"}
    answer = client.get("/data/hazards.csv", query_string=fields)
    assert answer.data == client.get("/data/hazards.csv").data


def test_rows_are_those_of_ogc(client):
    asked = {"datetime": "2005-12-31", "filter": "kind = 'SHA'"}
    whole = client.get("/data/hazards.geojson", query_string=asked).json
    page = client.get("/ogc/collections/hazards/items", query_string=asked).json
    assert [one["id"] for one in whole["features"]] == [one["id"] for one in page["features"]]
    assert [one["geometry"] for one in whole["features"]] == [one["geometry"] for one in page["features"]]
    for mine, theirs in zip(whole["features"], page["features"], strict=True):
        warning = mine["properties"].pop("warning")
        assert mine["properties"] == theirs["properties"]
        assert warning == (
            "Hazard areas recorded only after 2005-12-31: 2; they are in hazards_known_later. "
            "Not for navigation or safety decisions. No recorded hazard here is not proof of safety."
        )
    assert sorted(whole["warnings"]) == sorted(page["warnings"])  # in a file what is not in it comes first
    assert (whole["numberMatched"], whole["as_of"], whole["data_date"]) == (3, "2005-12-31", "2025-12-31")
    assert whole["licence"].startswith("none stated")


def test_who_has_the_file_is_told_so_before_anything_is_made(client):
    for name in ("hazards.geojson", "hazards.gpkg", "everything.gpkg.zip", "surfaces.zip"):
        first = client.get(f"/data/{name}")
        tag = first.headers["ETag"]
        again = client.get(f"/data/{name}", headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == tag
    other = client.get("/data/hazards.geojson?datetime=2005-12-31")
    assert other.headers["ETag"] != client.get("/data/hazards.geojson").headers["ETag"]


def test_text_is_compressed_where_that_is_asked_for_and_files_that_are_packed_are_not(client):
    plain = client.get("/data/communities.geojson")
    zipped = client.get("/data/communities.geojson", headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert "Accept-Encoding" in zipped.headers["Vary"]
    assert "Content-Encoding" in client.get("/data/places.kml", headers={"Accept-Encoding": "gzip"}).headers
    for name in ("hazards.gpkg", "hazards.shp.zip", "hazards.xlsx", "hazards.csv.zip"):
        assert "Content-Encoding" not in client.get(f"/data/{name}", headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize("form", [form for form in FORMATS.values() if form.name != "shp"])
def test_an_archive_has_its_papers(client, form):
    answer = client.get(f"/data/hazards.{form.suffix}.zip?datetime=2005-12-31")
    assert names_of(answer) == ["README.txt", "provenance.json", f"hazards.{form.suffix}"]
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    readme, told = archive.read("README.txt").decode(), json.loads(archive.read("provenance.json"))
    assert readme.splitlines()[0] == "Fictional Saltmarsh: data as of 2005-12-31, data date 2025-12-31."
    assert "Licence: none stated" in readme
    assert "- Not for navigation or safety decisions." in readme
    assert (told["on"], told["data_date"], told["licence"]) == ("2005-12-31", "2025-12-31", None)
    assert told["caveats"]


def test_everything_is_every_collection_but_gains(client):
    names = names_of(client.get("/data/everything.csv.zip"))
    assert names[2:] == [f"{name}.csv" for name in COLLECTIONS if name != "gains"]


def test_all_shapefiles_come_in_one_archive(client, tmp_path):
    path = tmp_path / "everything.shp.zip"
    path.write_bytes(client.get("/data/everything.shp.zip").data)
    assert set(pyogrio.list_layers(path)[:, 0]) == set(COLLECTIONS) - {"gains"}


def test_a_shapefile_archive_opens_with_papers_and_the_list_of_names_in_it(client, tmp_path):
    path = tmp_path / "hazards.shp.zip"
    path.write_bytes(client.get("/data/hazards.shp.zip").data)
    assert len(pyogrio.read_dataframe(path)) == 5
    names = zipfile.ZipFile(path).namelist()
    assert {"README.txt", "provenance.json", "hazards.fields.csv", "hazards.cpg", "hazards.prj"} <= set(names)
    assert zipfile.ZipFile(path).read("hazards.cpg") == b"UTF-8"


def test_surfaces_come_as_geotiff_with_their_papers(client):
    answer = client.get("/data/surfaces.zip?datetime=2005-12-31")
    names = names_of(answer)
    assert {"README.txt", "provenance.json", "closed_ground.tif", "minutes_water.tif", "minutes_school.tif"} <= set(
        names
    )
    tif = zipfile.ZipFile(io.BytesIO(answer.data)).read("minutes_water.tif")
    with rasterio.MemoryFile(tif) as memory, memory.open() as raster:
        assert raster.tags()["AS_OF"] == "2005-12-31"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("hazards.geojson?datetime=2031-01-01", '"datetime" is 2031-01-01, later than the data date 2025-12-31'),
        ("hazards.gpkg?crs=EPSG:9999", '"crs" is "http://www.opengis.net/def/crs/EPSG/0/9999", which is not offered'),
        ("hazards.kml?crs=EPSG:3857", '"crs" is given; KML is always in longitude and latitude: leave it out.'),
        ("hazards.csv?filter=kind ==", '"filter"'),
        ("hazards.csv?filter=1=1;DROP TABLE hazards", '"filter"'),
        ("hazards.csv?properties=kind,nothing", '"properties" names "nothing", which is no property here'),
        ("hazards.csv?bbox=1,2,3", '"bbox"'),
        ("hazards.csv?limit=10", 'Unknown parameter "limit"'),
        ("hazards.csv?datetime=2005-12-31&datetime=2006-12-31", 'Parameter "datetime" is given more than once'),
        ("everything.gpkg?filter=kind='SHA'", '"filter" speaks of one collection; ask for one, or leave it out.'),
        ("surfaces.zip?datetime=yesterday", '"datetime" is "yesterday"'),
    ],
)
def test_a_refusal_is_a_problem_that_names_the_parameter(client, address, sentence):
    path, _, query = address.partition("?")
    answer = client.get(f"/data/{path}", query_string=query)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert sentence in answer.json["detail"]


@pytest.mark.parametrize("name", ["nothing.gpkg", "hazards.exe", "everything.csv", "hazards", "hazards.shp.zip.zip"])
def test_what_is_not_there_is_not_found(client, name):
    answer = client.get(f"/data/{name}")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    told = answer.json["detail"]
    assert {*COLLECTIONS, *(form.suffix for form in FORMATS.values())} <= set(re.findall(r"[\w.]+\w", told))
    assert "everything.gpkg or everything.shp.zip, or everything.FORMAT.zip, surfaces.zip or programme.qlr." in told


def test_a_file_of_a_box_holds_the_hazards_without_geometry_and_each_row_says_so(client):
    """H4 and H5: open within the interval, nothing of them left on its last day."""
    asked = "datetime=2010-01-01/2014-12-31&bbox=-40.0001,35.0,-40.0,35.0001"
    rows = list(csv.DictReader(io.StringIO(client.get(f"/data/hazards.csv?{asked}").data.decode("utf-8-sig"))))
    assert [row["hazard_id"] for row in rows] == ["H4", "H5"]
    assert all("Rows without geometry: 2 of 2; where they lie" in row["warning"] for row in rows)
    assert all(row["longitude"] == "" for row in rows)


def test_only_reading_is_allowed(client):
    answer = client.post("/data/hazards.csv")
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert answer.headers["Allow"] == client.options("/data/hazards.csv").headers["Allow"] == "GET, HEAD, OPTIONS"
    assert client.head("/data/hazards.csv").status_code == 200


def test_no_file_of_a_download_is_left_behind(client, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in ("hazards.gpkg", "everything.csv.zip", "hazards.shp.zip"):
        assert len(client.get(f"/data/{name}").data) > 0
    assert list(tmp_path.iterdir()) == []


def test_the_parameters_are_those_of_ogc_but_pages_and_forms():
    from hazard_service.ogc.query import PARAMETERS as OGC

    assert set(OGC) - set(PARAMETERS) == {"f", "limit", "offset"}


@pytest.fixture(scope="module")
def unplaced_client(six_villages, tmp_path_factory):
    """The six villages with one hazard more, which has no outline."""
    folder = tmp_path_factory.mktemp("unplaced") / "programme"
    shutil.copytree(six_villages, folder)
    path = folder / "hazards.geojson"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["features"].append({"type": "Feature", "geometry": None, "properties": {"hazard_id": "nowhere"}})
    path.write_text(json.dumps(document), encoding="utf-8")
    return create_app(open_programme(folder)).test_client()


@pytest.mark.parametrize("ending", ["csv", "hxl.csv", "geojsonl", "kml", "geojson"])
@pytest.mark.parametrize("name", ["hazards", "communities", "districts"])
def test_every_row_of_a_lone_file_says_what_is_not_among_the_open(unplaced_client, name, ending):
    """On 2005-12-31 three hazards are open, three recorded later; and one has no place on any date."""
    text = unplaced_client.get(f"/data/{name}.{ending}?datetime=2005-12-31", buffered=True).text
    rows = len(unplaced_client.get(f"/ogc/collections/{name}/items?datetime=2005-12-31").json["features"])
    assert text.count("Hazard areas recorded only after 2005-12-31: 3;") >= rows > 0
    assert text.count("Hazards that could not be placed and are in no map, area or walk: 1") >= rows


@pytest.mark.parametrize("name", ["hazards", "hazard_lines", "communities", "districts", "released", "routes"])
def test_pages_of_a_past_day_say_it_too(unplaced_client, name):
    told = unplaced_client.get(f"/ogc/collections/{name}/items?datetime=2005-12-31").json["warnings"]
    assert "Hazard areas recorded only after 2005-12-31: 3; they are in hazards_known_later." in told
    assert sum("could not be placed" in text for text in told) == 1
    now = unplaced_client.get(f"/ogc/collections/{name}/items").json["warnings"]
    assert not any("recorded only after" in text for text in now)


def test_rows_in_metres_say_of_which_system(client):
    for crs, said in (("EPSG:32624", "EPSG:32624"), ("METRES", "Equal-area metres")):
        head, row, *_ = client.get(f"/data/places.csv?crs={crs}", buffered=True).text.splitlines()
        assert head.endswith(',"x","y","crs"')
        assert said in row.rpartition(',"')[2]
    assert '"crs"' not in client.get("/data/places.csv", buffered=True).text.splitlines()[0]
