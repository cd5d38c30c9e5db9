"""The page of the years: its figures, its charts and what it must never run or show."""

import base64
import dataclasses
import json
import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from hazard_service.atlas.charts import lines
from hazard_service.atlas.progress import progress_page
from hazard_service.reports.series import OPERATORS_ONLY, series_text, write_series

NASTY = '<img src=x onerror="alert(1)">${alert(1)}</script>`'


@pytest.fixture(scope="module")
def found(villages_by_year):
    return villages_by_year


@pytest.fixture(scope="module")
def page(found):
    return progress_page(found, embed=True)


def images(page):
    return [
        base64.b64decode(code).decode() for code in re.findall(r"data:image/svg\+xml;base64,([\w+/=]+)\" alt", page)
    ]


def test_headlines_stand_in_page_and_text(found, page):
    sentence = "freedom of movement is wider (modelled, firm) for 1"
    assert sentence in page
    assert sentence in series_text(found)
    assert "1</b>communities no longer held back by release (modelled, firm)<small>3 still held back</small>" in page
    assert "Casualties: no accident with a date is recorded." in page


def test_every_chart_has_a_title_a_description_and_its_table(page):
    charts = images(page)
    assert len(charts) == 3  # no accidents: no chart of casualties
    for svg in charts:
        root = ET.fromstring(svg)
        names = [child.tag.rpartition("}")[2] for child in root[:2]]
        assert names == ["title", "desc"]
        assert all(child.text for child in root[:2])
    assert page.count("The same as a table") == len(charts)
    assert "2010-12-31</th><td>2</td><td>1</td><td>0</td>" in page


def test_a_chart_can_be_told_apart_without_colour_and_is_the_same_each_time():
    both = [
        lines("T", "D", [1, 2], {"a": [1.0, None], "b": [2.0, 3.0]}, unit="km²", target=(2.0, "goal")) for _ in range(2)
    ]
    assert both[0].image == both[1].image
    assert both[0].rows == (("1", 1.0, 2.0), ("2", None, 3.0))
    svg = base64.b64decode(re.search(r"base64,([\w+/=]+)", both[0].image)[1]).decode()
    assert len(set(re.findall(r"stroke-dasharray: ([\d., ]+)", svg))) >= 2


def test_worse_and_the_cohort_are_listed(page):
    worse = page[page.index("Communities that got worse") :]
    assert worse.index("<strong>laid</strong>") < worse.index("Districts")
    assert "<strong>found</strong>" in worse  # a hazard found late: newly identified, not worse by what was laid
    cohort = page[page.index("Most seriously affected communities</h2>") : page.index("Communities that got worse")]
    assert re.findall(r'<tr><td class="words">(\w+)</td>', cohort) == ["corrected", "redrawn", "ringed"]


def test_names_of_the_data_run_nothing(found):
    communities = found.last.communities.assign(name=NASTY)
    nasty = dataclasses.replace(
        found,
        members=found.members.assign(name=NASTY, why=NASTY),
        steps=(*found.steps[:-1], dataclasses.replace(found.last, communities=communities)),
        districts=found.districts.assign(name=NASTY),
    )
    page = progress_page(nasty, embed=True)
    assert "<img src=x" not in page
    assert 'onerror="alert' not in page
    assert "default-src 'none'" in page


def test_scores_and_victims_leave_the_service_for_operators_only(found, tmp_path, page):
    public, _ = write_series(found, tmp_path / "public"), write_series(found, tmp_path / "own", operator=True)
    assert [path.name for path in public] == [
        "series.csv", "series_districts.csv", "series_members.csv", "series_casualties.csv", "series_provenance.json",
    ]  # fmt: skip
    assert json.loads(public[-1].read_text(encoding="utf-8"))["scheme"]["name"] == "Landmine Impact Survey"
    outside = "".join((tmp_path / "public" / path.name).read_text(encoding="utf-8") for path in public) + page
    inside = (tmp_path / "own" / "series_members.csv").read_text(encoding="utf-8")
    for name in OPERATORS_ONLY:
        assert f"{name}_before" not in outside
        assert f"{name}_before" in inside
    assert "mines" not in series_text(found)
    assert "2 mines + 1 modelled blockages = 3, low" in series_text(found, operator=True)


def test_who_became_most_seriously_affected_later_is_for_operators_only(found, tmp_path):
    later = found.first_cohort.assign(community_id="LATER", name="Found Later", cohort=2)
    both = dataclasses.replace(found, members=pd.concat([found.first_cohort, later], ignore_index=True))
    write_series(both, tmp_path / "public")
    write_series(both, tmp_path / "own", operator=True)
    page = progress_page(both, embed=True)
    public = (tmp_path / "public" / "series_members.csv").read_text(encoding="utf-8")
    assert "3 found most seriously affected later" in page
    assert "found most seriously affected later, apart: 3" in series_text(both)
    for text in (page, public, series_text(both)):
        assert "Found Later" not in text
    for text in (
        (tmp_path / "own" / "series_members.csv").read_text(encoding="utf-8"),
        series_text(both, operator=True),
    ):
        assert "Found Later" in text
