"""Who released what, and what is open of whose, on rectangles worked out by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from hazard_service.impact.balance import balance_of
from hazard_service.impact.period import period_of
from hazard_service.impact.released import released_rows
from hazard_service.impact.remaining import newly_identified, open_by_operator, remaining
from hazard_service.vocabulary import OUTSIDE, WHOLE

WEST = {"district_code": "A", "name": "West", "geometry": box(0, 0, 1000, 1000)}
EAST = {"district_code": "B", "name": "East", "geometry": box(1000, 0, 2000, 1000)}


@pytest.fixture(scope="module")
def drawn(draw_programme):
    def draw(hazards, releases=()):
        return draw_programme(hazards=hazards, releases=releases, districts=[WEST, EAST])

    return draw


def period(programme, first="2010-12-31", second="2011-12-31"):
    return period_of(programme.situation(first), programme.situation(second))


def released(release_id, geometry, day="2011-06-30", **columns):
    return {"release_id": release_id, "geometry": geometry, "handed_over_on": day, **columns}


def test_releases_by_organisation_split_ground_and_count_once(drawn):
    """H1 x 900-1,100 × 100 m; Ants clear x 900-1,020: 10,000 m² west, 2,000 east, one release, west. Bees reduce x
    1,000-1,100 later: of its 10,000 m² the first 2,000 are the Ants', so 8,000. An unnamed organisation cancels H2."""
    programme = drawn(
        [
            {"hazard_id": "H1", "geometry": box(900, 0, 1100, 100)},
            {"hazard_id": "H2", "geometry": box(0, 500, 10, 510)},
        ],
        [
            released("R1", box(900, 0, 1020, 100), "2011-02-01", operator="Ants", ap_mines=3, uxo=1),
            released("R2", box(1000, 0, 1100, 100), operator="Bees", method="reduced", av_mines=2, submunitions=4),
            released("R3", box(0, 500, 10, 510), method="cancelled"),
            released("R4", box(0, 500, 10, 510), "2009-01-01", operator="Ants", hazard_id="H9", ap_mines=99),
        ],
    )  # fmt: skip
    rows = released_rows(period(programme))
    assert rows.to_numpy().tolist() == [
        ["A", "Ants", 1, 3, 0, 0, 1, 0, 0, 0, 0, pytest.approx(10_000), 0],
        ["A", "not recorded", 1, 0, 0, 0, 0, 1, 0, pytest.approx(100), 0, 0, 0],
        ["B", "Ants", 0, 0, 0, 0, 0, 0, 0, 0, 0, pytest.approx(2_000), 0],
        ["B", "Bees", 1, 0, 2, 4, 0, 0, 0, 0, pytest.approx(8_000), 0, 0],
    ]
    assert rows.columns.tolist() == [
        "district_code", "operator", "releases", "ap_mines", "av_mines", "submunitions", "uxo", "uncounted",
        "undated", "cancelled_m2", "reduced_m2", "cleared_m2", "undated_m2",
    ]  # fmt: skip


def test_a_period_without_releases_has_no_rows(drawn):
    assert len(released_rows(period(drawn([{"hazard_id": "H1", "geometry": box(0, 0, 10, 10)}])))) == 0


def test_what_remains_and_what_is_new_by_kind(drawn):
    """SHA 100 × 100 west, CHA over its eastern half and 50 m beyond: CHA 10,000, SHA 5,000. In 2011 an unclassified
    200 × 100 is reported from x = 0: 15,000 m² of it were open already, 5,000 are new."""
    programme = drawn(
        [
            {"hazard_id": "H1", "geometry": box(0, 0, 100, 100)},
            {"hazard_id": "H2", "geometry": box(50, 0, 150, 100), "kind": "CHA"},
            {
                "hazard_id": "H3", "geometry": box(0, 0, 200, 100), "kind": "unclassified",
                "reported_on": "2011-03-01",
            },
        ]
    )  # fmt: skip
    then, year = remaining(programme.situation("2010-12-31")).set_index("district_code"), period(programme)
    assert then.index.tolist() == ["A", "B", OUTSIDE, WHOLE]
    west = then.loc["A"]
    assert (west["SHA_areas"], west["CHA_areas"], west["unclassified_areas"], west["areas"]) == (1, 1, 0, 2)
    assert [west["SHA_m2"], west["CHA_m2"], west["m2"]] == pytest.approx([5_000, 10_000, 15_000])
    new = newly_identified(year).set_index("district_code").loc["A"]
    assert (new["unclassified_areas"], new["areas"]) == (1, 1)
    assert [new["unclassified_m2"], new["m2"]] == pytest.approx([5_000, 5_000])


