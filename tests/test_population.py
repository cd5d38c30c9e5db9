"""People by cell through the whole story: the six villages of test_assessment.py with one person in every cell."""

import json
import shutil

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from hazard_service.assessment import assess, compare
from hazard_service.impact.people import PEOPLE_GAINED, PEOPLE_REACH_COLUMNS
from hazard_service.impact.rollup import PEOPLE_COLUMNS
from hazard_service.layers import open_programme
from hazard_service.reports.text import assessment_text
from hazard_service.vocabulary import OUTSIDE, WHOLE
from hazard_service.walked import terrain_of

# 48 centres lie in the walls of a ring (test_assessment.py); three rings are open on the data date.
IN_THREE_RINGS = 3 * 48


@pytest.fixture(scope="module")
def peopled(six_villages, metres, tmp_path_factory):
    """Pixels of 100 m with four people each, over more than the walking grid; two districts that meet at x = 0."""
    folder = tmp_path_factory.mktemp("peopled") / "programme"
    shutil.copytree(six_villages, folder)
    profile = {"driver": "GTiff", "count": 1, "dtype": "uint8", "height": 60, "width": 300, "crs": metres.to_wkt()}
    transform = rasterio.Affine(100.0, 0.0, -15_000.0, 0.0, -100.0, 3_000.0)
    with rasterio.open(folder / "population.tif", "w", transform=transform, **profile) as raster:
        raster.write(np.full((60, 300), 4, dtype=np.uint8), 1)
    zones = {"west": shapely.box(-11_000, -1000, 0, 1000), "east": shapely.box(0, -1000, 11_000, 1000)}
    frame = gpd.GeoDataFrame(
        {"district_code": list(zones), "name": list(zones)}, geometry=list(zones.values()), crs=metres
    )
    frame.to_crs("EPSG:4326").to_file(folder / "districts.geojson", driver="GeoJSON")
    return open_programme(folder)


@pytest.fixture(scope="module")
def found(peopled):
    return assess(peopled.situation(peopled.data_date))


def test_each_person_once_by_district_and_in_all(found):
    grid = terrain_of(found.situation.programme).grid
    rows = found.districts.set_index("district_code")
    assert rows.loc[WHOLE, "people_modelled"] == pytest.approx(grid.rows * grid.cols)
    assert rows.loc[WHOLE, "people_in_hazards_modelled"] == pytest.approx(IN_THREE_RINGS)
    for name in PEOPLE_COLUMNS:
        assert rows.loc[["west", "east", OUTSIDE], name].sum() == pytest.approx(rows.loc[WHOLE, name])
    # 11 km × 2 km: 220 × 40 centres in each district, whatever the curve of its edges in degrees.
    assert rows.loc[["west", "east"], "people_modelled"].tolist() == pytest.approx([8800, 8800], rel=0.01)
    # Rings laid, found and redrawn: one west of x = 0 (at -6 and -2 km), two east.
    villages = found.hazards.geometry.centroid.x
    assert rows.loc["west", "people_in_hazards_modelled"] == 48 * (villages < 0).sum()


def test_exposed_is_a_union_judged_centre_by_centre(found):
    """Oracle: shapely's distance from every centre to the nearest open hazard."""
    grid = terrain_of(found.situation.programme).grid
    row, col = np.indices(grid.shape)
    centres = shapely.points(*grid.centre_xy(row.ravel(), col.ravel()))
    union = shapely.union_all(found.hazards.geometry.to_numpy())
    near = np.count_nonzero(shapely.dwithin(centres, union, 1000.0))
    assert found.totals["people_exposed_modelled"] == pytest.approx(near, rel=0.002)


def test_it_is_said_and_labelled_modelled(found):
    from hazard_service.atlas.layers import districts_geojson
    from hazard_service.web.documents import assessment_document

    inside = found.totals["people_modelled"]
    caveat = next(text for text in found.caveats if text.startswith("People by cell are modelled"))
    assert caveat == (
        f"People by cell are modelled: {inside:,.0f} people of population.tif, whose date is not known here; "
        f"{72_000 - inside:,.0f} more of it lie outside the walking grid and are not counted."
    )
    assert f"people by cell (modelled): {found.totals['people_exposed_modelled']:,.0f} of" in assessment_text(found)
    features = json.loads(districts_geojson(found))["features"]
    assert all(set(PEOPLE_COLUMNS) <= set(feature["properties"]) for feature in features)
    assert set(PEOPLE_COLUMNS) <= set(assessment_document(found)["districts"][0])
    assert "population.tif" in found.provenance["sources_sha256"]


def test_without_the_raster_nothing_is_claimed(six_villages):
    bare = open_programme(six_villages)
    result = assess(bare.situation(bare.data_date))
    assert terrain_of(bare).people is None
    assert not set(PEOPLE_COLUMNS) & set(result.districts.columns)
    assert not set(PEOPLE_COLUMNS) & set(result.totals)
    assert not any("People by cell" in text for text in result.caveats)
    assert "people by cell" not in assessment_text(result)
    assert not set(PEOPLE_REACH_COLUMNS) & set(result.communities.columns)
    assert PEOPLE_GAINED not in compare(assess(bare.situation(bare.baseline_date)), result).communities


def test_fewer_hazards_expose_fewer(peopled, found):
    """Law: the situation of the baseline with one hazard taken out exposes nobody more."""
    import dataclasses

    situation = found.situation
    fewer = dataclasses.replace(situation, hazards=situation.hazards.iloc[1:].reset_index(drop=True))
    totals = assess(fewer).totals
    for name in PEOPLE_COLUMNS[1:]:
        assert totals[name] < found.totals[name]
    assert totals["people_modelled"] == found.totals["people_modelled"]


def test_people_in_reach_are_those_of_its_cells(found):
    """One person in every cell of 50 m, so as many people as cells."""
    from hazard_service.atlas.layers import community_columns
    from hazard_service.web.documents import assessment_document

    rows = found.communities.set_index("community_id")
    assert (rows["people_in_reach_modelled"] / 400).to_numpy() == pytest.approx(rows["reach_km2"].to_numpy())
    assert (rows["free_people_in_reach_modelled"] / 400).to_numpy() == pytest.approx(rows["free_reach_km2"].to_numpy())
    assert rows.loc["laid", "people_in_reach_modelled"] == pytest.approx(16)
    assert set(PEOPLE_REACH_COLUMNS) <= set(community_columns(found.communities))
    assert set(PEOPLE_REACH_COLUMNS) <= set(assessment_document(found)["communities"][0])
    # Neighbours reach the same people: nothing adds them.
    assert not any("in_reach" in name for name in (*found.totals, *found.districts.columns))


def test_only_release_brings_people_within_reach(peopled, found):
    from hazard_service.web.documents import progress_document

    progress = compare(assess(peopled.situation(peopled.baseline_date)), found)
    rows = progress.communities.set_index("community_id")
    assert rows.loc["ringed", PEOPLE_GAINED] == pytest.approx(rows.loc["ringed", "gained_km2"] * 400)
    assert rows.loc["ringed", PEOPLE_GAINED] > 100
    assert (rows.drop(index="ringed")[PEOPLE_GAINED] == 0).all()
    assert PEOPLE_GAINED in progress_document(progress)["communities"][0]
    assert not any("in_reach" in name for name in progress.totals)
