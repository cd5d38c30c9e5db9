"""Reports as asked for: what is drawn beside the tables of each kind."""

import dataclasses

import pandas as pd
import pytest
from shapely import Point, box

from hazard_service import printing
from hazard_service.errors import ReportError
from hazard_service.reports.ground import released_by_method
from hazard_service.reports.yearly import year_report
from hazard_service.settings import Settings


@pytest.fixture(scope="module")
def programme(draw_programme):
    """Forty districts of 100 m in a row; in each of the first 35 a release of 2011 of 10 × (10 + its number) m²."""
    districts, hazards, releases = [], [], []
    for at in range(40):
        zone = box(100 * at, 0, 100 * at + 100, 100)
        districts.append({"district_code": f"D{at:02d}", "name": f"District {at}", "geometry": zone})
        if at < 35:
            hazards.append({"hazard_id": f"H{at}", "geometry": box(100 * at, 0, 100 * at + 90, 90)})
            cleared = box(100 * at, 0, 100 * at + 10, 10 + at)
            releases.append(
                {"release_id": f"R{at}", "hazard_id": f"H{at}", "handed_over_on": "2011-05-01", "geometry": cleared}
            )
    return draw_programme(
        hazards=hazards,
        releases=releases,
        districts=districts,
        communities=[{"community_id": "C1", "name": "Westby", "people": 100, "geometry": Point(50, 95)}],
        settings=Settings(reach_min=5.0, water_min=5.0, school_min=5.0, health_min=5.0, market_min=5.0),
    )


def test_bars_are_the_rows_of_the_table_that_have_any(programme):
    names, methods = released_by_method(year_report(programme, "article7", 2011))
    assert names == [f"D{at:02d}, District {at}" for at in range(35)]
    assert methods == {"cancelled": [0] * 35, "reduced": [0] * 35, "cleared": [10 * (10 + at) for at in range(35)]}


def test_more_bars_than_a_page_holds_go_on_the_next(programme, monkeypatch, tmp_path):
    drawn = []
    monkeypatch.setattr(printing, "write_report", lambda *asked: drawn.extend(page.title for page in asked[3]) or [])
    printing.write_asked(programme, tmp_path, "article7", "pdf", year=2011)
    assert drawn == [
        "Released in the period, by method (1 of 2)",
        "Released in the period, by method (2 of 2)",
        "Map: Drawn by hand on 2011-12-31",
    ]


def test_a_district_has_its_own_map_with_who_is_held_back(programme, monkeypatch, tmp_path):
    drawn, given = [], {}
    monkeypatch.setattr(printing, "write_report", lambda *asked: drawn.extend(page.title for page in asked[3]) or [])

    def page(situation, communities, district):
        given.update(communities=communities, district=district)
        return made(situation, communities, district)

    made = printing.map_page
    monkeypatch.setattr(printing, "map_page", page)
    printing.write_asked(programme, tmp_path, "district", "pdf", year=2011, district="D03")
    assert drawn == ["Released in the period, by method", "Map: District 3 (D03) on 2011-12-31"]
    assert given["district"] == "D03"
    assert given["communities"]["state"].isin(["held_back", "exposed", "neither", "not_assessed"]).all()


def test_the_objectives_have_their_charts_the_countries_and_the_map(programme, draw_boundaries, monkeypatch, tmp_path):
    drawn = []
    monkeypatch.setattr(printing, "write_report", lambda *asked: drawn.extend(page.title for page in asked[3]) or [])
    monkeypatch.setattr(printing, "ranges", lambda found: None)  # a table, and no picture
    facts = pd.DataFrame(
        [("F1", "XAA", "Acornland", "plan_integrated", "yes", pd.Timestamp("2010-01-01"), "decree")],
        columns=["fact_id", "iso3", "name", "fact", "value", "dated_on", "source"],
    )
    lands = draw_boundaries([("XAA", "Acornland", box(0, 0, 1, 1))])
    with_lands = dataclasses.replace(programme, countries=facts, country_boundaries=lands)
    printing.write_asked(with_lands, tmp_path, "objectives", "pdf")
    assert drawn == [
        "Objective 2: most seriously affected communities; Communities held back and no longer held back",
        "Ground released in each period; Objective 3, mine action in national plans and budgets",
        "Objective 4, capacity for residual contamination",
        "Map: Drawn by hand on 2025-12-31",
    ]


def test_what_belongs_to_another_kind_is_refused_before_anything_is_computed(tmp_path):
    with pytest.raises(ReportError, match=r"^The objectives are counted from the baseline date to the data date; "):
        printing.write_asked(None, tmp_path, "objectives", "pdf", year=2011)
