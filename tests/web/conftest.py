"""The hand-made world of tests/atlas/hand_world.py for the tests of pages and layers, and a browser to see them in."""

import importlib.util
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from hazard_service.atlas import map_page
from hazard_service.web import answers as answers_module
from hazard_service.web import create_app

_HERE = Path(__file__).resolve().parent


def _module(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


hand_world = _module(_HERE.parent / "atlas" / "hand_world.py")
browsing = _module(_HERE / "browsing.py")


@pytest.fixture(scope="session")
def world():
    """The module that draws the world."""
    return hand_world


@pytest.fixture(scope="session")
def steps():
    """One of everything, from 2005-12-31 to 2014-12-31 and to 2026-06-30. Read only."""
    return hand_world.steps()


@pytest.fixture(scope="session")
def screen():
    """The module that opens pages in the browser, and finds and clicks what is on them."""
    return browsing


@pytest.fixture(scope="module")
def browser(chromium):
    """Debian's chromium, which can reach this machine alone."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=browsing.FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def served_world():
    """`served_world(steps)`: address of the app over a hand-made world; its gains are made too."""

    @contextmanager
    def served(steps):
        programme = steps[-1].after.situation.programme
        known = hand_world.Made(steps=steps, last=steps[-1], step="year", programme=programme)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(answers_module, "gains_of", hand_world.gains)
            with browsing.served(create_app(programme, known)) as address:
                yield address

    return served


@pytest.fixture(scope="module", params=["served", "one file"])
def address(request, steps, served_world, tmp_path_factory):
    """The same page of the hand-made world by either way."""
    if request.param == "one file":
        path = tmp_path_factory.mktemp("map") / "map.html"
        path.write_text(map_page(steps, gains=hand_world.gains(steps[-1].after)), encoding="utf-8")
        yield path.as_uri()
    else:
        with served_world(steps) as found:
            yield found


@pytest.fixture(scope="module")
def villages(villages_by_year):
    """Address of the map of the six villages, over all its years; nothing is made up."""
    with browsing.served(create_app(villages_by_year.programme, villages_by_year)) as found:
        yield found
