"""The fictional programme: the same rows for the same seed, a record that hangs together, and the committed sample."""

import datetime
import hashlib
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from geopandas import GeoDataFrame
from pyproj import Transformer

from hazard_service.errors import ProgrammeError, SettingError
from hazard_service.layers.synthetic import write_synthetic
from hazard_service.layers.synthetic.geography import front_lines
from hazard_service.layers.synthetic.landscape import Relief
from hazard_service.layers.synthetic.roads import main_roads
from hazard_service.layers.synthetic.settlements import settle
from hazard_service.layers.synthetic.story import COUNTRY, OPERATORS, Story
from hazard_service.settings import LANDCOVER_KMH, Settings
from hazard_service.shelves import sample_folder, shelf
from hazard_service.vocabulary import (
    BLOCKAGES,
    CONTAMINATION,
    DEADLINES,
    EXTENT_METHODS,
    HAZARD_KINDS,
    RELEASE_METHODS,
    SERVICE_KINDS,
    STATUSES,
)

LAYERS = ("hazards", "releases", "communities", "places", "routes", "accidents", "districts")
TABLES = ("surveys.csv", "beneficiaries.csv", "countries.csv")
TEXTS = ("programme.toml", *(f"{layer}.geojson" for layer in LAYERS), *TABLES)
RASTERS = ("elevation.tif", "landcover.tif")
METRES = "+proj=laea +lat_0=35 +lon_0=-40 +datum=WGS84 +units=m +no_defs"
BASELINE, DATA = pd.Timestamp("2005-12-31"), pd.Timestamp("2026-06-30")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("synthetic") / "isles"
    write_synthetic(made)
    return made


@pytest.fixture(scope="module")
def degrees(folder: Path) -> dict[str, GeoDataFrame]:
    return {layer: gpd.read_file(folder / f"{layer}.geojson") for layer in LAYERS}


@pytest.fixture(scope="module")
def layers(degrees: dict[str, GeoDataFrame]) -> dict[str, GeoDataFrame]:
    return {name: frame.to_crs(METRES) for name, frame in degrees.items()}


@pytest.fixture(scope="module")
def surveys(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "surveys.csv", parse_dates=["surveyed_on"])


@pytest.fixture(scope="module")
def countries(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "countries.csv", dtype=str)


def days(frame: GeoDataFrame, column: str) -> "pd.Series[pd.Timestamp]":
    return pd.to_datetime(frame[column])


def ground(hazards: GeoDataFrame) -> GeoDataFrame:
    """Hazards by id; a point as the circle of its reported area."""
    points = hazards.geometry.geom_type == "Point"
    radius_m = np.sqrt(hazards["area_reported_m2"].where(points, 0.0) / np.pi)
    shapes = [shape.buffer(r) if r > 0 else shape for shape, r in zip(hazards.geometry, radius_m, strict=True)]
    return hazards.set_geometry(shapes, crs=hazards.crs).set_index("hazard_id")


# The same seed, the same rows


def test_the_same_seed_writes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_synthetic(tmp_path / "again")
    for name in TEXTS:
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes(), name


def test_another_seed_tells_another_story(folder: Path, tmp_path: Path) -> None:
    write_synthetic(tmp_path, seed=7, hazards=60, communities=40)
    assert len(gpd.read_file(tmp_path / "hazards.geojson")) == 60
    assert len(gpd.read_file(tmp_path / "communities.geojson")) == 40
    assert (tmp_path / "communities.geojson").read_bytes() != (folder / "communities.geojson").read_bytes()


@pytest.mark.parametrize("name", TEXTS)
def test_the_committed_sample_is_what_the_command_writes(folder: Path, name: str) -> None:
    assert (sample_folder() / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.parametrize("name", RASTERS)
def test_the_committed_rasters_have_the_same_cells(folder: Path, name: str) -> None:
    with rasterio.open(folder / name) as made, rasterio.open(sample_folder() / name) as kept:
        assert made.crs == kept.crs
        assert made.transform == kept.transform
        np.testing.assert_array_equal(made.read(1), kept.read(1))


def test_the_papers_carry_the_checksums() -> None:
    papers = (shelf("geodata") / "README.md").read_text(encoding="utf-8")
    stated = {name: digest for digest, name in re.findall(r"^([0-9a-f]{64})  (\S+)$", papers, re.MULTILINE)}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sample_folder().iterdir()}
    assert stated == found
    assert set(found) == {*TEXTS, *RASTERS}


