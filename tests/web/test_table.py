"""The table of what the map shows: narrowed by name, id and class, a few hundred rows at a time."""

import numpy as np
import pytest

from hazard_service.atlas import map_page

PHONE = {"width": 390, "height": 844}
COMMUNITIES, HAZARDS = "[data-table=communities]", "[data-table=hazards]"


def opened_table(page):
    page.locator("#as-table > summary").click()
    page.wait_for_selector("#table td")


def names(page, table):
    return page.locator(f"{table} tbody button").all_inner_texts()


def count(page, table):
    return page.inner_text(f"{table} [role=status]")


def choices(page, table):
    return page.locator(f"{table} option").all_text_contents()


def test_the_list_of_who_is_held_back(browser, screen, address):
    with screen.opened(browser, address) as page:
        opened_table(page)
        assert count(page, COMMUNITIES) == "7 of 7 rows"
        page.select_option(f"{COMMUNITIES} select", label="Held back (modelled)")
        assert names(page, COMMUNITIES) == ["Ashford", "Cobble", "Dunmore"]
        assert count(page, COMMUNITIES) == "3 of 7 rows"
        assert len(names(page, HAZARDS)) == 7
        # The choice stays on another date, and its rows are those of that date.
        screen.show_date(page, "2005-12-31")
        assert names(page, COMMUNITIES) == ["Ashford", "Birch", "Cobble"]
        page.select_option(f"{COMMUNITIES} select", label="all")
        assert count(page, COMMUNITIES) == "7 of 7 rows"


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("No longer held back (modelled)", ["Birch"]),
        ("Movement wider (modelled)", ["Cobble"]),
        ("Worse than before (modelled)", ["Dunmore"]),
        ("Gain uncertain (modelled)", []),
        ("Within the contact distance of a hazard", ["Birch", "Elder"]),
        ("Neither held back nor near a hazard", ["Fallow"]),
        ("Not assessed", ["Gannet"]),
    ],
)
def test_each_class_of_the_legend_lists_the_rows_that_say_it(browser, screen, address, label, found):
    with screen.opened(browser, address) as page:
        opened_table(page)
        page.select_option(f"{COMMUNITIES} select", label=label)
        assert names(page, COMMUNITIES) == found
        states = page.locator(f"{COMMUNITIES} tbody td:nth-child(2)").all_inner_texts()
        assert all(label in state for state in states)


def test_the_choices_are_the_words_of_the_legend(browser, screen, address):
    with screen.opened(browser, address) as page:
        opened_table(page)
        legend = page.locator("section.legend li").all_inner_texts()
        for table in (COMMUNITIES, HAZARDS):
            assert len(choices(page, table)) > 5
            for words in choices(page, table)[1:]:
                assert any(line.startswith(words) for line in legend) or words == "Recorded only after this date"


def test_name_and_id_narrow_the_rows_with_the_class(browser, screen, address):
    with screen.opened(browser, address) as page:
        opened_table(page)
        page.fill(f"{COMMUNITIES} input", "ÁSH")
        assert names(page, COMMUNITIES) == ["Ashford"]
        page.fill(f"{COMMUNITIES} input", "c3")
        assert names(page, COMMUNITIES) == ["Dunmore"]
        page.select_option(f"{COMMUNITIES} select", label="Not assessed")
        assert count(page, COMMUNITIES) == "0 of 7 rows"
        page.focus(f"{COMMUNITIES} input")
        page.keyboard.press("Escape")
        assert names(page, COMMUNITIES) == ["Gannet"]
        page.fill(f"{HAZARDS} input", "old front")
        assert names(page, HAZARDS) == ["Hazard H1"]
        page.fill(f"{HAZARDS} input", "h2")
        assert names(page, HAZARDS) == ["Hazard H2", "Released from hazard H2"]
        page.select_option(f"{HAZARDS} select", label="Released ground")
        assert names(page, HAZARDS) == ["Released from hazard H2"]
        page.fill(f"{HAZARDS} input", "")
        page.select_option(f"{HAZARDS} select", label="Confirmed hazardous area (CHA)")
        assert names(page, HAZARDS) == ["Hazard H1", "Released from hazard H4"]


