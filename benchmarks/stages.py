"""Seconds by stage and peak memory, on the sample and on the real case where its data lies beside the checkout.

Each programme runs in a process of its own, so that one's memory never shows in the other's. Compiled code is
warmed up by a first run that is not counted. Run it with `make bench`.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from hazard_service import assessment, walked
from hazard_service.atlas import map_page
from hazard_service.ground.barriers import close_moves
from hazard_service.impact.exposure import blocking
from hazard_service.layers import open_programme

ROOT = Path(__file__).resolve().parents[1]
PROGRAMMES = {"sample": ROOT / "geodata" / "sample", "bosnia-central": ROOT / "tests" / "programmes" / "bosnia-central"}
REAL_DATA = ROOT.parent / "shared" / "data" / "bosnia-central"
RUNS = 3
_T = TypeVar("_T")


def stages(folder: Path) -> dict[str, float]:
    """Seconds of each stage of one whole run, and peak memory of the process so far."""
    seconds: dict[str, float] = {}

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        seconds[name] = time.perf_counter() - start

    def timed(name: str, work: Callable[[], _T]) -> _T:
        with stage(name):
            return work()

    programme = timed("open and check", lambda: open_programme(folder))
    terrain = timed("grid, friction, starts", lambda: walked.terrain_of(programme))
    timed("walk free ground", lambda: walked.walk_free(programme))
    then = timed("situation, baseline", lambda: programme.situation(programme.baseline_date))
    now = timed("situation, data date", lambda: programme.situation(programme.data_date))
    timed("closed moves, baseline", lambda: close_moves(blocking(then.hazards), terrain.grid, programme.settings.moves))
    before = timed("assess, baseline", lambda: assessment.assess(then))
    after = timed("assess, data date", lambda: assessment.assess(now))
    progress = timed("compare", lambda: assessment.compare(before, after))
    timed("map", lambda: map_page([progress]))
    seconds["whole"] = sum(seconds.values()) - seconds["closed moves, baseline"]
    seconds["peak memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return seconds


def main() -> None:
    """Print a table: the median of the runs, and the noise as (max - min) / median of the whole."""
    table = {}
    for name, folder in PROGRAMMES.items():
        if name == "bosnia-central" and not REAL_DATA.is_dir():
            print("bosnia-central: left out, ../shared/data is not beside this checkout")
            continue
        runs = []
        for run in range(RUNS + 1):
            print(f"... {name}, run {run} of {RUNS}{' (warm-up)' if run == 0 else ''}", file=sys.stderr)
            done = subprocess.run([sys.executable, __file__, str(folder)], check=True, capture_output=True, text=True)
            runs.append(json.loads(done.stdout))
        table[name] = runs[1:]
    print(f"{'median of ' + str(RUNS) + ' runs, s':<28}" + "".join(f"{name:>18}" for name in table))
    for stage in next(iter(table.values()))[0]:
        print(f"{stage:<28}" + "".join(f"{_median(runs, stage):>18.2f}" for runs in table.values()))
    noise = (_noise(runs) for runs in table.values())
    print(f"{'noise of the whole':<28}" + "".join(f"{share:>18.0%}" for share in noise))


def _median(runs: list[dict[str, float]], stage: str) -> float:
    return sorted(run[stage] for run in runs)[len(runs) // 2]


def _noise(runs: list[dict[str, float]]) -> float:
    whole = [run["whole"] for run in runs]
    return (max(whole) - min(whole)) / _median(runs, "whole")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(stages(Path(sys.argv[1]))))
    else:
        main()
