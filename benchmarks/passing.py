"""Peak memory of writing so many features in a format, as the system counts the pages of a process of its own (Linux).

passing.py FORMAT COUNT: the features are drawn batch by batch, so that none but those on their way are in memory, and
what is measured is the writing. Printed as JSON: MB before the first feature, MB at the peak, seconds.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from hazard_service.columns import HAZARDS
from hazard_service.downloads.formats import FORMATS, write
from hazard_service.downloads.table import BATCH, Table, carried, typed
from hazard_service.ogc.crs import CRS84, Crs

DEGREES = Crs(CRS84, "WGS 84", pyproj.CRS("OGC:CRS84"), swap_axes=False)
VERTICES = 20
COLUMNS = carried(HAZARDS)


def table_of(count: int) -> Table:
    """Hazards of a made-up programme, each batch drawn when it is asked for."""

    def frames() -> Iterator[gpd.GeoDataFrame]:
        for start in range(0, count, BATCH):
            yield _batch(start, min(BATCH, count - start))

    return Table(
        name="hazards", title="Hazards", description="Drawn.", shape="geometry-multipolygon", columns=COLUMNS,
        crs=DEGREES, count=count, whole=True, warning="Not safe.", warnings=("Not safe.",), about={}, frames=frames,
    )  # fmt: skip


def _batch(start: int, count: int) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(start)
    centres, angles = rng.uniform(-60, 60, (count, 1, 2)), np.linspace(0, 2 * np.pi, VERTICES, endpoint=False)
    radii = rng.uniform(0.001, 0.002, (count, VERTICES, 1))
    outlines = centres + radii * np.column_stack([np.cos(angles), np.sin(angles)])
    day = pd.Timestamp("2020-01-01")
    frame = pd.DataFrame(
        {
            "hazard_id": [f"H{row:07}" for row in range(start, start + count)],
            "name": [f"Hazard area number {row}" for row in range(start, start + count)],
            "kind": "SHA", "contamination": "ap_mine;uxo", "status": "open", "laid_on": pd.NaT, "reported_on": day,
            "closed_on": pd.NaT, "extent_method": "gps", "area_reported_m2": rng.uniform(1e4, 9e5, count),
            "district": "AX01", "area_m2": rng.uniform(1e4, 9e5, count), "cut_m2": 0.0,
            "communities_within_contact": 3, "has_line": False, "as_of": day, "data_date": day, "warning": "Not safe.",
        }
    )  # fmt: skip
    frame.index = pd.Index(frame["hazard_id"])
    return typed(frame, COLUMNS, shapely.multipolygons(shapely.polygons(outlines)[:, np.newaxis]), DEGREES)


def passing(form: str, count: int) -> dict[str, float]:
    """MB and seconds of writing them. Streams are read and dropped, as a server sends them."""
    one = FORMATS[form]
    with tempfile.TemporaryDirectory() as folder:
        write([table_of(10)], one, Path(folder), {})
        before, start = _peak_mb(), time.perf_counter()
        if one.stream is not None:
            for _ in one.stream(table_of(count)):
                pass
        else:
            write([table_of(count)], one, Path(folder), {})
        return {"before_mb": before, "peak_mb": _peak_mb(), "seconds": time.perf_counter() - start}


def _peak_mb() -> float:
    # Not getrusage: a process that was started by a large one would count that one's pages.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    print(json.dumps(passing(sys.argv[1], int(sys.argv[2]))))
