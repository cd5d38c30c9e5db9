"""The register of countries: the strategy's figures, and the last fact by a date."""

import datetime

import pandas as pd

from hazard_service.impact.register import deadlines, facts_on, register_counts
from hazard_service.layers import open_programme
from hazard_service.shelves import sample_folder

DAY, DATA_DATE = datetime.date(2010, 1, 1), datetime.date(2020, 1, 1)


def register(*rows):
    frame = pd.DataFrame(rows, columns=["iso3", "fact", "value", "dated_on"])
    frame["dated_on"] = pd.to_datetime(frame["dated_on"])
    return frame.assign(fact_id=[f"F{n}" for n in range(len(frame))], name=frame["iso3"], source="somebody")


def test_the_last_fact_by_the_date_counts_and_an_undated_one_on_the_data_date_only():
    facts = register(
        ("XAA", "plan_integrated", "no", "2005-01-01"),
        ("XAA", "plan_integrated", "yes", "2010-01-01"),
        ("XAB", "plan_integrated", "yes", "2010-01-02"),
        ("XAC", "plan_integrated", "yes", None),
    )
    assert register_counts(facts_on(facts, DAY, DATA_DATE)) == [
        {"fact": "plan_integrated", "yes": 1, "of": 1, "target": None},
        {"fact": "plan_and_budget", "yes": 0, "of": 1, "target": 15},
    ]
    assert register_counts(facts_on(facts, DATA_DATE, DATA_DATE)) == [
        {"fact": "plan_integrated", "yes": 3, "of": 3, "target": None},
        {"fact": "plan_and_budget", "yes": 0, "of": 3, "target": 15},
    ]


def test_objective_3_is_plans_and_budgets_together():
    """XAA has both, XAB a plan and no money, XAC money and no word of a plan; XAD is told of neither."""
    facts = register(
        ("XAA", "plan_integrated", "yes", "2005-01-01"), ("XAA", "budget_line", "yes", "2006-01-01"),
        ("XAB", "plan_integrated", "yes", "2005-01-01"), ("XAB", "budget_line", "no", "2006-01-01"),
        ("XAC", "budget_line", "yes", "2006-01-01"), ("XAD", "mbc_party", "yes", "2006-01-01"),
    )  # fmt: skip
    counted = {row["fact"]: row for row in register_counts(facts_on(facts, DATA_DATE, DATA_DATE))}
    assert counted["plan_and_budget"] == {"fact": "plan_and_budget", "yes": 1, "of": 3, "target": 15}


def test_a_dated_fact_outlasts_an_undated_one():
    facts = register(("XAA", "budget_line", "no", "2005-01-01"), ("XAA", "budget_line", "yes", None))
    assert facts_on(facts, DATA_DATE, DATA_DATE)["value"].tolist() == ["no"]


def test_deadlines_and_whether_they_have_passed():
    facts = register(("XAB", "mbc_deadline", "2010-01-02", None), ("XAA", "ccm_deadline", "2009-12-31", "2005-01-01"))
    found = deadlines(facts_on(facts, DATA_DATE, DATA_DATE), DAY)
    assert found[["iso3", "value", "passed"]].to_numpy().tolist() == [
        ["XAA", "2009-12-31", True],
        ["XAB", "2010-01-02", False],
    ]


def test_the_strategys_own_figures_come_out_of_the_sample():
    sample = open_programme(sample_folder())
    counts = {
        row["fact"]: row for row in register_counts(facts_on(sample.countries, sample.data_date, sample.data_date))
    }
    assert {name: counts[name]["yes"] for name in ("mbc_party", "ccm_signed", "ccm_ratified")} == {
        "mbc_party": 156, "ccm_signed": 98, "ccm_ratified": 14,
    }  # fmt: skip
    assert (counts["plan_integrated"]["yes"], counts["plan_integrated"]["target"]) == (11, None)
    assert (counts["plan_and_budget"]["yes"], counts["plan_and_budget"]["target"]) == (9, 15)
    assert (counts["residual_capacity"]["yes"], counts["residual_capacity"]["target"]) == (7, 15)
    assert counts["budget_line"]["target"] is None
