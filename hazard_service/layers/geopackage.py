"""GeoPackages looked through before GDAL: its tables are listed, counted, and none of them runs anything."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from hazard_service.errors import FileFormatError, LayerError

_MAGIC = b"SQLite format 3\x00"
_STEPS = 50_000_000


def tables_of(path: Path, kinds: Sequence[str]) -> list[str]:
    """Names of the tables of these kinds ("features", "attributes"), in the file's own order."""
    with _database(path) as database:
        return _tables(database, path.name, kinds)


def table_of(path: Path, layer: str, kinds: Sequence[str]) -> tuple[str, int]:
    """(table to read, its rows). The stored row count may be stale and would hide rows, so rows are counted here."""
    with _database(path) as database:
        tables = _tables(database, path.name, kinds)
        table = tables[0] if len(tables) == 1 else layer
        if table not in tables:
            listed = ", ".join(tables) or "none"
            raise LayerError(f"{path.name} has no layer named {layer}; its layers are: {listed}.")
        quoted = table.replace('"', '""')
        real = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if table.casefold() not in {row[0].casefold() for row in real}:
            raise FileFormatError(f"{path.name} lists a layer {table} that is no table in it; export the layers again.")
        # A generated column runs code for every row (2: on reading, 3: stored).
        for column in database.execute(f'PRAGMA table_xinfo("{quoted}")'):
            if column[6] in (2, 3):
                raise FileFormatError(
                    f"The layer {table} of {path.name} computes its column {column[1]}; export it as a plain table."
                )
        return table, int(database.execute(f'SELECT COUNT(*) FROM "{quoted}"').fetchone()[0])


@contextmanager
def _database(path: Path) -> Iterator[sqlite3.Connection]:
    """The SQLite file inside a GeoPackage, read-only, stopped where it would run on for ever."""
    with path.open("rb") as stream:
        if stream.read(len(_MAGIC)) != _MAGIC:
            raise FileFormatError(f"{path.name} is not a GeoPackage; export the layer again.")
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        database.set_progress_handler(lambda: 1, _STEPS)
        try:
            yield database
        except sqlite3.DatabaseError as error:
            raise FileFormatError(f"{path.name} is a broken GeoPackage ({error}); export the layer again.") from error


def _tables(database: sqlite3.Connection, name: str, kinds: Sequence[str]) -> list[str]:
    # A view can be an endless query, and a virtual table runs code: neither has pages of its own.
    query = "SELECT name FROM sqlite_master WHERE type = 'view' OR (type = 'table' AND rootpage = 0)"
    # SQLite does not tell capitals from small letters in names.
    made_up = {row[0].casefold() for row in database.execute(query)}
    if hidden := sorted(table for table in made_up if table.startswith("gpkg_")):
        raise FileFormatError(f"{name} keeps its own contents in a view ({hidden[0]}); export the layers again.")
    marks = ", ".join("?" for _ in kinds)
    query = f"SELECT table_name FROM gpkg_contents WHERE data_type IN ({marks}) ORDER BY rowid"
    tables = [row[0] for row in database.execute(query, tuple(kinds))]
    if not all(isinstance(table, str) for table in tables):
        raise FileFormatError(f"{name} lists a layer that has no name; export the layers again.")
    if views := sorted(table for table in tables if table.casefold() in made_up):
        raise FileFormatError(f"The layer {views[0]} of {name} is a view; export it as a table.")
    return tables
