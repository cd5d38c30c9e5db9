"""Downloads over HTTP: thin routes; the room downloads says what they hold."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from hazard_service.downloads import asked
from hazard_service.downloads.formats import EVERYTHING, FORMATS, Format, pack, write
from hazard_service.downloads.page import data_page
from hazard_service.downloads.qlr import layer_definition
from hazard_service.ogc.collections import COLLECTIONS
from hazard_service.ogc.query import Query, period_of
from hazard_service.reports.files import papers
from hazard_service.reports.surfaces import write_surfaces
from hazard_service.web import parameters
from hazard_service.web.answers import Answers
from hazard_service.web.features import ROOT
from hazard_service.web.replies import cacheable, html, refuse_in_problems, routes_below, streamed

DATA: Final = "/data"
_PIECE: Final = 1 << 20
_MANY: Final = " or ".join(f"{EVERYTHING}.{form.suffix}" for form in FORMATS.values() if form.takes_many)
_NOTHING_HERE: Final = (
    f"There is no such file; write COLLECTION.FORMAT, with a collection of {', '.join(COLLECTIONS)} and a format of "
    f"{', '.join(form.suffix for form in FORMATS.values())} (.zip after it adds papers), or {_MANY}, or "
    f"{EVERYTHING}.FORMAT.zip, surfaces.zip or programme.qlr."
)


def downloads(answers: Answers) -> Blueprint:
    """The routes below /data."""
    routes = routes_below("data", DATA)
    programme = answers.programme

    @routes.get("", strict_slashes=False)
    def page() -> Response:
        parameters.only(request.args, ())
        return html(data_page(programme), forms=True)

    @routes.get("/programme.qlr")
    def definition() -> Response:
        given = _given(("datetime", "filter"))
        written = layer_definition(answers.layers, given, request.root_url.rstrip("/") + ROOT)
        response = cacheable(written.encode(), "application/x-qgis-layer-definition")
        response.headers["Content-Disposition"] = 'attachment; filename="programme.qlr"'
        return response

    @routes.get("/surfaces.zip")
    def rasters() -> Response:
        given = _given(("datetime",))
        return _surfaces(answers, given)

    @routes.get("/<name>")
    def file(name: str) -> Response:
        given = _given(asked.PARAMETERS)
        names, form, is_archive = _named(name)
        queries = asked.read(names, form, given, programme)
        version = asked.version_of(programme, name, *(f"{key}={text}" for key, text in sorted(given.items())))
        if request.if_none_match.contains_weak(version):
            return streamed((), form.media_type, version, name, zips=False)
        return _file(answers, queries, form, version, name, is_archive=is_archive)

    refuse_in_problems(routes, _NOTHING_HERE)
    return routes


def _given(known: tuple[str, ...]) -> dict[str, str]:
    """The parameters given; a form sends those left empty too, and they count as left out."""
    parameters.only(request.args, known)
    return {name: text for name, text in request.args.to_dict().items() if text.strip()}


def _named(name: str) -> tuple[list[str], Format, bool]:
    """(collections, format, whether they come in an archive) of a file's name. Raises NotFound."""
    is_archive = name.endswith(".zip") and not name.endswith(".shp.zip")
    file = name.removesuffix(".zip") if is_archive else name
    # The longest ending: x.hxl.csv ends with .csv too.
    endings = [form for form in FORMATS.values() if file.endswith(f".{form.suffix}")]
    form = max(endings, key=lambda form: len(form.suffix), default=None)
    if form is None or (is_archive and form.name == "shp"):
        raise NotFound
    stem = file.removesuffix(f".{form.suffix}")
    if stem in COLLECTIONS:
        return [stem], form, is_archive
    if stem == EVERYTHING and (is_archive or form.takes_many):
        return asked.everything(), form, is_archive
    raise NotFound


def _file(
    answers: Answers, queries: dict[str, Query], form: Format, version: str, name: str, *, is_archive: bool
) -> Response:
    tables = asked.tables_of(queries, form, answers.layers)
    if form.stream is not None and not is_archive:
        return streamed(form.stream(tables[0]), form.media_type, version, name, zips=True)

    def fill(folder: Path) -> Path:
        told = asked.papers_of(tables, queries, answers) if is_archive or form.name == "shp" else {}
        written = write(tables, form, folder, told)
        if not is_archive:
            return written[0]
        pack(written, told, folder / "all.zip")
        return folder / "all.zip"

    kind = "application/zip" if is_archive else form.media_type
    return _made(fill, kind, version, name, zips=form.is_text and not is_archive)


def _surfaces(answers: Answers, given: dict[str, str]) -> Response:
    programme, name = answers.programme, "surfaces.zip"
    day = period_of(given, programme).end
    version = asked.version_of(programme, name, day.isoformat())
    if request.if_none_match.contains_weak(version):
        return streamed((), "application/zip", version, name, zips=False)
    found = answers.surfaces(day)

    def fill(folder: Path) -> Path:
        what = "walk minutes and closed ground"
        written = write_surfaces(found, folder)
        told = papers(found.situation, found.provenance, found.caveats, what=what, coordinates=_GRID)
        pack(written, told, folder / "all.zip")
        return folder / "all.zip"

    return _made(fill, "application/zip", version, name, zips=False)


_GRID: Final = "GeoTIFF in the programme's own equal-area metres, GeoJSON in WGS 84"


def _made(fill: Callable[[Path], Path], kind: str, version: str, name: str, *, zips: bool) -> Response:
    """The file that `fill` makes in a folder; both are gone when it is sent."""
    folder = tempfile.TemporaryDirectory(prefix="hazard-service-")
    try:
        response = streamed(_pieces(fill(Path(folder.name))), kind, version, name, zips=zips)
    except BaseException:
        folder.cleanup()
        raise
    response.call_on_close(folder.cleanup)
    return response


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
