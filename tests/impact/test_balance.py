"""The balance of closed ground, on rectangles whose m² are worked out by hand, and by law on random stories."""

import itertools

import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiLineString, box

from hazard_service.errors import DateError, KindError, ProgrammeError
from hazard_service.impact.areas import open_ground, released_ground
from hazard_service.impact.balance import AREA_COLUMNS, GROUND_COLUMNS, balance
from hazard_service.impact.corrections import corrections
from hazard_service.vocabulary import OUTSIDE, WHOLE

D1, D2, DATA_DATE = "2010-12-31", "2011-12-31", "2025-12-31"
WEST = {"district_code": "A", "name": "West", "geometry": box(0, 0, 1000, 1000)}
EAST = {"district_code": "B", "name": "East", "geometry": box(1000, 0, 2000, 1000)}


@pytest.fixture(scope="module")
def drawn(draw_programme):
    """Programmes with the two districts, west and east of x = 1,000 m."""

    def draw(hazards, releases=(), **stated):
        return draw_programme(hazards=hazards, releases=releases, **({"districts": [WEST, EAST]} | stated))

    return draw


def hazard(hazard_id, geometry, **columns):
    return {"hazard_id": hazard_id, "geometry": geometry, **columns}


def release(release_id, geometry, hazard_id=None, day="2011-06-30", **columns):
    return {"release_id": release_id, "hazard_id": hazard_id, "geometry": geometry, "handed_over_on": day, **columns}


def of(programme, first=D1, second=D2):
    return balance(programme.situation(first), programme.situation(second)).set_index("district_code")


def listed(programme, first=D1, second=D2):
    return corrections(programme.situation(first), programme.situation(second))


def told(row):
    """What a row holds apart from zeros, m² without their suffix."""
    numbers = row.drop("name").astype(float).round(6)
    return {name.removesuffix("_m2"): value for name, value in numbers.items() if value}


def test_a_year_by_hand(drawn):
    """West: H1 100 × 100 = 10,000 m², of which 2011 cancels 20 × 100 = 2,000, reduces 1,000 and clears 3,000.

    H2, 100 × 50 = 5,000 m² apart, is reported in 2011. Closing: 10,000 + 5,000 - 6,000 = 9,000. East: H3 8,000 m² is
    closed by its record in 2011: a correction of 8,000.
    """
    programme = drawn(
        [
            hazard("H1", box(0, 0, 100, 100)),
            hazard("H2", box(0, 200, 100, 250), reported_on="2011-03-01"),
            hazard("H3", box(1500, 0, 1600, 80), closed_on="2011-05-01"),
        ],
        [
            release("R1", box(0, 0, 20, 100), "H1", method="cancelled"),
            release("R2", box(20, 0, 30, 100), "H1", method="reduced"),
            release("R3", box(30, 0, 60, 100), "H1"),
        ],
    )
    rows = of(programme)
    assert rows.index.tolist() == ["A", "B", OUTSIDE, WHOLE]
    assert rows.columns.tolist() == ["name", *GROUND_COLUMNS, *AREA_COLUMNS]
    assert told(rows.loc["A"]) == {
        "opening": 10_000, "new": 5_000, "cancelled": 2_000, "reduced": 1_000, "cleared": 3_000, "closing": 9_000,
        "released": 6_000, "released_total": 6_000, "areas_opening": 1, "areas_new": 1, "areas_closing": 2,
    }  # fmt: skip
    assert told(rows.loc["B"]) == {
        "opening": 8_000, "corrected_down": 8_000, "areas_opening": 1, "areas_closed_by_record": 1,
    }  # fmt: skip
    assert told(rows.loc[OUTSIDE]) == {}
    assert rows.loc[WHOLE, "closing_m2"] == pytest.approx(9_000)
    assert listed(programme).to_dict("records") == [
        {"hazard_id": "H3", "district_code": "B", "m2": -8_000.0, "why": "closed by its record without a release"}
    ]


def test_ground_released_twice_counts_once_under_the_earlier_release(drawn):
    """R1 cancels x 0-60 in March, R2 clears x 40-100 in June: 6,000 cancelled, the 4,000 that R1 left cleared."""
    pieces = [
        release("R2", box(40, 0, 100, 100), "H1", "2011-06-01"),
        release("R1", box(0, 0, 60, 100), "H1", "2011-03-01", method="cancelled"),
    ]
    row = told(of(drawn([hazard("H1", box(0, 0, 100, 100))], pieces)).loc["A"])
    assert (row["cancelled"], row["cleared"], row["released_total"]) == (6_000, 4_000, 10_000)
    assert row["areas_closed_by_release"] == 1


