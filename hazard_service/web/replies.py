"""Answers that more than one set of routes gives: pages under a strict policy, and bytes a browser may keep."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from hashlib import sha256
from http import HTTPStatus
from typing import Final

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import BaseConverter

from hazard_service.atlas.page import MAP_LAYERS
from hazard_service.dress import content_policy, render
from hazard_service.errors import DateError, HazardServiceError, ParameterError
from hazard_service.language import ENGLISH, LANGUAGES, speaking
from hazard_service.ogc.links import PROBLEM

# Below this, compressing costs more than it saves.
_WORTH_ZIPPING: Final = 1_000
_ZIP_LEVEL: Final = 3
# What programs read: they are refused in JSON, whoever asks.
_FOR_PROGRAMS: Final = ("/api", "/ogc", MAP_LAYERS)
_READING: Final = ["GET", "HEAD", "OPTIONS"]
_CHANGING: Final = ["POST", "PUT", "PATCH", "DELETE"]
_FAILED: Final = "The service could not answer; the terminal that runs it says why."


def html(page: str, pictures: str = "", *, forms: bool = False) -> Response:
    """A page that may load only what this service serves, and pictures of one https host where it is named.

    forms: it may send its forms to this service.
    """
    response = Response(page, mimetype="text/html")
    policy = content_policy(page, "'self'", pictures)
    if forms:
        policy = policy.replace("form-action 'none'", "form-action 'self'")
    response.headers["Content-Security-Policy"] = policy + "; frame-ancestors 'none'"
    return response


def cacheable(content: bytes, kind: str) -> Response:
    """With an ETag: who has these bytes gets 304. Compressed where that is asked for."""
    zipped = len(content) > _WORTH_ZIPPING and request.accept_encodings["gzip"] > 0
    response = Response(content, content_type=kind)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept-Encoding")
    response.set_etag(sha256(content).hexdigest()[:32] + ("-gzip" if zipped else ""))
    response.make_conditional(request)
    if zipped and response.status_code == 200:
        response.set_data(gzip.compress(content, _ZIP_LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def streamed(pieces: Iterable[bytes], kind: str, version: str, name: str, *, zips: bool) -> Response:
    """A file to be saved, sent as it is made, and gone when it is sent; 304 for who has this version.

    version: stands for the data and what was asked of it. zips: compressed where that is asked for.
    """
    zipped = zips and request.accept_encodings["gzip"] > 0
    response = Response(_gzipped(pieces) if zipped else iter(pieces), content_type=kind)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.vary.add("Accept-Encoding")
    response.set_etag(version, weak=True)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.make_conditional(request)
    return response


def _gzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    # 31: the largest window, with the head and tail of gzip.
    packer = zlib.compressobj(_ZIP_LEVEL, wbits=31)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def for_reader(refusal: Response, sentence: str) -> Response:
    """A refusal as a small page where a browser asked for a page; as it is for programs and what they read."""
    path, wanted = request.path, request.accept_mimetypes
    is_for_programs = any(path == one or path.startswith(f"{one}/") for one in _FOR_PROGRAMS)
    if request.method not in ("GET", "HEAD") or is_for_programs:
        return refusal
    refusal.vary.add("Accept")
    if wanted.best_match(["application/json", "text/html"]) != "text/html":
        return refusal
    code = request.args.get("lang", ENGLISH)
    code = code if code in LANGUAGES else ENGLISH
    with speaking(code):
        page = html(render("refused.html", sentence=sentence, address="/" if code == ENGLISH else f"/?lang={code}"))
    page.status_code = refusal.status_code
    page.vary.add("Accept")
    return page


def problem(sentence: str, status: HTTPStatus) -> Response:
    """A refusal as problem JSON (RFC 7807), or as a page for a reader."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": sentence}
    return for_reader(Response(orjson.dumps(body), status=status, content_type=PROBLEM), sentence)


class _Anything(BaseConverter):
    """The rest of an address: ids of features are any text, with slashes and line breaks too."""

    regex = r"[\s\S]+"
    part_isolating = False


def routes_below(name: str, address: str) -> Blueprint:
    """Routes below an address, which may end in `<anything:...>`: any text."""
    routes = Blueprint(name, "hazard_service", url_prefix=address)
    routes.record_once(lambda state: state.app.url_map.converters.update(anything=_Anything))
    return routes


def refuse_in_problems(routes: Blueprint, nothing_here: str) -> None:
    """Every refusal of `routes_below` is a `problem`, and they can only be read.

    nothing_here: the sentence for an address with nothing at it.
    """
    sentences = {
        HTTPStatus.BAD_REQUEST: "This request cannot be read; check the address and its parameters.",
        HTTPStatus.NOT_FOUND: nothing_here,
        HTTPStatus.METHOD_NOT_ALLOWED: "This address can only be read; use GET.",
    }

    @routes.route("/", methods=_CHANGING, strict_slashes=False, defaults={"rest": ""})
    @routes.route("/<anything:rest>", methods=["GET", *_CHANGING])
    def nothing(rest: str) -> Response:
        raise NotFound if request.method in ("GET", "HEAD") else MethodNotAllowed(_READING)

    @routes.after_request
    def allowed(response: Response) -> Response:
        if request.method == "OPTIONS":
            response.headers["Allow"] = ", ".join(_READING)
        return response

    @routes.errorhandler(HazardServiceError)
    def refused(error: HazardServiceError) -> Response:
        asked_wrongly = isinstance(error, ParameterError | DateError)
        return problem(str(error), HTTPStatus.BAD_REQUEST if asked_wrongly else HTTPStatus.INTERNAL_SERVER_ERROR)

    @routes.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Response:
        status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
        response = problem(sentences.get(status, _FAILED), status)
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = ", ".join(_READING)
        return response
