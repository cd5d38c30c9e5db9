"""The collections that are offered: what each is, its columns in their order, and its frame for a date."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from hazard_service.columns import (
    ACCIDENTS,
    DATES,
    HAZARDS,
    PLACES,
    RELEASED,
    ROUTES,
    Column,
    community_columns,
    district_columns,
    gain_columns,
)
from hazard_service.feature_bytes import Geometries
from hazard_service.layers import Programme
from hazard_service.ogc import frames
from hazard_service.ogc.frames import Period, Results


@dataclass(frozen=True)
class Collection:
    """One collection.

    dates: what `datetime` selects. ids: the columns that together name a feature. shape: as JSON Schema names it.
    by_interval: an interval gives other features than its last day alone. related: collections to see beside it.
    """

    name: str
    title: str
    description: str
    dates: str
    ids: tuple[str, ...]
    columns: Callable[[Programme], Mapping[str, Column]]
    frame: Callable[[Results, Period], GeoDataFrame]
    shape: str
    by_interval: bool = False
    related: tuple[str, ...] = ()
    caveats: Callable[[Results, Period], tuple[str, ...]] = frames.recorded


def frame_of(name: str, results: Results, period: Period) -> GeoDataFrame:
    """The features of a collection as a frame in the programme's metre CRS, sorted by feature id, its index.

    Its columns are those of `columns_of`, in their order, and the geometry: of one type in the whole collection,
    because a GIS gives a layer the type of its first features. Raises KeyError for an unknown name.
    """
    collection, programme = EVERY[name], results.programme
    frame = collection.frame(results, period)
    dates = {"as_of": pd.Timestamp(period.end), "data_date": pd.Timestamp(programme.data_date)}
    frame = frame.assign(**{name: day for name, day in dates.items() if name not in frame})
    ids = frame[list(collection.ids)].astype(str).agg("/".join, axis=1) if len(frame) else pd.Series(dtype=str)
    public = pd.DataFrame(frame).reindex(columns=list(columns_of(name, programme)))
    geometries = _of_type(collection.shape, frame.geometry.to_numpy())
    placed = GeoDataFrame(public, geometry=geometries, crs=programme.crs)
    return placed.set_index(pd.Index(ids, name="id", dtype=object)).sort_index(kind="stable")


def caveats_of(name: str, results: Results, period: Period) -> tuple[str, ...]:
    """The sentences that travel with a collection's features. Raises KeyError for an unknown name."""
    return EVERY[name].caveats(results, period)


def columns_of(name: str, programme: Programme) -> dict[str, Column]:
    """The columns of a collection, the same on every date. Raises KeyError for an unknown name."""
    return {**EVERY[name].columns(programme), **DATES}


def _of_type(shape: str, geometries: Geometries) -> Geometries:
    """The geometries as points or as collections of parts; missing ones stay missing, empty ones empty."""
    if shape == "geometry-point":
        return np.asarray(shapely.point_on_surface(geometries), dtype=object)
    together: Any = shapely.multipolygons if shape == "geometry-multipolygon" else shapely.multilinestrings
    many = [None if one is None else together(shapely.get_parts(one)) for one in geometries]
    return np.array(many, dtype=object)


def _community_columns(programme: Programme) -> dict[str, Column]:
    return community_columns(
        rings_m=programme.settings.rings_m,
        kinds=programme.places["kind"],
        land=programme.landcover is not None,
        people=programme.population is not None,
    )


def _district_columns(programme: Programme) -> dict[str, Column]:
    return district_columns(people=programme.population is not None)


def _gain_columns(programme: Programme) -> dict[str, Column]:
    return gain_columns(kinds=programme.places["kind"], land=programme.landcover is not None)


