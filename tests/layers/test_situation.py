"""Situations on a date and put-back ground, on squares whose areas are worked out by hand."""

import datetime
import itertools
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from shapely import LineString, MultiLineString, MultiPolygon, box

from hazard_service.errors import DateError, KindError
from hazard_service.layers.situation import put_back, situation_on

CRS_M = CRS.from_user_input("+proj=laea +lat_0=35 +lon_0=-40 +datum=WGS84 +units=m +no_defs")
BASELINE, BETWEEN, DATA_DATE = "2005-12-31", "2015-06-30", "2025-12-31"
HECTARE = box(0, 0, 100, 100)
HAZARD_DATES = ("laid_on", "reported_on", "closed_on")
RELEASE_DATES = ("completed_on", "handed_over_on")


def hazard(hazard_id, geometry=HECTARE, **columns):
    plain = {"kind": "SHA", "status": "open", "remnant": None, "dated_after_all": False} | dict.fromkeys(HAZARD_DATES)
    return {"hazard_id": hazard_id, "geometry": geometry, **(plain | columns)}


def release(release_id, geometry, hazard_id=None, **columns):
    plain = {"method": "cleared"} | dict.fromkeys(RELEASE_DATES)
    return {"release_id": release_id, "hazard_id": hazard_id, "geometry": geometry, **(plain | columns)}


def frame(rows, empty_row, dates):
    table = pd.DataFrame(rows or [empty_row], dtype=object)
    for column in dates:
        table[column] = pd.to_datetime(table[column]).astype("datetime64[s]")
    return gpd.GeoDataFrame(table, geometry="geometry", crs=CRS_M)[: len(rows)]


def programme(hazards, releases=(), unplaced=(), caveats=()):
    return SimpleNamespace(
        hazards=frame(list(hazards), hazard("none"), HAZARD_DATES),
        releases=frame(list(releases), release("none", HECTARE), RELEASE_DATES),
        unplaced=pd.DataFrame({"hazard_id": list(unplaced)}),
        baseline_date=datetime.date.fromisoformat(BASELINE),
        data_date=datetime.date.fromisoformat(DATA_DATE),
        caveats=tuple(caveats),
    )


def ground(frame):
    remnants = [line for line in frame["remnant"] if line is not None]
    return shapely.union_all([*frame.geometry, *remnants])


def open_ids(programme, on, **asked):
    return set(situation_on(programme, on, **asked).hazards["hazard_id"])


def open_m2(programme, on):
    return situation_on(programme, on).hazards.area.sum()


# Dates asked


def test_dates_come_as_text_or_as_dates():
    asked = programme([hazard("H1")])
    for on in (BETWEEN, datetime.date(2015, 6, 30), datetime.datetime(2015, 6, 30, 9), pd.Timestamp(BETWEEN)):
        assert situation_on(asked, on).on == datetime.date(2015, 6, 30)


@pytest.mark.parametrize(
    "on", ["2015-02-30", "yesterday", "", "30/06/2015", "2015-W27-2", "20150630", "２０１５-06-30", None, pd.NaT]
)
def test_a_malformed_date_is_refused(on):
    with pytest.raises(DateError) as refusal:
        situation_on(programme([hazard("H1")]), on)
    assert str(refusal.value) == f'"{on}" is not a date; write it as year-month-day, such as 2025-12-31.'


def test_a_date_after_the_data_date_is_refused():
    with pytest.raises(DateError) as refusal:
        situation_on(programme([hazard("H1")]), "2026-01-01")
    assert str(refusal.value) == (
        "2026-01-01 is later than the data date, 2025-12-31; ask for that day or an earlier one."
    )


# Kinds


def test_only_the_kinds_asked_for():
    asked = programme([hazard("H1"), hazard("H2", kind="CHA"), hazard("H3", kind="unclassified")])
    assert open_ids(asked, DATA_DATE) == {"H1", "H2", "H3"}
    assert open_ids(asked, DATA_DATE, kinds=["CHA"]) == {"H2"}
    assert situation_on(asked, DATA_DATE, ("SHA", "CHA")).kinds == frozenset({"SHA", "CHA"})


