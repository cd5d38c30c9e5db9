"""A world of nine communities over three years, drawn so that every figure of it can be worked out on paper.

What is drawn and why is told, and every figure worked out, in test_nine_communities.py and test_nine_balance.py.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from hazard_service.layers import open_programme
from hazard_service.series import series
from hazard_service.vocabulary import BLOCKAGES

NINE_TOML = """
name = "Nine communities"
country = "XXX"
fictional = true
baseline_date = 2020-12-31
data_date = 2023-12-31

[settings]
cell_m = 50
reach_min = 60
market_min = 60
contact_m = 500

[settings.landcover_kmh]
40 = 3.0
60 = 3.0
70 = 0.0
"""

SPACING_M, LONG_M, WIDE_M, CELL_M = 4000, 1000, 500, 50
CROPLAND, BARE, SNOW = 40, 60, 70
ROWS = {"north": ("Alder", "Birch", "Cedar"), "middle": ("Dogwood", "Elder", "Fir"), "south": ("Gorse", "Hazel", "Ivy")}
# The south-west corner of each valley, m.
CORNER = {
    name: ((col - 1) * SPACING_M, (1 - row) * SPACING_M)
    for row, names in enumerate(ROWS.values())
    for col, name in enumerate(names)
}
DISTRICTS = {"north": (2250, 9000), "middle": (-1750, 2250), "south": (-9000, -1750)}
PEOPLE = dict(zip(CORNER, (10, 20, 40, 80, 160, 320, 640, 1280, None), strict=True))
BY_GROUP = {"Birch": (6, 5, 5, 4), "Cedar": (12, 11, 9, 8)}
GROUPS = ("women", "men", "girls", "boys")
# How many of the ten blockages a survey found; nobody surveyed Gorse.
BLOCKED = {"Alder": 0, "Birch": 4, "Cedar": 6, "Dogwood": 7, "Elder": 4, "Fir": 0, "Hazel": 9, "Ivy": 0}


def in_valley(name, west, east, south=-50, north=WIDE_M + 50):
    """A rectangle in a valley's own metres; with no south and north a wall from side to side, 50 m into the snow."""
    x, y = CORNER[name]
    return shapely.box(x + west, y + south, x + east, y + north)


def spot(name, east, north):
    x, y = CORNER[name]
    return shapely.Point(x + east, y + north)


def blockages(count):
    return {name: int(at < count) for at, name in enumerate(BLOCKAGES)}


def hazards():
    def hazard(number, kind, geometry, contamination="ap_mine", **dates):
        status = "closed" if "closed_on" in dates else "open"
        return {
            "hazard_id": f"H{number}", "kind": kind, "contamination": contamination, "status": status,
            "reported_on": None, "laid_on": None, "closed_on": None, **dates, "geometry": geometry,
        }  # fmt: skip

    return [
        hazard(1, "SHA", in_valley("Birch", 200, 300), closed_on="2021-06-01"),
        hazard(2, "CHA", in_valley("Birch", 225, 275), "ap_mine;uxo", reported_on="2010-01-01"),
        hazard(3, "CHA", in_valley("Cedar", 500, 700), closed_on="2022-04-01"),
        hazard(4, "SHA", in_valley("Dogwood", 800, 900), "cluster", closed_on="2021-10-10"),
        hazard(5, "CHA", in_valley("Elder", 500, 600), closed_on="2022-06-30"),
        hazard(6, "CHA", in_valley("Elder", 500, 600, 100, 300), reported_on="2022-06-30"),
        hazard(7, "SHA", in_valley("Fir", 300, 400), laid_on="2022-03-01", reported_on="2022-05-01"),
        hazard(8, "CHA", in_valley("Gorse", 600, 700), reported_on="2021-09-01"),
        hazard(9, "SHA", in_valley("Hazel", 450, 550)),
        hazard(10, "unclassified", in_valley("Ivy", -50, 1050), "ap_mine;uxo", closed_on="2023-09-30"),
        hazard(11, "CHA", shapely.box(1900, 2150, 2200, 2450)),
    ]