def test_the_sample_is_small() -> None:
    sizes = [path.stat().st_size for path in sample_folder().iterdir()]
    assert sum(sizes) < 8_000_000
    assert max(sizes) < 2_000_000


# Fictional, and where nobody lives


def test_it_says_that_it_is_fictional(folder: Path) -> None:
    programme = tomllib.loads((folder / "programme.toml").read_text(encoding="utf-8"))
    assert programme == {
        "name": "Fictional sample programme: Isles of Example (no real place)",
        "country": "XXX",
        "fictional": True,
        "baseline_date": datetime.date(2005, 12, 31),
        "data_date": datetime.date(2026, 6, 30),
    }


def test_it_lies_in_the_open_atlantic(degrees: dict[str, GeoDataFrame]) -> None:
    for name, frame in degrees.items():
        west, south, east, north = frame.total_bounds
        assert -41 < west < east < -39, name
        assert 34.5 < south < north < 35.5, name


def test_coordinates_have_seven_decimals_and_a_feature_has_a_line(
    folder: Path, degrees: dict[str, GeoDataFrame]
) -> None:
    for layer in LAYERS:
        text = (folder / f"{layer}.geojson").read_bytes().decode()
        assert "\r" not in text
        assert text.count("\n") == len(degrees[layer]) + 2
        assert not re.search(r"\d\.\d{8,}", text)


# Counts and words


def test_there_is_as_much_as_was_asked_for(layers: dict[str, GeoDataFrame]) -> None:
    counts = {name: len(frame) for name, frame in layers.items()}
    assert (counts["hazards"], counts["communities"], counts["districts"]) == (240, 180, 4)
    assert 140 <= counts["releases"] <= 160
    assert 390 <= counts["accidents"] <= 410
    for name, frame in layers.items():
        assert frame.iloc[:, 0].is_unique, name


def test_only_known_words(layers: dict[str, GeoDataFrame]) -> None:
    hazards, releases, places = layers["hazards"], layers["releases"], layers["places"]
    assert set(hazards["kind"]) == set(HAZARD_KINDS)
    assert set(hazards["status"]) == set(STATUSES)
    assert set(hazards["extent_method"]) == set(EXTENT_METHODS)
    assert set(hazards["contamination"].str.split(";").explode()) == set(CONTAMINATION)
    assert set(releases["method"]) == set(RELEASE_METHODS)
    assert set(places["kind"]) == set(SERVICE_KINDS)
    assert set(layers["routes"]["class"]) == {"primary", "secondary", "track", "bridge"}


# Hazards


def test_hazard_outlines_are_valid_and_varied(
    degrees: dict[str, GeoDataFrame], layers: dict[str, GeoDataFrame]
) -> None:
    outlines = degrees["hazards"].geometry
    assert outlines.is_valid.all()
    kinds = outlines.geom_type.value_counts()
    assert kinds["Point"] == 10
    assert kinds["MultiPolygon"] >= 5
    parts = shapely.get_parts(outlines[outlines.geom_type != "Point"].to_numpy())
    assert all(10 <= len(part.exterior.coords) - 1 <= 200 for part in parts)
    assert sum(len(part.interiors) > 0 for part in outlines if part.geom_type == "Polygon") >= 10
    drawn = layers["hazards"].geometry[layers["hazards"].geometry.geom_type != "Point"]
    overstated = drawn.area.sum() / shapely.area(shapely.union_all(drawn)) - 1
    assert 0.05 < overstated < 0.25


def test_hazard_sizes_are_those_of_real_programmes(layers: dict[str, GeoDataFrame]) -> None:
    hazards = layers["hazards"].assign(area_m2=layers["hazards"].geometry.area)
    drawn = hazards[hazards["area_m2"] > 0]
    mean_m2 = drawn.groupby("kind")["area_m2"].mean()
    assert 15_000 < mean_m2["CHA"] < 25_000
    assert 150_000 < mean_m2["SHA"] < 300_000
    points = hazards[hazards["area_m2"] == 0]
    assert (points["extent_method"] == "estimated_circle").all()
    assert points["area_reported_m2"].gt(0).all()


