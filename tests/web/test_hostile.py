"""Text of the data that tries to run, in every place where a map page shows any: payload by payload, place by place."""

import json
import re

import pytest

from hazard_service.atlas import map_page
from hazard_service.atlas.gains import gains_page

PAYLOADS = {
    "image": "<img src=x onerror=\"window.ran='img'\">",
    "script": "</script><script>window.ran='script'</script>",
    "svg": "<svg onload=window.ran='svg'><a href=javascript:window.ran='link'>x</a></svg>",
    "dollar": "${window.ran='dollar'}",
    "backtick": "`+(window.ran='tick')+`",
    "quotes": "\"' onmouseover=\"window.ran='over'\" x='",
    "braces": "{{7*7}}{%if 1%}{id}{n}",
    "comment": "<!--<script>",
    "entity": "&lt;img src=x onerror=window.ran=1&gt;",
    "right to left": "\u202eesrever\u202c\u2066",
    "line ends": "\u2028window.ran=1\u2029",
    "policy": "@@POLICY@@",
    "prototype": "__proto__",
}
EVERY_CARD = """() => Object.values(hazardAtlas.layers).flatMap((group) => group.getLayers())
  .filter((layer) => layer.feature && layer.isShown() && layer.kind !== "districts" && layer.kind !== "routes")
  .map((layer) => {
    layer.fire("mouseover", {}, true);
    openCard(hazardAtlas, layer, true);
    const [card, tooltip] = ["#card", ".leaflet-tooltip"].map((name) => document.querySelector(name).textContent);
    return [layer.kind, card, tooltip];
  })"""
# What data could bring in: elements that load, run or lead elsewhere. The ground's pictures are the page's own.
BROUGHT = """() => document.querySelectorAll(`body img:not(.leaflet-image-layer), body iframe, body object, body form,
  body [onload], body [onerror], body [onmouseover], a[href^=javascript]`).length"""


def bare(text):
    """Without what a page takes out of or puts round text of the data, so that it turns nothing round."""
    return re.sub("[\u2028\u2029\u202a-\u202e\u2066-\u2069]", "", text)


def shown_everywhere(page, text):
    """Opens, searches, unfolds and points at everything; the text of each place by name."""
    found = {"name": page.inner_text("h1"), "title": page.title(), "caveats": page.inner_text("#caveats")}
    found["district"] = page.evaluate("hazardAtlas.written.getLayers()[0].options.text")
    for kind, card, tooltip in page.evaluate(EVERY_CARD):
        found.setdefault(f"card of {kind}", card)
        found.setdefault(f"tooltip of {kind}", tooltip)
    page.evaluate("document.getElementById('as-table').open = true")
    page.wait_for_selector("#table td")
    found["table"] = page.locator("#table").text_content()
    page.fill("#search", text)
    found["search"] = page.locator("#results").text_content()
    page.locator("#results button").first.click()
    return found


def runs_nothing(page):
    assert page.evaluate("typeof window.ran") == "undefined"
    assert page.evaluate(BROUGHT) == 0


EVERY_PAYLOAD = pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)


@EVERY_PAYLOAD
def test_hostile_text_runs_nothing_and_is_shown_as_it_is(browser, screen, world, tmp_path, text):
    steps = world.hostile_steps(text)
    path = tmp_path / "map.html"
    path.write_text(map_page(steps, gains=world.gains(steps[-1].after)), encoding="utf-8")
    with screen.opened(browser, path.as_uri()) as page:
        for day in ("2026-06-30", "2005-12-31"):
            screen.show_date(page, day)
            places = shown_everywhere(page, text)
            assert {"card of communities", "card of hazards", "card of places", "tooltip of hazards"} <= set(places)
            for name, shown in places.items():
                assert bare(text) in bare(shown), name
        runs_nothing(page)


@EVERY_PAYLOAD
def test_nor_on_the_map_of_gains(browser, screen, world, tmp_path, text):
    path = tmp_path / "gains.html"
    path.write_text(gains_page(world.gains(world.hostile_steps(text)[-1].after)), encoding="utf-8")
    with screen.opened(browser, path.as_uri()) as page:
        cards = {kind: card for kind, card, _ in page.evaluate(EVERY_CARD)}
        shown = [*cards.values(), page.text_content(".ranked"), page.text_content(".needs"), page.text_content("h1")]
        assert len(shown) == 5
        assert all(bare(text) in bare(one) for one in shown)
        runs_nothing(page)