def test_open_ground_of_two_organisations_counts_once(drawn):
    outlines = (box(900, 0, 1050, 100), box(950, 0, 1050, 100), box(0, 0, 10, 10))
    hazards = [{"hazard_id": f"H{n}", "geometry": outline} for n, outline in enumerate(outlines, start=1)]
    assert open_by_operator(drawn(hazards).situation("2011-12-31")).to_numpy().tolist() == [
        ["A", "not recorded", 3, pytest.approx(10_100)],
        ["B", "not recorded", 0, pytest.approx(5_000)],
    ]
    # H2, half west and half east of the line, counts west: ties go to the lowest code.
    named = [row | {"operator": name} for row, name in zip(hazards, ("Bees", "Ants", None), strict=True)]
    assert open_by_operator(drawn(named).situation("2011-12-31")).to_numpy().tolist() == [
        ["A", "Ants", 1, pytest.approx(5_000)],
        ["B", "Ants", 0, pytest.approx(5_000)],
        ["A", "Bees", 1, pytest.approx(5_000)],
        ["A", "not recorded", 1, pytest.approx(100)],
    ]


squares = st.builds(
    lambda x, y, w, h: box(10 * x, 10 * y, 10 * (x + w), 10 * (y + h)),
    *(st.integers(94, 105), st.integers(0, 9), st.integers(1, 8), st.integers(1, 8)),
)
years = st.one_of(st.none(), st.integers(2005, 2013).map(lambda year: f"{year}-06-30"))


@st.composite
def stories(draw):
    kinds = st.sampled_from(["SHA", "CHA", "unclassified"])
    hazards = [
        {"hazard_id": f"H{n}", "geometry": outline, "kind": draw(kinds), "reported_on": draw(years)}
        for n, outline in enumerate(draw(st.lists(squares, min_size=1, max_size=4)))
    ]
    operators, methods = st.sampled_from(["Ants", "Bees", None]), st.sampled_from(["cancelled", "reduced", "cleared"])
    releases = [
        released(f"R{n}", outline, draw(years), operator=draw(operators), method=draw(methods), uxo=n)
        for n, outline in enumerate(draw(st.lists(squares, max_size=5)))
    ]
    return hazards, releases


@settings(derandomize=True, deadline=None, max_examples=30)
@given(stories())
def test_every_table_sums_to_the_balance(drawn, story):
    programme = drawn(*story)
    for first, second in itertools.pairwise(("2005-12-31", "2010-12-31", "2025-12-31")):
        year = period(programme, first, second)
        rows = balance_of(year).set_index("district_code")
        by_district = released_rows(year).groupby("district_code").sum(numeric_only=True)
        by_district = by_district.reindex(rows.index.drop(WHOLE)).fillna(0)
        for column in ("cancelled_m2", "reduced_m2", "cleared_m2"):
            assert by_district[column].to_numpy() == pytest.approx(rows[column].drop(WHOLE).to_numpy(), abs=1e-3)
        assert by_district["releases"].sum() == year.pieces["release_id"].nunique()
        for found, name in ((newly_identified(year), "new"), (remaining(programme.situation(second)), "closing")):
            table = found.set_index("district_code")
            assert table["m2"].to_numpy() == pytest.approx(rows[f"{name}_m2"].to_numpy(), abs=1e-3)
            assert table["areas"].tolist() == rows[f"areas_{name}"].tolist()
            kinds = [f"{kind}_m2" for kind in ("SHA", "CHA", "unclassified")]
            assert np.asarray(table[kinds].sum(axis=1)) == pytest.approx(table["m2"].to_numpy(), abs=1e-3)
        of_whom = open_by_operator(programme.situation(second))
        assert of_whom["m2"].sum() == pytest.approx(rows.loc[WHOLE, "closing_m2"], abs=1e-3)
        assert of_whom["areas"].sum() == rows.loc[WHOLE, "areas_closing"]


def test_what_has_no_date_is_told_apart_and_counts_on_the_data_date(drawn):
    """H1 of 200 × 100 m: 5,000 m² released in 2011, and 8,000 m² on an unknown day, 2,000 m² of it the same ground."""
    programme = drawn(
        [{"hazard_id": "H1", "geometry": box(900, 0, 1100, 100)}],
        [
            released("R1", box(900, 0, 950, 100), operator="Ants"),
            released("R2", box(930, 0, 1010, 100), None, operator="Ants"),
        ],
    )
    year = released_rows(period(programme))
    assert year[["undated", "undated_m2"]].sum().tolist() == [0, 0]
    until_now = period(programme, "2011-12-31", str(programme.data_date))
    rows = released_rows(until_now).set_index("district_code")
    assert rows[["releases", "undated"]].sum().tolist() == [1, 1]
    # West up to 1,000 m: 950-1,000; east 1,000-1,010.
    assert rows["undated_m2"].to_dict() == {"A": pytest.approx(5_000), "B": pytest.approx(1_000)}
    assert rows["cleared_m2"].to_dict() == rows["undated_m2"].to_dict()
