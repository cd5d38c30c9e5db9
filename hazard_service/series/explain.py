"""What stands behind a number: the rule in words, its parameters, the data it rests on, and who or what it counts."""

import datetime
import hashlib
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from geopandas import GeoDataFrame

from hazard_service import overlay
from hazard_service.errors import ParameterError
from hazard_service.impact.rollup import district_of, hazard_district, zones_of
from hazard_service.layers import Programme
from hazard_service.layers.kinds import counted as counted_kinds
from hazard_service.layers.kinds import only
from hazard_service.series.beside import beside, corrected_hazards, later_known, pieces_of, touching
from hazard_service.series.casualties import CASUALTY_MONTHS
from hazard_service.series.moment import Moment, moment, some
from hazard_service.series.rows import Series
from hazard_service.series.rule import GROUND, Rule
from hazard_service.series.rules import RULES
from hazard_service.series.titles import TITLES
from hazard_service.vocabulary import HAZARD_KINDS, OUTSIDE, WHOLE


@dataclass(frozen=True, eq=False)
class Explanation:
    """One number explained. title: what readers call it. counted: the communities or hazards it counts, None where
    single records never leave. beside: what may have made it so, as `_beside` says. later: hazards known only after the
    date, which every map of it must show. caveats: what must be read with it.

    district: the code of the district it is of, None for the whole programme. since: the earlier date it is counted
    from, None where that is the baseline or none. step: of the series it stands in. kinds: of the hazards that count,
    in the order of HAZARD_KINDS. data_version: of every input file, the scheme among them; the same version gives the
    same number.
    """

    name: str
    title: str
    value: float | None
    on: str
    since: str | None
    step: str
    district: str | None
    kinds: tuple[str, ...]
    words: str
    settings: Mapping[str, float]
    data_version: str
    software: str
    command: str
    counted: GeoDataFrame | None
    beside: GeoDataFrame | None
    later: GeoDataFrame
    caveats: tuple[str, ...]
    programme: Programme


def check_name(name: str, since: datetime.date | None = None) -> None:
    """Raises ParameterError for a name that is not one of RULES, and for a date that it is not counted from."""
    if name not in RULES:
        raise ParameterError(f"Nothing is called {name[:40]} here; numbers that are explained: {', '.join(RULES)}.")
    if since is not None and not RULES[name].looks_back:
        told = ", ".join(one for one, rule in RULES.items() if rule.looks_back)
        raise ParameterError(f"{name} is not counted from a date of your own; these are: {told}.")


def explain(found: Series, name: str, district: str | None = None, at: Moment | None = None) -> Explanation:
    """Explain a number of a series: of its last date, or of the moment `at`; of the whole, or of one district.

    Raises ParameterError for a name that is not one of RULES, and for a district that the series does not tell it of.
    """
    check_name(name)
    at = at or moment(found)
    rule, programme = RULES[name], found.programme
    settings = {one: getattr(programme.settings, one) for one in rule.settings}
    value = _value(name, at, district)
    counted = rule.counts(at) if rule.counts else None
    if counted is not None and district is not None and rule.value is None:
        counted = _within(counted, district, zones_of(programme.districts), split=rule.adds == GROUND)
    kinds = tuple(kind for kind in HAZARD_KINDS if kind in found.last.after.situation.kinds)
    since = at.since if rule.looks_back else None
    return Explanation(
        name=name,
        title=TITLES[name],
        value=value,
        on=str(at.on),
        since=None if since is None else str(since),
        step=found.step,
        district=district,
        kinds=kinds,
        words=_words(name, rule, at, settings, kinds),
        settings=settings,
        data_version=data_version(programme),
        software=str(found.last.after.provenance["software"]),
        command=_command(name, at, since, district, kinds),
        counted=counted,
        beside=_beside(rule, at, counted),
        later=later_known(at.assessment),
        caveats=(at.progress or at.assessment).caveats,
        programme=programme,
    )


def _parts_of(name: str, at: Moment) -> str:
    """What a share is of what."""
    rows = at.found.rows.set_index("on")
    if name == "casualties_down_share":
        then, now = rows["casualties_12_months"].iloc[0], rows["casualties_12_months"][at.on]
        return "" if pd.isna(then) or pd.isna(now) else f" {now:.0f} now, {then:.0f} then."
    if name.startswith("cohort_") and name.endswith("_share"):
        part = rows[name.removesuffix("_share")][at.on]
        return "" if pd.isna(part) else f" {part:.0f} of {rows['cohort'][at.on]}."
    return ""


def _words(rule_name: str, rule: Rule, at: Moment, settings: Mapping[str, float], kinds: Sequence[str]) -> str:
    programme = at.found.programme
    words = rule.words.format(
        baseline=programme.baseline_date,
        on=at.on,
        since=at.since or at.on,
        months=CASUALTY_MONTHS,
        scheme=f"{programme.scheme.name}, version {programme.scheme.version}",
        **settings,
    )
    words = words.replace("%", " %") + _parts_of(rule_name, at)
    return f"{words} Hazards counted: {counted_kinds(kinds)} only." if only(kinds) else words


def _beside(rule: Rule, at: Moment, counted: GeoDataFrame | None) -> GeoDataFrame | None:
    """Behind communities the hazards and releases on their land, behind released ground its pieces, behind corrections
    the hazards they are of; None behind what is told one by one. Of a district those that reach into it."""
    if counted is None:
        return None
    if "community_id" in counted:
        return beside(at.assessment, counted["community_id"])
    if "method" in counted:
        period = at.period if rule.looks_back else None
        pieces = at.assessment.situation.released if period is None else period.pieces
        return touching(pieces_of(pieces, counted["method"], at), counted)
    if "correction" in counted and at.since is not None:
        period = (at if rule.looks_back else moment(at.found, at.on, at.found.rows["on"].iloc[0])).period
        return None if period is None else touching(corrected_hazards(period), counted)
    return None


def _command(name: str, at: Moment, since: datetime.date | None, district: str | None, kinds: Sequence[str]) -> str:
    """What prints the same in a terminal; whatever a district's code holds stays one word."""
    which = f" --kinds {','.join(kinds)}" if only(kinds) else ""
    where = "" if district is None or district == WHOLE else f" --district {shlex.quote(district)}"
    back = "" if since is None else f" --since {since}"
    return f"hazard-service explain FOLDER {name} --step {at.found.step} --on {at.on}{back}{which}{where}"


def _value(name: str, at: Moment, district: str | None) -> float | None:
    found, rule = at.found, RULES[name]
    if rule.value is not None and (district is not None or name not in found.rows):
        return rule.value(at, district)
    table = found.rows[found.rows["on"] == at.on]
    if district is not None:
        table = found.districts[found.districts["on"] == at.on]
        codes = list(table["district_code"])
        if name not in table:
            told = [one for one in RULES if one in table]
            raise ParameterError(f"{name} is not told by district; these are: {', '.join(told)}.")
        if district not in codes:
            raise ParameterError(f'There is no district "{district[:40]}"; their codes: {some(codes)}.')
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


def data_version(programme: Programme) -> str:
    """The first 16 digits of the SHA-256 over the checksums of every input file, in the order of their names."""
    lines = "\n".join(f"{name} {digest}" for name, digest in sorted(programme.sources.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]
