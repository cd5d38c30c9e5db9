"""What a rule is: how a number is counted, in words, and whom or what it counts on one date."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from geopandas import GeoDataFrame
from shapely.geometry.base import BaseGeometry

from hazard_service.impact.period import ROUNDING_M2
from hazard_service.series.moment import Moment

Counts = Callable[[Moment], GeoDataFrame]
# The number itself, of the whole or of the district of a code.
Value = Callable[[Moment, str | None], float | None]
GROUND: Final = "ground"


@dataclass(frozen=True)
class Rule:
    """How a number is counted. words may name settings in braces; counts picks what it counts, None where it may not.

    adds: the column of what is counted whose sum the number is; GROUND: its area, overlaps once, in km²; "": their
    number. A share has the rule of its count and adds nothing up (None). value: the number, where no column of the
    rows tells it. looks_back: whether it is counted from `Moment.since`.
    """

    words: str
    settings: tuple[str, ...] = ()
    counts: Counts | None = None
    adds: str | None = ""
    value: Value | None = None
    looks_back: bool = False


def named(communities: GeoDataFrame, column: str | None = None) -> GeoDataFrame:
    """Communities as a rule counts them, with one more of their columns."""
    names = ["community_id", "name", "district", "people", column, "progress", "why", "geometry"]
    return communities[[name for name in names if name in communities]].reset_index(drop=True)


def ground(parts: dict[str, BaseGeometry], name: str, moment: Moment) -> GeoDataFrame:
    """Ground as a rule counts it: a part a row, without what is only rounding; name: the column of their words."""
    kept = {word: part for word, part in parts.items() if part.area > ROUNDING_M2}
    frame = GeoDataFrame({name: list(kept)}, geometry=list(kept.values()), crs=moment.found.programme.crs)
    return frame.assign(area_m2=frame.geometry.area)
