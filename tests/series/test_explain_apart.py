"""Numbers told beside the rows: people, countries, casualties by group, and what changed since a date of one's own.

The nine communities of conftest.py; their figures are worked out on paper in test_nine_balance.py.
"""

import datetime
import json
import re
from html import unescape

import pytest

from hazard_service.atlas.explained import counted_geojson
from hazard_service.errors import ParameterError
from hazard_service.series.explain import check_name, explain
from hazard_service.series.moment import moment
from hazard_service.vocabulary import RELEASE_METHODS
from hazard_service.web import create_app

DAYS = [datetime.date(year, 12, 31) for year in (2020, 2021, 2022, 2023)]


@pytest.fixture(scope="module")
def found(nine_by_year):
    return nine_by_year


@pytest.mark.parametrize(
    ("name", "value", "of"),
    [
        ("direct_women", 13, {"Birch": 5, "Cedar": 6, "Ivy": 2}),
        ("direct_boys", 5, {"Birch": 2, "Cedar": 1, "Ivy": 2}),
        ("indirect_women", 7, {"Birch": 1, "Cedar": 6}),
        ("indirect_girls", 9, {"Birch": 2, "Cedar": 7}),
    ],
)
def test_beneficiaries_stand_behind_their_number_community_by_community(found, name, value, of):
    told = explain(found, name)
    assert told.value == value
    assert dict(zip(told.counted["name"], told.counted[name], strict=True)) == of
    assert explain(found, name, at=moment(found, DAYS[0])).value is None  # before any release of the period


def test_countries_stand_behind_their_number(found):
    """XBB integrates its plan in May 2022, XCC not; nobody tells of a budget."""
    for day, yes in ((DAYS[1], {"XAA"}), (DAYS[2], {"XAA", "XBB"})):
        told = explain(found, "countries_plan_integrated", at=moment(found, day))
        assert told.value == len(yes)
        assert set(told.counted["iso3"]) == {"XAA", "XBB", "XCC"}
        assert set(told.counted["iso3"][told.counted["counts"] == 1]) == yes
    assert explain(found, "countries_plan_and_budget").value == 0
    assert explain(found, "countries_ccm_signed").value is None  # nobody tells
    layer = json.loads(counted_geojson(explain(found, "countries_residual_capacity")))
    assert {feature["id"] for feature in layer["features"]} == {"XAA", "XBB"}


@pytest.mark.parametrize(
    ("year", "opened", "corrected", "new", "areas"),
    # The years of test_nine_balance.test_the_years_follow_on, in m².
    [
        (1, {"cancelled": 66_000, "cleared": 60_000}, 60_000, 60_000, 1),
        (2, {"cancelled": 30_000, "cleared": 54_000}, 40_000, 60_000, 2),  # H6 lies on H5's ground and adds an area
        (3, {"reduced": 660_000, "cleared": 5_000}, 0, 0, 0),
    ],
)
def test_what_changed_in_a_year_stands_behind_its_number(found, year, opened, corrected, new, areas):
    at = moment(found, DAYS[year], DAYS[year - 1])
    names = ("released_km2", "corrected_down_km2", "corrected_up_km2", "newly_identified_km2", "newly_identified")
    told = {name: explain(found, f"since_{name}", at=at) for name in names}
    released = told["released_km2"]
    assert released.value == pytest.approx(sum(opened.values()) / 1e6)
    by_method = dict(zip(released.counted["method"], released.counted["area_m2"], strict=True))
    assert by_method == pytest.approx(opened, abs=1e-3)
    assert set(by_method) <= set(RELEASE_METHODS)
    assert told["corrected_down_km2"].value == pytest.approx(corrected / 1e6)
    assert told["corrected_up_km2"].value == pytest.approx(0, abs=1e-9)
    assert told["newly_identified_km2"].value == pytest.approx(new / 1e6)
    assert (told["newly_identified"].value, len(told["newly_identified"].counted)) == (areas, areas)
    assert released.command.endswith(f"--step year --on {DAYS[year]} --since {DAYS[year - 1]}")
    assert str(DAYS[year - 1]) in released.words


