"""The files of `hazard-service surface`: numbers, no-data, and the warnings in each file's own metadata."""

import json
import shutil
import subprocess

import numpy as np
import pyogrio
import pytest
import rasterio
from click.testing import CliRunner

from hazard_service.cli import main
from hazard_service.layers import open_programme
from hazard_service.surfaces import IN_HAZARD, surfaces

SENTENCES = ("No recorded hazard here is not proof of safety.", "Not for navigation or safety decisions.")


@pytest.fixture(scope="module")
def written(six_villages, tmp_path_factory):
    """The baseline's files, and what was printed."""
    out = tmp_path_factory.mktemp("surface")
    done = CliRunner().invoke(main, ["--quiet", "surface", str(six_villages), "--on", "2005-12-31", "--out", str(out)])
    assert done.exit_code == 0, done.output
    return out, done.output


def test_one_raster_a_kind_and_the_closed_ground(written):
    out, text = written
    names = ["closed_ground.geojson", "closed_ground.tif", "minutes_water.tif"]
    assert sorted(path.name for path in out.iterdir()) == names
    assert all(f"wrote {out / name}" in text for name in names)


def test_rasters_hold_the_surfaces_on_the_programmes_grid(written, six_villages):
    out, _ = written
    programme = open_programme(six_villages)
    expected = surfaces(programme.situation("2005-12-31"))
    with rasterio.open(out / "minutes_water.tif") as file:
        np.testing.assert_array_equal(file.read(1), expected.minutes["water"])
        assert np.isnan(file.nodata)
        assert file.transform == expected.grid.transform
        assert programme.crs.equals(file.crs.to_wkt())
        assert (file.dtypes, file.block_shapes) == (("float32",), [(256, 256)])
        assert (file.units, file.compression.name) == (("min",), "deflate")
    with rasterio.open(out / "closed_ground.tif") as file:
        np.testing.assert_array_equal(file.read(1), expected.ground)
        assert (file.dtypes, file.nodata) == (("uint8",), None)
        assert np.count_nonzero(file.read(1) == IN_HAZARD) == 144  # three rings of 48 centres


@pytest.mark.parametrize("name", ["minutes_water.tif", "closed_ground.tif"])
def test_a_raster_says_itself_what_it_is_not_for(written, name):
    out, _ = written
    with rasterio.open(out / name) as file:
        tags = file.tags()
    says = tags["TIFFTAG_IMAGEDESCRIPTION"]
    assert says.startswith("Six villages. ")
    assert "As of 2005-12-31, data date 2026-06-30; do not rely on it after 2026-09-28." in says
    assert all(sentence in says for sentence in SENTENCES)
    assert (tags["AS_OF"], tags["DATA_DATE"], tags["PROGRAMME"]) == ("2005-12-31", "2026-06-30", "Six villages")
    assert (float(tags["LIMIT_MIN"]), float(tags["KEEP_OFF_M"])) == (10.0, 75.0)
    provenance = json.loads(tags["PROVENANCE"])
    assert provenance["on"] == "2005-12-31"
    assert "hazards.geojson" in provenance["sources_sha256"]
    assert any("flat" in caveat for caveat in json.loads(tags["CAVEATS"]))
    if name.startswith("minutes"):
        assert "more than 10 min" in says
        assert "within 75 m of a hazard known at the data date" in says
        assert tags["UNITS"] == "min"


def test_the_geojson_holds_every_hazard_and_the_same_warnings(written):
    out, _ = written
    frame = pyogrio.read_dataframe(out / "closed_ground.geojson")
    state = dict(zip(frame["hazard_id"], frame["state"], strict=True))
    assert state == dict.fromkeys(("H-ringed", "H-corrected", "H-redrawn"), "open") | dict.fromkeys(
        ("H-laid", "H-found", "H-tighter"), "on record, no barrier here"
    )
    assert set(frame["kind"]) == {"CHA"}
    assert set(frame["data_date"].astype(str).str[:10]) == {"2026-06-30"}
    west, south, east, north = frame.total_bounds
    assert -40.2 < west < east < -39.8
    assert 34.9 < south < north < 35.1
    members = json.loads((out / "closed_ground.geojson").read_text(encoding="utf-8"))
    assert members["type"] == "FeatureCollection"
    assert "crs" not in members  # RFC 7946 knows one only
    assert (members["as_of"], members["data_date"]) == ("2005-12-31", "2026-06-30")
    assert set(members["warnings"]) == set(SENTENCES)
    assert all(sentence in members["description"] for sentence in SENTENCES)
    assert members["provenance"]["programme"] == "Six villages"
    assert members["provenance"]["scheme"]["name"] == "Landmine Impact Survey"


def test_a_kind_of_hazard_without_any_leaves_others_in_sight(six_villages, tmp_path):
    CliRunner().invoke(main, ["--quiet", "surface", str(six_villages), "--kinds", "SHA", "--out", str(tmp_path)])
    frame = pyogrio.read_dataframe(tmp_path / "closed_ground.geojson")
    assert set(frame["state"]) == {"on record, no barrier here"}
    members = json.loads((tmp_path / "closed_ground.geojson").read_text(encoding="utf-8"))
    assert members["hazard_kinds"] == ["SHA"]


@pytest.mark.skipif(shutil.which("gdalinfo") is None, reason="no gdal-bin on this machine")
def test_gdal_shows_the_warnings(written):
    out, _ = written
    for command in (["gdalinfo", out / "minutes_water.tif"], ["ogrinfo", "-al", "-so", out / "closed_ground.geojson"]):
        shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        assert all(sentence in shown for sentence in SENTENCES), command
