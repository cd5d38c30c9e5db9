"""How firm: the six villages under every variation, and what must hold of any."""

import pytest

from hazard_service.layers import open_programme
from hazard_service.series import series
from hazard_service.series.ranges import COUNTS, ranges
from hazard_service.series.words import span_sentences


@pytest.fixture(scope="module")
def firm(six_villages):
    return ranges(series(open_programme(six_villages)))


def test_every_variation_is_counted_once(firm):
    assert firm.counts["varied"].tolist() == [
        "as set", "reach_min = 30 min", "reach_min = 60 min", "reach_min = 120 min",
        "held_back_freedom = 0.9 share", "held_back_freedom = 0.98 share",
        "expanded_gain_share = 0.05 share of free reach", "expanded_gain_share = 0.2 share of free reach",
        "contact_m = 500 m", "contact_m = 2000 m",
        "everybody 1 km/h faster", "everybody 1 km/h slower", "half-size cells",
        "every hazard 25 m larger", "every hazard 25 m smaller", "confirmed areas (CHA) only",
    ]  # fmt: skip


def test_rings_that_hold_a_village_in_hold_it_in_whatever_is_varied(firm):
    """Walls 100 m thick round yards of 200 m; the tighter one, of 80 m, still closes when 25 m smaller."""
    counts = firm.counts.set_index("varied")
    assert counts["held_back_before"].unique().tolist() == [3]
    assert counts["freed"].unique().tolist() == [1]
    assert firm.always["freed"] == ("ringed",)
    assert firm.span("held_back_after") == (3, 3)
    # 4 km from each other: at any of the distances only the four villages with a ring are near one.
    assert counts["exposed_after"].unique().tolist() == [3]


def test_what_is_in_every_count_is_never_more_than_the_least(firm):
    for name in COUNTS:
        assert len(firm.always[name]) <= firm.span(name)[0] <= firm.counts[name].iloc[0] <= firm.span(name)[1]
    assert "No longer held back by release: 1, between 1 and 1; 1 communities are in all 16 counts." in span_sentences(
        firm
    )