def test_unknown_kinds_and_no_kinds_are_refused():
    with pytest.raises(KindError) as refusal:
        situation_on(programme([hazard("H1")]), DATA_DATE, ["sha"])
    assert str(refusal.value) == "Unknown hazard kind: sha. Known kinds: SHA, CHA, unclassified."
    with pytest.raises(KindError) as refusal:
        situation_on(programme([hazard("H1")]), DATA_DATE, [])
    assert str(refusal.value) == "No hazard kind is given; name at least one of SHA, CHA, unclassified."


# Open by the record


def test_open_from_the_day_it_was_reported_until_the_day_it_was_closed():
    asked = programme([hazard("H1", reported_on="2007-03-01", closed_on="2012-03-01")])
    open_on = {day: bool(open_ids(asked, day)) for day in ("2007-02-28", "2007-03-01", "2012-02-29", "2012-03-01")}
    assert open_on == {"2007-02-28": False, "2007-03-01": True, "2012-02-29": True, "2012-03-01": False}


def test_open_always_where_no_date_is_recorded():
    assert open_ids(programme([hazard("H1")]), "1950-01-01") == {"H1"}


def test_closed_before_it_was_reported_stays_open_and_is_flagged():
    asked = programme([hazard("H1", reported_on="2010-01-01", closed_on="2009-01-01", status="closed")])
    assert open_ids(asked, BASELINE) == set()
    assert open_ids(asked, DATA_DATE) == {"H1"}
    assert situation_on(asked, DATA_DATE).caveats == (
        "Hazards closed before they were reported: 1 (H1); they stay open.",
    )


def test_closed_without_a_date_is_open_before_the_data_date_and_flagged():
    asked = programme([hazard(f"H{n}", status="closed") for n in range(7)])
    assert open_ids(asked, "2025-12-30") == {f"H{n}" for n in range(7)}
    assert open_ids(asked, DATA_DATE) == set()
    for day in ("2025-12-30", DATA_DATE):
        assert situation_on(asked, day).caveats == (
            "Hazards closed without a date: 7 (H0, H1, H2, H3, H4 and 2 more); they count as open before the data "
            "date, 2025-12-31, and closed on it.",
        )


@pytest.mark.parametrize("status", ["open", "worked_on", "suspended"])
def test_any_other_status_is_open_and_speaks_of_no_date(status):
    asked = programme([hazard("H1", status=status), hazard("H2", status=status, closed_on="2010-01-01")])
    assert open_ids(asked, "2009-12-31") == {"H1", "H2"}
    assert open_ids(asked, DATA_DATE) == {"H1"}


# Releases done


def test_a_release_counts_from_the_day_it_was_handed_over():
    done = release("R1", box(0, 0, 100, 40), completed_on="2010-01-01", handed_over_on="2011-01-01")
    asked = programme([hazard("H1")], [done])
    assert open_m2(asked, "2010-12-31") == pytest.approx(10_000)
    assert open_m2(asked, "2011-01-01") == pytest.approx(6_000)
    on_the_day = situation_on(asked, "2011-01-01")
    assert on_the_day.hazards["cut_m2"].tolist() == pytest.approx([4_000])
    assert on_the_day.caveats == ()


def test_without_a_handover_it_counts_from_its_completion_and_a_caveat_says_so():
    done = [
        release("R1", box(0, 0, 100, 40), completed_on="2010-01-01"),
        release("R2", box(0, 40, 100, 50), handed_over_on="2010-01-01"),
    ]
    asked = programme([hazard("H1")], done)
    assert open_m2(asked, "2009-12-31") == pytest.approx(10_000)
    assert open_m2(asked, "2010-01-01") == pytest.approx(5_000)
    assert situation_on(asked, "2009-12-31").caveats == ()
    assert situation_on(asked, "2010-01-01").caveats == (
        "Releases without a handover date: 1 of 2 dated ones done by 2010-01-01; they count from their completion.",
    )


