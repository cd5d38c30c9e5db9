"""GRASS GIS as a peer: r.cost, r.cost -k and r.walk, in a location of their own that is thrown away."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from peers import Loaded, Minutes, Peer, Task

MEMORY_MB = 8000  # so that no module works from disk; by default they take 300
NO_DATA = -9999.0


@contextmanager
def grass_peers() -> Iterator[tuple[list[Peer], str]]:
    """The three modules, and a line about GRASS. They are gone when the context ends."""
    if shutil.which("grass") is None:
        yield [], "GRASS: not installed"
        return
    with TemporaryDirectory() as folder:
        location = Location(Path(folder))
        peers = [
            Peer("GRASS r.cost", lambda task: location.load_cost(task, [])),
            Peer("GRASS r.cost -k", lambda task: location.load_cost(task, ["-k"]), moves=16),
            Peer("GRASS r.walk", location.load_walk, slope=True),
        ]
        yield peers, f"GRASS {location.version}, its module's whole call: start, read, search, write"


class Location:
    """A temporary GRASS location without a projection, and its modules as plain commands."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        base = _output("grass", "--config", "path")
        self.version = _output("grass", "--config", "version")
        _output("grass", "-c", "XY", "-e", str(folder / "location"))
        session = folder / "session"
        session.write_text(f"GISDBASE: {folder}\nLOCATION_NAME: location\nMAPSET: PERMANENT\nGUI: text\n")
        self._environment = {
            **os.environ,
            "GISBASE": base,
            "GISRC": str(session),
            "PATH": f"{base}/bin:{base}/scripts:{os.environ['PATH']}",
            "LD_LIBRARY_PATH": f"{base}/lib",
        }

    def load_cost(self, task: Task, flags: list[str]) -> Loaded:
        self._region(task)
        self._write("cost", task.min_per_cell, task)
        search = ["r.cost", *flags, "input=cost", *_search(task)]
        return lambda: self._run(*search), lambda _: self._minutes(task, 1.0)

    def load_walk(self, task: Task) -> Loaded:
        """Level ground as slow as ours (seconds a metre as friction); slopes cost r.walk's own climbing and descent."""
        self._region(task)
        level = np.zeros(task.min_per_m.shape, np.float32)
        self._write("friction", task.min_per_m * np.float32(60.0), task)
        self._write("height", level if task.elevation_m is None else task.elevation_m, task)
        climbing = "walk_coeff=0,6.0,1.9998,-1.9998"
        search = ["r.walk", "elevation=height", "friction=friction", "lambda=1", climbing, *_search(task)]
        return lambda: self._run(*search), lambda _: self._minutes(task, 1.0 / 60.0)

    def _region(self, task: Task) -> None:
        rows, cols = task.min_per_m.shape
        edges = [f"n={rows * task.cell_m}", "s=0", "w=0", f"e={cols * task.cell_m}"]
        self._run("g.region", *edges, f"rows={rows}", f"cols={cols}")

    def _write(self, name: str, values: NDArray[np.float32], task: Task) -> None:
        path = self._folder / "in.bin"
        np.where(np.isfinite(values), values, np.float32(NO_DATA)).astype(np.float32).tofile(path)
        kind = ["-f", f"input={path}", f"output={name}", "bytes=4", f"anull={NO_DATA}", "--overwrite"]
        self._run("r.in.bin", *kind, *_bounds(task))
        path.unlink()

    def _minutes(self, task: Task, factor: float) -> Minutes:
        path = self._folder / "out.bin"
        self._run("r.out.bin", "-f", "input=minutes", f"output={path}", "bytes=4", f"null={NO_DATA}")
        values = np.fromfile(path, np.float32).reshape(task.min_per_m.shape)
        path.unlink()
        return np.where(values == np.float32(NO_DATA), np.float32(np.inf), values * np.float32(factor))

    def _run(self, *command: str) -> None:
        subprocess.run(command, env=self._environment, check=True, capture_output=True)


def _bounds(task: Task) -> list[str]:
    rows, cols = task.min_per_m.shape
    edges = [f"north={rows * task.cell_m}", "south=0", "west=0", f"east={cols * task.cell_m}"]
    return [*edges, f"rows={rows}", f"cols={cols}"]


def _search(task: Task) -> list[str]:
    row, col = task.source
    x = (col + 0.5) * task.cell_m
    y = (task.min_per_m.shape[0] - row - 0.5) * task.cell_m
    return ["output=minutes", f"start_coordinates={x},{y}", f"memory={MEMORY_MB}", "--overwrite"]


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
