"""Ground drawn from a fixed seed for the benchmarks: friction, hazards, hills, and a wall that must not leak."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.features import rasterize
from shapely.geometry import LineString, Point, Polygon

from hazard_service.ground.grid import Grid

LEVEL_MIN_PER_M = 60.0 / 3000.0  # 3 km/h
PATCH_CELLS = 25
WALL_CELLS = 60


@dataclass(frozen=True, eq=False)
class World:
    """One square of ground. Ours walks among `hazards`; the peers get them burnt into cells, and get that for free."""

    grid: Grid
    min_per_m: NDArray[np.float32]  # (rows, cols) finite everywhere
    hazards: list[Polygon]
    burnt: NDArray[np.bool_]  # (rows, cols) the cell's centre lies in a hazard
    source: tuple[int, int]  # row, column

    @property
    def open_cells(self) -> int:
        return int(self.burnt.size - np.count_nonzero(self.burnt))

    def raster_min_per_m(self) -> NDArray[np.float32]:
        """Friction as peers that know cells only take it: inf where the hazards are burnt in."""
        return np.where(self.burnt, np.float32(np.inf), self.min_per_m)


def world(cells: int, cell_m: float, hazards: int, hazard_m: float, seed: int = 7) -> World:
    """A world of cells x cells: blobs of about `hazard_m` radius, and belts and rings thinner than a cell."""
    rng = np.random.default_rng(seed)
    grid = _grid(cells, cell_m)
    middle = (cells // 2, cells // 2)
    keep_free = Point(*(float(v) for v in grid.centre_xy(*middle))).buffer(3 * cell_m)
    drawn = [_hazard(rng, i, cells * cell_m, cell_m, hazard_m) for i in range(hazards)]
    kept = [hazard for hazard in drawn if not hazard.intersects(keep_free)]
    return World(grid, _friction(rng, cells), kept, _burn(kept, grid), middle)


def diagonal_wall() -> World:
    """A thin wall from corner to corner of a small square, the source south-west of it.

    Burnt in, the wall is one cell wide and its cells meet at corners only: whatever passes between them has leaked.
    """
    grid = _grid(WALL_CELLS, 50.0)
    far_m = WALL_CELLS * 50.0
    wall = LineString([(-100.0, far_m + 100.0), (far_m + 100.0, -100.0)]).buffer(5.0)
    friction = np.full(grid.shape, LEVEL_MIN_PER_M, np.float32)
    return World(grid, friction, [wall], _burn([wall], grid), (WALL_CELLS - 5, 5))


def beyond_wall() -> NDArray[np.bool_]:
    """The cells of `diagonal_wall` on the far side."""
    return np.triu(np.ones((WALL_CELLS, WALL_CELLS), np.bool_), 1)


def hills_m(cells: int, cell_m: float, seed: int = 11) -> NDArray[np.float32]:
    """(cells, cells) heights in m: six waves 1.5 to 10 km long, slopes of about 1 in 6."""
    rng = np.random.default_rng(seed)
    along = np.arange(cells, dtype=np.float32) * np.float32(cell_m)
    heights = np.zeros((cells, cells), np.float32)
    for wave_m in np.geomspace(1500.0, 10000.0, 6):
        bearing, phase = rng.uniform(0.0, 2.0 * np.pi, 2)
        down, right = 2.0 * np.pi / wave_m * np.array([np.cos(bearing), np.sin(bearing)])
        angle = np.float32(down) * along[:, None] + np.float32(right) * along[None, :] + np.float32(phase)
        heights += np.float32(0.015 * wave_m) * np.sin(angle)
    return heights


def _grid(cells: int, cell_m: float) -> Grid:
    return Grid(CRS.from_epsg(3035), 0.0, cells * cell_m, cell_m, cells, cells)


def _friction(rng: np.random.Generator, cells: int) -> NDArray[np.float32]:
    """3 km/h, slower and faster by patches and from cell to cell."""
    patches = rng.uniform(0.7, 1.4, (cells // PATCH_CELLS + 1,) * 2).astype(np.float32)
    by_patch = patches.repeat(PATCH_CELLS, 0).repeat(PATCH_CELLS, 1)[:cells, :cells]
    return np.float32(LEVEL_MIN_PER_M) * by_patch * rng.uniform(0.8, 1.2, (cells, cells)).astype(np.float32)


def _hazard(rng: np.random.Generator, i: int, side_m: float, cell_m: float, hazard_m: float) -> Polygon:
    """Of fifty hazards one is a closed ring and five are belts, all thinner than a cell; the others are blobs."""
    x, y = rng.uniform(0.0, side_m, 2)
    radius_m = hazard_m * rng.uniform(0.4, 1.6)
    angles = np.sort(rng.uniform(0.0, 2.0 * np.pi, int(rng.integers(8, 24))))
    reach_m = radius_m * rng.uniform(0.6, 1.4, len(angles))
    if i % 50 == 0:
        return Point(x, y).buffer(radius_m).exterior.buffer(0.3 * cell_m)
    if i % 10 == 0:
        end = x + 4.0 * radius_m * np.cos(angles[0]), y + 4.0 * radius_m * np.sin(angles[0])
        return LineString([(x, y), end]).buffer(0.2 * cell_m)
    blob = Polygon(np.column_stack([x + reach_m * np.cos(angles), y + reach_m * np.sin(angles)]))
    return blob if blob.is_valid else shapely.convex_hull(blob)


def _burn(hazards: list[Polygon], grid: Grid) -> NDArray[np.bool_]:
    return rasterize(hazards, grid.shape, transform=grid.transform, dtype="uint8").astype(np.bool_)
