"""Casualties: counted from the accidents of a period, and given to communities; single records never leave here."""

import datetime
from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

OUTCOMES: Final = ("killed", "injured", "unknown")
# Below this a count stands for people who could be told apart.
FEWEST_SHOWN: Final = 5


def in_window(accidents: GeoDataFrame, on: datetime.date, months: int) -> GeoDataFrame:
    """Accidents of the `months` up to and with a date; an undated accident is in no window."""
    end = pd.Timestamp(on)
    dates = accidents["date"]
    return accidents[(dates > end - pd.DateOffset(months=months)) & (dates <= end)]


def casualties(accidents: GeoDataFrame) -> int:
    """Killed, injured and of unknown outcome; a number not recorded counts none."""
    return int(accidents[list(OUTCOMES)].fillna(0).to_numpy().sum())


def casualties_by(accidents: GeoDataFrame, column: str) -> dict[str, int]:
    """Casualties by `outcome`, or by a column such as sex, age_group, device; missing words count as "unknown"."""
    if column == "outcome":
        return {name: int(accidents[name].fillna(0).sum()) for name in OUTCOMES}
    people = accidents[list(OUTCOMES)].fillna(0).sum(axis=1)
    by_word = people.groupby(accidents[column].fillna("unknown").astype(str)).sum()
    return {str(word): int(count) for word, count in by_word.sort_index().items() if count > 0}


def suppressed(counts: dict[str, int]) -> dict[str, int | None]:
    """The counts, None for 1 to 4; where one alone would be hidden and so could be worked out, the next least too.

    The sum of all may be shown beside them.
    """
    hidden = {word for word, count in counts.items() if 0 < count < FEWEST_SHOWN}
    if sum(counts[word] for word in hidden) < FEWEST_SHOWN and hidden:
        others = sorted((count, word) for word, count in counts.items() if count >= FEWEST_SHOWN)
        hidden |= {word for _, word in others[:1]}
    return {word: None if word in hidden else count for word, count in counts.items()}


def given_to_communities(accidents: GeoDataFrame, communities: GeoDataFrame, within_m: float) -> pd.DataFrame:
    """killed, injured and victims (n,) of each community: the accident's own community, else the nearest.

    A victim counts once. Beyond `within_m` metres from every community an accident counts for none; where two are as
    near, for the lower row. Both frames in one metre CRS.
    """
    row_of = pd.Index(communities["community_id"].astype(str))
    own = row_of.get_indexer(accidents["community_id"].fillna("").astype(str))
    near = np.full(len(accidents), -1)
    if len(communities) and len(accidents):
        accident, community = shapely.STRtree(communities.geometry.to_numpy()).query_nearest(
            accidents.geometry.to_numpy(), max_distance=within_m, all_matches=True
        )
        pairs = pd.DataFrame({"accident": accident, "community": community}).groupby("accident")["community"].min()
        near[pairs.index] = pairs.to_numpy()
    row = np.where(own >= 0, own, near)
    counts = {
        name: np.bincount(row[row >= 0], accidents[name].fillna(0)[row >= 0], minlength=len(communities)).astype(int)
        for name in OUTCOMES
    }
    return pd.DataFrame(
        {"killed": counts["killed"], "injured": counts["injured"], "victims": sum(counts.values())},
        index=communities.index,
    )
