"""FlatGeobuf: every feature that the file holds is read, or the file is refused."""

import contextlib

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_service.errors import FileFormatError
from hazard_service.layers import open_programme
from hazard_service.layers.files import open_vector
from hazard_service.layers.flatgeobuf import count_features

BROKEN = "hazards.fgb is broken or cut off; export the layer again."


def written(path, count, index="YES", **columns):
    points = shapely.points(np.random.default_rng(7).uniform((18, 44), (18.1, 44.1), (count, 2)))
    frame = gpd.GeoDataFrame({"hazard_id": [f"H{n}" for n in range(count)], **columns}, geometry=points, crs=4326)
    frame.to_file(path / "hazards.fgb", driver="FlatGeobuf", SPATIAL_INDEX=index)
    return path / "hazards.fgb"


def refusal(path):
    with pytest.raises(FileFormatError) as error:
        open_vector(path, "hazards")
    return str(error.value)


@pytest.mark.parametrize("index", ["YES", "NO"])
@pytest.mark.parametrize("count", [0, 1, 2, 16, 17, 256, 257])
def test_rows_are_counted_with_and_without_an_index(tmp_path, count, index):
    """A node of the index holds 16: levels change at 16 and 256."""
    path = written(tmp_path, count, index)
    assert count_features(path) == count
    assert sorted(open_vector(path, "hazards").columns["hazard_id"]) == sorted(f"H{n}" for n in range(count))


@pytest.mark.parametrize("index", ["YES", "NO"])
def test_a_file_cut_off_anywhere_is_refused(tmp_path, index):
    path = written(tmp_path, 3, index)
    whole = path.read_bytes()
    for end in range(8, len(whole)):
        path.write_bytes(whole[:end])
        assert refusal(path) == BROKEN or "says that it holds 3 rows" in refusal(path)
    path.write_bytes(whole + b"\x00")
    assert refusal(path) == BROKEN


def test_a_count_that_hides_rows(tmp_path):
    """GDAL believes the header: of 3 rows it would read 2."""
    path = written(tmp_path, 3, "NO")
    whole = path.read_bytes()
    three = (3).to_bytes(8, "little")
    assert whole.count(three) == 1
    path.write_bytes(whole.replace(three, (2).to_bytes(8, "little")))
    assert refusal(path) == "hazards.fgb says that it holds 2 rows but holds 3; export the layer again."
    path.write_bytes(whole.replace(three, bytes(8)))
    assert len(open_vector(path, "hazards").columns) == 3


@pytest.mark.parametrize(
    "content",
    [b"fgb\x03", b"fgb\x02fgb\x00" + b"\x00" * 99, b"fgb\x03fgb\x09" + b"\x00" * 99, b"<kml>", b"SQLite format 3\x00"],
)
def test_what_is_no_flatgeobuf(tmp_path, content):
    (tmp_path / "hazards.fgb").write_bytes(content)
    assert refusal(tmp_path / "hazards.fgb") == "hazards.fgb is not a FlatGeobuf file; export the layer again."


def test_features_of_no_length(tmp_path):
    (tmp_path / "hazards.fgb").write_bytes(b"fgb\x03fgb\x01" + b"\x08" + b"\x00" * 99)
    assert refusal(tmp_path / "hazards.fgb") == BROKEN


def test_a_header_too_long_to_be_one(tmp_path):
    (tmp_path / "hazards.fgb").write_bytes(b"fgb\x03fgb\x01" + b"\xff" * 4 + b"<kml>" * 9)
    assert refusal(tmp_path / "hazards.fgb") == BROKEN


def test_an_impossible_day_is_a_finding_of_its_row(folder, told, accounted):
    path = folder(hazards=None)
    days = pd.to_datetime(["2005-02-20", "2005-02-21"])
    file = written(path, 2, reported_on=days)
    file.write_bytes(file.read_bytes().replace(b"2005-02-20", b"2005-02-30").replace(b"2005-02-21", b"2005-02-22"))
    programme = open_programme(path)
    accounted(programme)
    found = programme.hazards.set_index("hazard_id")["reported_on"]
    assert found["H1"] == pd.Timestamp("2005-02-22")
    assert pd.isna(found["H0"])
    assert told(programme, "unreadable_date")


def test_no_reference_system_and_no_geometry(folder, tmp_path):
    path = folder(hazards=None)
    frame = gpd.GeoDataFrame({"hazard_id": ["H1"]}, geometry=[shapely.box(18, 44, 18.1, 44.1)])
    with pytest.warns(UserWarning, match="crs"):
        frame.to_file(path / "hazards.fgb", driver="FlatGeobuf")
    with pytest.raises(ValueError, match=r"^hazards\.fgb does not say in which coordinate reference system it is"):
        open_programme(path)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=60), st.integers(0, 400))
def test_bytes_changed_anywhere_never_lose_a_row_in_silence(tmp_path_factory, change, at):
    path = written(tmp_path_factory.mktemp("fgb"), 3, "NO")
    whole = path.read_bytes()
    path.write_bytes(whole[: 8 + at] + change + whole[8 + at + len(change) :])
    with contextlib.suppress(FileFormatError):
        assert len(open_vector(path, "hazards").columns) == count_features(path)
