"""Largest remainders: by hand, and by law."""

import math

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hazard_service.reports.rounding import nearest, whole


def test_by_hand():
    # 1.4 + 1.4 + 1.4 = 4.2: cut down 1 + 1 + 1, one is missing, the first gets it. Apart each would round to 1: 3.
    assert whole([1.4, 1.4, 1.4]) == [2, 1, 1]
    assert whole([0.6, 0.0, 0.9, 0.7]) == [0, 0, 1, 1]
    # 10.3 is to become 12: 3, 4 and 3 are cut down, two are missing, and the zero gets none of them.
    assert whole([3.1, 0.0, 4.2, 3.0], 12) == [4, 0, 5, 3]
    assert whole([-2.5, 1.25], -1) == [-2, 1]
    assert whole([1.5, 2.5], 2) == [1, 1]
    assert whole([0.0, 0.0], 3) == [0, 0]
    assert whole([]) == []


def test_a_half_goes_up_and_rounding_of_the_arithmetic_does_not_matter():
    assert [nearest(value) for value in (0.5, 1.5, 2.4999999, 2.5000001, 2.49, -0.5)] == [1, 2, 3, 3, 2, 0]


m2 = st.floats(0, 1e8).map(lambda value: round(value, 2))


@settings(derandomize=True, max_examples=200)
@given(st.lists(m2 | st.just(0.0) | st.sampled_from([0.5, 0.25, 1.5]), max_size=12))
@example([0.5, 0.5])
def test_rows_sum_to_the_rounded_total_and_no_cell_is_a_metre_off(values):
    rounded = whole(values)
    assert sum(rounded) == nearest(sum(values))
    assert all(abs(cell - value) < 1 for cell, value in zip(rounded, values, strict=True))
    assert all(cell == 0 for cell, value in zip(rounded, values, strict=True) if value == 0)


@settings(derandomize=True, max_examples=200)
@given(st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 1)), min_size=1, max_size=8), st.data())
def test_signed_flows_meet_a_total_that_lies_within_a_metre(values, data):
    exact = round(sum(values), 1)
    total = data.draw(st.sampled_from([math.floor(exact), math.ceil(exact)]))
    rounded = whole(values, total)
    assert sum(rounded) == total or not any(values)
    assert all(abs(cell - value) < 1.0001 for cell, value in zip(rounded, values, strict=True))
    assert all(cell == 0 for cell, value in zip(rounded, values, strict=True) if value == 0)