def test_hazard_days_fit_their_status(layers: dict[str, GeoDataFrame]) -> None:
    hazards = layers["hazards"]
    reported, closed, laid = (days(hazards, column) for column in ("reported_on", "closed_on", "laid_on"))
    is_closed = hazards["status"] == "closed"
    assert not closed[~is_closed].notna().any()
    assert (is_closed & closed.isna()).sum() == 2
    assert closed.dropna().between(BASELINE, DATA).all()
    assert not (closed < reported).any()
    assert reported.max() <= DATA
    assert 15 <= (reported > BASELINE).sum() <= 40
    assert laid.notna().sum() == 3
    assert laid.dropna().gt(BASELINE).all()
    assert (laid.dropna() < reported[laid.notna()]).all()


def test_some_communities_are_inside_and_some_are_ringed(layers: dict[str, GeoDataFrame]) -> None:
    hazards, communities = ground(layers["hazards"]), layers["communities"]
    old = hazards[~(pd.to_datetime(hazards["reported_on"]) > BASELINE)]
    closed_ground = shapely.union_all(old.geometry)
    inside = communities.geometry.intersects(closed_ground)
    assert inside.sum() == 3
    shells = shapely.get_parts(closed_ground)
    filled = shapely.union_all([shapely.Polygon(shell.exterior) for shell in shells])
    ringed = communities.geometry.intersects(filled) & ~inside
    assert 4 <= ringed.sum() <= 8


# Releases


def test_releases_lie_in_their_hazard(layers: dict[str, GeoDataFrame]) -> None:
    hazards, releases = ground(layers["hazards"]), layers["releases"]
    assert releases.geometry.is_valid.all()
    everywhere = shapely.union_all(hazards.geometry)
    for row in releases.itertuples():
        home = everywhere if pd.isna(row.hazard_id) else hazards.geometry[row.hazard_id]
        assert row.geometry.difference(home).area < 1.0, row.release_id
    assert releases["hazard_id"].isna().sum() == 2


def test_releases_come_after_the_report_and_between_the_two_dates(layers: dict[str, GeoDataFrame]) -> None:
    hazards, releases = layers["hazards"].set_index("hazard_id"), layers["releases"]
    completed, handed_over = days(releases, "completed_on"), days(releases, "handed_over_on")
    assert completed.isna().sum() == 10
    assert not handed_over[completed.isna()].notna().any()
    assert 5 <= (completed.notna() & handed_over.isna()).sum() <= 30
    assert completed.dropna().between(BASELINE, DATA, inclusive="neither").all()
    assert handed_over.dropna().le(DATA).all()
    assert not (handed_over < completed).any()
    named = releases[releases["hazard_id"].notna()]
    reported = pd.to_datetime(hazards["reported_on"].reindex(named["hazard_id"])).to_numpy()
    assert not (completed[named.index].to_numpy() < reported).any()


def test_some_hazards_are_released_in_part_and_some_twice(layers: dict[str, GeoDataFrame]) -> None:
    hazards, releases = ground(layers["hazards"]), layers["releases"].dropna(subset="hazard_id")
    taken_m2 = releases.dissolve("hazard_id").geometry.area
    share = taken_m2 / hazards.geometry.area.reindex(taken_m2.index)
    assert (share < 0.98).sum() >= 15
    assert (share > 0.999).sum() >= 60
    by_hazard_m2 = releases.assign(area_m2=releases.geometry.area).groupby("hazard_id")["area_m2"].sum()
    assert (by_hazard_m2 > taken_m2 * 1.05).sum() == 2
    assert (hazards["status"].reindex(share[share < 0.98].index) != "closed").all()


def test_cancelled_ground_held_no_devices(layers: dict[str, GeoDataFrame]) -> None:
    releases = layers["releases"]
    devices = releases[["ap_mines", "av_mines", "submunitions", "uxo"]].sum(axis=1)
    assert (devices[releases["method"] == "cancelled"] == 0).all()
    assert devices[releases["method"] == "cleared"].sum() > 100
    assert releases.loc[releases["method"] == "cleared", "depth_cm"].notna().all()


