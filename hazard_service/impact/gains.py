"""What release gave between two dates, by DESIGN's definition of gain."""

import numpy as np
import pandas as pd

from hazard_service.impact.freedom import Walk, movement, share_of
from hazard_service.impact.livelihood import livelihood_gains
from hazard_service.impact.people import people_gains
from hazard_service.settings import Settings
from hazard_service.vocabulary import SERVICE_KINDS


def progress_of(
    gained: pd.DataFrame,
    *,
    before: pd.DataFrame,
    after: pd.DataFrame,
    standing: Walk,
    free: Walk,
    has_start: np.ndarray,
    settings: Settings,
) -> pd.DataFrame:
    """Each community's one class of progress, and newly_identified_holds_back; one row per community.

    `before` and `after` are the actual states (columns of `movement`); `gained` is what release gave (columns of
    `release_gain`), with freed_firm and expanded_firm. `standing` is the later ground less the hazards laid since.
    Freed and expanded are firm; a gain that may come from the outlines' position error alone is uncertain.
    """
    worse = _worse(before, after, settings)
    laid = _laid_matters(after, movement(standing, free, has_start, settings))
    progress = np.select(
        [~has_start, gained["freed_firm"], worse & laid, gained["expanded_firm"], gained["expanded"]],
        ["not_assessed", "freed", "worsened", "expanded", "uncertain"],
        default="unchanged",
    )
    return pd.DataFrame({"newly_identified_holds_back": worse & ~laid, "progress": progress})


def release_gain(
    standing: Walk,
    put_back: Walk,
    free: Walk,
    has_start: np.ndarray,
    settings: Settings,
    *,
    held_back_now: pd.Series | None = None,
) -> pd.DataFrame:
    """What the ground of `standing` gives over that of `put_back`, where more hazards stand; one row per community.

    `held_back_now`: the actual later state, where it is not that of `standing`. Columns: held_back_put_back,
    gained_km2, gained_share, minutes_saved_K, services_regained, freed, expanded; those of `livelihood_gains` with
    land cover, and of `people_gains` with a population raster.
    """
    with_release = movement(standing, free, has_start, settings)
    without = movement(put_back, free, has_start, settings)
    held_back = with_release["held_back"] if held_back_now is None else held_back_now
    frame = pd.DataFrame({"held_back_put_back": without["held_back"]})
    frame["gained_km2"] = with_release["reach_km2"] - without["reach_km2"]
    frame["gained_share"] = share_of(standing.reached_cells - put_back.reached_cells, free.reached_cells, has_start)
    regained = _regained(standing, put_back, free, has_start, settings, frame)
    frame["services_regained"] = [
        ", ".join(kind for kind in regained if regained[kind][row]) for row in range(len(frame))
    ]
    any_regained = np.logical_or.reduce([np.zeros(len(frame), bool), *regained.values()])
    enough = (frame["gained_share"] >= settings.freed_gain_share) | any_regained
    frame["freed"] = without["held_back"] & ~held_back & enough
    frame["expanded"] = frame["freed"] | (frame["gained_share"] >= settings.expanded_gain_share) | any_regained
    return frame.assign(
        **livelihood_gains(standing.livelihood_cells, put_back.livelihood_cells, has_start, settings),
        **people_gains(standing.people_parts, put_back.people_parts, has_start),
    )


def _regained(
    standing: Walk, put_back: Walk, free: Walk, has_start: np.ndarray, settings: Settings, frame: pd.DataFrame
) -> dict[str, np.ndarray]:
    """Services lost on the put-back ground, had again now, at least `regained_min` nearer. Adds minutes_saved_K."""
    regained = {}
    for kind in free.minutes:
        standard = settings.standard_min(kind)
        now, then = standing.minutes[kind].astype(float), put_back.minutes[kind].astype(float)
        saved = np.subtract(then, now, out=np.full(len(now), np.nan), where=np.isfinite(now))
        # A walk that did not exist before saves no countable minutes, yet it is regained.
        frame[f"minutes_saved_{kind}"] = np.where(np.isfinite(saved), saved, np.nan)
        regained[kind] = (
            has_start
            & (free.minutes[kind] <= standard)
            & (then > standard)
            & (now <= standard)
            & (saved >= settings.regained_min)
        )
    return regained


def _worse(before: pd.DataFrame, after: pd.DataFrame, settings: Settings) -> np.ndarray:
    """The actual later state against the actual earlier one."""
    # Nine digits undo the rounding of a subtraction, so that exactly 10 % counts as 10 %.
    lost_reach = (before["freedom"] - after["freedom"]).round(9) >= settings.expanded_gain_share
    worse = (~before["held_back"] & after["held_back"]) | lost_reach
    for kind in SERVICE_KINDS:
        worse |= (after[f"cut_off_{kind}"] == "yes") & (before[f"cut_off_{kind}"] == "no")
    return np.asarray(worse)


def _laid_matters(after: pd.DataFrame, without_laid: pd.DataFrame) -> np.ndarray:
    """True where hazards laid since cost a community reach or minutes."""
    matters = after["reach_km2"] < without_laid["reach_km2"]
    for name in without_laid.columns[without_laid.columns.str.startswith("minutes_")]:
        now, then = after[name].fillna(np.inf), without_laid[name].fillna(np.inf)
        matters |= now > then
    return np.asarray(matters)
