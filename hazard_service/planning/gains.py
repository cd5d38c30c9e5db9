"""What each open hazard, released alone, would give back; and what it would still hold back if it stood alone."""

import logging
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from hazard_service.assessment import Assessment, assess
from hazard_service.impact.freedom import Walk, rows_of
from hazard_service.layers import Situation
from hazard_service.planning.answers import Answerer, changed_walk, gain_table
from hazard_service.planning.walker import N_COUNTS, Walker
from hazard_service.planning.whatif import (
    WhatIf,
    lost_places,
    open_cells,
    opened_places,
    prepare_what_if,
    release_caveats,
)
from hazard_service.travel.kernel import processors

_LOG = logging.getLogger(__name__)

# Of the hazards that matter to a community, as many are tried in pairs: 190 pairs.
_WORTH_PAIRING = 20


@dataclass(frozen=True, eq=False)
class Gains:
    """What releases would give back, on one date.

    hazards: the assessment's open hazards with, for each released alone: freed, expanded (communities), freed_people,
    expanded_people, gained_km2 (sum over communities: land two communities regain counts for both) and by livelihood
    class; for each service kind person_minutes_saved_K (people x minutes, where both walks exist) and
    newly_within_K_people; frees (community ids); frees_together ("C0010 with H0003, H0007", of `needs`, with "; "
    between); the same with `last_`: what it holds back where all others are released. Ranked: `rank` 1 frees most
    people.
    pairs: one row per hazard and community with any change, columns of `impact.gains.release_gain`, for "alone" and
    "last" (column `order`).
    needs: community_id and hazard_ids, the lists of hazards that together free a community which no single release
    frees; empty where none was found.
    """

    assessment: Assessment
    hazards: GeoDataFrame
    pairs: pd.DataFrame
    needs: pd.DataFrame

    @property
    def caveats(self) -> tuple[str, ...]:
        return release_caveats(self.assessment)


def gains(situation: Situation) -> Gains:
    """What releasing each open hazard would give back, by repairing the walks that it can touch."""
    return gains_of(assess(situation))


def gains_of(assessment: Assessment) -> Gains:
    """As `gains`, for an assessment at hand."""
    what_if = prepare_what_if(assessment)
    _LOG.info("%s open hazards released one by one", f"{what_if.hazards:,}")
    reach = _reach_pairs(what_if)
    alone, last = _service_pairs(what_if, is_last=False), _service_pairs(what_if, is_last=True)
    pairs = pd.concat(
        [
            _pair_gains(what_if, reach, alone, is_last=False).assign(order="alone"),
            _pair_gains(what_if, reach, last, is_last=True).assign(order="last"),
        ],
        ignore_index=True,
    )
    hazards, needs = _by_hazard(what_if, pairs), _needs(what_if, pairs)
    together = sets_of(needs)
    hazards["frees_together"] = [
        "; ".join(f"{community_id} with {', '.join(others)}" for community_id, others in together.get(hazard_id, []))
        for hazard_id in hazards["hazard_id"]
    ]
    return Gains(assessment, hazards, _named(what_if, pairs), needs)


def sets_of(needs: pd.DataFrame) -> dict[str, list[tuple[str, list[str]]]]:
    """By hazard, of `Gains.needs`: each community that it frees only together with others, and those others."""
    found: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)
    for community_id, together in zip(needs["community_id"], needs["hazard_ids"], strict=True):
        for hazard_id in together:
            found[hazard_id].append((community_id, [one for one in together if one != hazard_id]))
    return dict(found)


def _reach_pairs(what_if: WhatIf) -> pd.DataFrame:
    """hazard, row (of a community), and the counts (N_COUNTS) that a release alone adds, and that it takes alone."""
    turns = iter(np.flatnonzero(what_if.starts >= 0))
    found: list[tuple[int, int, np.ndarray, np.ndarray]] = []

    def work() -> None:
        closed = Walker(what_if, what_if.reach_clock, is_closed=True)
        free = Walker(what_if, what_if.reach_clock, is_closed=False)
        while (row := next(turns, None)) is not None:
            found.extend(_reach_of(what_if, int(row), closed, free))

    workers = processors()
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(work) for _ in range(workers)]:
            done.result()
    found.sort(key=lambda pair: pair[:2])
    frame = pd.DataFrame({"hazard": [pair[0] for pair in found], "row": [pair[1] for pair in found]}, dtype=np.int64)
    frame["added"] = pd.Series([pair[2] for pair in found], dtype=object)
    frame["taken"] = pd.Series([pair[3] for pair in found], dtype=object)
    return frame