@pytest.mark.parametrize(
    ("on", "m2", "effect"),
    [
        ("1999-01-01", 10_000, "they are not counted as done at the baseline, 2005-12-31, or before"),
        (BASELINE, 10_000, "they are not counted as done at the baseline, 2005-12-31, or before"),
        ("2006-01-01", 10_000, "2006-01-01 is answered from dated records alone, so they are not counted as done"),
        ("2025-12-30", 10_000, "2025-12-30 is answered from dated records alone, so they are not counted as done"),
        (DATA_DATE, 6_000, "they are counted as done on the data date, 2025-12-31, and not at the baseline"),
    ],
)
def test_an_undated_release_was_done_between_the_baseline_and_the_data_date(on, m2, effect):
    asked = programme([hazard("H1")], [release("R1", box(0, 0, 100, 40))])
    situation = situation_on(asked, on)
    assert situation.hazards.area.sum() == pytest.approx(m2)
    assert situation.caveats == (f"Releases without a date: 1 of 1; {effect}.",)
    assert situation.released["done_on"].isna().all()


def test_caveats_of_the_programme_come_first():
    asked = programme([hazard("H1")], [release("R1", HECTARE)], caveats=["No elevation."])
    assert situation_on(asked, DATA_DATE).caveats[0] == "No elevation."


# What a release cuts


def test_a_release_cuts_only_the_hazard_it_names():
    asked = programme([hazard("H1"), hazard("H2")], [release("R1", HECTARE, "H2", handed_over_on="2010-01-01")])
    assert open_ids(asked, DATA_DATE) == {"H1"}
    assert situation_on(asked, DATA_DATE).released["hazard_id"].tolist() == ["H2"]


def test_a_release_without_a_name_cuts_every_hazard_it_overlaps():
    hazards = [hazard("H1"), hazard("H2", box(50, 0, 150, 100)), hazard("H3", box(100, 0, 200, 100))]
    asked = programme(hazards, [release("R1", HECTARE, handed_over_on="2010-01-01")])
    after = situation_on(asked, DATA_DATE)
    assert dict(zip(after.hazards["hazard_id"], after.hazards.area, strict=True)) == pytest.approx(
        {"H2": 5_000, "H3": 10_000}
    )
    assert after.released["hazard_id"].tolist() == ["H1", "H2"]
    assert after.released.area.tolist() == pytest.approx([10_000, 5_000])


def test_a_release_that_names_an_unknown_hazard_opens_nothing_and_is_counted():
    done = [release("R1", HECTARE, "H9"), release("R2", HECTARE, "U1")]
    asked = programme([hazard("H1")], done, unplaced=["U1"])
    assert open_m2(asked, DATA_DATE) == pytest.approx(10_000)
    assert situation_on(asked, DATA_DATE).caveats[1:] == (
        "Releases that name a hazard not on record: 1; they open nothing.",
    )


@pytest.mark.parametrize("named", [None, "H1"])
@pytest.mark.parametrize("since", ["reported_on", "laid_on"])
def test_a_release_never_cuts_a_hazard_reported_or_laid_after_it_was_completed(named, since):
    done = release("R1", HECTARE, named, completed_on="2010-01-01", handed_over_on="2012-01-01")
    assert open_ids(programme([hazard("H1", **{since: "2010-01-01"})], [done]), DATA_DATE) == set()
    assert open_ids(programme([hazard("H1", **{since: "2010-01-02"})], [done]), DATA_DATE) == {"H1"}


def test_of_two_dates_out_of_order_the_earlier_is_the_completion():
    done = release("R1", HECTARE, completed_on="2012-01-01", handed_over_on="2010-01-01")
    assert open_ids(programme([hazard("H1", reported_on="2011-01-01")], [done]), DATA_DATE) == {"H1"}


def test_an_undated_release_cuts_a_hazard_found_after_the_baseline_only_if_it_names_it():
    late, early = hazard("late", reported_on="2010-01-01"), hazard("early", reported_on=BASELINE)
    assert open_ids(programme([late, early], [release("R1", HECTARE)]), DATA_DATE) == {"late"}
    assert open_ids(programme([late, early], [release("R1", HECTARE, "late")]), DATA_DATE) == {"early"}


