"""The Flask app: pages, answers, layers. Thin routes; the domain raises, this rim translates."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, NotFound

from hazard_service.atlas import map_page, offline
from hazard_service.atlas.cards import percent
from hazard_service.atlas.drawn import drawn
from hazard_service.atlas.explained import EXPLAIN, counted_geojson, explained_page
from hazard_service.atlas.frame import ASSETS, OFFLINE
from hazard_service.atlas.gains import gains_document
from hazard_service.atlas.geojson import dump
from hazard_service.atlas.layers import communities_geojson, districts_geojson, hazards_geojson
from hazard_service.atlas.page import GAINS, MAP_LAYERS, METHOD, TILES, WHAT_IF, check_shown, tiles_host
from hazard_service.atlas.pictures import minutes_picture, reach_picture
from hazard_service.atlas.progress import PROGRESS, progress_page
from hazard_service.dress import our_asset, render
from hazard_service.errors import DateError, HazardServiceError, ParameterError, UnknownAssetError, UnsafeAddressError
from hazard_service.impact.summary import record_caveats
from hazard_service.language import in_words, speaking
from hazard_service.layers import Programme
from hazard_service.layers.basemap import tile
from hazard_service.series import Series
from hazard_service.series.explain import check_name, explain
from hazard_service.series.moment import moment
from hazard_service.series.rules import RULES
from hazard_service.settings import settings_table
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY, NOT_TESTED
from hazard_service.web import parameters
from hazard_service.web.answers import Answers
from hazard_service.web.documents import assessment_document, progress_document, what_if_document
from hazard_service.web.downloads import downloads
from hazard_service.web.features import features
from hazard_service.web.replies import cacheable, for_reader, html
from hazard_service.web.server import loopback

GEOJSON: Final = "application/geo+json"
_LAYERS: Final = {
    "communities": communities_geojson,
    "hazards": hazards_geojson,
    "districts": districts_geojson,
}
_SENTENCES: Final = {
    HTTPStatus.BAD_REQUEST: "This request cannot be read; check the address and its parameters.",
    HTTPStatus.NOT_FOUND: "There is nothing at this address; the map is at /.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address can only be read; use GET.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "This question is larger than 1 MB; ask for fewer hazards at a time.",
}
_FAILED: Final = "The service could not answer; the terminal that runs it says why."


def create_app(programme: Programme, known: Series | None = None) -> Flask:
    """The app over one opened programme. It computes on the first request for a date and keeps the last few.

    `known`: the same programme over its years, if it is already at hand, so that its pages need not wait.
    """
    app = Flask("hazard_service", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    answers = Answers(programme, known)
    _add_pages(app, answers)
    _add_map_layers(app, answers)
    _add_answers(app, answers)
    _add_assets(app)
    app.register_blueprint(features(answers))
    app.register_blueprint(downloads(answers))
    app.before_request(_refuse_other_names)
    app.register_error_handler(HazardServiceError, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.after_request(_headers)
    return app


def _add_pages(app: Flask, answers: Answers) -> None:
    @app.get("/")
    def page() -> Response:
        parameters.only(request.args, ("step", "on", "district", "community", "lang"))
        step, programme = parameters.step(request.args), answers.programme
        on, district = parameters.on(request.args, programme), parameters.district(request.args, programme)
        community = parameters.community(request.args, programme)
        check_shown(on, answers.dates(step))  # before the years are walked
        with speaking(parameters.language(request.args)):
            steps = answers.series(step).steps
            page = map_page(steps, served_step=step, on=on, district=district, community=community)
        return html(page, pictures=tiles_host(programme))

    @app.get(f"{TILES}/<int:zoom>/<int:x>/<int:y>")
    def background(zoom: int, x: int, y: int) -> Response:
        parameters.only(request.args, ())
        basemap = answers.programme.basemap
        found = tile(basemap, zoom, x, y) if basemap else None
        if basemap is None or found is None:
            raise NotFound
        return cacheable(found, basemap.content_type)

    @app.get(PROGRESS)
    def over_time() -> Response:
        parameters.only(request.args, ("step", "since", "firm"))
        step, since = parameters.step(request.args), parameters.since(request.args, answers.programme)
        firm = answers.ranges(step) if parameters.firm(request.args) else answers.ranges_kept()
        return html(progress_page(answers.series(step), embed=False, firm=firm, since=since))

    @app.get(f"{EXPLAIN}/<name>")
    def explained(name: str) -> Response:
        parameters.only(request.args, ("step", "on", "since", "district"))
        step, on = parameters.step(request.args), parameters.on(request.args, answers.programme)
        since = parameters.since(request.args, answers.programme)
        number, _, form = name.partition(".")
        if number not in RULES or form not in ("", "geojson"):
            raise NotFound
        check_name(number, since)
        counted = answers.series(step)
        found = explain(counted, number, request.args.get("district"), moment(counted, on, since))
        if form:
            return cacheable(counted_geojson(found), GEOJSON)
        return html(explained_page(found))

    @app.get(METHOD)
    def method() -> Response:
        parameters.only(request.args, ())
        return html(_method_page(answers.programme))


def _add_map_layers(app: Flask, answers: Answers) -> None:
    @app.get(f"{MAP_LAYERS}/<name>.json")
    def map_layer(name: str) -> Response:
        parameters.only(request.args, ("step", "lang"))
        found, code = answers.series(parameters.step(request.args)), parameters.language(request.args)
        if name == GAINS:
            gains = answers.gains(found.last.after.situation.on)
            with speaking(code):
                return cacheable(dump(gains_document(gains)), "application/json")
        with speaking(code):
            layers = drawn(found.steps)
        if name not in layers:
            raise NotFound
        return cacheable(layers[name], "application/json")

    @app.get(f"{MAP_LAYERS}/reach/<path:community_id>.json")
    def reach(community_id: str) -> Response:
        parameters.only(request.args, ("on", "lang"))
        on, code = parameters.on(request.args, answers.programme), parameters.language(request.args)
        found = answers.reach(community_id, on)
        with speaking(code):
            return cacheable(dump(reach_picture(found, answers.programme.situation(on))), "application/json")

    @app.get(f"{MAP_LAYERS}/minutes/<kind>.json")
    def minutes(kind: str) -> Response:
        parameters.only(request.args, ("on", "lang"))
        code = parameters.language(request.args)
        found = answers.surfaces(parameters.on(request.args, answers.programme))
        if kind not in found.minutes:
            raise NotFound
        with speaking(code):
            return cacheable(dump(minutes_picture(found, kind)), "application/json")


def _add_answers(app: Flask, answers: Answers) -> None:
    @app.get("/api/assessment")
    def assessment() -> Response:
        parameters.only(request.args, ("on",))
        found = answers.assessment(parameters.on(request.args, answers.programme))
        return cacheable(dump(assessment_document(found)), "application/json")

    @app.get("/api/progress")
    def progress() -> Response:
        parameters.only(request.args, ("from", "to"))
        found = answers.progress(*parameters.period(request.args, answers.programme))
        return cacheable(dump(progress_document(found)), "application/json")

    @app.post(WHAT_IF)
    def what_if() -> Response:
        parameters.only(request.args, ("lang",))
        code = parameters.language(request.args)
        if not request.is_json:  # a form of another site can send no JSON without asking the browser first
            raise ParameterError("Send JSON, with the header Content-Type: application/json.")
        ids, day = parameters.release(_json_sent(), answers.programme)
        answerer = answers.what_if(day)
        document = what_if_document(answerer.what_if, ids, answerer.release(ids))
        with speaking(code):
            document["caveats"] = in_words(document["caveats"])
        return Response(dump(document), content_type="application/json")

    @app.get("/api/layers/<name>.geojson")
    def layer(name: str) -> Response:
        parameters.only(request.args, ("on",))
        if name not in _LAYERS:
            raise NotFound
        found = answers.assessment(parameters.on(request.args, answers.programme))
        return cacheable(_LAYERS[name](found), GEOJSON)


def _add_assets(app: Flask) -> None:
    def serve_from(find: Callable[[str], tuple[bytes, str]], name: str) -> Response:
        try:
            content, kind = find(name)
        except UnknownAssetError:
            raise NotFound from None
        return cacheable(content, kind)

    @app.get(f"{ASSETS}/<path:name>")
    def our(name: str) -> Response:
        return serve_from(our_asset, name)

    @app.get(f"{OFFLINE}/<path:name>")
    def folium_asset(name: str) -> Response:
        return serve_from(offline.named, name)

    @app.get("/favicon.ico")
    def favicon() -> Response:
        return serve_from(our_asset, "favicon.svg")


def _json_sent() -> object:
    """The JSON of the request; None where it is none, or nested deeper than can be read."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _refuse_other_names() -> None:
    """A page of another site may lead a browser here under that site's name (DNS rebinding): loopback names only."""
    try:
        loopback(urlsplit(f"//{request.host}").hostname or "")
    except (UnsafeAddressError, ValueError):
        raise BadRequest from None


