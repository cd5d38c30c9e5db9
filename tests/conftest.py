"""Hand-drawn worlds shared by the floors: frames in a metre CRS, so that every distance can be done by pencil."""

import datetime
import os
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyproj
import pytest
import shapely

from hazard_service.layers import Programme, open_programme
from hazard_service.layers.schema import LAYERS, TABLES
from hazard_service.layers.schemes import read_scheme
from hazard_service.series import Series, series
from hazard_service.settings import Settings
from hazard_service.shelves import sample_folder

METRES = pyproj.CRS("+proj=laea +lat_0=35 +lon_0=-40 +datum=WGS84 +units=m +no_defs")
BOSNIA = Path(__file__).resolve().parents[2] / "shared" / "data" / "bosnia-central"


@pytest.fixture(scope="session")
def bosnia_folder() -> Path:
    """The real case's programme folder; its data lies outside the project and may be absent."""
    if not BOSNIA.is_dir():
        pytest.skip("the real data of ../shared/data/bosnia-central is not beside this checkout")
    return Path(__file__).parent / "programmes" / "bosnia-central"


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Debian's chromium; CI may not go without."""
    import shutil

    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("CI needs chromium: .ci/run installs it")
    if found is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    return found


@pytest.fixture(scope="session")
def qgis(tmp_path_factory):
    """qgis(script, argument, ...): what a script prints as JSON, run by QGIS's own Python; CI may not go without."""
    import json
    import subprocess

    python, home = "/usr/bin/python3", str(tmp_path_factory.mktemp("qgis"))
    # QGIS's Python must not see this environment's packages.
    environment = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environment |= {"HOME": home, "XDG_RUNTIME_DIR": home}
    has = [python, "-c", "import qgis.core"]
    is_there = (
        Path(python).exists() and not subprocess.run(has, env=environment, capture_output=True, check=False).returncode
    )
    if not is_there and os.environ.get("CI") == "true":
        pytest.fail("CI needs QGIS: .ci/run installs python3-qgis")
    if not is_there:
        pytest.skip("no QGIS on this machine: apt-get install python3-qgis")

    def run(script, *arguments):
        asked = [python, str(script), *map(str, arguments)]
        done = subprocess.run(asked, env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="session")
def metres() -> pyproj.CRS:
    """The metre CRS of the hand-drawn worlds."""
    return METRES


@pytest.fixture(scope="session")
def draw_hazards():
    """Hazards from geometries: `draw_hazards([polygon, ...], kind=[...])`."""

    def draw(geometries, *, remnant=None, kind="SHA", crs=METRES, **columns):
        count = len(geometries)
        frame = pd.DataFrame(
            {
                "hazard_id": [f"H{number}" for number in range(count)],
                "kind": kind if isinstance(kind, list) else [kind] * count,
                "remnant": pd.Series(remnant or [None] * count, dtype=object),
                "dated_after_all": False,
            }
        )
        return gpd.GeoDataFrame(frame.assign(**columns), geometry=list(geometries), crs=crs)

    return draw


@pytest.fixture(scope="session")
def draw_communities():
    """Communities from geometries."""

    def draw(geometries, *, people=10.0, district=None, crs=METRES, **columns):
        count = len(geometries)
        frame = pd.DataFrame(
            {
                "community_id": [f"C{number}" for number in range(count)],
                "name": [f"Village {number}" for number in range(count)],
                "district": pd.Series(district or [None] * count, dtype=object),
                "people": people if isinstance(people, list) else [people] * count,
            }
        )
        return gpd.GeoDataFrame(frame.assign(**columns), geometry=list(geometries), crs=crs)

    return draw


@pytest.fixture(scope="session")
def draw_districts():
    """Districts from {code: geometry}."""

    def draw(zones, crs=METRES):
        frame = pd.DataFrame(
            {"district_code": list(zones), "name": [f"District {code}" for code in zones], "level": 1, "parent": None}
        )
        return gpd.GeoDataFrame(frame, geometry=list(zones.values()), crs=crs)

    return draw


@pytest.fixture(scope="session")
def box():
    """shapely.box with metres."""
    return shapely.box


