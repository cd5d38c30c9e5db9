"""Sentences of the cards."""

from types import SimpleNamespace

import pytest

from hazard_service.atlas.cards import community_facts, roughly
from hazard_service.settings import Settings
from hazard_service.vocabulary import HAZARD_KINDS


@pytest.mark.parametrize(
    ("people", "of", "words"),
    [
        (1234.5, 98_765.4, "about 1,200 of 99,000"),
        (99.6, 100.4, "about 100 of 100"),
        (10.0, 14.6, "about 10 of 15"),
        (0.0, 2449.0, "fewer than 10 of 2,400"),
        (3.0, 9.99, "fewer than 10"),
    ],
)
def test_people_of_a_raster_in_two_figures(people, of, words):
    assert roughly(people, of) == words


def facts(**columns):
    settings = Settings()
    row = SimpleNamespace(
        not_assessed=False, freedom=0.5, reach_km2=1.0, free_reach_km2=2.0, hazard_share=0.1, nearest_hazard_m=None,
        start_moved_m=0.0, at_most=False, **{f"hazards_within_{ring:g}_m": 0 for ring in settings.rings_m}, **columns,
    )  # fmt: skip
    return community_facts(row, settings, HAZARD_KINDS)


def test_people_in_reach_are_told_only_where_a_raster_tells():
    told = ["People within 60 minutes' walk (modelled)", "about 120 of 1,200"]
    assert told in facts(people_in_reach_modelled=123.0, free_people_in_reach_modelled=1234.0)
    assert not any("People" in label for label, _ in facts())


def test_livelihood_land_behind_hazards_is_told_by_class_and_only_where_land_cover_tells():
    land = {
        "cropland": (0.8, 2.0),
        "pasture": (0.5, 0.8),
        "forest": (3.0, 3.0),
        "water_edge": (0, 0),
        "built_up": (0, 0),
    }
    columns = {f"reach_{name}_km2": now for name, (now, _) in land.items()}
    columns |= {f"free_reach_{name}_km2": free for name, (_, free) in land.items()}
    told = dict(facts(livelihood_held_back_km2=1.5, **columns))
    assert told["Livelihood land behind hazards"] == "1.20 km² cropland, 0.30 km² pasture"
    free_alone = {f"reach_{name}_km2": free for name, (_, free) in land.items()}
    assert dict(facts(livelihood_held_back_km2=0.0, **columns | free_alone))["Livelihood land behind hazards"] == "none"
    assert "Livelihood land behind hazards" not in dict(facts())
