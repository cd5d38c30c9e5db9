"""How firm: the six villages under every variation, and what must hold of any."""

import dataclasses
from contextlib import contextmanager

import pytest

from hazard_service.assessment import assess, compare
from hazard_service.layers import open_programme
from hazard_service.series import ranges as ranges_module
from hazard_service.series import series
from hazard_service.series.ranges import HEADLINES, ranges
from hazard_service.series.words import span_sentences


@pytest.fixture(scope="module")
def firm(villages_by_year):
    return ranges(villages_by_year)


@pytest.fixture(scope="module")
def nine_ranges(nine_by_year):
    return ranges(nine_by_year)


def test_every_variation_is_counted_once(firm):
    assert firm.counts["varied"].tolist() == [
        HEADLINES, "as recorded",
        "held back under 90 % of free reach", "held back under 98 % of free reach",
        "wider from 5 % of free reach", "wider from 20 % of free reach",
        "near a hazard within 500 m", "near a hazard within 2000 m",
        "every hazard 25 m larger", "every hazard 25 m smaller", "confirmed areas (CHA) only",
        "reach of 30 minutes", "reach of 60 minutes", "reach of 120 minutes",
        "everybody 1 km/h faster", "everybody 1 km/h slower", "half-size cells",
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
    for name in firm.names:
        assert len(firm.always[name]) <= firm.span(name)[0] <= firm.counts[name].iloc[0] <= firm.span(name)[1]
    assert "No longer held back by release: 1, between 1 and 1; 1 community is in all 17 counts." in span_sentences(
        firm
    )


def test_the_first_row_is_what_the_series_says(villages_by_year, firm):
    row, first = villages_by_year.rows.iloc[-1], firm.counts.iloc[0]
    said = {"held_back_after": row["held_back"], "freed": row["freed"], "cohort_expanded": row["cohort_expanded"],
            "worsened": row["worsened"], "exposed_after": row["exposed"]}  # fmt: skip
    assert {name: first[name] for name in said} == said
    assert "cohort_met" not in firm.names  # neither land cover nor a survey


def test_of_a_programme_with_surveys_objective_2_has_its_range_and_holds_the_headline(nine_ranges, nine_by_year):
    counted, row = nine_ranges, nine_by_year.rows.iloc[-1]
    for name in ("cohort_met", "cohort_expanded", "freed"):
        low, high = counted.span(name)
        assert low <= row[name] <= high
        assert counted.counts[name].iloc[0] == row[name]


@pytest.mark.parametrize(
    ("varied", "changes"),
    [
        ("held back under 98 % of free reach", {"held_back_freedom": 0.98}),
        ("wider from 20 % of free reach", {"expanded_gain_share": 0.2}),
        ("near a hazard within 2000 m", {"contact_m": 2000.0, "rings_m": (500.0, 2000.0)}),
        ("reach of 30 minutes", {"reach_min": 30.0}),
        ("half-size cells", {"cell_m": 25.0}),
    ],
)
def test_a_variation_is_what_a_programme_with_that_setting_says(nine_communities, nine_ranges, varied, changes):
    """Counted on walks at hand or walked again: the same as two assessments with the setting, compared."""
    programme = open_programme(nine_communities)
    other = dataclasses.replace(programme, settings=dataclasses.replace(programme.settings, **changes))
    days = (other.baseline_date, other.data_date)
    gained = compare(*(assess(other.situation(day)) for day in days))
    communities = gained.communities
    row = nine_ranges.counts.set_index("varied").loc[varied]
    assert {name: int(row[name]) for name in ("held_back_before", "held_back_after", "freed", "expanded")} == {
        name: int(communities[name].sum()) for name in ("held_back_before", "held_back_after", "freed", "expanded")
    }
    assert row["exposed_after"] == gained.after.communities["exposed"].sum()


def test_who_is_worse_has_its_range(nine_ranges):
    """Fir, newly held back by a suspected hazard from side to side: whatever is varied, but if suspected areas are left
    out nobody is worse."""
    worse = nine_ranges.counts.set_index("varied")["worsened"]
    assert worse.loc[worse == 0].index.tolist() == ["confirmed areas (CHA) only"]
    assert nine_ranges.span("worsened") == (0, 1)


def test_a_variation_that_cannot_be_is_left_out_and_said(six_villages):
    """Nobody may walk 30.5 km/h by the bounds of the settings: all other counts are told."""
    programme = open_programme(six_villages)
    found = series(dataclasses.replace(programme, settings=dataclasses.replace(programme.settings, route_kmh=29.5)))
    firm = ranges(found)
    assert firm.left_out == ("everybody 1 km/h faster: route_kmh is 30.5; use a value from 0.1 to 30.",)
    assert "everybody 1 km/h faster" not in set(firm.counts["varied"])
    assert "everybody 1 km/h slower" in set(firm.counts["varied"])
    assert f"Not counted: {firm.left_out[0]}" in span_sentences(firm)


def test_others_come_in_between_two_variations(villages_by_year, monkeypatch):
    entered = []

    @contextmanager
    def turn():
        entered.append(True)
        yield

    monkeypatch.setattr(ranges_module, "_walked", lambda *asked: None)
    monkeypatch.setattr(ranges_module, "_counted", lambda found, grounds, settings: ranges_module._headlines(found))
    counted = ranges(villages_by_year, turn)
    assert len(entered) == len(counted.counts) - 1  # the headlines are at hand
