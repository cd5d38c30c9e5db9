"""The table of casualties in the treaty reports, by hand."""

import datetime

import pytest
from shapely import Point

from hazard_service.reports.casualties import casualty_table

YEAR = (datetime.date(2010, 12, 31), datetime.date(2011, 12, 31))


def accident(number, date, device, killed, injured, sex, age):
    return {
        "accident_id": f"A{number}", "date": date, "device": device, "killed": killed, "injured": injured, "unknown": 0,
        "sex": sex, "age_group": age, "geometry": Point(0, 0),
    }  # fmt: skip


@pytest.fixture(scope="module")
def programme(draw_programme):
    """2011, AP mines: 6 men killed, 7 women injured, 2 girls injured; one UXO accident, one unknown, one undated."""
    return draw_programme(
        communities=[{"community_id": "C", "geometry": Point(0, 0)}],
        accidents=[
            accident(1, "2011-01-01", "ap_mine", 6, 0, "male", "adult"),
            accident(2, "2011-12-31", "ap_mine", 0, 7, "female", "adult"),
            accident(3, "2011-06-01", "ap_mine", 0, 2, "female", "child"),
            accident(4, "2011-06-01", "uxo", 5, 5, "male", "child"),
            accident(5, "2011-06-01", "unknown", 1, 0, "male", "child"),
            accident(6, None, "ap_mine", 9, 9, "male", "child"),
            accident(7, "2010-12-31", "ap_mine", 9, 9, "male", "child"),
            accident(8, "2012-01-01", "ap_mine", 9, 9, "male", "child"),
        ],
    )


def test_by_hand(programme):
    """15 in all: outcome 6 + 9; sex 9 + 6; age 13 adults and 2 children, who are not shown, so neither are adults."""
    table = casualty_table(programme, frozenset({"ap_mine"}), *YEAR)
    assert table.rows == (
        ("all", "", 15),
        ("outcome", "killed", 6), ("outcome", "injured", 9), ("outcome", "unknown", 0),
        ("sex", "female", 9), ("sex", "male", 6), ("sex", "other", 0), ("sex", "unknown", 0),
        ("age", "adult", None), ("age", "child", None), ("age", "other", None), ("age", "unknown", None),
    )  # fmt: skip
    assert any("not known are left out" in note for note in table.notes)
    assert any(note.startswith("Never lay this table beside another count") for note in table.notes)
    assert "Accidents without a date: 1; they are in no period." in table.notes
    assert table.total is None


def test_a_total_of_few_is_not_shown_either(programme):
    rows = casualty_table(programme, frozenset({"unknown"}), *YEAR).rows
    assert rows[0] == ("all", "", None)
    assert {count for _, _, count in rows} == {None}


def test_a_year_without_casualties(programme):
    nothing = casualty_table(programme, frozenset({"cluster"}), *YEAR)
    assert nothing.rows[0] == ("all", "", 0)