def releases():
    def release(number, hazard_id, method, geometry, completed_on, handed_over_on):
        return {
            "release_id": f"R{number}", "hazard_id": hazard_id, "method": method, "completed_on": completed_on,
            "handed_over_on": handed_over_on, "geometry": geometry,
        }  # fmt: skip

    # Drawn wider than what they release, as releases are: their outlines cross those of the hazards at right angles.
    return [
        release(0, "H11", "cleared", shapely.box(1850, 2400, 2250, 2500), "2018-05-01", "2018-07-01"),
        release(1, None, "cleared", in_valley("Birch", 150, 350, -100, 600), "2021-05-01", "2021-06-01"),
        release(2, "H3", "cancelled", in_valley("Cedar", 450, 610, -100, 600), "2021-08-15", None),
        release(3, "H3", "cleared", in_valley("Cedar", 590, 750, -100, 600), "2021-12-20", "2022-04-01"),
        release(4, "H9", "cleared", in_valley("Hazel", 400, 600, 200, 250), "2023-01-15", "2023-02-01"),
        release(5, "H10", "reduced", in_valley("Ivy", -100, 1100, -100, 600), "2023-09-01", "2023-09-30"),
        release(6, "H11", "cancelled", shapely.box(1850, 2300, 2250, 2400), "2022-11-11", "2022-11-11"),
    ]


def communities():
    district = {name: code for code, names in ROWS.items() for name in names} | {"Ivy": None}
    return [
        {
            "community_id": name, "name": name, "district": district[name], "people": PEOPLE[name],
            **dict(zip(GROUPS, BY_GROUP.get(name, (None,) * 4), strict=True)),
            **(blockages(BLOCKED[name]) if name in BLOCKED else dict.fromkeys(BLOCKAGES)),
            "geometry": spot(name, 25, 225),
        }
        for name in CORNER
    ]  # fmt: skip


def accidents():
    # Date, community or None, where, killed, injured, unknown.
    listed = [
        ("2020-03-03", "Birch", spot("Birch", 250, 225), 1, 1, 0),
        ("2019-06-06", "Cedar", spot("Cedar", 600, 225), 0, 1, 0),
        ("2020-12-31", "Cedar", spot("Cedar", 600, 225), 0, 1, 0),
        ("2020-05-05", None, spot("Dogwood", 325, 225), 1, 0, 1),
        ("2020-07-07", "Ivy", spot("Ivy", 525, 225), 2, 2, 0),
        ("2020-09-09", None, shapely.Point(10_000, 225), 0, 1, 0),
        ("2018-12-31", "Ivy", spot("Ivy", 525, 225), 3, 0, 0),
        ("2019-12-31", "Alder", spot("Alder", 25, 225), 0, 1, 0),
        ("2021-02-02", "Gorse", spot("Gorse", 650, 225), 0, 3, 0),
        ("2021-03-01", "Birch", spot("Birch", 250, 225), 1, 2, 0),
        ("2022-04-04", "Fir", spot("Fir", 350, 225), 0, 1, 0),
        ("2022-12-31", "Gorse", spot("Gorse", 650, 225), 0, 2, 1),
        ("2023-07-07", "Cedar", spot("Cedar", 600, 225), 0, 1, 0),
        ("2023-12-31", "Gorse", spot("Gorse", 650, 225), 2, 0, 0),
        (None, "Hazel", spot("Hazel", 500, 225), 5, 0, 0),
    ]
    names = ("date", "community_id", "geometry", "killed", "injured", "unknown")
    return [{"accident_id": f"A{at}"} | dict(zip(names, row, strict=True)) for at, row in enumerate(listed, start=1)]


