"""Answers of the app: JSON, GeoJSON, refusals to the exact sentence, headers."""

import base64
import html
import json
import threading
from hashlib import sha256

import pytest

from hazard_service.assessment import Assessment
from hazard_service.errors import LayerError, UnsafeAddressError
from hazard_service.web import answers as answers_module
from hazard_service.web import create_app
from hazard_service.web.answers import KEPT, Answers
from hazard_service.web.server import loopback, serve

ADDRESSES = (
    "/", "/method", "/api/assessment", "/api/progress", "/api/layers/communities.geojson",
    "/api/layers/hazards.geojson", "/api/layers/districts.geojson", "/map/hazards.json",
    "/map/communities.json", "/map/districts.json", "/map/places.json", "/map/routes.json",
    "/assets/map.js", "/assets/whatif.js", "/assets/map.css", "/assets/favicon.svg", "/favicon.ico",
    "/offline/cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js",
)  # fmt: skip


@pytest.fixture
def computed(world, monkeypatch):
    """The app's view of the assessment code, over the hand-made world: the list of dates that were computed."""
    done = []

    def assess(situation):
        done.append(situation.on.isoformat())
        return world.assessment(situation.programme, situation.on)

    monkeypatch.setattr(answers_module, "assess", assess)
    monkeypatch.setattr(answers_module, "compare", lambda before, after: world.progress(after.situation.programme))
    monkeypatch.setattr(answers_module, "series", lambda programme, step: world.series(programme))
    days = [world.BASELINE, world.MIDDLE, world.DATA_DATE]
    monkeypatch.setattr(answers_module, "dates_of", lambda programme, step: (days, None))
    return done


@pytest.fixture
def client(world, computed):
    return create_app(world.programme()).test_client()


