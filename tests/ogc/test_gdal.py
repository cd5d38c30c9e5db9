"""GDAL's own OAPIF driver, as ogrinfo and ogr2ogr have it, reads every collection and loses nothing."""

import os
import shutil
import subprocess

import geopandas as gpd
import pyogrio
import pytest
import shapely

from hazard_service.ogc.collections import COLLECTIONS, frame_of
from hazard_service.ogc.crs import METRES

NAMES = pytest.mark.parametrize("name", COLLECTIONS)


@pytest.fixture(scope="session")
def ogr2ogr():
    """Path of GDAL's ogr2ogr; CI may not go without."""
    found = shutil.which("ogr2ogr")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("CI needs ogr2ogr: .ci/run installs gdal-bin")
    if found is None:
        pytest.skip("no ogr2ogr on this machine: apt-get install gdal-bin")
    return found


@pytest.fixture
def read(ogr2ogr, server, tmp_path):
    """read(name, *arguments): what ogr2ogr reads of a collection, through a GeoPackage, by feature id."""

    def ask(name, *arguments, page=100):
        # The address of one collection: from the landing page the driver would look into each of them first.
        source, target = f"OAPIF:{server}/collections/{name}", tmp_path / "read.gpkg"
        target.unlink(missing_ok=True)
        opened = ["-oo", f"PAGE_SIZE={page}"]
        done = subprocess.run(
            [ogr2ogr, "-f", "GPKG", "-lco", "FID=fid", "-nln", "read", *arguments, *opened, str(target), source],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return pyogrio.read_dataframe(target, layer="read").set_index("id")

    return ask


def source_of(name, results, world, when="2025-12-31"):
    """The frame itself, in degrees."""
    return frame_of(name, results, world.at(when)).to_crs("EPSG:4326")


def assert_same_places(read, source):
    """The same features, each in the same place to a hundred-millionth of a degree and a half."""
    assert read.index.tolist() == source.index.tolist()
    for there, here in zip(read.geometry, source.geometry, strict=True):
        if here is None or here.is_empty:
            assert there is None or there.is_empty
        else:
            assert shapely.hausdorff_distance(there, here) < 1e-7


@NAMES
def test_every_collection_is_read_whole(read, results, world, name):
    source = source_of(name, results, world)
    if name.endswith("_known_later"):
        assert len(source) == 0
        return
    found = read(name)
    assert_same_places(found, source)
    for column in ("as_of", "data_date"):
        assert found[column].dt.strftime("%Y-%m-%d").eq("2025-12-31").all()


def test_pages_of_two_are_read_to_the_last(read, results, world):
    assert_same_places(read("hazards", page=2), source_of("hazards", results, world))
    assert_same_places(read("places", page=2), source_of("places", results, world))


@NAMES
def test_a_box_is_asked_of_the_server_and_finds_what_shapely_finds(read, results, world, name):
    box = (-40.021, 34.9915, -39.9925, 35.0105)
    source = source_of(name, results, world)
    expected = source[source.intersects(shapely.box(*box))]
    if len(expected):
        assert_same_places(read(name, "-spat", *map(str, box)), expected)


def test_an_attribute_is_asked_for(read, results, world):
    source = source_of("hazards", results, world)
    assert_same_places(read("hazards", "-where", "kind = 'SHA'"), source[source["kind"] == "SHA"])
    communities = source_of("communities", results, world)
    assert_same_places(read("communities", "-where", "people > 50"), communities[communities["people"] > 50])


def test_numbers_flags_dates_and_hostile_text_arrive_as_they_are(read, results, world):
    found, source = read("hazards"), source_of("hazards", results, world)
    assert found["area_m2"].tolist() == pytest.approx(source["area_m2"].tolist())
    assert found["has_line"].astype(bool).tolist() == source["has_line"].tolist()
    assert found.loc["H1", "name"] == world.HOSTILE
    assert found["reported_on"].dt.strftime("%Y-%m-%d").dropna().tolist() == ["2020-02-29", "1998-04-01", "2015-03-02"]


def test_another_crs_is_made_by_the_client(read, results, world):
    found = read("hazards", "-t_srs", "EPSG:32624")
    source = frame_of("hazards", results, world.at("2025-12-31")).to_crs("EPSG:32624")
    assert found.crs == source.crs
    assert found.geometry.hausdorff_distance(gpd.GeoSeries(source.geometry)).max() < 0.02


def test_pyogrio_reads_a_page_as_geojson(server, results, world):
    """What a notebook does: an address is enough."""
    found = pyogrio.read_dataframe(f"{server}/collections/hazards/items?limit=10000&datetime=2005-12-31")
    assert_same_places(found.set_index("id"), source_of("hazards", results, world, "2005-12-31"))
    filtered = pyogrio.read_dataframe(f"{server}/collections/communities/items?filter=held_back%3DTRUE")
    communities = source_of("communities", results, world)
    assert filtered["community_id"].tolist() == communities.index[communities["held_back"]].tolist()
    assert METRES.startswith("urn:")


def test_a_day_behind_the_address_is_passed_on(ogr2ogr, server, results, world, tmp_path):
    target = tmp_path / "then.gpkg"
    source = f"OAPIF:{server}/collections/hazards?datetime=2005-12-31"
    subprocess.run([ogr2ogr, "-f", "GPKG", "-nln", "then", str(target), source], check=True, timeout=120)
    read = pyogrio.read_dataframe(target).set_index("id")
    assert_same_places(read, source_of("hazards", results, world, "2005-12-31"))
