"""The page as text: what must stand in it, and what must not. How it behaves is tested in a browser (tests/web)."""

import datetime
import json
import re

import pytest

from hazard_service.atlas import map_page
from hazard_service.atlas.dress import styles
from hazard_service.dress import our_asset
from hazard_service.errors import DateError, UnknownAssetError
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


def shell(page):
    """The page without its inlined scripts, the comments of its styles, and the digests of its policy."""
    return re.sub(r"<script>.*?</script>|/\*.*?\*/|'sha256-[^']*'", "", page, flags=re.DOTALL)


def block(page, name):
    """The JSON that the page carries under a name."""
    return re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL).group(1)


@pytest.fixture(scope="module", params=[True, False], ids=["one file", "served"])
def page(request, steps):
    return map_page(steps, served_step=None if request.param else "year")


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
    made = world.steps()
    made[-1].after.totals["accidents_inside_share"] = None
    assert "No placed accidents are recorded, so nobody can tell" in map_page(made, served_step="year")


def test_it_opens_at_the_date_asked_and_at_no_other(steps):
    page = map_page(steps, on=steps[0].after.situation.on)
    assert '<output id="date-shown" for="date">2014-12-31</output>' in page
    with pytest.raises(DateError) as caught:
        map_page(steps, on=datetime.date(2014, 1, 1))
    assert str(caught.value) == (
        "2014-01-01 is not a date of this map; take one of 2005-12-31, 2014-12-31, 2026-06-30."
    )


def test_a_map_of_two_dates_is_a_map_of_one_step(progress):
    page = map_page([progress])
    assert 'min="0" max="1"' in page
    assert json.loads(block(page, "page"))["dates"] == ["2005-12-31", "2026-06-30"]


def test_nothing_is_loaded_from_another_host(page):
    # Leaflet's own script holds the address of its home page for a credit line that is switched off.
    assert "//" not in shell(page)
    assert "@import" not in page


def test_the_same_data_gives_the_same_page(world):
    for step in (None, "year"):
        assert map_page(world.steps(), served_step=step) == map_page(world.steps(), served_step=step)


def test_only_leaflet_of_folium_is_carried(steps):
    page = map_page(steps)
    assert "jquery" not in page.lower()
    assert "bootstrap" not in page.lower()
    assert len(page) < 300_000


def test_no_single_accident_is_in_the_page(page):
    assert "SECRET-ACCIDENT" not in page


def test_hostile_text_leaves_the_page_as_it_is(world):
    page = map_page(world.hostile_steps())
    plain = map_page(world.steps())
    for sign in ("<script", "</script>", "<img", "<style", "</body>"):
        assert page.count(sign) == plain.count(sign), sign
    assert page.count('http-equiv="Content-Security-Policy"') == 1
    assert json.loads(block(page, "layer-communities"))["features"][0]["title"] == world.HOSTILE
    assert f"H1{world.HOSTILE}" in json.loads(block(page, "layer-hazards"))["cards"]


def test_a_file_asks_nothing_of_a_service_and_has_no_script_for_it(steps):
    page, served = map_page(steps), map_page(steps, served_step="year")
    for part in ("/api/", "/map/", 'id="minutes"', "Progress over the years"):
        assert part in served, part
        assert part not in shell(page), part
    for name in ("whatif.js", "ground.js"):
        assert name in served
    for part in ("function askWhatIf", "function showGround"):
        assert part not in page
    assert json.loads(block(page, "page"))["served"] is None


def test_counts_are_those_of_each_date(page):
    first, middle, last = json.loads(block(page, "page"))["counts"]
    assert first["headline"][1] == {"value": "4", "label": "open hazards"}
    assert first["rows"][0] == {"label": "Ground under open hazards", "note": "", "value": "7.20 km²"}
    assert middle["headline"][1]["value"] == "0"
    assert last["headline"] == [
        {"value": "3 → 3", "label": "of 7 communities held back (modelled)"},
        {"value": "1", "label": "no longer held back (modelled), 320 people"},
    ]


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
