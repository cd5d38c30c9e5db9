"""Pages of OGC API - Features: ours against GeoDataFrame.to_json, and over HTTP against pygeoapi."""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import urlopen

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import waitress
from closing import hazards as blobs
from measuring import machine, spread, table, timed

from hazard_service.columns import DATES, HAZARDS
from hazard_service.layers import open_programme
from hazard_service.ogc import documents
from hazard_service.ogc.crs import CRS84, offered
from hazard_service.ogc.frames import Period
from hazard_service.ogc.layer import Layer
from hazard_service.ogc.layers import Layers
from hazard_service.ogc.links import Address
from hazard_service.ogc.query import read_query
from hazard_service.web import create_app
from hazard_service.web.answers import Answers

METRES = "+proj=laea +lat_0=44 +lon_0=18 +datum=WGS84 +units=m"
PAGE = 1_000
FILTER = "kind = 'SHA' AND area_m2 > 150000 AND reported_on >= DATE('2001-01-01')"
_SERVE = """
import os, pathlib
from pygeoapi.openapi import generate_openapi_document
config, openapi = (pathlib.Path(os.environ[name]) for name in ("PYGEOAPI_CONFIG", "PYGEOAPI_OPENAPI"))
openapi.write_text(generate_openapi_document(config, "yaml"))
from pygeoapi.flask_app import APP
import waitress
waitress.serve(APP, host="127.0.0.1", port={port}, threads=4)
"""
PROGRAMME = """name = "Drawn for a benchmark"
country = "XXX"
fictional = true
baseline_date = 2005-12-31
data_date = 2026-06-30
"""


def drawn(count: int) -> gpd.GeoDataFrame:
    """Blobs of 60 vertices with the columns of the collection hazards."""
    rng = np.random.default_rng(3)
    frame = gpd.GeoDataFrame(
        {
            "hazard_id": [f"H{number:06}" for number in range(count)],
            "name": [f"Hazard area number {number}" for number in range(count)],
            "kind": rng.choice(["SHA", "CHA"], count, p=[0.8, 0.2]),
            "contamination": rng.choice(["ap_mine", "ap_mine;uxo", "cluster"], count),
            "status": "open",
            "reported_on": pd.Timestamp("1995-01-01") + pd.to_timedelta(rng.integers(0, 4000, count), unit="D"),
            "extent_method": "gps",
            "area_reported_m2": rng.uniform(1e4, 9e5, count).round(),
            "district": rng.choice(["AX01", "AX02", "AX03"], count),
        },
        geometry=blobs(count),
        crs=METRES,
    )
    return frame.assign(reported_on=frame["reported_on"].astype("datetime64[s]"))


def programme_of(frame: gpd.GeoDataFrame, folder: Path) -> Any:
    """A programme with these hazards and one community."""
    (folder / "programme.toml").write_text(PROGRAMME, encoding="utf-8")
    dated = frame.assign(reported_on=frame["reported_on"].dt.strftime("%Y-%m-%d"))
    dated.to_crs("EPSG:4326").to_file(folder / "hazards.gpkg", layer="hazards")
    people = {"community_id": ["C1"], "name": ["One"], "people": [10.0]}
    gpd.GeoDataFrame(people, geometry=[frame.geometry.iloc[0].centroid], crs=METRES).to_crs("EPSG:4326").to_file(
        folder / "communities.gpkg", layer="communities"
    )
    return open_programme(folder)


