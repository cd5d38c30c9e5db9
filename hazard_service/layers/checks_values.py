"""Checks of single values: ids, words, numbers, dates. Turns text into what the columns hold."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hazard_service.layers.findings import LayerRows
from hazard_service.layers.schema import COLUMNS, DATED_AFTER_ALL, id_column
from hazard_service.vocabulary import (
    CONTAMINATION,
    COUNTRY_FACTS,
    ENDINGS,
    EXTENT_METHODS,
    HAZARD_KINDS,
    OUTSIDE,
    PLACE_KINDS,
    RELEASE_METHODS,
    STATUSES,
    WHOLE,
)


@dataclass(frozen=True)
class _Words:
    """refused: what becomes of a row without a known word; None: it stays, with the fallback."""

    known: Sequence[str]
    fallback: str | None
    rule: str
    refused: str | None = None


_WORDS: Final = {
    "kind": _Words(HAZARD_KINDS, "unclassified", "unknown_kind"),
    "place": _Words(PLACE_KINDS, "other", "unknown_kind"),
    "status": _Words(STATUSES, "open", "unknown_status"),
    "extent": _Words(EXTENT_METHODS, None, "unknown_extent_method"),
    "method": _Words(RELEASE_METHODS, None, "unknown_method", "the release is refused and opens nothing"),
    "ending": _Words(ENDINGS, None, "unknown_ended_how"),
    "fact": _Words(COUNTRY_FACTS, None, "unknown_fact", "the row is left out"),
}
# What the absence of a whole column means for the results.
_WHERE_ABSENT: Final = {
    ("hazards", "kind"): "every hazard is taken as unclassified",
    ("hazards", "status"): "every hazard is taken as open unless a date closes it",
    ("hazards", "contamination"): "what every hazard holds is unknown",
    ("hazards", "reported_on"): "every hazard is taken as known since always",
    ("releases", "hazard_id"): "every release cuts all hazards it overlaps",
    ("releases", "completed_on"): "when a release was completed is unknown",
    ("communities", "people"): "nobody can be counted",
    ("places", "kind"): "every place is taken as other",
}
FLAGS: Final = {"0": 0.0, "1": 1.0, "0.0": 0.0, "1.0": 1.0, "false": 0.0, "true": 1.0, "no": 0.0, "yes": 1.0}
_DAY: Final = re.compile(r"^(\d{4})[-/](\d{2})[-/](\d{2})([T ].*)?$")
# People are counted, in whole numbers and no more than the earth could hold.
_COUNTS: Final = ("people", "women", "men", "girls", "boys", "killed", "injured", "unknown")
_MOST_PEOPLE: Final = 1e10
# A row from after the data date cannot be: its date is ignored where that keeps ground closed, and in tables.
_IGNORED_IN_FUTURE: Final = {
    "reported_on": ", so that the hazard counts as there all along",
    "laid_on": ", so that the hazard counts as there all along",
    "surveyed_on": "",
    "dated_on": "",
}


def check_values(rows: LayerRows, lacking: frozenset[str], data_date: datetime.date) -> None:
    """Every column of a layer, by its kind; ids first, so that findings can name them."""
    columns = COLUMNS[rows.name]
    for column, kind in columns.items():
        if kind == "id":
            _trim(rows, column)
    _give_ids(rows)
    if rows.name == "districts":
        _free_codes(rows)
    _part_ids(rows)
    _tell_untidy(rows)
    for column, kind in columns.items():
        if (rows.name, column) in _WHERE_ABSENT and column in lacking:
            for file in dict.fromkeys(rows.column("_file")):
                rows.findings.of_layer(
                    rows.name, file, "absent_column", "kept",
                    f"There is no column {column}: {_WHERE_ABSENT[rows.name, column]}.",
                )  # fmt: skip
        if kind in _WORDS:
            _check_word(rows, column, _WORDS[kind], column in lacking)
        elif kind == "contamination":
            _check_contamination(rows)
        elif kind == "device":
            _check_device(rows)
        elif kind == "date":
            _check_date(rows, column, data_date)
        elif kind != "id":
            {"text": _check_text, "number": _check_number, "flag": _check_flag}[kind](rows, column)


def _trim(rows: LayerRows, column: str) -> None:
    """padded_id: a space before or after is no part of an id; 'H1 ' and 'H1' are the same hazard."""
    text = rows.column(column)
    trimmed = np.array([value.strip() if value is not None else None for value in text], dtype=object)
    padded = np.array([a != b for a, b in zip(text, trimmed, strict=True)], dtype=bool)
    rows.put(column, trimmed)
    rows.flag(
        padded, "padded_id", "repaired",
        [f'{column} "{value}" begins or ends with a space; it is read as "{value.strip()}".' for value in text[padded]],
    )  # fmt: skip


def _give_ids(rows: LayerRows) -> None:
    """missing_id: the row is named by its file and row."""
    column = id_column(rows.name)
    ids = rows.column(column)
    missing = _missing(ids)
    given = [f"{file}:{row}" for file, row in zip(rows.frame["_file"], rows.frame["_row"], strict=True)]
    rows.put(column, np.where(missing, np.array(given, dtype=object), ids))
    rows.flag(
        missing, "missing_id", "repaired",
        [f"It has no {column}; it is called {name} here." for name, gone in zip(given, missing, strict=True) if gone],
    )  # fmt: skip


def _free_codes(rows: LayerRows) -> None:
    """reserved_code: the code of a district that tables by district use for another row; told apart by #1."""
    codes = rows.column("district_code")
    reserved = np.isin(codes.astype(str), (OUTSIDE, WHOLE))
    rows.put("district_code", np.where(reserved, codes + "#1", codes))
    rows.flag(
        reserved, "reserved_code", "repaired",
        [f"Tables call another row {code}; this district is called {code}#1 here." for code in codes[reserved]],
    )  # fmt: skip


