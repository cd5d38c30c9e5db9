"""What files share: cells that cannot run, and the papers that lie beside them."""

import csv
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from hazard_service.errors import HazardServiceError
from hazard_service.layers import Programme, Situation
from hazard_service.layers.kinds import only

# A spreadsheet runs a cell that begins with =, +, - or @, and may begin a cell wherever one of these separators stands.
_FORMULA_STARTS: Final = re.compile(r"(?:^|[;\t\r\n])(?=[\s\"]*[=+\-@])")
_ASCII_STARTS: Final = re.compile(r"[=+\-@]")


class ExportError(HazardServiceError, ValueError):
    """Results cannot be written as asked."""


def write_cells(table: pd.DataFrame, path: Path) -> None:
    """A table as CSV for spreadsheets: every text quoted, and none that would run."""
    safe = table.map(plain_cell)
    safe.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)


def plain_cell(value: object) -> object:
    """Text with an apostrophe wherever a spreadsheet could begin to run it."""
    if not isinstance(value, str) or (value.isascii() and not _ASCII_STARTS.search(value)):
        return value
    # Letter by letter, so that a start found in the folded text is at the same place in the text.
    folded = "".join(unicodedata.normalize("NFKC", letter)[:1] or " " for letter in value)
    for start in reversed(list(_FORMULA_STARTS.finditer(folded))):
        value = f"{value[: start.end()]}'{value[start.end() :]}"
    return value


def papers(
    situation: Situation,
    provenance: Mapping[str, Any],
    caveats: Sequence[str],
    *,
    what: str = "data",
    coordinates: str = "WGS 84 (EPSG:4326)",
    more: Sequence[str] = (),
) -> dict[str, str]:
    """README.txt and provenance.json by name: what no file of results may be without.

    what: what the README calls the results. more: lines on the files beside it, after the caveats.
    """
    programme = situation.programme
    lines = [
        f"{programme.name}: {what} as of {situation.on}{only(situation.kinds)}, data date {programme.data_date}.",
        f"Do not rely on these files after 90 days from {programme.data_date}: ask for newer ones.",
        f"Coordinates: {coordinates}. Distances m, minutes min, areas km² (area_m2: m²).",
        f"Licence: {licence_of(programme)}",
        "",
        *(f"- {caveat}" for caveat in caveats),
        "",
        *more,
    ]
    members = {**provenance, "licence": programme.licence or None, "caveats": list(caveats)}
    return {
        "README.txt": "\n".join(lines).rstrip("\n") + "\n",
        "provenance.json": json.dumps(members, indent=2, ensure_ascii=False) + "\n",
    }


def licence_of(programme: Programme) -> str:
    """The licence of the programme's data, or that none is stated."""
    return programme.licence or "none stated; ask who gave you these files before you pass them on."


def write_papers(written: Mapping[str, str], folder: Path, *, prefix: str = "") -> list[Path]:
    """Write `papers` into a folder. prefix: begins their names, where a folder may hold other results too."""
    paths = []
    for name, text in written.items():
        paths.append(folder / f"{prefix}{name}")
        paths[-1].write_text(text, encoding="utf-8")
    return paths