def _reach_of(what_if: WhatIf, row: int, closed: Walker, free: Walker) -> list[tuple[int, int, np.ndarray, np.ndarray]]:
    start, coverers = int(what_if.starts[row]), what_if.coverers[row]
    kept_free = free.walk([start], towards=False)
    kept = closed.walk([] if coverers else [start], towards=False)
    everything = free.change(0)
    found = []
    for hazard in sorted({*free.met().tolist(), *coverers}):
        one = np.array([hazard])
        added = np.zeros(N_COUNTS, np.int64)
        if not coverers - {hazard}:
            closed.release(one, [start] if coverers else [], towards=False)
            added = closed.change(kept)
            closed.back(one, kept)
        if hazard in coverers:
            taken = -everything
        else:
            free.close(one, [], towards=False)
            taken = free.change(kept_free)
            free.back(one, kept_free)
        if added.any() or taken.any():
            found.append((hazard, row, added, taken))
    return found


def _service_pairs(what_if: WhatIf, *, is_last: bool) -> dict[str, pd.DataFrame]:
    """By kind: hazard, row, minutes, where a release alone (or a hazard left last) changes a community's minutes."""
    kinds = list(what_if.places)
    with ThreadPoolExecutor(max(len(kinds), 1)) as pool:
        return dict(zip(kinds, pool.map(lambda kind: _service_of(what_if, kind, is_last=is_last), kinds), strict=True))


def _service_of(what_if: WhatIf, kind: str, *, is_last: bool) -> pd.DataFrame:
    walker = Walker(what_if, what_if.service_clock, is_closed=not is_last)
    everyone = frozenset(range(what_if.hazards)) if is_last else frozenset()
    kept = walker.walk(open_cells(what_if, kind, everyone), towards=True)
    base = (what_if.free if is_last else what_if.closed).minutes[kind]
    stuck_by: dict[int, list[int]] = {}
    for row, coverers in enumerate(what_if.coverers):
        for hazard in coverers:
            stuck_by.setdefault(hazard, []).append(row)
    is_stuck = (what_if.starts < 0) | np.array([bool(coverers) and not is_last for coverers in what_if.coverers])
    found = []
    for hazard in range(what_if.hazards):
        one, stuck = np.array([hazard]), is_stuck.copy()
        for row in stuck_by.get(hazard, []):
            stuck[row] = is_last or len(what_if.coverers[row]) > 1
        if is_last:
            walker.close(one, lost_places(what_if, kind, hazard), towards=True)
        else:
            walker.release(one, opened_places(what_if, kind, one, frozenset({hazard})), towards=True)
        minutes = walker.minutes_at_starts(stuck)
        walker.back(one, kept)
        changed = np.flatnonzero(minutes != base)
        found.append(pd.DataFrame({"hazard": hazard, "row": changed, "minutes": minutes[changed]}))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame({"hazard": [], "row": [], "minutes": []})


def _pair_gains(
    what_if: WhatIf, reach: pd.DataFrame, services: dict[str, pd.DataFrame], *, is_last: bool
) -> pd.DataFrame:
    """hazard, row and the columns of `release_gain` for every pair with a change of reach or minutes."""
    # A release may give nothing alone and yet hold land back last; only the order it changes has the pair.
    counts = reach.rename(columns={"taken" if is_last else "added": "counts"})[["hazard", "row", "counts"]]
    reach = counts[np.array([one.any() for one in counts["counts"]], bool)]
    keys = [frame.set_index(["hazard", "row"]).index for frame in (reach, *services.values())]
    index = keys[0]
    for key in keys[1:]:
        index = index.union(key)
    pairs = index.to_frame(index=False).astype(np.int64)
    rows = pairs["row"].to_numpy()
    change = np.zeros((len(pairs), N_COUNTS), np.int64)
    if len(reach):
        change[index.get_indexer(keys[0])] = np.array(reach["counts"].tolist(), np.int64)
    base = rows_of(what_if.free if is_last else what_if.closed, rows)
    minutes = {kind: values.copy() for kind, values in base.minutes.items()}
    for key, (kind, frame) in zip(keys[1:], services.items(), strict=True):
        minutes[kind][index.get_indexer(key)] = frame["minutes"].to_numpy(np.float32)
    other: Walk = changed_walk(base, change, minutes)
    standing, put_back = (base, other) if is_last else (other, base)
    gained = gain_table(what_if, rows, standing, put_back)
    for kind in minutes:
        standard = what_if.assessment.situation.programme.settings.standard_min(kind)
        gained[f"newly_within_{kind}"] = (standing.minutes[kind] <= standard) & (put_back.minutes[kind] > standard)
    return pd.concat([pairs, gained], axis=1)


