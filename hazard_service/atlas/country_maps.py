"""Maps of the register of countries: objectives 3 and 4, each yes, no, or not on record."""

import datetime
import math
from typing import Any, Final

import pandas as pd
import shapely
from geopandas import GeoDataFrame
from matplotlib.axes import Axes
from matplotlib.patches import Patch, PathPatch

from hazard_service.atlas.charts import Chart
from hazard_service.atlas.printed_map import polygon_path
from hazard_service.impact.register import TARGETED, facts_on, with_both
from hazard_service.layers import Programme
from hazard_service.vocabulary import COUNTRY_FACT_WORDS

_NOT_ON_RECORD: Final = "not on record"
# Told apart without colour by hatching.
_LOOKS: Final = {"yes": ("#0b4f8a", None), "no": ("#f0b35b", "////"), _NOT_ON_RECORD: ("#f4f6f7", "....")}
_STATUS: Final = (
    "Boundaries are those that the programme supplied; they are no statement on the status of any territory."
)
# Finer than this share of the map nobody sees.
_FINEST_SHARE: Final = 0.001


def country_maps(programme: Programme, on: datetime.date) -> list[Chart]:
    """One map a fact of objectives 3 and 4; none where the programme supplies no boundaries or no register."""
    facts = with_both(facts_on(programme.countries, on, programme.data_date))
    if programme.country_boundaries.empty or facts.empty:
        return []
    shapes = _simpler(programme.country_boundaries)
    return [_map(shapes, facts[facts["fact"] == fact], fact) for fact in TARGETED]


def _map(shapes: GeoDataFrame, facts: pd.DataFrame, fact: str) -> Chart:
    values = dict(zip(facts["iso3"], facts["value"], strict=True))
    shown = shapes.assign(value=[values.get(code, _NOT_ON_RECORD) for code in shapes["iso3"]])
    off_map = facts[~facts["iso3"].isin(shapes["iso3"])]
    missing = f" On record, but without a boundary here: {len(off_map):,}." if len(off_map) else ""
    drawn = [(_name(row), row.value) for row in shown.drop_duplicates("iso3").itertuples()]
    rows = sorted({*drawn, *((_name(row), row.value) for row in off_map.itertuples())})
    return Chart(
        COUNTRY_FACT_WORDS[fact],
        f"{_STATUS}{missing}",
        ("country", "value"),
        tuple(rows),
        lambda axes: _draw(axes, shown),
    )


def _draw(axes: Axes, shown: GeoDataFrame) -> None:
    west, south, east, north = shown.total_bounds
    counts = shown.drop_duplicates("iso3")["value"].value_counts()
    signs = []
    for value, (colour, hatch) in _LOOKS.items():
        own = shown[shown["value"] == value]
        style: dict[str, Any] = {"facecolor": colour, "edgecolor": "#1c252b", "linewidth": 0.4, "hatch": hatch}
        if len(own):
            axes.add_patch(PathPatch(polygon_path(own.geometry), **style))
        signs.append(Patch(**style, label=f"{value} ({counts.get(value, 0):,})"))
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    # A degree of longitude is shorter than one of latitude, by the cosine of the middle latitude.
    axes.set_aspect(1 / max(math.cos(math.radians((south + north) / 2)), 0.1))
    axes.set_axis_off()
    axes.legend(handles=signs, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=3, frameon=False, fontsize=9)


def _simpler(boundaries: GeoDataFrame) -> GeoDataFrame:
    west, south, east, north = boundaries.total_bounds
    finest = max(east - west, north - south) * _FINEST_SHARE
    return boundaries.set_geometry(shapely.simplify(boundaries.geometry.to_numpy(), finest))


def _name(row: Any) -> str:
    return row.name if isinstance(row.name, str) else str(row.iso3)
