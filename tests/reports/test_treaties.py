"""The yearly reports: by hand, against the check set of Lebanon 2014, by law on random stories, and by refusal."""

import datetime

import pytest
from shapely import Point, box

from hazard_service.errors import DateError, ProjectionError, ReportError
from hazard_service.reports.yearly import dates_of, last_full_year, year_report
from hazard_service.vocabulary import OUTSIDE


@pytest.fixture(scope="module")
def world(drawn):
    """2011 in two districts.

    West: H1 (SHA, AP mines, 100 × 100) of which the Ants cancel 20 × 100 and the Bees, no devices counted, clear
    30 × 100; H2 (CHA, AP mines and cluster, 50 × 100) is reported that year; H3 (an IED, 10 × 10) stays. East: H4
    (cluster, 40 × 100), whole cleared by the Ants; H5 (UXO, 60 × 100) is closed on paper; H6 holds nobody knows what.
    """
    hazards = [
        {"hazard_id": "H1", "geometry": box(0, 0, 100, 100)},
        {
            "hazard_id": "H2",
            "geometry": box(200, 0, 250, 100),
            "kind": "CHA",
            "contamination": "ap_mine;cluster",
            "reported_on": "2011-02-01",
        },
        {"hazard_id": "H3", "geometry": box(300, 0, 310, 10), "contamination": "ied"},
        {"hazard_id": "H4", "geometry": box(1200, 0, 1240, 100), "contamination": "cluster", "kind": "CHA"},
        {"hazard_id": "H5", "geometry": box(1300, 0, 1360, 100), "contamination": "uxo", "closed_on": "2011-04-01"},
        {"hazard_id": "H6", "geometry": box(1400, 0, 1450, 100), "contamination": "unknown"},
    ]
    releases = [
        {
            "release_id": "R1",
            "hazard_id": "H1",
            "method": "cancelled",
            "handed_over_on": "2011-03-01",
            "operator": "Ants",
            "ap_mines": 0,
            "geometry": box(0, 0, 20, 100),
        },
        {
            "release_id": "R2",
            "hazard_id": "H1",
            "handed_over_on": "2011-06-01",
            "operator": "Bees",
            "geometry": box(20, 0, 50, 100),
        },
        {
            "release_id": "R3",
            "hazard_id": "H4",
            "handed_over_on": "2011-09-01",
            "operator": "Ants",
            "ap_mines": 1,
            "submunitions": 7,
            "uxo": 2,
            "geometry": box(1200, 0, 1240, 100),
        },
    ]
    return drawn(hazards, releases)


def tables(report):
    return {table.name: table for table in report.tables}


def test_article_7_by_hand(world):
    """Mined: H1 10,000 - 2,000 - 3,000 = 5,000 m², H2 5,000, H3 (improvised) 100. Apart: H4 and H5 are closed, H6."""
    found = tables(year_report(world, "article7", 2011))
    assert found["remaining"].rows == (
        ("A", "West", 2, 5_100, 1, 5_000, 0, 0, 3, 10_100),
        ("B", "East", 0, 0, 0, 0, 0, 0, 0, 0),
    )
    assert found["remaining"].total == ("Total", "", 2, 5_100, 1, 5_000, 0, 0, 3, 10_100)
    assert found["released"].rows[0] == ("A", "West", 2, 2_000, 0, 3_000, 5_000, 0, 0, 0)
    assert "Releases that record no number of devices: 1." in found["released"].notes
    assert found["new"].rows[0] == ("A", "West", 0, 0, 1, 5_000, 0, 0, 1, 5_000)
    assert found["operators"].rows == (
        ("Ants", 1, 2_000, 0, 0, 2_000, 0, 0, 0),
        ("Bees", 1, 0, 0, 3_000, 3_000, 0, 0, 0),
    )
    assert found["balance"].rows[0] == ("A", "West", 10_100, 5_000, 2_000, 0, 3_000, 0, 0, 10_100)
    assert found["balance-areas"].total == ("Total", "", 2, 1, 0, 0, 0, 0, 3)
    assert found["apart"].rows[1] == ("B", "East", 0, 0, 1, 5_000)


def test_each_treaty_counts_its_own_contamination_and_devices(world):
    """Cluster: H2 and H4; the release of H4 destroyed 7 submunitions, and 3 other devices. UXO: H5, closed on paper."""
    cluster = tables(year_report(world, "form-f", 2011))
    assert cluster["remaining"].total == ("Total", "", 0, 0, 1, 5_000, 0, 0, 1, 5_000)
    assert [column.name for column in cluster["released"].columns[-2:]] == ["submunitions", "other devices"]
    assert cluster["released"].rows[1] == ("B", "East", 1, 0, 0, 4_000, 4_000, 7, 3)
    remnants = tables(year_report(world, "protocol-v", 2011))
    assert remnants["balance"].rows[1] == ("B", "East", 6_000, 0, 0, 0, 0, 6_000, 0, 0)
    assert remnants["corrections"].rows == (("B", "East", "H5", -6_000, "closed by its record without a release"),)
    assert remnants["released"].total == ("Total", "", 0, 0, 0, 0, 0, 0, 0, 0)


