"""What happened to closed ground between two dates: the ground and the hazards that every balance is drawn from."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from shapely.geometry.base import BaseGeometry

from hazard_service import overlay
from hazard_service.errors import DateError, KindError, ProgrammeError
from hazard_service.impact.exposure import blocking
from hazard_service.impact.rollup import hazard_district, zones_of
from hazard_service.impact.summary import reported_between
from hazard_service.layers import Situation

NOT_RECORDED: Final = "not recorded"
# Under a square centimetre a difference of two outlines is the rounding of the arithmetic.
ROUNDING_M2: Final = 1e-4


@dataclass(frozen=True, eq=False)
class Period:
    """From one situation to a later one. Ground is dissolved, in the programme's equal-area metre CRS.

    zones: the districts that rows are for, none over another.
    opening, closing: ground open at the first and at the second date. new: ground of the hazards reported in between
        that lies outside opening. closing = opening + new - left + added: left is no longer open; added is open, yet
        was neither open before nor reported in between (two versions of the data, as a rule).
    pieces: the rows of after.released that before.released has not, with operator, and is_undated.
    hazards: one row per hazard open at either date or reported in between: hazard_id, kind; opening, new and closing,
        the code of the district it counts in (None where it does not count); geometry, its ground: as open at the
        first date, else as recorded, else as open at the second; taken_m2, what the period's releases of it took.
    """

    before: Situation
    after: Situation
    zones: GeoDataFrame
    opening: BaseGeometry
    new: BaseGeometry
    closing: BaseGeometry
    left: BaseGeometry
    added: BaseGeometry
    pieces: GeoDataFrame
    hazards: GeoDataFrame

    @property
    def gone(self) -> np.ndarray:
        """(hazards,) bool: counts at the start or as new, and not at the end."""
        counted = self.hazards["opening"].notna() | self.hazards["new"].notna()
        return np.asarray(counted & self.hazards["closing"].isna())

    @property
    def gone_by_release(self) -> np.ndarray:
        """(hazards,) bool: gone, and releases of the period took at least half of its ground."""
        taken = self.hazards["taken_m2"].to_numpy()
        return np.asarray(self.gone & (taken > 0) & (2 * taken >= self.hazards.geometry.area.to_numpy()))


def period_of(before: Situation, after: Situation) -> Period:
    """The ground and hazards of a period. The two situations may come of two versions of one programme.

    Raises DateError unless the first date is earlier, KindError if the situations show different kinds, ProgrammeError
    if their data lie in different metre systems.
    """
    _check(before, after)
    zones = zones_of(after.programme.districts)
    pieces = _pieces(before, after)
    found = reported_between(after.programme, before.on, after)
    found = found[~found["hazard_id"].isin(before.hazards["hazard_id"])]
    opening, closing = _dissolved(before.hazards), _dissolved(after.hazards)
    reported = _dissolved(found)
    ever = overlay.union_all([opening, reported])
    return Period(
        before=before,
        after=after,
        zones=zones,
        opening=opening,
        new=overlay.difference(reported, opening),
        closing=closing,
        left=overlay.difference(ever, closing),
        added=overlay.difference(closing, ever),
        pieces=pieces,
        hazards=_hazards(before.hazards, found, after.hazards, zones, pieces),
    )


def _check(before: Situation, after: Situation) -> None:
    if before.on >= after.on:
        raise DateError(f"{before.on} is not earlier than {after.on}; give the earlier date first.")
    if before.kinds != after.kinds:
        raise KindError("The two situations show different hazard kinds; ask for the same kinds on both dates.")
    if before.programme.crs != after.programme.crs:
        raise ProgrammeError("The two versions of the data lie in different metre systems; take both dates of one.")


def _dissolved(hazards: GeoDataFrame) -> BaseGeometry:
    ground: BaseGeometry = overlay.union_all(hazards.geometry.to_numpy())
    return ground


def _pieces(before: Situation, after: Situation) -> GeoDataFrame:
    """Pieces released in between. A pair of release and hazard that is done once stays done."""
    keys = ["release_id", "hazard_id"]
    is_earlier = pd.MultiIndex.from_frame(after.released[keys]).isin(pd.MultiIndex.from_frame(before.released[keys]))
    pieces = after.released[~is_earlier].reset_index(drop=True)
    operator = after.programme.releases.set_index("release_id")["operator"]
    pieces = pieces.assign(is_undated=pieces["done_on"].isna())
    return pieces.assign(operator=operator.reindex(pieces["release_id"]).fillna(NOT_RECORDED).to_numpy())


def _hazards(
    start: GeoDataFrame, found: GeoDataFrame, end: GeoDataFrame, zones: GeoDataFrame, pieces: GeoDataFrame
) -> GeoDataFrame:
    known = [*start["hazard_id"], *found["hazard_id"]]
    rows = pd.concat([start, found, end[~end["hazard_id"].isin(known)]], ignore_index=True)
    frame = GeoDataFrame(rows[["hazard_id", "kind", "geometry"]], crs=end.crs)
    start_in, found_in, end_in = (_districts(hazards, zones) for hazards in (start, found, end))
    frame["opening"] = _looked_up(frame["hazard_id"], start_in)
    # One that lies in two districts and has been cut since counts where it lies now, or it would have to move at once.
    frame["new"] = _looked_up(frame["hazard_id"], {name: end_in.get(name, code) for name, code in found_in.items()})
    frame["closing"] = _looked_up(frame["hazard_id"], end_in)
    frame["taken_m2"] = _taken_m2(frame, pieces)
    return frame


def _districts(hazards: GeoDataFrame, zones: GeoDataFrame) -> dict[str, str]:
    codes = hazard_district(hazards.set_geometry(blocking(hazards), crs=hazards.crs), zones)
    return dict(zip(hazards["hazard_id"], codes, strict=True))


def _looked_up(names: pd.Series, codes: dict[str, str]) -> pd.Series:
    return pd.Series([codes.get(name) for name in names], index=names.index, dtype=object)


def _taken_m2(hazards: GeoDataFrame, pieces: GeoDataFrame) -> np.ndarray:
    """(hazards,) m² of each hazard's ground under the pieces released of it."""
    taken = np.full(len(hazards), shapely.Polygon(), dtype=object)
    row_of = {name: row for row, name in enumerate(hazards["hazard_id"])}
    for name, of_hazard in pieces.groupby("hazard_id"):
        if name in row_of:
            taken[row_of[name]] = overlay.union_all(of_hazard.geometry.to_numpy())
    return np.asarray(shapely.area(overlay.intersection(taken, hazards.geometry.to_numpy())), dtype=float)
