"""The headline numbers, and the caveats that travel with them."""

import datetime
from typing import Any, Protocol

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from hazard_service import overlay
from hazard_service.impact.areas import ground_of, km2, less
from hazard_service.impact.exposure import accident_distances
from hazard_service.impact.words import percent
from hazard_service.language import safety, said, some
from hazard_service.layers import Programme, Situation
from hazard_service.layers.history import ended_by
from hazard_service.layers.kinds import left_out
from hazard_service.vocabulary import (
    ENDINGS,
    MODELLED,
    NO_RECORD,
    NOT_FOR_SAFETY,
    PROGRESS_CLASSES,
    SERVICE_KINDS,
    SHA_OVERSTATES,
    WHOLE,
)


class Dated(Protocol):
    """The part of an assessment that a comparison counts."""

    @property
    def situation(self) -> Situation: ...
    @property
    def communities(self) -> GeoDataFrame: ...
    @property
    def totals(self) -> dict[str, Any]: ...


def totals_of(communities: GeoDataFrame, districts: GeoDataFrame, situation: Situation) -> dict[str, Any]:
    """The whole row of the districts, and counts that have no district."""
    whole = districts[districts["district_code"] == WHOLE].iloc[0].drop(["district_code", "name", "geometry"])
    totals = {name: value.item() if hasattr(value, "item") else value for name, value in whole.items()}
    totals["on"] = situation.on.isoformat()
    totals["hazards_unplaced"] = len(situation.programme.unplaced)
    for flag in ("inside_hazard", "enclosed", "at_most", "at_least"):
        totals[flag] = int(communities[flag].sum())
    for ring in situation.programme.settings.rings_m:
        totals[f"communities_within_{ring:g}_m"] = int((communities["nearest_hazard_m"] <= ring).sum())
    totals["held_back_by_movement"] = int(communities["held_back_by"].str.contains("movement").sum())
    if "livelihood_held_back_km2" in communities:
        # Communities, not km²: two may reach the same field.
        totals["livelihood_held_back"] = int((communities["livelihood_held_back_km2"] > 0).sum())
    for kind in SERVICE_KINDS:
        counts = communities[f"cut_off_{kind}"].value_counts()
        totals[f"cut_off_{kind}"] = {str(state): int(count) for state, count in counts.items()}
    return totals


def caveats_of(
    situation: Situation,
    terrain_caveats: tuple[str, ...],
    communities: GeoDataFrame,
    accidents: dict[str, float | None],
) -> tuple[str, ...]:
    """What a reader must know beside every result of one date."""
    with_people = int(communities["people"].notna().sum())
    sentences = [*left_out(situation.kinds, len(situation.not_counted)), NOT_FOR_SAFETY, NO_RECORD, MODELLED]
    if "SHA" in situation.kinds:
        sentences.append(SHA_OVERSTATES)
    if with_people < len(communities):
        sentences.append(
            said("People totals: {n} of {total} communities have people recorded.",
                 n=with_people, total=len(communities))
        )  # fmt: skip
    sentences += what_the_record_misses(accidents)
    sentences += _unnamed_cuts(situation)
    sentences += _ended(situation)
    at_most = int(communities["at_most"].sum())
    if at_most:
        sentences.append(
            safety("{n} communities reach beyond the surveyed area; their freedom is at most what is shown.", n=at_most)
        )
    own = communities[communities["through_open_route"].to_numpy()].sort_values("community_id")
    through = own["name"].where(own["name"].notna(), own["community_id"]).tolist()
    if through:
        sentences.append(
            safety(
                "The reach or walks of {n} communities lead over a recorded route that crosses an open hazard and "
                "counts as open because it is in use: {names}.",
                n=len(through),
                names=some(map(str, through), 5),
            )
        )
    return tuple(dict.fromkeys([*sentences, *situation.caveats, *terrain_caveats]))


def _ended(situation: Situation) -> list[str]:
    """One sentence where communities have ended by the date."""
    ended = ended_by(situation.programme.communities, situation.on)
    counted = [said("{n:,} {how}", n=count, how=how) for how in ENDINGS if (count := int((ended == how).sum()))]
    if not counted:
        return []
    return [
        said(
            "Communities that have ended by {date}: {n:,} ({endings}). They still stand in the counts of communities "
            "and people, as recorded.",
            date=situation.on,
            n=int((ended != "").sum()),
            endings=counted,
        )
    ]


def record_caveats(situation: Situation) -> tuple[str, ...]:
    """What a reader must know of the record, before anything is walked."""
    programme = situation.programme
    return (*situation.caveats, *what_the_record_misses(accident_distances(programme.accidents, programme.hazards)))


