"""A number that was saved with what stands behind it, counted again."""

import codecs
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from hazard_service.errors import HazardServiceError, ReplayError
from hazard_service.layers import Programme
from hazard_service.layers.kinds import chosen
from hazard_service.series.dates import STEPS
from hazard_service.series.explain import Explanation, check_name, data_version, explain
from hazard_service.series.moment import moment
from hazard_service.series.rows import series
from hazard_service.vocabulary import HAZARD_KINDS


@dataclass(frozen=True)
class Saved:
    """What is needed to count it again, as `atlas.explained.counted_geojson` writes it beside its features."""

    number: str
    value: float | None
    as_of: datetime.date
    since: datetime.date | None
    step: str
    district: str | None
    kinds: tuple[str, ...]
    data_version: str
    software: str


def read_saved(content: bytes, name: str) -> Saved:
    """What a saved explanation says. Raises ReplayError, naming the file, for anything else."""
    try:
        return _saved(_document(content))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ReplayError(
            f"{name} is no saved explanation: {_reason(error)}. `hazard-service explain FOLDER NAME --out FILE` and "
            "the layer of a page under /explain write one."
        ) from None


def check_same(content: bytes, again: bytes, name: str) -> None:
    """Raises ReplayError where a saved explanation holds anything but what was counted again, its software aside."""
    then, now = _document(content), _document(again)
    others = [part for part in {**then, **now} if part != "software" and then.get(part) != now.get(part)]
    if others:
        raise ReplayError(
            f"The number of {name} is the same when it is counted again, but the file has other {', '.join(others)}: "
            "somebody changed it, or another version of the software wrote it."
        )


def _document(content: bytes) -> dict[str, Any]:
    document = orjson.loads(content.removeprefix(codecs.BOM_UTF8))
    if not isinstance(document, dict):
        raise TypeError
    return document


def _reason(error: Exception) -> str:
    if isinstance(error, HazardServiceError):
        return str(error).partition(";")[0].rstrip(".")
    return f"it has no {error}" if isinstance(error, KeyError) else "a part of it is not what `explain` writes"


def _saved(told: Mapping[str, Any]) -> Saved:
    check_name(told["number"])
    if told["step"] not in STEPS:
        raise ValueError(f"its step is none of {', '.join(STEPS)}")
    since, district = told["since"], told["district"]
    return Saved(
        number=told["number"],
        value=_number(told["value"]),
        as_of=datetime.date.fromisoformat(told["as_of"]),
        since=None if since is None else datetime.date.fromisoformat(since),
        step=told["step"],
        district=None if district is None else str(district),
        kinds=tuple(kind for kind in HAZARD_KINDS if kind in chosen(told["kinds"])),
        data_version=str(told["data_version"]),
        software=str(told["software"]),
    )


def _number(value: object) -> float | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return None if value is None else float(value)
    raise TypeError


def replayed(programme: Programme, saved: Saved) -> Explanation:
    """The number counted again: the same to the last digit.

    Raises ReplayError where the data are not those it was saved from, and where the same data give another number.
    """
    if (now := data_version(programme)) != saved.data_version:
        raise ReplayError(
            f"{saved.number} was saved from data version {saved.data_version}, this is {now}: the data have changed."
        )
    found = series(programme, saved.step, saved.kinds)
    again = explain(found, saved.number, saved.district, moment(found, saved.as_of, saved.since))
    if again.value != saved.value:
        raise ReplayError(
            f"{saved.number} on {saved.as_of} was saved as {saved.value} by {saved.software}; counted again by "
            f"{again.software} from the same data it is {again.value}."
        )
    return again