def test_ground_released_under_another_open_hazard_opens_nothing_yet(drawn):
    """H1 and H2 share x 50-100, 5,000 m². Releasing H1 whole in 2011 opens the other 5,000; the shared half stays."""
    hazards = [hazard("H1", box(0, 0, 100, 100)), hazard("H2", box(50, 0, 150, 100), reported_on="2001-01-01")]
    first = release("R1", box(0, 0, 100, 100), "H1")
    row = told(of(drawn(hazards, [first])).loc["A"])
    assert (row["released"], row["released_still_closed"], row["released_total"]) == (5_000, 5_000, 10_000)
    # 2012 clears H2 whole: that opens 10,000, of which 5,000 had already been counted as released in 2011.
    second = release("R2", box(50, 0, 150, 100), "H2", "2012-06-30")
    later = told(of(drawn(hazards, [first, second]), D2, "2012-12-31").loc["A"])
    assert (later["released"], later["released_again"], later["released_total"]) == (10_000, 5_000, 5_000)
    assert "closing" not in later


def test_a_release_handed_over_after_its_record_had_closed_is_outside(drawn):
    """H1 closed on paper in 2009 and handed over in 2011: it was not open at the start, so nothing is balanced."""
    programme = drawn(
        [hazard("H1", box(0, 0, 100, 100), closed_on="2009-05-01")], [release("R1", box(0, 0, 100, 100), "H1")]
    )
    assert told(of(programme).loc["A"]) == {"released_outside": 10_000, "released_total": 10_000}


def test_areas_are_split_at_district_lines_and_a_hazard_counts_where_its_largest_part_lies(drawn):
    """H1: x 900-1,150, 250 × 100: 10,000 m² west, 15,000 east. Clearing x 1,050-1,150 leaves 10,000 west, 5,000 east:
    it moves west. H2 lies beyond the districts."""
    programme = drawn(
        [hazard("H1", box(900, 0, 1150, 100)), hazard("H2", box(5000, 0, 5100, 100))],
        [release("R1", box(1050, 0, 1150, 100), "H1")],
    )
    rows = of(programme)
    assert told(rows.loc["A"]) == {"opening": 10_000, "closing": 10_000, "areas_moved": 1, "areas_closing": 1}
    assert told(rows.loc["B"]) == {
        "opening": 15_000, "cleared": 10_000, "closing": 5_000, "released": 10_000, "released_total": 10_000,
        "areas_opening": 1, "areas_moved": -1,
    }  # fmt: skip
    assert told(rows.loc[OUTSIDE]) == {"opening": 10_000, "closing": 10_000, "areas_opening": 1, "areas_closing": 1}
    assert told(rows.loc[WHOLE])["areas_closing"] == 2
    assert "areas_moved" not in told(rows.loc[WHOLE])


def test_found_and_released_within_the_period_is_new_and_released(drawn):
    programme = drawn(
        [hazard("H1", box(0, 0, 100, 100), reported_on="2011-02-01")],
        [release("R1", box(0, 0, 100, 100), completed_on="2011-05-01")],
    )
    assert told(of(programme).loc["A"]) == {
        "new": 10_000, "cleared": 10_000, "released": 10_000, "released_total": 10_000, "areas_new": 1,
        "areas_closed_by_release": 1,
    }  # fmt: skip


def test_undated_releases_and_closures_fall_on_the_data_date(drawn):
    hazards = [hazard("H1", box(0, 0, 100, 100)), hazard("H2", box(0, 200, 100, 250), status="closed")]
    programme = drawn(hazards, [release("R1", box(0, 0, 100, 100), "H1", None, method="reduced")])
    assert told(of(programme).loc["A"]) == {
        "opening": 15_000,
        "closing": 15_000,
        "areas_opening": 2,
        "areas_closing": 2,
    }
    last = of(programme, D2, DATA_DATE).loc["A"]
    assert told(last) == {
        "opening": 15_000, "reduced": 10_000, "corrected_down": 5_000, "released": 10_000, "released_total": 10_000,
        "areas_opening": 2, "areas_closed_by_release": 1, "areas_closed_by_record": 1,
    }  # fmt: skip
    assert listed(programme, D2, DATA_DATE)[["hazard_id", "why"]].to_numpy().tolist() == [
        ["H2", "closed by its record without a date or a release"]
    ]


