"""Figures by year: six villages worked out by pencil (what happens to each: tests/test_assessment.py), and laws."""

import dataclasses
import datetime
import json
import re
import shutil

import pandas as pd
import pytest
import shapely

from hazard_service.atlas.progress import charts
from hazard_service.errors import ParameterError
from hazard_service.impact.objectives import BY_MOVEMENT, MEMBER_STATES, SURVEYED
from hazard_service.impact.score import blockages_on
from hazard_service.layers import open_programme
from hazard_service.reports.text import progress_text
from hazard_service.reports.yearly import year_report
from hazard_service.series import series
from hazard_service.series.dates import dates_of
from hazard_service.series.moment import moment
from hazard_service.series.ranges import ranges
from hazard_service.series.since import since_sentences
from hazard_service.series.words import objective_sentence, pace_sentences
from hazard_service.vocabulary import BLOCKAGES, OUTSIDE, WHOLE


@pytest.fixture(scope="module")
def villages(villages_by_year):
    return villages_by_year


@pytest.fixture(scope="module")
def sample(sample_by_year):
    return sample_by_year


def on(found, year):
    rows = found.rows.set_index("on")
    return rows.loc[datetime.date(2026, 6, 30) if year == 2026 else datetime.date(year, 12, 31)]


def test_one_row_a_year_from_the_baseline_to_the_data_date(villages):
    assert villages.rows["on"].tolist() == [
        *(datetime.date(year, 12, 31) for year in range(2005, 2026)),
        datetime.date(2026, 6, 30),
    ]


@pytest.mark.parametrize(
    ("year", "held_back", "freed", "worsened", "found"),
    [
        (2005, 3, 0, 0, 0),  # ringed, corrected, redrawn
        (2009, 3, 0, 0, 0),
        (2010, 2, 1, 0, 1),  # the ring is released in May; redrawn is reported anew, tighter
        (2012, 1, 1, 0, 1),  # corrected: closed on paper, which frees nobody
        (2015, 3, 1, 1, 3),  # a ring laid in 2014 and one found, both reported on 1 January 2015
        (2026, 3, 1, 1, 3),
    ],
)
def test_six_villages_year_by_year(villages, year, held_back, freed, worsened, found):
    row = on(villages, year)
    assert (row["held_back"], row["freed"], row["worsened"], row["newly_identified"]) == (
        held_back, freed, worsened, found,
    )  # fmt: skip


def test_without_a_survey_the_cohort_is_of_the_severely_held_back_and_says_so(villages):
    assert villages.cohort.basis == BY_MOVEMENT
    assert villages.first_cohort["community_id"].tolist() == ["corrected", "redrawn", "ringed"]
    row = on(villages, 2026)
    assert (row["cohort"], row["cohort_expanded"], row["cohort_met"]) == (3, 1, None)
    assert any("cannot be told" in caveat for caveat in villages.caveats)


def ended(six_villages, folder, **ends):
    """The six villages, some of them ended: `ended(..., ringed=("2015-06-01", "lost"))`."""
    shutil.copytree(six_villages, folder)
    path = folder / "communities.geojson"
    layer = json.loads(path.read_text(encoding="utf-8"))
    for feature in layer["features"]:
        day, how = ends.get(feature["properties"]["community_id"], (None, None))
        feature["properties"] |= {"ended_on": day, "ended_how": how}
    path.write_text(json.dumps(layer), encoding="utf-8")
    return open_programme(folder)


def test_members_that_end_stay_in_the_cohort_under_what_became_of_them(six_villages, tmp_path, villages):
    """ringed, freed in 2010, is lost in 2015; corrected merges in 2012. quiet is no member."""
    ends = {"ringed": ("2015-12-31", "lost"), "corrected": ("2012-06-01", "merged"), "quiet": ("2009-01-01", "split")}
    found = series(ended(six_villages, tmp_path / "programme", **ends))
    states = ["cohort", "cohort_expanded", "cohort_not_measurable", "cohort_merged", "cohort_split", "cohort_lost"]
    assert [on(found, year)[states].tolist() for year in (2010, 2012, 2014, 2015)] == [
        [3, 1, 3, 0, 0, 0], [3, 1, 2, 1, 0, 0], [3, 1, 2, 1, 0, 0], [3, 0, 1, 1, 0, 1],
    ]  # fmt: skip
    assert found.first_cohort.set_index("community_id")["state"].to_dict() == {
        "ringed": "lost", "corrected": "merged", "redrawn": "not measurable",
    }  # fmt: skip
    assert objective_sentence(found.rows.iloc[-1]).endswith("cannot be told; 1 merged, 1 lost.")
    assert "merged" not in objective_sentence(villages.rows.iloc[-1])
    said = "Communities that have ended by 2026-06-30: 3 (1 merged, 1 split, 1 lost). They still stand in the counts "
    assert any(caveat.startswith(said) for caveat in found.caveats)
    assert not any("have ended" in caveat for caveat in villages.caveats)
    counted = ["held_back", "communities", "cohort"]
    assert all((found.districts[name] == villages.districts[name]).all() for name in counted)
    # Nobody is freed who is no longer there.
    assert [on(found, year)["freed"] for year in (2010, 2014, 2015, 2026)] == [1, 1, 0, 0]
    lost = found.last.communities.set_index("community_id").loc["ringed"]
    assert not lost[["freed", "expanded", "freed_firm", "expanded_firm"]].any()
    assert "No community was freed by release." in progress_text(found.last)
    assert (lost["progress"], lost["why"]) == ("unchanged", "On record as lost: in no count of what release gave.")
    counted_again = ranges(found)
    assert counted_again.span("freed") == (0, 0)
    assert counted_again.span("expanded") == (0, 0)


