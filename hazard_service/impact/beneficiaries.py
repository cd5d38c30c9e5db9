"""Beneficiaries: direct ones as the programme recorded them, indirect ones as the others of their communities."""

import datetime

import pandas as pd

from hazard_service.layers import Programme
from hazard_service.layers.history import done_by
from hazard_service.vocabulary import PEOPLE_GROUPS


def beneficiaries(programme: Programme, since: datetime.date, until: datetime.date) -> pd.DataFrame | None:
    """Direct and indirect beneficiaries of the releases done in (since, until]; None where nobody recorded any.

    Columns: group, direct, indirect (missing where nothing tells), communities, and in how many of these each is known:
    direct_in, indirect_in. Direct: users of released land or a regained service; where a community is recorded for
    several releases, its largest number of each group, so that nobody counts twice.
    Indirect: the other people of these communities, where their number and the direct one are known by group. The two
    are never added.
    """
    known = recorded_by_community(programme, since, until)
    if known is None:
        return None
    return pd.DataFrame(
        {
            "group": PEOPLE_GROUPS,
            "direct": pd.array([_sum(known[f"direct_{group}"]) for group in PEOPLE_GROUPS], dtype="Int64"),
            "indirect": pd.array([_sum(known[f"indirect_{group}"]) for group in PEOPLE_GROUPS], dtype="Int64"),
            "communities": len(known),
            "direct_in": [int(known[f"direct_{group}"].notna().sum()) for group in PEOPLE_GROUPS],
            "indirect_in": [int(known[f"indirect_{group}"].notna().sum()) for group in PEOPLE_GROUPS],
        }
    )


def recorded_by_community(programme: Programme, since: datetime.date, until: datetime.date) -> pd.DataFrame | None:
    """What `beneficiaries` adds up: a row a community, by community_id, with direct_women, indirect_women and so on."""
    done = programme.releases["release_id"][done_by(programme, until) & ~done_by(programme, since)]
    own = programme.beneficiaries[programme.beneficiaries["release_id"].isin(done)]
    if own.empty:
        return None
    direct = own.groupby("community_id")[list(PEOPLE_GROUPS)].max()
    everybody = programme.communities.set_index("community_id")[list(PEOPLE_GROUPS)].reindex(direct.index).astype(float)
    # More users than inhabitants: some come from elsewhere, and nobody of the community is left over.
    others = (everybody - direct).clip(lower=0)
    known: pd.DataFrame = pd.concat([direct.add_prefix("direct_"), others.add_prefix("indirect_")], axis=1)
    return known


def _sum(known: "pd.Series[float]") -> int | None:
    """Of those that are known; None where none is: not recorded is not nobody."""
    return int(known.sum()) if known.notna().any() else None
