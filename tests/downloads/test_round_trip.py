"""Every format of every collection, read back by the libraries people use: same rows, values, places and CRS."""

import io
import shutil
import subprocess

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from hazard_service.downloads.formats import FORMATS
from hazard_service.downloads.vector import short_names
from hazard_service.ogc.collections import COLLECTIONS, frame_of
from hazard_service.ogc.crs import METRES, offered

NAMES = pytest.mark.parametrize("name", COLLECTIONS)
VECTOR = ("geojson", "geojsonl", "gpkg", "fgb", "parquet", "shp", "kml")
TABLES = ("csv", "hxl", "xlsx")
PAST = "2005-12-31"  # hazards known later are there


def read_back(form, path, name):
    """(frame, {ours: name in the file}) of a file."""
    if form in ("csv", "hxl"):
        frame = pd.read_csv(path, encoding="utf-8-sig", skiprows=[1] if form == "hxl" else [], dtype=object,
                            keep_default_na=False)  # fmt: skip
        return frame, {}
    if form == "xlsx":
        head, *rows = openpyxl.load_workbook(path)[name[:31]].values
        return pd.DataFrame(rows, columns=head, dtype=object), {}
    if form == "parquet":
        return gpd.read_parquet(path), {}
    frame = pyogrio.read_dataframe(path, layer=name if form == "gpkg" else None)
    return frame, {"name": "Name", "route_id": "Name"} if form == "kml" else {}


