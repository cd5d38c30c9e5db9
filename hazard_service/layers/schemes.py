"""Scoring schemes: what adds to a community's impact score, by how much, and from which score on a class holds."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from hazard_service.errors import ProgrammeError
from hazard_service.layers.files import hashes
from hazard_service.layers.toml import local_path, read_toml, refuse_unknown, table_in, text_in
from hazard_service.shelves import shelf
from hazard_service.vocabulary import BLOCKAGES, SCORE_FACTORS

CLASSES: Final = ("high", "medium", "low")
_KEYS: Final = ("name", "version", "source", "window_months", "classes", "factors", "blockages_sum")
_POINTS: Final = ("once", "count")
# The others of a community are there or not.
_COUNTED: Final = ("victims", "killed", "injured", "hazards")
_MOST_POINTS: Final = 1000
_MOST_MONTHS: Final = 1200


@dataclass(frozen=True)
class Factor:
    """What adds to a score. what: of SCORE_FACTORS. points: "once" adds weight where there is any, "count" for each."""

    what: str
    weight: float
    points: str


@dataclass(frozen=True)
class Scheme:
    """A scheme as its file states it.

    window_months: accidents count from so many months before the date. classes: the least score of high, medium and
    low, in this order. factors: in the order of the file, each once. sha256: of the file.
    """

    name: str
    version: str
    source: str
    window_months: int
    classes: Mapping[str, float]
    factors: tuple[Factor, ...]
    sha256: str


def read_scheme(name_or_path: str, folder: Path) -> Scheme:
    """A scheme of the shelf by its name, or one of the programme's folder by its file name, which ends in .toml.

    Raises ProgrammeError where there is no such scheme, or where its file cannot be used.
    """
    path = _path(name_or_path, folder)
    table, file = read_toml(path), path.name
    refuse_unknown(table, _KEYS, "key", file)
    factors = _factors(table, file)
    _hold_sum(table, factors, file)
    return Scheme(
        name=text_in(table, "name", file=file),
        version=text_in(table, "version", file=file),
        source=text_in(table, "source", file=file),
        window_months=_months(table, file),
        classes=_classes(table, file),
        factors=factors,
        sha256=hashes(path)[file],
    )


def _path(written: str, folder: Path) -> Path:
    store = shelf("geodata") / "schemes"
    names = sorted(path.stem for path in store.glob("*.toml"))
    if not written.endswith(".toml"):
        if written not in names:
            raise ProgrammeError(
                f'There is no scheme "{written}"; use one of {", ".join(names)}, or name a file that ends in .toml.'
            )
        return store / f"{written}.toml"
    path = local_path(folder, written, "scheme")
    if not path.is_file():
        raise ProgrammeError(
            f"{path.name} is not there; put the file in place, or use one of the schemes {', '.join(names)}."
        )
    return path


def _factors(table: Mapping[str, Any], file: str) -> tuple[Factor, ...]:
    rows = table.get("factors")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise ProgrammeError(f"{file} needs [[factors]], each with what, weight and points.")
    found: dict[str, Factor] = {}
    for row in rows:
        factor = _factor(row, file)
        if factor.what in found:
            raise ProgrammeError(f"The factor {factor.what} repeats in {file}; give each factor once.")
        found[factor.what] = factor
    return tuple(found.values())


def _factor(row: Mapping[str, Any], file: str) -> Factor:
    refuse_unknown(row, ("what", "weight", "points"), "key under [[factors]]", file)
    what = text_in(row, "what", file=f"Each of [[factors]] in {file}")
    refuse_unknown({what: None}, SCORE_FACTORS, "factor", file)
    weight = _number(row.get("weight"), f"The weight of {what}", file)
    points = row.get("points")
    if points not in _POINTS:
        raise ProgrammeError(f'The points of {what} in {file} must be "once" or "count".')
    if points == "count" and what not in _COUNTED:
        raise ProgrammeError(f'{what} in {file} is there or not and cannot be counted; give it points = "once".')
    return Factor(what, weight, points)


def _number(value: object, what: str, file: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST_POINTS:
        raise ProgrammeError(f"{what} in {file} must be a number from 0 to {_MOST_POINTS:,}.")
    return float(value)


def _hold_sum(table: Mapping[str, Any], factors: tuple[Factor, ...], file: str) -> None:
    """Weights that a survey says add up to a sum do so."""
    if "blockages_sum" not in table:
        return
    stated = _number(table["blockages_sum"], "blockages_sum", file)
    found = math.fsum(factor.weight for factor in factors if factor.what in BLOCKAGES)
    if not math.isclose(found, stated, abs_tol=1e-9):
        raise ProgrammeError(
            f"The weights of the blockages in {file} add up to {found:g}, not to the {stated:g} of blockages_sum; "
            "correct one of them."
        )


def _months(table: Mapping[str, Any], file: str) -> int:
    months = table.get("window_months")
    if isinstance(months, bool) or not isinstance(months, int) or not 1 <= months <= _MOST_MONTHS:
        raise ProgrammeError(f"window_months in {file} must be a whole number from 1 to {_MOST_MONTHS:,}.")
    return months


def _classes(table: Mapping[str, Any], file: str) -> Mapping[str, float]:
    stated = table_in(table, "classes", file)
    refuse_unknown(stated, CLASSES, "class", file)
    least = {name: _number(stated.get(name), f"{name} under [classes]", file) for name in CLASSES}
    # A score of 0 has no class, so the lowest class begins above it.
    if not least["high"] > least["medium"] > least["low"] > 0:
        raise ProgrammeError(f"[classes] in {file} must fall from high to medium to low, and stay above 0.")
    return MappingProxyType(least)
