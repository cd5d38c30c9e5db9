"""CSV: a table whose coordinates are columns. Everything is text: a zero at the start of a code is part of the code."""

import csv
import io
import warnings
from pathlib import Path

import pandas as pd

from hazard_service.errors import FileFormatError
from hazard_service.layers.opened import Opened, first_line, refuse_large, without_geometry


def open_csv(path: Path) -> Opened:
    """Every row. Raises FileFormatError where the file is no regular table in UTF-8."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFormatError(f"{path.name} is not UTF-8 text; save it as CSV UTF-8.") from error
    header = text.split("\n", 1)[0]
    separator = max((",", ";", "\t"), key=header.count)
    refuse_large(_csv_columns(text, separator, path.name), 0, path.name)
    try:
        # A row with more fields than the header would be cut short with a mere warning.
        with warnings.catch_warnings(), path.open(encoding="utf-8-sig", newline="") as stream:
            warnings.simplefilter("error", pd.errors.ParserWarning)
            columns = pd.read_csv(
                stream, sep=separator, dtype=object, keep_default_na=False, na_values=[""], index_col=False
            )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, pd.errors.ParserWarning, ValueError) as error:
        raise FileFormatError(f"{path.name} is not a regular table ({first_line(error)}); save it again.") from error
    return without_geometry(columns)


def _csv_columns(text: str, separator: str, name: str) -> int:
    """Columns of the first row that is not blank, which is the header."""
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if len(row) > 1 or "".join(row).strip():
                return len(row)
    except csv.Error as error:
        raise FileFormatError(f"{name} is not a regular table ({first_line(error)}); save it again.") from error
    return 0
