"""The arguments that verbs share, and what is refused of them before anything is computed."""

import os
from collections.abc import Collection
from pathlib import Path

import click

from hazard_service.errors import ParameterError
from hazard_service.language import ENGLISH, LANGUAGES


def _named(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    """Refuses a name that cannot be printed: the line that names a file written must not fail after the work."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise ParameterError("A file or folder name is not text in UTF-8; choose another name.") from None
    return path


def _check_folder(folder: Path) -> None:
    there = next(one for one in (folder, *folder.parents) if one.exists())
    if not there.is_dir():
        raise ParameterError(f"{there} is a file; name a folder to write into.")
    if not os.access(there, os.W_OK):
        raise ParameterError(f"{there} cannot be written into; name another folder.")


def _into_folder(ctx: click.Context, parameter: click.Parameter, folder: Path | None) -> Path | None:
    """Refuses a folder that cannot be written into."""
    _named(ctx, parameter, folder)
    if folder is not None:
        _check_folder(folder)
        _check_no_input(folder)
    return folder


def _check_no_input(folder: Path) -> None:
    """What is written there could take the place of a layer."""
    if (folder / "programme.toml").exists():
        raise ParameterError(f"{folder} is a programme itself; name another folder to write into.")


def _into_file(ctx: click.Context, parameter: click.Parameter, file: Path | None) -> Path | None:
    """Refuses a file that cannot be written."""
    _named(ctx, parameter, file)
    if file is not None and file.is_dir():
        raise ParameterError(f"{file} is a folder; name a file in it.")
    if file is not None:
        _check_folder(file.parent)
        _check_no_input(file.parent)
    return file


def _kinds(_: click.Context, __: click.Parameter, text: str) -> Collection[str]:
    from hazard_service.layers.kinds import chosen

    return chosen([word.strip() for word in text.split(",") if word.strip()])


_PATH = click.Path(path_type=Path)
FOLDER = click.argument("folder", type=_PATH, callback=_named)
ON = click.option("--on", metavar="DATE", help="Date as YYYY-MM-DD; the programme's data date when left out.")
FROM = click.option("--from", "start", metavar="DATE", help="Earlier date; the baseline date when left out.")
TO = click.option("--to", "end", metavar="DATE", help="Later date; the data date when left out.")
KINDS = click.option(
    "--kinds",
    default="SHA,CHA,unclassified",
    show_default=True,
    callback=_kinds,
    help="Hazard kinds to count, with commas between.",
)
OUT = click.option(
    "--out", default="out", show_default=True, type=_PATH, callback=_into_folder, help="Folder to write into."
)
OUT_OR_NONE = click.option(
    "--out", type=_PATH, callback=_into_folder, help="Folder to write all of it into; nothing when left out."
)
OUT_FILE = click.option("--out", default="map.html", show_default=True, type=_PATH, callback=_into_file)
COUNTED_OUT = click.option(
    "--out", type=_PATH, callback=_into_file, help="GeoJSON file for what the number counts; none when left out."
)
STEP = click.option("--step", type=click.Choice(["month", "quarter", "year"]), default="year", show_default=True)
LANGUAGE = click.option(
    "--lang",
    "language",
    type=click.Choice(list(LANGUAGES)),
    default=ENGLISH,
    show_default=True,
    help="Language of the page (docs/languages.md).",
)
PORT = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
