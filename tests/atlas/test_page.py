"""The page as text: what must stand in it, and what must not. How it behaves is tested in a browser (tests/web)."""

import json
import re

import pytest

from hazard_service.atlas import map_page
from hazard_service.atlas.dress import styles
from hazard_service.dress import our_asset
from hazard_service.errors import UnknownAssetError
from hazard_service.vocabulary import (
    HAZARD_KINDS,
    LABELS,
    NO_RECORD,
    NOT_FOR_SAFETY,
    PLACE_KINDS,
    PROGRESS_CLASSES,
    SHA_OVERSTATES,
    STATUSES,
)


@pytest.fixture(scope="module", params=[True, False], ids=["one file", "served"])
def page(request, progress):
    return map_page(progress, embed=request.param)


def test_the_page_says_what_a_map_must_say(page):
    for text in (
        "Fictional Saltmarsh", "2005-12-31", "2026-06-30", NOT_FOR_SAFETY, NO_RECORD, SHA_OVERSTATES,
        "Fictional: no place, hazard or person here is real.",
        "Of the recorded accidents 19% lie inside.",
        "3 hazards could not be placed on the map.", "<li>AX2: 2</li>", "<li>district not recorded: 1</li>",
        "Recorded routes, not checked for safety. Broken off within 75 m of hazards.",
        "No longer held back (modelled)",
    ):  # fmt: skip
        assert text in page, text


def test_the_page_says_when_accidents_cannot_tell(world):
    made = world.progress()
    made.after.totals["accidents_inside_share"] = None
    assert "No placed accidents are recorded, so nobody can tell" in map_page(made, embed=False)


def test_nothing_is_loaded_from_another_host(page):
    # Leaflet's own script holds the address of its home page for a credit line that is switched off.
    shell = re.sub(r"<script>.*?</script>|/\*.*?\*/", "", page, flags=re.DOTALL)
    assert "//" not in shell
    assert "@import" not in page


def test_the_same_data_gives_the_same_page(world):
    for embed in (True, False):
        assert map_page(world.progress(), embed=embed) == map_page(world.progress(), embed=embed)


def test_only_leaflet_of_folium_is_carried(progress):
    page = map_page(progress, embed=True)
    assert "jquery" not in page.lower()
    assert "bootstrap" not in page.lower()
    assert len(page) < 300_000


def test_no_single_accident_is_in_the_page(page):
    assert "SECRET-ACCIDENT" not in page


def test_hostile_text_leaves_the_page_as_it_is(world):
    page = map_page(world.hostile_progress(), embed=True)
    plain = map_page(world.progress(world.programme()), embed=True)
    for sign in ("<script", "</script>", "<img", "<style", "</body>"):
        assert page.count(sign) == plain.count(sign), sign
    assert page.count('http-equiv="Content-Security-Policy"') == 1
    block = re.search(r'id="layer-communities">(.*?)</script>', page, re.DOTALL).group(1)
    assert json.loads(block)["features"][0]["properties"]["title"] == world.HOSTILE


def test_one_label_per_class_agrees_with_the_vocabulary():
    looks = styles()
    assert list(looks["hazard_kinds"]) == ["CHA", "SHA", "unclassified"]
    assert set(looks["hazard_kinds"]) == set(HAZARD_KINDS)
    assert set(STATUSES) <= set(looks["hazard_states"])
    assert set(looks["places"]) == set(PLACE_KINDS)
    assert set(looks["changes"]) <= set(PROGRESS_CLASSES)
    for section in ("hazard_kinds", "communities", "changes", "places"):
        for name, look in looks[section].items():
            assert look["label"] == LABELS[name]
    for name in ("open", "worked_on", "suspended"):
        assert looks["hazard_states"][name]["label"] == LABELS[name]


def test_hazards_wear_imsma_colours():
    kinds = styles()["hazard_kinds"]
    assert (kinds["CHA"]["fill"], kinds["SHA"]["fill"]) == ("#FF0000", "#F4A718")
    assert styles()["hazard_states"]["open"]["fill_opacity"] == 0.5


@pytest.mark.parametrize("name", ["../styles.json", "styles.json", "nothing.js", "/etc/passwd", "map.js/.."])
def test_only_page_assets_are_given_out(name):
    with pytest.raises(UnknownAssetError):
        our_asset(name)
