"""The slider and the two buttons: on each date the map, its figures, its table and the open card are of that date."""

from urllib.parse import urlencode

import pandas as pd
import pytest

from hazard_service.assessment import assess
from hazard_service.layers import open_programme

STATE_OF_ALL = """() => Object.fromEntries(["hazards", "communities"].map((name) => [name,
  hazardAtlas.layers[name].getLayers().filter((layer) => layer.feature && layer.isShown())
    .map((layer) => [layer.feature.id, layer.feature.state || stateOf(hazardAtlas, layer.feature)]).sort()]))"""
# Red, green and blue of the canvas in the middle of a feature.
COLOUR = """(name) => {
  const layer = Object.values(hazardAtlas.layers).flatMap((group) => group.getLayers())
    .find((one) => one.feature && one.feature.id === name);
  const at = layer.getLatLng ? layer.getLatLng() : layer.getBounds().getCenter();
  const canvas = hazardAtlas.canvas, point = hazardAtlas.map.latLngToLayerPoint(at).subtract(canvas._bounds.min);
  const scale = canvas._container.width / canvas._bounds.getSize().x, one = document.createElement("canvas");
  const pen = one.getContext("2d", { willReadFrequently: true });
  pen.drawImage(canvas._container, Math.round(point.x * scale), Math.round(point.y * scale), 1, 1, 0, 0, 1, 1);
  return [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}"""


def test_every_date_shows_what_was_open_then_and_what_was_found_later(browser, screen, villages, six_villages):
    """Against each date assessed by itself: the page's dates are walked in turn, each from the one before."""
    programme = open_programme(six_villages)
    hazards = programme.hazards.set_index("hazard_id")
    with screen.opened(browser, villages) as page:
        days = page.evaluate("hazardAtlas.page.dates")
        assert len(days) == 22
        for day in days:
            screen.show_date(page, day)
            assert page.inner_text("#date-shown") == day
            shown = page.evaluate(STATE_OF_ALL)
            assessed = assess(programme.situation(day))
            states = dict(shown["hazards"])
            is_open = {name for name, state in states.items() if state in ("open", "worked_on", "suspended")}
            assert is_open == set(assessed.hazards["hazard_id"]), day
            later = {name for name, state in states.items() if state == "known_later"}
            assert later == set(hazards.index[hazards["reported_on"] > pd.Timestamp(day)]), day
            assert set(states) == set(hazards.index), day
            held = {name for name, state in shown["communities"] if state == "held_back"}
            communities = assessed.communities.set_index("community_id")
            assert held == set(communities.index[communities["held_back"]]), day
            assert len(shown["communities"]) == len(communities)


def test_release_is_seen_from_the_year_it_was_made(browser, screen, villages):
    """H-ringed was handed over in May 2010; the village in it was held back before, and is freed since."""
    with screen.opened(browser, villages) as page:
        screen.show_date(page, "2009-12-31")
        assert ["H-ringed", "open"] in page.evaluate(STATE_OF_ALL)["hazards"]
        assert "On 2009-12-31: Held back (modelled)" in screen.open_card(page, "ringed")
        screen.show_date(page, "2010-12-31")
        assert ["H-ringed", "released"] in page.evaluate(STATE_OF_ALL)["hazards"]
        assert "On 2010-12-31: No longer held back (modelled)" in page.inner_text("#card")


