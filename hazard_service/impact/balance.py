"""The balance of closed ground: opening + newly identified - cancelled - reduced - cleared ± corrections = closing."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from shapely.geometry.base import BaseGeometry

from hazard_service import overlay
from hazard_service.impact.areas import Split, first_released
from hazard_service.impact.period import Period, period_of
from hazard_service.impact.rollup import zone_areas
from hazard_service.layers import Situation
from hazard_service.vocabulary import OUTSIDE, RELEASE_METHODS, WHOLE

# In m²: the terms of the identity, then what reconciles them with all released ground of the period.
GROUND_COLUMNS: Final = (
    "opening_m2", "new_m2", *(f"{method}_m2" for method in RELEASE_METHODS), "corrected_down_m2", "corrected_up_m2",
    "closing_m2", "released_m2", "released_still_closed_m2", "released_outside_m2", "released_again_m2",
    "released_total_m2",
)  # fmt: skip
AREA_COLUMNS: Final = (
    "areas_opening", "areas_new", "areas_closed_by_release", "areas_closed_by_record", "areas_reopened", "areas_moved",
    "areas_closing",
)  # fmt: skip


def balance(before: Situation, after: Situation) -> pd.DataFrame:
    """What became of closed ground between two dates: one row per district, then OUTSIDE, then WHOLE.

    district_code, name, GROUND_COLUMNS in m² and AREA_COLUMNS, numbers of hazards. No square metre counts twice, and
    in every row, to the rounding of the arithmetic,

        opening + new - cancelled - reduced - cleared - corrected_down + corrected_up = closing
        released = cancelled + reduced + cleared
        released_total = released + released_still_closed + released_outside - released_again
        areas_opening + new - closed_by_release - closed_by_record + reopened + moved = areas_closing

    opening, closing: open ground on the two dates, as `open_ground` has it. cancelled, reduced, cleared: ground that
    was closed, is no longer, and that releases of the period took, under the first of them. corrected_down: ground
    that left with no release; corrected_up: ground that came without being reported in the period; `corrections` lists
    both. released_still_closed: released, yet closed under another hazard. released_outside: released, yet neither
    open at the first date nor reported since (its record had closed it). released_again: of all these, what earlier
    releases had already counted. released_total: released ground at the second date less that at the first, as the
    totals show it. Ground is split at district lines; a hazard counts once, where its largest part lies, and `moved`
    is those whose largest part changed district as a release took the rest (0 in all).
    """
    return balance_of(period_of(before, after))


def balance_of(period: Period) -> pd.DataFrame:
    """As `balance`, for a period at hand."""
    split = ground_of_period(period)
    ground = zone_areas(period.zones, split, {name: f"{name}_m2" for name in split}) * 1e6
    ground["released_m2"] = ground[[f"{method}_m2" for method in RELEASE_METHODS]].sum(axis=1)
    ground["released_total_m2"] = (
        ground[["released_m2", "released_still_closed_m2", "released_outside_m2"]].sum(axis=1)
        - ground["released_again_m2"]
    )
    rows = pd.concat([district_names(period.zones), ground[list(GROUND_COLUMNS)], _counts(period)], axis=1)
    return with_whole(rows)


def released_parts(period: Period, by: Sequence[str]) -> dict[tuple[Any, ...], BaseGeometry]:
    """Ground that left the hazards and that releases of the period took, each square metre under the first of them;
    dissolved by columns of their pieces (method, operator, is_undated)."""
    first = first_released(period.pieces)
    return {
        key: overlay.intersection(overlay.union_all(pieces.geometry.to_numpy()), period.left)
        for key, pieces in first.groupby(list(by))
    }


def ground_of_period(period: Period) -> Split:
    """The ground behind each of GROUND_COLUMNS that is no sum of others, under its name without `_m2`."""
    released = overlay.union_all(period.pieces.geometry.to_numpy())
    earlier = overlay.union_all(period.before.released.geometry.to_numpy())
    nowhere = shapely.Polygon()
    parts = released_parts(period, ["method"])
    return {
        "opening": period.opening,
        "new": period.new,
        **{method: parts.get((method,), nowhere) for method in RELEASE_METHODS},
        "corrected_down": overlay.difference(period.left, released),
        "corrected_up": period.added,
        "closing": period.closing,
        "released_still_closed": overlay.intersection(released, period.closing),
        "released_outside": overlay.difference(released, overlay.union_all([period.left, period.closing])),
        "released_again": overlay.intersection(released, earlier),
    }


def district_names(zones: GeoDataFrame) -> pd.DataFrame:
    """district_code and name of the rows of `zones`, OUTSIDE last."""
    return pd.DataFrame(
        {"district_code": [*zones["district_code"], OUTSIDE], "name": [*zones["name"], OUTSIDE]}, dtype=object
    )


def with_whole(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows and their sum as a last one, WHOLE; numbers of areas stay whole numbers."""
    whole = rows.drop(columns=["district_code", "name"]).sum().to_frame().T
    together = pd.concat([rows, whole.assign(district_code=WHOLE, name=WHOLE)], ignore_index=True)
    dtypes = {column: rows[column].dtype for column in rows.columns if column not in ("district_code", "name")}
    return together.astype(dtypes)


def _counts(period: Period) -> pd.DataFrame:
    hazards, by_release = period.hazards, period.gone_by_release
    opening, new, closing = (hazards[name] for name in ("opening", "new", "closing"))
    counted_in = opening.where(opening.notna(), new)
    by_record = period.gone & ~by_release
    stays = (opening.notna() & closing.notna()).to_numpy()
    codes = [*period.zones["district_code"], OUTSIDE]

    def count(district: pd.Series, rows: np.ndarray) -> np.ndarray:
        at = pd.Index(codes).get_indexer(pd.Index(district[rows]))
        return np.bincount(at, minlength=len(codes)).astype(np.int64)

    return pd.DataFrame(
        {
            "areas_opening": count(opening, opening.notna().to_numpy()),
            "areas_new": count(new, new.notna().to_numpy()),
            "areas_closed_by_release": count(counted_in, by_release),
            "areas_closed_by_record": count(counted_in, by_record),
            "areas_reopened": count(closing, (counted_in.isna() & closing.notna()).to_numpy()),
            "areas_moved": count(closing, stays) - count(opening, stays),
            "areas_closing": count(closing, closing.notna().to_numpy()),
        }
    )[list(AREA_COLUMNS)]