def refusal(client, address):
    answer = client.get(address)
    assert answer.status_code == 400, address
    assert answer.content_type == "application/json"
    return answer.get_json()["error"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_answers_with_safe_headers(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith(("default-src 'self'", "default-src 'none'"))
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert b"SECRET" not in answer.data


def test_the_policy_names_the_one_inline_script(client):
    answer = client.get("/")
    script = answer.text.split("<script>")[1].split("</script>")[0]
    digest = base64.b64encode(sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
    assert answer.text.count("<script>") == 1


def test_assessment_answers_totals_rows_caveats_and_provenance(client):
    found = client.get("/api/assessment?on=2005-12-31").get_json()
    assert found["on"] == "2005-12-31"
    assert found["data_date"] == "2026-06-30"
    assert found["communities"][0]["community_id"] == "C0"
    assert found["communities"][6]["freedom"] is None
    assert "geometry" not in found["communities"][0]
    assert found["districts"][3]["name"] == "whole programme"
    assert found["totals"]["accidents_inside_share"] == 0.19
    assert "Not for navigation or safety decisions." in found["caveats"]
    assert found["provenance"]["on"] == "2005-12-31"
    assert found["unplaced"][2]["district"] is None


def test_progress_answers_its_period(client):
    found = client.get("/api/progress").get_json()
    assert (found["from"], found["to"]) == ("2005-12-31", "2026-06-30")
    assert found["totals"]["freed"] == 1
    assert [row["progress"] for row in found["communities"]][:3] == ["unchanged", "freed", "expanded"]
    assert [row["hazard_id"] for row in found["newly_identified"]] == ["H3"]


def test_layers_default_to_the_data_date(client):
    assert client.get("/api/layers/hazards.geojson").get_json()["as_of"] == "2026-06-30"
    found = client.get("/api/layers/hazards.geojson?on=2005-12-31")
    assert found.content_type == "application/geo+json"
    assert found.get_json()["as_of"] == "2005-12-31"


def test_what_a_browser_has_is_not_sent_again(client):
    for address in ("/api/layers/hazards.geojson", "/api/assessment", "/assets/map.js", "/map/hazards.json"):
        tag = client.get(address).headers["ETag"]
        again = client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (
            "/api/assessment?on=31/12/2005",
            '"on" is "31/12/2005", which is not a date; write it as YYYY-MM-DD, for example 2026-06-30.',
        ),
        (
            "/api/assessment?on=20051231",
            '"on" is "20051231", which is not a date; write it as YYYY-MM-DD, for example 2026-06-30.',
        ),
        (
            "/api/assessment?on=2005-02-30",
            '"on" is "2005-02-30", which is not a date; write it as YYYY-MM-DD, for example 2026-06-30.',
        ),
        (
            "/api/assessment?on=",
            '"on" is "", which is not a date; write it as YYYY-MM-DD, for example 2026-06-30.',
        ),
        (
            "/api/assessment?on=" + "9" * 1000,
            f'"on" is "{"9" * 40}...", which is not a date; write it as YYYY-MM-DD, for example 2026-06-30.',
        ),
        (
            "/api/layers/hazards.geojson?on=2026-07-01",
            '"on" is 2026-07-01, later than the data date 2026-06-30; ask for that date or an earlier one.',
        ),
        (
            "/api/progress?from=2026-06-30&to=2026-06-30",
            '"from" is 2026-06-30 and "to" is 2026-06-30; from must be the earlier date.',
        ),
        ("/api/progress?on=2005-12-31", 'Unknown parameter "on" for this address; it takes from and to.'),
        ("/api/assessment?date=2005-12-31", 'Unknown parameter "date" for this address; it takes on.'),
        ("/method?x=1", 'Unknown parameter "x" for this address; it takes none.'),
        (
            "/api/assessment?on=2005-12-31&on=2006-12-31",
            'Parameter "on" is given more than once; give it once.',
        ),
        ("/?on=soon", '"on" is "soon", which is not a date; write it as YYYY-MM-DD, for example 2026-06-30.'),
        (
            "/?from=2005-12-31",
            'Unknown parameter "from" for this address; it takes step and on and district and community and lang.',
        ),
        ("/?step=day", '"step" is "day"; use one of month, quarter, year.'),
        ("/?district=AX9", 'There is no district "AX9"; the districts and their codes are on /progress.'),
        ("/?on=2014-01-01", "2014-01-01 is not a date of this map; take one of 2005-12-31, 2014-12-31, 2026-06-30."),
        ("/map/hazards.json?step=", '"step" is ""; use one of month, quarter, year.'),
        ("/map/hazards.json?on=2014-12-31", 'Unknown parameter "on" for this address; it takes step and lang.'),
        (
            "/map/reach/C0.json?on=2030-01-01",
            '"on" is 2030-01-01, later than the data date 2026-06-30; ask for that date or an earlier one.',
        ),
    ],
)
def test_bad_parameters_get_one_sentence(client, computed, address, sentence):
    assert refusal(client, address) == sentence
    assert computed == []


@pytest.mark.parametrize(
    ("method", "address", "status", "sentence"),
    [
        ("GET", "/nothing", 404, "There is nothing at this address; the map is at /."),
        ("GET", "/api/layers/accidents.geojson", 404, "There is nothing at this address; the map is at /."),
        ("GET", "/map/accidents.json", 404, "There is nothing at this address; the map is at /."),
        ("GET", "/assets/../styles.json", 404, "There is nothing at this address; the map is at /."),
        ("GET", "/offline/example.org/evil.js", 404, "There is nothing at this address; the map is at /."),
        ("POST", "/api/assessment", 405, "This address can only be read; use GET."),
    ],
)
def test_other_refusals_are_one_sentence_too(client, method, address, status, sentence):
    answer = client.open(address, method=method)
    assert (answer.status_code, answer.get_json()) == (status, {"error": sentence})


# What Chromium and Firefox send when an address is opened.
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}
PAGES = [
    ("/?community=%3Cb%3Enobody", 400, 'There is no community "<b>nobody"; the map finds communities by name or id.'),
    ("/?district=AX9", 400, 'There is no district "AX9"; the districts and their codes are on /progress.'),
    ("/?on=2014-01-01", 400, "2014-01-01 is not a date of this map; take one of 2005-12-31, 2014-12-31, 2026-06-30."),
    ("/progress?step=day", 400, '"step" is "day"; use one of month, quarter, year.'),
    (
        "/explain/held_back?on=soon",
        400,
        '"on" is "soon", which is not a date; write it as YYYY-MM-DD, for example 2026-06-30.',
    ),
    ("/method?x=1", 400, 'Unknown parameter "x" for this address; it takes none.'),
    ("/nothing", 404, "There is nothing at this address; the map is at /."),
    ("/explain/nothing", 404, "There is nothing at this address; the map is at /."),
    ("/api/whatif", 405, "This address answers questions sent to it; use POST."),
]


