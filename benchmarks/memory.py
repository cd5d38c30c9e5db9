"""Bytes a cell of one surface, as the system counts the pages a process of its own holds (Linux).

Compiled code allocates out of Python's sight, so tracemalloc would miss it: pages are read from /proc/self/status,
and the peak of each stage by setting the high-water mark back before it. Pages never touched cost nothing, here as in
use. Printed as JSON; `surfaces.py` makes the table.
"""

import gc
import json
import sys
from pathlib import Path

from surfaces import CELL_M, HAZARD_SHARE, HAZARDS, ours
from worlds import hills_m, world

from hazard_service.ground.barriers import close_moves
from hazard_service.travel import prepare, prepared_minutes


def bytes_a_cell(cells: int, moves: int, slope: bool) -> dict[str, float]:
    """What is held and what is needed on top at worst, stage by stage."""
    warm = world(100, CELL_M, 10, 200.0)
    ours(warm, moves, hills_m(100, CELL_M) if slope else None)
    empty = _held()
    ground = world(cells, CELL_M, HAZARDS, HAZARD_SHARE * cells * CELL_M)
    heights = hills_m(cells, CELL_M) if slope else None
    given = ground.min_per_m.nbytes + (0 if heights is None else heights.nbytes)
    other = _held() - empty - given  # hazards and the cells burnt for the peers: not ours to count

    before = _start_stage()
    closed = close_moves(ground.hazards, ground.grid, moves).closed_moves
    closing = _peak() - before
    before = _start_stage()
    prepared = prepare(ground.min_per_m, CELL_M, closed_moves=closed, elevation_m=heights, moves=moves)
    preparing = _peak() - before
    before = _start_stage()
    kept = before - empty - other
    minutes = prepared_minutes(prepared, [ground.source])
    searching = _peak() - before
    stages = {
        "inputs given (friction, heights, closed moves)": given + closed.nbytes,
        "inputs and prepared ground": kept,
        "search on top: minutes, queues, working memory": searching,
        "of it the minutes returned": minutes.nbytes,
        "peak of closing moves on top": closing,
        "peak of preparing on top": preparing,
    }
    return {stage: size / cells**2 for stage, size in stages.items()}


def _start_stage() -> int:
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    return _held()


def _held() -> int:
    return _status("VmRSS")


def _peak() -> int:
    return _status("VmHWM")


def _status(key: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(key + ":"))


if __name__ == "__main__":
    print(json.dumps(bytes_a_cell(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "1")))
