"""Progress on many dates equals each comparison made afresh, in every column."""

import datetime

import pandas as pd
import pytest

from hazard_service.assessment import assess, compare
from hazard_service.layers import open_programme
from hazard_service.series.walking import progress_in_turn
from hazard_service.shelves import sample_folder

DAYS = ("2005-12-31", "2010-05-04", "2010-12-31", "2015-01-01", "2017-12-31", "2026-06-30")


EVERY_KIND = ["SHA", "CHA", "unclassified"]


@pytest.mark.parametrize(
    ("which", "kinds"),
    [("six_villages", EVERY_KIND), ("three_roads", EVERY_KIND), ("three_roads", ["CHA"]), ("sample", EVERY_KIND)],
)
def test_equal_to_comparing_each_date_afresh(which, kinds, request):
    programme = open_programme(sample_folder() if which == "sample" else request.getfixturevalue(which))
    days = [datetime.date.fromisoformat(day) for day in DAYS]
    found = progress_in_turn(programme, days, kinds)
    before = assess(programme.situation(days[0], kinds))
    for day, progress in zip(days[1:], found, strict=True):
        afresh = compare(before, assess(programme.situation(day, kinds)))
        assert progress.totals == afresh.totals
        assert progress.caveats == afresh.caveats
        assert progress.after.totals == afresh.after.totals
        for ours, theirs in (
            (progress.communities, afresh.communities),
            (progress.after.communities, afresh.after.communities),
            (progress.after.districts, afresh.after.districts),
            (progress.newly_identified, afresh.newly_identified),
        ):
            pd.testing.assert_frame_equal(pd.DataFrame(ours), pd.DataFrame(theirs), check_exact=True)