def drawn_layer(layer, rows, crs=METRES):
    """A layer of a programme with all its columns, from rows of {column: value, "geometry": polygon}."""
    dtypes = {"date": "datetime64[s]", "number": "float64", "flag": "float64"}
    columns = {
        name: pd.Series([row.get(name) for row in rows], dtype=object).astype(dtypes.get(kind, object))
        for name, kind in LAYERS[layer].items()
    }
    if layer == "hazards":
        columns["remnant"] = pd.Series([row.get("remnant") for row in rows], dtype=object)
        columns["dated_after_all"] = pd.Series([False] * len(rows), dtype=bool)
    return gpd.GeoDataFrame(columns, geometry=[row["geometry"] for row in rows], crs=crs)


def drawn_boundaries(shapes=()):
    """Boundaries of countries from (iso3, name, polygon in degrees)."""
    rows = pd.DataFrame([row[:2] for row in shapes], columns=["iso3", "name"], dtype=object)
    return gpd.GeoDataFrame(rows, geometry=[row[2] for row in shapes], crs="EPSG:4326")


@pytest.fixture(scope="session")
def draw_boundaries():
    """`draw_boundaries([("XAA", "Acornland", polygon), ...])`."""
    return drawn_boundaries


@pytest.fixture(scope="session")
def draw_programme():
    """A programme drawn in metres, no file read: `draw_programme(hazards=[{...}, ...], releases=[...])`.

    Hazards are SHA with anti-personnel mines, open and known for ever, unless a row says otherwise; releases clear.
    Baseline 2005-12-31, data date 2025-12-31, unless `stated` says otherwise.
    """
    known = {
        "hazards": {"kind": "SHA", "contamination": "ap_mine", "status": "open"},
        "releases": {"method": "cleared"},
        "districts": {"level": "1"},
    }

    def draw(*, crs=METRES, unplaced=(), hazards=(), **stated):
        rows = {"hazards": hazards} | {layer: stated.pop(layer, ()) for layer in LAYERS if layer != "hazards"}
        layers = {
            layer: drawn_layer(layer, [known.get(layer, {}) | row for row in given], crs)
            for layer, given in rows.items()
        }
        plain = {
            "folder": Path("drawn"), "name": "Drawn by hand", "country": "XXX", "fictional": True,
            "baseline_date": datetime.date(2005, 12, 31), "data_date": datetime.date(2025, 12, 31),
            "scheme": read_scheme("lis", Path("drawn")), "settings": Settings(), "cell_reason": "the usual size",
            "findings": pd.DataFrame(), "rows": pd.DataFrame(), "elevation": None, "landcover": None,
            "population": None, "caveats": (), "sources": {}, "country_boundaries": drawn_boundaries(),
        }  # fmt: skip
        tables = {name: pd.DataFrame(columns=list(columns)) for name, columns in TABLES.items()}
        missing = pd.DataFrame(list(unplaced), columns=["hazard_id", "kind", "district", "reason"])
        return Programme(crs=crs, unplaced=missing, **layers, **(tables | plain | stated))

    return draw


SIX_VILLAGES_TOML = """
name = "Six villages"
country = "XXX"
fictional = true
baseline_date = 2005-12-31
data_date = 2026-06-30

[settings]
reach_min = 10
water_min = 10
school_min = 10
health_min = 10
market_min = 10
"""

SPACING_M = 4000.0
VILLAGES = ("ringed", "laid", "found", "corrected", "redrawn", "quiet")


def ring(x, *, outer=200.0, inner=100.0):
    """A square ring round a village: walls of 100 m, a yard of 4 × 4 cells inside."""
    wall, yard = shapely.box(x - outer, -outer, x + outer, outer), shapely.box(x - inner, -inner, x + inner, inner)
    return shapely.difference(wall, yard)


