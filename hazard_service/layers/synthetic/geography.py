"""The fixed map of the Isles of Example, in km from the centre: towns, roads, river, lake, hills, old front lines."""

from dataclasses import dataclass

import numpy as np
import shapely

from hazard_service.layers.synthetic.frame import Array

HALF_WIDTH_KM, HALF_HEIGHT_KM = 20.0, 15.0  # where communities and hazards lie
LAND_HALF_WIDTH_KM, LAND_HALF_HEIGHT_KM = 23.0, 18.0  # the districts; land goes on beyond, there is no coast

RIVER_HALF_M = 90.0  # at 100 m cells this leaves no gap to walk through
LAKE_KM = (17.3, -5.2, 1.5, 2.0)  # centre, half axes


@dataclass(frozen=True)
class Town:
    name: str
    x_km: float
    y_km: float
    people: int


@dataclass(frozen=True)
class Front:
    """An old front line. `release_weights`: how eagerly its first and its second half are released."""

    points_km: tuple[tuple[float, float], ...]
    release_weights: tuple[float, float]


TOWNS = (
    Town("Thimblewick", -3.5, 1.0, 14200),
    Town("Biscuitholm", 6.0, -1.5, 8600),
    Town("Marmaladeford", -13.0, 9.0, 5200),
    Town("Teacupstead", -15.5, -1.0, 4300),
    Town("Mittengarth", -12.0, -10.5, 3900),
    Town("Candlemere", -3.5, -11.5, 4700),
    Town("Quillhaven", -3.0, 11.5, 3400),
    Town("Saffroncombe", 13.5, 9.5, 4100),
    Town("Ribbonfell", 15.5, 1.5, 2900),
    Town("Buttonthwaite", 13.0, -10.0, 3600),
)

# From town, to town, class, latitude (km) of the bridge it takes over the river.
ROADS: tuple[tuple[int, int, str, float | None], ...] = (
    (0, 1, "primary", 0.0),
    (1, 8, "primary", None),
    (1, 7, "secondary", None),
    (1, 9, "secondary", None),
    (8, 7, "secondary", None),
    (8, 9, "secondary", None),
    (0, 6, "primary", None),
    (0, 2, "secondary", None),
    (0, 3, "primary", None),
    (3, 2, "secondary", None),
    (2, 6, "secondary", None),
    (0, 5, "primary", None),
    (3, 4, "secondary", None),
    (4, 5, "secondary", None),
    (5, 9, "secondary", -11.0),
)

FRONTS = (
    Front(((-19.0, 3.6), (-13.5, 4.2), (-8.0, 5.6), (-4.0, 5.8), (-0.6, 7.6)), (6.0, 1.5)),
    Front(((6.5, 13.0), (7.2, 8.5), (9.5, 5.0), (10.8, 0.5), (9.5, -4.0), (6.0, -7.5), (4.0, -10.5)), (3.0, 0.5)),
    Front(((-18.0, -6.6), (-11.5, -5.8), (-6.0, -5.0), (-2.0, -6.8)), (0.4, 1.2)),
)

# x, y, height m, width km (a Gaussian).
HILLS = (
    (-17.0, 14.0, 560.0, 3.8), (-9.0, 12.8, 300.0, 2.6), (-14.0, -5.8, 330.0, 3.0), (-7.5, -6.0, 380.0, 2.6),
    (10.5, 14.5, 420.0, 3.2), (18.5, 6.0, 470.0, 3.2), (19.5, -13.0, 620.0, 4.0), (8.5, -14.0, 330.0, 3.0),
    (-21.0, -13.0, 520.0, 4.2), (-30.0, 4.0, 600.0, 5.5), (-27.0, -24.0, 700.0, 6.0), (29.0, 19.0, 720.0, 6.0),
    (30.0, -8.0, 480.0, 4.5), (8.0, -26.0, 560.0, 5.0), (-8.0, 26.0, 640.0, 5.0),
)  # fmt: skip


def river_x_m(y_m: Array) -> Array:
    """Where the river runs at a northing: two meanders, m."""
    km = np.asarray(y_m, dtype=np.float64) / 1000.0
    return np.asarray(1000.0 * (2.5 + 1.8 * np.sin(2.0 * np.pi * (km + 3.0) / 18.0)))


def river_distance_m(x_m: Array, y_m: Array) -> Array:
    """Distance to the river's middle, m; right to a few per cent near it, which is where it is asked."""
    bend = 1.8 * 2.0 * np.pi / 18.0 * np.cos(2.0 * np.pi * (np.asarray(y_m) / 1000.0 + 3.0) / 18.0)
    return np.asarray(np.abs(x_m - river_x_m(y_m)) / np.sqrt(1.0 + bend**2))


def river_line(half_height_m: float) -> shapely.LineString:
    """The river's middle from north to south, m, a point every 250 m."""
    y = np.linspace(half_height_m, -half_height_m, round(half_height_m / 125.0) + 1)
    return shapely.LineString(np.column_stack([river_x_m(y), y]))


def in_lake(x_m: Array, y_m: Array) -> Array:
    """Below 1 inside the lake, its shore wavy."""
    x, y, half_x, half_y = LAKE_KM
    east, north = x_m / 1000.0 - x, y_m / 1000.0 - y
    turn = np.arctan2(north, east)
    return np.asarray(np.hypot(east / half_x, north / half_y) / (1.0 + 0.12 * np.cos(3.0 * turn + 0.8)))


def is_water(x_m: Array, y_m: Array) -> Array:
    """(n,) bool: river or lake."""
    return np.asarray((river_distance_m(x_m, y_m) < RIVER_HALF_M) | (in_lake(x_m, y_m) < 1.0))


def smooth(points_km: Array, every_m: float) -> Array:
    """A line through points in km, rounded at its corners, as (n, 2) m about `every_m` apart."""
    xy = np.asarray(points_km, dtype=np.float64) * 1000.0
    for _ in range(3):  # Chaikin: each pass cuts the corners; the ends stay
        cut = np.concatenate([0.75 * xy[:-1] + 0.25 * xy[1:], 0.25 * xy[:-1] + 0.75 * xy[1:]], axis=1).reshape(-1, 2)
        xy = np.concatenate([xy[:1], cut, xy[-1:]])
    return resampled(xy, every_m)


def resampled(xy: Array, every_m: float) -> Array:
    """A line as points an even distance of about `every_m` apart, its ends kept."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    stations = np.linspace(0.0, along[-1], max(2, round(along[-1] / every_m) + 1))
    return np.column_stack([np.interp(stations, along, xy[:, 0]), np.interp(stations, along, xy[:, 1])])


def front_lines() -> list[Array]:
    """The old front lines, (n, 2) m, a point every 50 m."""
    return [smooth(np.array(front.points_km), 50.0) for front in FRONTS]
