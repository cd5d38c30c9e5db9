"""OGC API - Features over HTTP: thin routes; the room ogc says what they answer."""

from typing import Any, Final
from urllib.parse import quote

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from hazard_service.errors import ParameterError
from hazard_service.ogc import documents
from hazard_service.ogc.collections import COLLECTIONS, columns_of
from hazard_service.ogc.crs import Crs
from hazard_service.ogc.links import FORMS, GEOJSON, HTML, JSON, OPENAPI, SCHEMA, Address
from hazard_service.ogc.openapi import openapi
from hazard_service.ogc.pages import document_page, items_page
from hazard_service.ogc.query import CARRIED, FEATURE_PARAMETERS, PARAMETERS, crs_of, period_of, read_query
from hazard_service.web import parameters
from hazard_service.web.answers import Answers
from hazard_service.web.replies import cacheable, html, refuse_in_problems, routes_below

ROOT: Final = "/ogc"


def features(answers: Answers) -> Blueprint:
    """The routes below /ogc."""
    routes = routes_below("ogc", ROOT)
    _add_documents(routes, answers)
    _add_features(routes, answers)
    refuse_in_problems(routes, "There is no such collection or feature; /ogc/collections lists what there is.")
    return routes


def _add_documents(routes: Blueprint, answers: Answers) -> None:
    programme = answers.programme

    def here_carried() -> Address:
        here = _here(CARRIED)
        period_of(here.given, programme)
        return here

    def told(title: str, document: dict[str, Any], kind: str, here: Address) -> Response:
        if here.form == "html":
            return _negotiated(html(document_page(title, document, programme, here)))
        return _negotiated(cacheable(orjson.dumps(document), kind))

    @routes.get("/", strict_slashes=False)
    def landing() -> Response:
        here = here_carried()
        return told(programme.name, documents.landing(programme, here), JSON, here)

    @routes.get("/api")
    def api() -> Response:
        here = here_carried()
        return told("OpenAPI document", openapi(programme, here.root), OPENAPI, here)

    @routes.get("/conformance")
    def conformance() -> Response:
        here = here_carried()
        return told("Conformance", documents.conformance(here), JSON, here)

    @routes.get("/crs")
    def reference_systems() -> Response:
        here = here_carried()
        return told("Reference systems", documents.reference_systems(programme, here), JSON, here)

    @routes.get("/collections")
    def collections() -> Response:
        here = here_carried()
        return told("Collections", documents.collections(programme, here), JSON, here)

    @routes.get("/collections/<name>")
    def collection(name: str) -> Response:
        title, here = _title(name), here_carried()
        return told(title, documents.collection(name, programme, here), JSON, here)

    @routes.get("/collections/<name>/schema")
    def schema(name: str) -> Response:
        title, here = _title(name), here_carried()
        return told(f"{title}: columns", documents.schema(name, programme, here), SCHEMA, here)

    @routes.get("/collections/<name>/queryables")
    def queryables(name: str) -> Response:
        title, here = _title(name), here_carried()
        return told(f"{title}: queryables", documents.queryables(name, programme, here), SCHEMA, here)


def _add_features(routes: Blueprint, answers: Answers) -> None:
    programme, layers = answers.programme, answers.layers

    @routes.get("/collections/<name>/items")
    def items(name: str) -> Response:
        title, here = _title(name), _here(PARAMETERS)
        query = read_query(here.given, columns_of(name, programme), programme)
        layer = layers.layer(name, query.period)
        written = documents.items(name, layer, query, here)
        if here.form == "html":
            return _placed(html(items_page(title, written, layer.columns, programme, here)), query.crs)
        return _placed(cacheable(written, GEOJSON), query.crs)

    @routes.get("/collections/<name>/items/<anything:feature_id>", merge_slashes=False)
    def feature(name: str, feature_id: str) -> Response:
        title, here = _title(name), _here(FEATURE_PARAMETERS)
        crs = crs_of("crs", here.given, programme)
        written = layers.layer(name, period_of(here.given, programme)).feature(feature_id, crs)
        if written is None:
            raise NotFound
        answer = documents.feature(name, written, here)
        if here.form == "html":
            page = document_page(f"{title}: {feature_id}", orjson.loads(answer), programme, here)
            return _placed(html(page), crs)
        return _placed(cacheable(answer, GEOJSON), crs)


def _here(known: tuple[str, ...]) -> Address:
    """The address asked for. Raises ParameterError for a parameter it does not know, or an unknown form."""
    parameters.only(request.args, known)
    form = request.args.get("f")
    if form is None:
        best = request.accept_mimetypes.best_match([JSON, GEOJSON, HTML], default=JSON)
        form = "html" if best == HTML else "json"
    if form not in FORMS:
        raise ParameterError(f'"f" is "{form[:40]}"; use {" or ".join(FORMS)}.')
    root = request.root_url.rstrip("/") + ROOT
    path = request.path.removeprefix(ROOT)
    return Address(root, quote(path) if path != "/" else "", request.args.to_dict(), form)


def _title(name: str) -> str:
    """The collection's title. Raises NotFound where there is none of this name."""
    if name not in COLLECTIONS:
        raise NotFound
    return COLLECTIONS[name].title


def _negotiated(response: Response) -> Response:
    response.vary.add("Accept")
    return response


def _placed(response: Response, crs: Crs) -> Response:
    response.headers["Content-Crs"] = f"<{crs.uri}>"
    return _negotiated(response)