def test_a_report_says_what_it_leaves_out(world):
    report = year_report(world, "article7", 2011)
    assert report.limits == (
        "Not for navigation or safety decisions.",
        "No recorded hazard here is not proof of safety.",
        "Suspected areas (SHA) overstate contamination: most of their ground proves free of it.",
    )
    assert "Not counted, their contamination not recorded: 1 open at the end, 5,000 m²." in report.notes
    assert any(note.endswith("never add up the reports.") for note in report.notes)
    assert (report.start, report.end) == (datetime.date(2010, 12, 31), datetime.date(2011, 12, 31))
    assert (report.period, report.stale_after) == ("2011-01-01 to 2011-12-31", datetime.date(2026, 3, 31))


def test_every_report_says_what_the_record_misses(drawn):
    """Of twenty accidents five lie in H1, five 100 m off it and ten a kilometre off; fewer than five are not told."""
    spots = [(50, 50), (200, 50), (50, 1100), (1100, 50)] * 5
    accidents = [{"accident_id": f"X{n}", "geometry": Point(spot)} for n, spot in enumerate(spots)]
    programme = drawn([{"hazard_id": "H1", "geometry": box(0, 0, 100, 100)}], accidents=accidents)
    for kind in ("article7", "who-does-what"):
        assert year_report(programme, kind, 2011).caveats[0] == (
            "Of the recorded accidents 25 % lie inside a recorded hazard, 25 % within 500 m of one and 50 % farther: "
            "the measure of what the record misses."
        )


def test_who_does_what_lists_every_contamination(world):
    found = tables(year_report(world, "who-does-what", 2011))
    assert found["released-by"].rows == (
        ("A", "West", "Ants", 1, 2_000, 0, 0, 2_000, 0, 0, 0, 0),
        ("A", "West", "Bees", 1, 0, 0, 3_000, 3_000, 0, 0, 0, 0),
        ("B", "East", "Ants", 1, 0, 0, 4_000, 4_000, 1, 0, 7, 2),
    )
    assert found["open-by"].rows == (("A", "West", "not recorded", 3, 10_100), ("B", "East", "not recorded", 1, 5_000))


def test_released_ground_that_is_not_in_the_balance_is_noted(drawn):
    """H1 and H2 share 5,000 m²; H3 had been closed on paper before it was handed over."""
    hazards = [
        {"hazard_id": "H1", "geometry": box(0, 0, 100, 100)},
        {"hazard_id": "H2", "geometry": box(50, 0, 150, 100)},
        {"hazard_id": "H3", "geometry": box(500, 0, 520, 100), "closed_on": "2009-01-01"},
    ]
    releases = [
        {"release_id": "R1", "hazard_id": "H1", "handed_over_on": "2011-06-01", "geometry": box(0, 0, 100, 100)},
        {"release_id": "R3", "hazard_id": "H3", "handed_over_on": "2011-06-01", "geometry": box(500, 0, 520, 100)},
    ]
    found = tables(year_report(drawn(hazards, releases), "article7", 2011))
    assert found["released"].rows[0][:7] == ("A", "West", 2, 0, 0, 5_000, 5_000)
    assert found["released"].notes[1:3] == (
        "Not counted: 5,000 m² released that stay closed under another open area.",
        "Not counted: 2,000 m² released that the record had closed before.",
    )
    assert found["all-released"].rows[0] == ("A", "West", 5_000, 5_000, 2_000, 0, 12_000)


LEBANON = (
    ("Beqaa", 38, 1_619_055),
    ("South", 214, 1_626_989),
    ("Nabatiyeh", 805, 6_852_548),
    ("Mount Lebanon", 350, 19_092_295),
    ("North", 74, 299_618),
)


def test_the_published_table_of_lebanon_2014(draw_programme):
    """Five districts 100 km wide, each with a row of as many hazards as were open at the end of 2014: all of 1,000 m²
    but the last, which has the rest."""
    districts, hazards = [], []
    for at, (name, count, m2) in enumerate(LEBANON):
        west = 100_000.0 * at
        districts.append({"district_code": name, "name": name, "geometry": box(west, 0, west + 100_000, 10_000)})
        sizes = [1_000] * (count - 1) + [m2 - 1_000 * (count - 1)]
        for number, size in enumerate(sizes):
            left = west + 100 * number
            outline = box(left, 0, left + 50, size / 50) if size == 1_000 else box(left, 0, left + 5_000, size / 5_000)
            hazards.append({"hazard_id": f"{name} {number}", "geometry": outline, "kind": ("SHA", "CHA")[number % 2]})
    programme = draw_programme(hazards=hazards, districts=districts)
    remaining = tables(year_report(programme, "article7", 2014))["remaining"]
    assert [column.heading for column in remaining.columns[-2:]] == ["total, areas", "total, m²"]
    assert {row[0]: row[-2:] for row in remaining.rows} == {name: (count, m2) for name, count, m2 in LEBANON}
    assert remaining.total[-2:] == (1_481, 29_490_505)


