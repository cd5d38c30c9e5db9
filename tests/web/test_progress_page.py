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
        ("/progress?from=2005", 'Unknown parameter "from" for this address; it takes step and since and firm.'),
        ("/progress?since=2026-06-30", "2026-06-30 is no earlier date of this page; take one of 2005-12-31, "),
        ("/progress?firm=maybe", '"firm" is "maybe"; use yes or no.'),
        ("/?district=nowhere", 'There is no district "nowhere"; the districts and their codes are on /progress.'),
    ],
)
def test_refusals(client, address, sentence):
    answer = client.get(address)
    assert answer.status_code == 400
    assert answer.json["error"].startswith(sentence)


def test_what_changed_since_the_last_report(client):
    page = client.get("/progress?since=2009-12-31").text
    assert "Since 2009-12-31" in page
    assert (
        "no longer held back by release since the baseline: +1; communities held back, whatever the cause: +0" in page
    )
    assert '<a href="/progress?step=year&amp;since=2005-12-31#since">' in page


def test_how_firm_is_counted_on_demand_and_stands_beside_the_headlines(client):
    """The six villages of tests/series/test_ranges.py: one freed and three held back, whatever is varied."""
    plain = client.get("/progress").text
    assert '<a href="/progress?step=year&amp;firm=yes#firm">count again</a>' in plain
    assert "how firm: " not in plain
    page = client.get("/progress?firm=yes").text
    assert "(modelled, firm) (how firm: 1 to 1)" in page
    assert ">3 still held back (how firm: 3 to 3)</a>" in page
    assert ">1 worse (how firm: " in page
    assert '<h2 id="firm">How firm</h2>' in page
    assert "No longer held back by release: 1, between 1 and 1" in page