@EVERY_PAYLOAD
def test_nor_in_what_the_service_answers(browser, screen, steps, served_world, text):
    answer = {
        "totals": {"freed": 1, "gained_km2": 0.5},
        "communities": [{"name": text, "people": None, "freed": True, "expanded": True}],
        "caveats": [text],
    }
    nothing = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
    ground = {
        "image": nothing, "bounds": [[34.9, -40.1], [35.1, -39.9]], "title": text, "note": text,
        "classes": [{"colour": text, "label": text}],
    }  # fmt: skip
    with served_world(steps) as address, screen.opened(browser, address) as page:
        page.route("**/api/whatif", lambda route: route.fulfill(status=200, body=json.dumps(answer)))
        page.route("**/map/reach/*", lambda route: route.fulfill(status=200, body=json.dumps(ground)))
        page.route("**/map/minutes/*", lambda route: route.fulfill(status=200, body=json.dumps(ground)))
        screen.open_card(page, "Hazard H1")
        page.get_by_role("button", name="What if released?").click()
        page.wait_for_selector(".what-if p")
        assert bare(page.text_content(".what-if")).count(bare(text)) == 2
        screen.open_card(page, "Elder")
        page.get_by_role("button", name="Show what it can reach").click()
        page.wait_for_selector("#card .ground-legend")
        assert bare(page.text_content("#card .ground-legend")).count(bare(text)) == 3
        page.select_option("#minutes-to", "water")
        page.wait_for_selector("#minutes .ground-legend")
        assert bare(page.text_content("#minutes .ground-legend")).count(bare(text)) == 3
        runs_nothing(page)


def test_nor_on_the_served_page_with_all_of_it_at_once(browser, screen, world, served_world):
    steps = world.hostile_steps()
    with served_world(steps) as address, screen.opened(browser, address) as page:
        for name, shown in shown_everywhere(page, world.HOSTILE).items():
            assert world.HOSTILE[:40] in shown, name
        screen.eventually(
            page,
            lambda: (
                "NOT RELEASED. If it alone"
                in page.evaluate("hazardAtlas.gains ? Object.values(hazardAtlas.gains.hazards)[0].why : ''")
            ),
        )
        page.evaluate(EVERY_CARD)
        runs_nothing(page)


# Where the first letter of a word stands and where the last one does, in every line that holds the word.
ORDER = """([selector, word]) => Array.from(document.querySelectorAll(selector)).flatMap((root) => {
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), found = [];
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const at = node.data.indexOf(word);
    if (at < 0) continue;
    const [first, last] = [at, at + word.length - 1].map((one) => {
      const range = document.createRange();
      range.setStart(node, one);
      range.setEnd(node, one + 1);
      return range.getBoundingClientRect().left;
    });
    found.push(first < last);
  }
  return found;
})"""
TURNED = "\u202eCandlemere"


def runs_forwards(page, selector, word):
    found = page.evaluate(ORDER, [selector, word])
    assert found, word
    assert all(found), word


def test_a_name_that_turns_text_turns_no_number_and_no_warning(browser, screen, world, served_world):
    steps = world.steps()
    for step in steps:
        for frame in (step.before.communities, step.after.communities, step.communities):
            frame["district"] = TURNED
    answer = {
        "totals": {"freed": 1, "gained_km2": 0.5},
        "communities": [{"name": TURNED, "people": 1240, "freed": True, "expanded": True}],
        "caveats": [],
    }
    with served_world(steps) as address, screen.opened(browser, address) as page:
        page.route("**/api/whatif", lambda route: route.fulfill(status=200, body=json.dumps(answer)))
        screen.open_card(page, "Cobble")
        for word in ("Candlemere", "2,900 people"):
            runs_forwards(page, "#card .kicker", word)
        screen.open_card(page, "Hazard H1")
        page.get_by_role("button", name="What if released?").click()
        page.wait_for_selector(".what-if p")
        for word in ("Candlemere", "(1,240)"):
            runs_forwards(page, ".what-if", word)


def test_nor_on_the_strip_of_an_id_that_turns_text(browser, screen, world, served_world):
    made = world.programme()
    made.hazards["hazard_id"] = "\u202e" + made.hazards["hazard_id"]
    answer = {"totals": {"freed": 0, "gained_km2": 0.5}, "communities": [], "caveats": []}
    with served_world(world.steps(made)) as address, screen.opened(browser, address) as page:
        page.route("**/api/whatif", lambda route: route.fulfill(status=200, body=json.dumps(answer)))
        screen.open_card(page, "Hazard \u2068H1\u2069")
        page.get_by_role("button", name="What if released?").click()
        page.wait_for_selector(".what-if p")
        for word in ("H1", "would give back", "2026-06-30"):
            runs_forwards(page, "#not-released", word)


def test_nor_on_the_map_of_gains_in_what_a_release_would_give(browser, screen, world, tmp_path):
    found = world.gains(world.steps()[-1].after)
    found.assessment.communities["name"] = TURNED
    path = tmp_path / "gains.html"
    path.write_text(gains_page(found), encoding="utf-8")
    with screen.opened(browser, path.as_uri()) as page:
        screen.open_card(page, "Hazard H1")
        for word in ("Candlemere", "people", "km²"):
            runs_forwards(page, "#card p", word)
        for selector in (".ranked", ".needs"):
            runs_forwards(page, selector, "Candlemere")
