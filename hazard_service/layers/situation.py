"""What is a hazard on a date, and what release gave between two dates.

All frames are in the programme's equal-area CRS: lengths in metres, areas in square metres.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from shapely import Polygon

from hazard_service import overlay
from hazard_service.errors import DateError, KindError
from hazard_service.layers.caveats import dated_caveats
from hazard_service.layers.history import (
    Mask,
    asked_day,
    closed_by,
    done_by,
    done_on,
    recorded,
)
from hazard_service.layers.kinds import chosen, left_out
from hazard_service.layers.repair import ROUNDING_M2, linear, polygonal, repair_hazard
from hazard_service.layers.schema import DATED_AFTER_ALL
from hazard_service.vocabulary import HAZARD_KINDS

if TYPE_CHECKING:
    from hazard_service.layers.programme import Programme

# A piece that cutting leaves smaller or nowhere wider than this is a quirk of two outlines, not surveyed ground.
SLIVER_M2 = 10.0
SLIVER_WIDTH_M = 1.0
# Below this a length, or the gap between a piece and the release that cut it, is rounding.
ROUNDING_M = 1e-6

Geometries = NDArray[np.object_]
Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Situation:
    """The hazards of one programme as they stood on one date.

    hazards: those open on the date, with the columns of programme.hazards and cut_m2, the area released from each by
        then; geometry and remnant are what is still closed. A hazard of which only a remnant line is left stays
        listed, with an empty polygon.
    released: release_id, hazard_id, method, done_on (NaT: undated), geometry: each release done by the date ∩ each
        hazard it cuts, open or closed since. Pieces may overlap: dissolve before measuring.
    slivers: hazard_id, area_m2 of the slivers that cutting left; they stay closed.
    not_counted: hazards of the other kinds open on the date, as `hazards`; no barriers, walked through as if free.
    caveats: sentences; what `not_counted` means first, then those of the programme.
    """

    programme: "Programme"
    on: datetime.date
    kinds: frozenset[str]
    hazards: GeoDataFrame
    released: GeoDataFrame
    slivers: pd.DataFrame
    not_counted: GeoDataFrame
    caveats: tuple[str, ...]


def situation_on(programme: "Programme", on: str | datetime.date, kinds: Collection[str] = HAZARD_KINDS) -> Situation:
    """The hazards of these kinds open on a date, less every release handed over by then.

    Raises DateError if the date is malformed or later than the data date, KindError if a kind is unknown or none is
    given.
    """
    day, asked = asked_day(on, programme.data_date), chosen(kinds)
    hazards, others = (recorded(programme, day, some) for some in (asked, frozenset(HAZARD_KINDS) - asked))
    releases = programme.releases[done_by(programme, day)].reset_index(drop=True)
    cuts, still_open, slivers = _still_open(programme, day, hazards, releases)
    _, not_counted, _ = _still_open(programme, day, others, releases)
    return Situation(
        programme=programme,
        on=day,
        kinds=asked,
        hazards=still_open,
        released=_released(hazards, releases, cuts),
        slivers=slivers,
        not_counted=not_counted,
        caveats=(
            *left_out(asked, len(not_counted)),
            *programme.caveats,
            *dated_caveats(programme, day, hazards, releases, slivers),
        ),
    )


def put_back(before: Situation, after: Situation) -> tuple[GeoDataFrame, GeoDataFrame]:
    """(standing, put back): the hazards of `after` without and with what release took between the two dates.

    Both leave out hazards laid after `before.on`. Put-back ground adds, for every release done by `after.on` and not
    by `before.on`, its pieces of the hazards it cuts, whatever closed_on they have since then, less what earlier
    releases had already taken from the same hazard (ground released twice is given back once, by the first). Ground
    that a record had closed by `before.on` is not given back. Both frames have the columns of after.hazards; a
    put-back piece repeats its hazard's attributes, with cut_m2 0. Raises DateError unless the first date is earlier,
    KindError if the situations hold different kinds.
    """
    if before.on >= after.on:
        raise DateError(f"{before.on} is not earlier than {after.on}; give the earlier date first.")
    if before.kinds != after.kinds:
        raise KindError("The two situations show different hazard kinds; ask for the same kinds on both dates.")
    programme, since = after.programme, pd.Timestamp(before.on)
    standing = after.hazards[~(after.hazards["laid_on"] > since).to_numpy()].reset_index(drop=True)
    hazards = recorded(programme, after.on, after.kinds)
    # Ground that a record had closed by the first date was open then: giving it back would free people twice.
    already_open = closed_by(hazards, before.on, programme.data_date)
    hazards = hazards[~already_open & ~(hazards["laid_on"] > since).to_numpy()].reset_index(drop=True)
    done = done_by(programme, after.on)
    releases = programme.releases[done].reset_index(drop=True)
    is_earlier = done_by(programme, before.on)[done]
    hazard_row, release_row = _cuts(hazards, releases, programme.baseline_date)
    earlier = is_earlier[release_row]
    taken = _taken(len(hazards), releases, hazard_row[earlier], release_row[earlier])
    hazard_row, release_row = hazard_row[~earlier], release_row[~earlier]
    cutters = overlay.difference(releases.geometry.to_numpy()[release_row], taken[hazard_row])
    pieces = hazards.iloc[hazard_row].reset_index(drop=True)
    polygons = _areas(overlay.intersection(pieces.geometry.to_numpy(), cutters))
    remnants = _lines(overlay.intersection(_remnants(pieces), cutters))
    pieces = _with_ground(pieces, polygons, remnants).assign(cut_m2=0.0)
    pieces = pieces[_has_ground(polygons, remnants)]
    together = pd.concat([standing, pieces], ignore_index=True) if len(pieces) else standing.copy()
    return standing, together


def not_released(programme: "Programme") -> GeoDataFrame:
    """Hazards of every kind that release has not taken whole by the data date: their outlines as recorded, uncut.

    A hazard closed by its record alone is one of them: no release says that anybody looked at its ground.
    """
    day = programme.data_date
    return _not_taken_whole(programme, day, recorded(programme, day, frozenset(HAZARD_KINDS)))


@lru_cache(maxsize=16)
def closed_by_record(situation: Situation) -> GeoDataFrame:
    """Hazards that their record alone had closed by the date, in whole or in part: outlines as recorded, uncut."""
    programme, day = situation.programme, situation.on
    hazards = recorded(programme, day, situation.kinds)
    closed = closed_by(hazards, day, programme.data_date)
    return _not_taken_whole(programme, day, hazards[closed].reset_index(drop=True))


def _not_taken_whole(programme: "Programme", day: datetime.date, hazards: GeoDataFrame) -> GeoDataFrame:
    """Those of which the releases done by a day leave anything."""
    releases = programme.releases[done_by(programme, day)].reset_index(drop=True)
    as_if_open = np.ones(len(hazards), dtype=bool)
    left, _ = _cut_out(hazards, as_if_open, releases, _cuts(hazards, releases, programme.baseline_date))
    return hazards[hazards["hazard_id"].isin(left["hazard_id"])].reset_index(drop=True)


def _cuts(hazards: GeoDataFrame, releases: GeoDataFrame, baseline: datetime.date) -> tuple[Rows, Rows]:
    """(hazard rows, release rows) of every pair in which the release cuts the hazard, by hazard.

    A release cuts the hazard it names, and one that names none every hazard it overlaps; never a hazard reported (or
    laid) after it was completed. When an undated release was completed nobody knows: it cuts the hazard it names, and
    without a name only hazards known at the baseline, because a hazard found later may well have been found after it.
    For the same reason a hazard whose date of report lies after the data date is cut by none that does not name it.
    """
    named = releases["hazard_id"].notna().to_numpy()
    # An empty id column may have come as numbers; as objects the two can always be compared.
    row_of = pd.DataFrame({"id": hazards["hazard_id"].astype(object), "hazard": np.arange(len(hazards))})
    names = pd.DataFrame({"id": releases["hazard_id"].astype(object), "release": np.arange(len(releases))})[named]
    by_name = names.merge(row_of, on="id")[["hazard", "release"]].to_numpy(dtype=np.int64)
    free_row = np.flatnonzero(~named)
    outlines = releases.geometry.to_numpy()[free_row]
    overlaps = [by_name]
    for ground in (hazards.geometry.to_numpy(), _remnants(hazards)):
        release_at, hazard_at = shapely.STRtree(ground).query(outlines, predicate="intersects")
        overlaps.append(np.column_stack([hazard_at, free_row[release_at]]))
    pairs = np.unique(np.concatenate(overlaps), axis=0)
    hazard_row, release_row = pairs[:, 0], pairs[:, 1]
    # Where dates are out of order the earlier one counts as completion: it cuts less.
    completed = releases[["completed_on", "handed_over_on"]].min(axis=1).astype("datetime64[s]")
    completed = completed.where(named | completed.notna(), pd.Timestamp(baseline)).to_numpy()[release_row]
    known = hazards[["reported_on", "laid_on"]].max(axis=1).astype("datetime64[s]").to_numpy()[hazard_row]
    may_be_later = hazards[DATED_AFTER_ALL].to_numpy(dtype=bool)[hazard_row] & ~named[release_row]
    in_time = (np.isnat(known) | np.isnat(completed) | (known <= completed)) & ~may_be_later
    return hazard_row[in_time], release_row[in_time]


def _taken(n_hazards: int, releases: GeoDataFrame, hazard_row: Rows, release_row: Rows) -> Geometries:
    """(hazards,) the united releases that cut each hazard; an empty polygon where none does. Rows by hazard."""
    taken = np.full(n_hazards, Polygon(), dtype=object)
    rows, starts = np.unique(hazard_row, return_index=True)
    for row, outlines in zip(rows, np.split(releases.geometry.to_numpy()[release_row], starts[1:]), strict=False):
        taken[row] = outlines[0] if len(outlines) == 1 else overlay.union_all(outlines)
    return taken


def _still_open(
    programme: "Programme", day: datetime.date, hazards: GeoDataFrame, releases: GeoDataFrame
) -> tuple[tuple[Rows, Rows], GeoDataFrame, pd.DataFrame]:
    """(cuts, open hazards less what the releases took, slivers) of hazards recorded by the day."""
    cuts = _cuts(hazards, releases, programme.baseline_date)
    return cuts, *_cut_out(hazards, ~closed_by(hazards, day, programme.data_date), releases, cuts)


def _cut_out(
    hazards: GeoDataFrame, is_open: Mask, releases: GeoDataFrame, cuts: tuple[Rows, Rows]
) -> tuple[GeoDataFrame, pd.DataFrame]:
    """(open hazards less what their releases took, with cut_m2; slivers left by cutting)."""
    whole, remnants = hazards.geometry.to_numpy(), _remnants(hazards)
    taken = _taken(len(hazards), releases, *cuts)
    cut = is_open & ~shapely.is_empty(taken)
    polygons = whole.copy()
    polygons[cut] = _areas(overlay.difference(whole[cut], taken[cut]))
    remnants[cut] = _lines(overlay.difference(remnants[cut], taken[cut]))
    for row in np.flatnonzero(~shapely.is_valid(polygons)):
        mended = repair_hazard(polygons[row])
        leftovers = [line for line in (remnants[row], mended.remnant) if line is not None]
        polygons[row], remnants[row] = mended.polygon or Polygon(), linear(overlay.union_all(leftovers))
    keep = is_open & _has_ground(polygons, remnants)
    cut &= keep
    still_open = _with_ground(hazards, polygons, remnants)
    still_open["cut_m2"] = np.maximum(shapely.area(whole) - shapely.area(polygons), 0.0)
    slivers = _slivers(hazards["hazard_id"][cut], polygons[cut], taken[cut])
    return still_open[keep].reset_index(drop=True), slivers


def _slivers(hazard_ids: "pd.Series[str]", polygons: Geometries, taken: Geometries) -> pd.DataFrame:
    """Slivers among the parts that cutting left, summed by hazard; 0 m² where only a line is left."""
    parts, owner = shapely.get_parts(polygons, return_index=True)
    thin = shapely.is_empty(shapely.buffer(parts, -SLIVER_WIDTH_M / 2, join_style="mitre"))
    # An islet of a multipolygon that no release touched is as it was surveyed.
    touched = shapely.dwithin(parts, taken[owner], ROUNDING_M)
    sliver = touched & (thin | (shapely.area(parts) < SLIVER_M2))
    area_m2 = np.bincount(owner[sliver], weights=shapely.area(parts[sliver]), minlength=len(polygons))
    listed = (area_m2 > 0) | shapely.is_empty(polygons)
    return pd.DataFrame({"hazard_id": hazard_ids[listed].to_numpy(), "area_m2": area_m2[listed]})


def _released(hazards: GeoDataFrame, releases: GeoDataFrame, cuts: tuple[Rows, Rows]) -> GeoDataFrame:
    hazard_row, release_row = cuts
    pieces = _areas(
        overlay.intersection(hazards.geometry.to_numpy()[hazard_row], releases.geometry.to_numpy()[release_row])
    )
    frame = pd.DataFrame(
        {
            "release_id": releases["release_id"].to_numpy()[release_row],
            "hazard_id": hazards["hazard_id"].to_numpy()[hazard_row],
            "method": releases["method"].to_numpy()[release_row],
            "done_on": done_on(releases).to_numpy()[release_row],
        }
    )
    released = GeoDataFrame(frame, geometry=pieces, crs=hazards.crs)
    return released[~shapely.is_empty(pieces)].reset_index(drop=True)


def _remnants(hazards: GeoDataFrame) -> Geometries:
    return np.array(hazards["remnant"], dtype=object)


def _with_ground(hazards: GeoDataFrame, polygons: Geometries, remnants: Geometries) -> GeoDataFrame:
    return hazards.set_geometry(polygons, crs=hazards.crs).assign(remnant=pd.Series(remnants, dtype=object))


def _has_ground(polygons: Geometries, remnants: Geometries) -> Mask:
    return np.asarray(~shapely.is_empty(polygons) | ~shapely.is_missing(remnants), dtype=bool)


def _areas(geometries: Geometries) -> Geometries:
    """Polygons only, without specks of rounding; an empty polygon where nothing is left."""
    areas = geometries.copy()
    mixed = ~np.isin(shapely.get_type_id(areas), (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    for row in np.flatnonzero(mixed):
        areas[row] = polygonal(areas[row]) or Polygon()
    parts, owner = shapely.get_parts(areas, return_index=True)
    speck = shapely.area(parts) <= ROUNDING_M2
    for row in np.unique(owner[speck]):
        areas[row] = polygonal(shapely.multipolygons(parts[(owner == row) & ~speck])) or Polygon()
    return areas


def _lines(geometries: Geometries) -> Geometries:
    """Lines only; None where nothing is left."""
    lines = np.full(len(geometries), None, dtype=object)
    for row in np.flatnonzero(shapely.length(geometries) > ROUNDING_M):
        lines[row] = linear(geometries[row])
    return lines
