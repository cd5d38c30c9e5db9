"""Opening files: every format gives the same rows, and what is not what it claims to be is refused."""

import io
import json
import os
import sqlite3
import struct
import zipfile

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from hazard_service.errors import FileFormatError, LayerError
from hazard_service.layers import archives as archives_module
from hazard_service.layers import check_programme, open_programme
from hazard_service.layers import files as files_module
from hazard_service.layers.files import hashes, open_vector

VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="hazards"><SrcDataSource>/etc/passwd</SrcDataSource>'
    "</OGRVRTLayer></OGRVRTDataSource>"
)


@pytest.fixture
def hazards(world):
    """Two hazards as a GeoDataFrame, with a number, a date as text and a gap."""
    return gpd.GeoDataFrame(
        {
            "hazard_id": ["H1", "H2"],
            "kind": ["SHA", "CHA"],
            "status": ["open", "suspended"],
            "contamination": ["ap_mine;uxo", None],
            "reported_on": ["2001-05-06", None],
            "area_reported_m2": [5000.0, None],
        },
        geometry=[world.square(18.02, 44.0), shapely.Point(18.03, 44.01)],
        crs="EPSG:4326",
    )


def write_shapefile(frame, path):
    # dBASE cuts names at ten characters and says so; that is what is tested here.
    with pytest.warns(UserWarning, match="truncated"), pytest.warns(RuntimeWarning, match="laundered"):
        frame.to_file(path)


def same_as_geojson(programme):
    assert programme.hazards["hazard_id"].tolist() == ["H1", "H2"]
    assert programme.hazards["kind"].tolist() == ["SHA", "CHA"]
    assert programme.hazards["status"].tolist() == ["open", "suspended"]
    assert programme.hazards["contamination"].tolist() == ["ap_mine;uxo", "unknown"]
    assert programme.hazards["reported_on"].tolist() == [pd.Timestamp("2001-05-06"), pd.NaT]
    assert programme.hazards["reported_on"].dtype == "datetime64[s]"
    assert programme.hazards["area_reported_m2"].fillna(-1).tolist() == [5000.0, -1.0]


@pytest.mark.parametrize("suffix", ["geojson", "json", "gpkg"])
def test_geojson_and_geopackage(folder, hazards, suffix, accounted):
    path = folder(hazards=None)
    hazards.to_file(path / f"hazards.{suffix}", driver="GPKG" if suffix == "gpkg" else "GeoJSON")
    programme = open_programme(path)
    accounted(programme)
    same_as_geojson(programme)
    circle = programme.hazards.geometry[1]
    assert circle.area == pytest.approx(shapely.Point(0, 0).buffer(25, quad_segs=500).area, rel=1e-3)


@pytest.mark.parametrize("zipped", [False, True])
def test_shapefile(folder, hazards, zipped, tmp_path_factory, accounted):
    path = folder(hazards=None)
    hazards.geometry = shapely.buffer(hazards.geometry.to_numpy(), 0.001)
    store = tmp_path_factory.mktemp("shape") if zipped else path
    write_shapefile(hazards, store / "hazards.shp")
    if zipped:
        with zipfile.ZipFile(path / "hazards.shp.zip", "w") as archive:
            for part in store.iterdir():
                archive.write(part, f"export/{part.name}")
            archive.writestr("export/readme.txt", "hello")
            archive.writestr("__MACOSX/export/hazards.shp", "a Mac wrote this")
    programme = open_programme(path)
    accounted(programme)
    same_as_geojson(programme)


def test_csv(folder, accounted):
    path = folder(hazards=None)
    (path / "hazards.csv").write_text(
        "hazard_id;kind;status;contamination;reported_on;area_reported_m2;Longitude;LATITUDE\n"
        "H1;SHA;open;ap_mine|uxo;2001-05-06;5000;18.02;44.0\n"
        "H2;CHA;suspended;;;;18.03;44.01\n"
        "H3;CHA;suspended;;;;18.03;far north\n",
        encoding="utf-8-sig",
    )
    programme = open_programme(path)
    accounted(programme)
    same_as_geojson(programme)
    assert programme.hazards.geometry[0].area == pytest.approx(5000)
    assert programme.unplaced["hazard_id"].tolist() == ["H3"]