def test_who_works_on_a_hazard_released_ground_of_it_last(layers: dict[str, GeoDataFrame]) -> None:
    hazards, releases = layers["hazards"].set_index("hazard_id"), layers["releases"]
    working = hazards["operator"].dropna()
    assert set(working.index) == set(hazards.index[hazards["status"] == "worked_on"])
    assert set(working) <= set(OPERATORS)
    last = releases.sort_values("completed_on").groupby("hazard_id")["operator"].last()
    known = working[working.index.isin(last.index)]
    assert len(known) >= 3
    assert (known == last[known.index]).all()


# After releases: surveys, beneficiaries


def test_a_third_of_the_surveyed_communities_is_surveyed_again(
    layers: dict[str, GeoDataFrame], surveys: pd.DataFrame
) -> None:
    communities = layers["communities"].set_index("community_id")
    surveyed = communities.index[communities["roads"].notna()]
    times = surveys["community_id"].value_counts()
    assert set(times.index) <= set(surveyed)
    assert 0.28 < len(times) / len(surveyed) < 0.40
    assert set(times) == {1, 2}
    assert (surveys.groupby("community_id")["surveyed_on"].diff().dropna() > pd.Timedelta(days=365)).all()


def test_surveys_come_after_a_release_nearby(layers: dict[str, GeoDataFrame], surveys: pd.DataFrame) -> None:
    releases = layers["releases"]
    done = days(releases, "handed_over_on").fillna(days(releases, "completed_on"))
    homes = layers["communities"].set_index("community_id").geometry
    assert surveys["surveyed_on"].max() <= DATA
    for survey in surveys.itertuples():
        near = releases.geometry.distance(homes[survey.community_id]) <= 1501.0
        assert done[near].min() < survey.surveyed_on


def test_surveys_find_half_of_what_was_blocked_lifted(layers: dict[str, GeoDataFrame], surveys: pd.DataFrame) -> None:
    kinds = list(BLOCKAGES)
    baseline = layers["communities"].set_index("community_id")[kinds].astype(float)
    first = surveys.drop_duplicates("community_id").set_index("community_id")[kinds]
    before = baseline.loc[first.index]
    lifted, found = ((before == 1) & (first == 0)).to_numpy().sum(), ((before == 0) & (first == 1)).to_numpy().sum()
    assert 0.35 < lifted / before.to_numpy().sum() < 0.65
    assert 1 <= found < 0.05 * (before == 0).to_numpy().sum()
    assert surveys[kinds].isin([0, 1]).all(axis=None)


def test_direct_users_live_by_the_release(folder: Path, layers: dict[str, GeoDataFrame]) -> None:
    users = pd.read_csv(folder / "beneficiaries.csv")
    communities, releases = layers["communities"].set_index("community_id"), layers["releases"].set_index("release_id")
    assert users["release_id"].is_unique
    ground, homes = releases.loc[users["release_id"]], communities.loc[users["community_id"]]
    assert set(ground["method"]) == {"reduced", "cleared"}
    away_m = ground.geometry.distance(homes.geometry, align=False)
    assert away_m.max() < 1001.0
    used = releases[releases["method"] != "cancelled"].geometry
    candidates = sum(communities.geometry.distance(shape).min() <= 1000.0 for shape in used)
    assert 0.35 < len(users) / candidates < 0.65
    people = ["women", "men", "girls", "boys"]
    living = homes[people].to_numpy()
    assert not (users[people].to_numpy() > living).any()
    assert users[people].sum(axis=1).gt(0).all()


# The register of countries


def test_the_register_counts_as_the_strategy_of_2006_to_2010_does(countries: pd.DataFrame) -> None:
    yes = countries[countries["value"] == "yes"].groupby("fact")["iso3"].agg(set)
    assert {fact: len(who) for fact, who in yes.items()} == {
        "mbc_party": 156,
        "ccm_signed": 98,
        "ccm_ratified": 14,
        "plan_integrated": 11,
        "budget_line": 9,
        "residual_capacity": 7,
    }
    assert yes["ccm_ratified"] < yes["ccm_signed"]
    assert yes["budget_line"] < yes["plan_integrated"] < yes["mbc_party"]
    assert not countries.duplicated(["iso3", "fact"]).any()
    assert countries["fact_id"].is_unique


def test_a_country_ratifies_after_it_has_signed(countries: pd.DataFrame) -> None:
    day = countries[countries["value"] == "yes"].pivot(index="iso3", columns="fact", values="dated_on")
    ratified = day["ccm_ratified"].dropna()
    assert (ratified > day.loc[ratified.index, "ccm_signed"]).all()


