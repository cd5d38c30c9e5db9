"""Objectives 3 and 4 and the treaties: what a register of countries says, counted against the strategy's 15."""

import datetime
from typing import Any, Final

import pandas as pd

from hazard_service.vocabulary import COUNTRY_FACTS

TARGET_COUNTRIES: Final = 15
# Objective 3 is plans and budgets: a country counts that has both.
BOTH: Final = "plan_and_budget"
# What a register says yes or no to, in the order it is told.
YES_OR_NO: Final = (*(fact for fact in COUNTRY_FACTS[:-1] if not fact.endswith("_deadline")), BOTH, COUNTRY_FACTS[-1])
# Counted against the target; the others are counted alone.
TARGETED: Final = (BOTH, "residual_capacity")


def facts_on(register: pd.DataFrame, on: datetime.date, data_date: datetime.date) -> pd.DataFrame:
    """The last fact of each kind for each country by a date: iso3, name, fact, value, dated_on, source.

    A fact without a date counts on the data date alone: nobody knows since when it has held.
    """
    known = (register["dated_on"] <= pd.Timestamp(on)) | (register["dated_on"].isna() & (on == data_date))
    ordered = register[known].sort_values(["dated_on", "fact_id"], na_position="first")
    return ordered.drop_duplicates(["iso3", "fact"], keep="last").sort_values(["iso3", "fact"]).reset_index(drop=True)


def with_both(facts: pd.DataFrame) -> pd.DataFrame:
    """The facts, and BOTH of every country of which a plan or a budget line is told: yes where both are yes. It is
    dated as the later of the two."""
    told = facts[facts["fact"].isin(["plan_integrated", "budget_line"])]
    yes = (told["value"] == "yes").groupby(told["iso3"]).sum() == 2
    by_country = told.groupby("iso3")
    both = pd.DataFrame(
        {
            "iso3": yes.index,
            "name": by_country["name"].first().reindex(yes.index).to_numpy(),
            "fact": BOTH,
            "dated_on": by_country["dated_on"].max().reindex(yes.index).to_numpy(),
            "source": by_country["source"].agg(_together).reindex(yes.index).to_numpy(),
        }
    )
    return pd.concat([facts, both.assign(value=yes.map({True: "yes", False: "no"}).to_numpy())], ignore_index=True)


def _together(sources: "pd.Series[str]") -> str | None:
    return "; ".join(sources.dropna().unique()) or None


def register_counts(facts: pd.DataFrame) -> list[dict[str, Any]]:
    """One row per fact that is yes or no: countries where it is yes, of how many that are told of, and the target."""
    rows, facts = [], with_both(facts)
    for fact in YES_OR_NO:
        own = facts[facts["fact"] == fact]
        said = own[own["value"].isin(["yes", "no"])]
        if len(said):
            yes = int((said["value"] == "yes").sum())
            target = TARGET_COUNTRIES if fact in TARGETED else None
            rows.append({"fact": fact, "yes": yes, "of": len(said), "target": target})
    return rows


def deadlines(facts: pd.DataFrame, on: datetime.date) -> pd.DataFrame:
    """Treaty deadlines by date: iso3, name, fact, value (a date as text), passed (bool, before the date)."""
    own = facts[facts["fact"].str.endswith("_deadline")].sort_values(["value", "iso3"])
    return own.assign(passed=own["value"] < on.isoformat())[["iso3", "name", "fact", "value", "passed"]]
