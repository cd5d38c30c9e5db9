"""The moves of a walker: their order, and the share of each move in every cell it runs through."""

from collections.abc import Mapping
from typing import Final

# (rows down, columns right) of each move. The 8 come first, then the 16's, then the 32's,
# so that smaller sets are prefixes. Within a set, move k and move k + half are opposite.
MOVES: Final = (
    (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1),
    (1, 2), (2, 1), (2, -1), (1, -2), (-1, -2), (-2, -1), (-2, 1), (-1, 2),
    (1, 3), (2, 3), (3, 2), (3, 1), (3, -1), (3, -2), (2, -3), (1, -3),
    (-1, -3), (-2, -3), (-3, -2), (-3, -1), (-3, 1), (-3, 2), (-2, 3), (-1, 3),
)  # fmt: skip

# The opposite of move k: a segment walked the other way.
OPPOSITE: Final = tuple(MOVES.index((-dr, -dc)) for dr, dc in MOVES)

# The cells a move runs through, as (row, column, share of its length), and the further cells whose corner it meets;
# for the one move of each shape that heads down and right and is wider than tall. The other moves are its mirrors.
_PARTS: Final = {
    (0, 1): ((0, 0, 1 / 2), (0, 1, 1 / 2)),
    (1, 1): ((0, 0, 1 / 2), (1, 1, 1 / 2)),
    (1, 2): ((0, 0, 1 / 4), (0, 1, 1 / 4), (1, 1, 1 / 4), (1, 2, 1 / 4)),
    (1, 3): ((0, 0, 1 / 6), (0, 1, 1 / 3), (1, 2, 1 / 3), (1, 3, 1 / 6)),
    (2, 3): ((0, 0, 1 / 6), (0, 1, 1 / 12), (1, 1, 1 / 4), (1, 2, 1 / 4), (2, 2, 1 / 12), (2, 3, 1 / 6)),
}
_CORNERS: Final = {
    (0, 1): (),
    (1, 1): ((0, 1, 0.0), (1, 0, 0.0)),
    (1, 2): (),
    (1, 3): ((0, 2, 0.0), (1, 1, 0.0)),
    (2, 3): (),
}


def _mirrored(
    table: Mapping[tuple[int, int], tuple[tuple[int, int, float], ...]], move: tuple[int, int]
) -> tuple[tuple[int, int, float], ...]:
    """The table's entry for the move's shape, turned the way the move heads."""
    tall, wide = abs(move[0]), abs(move[1])
    cells = table[min(tall, wide), max(tall, wide)]
    if tall > wide:
        cells = tuple((col, row, share) for row, col, share in cells)
    down, right = (-1 if step < 0 else 1 for step in move)
    return tuple((down * row, right * col, share) for row, col, share in cells)


# For each move, the cells it runs through: (rows down, columns right, share of its length), from its start.
PARTS: Final = tuple(_mirrored(_PARTS, move) for move in MOVES)

# For each move, the cells it only touches at a corner: (rows down, columns right). They must be walkable too.
CORNERS: Final = tuple(tuple((row, col) for row, col, _ in _mirrored(_CORNERS, move)) for move in MOVES)
