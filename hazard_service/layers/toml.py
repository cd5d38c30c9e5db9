"""TOML files and what stands in them. What cannot be used raises ProgrammeError, one sentence on what to mend."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from hazard_service.errors import ProgrammeError

PROGRAMME: Final = "programme.toml"


def read_toml(path: Path) -> dict[str, Any]:
    """The table of a file that is there."""
    try:
        # Some editors begin a file with a byte order mark.
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProgrammeError(f"{path.name} cannot be read: {error}.") from error
    except RecursionError as error:
        raise ProgrammeError(f"{path.name} cannot be read: its brackets are nested too deep.") from error
    except OSError as error:
        raise ProgrammeError(f"{path.name} cannot be opened ({error.strerror}); check who may read it.") from error


def refuse_unknown(table: Mapping[str, Any], known: tuple[str, ...], what: str, file: str = PROGRAMME) -> None:
    """Nothing in a file is ignored in silence: a misspelt key would be."""
    if unknown := sorted(set(table) - set(known)):
        raise ProgrammeError(f"Unknown {what} in {file}: {', '.join(unknown)}. Known are: {', '.join(known)}.")


def table_in(table: Mapping[str, Any], key: str, file: str = PROGRAMME) -> dict[str, Any]:
    """The table under a key, empty where there is none."""
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise ProgrammeError(f"[{key}] in {file} must be a table.")
    return value


def text_in(table: Mapping[str, Any], key: str, default: str | None = None, file: str = PROGRAMME) -> str:
    """The text under a key; without a default it must not be blank."""
    value = table.get(key, default)
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise ProgrammeError(f'{file} needs {key} = "text".')
    return value


def local_path(folder: Path, written: str, key: str) -> Path:
    """The file that `key` of programme.toml names, there or not, but never an address."""
    # Two slashes at the start name a share on another machine.
    if "://" in written or written.replace("\\", "/").startswith(("/vsi", "//")):
        raise ProgrammeError(f"{key} names an address, {written}; only files on this machine are read.")
    path = folder / written
    try:
        path.is_file()
    except OSError as error:
        raise ProgrammeError(
            f"{key} in programme.toml is no usable file name ({error.strerror}); correct it."
        ) from error
    return path