# What cutting leaves


def test_several_releases_cut_one_hazard_and_overlaps_count_once():
    done = [release(f"R{n}", box(0, 0, 100, 10 * n), handed_over_on="2010-01-01") for n in (1, 2, 3)]
    after = situation_on(programme([hazard("H1")], done), DATA_DATE)
    assert after.hazards["cut_m2"].tolist() == pytest.approx([3_000])
    assert len(after.released) == 3
    assert after.released.union_all().area == pytest.approx(3_000)


def test_a_release_inside_leaves_a_hole():
    asked = programme([hazard("H1")], [release("R1", box(40, 40, 60, 60), handed_over_on="2010-01-01")])
    (left,) = situation_on(asked, DATA_DATE).hazards.geometry
    assert left.area == pytest.approx(10_000 - 400)
    assert len(left.interiors) == 1


def test_slivers_stay_closed_and_are_listed():
    # 100 m × 0.4 m = 40 m² but thin; 2 m × 2 m = 4 m² and small; 20 m × 20 m is proper ground.
    thin = hazard("thin")
    small = hazard("small", shapely.union(box(200, 0, 300, 100), box(300, 0, 302, 2)))
    proper = hazard("proper", box(400, 0, 500, 100))
    done = [
        release("R1", box(0, 0.4, 100, 100), handed_over_on="2010-01-01"),
        release("R2", box(200, 0, 300, 100), handed_over_on="2010-01-01"),
        release("R3", box(420, 0, 500, 100).union(box(400, 20, 420, 100)), handed_over_on="2010-01-01"),
    ]
    after = situation_on(programme([thin, small, proper], done), DATA_DATE)
    assert dict(zip(after.slivers["hazard_id"], after.slivers["area_m2"], strict=True)) == pytest.approx(
        {"thin": 40, "small": 4}
    )
    assert after.hazards.area.tolist() == pytest.approx([40, 4, 400])
    assert after.caveats == (
        "Hazards of which releases left slivers: 2 (44 m²; 0 of them only a line); they stay closed.",
    )


def test_an_outline_that_is_not_valid_loses_no_ground():
    bowtie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    assert open_m2(programme([hazard("H1", bowtie)]), DATA_DATE) == pytest.approx(50)


def test_an_islet_that_no_release_touched_is_no_sliver():
    islands = MultiPolygon([HECTARE, box(200, 0, 202, 2)])
    asked = programme([hazard("H1", islands)], [release("R1", HECTARE, handed_over_on="2010-01-01")])
    after = situation_on(asked, DATA_DATE)
    assert after.hazards.area.tolist() == pytest.approx([4])
    assert len(after.slivers) == 0


def test_a_hazard_wholly_released_disappears():
    halves = [release("R1", box(0, 0, 100, 50), handed_over_on="2010-01-01")]
    halves.append(release("R2", box(0, 50, 100, 100), handed_over_on="2011-01-01"))
    asked = programme([hazard("H1")], halves)
    assert open_ids(asked, "2010-06-30") == {"H1"}
    assert open_ids(asked, "2011-01-01") == set()


def test_specks_of_rounding_do_not_keep_a_hazard_open():
    turned = shapely.transform(HECTARE, lambda xy: xy @ np.array([[0.8, -0.6], [0.6, 0.8]]) + 1e5 / 3)
    nearly = shapely.transform(turned, lambda xy: xy + 1e-10)
    asked = programme([hazard("H1", turned)], [release("R1", nearly, handed_over_on="2010-01-01")])
    assert open_ids(asked, DATA_DATE) == set()


