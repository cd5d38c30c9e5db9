"""No square metre is counted twice."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, box

from hazard_service.impact.areas import disjoint, km2, less, open_ground, released_ground, shared_areas, split_by


def test_ground_under_sha_and_cha_counts_as_cha(draw_hazards):
    hazards = draw_hazards(
        [box(0, 0, 1000, 1000), box(500, 0, 1500, 1000), box(1400, 0, 2400, 1000)], kind=["SHA", "CHA", "unclassified"]
    )
    split = open_ground(hazards)
    # CHA whole: 1; SHA less the 0.5 under it: 0.5; unclassified less the 0.1 under CHA: 0.9. A naive sum says 3.
    assert {kind: km2(ground) for kind, ground in split.items()} == pytest.approx(
        {"CHA": 1.0, "SHA": 0.5, "unclassified": 0.9}
    )


def test_ground_released_twice_counts_under_the_earlier_release(metres):
    released = gpd.GeoDataFrame(
        {
            "release_id": ["R3", "R2", "R1"],
            "hazard_id": ["H0"] * 3,
            "method": ["reduced", "cleared", "cancelled"],
            "done_on": pd.to_datetime(["2010-01-01", "2008-01-01", None]),
        },
        geometry=[box(0, 0, 1000, 1000), box(500, 0, 1500, 1000), box(0, 0, 2000, 1000)],
        crs=metres,
    )
    split = {method: km2(ground) for method, ground in released_ground(released).items()}
    # 2008 cleared 1 km²; 2010 reduced what 2008 left: 0.5; undated cancelled the rest of its 2 km²: 0.5.
    assert split == pytest.approx({"cleared": 1.0, "reduced": 0.5, "cancelled": 0.5})


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(1, 8), st.sampled_from("SCU")), max_size=9)
)
def test_the_kinds_are_disjoint_and_sum_to_a_count_of_unit_squares(draw_hazards, rows):
    names = {"S": "SHA", "C": "CHA", "U": "unclassified"}
    hazards = draw_hazards([box(x, y, x + w, y + w) for x, y, w, _ in rows], kind=[names[k] for *_, k in rows])
    split = open_ground(hazards)
    squares = {(x + i, y + j) for x, y, w, _ in rows for i in range(w) for j in range(w)}
    assert sum(ground.area for ground in split.values()) == pytest.approx(len(squares))


def test_split_by_zones_sums_to_the_whole(draw_districts, draw_hazards):
    zones = disjoint(draw_districts({"B": box(0, 0, 2000, 1000), "A": box(0, 0, 1000, 1000)}), "district_code")
    table = split_by(zones, open_ground(draw_hazards([box(500, 0, 1500, 1000)])))
    # A comes first and keeps the ground both claim.
    assert zones["district_code"].tolist() == ["A", "B"]
    assert table["SHA"].tolist() == pytest.approx([0.5, 0.5])


boxes = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(1, 8), st.integers(1, 8)).map(
        lambda at: box(at[0], at[1], at[0] + at[2], at[1] + at[3])
    ),
    min_size=1,
    max_size=6,
)


def test_a_piece_inside_counts_whole_one_on_a_line_is_cut_and_its_remnant_line_adds_nothing():
    zones = np.array([box(0, 0, 10, 10), box(10, 0, 20, 10)], dtype=object)
    inside = GeometryCollection([box(1, 1, 3, 3), LineString([(5, 5), (6, 6)])])
    pieces = np.array([inside, box(8, 0, 13, 2), box(0, 0, 1, 1), box(30, 0, 31, 1)], dtype=object)
    found = dict(zip(zip(*(index.tolist() for index in shared_areas(zones, pieces)[:2]), strict=True),
                     shared_areas(zones, pieces)[2].tolist(), strict=True))  # fmt: skip
    # Piece 1 lies 2 x 2 in the west and 3 x 2 in the east; piece 2 touches the west's corner from inside.
    assert found == {(0, 0): 4.0, (0, 1): 4.0, (1, 1): 6.0, (0, 2): 1.0}


@given(boxes, boxes)
def test_shared_areas_are_those_of_each_intersection(zones, pieces):
    zone, piece, m2 = shared_areas(np.array(zones, dtype=object), np.array(pieces, dtype=object))
    met = {(z, p) for z, one in enumerate(zones) for p, other in enumerate(pieces) if one.intersects(other)}
    assert set(zip(zone.tolist(), piece.tolist(), strict=True)) == met
    assert m2.tolist() == pytest.approx(
        [zones[z].intersection(pieces[p]).area for z, p in zip(zone, piece, strict=True)]
    )


@given(boxes, boxes)
def test_pieces_less_others_keep_what_none_of_the_others_covers(pieces, others):
    left = less(np.array(pieces, dtype=object), np.array(others, dtype=object))
    taken = shapely.union_all(others)
    assert shapely.area(left).tolist() == pytest.approx([piece.difference(taken).area for piece in pieces])
