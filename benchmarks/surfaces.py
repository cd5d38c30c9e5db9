"""One surface of walk minutes over N x N cells with about 1,000 hazards: ours against its peers, in one run.

Ours is timed from the hazards' polygons on: close_moves + prepare + search. The peers get the hazards already burnt
into cells. Repeats are interleaved. Beside each ratio stands how far the answers agree. Run it with `make bench`.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np
from grass import grass_peers
from measuring import machine, only_cores, spread, table, timed
from numpy.typing import NDArray
from peers import Minutes, Peer, Task, load_scipy, python_peers
from worlds import World, beyond_wall, diagonal_wall, hills_m, world

from hazard_service.ground.barriers import close_moves
from hazard_service.travel import prepare, prepared_minutes, walk_minutes

CELL_M = 50.0
HAZARDS = 1000
# Hazards grow with the grid, so that worlds of every size look alike and a twelfth of the ground is closed.
HAZARD_SHARE = 0.005
ONCE_FROM = 5000  # cells along a side, from which on the peers run once
ORACLE_CELLS = 1000
PARTS = ("close_moves", "prepare", "search")


@dataclass(eq=False)
class Runs:
    """Repeats of one contender over one world."""

    name: str
    moves: int
    seconds: list[float] = field(default_factory=list)
    parts: dict[str, list[float]] = field(default_factory=lambda: {part: [] for part in PARTS})
    minutes: Minutes = field(default_factory=lambda: np.empty((0, 0), np.float32))  # ours only, of the last repeat
    open_ground: str = "-"
    states: str = "-"


def ours(ground: World, moves: int, elevation_m: NDArray[np.float32] | None) -> tuple[dict[str, float], Minutes]:
    """Seconds of each part, and the minutes."""
    closing_s, barriers = timed(lambda: close_moves(ground.hazards, ground.grid, moves))
    cell_m, closed = ground.grid.cell_m, barriers.closed_moves
    preparing_s, prepared = timed(
        lambda: prepare(ground.min_per_m, cell_m, closed_moves=closed, elevation_m=elevation_m, moves=moves)
    )
    search_s, minutes = timed(lambda: prepared_minutes(prepared, [ground.source]))
    return dict(zip(PARTS, (closing_s, preparing_s, search_s), strict=True)), minutes


def our_runs(runs: Runs, ground: World, elevation_m: NDArray[np.float32] | None) -> None:
    parts, runs.minutes = ours(ground, runs.moves, elevation_m)
    runs.seconds.append(sum(parts.values()))
    for part, seconds in parts.items():
        runs.parts[part].append(seconds)


def compare(cells: int, repeats: int, peers: Sequence[Peer], leaks: dict[str, int]) -> str:
    """The table of one size. Ours comes four times: 8 moves and 16, on the level and over hills."""
    ground = world(cells, CELL_M, HAZARDS, HAZARD_SHARE * cells * CELL_M)
    heights = hills_m(cells, CELL_M)
    own = {
        (8, False): Runs("ours", 8),
        (16, False): Runs("ours", 16),
        (8, True): Runs("ours, Tobler", 8),
        (16, True): Runs("ours, Tobler", 16),
    }
    asked = [peer for peer in peers if peer.largest >= cells]
    theirs = {peer.name: Runs(peer.name, peer.moves) for peer in asked}
    if cells < ONCE_FROM:
        for peer in asked:
            theirs[peer.name].open_ground = _open_ground(peer, ground)
    burnt = ground.raster_min_per_m()
    loaded = {
        peer.name: peer.load(Task(burnt, CELL_M, ground.source, heights if peer.slope else None)) for peer in asked
    }
    for turn in range(repeats):
        for (_, slope), runs in own.items():
            _say(f"N = {cells}, repeat {turn + 1} of {repeats}: {runs.name}, {runs.moves} moves")
            our_runs(runs, ground, heights if slope else None)
        for peer in asked if turn == 0 or cells < ONCE_FROM else []:
            _say(f"N = {cells}, repeat {turn + 1} of {repeats}: {peer.name}")
            seconds, answer = timed(loaded[peer.name][0])
            theirs[peer.name].seconds.append(seconds)
            reached = np.isfinite(loaded[peer.name][1](answer))
            theirs[peer.name].states = _states(reached, np.isfinite(own[peer.moves, peer.slope].minutes))
    rows = [_row(runs, runs, ground, leaks) for runs in own.values()]
    rows += [_row(theirs[peer.name], own[peer.moves, peer.slope], ground, leaks) for peer in asked]
    left_out = [peer.name for peer in peers if peer.largest < cells]
    return "\n".join([_head(cells, ground), "", table(_COLUMNS, rows), "", _parts(own.values()), *_left_out(left_out)])


_COLUMNS = (
    "contender", "moves", "s", "spread", "ns per open cell", "peer / ours",
    "open ground: largest relative difference", "states that differ (peer alone reaches)", "leaked through the wall",
)  # fmt: skip


def _row(runs: Runs, own: Runs, ground: World, leaks: dict[str, int]) -> list[object]:
    seconds = median(runs.seconds)
    ratio = "1" if runs is own else f"{seconds / median(own.seconds):.2f}"
    leaked = leaks[f"{runs.name} {runs.moves}"]
    per_cell = seconds * 1e9 / ground.open_cells
    agreement = [runs.open_ground, runs.states, leaked]
    return [runs.name, runs.moves, seconds, spread(runs.seconds), per_cell, ratio, *agreement]


def _head(cells: int, ground: World) -> str:
    closed = 1.0 - ground.open_cells / ground.burnt.size
    open_cells = f"{ground.open_cells / 1e6:.2f} million open cells"
    return f"### N = {cells}: {open_cells}, {len(ground.hazards)} hazards, {closed:.1%} closed"


def _parts(own: Iterable[Runs]) -> str:
    rows = [[runs.name, runs.moves, *(median(runs.parts[part]) for part in PARTS)] for runs in own]
    return table(("ours, parts in s", "moves", *PARTS), rows)


def _left_out(names: Sequence[str]) -> list[str]:
    return ["", "Left out at this size for the memory it needs: " + ", ".join(names)] if names else []


def _open_ground(peer: Peer, ground: World) -> str:
    """Largest relative difference from ours with no hazard and no slope, where both walk by the same rules."""
    if not peer.same_model:
        return "other model"
    _say(f"open ground: {peer.name}")
    run, read = peer.load(Task(ground.min_per_m, CELL_M, ground.source))
    theirs = read(run())
    mine = walk_minutes(ground.min_per_m, [ground.source], CELL_M, moves=peer.moves)
    return _largest_difference(theirs, mine)


def _largest_difference(theirs: Minutes, mine: Minutes) -> str:
    both = np.isfinite(theirs) & np.isfinite(mine) & (mine > 0)
    largest = float(np.max(np.abs(theirs[both] - mine[both]) / mine[both]))
    apart = np.count_nonzero(np.isfinite(theirs) != np.isfinite(mine))
    return f"{largest:.1e}" + (f", {apart} states differ" if apart else "")


def _states(theirs: NDArray[np.bool_], mine: NDArray[np.bool_]) -> str:
    """Share of all cells that one reaches and the other does not."""
    share = np.count_nonzero(theirs != mine) / mine.size
    return f"{share:.3%} ({np.count_nonzero(theirs & ~mine):,} cells)"


def wall_leaks(peers: Sequence[Peer]) -> dict[str, int]:
    """Cells reached beyond a closed diagonal wall; this also compiles whatever compiles on first use."""
    ground = diagonal_wall()
    beyond = beyond_wall()
    level = np.zeros(ground.grid.shape, np.float32)
    leaks = {}
    for name, heights in (("ours", None), ("ours, Tobler", level)):
        for moves in (8, 16):
            leaks[f"{name} {moves}"] = int(np.count_nonzero(np.isfinite(ours(ground, moves, heights)[1]) & beyond))
    for peer in peers:
        run, read = peer.load(Task(ground.raster_min_per_m(), CELL_M, ground.source))
        leaks[f"{peer.name} {peer.moves}"] = int(np.count_nonzero(np.isfinite(read(run())) & beyond))
    return leaks


def oracle() -> str:
    """Ours at 8 moves against scipy's float64 Dijkstra over the very same closed moves."""
    ground = world(ORACLE_CELLS, CELL_M, HAZARDS, HAZARD_SHARE * ORACLE_CELLS * CELL_M)
    closed = close_moves(ground.hazards, ground.grid, 8).closed_moves
    run, read = load_scipy(Task(ground.min_per_m, CELL_M, ground.source, closed_moves=closed))
    mine = walk_minutes(ground.min_per_m, [ground.source], CELL_M, closed_moves=closed, moves=8)
    difference = _largest_difference(read(run()), mine)
    return (
        f"Ours against scipy over the same closed moves, N = {ORACLE_CELLS}: largest relative difference {difference}."
    )


