"""What-ifs over HTTP: the answer, and refusals to the exact sentence."""

import pytest

from hazard_service.layers import open_programme
from hazard_service.vocabulary import NOT_TESTED
from hazard_service.web import create_app


@pytest.fixture(scope="module")
def client(six_villages):
    return create_app(open_programme(six_villages)).test_client()


def test_a_release_frees_the_village_in_its_ring_and_says_it_is_not_released(client):
    answer = client.post("/api/whatif", json={"release": ["H-laid"]})
    assert answer.status_code == 200
    found = answer.get_json()
    assert (found["state"], found["on"], found["release"]) == ("NOT RELEASED", "2026-06-30", ["H-laid"])
    assert (found["totals"]["freed"], found["totals"]["freed_people"]) == (1, 100)
    assert [row["community_id"] for row in found["communities"] if row["freed"]] == ["laid"]
    assessed = client.get("/api/assessment").get_json()["caveats"]
    assert "Not for navigation or safety decisions." in assessed
    assert found["caveats"] == [*assessed, NOT_TESTED]


def test_sets_and_earlier_dates_are_answered(client):
    found = client.post("/api/whatif", json={"release": ["H-ringed", "H-corrected"], "on": "2005-12-31"}).get_json()
    assert {row["community_id"] for row in found["communities"] if row["freed"]} == {"ringed", "corrected"}
    assert "geometry" not in found["communities"][0]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"release": ["H-laid", "X1", "X2"]}, 'Not an open hazard on 2026-06-30: "X1", "X2".'),
        ({"release": ["H-ringed"]}, 'Not an open hazard on 2026-06-30: "H-ringed".'),
        ({"release": []}, '"release" must be a list of hazard ids, at least one.'),
        ({"release": "H-laid"}, '"release" must be a list of hazard ids, at least one.'),
        ({"release": [7]}, '"release" must be a list of hazard ids, at least one.'),
        ({}, '"release" must be a list of hazard ids, at least one.'),
        ({"release": ["x"] * 10_001}, '"release" names 10,001 hazards; ask for at most 10,000 at a time.'),
        (
            {"release": ["H-laid"], "date": "2026-06-30"},
            'Send JSON such as {"release": ["H0001"], "on": "2026-06-30"}, with these members only.',
        ),
        ([1], 'Send JSON such as {"release": ["H0001"], "on": "2026-06-30"}, with these members only.'),
        (
            {"release": ["H-laid"], "on": "tomorrow"},
            '"on" is "tomorrow", which is not a date; write it as YYYY-MM-DD, for example 2026-06-30.',
        ),
        (
            {"release": ["H-laid"], "on": "2030-01-01"},
            '"on" is 2030-01-01, later than the data date 2026-06-30; ask for that date or an earlier one.',
        ),
    ],
)
def test_refusals(client, body, sentence):
    answer = client.post("/api/whatif", json=body)
    assert (answer.status_code, answer.get_json()) == (400, {"error": sentence})


HALF = "An id or the date holds half a character (a lone surrogate); send whole ones."
SUCH_AS = 'Send JSON such as {"release": ["H0001"], "on": "2026-06-30"}, with these members only.'


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ("[" * 100_000 + "]" * 100_000, 400, SUCH_AS),
        ('{"release": ["H-laid"], "on": [20260630]}', 400, '"on" must be a date as text, such as "2026-06-30".'),
        ("{", 400, SUCH_AS),
        ('{"release": ["\\ud800"]}', 400, HALF),
        ('{"release": ["H-laid"], "on": "\\udc00"}', 400, HALF),
        (
            f'{{"release": ["{"H" * 1_000_000}"]}}',
            413,
            "This question is larger than 1 MB; ask for fewer hazards at a time.",
        ),
    ],
    ids=["deep", "a date in a list", "no JSON", "half an id", "half a date", "too large"],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(client, body, status, sentence):
    answer = client.post("/api/whatif", data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()) == (status, {"error": sentence})


def test_a_form_of_another_site_is_refused(client):
    answer = client.post("/api/whatif", data={"release": "H-laid"})
    assert (answer.status_code, answer.get_json()["error"]) == (
        400,
        "Send JSON, with the header Content-Type: application/json.",
    )


def test_it_cannot_be_read(client):
    answer = client.get("/api/whatif")
    assert answer.status_code == 405
    assert answer.get_json()["error"] == "This address answers questions sent to it; use POST."