def test_who_had_ended_by_the_baseline_is_in_no_cohort(six_villages, tmp_path):
    found = series(ended(six_villages, tmp_path / "programme", ringed=("2005-12-31", "lost")))
    assert found.first_cohort["community_id"].tolist() == ["corrected", "redrawn"]
    assert (found.rows["cohort"] == 2).all()
    assert (found.rows["cohort_lost"] == 0).all()


def test_the_sample_by_survey(sample):
    assert sample.cohort.basis == SURVEYED
    assert sample.members["impact_class_before"].eq("high").all()
    assert sample.last.totals["freed"] == on(sample, 2026)["freed"]


def test_laws(sample):
    rows = sample.rows
    released = rows[["cancelled_km2", "reduced_km2", "cleared_km2"]].sum(axis=1)
    assert rows["released_km2"].to_numpy() == pytest.approx(released.to_numpy())
    assert (rows["released_km2"].diff().dropna() >= -1e-9).all()
    for name in ("cohort_expanded", "cohort_mitigated", "cohort_met"):
        assert (rows[name] <= rows["cohort"]).all()
    assert (rows["cohort_met"] <= rows[["cohort_expanded", "cohort_mitigated"]].min(axis=1)).all()
    assert rows["cohort"].nunique() == 1
    states = rows[[f"cohort_{state.replace(' ', '_')}" for state in MEMBER_STATES]]
    assert (states.sum(axis=1) == rows["cohort"]).all()
    counted = ["communities", "held_back", "freed", "expanded", "uncertain", "worsened", "hazards", "newly_identified",
               "cohort", "cohort_expanded", "cohort_mitigated", "cohort_met"]  # fmt: skip
    for day, own in sample.districts.groupby("on"):
        parts, whole = own[own["district_code"] != WHOLE], own[own["district_code"] == WHOLE].iloc[0]
        row = rows[rows["on"] == day].iloc[0]
        for name in counted:
            assert parts[name].sum() == whole[name] == row[name], (day, name)
        for name in ("open_km2", "released_km2", "livelihood_regained_km2"):
            assert parts[name].sum() == pytest.approx(whole[name])
        assert whole["livelihood_regained_km2"] == pytest.approx(row["livelihood_regained_km2"])


def test_ground_released_outside_districts_stays_in_its_row(draw_programme, box):
    """10,000 m² outside the only district, cleared in 2010: nothing is open there now, and 0.01 km² is released."""
    programme = draw_programme(
        districts=[{"district_code": "A", "name": "West", "geometry": box(-1000, -1000, 1000, 1000)}],
        communities=[{"community_id": "C1", "name": "Village", "geometry": box(0, 0, 10, 10)}],
        hazards=[{"hazard_id": "H1", "geometry": box(2000, 0, 2100, 100)}],
        releases=[{"release_id": "R1", "handed_over_on": "2010-05-05", "geometry": box(1990, -10, 2110, 110)}],
    )
    own = series(programme).districts.set_index(["on", "district_code"]).loc[programme.data_date]
    assert own["released_km2"].to_dict() == pytest.approx({"A": 0, OUTSIDE: 0.01, WHOLE: 0.01})


def test_steps(six_villages, bosnia_folder):
    programme = open_programme(six_villages)
    assert len(dates_of(programme, "quarter")[0]) == 2 + 4 * 20 + 1
    with pytest.raises(ParameterError, match=r"^Unknown step: week\. Known steps: month, quarter, year\.$"):
        dates_of(programme, "week")
    undated = open_programme(bosnia_folder)
    dates, why = dates_of(undated, "year")
    assert dates == [undated.baseline_date, undated.data_date]
    assert why.startswith("Only 2013-01-01 and 2024-07-01 are shown: no release or later hazard has a date")