@pytest.mark.parametrize("arrows", [False, True], ids=["by hand", "by arrow keys"])
def test_hazards_and_communities_move_on_the_canvas(browser, screen, address, arrows):
    with screen.opened(browser, address) as page:
        page.uncheck("input[data-layer=routes]")
        seen = []
        for at, day in enumerate(["2005-12-31", "2014-12-31", "2026-06-30"]):
            if arrows:
                page.focus("#date")
                page.keyboard.press("ArrowRight" if at else "Home")
            else:
                screen.show_date(page, day)
            assert page.inner_text("#date-shown") == day
            assert page.get_attribute("#date", "aria-valuetext") == day
            seen.append({name: page.evaluate(COLOUR, name) for name in ("H4", "H3", "C3")})
        red, white, green = (one["H4"] for one in seen)
        assert red[0] > red[1] + 60  # a confirmed area, open: red
        assert min(white) > 240  # closed by its record: an outline alone
        assert green[1] > green[0] > 200  # released
        grey, grey_too, brown = (one["H3"] for one in seen)
        assert max(grey) - min(grey) < 20  # recorded only later
        assert grey == grey_too
        assert brown[0] > brown[2] + 10
        dot, dot_too, diamond = (one["C3"] for one in seen)
        assert min(dot) > 180
        assert dot == dot_too
        assert max(diamond) < 90  # held back: a dark diamond


def test_the_two_buttons_show_the_first_and_the_last_date(browser, screen, address):
    with screen.opened(browser, address) as page:
        first, last = (page.locator(f"button[data-date='{at}']") for at in (0, 2))
        assert first.inner_text().split() == ["2005-12-31", "baseline"]
        assert last.inner_text().split() == ["2026-06-30", "data", "date"]
        assert (first.get_attribute("aria-pressed"), last.get_attribute("aria-pressed")) == ("false", "true")
        assert not page.is_visible("text=Recorded only after this date")
        first.click()
        assert (first.get_attribute("aria-pressed"), last.get_attribute("aria-pressed")) == ("true", "false")
        assert page.input_value("#date") == "0"
        assert page.is_visible("text=Recorded only after this date")
        assert "Hazard H4" in screen.titles(page)
        assert "Released from hazard H4" not in screen.titles(page)
        assert "On 2005-12-31: Recorded only after this date" in screen.click(page, "Hazard H3")
        screen.show_date(page, "2014-12-31")
        assert (first.get_attribute("aria-pressed"), last.get_attribute("aria-pressed")) == ("false", "false")
        last.click()
        assert page.input_value("#date") == "2"
        assert not page.is_visible("text=Recorded only after this date")
        assert "Released from hazard H4" in screen.titles(page)


def test_the_open_card_follows_the_date(browser, screen, address):
    with screen.opened(browser, address) as page:
        assert "On 2026-06-30: Held back (modelled). Worse than before (modelled)" in screen.click(page, "Dunmore")
        screen.show_date(page, "2014-12-31")
        text = page.inner_text("#card")
        assert "On 2014-12-31: Neither held back nor near a hazard" in text
        assert "Land within 60 minutes' walk: 24 of 25.8 km²" in text
        screen.show_date(page, "2005-12-31")
        assert "On 2005-12-31: Neither held back nor near a hazard" in page.inner_text("#card")
        assert "Since" not in page.inner_text("#card")
        screen.open_card(page, "Hazard H2")
        screen.show_date(page, "2026-06-30")
        assert "On 2026-06-30: Worked on" in page.inner_text("#card")
        # Ground that was released later was none yet.
        screen.open_card(page, "Released from hazard H4")
        screen.show_date(page, "2005-12-31")
        assert page.inner_text("#card h2") == "Hazard H4"
        assert "On 2005-12-31: Open" in page.inner_text("#card")


def test_the_figures_are_those_of_the_date(browser, screen, address):
    with screen.opened(browser, address) as page:
        assert "3 → 3" in page.inner_text("#tiles")
        screen.show_date(page, "2005-12-31")
        assert "4 open hazards" in " ".join(page.inner_text("#tiles").split())
        assert "No longer held back (modelled)" not in page.inner_text("section.legend")
        screen.show_date(page, "2014-12-31")
        assert "0 no longer held back (modelled)" in " ".join(page.inner_text("#tiles").split())
        assert "No longer held back (modelled)" in page.inner_text("section.legend")


def rows(page, table):
    """The cells of one of the two tables: of communities (0) or hazards (1)."""
    lines = page.locator("#table table").nth(table).locator("tr").all()[1:]
    return [tuple(cell.inner_text() for cell in line.locator("th, td").all()) for line in lines]


