"""What every walk of a programme shares, whatever the date and the open hazards: grid, friction, slope, start cells."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pyproj import CRS

from hazard_service.ground.barriers import covered_centres
from hazard_service.ground.friction import friction
from hazard_service.ground.grid import Grid, grid_of
from hazard_service.ground.livelihood import livelihood_classes
from hazard_service.ground.population import people_per_cell
from hazard_service.ground.routes import RouteGraph, route_graph
from hazard_service.ground.starts import start_cells
from hazard_service.language import plural, said, some
from hazard_service.layers import Programme
from hazard_service.layers.rasters import read_onto

_NAMES_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Terrain:
    """The fixed part of a programme's ground.

    `min_per_m`: (rows, cols) float32 minutes per metre, inf = not walkable.
    `elevation_m`: (rows, cols) float32, NaN = no data; None = no elevation.
    `routes`: the recorded routes as ways beside the grid; without ways where none is recorded.
    `livelihood`: (rows, cols) uint8, see `livelihood_classes`; None = no land cover.
    `people`: (rows, cols) float64 people per cell, see `people_per_cell`; None = no population raster.
    `surveyed`: (rows, cols) bool, centre inside a district, or in the hull of all layers where there are none.
    `community_start`, `place_start`: (n, 2) int64 row and column, -1 = none; in the order of the programme's frames.
    `community_moved_m`, `place_moved_m`: (n,) from the representative point to the start cell's centre, NaN = none.
    """

    grid: Grid
    min_per_m: NDArray[np.float32]
    elevation_m: NDArray[np.float32] | None
    routes: RouteGraph
    livelihood: NDArray[np.uint8] | None
    people: NDArray[np.float64] | None
    surveyed: NDArray[np.bool_]
    community_start: NDArray[np.int64]
    community_moved_m: NDArray[np.float64]
    place_start: NDArray[np.int64]
    place_moved_m: NDArray[np.float64]
    caveats: tuple[str, ...]


def programme_grid(programme: Programme) -> Grid:
    """The grid of a programme. Raises ProgrammeError without communities, SettingError where it would be too large."""
    settings = programme.settings
    return grid_of(
        programme.communities,
        settings,
        programme.crs,
        slope=programme.elevation is not None,
        routes=len(programme.routes) > 0,
        landcover_kmh_max=max(settings.landcover_kmh.values()) if programme.landcover else 0.0,
    )


def prepare_terrain(programme: Programme) -> Terrain:
    """Lay out the grid of a programme and everything on it that no hazard changes.

    Raises ProgrammeError without communities, SettingError where the grid would be too large, and what
    `read_onto` raises for rasters.
    """
    settings, grid = programme.settings, programme_grid(programme)
    elevation_m, elevation_caveats = _elevation(programme, grid)
    landcover = None
    if programme.landcover is not None:
        landcover = read_onto(programme.landcover, *_frame(grid), resampling="nearest")
    min_per_m, friction_caveats = friction(grid, settings, landcover)
    walkable = np.isfinite(min_per_m)
    livelihood, livelihood_caveats = _livelihood(landcover, walkable)
    people, people_caveats = _people(programme, grid)
    hazards = programme.hazards  # of every date, uncut, so that a start cell never moves
    ever_covered = covered_centres([*hazards.geometry, *hazards["remnant"].dropna()], grid)
    search = (grid, walkable, ever_covered, settings.start_search_m)
    community_start, community_moved_m = start_cells(programme.communities.geometry, *search)
    place_start, place_moved_m = start_cells(programme.places.geometry, *search)
    return Terrain(
        grid,
        min_per_m,
        elevation_m,
        route_graph(programme.routes, grid, min_per_m, settings, elevation_m),
        livelihood,
        people,
        _surveyed(programme, grid),
        community_start,
        community_moved_m,
        place_start,
        place_moved_m,
        (
            *elevation_caveats,
            *friction_caveats,
            *livelihood_caveats,
            *people_caveats,
            *_without_start(programme.communities, "community_id", community_start, settings.start_search_m),
            *_without_start(programme.places, "place_id", place_start, settings.start_search_m),
        ),
    )


def _frame(grid: Grid) -> tuple[CRS, float, float, float, int, int]:
    return grid.crs, grid.left_m, grid.top_m, grid.cell_m, grid.rows, grid.cols


def _elevation(programme: Programme, grid: Grid) -> tuple[NDArray[np.float32] | None, tuple[str, ...]]:
    if programme.elevation is None:
        return None, (said("No elevation: every walk is computed as if the ground were flat."),)
    elevation_m = read_onto(programme.elevation, *_frame(grid), resampling="bilinear")
    missing = int(np.count_nonzero(np.isnan(elevation_m)))
    if missing == 0:
        return elevation_m, ()
    return elevation_m, (
        said(
            "Elevation is missing in {n:,} of {total:,} cells; they are walked as if they were flat.",
            n=missing,
            total=elevation_m.size,
        ),
    )


def _livelihood(
    landcover: NDArray[np.float32] | None, walkable: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8] | None, tuple[str, ...]]:
    if landcover is None:
        return None, (said("No land cover: livelihood land is not measured."),)
    return livelihood_classes(landcover, walkable)


def _people(programme: Programme, grid: Grid) -> tuple[NDArray[np.float64] | None, tuple[str, ...]]:
    if programme.population is None:
        return None, ()
    people, outside = people_per_cell(programme.population, grid)
    return people, (
        said(
            "People by cell are modelled: {n:,.0f} people of {file}, whose date is not known here; {outside:,.0f} more "
            "of it lie outside the walking grid and are not counted.",
            n=people.sum(),
            file=programme.population.name,
            outside=outside,
        ),
    )


def _surveyed(programme: Programme, grid: Grid) -> NDArray[np.bool_]:
    if len(programme.districts):
        return covered_centres(programme.districts.geometry, grid)
    # Not the accidents: from a hull that one of them stretches, its place could be worked out.
    layers = ("hazards", "releases", "communities", "places", "routes")
    geometries = [geometry for name in layers for geometry in getattr(programme, name).geometry]
    return covered_centres([shapely.convex_hull(shapely.GeometryCollection(geometries))], grid)


def _without_start(frame: GeoDataFrame, id_column: str, start: NDArray[np.int64], search_m: float) -> Sequence[str]:
    """One sentence that names the communities or places which no walk can start from."""
    lost = frame[start[:, 0] < 0]
    if len(lost) == 0:
        return ()
    names = lost["name"].where(lost["name"].notna(), lost[id_column]).tolist()
    values = {"search_m": search_m, "names": some(names, _NAMES_SHOWN)}
    if id_column == "community_id":
        return (
            plural(
                "{n} community has no walkable cell within {search_m:,.0f} m and cannot be assessed: {names}.",
                "{n} communities have no walkable cell within {search_m:,.0f} m and cannot be assessed: {names}.",
                len(names),
                **values,
            ),
        )
    return (
        plural(
            "{n} place has no walkable cell within {search_m:,.0f} m and is no destination: {names}.",
            "{n} places have no walkable cell within {search_m:,.0f} m and is no destination: {names}.",
            len(names),
            **values,
        ),
    )