_AS_OF: Final = "datetime: the state on that day; of an interval, on its last day."
COLLECTIONS: Final = MappingProxyType(
    {
        collection.name: collection
        for collection in (
            Collection(
                "hazards",
                "Open hazard areas",
                "Suspected and confirmed hazardous areas as they were open on a day, less what releases had taken by "
                "then. Lines that block are in hazard_lines; on a past day see hazards_known_later too.",
                "datetime: the hazards open on that day; of an interval, those open on any day of it, with the "
                "geometry still open on its last day (none where nothing was left).",
                ("hazard_id",),
                lambda programme: HAZARDS,
                frames.hazards,
                "geometry-multipolygon",
                by_interval=True,
                related=("hazards_known_later", "hazard_lines"),
            ),
            Collection(
                "hazard_lines",
                "Lines that block",
                "Lines without width, left where a broken hazard outline was mended. They block walks as hazards do.",
                "datetime: as for hazards.",
                ("hazard_id",),
                lambda programme: HAZARDS,
                frames.hazard_lines,
                "geometry-multilinestring",
                by_interval=True,
                related=("hazards",),
            ),
            Collection(
                "hazards_known_later",
                "Hazard areas recorded later",
                "Hazard areas recorded only after the day asked for, whole. A map of a past day must show them too.",
                "datetime: those recorded after that day; of an interval, after its last day.",
                ("hazard_id",),
                lambda programme: HAZARDS,
                frames.hazards_known_later,
                "geometry-multipolygon",
                related=("hazards", "hazard_lines_known_later"),
            ),
            Collection(
                "hazard_lines_known_later",
                "Lines that block, recorded later",
                "Lines without width of hazard areas recorded only after the day asked for.",
                "datetime: as for hazards_known_later.",
                ("hazard_id",),
                lambda programme: HAZARDS,
                frames.hazard_lines_known_later,
                "geometry-multilinestring",
                related=("hazards_known_later",),
            ),
            Collection(
                "released",
                "Released ground",
                "Each release cut by each hazard that it takes ground from: cancelled, reduced or cleared.",
                "datetime: what was released by that day; of an interval, by its last day. Filter done_on for a year.",
                ("hazard_id", "release_id"),
                lambda programme: RELEASED,
                frames.released,
                "geometry-multipolygon",
            ),
            Collection(
                "communities",
                "Communities",
                "Who is held back by hazards, and from what; a point in each. A modelled state: people may walk there "
                "at a risk.",
                _AS_OF,
                ("community_id",),
                _community_columns,
                frames.communities,
                "geometry-point",
                caveats=frames.walked,
            ),
            Collection(
                "places",
                "Places",
                "Where people walk to: water points, schools, health posts, markets and others; a point in each.",
                "datetime: places have no dates, so any day gives all of them.",
                ("place_id",),
                lambda programme: PLACES,
                frames.places,
                "geometry-point",
            ),
            Collection(
                "routes",
                "Routes, broken off near hazards",
                "Recorded routes without their parts near hazards: within the position error and 50 m of any hazard "
                "open that day, recorded later or open on the data date. No route is called safe.",
                _AS_OF,
                ("route_id",),
                lambda programme: ROUTES,
                frames.routes,
                "geometry-multilinestring",
            ),
            Collection(
                "districts",
                "Districts",
                "Hazards, releases and communities counted by district. What lies outside every district has a row of "
                "its own, without geometry, so that the rows add up to the whole.",
                _AS_OF,
                ("district_code",),
                _district_columns,
                frames.districts,
                "geometry-multipolygon",
                caveats=frames.walked,
            ),
            Collection(
                "accidents",
                "Casualties by district",
                "Casualties of 12 months by district. Single accidents are never public, and counts from which one "
                "could be worked out are hidden.",
                "datetime: the 12 months to the last date up to that day (or the last day of an interval) that may be "
                "told; as_of says which.",
                ("district_code",),
                lambda programme: ACCIDENTS,
                frames.accidents,
                "geometry-multipolygon",
            ),
            Collection(
                "gains",
                "Gains of releasing each hazard",
                "What releasing each open hazard alone would give back. NOT RELEASED: each of them is open. Computed "
                "when first asked for, which takes minutes, and then kept.",
                _AS_OF,
                ("hazard_id",),
                _gain_columns,
                frames.gains,
                "geometry-multipolygon",
                caveats=frames.released_alone,
            ),
        )
    }
)
# What results that count some kinds of hazards alone have beside them: the hazards that were walked through as if free.
NOT_COUNTED: Final = MappingProxyType(
    {
        collection.name: collection
        for collection in (
            Collection(
                "hazards_not_counted",
                "Hazard areas not counted",
                "Open hazard areas of kinds that these results do not count: on record, no barrier here.",
                "datetime: as for hazards.",
                ("hazard_id",),
                lambda programme: HAZARDS,
                frames.hazards_not_counted,
                "geometry-multipolygon",
            ),
            Collection(
                "hazard_lines_not_counted",
                "Lines not counted",
                "Lines without width of hazard areas of kinds that these results do not count.",
                "datetime: as for hazards.",
                ("hazard_id",),
                lambda programme: HAZARDS,
                frames.hazard_lines_not_counted,
                "geometry-multilinestring",
            ),
        )
    }
)
EVERY: Final = MappingProxyType({**COLLECTIONS, **NOT_COUNTED})
