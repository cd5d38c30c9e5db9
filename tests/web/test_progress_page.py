"""The page of the years, served: counted once, kept, and refused in one sentence."""

import pytest

from hazard_service.layers import open_programme
from hazard_service.series.ranges import ranges
from hazard_service.web import answers, create_app


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
    assert '<section id="firm"><h2>How firm</h2>' in page
    assert "No longer held back by release: 1, between 1 and 1" in page
    assert "(how firm: 1 to 1)" in client.get("/progress?step=quarter").text  # counted once, for every step


def test_the_page_comes_at_once_and_how_firm_its_counts_are_comes_after(browser, screen, six_villages):
    with screen.served(create_app(open_programme(six_villages))) as address, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}progress")
        assert "Counting how firm these are" in page.locator("#firm-note").inner_text()
        page.locator("#firm table").wait_for(timeout=120_000)
        assert "(how firm: 1 to 1)" in page.locator("#tiles").inner_text()
        assert page.get_by_text("Counting how firm").count() == 0


def test_while_one_reader_counts_another_is_told_to_ask_again(six_villages, monkeypatch):
    """The second question comes in the midst of the first: it is answered at once, without the counts."""
    app = create_app(open_programme(six_villages))
    asked = []

    def counting(found, turn):
        with turn():
            asked.append(app.test_client().get("/progress?firm=yes").text)
        return ranges(found, turn)

    monkeypatch.setattr(answers, "ranges", counting)
    first = app.test_client().get("/progress?firm=yes").text
    assert "(how firm: 1 to 1)" in first
    (second,) = asked
    assert "(how firm: " not in second
    assert "count again" in second