@pytest.mark.parametrize(("address", "status", "sentence"), PAGES[:-1])
def test_a_reader_is_refused_on_a_page_that_leads_to_the_map(client, address, status, sentence):
    answer = client.get(address, headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert f">{html.escape(sentence).replace('&quot;', '&#34;')}</p>" in answer.text
    assert '<a href="/">To the map</a>' in answer.text
    assert "<script" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert policy == client.get("/method").headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Accept" in answer.vary


def test_data_to_take_away_refuses_a_reader_so_too(client):
    program, reader = client.get("/data/nothing"), client.get("/data/nothing", headers=BROWSER)
    assert (program.content_type, reader.mimetype) == ("application/problem+json", "text/html")
    assert program.status_code == reader.status_code == 404
    sentence = html.escape(program.get_json(force=True)["detail"], quote=False)
    assert f">{sentence}</p>" in html.unescape(reader.text)


def test_a_reader_is_refused_in_the_language_of_the_page(client):
    page = client.get("/?lang=ar&on=soon", headers=BROWSER).text
    assert '<html lang="ar" dir="rtl">' in page
    assert '<p class="banner warning" lang="en" dir="ltr">' in page
    assert '<a href="/?lang=ar">' in page
    assert '<html lang="en" dir="ltr">' in client.get("/?lang=tlh", headers=BROWSER).text


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/json, text/html;q=0.5"])
def test_a_program_is_refused_in_json_everywhere(client, accept):
    for address, status, sentence in PAGES:
        answer = client.get(address, headers={} if accept is None else {"Accept": accept})
        assert (answer.status_code, answer.content_type) == (status, "application/json")
        assert answer.get_json() == {"error": sentence}


@pytest.mark.parametrize(
    "address", ["/api", "/api/whatif", "/api/assessment?on=soon", "/map/hazards.json?step=day", "/map/nothing.json"]
)
def test_what_programs_read_is_refused_in_json_whoever_asks(client, address):
    assert client.get(address, headers=BROWSER).content_type == "application/json"
    assert client.post("/?on=soon", headers=BROWSER).content_type == "application/json"
    assert client.get("/ogc/collections/nothing", headers=BROWSER).content_type == "application/problem+json"


@pytest.mark.parametrize("error", [RuntimeError("secret path"), LayerError("hazards has no CRS.")])
def test_a_failure_shows_no_trace(client, monkeypatch, error):
    def fail(situation):
        raise error

    monkeypatch.setattr(answers_module, "assess", fail)
    client.application.logger.disabled = True
    answer = client.get("/api/assessment")
    assert answer.status_code == 500
    known = "hazards has no CRS." if isinstance(error, LayerError) else None
    assert answer.get_json() == {"error": known or "The service could not answer; the terminal that runs it says why."}


def test_a_date_is_computed_once(client, computed):
    for _ in range(3):
        client.get("/api/assessment?on=2005-12-31")
        client.get("/api/progress")
        client.get("/api/layers/hazards.geojson")
    assert computed == ["2005-12-31", "2026-06-30"]


def test_two_requests_at_once_compute_once(world, computed):
    made = world.programme()
    kept = Answers(made)
    seen: list[Assessment] = []
    threads = [threading.Thread(target=lambda: seen.append(kept.assessment(world.BASELINE))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert computed == ["2005-12-31"]
    assert len(set(map(id, seen))) == 1


def test_only_the_last_few_dates_are_kept(world, computed):
    kept = Answers(world.programme())
    days = [world.BASELINE.replace(day=day) for day in range(1, KEPT + 2)]
    for day in [*days, days[0]]:
        kept.assessment(day)
    assert len(computed) == KEPT + 2


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "127.0.0.9:8000", "[::1]:8000"])
def test_this_machine_may_ask_by_its_own_names(client, host):
    assert client.get("/method", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8000", "10.0.0.2", "[::1", "a@localhost"]
)
def test_a_rebound_name_is_refused(client, host):
    answer = client.get("/api/assessment", headers={"Host": host})
    assert answer.status_code == 400
    assert answer.get_json() == {"error": "This request cannot be read; check the address and its parameters."}


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.4", "example.org", "localhost.example.org", "", "127.1", "::ffff:10.0.0.1"]
)
def test_only_loopback_is_served(client, host):
    with pytest.raises(UnsafeAddressError) as caught:
        serve(client.application, host=host, port=0)
    assert str(caught.value) == (
        f"{host} is not an address of this machine alone; there is no access control yet, so serve on 127.0.0.1."
    )


def test_loopback_addresses():
    assert [loopback(host) for host in ("localhost", "127.0.0.1", "127.0.0.9", "::1")] == [
        "127.0.0.1", "127.0.0.1", "127.0.0.9", "::1",
    ]  # fmt: skip


def test_method_page_says_how_and_with_which_settings(client):
    text = client.get("/method").text
    for words in (
        "under 95 %",
        "position_error_m",
        "0, 500, 1000, 5000",
        "hazards.geojson",
        "0" * 64,
        "nobody",
        "Single accidents",
    ):
        assert words in text


def test_hostile_text_is_escaped_on_the_method_page(world, computed):
    page = create_app(world.hostile_programme()).test_client().get("/method").text
    assert "<img" not in page
    assert "<script" not in page


def test_a_wrong_date_is_refused_before_the_years_are_walked(client, monkeypatch):
    monkeypatch.setattr(answers_module, "series", lambda *asked: pytest.fail("the years are walked"))
    assert refusal(client, "/?step=month&on=2015-06-15").startswith(
        "2015-06-15 is not a date of this map; take one of "
    )


def test_the_map_opens_where_a_link_says(client):
    page = client.get("/?on=2014-12-31&district=AX2").text
    told = json.loads(page.split('<script type="application/json" id="page">')[1].split("</script>")[0])
    assert (told["dates"][told["open_at"]], told["look_at"]) == ("2014-12-31", "AX2")
    assert told["layers"]["hazards"] == "/map/hazards.json?step=year"
    assert client.get(told["layers"]["hazards"]).status_code == 200


def test_no_answer_holds_an_accident(client):
    for address in ADDRESSES:
        assert b"SECRET" not in client.get(address).data
    assert "accident_id" not in json.dumps(client.get("/api/assessment").get_json())


def test_waitress_serves_on_loopback(client, monkeypatch):
    asked = {}

    class Server:
        def run(self):
            asked["run"] = True

    monkeypatch.setattr("waitress.create_server", lambda app, **options: asked.update(options) or Server())
    serve(client.application, host="localhost", port=8123)
    assert (asked["host"], asked["port"], asked["run"]) == ("127.0.0.1", 8123, True)
