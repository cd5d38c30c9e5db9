"""Casualties by group and district over the years: by pencil, and that no output tells fewer than five people apart."""

import csv
import dataclasses
import datetime
import json
import re
import shutil
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from hazard_service.layers import open_programme
from hazard_service.reports.series import series_text, write_series
from hazard_service.series import series
from hazard_service.series.casualties import casualty_rows, public_casualties, public_dates, then_and_now, unheld_days
from hazard_service.series.dates import STEPS, dates_of
from hazard_service.vocabulary import CONTAMINATION, OUTSIDE
from hazard_service.web import create_app

# One dated release, so that the dates between are told.
RELEASED = {"release_id": "R", "handed_over_on": "2005-01-01", "geometry": box(0, 0, 1, 1)}
FIRST, LAST = datetime.date(2005, 12, 31), datetime.date(2025, 12, 31)


def accident(number, date, killed, injured, sex, age="adult", device="uxo", x=1000):
    return {
        "accident_id": f"A{number}", "date": date, "killed": killed, "injured": injured, "sex": sex, "age_group": age,
        "device": device, "geometry": Point(x, 0), "community_id": "C",
    }  # fmt: skip


@pytest.fixture(scope="module")
def programme(draw_programme):
    """Two districts, 2005: 12 in the west, 6 in the east, 1 in neither; one in 2006, in the west; one undated."""
    return draw_programme(
        communities=[{"community_id": "C", "geometry": Point(1000, 0)}],
        releases=[RELEASED],
        districts=[
            {"district_code": "W", "name": "West", "geometry": box(0, -1000, 10_000, 1000)},
            {"district_code": "E", "name": "East", "geometry": box(10_000, -1000, 20_000, 1000)},
        ],
        accidents=[
            accident(1, "2005-01-01", 2, 10, "male"),
            accident(2, "2005-12-31", 6, 0, "female", age="child", x=15_000),
            accident(3, "2005-06-01", 0, 1, None, x=30_000),
            accident(4, "2006-01-01", 0, 3, "male"),
            accident(5, None, 9, 9, "male"),
            accident(6, "2004-12-31", 9, 9, "male"),
        ],
    )


@pytest.fixture(scope="module")
def rows(programme):
    return casualty_rows(programme, dates_of(programme, "year")[0])


def counts(rows, on, way):
    own = rows[(rows["on"] == on) & (rows["counted_by"] == way)]
    return {
        group: None if pd.isna(count) else count for group, count in zip(own["group"], own["casualties"], strict=True)
    }


def test_by_hand(rows):
    assert counts(rows, FIRST, "all") == {"": 19}
    assert counts(rows, FIRST, "outcome") == {"killed": 8, "injured": 11, "unknown": 0}
    assert counts(rows, FIRST, "sex") == {"female": 6, "male": 12, "other": 0, "unknown": 1}
    assert counts(rows, FIRST, "age_group") == {"adult": 13, "child": 6, "other": 0, "unknown": 0}
    assert counts(rows, FIRST, "device") == dict.fromkeys(CONTAMINATION, 0) | {"uxo": 19}
    assert counts(rows, FIRST, "district") == {"W": 12, "E": 6, OUTSIDE: 1}
    assert counts(rows, datetime.date(2006, 12, 31), "district") == {"W": 3, "E": 0, OUTSIDE: 0}


def test_each_way_counts_the_same_people(rows):
    sums = rows.groupby(["on", "counted_by"])["casualties"].sum().unstack()
    assert len(sums) == 21
    assert all((sums[way] == sums["all"]).all() for way in ("outcome", "sex", "age_group", "device", "district"))


def test_what_everybody_sees(rows, programme):
    """Of 2005 one person whose sex, and one whose district is not known, hides the least of the others too."""
    public = public_casualties(rows, programme)
    assert counts(public, FIRST, "all") == {"": 19}
    assert counts(public, FIRST, "outcome") == {"killed": 8, "injured": 11, "unknown": 0}
    assert counts(public, FIRST, "sex") == {"female": None, "male": 12, "other": None, "unknown": None}
    assert counts(public, FIRST, "district") == {"W": 12, "E": None, OUTSIDE: None}
    # 3 in all, which is told; who they were is not.
    year = datetime.date(2006, 12, 31)
    assert counts(public, year, "all") == {"": 3}
    for way in ("outcome", "sex", "age_group", "district"):
        assert set(counts(public, year, way).values()) == {None}
    assert counts(public, LAST, "district") == {"W": 0, "E": 0, OUTSIDE: 0}
    both = then_and_now(public, FIRST, LAST).set_index(["counted_by", "group"])
    assert both.loc["sex", "male"].tolist() == [12, 0]
    assert both.loc["sex", "female"].isna().tolist() == [True, False]


