"""The hand-drawn programme of world.py and its results."""

import importlib.util
from pathlib import Path

import pytest

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
