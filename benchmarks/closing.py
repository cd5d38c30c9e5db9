"""Closed moves of 10,000 hazards of 60 vertices on 50 m cells: ours, and shapely asked for every segment of a few."""

import argparse
from statistics import median

import numpy as np
import shapely
from measuring import machine, spread, table, timed
from pyproj import CRS

from hazard_service.ground.barriers import close_moves
from hazard_service.ground.grid import Grid
from hazard_service.travel.moves import MOVES

CELL_M = 50.0
CELLS = 4000
VERTICES = 60


def hazards(count: int, seed: int = 5) -> list[shapely.Polygon]:
    """Blobs of 100 to 500 m radius anywhere on the grid."""
    rng = np.random.default_rng(seed)
    angles = np.linspace(0.0, 2.0 * np.pi, VERTICES, endpoint=False)
    found = []
    for x, y in rng.uniform(0.0, CELLS * CELL_M, (count, 2)):
        reach_m = rng.uniform(100.0, 500.0) * rng.uniform(0.8, 1.2, VERTICES)
        found.append(shapely.Polygon(np.column_stack([x + reach_m * np.cos(angles), y + reach_m * np.sin(angles)])))
    return found


def by_shapely(outline: shapely.Polygon, grid: Grid, moves: int) -> set[tuple[int, int, int]]:
    """(row, column, move) of every closed move, each segment near the outline asked of shapely."""
    west, south, east, north = outline.bounds
    pad = 3
    rows = np.arange(int((grid.top_m - north) // CELL_M) - pad, int((grid.top_m - south) // CELL_M) + pad + 1)
    cols = np.arange(int((west - grid.left_m) // CELL_M) - pad, int((east - grid.left_m) // CELL_M) + pad + 1)
    shapely.prepare(outline)
    closed = set()
    row, col = (part.ravel() for part in np.meshgrid(rows, cols, indexing="ij"))
    inside = (row >= 0) & (row < grid.rows) & (col >= 0) & (col < grid.cols)
    row, col = row[inside], col[inside]
    here = np.column_stack(grid.centre_xy(row, col))
    for move, (down, right) in enumerate(MOVES[:moves]):
        there = np.column_stack(grid.centre_xy(row + down, col + right))
        met = shapely.intersects(outline, shapely.linestrings(np.stack([here, there], axis=1)))
        closed |= {(int(r), int(c), move) for r, c in zip(row[met], col[met], strict=True)}
    return closed


def main() -> None:
    options = argparse.ArgumentParser(description="Closing moves, ours against shapely.")
    options.add_argument("--hazards", type=int, default=10_000)
    options.add_argument("--few", type=int, default=50, help="hazards that shapely is asked for")
    options.add_argument("--repeats", type=int, default=3)
    asked = options.parse_args()
    grid = Grid(CRS.from_epsg(3035), 0.0, CELLS * CELL_M, CELL_M, CELLS, CELLS)
    drawn = hazards(asked.hazards)
    few = drawn[: asked.few]
    print(
        f"## Closed moves\n\n{machine()}. {len(drawn):,} hazards of {VERTICES} vertices, {CELLS:,} x {CELLS:,} cells.\n"
    )
    rows = []
    for moves in (8, 16, 32):
        close_moves(few, grid, moves)  # compiles
        ours = [timed(lambda moves=moves: close_moves(drawn, grid, moves))[0] for _ in range(asked.repeats)]
        seconds, theirs = timed(lambda moves=moves: set.union(*(by_shapely(one, grid, moves) for one in few)))
        barriers = close_moves(few, grid, moves)
        mine = {
            (int(row), int(col), move)
            for row, col in np.argwhere(barriers.closed_moves)
            for move in range(moves)
            if int(barriers.closed_moves[row, col]) >> move & 1
        }
        differ = len({one for one in mine ^ theirs if _on_grid(one, grid)})
        rows.append([moves, median(ours), spread(ours), seconds / len(few) * len(drawn), differ])
    head = ("moves", "s, all hazards", "spread", "s, shapely for each (from a few)", "moves that differ, of the few")
    print(table(head, rows))


def _on_grid(closed: tuple[int, int, int], grid: Grid) -> bool:
    row, col, move = closed
    to_row, to_col = row + MOVES[move][0], col + MOVES[move][1]
    return 0 <= to_row < grid.rows and 0 <= to_col < grid.cols


if __name__ == "__main__":
    main()
