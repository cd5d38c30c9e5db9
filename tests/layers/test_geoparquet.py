"""GeoParquet: its "geo" metadata is believed only where it can be read; no binary geometry ends the run."""

import datetime
import decimal
import json
import struct

import geopandas as gpd
import pyarrow
import pyarrow.parquet
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_service.errors import FileFormatError, LayerError
from hazard_service.layers import geoparquet as geoparquet_module
from hazard_service.layers import open_programme
from hazard_service.layers.files import open_vector
from hazard_service.layers.mapping import as_text
from hazard_service.layers.wkb import geometries

GEO = {"version": "1.1.0", "primary_column": "geom", "columns": {"geom": {"encoding": "WKB", "geometry_types": []}}}
SQUARE = shapely.box(18, 44, 18.1, 44.1)


def written(path, geo, **columns):
    """A Parquet file with such columns and this text, or document, as its "geo" metadata."""
    table = pyarrow.table(columns)
    if geo is not None:
        text = geo if isinstance(geo, str) else json.dumps(geo)
        table = table.replace_schema_metadata({"geo": text})
    pyarrow.parquet.write_table(table, path)
    return path


def told_of(**members):
    return GEO | {"columns": {"geom": GEO["columns"]["geom"] | members}}


def refusal(path, layer="hazards"):
    with pytest.raises(LayerError) as error:
        open_vector(path, layer)
    return str(error.value)


@pytest.fixture
def parquet(tmp_path):
    return tmp_path / "hazards.parquet"


def test_values_of_every_kind_as_text(parquet):
    days = [datetime.date(2005, 12, 31), None]
    opened = open_vector(
        written(
            parquet,
            GEO,
            geom=[shapely.to_wkb(shapely.Point(18, 44, 9)), None],
            code=["007", None],
            on=pyarrow.array(days, pyarrow.date32()),
            at=pyarrow.array([datetime.datetime(2005, 12, 31, 6), None], pyarrow.timestamp("us")),
            zoned=pyarrow.array([datetime.datetime(2005, 12, 31, 6), None], pyarrow.timestamp("ms", "UTC")),
            many=pyarrow.array([2**60, None], pyarrow.int64()),
            half=[0.5, float("nan")],
            words=[["uxo", "ap_mine"], ["cluster", "axo"]],
            yes=[True, None],
            money=[decimal.Decimal("12.50"), None],
            chosen=pyarrow.array(["SHA", None]).dictionary_encode(),
        ),
        "hazards",
    )
    assert {name: as_text(values) for name, values in opened.columns.items()} == {
        "code": ["007", None],
        "on": ["2005-12-31", None],
        "at": ["2005-12-31 06:00:00.000000", None],
        "zoned": ["2005-12-31 06:00:00.000Z", None],
        "many": [str(2**60), None],
        "half": ["0.5", None],
        "words": ["uxo;ap_mine", "cluster;axo"],
        "yes": ["True", None],
        "money": ["12.50", None],
        "chosen": ["SHA", None],
    }
    assert opened.geometry.tolist() == [shapely.Point(18, 44), None]
    assert not opened.geometry[0].has_z


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({}, "EPSG:4326"),
        ({"crs": None}, None),
        ({"crs": gpd.GeoSeries([], crs=32633).crs.to_json_dict()}, "EPSG:32633"),
        ({"crs": "EPSG:32633"}, None),
        ({"crs": {"type": "no such"}}, None),
        ({"crs": 7}, None),
        ({"crs": ["EPSG:4326"]}, None),
    ],
)
def test_reference_systems(parquet, members, code):
    """Left out means longitude and latitude; null means that nobody knows."""
    opened = open_vector(written(parquet, told_of(**members), geom=[shapely.to_wkb(SQUARE)]), "hazards")
    assert (opened.crs and opened.crs.to_string()) == code


def test_no_reference_system_is_never_guessed(folder):
    path = folder(hazards=None)
    written(path / "hazards.parquet", told_of(crs=None), geom=[shapely.to_wkb(SQUARE)], hazard_id=["H1"])
    with pytest.raises(LayerError, match=r"^hazards\.parquet does not say in which coordinate reference system it is"):
        open_programme(path)


UNREAD = 'hazards.parquet has "geo" metadata that cannot be read; export it again as GeoParquet.'


