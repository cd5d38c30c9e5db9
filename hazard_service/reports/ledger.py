"""The figures of one year in whole numbers, by district. Every table is laid out from these, so that all agree.

Measured areas are rounded once, here: opening and closing to the nearest square metre; what happened in between so
that opening and closing are met; parts (kinds, organisations, single corrections) so that they add up to their whole.
"""

import dataclasses
import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hazard_service.impact.balance import balance_of
from hazard_service.impact.corrections import corrections_of
from hazard_service.impact.period import period_of
from hazard_service.impact.released import released_rows
from hazard_service.impact.remaining import newly_identified, open_by_operator, remaining
from hazard_service.layers import Programme
from hazard_service.reports.rounding import nearest, whole
from hazard_service.reports.tables import level_of
from hazard_service.vocabulary import HAZARD_KINDS, RELEASE_METHODS, WHOLE

# The flows of a balance, and whether they add to what is closed or take from it.
_FLOWS = {
    "new_m2": 1,
    **{f"{method}_m2": -1 for method in RELEASE_METHODS},
    "corrected_down_m2": -1,
    "corrected_up_m2": 1,
}
_RECONCILING = ("released_still_closed_m2", "released_outside_m2", "released_again_m2")
_METHODS = [f"{method}_m2" for method in RELEASE_METHODS]
_KINDS = [f"{kind}_m2" for kind in HAZARD_KINDS]


@dataclass(frozen=True, eq=False)
class Ledger:
    """One year of the hazards of one report, in whole m² and numbers of areas.

    names: district name by code, the last row outside districts. level: of the districts. balance, remaining (at the
    end) and new are indexed by those codes, with the columns of impact's frames; released, open_by_operator and
    corrections have district_code as a column.
    """

    names: "pd.Series[str]"
    level: str
    balance: pd.DataFrame
    remaining: pd.DataFrame
    new: pd.DataFrame
    released: pd.DataFrame
    open_by_operator: pd.DataFrame
    corrections: pd.DataFrame

    def only(self, code: str) -> "Ledger":
        """The ledger of one district."""
        indexed = {name: getattr(self, name).loc[[code]] for name in ("names", "balance", "remaining", "new")}
        listed = {name: getattr(self, name) for name in ("released", "open_by_operator", "corrections")}
        return dataclasses.replace(
            self, **indexed, **{name: rows[rows["district_code"] == code] for name, rows in listed.items()}
        )


def ledger_of(programme: Programme, is_counted: np.ndarray, start: datetime.date, end: datetime.date) -> Ledger:
    """The ledger of the hazards `is_counted`, (hazards,) bool, from the start to the end."""
    counted = dataclasses.replace(programme, hazards=programme.hazards[is_counted].reset_index(drop=True))
    before, after = counted.situation(start), counted.situation(end)
    period = period_of(before, after)
    rows = balance_of(period).set_index("district_code").drop(WHOLE)
    balance = _whole_balance(rows.drop(columns="name"))
    return Ledger(
        names=rows["name"],
        level=level_of(period.zones),
        balance=balance,
        remaining=_whole_kinds(remaining(after), balance["closing_m2"]),
        new=_whole_kinds(newly_identified(period), balance["new_m2"]),
        released=_whole_parts(released_rows(period), balance, _METHODS),
        open_by_operator=_whole_parts(open_by_operator(after), balance.assign(m2=balance["closing_m2"]), ["m2"]),
        corrections=_whole_corrections(corrections_of(period), balance),
    )


def open_at(programme: Programme, is_counted: np.ndarray, on: datetime.date) -> pd.DataFrame:
    """areas and m2, whole, of the hazards `is_counted` that are open on a date, by district code."""
    counted = dataclasses.replace(programme, hazards=programme.hazards[is_counted].reset_index(drop=True))
    rows = remaining(counted.situation(on)).set_index("district_code").drop(WHOLE)[["areas", "m2"]]
    return rows.assign(m2=[nearest(m2) for m2 in rows["m2"]])


def _whole_balance(rows: pd.DataFrame) -> pd.DataFrame:
    """Opening and flows such that closing is their sum in every row, and the nearest whole number."""
    records = []
    row: dict[Any, Any]
    for row in rows.to_dict("records"):
        opening, closing = nearest(row["opening_m2"]), nearest(row["closing_m2"])
        signed = whole([sign * row[name] for name, sign in _FLOWS.items()], closing - opening)
        flows = {name: sign * flow for flow, (name, sign) in zip(signed, _FLOWS.items(), strict=True)}
        met = {name: nearest(row[name]) for name in _RECONCILING}
        ends = {"opening_m2": opening, "closing_m2": opening + sum(signed)}
        records.append(row | flows | met | ends)
    result = pd.DataFrame(records, index=rows.index)
    result["released_m2"] = result[_METHODS].sum(axis=1)
    still, outside, again = (result[name] for name in _RECONCILING)
    result["released_total_m2"] = result["released_m2"] + still + outside - again
    return result.astype("int64")


def _whole_kinds(rows: pd.DataFrame, totals: "pd.Series[int]") -> pd.DataFrame:
    """The kinds of each district such that they sum to its total."""
    result = rows.set_index("district_code").drop(WHOLE).drop(columns="name")
    kinds = zip(result[_KINDS].to_numpy().tolist(), totals.reindex(result.index).to_list(), strict=True)
    result[_KINDS] = pd.DataFrame([whole(m2, total) for m2, total in kinds], result.index, _KINDS)
    result["m2"] = result[_KINDS].sum(axis=1)
    return result.astype("int64")


def _whole_parts(rows: pd.DataFrame, totals: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """The organisations of each district such that they sum to its totals."""
    return rows.assign(**{name: _shared(rows["district_code"], rows[name], totals[name]) for name in columns})


def _whole_corrections(rows: pd.DataFrame, balance: pd.DataFrame) -> pd.DataFrame:
    """The corrections of each district such that those down and those up sum to its totals."""
    down, up = rows["m2"].clip(upper=0).abs(), rows["m2"].clip(lower=0)
    district = rows["district_code"]
    return rows.assign(
        m2=_shared(district, up, balance["corrected_up_m2"]) - _shared(district, down, balance["corrected_down_m2"])
    )


def _shared(district: pd.Series, m2: pd.Series, totals: pd.Series) -> pd.Series:
    """The m² of each row in whole numbers that sum to the total of its district."""
    wanted = totals.to_dict()
    shares: dict[Any, int] = {}
    for code, values in m2.groupby(district):
        shares |= zip(values.index, whole(values.to_list(), wanted[code]), strict=True)
    return pd.Series([shares[row] for row in m2.index], index=m2.index, dtype="int64")
