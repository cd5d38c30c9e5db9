"""The peers that Python can import, each behind the same two calls; what is not installed is named and left out."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from math import hypot
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hazard_service.travel import MOVES

Minutes = NDArray[np.float32]
# From here on whitebox_workflows 2.0.6 means open cells that no path reaches (closed ones are no-data, negative).
WHITEBOX_NEVER = 2.0**31 - 2.0

# What is timed, and how its answer is read as (rows, cols) minutes, inf where not reached.
Loaded = tuple[Callable[[], Any], Callable[[Any], Minutes]]


@dataclass(frozen=True, eq=False)
class Task:
    """What a peer is asked: minutes from one source over cells."""

    min_per_m: NDArray[np.float32]  # (rows, cols) inf where closed
    cell_m: float
    source: tuple[int, int]  # row, column
    elevation_m: NDArray[np.float32] | None = None
    closed_moves: NDArray[np.unsignedinteger[Any]] | None = None  # scipy only, as an oracle

    @property
    def min_per_cell(self) -> NDArray[np.float32]:
        return self.min_per_m * np.float32(self.cell_m)


@dataclass(frozen=True)
class Peer:
    """`load` puts a task where the peer wants it, untimed."""

    name: str
    load: Callable[[Task], Loaded]
    moves: int = 8
    slope: bool = False
    same_model: bool = True  # on open level ground the answers should agree with ours to rounding
    largest: int = 100_000  # cells along a side, beyond which it needs more memory than most machines have


def load_skimage(task: Task) -> Loaded:
    mcp = import_module("skimage.graph").MCP_Geometric
    costs = task.min_per_cell
    return lambda: mcp(costs).find_costs([task.source])[0], lambda answer: answer.astype(np.float32)


def load_xarray_spatial(task: Task) -> Loaded:
    data_array = import_module("xarray").DataArray
    cost_distance = import_module("xrspatial.cost_distance").cost_distance
    rows, cols = task.min_per_m.shape
    at = {"y": np.arange(rows)[::-1] * task.cell_m, "x": np.arange(cols) * task.cell_m}
    source = np.zeros((rows, cols), np.float32)
    source[task.source] = 1.0
    friction = np.where(np.isfinite(task.min_per_m), task.min_per_m, np.float32(np.nan))
    sources, frictions = (data_array(values, dims=("y", "x"), coords=at) for values in (source, friction))
    return lambda: cost_distance(sources, frictions), lambda answer: _inf_for_nan(answer.values)


def load_whitebox(task: Task) -> Loaded:
    """Rasters held in whitebox's own memory, read from files written for it beforehand."""
    rasterio = import_module("rasterio")
    environment = import_module("whitebox_workflows").WbEnvironment()
    environment.verbose = False
    rows, cols = task.min_per_m.shape
    source = np.zeros((rows, cols), np.float32)
    source[task.source] = 1.0
    cost = np.where(np.isfinite(task.min_per_m), task.min_per_m, np.float32(-1.0))
    transform = rasterio.transform.from_origin(0.0, rows * task.cell_m, task.cell_m, task.cell_m)
    folder = Path(mkdtemp())
    rasters = []
    for name, values in (("source", source), ("cost", cost)):
        shape = {"height": rows, "width": cols, "count": 1, "dtype": "float32"}
        with rasterio.open(folder / f"{name}.tif", "w", nodata=-1, crs="EPSG:3035", transform=transform, **shape) as f:
            f.write(values, 1)
        rasters.append(environment.read_raster(str(folder / f"{name}.tif"), "m"))
    shutil.rmtree(folder)

    def minutes(answer: Any) -> Minutes:
        reached = answer[0].to_numpy().reshape(rows, cols)
        for raster in answer:
            environment.remove_raster_from_memory(raster)
        return np.where((reached < 0) | (reached >= WHITEBOX_NEVER), np.inf, reached).astype(np.float32)

    return lambda: environment.cost_distance(*rasters), minutes


def load_dijkstra3d(task: Task) -> Loaded:
    """Each step costs the cell it enters, diagonals no more than others: another model, timed for its speed only."""
    distance_field = import_module("dijkstra3d").distance_field
    costs = task.min_per_cell
    return lambda: distance_field(costs, source=task.source), lambda answer: np.asarray(answer, np.float32)


def load_scipy(task: Task) -> Loaded:
    """The graph is built beforehand: building it takes as long again as the search."""
    dijkstra = import_module("scipy.sparse.csgraph").dijkstra
    rows, cols = task.min_per_m.shape
    graph = _graph(task)
    start = task.source[0] * cols + task.source[1]
    return lambda: dijkstra(graph, indices=start), lambda answer: answer.reshape(rows, cols).astype(np.float32)


def _graph(task: Task) -> Any:
    """Sparse (cells, cells) minutes of the 8 moves, without those of `closed_moves`."""
    rows, cols = task.min_per_m.shape
    half = task.min_per_m.astype(np.float64) * task.cell_m / 2.0
    index = np.arange(rows * cols, dtype=np.int32).reshape(rows, cols)
    minutes, starts, ends = [], [], []
    for k, (down, right) in enumerate(MOVES[:8]):
        here = _window(rows, down), _window(cols, right)
        there = _window(rows, -down), _window(cols, -right)
        step_min = (half[here] + half[there]) * hypot(down, right)
        walkable = np.isfinite(step_min)
        if task.closed_moves is not None:
            walkable &= (task.closed_moves[here] >> k & 1) == 0
        minutes.append(step_min[walkable])
        starts.append(index[here][walkable])
        ends.append(index[there][walkable])
    ij = np.concatenate(starts), np.concatenate(ends)
    return import_module("scipy.sparse").csr_array((np.concatenate(minutes), ij), shape=(rows * cols,) * 2)


def _window(size: int, step: int) -> slice:
    """The places along one axis that stay on it after the step."""
    return slice(max(0, -step), size - max(0, step))


def _inf_for_nan(values: NDArray[Any]) -> Minutes:
    return np.where(np.isnan(values), np.inf, values).astype(np.float32)


_PEERS = {
    "scikit-image": Peer("skimage MCP_Geometric", load_skimage),
    "xarray-spatial": Peer("xarray-spatial cost_distance", load_xarray_spatial),
    "whitebox_workflows": Peer("whitebox_workflows cost_distance", load_whitebox),
    "dijkstra3d": Peer("dijkstra3d distance_field", load_dijkstra3d, same_model=False),
    "scipy": Peer("scipy csgraph, graph built before", load_scipy, largest=4000),
}


def python_peers() -> tuple[list[Peer], list[str]]:
    """The peers installed, and a line for each package about its version or that it is not installed."""
    peers, lines = [], []
    for package, peer in _PEERS.items():
        try:
            lines.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            lines.append(f"{package}: not installed")
        else:
            peers.append(peer)
    return peers, lines
