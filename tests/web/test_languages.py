"""Pages and answers in other languages: all words translated, safety beside its English, from right to left."""

import dataclasses
import json
import re
from html.parser import HTMLParser

import pytest
from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po

from hazard_service import language
from hazard_service.atlas import map_page
from hazard_service.atlas.gains import gains_page
from hazard_service.language import LANGUAGES, speaking
from hazard_service.layers import open_programme
from hazard_service.shelves import shelf
from hazard_service.vocabulary import FICTIONAL, NO_RECORD, NOT_FOR_SAFETY
from hazard_service.web import answers as answers_module
from hazard_service.web import create_app

OTHERS = [code for code in LANGUAGES if code != "en"]
EACH = pytest.mark.parametrize("code", OTHERS)
LAYERS = ("hazards", "communities", "places", "districts", "routes")
# Members of documents that scripts read; no reader sees them.
NOT_READ = {
    "id",
    "kind",
    "state",
    "states",
    "changes",
    "release",
    "gives",
    "image",
    "layers",
    "language",
    "shape",
    "pattern",
    "english",
}


def walked(steps):
    """The hand-made world with all that its sentences are made of."""
    for step in steps:
        for assessed in (step.before, step.after):
            assessed.communities["through_open_route"] = assessed.communities["name"] == "Ashford"
        step.communities["newly_identified_holds_back"] = step.communities["progress"] == "worsened"
    return steps


@pytest.fixture(scope="module")
def steps(world):
    return walked(world.steps())


@pytest.fixture(scope="module")
def client(world, steps):
    programme = steps[-1].after.situation.programme
    known = world.Made(steps=steps, last=steps[-1], step="year", programme=programme)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers_module, "gains_of", world.gains)
        yield create_app(programme, known).test_client()


@pytest.fixture(scope="module")
def real(six_villages):
    return create_app(open_programme(six_villages)).test_client()


def files(world, steps, code):
    """(the map, the map of gains), as files in a language."""
    found = world.gains(steps[-1].after)
    with speaking(code):
        return map_page(steps, gains=found), gains_page(found)


class Reader(HTMLParser):
    """What a reader of a page sees or hears: `texts`; and the documents that its scripts read, by id."""

    def __init__(self, page):
        super().__init__()
        self.texts, self.blocks, self._inside = [], {}, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        own = dict(attrs)
        self._inside = own.get("id", tag) if tag in ("script", "style") else None
        self.texts += [own[name] for name in ("aria-label", "placeholder", "title") if name in own]

    def handle_endtag(self, tag):
        self._inside = None

    def handle_data(self, data):
        if self._inside is None:
            self.texts.append(data.strip())
        elif self._inside == "page" or self._inside.startswith("layer-"):
            self.blocks[self._inside] = json.loads(data)


def leaves(document):
    """Every text of a document that a reader may see."""
    if isinstance(document, dict):
        return [text for name, value in document.items() if name not in NOT_READ for text in leaves(value)]
    if isinstance(document, list):
        return [text for value in document for text in leaves(value)]
    return [document] if isinstance(document, str) else []


def read(page):
    reader = Reader(page)
    return [text for text in [*reader.texts, *leaves(reader.blocks)] if text]


def english_of(code):
    """What each text looks like in English, where the language says it with other words."""
    with (shelf("maps") / "locale" / f"{code}.po").open("rb") as file:
        entries = [message for message in read_po(file, locale=code) if message.id]
    texts = [
        text
        for message in entries
        for text, said in zip(as_tuple(message.id), as_tuple(message.string), strict=False)
        if text != said and len(re.findall("[a-z]", re.sub(r"{.*?}", "", text))) > 3
    ]
    return [re.compile(re.sub(r"\\{.*?\\}", ".+?", re.escape(text)), re.DOTALL) for text in texts]


def as_tuple(text):
    return text if isinstance(text, tuple) else (text,)


