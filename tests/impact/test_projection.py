"""Remaining area projected from past rates, by arithmetic."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_service.errors import DateError, ProjectionError
from hazard_service.impact.projection import projection


def ends(*remaining, first=2010):
    """(31 December, m²) of years in a row."""
    return [(datetime.date(first + n, 12, 31), m2) for n, m2 in enumerate(remaining)]


def test_a_projection_by_hand():
    """Years of 365 or 366 days (2012): falls of 100, 300 and 200 are 100.068, 299.795 and 200.137 m² per 365.25 days.

    From 400 at the end of 2013, 365 days a year: lowest 400 - 100 = 300, then 200; median 200, then 0; highest 100.41
    (= 400 - 299.795 × 365 / 365.25), then nothing."""
    found = projection(ends(1000, 900, 600, 400), datetime.date(2015, 12, 31))
    assert found.rates_m2 == pytest.approx((100 * 365.25 / 365, 300 * 365.25 / 366, 200 * 365.25 / 365))
    assert found.rows["date"].tolist() == [datetime.date(year, 12, 31) for year in (2013, 2014, 2015)]
    assert found.rows["slowest_m2"].tolist() == pytest.approx([400, 300, 200])
    assert found.rows["median_m2"].tolist() == pytest.approx([400, 200, 0])
    assert found.rows["fastest_m2"].tolist() == pytest.approx([400, 400 - 300 * 365 / 366, 0])
    assert found.label == "Projection from past rates, not a plan and not a forecast."


def test_part_of_a_year_starts_the_projection_and_gives_no_rate():
    series = [*ends(1000, 900, 600), (datetime.date(2013, 6, 30), 100.0)]
    found = projection(series[::-1], datetime.date(2014, 3, 1))
    assert len(found.rates_m2) == 2
    assert found.rows["date"].tolist() == [
        datetime.date(2013, 6, 30),
        datetime.date(2013, 12, 31),
        datetime.date(2014, 3, 1),
    ]
    assert found.rows["median_m2"].iloc[0] == 100


def test_where_more_was_found_than_released_the_band_rises():
    found = projection(ends(100, 150, 140), datetime.date(2013, 12, 31))
    assert found.rows["slowest_m2"].iloc[-1] == pytest.approx(140 + 50 * 365 / 365)
    assert found.rates_m2[0] < 0


@settings(derandomize=True, max_examples=50)
@given(st.lists(st.floats(0, 1e9), min_size=3, max_size=9), st.integers(1, 9))
def test_the_band_encloses_the_median_and_starts_from_what_remains(remaining, ahead):
    found = projection(ends(*remaining), datetime.date(2010 + len(remaining) - 1 + ahead, 12, 31))
    rows = found.rows
    assert (rows["fastest_m2"] <= rows["median_m2"]).all()
    assert (rows["median_m2"] <= rows["slowest_m2"]).all()
    assert rows.iloc[0, 1:].tolist() == [remaining[-1]] * 3
    assert (rows["fastest_m2"] >= 0).all()


def test_refusals_say_what_to_do():
    with pytest.raises(ProjectionError) as refusal:
        projection(ends(1000, 900), datetime.date(2020, 1, 1))
    assert str(refusal.value) == (
        "A projection needs at least two past years of remaining area, and there are 1; give it earlier dates too."
    )
    with pytest.raises(DateError) as late:
        projection(ends(1000, 900, 800), datetime.date(2012, 12, 31))
    assert str(late.value) == (
        "The deadline, 2012-12-31, is not later than the last date, 2012-12-31; give a later deadline."
    )
