"""The hand-drawn programme of tests/ogc, its layers, its app, and every format written of it."""

import importlib.util
import threading
from functools import partial
from pathlib import Path

import pytest
import waitress

from hazard_service.downloads.asked import papers_of, read, tables_of
from hazard_service.downloads.formats import FORMATS, write
from hazard_service.web import create_app
from hazard_service.web.answers import Answers

_PATH = Path(__file__).parents[1] / "ogc" / "world.py"
_SPEC = importlib.util.spec_from_file_location("downloads_world", _PATH)
_world = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_world)


@pytest.fixture(scope="session")
def world():
    """The module that draws the programme."""
    return _world


@pytest.fixture(scope="session")
def programme(draw_programme):
    """The hand-drawn programme. Read only."""
    return _world.drawn(draw_programme)


@pytest.fixture(scope="session")
def results(programme):
    """Its results, kept by date."""
    return Answers(programme)


@pytest.fixture(scope="session")
def app(programme):
    """The app over it."""
    return create_app(programme)


@pytest.fixture(scope="session")
def client(app):
    """A client that reads each answer to its end and closes it, as a browser does."""
    client = app.test_client()
    client.get = partial(client.get, buffered=True)
    return client


@pytest.fixture(scope="session")
def server(app):
    """The root of the app on a server that listens on this machine, as people run it."""
    running = waitress.create_server(app, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=running.run, daemon=True).start()
    yield f"http://127.0.0.1:{running.effective_port}"
    running.close()


@pytest.fixture
def written(results, tmp_path):
    """written(form, name, ..., parameter=value): the files of collections in a format; its tables too."""

    def make(form, *names, **given):
        asked = {name.replace("_", "-"): text for name, text in given.items()}
        queries = read(names, FORMATS[form], asked, results.programme)
        tables = tables_of(queries, FORMATS[form], results.layers)
        return write(tables, FORMATS[form], tmp_path, papers_of(tables, queries, results)), tables

    return make