def test_csv_columns_can_be_named_and_another_reference_system_stated(folder):
    toml = '[columns.communities]\ncommunity_id = "code"\nlongitude = "east"\nlatitude = "north"\n'
    path = folder(communities=None, toml=toml + '[crs]\ncommunities = "EPSG:32634"\n')
    (path / "communities.csv").write_text("code,east,north\n007,259500,4876000\n", encoding="utf-8")
    programme = open_programme(path)
    assert programme.communities["community_id"].tolist() == ["007"]
    assert programme.communities.to_crs(4326).geometry[0].distance(shapely.Point(18.0, 44.0)) < 0.02


def test_one_geopackage_holds_all_layers(tmp_path, world, hazards):
    (tmp_path / "programme.toml").write_text(world.toml, encoding="utf-8")
    store = tmp_path / "programme.gpkg"
    hazards.to_file(store, layer="hazards")
    gpd.GeoDataFrame.from_features(world.communities, crs=4326).to_file(store, layer="communities")
    programme = open_programme(tmp_path)
    same_as_geojson(programme)
    assert set(programme.sources) == {"programme.gpkg", "programme.toml", "scheme Landmine Impact Survey"}


def test_a_geopackage_with_one_layer_of_any_name(folder, hazards):
    path = folder(hazards=None, toml='[layers]\nhazards = "minefields.gpkg"\n')
    hazards.to_file(path / "minefields.gpkg", layer="Suspected 2024")
    same_as_geojson(open_programme(path))


def test_a_geopackage_without_our_layer_says_which_it_has(folder, hazards):
    path = folder(hazards=None, toml='[layers]\nhazards = "minefields.gpkg"\n')
    hazards.to_file(path / "minefields.gpkg", layer="a")
    hazards.to_file(path / "minefields.gpkg", layer="b")
    with pytest.raises(LayerError) as error:
        open_programme(path)
    assert str(error.value) == "minefields.gpkg has no layer named hazards; its layers are: a, b."


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("hazards.geojson", b"", "hazards.geojson is empty; export the layer again."),
        (
            "hazards.geojson",
            VRT.encode(),
            "hazards.geojson is not GeoJSON; export the layer again as a GeoJSON FeatureCollection.",
        ),
        (
            "hazards.geojson",
            b'{"type": "Topology", "objects": {}}',
            "hazards.geojson is not GeoJSON; export the layer again as a GeoJSON FeatureCollection.",
        ),
        (
            "hazards.geojson",
            b'{"type": "FeatureCollection", "features": [{"type": "Fea',
            "hazards.geojson is broken or cut off; export the layer again.",
        ),
        (
            "hazards.geojson",
            b'{"type": "FeatureCollection", "features": ' + b"[" * 100_000,
            "hazards.geojson is broken or cut off; export the layer again.",
        ),
        (
            "hazards.geojson",
            b'{"type": "FeatureCollection", "features": [null, {"type": "Feature", "properties": null, '
            b'"geometry": {"type": "Point", "coordinates": [18, 44]}}]}',
            "hazards.geojson holds 2 rows but only 1 can be read; open it in a GIS, mend it and save it again.",
        ),
        ("hazards.gpkg", VRT.encode(), "hazards.gpkg is not a GeoPackage; export the layer again."),
        (
            "hazards.gpkg",
            b"SQLite format 3\x00" + b"x" * 2000,
            "hazards.gpkg is a broken GeoPackage (file is not a database); export the layer again.",
        ),
        ("hazards.shp", VRT.encode(), "hazards.shp lacks its .shx part; copy all parts of the shapefile together."),
        (
            "hazards.shp.zip",
            VRT.encode(),
            "hazards.shp.zip is not a zip file that can be unpacked; zip the shapefile again.",
        ),
        ("hazards.csv", b"id,x\n1,2\n", "hazards.csv has no coordinates; give it columns longitude and latitude, or "
         "name them under [columns.hazards] in programme.toml."),
        ("hazards.csv", b"id,x,y\n1,2,3,4\n", None),
        ("hazards.csv", b"\xff\xfe\x00i", "hazards.csv is not UTF-8 text; save it as CSV UTF-8."),
    ],
)  # fmt: skip
def test_files_that_are_not_what_they_claim(folder, name, content, sentence):
    path = folder(hazards=None)
    (path / name).write_bytes(content)
    with pytest.raises(LayerError) as error:
        open_programme(path)
    if sentence is None:
        assert str(error.value).startswith("hazards.csv is not a regular table (")
    else:
        assert str(error.value) == sentence
    assert check_programme(path).unusable == [str(error.value)]


