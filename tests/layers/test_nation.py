"""A fictional country of several provinces, one north of the other: one record, one relief, the same for a seed."""

import filecmp
import json

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from hazard_service.layers import open_programme
from hazard_service.layers.synthetic import write_synthetic
from hazard_service.layers.synthetic.nation import provinces
from hazard_service.layers.synthetic.story import Story
from hazard_service.settings import Settings

LAYERS = ("hazards", "releases", "communities", "places", "routes", "accidents", "districts")
COUNTS = {"hazards": 130, "communities": 500}  # round(500 / 180) = 3, but 60 hazards a province leave two


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def folder(tmp_path_factory, told):
    made = tmp_path_factory.mktemp("nation") / "country"
    write_synthetic(made, **COUNTS, progress=told.append)
    return made


@pytest.fixture(scope="module")
def degrees(folder):
    return {layer: gpd.read_file(folder / f"{layer}.geojson") for layer in LAYERS}


@pytest.fixture(scope="module")
def programme(folder):
    return open_programme(folder)


@pytest.mark.parametrize(
    ("hazards", "communities", "count"),
    [(240, 180, 1), (300, 200, 1), (130, 500, 2), (2_000, 5_000, 28), (10_000, 20_000, 111), (60, 5_000, 1)],
)
def test_provinces_keep_the_samples_densities(hazards, communities, count):
    country = provinces(Story(hazards=hazards, communities=communities), least=(60, 40))
    assert len(country) == count
    assert sum(province.story.hazards for province in country) == hazards
    assert sum(province.story.communities for province in country) == communities
    assert len({(province.column, province.row) for province in country}) == count


def test_there_is_as_much_as_was_asked_for_and_ids_tell_provinces_apart(degrees):
    assert {name: len(degrees[name]) for name in COUNTS} == COUNTS
    for layer, frame in degrees.items():
        ids = frame.iloc[:, 0]
        assert ids.is_unique, layer
        assert set(ids.str[:4]) == {"001-", "002-"}, layer
    assert set(degrees["hazards"]["district"].dropna()) <= set(degrees["districts"]["district_code"])


def test_tables_name_rows_of_their_own_province_and_the_register_is_there_once(programme):
    for table, column in (("surveys", "community_id"), ("beneficiaries", "release_id")):
        ids = getattr(programme, table).iloc[:, 0]
        assert ids.is_unique
        assert set(ids.str[:4]) == {"001-", "002-"}
        assert (getattr(programme, table)[column].str[:4] == ids.str[:4]).all()
    assert programme.countries["iso3"].nunique() == 170
    assert not programme.countries.duplicated(["iso3", "fact"]).any()
    assert programme.countries["fact_id"].tolist() == [f"F{n + 1:04d}" for n in range(len(programme.countries))]


def test_the_same_seed_writes_the_same_rows(folder, tmp_path):
    write_synthetic(tmp_path / "again", **COUNTS)
    names = [path.name for path in folder.iterdir()]
    assert filecmp.cmpfiles(folder, tmp_path / "again", names, shallow=False) == (names, [], [])


def test_provinces_tell_stories_of_their_own(degrees):
    hazards = degrees["hazards"]
    first, second = (hazards[hazards["hazard_id"].str.startswith(number)] for number in ("001", "002"))
    moved = shapely.transform(first.geometry.to_numpy(), lambda xy: xy + np.array([0.0, 0.325]))
    apart = shapely.hausdorff_distance(moved[:60], second.geometry.to_numpy()[:60])
    assert (apart > 1e-3).sum() > 50


def test_it_is_read_without_a_loss_and_releases_fit_their_hazards(programme):
    rules = set(programme.findings["rule"])
    assert rules == {"point_with_area", "closed_without_date", "cleared_without_date"}  # as the sample's are
    assert (programme.findings["action"] != "refused").all()
    hazards = programme.hazards.set_index("hazard_id").geometry
    named = programme.releases[programme.releases["hazard_id"].notna()]
    outside = shapely.difference(named.geometry.to_numpy(), hazards.loc[named["hazard_id"]].to_numpy())
    # Points stand for circles that are drawn anew on reading; all else fits to rounding.
    assert np.median(shapely.area(outside)) < 1.0
    assert programme.situation(programme.data_date).slivers["area_m2"].sum() < 10


def test_a_road_joins_the_provinces(degrees):
    roads = degrees["routes"].geometry.to_crs("EPSG:32624")
    towns = degrees["communities"][degrees["communities"]["name"].isin(["Quillhaven 1", "Candlemere 2"])]
    assert len(towns) == 2
    near = [set(np.flatnonzero(roads.distance(town) < 700)) for town in towns.geometry.to_crs("EPSG:32624")]
    joining = near[0] & near[1]
    assert len(joining) == 1
    assert roads.iloc[joining.pop()].length > 12_000  # 13 km from one to the other


def test_districts_lie_side_by_side(programme):
    outlines = programme.districts.geometry.to_numpy()
    assert len(outlines) == 8
    whole = shapely.union_all(outlines)
    assert shapely.area(outlines).sum() == pytest.approx(whole.area, rel=1e-3)
    assert whole.buffer(100.0).geom_type == "Polygon"  # no wide gap between provinces


@pytest.mark.parametrize("name", ["elevation.tif", "landcover.tif"])
def test_rasters_cover_every_walk(folder, programme, name):
    settings = Settings()
    margin_m = settings.start_search_m + settings.longest_min / 60 * 5000 * 1.192 + settings.cell_m
    west, south, east, north = programme.communities.total_bounds
    walked = shapely.box(west - margin_m, south - margin_m, east + margin_m, north + margin_m).segmentize(500.0)
    corners = gpd.GeoSeries([walked], crs=programme.crs).to_crs("EPSG:4326").total_bounds
    with rasterio.open(folder / name) as raster:
        assert shapely.box(*raster.bounds).contains(shapely.box(*corners))
        assert raster.nodata is None


def test_no_cliff_stands_between_two_provinces(folder):
    with rasterio.open(folder / "elevation.tif") as raster:
        height_m = raster.read(1).astype(int)
        seam = round((raster.bounds.top - 35.0) / raster.res[1])  # two provinces meet at the country's centre
    steps_m = np.abs(np.diff(height_m, axis=0))
    # The step from row to row across the seam, against all others.
    assert steps_m[seam - 1].mean() < 2.0 * steps_m.mean()
    assert steps_m[seam - 1].max() <= steps_m.max()


def test_people_live_on_dry_land(folder, degrees):
    homes = degrees["communities"].geometry.representative_point()
    with rasterio.open(folder / "landcover.tif") as raster:
        cover = np.array([value[0] for value in raster.sample(zip(homes.x, homes.y, strict=True))])
    assert (cover != 80).all()
    assert json.loads((folder / "communities.geojson").read_text(encoding="utf-8"))["type"] == "FeatureCollection"


def test_progress_is_told(told, folder):
    assert folder.is_dir()
    assert told[0].startswith("Drawing 2 provinces: ")
    assert told[-1] == "Drawing 1 million cells of relief and land cover."
