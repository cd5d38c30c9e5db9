"""A programme's ground on axes of a printed page: hazards by kind and state, released ground, routes, communities.

Told apart without colour: kinds by hatching, states by the dash of the outline, communities by their symbols. No path
is drawn, and routes are broken off near hazards.
"""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from shapely.geometry.base import BaseGeometry

from hazard_service.assessment import Assessment, Progress, known_later
from hazard_service.atlas.drawn import radius_px, state_of
from hazard_service.atlas.dress import printed_styles, styles
from hazard_service.atlas.hazard_ids import put_hazard_ids
from hazard_service.atlas.layers import hazards_by_state
from hazard_service.atlas.map_parts import pt_per_metre
from hazard_service.atlas.names import ORDER, put_names
from hazard_service.impact.routes_shown import routes_shown
from hazard_service.language import said, translated, without_marks
from hazard_service.layers import Situation
from hazard_service.paper import printable, width_pt

_MARKERS: Final = {"circle": "o", "diamond": "D", "cross": "X"}
# Above this many communities symbols no longer show how many people live there.
_MANY: Final = 1500
_MANY_PT: Final = 1.4
_NAME_PT: Final = 8.0
_LEGEND_PT2: Final = 30.0
# A symbol's diameter on paper for its radius on a screen.
_PT_PER_PX: Final = 0.75
# Symbols lie below hazards (3 and more): none may hide one.
_SYMBOLS: Final = 2.2
# How far the ring round a symbol lies from it.
_RING_PT: Final = 2.0
_PLAIN: Final = "community"
_MARGIN_SHARE: Final = 0.04


def communities_of(assessment: Assessment) -> GeoDataFrame:
    """Communities as points with what the map shows: name, people, state, change (None: not compared)."""
    frame = assessment.communities
    states = [state_of(row) for row in frame.itertuples()]
    return _points(frame).assign(state=states, change=None)


def communities_compared(progress: Progress) -> GeoDataFrame:
    """The same on the later date, with what changed since the earlier one."""
    changes = [name if name in styles()["changes"] else None for name in progress.communities["progress"]]
    return communities_of(progress.after).assign(change=pd.Series(changes, dtype=object))


def communities_plain(situation: Situation) -> GeoDataFrame:
    """The same where nothing was walked: no state and no change."""
    return _points(situation.programme.communities).assign(state=_PLAIN, change=None)


def bounds_m(situation: Situation, district: str | None = None) -> tuple[float, float, float, float]:
    """What a map shows, with a margin: one district, or everything that is drawn."""
    programme = situation.programme
    districts = programme.districts
    if district is not None:
        frames = [districts[districts["district_code"] == district]]
    else:
        frames = [districts, programme.hazards, programme.communities]
    boxes = np.array([frame.total_bounds for frame in frames if len(frame)])
    (west, south), (east, north) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    margin = max(east - west, north - south, 1000.0) * _MARGIN_SHARE
    return west - margin, south - margin, east + margin, north + margin


def draw_map(axes: Axes, situation: Situation, communities: GeoDataFrame, district: str | None = None) -> list[Artist]:
    """Draws everything within the limits of the axes (metres); returns what belongs in the legend.

    communities: from `communities_of` and its like. district: the code of the one whose line is drawn strong.
    """
    axes.set_facecolor("white")
    return [
        *_draw_districts(axes, situation.programme.districts, district),
        *_draw_routes(axes, routes_shown(situation, known_later(situation))),
        *_draw_communities(axes, communities),
        *_draw_hazards(axes, situation),
    ]


def name_held_back(axes: Axes, communities: GeoDataFrame, hazards: GeoDataFrame) -> None:
    """Writes the names of the communities held back and of those that changed beside their symbols, off the hazards."""
    named = ((communities["state"] == "held_back") | communities["change"].notna()).to_numpy()
    put_names(axes, communities, named, _sizes_pt2(communities), hazards)