@pytest.mark.parametrize(
    ("geo", "sentence"),
    [
        (None, "hazards.parquet has no geometry; export it as GeoParquet."),
        ("{", UNREAD),
        ("[]", UNREAD),
        ("{}", UNREAD),
        ("[" * 100_000, UNREAD),
        (GEO | {"primary_column": "other"}, UNREAD),
        (GEO | {"columns": {"geom": None}}, UNREAD),
        (GEO | {"columns": []}, UNREAD),
        (
            {"primary_column": "gone", "columns": {"gone": {"encoding": "WKB"}}},
            "hazards.parquet has no binary column gone, which should hold its geometry; export it as GeoParquet.",
        ),
        (
            {"primary_column": "text", "columns": {"text": {"encoding": "WKB"}}},
            "hazards.parquet has no binary column text, which should hold its geometry; export it as GeoParquet.",
        ),
        (
            told_of(encoding="polygon"),
            'hazards.parquet keeps its geometry as "polygon", which is not read; export it encoded as WKB.',
        ),
        (
            told_of(encoding=None),
            'hazards.parquet keeps its geometry as "None", which is not read; export it encoded as WKB.',
        ),
    ],
)
def test_metadata_that_is_refused(parquet, geo, sentence):
    assert refusal(written(parquet, geo, geom=[shapely.to_wkb(SQUARE)], text=["POINT (18 44)"])) == sentence


def test_a_plain_table_may_be_parquet(parquet):
    path = written(parquet, None, survey_id=["S1"])
    assert open_vector(path, "surveys").columns["survey_id"].tolist() == ["S1"]


def test_spherical_edges_are_told_of(parquet):
    opened = open_vector(written(parquet, told_of(edges="spherical"), geom=[shapely.to_wkb(SQUARE)]), "hazards")
    assert opened.notes == ("edges are stated as spherical; they are read as straight lines",)


def nested(depth, kind=7):
    """A point, or square, in so many collections."""
    blob = shapely.to_wkb(shapely.Point(18, 44) if kind == 7 else SQUARE)
    return struct.pack("<BII", 1, kind, 1) * depth + blob


def test_geometry_that_cannot_be_read_is_a_counted_row(folder, told, accounted):
    """Nested 200,000 deep GEOS ends the process: it may not see that."""
    path = folder(hazards=None)
    unclosed = struct.pack("<BIII6d", 1, 3, 1, 3, 18.02, 44, 18.03, 44, 18.03, 44.01)
    cut = shapely.to_wkb(SQUARE)[:-9]
    blobs = [shapely.to_wkb(SQUARE), nested(200_000), nested(200_000, 6), nested(200_000, 12), cut, b"", b"\x07", None]
    names = [f"H{number}" for number in range(9)]
    written(path / "hazards.parquet", GEO, geom=[*blobs, unclosed], hazard_id=names)
    programme = open_programme(path)
    accounted(programme)
    assert programme.unplaced["hazard_id"].tolist() == names[1:8]
    assert [row[0] for row in told(programme, "unclosed_ring")] == ["H8"]


@pytest.mark.parametrize("flavor", ["iso", "extended"])
@pytest.mark.parametrize("byte_order", [0, 1])
@pytest.mark.parametrize(
    "wkt",
    [
        "POINT Z (1 2 3)",
        "POINT EMPTY",
        "LINESTRING (0 0, 1 1)",
        "POLYGON Z ((0 0 1, 9 0 1, 9 9 1, 0 0 1), (2 1 1, 3 1 1, 3 2 1, 2 1 1))",
        "POLYGON EMPTY",
        "MULTIPOLYGON M (((0 0 1, 1 0 1, 1 1 1, 0 0 1)), ((5 5 1, 6 5 1, 6 6 1, 5 5 1)))",
        "MULTIPOINT ZM ((0 0 1 2), (1 1 1 2))",
        "GEOMETRYCOLLECTION Z (POINT Z (1 2 3), MULTILINESTRING Z ((0 0 1, 1 1 1), (2 2 2, 3 3 3)))",
    ],
)
def test_wkb_in_its_two_dialects(wkt, flavor, byte_order):
    shape = shapely.from_wkt(wkt)
    blob = shapely.to_wkb(shape, output_dimension=4, flavor=flavor, byte_order=byte_order)
    if flavor == "extended":
        blob = shapely.to_wkb(
            shapely.set_srid(shape, 4326), output_dimension=4, include_srid=True, byte_order=byte_order
        )
    found, unclosed = geometries([blob])
    assert shapely.normalize(found[0]) == shapely.normalize(shapely.force_2d(shape)) or found[0].is_empty
    assert not unclosed[0]


