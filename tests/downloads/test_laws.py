"""Laws of writing: nasty text, missing values and dates survive every format; shortened names stay apart."""

import dataclasses
import datetime
import string
from zipfile import ZipFile

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hazard_service.columns import Column
from hazard_service.downloads.formats import FORMATS, write
from hazard_service.downloads.table import Table, carried, typed
from hazard_service.downloads.vector import short_names
from hazard_service.downloads.workbook import MOST_ROWS, check_rows
from hazard_service.errors import ParameterError
from hazard_service.ogc.crs import CRS84, Crs
from hazard_service.reports.files import plain_cell

DEGREES = Crs(CRS84, "WGS 84", pyproj.CRS("OGC:CRS84"), swap_axes=False)
COLUMNS = {
    "name": Column("Name", "", "text", "A name."),
    "share": Column("Share", "share", "number", "A number."),
    "hazards": Column("Hazards", "hazards", "count", "A count."),
    "held_back": Column("Held back", "", "flag", "A flag."),
    "since": Column("Since", "", "date", "A day."),
}
# Bytes of zero end a text in C, and so in every file that GDAL writes.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
DAY = st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1))
ROW = st.tuples(*(st.none() | kind for kind in (TEXT, st.floats(-1e9, 1e9), st.integers(0, 2**40), st.booleans(), DAY)))

_LAYER = {"gpkg": "places"}


def table_of(rows):
    """A table of points with these values."""
    dtypes = {"share": "float64", "since": "datetime64[s]"}
    frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).astype(dtypes)
    frame = frame.assign(as_of=pd.Timestamp("2026-06-30"), data_date=pd.Timestamp("2026-06-30"), warning="Not safe.")
    frame.index = pd.Index([str(row) for row in range(len(frame))])
    columns = carried(COLUMNS)
    points = np.array([shapely.Point(row, row) for row in range(len(frame))], dtype=object)
    whole = typed(frame, columns, points, DEGREES)
    return Table(
        name="places", title="Drawn", description="By hand.", shape="geometry-point", columns=columns, crs=DEGREES,
        count=len(frame), whole=True, warning="Not safe.", warnings=("Not safe.",), about={"licence": "none"},
        frames=lambda: iter([whole.iloc[:2], whole.iloc[2:]] if len(whole) > 2 else [whole]),
    )  # fmt: skip


@pytest.mark.parametrize("form", ["geojson", "gpkg", "fgb", "parquet"])
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=1, max_size=6))
def test_every_value_survives(tmp_path, form, rows):
    (path,) = write([table_of(rows)], FORMATS[form], tmp_path, {})
    read = gpd.read_parquet(path) if form == "parquet" else pyogrio.read_dataframe(path, layer=_LAYER.get(form))
    if form == "fgb":  # its index puts rows in another order
        read = read.assign(at=read.geometry.x).sort_values("at").reset_index(drop=True)
    for row, (name, share, hazards, held_back, since) in enumerate(rows):
        found = read.iloc[row]
        assert_same(found["name"], name)
        assert_same(found["share"], None if share is None else pytest.approx(share, abs=6e-7))
        assert_same(found["hazards"], hazards)
        assert_same(found["held_back"], held_back)
        assert_same(found["since"], None if since is None else pd.Timestamp(since))


def assert_same(found, expected):
    if expected is None:
        assert pd.isna(found)
    elif isinstance(expected, pd.Timestamp):
        assert pd.Timestamp(found) == expected
    else:
        assert found == expected


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXT, min_size=1, max_size=5))
def test_no_cell_runs_and_a_workbook_keeps_text_as_text(tmp_path, texts):
    table = table_of([(text, 1.0, 1, True, None) for text in texts])
    (path,) = write([table], FORMATS["xlsx"], tmp_path, {})
    cells = [row[0] for row in openpyxl.load_workbook(path)["places"].iter_rows(min_row=2)]
    assert len(cells) == len(texts)
    assert all(cell.data_type in ("s", "n", "inlineStr") for cell in cells)  # n: an empty one
    (path,) = write([table], FORMATS["csv"], tmp_path, {})
    read = pd.read_csv(path, encoding="utf-8-sig", keep_default_na=False, lineterminator="\n", engine="c")
    written = path.read_bytes().decode("utf-8-sig")
    for text in texts:
        assert str(plain_cell(text)).replace('"', '""') in written
    assert list(read.columns[:5]) == list(COLUMNS)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXT, min_size=1, max_size=5))