def english_in(texts, code):
    """Of these texts without the English beside safety, those that are a text of the catalogue left in English."""
    own, every = [text.split(" / ")[0] for text in texts], english_of(code)
    return [text for text in own if any(like.fullmatch(text) for like in every)]


@EACH
def test_english_would_be_found(client, code):
    """So that the tests below can fail."""
    found = english_in(read(client.get("/").text), code)
    assert len(found) > 100
    assert {"Before you use this map", "Held back (modelled)", NO_RECORD} <= set(found)


@EACH
def test_the_page_says_its_language_and_which_way_it_runs(client, code):
    page = client.get(f"/?lang={code}").text
    assert f'<html lang="{code}" dir="{LANGUAGES[code].direction}">' in page
    assert '<html lang="en" dir="ltr">' in client.get("/").text


def test_the_other_languages_are_a_link_away_with_the_same_view(client):
    page = client.get("/?lang=fr&district=AX1&on=2014-12-31").text
    links = re.findall(r'<a href="([^"]+)" lang="(\w+)" hreflang="\w+">([^<]+)</a>', page)
    view = "/?step=year&amp;on=2014-12-31&amp;district=AX1"
    assert links == [(view, "en", "English"), (f"{view}&amp;lang=ar", "ar", "العربية")]
    for address, code, _ in links:
        assert f'<html lang="{code}"' in client.get(address.replace("&amp;", "&")).text


@EACH
def test_what_the_page_asks_for_is_asked_in_its_language(client, code):
    found = Reader(client.get(f"/?lang={code}").text).blocks["page"]
    asked = [*found["layers"].values(), found["gains"], found["served"]["what_if"]]
    assert len(asked) == 7
    assert all(address.endswith(f"lang={code}") for address in asked)
    assert found["served"]["more"] == f"&lang={code}"
    assert found["language"]["code"] == code
    assert Reader(client.get("/").text).blocks["page"]["served"]["more"] == ""


@pytest.mark.parametrize(
    "address", ["/?lang=tlh", "/map/hazards.json?lang=tlh", "/map/gains.json?lang=tlh", "/map/reach/C0.json?lang=tlh",
                "/map/minutes/water.json?lang=tlh"],
)  # fmt: skip
def test_an_unknown_language_is_refused_with_those_there_are(client, address):
    answer = client.get(address)
    assert answer.status_code == 400
    assert answer.get_json()["error"] == '"lang" is "tlh"; use one of en, fr, ar.'


@EACH
@pytest.mark.parametrize("which", ["map", "gains"])
def test_a_page_has_no_english_but_beside_safety(world, steps, code, which):
    page = files(world, steps, code)[which == "gains"]
    texts = read(page)
    assert len(texts) > 150
    assert english_in(texts, code) == []
    for text in (FICTIONAL, NOT_FOR_SAFETY, NO_RECORD):
        beside = [one for one in texts if one.strip("\u2066\u2069").endswith(text)]
        assert beside, text
        assert all(" / " in one for one in beside), text


@EACH
def test_a_served_page_and_its_layers_have_none_either(client, code):
    assert english_in(read(client.get(f"/?lang={code}").text), code) == []
    for name in (*LAYERS, "gains"):
        assert english_in(leaves(client.get(f"/map/{name}.json?lang={code}").get_json()), code) == []


def test_each_language_has_its_own_layers_and_english_stays_as_it_is(client):
    first = {code: client.get(f"/map/communities.json?lang={code}").data for code in LANGUAGES}
    again = {code: client.get(f"/map/communities.json?lang={code}").data for code in LANGUAGES}
    assert first == again
    assert len(set(first.values())) == len(LANGUAGES)
    assert first["en"] == client.get("/map/communities.json").data
    drawn = {code: client.get(f"/map/routes.json?lang={code}").data for code in LANGUAGES}
    assert len(set(drawn.values())) == 1