def test_a_change_lists_who_came_and_who_went(found):
    for name, column in (("since_held_back", "held_back"), ("since_freed", "freed")):
        told = explain(found, name, at=moment(found, DAYS[3], DAYS[0]))
        rows = found.rows.set_index("on")[column]
        assert told.value == rows[DAYS[3]] - rows[DAYS[0]] != 0
        assert told.counted["change"].sum() == told.value
        assert set(told.counted["change"]) <= {-1, 1}


@pytest.mark.parametrize(
    ("year", "taken"),
    # m²: the rows of test_nine_communities.py, one less the other. 2022: 54,000 cleared, and R6 cancels 30,000 anew.
    [
        (1, {"cancelled": 66_000, "cleared": 60_000}),
        (2, {"cancelled": 30_000, "cleared": 54_000}),
        (3, {"reduced": 660_000, "cleared": 5_000}),
    ],
)
def test_the_bars_of_a_year_stand_behind_their_number(found, year, taken):
    at = moment(found, DAYS[year])
    for method in RELEASE_METHODS:
        told = explain(found, f"since_{method}_km2", at=at)
        assert told.value == pytest.approx(taken.get(method, 0) / 1e6, abs=1e-9)
        assert told.counted["area_m2"].sum() == pytest.approx(taken.get(method, 0), abs=1e-3)
        assert set(told.counted["method"]) <= {method}
    assert explain(found, "since_cleared_km2", at=moment(found, DAYS[0])).value == 0


def test_a_bar_leads_to_its_period(client):
    page = client.get("/progress").text
    bars = page[page.index('aria-label="Ground released in each period"') :]
    cells = re.findall(r'<a href="(/explain/since_cleared_km2[^"]+)">([^<]+)</a>', bars)
    assert len(cells) > 10
    address, shown = cells[3]
    assert float(heading(client, address).removesuffix(" km²")) == pytest.approx(float(shown), abs=5e-4)


def test_a_date_of_ones_own_is_for_numbers_that_look_back(found):
    with pytest.raises(ParameterError, match=r"^freed is not counted from a date of your own; these are: since_rel"):
        check_name("freed", DAYS[0])
    with pytest.raises(ParameterError, match=r"^2021-12-30 is no earlier date of this page; take one of 2020-12-31, "):
        moment(found, DAYS[3], datetime.date(2021, 12, 30))
    with pytest.raises(ParameterError, match=r"^2022-12-31 is no earlier date of this page; take one of 2020-12-31, 2"):
        moment(found, DAYS[2], DAYS[2])
    with pytest.raises(ParameterError, match=r"^2020-12-31 is not before 2020-12-31, the first date there is\.$"):
        moment(found, DAYS[0], DAYS[0])
    with pytest.raises(ParameterError, match=r"^This number is not told by district"):
        explain(found, "since_freed", "D1")


def heading(client, address):
    answer = client.get(unescape(address))
    assert answer.status_code == 200, address
    return re.search(r"<h1>(?:.*): ([^<]+)</h1>", answer.text)[1].replace(",", "")


@pytest.fixture(scope="module")
def client(sample_by_year):
    return create_app(sample_by_year.programme, sample_by_year).test_client()


def test_every_figure_of_a_table_leads_to_what_stands_behind_it(client):
    """All cells with figures but those of records: of the register, and of deadlines."""
    page = client.get("/progress").text
    tables = re.findall(r'aria-label="([^"]+)"><table>\s*<thead>.*?</thead>\s*<tbody>(.*?)</tbody>', page, re.DOTALL)
    records = {"The register of countries", "Treaty deadlines"}
    figures = 0
    for label, body in tables:
        for cell in re.findall(r"<td(?: [^>]*)?>(.*?)</td>", body):
            if re.fullmatch(r"[\d.,]+(?: %)?", cell.strip()) and label not in records:
                # The first column of a chart is its date.
                raise AssertionError(f"{label}: {cell} leads nowhere")
            figures += "/explain/" in cell
    assert figures > 500
    by_group = page[page.index("Casualties by group and district</h2>") :]
    links = re.findall(r'<td><a href="(/explain/casualties_[^"]+)">([^<]+)</a></td>', by_group)
    assert len(links) > 10
    for address, shown in links:
        assert heading(client, address) == shown.replace(",", "")


