"""Dates that contradict each other, releases that meet no hazard, and how and when communities ended."""

from datetime import date

import pytest

from hazard_service.layers import open_programme
from hazard_service.layers.history import ended_by


@pytest.fixture
def programme_of(folder, world, accounted):
    """`programme_of(hazards=[{...}], releases=[({...}, geometry)])`."""

    def read(hazards=({},), releases=()):
        rows = [
            world.feature(
                world.square(18.02 + n / 100, 44.0),
                **{"hazard_id": f"H{n}", "kind": "SHA", "status": "open", "contamination": "uxo"} | row,
            )
            for n, row in enumerate(hazards)
        ]
        done = [
            world.feature(geometry, **{"release_id": f"R{n}", "method": "cleared"} | row)
            for n, (row, geometry) in enumerate(releases)
        ]
        programme = open_programme(folder(hazards=rows, releases=done or None))
        accounted(programme)
        return programme

    return read


def test_a_hazard_closed_before_it_was_reported_stays_open(programme_of, told):
    programme = programme_of([{"reported_on": "2004-01-01", "closed_on": "2003-01-01", "status": "closed"}])
    assert told(programme, "dates_out_of_order") == [
        ("H0", "kept", "closed_on 2003-01-01 is before reported_on 2004-01-01; the hazard stays open.")
    ]
    assert len(programme.situation("2020-06-30").hazards) == 1


def test_a_hazard_laid_after_it_was_reported(programme_of, told):
    programme = programme_of([{"reported_on": "2004-01-01", "laid_on": "2005-01-01"}])
    assert told(programme, "dates_out_of_order") == [
        ("H0", "kept", "laid_on 2005-01-01 is after reported_on 2004-01-01; both stay.")
    ]


def test_a_status_that_the_dates_contradict(programme_of, told):
    programme = programme_of([{"closed_on": "2010-01-01", "status": "worked_on"}])
    assert told(programme, "dates_out_of_order") == [
        ("H0", "kept", "status is worked_on, but closed_on is 2010-01-01; the hazard counts as closed from that day.")
    ]


def test_a_hazard_closed_without_a_date(programme_of, told):
    programme = programme_of([{"status": "closed"}])
    assert told(programme, "closed_without_date") == [
        ("H0", "kept", "It is closed without a date; it counts as open before the data date.")
    ]


def test_dates_of_releases(programme_of, told, world):
    there = world.square(18.02, 44.0, 0.001)
    programme = programme_of(
        releases=[
            ({"completed_on": "2010-02-01", "handed_over_on": "2010-01-01"}, there),
            ({}, world.square(18.021, 44.0, 0.001)),
            ({"method": "reduced"}, world.square(18.02, 44.001, 0.0005)),
        ]
    )
    assert told(programme, "dates_out_of_order") == [
        ("R0", "kept", "completed_on 2010-02-01 is after handed_over_on 2010-01-01; both stay.")
    ]
    assert told(programme, "cleared_without_date") == [
        ("R1", "kept", "It is cleared without a date; it counts as done between the baseline date and the data date.")
    ]


def test_a_release_that_is_not_completed_by_the_data_date_is_not_done(programme_of, told, world):
    release = ({"completed_on": "2021-01-01", "handed_over_on": "2019-01-01"}, world.square(18.02, 44.0, 0.001))
    programme = programme_of(releases=[release])
    assert told(programme, "future_date") == [
        ("R0", "kept", "completed_on 2021-01-01 lies after the data date, 2020-06-30; it stays as it is.")
    ]
    assert programme.situation("2020-06-30").hazards["cut_m2"].tolist() == [0]


def test_a_release_that_names_no_hazard_on_record_opens_nothing(programme_of, told, world):
    releases = [({"hazard_id": "H7", "completed_on": "2010-01-01"}, world.square(18.02, 44.0))]
    programme = programme_of(releases=releases)
    assert told(programme, "unknown_hazard_id") == [
        ("R0", "kept", "It names hazard H7, which is not on record; it opens nothing.")
    ]
    assert "Releases that meet no hazard they could open: 1; they open nothing." in programme.caveats
    assert programme.situation("2020-06-30").hazards["cut_m2"].tolist() == [0]


def test_a_release_that_names_a_hazard_without_a_place(folder, world, told):
    hazards = [*world.hazards, world.feature(None, hazard_id="H9")]
    release = world.feature(world.square(18.02, 44), release_id="R1", hazard_id="H9", method="cleared")
    programme = open_programme(folder(hazards=hazards, releases=[release]))
    assert told(programme, "unknown_hazard_id") == [
        ("R1", "kept", "It names hazard H9, which could not be placed; it opens nothing.")
    ]