def flatness(sizes: Sequence[int], repeats: int) -> str:
    """Our time per open cell by size, 8 moves."""
    rows, per_cell = [], []
    for cells in sizes:
        ground = world(cells, CELL_M, HAZARDS, HAZARD_SHARE * cells * CELL_M)
        runs = Runs("ours", 8)
        for turn in range(repeats):
            _say(f"flatness, N = {cells}, repeat {turn + 1} of {repeats}")
            our_runs(runs, ground, None)
        whole, search = (median(s) * 1e9 / ground.open_cells for s in (runs.seconds, runs.parts["search"]))
        per_cell.append(whole)
        rows.append([cells, ground.open_cells, whole, search, spread(runs.seconds)])
    head = ("N", "open cells", "ns per open cell", "of it search", "spread of repeats")
    span = max(per_cell) / min(per_cell) - 1.0
    return f"{table(head, rows)}\n\nSlowest over fastest size: {span:.0%} more per open cell."


def memory(cells: int) -> str:
    """Bytes a cell, each case in a process of its own."""
    rows = []
    for moves, slope in ((8, 0), (16, 0), (16, 1)):
        _say(f"memory, N = {cells}, {moves} moves{', slope' if slope else ''}")
        script = str(Path(__file__).with_name("memory.py"))
        command = [sys.executable, script, str(cells), str(moves), str(slope)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        bytes_by_stage = json.loads(done.stdout)
        rows.append([moves, "yes" if slope else "no", *bytes_by_stage.values()])
    return table(("moves", "slope", *bytes_by_stage), rows)


def _say(progress: str) -> None:
    print(f"... {progress}", file=sys.stderr)


def main() -> None:
    options = argparse.ArgumentParser(description="Walking surfaces, ours against peers.")
    options.add_argument("--sizes", type=int, nargs="*", default=[1000, 3000, 6000], help="cells along a side")
    options.add_argument("--flat-sizes", type=int, nargs="*", default=[1000, 2000, 4000, 6000])
    options.add_argument("--memory-size", type=int, default=3000, help="cells along a side; 0: leave memory out")
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--cores", type=int, default=1, help="cores that ours and the peers may use")
    options.add_argument("--peers", nargs="*", help="words in the names of the peers to run; no word: ours alone")
    asked = options.parse_args()
    with only_cores(asked.cores), grass_peers() as (modules, grass_line):
        peers, lines = python_peers()
        peers = [*modules, *peers]
        if asked.peers is not None:
            peers = [peer for peer in peers if any(word.lower() in peer.name.lower() for word in asked.peers)]
        print(f"## Surfaces\n\n{machine()}. Peers: {'; '.join([grass_line, *lines])}.")
        leaks = wall_leaks(peers)
        if any(peer.load is load_scipy for peer in peers):
            print(f"\n{oracle()}")
        for cells in asked.sizes:
            print(f"\n{compare(cells, asked.repeats, peers, leaks)}", flush=True)
        if asked.flat_sizes:
            print(f"\n### Time per open cell\n\n{flatness(asked.flat_sizes, asked.repeats)}", flush=True)
        if asked.memory_size:
            print(f"\n### Bytes a cell, N = {asked.memory_size}\n\n{memory(asked.memory_size)}")


if __name__ == "__main__":
    main()
