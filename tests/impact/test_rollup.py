"""District rows: everything once, rows sum to the whole."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from hazard_service.impact.areas import open_ground, released_ground
from hazard_service.impact.rollup import (
    OUTSIDE,
    WHOLE,
    district_at,
    district_of,
    district_rows,
    hazard_district,
    in_district_of,
)

WEST, EAST = box(0, 0, 10_000, 10_000), box(10_000, 0, 20_000, 10_000)


@pytest.fixture(scope="module")
def districts(draw_districts):
    return draw_districts({"B-east": EAST, "A-west": WEST})


def released(pieces=(), crs=None):
    count = len(pieces)
    return gpd.GeoDataFrame(
        {
            "release_id": [f"R{n}" for n in range(count)],
            "hazard_id": ["H0"] * count,
            "method": ["cleared"] * count,
            "done_on": pd.to_datetime(["2010-01-01"] * count),
        },
        geometry=list(pieces),
        crs=crs,
    )


def rows_of(districts, communities, hazards, pieces):
    return district_rows(districts, communities, hazards, open_ground(hazards), released_ground(pieces))


def assessed(draw_communities, points, **columns):
    flags = dict.fromkeys(("held_back", "exposed", "affected", "not_assessed"), False)
    return draw_communities(points, **(flags | columns))


def test_a_community_belongs_to_its_column_else_to_what_covers_it(districts, draw_communities):
    villages = draw_communities(
        [Point(5000, 5000), Point(5000, 5000), Point(10_000, 5000), Point(-1, 0), Point(15_000, 1)],
        district=["B-east", None, None, None, "unknown code"],
    )
    # On the border the lowest code; an unknown code falls back to what covers the village.
    assert district_of(villages, districts).tolist() == ["B-east", "A-west", "A-west", OUTSIDE, "B-east"]
    assert district_at(villages, districts).tolist() == ["A-west", "A-west", "A-west", OUTSIDE, "B-east"]


def test_a_hazard_lies_where_its_largest_part_lies(districts, draw_hazards):
    hazards = draw_hazards(
        [box(9900, 0, 10_050, 10), box(9990, 0, 10_050, 10), box(-500, 0, 100, 10), box(9990, 0, 10_010, 10)]
    )
    assert hazard_district(hazards, districts).tolist() == ["A-west", "B-east", OUTSIDE, "A-west"]


def test_areas_are_split_at_district_lines_and_sum(districts, draw_hazards, draw_communities, metres):
    # 4 km × 1 km across the line and 1 km beyond the east: 3 west... by hand: x 8-21 km, y 0-1 km = 13 km².
    hazards = draw_hazards([box(8000, 0, 21_000, 1000), box(8000, 0, 9000, 1000)], kind=["SHA", "CHA"])
    rows = rows_of(
        districts, assessed(draw_communities, [Point(1, 1), Point(30_000, 0)]), hazards, released([WEST], metres)
    ).set_index("district_code")
    assert rows["cha_km2"].tolist() == pytest.approx([1, 0, 0, 1])
    assert rows["sha_km2"].tolist() == pytest.approx([1, 10, 1, 12])
    assert rows.loc[WHOLE, "open_km2"] == pytest.approx(13)
    assert rows["cleared_km2"].tolist() == pytest.approx([100, 0, 0, 100])
    assert rows["communities"].tolist() == [1, 0, 1, 2]
    assert rows["hazards"].tolist() == [1, 1, 0, 2]


def test_people_are_counted_once_and_unknown_people_are_not_zero_communities(districts, draw_hazards, draw_communities):
    villages = assessed(
        draw_communities,
        [Point(1, 1), Point(2, 2), Point(15_000, 5)],
        people=[100.0, np.nan, 7.0],
        held_back=[True, True, False],
        affected=[True, True, True],
    )
    rows = rows_of(districts, villages, draw_hazards([]), released([])).set_index("district_code")
    assert rows.loc["A-west", ["communities", "communities_with_people", "people", "held_back"]].tolist() == [
        2,
        1,
        100,
        2,
    ]
    assert rows.loc[WHOLE, ["held_back_people", "affected_people"]].tolist() == [100, 107]


def test_only_the_deepest_level_counts(districts, draw_hazards, draw_communities):
    nested = districts.assign(level=["10", "9"])
    rows = rows_of(nested, assessed(draw_communities, [Point(1, 1)]), draw_hazards([]), released([]))
    assert rows["district_code"].tolist() == ["B-east", OUTSIDE, WHOLE]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], [False, False, False]),
        (["A-west"], [True, False, False]),
        (["P"], [True, True, False]),
        (["own only"], [False, False, True]),
        ([None], [True, True, True]),
        (["nowhere"], [True, True, True]),
    ],
)
def test_at_least_marks_every_community_that_an_unplaced_hazard_may_touch(districts, draw_communities, codes, expected):
    nested = pd.concat([districts.assign(parent="P"), districts.iloc[:1].assign(district_code="P", parent=None)])
    villages = draw_communities(
        [Point(1, 1), Point(15_000, 1), Point(50_000, 1)], district=[None, "B-east", "own only"]
    )
    found = in_district_of(pd.Series(codes, dtype=object), villages, nested.reset_index(drop=True))
    assert found.tolist() == expected


def test_without_districts_everything_is_outside(draw_districts, draw_hazards, draw_communities):
    rows = rows_of(
        draw_districts({}),
        assessed(draw_communities, [Point(0, 0)]),
        draw_hazards([box(0, 0, 1000, 1000)]),
        released([]),
    )
    assert rows["district_code"].tolist() == [OUTSIDE, WHOLE]
    assert rows["open_km2"].tolist() == pytest.approx([1, 1])


@settings(derandomize=True, deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(st.integers(-2, 22), st.integers(-2, 11), st.integers(1, 5)), max_size=8),
    st.lists(st.tuples(st.integers(-2, 22), st.integers(-2, 11)), max_size=8),
)
def test_rows_sum_to_the_whole(districts, draw_hazards, draw_communities, squares, spots):
    shapes = [box(x * 1000, y * 1000, (x + w) * 1000, (y + w) * 1000) for x, y, w in squares]
    villages = assessed(draw_communities, [Point(x * 1000, y * 1000) for x, y in spots])
    rows = rows_of(districts, villages, draw_hazards(shapes), released([])).set_index("district_code")
    numbers = rows.drop(columns=["name", "geometry"]).astype(float)
    assert numbers.drop(index=WHOLE).sum().to_numpy() == pytest.approx(numbers.loc[WHOLE].to_numpy())
    union = len({(x + i, y + j) for x, y, w in squares for i in range(w) for j in range(w)})
    assert numbers.loc[WHOLE, "open_km2"] == pytest.approx(union)
    assert numbers.loc[WHOLE, "hazards"] == len(squares)
    assert numbers.loc[WHOLE, "communities"] == len(spots)