def test_the_keyboard_alone_narrows_the_table_and_opens_a_card(browser, screen, address):
    with screen.opened(browser, address) as page:
        page.focus("#as-table > summary")
        page.keyboard.press("Enter")
        page.wait_for_selector("#table td")
        page.keyboard.press("Tab")
        page.keyboard.type("c")
        page.keyboard.press("Tab")
        page.keyboard.type("Held")
        assert page.evaluate("document.activeElement.value") == "held_back"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.inner_text("#card h2") == "Ashford"
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.textContent") == "Ashford"


@pytest.fixture(scope="module")
def many(world, tmp_path_factory):
    """Address of a map of 450 communities: those of the hand-made world over and over, numbered anew."""
    steps, numbers = world.steps(), np.arange(450)
    for holder in (steps[0].before, *(step.after for step in steps), *steps):
        again = holder.communities.iloc[numbers % len(holder.communities)].reset_index(drop=True)
        holder.communities = again.assign(
            community_id=[f"C{number}" for number in numbers], name=[f"Village {450 - number}" for number in numbers]
        )
    path = tmp_path_factory.mktemp("many") / "map.html"
    path.write_text(map_page(steps), encoding="utf-8")
    return path.as_uri()


def test_rows_come_a_few_hundred_at_a_time_and_say_how_many_are_left(browser, screen, many):
    with screen.opened(browser, many) as page:
        opened_table(page)
        more = page.locator(f"{COMMUNITIES} button.ask")
        assert (len(names(page, COMMUNITIES)), count(page, COMMUNITIES)) == (200, "450 of 450 rows")
        assert more.inner_text() == "Show 200 of 250 more rows"
        more.click()
        assert more.inner_text() == "Show 50 of 50 more rows"
        assert page.evaluate("document.activeElement.textContent") == names(page, COMMUNITIES)[200]
        more.click()
        assert more.is_hidden()
        every = names(page, COMMUNITIES)
        assert len(every) == 450
        assert every[:4] == ["Village 1", "Village 2", "Village 3", "Village 4"]  # 10 comes after 9
        assert len(set(every)) == 450
        page.select_option(f"{COMMUNITIES} select", label="Not assessed")
        assert more.is_hidden()
        assert count(page, COMMUNITIES) == f"{len(names(page, COMMUNITIES))} of 450 rows"


def test_paper_has_every_row_and_the_screen_a_few_hundred_again(browser, screen, many):
    with screen.opened(browser, many) as page:
        opened_table(page)
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert len(names(page, COMMUNITIES)) == 450
        assert page.locator(f"{COMMUNITIES} button.ask").is_hidden()
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert len(names(page, COMMUNITIES)) == 200


HELD_BACK = """() => hazardAtlas.features.communities.filter((one) => stateOf(hazardAtlas, one) === "held_back")
  .map((one) => one.title).sort()"""


@pytest.mark.parametrize(("code", "words"), [("fr", "{n} lignes sur {m}"), ("ar", "الصفوف: {n} من {m}")])
def test_the_table_speaks_the_language_and_fits_a_phone(browser, screen, villages, code, words):
    with screen.opened(browser, f"{villages}?lang={code}", size=PHONE) as page:
        opened_table(page)
        page.select_option(f"{COMMUNITIES} select", value="held_back")
        held = names(page, COMMUNITIES)
        assert held == page.evaluate(HELD_BACK)
        total = page.evaluate("hazardAtlas.features.communities.length")
        assert 0 < len(held) < total
        assert count(page, COMMUNITIES).translate(dict.fromkeys([0x2068, 0x2069])) == words.format(n=len(held), m=total)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        for name in ("input", "select", "table"):
            box = page.locator(f"{COMMUNITIES} {name}").bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390
