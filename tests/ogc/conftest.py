"""The hand-drawn programme of world.py and its results."""

import importlib.util
import threading
from pathlib import Path

import pytest
import waitress

from hazard_service.layers import open_programme
from hazard_service.shelves import sample_folder
from hazard_service.web import create_app
from hazard_service.web.answers import Answers

_SPEC = importlib.util.spec_from_file_location("ogc_world", Path(__file__).with_name("world.py"))
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