def what_the_record_misses(accidents: dict[str, float | None]) -> list[str]:
    """The shares of `accident_distances` as a sentence; none where no accident tells."""
    inside, near, far = accidents.values()
    if inside is None or near is None or far is None:
        return []
    return [
        safety(
            "Of the recorded accidents {inside} lie inside a recorded hazard, {near} within 500 m of one and {far} "
            "farther: the measure of what the record misses.",
            inside=percent(inside),
            near=percent(near),
            far=percent(far),
        )
    ]


def _unnamed_cuts(situation: Situation) -> list[str]:
    """Releases that name no hazard and cut hazards still open: two records that may contradict each other."""
    releases, cut = situation.programme.releases, situation.released
    unnamed = cut["release_id"].isin(releases.loc[releases["hazard_id"].isna(), "release_id"])
    pieces = cut[unnamed & cut["hazard_id"].isin(situation.hazards["hazard_id"])]
    if pieces.empty:
        return []
    return [
        said(
            "Releases that name no hazard took {km2:.3f} km² from {n:,} hazards that are still open; the records may "
            "contradict each other there.",
            km2=km2(overlay.union_all(pieces.geometry.to_numpy())),
            n=pieces["hazard_id"].nunique(),
        )
    ]


def reported_between(programme: Programme, start: datetime.date, after: Situation) -> GeoDataFrame:
    """Hazards newly identified after `start` and by the later date."""
    reported = programme.hazards["reported_on"]
    new = (reported > pd.Timestamp(start)) & (reported <= pd.Timestamp(after.on))
    return programme.hazards[new & programme.hazards["kind"].isin(after.kinds)].reset_index(drop=True)


def progress_totals(before: Dated, after: Dated, communities: GeoDataFrame, found: GeoDataFrame) -> dict[str, Any]:
    """Counts, people and shares of one comparison; shares are of the communities held back at the earlier date."""
    people = communities["people"].fillna(0)
    earlier = before.communities["held_back"]
    classes = communities["progress"].value_counts()
    totals: dict[str, Any] = {
        "from": before.situation.on.isoformat(),
        "to": after.situation.on.isoformat(),
        "communities": len(communities),
        "held_back_before": int(earlier.sum()),
        "held_back_after": int(after.communities["held_back"].sum()),
        "held_back_before_people": int(people[earlier].sum()),
        "held_back_after_people": int(people[after.communities["held_back"]].sum()),
    }
    for name in PROGRESS_CLASSES:
        totals[name] = int(classes.get(name, 0))
        totals[f"{name}_people"] = int(people[communities["progress"] == name].sum())
    # Held back before = freed of them, firm or not, + otherwise not + still: too small a gain, or no release behind it.
    otherwise = earlier & ~after.communities["held_back"] & ~communities["freed"]
    newly = ~earlier & after.communities["held_back"]
    for name, flag in (("otherwise_not_held_back", otherwise), ("newly_held_back", newly)):
        totals[name], totals[f"{name}_people"] = int(flag.sum()), int(people[flag].sum())
    for name in ("freed", "expanded"):
        of_earlier = earlier & communities[f"{name}_firm"]
        totals[f"{name}_of_held_back"] = int(of_earlier.sum())
        totals[f"{name}_of_held_back_people"] = int(people[of_earlier].sum())
        totals[f"{name}_share_of_held_back"] = float(of_earlier.sum() / earlier.sum()) if earlier.any() else None
    for name in ("open_km2", "released_km2"):
        totals[f"{name}_before"], totals[f"{name}_after"] = before.totals[name], after.totals[name]
    totals["released_km2"] = after.totals["released_km2"] - before.totals["released_km2"]
    # Two communities may regain the same land: this adds their reaches and need not agree with released km².
    totals["gained_km2"] = float(communities["gained_km2"].sum())
    if "gained_livelihood_km2" in communities:
        totals["livelihood_regained"] = int((communities["gained_livelihood_km2"] > 0).sum())
    totals["newly_identified"] = len(found)
    totals["newly_identified_km2"] = km2(overlay.union_all(found.geometry.to_numpy()))
    totals["laid_since"] = int((found["laid_on"] > pd.Timestamp(before.situation.on)).sum())
    totals["corrections_km2"] = _corrections_km2(before.situation, after.situation)
    return totals


def _corrections_km2(before: Situation, after: Situation) -> float:
    """Ground that was closed, is no longer, and that no release opened."""
    then = shapely.get_parts(list(ground_of(before)[0].values()))
    now = shapely.get_parts([ground for split in ground_of(after) for ground in split.values()])
    changed = ~np.isin(shapely.to_wkb(then), shapely.to_wkb(now))
    return float(shapely.area(less(then[changed], now)).sum()) / 1e6