def _method_page(programme: Programme) -> str:
    return render(
        "method.html",
        programme=programme,
        settings=programme.settings,
        table=[row | {"value": _setting_text(getattr(programme.settings, row["name"]))} for row in settings_table()],
        sources=sorted(programme.sources.items()),
        caveats=_limits(programme),
        not_tested=NOT_TESTED,
        percent=percent,
        not_for_safety=NOT_FOR_SAFETY,
        no_record=NO_RECORD,
    )


@lru_cache(maxsize=2)
def _limits(programme: Programme) -> tuple[str, ...]:
    return record_caveats(programme.situation(programme.data_date))


def _setting_text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {item:g}" for name, item in value.items())
    return ", ".join(f"{number:g}" for number in value) if isinstance(value, tuple) else f"{value:g}"


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _refused(error: HazardServiceError) -> Response:
    asked_wrongly = isinstance(error, ParameterError | DateError)
    return _error(str(error), HTTPStatus.BAD_REQUEST if asked_wrongly else HTTPStatus.INTERNAL_SERVER_ERROR)


def _http_error(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    sentence = _SENTENCES.get(status, _FAILED)
    if isinstance(error, MethodNotAllowed) and error.valid_methods and "POST" in error.valid_methods:
        sentence = "This address answers questions sent to it; use POST."
    response = _error(sentence, status)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _error(sentence: str, status: HTTPStatus) -> Response:
    body: dict[str, Any] = {"error": sentence}
    return for_reader(Response(dump(body), status=status, content_type="application/json"), sentence)