SURVEYS = [
    {"survey_id": "S1", "community_id": "Dogwood", "surveyed_on": "2022-08-08", **blockages(1)},
    {"survey_id": "S2", "community_id": "Cedar", "surveyed_on": "2023-03-03", **blockages(0)},
    {"survey_id": "S3", "community_id": "Fir", "surveyed_on": "2023-01-15", **blockages(7)},
]
# Release, community, women, men, girls, boys.
BENEFICIARIES = [
    ("R0", "Alder", 1, 1, 1, 1),
    ("R1", "Birch", 5, 4, 3, 2),
    ("R2", "Cedar", 6, 6, 0, 1),
    ("R3", "Cedar", 4, 8, 2, 0),
    ("R5", "Ivy", 2, 2, 2, 2),
]
# Country, fact, value, since when.
COUNTRIES = [
    ("XAA", "plan_integrated", "yes", "2019-01-01"),
    ("XBB", "plan_integrated", "no", "2019-01-01"),
    ("XBB", "plan_integrated", "yes", "2022-05-05"),
    ("XCC", "plan_integrated", "no", "2020-06-06"),
    ("XAA", "residual_capacity", "yes", None),
    ("XBB", "residual_capacity", "no", "2021-01-01"),
    ("XAA", "mbc_party", "yes", "2000-01-01"),
    ("XCC", "mbc_party", "no", "2010-01-01"),
    ("XAA", "mbc_deadline", "2022-03-01", "2012-01-01"),
    ("XAA", "mbc_deadline", "2026-03-01", "2023-02-01"),
]


def landcover():
    """Snow for 11 km to every side, and the valleys in it: (440, 440) uint8, row 0 in the north."""
    ground = np.full((440, 440), SNOW, dtype=np.uint8)
    for name, (x, y) in CORNER.items():
        bottom, left = (11_000 - y) // CELL_M, (x + 11_000) // CELL_M
        ground[bottom - WIDE_M // CELL_M : bottom, left : left + LONG_M // CELL_M] = BARE if name == "Ivy" else CROPLAND
    return ground


@pytest.fixture(scope="session")
def nine_communities(tmp_path_factory, metres):
    """The folder of the programme: layers, three tables and a map of land cover, read from files like any other."""
    folder = tmp_path_factory.mktemp("nine-communities")
    (folder / "programme.toml").write_text(NINE_TOML, encoding="utf-8")
    well = {"place_id": "W1", "kind": "water", "name": "well", "geometry": spot("Birch", 525, 225)}
    zones = [
        {"district_code": code, "name": code.title(), "level": "1", "geometry": shapely.box(-11_000, low, 11_000, high)}
        for code, (low, high) in DISTRICTS.items()
    ]
    layers = {
        "hazards": hazards(), "releases": releases(), "communities": communities(), "accidents": accidents(),
        "places": [well], "districts": zones,
    }  # fmt: skip
    for layer, rows in layers.items():
        gpd.GeoDataFrame(rows, geometry="geometry", crs=metres).to_file(folder / f"{layer}.gpkg", layer=layer)
    users = [dict(zip(("release_id", "community_id", *GROUPS), row, strict=True)) for row in BENEFICIARIES]
    facts = [dict(zip(("iso3", "fact", "value", "dated_on"), row, strict=True)) for row in COUNTRIES]
    tables = {"surveys": SURVEYS, "beneficiaries": users, "countries": facts}
    ids = {"beneficiaries": "beneficiary_id", "countries": "fact_id"}
    for table, rows in tables.items():
        frame = pd.DataFrame(rows)
        if table in ids:
            frame.insert(0, ids[table], [f"{table[0].upper()}{at:02}" for at in range(len(rows))])
        frame.to_csv(folder / f"{table}.csv", index=False)
    ground = landcover()
    with rasterio.open(
        folder / "landcover.tif", "w", driver="GTiff", width=440, height=440, count=1, dtype="uint8",
        crs=metres.to_wkt(), transform=rasterio.Affine(CELL_M, 0.0, -11_000.0, 0.0, -CELL_M, 11_000.0),
    ) as file:  # fmt: skip
        file.write(ground, 1)
    return folder


@pytest.fixture(scope="session")
def nine_by_year(nine_communities):
    """The nine communities over their years. Read only."""
    return series(open_programme(nine_communities))
