"""Seconds to count what 10,000 communities reach within 60 minutes at 30 m cells, on one core and on two.

Each run is a process of its own, kept on its cores from its start, so that no thread is made for a core it may not use.
Repeats are interleaved. Run it with `make bench`.
"""

import argparse
import json
import subprocess
import sys
import time
from statistics import median

import numpy as np
from measuring import machine, only_cores, spread, table, timed
from numpy.typing import NDArray
from worlds import World, world

from hazard_service.ground.barriers import close_moves
from hazard_service.travel import Prepared, prepare, prepared_count, prepared_minutes

CELL_M = 30.0
HAZARD_M = 200.0
CELLS_PER_HAZARD = 10_000  # one hazard in 9 km2
MOVES = 8
CHECKED = 20


def one_run(cells: int, starts: int, limit_min: float) -> dict[str, float]:
    """Seconds of each part, the cells visited, and how many of the checked starts agree with a surface of their own."""
    ground = world(cells, CELL_M, cells**2 // CELLS_PER_HAZARD, HAZARD_M)
    chosen = _starts(ground, starts)
    classes = np.zeros(ground.grid.shape, np.uint8)
    warm = world(100, CELL_M, 5, HAZARD_M)
    prepared_count(_prepared(warm)[1], [warm.source] * 4, np.zeros(warm.grid.shape, np.uint8), limit_min=limit_min)
    ready_s, (closing_s, prepared) = timed(lambda: _prepared(ground))
    before_s = time.process_time()
    count_s, counts = timed(lambda: prepared_count(prepared, chosen, classes, limit_min=limit_min, n_classes=1))
    working_s = time.process_time() - before_s
    agree = sum(
        np.count_nonzero(np.isfinite(prepared_minutes(prepared, [start], limit_min=limit_min))) == count
        for start, count in zip(chosen[:CHECKED], counts[:CHECKED, 0], strict=True)
    )
    return {
        "close_moves": closing_s,
        "prepare": ready_s - closing_s,
        "windows": count_s,
        "cores_got": working_s / count_s,
        "visited": int(counts.sum()),
        "agree": int(agree),
    }


def _prepared(ground: World) -> tuple[float, Prepared]:
    seconds, barriers = timed(lambda: close_moves(ground.hazards, ground.grid, MOVES))
    return seconds, prepare(ground.min_per_m, CELL_M, closed_moves=barriers.closed_moves, moves=MOVES)


def _starts(ground: World, count: int) -> NDArray[np.int64]:
    """Open cells anywhere, in no order, as communities in a file are."""
    rng = np.random.default_rng(3)
    open_cells = np.argwhere(~ground.burnt)
    return open_cells[rng.choice(len(open_cells), count, replace=False)]


def main() -> None:
    options = argparse.ArgumentParser(description="Reach of many communities, each in a window of its own.")
    options.add_argument("--starts", type=int, default=10_000)
    options.add_argument("--cells", type=int, default=5000, help="cells along a side of the whole grid")
    options.add_argument("--minutes", type=float, default=60.0)
    options.add_argument("--cores", type=int, nargs="*", default=[1, 2])
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--once", action="store_true", help="one run on the cores this process has, as JSON")
    asked = options.parse_args()
    if asked.once:
        print(json.dumps(one_run(asked.cells, asked.starts, asked.minutes)))
        return
    size = ["--cells", str(asked.cells), "--starts", str(asked.starts), "--minutes", str(asked.minutes)]
    runs: dict[int, list[dict[str, float]]] = {cores: [] for cores in asked.cores}
    for turn in range(asked.repeats):
        for cores, done in runs.items():
            print(f"... windows, repeat {turn + 1} of {asked.repeats}, cores: {cores}", file=sys.stderr)
            with only_cores(cores):
                command = [sys.executable, __file__, "--once", *size]
                done.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    asked_for = f"{asked.starts:,} starts, {asked.minutes:g} minutes, {MOVES} moves"
    print(f"## Windows\n\n{machine()}. {asked_for}, {asked.cells} x {asked.cells} cells of {CELL_M:g} m.\n")
    print(_report(runs))


def _report(runs: dict[int, list[dict[str, float]]]) -> str:
    rows, first = [], None
    for cores, done in runs.items():
        parts = [median(run[part] for run in done) for part in ("close_moves", "prepare", "windows")]
        first = first or parts[2]
        per_cell = parts[2] * 1e9 / done[0]["visited"]
        agreed = f"{min(run['agree'] for run in done)} of {CHECKED}"
        got = median(run["cores_got"] for run in done)
        rows.append([cores, got, *parts, spread([run["windows"] for run in done]), per_cell, first / parts[2], agreed])
    head = (
        "cores allowed", "cores got", "close_moves, s", "prepare, s", "windows, s", "spread", "ns per cell reached",
        "times as fast", "starts that agree with a surface of their own",
    )  # fmt: skip
    return table(head, rows)


if __name__ == "__main__":
    main()
