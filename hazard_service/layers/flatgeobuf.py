"""FlatGeobuf files looked through before GDAL: there is no prefix for its driver, and it believes the stated count.

The file is 8 bytes of magic, a header with its length in front, an optional index, and each feature with its length
in front. The header is a flatbuffer: a table whose fields are found through a list of offsets (vtable).
"""

import struct
from pathlib import Path
from typing import IO

from hazard_service.errors import FileFormatError

_MAGIC = b"fgb\x03fgb"
# As GDAL. Below 2**24 a byte of the length is 0, so no driver that looks for text can look further.
_MAX_HEADER_BYTES = 10 << 20
_NODE_BYTES = 40
# Of a table without a field.
_LEAST_BYTES = 8
_FEATURES_COUNT, _INDEX_NODE_SIZE = 8, 9
_INDEX_NODE_SIZE_DEFAULT = 16


def count_features(path: Path) -> int:
    """Features that the file holds. Raises FileFormatError where it is no FlatGeobuf, is cut off or miscounts."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        if stream.read(7) != _MAGIC or stream.read(1) not in (b"\x00", b"\x01", b"\x02"):
            raise FileFormatError(f"{path.name} is not a FlatGeobuf file; export the layer again.")
        try:
            stated = _skip_to_features(stream, size)
            counted = _count(stream, size)
        except (struct.error, ValueError) as error:
            raise FileFormatError(f"{path.name} is broken or cut off; export the layer again.") from error
    if stated not in (0, counted):
        raise FileFormatError(
            f"{path.name} says that it holds {stated} rows but holds {counted}; export the layer again."
        )
    return counted


def _skip_to_features(stream: IO[bytes], size: int) -> int:
    """The stated number of features (0: not stated), with the stream put behind the index."""
    length = _number(stream.read(4), 0, "I")
    if length > _MAX_HEADER_BYTES:
        raise ValueError
    header = stream.read(length)
    features = _field(header, _FEATURES_COUNT, "Q", 0)
    node_size = _field(header, _INDEX_NODE_SIZE, "H", _INDEX_NODE_SIZE_DEFAULT)
    if node_size and features:
        index = _index_bytes(features, node_size)
        if index > size:
            raise ValueError
        stream.seek(index, 1)
    return features


def _field(table: bytes, field: int, code: str, default: int) -> int:
    start = _number(table, 0, "I")
    vtable = start - _number(table, start, "i")
    if vtable < 0:
        raise ValueError
    slot = 4 + 2 * field
    offset = _number(table, vtable + slot, "H") if slot + 2 <= _number(table, vtable, "H") else 0
    return _number(table, start + offset, code) if offset else default


def _number(data: bytes, at: int, code: str) -> int:
    return int(struct.unpack_from(f"<{code}", data, at)[0])


def _index_bytes(features: int, node_size: int) -> int:
    """Size of a packed tree: each level has a node for so many of the level below, up to one root."""
    if node_size < 2:
        raise ValueError
    nodes = level = features
    while True:
        level = -(-level // node_size)
        nodes += level
        if level == 1:
            return nodes * _NODE_BYTES


def _count(stream: IO[bytes], size: int) -> int:
    counted, at = 0, stream.tell()
    while at < size:
        length = _number(stream.read(4), 0, "I")
        at += 4 + length
        counted += 1
        if at > size or length < _LEAST_BYTES:
            raise ValueError
        stream.seek(at)
    if at != size:
        raise ValueError
    return counted
