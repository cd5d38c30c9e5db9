"""What makes a drawing a map: a frame in the shape of its ground, a grid of degrees, a scale bar, north, a legend."""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyproj
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from hazard_service.language import Said, is_right_to_left, said, translated
from hazard_service.paper import size_pt, wrapped

Bounds = tuple[float, float, float, float]

_GRID_DEGREES: Final = tuple(number * 10.0**power for power in range(-4, 2) for number in (1, 2, 5))
_LINES_WANTED: Final = 5
# Sizes of letters, the first that leaves room for all.
_LEGEND_PT: Final = (7.5, 7.0, 6.5, 6.0, 5.5, 5.0)
# Between two rows of the legend, in heights of its letters.
_GAP: Final = 0.45
# The arrow to the north, which stands above the map.
NORTH_PT: Final = 17.0
# What a sign of the legend takes before its words.
_SIGN_PT: Final = 30.0


def fit(axes: Axes, bounds: Bounds) -> None:
    """Limits of the axes that hold the bounds (metres) at one scale in both directions."""
    west, south, east, north = bounds
    wide, high = _box_pt(axes)
    shape = wide / high
    width = max(east - west, (north - south) * shape)
    height = width / shape
    x, y = (west + east) / 2, (south + north) / 2
    axes.set_xlim(x - width / 2, x + width / 2)
    axes.set_ylim(y - height / 2, y + height / 2)


def limits_of(axes: Axes) -> Bounds:
    """west, south, east, north of what the axes show."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    return west, south, east, north


def draw_grid(axes: Axes, crs: pyproj.CRS) -> None:
    """Meridians and parallels of WGS 84, named where they leave the map to the left and below."""
    west, south, east, north = limits_of(axes)
    to_degrees = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    middle_lon, _ = to_degrees.transform((west + east) / 2, (south + north) / 2)
    across, along = np.linspace(west, east, 20), np.linspace(south, north, 20)
    edge_x = np.concatenate([across, across, np.full(20, west), np.full(20, east)])
    edge_y = np.concatenate([np.full(20, south), np.full(20, north), along, along])
    lons, lats = to_degrees.transform(edge_x, edge_y)
    # Counted from the middle, so that nothing breaks off at longitude 180.
    lons = middle_lon + (lons - middle_lon + 180) % 360 - 180
    step = _step((lats.max() - lats.min()) / _LINES_WANTED)
    fine_lon, fine_lat = (np.linspace(degrees.min(), degrees.max(), 100) for degrees in (lons, lats))
    below, left = {}, {}
    for lon in _multiples(lons.min(), lons.max(), step):
        xs, ys = to_metres.transform(np.full(100, lon), fine_lat)
        axes.plot(xs, ys, color="#7C8A93", linewidth=0.35, zorder=1.5, scalex=False, scaley=False)
        below[float(np.interp(south, ys, xs))] = _degrees((lon + 180) % 360 - 180, step, "E", "W")
    for lat in _multiples(lats.min(), lats.max(), step):
        xs, ys = to_metres.transform(fine_lon, np.full(100, lat))
        axes.plot(xs, ys, color="#7C8A93", linewidth=0.35, zorder=1.5, scalex=False, scaley=False)
        left[float(np.interp(west, xs, ys))] = _degrees(lat, step, "N", "S")
    below = {x: name for x, name in below.items() if west <= x <= east}
    left = {y: name for y, name in left.items() if south <= y <= north}
    axes.set_xticks([*below], [*below.values()], fontsize=6.5)
    axes.set_yticks([*left], [*left.values()], fontsize=6.5, rotation=90, va="center")
    axes.spines[["top", "right"]].set_visible(True)


def draw_scale_bar(axes: Axes) -> None:
    """A bar of a round length above the map, to the right: on the map it could hide a hazard."""
    west, _, east, north = limits_of(axes)
    length, point = _round_length((east - west) / 4), 1 / pt_per_metre(axes)
    named = said("{n:g} km", n=length / 1000) if length >= 1000 else said("{n:g} m", n=length)
    left, bottom, high = east - length - 45 * point, north + 4 * point, 4 * point
    for quarter in range(4):
        face = "black" if quarter % 2 == 0 else "white"
        corner = (left + quarter * length / 4, bottom)
        axes.add_patch(
            Rectangle(corner, length / 4, high, facecolor=face, edgecolor="black", linewidth=0.6, clip_on=False)
        )
    style: dict[str, Any] = {"fontsize": 7, "va": "bottom", "ha": "center"}
    axes.text(left, bottom + 1.4 * high, "0", **style)
    axes.text(left + length, bottom + 1.4 * high, translated(named), **style)


def draw_north(axes: Axes, crs: pyproj.CRS) -> None:
    """An arrow to true north above the map's right corner; far from the middle of a country it leans."""
    _, _, east, north = limits_of(axes)
    point = 1 / pt_per_metre(axes)
    x, y = east - 8 * point, north + 4 * point
    lon, lat = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(x, y)
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    away = np.subtract(to_metres.transform(lon, lat + 0.001), (x, y))
    up = away / np.hypot(*away) * NORTH_PT * point
    axes.annotate("", (x + up[0], y + up[1]), (x, y), annotation_clip=False,
                  arrowprops={"facecolor": "black", "width": 1.5, "headwidth": 7, "headlength": 8})  # fmt: skip
    axes.text(x - 13 * point, y + 6 * point, "N", ha="center", va="center", weight="bold", fontsize=9)


