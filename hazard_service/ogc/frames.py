"""The frame of each collection for a period, asked of lower rooms; columns as those rooms name them."""

import datetime
from dataclasses import dataclass
from typing import Final, Protocol

import pandas as pd
from geopandas import GeoDataFrame

from hazard_service.assessment import Assessment, hazard_columns, known_later
from hazard_service.impact.rollup import zones_of
from hazard_service.impact.routes_shown import routes_shown
from hazard_service.impact.summary import record_caveats
from hazard_service.layers import Programme, Situation
from hazard_service.layers.between import open_between
from hazard_service.layers.caveats import unplaced_caveat
from hazard_service.layers.situation import closed_by_record
from hazard_service.planning import Gains
from hazard_service.series.casualties import DISTRICT, casualty_rows, public_casualties, public_dates
from hazard_service.vocabulary import OUTSIDE, WHOLE

_MOST_NAMED: Final = 3


class Results(Protocol):
    """Who keeps a programme's results by date."""

    programme: Programme

    def situation(self, on: datetime.date) -> Situation:
        """What was open on a date, of the kinds that are counted."""

    def assessment(self, on: datetime.date) -> Assessment:
        """Who is held back on a date."""

    def gains(self, on: datetime.date) -> Gains:
        """What releasing each hazard open on a date would give back."""


@dataclass(frozen=True)
class Period:
    """A day, or the days from start to end, both counted."""

    start: datetime.date
    end: datetime.date


def not_among_the_open(results: Results, period: Period) -> tuple[str, ...]:
    """How many hazards on record are in no layer of those open: recorded only later, closed by their record, and
    without a place."""
    situation = results.situation(period.end)
    told = []
    if later := len(known_later(situation)):
        told.append(f"Hazard areas recorded only after {situation.on}: {later:,}; they are in hazards_known_later.")
    if ids := list(closed_by_record(situation)["hazard_id"]):
        listed = ", ".join(ids[:_MOST_NAMED]) + (" and others" if len(ids) > _MOST_NAMED else "")
        told.append(f"Hazards that no release took whole, and their record alone closed: {len(ids):,} ({listed}); they "
                    "are in no layer.")  # fmt: skip
    return (*told, *unplaced_caveat(results.programme.unplaced))


def recorded(results: Results, period: Period) -> tuple[str, ...]:
    """What a reader must know of what is shown as it was recorded."""
    return _with(not_among_the_open(results, period), record_caveats(results.situation(period.end)))


def walked(results: Results, period: Period) -> tuple[str, ...]:
    """What a reader must know of what was modelled."""
    return _with(not_among_the_open(results, period), results.assessment(period.end).caveats)


def released_alone(results: Results, period: Period) -> tuple[str, ...]:
    """What a reader must know of gains."""
    return _with(not_among_the_open(results, period), results.gains(period.end).caveats)


def _with(first: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *others)))


def hazards(results: Results, period: Period) -> GeoDataFrame:
    programme = results.programme
    if period.start == period.end:
        found = results.situation(period.end).hazards
    else:
        found = open_between(programme, period.start, period.end)
    found = hazard_columns(found, programme)
    return found.assign(has_line=found["remnant"].notna())


def hazard_lines(results: Results, period: Period) -> GeoDataFrame:
    return _only_lines(hazards(results, period))


def hazard_lines_known_later(results: Results, period: Period) -> GeoDataFrame:
    return _only_lines(hazards_known_later(results, period))


def hazards_not_counted(results: Results, period: Period) -> GeoDataFrame:
    found = hazard_columns(results.situation(period.end).not_counted, results.programme)
    return found.assign(has_line=found["remnant"].notna())


def hazard_lines_not_counted(results: Results, period: Period) -> GeoDataFrame:
    return _only_lines(hazards_not_counted(results, period))


def _only_lines(found: GeoDataFrame) -> GeoDataFrame:
    found = found[found["has_line"]]
    lines = found["remnant"].to_numpy(dtype=object)
    return found.set_geometry(lines, crs=found.crs).assign(area_m2=0.0)


def hazards_known_later(results: Results, period: Period) -> GeoDataFrame:
    later = known_later(results.situation(period.end))
    found = hazard_columns(later, results.programme).assign(cut_m2=0.0)
    return found.assign(has_line=found["remnant"].notna())


def released(results: Results, period: Period) -> GeoDataFrame:
    pieces = results.situation(period.end).released
    return pieces.assign(area_m2=pieces.geometry.area)


def communities(results: Results, period: Period) -> GeoDataFrame:
    return results.assessment(period.end).communities


def places(results: Results, _: Period) -> GeoDataFrame:
    return results.programme.places


def routes(results: Results, period: Period) -> GeoDataFrame:
    situation = results.situation(period.end)
    return routes_shown(situation, known_later(situation))


def districts(results: Results, period: Period) -> GeoDataFrame:
    rows = results.assessment(period.end).districts
    return rows[rows["district_code"] != WHOLE]


def accidents(results: Results, period: Period) -> GeoDataFrame:
    """Casualties of the 12 months to the last public date in the period: what /progress tells, and no more."""
    programme = results.programme
    days = [day for day in public_dates(programme) if day <= period.end][-1:]
    told = public_casualties(casualty_rows(programme, public_dates(programme)), programme)
    told = told[told["on"].isin(days) & (told["counted_by"] == DISTRICT)]
    zones = zones_of(programme.districts).set_index("district_code")
    outlines = zones.geometry.reindex(told["group"]).to_numpy()
    frame = pd.DataFrame(
        {
            "district_code": told["group"],
            "name": told["group"].map(zones["name"]).fillna(OUTSIDE),
            "casualties": told["casualties"],
            "as_of": pd.to_datetime(told["on"]),
        }
    ).reset_index(drop=True)
    return GeoDataFrame(frame, geometry=outlines, crs=programme.crs)


def gains(results: Results, period: Period) -> GeoDataFrame:
    return results.gains(period.end).hazards
