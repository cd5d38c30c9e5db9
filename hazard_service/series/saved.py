"""A number that was saved with what stands behind it, counted again."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from hazard_service.errors import ReplayError
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
        return _saved(orjson.loads(content))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ReplayError(
            f"{name} is no saved explanation: {_reason(error)}. `hazard-service explain FOLDER NAME --out FILE` and "
            "the layer of a page under /explain write one."
        ) from None


def _reason(error: Exception) -> str:
    return f"it has no {error}" if isinstance(error, KeyError) else str(error).rstrip(".")


def _saved(told: Mapping[str, Any]) -> Saved:
    check_name(told["number"])
    if told["step"] not in STEPS:
        raise ValueError(f"its step is none of {', '.join(STEPS)}")
    since, district = told["since"], told["district"]
    return Saved(
        number=told["number"],
        value=None if told["value"] is None else float(told["value"]),
        as_of=datetime.date.fromisoformat(told["as_of"]),
        since=None if since is None else datetime.date.fromisoformat(since),
        step=told["step"],
        district=None if district is None else str(district),
        kinds=tuple(kind for kind in HAZARD_KINDS if kind in chosen(told["kinds"])),
        data_version=str(told["data_version"]),
        software=str(told["software"]),
    )


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