def _part_ids(rows: LayerRows) -> None:
    """duplicate_id: both rows stay; the second is told apart by #2."""
    column = id_column(rows.name)
    ids = rows.column(column)
    repeats = pd.Series(ids, dtype=object).duplicated().to_numpy()
    taken, number = set(ids), dict[str, int]()
    new, details = ids.copy(), []
    for at in np.flatnonzero(repeats):
        name = ids[at]
        number[name] = number.get(name, 1) + 1
        while f"{name}#{number[name]}" in taken:
            number[name] += 1
        new[at] = f"{name}#{number[name]}"
        taken.add(new[at])
        details.append(f"{column} {name} repeats; this row is called {new[at]} here, and what names {name} "
                       "means the first row only.")  # fmt: skip
    rows.put(column, new)
    rows.flag(repeats, "duplicate_id", "repaired", details)


def _tell_untidy(rows: LayerRows) -> None:
    """untidy_text: read on one line, without the spaces at its ends."""
    names = rows.column("_untidy")
    rows.flag(
        ~_missing(names), "untidy_text", "repaired",
        [f"Line breaks, control characters or spaces at the ends, in {name}; it is read on one line without them."
         for name in names if name is not None],
    )  # fmt: skip


def _check_text(rows: LayerRows, column: str) -> None:
    rows.put(column, [value.strip() if value is not None else None for value in rows.column(column)])


def _check_word(rows: LayerRows, column: str, words: _Words, is_absent: bool) -> None:
    """unknown_kind, unknown_status, unknown_extent_method: taken as the most careful word. unknown_ended_how: left
    out. unknown_method: refused, because only a known method may open ground. unknown_fact: refused."""
    text = rows.column(column)
    known = {word.casefold(): word for word in words.known}
    found = np.array([known.get(_folded(value)) if value is not None else None for value in text], dtype=object)
    blank, unknown = _missing(text), _missing(found) & ~_missing(text)
    rows.put(column, [words.fallback if word is None else word for word in found])
    if words.refused:
        details = [_unknown(column, value, words.refused) for value in text[_missing(found)]]
        rows.refuse(_missing(found), words.rule, details)
        return
    instead = f"it is taken as {words.fallback}" if words.fallback else "it is left out"
    rows.flag(unknown, words.rule, "repaired", [_unknown(column, value, instead) for value in text[unknown]])
    if words.fallback and not is_absent:
        rows.flag(blank, words.rule, "repaired", f"{column} is blank; {instead}.")


def _unknown(column: str, value: str | None, instead: str) -> str:
    if value is None:
        return f"{column} is blank; {instead}."
    return f'{column} "{value.strip()}" is not known; {instead}. [values] in programme.toml can translate it.'


def _check_contamination(rows: LayerRows) -> None:
    """unknown_contamination: the word is replaced by unknown; the others of the row stay."""
    text = rows.column("contamination")
    words = [[_folded(word) for word in re.split(r"[;,|/]", value) if word.strip()] if value else [] for value in text]
    strange = [sorted(set(listed) - set(CONTAMINATION)) for listed in words]
    mended = [
        ";".join(word for word in CONTAMINATION if word in listed or (word == "unknown" and (odd or not listed)))
        for listed, odd in zip(words, strange, strict=True)
    ]
    rows.put("contamination", mended)
    rows.flag(
        np.array([bool(odd) for odd in strange], dtype=bool), "unknown_contamination", "repaired",
        [f'contamination "{", ".join(odd)}" is not known; it is taken as unknown.' for odd in strange if odd],
    )  # fmt: skip


