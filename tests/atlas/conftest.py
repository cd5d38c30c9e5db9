"""The hand-made world of hand_world.py for the tests of pages and layers."""

import importlib.util
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location("hand_world", Path(__file__).with_name("hand_world.py"))
hand_world = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(hand_world)


@pytest.fixture(scope="session")
def world():
    """The module that draws the world."""
    return hand_world


@pytest.fixture(scope="session")
def steps():
    """One of everything, from 2005-12-31 to 2014-12-31 and to 2026-06-30. Read only."""
    return hand_world.steps()


@pytest.fixture(scope="session")
def progress(steps):
    """The last of the steps, to 2026-06-30. Read only."""
    return steps[-1]
