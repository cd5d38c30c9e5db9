"""The page of the years, served: counted once, kept, and refused in one sentence."""

import pytest

from hazard_service.layers import open_programme
from hazard_service.web import create_app


@pytest.fixture(scope="module")
def client(six_villages):
    return create_app(open_programme(six_villages)).test_client()


def test_the_page_is_served_with_its_style_and_script(client):
    answer = client.get("/progress")
    assert answer.status_code == 200
    assert "freedom of movement is wider (modelled, firm) for 1" in answer.text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "@@POLICY@@" not in answer.text
    for asset in ("report.css", "progress.css", "progress.js"):
        assert f"/assets/{asset}" in answer.text
        assert client.get(f"/assets/{asset}").status_code == 200
    assert 'href="/progress"' in client.get("/").text


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/progress?step=week", '"step" is "week"; use one of month, quarter, year.'),
        ("/progress?since=2005", 'Unknown parameter "since" for this address; it takes step.'),
    ],
)
def test_refusals(client, address, sentence):
    answer = client.get(address)
    assert (answer.status_code, answer.json["error"]) == (400, sentence)