@pytest.fixture(scope="session")
def six_villages(tmp_path_factory, metres) -> Path:
    """A programme folder: six villages, 4 km apart, each with one thing happening to it (tests/test_assessment.py)."""
    folder = tmp_path_factory.mktemp("six-villages")
    (folder / "programme.toml").write_text(SIX_VILLAGES_TOML, encoding="utf-8")
    at = {name: (number - 2.5) * SPACING_M for number, name in enumerate(VILLAGES)}

    def write(layer, rows):
        frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=metres).to_crs("EPSG:4326")
        frame.to_file(folder / f"{layer}.geojson", driver="GeoJSON")

    def hazard(name, geometry, **more):
        dates = {"reported_on": None, "closed_on": None, "laid_on": None, "status": "open"}
        return {"hazard_id": name, "kind": "CHA", "contamination": "ap_mine", **dates, **more, "geometry": geometry}

    write(
        "hazards",
        [
            hazard("H-ringed", ring(at["ringed"])),
            hazard("H-laid", ring(at["laid"]), reported_on="2015-01-01", laid_on="2014-06-01"),
            hazard("H-found", ring(at["found"]), reported_on="2015-01-01"),
            hazard("H-corrected", ring(at["corrected"]), status="closed", closed_on="2012-01-01"),
            hazard("H-redrawn", ring(at["redrawn"]), status="closed", closed_on="2010-01-01"),
            hazard("H-tighter", ring(at["redrawn"], outer=190.0, inner=110.0), reported_on="2010-01-01"),
        ],
    )
    cleared = {"release_id": "R1", "hazard_id": "H-ringed", "method": "cleared", "handed_over_on": "2010-05-05"}
    write("releases", [cleared | {"geometry": shapely.box(at["ringed"] - 250, -250, at["ringed"] + 250, 250)}])
    write(
        "communities",
        [
            {"community_id": name, "name": name, "people": 100, "geometry": shapely.Point(x + 25, 25)}
            for name, x in at.items()
        ],
    )
    write(
        "places",
        [
            {"place_id": f"W-{n}", "kind": "water", "name": "well", "geometry": shapely.Point(x + 25, 325)}
            for n, x in at.items()
        ],
    )
    return folder


@pytest.fixture(scope="session")
def three_roads(tmp_path_factory, metres) -> Path:
    """A programme folder: three villages, each with a wall 200 m thick between it and its well, and a road through.

    By the road "corridor" two hazards are drawn up to the road from both sides and leave no gap; the others cross the
    road, which at "lane" was opened in 2010. Roads run 600 m from cell centre to cell centre (tests/test_roads.py).
    """
    folder = tmp_path_factory.mktemp("three-roads")
    toml = SIX_VILLAGES_TOML.replace("Six villages", "Three roads").replace("[settings]", "[settings]\ncell_m = 50")
    (folder / "programme.toml").write_text(toml, encoding="utf-8")
    at = {"corridor": -SPACING_M + 25.0, "crossed": 25.0, "lane": SPACING_M + 25.0}

    def write(layer, rows):
        gpd.GeoDataFrame(rows, geometry="geometry", crs=metres).to_file(folder / f"{layer}.gpkg", layer=layer)

    def hazard(name, bottom, top):
        return {"hazard_id": name, "kind": "CHA", "geometry": shapely.box(200, bottom, 400, top)}

    write(
        "hazards",
        [
            hazard("H-north", at["corridor"], at["corridor"] + 1500),
            hazard("H-south", at["corridor"] - 1500, at["corridor"]),
            hazard("H-crossed", at["crossed"] - 1500, at["crossed"] + 1500),
            hazard("H-lane", at["lane"] - 1500, at["lane"] + 1500),
        ],
    )
    opened = {"lane": "2010-05-01"}
    write(
        "routes",
        [
            {"route_id": n, "open_since": opened.get(n), "geometry": shapely.LineString([(25, y), (625, y)])}
            for n, y in at.items()
        ],
    )
    villages = [{"community_id": n, "name": n, "people": 100, "geometry": shapely.Point(25, y)} for n, y in at.items()]
    write("communities", villages)
    wells = [{"place_id": f"W-{n}", "kind": "water", "geometry": shapely.Point(625, y)} for n, y in at.items()]
    write("places", wells)
    return folder


@pytest.fixture(scope="session")
def villages_by_year(six_villages) -> Series:
    """The six villages over all their years. Read only."""
    return series(open_programme(six_villages))


@pytest.fixture(scope="session")
def sample_by_year() -> Series:
    """The sample over all its years. Read only."""
    return series(open_programme(sample_folder()))
