"""The hand-drawn programme of world.py and its results."""

import importlib.util
import threading
from pathlib import Path
from urllib.parse import urlencode

import pytest
import waitress

from hazard_service.layers import open_programme
from hazard_service.shelves import sample_folder
from hazard_service.web import create_app
from hazard_service.web.answers import Answers


def _beside(name):
    """A module of this folder, which is no package."""
    spec = importlib.util.spec_from_file_location(f"ogc_{name}", Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_world, _asking = _beside("world"), _beside("asking")


def pytest_generate_tests(metafunc):
    """A test of `document_path` is asked of every document."""
    if "document_path" in metafunc.fixturenames:
        metafunc.parametrize("document_path", _asking.DOCUMENTS)


@pytest.fixture(scope="session")
def world():
    """The module that draws the programme."""
    return _world


@pytest.fixture(scope="session")
def asking():
    """The module of what these tests share."""
    return _asking


@pytest.fixture(scope="session")
def programme(draw_programme):
    """The hand-drawn programme. Read only."""
    return _world.drawn(draw_programme)


@pytest.fixture(scope="session")
def results(programme):
    """Its results, kept by date."""
    return Answers(programme)


@pytest.fixture(scope="session")
def sample():
    """Results of the sample, kept by date."""
    return Answers(open_programme(sample_folder()))


@pytest.fixture(scope="session")
def app(programme):
    """The app over the hand-drawn programme."""
    return create_app(programme)


@pytest.fixture(scope="session")
def client(app):
    """A client of the app, which sends no Accept header of its own."""
    return app.test_client()


@pytest.fixture(scope="session")
def server(app):
    """The address of /ogc on a server that listens on this machine, as people run it."""
    running = waitress.create_server(app, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=running.run, daemon=True).start()
    yield f"http://127.0.0.1:{running.effective_port}/ogc"
    running.close()


@pytest.fixture(scope="session")
def get(client):
    """get(path, parameter=value, ...): the answer of /ogc + path. bbox_crs and the like are written with a dash."""

    def ask(path, headers=None, **given):
        named = {name.replace("_", "-"): value for name, value in given.items()}
        return client.get(f"/ogc{path}?{urlencode(named)}" if named else f"/ogc{path}", headers=headers)

    return ask


@pytest.fixture(scope="session")
def items(get):
    """items(name, parameter=value, ...): the document of a page that must be answered."""

    def ask(name, **given):
        answer = get(f"/collections/{name}/items", **given)
        assert answer.status_code == 200, answer.text
        return answer.json

    return ask


@pytest.fixture(scope="session")
def openapi(get):
    """The API definition."""
    return get("/api").json
