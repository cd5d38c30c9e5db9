"""A country of many provinces: each is the fixed map of `geography.py` with a story of its own, side by side.

Provinces are moved in degrees, by whole steps of the seventh decimal, so that what fits in one fits after moving too.
"""

import math
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.crs
import shapely
from affine import Affine
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from hazard_service.layers.synthetic.frame import CENTRE_LAT, CENTRE_LON, DECIMALS, Array, degrees, metres
from hazard_service.layers.synthetic.geography import HILLS, LAND_HALF_HEIGHT_KM, LAND_HALF_WIDTH_KM, TOWNS
from hazard_service.layers.synthetic.landscape import Relief, walk_margin_m, write_bands
from hazard_service.layers.synthetic.roads import Route, winding
from hazard_service.layers.synthetic.story import Story

Record = dict[str, Any]
Row = tuple[Record, BaseGeometry]
Built = list[tuple[Array, float]]

# From one province to the next: 46.0 km east, 36.1 km north, two meanders of the river, so that it runs on.
STEP_DEG = np.array([0.504, 0.325])
STEP_M = np.array([46_010.0, 36_056.0])
_CELLS_A_STEP = np.array([504, 325])  # raster cells of 0.001°, about 100 m
_CELL_DEG = 0.001

# Ribbonfell to the next province's Teacupstead in the east, Quillhaven to its Candlemere in the north.
_LINKS = ((8, 3, (1, 0)), (6, 5, (0, 1)))
_IDS = (
    "hazard_id", "release_id", "community_id", "place_id", "route_id", "accident_id", "district_code", "district",
    "survey_id", "beneficiary_id",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Province:
    """One tile of the country; `column` counts from the west, `row` from the south."""

    number: int
    column: int
    row: int
    middle: tuple[float, float]  # column and row of the country's centre
    story: Story

    @property
    def shift_deg(self) -> Array:
        """Longitude and latitude from the fixed map to this province."""
        return STEP_DEG * (np.array([self.column, self.row]) - self.middle)

    def relief(self, whole: Story) -> Relief:
        """Its part of the one relief of the country."""
        return Relief(whole, origin_m=STEP_M * np.array([self.column, self.row]), hills=_HILLS_AROUND)

    def placed(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Rows in local metres as rows in degrees, their ids and names told apart from other provinces'."""
        return ((self.told_apart(record), shapely.transform(geometry, self._degrees)) for record, geometry in rows)

    def told_apart(self, record: Record) -> Record:
        """A record with its ids and name unlike those of other provinces."""
        told = {
            key: f"{self.number + 1:03d}-{value}" if key in _IDS and value is not None else value
            for key, value in record.items()
        }
        if "name" in told:
            told["name"] = f"{told['name']} {self.number + 1}"
        return told

    def _degrees(self, xy: Array) -> Array:
        return np.round(degrees(xy) + self.shift_deg, DECIMALS)


def provinces(story: Story, *, least: tuple[int, int]) -> list[Province]:
    """As many provinces as keep the sample's densities, with `least` hazards and communities in each at the least."""
    wanted = round(max(story.hazards / Story.hazards, story.communities / Story.communities))
    count = max(1, min(wanted, story.hazards // least[0], story.communities // least[1]))
    columns = max(1, round(math.sqrt(count * STEP_M[1] / STEP_M[0])))
    middle = ((columns - 1) / 2.0, (math.ceil(count / columns) - 1) / 2.0)
    return [
        Province(
            number,
            number % columns,
            number // columns,
            middle,
            replace(
                story,
                hazards=_share(story.hazards, number, count),
                communities=_share(story.communities, number, count),
                province=number,
            ),
        )
        for number in range(count)
    ]


def _share(whole: int, number: int, count: int) -> int:
    return whole * (number + 1) // count - whole * number // count


def links(province: Province, country: list[Province]) -> list[Route]:
    """Primary roads from a province to its neighbours in the east and north."""
    rng = province.story.rng("roads")
    rng.bytes(256)
    there = {(other.column, other.row) for other in country}
    found = []
    for start, end, (right, up) in _LINKS:
        if (province.column + right, province.row + up) in there:
            first, last = (np.array([[TOWNS[rank].x_km, TOWNS[rank].y_km]]) * 1000.0 for rank in (start, end))
            beyond = metres(degrees(last) + STEP_DEG * (right, up))
            found.append(Route("primary", winding(rng, first[0], beyond[0])))
    return found


def write_country(
    folder: Path, whole: Story, country: list[Province], built: list[Built], say: Callable[[str], None]
) -> None:
    """elevation.tif and landcover.tif of the whole country and every walk from it, in degrees, about 100 m a cell."""
    pad = math.ceil(walk_margin_m() / (_CELL_DEG * 90_000.0))
    columns, rows = (max(getattr(province, name) for province in country) + 1 for name in ("column", "row"))
    shape = rows * int(_CELLS_A_STEP[1]) + 2 * pad, columns * int(_CELLS_A_STEP[0]) + 2 * pad
    corner = np.array([CENTRE_LON, CENTRE_LAT]) + STEP_DEG * (-0.5 - np.array(country[0].middle)) - pad * _CELL_DEG
    elevation, landcover = np.zeros(shape, np.int16), np.zeros(shape, np.uint8)

    def draw(tile: tuple[int, int]) -> None:
        """One tile of the lattice; those without a province (the last row may be short) get a province's ground."""
        column, row = tile
        at = next((rank for rank, p in enumerate(country) if (p.column, p.row) == tile), None)
        province = replace(country[0], column=column, row=row) if at is None else country[at]
        cols_in, rows_up = _cells(column, columns, 0, pad), _cells(row, rows, 1, pad)
        lon = corner[0] + (np.arange(cols_in.start, cols_in.stop) + 0.5) * _CELL_DEG
        lat = corner[1] + (np.arange(rows_up.start, rows_up.stop)[::-1] + 0.5) * _CELL_DEG
        there = np.stack(np.meshgrid(lon, lat), axis=-1)
        x_m, y_m = metres(there.reshape(-1, 2) - province.shift_deg).T
        relief = province.relief(whole)
        rows_in = slice(shape[0] - rows_up.stop, shape[0] - rows_up.start)
        elevation[rows_in, cols_in] = np.rint(relief.height_m(x_m, y_m)).reshape(there.shape[:2])
        cover: NDArray[np.uint8] = relief.landcover(x_m, y_m, [] if at is None else built[at])
        landcover[rows_in, cols_in] = cover.reshape(there.shape[:2])

    say(f"Drawing {elevation.size / 1e6:,.0f} million cells of relief and land cover.")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(draw, [(column, row) for row in range(rows) for column in range(columns)]))
    top = corner[1] + shape[0] * _CELL_DEG
    write_bands(
        folder,
        elevation,
        landcover,
        rasterio.crs.CRS.from_epsg(4326),
        Affine(_CELL_DEG, 0.0, corner[0], 0.0, -_CELL_DEG, top),
    )


def _cells(at: int, count: int, axis: int, pad: int) -> slice:
    """Cells of one tile along an axis; the outer tiles take the margin."""
    step = int(_CELLS_A_STEP[axis])
    return slice(at * step + pad * (at > 0), (at + 1) * step + pad + pad * (at == count - 1))


def _hills_around() -> tuple[tuple[float, float, float, float], ...]:
    """The hills on a province's own land, and its neighbours' that can be seen from it."""
    half = np.array([LAND_HALF_WIDTH_KM, LAND_HALF_HEIGHT_KM])
    found = []
    for x, y, height_m, width_km in HILLS:
        if abs(x) > half[0] or abs(y) > half[1]:
            continue
        for right in (-1, 0, 1):
            for up in (-1, 0, 1):
                at = np.array([x, y]) + STEP_M / 1000.0 * (right, up)
                if np.all(np.abs(at) < half + 4.0 * width_km):  # at four widths it is 0.2 m high
                    found.append((float(at[0]), float(at[1]), height_m, width_km))
    return tuple(found)


_HILLS_AROUND = _hills_around()
