"""What stands behind a number: the rule in words, its parameters, the data it rests on, and who or what it counts."""

import datetime
import hashlib
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from geopandas import GeoDataFrame

from hazard_service import overlay
from hazard_service.errors import ParameterError
from hazard_service.impact.rollup import district_of, hazard_district, zones_of
from hazard_service.layers import Programme
from hazard_service.layers.kinds import counted as counted_kinds
from hazard_service.layers.kinds import only
from hazard_service.series.beside import beside
from hazard_service.series.casualties import CASUALTY_MONTHS
from hazard_service.series.rows import Series, series
from hazard_service.series.rules import GROUND, RULES, Moment
from hazard_service.series.titles import TITLES
from hazard_service.vocabulary import HAZARD_KINDS, OUTSIDE, WHOLE


@dataclass(frozen=True, eq=False)
class Explanation:
    """One number explained. title: what readers call it. counted: the communities or hazards it counts, None where
    single records never leave. beside: where communities are counted, the hazards and releases on their land.

    district: the code of the district it is of, None for the whole programme. kinds: of the hazards that count, in the
    order of HAZARD_KINDS. data_version: of every input file, the scheme among them; the same version gives the same
    number.
    """

    name: str
    title: str
    value: float | None
    on: str
    district: str | None
    kinds: tuple[str, ...]
    words: str
    settings: Mapping[str, float]
    data_version: str
    software: str
    command: str
    counted: GeoDataFrame | None
    beside: GeoDataFrame | None


def moment(found: Series, on: datetime.date) -> Moment:
    """The state of one of a series' dates, and the progress to it.

    Raises ParameterError for a date that is not one of the series.
    """
    days = list(found.rows["on"])
    if on not in days:
        raise ParameterError(f"{on} is not a date of the series by {found.step}; its dates: {_some(days)}.")
    if on == days[0]:
        return Moment(found, found.last.before, None)
    progress = found.steps[days.index(on) - 1]
    return Moment(found, progress.after, progress)


def check_name(name: str) -> None:
    """Raises ParameterError for a name that is not one of RULES."""
    if name not in RULES:
        raise ParameterError(f"Nothing is called {name[:40]} here; numbers that are explained: {', '.join(RULES)}.")


def explain(found: Series, name: str, district: str | None = None, at: Moment | None = None) -> Explanation:
    """Explain a number of a series: of its last date, or of the moment `at`; of the whole, or of one district.

    Raises ParameterError for a name that is not one of RULES, and for a district that the series does not tell it of.
    """
    check_name(name)
    at = at or moment(found, found.rows["on"].iloc[-1])
    rule, programme, on = RULES[name], found.programme, at.assessment.situation.on
    settings = {one: getattr(programme.settings, one) for one in rule.settings}
    counted = rule.counts(at) if rule.counts else None
    if counted is not None and district is not None:
        counted = _within(counted, district, zones_of(programme.districts), split=rule.adds == GROUND)
    kinds = tuple(kind for kind in HAZARD_KINDS if kind in found.last.after.situation.kinds)
    scheme = f"{programme.scheme.name}, version {programme.scheme.version}"
    words = rule.words.format(
        baseline=programme.baseline_date, on=on, months=CASUALTY_MONTHS, scheme=scheme, **settings
    )
    words = words.replace("%", " %")
    return Explanation(
        name=name,
        title=TITLES[name],
        value=_value(found, name, on, district),
        on=str(on),
        district=district,
        kinds=kinds,
        words=f"{words} Hazards counted: {counted_kinds(kinds)} only." if only(kinds) else words,
        settings=settings,
        data_version=data_version(programme),
        software=str(found.last.after.provenance["software"]),
        command=_command(found, name, on, district, kinds),
        counted=counted,
        beside=_beside(at, counted),
    )


def _beside(at: Moment, counted: GeoDataFrame | None) -> GeoDataFrame | None:
    if counted is None or "community_id" not in counted:
        return None
    return beside(at.assessment, counted["community_id"])


def _command(found: Series, name: str, on: datetime.date, district: str | None, kinds: Sequence[str]) -> str:
    """What prints the same in a terminal; whatever a district's code holds stays one word."""
    which = f" --kinds {','.join(kinds)}" if only(kinds) else ""
    where = "" if district is None or district == WHOLE else f" --district {shlex.quote(district)}"
    return f"hazard-service explain FOLDER {name} --step {found.step} --on {on}{which}{where}"


def _value(found: Series, name: str, on: datetime.date, district: str | None) -> float | None:
    table = found.rows[found.rows["on"] == on]
    if district is not None:
        table = found.districts[found.districts["on"] == on]
        codes = list(table["district_code"])
        if name not in table:
            told = [one for one in RULES if one in table]
            raise ParameterError(f"{name} is not told by district; these are: {', '.join(told)}.")
        if district not in codes:
            raise ParameterError(f'There is no district "{district[:40]}"; their codes: {_some(codes)}.')
        table = table[table["district_code"] == district]
    value = table[name].iloc[0]
    return None if value is None or pd.isna(value) else float(value)


def _within(counted: GeoDataFrame, code: str, zones: GeoDataFrame, *, split: bool) -> GeoDataFrame:
    """What of it belongs to a row of the districts: ground is split at their lines, what is counted is in one."""
    if code == WHOLE:
        return counted
    if not split:
        own = district_of if "community_id" in counted else hazard_district
        return counted[own(counted, zones) == code].reset_index(drop=True)
    shapes = counted.geometry.to_numpy()
    if code == OUTSIDE:
        parts = overlay.difference(shapes, overlay.union_all(zones.geometry.to_numpy()))
    else:
        parts = overlay.intersection(shapes, zones.geometry[zones["district_code"] == code].iloc[0])
    cut = counted.set_geometry(parts, crs=counted.crs)
    cut = cut[~cut.geometry.is_empty].reset_index(drop=True)
    return cut.assign(area_m2=cut.geometry.area)


def _some(values: Sequence[object]) -> str:
    return ", ".join(map(str, values[:30])) + (f" and {len(values) - 30} more" if len(values) > 30 else "")


def data_version(programme: Programme) -> str:
    """The first 16 digits of the SHA-256 over the checksums of every input file, in the order of their names."""
    lines = "\n".join(f"{name} {digest}" for name, digest in sorted(programme.sources.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def replayed(programme: Programme, saved: Mapping[str, Any]) -> bool:
    """Whether a saved explanation comes out again to the last digit.

    saved: name, on, district, kinds, value and data_version of an Explanation, and the series' step.
    Raises ParameterError where the data are not those it was saved from.
    """
    if (now := data_version(programme)) != saved["data_version"]:
        raise ParameterError(f"Saved from data version {saved['data_version']}, this is {now}: the data have changed.")
    found = series(programme, saved["step"], saved["kinds"])
    at = moment(found, datetime.date.fromisoformat(saved["on"]))
    return bool(explain(found, saved["name"], saved["district"], at).value == saved["value"])