@pytest.mark.parametrize("depth", [1, 20])
def test_collections_in_collections_are_read(depth):
    [found], _ = geometries([nested(depth)])
    assert shapely.get_coordinates(found).tolist() == [[18, 44]]


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=80))
def test_any_bytes_are_a_geometry_or_none(blob):
    [found], _ = geometries([blob])
    assert found is None or isinstance(found, shapely.Geometry)


def test_files_that_are_not_what_they_claim(parquet):
    parquet.write_bytes(b"<OGRVRTDataSource/>")
    assert refusal(parquet) == "hazards.parquet is not a Parquet file; export the layer again."
    written(parquet, GEO, geom=[shapely.to_wkb(SQUARE)] * 20, n=list(range(20)))
    whole = parquet.read_bytes()
    for end in range(4, len(whole), 7):
        parquet.write_bytes(whole[:end])
        assert refusal(parquet).startswith("hazards.parquet cannot be read (")


def test_what_unpacks_to_too_much(parquet, monkeypatch):
    written(parquet, GEO, geom=[shapely.to_wkb(SQUARE)] * 9000, n=[f"{number}" * 1000 for number in range(9000)])
    assert parquet.stat().st_size < 5_000_000
    monkeypatch.setattr(geoparquet_module, "MAX_UNPACKED_BYTES", 5 << 20)
    assert refusal(parquet) == "hazards.parquet unpacks to over 5 MB; split it."


def test_text_that_a_small_file_points_to_often(parquet):
    """200,000 times the same 10 kB: 2 GB of text, held once until it is refused."""
    words = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * 200_000, pyarrow.int32()), ["x" * 10_000])
    written(parquet, GEO, geom=pyarrow.nulls(200_000, pyarrow.binary()), n=words)
    assert parquet.stat().st_size < 10_000
    assert refusal(parquet) == "hazards.parquet repeats text that adds up to over 1,024 MB; check it by hand."


@pytest.mark.parametrize("encoding", ["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"])
def test_encodings_of_text(parquet, encoding):
    """One holds each value whole, the other what it adds to the one before: 60,000 times 20 kB in a few bytes."""
    table = pyarrow.table({"n": [f"{'x' * 20}{number}" for number in range(60)]})
    pyarrow.parquet.write_table(table, parquet, use_dictionary=False, column_encoding={"n": encoding})
    if encoding == "DELTA_BYTE_ARRAY":
        assert refusal(parquet, "surveys") == (
            "hazards.parquet is encoded as DELTA_BYTE_ARRAY, which is not read; export it without that."
        )
    else:
        assert open_vector(parquet, "surveys").columns["n"].tolist() == table["n"].to_pylist()


def test_words_held_once_come_back_in_their_rows(parquet):
    """128 words and a gap under indices of one byte, in two groups of rows."""
    words = [f"w{number}" for number in range(128)]
    column = pyarrow.DictionaryArray.from_arrays(pyarrow.array([*range(128), None], pyarrow.int8()), words)
    table = pyarrow.table({"n": column}).replace_schema_metadata(None)
    pyarrow.parquet.write_table(table, parquet, row_group_size=100)
    assert open_vector(parquet, "surveys").columns["n"].tolist() == [*words, None]


def test_too_many_columns(parquet):
    written(parquet, None, **{f"c{number}": [1] for number in range(1001)})
    assert refusal(parquet) == "hazards.parquet has 1,001 columns, over the limit of 1,000; take out those not needed."


@settings(deadline=None, max_examples=60)
@given(st.binary(min_size=1, max_size=12), st.integers(4, 3000))
def test_bytes_changed_anywhere_never_lose_a_row_in_silence(tmp_path_factory, change, at):
    path = written(
        tmp_path_factory.mktemp("parquet") / "hazards.parquet",
        GEO,
        geom=[shapely.to_wkb(SQUARE)] * 3,
        n=["a", None, "c"],
    )
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + change + whole[at + len(change) :])
    try:
        opened = open_vector(path, "hazards")
    except FileFormatError:
        return
    assert len(opened.columns) == 3