@EACH
def test_answers_of_the_service_are_in_the_language_of_the_page(real, code):
    answer = real.post(f"/api/whatif?lang={code}", json={"release": ["H-found"]})
    assert answer.status_code == 200
    caveats = answer.get_json()["caveats"]
    assert english_in(caveats, code) == []
    assert any(text.strip("\u2066\u2069").endswith(f"{NOT_FOR_SAFETY}") and " / " in text for text in caveats)
    for name in ("reach/found", "minutes/water"):
        found = real.get(f"/map/{name}.json?lang={code}").get_json()
        assert english_in(leaves(found), code) == []
        assert NO_RECORD in found["note"]
        assert not found["note"].startswith("No ")
    assert real.post("/api/whatif?lang=tlh", json={"release": ["H-found"]}).status_code == 400


def fits(page):
    """Nothing is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@EACH
@pytest.mark.parametrize("size", ["DESK", "PHONE"])
def test_the_page_draws_and_opens_a_card_and_fits(browser, screen, world, steps, tmp_path, code, size):
    path = tmp_path / "map.html"
    path.write_text(files(world, steps, code)[0], encoding="utf-8")
    with screen.opened(browser, path.as_uri(), size=getattr(screen, size)) as page:
        page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        assert fits(page)
        page.fill("#search", "Ashford")
        page.locator("#results button").first.click()
        heading = page.locator("#card h2")
        assert heading.inner_text() == "Ashford"
        card = [text.strip("\u2066\u2068\u2069") for text in page.locator("#card p").all_inner_texts()]
        assert english_in([re.sub("[\u2066-\u2069]", "", text) for text in card], code) == []
        people = {"fr": "1\u202f240", "ar": "1,240"}[code]
        assert people in card[0]
        assert fits(page)
        assert page.evaluate("getComputedStyle(document.querySelector('.folium-map')).direction") == "ltr"
        starts = page.evaluate("getComputedStyle(document.querySelector('#card dt')).textAlign")
        assert starts in ("start", "right" if LANGUAGES[code].direction == "rtl" else "left")


def test_arabic_runs_from_right_to_left(browser, screen, world, steps, tmp_path):
    path = tmp_path / "map.html"
    path.write_text(files(world, steps, "ar")[0], encoding="utf-8")
    with screen.opened(browser, path.as_uri()) as page:
        words, ground = page.locator(".rest").bounding_box(), page.locator(".ground").bounding_box()
        assert words["x"] > ground["x"] + ground["width"] - 1
        first, last = (page.locator(f"button[data-date='{at}']").bounding_box() for at in (0, 2))
        assert first["x"] > last["x"]
        box, label = (
            page.locator("[data-layer=hazards]").bounding_box(),
            page.locator(".legend label").first.bounding_box(),
        )
        assert box["x"] + box["width"] == pytest.approx(label["x"] + label["width"], abs=2)
        screen.show_date(page, "2005-12-31")
        assert page.inner_text("#date-shown") == "31 ديسمبر 2005"


def test_an_old_file_says_so_in_both(browser, screen, world, steps, tmp_path):
    path = tmp_path / "map.html"
    path.write_text(files(world, steps, "ar")[0], encoding="utf-8")
    with screen.opened(browser, path.as_uri(), today="2027-01-01") as page:
        warning = page.inner_text("#age")
    assert warning.startswith("تعرض هذه الخريطة بيانات 30 يونيو 2026")
    assert "This map shows data of 2026-06-30, more than 90 days old." in warning


@EACH
def test_the_english_half_of_the_strip_is_english(browser, screen, steps, served_world, code):
    answer = {"totals": {"freed": 0, "gained_km2": 0.5}, "communities": [], "caveats": []}
    with served_world(steps) as address, screen.opened(browser, f"{address}?lang={code}") as page:
        page.route("**/api/whatif*", lambda route: route.fulfill(status=200, body=json.dumps(answer)))
        page.evaluate("openCard(hazardAtlas, hazardAtlas.byId['hazards/H1'], true)")
        page.locator(".what-if button").click()
        page.wait_for_selector(".what-if p")
        shown = page.inner_text("#not-released span")
    own, english = re.sub("[\u2066-\u2069]", "", shown).strip().split(" / ")
    assert english == "NOT RELEASED: this shows what releasing H1 would give back on 2026-06-30."
    assert "H1" in own
    assert {"fr": "30 juin 2026", "ar": "30 يونيو 2026"}[code] in own


# Of the note on what is measured and on the position: numbers and units of the language, and of English.
NUMBERS = {"fr": (r"(\d+,\d\d)\xa0km, (\d+,\d\d)\xa0km²", r"1\u202f234\xa0m"), "ar": (r"([٠-٩]+٫[٠-٩]+) كم", r"١٬٢٣٤")}


@EACH
def test_the_english_half_of_the_notes_has_english_numbers(browser, screen, steps, tmp_path, code, monkeypatch):
    """In Arabic with the digits of Syria, which are not those of English."""
    if code == "ar":
        syria = dataclasses.replace(LANGUAGES["ar"], locale="ar_SY")
        monkeypatch.setattr(language, "LANGUAGES", {**LANGUAGES, "ar": syria})
    with speaking(code):
        (tmp_path / "map.html").write_text(map_page(steps), encoding="utf-8")
    here = {"geolocation": {"latitude": 35, "longitude": -40, "accuracy": 1234}, "permissions": ["geolocation"]}
    with screen.opened(browser, (tmp_path / "map.html").as_uri(), **here) as page:
        page.click("#measure")
        left = page.locator(".folium-map").bounding_box()["x"]
        for x, y in ((160, 200), (600, 200), (600, 560)):
            page.mouse.click(left + x, y)
        page.click("#position")
        page.wait_for_selector("#position-note:visible")
        measured, position = (
            re.sub("[\u2066-\u2069]", "", page.inner_text(name)).split(" / ")
            for name in ("#tool-note", "#position-note")
        )
    assert re.fullmatch(r"Straight lines: \d+\.\d\d km, \d+\.\d\d km²\. Not a way to walk\.", measured[1])
    assert position[1] == "Your device says that you are here, give or take 1,234 m. It cannot say that you are safe."
    for own, like in zip((measured[0], position[0]), NUMBERS[code], strict=True):
        assert re.search(like, own), own
        assert code == "fr" or not re.search("[0-9]", own)


@EACH
def test_axe_finds_no_serious_violation(browser, screen, world, steps, tmp_path, code):
    path = tmp_path / "map.html"
    path.write_text(files(world, steps, code)[0], encoding="utf-8")
    # The checker is put into the page from outside, which the page's own policy would forbid.
    with screen.opened(browser, path.as_uri(), size=screen.PHONE, bypass_csp=True) as page:
        page.evaluate("hazardAtlas.layers.communities.eachLayer(layer => openCard(hazardAtlas, layer, true))")
        found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


@EACH
def test_hostile_text_runs_nothing_in_any_language(browser, screen, world, tmp_path, code):
    steps = walked(world.hostile_steps())
    for name, text in zip(("map", "gains"), files(world, steps, code), strict=True):
        path = tmp_path / f"{name}.html"
        path.write_text(text, encoding="utf-8")
        with screen.opened(browser, path.as_uri()) as page:
            page.evaluate(
                """() => Object.values(hazardAtlas.layers).flatMap((group) => group.getLayers())
                  .filter((layer) => layer.feature && layer.kind !== "districts" && layer.kind !== "routes")
                  .forEach((layer) => { layer.fire("mouseover", {}, true); openCard(hazardAtlas, layer, true); })"""
            )
            assert world.HOSTILE[:40] in page.text_content("#card")
            assert page.evaluate("typeof window.ran") == "undefined"
            assert page.locator("body img:not(.leaflet-image-layer), body iframe, body object").count() == 0