def test_a_remnant_is_cut_too_and_what_is_left_of_it_stays_listed():
    spike = MultiLineString([LineString([(50, 100), (50, 150)])])
    done = release("R1", box(0, 0, 100, 120), handed_over_on="2010-01-01")
    after = situation_on(programme([hazard("H1", remnant=spike)], [done]), DATA_DATE)
    (left,) = after.hazards["remnant"]
    assert left.equals(LineString([(50, 120), (50, 150)]))
    assert left.geom_type == "MultiLineString"
    assert after.hazards.geometry.is_empty.tolist() == [True]
    assert after.slivers.to_dict("records") == [{"hazard_id": "H1", "area_m2": 0.0}]
    assert "1 (0 m²; 1 of them only a line)" in after.caveats[-1]


def test_a_release_without_a_name_cuts_a_remnant_it_crosses():
    spike = MultiLineString([LineString([(50, 100), (50, 150)])])
    done = release("R1", box(0, 120, 100, 200), handed_over_on="2010-01-01")
    after = situation_on(programme([hazard("H1", remnant=spike)], [done]), DATA_DATE)
    assert ground(after.hazards).equals(shapely.union(HECTARE, LineString([(50, 100), (50, 120)])))
    assert len(after.released) == 0


def test_a_release_that_only_touches_changes_nothing():
    asked = programme([hazard("H1")], [release("R1", box(100, 0, 200, 100), handed_over_on="2010-01-01")])
    after = situation_on(asked, DATA_DATE)
    assert after.hazards["cut_m2"].tolist() == [0.0]
    assert (len(after.released), len(after.slivers)) == (0, 0)


def test_released_pieces_outlive_the_hazard_they_came_from():
    closed = hazard("H1", closed_on="2012-01-01")
    done = release("R1", box(-50, 0, 50, 100), "H1", handed_over_on="2010-01-01", method="reduced")
    after = situation_on(programme([closed], [done]), DATA_DATE)
    assert len(after.hazards) == 0
    (piece,) = after.released.drop(columns="geometry").to_dict("records")
    assert piece == {
        "release_id": "R1",
        "hazard_id": "H1",
        "method": "reduced",
        "done_on": pd.Timestamp("2010-01-01"),
    }
    assert after.released.area.tolist() == pytest.approx([5_000])


def test_frames_keep_their_shape_without_rows():
    for asked in (programme([]), programme([], [release("R1", HECTARE)]), programme([hazard("H1")])):
        before, after = situation_on(asked, BASELINE), situation_on(asked, DATA_DATE)
        for situation in (before, after):
            assert [*situation.hazards.columns] == [*asked.hazards.columns, "cut_m2"]
            assert [*situation.released.columns] == ["release_id", "hazard_id", "method", "done_on", "geometry"]
            assert [*situation.slivers.columns] == ["hazard_id", "area_m2"]
            assert situation.hazards.crs == situation.released.crs == CRS_M
            assert situation.hazards.index.equals(pd.RangeIndex(len(situation.hazards)))
            assert situation.released["done_on"].dtype == "datetime64[s]"
        standing, together = put_back(before, after)
        assert len(standing) == len(together) == len(asked.hazards)
        assert [*together.columns] == [*after.hazards.columns]


def test_the_programme_is_left_as_it_was():
    asked = programme([hazard("H1")], [release("R1", box(0, 0, 50, 100))])
    hazards, releases = asked.hazards.copy(), asked.releases.copy()
    put_back(situation_on(asked, BASELINE), situation_on(asked, DATA_DATE))
    pd.testing.assert_frame_equal(asked.hazards, hazards)
    pd.testing.assert_frame_equal(asked.releases, releases)


# Put back


def between(asked, first=BASELINE, second=DATA_DATE):
    return put_back(situation_on(asked, first), situation_on(asked, second))


def test_the_earlier_date_comes_first():
    asked = programme([hazard("H1")])
    with pytest.raises(DateError) as refusal:
        between(asked, DATA_DATE, BASELINE)
    assert str(refusal.value) == "2025-12-31 is not earlier than 2005-12-31; give the earlier date first."
    with pytest.raises(DateError):
        between(asked, BASELINE, BASELINE)


