"""Downloads: writing GeoJSON against pyogrio, and the peak memory of every format while many features pass."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from features import METRES, drawn, side_by_side
from measuring import machine, spread, table
from passing import COLUMNS, DEGREES

from hazard_service.columns import HAZARDS
from hazard_service.downloads.formats import FORMATS
from hazard_service.downloads.table import BATCH, Table, frames_of, typed
from hazard_service.downloads.text import geojson
from hazard_service.ogc.layer import Layer

WARNING = "Not for navigation or safety decisions. No recorded hazard here is not proof of safety."


def writing(count: int, repeats: int) -> None:
    """The same polygons to a GeoJSON file, 7 decimals: ours from a frame in degrees, and in metres; pyogrio's."""
    metres = drawn(count).set_index("hazard_id", drop=False).rename_axis("id")
    day = pd.Timestamp("2026-06-30")
    metres = metres.assign(area_m2=metres.area, as_of=day, data_date=day, warning=WARNING)
    metres = gpd.GeoDataFrame(metres.reindex(columns=[*COLUMNS, "geometry"]), crs=METRES)
    degrees = metres.to_crs("EPSG:4326")
    layer = Layer(metres, COLUMNS)
    told = {"driver": "GeoJSON", "layer_options": {"COORDINATE_PRECISION": "7"}}

    def ready() -> Sequence[gpd.GeoDataFrame]:
        parts = (degrees.iloc[start : start + BATCH] for start in range(0, count, BATCH))
        return [typed(part, COLUMNS, part.geometry.to_numpy(), DEGREES) for part in parts]

    def written(frames: object) -> None:
        one = Table(
            name="hazards", title="Hazards", description="Drawn.", shape="geometry-multipolygon", columns=COLUMNS,
            crs=DEGREES, count=count, whole=True, warning=WARNING, warnings=(WARNING,), about={}, frames=frames,
        )  # fmt: skip
        with ours.open("wb") as file:
            file.writelines(geojson(one))

    with tempfile.TemporaryDirectory() as name:
        ours, theirs = Path(name) / "ours.geojson", Path(name) / "theirs.geojson"
        works = {
            "ours, from degrees": lambda: written(lambda: iter(ready())),
            "ours, from metres": lambda: written(lambda: frames_of(layer, np.arange(count), COLUMNS, DEGREES, WARNING)),
            "pyogrio": lambda: pyogrio.write_dataframe(degrees, theirs, **told),
            "pyogrio with Arrow": lambda: pyogrio.write_dataframe(degrees, theirs, use_arrow=True, **told),
        }
        for work in works.values():
            work()
        same = [shapely.from_wkb(pyogrio.read_dataframe(path).geometry.to_wkb()) for path in (ours, theirs)]
        assert shapely.hausdorff_distance(*same).max() < 1e-6
        seconds = side_by_side(works, repeats)
        size = {name: (ours if name.startswith("ours") else theirs).stat().st_size / 1e6 for name in works}
    best = median(seconds["ours, from degrees"])
    rows = [(name, median(one), spread(one), size[name], median(one) / best) for name, one in seconds.items()]
    print(f"\n### GeoJSON of {count:,} polygons of 60 vertices, {len(HAZARDS)} columns, to a file\n")
    print(table(("writer", "seconds", "spread", "MB", "times as long as ours"), rows))


def memory(counts: Sequence[int], forms: Sequence[str]) -> None:
    """Peak memory while so many features pass, each format and count in a process of its own."""
    rows = []
    child = Path(__file__).with_name("passing.py")
    for form in forms:
        found = []
        for count in counts:
            done = subprocess.run([sys.executable, str(child), form, str(count)], capture_output=True, text=True,
                                  check=True, env=os.environ)  # fmt: skip
            found.append(json.loads(done.stdout))
        peaks = [one["peak_mb"] for one in found]
        rows.append((form, found[0]["before_mb"], *peaks, peaks[-1] / peaks[0], found[-1]["seconds"]))
    print("\n### Peak memory while features pass\n")
    heads = ("format", "MB before", *(f"MB, {count:,}" for count in counts), "last / first", "seconds, last")
    print(table(heads, rows))


def main() -> None:
    options = argparse.ArgumentParser(description="Downloads: speed of GeoJSON, memory of every format.")
    options.add_argument("--features", type=int, default=10_000)
    options.add_argument("--repeats", type=int, default=7)
    options.add_argument("--counts", type=int, nargs="+", default=[100_000, 1_000_000])
    options.add_argument("--formats", nargs="*", default=list(FORMATS))
    asked = options.parse_args()
    print(f"## Downloads\n\n{machine()}.")
    writing(asked.features, asked.repeats)
    memory(asked.counts, asked.formats)


if __name__ == "__main__":
    main()
