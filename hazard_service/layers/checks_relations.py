"""Checks between columns and between layers: dates that contradict each other, releases that meet no hazard, ends."""

import datetime

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hazard_service.layers.findings import LayerRows
from hazard_service.vocabulary import ENDINGS


def check_hazard_dates(rows: LayerRows, data_date: datetime.date) -> None:
    """dates_out_of_order and closed_without_date: kept; where dates contradict each other the hazard stays open."""
    frame = rows.frame
    early = (frame["closed_on"] < frame["reported_on"]).to_numpy(dtype=bool)
    rows.flag(
        early, "dates_out_of_order", "kept",
        [
            f"closed_on {closed:%Y-%m-%d} is before reported_on {reported:%Y-%m-%d}; the hazard stays open."
            for closed, reported in frame.loc[early, ["closed_on", "reported_on"]].itertuples(index=False)
        ],
    )  # fmt: skip
    late = (frame["laid_on"] > frame["reported_on"]).to_numpy(dtype=bool)
    rows.flag(
        late, "dates_out_of_order", "kept",
        [
            f"laid_on {laid:%Y-%m-%d} is after reported_on {reported:%Y-%m-%d}; both stay."
            for laid, reported in frame.loc[late, ["laid_on", "reported_on"]].itertuples(index=False)
        ],
    )  # fmt: skip
    closed = (frame["status"] == "closed").to_numpy(dtype=bool)
    dated = (frame["closed_on"] <= pd.Timestamp(data_date)).to_numpy(dtype=bool)
    rows.flag(
        closed & frame["closed_on"].isna().to_numpy(), "closed_without_date", "kept",
        "It is closed without a date; it counts as open before the data date.",
    )  # fmt: skip
    rows.flag(
        ~closed & dated & ~early, "dates_out_of_order", "kept",
        [
            f"status is {status}, but closed_on is {day:%Y-%m-%d}; the hazard counts as closed from that day."
            for status, day in frame.loc[~closed & dated & ~early, ["status", "closed_on"]].itertuples(index=False)
        ],
    )  # fmt: skip


def check_release_dates(rows: LayerRows, data_date: datetime.date) -> None:
    """dates_out_of_order: kept. cleared_without_date: kept. A release completed after the data date is not done."""
    frame = rows.frame
    swapped = (frame["completed_on"] > frame["handed_over_on"]).to_numpy(dtype=bool)
    rows.flag(
        swapped, "dates_out_of_order", "kept",
        [
            f"completed_on {completed:%Y-%m-%d} is after handed_over_on {handed:%Y-%m-%d}; both stay."
            for completed, handed in frame.loc[swapped, ["completed_on", "handed_over_on"]].itertuples(index=False)
        ],
    )  # fmt: skip
    unfinished = (frame["completed_on"] > pd.Timestamp(data_date)).to_numpy(dtype=bool)
    # Ground cannot be handed over before the work on it is done, and this work is not done yet.
    frame.loc[unfinished, "handed_over_on"] = pd.NaT
    undated = (frame["completed_on"].isna() & frame["handed_over_on"].isna()).to_numpy(dtype=bool)
    rows.flag(
        undated & (frame["method"] == "cleared").to_numpy(dtype=bool), "cleared_without_date", "kept",
        "It is cleared without a date; it counts as done between the baseline date and the data date.",
    )  # fmt: skip


def check_release_targets(releases: LayerRows, hazards: LayerRows, unplaced_ids: set[str]) -> NDArray[np.bool_]:
    """unknown_hazard_id and release_outside_hazard: kept, and they open nothing.

    Returns (releases,) bool: opens nothing. A named hazard that does not meet the release is never replaced by one
    that does.
    """
    ground = hazards.geometry.copy()
    remnants = hazards.column("remnant")
    for at in np.flatnonzero([line is not None for line in remnants]):
        ground[at] = shapely.GeometryCollection([ground[at], remnants[at]])
    row_of = {name: at for at, name in enumerate(hazards.column("hazard_id"))}
    names = releases.column("hazard_id")
    named = np.array([name is not None for name in names], dtype=bool)
    unknown = np.array([name is not None and name not in row_of for name in names], dtype=bool)
    releases.flag(
        unknown, "unknown_hazard_id", "kept",
        [_unknown(name, name in unplaced_ids) for name in names[unknown]],
    )  # fmt: skip
    outside = np.zeros(len(names), dtype=bool)
    known = np.flatnonzero(named & ~unknown)
    outside[known] = ~shapely.intersects(releases.geometry[known], ground[[row_of[name] for name in names[known]]])
    releases.flag(
        outside, "release_outside_hazard", "kept",
        [f"It does not meet hazard {name}, which it names; it opens nothing." for name in names[outside]],
    )  # fmt: skip
    astray = ~named
    astray[shapely.STRtree(ground).query(releases.geometry, predicate="intersects")[0]] = False
    releases.flag(astray, "release_outside_hazard", "kept", "It meets no hazard on record; it opens nothing.")
    return np.asarray(unknown | outside | astray, dtype=bool)


def check_community_ends(rows: LayerRows) -> None:
    """unknown_ended_how and ended_without_date: left out. A community has ended if both are known, else not."""
    frame, how = rows.frame, rows.column("ended_how")
    is_dated, is_told = frame["ended_on"].notna().to_numpy(), np.array([word is not None for word in how], dtype=bool)
    untold, undated = is_dated & ~is_told, is_told & ~is_dated
    rows.flag(
        untold, "unknown_ended_how", "repaired",
        [
            f"ended_on is {day:%Y-%m-%d}, but not whether it was {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}; "
            "it counts as not ended."
            for day in frame.loc[untold, "ended_on"]
        ],
    )  # fmt: skip
    rows.flag(
        undated, "ended_without_date", "repaired",
        [f"ended_how is {word}, but it has no date that can be used; it counts as not ended." for word in how[undated]],
    )  # fmt: skip
    frame.loc[untold, "ended_on"] = pd.NaT
    rows.put("ended_how", [None if left_out else word for left_out, word in zip(undated, how, strict=True)])


def _unknown(name: str, is_unplaced: bool) -> str:
    if is_unplaced:
        return f"It names hazard {name}, which could not be placed; it opens nothing."
    return f"It names hazard {name}, which is not on record; it opens nothing."
