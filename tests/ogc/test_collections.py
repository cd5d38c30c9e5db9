"""The frame of each collection, by hand on the drawn programme; the table of columns against it and the sample."""

import datetime

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_service.atlas.layers import COMMUNITY_COLUMNS, DISTRICT_COLUMNS, HAZARD_COLUMNS
from hazard_service.layers.between import open_between
from hazard_service.layers.schema import WITHIN
from hazard_service.ogc.collections import COLLECTIONS, columns_of, frame_of
from hazard_service.vocabulary import OUTSIDE

FIRST = datetime.date(2010, 1, 1)
DAYS = [FIRST + datetime.timedelta(days=number) for number in range(6)]


@pytest.fixture(scope="module")
def now(world):
    return world.at("2025-12-31")


@pytest.fixture(scope="module")
def baseline(world):
    return world.at("2005-12-31")


def ids(name, results, period):
    return frame_of(name, results, period).index.tolist()


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_frame_has_the_columns_of_the_table_and_no_other_on_any_date(name, results, now, baseline):
    for period in (now, baseline):
        frame = frame_of(name, results, period)
        assert list(frame) == [*columns_of(name, results.programme), "geometry"]
        assert frame.index.is_unique
        assert frame.index.tolist() == sorted(frame.index)
        assert frame.crs == results.programme.crs
        assert not frame.astype(str).apply(lambda column: column.str.contains("SECRET")).any(axis=None)


@pytest.mark.parametrize("name", [name for name in COLLECTIONS if name != "gains"])
def test_values_are_of_the_kind_that_the_table_says(name, results, now):
    frame = frame_of(name, results, now)
    for column, told in columns_of(name, results.programme).items():
        values = frame[column].dropna()
        if told.kind == "text":
            assert values.map(type).eq(str).all(), column
            assert not told.words or set(values) <= set(told.words), column
        elif told.kind == "flag":
            assert values.isin([True, False]).all(), column
        elif told.kind == "date":
            assert pd.api.types.is_datetime64_dtype(values), column
        else:
            assert pd.api.types.is_numeric_dtype(values), column
            assert told.kind == "number" or (values.astype(float) % 1 == 0).all(), column


def test_no_column_that_an_assessment_of_the_sample_has_is_forgotten(sample):
    """`reach_km2` and its like come and go with the inputs: what the sample has must be what the table says."""
    assessed, programme = sample.assessment(sample.programme.data_date), sample.programme
    told = columns_of("communities", programme)
    assert set(assessed.communities) - {"geometry"} == set(told) - {"as_of", "data_date"}
    told = columns_of("districts", programme)
    assert set(assessed.districts) - {"geometry"} == set(told) - {"as_of", "data_date"}
    told = columns_of("hazards", programme)
    own = set(assessed.hazards) - {"geometry", "operator", *WITHIN}
    assert own == set(told) - {"has_line", "as_of", "data_date"}


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_collection_has_one_type_of_geometry(name, results, now, baseline):
    """A GIS gives a layer the type of its first features and hides the others."""
    shape = COLLECTIONS[name].shape.removeprefix("geometry-")
    for period in (now, baseline):
        assert set(frame_of(name, results, period).geometry.geom_type.dropna().str.lower()) <= {shape}


def test_hazards_are_those_open_on_the_day_less_what_was_released(world, results, now, baseline):
    """H2 is two squares of 200 m; on 2010-06-15 a release took one: 40,000 m² of 80,000."""
    assert ids("hazards", results, baseline) == ["H1", "H2", "H4", "H5", "H6"]
    assert ids("hazards", results, now) == ["H/7 ä", "H1", "H2", "H3", "H6"]
    then, today = (frame_of("hazards", results, period).loc["H2"] for period in (baseline, now))
    assert (then["area_m2"], then["cut_m2"]) == (80_000, 0)
    assert (today["area_m2"], today["cut_m2"]) == pytest.approx((40_000, 40_000))
    assert today.geometry.equals(world.square(1000, 0))
    ring = frame_of("hazards", results, now).loc["H1"]
    assert ring["area_m2"] == world.RING_M2
    assert ring["communities_within_contact"] == 2  # C1 in its yard, C2 at √(950² + 150²) = 962 m


def test_hazards_of_an_interval_are_those_open_on_any_day_of_it_with_the_ground_left_at_its_end(world, results):
    frame = frame_of("hazards", results, world.at("2010-06-16", "2016-01-01"))
    assert frame.index.tolist() == ["H1", "H2", "H3", "H4", "H5", "H6"]
    assert frame.loc["H5", "area_m2"] == 0
    assert frame.geometry.loc["H5"].is_empty
    assert (frame.loc["H5", "cut_m2"], frame.loc["H4", "cut_m2"]) == (40_000, 0)  # H4 was closed by its record
    assert frame.loc["H2", "area_m2"] == pytest.approx(40_000)
    assert frame["as_of"].eq(pd.Timestamp("2016-01-01")).all()


