"""The report on the objectives: six villages worked out by pencil, its laws, and what it must not tell."""

import dataclasses
import datetime

import pandas as pd
import pytest
from shapely import Point, box

from hazard_service.errors import ReportError
from hazard_service.reports.objectives import headline_table, objectives_report
from hazard_service.reports.series import OPERATORS_ONLY
from hazard_service.reports.writing import write_report
from hazard_service.reports.yearly import year_report
from hazard_service.series import series
from hazard_service.series.ranges import ranges
from hazard_service.settings import Settings

SHORT = Settings(**dict.fromkeys(("reach_min", "water_min", "school_min", "health_min", "market_min"), 5.0))
FACTS = pd.DataFrame(
    {
        "fact_id": ["F1", "F2", "F3", "F4", "F5"],
        "iso3": ["XAA", "XAB", "XAA", "XAA", "XAB"],
        "name": ["Acornland", "Biscuitland", "Acornland", "Acornland", None],
        "fact": ["plan_integrated", "plan_integrated", "residual_capacity", "mbc_deadline", "residual_capacity"],
        "value": ["yes", "no", "no", "2030-03-01", "yes"],
        "dated_on": pd.to_datetime(["2007-01-01", "2008-01-01", "2009-01-01", "2010-01-01", None]),
        "source": ["decree 7", "letter", "letter", "treaty", None],
    }
)


@pytest.fixture(scope="module")
def villages(villages_by_year):
    return villages_by_year


def with_casualties(found, then, now):
    """The series with these casualties on its first and its last date."""
    counts = [float(then), *[20.0] * (len(found.rows) - 2), float(now)]
    rows = found.rows.assign(casualties_12_months=counts, casualties_down_share=[1 - n / then for n in counts])
    return dataclasses.replace(found, rows=rows)


def tables(report):
    return {table.name: table for table in report.tables}


def column(table, heading):
    at = [one.name for one in table.columns].index(heading)
    return [row[at] for row in table.rows]


def test_it_runs_from_the_baseline_to_the_data_date(villages):
    report = objectives_report(villages)
    assert (report.kind, report.period, report.start) == (
        "objectives", "2006-01-01 to 2026-06-30", datetime.date(2005, 12, 31),
    )  # fmt: skip
    assert report.stem == "objectives_2026"
    assert report.limits[0] == "Not for navigation or safety decisions."
    assert "Held back is a modelled state: people may walk there at a risk." in report.limits


def test_how_firm_the_counts_are_stands_beside_them(villages):
    """One village is freed and three held back, whatever is varied (tests/series/test_ranges.py)."""
    firm = ranges(villages)
    found = tables(objectives_report(villages, firm))
    table = found["how-firm"]
    assert [name for name, *_ in table.rows] == [*firm.counts["varied"], "lowest", "highest"]
    assert column(table, "no longer held back") == [1] * (len(firm.counts) + 2)
    assert column(table, "held back now")[-2:] == [3, 3]
    assert table.total is None
    wider = column(found["objectives"], "Figures behind it")[2]
    assert wider.endswith(f"(how firm: {firm.span('cohort_expanded')[0]} to {firm.span('cohort_expanded')[1]})")
    assert "how-firm" not in tables(objectives_report(villages))


def test_six_villages_by_pencil(villages):
    """Held back: three at the baseline; ringed is freed in 2010; laid and found are ringed in 2015
    (tests/series/test_rows.py). A ring is 120,000 m²: at the baseline there are three."""
    found = tables(objectives_report(villages))
    by_date = found["by-date"]
    dates = column(by_date, "Date")
    assert (dates[0], dates[5], dates[-1]) == ("2005-12-31", "2010-12-31", "2026-06-30")
    assert [column(by_date, "held back")[at] for at in (0, 5, 10, -1)] == [3, 2, 3, 3]
    assert [column(by_date, "no longer held back by release")[at] for at in (0, 4, 5, -1)] == [0, 0, 1, 1]
    assert column(by_date, "people of the freed")[-1] == 100
    ground = found["by-date-ground"]
    assert column(ground, "open")[:1] == [3]
    assert ground.rows[0][2] == pytest.approx(360_000, abs=5)
    assert ground.rows[-1][5:7] == (ground.rows[-1][6], pytest.approx(120_000, abs=2))
    cohort = found["by-date-cohort"]
    assert cohort.rows[-1] == ("2026-06-30", 3, 1, None, None, 0, 0, 3, 0, 0, 0)
    assert [row[:5] for row in found["members"].rows] == [
        ("corrected", "corrected", "outside districts", 100, "not measurable"),
        ("redrawn", "redrawn", "outside districts", 100, "not measurable"),
        ("ringed", "ringed", "outside districts", 100, "not measurable"),
    ]
    assert column(found["members"], "Movement wider") == ["no", "no", "yes"]
    assert "beneficiaries" not in found
    assert "countries" not in found


