"""What the made-up programme tells: one table to tune it by. Shares are 0..1, lengths m, areas m²."""

import datetime
from dataclasses import dataclass, field

import numpy as np

NAME = "Fictional sample programme: Isles of Example (no real place)"
COUNTRY = "XXX"
DISTRICTS = (("XX01", "Upper Example"), ("XX02", "Far Example"), ("XX03", "Lower Example"), ("XX04", "Near Example"))
OPERATORS = (
    "Lantern Clearance (fictional)",
    "Field and Furrow (fictional)",
    "Example Army Engineers (fictional)",
    "Stepping Stone Survey (fictional)",
)
OPERATOR_SHARES = (0.4, 0.25, 0.25, 0.1)


@dataclass(frozen=True)
class Story:
    """Everything that decides the sample besides the fixed map of `geography.py`."""

    seed: int = 2006
    province: int = 0  # each draws from streams of its own
    hazards: int = 240
    communities: int = 180
    baseline_date: datetime.date = datetime.date(2005, 12, 31)
    data_date: datetime.date = datetime.date(2026, 6, 30)

    # Hazards: where they lie. The rest, after rings, laid, inside and points, is split by these weights.
    front_weight: float = 0.66
    road_weight: float = 0.22
    scattered_weight: float = 0.12
    point_share: float = 0.042  # of all hazards: points with a reported area
    inside: int = 3  # hazards drawn over a community
    rings: tuple[str, ...] = ("hole:whole", "bands:most", "bands:whole", "hole:corridor", "bands:none", "hole:none")
    laid: tuple[str, ...] = ("2014-04-11", "2017-10-02", "2022-11-20")  # laid around a community that had been at peace
    new_share: float = 0.10  # reported after the baseline
    no_report_share: float = 0.03
    # What they are
    kind_shares: tuple[float, float, float] = (0.56, 0.40, 0.04)  # SHA, CHA, unclassified
    sha_median_m2: float = 175_000.0
    sha_spread: float = 0.65
    sha_range_m2: tuple[float, float] = (50_000.0, 800_000.0)
    cha_median_m2: float = 14_500.0
    cha_spread: float = 0.8
    cha_range_m2: tuple[float, float] = (1_500.0, 120_000.0)
    hole_share: float = 0.08
    multi_share: float = 0.11
    clear_of_communities_m: float = 70.0

    # Releases
    releases_per_hazard: float = 0.625
    road_release_weight: float = 3.5
    scattered_release_weight: float = 2.0
    new_release_weight: float = 0.5  # factor on hazards reported after the baseline
    whole_share: float = 0.62
    in_turns_share: float = 0.14  # whole, in two pieces
    strips_share: float = 0.12  # the rest are halves, once
    twice: int = 2  # hazards whose ground is released twice over
    undated_share: float = 0.067
    no_handover_share: float = 0.12
    no_hazard_id: int = 2
    closed_without_date: int = 2
    corrections: int = 3  # closed on a date without any release

    # Communities, places, accidents
    community_shares: tuple[float, float, float] = (0.36, 0.26, 0.38)  # by roads, by front lines, anywhere
    spacing_m: float = 800.0
    people_median: float = 330.0
    people_spread: float = 0.9
    no_people_share: float = 0.08
    polygon_communities: int = 6
    not_surveyed_share: float = 0.05
    water_share: float = 0.88
    across_share: float = 0.85  # of first wells near hazards: beyond the largest one
    schools_share: float = 0.28
    health_share: float = 0.18
    markets_share: float = 0.07
    accidents_per_hazard: float = 400 / 240
    accidents_from: datetime.date = datetime.date(1999, 1, 1)
    accidents_decay_years: float = 7.5
    accidents_inside_share: float = 0.17

    # After releases: later surveys of blockages, and direct users
    surveyed_again_within_m: float = 1500.0
    surveyed_again_share: float = 0.55  # of surveyed communities with a release so near
    surveyed_twice_share: float = 0.35
    lifted_share: float = 0.5
    newly_blocked_share: float = 0.02
    users_within_m: float = 1000.0
    users_counted_share: float = 0.5  # of reduced or cleared ground so near a community

    # The register of countries: how many say yes
    countries: int = 170
    mbc_parties: int = 156
    ccm_signed: int = 98
    ccm_ratified: int = 14
    mined_countries: int = 30  # parties that are asked for plans and have a deadline
    ccm_deadlines: int = 6
    plans_integrated: int = 11
    budget_lines: int = 9
    residual_capacities: int = 7

    # A stream is known by its place: a new one goes last, or everything is redrawn.
    streams: tuple[str, ...] = field(
        default=(
            "relief", "roads", "communities", "hazards", "dates", "releases", "places", "accidents", "districts",
            "surveys", "beneficiaries", "operators", "countries",
        ),
        repr=False,
    )  # fmt: skip

    def rng(self, stream: str) -> np.random.Generator:
        """A generator of its own for each theme, so that tuning one does not redraw the others."""
        drawn_from = [self.seed, self.streams.index(stream), *([self.province] if self.province else [])]
        return np.random.Generator(np.random.PCG64(drawn_from))


def random_date(rng: np.random.Generator, first: datetime.date, last: datetime.date) -> datetime.date:
    """A day from `first` to `last`, both included."""
    return first + datetime.timedelta(days=int(rng.integers(0, (last - first).days + 1)))