def name_hazards(axes: Axes, situation: Situation, communities: GeoDataFrame) -> list[str]:
    """Writes the ids of hazards beside them, after all other names; returns the ids that have no room.

    Released ground, and what the record alone has closed, is named by no id.
    """
    drawn = _drawn(situation)
    lines = drawn[drawn["remnant"].notna()]
    drawn = pd.concat([drawn, lines.set_geometry(lines["remnant"].to_numpy(dtype=object), crs=drawn.crs)])
    is_hazard = drawn["state"].map({name: look["depth"] > 0 for name, look in styles()["hazard_states"].items()})
    radius_m = (np.sqrt(_sizes_pt2(communities)) / 2 + _RING_PT) / pt_per_metre(axes)
    symbols = np.asarray(shapely.buffer(communities.geometry.to_numpy(), radius_m), dtype=object)
    return put_hazard_ids(axes, drawn[is_hazard], drawn, symbols)


def _points(frame: GeoDataFrame) -> GeoDataFrame:
    return frame[["community_id", "name", "people", "geometry"]].set_geometry(frame.geometry.representative_point())


def _draw_districts(axes: Axes, districts: GeoDataFrame, district: str | None) -> list[Artist]:
    """Lines, and names where there is room for them."""
    if districts.empty:
        return []
    look, metre_pt = styles()["ground"]["districts"], pt_per_metre(axes)
    for row in districts.itertuples():
        is_own = row.district_code == district
        axes.add_patch(
            PathPatch(
                polygon_path([row.geometry]), facecolor=look["fill"], edgecolor=look["line"],
                linewidth=1.8 if is_own else 0.9, zorder=1.1 if is_own else 1,
            )
        )  # fmt: skip
        spot, name = row.geometry.representative_point(), row.name if isinstance(row.name, str) else row.district_code
        west, _, east, _ = row.geometry.bounds
        if width_pt(str(name), _NAME_PT) <= (east - west) * metre_pt:
            axes.text(spot.x, spot.y, printable(without_marks(str(name))), fontsize=_NAME_PT, color="#4f5b63",
                      ha="center", clip_on=True, zorder=ORDER)  # fmt: skip
    return [Line2D([], [], color=look["line"], linewidth=0.9, label=translated(look["label"]))]


def _draw_routes(axes: Axes, routes: GeoDataFrame) -> list[Artist]:
    look = styles()["ground"]["routes"]
    lines = [line for line in shapely.get_parts(routes.geometry.to_numpy()) if not line.is_empty]
    if not lines:
        return []
    for line in lines:
        axes.plot(*shapely.get_coordinates(line).T, color=look["line"], linewidth=0.8, zorder=2)
    return [Line2D([], [], color=look["line"], linewidth=0.8, label=translated(look["label"]))]


def _draw_hazards(axes: Axes, situation: Situation) -> list[Artist]:
    """Released ground lies lowest, what is open highest, above every symbol; each class once in the legend."""
    every = _drawn(situation)
    signs: dict[str, Artist] = {}
    for state, about in styles()["hazard_states"].items():
        for kind in styles()["hazard_kinds"]:
            own = every[(every["state"] == state) & (every["kind"] == kind)]
            if own.empty:
                continue
            look, depth = _hazard_look(state, kind), 3 + about["depth"] / 10
            axes.add_patch(PathPatch(polygon_path(own.geometry), **look, zorder=depth))
            for line in shapely.get_parts(own["remnant"].dropna().to_numpy(dtype=object)):
                axes.plot(*shapely.get_coordinates(line).T, color=about["line"], linewidth=1.2, zorder=depth)
            label = _hazard_label(state, kind)
            signs.setdefault(label, Patch(**look, label=label))
    return list(signs.values())


def _drawn(situation: Situation) -> GeoDataFrame:
    """hazard_id, kind, state, remnant and geometry of hazards and released ground."""
    released = situation.released.assign(state="released", kind="unclassified", remnant=None)
    frames = [*hazards_by_state(situation, situation.hazards), released]
    return pd.concat([frame[["hazard_id", "kind", "state", "remnant", "geometry"]] for frame in frames])


