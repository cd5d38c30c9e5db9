"""Casualties: counted from the accidents of a period, and given to communities; single records never leave here."""

import datetime
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from hazard_service.vocabulary import CONTAMINATION

OUTCOMES: Final = ("killed", "injured", "unknown")
# Ways of counting the same people, and their groups; outcome is told by three numbers of an accident, the others by a
# word. The same groups for every record: a list of the words of one record would tell who is in it.
UNKNOWN, OTHER = "unknown", "other"
GROUPS: Final = MappingProxyType(
    {
        "outcome": OUTCOMES,
        "sex": ("female", "male", OTHER, UNKNOWN),
        "age_group": ("adult", "child", OTHER, UNKNOWN),
        "device": CONTAMINATION,
    }
)
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


def casualties_by(accidents: GeoDataFrame, column: str, groups: Sequence[str]) -> dict[str, int]:
    """Casualties of each of the groups, in their order, by `outcome` or by a column; 0 where there are none.

    A missing word is "unknown", one that is no group "other". groups: GROUPS, or the codes of all districts.
    """
    if column == "outcome":
        return {name: int(accidents[name].fillna(0).sum()) for name in groups}
    people = accidents[list(OUTCOMES)].fillna(0).sum(axis=1)
    words = accidents[column].fillna(UNKNOWN).astype(str)
    if column in GROUPS:
        words = words.str.strip().str.lower()
    by_word = people.groupby(words.where(words.isin(groups), OTHER)).sum()
    return {group: int(by_word.get(group, 0)) for group in groups}


def suppressed(counts: dict[str, int]) -> dict[str, int | None]:
    """The counts of the groups of a whole, which may be shown beside them; None for those that are hidden.

    Where a group counts 1 to 4, every group under 5 is hidden, those with nobody too. Where these are fewer than 5
    people together, or 4 each, which their sum would tell, the least of the others is hidden as well, and its equals.
    So of two groups or more no count of 1 to 4 can be worked out, whoever knows the sum and this rule: the hidden
    counts could stand in another order, or be others.
    """
    small = {group: count for group, count in counts.items() if count < FEWEST_SHOWN}
    if not any(small.values()):
        return dict(counts)
    people = sum(small.values())
    tells = people < FEWEST_SHOWN or people == (FEWEST_SHOWN - 1) * len(small)
    others = [count for group, count in counts.items() if group not in small]
    least = min(others, default=0) if tells else 0
    return {group: None if group in small or count == least else count for group, count in counts.items()}


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