def plain(value):
    """A value of any format as text that can be compared: numbers to nine digits, dates as written, missing as ''."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, str):
        try:
            return f"{float(value):.9g}"
        except ValueError:
            return {"True": "1", "False": "0", "true": "1", "false": "0"}.get(value, value.replace("/", "-"))
    if isinstance(value, bool | np.bool_ | int | float | np.number):
        return f"{float(value):.9g}"
    return str(value)[:10]


def assert_same_values(read, tables, renamed, form):
    """Every value of every column, row by row."""
    (table,) = tables
    source = pd.concat(list(table.frames())) if table.count else None
    assert len(read) == table.count
    for column in table.columns if source is not None else ():
        there = [plain(value) for value in read[renamed.get(column, column)]]
        here = [plain(value) for value in source[column]]
        if form in ("csv", "hxl"):  # an apostrophe stands before what would run
            there, here = ([text.replace("'", "") for text in texts] for texts in (there, here))
        if form == "kml":
            there, here = ([" ".join(text.split()) for text in texts] for texts in (there, here))
        assert there == here, column


def assert_same_places(read, source, step):
    """The same rows, each in the same place to a rounding."""
    assert len(read) == len(source)
    for there, here in zip(read, source, strict=True):
        if here is None or here.is_empty:
            assert there is None or there.is_empty
        else:
            assert shapely.hausdorff_distance(shapely.force_2d(there), here) <= step
            assert shapely.normalize(shapely.force_2d(there)).area == pytest.approx(here.area, rel=1e-3)


@NAMES
@pytest.mark.parametrize("form", VECTOR)
def test_a_gis_reads_back_what_ogc_shows(written, results, world, form, name):
    (path,), tables = written(form, name, datetime=PAST)
    if form in ("geojson", "geojsonl") and tables[0].count == 0:
        assert b'"type":"Feature"' not in path.read_bytes()
        return
    read, renamed = read_back(form, path, name)
    if form == "shp":
        renamed = short_names(tables[0].columns)
        if "warning_2" in read:  # a text holds 254 bytes
            read["warning"] += " " + read["warning_2"]
    if form == "fgb" and tables[0].whole:  # its index puts rows in another order
        key = next(iter(tables[0].columns))
        order = {value: row for row, value in enumerate(pd.concat(list(tables[0].frames()))[key])} if len(read) else {}
        if tables[0].name != "released":
            read = read.sort_values(key, key=lambda values: values.map(order)).reset_index(drop=True)
    source = frame_of(name, results, world.at(PAST)).to_crs("EPSG:4326")
    assert_same_places(read.geometry, source.geometry, 1.5e-7)
    assert read.crs.to_epsg() == 4326 or read.crs.to_authority() == ("OGC", "CRS84")
    assert_same_values(read, tables, renamed, form)


@NAMES
@pytest.mark.parametrize("form", TABLES)
def test_a_spreadsheet_reads_back_what_ogc_shows(written, results, world, form, name):
    (path,), tables = written(form, name, datetime=PAST)
    read, _ = read_back(form, path, name)
    assert_same_values(read, tables, {}, form)
    source = frame_of(name, results, world.at(PAST)).to_crs("EPSG:4326")
    for row, here in enumerate(source.geometry):
        if here is None or here.is_empty:
            assert plain(read["longitude"][row]) == ""
            continue
        there = shapely.Point(float(read["longitude"][row]), float(read["latitude"][row]))
        assert there.distance(here) < 1.5e-7
        if form != "xlsx" and tables[0].shape != "geometry-point":
            assert shapely.hausdorff_distance(shapely.from_wkt(read["WKT"][row]), here) < 1.5e-7


@pytest.mark.parametrize("form", [name for name, form in FORMATS.items() if not form.degrees and name not in TABLES])
def test_every_offered_crs_comes_back_x_before_y(written, results, world, programme, form):
    source = frame_of("communities", results, world.at("2025-12-31"))
    for uri, crs in offered(programme).items():
        (path,), _ = written(form, "communities", crs=uri)
        read, _ = read_back(form, path, "communities")
        if form == "fgb":
            read = read.sort_values("community_id").reset_index(drop=True)
        assert read.crs is not None, uri
        assert crs.definition == read.crs or read.crs.to_epsg() == crs.definition.to_epsg() or crs.is_degrees, uri
        there = source.to_crs(crs.definition).geometry
        assert np.allclose(
            shapely.get_coordinates(read.geometry), shapely.get_coordinates(there), atol=10.0**-crs.decimals
        )
    assert uri == METRES


@pytest.mark.parametrize("form", ["csv", "hxl", "xlsx"])
def test_tables_in_metres_have_x_and_y(written, results, world, form):
    (path,), _ = written(form, "communities", crs="EPSG:32624")
    read, _ = read_back(form, path, "communities")
    source = frame_of("communities", results, world.at("2025-12-31")).to_crs("EPSG:32624")
    assert [float(x) for x in read["x"]] == pytest.approx(source.geometry.x.tolist(), abs=1e-3)
    assert [float(y) for y in read["y"]] == pytest.approx(source.geometry.y.tolist(), abs=1e-3)


@pytest.mark.parametrize("form", [form for form in FORMATS if form not in ("xlsx", "hxl", "parquet")])
def test_ogrinfo_of_debian_opens_each(written, form):
    (path,), tables = written(form, "hazards")
    if shutil.which("ogrinfo") is None:
        pytest.skip("no ogrinfo on this machine: apt-get install gdal-bin")
    done = subprocess.run(["ogrinfo", "-ro", "-al", "-so", str(path)], capture_output=True, text=True, check=True)
    assert f"Feature Count: {tables[0].count}" in done.stdout
    assert done.stderr == ""


def test_files_without_rows_open_but_for_geojsonl_which_is_empty(written):
    for form in ("geojson", "gpkg", "fgb", "shp", "kml"):
        (path,), _ = written(form, "hazards", filter="kind = 'nothing'")
        opened = f"/vsizip/{path}" if form == "shp" else path
        assert len(pyogrio.read_dataframe(opened, layer="hazards")) == 0
    (path,), _ = written("geojsonl", "hazards", filter="kind = 'nothing'")
    assert path.read_bytes() == b""


def test_dates_numbers_and_flags_keep_their_types(written):
    (path,), _ = written("gpkg", "hazards")
    info = pyogrio.read_info(path, layer="hazards")
    types = dict(zip(info["fields"], info["ogr_types"], strict=True))
    subtypes = dict(zip(info["fields"], info["ogr_subtypes"], strict=True))
    assert (types["reported_on"], types["area_m2"], types["communities_within_contact"]) == (
        "OFTDate", "OFTReal", "OFTInteger64",
    )  # fmt: skip
    assert subtypes["has_line"] == "OFSTBoolean"


def test_a_filter_a_box_an_order_and_columns_are_those_of_ogc(written, client):
    asked = {
        "filter": "kind = 'SHA'",
        "bbox": "-40.03,34.9,-39.9,35.01",
        "sortby": "-area_m2",
        "properties": "kind,area_m2",
    }
    (path,), (table,) = written("geojson", "hazards", **asked)
    read = pyogrio.read_dataframe(path)
    page = client.get("/ogc/collections/hazards/items", query_string=asked).json
    assert 0 < len(page["features"]) < 6
    assert read["area_m2"].tolist() == [one["properties"]["area_m2"] for one in page["features"]]
    assert list(table.columns) == ["kind", "area_m2", "as_of", "data_date", "warning"]


def test_several_layers_go_into_one_geopackage(written):
    (path,), tables = written("gpkg", "hazards", "communities", "districts")
    assert path.name == "everything.gpkg"
    layers = {name: len(pyogrio.read_dataframe(path, layer=name)) for name in ("hazards", "communities", "districts")}
    assert layers == {table.name: table.count for table in tables}


def test_a_csv_is_read_whole_by_pandas(written, world):
    (path,), _ = written("csv", "hazards")
    frame = pd.read_csv(io.BytesIO(path.read_bytes()), encoding="utf-8-sig")
    assert world.HOSTILE in set(frame["name"])