def test_without_a_date_there_is_no_row(draw_programme):
    undated = draw_programme(
        communities=[{"community_id": "C", "geometry": Point(0, 0)}], accidents=[accident(1, None, 9, 9, "male")]
    )
    none = casualty_rows(undated, [FIRST, LAST])
    assert none.empty
    assert public_casualties(none, undated).empty
    assert then_and_now(none, FIRST, LAST).empty


def dated(draw_programme, baseline, data_date):
    return draw_programme(
        communities=[{"community_id": "C", "geometry": Point(0, 0)}],
        releases=[RELEASED],
        baseline_date=baseline,
        data_date=data_date,
    )


@pytest.mark.parametrize(
    ("baseline", "data_date", "years"),
    [
        ("2005-12-31", "2008-12-31", ["2005-12-31", "2006-12-31", "2007-12-31", "2008-12-31"]),
        ("2005-12-31", "2008-06-30", ["2005-12-31", "2006-12-31", "2008-06-30"]),  # 2007 is half a year before
        ("2005-06-15", "2008-12-31", ["2005-06-15", "2006-12-31", "2007-12-31", "2008-12-31"]),
        ("2005-12-31", "2006-12-31", ["2005-12-31", "2006-12-31"]),
        ("2005-12-31", "2006-12-30", ["2006-12-30"]),
    ],
)
def test_dates_that_everybody_sees_by_hand(draw_programme, baseline, data_date, years):
    days = datetime.date.fromisoformat(baseline), datetime.date.fromisoformat(data_date)
    assert [str(day) for day in public_dates(dated(draw_programme, *days))] == years


@given(st.dates(datetime.date(2000, 1, 1), datetime.date(2004, 12, 31)), st.integers(1, 3000))
def test_no_day_lies_in_two_periods_that_everybody_sees_whatever_the_step(draw_programme, baseline, days):
    programme = dated(draw_programme, baseline, baseline + datetime.timedelta(days=days))
    told = public_dates(programme)
    assert told == sorted(told)
    assert told[-1] == programme.data_date
    for earlier, later in pairwise(told):
        assert pd.Timestamp(later) - pd.DateOffset(months=12) >= pd.Timestamp(earlier)
    assert all(set(told) <= set(dates_of(programme, step)[0]) for step in STEPS)


@pytest.fixture(scope="module")
def shot(six_villages, tmp_path_factory):
    """The six villages from 2022 on: 7 men, 6 women and a girl in that year, 2 in the last 12 months; two districts."""
    folder = tmp_path_factory.mktemp("shot") / "programme"
    shutil.copytree(six_villages, folder)
    stated = folder / "programme.toml"
    stated.write_text(stated.read_text(encoding="utf-8").replace("2005-12-31", "2022-12-31"), encoding="utf-8")
    homes = json.loads((folder / "communities.geojson").read_text(encoding="utf-8"))["features"]
    (west, lat), (east, _) = (home["geometry"]["coordinates"] for home in (homes[0], homes[-1]))
    seen = [
        (2022, 1, 7, "male", "adult", "ap_mine", west), (2022, 6, 6, "female", "adult", "uxo", east),
        (2022, 7, 1, "female", "child", "uxo", east), (2025, 9, 1, "male", "adult", "ied", west),
        (2026, 3, 1, "male", "child", "cluster", east), (2025, 3, 9, "male", "adult", "ap_mine", east),
    ]  # fmt: skip
    lines = ["accident_id,date,killed,injured,unknown,sex,age_group,device,longitude,latitude"]
    for number, (year, month, people, sex, age, device, lon) in enumerate(seen):
        lines.append(f"A{number},{year}-{month:02}-15,0,{people},0,{sex},{age},{device},{lon},{lat}")
    (folder / "accidents.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    middle = (west + east) / 2
    halves = {"W": box(west - 0.1, lat - 0.1, middle, lat + 0.1), "E": box(middle, lat - 0.1, east + 0.1, lat + 0.1)}
    zones = [
        {
            "type": "Feature",
            "properties": {"district_code": code, "name": f"<b>{code}</b>"},
            "geometry": half.__geo_interface__,
        }
        for code, half in halves.items()
    ]
    (folder / "districts.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": zones}), encoding="utf-8"
    )
    return open_programme(folder)


def table_of(page):
    """The rows of the page's table of casualties: counted by, group, then, now."""
    section = page[page.index("<h2>Casualties by group and district</h2>") :]
    body = section[section.index("<tbody>") : section.index("</tbody>")]
    body = re.sub(r"</?a\b[^>]*>", "", body)
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in body.split("</tr>")[:-1]]