def _by_hazard(what_if: WhatIf, pairs: pd.DataFrame) -> GeoDataFrame:
    """The open hazards with their sums over communities, and their rank."""
    hazards = what_if.assessment.hazards.copy()
    people = what_if.assessment.communities["people"].fillna(0).to_numpy()
    ids = what_if.assessment.communities["community_id"].to_numpy()
    for order, prefix in (("alone", ""), ("last", "last_")):
        own = pairs[pairs["order"] == order]
        for name, values in _sums(own, people[own["row"]], list(what_if.places)).items():
            sums = np.zeros(len(hazards))
            np.add.at(sums, own["hazard"].to_numpy(), np.nan_to_num(np.asarray(values, float)))
            hazards[prefix + name] = sums.astype(np.int64) if name in ("freed", "expanded") else sums
    freed = pairs[(pairs["order"] == "alone") & pairs["freed"]]
    named = freed.groupby("hazard")["row"].agg(lambda rows: ", ".join(sorted(ids[rows])))
    hazards["frees"] = named.reindex(range(len(hazards))).fillna("").to_numpy()
    worth = hazards.sort_values(
        ["freed_people", "freed", "expanded_people", "gained_km2", "hazard_id"], ascending=[False] * 4 + [True]
    )
    hazards["rank"] = pd.Series(np.arange(1, len(worth) + 1), index=worth.index)
    return hazards


def _sums(pairs: pd.DataFrame, people: np.ndarray, kinds: list[str]) -> dict[str, Any]:
    """What adds up over the communities of a hazard, by column name."""
    sums: dict[str, Any] = {
        "freed": pairs["freed"],
        "freed_people": pairs["freed"] * people,
        "expanded": pairs["expanded"],
        "expanded_people": pairs["expanded"] * people,
        **{str(name): pairs[name] for name in pairs if str(name).startswith("gained_") and str(name).endswith("_km2")},
    }
    for kind in kinds:
        sums[f"person_minutes_saved_{kind}"] = pairs[f"minutes_saved_{kind}"] * people
        sums[f"newly_within_{kind}_people"] = pairs[f"newly_within_{kind}"] * people
    return sums


def _named(what_if: WhatIf, pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs with ids instead of rows."""
    named = pairs.drop(columns=["hazard", "row"])
    named.insert(0, "hazard_id", what_if.assessment.hazards["hazard_id"].to_numpy()[pairs["hazard"]])
    named.insert(1, "community_id", what_if.assessment.communities["community_id"].to_numpy()[pairs["row"]])
    return named


def _needs(what_if: WhatIf, pairs: pd.DataFrame) -> pd.DataFrame:
    """For each held-back community that no single release frees: the smallest set found that frees it."""
    communities, hazards = what_if.assessment.communities, what_if.assessment.hazards
    alone = pairs[pairs["order"] == "alone"]
    freed = set(alone.loc[alone["freed"], "row"])
    held = [row for row in np.flatnonzero(communities["held_back"].to_numpy()).tolist() if row not in freed]
    if held:
        _LOG.info("%s communities that no single release frees: looking for sets", f"{len(held):,}")
    answerer, found = Answerer(what_if), []
    gain = {row: frame.set_index("hazard")["gained_km2"] for row, frame in pairs.groupby("row")}
    for row in held:
        # Where a hazard touches the community at all, what it gives back alone or holds back last.
        weight = gain.get(row, pd.Series(dtype=float)).groupby(level=0).max()
        near = sorted(answerer.near(row), key=lambda one: (weight.get(one, 0.0), one))
        chosen = _least_set(answerer, row, near)
        if len(chosen) > 2:
            worth = weight.sort_values(ascending=False).index.tolist()
            chosen = _pair(answerer, row, worth[:_WORTH_PAIRING]) or chosen
        ids = sorted(hazards["hazard_id"].to_numpy()[chosen])
        found.append({"community_id": communities["community_id"].iloc[row], "hazard_ids": ids})
    return pd.DataFrame(found, columns=["community_id", "hazard_ids"])


def _frees(answerer: Answerer, row: int, hazards: list[int]) -> bool:
    chosen = np.array(hazards, np.int64)
    # Walks to services are over all the ground; most sets already fail by reach.
    if not hazards or not answerer.widens_enough(row, chosen):
        return False
    return bool(answerer.gains_of(chosen, np.array([row]))["freed"].iloc[0])


def _pair(answerer: Answerer, row: int, hazards: list[int]) -> list[int]:
    """Two of these hazards that together free a community, those that matter most to it first; [] where none do."""
    for last, second in enumerate(hazards):
        for first in hazards[:last]:
            if _frees(answerer, row, [first, second]):
                return [first, second]
    return []


def _least_set(answerer: Answerer, row: int, hazards: list[int]) -> list[int]:
    """What is left after dropping, least first, every hazard without which the others still free the community."""
    if not _frees(answerer, row, hazards):
        return []
    step = max(len(hazards) // 2, 1)
    while step >= 1:  # drop by halves first: most hazards matter to nobody
        at = 0
        while at < len(hazards):
            fewer = hazards[:at] + hazards[at + step :]
            if _frees(answerer, row, fewer):
                hazards = fewer
            else:
                at += step
        step //= 2
    return hazards