def _check_device(rows: LayerRows) -> None:
    """unknown_device: replaced by unknown, and counted as such; blank stays blank."""
    text = rows.column("device")
    words = [None if value is None else _folded(value) for value in text]
    strange = np.array([word is not None and word not in CONTAMINATION for word in words], dtype=bool)
    rows.put("device", np.where(strange, "unknown", np.array(words, dtype=object)))
    rows.flag(
        strange, "unknown_device", "repaired",
        [f'device "{value.strip()}" is not known; it is taken as unknown.' for value in text[strange]],
    )  # fmt: skip


def _check_number(rows: LayerRows, column: str) -> None:
    """not_a_number and negative_number: left out."""
    text = rows.column(column)
    number = pd.to_numeric(pd.Series(text, dtype=object), errors="coerce").to_numpy(dtype=float, copy=True)
    unreadable = ~_missing(text) & ~np.isfinite(number)
    negative = ~unreadable & (number < 0)
    number[unreadable | negative] = np.nan
    if column in _COUNTS:
        number = _whole(rows, column, number)
    rows.frame[column] = number
    rows.flag(
        unreadable, "not_a_number", "repaired",
        [f'{column} "{value}" is not a number; it is left out.' for value in text[unreadable]],
    )  # fmt: skip
    rows.flag(
        negative, "negative_number", "repaired",
        [f"{column} is {value}, below 0; it is left out." for value in text[negative]],
    )  # fmt: skip


def _whole(rows: LayerRows, column: str, number: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) counts. not_a_number: beyond any count, left out. not_whole: rounded, a half upwards."""
    text = rows.column(column)
    beyond = number > _MOST_PEOPLE
    whole = np.where(beyond, np.nan, np.floor(number + 0.5))
    broken = ~np.isnan(whole) & (whole != number)
    rows.flag(
        beyond, "not_a_number", "repaired",
        [f"{column} is {value}, more than there can be; it is left out." for value in text[beyond]],
    )  # fmt: skip
    rows.flag(
        broken, "not_whole", "repaired",
        [f"{column} is {value}; it is read as {read:.0f}."
         for value, read in zip(text[broken], whole[broken], strict=True)],
    )  # fmt: skip
    return whole


def _check_flag(rows: LayerRows, column: str) -> None:
    text = rows.column(column)
    number = np.array([FLAGS.get((value or "").strip().casefold(), np.nan) for value in text], dtype=float)
    unreadable = ~_missing(text) & np.isnan(number)
    rows.frame[column] = number
    rows.flag(
        unreadable, "not_a_number", "repaired",
        [f'{column} "{value}" is neither 0 nor 1; it is left out.' for value in text[unreadable]],
    )  # fmt: skip


def _check_date(rows: LayerRows, column: str, data_date: datetime.date) -> None:
    """unreadable_date: left out. future_date: ignored or kept, by column."""
    text = rows.column(column)
    date = read_days(text)
    unreadable = ~_missing(text) & np.isnat(date)
    future = date > np.datetime64(data_date, "s")
    ignored = column in _IGNORED_IN_FUTURE
    said = [f"{column} {str(day)[:10]} lies after the data date, {data_date}" for day in date[future]]
    if ignored:
        date[future] = np.datetime64("NaT")
    if column in ("reported_on", "laid_on"):
        known = rows.column(DATED_AFTER_ALL) if DATED_AFTER_ALL in rows.frame else np.zeros(len(date), dtype=bool)
        rows.frame[DATED_AFTER_ALL] = known | future
    rows.frame[column] = pd.Series(date, index=rows.frame.index)
    rows.flag(
        unreadable, "unreadable_date", "repaired",
        [f'{column} "{value}" is not a date; it is left out. Write dates as 2005-12-31.' for value in text[unreadable]],
    )  # fmt: skip
    instead = f"it is left out{_IGNORED_IN_FUTURE[column]}" if ignored else "it stays as it is"
    rows.flag(future, "future_date", "repaired" if ignored else "kept", [f"{words}; {instead}." for words in said])


def read_days(text: NDArray[np.object_]) -> NDArray[np.datetime64]:
    """(n,) datetime64[s], NaT where there is no date or it cannot be read."""
    days = [_DAY.match(value.strip()) if value is not None else None for value in text]
    written = pd.Series(["-".join(day.group(1, 2, 3)) if day else None for day in days], dtype=object)
    return pd.to_datetime(written, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]").to_numpy(copy=True)


def _folded(word: str) -> str:
    return re.sub(r"[\s\-]+", "_", word.strip().casefold())


def _missing(values: NDArray[np.object_]) -> NDArray[np.bool_]:
    return np.array([value is None for value in values], dtype=bool)