def test_the_projection_stands_in_the_report_where_a_deadline_is_given(drawn):
    """10,000 m², 1,000 cleared in each of 2006, 2007, 2008 and 3,000 in 2009: 4,000 left. Of the four past years the
    median is about 1,000 a year, the highest 3,000."""
    strips = ((2006, 0, 10), (2007, 10, 20), (2008, 20, 30), (2009, 30, 60))
    releases = [
        {"release_id": f"R{year}", "handed_over_on": f"{year}-06-01", "geometry": box(left, 0, right, 100)}
        for year, left, right in strips
    ]
    programme = drawn([{"hazard_id": "H1", "geometry": box(0, 0, 100, 100)}], releases)
    report = year_report(programme, "article7", 2009, deadline=datetime.date(2011, 12, 31))
    table = tables(report)["projection"]
    # 2010 and 2011 have 365 days, 2008 had 366: the lowest rate is that year's, 1,000 × 365.25 / 366 = 997.95.
    assert table.rows == (
        ("2009-12-31", 4_000, 4_000, 4_000),
        ("2010-12-31", round(4_000 - 1_000 * 365 / 366), 3_000, 1_000),
        ("2011-12-31", round(4_000 - 2_000 * 365 / 366), 2_000, 0),
    )
    assert table.total is None
    assert table.notes[0].startswith("Projection from past rates, not a plan and not a forecast.")
    with pytest.raises(ProjectionError, match=r"^A projection needs at least two past years"):
        year_report(programme, "article7", 2006, deadline=datetime.date(2011, 12, 31))


# Years


@pytest.mark.parametrize(
    ("baseline", "data_date", "last", "years"),
    [
        ("2005-12-31", "2026-06-30", 2025, (2006, 2026)),
        ("2005-12-31", "2025-12-31", 2025, (2006, 2025)),
        ("2006-03-15", "2008-01-01", 2008, (2008, 2008)),
    ],
)
def test_the_year_lies_between_baseline_and_data_date(drawn, baseline, data_date, last, years):
    first, until = map(datetime.date.fromisoformat, (baseline, data_date))
    programme = drawn(baseline_date=first, data_date=until)
    assert last_full_year(programme) == last
    for year in years:
        start, end = dates_of(programme, year)
        assert start == datetime.date(year - 1, 12, 31) >= first
        assert end == min(datetime.date(year, 12, 31), until) > start
    for year in (years[0] - 1, years[1] + 1):
        with pytest.raises(DateError) as refusal:
            dates_of(programme, year)
        assert str(refusal.value) == (
            f"{year} does not lie between the baseline date, {baseline}, and the data date, {data_date}; "
            f"ask for a year from {years[0]} to {years[1]}."
        )  # fmt: skip


def test_where_no_year_has_begun_that_is_said(drawn):
    programme = drawn(baseline_date=datetime.date(2006, 3, 15), data_date=datetime.date(2007, 5, 1))
    with pytest.raises(DateError, match=r"^2008 does not lie between .*; the data holds no year yet\.$"):
        year_report(programme, "article7")


OVER_ALL_YEARS = (
    "The objectives are counted from the baseline date to the data date; leave the year out, or ask for article7, "
    "form-f, protocol-v, who-does-what, district."
)


@pytest.mark.parametrize(
    ("kind", "more", "sentence"),
    [
        (
            "article8",
            {},
            'There is no report called "article8"; ask for article7, form-f, protocol-v, who-does-what, district, '
            "objectives.",
        ),
        ("objectives", {}, OVER_ALL_YEARS),
        (
            "article7",
            {"district": "A"},
            "A district belongs to the district profile; leave it out, or ask for district.",
        ),
        ("district", {}, "No district is named; give one of these codes: A, B."),
        ("district", {"district": "C"}, 'There is no district "C"; give one of these codes: A, B.'),
        (
            "who-does-what",
            {"deadline": datetime.date(2030, 1, 1)},
            "A deadline belongs to a treaty; leave it out, or ask for article7, form-f, protocol-v.",
        ),
    ],
)  # fmt: skip
def test_refusals_are_one_sentence(world, kind, more, sentence):
    with pytest.raises(ReportError) as refusal:
        year_report(world, kind, 2011, **more)
    assert str(refusal.value) == sentence


def test_a_programme_without_districts_has_no_profile_and_one_row_outside_them(drawn):
    programme = drawn([{"hazard_id": "H1", "geometry": box(0, 0, 100, 100)}], districts=[])
    with pytest.raises(ReportError, match=r"^The programme has no districts; ask for another report\.$"):
        year_report(programme, "district", 2011, district="A")
    (row,) = tables(year_report(programme, "article7", 2011))["remaining"].rows
    assert row[:2] == (OUTSIDE, OUTSIDE)
    assert row[-2:] == (1, 10_000)
