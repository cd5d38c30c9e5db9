"""Outlines as surveyors draw them: blobs, bands, rings with a hole; and cuts that use the outline's own corners."""

import math

import numpy as np
import shapely
from numpy.random import Generator

from hazard_service.layers.synthetic.frame import Array, snapped

_LEAST_PIECE = 0.04  # of the whole


def blob(
    rng: Generator, centre: Array, area_m2: float, vertices: int, stretch: float, heading: float
) -> shapely.Polygon:
    """An uneven outline of `area_m2` round `centre`, `stretch` times as long towards `heading` (radians) as wide."""
    turn = (np.arange(vertices) + rng.uniform(-0.35, 0.35, vertices)) * 2.0 * np.pi / vertices
    waves = np.arange(2, 7)
    heights = rng.normal(0.0, 0.22, waves.size) / np.sqrt(waves)
    radius = 1.0 + np.sum(heights * np.cos(np.outer(turn, waves) + rng.uniform(0.0, 2.0 * np.pi, waves.size)), axis=1)
    radius = np.maximum(radius, 0.35) * (1.0 + rng.normal(0.0, 0.04, vertices))
    x, y = radius * np.cos(turn) * math.sqrt(stretch), radius * np.sin(turn) / math.sqrt(stretch)
    xy = np.column_stack([x * np.cos(heading) - y * np.sin(heading), x * np.sin(heading) + y * np.cos(heading)])
    scale = math.sqrt(area_m2 / shapely.Polygon(xy).area)
    return snapped(shapely.Polygon(centre + xy * scale))


def band(rng: Generator, line: Array, width_m: float, vertices: int) -> shapely.Polygon:
    """A strip of uneven width along a line, (n, 2) m. It may cross itself where the line bends sharply: check it."""
    stations = max(5, vertices // 2)
    along = np.linspace(0.0, len(line) - 1.0, stations)
    rank = np.arange(len(line))
    xy = np.column_stack([np.interp(along, rank, line[:, 0]), np.interp(along, rank, line[:, 1])])
    tangent = np.gradient(xy, axis=0)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]]) / np.hypot(*tangent.T)[:, None]
    taper = np.minimum(1.0, 0.55 + 1.2 * np.minimum(np.arange(stations), np.arange(stations)[::-1]) / stations)
    sides = [normal * (sign * width_m / 2 * taper * _uneven(rng, stations))[:, None] for sign in (1.0, -1.0)]
    return snapped(shapely.Polygon(np.concatenate([xy + sides[0], (xy + sides[1])[::-1]])))


def _uneven(rng: Generator, count: int) -> Array:
    """(count,) factors round 1 that swing slowly, however many corners there are, with a little noise."""
    swing = np.interp(np.linspace(0.0, 6.0, count), np.arange(7), rng.uniform(0.65, 1.35, 7))
    return np.asarray(swing * rng.uniform(0.93, 1.07, count))


def arc(centre: Array, radius_m: float, first: float, last: float) -> Array:
    """Part of a circle from angle `first` to `last` (radians), (n, 2) m, a point about every 3 degrees."""
    turn = np.linspace(first, last, max(8, round(abs(last - first) / 0.05)))
    return centre + radius_m * np.column_stack([np.cos(turn), np.sin(turn)])


def ring_with_hole(
    rng: Generator, centre: Array, radius_m: float, width_m: float, vertices: int, off: Array
) -> shapely.Polygon:
    """A hazard all round `centre`. Shell and hole have the same number of corners, opposite each other."""
    turn = (np.arange(vertices) + rng.uniform(-0.3, 0.3, vertices)) * 2.0 * np.pi / vertices
    way = np.column_stack([np.cos(turn), np.sin(turn)])
    inner = (radius_m - width_m / 2) * rng.uniform(0.93, 1.05, vertices)
    outer = (radius_m + width_m / 2) * rng.uniform(0.96, 1.12, vertices)
    return snapped(shapely.Polygon(centre + off + way * outer[:, None], [centre + way * inner[:, None]]))


def with_hole(rng: Generator, outline: shapely.Polygon) -> shapely.Polygon:
    """The outline with a blob taken out near its middle, or the outline itself where none fits."""
    middle = outline.representative_point()
    room_m = 0.8 * middle.distance(outline.exterior)
    if room_m < 25.0:
        return outline
    hole = blob(rng, np.array([middle.x, middle.y]), 1.2 * room_m**2, int(rng.integers(6, 14)), 1.0, 0.0)
    holed = shapely.Polygon(outline.exterior.coords, [hole.exterior.coords])
    return holed if holed.is_valid else outline


def in_parts(
    rng: Generator, centre: Array, area_m2: float, vertices: int, stretch: float, heading: float
) -> shapely.MultiPolygon | None:
    """Two or three blobs in a row that do not touch, `area_m2` together; None where they would."""
    shares = rng.dirichlet(np.full(int(rng.integers(2, 4)), 6.0))
    way = np.array([np.cos(heading), np.sin(heading)])
    step_m = 1.9 * math.sqrt(area_m2 * stretch / len(shares) / math.pi) + 60.0
    parts = [
        blob(rng, centre + way * step_m * rank, area_m2 * share, max(10, vertices // len(shares)), stretch, heading)
        for rank, share in enumerate(shares)
    ]
    whole = shapely.MultiPolygon(parts)
    return whole if whole.is_valid else None


def cut_in_two(
    rng: Generator, outline: shapely.Polygon, share: float
) -> tuple[shapely.Polygon, shapely.Polygon] | None:
    """Cut an outline without holes from corner to corner; the first piece holds about `share` of it.

    No corner is added, so the pieces fit the whole exactly, after rounding too. None where no straight cut fits.
    """
    if outline.interiors:
        return None
    xy = np.asarray(outline.exterior.coords)[:-1]
    count = len(xy)
    best: tuple[shapely.Polygon, shapely.Polygon] | None = None
    best_miss = 1.0
    for _ in range(80):
        first = int(rng.integers(count))
        step = int(rng.integers(2, count - 1))
        last = (first + step) % count
        if not outline.covers(shapely.LineString([xy[first], xy[last]])):
            continue
        turned = np.roll(xy, -first, axis=0)
        pieces = shapely.Polygon(turned[: step + 1]), shapely.Polygon(np.concatenate([turned[step:], turned[:1]]))
        miss = abs(pieces[0].area / outline.area - share)
        least = min(piece.area for piece in pieces) / outline.area
        if miss < best_miss and least > _LEAST_PIECE and all(piece.is_valid for piece in pieces):
            best, best_miss = pieces, miss
    return best


def corridor(ring: shapely.Polygon, first: int, corners: int) -> shapely.Polygon:
    """The part of a `ring_with_hole` between corner `first` and the `corners`-th after it: a way through."""
    shell = np.asarray(ring.exterior.coords)[:-1]
    hole = np.asarray(ring.interiors[0].coords)[:-1]
    pick = (first + np.arange(corners + 1)) % len(shell)
    return shapely.Polygon(np.concatenate([shell[pick], hole[pick][::-1]]))
