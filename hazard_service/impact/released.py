"""What releases did in a period, by district and organisation: ground opened, and devices destroyed."""

from collections.abc import Iterable
from typing import Any, Final

import pandas as pd
from shapely.geometry.base import BaseGeometry

from hazard_service.impact.balance import district_names, released_parts
from hazard_service.impact.period import ROUNDING_M2, Period
from hazard_service.impact.rollup import hazard_district, zone_areas
from hazard_service.vocabulary import RELEASE_METHODS

DEVICES: Final = ("ap_mines", "av_mines", "submunitions", "uxo")
_KEYS: Final = ["district_code", "operator"]
_GROUND: Final = [*(f"{method}_m2" for method in RELEASE_METHODS), "undated_m2"]
_COUNTS: Final = ["releases", *DEVICES, "uncounted", "undated"]


def released_rows(period: Period) -> pd.DataFrame:
    """One row per district and organisation that released anything in the period.

    district_code, operator; releases, their number, each where its largest part lies; DEVICES destroyed in these, and
    uncounted, how many of them record no number of devices at all; undated, how many have no date; cancelled_m2,
    reduced_m2 and cleared_m2, ground opened: their sums by district are those of the balance; undated_m2, what of it
    releases without a date opened.
    """
    rows = _ground(period).merge(_counts(period), on=_KEYS, how="outer")
    rows[[*_GROUND, *_COUNTS]] = rows[[*_GROUND, *_COUNTS]].fillna(0.0)
    rows = rows.astype(dict.fromkeys(_COUNTS, "int64")).sort_values(_KEYS, ignore_index=True)
    return rows[[*_KEYS, *_COUNTS, *_GROUND]]


def _ground(period: Period) -> pd.DataFrame:
    codes = district_names(period.zones)["district_code"]
    parts = [pd.DataFrame(columns=[*_KEYS, *_GROUND])]
    named = [
        *((operator, method, ground) for (operator, method), ground in _opened(period, "method")),
        *((operator, "undated", ground) for (operator, undated), ground in _opened(period, "is_undated") if undated),
    ]
    for operator, name, ground in named:
        m2 = zone_areas(period.zones, {"m2": ground}, {"m2": "m2"})["m2"] * 1e6
        parts.append(pd.DataFrame({"district_code": codes, "operator": operator, f"{name}_m2": m2})[m2 >= ROUNDING_M2])
    return pd.concat(parts).astype(dict.fromkeys(_GROUND, "float64")).groupby(_KEYS, as_index=False)[_GROUND].sum()


def _opened(period: Period, by: str) -> Iterable[tuple[tuple[Any, ...], BaseGeometry]]:
    return released_parts(period, ["operator", by]).items()


def _counts(period: Period) -> pd.DataFrame:
    """Each release of the period once, whichever hazards it cut."""
    columns = ["release_id", "operator", "is_undated", "geometry"]
    releases = period.pieces[columns].dissolve("release_id").reset_index()
    devices = period.after.programme.releases.set_index("release_id")[list(DEVICES)].reindex(releases["release_id"])
    counts = pd.DataFrame(
        {
            "district_code": hazard_district(releases, period.zones),
            "operator": releases["operator"].to_numpy(),
            "releases": 1,
            **{name: devices[name].fillna(0.0).to_numpy() for name in DEVICES},
            "undated": releases["is_undated"].astype(int).to_numpy(),
            "uncounted": devices.isna().all(axis=1).astype(int).to_numpy(),
        }
    )
    return counts.groupby(_KEYS, as_index=False)[_COUNTS].sum()