def test_a_release_outside_the_hazard_it_names_opens_no_other(programme_of, told, world):
    """It lies on H0 but names H1: H0 stays closed."""
    releases = [
        ({"hazard_id": "H1", "completed_on": "2010-01-01"}, world.square(18.02, 44.0)),
        ({"completed_on": "2010-01-01"}, world.square(18.5, 44.5)),
    ]
    programme = programme_of([{}, {}], releases)
    assert told(programme, "release_outside_hazard") == [
        ("R0", "kept", "It does not meet hazard H1, which it names; it opens nothing."),
        ("R1", "kept", "It meets no hazard on record; it opens nothing."),
    ]
    assert programme.situation("2020-06-30").hazards["cut_m2"].tolist() == [0, 0]
    assert "Releases that meet no hazard they could open: 2; they open nothing." in programme.caveats


def test_a_release_within_its_hazard_is_no_finding(programme_of, world):
    releases = [({"hazard_id": "H0", "completed_on": "2010-01-01"}, world.square(18.02, 44.0, 0.001))]
    programme = programme_of(releases=releases)
    assert programme.findings.query("layer == 'releases' and row >= 0").empty
    assert programme.situation("2020-06-30").hazards["cut_m2"][0] > 8000


def test_a_community_has_ended_if_both_how_and_when_are_known(folder, world, accounted, told):
    rows = [
        ("C1", "2010-05-06", "Merged"),
        ("C2", "2010-05-06", None),
        ("C3", "2010-05-06", "flooded"),
        ("C4", None, "lost"),
        ("C5", "one spring", "split"),
        ("C6", None, None),
    ]
    communities = [
        world.feature(f"POINT (18.0{n} 44.02)", community_id=name, ended_on=day, ended_how=how)
        for n, (name, day, how) in enumerate(rows)
    ]
    programme = open_programme(folder(communities=communities))
    accounted(programme)
    assert ended_by(programme.communities, date(2010, 5, 6)).tolist() == ["merged", "", "", "", "", ""]
    assert ended_by(programme.communities, date(2010, 5, 5)).tolist() == [""] * 6
    how = "but not whether it was merged, split or lost; it counts as not ended."
    assert told(programme, "unknown_ended_how") == [
        ("C2", "repaired", f"ended_on is 2010-05-06, {how}"),
        (
            "C3", "repaired",
            'ended_how "flooded" is not known; it is left out. [values] in programme.toml can translate it.',
        ),
        ("C3", "repaired", f"ended_on is 2010-05-06, {how}"),
    ]  # fmt: skip
    assert told(programme, "ended_without_date") == [
        ("C4", "repaired", "ended_how is lost, but it has no date that can be used; it counts as not ended."),
        ("C5", "repaired", "ended_how is split, but it has no date that can be used; it counts as not ended."),
    ]
    ended = programme.communities[["ended_on", "ended_how"]].notna()
    assert (ended["ended_on"] == ended["ended_how"]).all()


def test_communities_without_the_columns_have_not_ended(folder):
    programme = open_programme(folder())
    assert ended_by(programme.communities, programme.data_date).tolist() == ["", ""]


def test_an_end_after_the_data_date_is_still_to_come(folder, world, told):
    ends = {"ended_on": "2031-01-01", "ended_how": "lost"}
    communities = [world.feature("POINT (18.00 44.02)", community_id="C1", **ends)]
    programme = open_programme(folder(communities=communities))
    assert ended_by(programme.communities, programme.data_date).tolist() == [""]
    assert [row[:2] for row in told(programme, "future_date")] == [("C1", "kept")]


@pytest.mark.parametrize("column", ["reported_on", "laid_on"])
def test_no_release_that_does_not_name_it_opens_a_hazard_dated_after_the_data_date(programme_of, world, column):
    """A release of 2010 over the whole hazard; nobody knows whether the hazard was found before."""

    def is_opened(date, **named):
        release = ({"completed_on": "2010-01-01", **named}, world.square(18.0, 43.98, 0.08))
        programme = programme_of(hazards=[{column: date}], releases=[release])
        return len(programme.situation("2020-06-30").hazards) == 0

    assert is_opened(None)
    assert not is_opened("2020-06-01")
    assert not is_opened("2062-01-05")
    assert is_opened("2062-01-05", hazard_id="H0")  # its own release knew it