def test_headlines_stand_against_their_targets(villages):
    """33.3 % of three communities are wider; nobody can tell whether livelihoods are mitigated. Casualties: 20 then and
    10 now are 50 % fewer, which is the target."""
    rows = headline_table(with_casualties(villages, 20, 10)).rows
    assert [row[3:] for row in rows] == [
        (50.0, 50.0, "yes", "10 now, 20 at the baseline"),
        (None, 80.0, "not known", "cannot be told"),
        (33.3, None, "", "1 of 3 communities"),
        (None, None, "", "cannot be told"),
    ]
    assert headline_table(with_casualties(villages, 20, 11)).rows[0][3:6] == (45.0, 50.0, "no")
    assert headline_table(villages).rows[0][3:] == (
        None, 50.0, "not known", "no accident with a date is recorded",
    )  # fmt: skip


def test_the_total_of_the_whole_programme_is_told_as_on_the_page_of_progress(villages):
    """2 of 33 are 6.1 %: 93.9 % fewer. No group or district is named with it."""
    told = tables(objectives_report(with_casualties(villages, 33, 2)))
    assert told["objectives"].rows[0][3:] == (93.9, 50.0, "yes", "2 now, 33 at the baseline")
    assert column(told["by-date-casualties"], "casualties in 12 months")[-1] == 2


def test_casualties_by_group_are_those_that_everybody_may_see(draw_programme):
    """At the baseline 6 were killed and 5 injured. In the last 12 months 6 were killed in West, and two injured: the
    two are hidden, and so is the least of the others with them."""
    accidents = [
        {"accident_id": "A1", "date": "2005-05-01", "killed": 6, "injured": 5, "unknown": 0, "geometry": Point(100, 0)},
        {"accident_id": "A2", "date": "2025-05-01", "killed": 6, "injured": 2, "unknown": 0, "geometry": Point(100, 0)},
    ]
    homes = [{"community_id": "C1", "name": "Westby", "geometry": Point(200, 500)}]
    found = series(draw_programme(accidents=accidents, communities=homes, settings=SHORT))
    rows = tables(objectives_report(found))["casualty-groups"].rows
    assert [row[1:] for row in rows if row[0] == "outcome"] == [
        ("killed", 6, None), ("injured", 5, None), ("unknown", 0, None),
    ]  # fmt: skip
    assert "casualty-groups" not in tables(objectives_report(series(draw_programme(communities=homes, settings=SHORT))))


def test_no_casualty_at_all_may_be_told(villages):
    assert headline_table(with_casualties(villages, 33, 0)).rows[0][3:] == (
        100.0, 50.0, "yes", "0 now, 33 at the baseline",
    )  # fmt: skip


def test_the_register_is_counted_against_15_and_listed_with_its_sources(villages):
    programme = dataclasses.replace(villages.programme, countries=FACTS)
    found = tables(objectives_report(dataclasses.replace(villages, programme=programme)))
    plans, capacity = found["objectives"].rows[-2:]
    assert plans[0] == "3 Plans and budgets"
    # One has a plan; of a budget nobody tells.
    assert plans[2:] == ("countries", 0, 15, "no", "0 of 2 countries on record")
    assert capacity[2:] == ("countries", 1, 15, "no", "1 of 2 countries on record")
    assert found["countries"].rows == (
        ("XAA", "Acornland", None, "2030-03-01", None, None, None, "yes", None, "no", "2010-01-01",
         "treaty; decree 7; letter"),
        ("XAB", "Biscuitland", None, None, None, None, None, "no", None, "yes", "2008-01-01", "letter"),
    )  # fmt: skip
    assert found["countries"].total is None