@pytest.mark.parametrize(("width", "by_release", "by_record"), [(50, 1, 0), (49, 0, 1)])
def test_a_hazard_is_closed_by_what_took_at_least_half_of_it(drawn, width, by_release, by_record):
    """Of 10,000 m² a release takes the width × 100 m; the rest its record closes: a correction either way."""
    programme = drawn(
        [hazard("H1", box(0, 0, 100, 100), closed_on="2011-12-01")], [release("R1", box(0, 0, width, 100), "H1")]
    )
    row = of(programme).loc["A"]
    assert (row["areas_closed_by_release"], row["areas_closed_by_record"]) == (by_release, by_record)
    (line,) = listed(programme).to_dict("records")
    assert line == {
        "hazard_id": "H1", "district_code": "A", "m2": pytest.approx(-(100 - width) * 100),
        "why": "closed by its record after a release took a part",
    }  # fmt: skip


def test_corrections_share_ground_and_list_every_hazard_closed_by_its_record(drawn):
    """H1 x 900-1,100 and H2 x 1,000-1,200 are closed on paper, and share x 1,000-1,100: it stands under H1. H3 lies
    within H4, which stays open: no ground of it is a correction, yet it was closed. H5 is a line without ground."""
    closed = {"closed_on": "2011-05-01"}
    programme = drawn(
        [
            hazard("H4", box(0, 0, 200, 100)),
            hazard("H2", box(1000, 0, 1200, 100), **closed),
            hazard("H1", box(900, 0, 1100, 100), **closed),
            hazard("H3", box(0, 0, 100, 100), **closed),
            hazard("H5", shapely.Polygon(), remnant=MultiLineString([[(10, 500), (90, 500)]]), **closed),
        ]
    )
    lines = listed(programme)
    assert lines[["hazard_id", "district_code", "m2"]].to_numpy().tolist() == [
        ["H1", "A", pytest.approx(-10_000)],
        ["H1", "B", pytest.approx(-10_000)],
        ["H2", "B", pytest.approx(-10_000)],
        ["H3", "A", 0],
        ["H5", "A", 0],
    ]
    assert set(lines["why"]) == {"closed by its record without a release"}
    assert of(programme).loc[WHOLE, "areas_closed_by_record"] == 4


def test_two_versions_of_the_data_are_reconciled_by_corrections(drawn):
    """Version 2 lacks H1 (10,000 m²), has H2 redrawn from 100 × 100 to 80 × 100 and H3 from 50 × 100 to 60 × 100, and
    adds H4 (20 × 100) with an old date."""
    old = drawn([hazard(f"H{n}", box(0, 200 * n, w, 200 * n + 100)) for n, w in ((1, 100), (2, 100), (3, 50))])
    new = drawn([hazard(f"H{n}", box(0, 200 * n, w, 200 * n + 100)) for n, w in ((2, 80), (3, 60), (4, 20))])
    before, after = old.situation(D1), new.situation(D2)
    row = told(balance(before, after).set_index("district_code").loc["A"])
    assert row == {
        "opening": 25_000, "corrected_down": 12_000, "corrected_up": 3_000, "closing": 16_000, "areas_opening": 3,
        "areas_closed_by_record": 1, "areas_reopened": 1, "areas_closing": 3,
    }  # fmt: skip
    assert corrections(before, after)[["hazard_id", "m2", "why"]].to_numpy().tolist() == [
        ["H1", pytest.approx(-10_000), "no longer on record"],
        ["H2", pytest.approx(-2_000), "outline redrawn smaller"],
        ["H3", pytest.approx(1_000), "outline redrawn larger"],
        ["H4", pytest.approx(2_000), "open again, or added with an earlier date"],
    ]


def test_without_districts_or_hazards_there_are_still_rows(drawn):
    rows = of(drawn([], districts=[]))
    assert rows.index.tolist() == [OUTSIDE, WHOLE]
    assert told(rows.loc[WHOLE]) == {}
    assert len(listed(drawn([]))) == 0


def test_refusals_say_what_to_do(drawn):
    programme = drawn([hazard("H1", box(0, 0, 100, 100))])
    first, second = programme.situation(D1), programme.situation(D2)
    with pytest.raises(DateError, match=r"^2011-12-31 is not earlier than 2010-12-31; give the earlier date first\.$"):
        balance(second, first)
    with pytest.raises(KindError, match=r"ask for the same kinds on both dates\.$"):
        balance(programme.situation(D1, ["SHA"]), second)
    elsewhere = drawn([], crs=pyproj.CRS("+proj=laea +lat_0=36 +lon_0=-40 +datum=WGS84 +units=m +no_defs"))
    with pytest.raises(ProgrammeError, match=r"different metre systems; take both dates of one\.$"):
        balance(first, elsewhere.situation(D2))