def test_both_dates_show_the_same_kinds():
    asked = programme([hazard("H1")])
    with pytest.raises(KindError, match="ask for the same kinds on both dates"):
        put_back(situation_on(asked, BASELINE, ["SHA"]), situation_on(asked, DATA_DATE))


@pytest.mark.parametrize("date", [None, "2010-01-01"])
def test_what_was_released_between_the_dates_is_put_back(date):
    asked = programme([hazard("H1")], [release("R1", box(0, 0, 100, 40), handed_over_on=date)])
    standing, together = between(asked)
    assert ground(standing).area == pytest.approx(6_000)
    assert ground(together).equals(HECTARE)
    assert together["hazard_id"].tolist() == ["H1", "H1"]
    assert together["kind"].tolist() == ["SHA", "SHA"]


def test_what_was_released_at_both_dates_is_never_put_back():
    done = [
        release("R1", box(0, 0, 100, 40), handed_over_on="2001-01-01"),
        release("R2", box(0, 20, 100, 60), handed_over_on="2010-01-01"),
    ]
    standing, together = between(programme([hazard("H1")], done))
    assert ground(standing).area == pytest.approx(4_000)
    # R2 gives 20 m × 100 m of new ground: the strip under both was given by R1, before the first date.
    assert ground(together).area == pytest.approx(6_000)


def test_a_release_is_put_back_though_its_hazard_was_closed():
    closed = hazard("H1", closed_on="2010-01-01")
    standing, together = between(programme([closed], [release("R1", HECTARE, "H1", handed_over_on="2010-01-01")]))
    assert len(standing) == 0
    assert ground(together).equals(HECTARE)


def test_ground_open_by_record_on_the_first_date_is_not_given_back_again():
    closed = hazard("H1", closed_on="2003-01-01")
    standing, together = between(programme([closed], [release("R1", HECTARE, "H1", handed_over_on="2010-01-01")]))
    assert len(standing) == len(together) == 0


def test_ground_that_closing_opens_without_a_release_is_not_put_back():
    closed = hazard("H1", closed_on="2010-01-01")
    half = release("R1", box(0, 0, 50, 100), "H1", handed_over_on="2009-01-01")
    standing, together = between(programme([closed], [half]))
    assert len(standing) == 0
    assert ground(together).equals(box(0, 0, 50, 100))


def test_hazards_laid_after_the_first_date_stand_on_neither_side():
    laid = hazard("new", laid_on="2010-01-01", reported_on="2010-02-01")
    old = hazard("old", box(200, 0, 300, 100), laid_on=BASELINE)
    done = release("R1", box(0, 0, 50, 100), "new", handed_over_on="2012-01-01")
    standing, together = between(programme([laid, old], [done]))
    assert standing["hazard_id"].tolist() == together["hazard_id"].tolist() == ["old"]


def test_hazards_found_late_stand_on_both_sides():
    found = hazard("H1", reported_on="2010-01-01")
    standing, together = between(programme([found]))
    assert ground(standing).equals(HECTARE)
    assert ground(together).equals(HECTARE)


def test_a_hazard_found_and_released_between_the_dates_is_put_back():
    found = hazard("H1", reported_on="2010-01-01")
    done = release("R1", HECTARE, completed_on="2012-01-01")
    standing, together = between(programme([found], [done]))
    assert len(standing) == 0
    assert ground(together).equals(HECTARE)


def test_a_release_is_not_put_back_on_a_hazard_reported_after_it():
    late = hazard("late", box(50, 0, 150, 100), reported_on="2012-01-02")
    done = release("R1", HECTARE, completed_on="2012-01-01", handed_over_on="2014-01-01")
    standing, together = between(programme([hazard("H1"), late], [done]))
    assert ground(standing).equals(box(50, 0, 150, 100))
    assert together["hazard_id"].tolist() == ["late", "H1"]


