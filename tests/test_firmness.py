"""Firm and uncertain gains: three villages behind walls, and the outlines larger and smaller by 25 m."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_service import firmness as module
from hazard_service.assessment import assess, compare
from hazard_service.firmness import firmness, redrawn
from hazard_service.impact.words import progress_sentence
from hazard_service.layers import open_programme
from hazard_service.reports.text import progress_text

TOML = """
name = "Three walls"
country = "XXX"
fictional = true
baseline_date = 2005-12-31
data_date = 2026-06-30

[settings]
cell_m = 50
reach_min = 10
water_min = 10
school_min = 10
health_min = 10
market_min = 10
"""
SPACING_M = 4000.0


def ring(x, outer, inner):
    around = shapely.Point(x, 25).buffer(outer, cap_style="square")
    return around.difference(shapely.Point(x, 25).buffer(inner, cap_style="square"))


@pytest.fixture(scope="module")
def progress(tmp_path_factory, metres):
    """Cells of 50 m, a minute each; each village stands on a centre and its wall is released, wholly or by a gap."""
    folder = tmp_path_factory.mktemp("three-walls")
    (folder / "programme.toml").write_text(TOML, encoding="utf-8")
    at = {"firm": -SPACING_M + 25, "thin": 25.0, "gap": SPACING_M + 25}
    walls = {"firm": ring(at["firm"], 200, 100), "thin": ring(at["thin"], 120, 80), "gap": ring(at["gap"], 200, 100)}
    taken = {"firm": walls["firm"].envelope, "thin": walls["thin"].envelope}
    taken["gap"] = shapely.box(at["gap"] - 22.5, 25, at["gap"] + 22.5, 400)  # 45 m wide, and no cell beside the middle

    def write(layer, rows):
        gpd.GeoDataFrame(rows, geometry="geometry", crs=metres).to_file(folder / f"{layer}.gpkg", layer=layer)

    write("hazards", [{"hazard_id": f"H-{n}", "kind": "CHA", "geometry": wall} for n, wall in walls.items()])
    write(
        "releases",
        [
            {"release_id": n, "hazard_id": f"H-{n}", "method": "cleared", "handed_over_on": "2010-05-05", "geometry": g}
            for n, g in taken.items()
        ],
    )
    villages = [{"community_id": n, "name": n, "people": 100, "geometry": shapely.Point(x, 25)} for n, x in at.items()]
    write("communities", villages)
    programme = open_programme(folder)
    return compare(
        assess(programme.situation(programme.baseline_date)), assess(programme.situation(programme.data_date))
    )


def test_a_thick_wall_released_whole_is_firm(progress):
    row = progress.communities.set_index("community_id").loc["firm"]
    assert (row["freed"], row["freed_firm"], row["expanded_firm"], row["progress"]) == (True, True, True, "freed")


def test_a_wall_that_vanishes_when_smaller_is_uncertain(progress):
    # 40 m of wall less 25 m from both sides: nobody was held back by it in the first place.
    row = progress.communities.set_index("community_id").loc["thin"]
    assert (row["freed"], row["freed_firm"], row["expanded_firm"], row["progress"]) == (True, False, False, "uncertain")


def test_a_gap_that_closes_when_larger_is_uncertain(progress):
    row = progress.communities.set_index("community_id").loc["gap"]
    assert (row["expanded"], row["expanded_firm"], row["progress"]) == (True, False, "uncertain")
    assert row["gained_share"] > 0.1


def test_the_headline_counts_the_firm_and_the_others_stand_apart(progress):
    totals = progress.totals
    assert (totals["freed"], totals["freed_people"], totals["expanded"]) == (1, 100, 0)
    assert (totals["uncertain"], totals["uncertain_people"]) == (2, 200)
    assert (totals["freed_of_held_back"], totals["expanded_of_held_back"]) == (1, 1)
    assert totals["expanded_share_of_held_back"] == pytest.approx(1 / 3)
    # Of three held back: one freed, one freed but uncertain, one still.
    assert (totals["held_back_before"], totals["held_back_after"], totals["otherwise_not_held_back"]) == (3, 1, 0)
    text = progress_text(progress)
    assert "gain uncertain, apart               2   200 people" in text
    assert "thin" not in text.split("services regained")[1]


def test_the_sentence_says_so(progress):
    row = next(progress.communities[progress.communities["community_id"] == "thin"].itertuples())
    assert progress_sentence(row, progress.after.situation.programme.settings).endswith(
        "Uncertain: it would not count if the outlines are 25 m off."
    )
    assert "Uncertain" not in progress.communities.set_index("community_id").loc["firm", "why"]


def test_where_nothing_was_gained_nothing_is_walked(progress, monkeypatch):
    monkeypatch.delattr(module, "walk_outlines")
    none = pd.DataFrame({"freed": [False] * 3, "expanded": [False] * 3})
    outlines = np.array([shapely.box(0, 0, 1, 1)], dtype=object)
    found = firmness(progress.after.situation, outlines, outlines, none)
    assert {name: flags.tolist() for name, flags in found.items()} == {
        "freed_firm": [False] * 3,
        "expanded_firm": [False] * 3,
    }


def test_two_outlines_that_share_a_border_do_not_part():
    west, east = shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)
    (whole,) = redrawn(np.array([west, east], dtype=object), -25.0)
    assert whole.area == pytest.approx((200 - 51) * (100 - 51))  # 2 % more than the error, on the safe side


TILE, BESIDE = shapely.box(100, 90, 200, 120), shapely.box(50, 120, 260, 3000)


@pytest.mark.parametrize("cut", [shapely.box(100, -90, 200, 90), shapely.box(90, -90, 210, 90)])
@pytest.mark.parametrize("north", [[shapely.union(TILE, BESIDE)], [TILE, BESIDE]])
def test_borders_shared_but_for_rounding_do_not_part(tmp_path, metres, cut, north):
    """A wall 100 m thick of tiles, the middle one released: as firm whatever tiles and release outline it is drawn by.

    Read from degrees, borders agree to rounding only; T-junctions and vertices that stick out leave hairlines.
    """
    (tmp_path / "programme.toml").write_text(TOML.replace("_min = 10", "_min = 15"), encoding="utf-8")

    def write(layer, rows):
        frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=metres).to_crs("EPSG:4326")
        frame.to_file(tmp_path / f"{layer}.gpkg", layer=layer)

    tiles = [*north, shapely.box(100, -90, 200, 90), shapely.box(100, -3000, 200, -90)]
    ids = [f"H{at}" for at in range(len(tiles))]
    write("hazards", [{"hazard_id": i, "kind": "SHA", "geometry": g} for i, g in zip(ids, tiles, strict=True)])
    release = {"release_id": "R", "hazard_id": ids[-2], "method": "cleared", "handed_over_on": "2010-01-01"}
    write("releases", [release | {"geometry": cut}])
    write("communities", [{"community_id": "A", "name": "A", "people": 100, "geometry": shapely.Point(25, 25)}])
    write("places", [{"place_id": "P", "kind": "water", "geometry": shapely.Point(425, 25)}])
    programme = open_programme(tmp_path)
    found = compare(*(assess(programme.situation(day)) for day in ("2005-12-31", "2026-06-30"))).communities.iloc[0]
    assert found["expanded"]
    assert found["expanded_firm"]


def test_what_has_no_width_is_kept_and_nothing_is_no_area():
    line, area = shapely.LineString([(0, 0), (50, 0)]), shapely.box(0, 0, 40, 40)
    outlines = np.array([shapely.GeometryCollection([area, line]), shapely.Polygon()], dtype=object)
    assert redrawn(outlines, -25.0).tolist() == [line]
    wider = shapely.union_all(redrawn(outlines, 25.0))
    assert wider.covers(line.buffer(24.99))
    assert wider.covers(area.buffer(24.99))


corner = st.tuples(st.integers(-200, 200), st.integers(-200, 200))
triangle = st.tuples(corner, corner, corner).map(shapely.Polygon).filter(lambda drawn: drawn.area > 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(triangle, min_size=1, max_size=4), st.floats(1, 60))
def test_larger_by_at_least_the_error_and_smaller_by_at_least_the_error(triangles, error_m):
    outlines = np.array(triangles, dtype=object)
    whole = shapely.union_all(outlines)
    closed = whole.buffer(0.02).buffer(-0.02)  # gaps of a centimetre are seams
    larger, smaller = (shapely.union_all(redrawn(outlines, by_m)) for by_m in (error_m, -error_m))
    assert shapely.distance(larger.boundary, whole) >= error_m * (1 - 1e-6)
    if not smaller.is_empty:
        assert whole.buffer(0.02).covers(smaller)
        assert shapely.distance(smaller, closed.boundary) >= error_m - 0.02