def _hazard_look(state: str, kind: str) -> dict[str, Any]:
    look, own, hatches = styles()["hazard_states"][state], styles()["hazard_kinds"][kind], printed_styles()["hatches"]
    fill, opacity = look.get("fill", own["fill"]), look["fill_opacity"]
    dash = tuple(float(length) / 2 for length in look["dash"].split()) if "dash" in look else None
    return {
        "facecolor": (fill, opacity),
        "edgecolor": look["line"],
        "linewidth": look["width"] / 2,
        "linestyle": (0, dash) if dash else "solid",
        "hatch": hatches.get(state, hatches[kind] if look["depth"] == 3 else None),
    }


def _hazard_label(state: str, kind: str) -> str:
    """Of ground that is open its kind too, because only there it can be seen."""
    look, own = styles()["hazard_states"][state], styles()["hazard_kinds"][kind]["label"]
    named = said("{state}: {kind}", state=look["label"], kind=own) if look["depth"] == 3 else look["label"]
    return str(translated(named))


def _draw_communities(axes: Axes, communities: GeoDataFrame) -> list[Artist]:
    """Symbols by state; what release freed has a symbol of its own, other changes a ring round theirs."""
    looks, sizes = styles(), _sizes_pt2(communities)
    changes, rings = looks["changes"], printed_styles()["rings"]
    replaced = communities["change"].isin([name for name, look in changes.items() if "fill" in look]).to_numpy()
    signs = []
    for state, look in (looks["communities"] | {_PLAIN: _plain_look()}).items():
        own = (communities["state"] == state).to_numpy() & ~replaced
        face, marker = (look["fill"], look.get("fill_opacity", 1)), _MARKERS[look["shape"]]
        style = {"marker": marker, "facecolors": [face], "edgecolors": look["line"],
                 "linewidths": 0.2 if len(communities) > _MANY else 0.7,
                 "zorder": _SYMBOLS + look["depth"] / 10, "label": translated(look["label"])}  # fmt: skip
        signs += _symbols(axes, communities[own], sizes[own], style)
    for change, look in changes.items():
        own = (communities["change"] == change).to_numpy()
        style = {"marker": "o", "facecolors": look.get("fill", "none"), "edgecolors": look["ring"], "linewidths": 1.5,
                 "linestyles": [rings[change]], "zorder": _SYMBOLS + 0.4,
                 "label": translated(look["label"])}  # fmt: skip
        signs += _symbols(axes, communities[own], (np.sqrt(sizes[own]) + 2 * _RING_PT) ** 2, style)
    return signs


def _symbols(axes: Axes, communities: GeoDataFrame, sizes_pt2: np.ndarray, style: dict[str, Any]) -> list[Artist]:
    """Draws them, and returns one for the legend; none where there are none."""
    if communities.empty:
        return []
    axes.scatter(communities.geometry.x, communities.geometry.y, s=sizes_pt2, **style)
    return [axes.scatter([], [], s=_LEGEND_PT2, **style)]


def _sizes_pt2(communities: GeoDataFrame) -> np.ndarray:
    """(n,) square of each symbol's diameter, as matplotlib takes it."""
    if len(communities) > _MANY:
        return np.full(len(communities), _MANY_PT**2)
    return np.array([_PT_PER_PX * radius_px(people) for people in communities["people"]]) ** 2


def _plain_look() -> dict[str, Any]:
    look: dict[str, Any] = styles()["communities"]["neither"] | {"label": said("Community"), "fill_opacity": 1}
    return look


def polygon_path(polygons: Iterable[BaseGeometry]) -> Path:
    """The polygons as one path, holes kept open: outer rings run one way round, inner ones the other."""
    parts = shapely.orient_polygons(shapely.get_parts(np.array([*polygons], dtype=object)))
    rings = shapely.get_rings(parts[~shapely.is_empty(parts)])
    return Path.make_compound_path(*(Path(shapely.get_coordinates(ring), closed=True) for ring in rings))