def test_outlines_redrawn_without_a_release_give_nothing():
    # One record closes as its successor, 25 m tighter, is reported: a correction.
    old = hazard("old", closed_on="2010-01-01")
    new = hazard("new", HECTARE.buffer(-25, join_style="mitre"), reported_on="2010-01-01")
    asked = programme([old, new])
    assert open_ids(asked, BASELINE) == {"old"}
    standing, together = between(asked)
    pd.testing.assert_frame_equal(pd.DataFrame(standing), pd.DataFrame(together))
    assert standing["hazard_id"].tolist() == ["new"]


def test_a_released_remnant_is_put_back():
    spike = MultiLineString([LineString([(50, 100), (50, 150)])])
    done = release("R1", box(0, 120, 100, 200), handed_over_on="2010-01-01")
    standing, together = between(programme([hazard("H1", remnant=spike)], [done]))
    assert ground(standing).length == pytest.approx(400 + 20)
    assert ground(together).equals(shapely.union(HECTARE, spike))


# Laws: few examples, because each walks through several dates.

few = settings(max_examples=40, deadline=None)
squares = st.builds(
    lambda x, y, w, h: box(x, y, x + w, y + h),
    *(st.integers(0, 60), st.integers(0, 60), st.integers(1, 60), st.integers(1, 60)),
)
years = st.one_of(st.none(), st.integers(1990, 2025).map(lambda year: f"{year}-06-30"))
named = st.sampled_from([None, "H0", "H1", "H2", "H9"])


@st.composite
def stories(draw, dated_hazards=False):
    hazards = [
        hazard(f"H{n}", outline, **({c: draw(years) for c in HAZARD_DATES} if dated_hazards else {}))
        for n, outline in enumerate(draw(st.lists(squares, min_size=1, max_size=3)))
    ]
    releases = [
        release(f"R{n}", outline, draw(named), completed_on=draw(years), handed_over_on=draw(years))
        for n, outline in enumerate(draw(st.lists(squares, max_size=4)))
    ]
    return hazards, releases


DAYS = ("1989-12-31", BASELINE, BETWEEN, DATA_DATE)


@few
@given(stories())
def test_with_releases_alone_no_later_day_closes_ground_and_none_is_lost(story):
    asked = programme(*story)
    whole = asked.hazards.union_all()
    earlier = whole
    for day in DAYS:
        situation = situation_on(asked, day)
        still_open, released = ground(situation.hazards), situation.released.union_all()
        assert still_open.difference(earlier).area < 1e-6
        assert shapely.union(still_open, released).symmetric_difference(whole).area < 1e-6
        earlier = still_open


@few
@given(stories())
def test_with_releases_alone_putting_back_rebuilds_the_earlier_day(story):
    asked = programme(*story)
    for first, second in itertools.pairwise(DAYS):
        _, together = between(asked, first, second)
        was = ground(situation_on(asked, first).hazards)
        assert ground(together).symmetric_difference(was).area < 1e-6


@few
@given(stories(dated_hazards=True))
def test_put_back_covers_standing_which_covers_nothing_but_the_later_day(story):
    asked = programme(*story)
    for first, second in itertools.pairwise(DAYS):
        standing, together = between(asked, first, second)
        assert ground(standing).difference(ground(together)).area < 1e-6
        assert ground(standing).difference(ground(situation_on(asked, second).hazards)).area < 1e-6


@few
@given(stories(dated_hazards=True))
def test_without_releases_nothing_is_put_back(story):
    asked = programme(story[0])
    standing, together = between(asked)
    pd.testing.assert_frame_equal(pd.DataFrame(standing), pd.DataFrame(together))


@few
@given(stories(dated_hazards=True), st.randoms())
def test_the_order_of_rows_does_not_matter(story, random):
    hazards, releases = story
    shuffled = programme(random.sample(hazards, len(hazards)), random.sample(releases, len(releases)))
    for day in DAYS:
        one, other = situation_on(programme(hazards, releases), day), situation_on(shuffled, day)
        assert ground(one.hazards).symmetric_difference(ground(other.hazards)).area < 1e-6
        pairs = [sorted(zip(s.released["release_id"], s.released["hazard_id"], strict=True)) for s in (one, other)]
        assert pairs[0] == pairs[1]
        assert one.caveats == other.caveats
