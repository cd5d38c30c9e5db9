"""A page of features: which rows a query chooses, in which order, and their bytes."""

from dataclasses import dataclass

import numpy as np

from hazard_service.ogc.cql2 import asks_for_places, chosen
from hazard_service.ogc.layer import Layer, Rows
from hazard_service.ogc.query import Query


@dataclass(frozen=True, eq=False)
class Page:
    """Some of the features that a query matches. features: the bytes of each. warnings: of all that match."""

    matched: int
    features: list[bytes]
    warnings: tuple[str, ...]


def page_of(layer: Layer, query: Query) -> Page:
    """The page. Raises ParameterError where the filter cannot be worked out."""
    rows = matching(layer, query)
    here = rows[query.offset : query.offset + query.limit]
    return Page(len(rows), layer.features(here, query.crs, query.properties), without_place(layer, query, rows))


def without_place(layer: Layer, query: Query, rows: Rows) -> tuple[str, ...]:
    """How many of the rows that match lie in the box only because they have no geometry, and how many a filter of
    places cannot find for the same reason."""
    told = []
    if query.boxes is not None and (count := int(layer.has_none[rows].sum())):
        told.append(
            f"Rows without geometry: {count:,} of {len(rows):,}; where they lie is not known here, so every box has "
            "them."
        )
    if asks_for_places(query.filter) and (count := int(layer.has_none.sum() - layer.has_none[rows].sum())):
        told.append(
            f"Rows without geometry: {count:,} are not here; where they lie is not known, so no filter of places finds "
            "them (geometry IS NULL does)."
        )
    return tuple(told)


def matching(layer: Layer, query: Query) -> Rows:
    """Rows of all features that the query matches, in its order, by id where that leaves them equal."""
    if query.boxes is None and query.filter is None:
        rows = np.arange(len(layer))
    else:
        keep = np.ones(len(layer), dtype=bool)
        if query.boxes is not None:
            keep &= layer.meets(query.boxes, query.bbox_crs)
        if query.filter is not None:
            keep &= chosen(query.filter, layer, query.filter_crs)
        rows = np.flatnonzero(keep)
    for name, falling in reversed(query.sortby):
        rows = rows[_order(layer, rows, name, falling=falling)]
    return rows


def _order(layer: Layer, rows: Rows, name: str, *, falling: bool) -> Rows:
    """Where each row goes; equal ones stay as they were, and missing values are last either way."""
    values = layer.array(name)[rows]
    if values.dtype == object:
        missing = np.array([value is None for value in values], dtype=bool)
        _, rank = np.unique(np.where(missing, "", values).astype(str), return_inverse=True)
    else:
        missing, rank = np.isnan(values), np.nan_to_num(values)
    return np.lexsort((-rank if falling else rank, missing))