def test_a_missing_file_and_an_unknown_format(folder):
    path = folder(hazards=None, toml='[layers]\nhazards = "gone.geojson"\nplaces = "list.mdb"\nroutes = "roads.XLS"\n')
    assert check_programme(path).unusable == [
        "gone.geojson is not there; put the file in place or take it out of programme.toml.",
        "list.mdb is not in a format that is read here; use one of .shp.zip, .geojson, .json, .geojsonl, .geojsons, "
        ".geojsonseq, .gpkg, .shp, .fgb, .parquet, .geoparquet, .kml, .kmz, .csv, .xlsx.",
        "roads.XLS is a spreadsheet of a kind that is not read here; save it as .xlsx.",
    ]


def test_a_large_file_is_refused_before_it_is_read(folder, monkeypatch):
    path = folder()
    monkeypatch.setitem(files_module.MAX_BYTES, ".geojson", 10)
    with pytest.raises(FileFormatError) as error:
        open_programme(path)
    assert str(error.value) == (
        "communities.geojson is 0 MB, over the limit of 0 MB; split it, or export it as GeoPackage."
    )


@pytest.mark.parametrize("lost", [".shx", ".dbf"])
def test_a_shapefile_without_one_of_its_parts(folder, hazards, lost):
    path = folder(hazards=None)
    hazards.geometry = shapely.buffer(hazards.geometry.to_numpy(), 0.001)
    write_shapefile(hazards, path / "hazards.shp")
    (path / f"hazards{lost}").unlink()
    with pytest.raises(FileFormatError) as error:
        open_programme(path)
    assert str(error.value) == f"hazards.shp lacks its {lost} part; copy all parts of the shapefile together."


def test_a_shapefile_is_judged_by_its_first_bytes_and_its_rows(folder, hazards):
    path = folder(hazards=None)
    hazards.geometry = shapely.buffer(hazards.geometry.to_numpy(), 0.001)
    write_shapefile(hazards, path / "hazards.shp")
    shp, shx = path / "hazards.shp", path / "hazards.shx"
    index = shx.read_bytes()
    shx.write_bytes(index[:-8])
    with pytest.raises(FileFormatError) as error:
        open_programme(path)
    assert str(error.value) == (
        "hazards.shp has 1 shapes but 2 rows of attributes; copy all parts of the shapefile together."
    )
    shx.write_bytes(index)
    shp.write_text(VRT)
    with pytest.raises(FileFormatError) as error:
        open_programme(path)
    assert str(error.value) == "hazards.shp is not a Shapefile; export the layer again."


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_zips_that_are_no_shapefile(folder, monkeypatch):
    path = folder(hazards=None)
    store = path / "hazards.shp.zip"
    zipped(store, {"hazards.shp": VRT, "hazards.shx": "", "hazards.dbf": ""})
    with pytest.raises(FileFormatError, match=r"hazards.shp.zip is not a Shapefile; export the layer again\."):
        open_programme(path)
    zipped(store, {"a.shp": "", "b.shp": "", "c.vrt": VRT})
    with pytest.raises(FileFormatError) as error:
        open_programme(path)
    assert str(error.value) == "hazards.shp.zip holds 2 .shp files; zip exactly one shapefile."
    zipped(store, {"../../a.shp": b"\x00\x00\x27\x0a" * 9})
    with pytest.raises(FileFormatError, match=r"hazards.shp.zip lacks its .shx part"):
        open_programme(path)
    assert not list(path.parent.parent.glob("a.shp"))
    monkeypatch.setattr(archives_module, "MAX_UNPACKED_BYTES", 1000)
    zipped(store, {"a.shp": b"\x00" * 2_000_000, "a.shx": "", "a.dbf": ""})
    with pytest.raises(FileFormatError) as error:
        open_programme(path)
    assert str(error.value) == (
        "hazards.shp.zip unpacks to far more than a shapefile should; unpack and check it by hand."
    )


