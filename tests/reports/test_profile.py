"""The profile of one district: its communities held back, and its rows of every report."""

import datetime

import pytest
import shapely
from shapely import box

from hazard_service.reports.yearly import year_report
from hazard_service.settings import Settings

MINUTES = dict.fromkeys(("reach_min", "water_min", "school_min", "health_min", "market_min"), 10.0)


@pytest.fixture(scope="module")
def report(drawn):
    """West, at the end of 2011: Ringed stands in a yard of 4 × 4 cells behind a mined wall of 100 m; Clear, 1.2 km
    off, is free, and its people are not recorded. The other half of the mined wall's north was cleared in 2011 by the
    Ants. East: nothing but H2, with UXO."""
    wall = shapely.difference(box(125, 125, 525, 525), box(225, 225, 425, 425))
    hazards = [
        {"hazard_id": "H1", "geometry": wall.union(box(125, 525, 525, 575)), "kind": "CHA"},
        {"hazard_id": "H2", "geometry": box(1900, 0, 1950, 50), "contamination": "uxo"},
    ]
    releases = [
        {
            "release_id": "R1",
            "hazard_id": "H1",
            "handed_over_on": "2011-05-01",
            "operator": "Ants",
            "ap_mines": 5,
            "geometry": box(125, 525, 525, 575),
        }
    ]
    communities = [
        {"community_id": "C1", "name": "Ringed", "people": 120, "geometry": shapely.Point(325, 325)},
        {"community_id": "C2", "name": "Clear", "geometry": shapely.Point(325, 975)},
    ]
    programme = drawn(hazards, releases, communities=communities, settings=Settings(**MINUTES))
    return year_report(programme, "district", 2011, district="A")


def rows(report, name):
    (table,) = [table for table in report.tables if table.name == name]
    return table.rows


def test_the_communities_of_the_district_are_counted_and_those_held_back_listed(report):
    assert rows(report, "communities") == (("A", "West", 2, 1, 120, 1, 120, 2, 2, 0),)
    ((code, name, people, freedom, by, nearest),) = rows(report, "held-back")
    assert (code, name, people, by, nearest) == ("C1", "Ringed", 120, "movement", "H1")
    assert freedom.endswith(" %")


def test_the_district_has_a_row_of_every_report_and_no_total(report):
    """The wall has 400² - 200² = 120,000 m², its northern strip 400 × 50 = 20,000 was cleared."""
    assert rows(report, "remaining") == (
        ("All areas", 0, 0, 1, 120_000, 0, 0, 1, 120_000),
        ("Mine Ban Convention", 0, 0, 1, 120_000, 0, 0, 1, 120_000),
        ("Cluster munitions", 0, 0, 0, 0, 0, 0, 0, 0),
        ("Protocol V", 0, 0, 0, 0, 0, 0, 0, 0),
    )
    assert rows(report, "balance")[1] == ("Mine Ban Convention", 140_000, 0, 0, 0, 20_000, 0, 0, 120_000)
    assert rows(report, "released-by") == (("A", "West", "Ants", 1, 0, 0, 20_000, 20_000, 5, 0, 0, 0),)
    assert rows(report, "open-by") == (("A", "West", "not recorded", 1, 120_000),)
    assert {table.name for table in report.tables if table.total is not None} == {"released-by", "open-by"}


def test_it_says_of_which_district_it_is_and_what_is_modelled(report):
    assert report.title == "District profile: West (A)"
    assert (report.stem, report.end) == ("district_A_2011", datetime.date(2011, 12, 31))
    assert "Held back is a modelled state: people may walk there at a risk." in report.caveats
