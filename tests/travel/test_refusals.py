"""What cannot be walked over, to the exact sentence."""

import math

import numpy as np
import pytest

from hazard_service.errors import WalkError
from hazard_service.travel import count_reached, walk_minutes

FRICTION = np.full((4, 5), 0.02, np.float32)
CLASSES = np.zeros((4, 5), np.uint8)


def with_one(value: float) -> np.ndarray:
    array = FRICTION.copy()
    array[2, 3] = value
    return array


EVERY_CELL = "every cell needs minutes per metre above 0, or inf where nobody walks."
ONE_EACH = "give one whole row and column for each source."
OFF = "off the array of 4 rows and 5 columns; leave it out or widen the array."

WRONG = [
    ({"min_per_m": with_one(math.nan)}, f"min_per_m is nan at row 2, column 3; {EVERY_CELL}"),
    ({"min_per_m": with_one(0.0)}, f"min_per_m is 0 at row 2, column 3; {EVERY_CELL}"),
    ({"min_per_m": with_one(-0.5)}, f"min_per_m is -0.5 at row 2, column 3; {EVERY_CELL}"),
    ({"min_per_m": with_one(-math.inf)}, f"min_per_m is -inf at row 2, column 3; {EVERY_CELL}"),
    ({"min_per_m": FRICTION[0]}, "min_per_m has shape (5,); give rows and columns, at least one of each."),
    ({"min_per_m": FRICTION[:0]}, "min_per_m has shape (0, 5); give rows and columns, at least one of each."),
    ({"min_per_m": FRICTION > 0}, "min_per_m is bool; give real numbers."),
    ({"min_per_m": FRICTION + 0j}, "min_per_m is complex64; give real numbers."),
    ({"sources": [(0, 0), (4, 0)]}, f"source 1 is at row 4, column 0, {OFF}"),
    ({"sources": [(0, 5)]}, f"source 0 is at row 0, column 5, {OFF}"),
    ({"sources": [(-1, 0)]}, f"source 0 is at row -1, column 0, {OFF}"),
    ({"sources": [(0, -1)]}, f"source 0 is at row 0, column -1, {OFF}"),
    ({"sources": [(0.0, 1.0)]}, f"sources is float64 of shape (1, 2); {ONE_EACH}"),
    ({"sources": (0, 1)}, f"sources is int64 of shape (2,); {ONE_EACH}"),
    ({"sources": [(0, 1, 2)]}, f"sources is int64 of shape (1, 3); {ONE_EACH}"),
    ({"cell_m": 0}, "cell_m is 0; give the side of a cell as a number of metres above 0."),
    ({"cell_m": -50.0}, "cell_m is -50.0; give the side of a cell as a number of metres above 0."),
    ({"cell_m": math.nan}, "cell_m is nan; give the side of a cell as a number of metres above 0."),
    ({"cell_m": math.inf}, "cell_m is inf; give the side of a cell as a number of metres above 0."),
    ({"cell_m": "50"}, "cell_m is 50; give the side of a cell as a number of metres above 0."),
    ({"moves": 4}, "moves is 4; use 8, 16 or 32."),
    ({"moves": 17}, "moves is 17; use 8, 16 or 32."),
    ({"limit_min": math.nan}, "limit_min is nan; give a number of minutes, 0 or more."),
    ({"limit_min": -1}, "limit_min is -1; give a number of minutes, 0 or more."),
    (
        {"closed_moves": np.zeros((4, 5), np.int32)},
        "closed_moves is int32; give unsigned whole numbers of at least 16 bits.",
    ),
    (
        {"closed_moves": np.zeros((4, 5), np.uint8)},
        "closed_moves is uint8; give unsigned whole numbers of at least 16 bits.",
    ),
    (
        {"closed_moves": np.zeros((4, 5), np.uint16), "moves": 32},
        "closed_moves is uint16; give unsigned whole numbers of at least 32 bits.",
    ),
    (
        {"closed_moves": np.zeros((5, 4), np.uint16)},
        "closed_moves has shape (5, 4) but min_per_m has (4, 5); give both on the same grid.",
    ),
    (
        {"elevation_m": np.zeros((4, 6))},
        "elevation_m has shape (4, 6) but min_per_m has (4, 5); give both on the same grid.",
    ),
    ({"elevation_m": FRICTION > 0}, "elevation_m is bool; give real numbers."),
    (
        {"elevation_m": with_one(math.inf)},
        "elevation_m is inf at row 2, column 3; use NaN where the height is not known.",
    ),
]


@pytest.mark.parametrize(("wrong", "sentence"), WRONG)
def test_walk_minutes_refuses(wrong, sentence):
    given = {"min_per_m": FRICTION, "sources": [(0, 0)], "cell_m": 50.0, **wrong}
    with pytest.raises(WalkError) as refused:
        walk_minutes(**given)
    assert str(refused.value) == sentence
    assert isinstance(refused.value, ValueError)


@pytest.mark.parametrize(("wrong", "sentence"), [case for case in WRONG if case[0] != {"sources": [(-1, 0)]}])
def test_count_reached_refuses_the_same(wrong, sentence):
    given = {"min_per_m": FRICTION, "sources": [(0, 0)], "cell_m": 50.0, "classes": CLASSES, "limit_min": 60.0, **wrong}
    given["starts"] = given.pop("sources")
    with pytest.raises(WalkError) as refused:
        count_reached(**given)
    assert str(refused.value) == sentence.replace("source", "start")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"classes": np.zeros((4, 5), np.int64)}, "classes is int64; give uint8."),
        (
            {"classes": np.zeros((4, 4), np.uint8)},
            "classes has shape (4, 4) but min_per_m has (4, 5); give both on the same grid.",
        ),
        (
            {"classes": CLASSES + 3, "n_classes": 3},
            "classes holds class 3 but n_classes is 3; raise n_classes above it.",
        ),
        ({"starts": [(-2, 0)]}, f"start 0 is at row -2, column 0, {OFF}"),
    ],
)
def test_count_reached_refuses(wrong, sentence):
    given = {"min_per_m": FRICTION, "starts": [(0, 0)], "cell_m": 50.0, "classes": CLASSES, "limit_min": 60.0, **wrong}
    with pytest.raises(WalkError) as refused:
        count_reached(**given)
    assert str(refused.value) == sentence
