"""Tables laid out for paper: widths by pencil and by law, and what becomes of tables that are too wide or too high."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazard_service.paper import usable_pt, width_pt
from hazard_service.reports.layout import GAP_PT, laid, widths
from hazard_service.reports.tables import Column, Table, number, shown


def table(columns, rows, **more):
    return Table("t", "A table", tuple(columns), tuple(rows), **more)


def text_of(lines):
    return "".join("".join(cell) for cell in lines).replace(" ", "")


def test_what_fits_is_as_wide_as_it_wants():
    """Three columns want 100 and have 200 less two gaps of 7 for them."""
    assert widths([20, 20, 20], [50, 30, 20], 200) == (50, 30, 20)


def test_what_does_not_fit_shares_what_is_over():
    """120 less a gap of 7 leaves 113, 73 over the least; wants are 80 and 20 over it: 73 % of each."""
    assert widths([20, 20], [100, 40], 120) == pytest.approx((20 + 0.73 * 80, 20 + 0.73 * 20))


def test_a_small_table_stands_upright_and_has_its_units_and_total():
    own = laid(table([Column("District", "", "#a"), number("opening", "m²", "x")], [("West", 1_000), ("East", 2_500)]))
    assert (own.is_landscape, own.size) == (False, 8.0)
    assert own.head == (("District",), ("opening",))
    assert own.units == (("",), ("m²",))
    assert own.total == (("Total",), ("3,500",))


def test_a_table_without_units_has_no_row_for_them():
    assert laid(table([Column("One", "", "#a"), number("people", "people", "x")], [("a", 1)])).units is None


def test_headings_wrap_before_numbers_do():
    columns = [number("corrections of the record upwards", "m²", str(at)) for at in range(7)]
    own = laid(table(columns, [tuple([123_456_789] * 7)], adds_up=False))
    assert own.head[0] == ("corrections of", "the record", "upwards")
    assert own.rows == ((("123,456,789",),) * 7,)


def test_a_table_too_wide_for_an_upright_page_lies_across():
    """Fourteen columns, each at least as wide as "unclassified" in bold letters: 53.6 pt at 8, 46.9 at 7. An upright
    page has 515 pt, one across 762: 14 × 53.6 + 13 × 7 = 841 is too wide for both, 14 × 46.9 + 91 = 748 fits across."""
    own = laid(table([number("unclassified", "m²", str(at)) for at in range(14)], [tuple([1] * 14)]))
    assert width_pt("unclassified", 7, is_bold=True) == pytest.approx(46.9, abs=0.1)
    assert (own.is_landscape, own.size) == (True, 7.0)


CELLS = st.one_of(st.none(), st.integers(0, 10**13), st.text("abc dW", max_size=60))


@given(st.data())
def test_every_letter_is_on_the_page_between_its_margins(data):
    units = data.draw(st.lists(st.sampled_from(["", "m²"]), min_size=1, max_size=25))
    columns = [Column(f"A heading {at}", unit, f"#x_{at}") for at, unit in enumerate(units)]
    rows = data.draw(st.lists(st.tuples(*[CELLS] * len(units)), max_size=3))
    own = laid(table(columns, rows, adds_up=False))
    assert own.width == pytest.approx(sum(own.widths) + GAP_PT * (len(units) - 1))
    assert own.width <= usable_pt(is_landscape=own.is_landscape)[0] + 1e-6
    assert text_of(own.head) == "".join(column.name for column in columns).replace(" ", "")
    assert "".join(map(text_of, own.rows)) == "".join(shown(cell) for row in rows for cell in row).replace(" ", "")
    for lines in (own.head, *own.rows):
        for cell, wide in zip(lines, own.widths, strict=True):
            assert all(len(line) <= 1 or width_pt(line, own.size) <= wide + 1e-6 for line in cell)


def test_a_row_higher_than_a_page_goes_on_in_the_next():
    own = laid(table([Column("One", "", "#a"), Column("Two", "", "#b")], [("once", "word " * 3000)], adds_up=False))
    assert len(own.rows) > 1
    assert own.rows[0][0] == ("once",)
    assert own.rows[1][0] == ()
    assert text_of(own.rows[0]) + "".join(map(text_of, own.rows[1:])) == "once" + "word" * 3000
    most = usable_pt(is_landscape=own.is_landscape)[1]
    assert all(own.height(row) + own.head_height < most for row in own.rows)