def test_every_sentence_with_figures_leads_to_what_stands_behind_them(client):
    page = client.get("/progress?since=2020-12-31").text
    behind = re.findall(r'<p class="behind">(.*?)</p>', page)
    links = re.findall(r'<a href="([^"]+)">', " ".join(behind))
    names = {re.search(r"/explain/(\w+)", address)[1] for address in links}
    assert {
        "cohort",
        "cohort_met",
        "casualties_down_share",
        "direct_women",
        "indirect_boys",
        "since_held_back",
    } <= names
    assert "since=2020-12-31" in next(address for address in links if "since_freed" in address)
    told = {address: heading(client, address) for address in links}
    objective = re.search(r"met for (\d+) of (\d+) most", page)
    of = {re.search(r"/explain/(\w+)", address)[1]: value for address, value in told.items()
          if not address.endswith("on=2020-12-31")}  # fmt: skip
    assert (of["cohort_met"], of["cohort"]) == objective.groups()
    changed = re.search(r"since the baseline: ([+-]\d+); communities held back, whatever the cause: ([+-]\d+)", page)
    assert (int(of["since_freed"]), int(of["since_held_back"])) == tuple(map(int, changed.groups()))
    then, last = (told[next(one for one in links if one.endswith(f"/explain/freed?step=year&amp;on={day}"))]
                  for day in ("2020-12-31", "2026-06-30"))  # fmt: skip
    pace = re.search(r"From 2020-12-31 to 2026-06-30: .*?no longer held back by release ([+-]\d+)", page)
    assert int(pace[1]) == int(last) - int(then)
    women = re.search(r"Direct beneficiaries.*?: ([\d,]+) women", page)[1]
    assert of["direct_women"] == women.replace(",", "")
    for address, count in re.findall(r"(\d+) of \d+ countries.*?<a href=\"([^\"]+)\">Which countries", page):
        assert heading(client, count) == address


def test_communities_of_the_page_lead_to_their_card_on_the_map(client):
    page = client.get("/progress").text
    (first, *_) = re.findall(r'href="(/\?community=[^"]+)"', page)
    name = first.partition("=")[2]
    assert f'"card_of":"{name}"' in client.get(first).text.replace(": ", ":")
    refused = client.get("/?community=nobody")
    assert refused.status_code == 400
    assert refused.json["error"] == 'There is no community "nobody"; the map finds communities by name or id.'


def test_behind_released_ground_and_corrections_stand_releases_and_hazards(found):
    """2022: R6 cancels H11 in the north, R3 clears H3; H5 was closed by its record, less H6 on it."""
    at = moment(found, DAYS[2], DAYS[1])
    released = explain(found, "since_released_km2", at=at).beside
    told = set(zip(released["hazard_id"], released["what"], released["status"], strict=True))
    assert {("H11", "release R6", "cancelled"), ("H3", "release R3", "cleared")} <= told
    cancelled = explain(found, "cancelled_km2", at=at).beside
    assert set(cancelled["status"]) == {"cancelled"}
    assert set(explain(found, "since_corrected_down_km2", at=at).beside["hazard_id"]) == {"H5"}
    corrected = explain(found, "corrections_km2", at=moment(found, DAYS[2])).beside
    assert {"H4", "H5"} <= set(corrected["hazard_id"])
    assert corrected["what"].str.len().gt(0).all()
    assert explain(found, "corrections_km2", at=moment(found, DAYS[0])).beside is None


def test_behind_the_ground_of_a_district_stands_only_what_reaches_into_it(found):
    """2022, north: R6 and R3; the south has no release yet."""
    at = moment(found, DAYS[2])
    north, south = (explain(found, "released_km2", code, at) for code in ("north", "south"))
    assert {"release R3", "release R6"} <= set(north.beside["what"])
    assert (south.value, len(south.beside)) == (0.0, 0)