def side_by_side(works: dict[str, Callable[[], Any]], repeats: int) -> dict[str, list[float]]:
    """Seconds of each work, one after the other, again and again."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            seconds[name].append(timed(work)[0])
    return seconds


def pages(layer: Layer, programme: Any, repeats: int) -> None:
    """The same thousand features: of all, and of those that a filter chooses."""
    degrees = layer.frame.to_crs("EPSG:4326")
    columns = list(layer.columns)
    offset = len(layer) // 2

    def ours(**given: str) -> bytes:
        given = {"limit": str(PAGE), **given}
        query = read_query(given, layer.columns, programme)
        here = Address("http://127.0.0.1/ogc", "/collections/hazards/items", given, "json")
        return documents.items("hazards", layer, query, here)

    def theirs(frame: gpd.GeoDataFrame, start: int) -> str:
        return frame.iloc[start : start + PAGE].to_json()

    def chosen() -> gpd.GeoDataFrame:
        since = degrees["reported_on"] >= "2001-01-01"
        return degrees[(degrees["kind"] == "SHA") & (degrees["area_m2"] > 150_000) & since]

    # to_json takes no dates: it gets them as text, made before.
    for name in columns:
        if pd.api.types.is_datetime64_dtype(degrees[name]):
            degrees[name] = degrees[name].dt.strftime("%Y-%m-%d").astype(object)
    rows = []
    for what, mine, other in (
        ("any page", lambda: ours(offset=str(offset)), lambda: theirs(degrees, offset)),
        ("a filtered page", lambda: ours(filter=FILTER), lambda: theirs(chosen(), 0)),
    ):
        same = [feature["id"] for feature in json.loads(mine())["features"]]
        assert same == [feature["id"] for feature in json.loads(other())["features"]]
        seconds = side_by_side({"ours": mine, "to_json": other}, repeats)
        own, their = (median(seconds[name]) for name in ("ours", "to_json"))
        rows.append((what, own * 1e3, spread(seconds["ours"]), their * 1e3, spread(seconds["to_json"]), their / own))
    print(f"\n### A page of {PAGE:,} of {len(layer):,}\n")
    print(table(("page", "ours, ms", "spread", "to_json, ms", "spread", "times as fast"), rows))


def boxes(count: int, programme: Any, repeats: int) -> None:
    """The first page of what a box meets."""
    frame = drawn(count).set_index("hazard_id", drop=False).rename_axis("id")
    frame = frame.assign(area_m2=frame.area).reindex(columns=[*HAZARDS, *DATES, "geometry"])
    layer = Layer(gpd.GeoDataFrame(frame, crs=METRES), {**HAZARDS, **DATES})
    crs84 = offered(programme)[CRS84]
    prepared, _ = timed(lambda: layer.features(np.arange(1), crs84))
    west, south, east, north = shapely.total_bounds(layer.drawn(crs84).shown)
    rows = []
    for share in (0.01, 0.1, 0.5):
        side = share**0.5
        bbox = f"{west},{south},{west + side * (east - west)},{south + side * (north - south)}"
        for limit in (100, PAGE):
            given = {"bbox": bbox, "limit": str(limit)}
            query = read_query(given, layer.columns, programme)
            here = Address("http://127.0.0.1/ogc", "/collections/hazards/items", given, "json")
            seconds = [
                timed(lambda query=query, here=here: documents.items("hazards", layer, query, here))[0]
                for _ in range(repeats)
            ]
            matched = json.loads(documents.items("hazards", layer, query, here))["numberMatched"]
            rows.append((f"{share:.0%} of the ground", matched, limit, median(seconds) * 1e3, spread(seconds)))
    print(f"\n### The first page of a box over {count:,} (prepared once, in {prepared:.1f} s)\n")
    print(table(("box", "features it meets", "limit", "ms", "spread"), rows))


def over_http(programme: Any, folder: Path, python: str, repeats: int) -> None:
    """The same page of the same features over HTTP, both behind waitress; pygeoapi with its GeoJSON provider."""
    app = waitress.create_server(create_app(programme), host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=app.run, daemon=True).start()
    ours = f"http://127.0.0.1:{app.effective_port}/ogc/collections/hazards/items?offset=5000&limit={PAGE}&f=json"
    every = ours.replace(f"offset=5000&limit={PAGE}", "limit=10000")
    source = folder / "source.geojson"
    source.write_bytes(urlopen(every, timeout=600).read())
    has = subprocess.run([python, "-c", "import pygeoapi, waitress; print(pygeoapi.__version__)"], capture_output=True,
                         text=True, check=False)  # fmt: skip
    works: dict[str, Callable[[], Any]] = {"ours": lambda: urlopen(ours, timeout=600).read()}
    print("\n### The same page over HTTP\n")
    if has.returncode:
        print("pygeoapi is not installed (`pip install -e '.[bench]'`), so it is left out.\n")
        works["ours"]()
        seconds = side_by_side(works, repeats)
    else:
        with pygeoapi(python, source, folder) as port:
            theirs = f"http://127.0.0.1:{port}/collections/hazards/items?offset=5000&limit={PAGE}&f=json"
            works["pygeoapi"] = lambda: urlopen(theirs, timeout=600).read()
            pages = [json.loads(work()) for work in works.values()]
            same = [{feature["id"]: feature["geometry"] for feature in page["features"]} for page in pages]
            assert same[0] == same[1]
            assert len(same[0]) == PAGE
            seconds = side_by_side(works, repeats)
    own = median(seconds["ours"])
    rows = [
        (f"pygeoapi {has.stdout.strip()}" if name == "pygeoapi" else name, 1 / median(one), median(one) * 1e3,
         spread(one), median(one) / own)
        for name, one in seconds.items()
    ]  # fmt: skip
    print(table(("server", "pages a second", "ms", "spread", "times as long as ours"), rows))
    app.close()


@contextmanager
def pygeoapi(python: str, source: Path, folder: Path) -> Iterator[int]:
    """A pygeoapi that serves the features of a GeoJSON file; its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    described = {"type": "feature", "name": "GeoJSON", "data": str(source), "id_field": "id"}
    url = f"http://127.0.0.1:{port}"
    config = {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port}, "url": url, "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8", "languages": ["en"], "pretty_print": False, "gzip": False,
            "limits": {"default_items": PAGE, "max_items": PAGE},
            "map": {"url": f"{url}/none/{{z}}/{{x}}/{{y}}.png", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {"title": "x", "description": "x", "keywords": ["x"], "keywords_type": "theme",
                               "terms_of_service": "x", "url": url},
            "license": {"name": "x", "url": url}, "provider": {"name": "x", "url": url}, "contact": {"name": "x"},
        },
        "resources": {
            "hazards": {
                "type": "collection", "title": "x", "description": "x", "keywords": ["x"], "links": [],
                "extents": {"spatial": {"bbox": [-180, -90, 180, 90]}}, "providers": [described],
            }
        },
    }  # fmt: skip
    paths = {"PYGEOAPI_CONFIG": folder / "config.yml", "PYGEOAPI_OPENAPI": folder / "openapi.yml"}
    paths["PYGEOAPI_CONFIG"].write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML
    environment = {**os.environ, "PYTHONPATH": "", **{name: str(path) for name, path in paths.items()}}
    code = _SERVE.format(port=port)
    running = subprocess.Popen([python, "-c", code], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        for _ in range(240):
            if running.poll() is not None:
                raise SystemExit(f"pygeoapi did not start: {running.stderr.read().decode()[-800:]}")  # type: ignore[union-attr]
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.25)
        yield port
    finally:
        running.terminate()
        running.wait(timeout=30)


def main() -> None:
    options = argparse.ArgumentParser(description="Pages of features, ours against peers.")
    options.add_argument("--features", type=int, default=10_000)
    options.add_argument("--many", type=int, default=100_000, help="features that a box is asked of")
    options.add_argument("--repeats", type=int, default=9)
    options.add_argument("--pygeoapi-python", default=sys.executable, help="a Python that has pygeoapi and waitress")
    asked = options.parse_args()
    print(f"## Pages of features\n\n{machine()}. {asked.features:,} polygons of 60 vertices.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programme = programme_of(drawn(asked.features), folder)
        today = Period(programme.data_date, programme.data_date)
        layer = Layers(Answers(programme)).layer("hazards", today)
        prepared, _ = timed(lambda: layer.features(np.arange(1), offered(programme)[CRS84]))
        print(f"Prepared once in {prepared:.1f} s.")
        pages(layer, programme, asked.repeats)
        boxes(asked.many, programme, asked.repeats)
        over_http(programme, folder, asked.pygeoapi_python, asked.repeats)


if __name__ == "__main__":
    main()