def test_accidents_without_any_date_are_no_fall_to_nought(bosnia_folder):
    found = series(open_programme(bosnia_folder))
    assert found.rows["casualties_12_months"].isna().all()
    assert set(found.members["state"]) == {"not measurable"}
    assert any(caveat.startswith("Accidents without a date:") for caveat in found.caveats)


def test_what_changed_since_a_report_is_the_balance_of_the_two_dates(draw_programme):
    """H1 is found in 2007 and closed by its record in 2009, with no release: 0.2 km² of correction. The record closed
    H2 in 2006; a release over it in 2009 opens nothing. So since 2008: nothing by release, 0.2 km² by correction."""
    found = series(
        draw_programme(
            communities=[{"community_id": "C", "geometry": shapely.Point(0, 5000)}],
            hazards=[
                {"hazard_id": "H1", "geometry": shapely.box(0, 0, 1000, 200), "reported_on": "2007-02-02",
                 "closed_on": "2009-05-05", "status": "closed"},
                {"hazard_id": "H2", "geometry": shapely.box(0, 300, 1000, 500), "closed_on": "2006-05-05",
                 "status": "closed"},
            ],
            releases=[{"release_id": "R", "hazard_id": "H2", "geometry": shapely.box(0, 300, 1000, 500),
                       "completed_on": "2009-01-01", "handed_over_on": "2009-01-01"}],
        )
    )  # fmt: skip
    said = since_sentences(moment(found, since=datetime.date(2008, 12, 31)))[0]
    assert "0.000 km² opened by release; 0.200 km² opened and 0.000 km² closed by corrections of the record" in said
    assert "0.000 km² newly identified in 0 areas" in said


def test_a_blank_in_a_later_survey_lifts_nothing(six_villages, tmp_path):
    """Water and housing are blocked in 2005; in 2008 housing is asked again, and water is not."""
    folder = tmp_path / "programme"
    shutil.copytree(six_villages, folder)
    (folder / "surveys.csv").write_text(
        "survey_id,community_id,surveyed_on,drinking_water,housing,roads\n"
        "S1,ringed,2005-06-01,1.0,1,0\nS2,ringed,2008-06-01,,1.0,\nS3,ringed,2009-06-01,0,1,\n",
        encoding="utf-8",
    )
    programme = open_programme(folder)
    row = programme.communities["community_id"].tolist().index("ringed")
    water, housing, roads = (
        [blockages_on(programme, datetime.date(year, 12, 31)).loc[row, name] for year in (2005, 2008, 2009)]
        for name in ("drinking_water", "housing", "roads")
    )
    assert (water, housing, roads) == ([1, 1, 0], [1, 1, 1], [0, 0, 0])
    found = series(programme)
    assert any("1 of 6 communities were surveyed at the baseline" in text for text in found.caveats)
    assert "1 of 6 communities were surveyed" in objective_sentence(found.rows.iloc[-1])


def test_before_the_first_accident_on_record_nobody_can_say_that_there_were_none(draw_programme):
    accidents = [{"accident_id": "A", "date": "2015-05-01", "killed": 6, "geometry": shapely.Point(0, 0)}]
    homes = [{"community_id": "C", "geometry": shapely.Point(200, 500)}]
    found = series(draw_programme(accidents=accidents, communities=homes, hazards=[
        {"hazard_id": "H", "geometry": shapely.box(5000, 5000, 5100, 5100), "reported_on": "2010-01-01"}]))  # fmt: skip
    counts = found.rows.set_index("on")["casualties_12_months"]
    assert counts[datetime.date(2014, 12, 31)] is None or counts.isna()[datetime.date(2014, 12, 31)]
    assert counts[datetime.date(2015, 12, 31)] == 6
    assert counts[datetime.date(2016, 12, 31)] == 0


def test_releases_without_a_date_are_told_wherever_the_last_period_is(sample):
    """Ten of the sample's releases have none: what they opened is said in since, at the chart, and in treaty tables."""
    programme = sample.programme
    assert programme.releases[["handed_over_on", "completed_on"]].isna().all(axis=1).sum() == 10
    said = since_sentences(moment(sample, since=datetime.date(2025, 12, 31)))[0]
    undated = re.search(r"km² opened by release, (\d\.\d{3}) km² of it by releases without a date", said)
    assert undated is not None
    assert (
        "without a date" not in since_sentences(moment(series(dated(programme)), since=datetime.date(2025, 12, 31)))[0]
    )
    (chart,) = [one for one in charts(sample) if one.title == "Ground released in each period"]
    assert "The last holds" in chart.description
    report = year_report(programme, "article7", 2026)
    notes = [note for table in report.tables if table.name in ("released", "balance") for note in table.notes]
    assert sum("Without a date: 7 releases" in note for note in notes) == 2  # of hazards with anti-personnel mines
    earlier = year_report(programme, "article7", 2025)
    assert not any("Without a date" in note for table in earlier.tables for note in table.notes)


