"""Zip files unpacked in memory or to a folder of ours, with bytes counted as they come: stated sizes may be false."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hazard_service.errors import FileFormatError

MAX_UNPACKED_BYTES = 2 << 30
# Real files of the field pack about 2 to 20 to 1, empty cells of a sheet more; a thousand to 1 is made to fill memory.
MAX_RATIO = 200
_SMALL_BYTES = 16 << 20


@contextmanager
def opened_zip(path: Path, what: str) -> Iterator[zipfile.ZipFile]:
    """A zip file. what: the thing it is there for, in words. Raises FileFormatError where it cannot be unpacked."""
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            yield archive
    except FileFormatError:
        raise
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise FileFormatError(f"{path.name} is not a zip file that can be unpacked; {what} again.") from error


class Unpacking:
    """Unpacks members of one archive, together to no more than a real file would."""

    def __init__(self, archive: zipfile.ZipFile, path: Path, thing: str) -> None:
        self._archive, self._name, self._thing = archive, path.name, thing
        self._left = min(MAX_UNPACKED_BYTES, max(_SMALL_BYTES, MAX_RATIO * path.stat().st_size))

    def blocks(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """The bytes of a member. Raises FileFormatError where they are too many."""
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotImplementedError
        with self._archive.open(member) as stream:
            while block := stream.read(1 << 20):
                self._left -= len(block)
                if self._left < 0:
                    raise FileFormatError(
                        f"{self._name} unpacks to far more than {self._thing} should; unpack and check it by hand."
                    )
                yield block


def real_members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Files of an archive, each name once, without those that a Mac adds."""
    members = [member for member in archive.infolist() if not member.is_dir() and "__MACOSX" not in member.filename]
    if len({member.filename for member in members}) < len(members):
        raise zipfile.BadZipFile
    return members
