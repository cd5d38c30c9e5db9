"""The parameters of an items request, from text to what they mean; a refusal names the parameter and what it takes."""

import datetime
import re
from collections.abc import Collection as Names
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hazard_service.errors import ParameterError
from hazard_service.layers import Programme
from hazard_service.ogc.boxes import Box, boxes_of
from hazard_service.ogc.cql2 import LANGUAGES
from hazard_service.ogc.crs import CRS84, EPSG, Crs, offered
from hazard_service.ogc.frames import Period
from hazard_service.ogc.tree import Node, short

LIMIT: Final = 100
LARGEST_LIMIT: Final = 10_000
_LARGEST_OFFSET: Final = 1_000_000_000
# What a request for a document takes, one for a feature, and one for many. Clients such as QGIS put the parameters of
# their first address on every other: so a day and a filter reach the features.
CARRIED: Final = ("f", "datetime", "filter")
FEATURE_PARAMETERS: Final = ("f", "crs", "datetime")
PARAMETERS: Final = (
    "f", "limit", "offset", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang", "filter-crs", "sortby",
    "properties",
)  # fmt: skip
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_MOMENT: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})(T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d))?",
    re.ASCII | re.I,
)


@dataclass(frozen=True)
class Query:
    """What is asked of a collection.

    boxes: None = everywhere. sortby: (column, falling), the first first. properties: None = all columns.
    """

    period: Period
    limit: int
    offset: int
    boxes: Sequence[Box] | None
    bbox_crs: Crs
    crs: Crs
    filter: Node | None
    filter_crs: Crs
    sortby: tuple[tuple[str, bool], ...]
    properties: tuple[str, ...] | None


def read_query(given: Mapping[str, str], columns: Names[str], programme: Programme) -> Query:
    """The query of an items request. Raises ParameterError."""
    bbox_crs, filter_crs = (crs_of(name, given, programme) for name in ("bbox-crs", "filter-crs"))
    return Query(
        period=period_of(given, programme),
        limit=min(_whole("limit", given, LIMIT, 1, None), LARGEST_LIMIT),
        offset=_whole("offset", given, 0, 0, _LARGEST_OFFSET),
        boxes=_boxes(given, bbox_crs),
        bbox_crs=bbox_crs,
        crs=crs_of("crs", given, programme),
        filter=_filter(given),
        filter_crs=filter_crs,
        sortby=_sortby(given, columns),
        properties=_properties(given, columns),
    )


def period_of(given: Mapping[str, str], programme: Programme) -> Period:
    """The days of `datetime`; the data date when left out. An open end is the data date."""
    text = given.get("datetime")
    if text is None:
        return Period(programme.data_date, programme.data_date)
    ends = text.split("/")
    if len(ends) > 2 or (len(ends) == 2 and all(end in ("", "..") for end in ends)) or text in ("", ".."):
        raise _no_datetime(text, programme)
    days = [None if end in ("", "..") else _day(end, text, programme) for end in ends]
    start, end = days[0], days[-1]
    if len(days) == 2:
        start, end = start or datetime.date.min, end or programme.data_date
    if start is None or end is None or max(start, end) > programme.data_date:
        raise ParameterError(
            f'"datetime" is {short(text)}, later than the data date {programme.data_date}; ask for that date or an '
            "earlier one."
        )
    if start > end:
        raise ParameterError(f'"datetime" is {short(text)}; give the earlier end of an interval first.')
    return Period(start, end)


def _day(moment: str, text: str, programme: Programme) -> datetime.date:
    """The calendar day as it is written, whatever the hour and the offset: records hold days."""
    found = _MOMENT.fullmatch(moment)
    if found is None:
        raise _no_datetime(text, programme)
    try:
        return datetime.date.fromisoformat(found[1])
    except ValueError:
        raise _no_datetime(text, programme) from None


def _no_datetime(text: str, programme: Programme) -> ParameterError:
    day = programme.data_date
    return ParameterError(
        f'"datetime" is "{short(text)}"; write a date such as {day} or {day}T00:00:00Z, or an interval such as '
        f"{programme.baseline_date}/{day} or {programme.baseline_date}/.. ."
    )


def crs_of(name: str, given: Mapping[str, str], programme: Programme) -> Crs:
    """The CRS that a parameter names; CRS84 when left out."""
    every = offered(programme)
    found = every.get(given.get(name, CRS84))
    if found is None:
        codes = [uri.removeprefix(EPSG) for uri in every if uri.startswith(EPSG)]
        others = [uri for uri in every if not uri.startswith(EPSG)]
        raise ParameterError(
            f'"{name}" is "{short(given[name])}", which is not offered; write {" or ".join(others)}, or {EPSG} and '
            f"one of {', '.join(codes)}."
        )
    return found


def _whole(name: str, given: Mapping[str, str], default: int, least: int, most: int | None) -> int:
    """A whole number; without `most`, however large."""
    text = given.get(name)
    if text is None:
        return default
    found = int(text[:18]) if text.isascii() and text.isdigit() else -1
    if found < least or (most is not None and (found > most or len(text) > 18)):
        upto = "" if most is None else f" to {most:,}"
        raise ParameterError(f'"{name}" is "{short(text)}"; write a whole number from {least}{upto}.')
    return found


def _boxes(given: Mapping[str, str], crs: Crs) -> list[Box] | None:
    text = given.get("bbox")
    if text is None:
        if "bbox-crs" in given:
            raise ParameterError('"bbox-crs" is given without "bbox"; give both, or neither.')
        return None
    parts = text.split(",")
    if not all(map(_NUMBER.fullmatch, parts)):
        raise ParameterError(f'"bbox" is "{short(text)}"; it takes 4 numbers with commas between, or 6 with heights.')
    return boxes_of([float(part) for part in parts], crs, "bbox")


def _filter(given: Mapping[str, str]) -> Node | None:
    language = given.get("filter-lang", "cql2-text")
    if language not in LANGUAGES:
        raise ParameterError(f'"filter-lang" is "{short(language)}"; use {" or ".join(LANGUAGES)}.')
    text = given.get("filter")
    if text is None:
        for name in ("filter-lang", "filter-crs"):
            if name in given:
                raise ParameterError(f'"{name}" is given without "filter"; give both, or neither.')
        return None
    return LANGUAGES[language](text)


def _sortby(given: Mapping[str, str], columns: Names[str]) -> tuple[tuple[str, bool], ...]:
    text = given.get("sortby")
    if text is None:
        return ()
    # A plus sign that was not escaped arrives as a space.
    keys = [(re.sub("^[+ -]", "", part), part.startswith("-")) for part in text.split(",")]
    _known("sortby", [name for name, _ in keys], columns, "led by - to fall")
    return tuple(keys)


def _properties(given: Mapping[str, str], columns: Names[str]) -> tuple[str, ...] | None:
    text = given.get("properties")
    if text is None:
        return None
    names = text.split(",")
    _known("properties", names, columns, "")
    return tuple(dict.fromkeys(names))


def _known(parameter: str, names: Sequence[str], columns: Names[str], more: str) -> None:
    for name in names:
        if name not in columns:
            how = f", {more}" if more else ""
            raise ParameterError(
                f'"{parameter}" names "{short(name)}", which is no property here; give names with commas between{how}: '
                f"{', '.join(columns)}."
            )