def test_the_page_shows_the_same_for_every_step_and_no_small_count(shot):
    client = create_app(shot).test_client()
    pages = {step: client.get(f"/progress?step={step}").text for step in ("year", "quarter")}
    table = table_of(pages["year"])
    assert table == table_of(pages["quarter"])
    assert {row[0] for row in table} == {"outcome", "sex", "age group", "device", "district"}
    assert {cell for row in table for cell in row[2:]} == {"–", "0", "7", "14"}
    by = {(way, group): cells for way, group, *cells in table}
    # 2022: 14 in all. Women 6 + 1, men 7; the girl alone would hide the adults too. Last 12 months: 2 in all.
    assert by["sex", "female"] == by["sex", "male"] == ["7", "–"]
    assert by["age group", "adult"] == by["age group", "child"] == ["–", "–"]
    assert by["district", "&lt;b&gt;W&lt;/b&gt;"] == ["7", "–"]
    assert "1 to 4 people could be told apart" in pages["year"]
    for address in (
        "/api/assessment",
        "/api/progress",
        *(f"/explain/casualties_12_months{end}" for end in ("", ".geojson")),
    ):
        assert not re.search("female|adult|child|2022-0", client.get(address).text), address
    hidden = client.get("/explain/casualties_12_months?district=W")
    assert "<h1>Casualties in 12 months: not known, or not shown</h1>" in hidden.text
    assert client.get("/explain/casualties_12_months.geojson?district=W").json["value"] is None
    assert (
        "<h1>Casualties in 12 months, sex female: 7</h1>"
        in client.get("/explain/casualties_sex_female?on=2022-12-31").text
    )
    assert "not known, or not shown" in client.get("/explain/casualties_sex_female").text
    refused = client.get("/explain/casualties_12_months?district=Nowhere")
    assert refused.status_code == 400
    assert refused.json["error"].startswith('There is no district "Nowhere"; their codes: ')


def test_files_and_terminal_hide_what_the_page_hides_but_not_from_operators(shot, tmp_path):
    found = series(shot, "quarter")
    for operator in (False, True):
        write_series(found, tmp_path / str(operator), operator=operator)
    with open(tmp_path / "False" / "series_casualties.csv", encoding="utf-8-sig", newline="") as file:
        public = list(csv.DictReader(file))
    assert {row["on"] for row in public} == set(map(str, public_dates(shot)))
    assert len(public) == len(public_casualties(found.casualties, shot))
    assert all(
        row["casualties"] in ("", "0") or int(row["casualties"]) >= 5 for row in public if row["counted_by"] != "all"
    )
    headline = dict(zip(map(str, found.rows["on"]), found.rows["casualties_12_months"], strict=True))
    assert all(int(row["casualties"]) == headline[row["on"]] for row in public if row["counted_by"] == "all")
    with open(tmp_path / "True" / "series_casualties.csv", encoding="utf-8-sig", newline="") as file:
        own = {(row["on"], row["counted_by"], row["group"]): row["casualties"] for row in csv.DictReader(file)}
    assert {on for on, _, _ in own} == set(headline)
    assert own["2026-06-30", "device", "ied"] == own["2022-12-31", "age_group", "child"] == "1"
    text = series_text(found)
    assert re.search(r"sex +female 7, male 7 +hidden\n", text)
    assert re.search(r"age group +hidden +hidden\n", text)
    assert re.search(r"age group +adult 13, child 1 +adult 1, child 1\n", series_text(found, operator=True))


def test_days_that_no_months_told_hold_are_said(draw_programme):
    """To 2015-06-30 a year from 2014-06-30 on; the year to 2013-12-31 is told, that to 2014-12-31 would overlap."""
    accidents = [{"accident_id": "A", "date": "2014-03-01", "killed": 6, "geometry": Point(0, 0)}]
    homes = [{"community_id": "C", "geometry": Point(200, 500)}]
    hazards = [{"hazard_id": "H", "geometry": box(5000, 5000, 5100, 5100), "reported_on": "2013-01-01"}]
    drawn = draw_programme(accidents=accidents, communities=homes, hazards=hazards)
    first, last = datetime.date(2010, 12, 31), datetime.date(2015, 6, 30)
    programme = dataclasses.replace(drawn, baseline_date=first, data_date=last)
    said = (
        "Casualties from 2014-01-01 to 2014-06-30 are in no 12 months that are told: a count that holds them would "
        "overlap with the 12 months to 2015-06-30."
    )
    assert unheld_days(programme) == [said]
    assert said in series(programme).caveats
    whole_years = dataclasses.replace(drawn, baseline_date=first, data_date=datetime.date(2015, 12, 31))
    assert unheld_days(whole_years) == []
    assert unheld_days(dataclasses.replace(programme, accidents=programme.accidents.iloc[:0])) == []
