"""How reach and states change with the size of the cells and the place of the grid: two markdown tables.

`python benchmarks/cells.py [FOLDER] [--sizes 100,50,25,12.5] [--shifted 50]`; without a folder the sample. Each run has
a process of its own, so that memory never adds up. docs/cells.md holds its output.
"""

import argparse
import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from hazard_service import assessment
from hazard_service.ground import terrain
from hazard_service.ground.grid import Grid, grid_of
from hazard_service.layers import open_programme
from hazard_service.shelves import sample_folder


def run(folder: Path, cell_m: float, half_right: bool, half_down: bool) -> dict[str, Any]:
    """Totals of one whole comparison, and per community its states, on cells of one size and a grid in one place."""

    def shifted(*arguments: Any, **keywords: Any) -> Grid:
        """The grid moved by half a cell west or north, a cell wider there, so that no window is cut."""
        grid = grid_of(*arguments, **keywords)
        return dataclasses.replace(
            grid,
            left_m=grid.left_m - cell_m / 2 * half_right,
            top_m=grid.top_m + cell_m / 2 * half_down,
            cols=grid.cols + half_right,
            rows=grid.rows + half_down,
        )

    terrain.grid_of = shifted  # type: ignore[attr-defined]
    programme = open_programme(folder)
    programme = dataclasses.replace(programme, settings=dataclasses.replace(programme.settings, cell_m=cell_m))
    days = (programme.baseline_date, programme.data_date)
    before, after = (assessment.assess(programme.situation(day)) for day in days)
    progress = assessment.compare(before, after)
    now = after.communities
    return {
        "closed_km2": float(now["reach_km2"].sum()),
        "free_km2": float(now["free_reach_km2"].sum()),
        "freedom": float(now["freedom"].mean()),
        "held_back": now["held_back"].tolist(),
        "held_back_then": before.communities["held_back"].tolist(),
        "freed_firm": progress.communities["freed_firm"].tolist(),
    }


def main() -> None:
    """Run every size, then the grid of one size shifted by half a cell three ways, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=sample_folder())
    parser.add_argument("--sizes", default="100,50,25,12.5", help="m, with commas between")
    parser.add_argument("--shifted", type=float, default=50.0, help="m: the size of which the grid is shifted")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)  # one run, as JSON: size, half right, half down
    given = parser.parse_args()
    if given.one:
        print(json.dumps(run(given.folder, float(given.one[0]), *(word == "1" for word in given.one[1:]))))
        return
    sizes = sorted((float(word) for word in given.sizes.split(",")), reverse=True)
    results = {size_m: _in_a_process(given.folder, size_m) for size_m in sizes}
    _table({f"{size_m:g} m": result for size_m, result in results.items()}, results[sizes[-1]], f"{sizes[-1]:g} m")
    still = results.get(given.shifted) or _in_a_process(given.folder, given.shifted)
    ways = {"x": (1, 0), "y": (0, 1), "x and y": (1, 1)}
    moved = {f"by half in {way}": _in_a_process(given.folder, given.shifted, *half) for way, half in ways.items()}
    _table({f"{given.shifted:g} m, not shifted": still} | moved, still, "not shifted")


def _in_a_process(folder: Path, cell_m: float, half_right: int = 0, half_down: int = 0) -> dict[str, Any]:
    print(f"... {cell_m:g} m, shifted {half_right}, {half_down} half cells", file=sys.stderr)
    command = [sys.executable, __file__, str(folder), "--one", str(cell_m), str(half_right), str(half_down)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _table(results: dict[str, dict[str, Any]], reference: dict[str, Any], name: str) -> None:
    """Each result, and in how many communities a state is unlike the reference's."""
    states = "".join(f" {state} | unlike {name} |" for state in ("held back", "held back, baseline", "freed, firm"))
    print(f"\n| cells | reach, closed, km² | reach, free, km² | mean freedom |{states}\n|---|{'---:|' * 9}")
    for title, result in results.items():
        cells = [f"{result['closed_km2']:,.1f}", f"{result['free_km2']:,.1f}", f"{result['freedom']:.4f}"]
        for state in ("held_back", "held_back_then", "freed_firm"):
            unlike = sum(here != there for here, there in zip(result[state], reference[state], strict=True))
            cells += [f"{sum(result[state])}", f"{unlike}"]
        print(f"| {title} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