def dated(programme):
    """The programme without its undated releases."""
    releases = programme.releases[programme.releases[["completed_on", "handed_over_on"]].notna().any(axis=1)]
    return dataclasses.replace(programme, releases=releases.reset_index(drop=True))


@pytest.mark.parametrize("step", ["month", "quarter"])
def test_totals_of_casualties_are_told_at_yearly_dates_only(nine_communities, step):
    """From the totals of two months one accident could be told."""
    programme = open_programme(nine_communities)
    finer, yearly = series(programme, step).rows, series(programme, "year").rows
    told = finer[finer["casualties_12_months"].notna()]
    assert told["on"].tolist() == yearly["on"].tolist()
    assert told["casualties_12_months"].tolist() == yearly["casualties_12_months"].tolist()


def test_a_survey_at_the_baseline_alone_tells_of_no_livelihood(six_villages, tmp_path):
    """Six villages have no land cover. Nobody asked again whether a blockage was lifted: it cannot be told."""
    folder = tmp_path / "programme"
    shutil.copytree(six_villages, folder)
    path = folder / "communities.geojson"
    document = json.loads(path.read_text(encoding="utf-8"))
    for feature in document["features"]:
        feature["properties"] |= dict.fromkeys(BLOCKAGES, 1)
    path.write_text(json.dumps(document), encoding="utf-8")
    found = series(open_programme(folder))
    assert found.cohort.basis == SURVEYED
    assert found.rows["cohort_met"].isna().all()
    assert "cannot be told" in objective_sentence(found.rows.iloc[-1])


def test_totals_of_casualties_are_told_where_their_windows_share_no_day(draw_programme):
    """Of 2025-12-31 and 2026-01-31 the one total less the other would be the single casualty of January."""
    accidents = [
        {"accident_id": "A", "date": "2021-05-01", "killed": 9, "geometry": shapely.Point(0, 0)},
        {"accident_id": "B", "date": "2026-01-20", "killed": 1, "geometry": shapely.Point(0, 0)},
    ]
    homes = [{"community_id": "C", "geometry": shapely.Point(200, 500)}]
    hazards = [{"hazard_id": "H", "geometry": shapely.box(5000, 5000, 5100, 5100), "reported_on": "2023-01-01"}]
    programme = dataclasses.replace(
        draw_programme(accidents=accidents, communities=homes, hazards=hazards),
        baseline_date=datetime.date(2021, 12, 31), data_date=datetime.date(2026, 1, 31),
    )  # fmt: skip
    totals = series(programme).rows.set_index("on")["casualties_12_months"]
    told = totals[totals.notna()]
    assert [str(day) for day in told.index] == ["2021-12-31", "2022-12-31", "2023-12-31", "2024-12-31", "2026-01-31"]
    assert told.tolist() == [9, 0, 0, 0, 1]


def test_pace_says_since_when_and_how_fast():
    """Casualties half of ten from 2008 on, with one year above in between; the last five years from 2005 on."""
    days = [datetime.date(year, 12, 31) for year in range(2004, 2011)]
    rows = pd.DataFrame(
        {
            "on": days, "cohort_met_share": [0, 0.2, 0.9, 0.9, 0.8, 0.9, 1.0], "target_share": 0.8,
            "casualties_down_share": [0.0, 0.6, 0.5, None, 0.4, 0.5, 0.7], "casualty_target_share": 0.5,
            "cohort_met": [0, 2, 9, 9, 8, 9, 10], "freed": [0, 1, 1, 1, 1, 1, 11],
            "held_back": [30, 29, 28, 27, 26, 25, 19], "released_km2": [0, 1.0, 1, 1, 1, 1, 3.5],
        }
    )  # fmt: skip
    assert pace_sentences(rows) == [
        "Objective 2 has been at its target or above since 2006-12-31.",
        "Casualties have been down by their target or more since 2009-12-31.",
        "From 2005-12-31 to 2010-12-31: objective 2 met for +8 (+1.6 a year); no longer held back by release +10 "
        "(+2.0 a year); held back -10 (-2.0 a year); released +2.5 km² (+0.50 a year).",
    ]
    assert len(pace_sentences(rows.iloc[:2])) == 2  # casualties alone, and the pace of one year