def test_scores_and_victims_are_in_no_format(villages, tmp_path):
    """The second cohort is a change of class: its communities are counted, and not named."""
    first = villages.first_cohort
    later = first.iloc[:1].assign(community_id="quiet", name="Quietly", cohort=2, state="")
    members = pd.concat([first.assign(explanation_after="7 victims = 14", victims_after=7), later])
    report = objectives_report(dataclasses.replace(villages, members=members))
    assert tables(report)["members"].notes[-1] == (
        "Communities found most seriously affected later: 1; they are in no share."
    )
    for form in ("html", "csv", "hxl"):
        for path in write_report(report, tmp_path / form, form):
            text = path.read_text(encoding="utf-8")
            assert "Quietly" not in text
            assert "7 victims" not in text
            for name in OPERATORS_ONLY:
                assert f"{name}_" not in text


@pytest.fixture(scope="module")
def two_districts(drawn):
    """Hazards and releases of odd sizes on both sides of the line at x = 1,000 m, a village in each district."""
    releases = [
        {"release_id": "R1", "hazard_id": "H1", "handed_over_on": "2010-05-01", "geometry": box(0, 0, 33.3, 33.3)},
        {"release_id": "R2", "hazard_id": "H2", "handed_over_on": "2011-05-01", "geometry": box(980, 0, 1007.7, 11.1),
         "method": "reduced"},
        {"release_id": "R3", "hazard_id": "H2", "handed_over_on": "2012-05-01", "geometry": box(980, 20, 1003.3, 28.4),
         "method": "cancelled"},
    ]  # fmt: skip
    hazards = [
        {"hazard_id": "H1", "geometry": box(0, 0, 77.7, 77.7)},
        {"hazard_id": "H2", "geometry": box(980.1, 0, 1099.9, 49.3), "kind": "CHA"},
    ]
    communities = [
        {"community_id": "C1", "name": "Westby", "people": 100, "geometry": Point(200, 500)},
        {"community_id": "C2", "name": "Eastby", "people": 250, "geometry": Point(1800, 500)},
    ]
    return series(drawn(hazards, releases, communities=communities, settings=SHORT))


def test_totals_are_the_sums_of_the_rows_they_stand_under(two_districts):
    found = tables(objectives_report(two_districts))
    districts, ground, by_date = found["districts"], found["by-date-ground"], found["by-date"]
    assert [row[:4] for row in districts.rows] == [("A", "West", 1, 0), ("B", "East", 1, 0)]
    *_, open_m2, released_m2 = districts.total
    assert (open_m2, released_m2) == tuple(sum(row[at] for row in districts.rows) for at in (-2, -1))
    assert (open_m2, released_m2) == (ground.rows[-1][2], ground.rows[-1][6])
    assert districts.total[3] == column(by_date, "held back")[-1]
    for row in ground.rows:
        assert sum(row[3:6]) == row[6]
    # 33.3² and, in H2, (1007.7 - 980.1) × 11.1 and (1003.3 - 980.1) × 8.4.
    assert released_m2 == round(33.3**2 + 27.6 * 11.1 + 23.2 * 8.4)
    assert open_m2 == round(77.7**2 + 119.8 * 49.3 - 33.3**2 - 27.6 * 11.1 - 23.2 * 8.4)


def test_tables_and_series_hold_the_same_numbers(two_districts):
    rows, found = two_districts.rows, tables(objectives_report(two_districts))
    for table, heading, name in (
        ("by-date", "held back", "held_back"), ("by-date", "people of these", "held_back_people"),
        ("by-date", "movement wider", "expanded"), ("by-date-cohort", "most seriously affected", "cohort"),
        ("by-date-ground", "newly identified since the baseline", "newly_identified"),
    ):  # fmt: skip
        assert column(found[table], heading) == rows[name].tolist()
    assert [row[2] for row in found["by-date-ground"].rows] == pytest.approx(rows["open_km2"] * 1e6, abs=0.5)


def test_a_year_of_the_objectives_is_refused(villages):
    with pytest.raises(ReportError, match=r'^"objectives" is no report on one year; ask for article7, '):
        year_report(villages.programme, "objectives")
