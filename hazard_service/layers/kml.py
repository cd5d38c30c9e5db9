"""KML and KMZ, read by expat here: GDAL's two KML drivers leave out what they do not know, each something else.

One row for each Placemark, in every folder, in the order of the file. Always longitude and latitude of WGS 84.
"""

import posixpath
from collections.abc import Iterable
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

import numpy as np
import pandas as pd

from hazard_service.errors import FileFormatError
from hazard_service.layers.archives import Unpacking, opened_zip, real_members
from hazard_service.layers.kml_placemark import PlacemarkRow, placemark_row
from hazard_service.layers.opened import Opened, refuse_large, refuse_long_text
from hazard_service.layers.placing import WGS84
from hazard_service.layers.xml_parsing import new_parser

_PICTURES = ("GroundOverlay", "ScreenOverlay", "PhotoOverlay")
_LINKS = (["NetworkLink", "Link", "href"], ["NetworkLink", "Url", "href"])
_BLOCK_BYTES = 8 << 20
_MAX_DEPTH = 100
_MAX_ELEMENTS = 1_000_000


def open_kml(path: Path) -> Opened:
    """Every Placemark. Raises FileFormatError where the file is no KML, is broken or points to data elsewhere."""
    with path.open("rb") as stream:
        document = _Document(path.name, linked=False)
        _read(iter(lambda: stream.read(_BLOCK_BYTES), b""), document)
    return document.opened()


def open_kmz(path: Path) -> Opened:
    """Every Placemark of a KMZ: of its doc.kml, and of what that points to inside. Nothing of it is written anywhere.

    Raises FileFormatError as `open_kml` does, and where a .kml inside is pointed to by none.
    """
    document = _Document(path.name, linked=True)
    with opened_zip(path, "save the KMZ") as archive:
        held = {member.filename: member for member in real_members(archive) if member.filename.lower().endswith(".kml")}
        if not held:
            raise FileFormatError(f"{path.name} holds no .kml file; save it again as KMZ.")
        unpacking = Unpacking(archive, path, "a KMZ")
        waiting = ["doc.kml" if "doc.kml" in held else next(iter(held))]
        reached = set(waiting)
        while waiting:
            name = waiting.pop()
            if name not in held:
                raise document.elsewhere()
            _read(unpacking.blocks(held[name]), document)
            pointed = {posixpath.normpath(posixpath.join(posixpath.dirname(name), link)) for link in document.links}
            waiting += sorted(pointed - reached, reverse=True)
            reached |= pointed
            document.links.clear()
    if left := len(held) - len(reached):
        raise FileFormatError(f"{path.name} holds {left} .kml files that doc.kml does not point to; take them out.")
    return document.opened()


def _read(blocks: Iterable[bytes], document: "_Document") -> None:
    parser = new_parser(document.name)
    parser.StartElementHandler = document.start
    parser.EndElementHandler = document.end
    parser.CharacterDataHandler = document.data
    try:
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except FileFormatError:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:
        # The two others come of encodings that are not known.
        if not document.begun:
            raise FileFormatError(f"{document.name} is not KML; export the layer again.") from error
        raise FileFormatError(
            f"{document.name} is broken or cut off in line {parser.ErrorLineNumber}; export the layer again."
        ) from error


class _Document:
    """Takes what expat finds. Only one Placemark at a time is held as a tree."""

    def __init__(self, name: str, *, linked: bool) -> None:
        """linked: whether it may point to other files, which are then in `links`."""
        self.name = name
        self.begun = False
        self.links: list[str] = []
        self._linked = linked
        self._tags: list[str] = []
        self._folders: list[str] = []
        self._folder: str | None = None
        self._elements = 0
        self._placemark: TreeBuilder | None = None
        self._rows: list[PlacemarkRow] = []
        self._columns: dict[str, None] = {}
        self._pictures = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        # Files of the field use prefixes that they do not declare.
        tag = tag.rpartition(":")[2]
        if not self._tags and tag != "kml":
            raise FileFormatError(f"{self.name} is not KML; export the layer again.")
        self.begun = True
        self._tags.append(tag)
        self._refuse(tag)
        if self._placemark is not None:
            self._placemark.start(tag, attributes)
        elif tag == "Placemark":
            self._elements = 0
            self._placemark = TreeBuilder()
            self._placemark.start(tag, attributes)
        elif tag == "Folder":
            self._folders.append("")
            self._folder = None
        elif tag == "NetworkLink":
            self.links.append("")
        self._pictures += tag in _PICTURES
        self._elements += 1

    def data(self, text: str) -> None:
        if self._placemark is not None:
            self._placemark.data(text)
        elif self._tags[-2:] == ["Folder", "name"]:
            self._folders[-1] += text
            self._folder = None
        elif self._tags[-3:] in _LINKS:
            self.links[-1] += text.strip()

    def end(self, tag: str) -> None:
        tag = self._tags.pop()
        if self._placemark is None:
            if tag == "Folder":
                self._folders.pop()
                self._folder = None
            return
        self._placemark.end(tag)
        if tag == "Placemark":
            self._take(self._placemark.close())
            self._placemark = None

    def opened(self) -> Opened:
        """The rows found."""
        rows = self._rows
        for name in self._columns:
            refuse_long_text((row.values.get(name) for row in rows), self.name)
        columns = {name: pd.Series([row.values.get(name) for row in rows], dtype=object) for name in self._columns}
        geometry = np.fromiter((row.geometry for row in rows), dtype=object, count=len(rows))
        unclosed = np.array([row.unclosed for row in rows], dtype=bool)
        notes = (f"{self._pictures} overlays are pictures, which hold no rows",) if self._pictures else ()
        return Opened(pd.DataFrame(columns, index=range(len(rows))), geometry, WGS84, unclosed, notes)

    def elsewhere(self) -> FileFormatError:
        """Why a file that points to others is refused."""
        return FileFormatError(
            f"{self.name} points to data elsewhere (NetworkLink), which is not fetched; save that data itself as KML."
        )

    def _refuse(self, tag: str) -> None:
        if len(self._tags) > _MAX_DEPTH:
            raise FileFormatError(f"{self.name} is nested over {_MAX_DEPTH} deep; export the layer again.")
        if self._placemark is not None and self._elements > _MAX_ELEMENTS:
            raise FileFormatError(
                f"{self.name} has a Placemark of over {_MAX_ELEMENTS:,} parts; export the layer again."
            )
        if tag == "Update" or (tag == "NetworkLink" and (self._placemark is not None or not self._linked)):
            raise self.elsewhere()
        if tag == "Placemark" and self._placemark is not None:
            raise FileFormatError(f"{self.name} has a Placemark inside a Placemark; export the layer again.")

    def _take(self, placemark: Element) -> None:
        if self._folder is None:
            self._folder = "/".join(name.strip() for name in self._folders if name.strip())
        row = placemark_row(placemark, self._folder)
        self._rows.append(row)
        self._columns.update(dict.fromkeys(row.values))
        refuse_large(len(self._columns), len(self._rows), self.name)