def test_deadlines_are_of_countries_that_are_bound(countries: pd.DataFrame) -> None:
    yes, due = countries[countries["value"] == "yes"], countries[countries["fact"].isin(DEADLINES)]
    for deadline, bound in (("mbc_deadline", "mbc_party"), ("ccm_deadline", "ccm_ratified")):
        assert 5 <= (due["fact"] == deadline).sum() <= 30
        assert set(due["iso3"][due["fact"] == deadline]) < set(yes["iso3"][yes["fact"] == bound])
    assert (due["value"][due["iso3"] == COUNTRY] > "2027").all()
    assert (due["value"] < DATA.strftime("%Y-%m-%d")).any()


def test_no_country_of_the_register_exists(countries: pd.DataFrame) -> None:
    """XAA to XXZ are codes that ISO 3166 gives to no country."""
    assert countries["iso3"].str.fullmatch("X[A-X][A-Z]").all()
    assert countries["iso3"].nunique() == 170
    assert countries["name"].str.endswith(" (fictional)").all()
    assert (countries.groupby("iso3")["name"].nunique() == 1).all()
    assert (countries["source"] == "fictional register").all()
    assert countries["dated_on"].between("1999-01-01", "2026-06-30").all()
    assert countries["iso3"][0] == COUNTRY


# Communities, routes, accidents


def test_women_men_girls_and_boys_are_the_people(layers: dict[str, GeoDataFrame]) -> None:
    communities = layers["communities"]
    parts = communities[["women", "men", "girls", "boys"]]
    counted = communities["people"].notna()
    assert (parts[counted].sum(axis=1) == communities.loc[counted, "people"]).all()
    assert parts[~counted].isna().all(axis=None)
    assert 5 <= (~counted).sum() <= 25
    assert set(np.unique(communities[list(BLOCKAGES)].to_numpy(dtype=float))) >= {0.0, 1.0}
    assert communities.geometry.geom_type.value_counts()["Polygon"] == 6


def test_what_is_blocked_lies_near_hazards(layers: dict[str, GeoDataFrame]) -> None:
    hazards, communities = ground(layers["hazards"]), layers["communities"]
    old = shapely.union_all(hazards.geometry[~(pd.to_datetime(hazards["reported_on"]) > BASELINE)])
    away_m, blocked = communities.geometry.distance(old), communities[list(BLOCKAGES)].sum(axis=1)
    assert blocked[away_m < 500].mean() > 4 * blocked[away_m > 2000].mean()


def test_districts_tile_the_land_and_hold_every_community(layers: dict[str, GeoDataFrame]) -> None:
    districts, communities = layers["districts"], layers["communities"]
    assert districts.geometry.is_valid.all()
    whole = shapely.union_all(districts.geometry)
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0
    assert districts.geometry.area.sum() == pytest.approx(whole.area, rel=1e-9)
    homes = districts.set_index("district_code").geometry.reindex(communities["district"]).to_numpy()
    assert shapely.intersects(homes, communities.geometry.to_numpy()).all()


def test_only_bridges_cross_the_river(folder: Path, layers: dict[str, GeoDataFrame]) -> None:
    routes = layers["routes"]
    with rasterio.open(folder / "landcover.tif") as raster:
        lines = routes.geometry.to_crs(raster.crs)
        wet = pd.Series(
            [any(code == 80 for (code,) in raster.sample(line.segmentize(20.0).coords)) for line in lines], routes.index
        )
    assert wet[routes["class"] == "bridge"].all()
    assert not wet[~routes["class"].isin(["bridge"])].any()
    assert 3 <= routes["open_since"].notna().sum() <= 8


def test_accidents_fall_and_cluster(layers: dict[str, GeoDataFrame]) -> None:
    accidents, hazards = layers["accidents"], ground(layers["hazards"])
    year = days(accidents, "date").dt.year
    assert days(accidents, "date").max() <= DATA
    assert year.between(2009, 2010).sum() < 0.7 * year.between(2004, 2005).sum()
    assert year.between(2024, 2025).sum() < 0.3 * year.between(2004, 2005).sum()
    away_m = accidents.geometry.distance(shapely.union_all(hazards.geometry))
    assert 0.20 <= (away_m == 0).mean() <= 0.30
    assert (away_m <= 500).mean() > 0.6
    assert accidents[["killed", "injured", "unknown"]].sum(axis=1).ge(1).all()
    assert accidents["community_id"].notna().mean() > 0.8
    assert accidents["community_id"].dropna().isin(layers["communities"]["community_id"]).all()


