"""What must hold between the tables of a report, and between reports, on random stories."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from hazard_service.reports.yearly import year_report

odd = st.floats(0.5, 60).map(lambda metres: round(metres, 2))
outlines = st.builds(
    lambda x, y, w, h: box(x, y, x + w, y + h), st.floats(950, 1020), st.floats(0, 60), odd, odd
)  # fmt: skip
days = st.one_of(st.none(), st.integers(2009, 2013).map(lambda year: f"{year}-06-30"))


@st.composite
def stories(draw):
    words = st.sampled_from(["ap_mine", "ap_mine;uxo", "cluster;uxo", "unknown", "ied"])
    kinds = st.sampled_from(["SHA", "CHA", "unclassified"])
    hazards = [
        {
            "hazard_id": f"H{n}",
            "geometry": outline,
            "kind": draw(kinds),
            "contamination": draw(words),
            "reported_on": draw(days),
            "closed_on": draw(days),
        }
        for n, outline in enumerate(draw(st.lists(outlines, min_size=1, max_size=5)))
    ]
    methods, operators = st.sampled_from(["cancelled", "reduced", "cleared"]), st.sampled_from(["Ants", "Bees", None])
    releases = [
        {
            "release_id": f"R{n}",
            "geometry": outline,
            "handed_over_on": draw(days),
            "method": draw(methods),
            "operator": draw(operators),
            "uxo": draw(st.sampled_from([None, 1, 4])),
        }
        for n, outline in enumerate(draw(st.lists(outlines, max_size=6)))
    ]
    return hazards, releases


def tables(report):
    return {table.name: table for table in report.tables}


def frame(table):
    return pd.DataFrame(list(table.rows), columns=[column.heading for column in table.columns])


@settings(derandomize=True, deadline=None, max_examples=40)
@given(stories(), st.sampled_from(["article7", "form-f", "protocol-v"]), st.sampled_from([2010, 2012]))
def test_all_tables_of_a_report_agree_to_the_square_metre(drawn, story, kind, year):
    found = tables(year_report(drawn(*story), kind, year))
    balance = frame(found["balance"])
    terms = balance.rename(columns=lambda name: name.removesuffix(", m²"))
    assert (
        terms["opening"] + terms["newly identified"] - terms["cancelled"] - terms["reduced"] - terms["cleared"]
        - terms["corrections down"] + terms["corrections up"]
    ).tolist() == terms["closing"].tolist()  # fmt: skip
    for name, column in (("remaining", "closing"), ("new", "newly identified")):
        table = frame(found[name])
        kinds = table[["SHA, m²", "CHA, m²", "unclassified, m²"]].sum(axis=1)
        assert kinds.tolist() == table["total, m²"].tolist()
        assert found[name].total[-1] == terms[column].sum()
    for method in ("cancelled", "reduced", "cleared"):
        totals = {name: frame(found[name])[f"{method}, m²"].sum() for name in ("released", "operators")}
        assert set(totals.values()) == {terms[method].sum()}
    corrected = frame(found["corrections"])["correction, m²"].sum()
    assert corrected == terms["corrections up"].sum() - terms["corrections down"].sum()
    for table in found.values():
        if table.total is not None:
            numbers = [at for at, column in enumerate(table.columns) if column.unit]
            assert [table.total[at] for at in numbers] == [sum(row[at] for row in table.rows) for at in numbers]


@settings(derandomize=True, deadline=None, max_examples=30)
@given(stories(), st.sampled_from(["article7", "protocol-v"]))
def test_the_closing_of_a_year_is_the_opening_of_the_next_to_the_last_digit(drawn, story, kind):
    programme = drawn(*story)
    earlier, later = (frame(tables(year_report(programme, kind, year))["balance"]) for year in (2010, 2011))
    ends, starts = (
        {code: m2 for code, m2 in zip(rows["District code"], rows[column], strict=True) if m2}
        for rows, column in ((earlier, "closing, m²"), (later, "opening, m²"))
    )
    assert ends == starts


@settings(derandomize=True, deadline=None, max_examples=20)
@given(stories())
def test_who_does_what_sums_to_every_open_area(drawn, story):
    programme = drawn(*story)
    found = tables(year_report(programme, "who-does-what", 2012))
    after = programme.situation("2012-12-31")
    of_whom = frame(found["open-by"])
    assert of_whom["open, areas"].sum() == len(after.hazards)
    assert of_whom["open, m²"].sum() == pytest.approx(after.hazards.geometry.union_all().area, abs=2)
