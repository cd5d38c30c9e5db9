"""Casualties: each victim once, and no count from which fewer than five could be told apart."""

import datetime
from collections import defaultdict
from itertools import product

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from hazard_service.impact.casualties import (
    GROUPS,
    casualties,
    casualties_by,
    given_to_communities,
    in_window,
    suppressed,
)


def accidents(rows, crs=None):
    """Rows of (point, date, community, killed, injured, unknown, sex)."""
    columns = ["geometry", "date", "community_id", "killed", "injured", "unknown", "sex"]
    frame = pd.DataFrame(rows, columns=columns).assign(age_group=None, device="uxo")
    frame["date"] = pd.to_datetime(frame["date"])
    frame[["killed", "injured", "unknown"]] = frame[["killed", "injured", "unknown"]].astype(float)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=crs)


SOME = accidents(
    [
        (Point(0, 0), "2004-12-31", "C0", 1, 0, 0, "male"),
        (Point(0, 0), "2005-01-01", "C0", 0, 2, 0, "female"),
        (Point(0, 0), "2006-12-31", None, 1, 1, 1, None),
        (Point(0, 0), None, "C0", 9, 9, 9, "male"),
        (Point(0, 0), "2007-01-01", "C0", np.nan, 1, np.nan, "male"),
    ]
)


def test_a_window_holds_its_last_day_and_not_the_day_it_begins_on():
    # 24 months to 2006-12-31 begin after 2004-12-31: 2 + 3 casualties.
    assert casualties(in_window(SOME, datetime.date(2006, 12, 31), 24)) == 5
    assert casualties(in_window(SOME, datetime.date(2006, 12, 31), 12)) == 3
    assert casualties(in_window(SOME, datetime.date(2007, 1, 1), 1)) == 4


def test_by_outcome_and_by_sex():
    window = in_window(SOME, datetime.date(2007, 1, 1), 24)
    assert casualties_by(window, "outcome", GROUPS["outcome"]) == {"killed": 1, "injured": 2, "unknown": 1}
    assert casualties_by(window, "sex", GROUPS["sex"]) == {"female": 0, "male": 1, "other": 0, "unknown": 3}


def test_the_groups_are_those_of_every_record_and_words_of_ones_own_are_other():
    """So that a record of one girl does not name its one group; words differ in letters only."""
    girl = accidents([(Point(0, 0), "2005-01-01", "C0", 1, 0, 0, "girl")])
    assert casualties_by(girl, "sex", GROUPS["sex"]) == {"female": 0, "male": 0, "other": 1, "unknown": 0}
    assert suppressed(casualties_by(girl, "sex", GROUPS["sex"])) == dict.fromkeys(GROUPS["sex"])
    women = accidents([(Point(0, 0), "2005-01-01", "C0", 7, 0, 0, " Female ")])
    assert casualties_by(women, "sex", GROUPS["sex"])["female"] == 7


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 10, "b": 7, "c": 5}, {"a": 10, "b": 7, "c": 5}),
        ({"a": 10, "b": 7, "c": 3}, {"a": 10, "b": None, "c": None}),  # 3 alone is the total less the others
        ({"a": 10, "b": 4, "c": 3}, {"a": 10, "b": None, "c": None}),
        ({"a": 10, "b": 7, "c": 4, "d": 4}, {"a": 10, "b": None, "c": None, "d": None}),  # 8 in two groups: 4 each
        ({"a": 10, "b": 4, "c": 2, "d": 0}, {"a": 10, "b": None, "c": None, "d": None}),  # nor who had nobody
        ({"a": 7, "b": 7, "c": 9, "d": 1}, {"a": None, "b": None, "c": 9, "d": None}),  # both of the least
        ({"a": 10, "b": 0, "c": 0}, {"a": 10, "b": 0, "c": 0}),
        ({"a": 1, "b": 2, "c": 0}, {"a": None, "b": None, "c": None}),
        ({"a": 2}, {"a": None}),
        ({}, {}),
    ],
)
def test_small_counts_are_hidden_and_cannot_be_worked_out(counts, shown):
    assert suppressed(counts) == shown


@pytest.mark.parametrize(("groups", "most"), [(2, 14), (3, 19), (4, 24), (5, 12)])
def test_whoever_knows_the_sum_and_the_rule_works_out_no_hidden_count(groups, most):
    """Every table of so many people: what is shown of it is shown of others, with other counts in each hidden group."""
    for people in range(most + 1):
        fits = defaultdict(list)
        for counts in product(range(people + 1), repeat=groups):
            if sum(counts) == people:
                fits[tuple(suppressed(dict(enumerate(counts))).values())].append(counts)
        for shown, tables in fits.items():
            for group in range(groups):
                possible = {counts[group] for counts in tables}
                assert len(possible) == 1 if shown[group] is not None else len(possible) > 1, (shown, people)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 40), max_size=6))
def test_what_is_hidden_sums_to_nobody_or_to_five_or_more_where_it_can(counts):
    shown = suppressed(counts)
    hidden = sum(counts[word] for word, count in shown.items() if count is None)
    assert all(count is None or count == 0 or count >= 5 for count in shown.values())
    assert hidden == 0 or hidden >= 5 or set(shown.values()) == {None}


def test_a_victim_counts_once_for_its_own_community_else_the_nearest(draw_communities, metres):
    villages = draw_communities([Point(0, 0), Point(1000, 0), Point(2000, 0)])
    rows = accidents(
        [
            (Point(1990, 0), "2005-01-01", "C0", 1, 0, 0, "male"),  # its own, though C2 is nearer
            (Point(900, 0), "2005-01-01", None, 0, 2, 0, "male"),
            (Point(500, 0), "2005-01-01", None, 0, 1, 0, "male"),  # as near to C0 as to C1: the lower row
            (Point(1500, 0), "2005-01-01", "not on record", 0, 0, 1, "male"),  # as near to C1 as to C2
            (Point(9000, 0), "2005-01-01", None, 5, 0, 0, "male"),  # 7 km from everybody
        ],
        crs=metres,
    )
    found = given_to_communities(rows, villages, 5000.0)
    assert found["victims"].tolist() == [2, 3, 0]
    assert found["killed"].tolist() == [1, 0, 0]
    assert given_to_communities(rows.iloc[:0], villages, 5000.0)["victims"].tolist() == [0, 0, 0]
