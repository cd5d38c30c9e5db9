"""A background map that a programme keeps in its folder (MBTiles), or an address of one that it names."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from hazard_service.errors import ProgrammeError
from hazard_service.layers.toml import refuse_unknown, text_in

FILE: Final = "basemap.mbtiles"
_PICTURES: Final = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp"}


@dataclass(frozen=True)
class Basemap:
    """file: an MBTiles file of pictures, or None where `address` ({z}, {x}, {y} in it) names tiles of another host."""

    file: Path | None
    address: str
    attribution: str
    content_type: str
    min_zoom: int
    max_zoom: int


def read_basemap(folder: Path, stated: Mapping[str, Any]) -> Basemap | None:
    """basemap.mbtiles of the folder, else what [map] in programme.toml names, else None. Raises ProgrammeError."""
    refuse_unknown(stated, ("tiles", "attribution"), "key under [map]")
    file = folder / FILE
    if file.is_file():
        if stated:
            raise ProgrammeError(f"The folder has {FILE} and programme.toml names tiles under [map]; keep one of them.")
        return _from_file(file)
    if not stated:
        return None
    address = text_in(stated, "tiles")
    if urlsplit(address).scheme != "https" or any(part not in address for part in ("{z}", "{x}", "{y}")):
        raise ProgrammeError("[map] tiles must be an https address with {z}, {x} and {y} in it.")
    return Basemap(None, address, text_in(stated, "attribution"), "", 0, 19)


def tile(basemap: Basemap, zoom: int, x: int, y: int) -> bytes | None:
    """One picture of a basemap's file, y from the north; None where it has none."""
    if basemap.file is None or not 0 <= zoom <= 30 or max(x, y) >= 1 << zoom:
        return None
    row = (zoom, x, (1 << zoom) - 1 - y)  # MBTiles counts rows from the south
    with closing(_opened(basemap.file)) as database:
        found = database.execute(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?", row
        ).fetchone()
    return None if found is None else bytes(found[0])


def _from_file(file: Path) -> Basemap:
    try:
        with closing(_opened(file)) as database:
            about = dict(database.execute("SELECT name, value FROM metadata"))
            zooms = database.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
    except sqlite3.Error as error:
        raise ProgrammeError(f"{FILE} cannot be read ({error}); make it anew, or take it out.") from None
    form = str(about.get("format", "png")).lower()
    if form not in _PICTURES:
        raise ProgrammeError(f'{FILE} holds "{form}" tiles; only pictures are drawn: {", ".join(_PICTURES)}.')
    if zooms[0] is None:
        raise ProgrammeError(f"{FILE} holds no tile; make it anew, or take it out.")
    return Basemap(file, "", str(about.get("attribution", "")), _PICTURES[form], int(zooms[0]), int(zooms[1]))


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
