"""A background map in the folder: read tile by tile, served, and refused in a sentence."""

import shutil
import sqlite3

import pytest

from hazard_service.errors import ProgrammeError
from hazard_service.layers import open_programme
from hazard_service.layers.basemap import FILE, read_basemap, tile
from hazard_service.web import create_app

PICTURE = b"\x89PNG a picture"


def write_tiles(path, *, form="png", tiles=((3, 2, 6, PICTURE),)):
    """An MBTiles file; rows count from the south."""
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        database.executemany("INSERT INTO metadata VALUES (?, ?)", [("format", form), ("attribution", "Drawn by hand")])
        database.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", tiles)
    database.close()


def test_tiles_are_found_from_the_north(tmp_path):
    write_tiles(tmp_path / FILE)
    found = read_basemap(tmp_path, {})
    assert (found.content_type, found.attribution, found.min_zoom, found.max_zoom) == (
        "image/png",
        "Drawn by hand",
        3,
        3,
    )
    assert tile(found, 3, 2, 1) == PICTURE  # of 8 rows the 7th from the south is the 2nd from the north
    assert tile(found, 3, 2, 6) is None
    assert tile(found, 99, 0, 0) is None


def test_without_any_there_is_none(tmp_path):
    assert read_basemap(tmp_path, {}) is None


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        (
            {"tiles": "http://tiles.example/{z}/{x}/{y}.png", "attribution": "x"},
            r"must be an https address with {z}, {x}",
        ),
        ({"tiles": "https://tiles.example/map.png", "attribution": "x"}, r"must be an https address with {z}, {x}"),
        ({"tile": "https://tiles.example/{z}/{x}/{y}"}, r"^Unknown key under \[map\] in programme.toml: tile\."),
        ({"tiles": "https://tiles.example/{z}/{x}/{y}"}, r"needs attribution"),
    ],
)
def test_what_programme_toml_may_name(tmp_path, stated, sentence):
    with pytest.raises(ProgrammeError, match=sentence):
        read_basemap(tmp_path, stated)


def test_files_that_are_none(tmp_path):
    (tmp_path / FILE).write_bytes(b"no database at all")
    with pytest.raises(
        ProgrammeError, match=r"^basemap\.mbtiles cannot be read \(.*\); make it anew, or take it out\.$"
    ):
        read_basemap(tmp_path, {})
    (tmp_path / FILE).unlink()
    write_tiles(tmp_path / FILE, form="pbf")
    with pytest.raises(ProgrammeError, match=r'holds "pbf" tiles; only pictures are drawn: png, jpg'):
        read_basemap(tmp_path, {})
    (tmp_path / FILE).unlink()
    write_tiles(tmp_path / FILE, tiles=())
    with pytest.raises(ProgrammeError, match=r"holds no tile"):
        read_basemap(tmp_path, {})


def test_served_from_the_programme_and_from_nowhere_else(six_villages, tmp_path):
    folder = tmp_path / "programme"
    shutil.copytree(six_villages, folder)
    write_tiles(folder / FILE)
    client = create_app(open_programme(folder)).test_client()
    found = client.get("/tiles/3/2/1")
    assert (found.data, found.content_type) == (PICTURE, "image/png")
    for address in ("/tiles/3/2/6", "/tiles/3/-1/1", "/tiles/a/b/c", "/tiles/3/99999999999999999999/1"):
        assert client.get(address).status_code == 404
    page = client.get("/")
    assert "Background map" in page.text
    assert "img-src 'self' data:;" in page.headers["Content-Security-Policy"]
    assert create_app(open_programme(six_villages)).test_client().get("/tiles/3/2/1").status_code == 404


def test_another_host_is_asked_only_where_programme_toml_names_it(six_villages, tmp_path):
    folder = tmp_path / "programme"
    shutil.copytree(six_villages, folder)
    toml = folder / "programme.toml"
    named = '\n[map]\ntiles = "https://tiles.example/{z}/{x}/{y}.png"\nattribution = "Example"\n'
    toml.write_text(toml.read_text(encoding="utf-8") + named, encoding="utf-8")
    page = create_app(open_programme(folder)).test_client().get("/")
    assert "img-src 'self' https://tiles.example data:;" in page.headers["Content-Security-Policy"]
    assert "https://tiles.example/{z}/{x}/{y}.png" in page.text