def test_a_zip_bomb_is_measured_as_it_unpacks(folder):
    """32 MB of zeros in 32 kB: more than 200 to 1."""
    path = folder(hazards=None)
    zipped(path / "hazards.shp.zip", {"a.shp": b"\x00" * (32 << 20), "a.shx": "", "a.dbf": ""})
    with pytest.raises(FileFormatError, match="unpacks to far more than a shapefile should"):
        open_programme(path)


def test_addresses_are_refused(folder):
    for written in ("https://example.org/hazards.geojson", "/vsicurl/http://example.org/h.geojson", "/vsizip/a.zip"):
        path = folder(toml=f'[layers]\nhazards = "{written}"\n')
        with pytest.raises(ValueError, match="names an address") as error:
            open_programme(path)
        assert str(error.value) == (
            f"[layers] hazards names an address, {written}; only files on this machine are read."
        )


def spoil(path, *statements):
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(*statement) if isinstance(statement, tuple) else database.execute(statement)
    database.commit()
    database.close()


ENDLESS = "WITH RECURSIVE t(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM t) SELECT fid, NULL AS geom FROM t"


def test_a_view_in_a_geopackage_is_not_run(folder, hazards):
    path = folder(hazards=None)
    store = path / "hazards.gpkg"
    hazards.to_file(store, layer="other")
    spoil(
        store,
        f"CREATE VIEW hazards AS {ENDLESS}",
        "INSERT INTO gpkg_contents (table_name, data_type, srs_id) VALUES ('hazards', 'features', 4326)",
        "INSERT INTO gpkg_geometry_columns VALUES ('hazards', 'geom', 'POLYGON', 4326, 0, 0)",
    )
    with pytest.raises(FileFormatError) as error:
        open_programme(path)
    assert str(error.value) == "The layer hazards of hazards.gpkg is a view; export it as a table."


def test_a_view_for_the_contents_of_a_geopackage_is_not_run(folder, hazards):
    path = folder(hazards=None)
    store = path / "hazards.gpkg"
    hazards.to_file(store, layer="hazards")
    spoil(store, "DROP TABLE gpkg_extensions", f"CREATE VIEW gpkg_extensions AS {ENDLESS}")
    with pytest.raises(FileFormatError) as error:
        open_programme(path)
    assert str(error.value) == (
        "hazards.gpkg keeps its own contents in a view (gpkg_extensions); export the layers again."
    )


def without_triggers(store):
    database = sqlite3.connect(store)
    names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    database.close()
    spoil(store, *(f'DROP TRIGGER "{name}"' for name in names))


def test_rows_that_the_stored_count_hides_are_an_error(folder, hazards):
    """GDAL believes gpkg_ogr_contents; a stale count there would drop hazards in silence."""
    path = folder(hazards=None)
    store = path / "hazards.gpkg"
    hazards.to_file(store, layer="hazards")
    without_triggers(store)
    spoil(store, "INSERT INTO hazards (hazard_id) VALUES ('H3')")
    with pytest.raises(FileFormatError) as error:
        open_programme(path)
    assert str(error.value) == (
        "hazards.gpkg holds 3 rows but only 2 can be read; open it in a GIS, mend it and save it again."
    )


def test_a_geometry_that_cannot_be_parsed_is_a_counted_row(folder, hazards, accounted, told):
    """Garbage, an empty blob, and collections nested five thousand deep."""
    path = folder(hazards=None)
    store = path / "hazards.gpkg"
    hazards.to_file(store, layer="hazards")
    head = b"GP\x00\x01" + struct.pack("<i", 4326)
    nested = shapely.to_wkb(shapely.Point(18, 44))
    for _ in range(5000):
        nested = struct.pack("<BII", 1, 7, 1) + nested
    without_triggers(store)
    blobs = [head + b"\x01\x03\x00\x00\x00garbage", b"", head + nested]
    spoil(
        store,
        *(("INSERT INTO hazards (geom, hazard_id) VALUES (?, ?)", (blob, f"B{n}")) for n, blob in enumerate(blobs)),
        "UPDATE gpkg_ogr_contents SET feature_count = 5",
    )
    programme = open_programme(path)
    accounted(programme)
    assert [row[0] for row in told(programme, "null_geometry")] == ["B0", "B1", "B2"]
    assert len(programme.hazards) == 2