def test_the_table_says_what_the_map_shows_on_that_date(browser, screen, address):
    with screen.opened(browser, address) as page:
        page.locator("#as-table summary").click()
        page.wait_for_selector("#table td")
        held = "Held back (modelled)"
        assert rows(page, 0) == [
            ("Ashford C0", held, "1,240"),
            ("Birch C1", "No longer held back (modelled). Within the contact distance of a hazard", "320"),
            ("Cobble C2", f"{held}. Movement wider (modelled)", "2,900"),
            ("Dunmore C3", f"{held}. Worse than before (modelled)", "90"),
            ("Elder C4", "Within the contact distance of a hazard", "–"),
            ("Fallow C5", "Neither held back nor near a hazard", "610"),
            ("Gannet C6", "Not assessed", "45"),
        ]
        cha, sha = "Confirmed hazardous area (CHA)", "Suspected hazardous area (SHA)"
        unclassified = "Hazardous area, class not recorded"
        assert set(rows(page, 1)) == {
            ("Hazard H1", cha, "Open"), ("Hazard H2", sha, "Worked on"), ("Hazard H3", unclassified, "Open"),
            ("Hazard H5", sha, "Closed, no release recorded"), ("Hazard H6", sha, "Suspended"),
            ("Released from hazard H2", sha, "Released ground"), ("Released from hazard H4", cha, "Released ground"),
        }  # fmt: skip
        screen.show_date(page, "2005-12-31")
        assert [row[:2] for row in rows(page, 0)][:4] == [
            ("Ashford C0", held), ("Birch C1", held), ("Cobble C2", held),
            ("Dunmore C3", "Neither held back nor near a hazard"),
        ]  # fmt: skip
        assert set(rows(page, 1)) == {
            ("Hazard H1", cha, "Open"), ("Hazard H2", sha, "Open"), ("Hazard H4", cha, "Open"),
            ("Hazard H3", unclassified, "Recorded only after this date"),
            ("Hazard H5", sha, "Closed, no release recorded"), ("Hazard H6", sha, "Open"),
        }  # fmt: skip
        # What is left of H6 as a line is the same hazard: one row.
        names = [name for name, *_ in rows(page, 1)]
        assert names == sorted(set(screen.titles(page, "hazards")))
        assert len(rows(page, 0)) == len(screen.titles(page, "communities"))
        page.uncheck("input[data-layer=communities]")
        assert rows(page, 0) == []
        assert len(rows(page, 1)) == 6


def test_a_name_in_the_table_leads_to_its_card(browser, screen, address):
    with screen.opened(browser, address) as page:
        page.locator("#as-table summary").click()
        page.get_by_role("button", name="Hazard H3").click()
        assert "On 2026-06-30: Open" in page.inner_text("#card")
        seen = page.evaluate("hazardAtlas.map.getBounds().contains(hazardAtlas.byId['hazards/H3'].getBounds())")
        assert seen


def test_a_link_opens_a_date_and_looks_at_a_district(browser, screen, steps, served_world):
    with served_world(steps) as address, screen.opened(browser, f"{address}?on=2014-12-31&district=AX2") as page:
        assert page.inner_text("#date-shown") == "2014-12-31"
        assert "Hazard H4" in screen.titles(page)
        centre = page.evaluate("hazardAtlas.map.getCenter()")
        assert centre["lng"] > -40  # Suther lies in the east


def test_a_link_opens_the_card_of_a_community(browser, screen, steps, served_world):
    name = steps[-1].after.communities["community_id"].iloc[0]
    with served_world(steps) as address, screen.opened(browser, f"{address}?{urlencode({'community': name})}") as page:
        assert name in page.inner_text("#card")
        seen = "hazardAtlas.map.getBounds().contains(hazardAtlas.byId['communities/' + id].getLatLng())"
        assert page.evaluate(f"id => {seen}", name)
