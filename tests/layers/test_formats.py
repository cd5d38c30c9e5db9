"""The same programme in every format gives the same assessment."""

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from hazard_service.assessment import assess
from hazard_service.errors import LayerError
from hazard_service.layers import open_programme
from hazard_service.layers.files import EXTENSIONS, open_vector

DRIVERS = {
    "gpkg": {"driver": "GPKG"},
    "fgb": {"driver": "FlatGeobuf"},
    "geojsonl": {"driver": "GeoJSONSeq"},
    "geojsons": {"driver": "GeoJSONSeq", "RS": "YES"},
    "geojsonseq": {"driver": "GeoJSONSeq"},
    "kml": {"driver": "KML"},
    "kmz": {"driver": "LIBKML"},
}


def to_file(frame, path):
    """A frame in the format of a path's extension."""
    suffix = path.suffix[1:]
    if suffix in ("parquet", "geoparquet"):
        frame.to_parquet(path)
    elif suffix in ("csv", "xlsx"):
        points = frame.geometry.representative_point()
        table = pd.DataFrame(frame.drop(columns="geometry")).assign(longitude=points.x, latitude=points.y)
        table.to_csv(path, index=False) if suffix == "csv" else table.to_excel(path, index=False)
    else:
        frame.to_file(path, **DRIVERS[suffix])


@pytest.fixture
def frames(world):
    """Hazards of every kind of value, and communities with codes that begin with a zero."""
    hazards = gpd.GeoDataFrame(
        {
            "hazard_id": ["001", "H 2", "Ž3"],
            "name": ["Brdo & <Polje>", None, "- 1"],
            "kind": ["SHA", "CHA", None],
            "status": ["open", "suspended", "open"],
            "contamination": ["ap_mine;uxo", None, "cluster"],
            "reported_on": ["2001-05-06", None, "2005-02-30"],
            "area_reported_m2": [5000.0, None, 12.5],
        },
        geometry=[
            shapely.box(18.005, 43.99, 18.007, 44.01).difference(shapely.box(18.0055, 43.999, 18.006, 44.0)),
            shapely.MultiPolygon([world.square(18.02, 44.0), world.square(18.03, 44.01)]),
            shapely.Point(18.03, 44.02),
        ],
        crs="EPSG:4326",
    )
    return {"hazards": hazards, "communities": gpd.GeoDataFrame.from_features(world.communities, crs="EPSG:4326")}


def assessed(folder, frames, layers, suffix):
    path = folder(**dict.fromkeys(layers))
    for old in path.glob("*"):
        if old.suffix != ".toml" and old.stem in layers:
            old.unlink()
    for layer in layers:
        to_file(frames[layer], path / f"{layer}.{suffix}")
    programme = open_programme(path)
    return programme, assess(programme.situation("2010-01-01"))


def by_id(frame, column):
    """Rows in the order of their ids; a spatial index may have changed it. Coordinates to a tenth of a millimetre."""
    sorted_rows = frame.sort_values(column).reset_index(drop=True)
    sorted_rows.geometry = shapely.normalize(shapely.set_precision(sorted_rows.geometry.to_numpy(), 1e-4))
    return sorted_rows


def same(one, other, column):
    one, other = by_id(one, column), by_id(other, column)
    pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other), check_dtype=False, rtol=1e-6)


@pytest.mark.parametrize("suffix", ["fgb", "geojsonl", "geojsons", "geojsonseq", "kml", "kmz", "parquet", "geoparquet"])
def test_a_programme_gives_the_same_assessment(folder, frames, suffix, accounted):
    """hazards and communities written twice: as GeoPackage and in the other format."""
    layers = ("hazards", "communities")
    programme, expected = assessed(folder, frames, layers, "gpkg")
    other, found = assessed(folder, frames, layers, suffix)
    accounted(other)
    same(other.hazards, programme.hazards, "hazard_id")
    same(found.communities, expected.communities, "community_id")
    assert sorted(other.findings["rule"]) == sorted(programme.findings["rule"])
    assert "unreadable_date" in set(other.findings["rule"])
    assert found.communities["held_back"].any()


def test_a_workbook_gives_the_same_assessment_as_csv(folder, frames, accounted):
    programme, expected = assessed(folder, frames, ("hazards", "communities"), "csv")
    other, found = assessed(folder, frames, ("hazards", "communities"), "xlsx")
    accounted(other)
    same(other.hazards, programme.hazards, "hazard_id")
    same(found.communities, expected.communities, "community_id")
    assert other.findings["rule"].tolist() == programme.findings["rule"].tolist()


@pytest.mark.parametrize("suffix", [suffix for suffix in EXTENSIONS if suffix not in (".shp", ".shp.zip")])
@pytest.mark.parametrize(
    "content",
    [
        '<OGRVRTDataSource><OGRVRTLayer name="hazards"><SrcDataSource>/etc/passwd</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>",
        "<OGRWFSDataSource><URL>http://example.org/wfs</URL></OGRWFSDataSource>",
        '<kml xmlns="http://www.opengis.net/kml/2.2"><NetworkLink><Link><href>http://example.org/a.kml</href></Link>'
        "</NetworkLink></kml>",
        json.dumps({"type": "Topology", "objects": {}}),
        "\x00" * 64,
        "PK\x03\x04",
        "/vsicurl/http://example.org/hazards.gpkg",
    ],
)
def test_what_another_driver_would_open_is_refused_before_gdal_sees_it(tmp_path, suffix, content, monkeypatch):
    monkeypatch.setattr(pyogrio, "read_dataframe", None)
    path = tmp_path / f"hazards{suffix}"
    path.write_text(content, encoding="utf-8")
    if suffix == ".csv":
        assert open_vector(path, "hazards").geometry is None
    else:
        with pytest.raises(LayerError, match=rf"^hazards{suffix} "):
            open_vector(path, "hazards")


def test_every_format_is_documented():
    told = (Path(__file__).parents[2] / "docs" / "programme.md").read_text(encoding="utf-8")
    formats = told.split("## Formats")[1].split("\n## ")[0]
    assert [suffix for suffix in EXTENSIONS if f"`{suffix}`" not in formats] == []