def test_the_geopackage_is_left_as_it_was(folder, hazards):
    path = folder(hazards=None)
    store = path / "hazards.gpkg"
    hazards.to_file(store, layer="hazards")
    before = hashes(store)
    os.chmod(store, 0o444)
    open_programme(path)
    assert hashes(store) == before
    assert sorted(part.name for part in path.iterdir()) == [
        "communities.geojson", "districts.geojson", "hazards.gpkg", "places.geojson", "programme.toml",
    ]  # fmt: skip


def test_curves_become_lines_and_every_part_of_a_shapefile_is_hashed(tmp_path, hazards):
    store = tmp_path / "hazards.gpkg"
    hazards.to_file(store, layer="hazards")
    without_triggers(store)
    arc = struct.pack("<BII", 1, 10, 1) + struct.pack("<BII", 1, 8, 5)
    arc += struct.pack("<10d", 18, 44, 18.01, 44.01, 18.02, 44, 18.01, 43.99, 18, 44)
    spoil(
        store,
        ("UPDATE hazards SET geom = ? WHERE hazard_id = 'H1'", (b"GP\x00\x01" + struct.pack("<i", 4326) + arc,)),
    )
    geometry = open_vector(store, "hazards").geometry
    assert geometry[0].geom_type == "Polygon"
    hazards.geometry = shapely.buffer(hazards.geometry.to_numpy(), 0.001)
    write_shapefile(hazards, tmp_path / "hazards.shp")
    assert set(hashes(tmp_path / "hazards.shp")) == {f"hazards.{end}" for end in ("shp", "shx", "dbf", "prj", "cpg")}


def test_what_the_reader_warns_of_is_told(folder, world, told):
    ring = {"type": "Polygon", "coordinates": [[[18.02, 44.0], [18.022, 44.0], [18.022, 44.002]]]}
    programme = open_programme(folder(hazards=[world.feature(ring, hazard_id="H1")]))
    [(identifier, action, detail)] = told(programme, "reader_warning")
    assert (identifier, action) == (None, "kept")
    assert detail.startswith("The reader says: Non closed ring detected.")


def test_a_geojson_that_may_be_in_any_reference_system_is_refused(folder, world, tmp_path):
    for member in (None, {"type": "name", "properties": {"name": "our own"}}):
        path = folder(hazards=None)
        world.write_geojson(path / "hazards.geojson", world.hazards, crs=member)
        with pytest.raises(LayerError) as error:
            open_programme(path)
        assert str(error.value) == (
            "hazards.geojson does not say in which coordinate reference system it is; "
            'write hazards = "EPSG:..." under [crs] in programme.toml.'
        )
    stated = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    world.write_geojson(path / "hazards.geojson", world.hazards, crs=stated)
    assert len(open_programme(path).hazards) == 1


def test_lists_in_geojson_are_several_words(folder, world):
    hazard = world.feature(world.square(18.02, 44), hazard_id="H1", contamination=["uxo", "ap_mine"])
    assert open_programme(folder(hazards=[hazard])).hazards["contamination"].tolist() == ["ap_mine;uxo"]


def test_a_file_in_utf_8_with_a_mark_is_read(folder, world):
    path = folder(hazards=None)
    buffer = io.StringIO()
    json.dump({"type": "FeatureCollection", "features": world.hazards}, buffer)
    (path / "hazards.geojson").write_text(buffer.getvalue(), encoding="utf-8-sig")
    assert len(open_programme(path).hazards) == 1


def dbf_of_dates(rows):
    """A dBASE table of hazard_id (4 characters) and reported_on (a date, 8 digits)."""
    head = struct.pack("<B3BIHH20x", 3, 24, 1, 1, len(rows), 32 * 3 + 1, 1 + 12)
    for name, kind, width in ((b"hazard_id", b"C", 4), (b"reported_o", b"D", 8)):
        head += struct.pack("<11sc4xBB14x", name, kind, width, 0)
    return head + b"\r" + b"".join(b" " + name.ljust(4) + day for name, day in rows) + b"\x1a"


def test_an_impossible_day_in_a_column_of_dates_spoils_one_row(folder, hazards, told, accounted):
    path = folder(hazards=None)
    hazards.geometry = shapely.buffer(hazards.geometry.to_numpy(), 0.001)
    hazards[["hazard_id", "geometry"]].to_file(path / "hazards.shp")
    (path / "hazards.dbf").write_bytes(dbf_of_dates([(b"H1", b"20050230"), (b"H2", b"20050203")]))
    programme = open_programme(path)
    accounted(programme)
    assert told(programme, "unreadable_date") == [
        ("H1", "repaired",
         'reported_on "2005/02/30" is not a date; it is left out. Write dates as 2005-12-31.')
    ]  # fmt: skip
    assert programme.hazards["reported_on"].tolist() == [pd.NaT, pd.Timestamp("2005-02-03")]


