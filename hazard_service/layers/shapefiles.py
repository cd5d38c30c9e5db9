"""Shapefiles, alone or zipped: only their own parts are copied to a folder of ours, each checked, and read there.

GDAL has no prefix for the Shapefile driver, so the first bytes of the .shp are judged, and nothing that lies beside it
(indexes, descriptions, other formats) comes along.
"""

import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from hazard_service.errors import FileFormatError
from hazard_service.layers.archives import Unpacking, opened_zip, real_members

SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_SHP_MAGIC = b"\x00\x00\x27\x0a"


@contextmanager
def shapefile_copy(path: Path) -> Iterator[Path]:
    """A checked copy of a .shp or .shp.zip as layer.shp in a folder that lasts as long as the context.

    Raises FileFormatError where a part is missing, the parts do not belong together or unpack to too much.
    """
    with TemporaryDirectory(prefix="hazard-service-") as folder:
        copy = Path(folder) / "layer.shp"
        if path.name.lower().endswith(".zip"):
            _unpack(path, copy)
        else:
            for suffix in SHAPEFILE_PARTS:
                if part := _part_beside(path, suffix):
                    _copy_part(part, copy.with_suffix(suffix))
        _check_parts(copy, path.name)
        yield copy


def _part_beside(path: Path, suffix: str) -> Path | None:
    parts = (path.with_suffix(suffix), path.with_suffix(suffix.upper()))
    return next((part for part in parts if part.is_file()), None)


def _copy_part(part: Path, copy: Path) -> None:
    try:
        stream = part.open("rb")
    except OSError as error:
        raise FileFormatError(
            f"{part.name} cannot be opened ({error.strerror}); check its name and who may read it."
        ) from error
    with stream, copy.open("wb") as out:
        shutil.copyfileobj(stream, out)


def _unpack(path: Path, copy: Path) -> None:
    with opened_zip(path, "zip the shapefile") as archive:
        members = real_members(archive)
        shapes = [member for member in members if member.filename.lower().endswith(".shp")]
        if len(shapes) != 1:
            raise FileFormatError(f"{path.name} holds {len(shapes)} .shp files; zip exactly one shapefile.")
        stem = PurePosixPath(shapes[0].filename).with_suffix("")
        unpacking = Unpacking(archive, path, "a shapefile")
        for member in members:
            written = PurePosixPath(member.filename)
            if written.with_suffix("") == stem and written.suffix.lower() in SHAPEFILE_PARTS:
                with copy.with_suffix(written.suffix.lower()).open("wb") as out:
                    out.writelines(unpacking.blocks(member))


def _check_parts(copy: Path, name: str) -> None:
    for suffix in (".shp", ".shx", ".dbf"):
        if not copy.with_suffix(suffix).is_file():
            raise FileFormatError(f"{name} lacks its {suffix} part; copy all parts of the shapefile together.")
    for suffix in (".shp", ".shx"):
        with copy.with_suffix(suffix).open("rb") as stream:
            if stream.read(4) != _SHP_MAGIC:
                raise FileFormatError(f"{name} is not a Shapefile; export the layer again.")
    shapes = (copy.with_suffix(".shx").stat().st_size - 100) // 8
    with copy.with_suffix(".dbf").open("rb") as stream:
        header = stream.read(8)
    if len(header) < 8:
        raise FileFormatError(f"{name} is not a Shapefile; export the layer again.")
    rows = struct.unpack("<I", header[4:8])[0]
    if shapes != rows:
        raise FileFormatError(
            f"{name} has {shapes} shapes but {rows} rows of attributes; copy all parts of the shapefile together."
        )
