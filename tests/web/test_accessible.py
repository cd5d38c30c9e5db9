"""Every page read by axe-core, and the map's colours by eyes that do not see all of them."""

import json

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from hazard_service.atlas.dress import styles
from hazard_service.atlas.gains import gains_page
from hazard_service.planning import gains_of
from hazard_service.reports.html import report_page
from hazard_service.reports.yearly import year_report
from hazard_service.web import create_app

# Violations that keep people out; "moderate" and "minor" are shown in the message of a failure.
SERIOUS = ("serious", "critical")
# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
SEEN_AS = {
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
}


@pytest.fixture(scope="module")
def pages(villages_by_year, tmp_path_factory):
    """By name, the HTML of every kind of page, as served or as a file."""
    found = villages_by_year
    client = create_app(found.programme, found).test_client()
    made = {name: client.get(address, headers={"Accept": "text/html"}).text for name, address in {
        "map": "/", "progress": "/progress", "explained": "/explain/held_back", "method": "/method",
        "data": "/data", "ogc": "/ogc?f=html", "items": "/ogc/collections/communities/items?f=html",
        "refused": "/?on=soon",
    }.items()}  # fmt: skip
    made["gains"] = gains_page(gains_of(found.last.after))
    made["report"] = report_page(year_report(found.programme, "article7", 2015))
    folder = tmp_path_factory.mktemp("pages")
    for name, page in made.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return folder, client


def fulfil(route, client, folder):
    """Answers a page's requests from the app without a server."""
    path = route.request.url.removeprefix("http://pages.test")
    if path.startswith("/page-"):
        name = path.removeprefix("/page-")
        route.fulfill(content_type="text/html", body=(folder / f"{name}.html").read_text(encoding="utf-8"))
        return
    answer = client.get(path)
    route.fulfill(status=answer.status_code, content_type=answer.content_type, body=answer.data)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "name", ["map", "progress", "explained", "method", "data", "ogc", "items", "refused", "gains", "report"]
)
def test_axe_finds_no_serious_violation(chromium, pages, name, width):
    folder, client = pages
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        # The checker is put into the page from outside, which the page's own policy would forbid.
        page = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True).new_page()
        page.route("**/*", lambda route: fulfil(route, client, folder))
        page.goto(f"http://pages.test/page-{name}")
        if name in ("map", "gains"):
            page.wait_for_selector("body[data-drawn=yes]")
            page.evaluate("hazardAtlas.layers.communities.eachLayer(layer => openCard(hazardAtlas, layer, true))")
        found = Axe().run(page).response["violations"]
        browser.close()
    serious = [one for one in found if one["impact"] in SERIOUS]
    assert serious == [], json.dumps(
        [[one["id"], [node["html"][:120] for node in one["nodes"]]] for one in found], indent=1
    )


def linear(colour):
    channels = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIE L*a*b* of linear sRGB, D65."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ rgb
    ratio = np.clip(xyz / [0.9505, 1.0, 1.089], 0, None)
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", [None, *SEEN_AS])
def test_classes_that_share_a_shape_are_told_apart_by_every_eye(sight):
    """Fills of one shape differ by more than ten units of CIE76, or a pattern or dash tells them apart."""
    looks = styles()
    turn = np.eye(3) if sight is None else np.array(SEEN_AS[sight])

    def seen(colour):
        return lab(np.clip(turn @ linear(colour), 0, 1))

    kinds = list(looks["hazard_kinds"].values())
    assert len({kind["pattern"] for kind in kinds}) == len(kinds)
    circles = [look for look in looks["communities"].values() if look["shape"] == "circle"] + [
        looks["changes"]["freed"]
    ]
    for group in (kinds, circles):
        for at, one in enumerate(group):
            for other in group[at + 1 :]:
                assert np.linalg.norm(seen(one["fill"]) - seen(other["fill"])) > 10, (one["label"], other["label"])
    rings = list(looks["changes"].values())
    assert len({str(look.get("ring_dash")) for look in rings}) == len(rings)