@pytest.mark.parametrize(
    "member",
    [
        {"type": "link", "properties": {"href": "http://example.org/crs"}},
        {"type": "url", "properties": {"url": "http://example.org/crs"}},
        {"type": "name", "properties": {"name": "EPSG:4326", "href": "http://example.org/crs"}},
    ],
)
def test_a_reference_system_behind_an_address_is_refused(folder, world, member, monkeypatch):
    """GDAL would call the address, so the file is refused before GDAL sees it."""
    monkeypatch.setattr(pyogrio, "read_dataframe", None)
    path = folder(hazards=None) / "hazards.geojson"
    for key in ("crs", "CRS"):
        world.write_geojson(path, world.hazards, **{key: member})
        with pytest.raises(FileFormatError) as error:
            open_vector(path, "hazards")
        assert str(error.value) == (
            "hazards.geojson states its coordinate reference system other than by name; "
            "export it again in longitude and latitude."
        )
    point = {"type": "Point", "coordinates": [18, 44]}
    inside = {**point, "crs": member}
    nested = {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": [inside]}]}
    for feature in ({**world.feature(point), "crs": member}, world.feature(inside), world.feature(nested)):
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
        with pytest.raises(FileFormatError) as error:
            open_vector(path, "hazards")
        assert str(error.value) == (
            "hazards.geojson states a coordinate reference system inside a feature; "
            "export it again with one for the whole file."
        )


RING = [[18.02, 44.0], [18.022, 44.0], [18.022, 44.002], [18.02, 44.0]]
PARTLY = [
    {"type": "MultiPolygon", "coordinates": [[RING], [[*RING[:2], [None, None], RING[0]]]]},
    {"type": "MultiPolygon", "coordinates": [[RING], None]},
    {"type": "Polygon", "coordinates": [RING, "unreadable"]},
    {"type": "Polygon", "coordinates": [RING, [RING]]},
    {"type": "MultiLineString", "coordinates": [RING, [None, [18, 44]]]},
    *(
        {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "coordinates": [RING]}, bad]}
        for bad in (None, {"type": "Circle", "coordinates": [18, 44]}, {"type": "Point", "coordinates": ["18", "44"]})
    ),
]


@pytest.mark.parametrize("geometry", PARTLY)
def test_a_geometry_is_read_whole_or_refused(folder, world, geometry, accounted, told):
    path = folder(hazards=None)
    whole = {"type": "GeometryCollection", "geometries": [{"type": "MultiPolygon", "coordinates": [[RING]]}]}
    # The numbers of the features are out of order, as some exports have them.
    rows = [({**whole}, "H1", 9), (geometry, "H2", 5), ({**whole}, "H3", 1)]
    features = [{**world.feature(shape, hazard_id=name), "id": number} for shape, name, number in rows]
    (path / "hazards.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )
    programme = open_programme(path)
    accounted(programme)
    assert [row[0] for row in told(programme, "null_geometry")] == ["H2"]
    assert programme.unplaced["hazard_id"].tolist() == ["H2"]
    assert sorted(programme.hazards["hazard_id"]) == ["H1", "H3"]


def test_a_view_is_known_however_its_name_is_written(folder, hazards):
    store = folder(hazards=None) / "hazards.gpkg"
    hazards.to_file(store, layer="other")
    spoil(
        store,
        f"CREATE VIEW HAZARDS AS {ENDLESS}",
        "INSERT INTO gpkg_contents (table_name, data_type, srs_id) VALUES ('hazards', 'features', 4326)",
    )
    with pytest.raises(FileFormatError) as error:
        open_vector(store, "hazards")
    assert str(error.value) == "The layer hazards of hazards.gpkg is a view; export it as a table."


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        (
            ["INSERT INTO gpkg_contents (table_name, data_type) VALUES ('hazards', 'features')"],
            "hazards.gpkg lists a layer hazards that is no table in it; export the layers again.",
        ),
        (
            ["ALTER TABLE other ADD COLUMN doubled AS (fid * 2)", "UPDATE gpkg_contents SET table_name = 'OTHER'"],
            "The layer OTHER of hazards.gpkg computes its column doubled; export it as a plain table.",
        ),
        (
            ["INSERT INTO gpkg_contents (table_name, data_type) VALUES (NULL, 'features')"],
            "hazards.gpkg lists a layer that has no name; export the layers again.",
        ),
    ],
)
def test_a_layer_of_a_geopackage_is_a_plain_table(folder, hazards, statements, sentence):
    store = folder(hazards=None) / "hazards.gpkg"
    hazards.to_file(store, layer="other")
    without_triggers(store)
    spoil(store, "CREATE TABLE copy AS SELECT * FROM gpkg_contents", "DROP TABLE gpkg_contents")
    spoil(store, "ALTER TABLE copy RENAME TO gpkg_contents", *statements)
    with pytest.raises(FileFormatError) as error:
        open_vector(store, "hazards")
    assert str(error.value) == sentence


