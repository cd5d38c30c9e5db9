"""Which size of cell a programme walks on: widths by pencil, the choice at its bounds, and a stated size wins."""

import json
import math

import geopandas as gpd
import numpy as np
import pytest
import shapely

from hazard_service.layers import open_programme
from hazard_service.layers.cells import choose_cell, grid_extent, widths_m
from hazard_service.settings import Settings

STRIP, FIELD = shapely.box(0, 0, 20, 1000), shapely.box(0, 0, 300, 300)
FLAT = {"slope": False, "routes": False, "landcover_kmh_max": 0.0}


def frame(*geometries):
    return gpd.GeoDataFrame(geometry=list(geometries), crs="EPSG:3035")


def chosen(hazards, side_m):
    """For communities at two corners of a square: 3 km/h for two hours, and 1,000 m, and a cell, on every side."""
    return choose_cell(frame(*hazards), frame(shapely.Point(0, 0), shapely.Point(side_m, side_m)), Settings(), **FLAT)


def test_widths_by_pencil():
    # A ring with walls of 100 m: area 400² - 200² = 120,000 m², half its outline 800 + 400 = 1,200 m.
    ring = shapely.difference(shapely.box(-200, -200, 200, 200), shapely.box(-100, -100, 100, 100))
    circle = shapely.Point(0, 0).buffer(50, quad_segs=64)
    widths = widths_m(np.array([STRIP, FIELD, ring, circle], dtype=object))
    # w + l = 1,200 and w l = 120,000: w = 600 - sqrt(360,000 - 120,000).
    expected = [20.0, 300.0, 600 - math.sqrt(240_000), 50 * math.sqrt(math.pi)]
    assert widths == pytest.approx(expected, rel=1e-3)


def test_wide_hazards_walk_on_the_usual_cells():
    assert chosen([STRIP, FIELD, FIELD], 1000) == (50.0, "the usual size; half of the hazards are under 300 m wide")


def test_narrow_hazards_walk_on_finer_cells_where_the_grid_stays_small():
    assert chosen([STRIP, STRIP, FIELD], 1000) == (
        25.0,
        "half of the hazards are under 20 m wide, and 25 m make 0.4 million cells",
    )
    # (65,000 + 2 × 7,025) m are 3,162 cells of 25 m: squared 9,998,244; one cell more is over ten million.
    assert chosen([STRIP], 65_000)[0] == 25.0
    cell_m, reason = chosen([STRIP], 65_025)
    assert cell_m == 50.0
    assert reason.endswith("but 25 m make 10.0 million cells, over 10 million")


def test_a_large_country_walks_on_coarser_cells():
    # At 50 m (x + 14,100) / 50 cells a side, of which 40 million are 6,324.
    assert chosen([FIELD], 302_000)[0] == 50.0
    cell_m, reason = chosen([FIELD], 302_200)
    assert (cell_m, reason) == (55.0, "50 m would make 40 million cells")
    # (500,000 + 14,160) / 80 = 6,427 a side are too many; / 85: 6,050.
    assert chosen([FIELD], 500_000)[0] == 85.0
    assert chosen([STRIP], 500_000)[0] == 85.0
    assert chosen([FIELD], 900_000)[0] == 100.0  # the grid itself refuses what is too large at that


def test_no_hazard_walks_on_the_usual_cells():
    assert chosen([], 1000) == (50.0, "the usual size")


def test_the_extent_is_whole_cells_round_the_communities():
    # 1,000 + 6,000 + 50 m: from -7,050 to 8,050 m.
    assert grid_extent((0.0, 0.0, 1000.0, 500.0), Settings(), 50.0, **FLAT) == (-141, 151, 292, 302)


@pytest.fixture
def narrow(tmp_path):
    """A programme folder whose one hazard is a strip of 20 × 1,000 m."""

    def make(settings=""):
        folder = tmp_path / "narrow"
        folder.mkdir()
        dates = "baseline_date = 2005-12-31\ndata_date = 2026-06-30\n"
        (folder / "programme.toml").write_text(f'name = "Narrow"\n{dates}[settings]\n{settings}\n', encoding="utf-8")
        metres = "+proj=laea +lat_0=35 +lon_0=-40 +datum=WGS84 +units=m"
        for layer, row in (
            ("hazards", {"hazard_id": "H1", "kind": "CHA", "geometry": STRIP}),
            ("communities", {"community_id": "C1", "name": "Kamen", "geometry": shapely.Point(500, 500)}),
        ):
            degrees = gpd.GeoDataFrame([row], geometry="geometry", crs=metres).to_crs("EPSG:4326")
            (folder / f"{layer}.geojson").write_text(json.dumps(json.loads(degrees.to_json())), encoding="utf-8")
        return open_programme(folder)

    return make


def test_the_choice_is_the_programmes_setting_and_said(narrow):
    programme = narrow()
    assert programme.settings.cell_m == 25.0
    assert programme.cell_reason.startswith("half of the hazards are under 20 m wide")
    assert f"Walked on cells of 25 m: {programme.cell_reason}." in programme.caveats


def test_a_stated_size_wins(narrow):
    programme = narrow("cell_m = 50.0")
    assert programme.settings.cell_m == 50.0
    assert "Walked on cells of 50 m: as programme.toml says." in programme.caveats
