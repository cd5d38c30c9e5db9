"""Livelihood land, the whole story: the six villages of test_assessment.py, fields in the north, grass in the south."""

import shutil

import numpy as np
import pytest
import rasterio

from hazard_service.assessment import assess, compare
from hazard_service.impact.livelihood import GAIN_COLUMNS, REACH_COLUMNS
from hazard_service.layers import open_programme
from hazard_service.vocabulary import LIVELIHOOD_CLASSES
from hazard_service.walked import terrain_of

CELL_KM2 = 0.0025


@pytest.fixture(scope="module")
def farmed(six_villages, metres, tmp_path_factory):
    """Cells of the land cover are those of the walking grid; every class is walked at 3 km/h as without land cover."""
    folder = tmp_path_factory.mktemp("farmed") / "programme"
    shutil.copytree(six_villages, folder)
    cover = np.full((160, 600), 30, dtype=np.uint8)
    cover[:80] = 40
    profile = {"driver": "GTiff", "count": 1, "dtype": "uint8", "height": 160, "width": 600, "crs": metres.to_wkt()}
    transform = rasterio.Affine(50.0, 0.0, -15_000.0, 0.0, -50.0, 4_000.0)
    with rasterio.open(folder / "landcover.tif", "w", transform=transform, **profile) as raster:
        raster.write(cover, 1)
    with (folder / "programme.toml").open("a", encoding="utf-8") as manifest:
        manifest.write("\n[settings.landcover_kmh]\n30 = 3.0\n40 = 3.0\n")
    return open_programme(folder)


@pytest.fixture(scope="module")
def progress(farmed):
    return compare(assess(farmed.situation(farmed.baseline_date)), assess(farmed.situation(farmed.data_date)))


def minutes(down, right):
    """The 16 moves on flat open ground, in cells of a minute."""
    long, short = max(abs(down), abs(right)), min(abs(down), abs(right))
    return max(long - 2 * short, 0) + min(short, long - short) * 5**0.5 + max(2 * short - long, 0) * 2**0.5


def free_cells(rows):
    return sum(minutes(r, c) <= 10 for r in rows for c in range(-10, 11))


# The village stands 25 m north of the line, so its own row of cells is field.
FIELD, GRASS = free_cells(range(-10, 1)), free_cells(range(1, 11))


def column(frame, name):
    return dict(zip(frame["community_id"], frame[name], strict=True))


def test_reach_is_split_by_class(progress):
    now = progress.after.communities
    assert column(now, "free_reach_cropland_km2") == pytest.approx(dict.fromkeys(now["community_id"], FIELD * CELL_KM2))
    assert column(now, "free_reach_pasture_km2") == pytest.approx(dict.fromkeys(now["community_id"], GRASS * CELL_KM2))
    # The yard inside a ring: four rows of four cells, two of them field.
    assert column(now, "reach_cropland_km2")["laid"] == pytest.approx(8 * CELL_KM2)
    assert column(now, "reach_pasture_km2")["laid"] == pytest.approx(8 * CELL_KM2)
    assert column(now, "livelihood_held_back_km2")["laid"] == pytest.approx((FIELD + GRASS - 16) * CELL_KM2)
    assert column(now, "livelihood_held_back_km2")["quiet"] == 0
    classes = sum(now[f"reach_{name}_km2"] for name in LIVELIHOOD_CLASSES)
    assert classes.to_numpy() == pytest.approx(now["reach_km2"].to_numpy())


def test_only_release_gives_livelihood_land_back(progress):
    frame = progress.communities
    assert column(frame, "gained_cropland_km2")["ringed"] == pytest.approx((FIELD - 8) * CELL_KM2)
    assert column(frame, "gained_pasture_km2")["ringed"] == pytest.approx((GRASS - 8) * CELL_KM2)
    assert (frame.loc[frame["community_id"] != "ringed", "gained_livelihood_km2"] == 0).all()
    assert column(frame, "livelihood_held_back_km2_before")["ringed"] == pytest.approx((FIELD + GRASS - 16) * CELL_KM2)
    assert column(frame, "livelihood_held_back_km2_after")["ringed"] == 0


def test_totals_count_communities_and_no_land_twice(progress):
    assert progress.before.totals["livelihood_held_back"] == 3
    assert progress.after.totals["livelihood_held_back"] == 3
    assert progress.totals["livelihood_regained"] == 1
    assert not any("km2" in name and "livelihood" in name for name in (*progress.totals, *progress.after.totals))


def test_it_leaves_the_service_with_the_rest(progress):
    from hazard_service.atlas.layers import community_columns
    from hazard_service.reports.text import assessment_text, progress_text
    from hazard_service.web.documents import assessment_document, progress_document

    assert set(REACH_COLUMNS) <= set(community_columns(progress.after.communities))
    assert set(REACH_COLUMNS) <= set(assessment_document(progress.after)["communities"][0])
    assert set(GAIN_COLUMNS) <= set(progress_document(progress)["communities"][0])
    assert "  any livelihood land behind hazards: 3 communities\n" in assessment_text(progress.after)
    assert "  any livelihood land regained        1   communities\n" in progress_text(progress)


def test_without_land_cover_nothing_is_claimed(six_villages):
    from hazard_service.reports.text import assessment_text

    bare = open_programme(six_villages)
    found = assess(bare.situation(bare.data_date))
    assert not set(REACH_COLUMNS) & set(found.communities.columns)
    assert "livelihood_held_back" not in found.totals
    assert "No land cover: livelihood land is not measured." in found.caveats
    assert "livelihood land behind" not in assessment_text(found)
    assert terrain_of(bare).livelihood is None