squares = st.builds(
    lambda x, y, w, h: box(10 * x, 10 * y, 10 * (x + w), 10 * (y + h)),
    *(st.integers(94, 105), st.integers(0, 9), st.integers(1, 8), st.integers(1, 8)),
)
years = st.one_of(st.none(), st.integers(2003, 2025).map(lambda year: f"{year}-06-30"))


@st.composite
def stories(draw):
    kinds, methods = st.sampled_from(["SHA", "CHA"]), st.sampled_from(["cancelled", "reduced", "cleared"])
    hazards = [
        hazard(f"H{n}", outline, kind=draw(kinds), reported_on=draw(years), closed_on=draw(years))
        for n, outline in enumerate(draw(st.lists(squares, min_size=1, max_size=4)))
    ]
    releases = [
        release(
            f"R{n}",
            outline,
            draw(st.sampled_from([None, "H0", "H1", "H2"])),
            draw(years),
            completed_on=draw(years),
            method=draw(methods),
        )
        for n, outline in enumerate(draw(st.lists(squares, max_size=5)))
    ]
    return hazards, releases


DAYS = ("2005-12-31", D1, "2015-06-30", DATA_DATE)
few = settings(derandomize=True, deadline=None, max_examples=40)


def m2(grounds):
    return shapely.union_all(list(grounds)).area


@few
@given(stories())
def test_every_row_balances_and_agrees_with_what_the_map_shows(drawn, story):
    programme = drawn(*story)
    for first, second in itertools.pairwise(DAYS):
        before, after = programme.situation(first), programme.situation(second)
        rows = balance(before, after).set_index("district_code")
        released = rows["cancelled_m2"] + rows["reduced_m2"] + rows["cleared_m2"]
        closing = rows["opening_m2"] + rows["new_m2"] - released - rows["corrected_down_m2"] + rows["corrected_up_m2"]
        assert closing.to_numpy() == pytest.approx(rows["closing_m2"].to_numpy(), abs=1e-3)
        areas = (
            rows["areas_opening"] + rows["areas_new"] - rows["areas_closed_by_release"]
            - rows["areas_closed_by_record"] + rows["areas_reopened"] + rows["areas_moved"]
        )  # fmt: skip
        assert areas.tolist() == rows["areas_closing"].tolist()
        numbers = rows.drop(columns="name").astype(float)
        assert numbers.drop(WHOLE).sum().to_numpy() == pytest.approx(numbers.loc[WHOLE].to_numpy(), abs=1e-3)
        assert (numbers.drop(columns="areas_moved") >= -1e-6).all(axis=None)
        whole = rows.loc[WHOLE]
        assert whole["opening_m2"] == pytest.approx(m2(open_ground(before.hazards).values()), abs=1e-3)
        assert whole["closing_m2"] == pytest.approx(m2(open_ground(after.hazards).values()), abs=1e-3)
        assert (whole["areas_opening"], whole["areas_closing"]) == (len(before.hazards), len(after.hazards))
        headline = m2(released_ground(after.released).values()) - m2(released_ground(before.released).values())
        assert whole["released_total_m2"] == pytest.approx(headline, abs=1e-3)
        # One version of the data: no ground comes back.
        assert (whole["corrected_up_m2"], whole["areas_reopened"]) == (pytest.approx(0, abs=1e-3), 0)


@few
@given(stories())
def test_corrections_sum_to_the_balance_and_name_every_hazard_closed_by_its_record(drawn, story):
    programme = drawn(*story)
    for first, second in itertools.pairwise(DAYS):
        rows = of(programme, first, second).drop(WHOLE)
        lines = listed(programme, first, second)
        by_district = lines.groupby("district_code")["m2"].sum().reindex(rows.index).fillna(0)
        expected = rows["corrected_up_m2"] - rows["corrected_down_m2"]
        assert by_district.to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-2)
        named = lines.loc[lines["why"].str.startswith("closed by its record"), "hazard_id"].nunique()
        assert named >= rows["areas_closed_by_record"].sum()


@few
@given(stories(), st.randoms())
def test_the_order_of_rows_never_matters(drawn, story, random):
    hazards, releases = story
    shuffled = drawn(random.sample(hazards, len(hazards)), random.sample(releases, len(releases)))
    programme = drawn(hazards, releases)
    numbers = [of(p, D1, DATA_DATE).drop(columns="name").astype(float) for p in (programme, shuffled)]
    pd.testing.assert_frame_equal(*numbers, atol=1e-3)
    pd.testing.assert_frame_equal(*(listed(p, D1, DATA_DATE) for p in (programme, shuffled)), atol=1e-3)
