"""Well-known binary looked through before GEOS: some thousand collections inside each other end the whole process."""

import struct

import numpy as np
import shapely
from numpy.typing import NDArray

_MAX_DEPTH = 20
_POINT, _LINE, _POLYGON = 1, 2, 3
_SEVERAL = (4, 5, 6, 7)


def geometries(blobs: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """((n,) 2D geometries, None where there is none or it cannot be read; (n,) whether a ring had to be closed)."""
    sound = np.array([blob if _is_shallow(blob) else None for blob in blobs], dtype=object)
    read = np.asarray(shapely.from_wkb(sound, on_invalid="ignore"), dtype=object)
    # Closing a ring loses no ground, refusing it would lose the hazard.
    mended = np.asarray(shapely.from_wkb(sound, on_invalid="fix"), dtype=object)
    unclosed = shapely.is_missing(read) & ~shapely.is_missing(mended)
    return np.asarray(shapely.force_2d(mended), dtype=object), np.asarray(unclosed, dtype=bool)


def _is_shallow(blob: object) -> bool:
    """Whether a value is WKB whose parts lie at most so deep."""
    if not isinstance(blob, bytes):
        return False
    try:
        return _end(blob, 0, _MAX_DEPTH) is not None
    except (struct.error, KeyError, IndexError):
        return False


def _end(blob: bytes, at: int, depth: int) -> int | None:
    """Where the geometry that begins at `at` ends; None where it lies too deep."""
    order = {0: ">", 1: "<"}[blob[at]]
    (written,) = struct.unpack_from(f"{order}I", blob, at + 1)
    at += 9 if written & 0x20000000 else 5
    kind, dimensions = _kind(written)
    if kind == _POINT:
        return at + 8 * dimensions
    (count,) = struct.unpack_from(f"{order}I", blob, at)
    at += 4
    if kind == _LINE:
        return at + 8 * dimensions * int(count)
    if kind == _POLYGON:
        for _ in range(count):
            (positions,) = struct.unpack_from(f"{order}I", blob, at)
            at += 4 + 8 * dimensions * int(positions)
        return at
    if kind not in _SEVERAL or depth == 0:
        return None
    for _ in range(count):
        end = _end(blob, at, depth - 1)
        if end is None:
            return None
        at = end
    return at


def _kind(written: int) -> tuple[int, int]:
    """(type, numbers in a position), of the ISO form (1001: with height) and the older one (a bit for height)."""
    flags = written & 0xF0000000
    code = written & 0x0FFFFFFF
    dimensions = 2 + bool(flags & 0x80000000) + bool(flags & 0x40000000)
    if not flags:
        dimensions += (0, 1, 1, 2)[code // 1000] if code < 4000 else 0
    return code % 1000, dimensions
