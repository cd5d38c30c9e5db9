"""What the benchmarks share: clocks, interleaved repeats, spread, tables, and the processor cores a run may use."""

import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any, TypeVar

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds the work took, and its answer."""
    start = time.perf_counter()
    answer = work()
    return time.perf_counter() - start, answer


def timed_twice(work: Callable[[], T]) -> tuple[float, float, T]:
    """Seconds the work took, processor seconds of all its threads, and its answer."""
    start = time.process_time()
    seconds, answer = timed(work)
    return seconds, time.process_time() - start, answer


def spread(seconds: Sequence[float]) -> str:
    """(max - min) / median: the noise of the machine, as far as repeats show it."""
    return f"{(max(seconds) - min(seconds)) / median(seconds):.0%}" if len(seconds) > 1 else "once"


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A markdown table; floats to three figures."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def machine() -> str:
    cores = f"{os.cpu_count()} cores, may use {len(_allowed())}"
    if hasattr(os, "getloadavg"):
        cores += f", load before the run {os.getloadavg()[0]:.1f}"
    return f"{platform.machine()}, Python {platform.python_version()}, {cores}"


@contextmanager
def only_cores(count: int) -> Iterator[None]:
    """Keep this process, and those it starts, on `count` of its cores; where the system cannot, on all of them."""
    before = _allowed()
    _allow(set(sorted(before)[:count]))
    try:
        yield
    finally:
        _allow(before)


def _allowed() -> set[int]:
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))


def _allow(cores: set[int]) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)