def pt_per_metre(axes: Axes) -> float:
    """Points of paper for a metre of ground."""
    west, _, east, _ = limits_of(axes)
    return _box_pt(axes)[0] / (east - west)


def scale_words(axes: Axes) -> Said:
    """How many metres of ground a metre of paper is."""
    scale = 72 / 0.0254 / pt_per_metre(axes)
    return said("Scale about 1 : {n:,.0f} where printed at full size.", n=float(f"{scale:.2g}"))


def put_legend(
    page: Figure,
    signs: Sequence[Artist],
    x: float,
    y: float,
    width: float,
    *,
    columns: int = 2,
    bottom: float = math.inf,
) -> float:
    """The signs with their labels wrapped to columns, from the upper left corner (x, y); returns where it ends.

    Letters are as large as the room above `bottom` allows.
    """
    wide, high = size_pt(page)
    for size in _LEGEND_PT:
        labels = [wrapped(str(sign.get_label()), width / columns - _SIGN_PT, size) for sign in signs]
        end = y + _legend_lines(labels, columns) * size
        if end <= bottom:
            break
    is_mirrored = is_right_to_left()
    page.legend(
        handles=signs, labels=["\n".join(lines) for lines in labels], markerfirst=not is_mirrored,
        loc="upper right" if is_mirrored else "upper left",
        bbox_to_anchor=((x + width if is_mirrored else x) / wide, 1 - y / high), ncols=columns, fontsize=size,
        handlelength=2.2, handleheight=1.1, labelspacing=_GAP, columnspacing=1.0, borderpad=0, borderaxespad=0,
        frameon=False,
    )  # fmt: skip
    return end


def _legend_lines(labels: Sequence[Sequence[str]], columns: int) -> float:
    """How many heights of its letters a legend takes."""
    a_column = math.ceil(len(labels) / columns)
    return max(
        (sum(1.15 * len(own) + _GAP for own in labels[at : at + a_column]) for at in range(0, len(labels), a_column)),
        default=0.0,
    )


def _box_pt(axes: Axes) -> tuple[float, float]:
    """Width and height of the box of the axes."""
    page, box = axes.get_figure(root=True), axes.get_position()
    wide, high = size_pt(page) if page is not None else (0.0, 0.0)
    return box.width * wide, box.height * high


def _step(wanted: float) -> float:
    return next((step for step in _GRID_DEGREES if step >= wanted), _GRID_DEGREES[-1])


def _multiples(low: float, high: float, step: float) -> list[float]:
    return [count * step for count in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _degrees(value: float, step: float, positive: str, negative: str) -> str:
    decimals = max(0, -math.floor(math.log10(step)))
    side = "" if value in (0, -180) else positive if value > 0 else negative
    return f"{abs(value):.{decimals}f}° {side}".strip()


def _round_length(most: float) -> float:
    """The longest of 1, 2, 5, 10, ... metres that is no longer."""
    power = 10.0 ** math.floor(math.log10(most))
    return max(number * power for number in (1, 2, 5) if number * power <= most)