def test_kml_is_well_formed_whatever_the_names(tmp_path, texts):
    (path,) = write([table_of([(text, 1.0, 1, True, None) for text in texts])], FORMATS["kml"], tmp_path, {})
    assert len(pyogrio.read_dataframe(path)) == len(texts)


NAME = st.text(string.ascii_lowercase + string.digits + "_é", min_size=1, max_size=40)


@given(st.lists(NAME, unique=True, max_size=60))
def test_short_names_are_short_and_all_different(names):
    short = short_names(names)
    assert list(short) == names
    assert all(1 <= len(one) <= 10 and one.isascii() for one in short.values())
    assert len({one.lower() for one in short.values()}) == len(names)


def test_short_names_can_be_read_and_keep_their_digits():
    names = ["people", "district_code", "communities_within_contact", "hazards_within_500_m", "hazards_within_5000_m"]
    assert list(short_names(names).values()) == ["people", "dstrc_code", "cm_wth_cnt", "h_wt_500_m", "h_w_5000_m"]


def test_a_long_text_is_cut_between_letters_in_a_shapefile_and_the_list_says_so(tmp_path):
    """é is two bytes: 127 of them fill 254."""
    (path,) = write(
        [table_of([("é" * 200, 1.0, 1, True, None), ("é", 1.0, 1, True, None)])], FORMATS["shp"], tmp_path, {}
    )
    assert pyogrio.read_dataframe(path)["name"].tolist() == ["é" * 127, "é"]
    with ZipFile(path) as archive, archive.open("places.fields.csv") as file:
        listed = pd.read_csv(file, encoding="utf-8-sig")
    assert listed.set_index("name").loc["name", "rows cut to 254 bytes"] == 1
    assert listed["field"].tolist() == list(short_names(carried(COLUMNS)).values())


def test_a_long_warning_goes_on_in_more_columns_of_a_shapefile(tmp_path):
    """Words of 20 letters: 12 of them with spaces are 251 bytes, a thirteenth would be 272."""
    words = [f"{number:020d}" for number in range(30)]
    table = dataclasses.replace(table_of([("a", 1.0, 1, True, None)]), warning=" ".join(words))
    (path,) = write([table], FORMATS["shp"], tmp_path, {})
    row = pyogrio.read_dataframe(path).iloc[0]
    assert [row[name].split() for name in ("warning", "warning_2", "warning_3")] == [
        words[:12],
        words[12:24],
        words[24:],
    ]
    with ZipFile(path) as archive, archive.open("places.fields.csv") as file:
        listed = pd.read_csv(file, encoding="utf-8-sig").set_index("name")
    assert listed.loc[["warning", "warning_2", "warning_3"], "rows cut to 254 bytes"].tolist() == [0, 0, 0]


def test_a_sheet_refuses_more_rows_than_it_holds():
    table = table_of([("a", 1.0, 1, True, None)])
    check_rows(dataclasses.replace(table, count=MOST_ROWS))
    with pytest.raises(
        ParameterError, match=r"^XLSX holds at most 1,048,575 rows and places has 1,048,576; ask for fewer"
    ):
        check_rows(dataclasses.replace(table, count=MOST_ROWS + 1))


def test_a_shapefile_that_is_too_large_is_refused_and_not_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr("hazard_service.downloads.vector.MOST_BYTES", 100)
    with pytest.raises(ParameterError, match=r"^places needs more than the 2 GB that a Shapefile holds; ask for fewer"):
        write([table_of([("a", 1.0, 1, True, None)])], FORMATS["shp"], tmp_path, {})
    assert list(tmp_path.iterdir()) == []


def test_a_text_too_long_for_a_cell_shows_that_it_was_cut(tmp_path):
    (path,) = write([table_of([("a" * 40_000, 1.0, 1, True, None)])], FORMATS["xlsx"], tmp_path, {})
    told = openpyxl.load_workbook(path)["places"]["A2"].value
    assert (len(told), told[-2:]) == (32_767, "a…")