# Rasters


@pytest.mark.parametrize("name", RASTERS)
def test_rasters_cover_every_walk(folder: Path, layers: dict[str, GeoDataFrame], name: str) -> None:
    settings = Settings()
    margin_m = settings.start_search_m + settings.longest_min / 60 * 5000 * 1.192 + settings.cell_m
    west, south, east, north = layers["communities"].total_bounds
    corners = shapely.box(west - margin_m, south - margin_m, east + margin_m, north + margin_m).segmentize(500.0)
    with rasterio.open(folder / name) as raster:
        assert raster.profile["tiled"]
        assert raster.profile["compress"] == "deflate"
        assert raster.res == (100.0, 100.0)
        x, y = Transformer.from_crs(METRES, raster.crs, always_xy=True).transform(
            *np.asarray(corners.exterior.coords).T
        )
        left, bottom, right, top = raster.bounds
        assert left < min(x)
        assert max(x) < right
        assert bottom < min(y)
        assert max(y) < top


def test_relief_and_cover_can_be_walked(folder: Path) -> None:
    with rasterio.open(folder / "elevation.tif") as raster:
        assert raster.dtypes == ("int16",)
        height_m = raster.read(1).astype(float)
    assert height_m.min() > 0
    assert 600 < height_m.max() < 1100
    slope = np.hypot(*np.gradient(height_m, 100.0))
    assert (slope < 0.25).mean() > 0.98
    with rasterio.open(folder / "landcover.tif") as raster:
        assert raster.dtypes == ("uint8",)
        classes = set(np.unique(raster.read(1)).tolist())
    assert classes == {20, 30, 40, 50, 80, 90, 114, 124}
    assert classes <= set(LANDCOVER_KMH)


# Refusals


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"hazards": 10}, "A fictional programme needs at least 60 hazards, not 10; ask for more."),
        ({"communities": 10}, "A fictional programme needs at least 40 communities, not 10; ask for more."),
        ({"seed": -1}, "seed is -1; give 0 or a positive whole number."),
    ],
)
def test_counts_it_cannot_hold_are_refused(tmp_path: Path, wrong: dict[str, int], sentence: str) -> None:
    with pytest.raises(SettingError) as refusal:
        write_synthetic(tmp_path / "isles", **wrong)
    assert str(refusal.value) == sentence
    assert not (tmp_path / "isles").exists()


def test_more_communities_than_there_is_room_for_are_refused() -> None:
    story = Story(communities=180, spacing_m=9000.0)
    roads = [road.line for road in main_roads(story)]
    with pytest.raises(SettingError) as refusal:
        settle(story, Relief(story), roads, front_lines())
    assert str(refusal.value) == "There is no room for 180 communities on 40 × 30 km; ask for fewer."


def _real_programme(folder: Path) -> None:
    (folder / "programme.toml").write_text('name = "real"\nfictional = false\n', encoding="utf-8")


def _other_files(folder: Path) -> None:
    (folder / "hazards.geojson").write_text("{}", encoding="utf-8")


@pytest.mark.parametrize("fill", [_real_programme, _other_files])
def test_a_real_programme_is_never_written_over(tmp_path: Path, fill: Callable[[Path], None]) -> None:
    fill(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ProgrammeError) as refusal:
        write_synthetic(tmp_path)
    assert str(refusal.value) == (
        f"{tmp_path} already holds files that are not a fictional programme; name a new or an empty folder."
    )
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "isles"
    file.write_text("", encoding="utf-8")
    with pytest.raises(ProgrammeError, match="is a file; name a folder for the fictional programme"):
        write_synthetic(file)


def test_progress_is_told_in_sentences(tmp_path: Path) -> None:
    said: list[str] = []
    write_synthetic(tmp_path, hazards=60, communities=40, progress=said.append)
    assert said == [
        "Drawing the land, its roads and its communities.",
        "Laying hazards, releasing some of them, placing services and accidents.",
        "Writing the layers and the rasters.",
    ]