def test_a_csv_with_too_many_columns_is_refused(tmp_path):
    path = tmp_path / "hazards.csv"
    header = ",".join(f"c{number}" for number in range(1001))
    for start in ("", " \n\n"):
        path.write_text(f"{start}{header}\n1\n", encoding="utf-8")
        with pytest.raises(FileFormatError) as error:
            open_vector(path, "hazards")
        assert str(error.value) == (
            "hazards.csv has 1,001 columns, over the limit of 1,000; take out those not needed."
        )


def test_text_that_is_not_in_the_encoding_it_claims(tmp_path, hazards):
    store = tmp_path / "hazards.gpkg"
    hazards.to_file(store, layer="hazards")
    without_triggers(store)
    spoil(store, "UPDATE hazards SET hazard_id = CAST(x'48ff' AS TEXT)")
    hazards.geometry = shapely.buffer(hazards.geometry.to_numpy(), 0.001)
    hazards[["hazard_id", "geometry"]].to_file(tmp_path / "hazards.shp")
    table = tmp_path / "hazards.dbf"
    table.write_bytes(table.read_bytes().replace(b"H1", b"H\xff"))
    for name in ("hazards.gpkg", "hazards.shp"):
        with pytest.raises(FileFormatError) as error:
            open_vector(tmp_path / name, "hazards")
        assert str(error.value) == f"{name} holds text that is not UTF-8 as it claims; export it again as UTF-8."


def test_a_path_that_cannot_be_opened(tmp_path, hazards, monkeypatch):
    name = "h" * 300 + ".csv"
    with pytest.raises(FileFormatError) as error:
        open_vector(tmp_path / name, "hazards")
    assert str(error.value) == f"{name} cannot be opened (File name too long); check its name and who may read it."
    hazards.geometry = shapely.buffer(hazards.geometry.to_numpy(), 0.001)
    hazards[["hazard_id", "geometry"]].to_file(tmp_path / "hazards.shp")
    really_open = type(tmp_path).open

    def open_or_refuse(path, *arguments, **options):
        if path == tmp_path / "hazards.dbf":
            raise PermissionError(13, "Permission denied")
        return really_open(path, *arguments, **options)

    monkeypatch.setattr(type(tmp_path), "open", open_or_refuse)
    with pytest.raises(FileFormatError) as error:
        open_vector(tmp_path / "hazards.shp", "hazards")
    assert str(error.value) == ("hazards.dbf cannot be opened (Permission denied); check its name and who may read it.")


def test_a_zip_with_damaged_data_is_refused(folder, hazards, tmp_path_factory):
    path = folder(hazards=None)
    store = tmp_path_factory.mktemp("shape")
    hazards.geometry = shapely.buffer(hazards.geometry.to_numpy(), 0.001)
    write_shapefile(hazards, store / "hazards.shp")
    archive_path = path / "hazards.shp.zip"
    with zipfile.ZipFile(archive_path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in store.iterdir():
            archive.write(part, part.name)
        start = archive.getinfo("hazards.shp").header_offset + 30 + len("hazards.shp")
    content = bytearray(archive_path.read_bytes())
    content[start : start + 20] = b"\xff" * 20
    archive_path.write_bytes(content)
    with pytest.raises(FileFormatError, match=r"hazards\.shp\.zip"):
        open_programme(path)
