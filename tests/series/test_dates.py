"""Which dates a series has, with one more asked for: in its place, once, and only between the two."""

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazard_service.errors import ParameterError
from hazard_service.layers import open_programme
from hazard_service.series import series
from hazard_service.series.dates import STEPS, dates_of

FIRST, LAST = datetime.date(2005, 12, 31), datetime.date(2026, 6, 30)


@pytest.fixture(scope="module")
def programme(six_villages):
    return open_programme(six_villages)


def test_one_more_date_stands_in_its_place(programme):
    usual, _ = dates_of(programme, "year")
    dates, only_two = dates_of(programme, "year", datetime.date(2010, 5, 5))
    assert dates == [*usual[:5], datetime.date(2010, 5, 5), *usual[5:]]
    assert (dates[4], dates[6]) == (datetime.date(2009, 12, 31), datetime.date(2010, 12, 31))
    assert only_two is None


@pytest.mark.parametrize("also", [FIRST, LAST, datetime.date(2010, 12, 31), None])
def test_a_date_that_is_there_already_is_there_once(programme, also):
    assert dates_of(programme, "year", also) == dates_of(programme, "year")


@pytest.mark.parametrize("also", [FIRST - datetime.timedelta(1), LAST + datetime.timedelta(1)])
def test_a_date_outside_is_refused(programme, also):
    with pytest.raises(ParameterError) as caught:
        dates_of(programme, "year", also)
    assert str(caught.value) == f"{also} is not between the baseline, {FIRST}, and the data date, {LAST}."


@given(st.sampled_from(sorted(STEPS)), st.dates(FIRST, LAST))
def test_dates_rise_from_the_baseline_to_the_data_date(programme, step, also):
    dates, _ = dates_of(programme, step, also)
    assert (dates[0], dates[-1]) == (FIRST, LAST)
    assert also in dates
    assert all(earlier < later for earlier, later in itertools.pairwise(dates))
    assert set(dates) == {*dates_of(programme, step)[0], also}


def test_of_a_programme_without_dates_only_the_two_are_told(draw_programme, box):
    """Between them nobody knows what was open, whatever date is asked for."""
    programme = draw_programme(
        hazards=[{"hazard_id": "H", "geometry": box(0, 0, 100, 100)}],
        communities=[{"community_id": "C", "name": "C", "geometry": box(500, 0, 510, 10)}],
    )
    dates, only_two = dates_of(programme, "year", datetime.date(2015, 1, 1))
    assert dates == [programme.baseline_date, programme.data_date]
    assert only_two.startswith("Only 2005-12-31 and 2025-12-31 are shown:")


def test_a_series_has_a_step_to_each_later_date_from_the_one_baseline(programme):
    also = datetime.date(2010, 5, 5)
    found = series(programme, also=also)
    days = [step.after.situation.on for step in found.steps]
    assert days == dates_of(programme, "year", also)[0][1:]
    assert {id(step.before) for step in found.steps} == {id(found.last.before)}
    assert found.last.before.situation.on == FIRST
    at = days.index(also)
    freed = [step.communities.set_index("community_id").loc["ringed", "progress"] for step in found.steps]
    assert (freed[at - 1], freed[at]) == ("unchanged", "freed")
