"""Checks of tables: that what a row names is on record, that a survey has its date, and that a fact can be read."""

import re
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hazard_service.layers.checks_values import FLAGS, read_days
from hazard_service.layers.findings import LayerRows
from hazard_service.layers.schema import id_column
from hazard_service.vocabulary import DEADLINES, PEOPLE_GROUPS

_ISO3: Final = re.compile(r"[A-Za-z]{3}")
_LEFT_OUT: Final = {"surveys": "the survey is left out", "beneficiaries": "these people are left out"}


def check_surveys(rows: LayerRows, communities: LayerRows) -> None:
    """unknown_community_id and undated_survey: refused."""
    _refuse_unknown(rows, communities, "community", "unknown_community_id")
    undated = rows.frame["surveyed_on"].isna().to_numpy(dtype=bool)
    rows.refuse(undated, "undated_survey", "It has no date that can be used; the survey is left out.")


def check_beneficiaries(rows: LayerRows, releases: LayerRows, communities: LayerRows) -> None:
    """unknown_release_id and unknown_community_id: refused. When people benefit only the release tells.

    more_users_than_people: kept, for some may come from elsewhere.
    """
    _refuse_unknown(rows, releases, "release", "unknown_release_id")
    _refuse_unknown(rows, communities, "community", "unknown_community_id")
    _question_more_than_live_there(rows, communities)


def _question_more_than_live_there(rows: LayerRows, communities: LayerRows) -> None:
    """Of several rows of a community the largest number of each group counts, as in `impact.beneficiaries`."""
    name, users = rows.frame["community_id"], _numbers(rows.frame[list(PEOPLE_GROUPS)])
    users = users.groupby(name).transform("max")
    living = _numbers(communities.frame.set_index("community_id")[["people", *PEOPLE_GROUPS]])
    living = living.reindex(name).reset_index(drop=True)
    counted = users.assign(people=users.sum(axis=1))[list(living)]
    more, is_alone = counted > living, ~name.duplicated(keep=False)
    told = more.any(axis=1).to_numpy()
    details = [
        f"{'It counts' if is_alone[row] else 'With the other rows of its community it counts'} "
        f"{_listed(counted.loc[row], more.loc[row])}, but community {name[row]} has "
        f"{_listed(living.loc[row], more.loc[row])}: the others come from elsewhere, or a number is wrong."
        for row in rows.frame.index[told]
    ]
    rows.flag(told, "more_users_than_people", "kept", details)


def _numbers(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: pd.to_numeric(frame[name]) for name in frame}, index=frame.index)


def _listed(counts: "pd.Series[float]", which: "pd.Series[bool]") -> str:
    return ", ".join(f"{count:,.0f} {group}" for group, count in counts[which].items())


def _refuse_unknown(rows: LayerRows, others: LayerRows, what: str, rule: str) -> None:
    names = rows.column(id_column(others.name))
    unknown = ~pd.Series(names, dtype=object).isin(others.column(id_column(others.name))).to_numpy(dtype=bool)
    left_out = _LEFT_OUT[rows.name]
    rows.refuse(
        unknown, rule,
        [
            f"It names no {what}; {left_out}." if name is None
            else f"It names {what} {name}, which is not on record; {left_out}."
            for name in names[unknown]
        ],
    )  # fmt: skip


def check_iso3(rows: LayerRows) -> None:
    """unreadable_country: refused. Codes become capitals."""
    codes = np.array([(code or "").strip() for code in rows.column("iso3")], dtype=object)
    rows.put("iso3", [code.upper() for code in codes])
    unreadable = np.array([_ISO3.fullmatch(code) is None for code in codes], dtype=bool)
    rows.refuse(
        unreadable, "unreadable_country",
        [f'iso3 "{code}" is not a code of three letters; the row is left out.' for code in codes[unreadable]],
    )  # fmt: skip


def check_countries(rows: LayerRows) -> None:
    """unreadable_country and unreadable_value: refused. Values become yes, no, or a day such as 2005-12-31."""
    check_iso3(rows)
    facts, written = rows.column("fact"), rows.column("value")
    values = _values(facts, written)
    rows.put("value", values)
    lost = np.array([value is None for value in values], dtype=bool)
    rows.refuse(
        lost, "unreadable_value",
        [_unreadable(fact, value) for fact, value in zip(facts[lost], written[lost], strict=True)],
    )  # fmt: skip


def _values(facts: NDArray[np.object_], written: NDArray[np.object_]) -> list[str | None]:
    days = [None if np.isnat(day) else str(day)[:10] for day in read_days(written)]
    words = [{1.0: "yes", 0.0: "no"}.get(FLAGS.get((value or "").casefold(), -1.0)) for value in written]
    return [day if fact in DEADLINES else word for fact, day, word in zip(facts, days, words, strict=True)]


def _unreadable(fact: str, value: str | None) -> str:
    if value is None:
        return f"The value of {fact} is blank; the row is left out."
    if fact in DEADLINES:
        return f'The value of {fact}, "{value}", is not a date; the row is left out. Write dates as 2005-12-31.'
    return f'The value of {fact}, "{value}", is neither yes nor no; the row is left out.'
