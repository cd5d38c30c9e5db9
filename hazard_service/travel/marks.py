"""Marks at vertices, such as the turns in which something changed there (Numba, arrays only)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hazard_service.travel.grounds import compiled


class Marks(NamedTuple):
    """The marks at each vertex; a mark is a number from 0 to marks - 1 and may stand at many."""

    first: NDArray[np.int64]  # (vertices + 1,) where the marks of each vertex begin
    mark: NDArray[np.int64]  # (entries,)
    marks: int


def marks_of(at_each: list[NDArray[np.int64]], vertices: int) -> Marks:
    """Mark i stands at the vertices at_each[i]."""
    vertex = np.concatenate([np.zeros(0, np.int64), *at_each])
    mark = np.repeat(np.arange(len(at_each)), [len(own) for own in at_each])
    order = np.argsort(vertex, kind="stable")
    return Marks(np.searchsorted(vertex[order], np.arange(vertices + 1)), mark[order], len(at_each))


@compiled
def marks_at(marks: Marks, vertices: NDArray[np.int32]) -> NDArray[np.bool_]:
    """(marks,) stands at one of these vertices."""
    found = np.zeros(marks.marks, np.bool_)
    for vertex in vertices:
        for entry in range(marks.first[vertex], marks.first[vertex + 1]):
            found[marks.mark[entry]] = True
    return found


@compiled
def count_marked(marks: Marks, counts: NDArray[np.bool_], vertices: NDArray[np.int32]) -> int:
    """How many of these vertices have a mark that counts ((marks,) bool)."""
    found = 0
    for vertex in vertices:
        for entry in range(marks.first[vertex], marks.first[vertex + 1]):
            if counts[marks.mark[entry]]:
                found += 1
                break
    return found