@given(
    st.lists(st.tuples(st.sampled_from([None, *DAYS]), st.sampled_from([None, *DAYS])), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(DAYS), st.booleans()), max_size=4),
    st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)).map(sorted),
)
@settings(max_examples=25, deadline=None)
def test_law_open_between_is_the_union_of_the_days(world, draw_programme, hazards, releases, asked):
    """Oracle: ask for every day. Closing and release on the day of the report are among the cases."""
    drawn = draw_programme(
        hazards=[
            {"hazard_id": f"H{n}", "geometry": world.square(n * 1000, 0), "reported_on": str(reported or "NaT"),
             "closed_on": str(closed or "NaT")}
            for n, (reported, closed) in enumerate(hazards)
        ],
        releases=[
            {"release_id": f"R{n}", "geometry": world.square(at * 1000, 0, 400 if whole else 100),
             "completed_on": str(day)}
            for n, (at, day, whole) in enumerate(releases)
        ],
    )  # fmt: skip
    start, end = asked
    days = [day for day in DAYS if start <= day <= end]
    every = {name for day in days for name in drawn.situation(day).hazards["hazard_id"]}
    found = open_between(drawn, start, end).set_index("hazard_id")
    assert set(found.index) == every
    left = drawn.situation(end).hazards.set_index("hazard_id").geometry
    assert shapely.equals(found.geometry[left.index].to_numpy(), left.to_numpy()).all()
    assert found.geometry.drop(left.index).is_empty.all()


def test_lines_that_block_stand_in_a_collection_of_their_own(world, results, now):
    lines = frame_of("hazard_lines", results, now)
    assert lines.index.tolist() == ["H6"]
    assert lines.geometry.iloc[0].equals(world.LINE)
    assert lines["area_m2"].tolist() == [0]
    hazards = frame_of("hazards", results, now)
    assert hazards.index[hazards["has_line"]].tolist() == ["H6"]


def test_hazards_recorded_later_stand_beside_those_of_a_past_day(results, now, baseline):
    assert ids("hazards_known_later", results, baseline) == ["H/7 ä", "H3"]
    assert ids("hazards_known_later", results, now) == []


def test_released_is_what_was_done_by_the_day(world, results, now, baseline):
    """R6 has no date: by the rule of the programme it is done on the data date and not before."""
    assert ids("released", results, baseline) == []
    assert ids("released", results, world.at("2010-06-15")) == ["H2/R2"]
    assert ids("released", results, world.at("2012-01-01", "2014-05-02")) == ["H2/R2", "H5/R5"]
    today = frame_of("released", results, now)
    assert today.index.tolist() == ["H2/R2", "H5/R5", "H6/R6"]
    assert today["area_m2"].tolist() == pytest.approx([40_000, 40_000, 2_500])


def test_communities_are_those_of_the_assessment(results, now):
    frame = frame_of("communities", results, now)
    assessed = results.assessment(now.end).communities.set_index("community_id")
    assert frame["held_back"].tolist() == assessed["held_back"].tolist()
    assert frame.loc["C1", "enclosed"]
    assert frame.loc["C1", "held_back_by"] == "movement, water"
    assert np.isnan(frame.loc["C3", "people"])


def test_no_route_comes_within_the_position_error_and_50_m_of_a_hazard(results, now, baseline):
    """25 m + 50 m, and 0.2 % for the corners of circles: 75.15 m. The yard in H1 is 200 m wide, so T2 keeps 49.7 m.

    On the data date H4 and a square of H2 are gone: two gaps of 200 m and 75.15 m on each side are shown again.
    """
    lengths = []
    for period in (baseline, now):
        frame = frame_of("routes", results, period)
        assert frame.geometry.loc["T2"].bounds == pytest.approx((-24.85, -24.85, 24.85, 24.85))
        frames = [frame_of(name, results, when) for name, when in
                  (("hazards", period), ("hazards_known_later", period), ("hazards", now))]  # fmt: skip
        every = shapely.union_all(np.concatenate([frame.geometry for frame in frames]))
        assert 75.0 <= shapely.distance(frame.geometry.loc["T1"], every) < 75.2
        lengths.append(frame.geometry.loc["T1"].length)
    assert lengths[1] - lengths[0] == pytest.approx(2 * (200 + 2 * 75.15))


def test_districts_have_a_row_for_what_lies_outside_and_add_up_to_the_whole(results, now):
    frame = frame_of("districts", results, now)
    assert frame.index.tolist() == ["D1", "D2", "outside districts"]
    assert frame.geometry.isna().tolist() == [False, False, True]
    whole = results.assessment(now.end).districts.iloc[-1]
    for column in ("communities", "hazards", "open_km2", "released_km2"):
        assert frame[column].sum() == pytest.approx(whole[column])


def test_casualties_are_told_by_district_and_as_progress_tells_them(results, now, baseline):
    """In the 12 months to 2025-12-31 D1 has 7, D2 has 2: 2 is under 5, and 7 would give it away. Outside
    districts nobody was hurt; whether anybody ever was is not told by a row that is there or not."""
    today = frame_of("accidents", results, now)
    assert today.index.tolist() == ["D1", "D2", OUTSIDE]
    assert today["casualties"].isna().all()
    then = frame_of("accidents", results, baseline)
    assert then["casualties"].tolist() == [9, 0, 0]
    assert then["as_of"].eq(pd.Timestamp(baseline.end)).all()


def test_gains_are_those_of_planning_and_every_one_of_them_is_open(results, now):
    frame = frame_of("gains", results, now)
    assert frame.index.tolist() == ids("hazards", results, now)
    assert frame.loc["H1", "frees"] == "C1"
    assert frame.loc["H1", "freed_people"] == 100


def test_what_the_map_lets_out_is_in_the_table(programme):
    for name, listed in (
        ("hazards", HAZARD_COLUMNS), ("districts", DISTRICT_COLUMNS),
        ("communities", [column for column in COMMUNITY_COLUMNS if not column.endswith(("health", "market"))]),
    ):  # fmt: skip
        assert set(listed) <= set(columns_of(name, programme))
