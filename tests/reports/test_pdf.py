"""Reports on paper: what stands on which page, and that nothing of the report is missing or beyond a margin."""

import datetime
import re

import pytest

from hazard_service.paper import A4_PT, FOOT_PT, MARGIN_PT, Drawn, blank, size_pt, style, width_pt
from hazard_service.reports.pdf import pages_of, write_pdf
from hazard_service.reports.tables import Column, Report, Table, number

ROWS = tuple((f"R{at:03d}", f"Operator {at % 7}", at) for at in range(150))
LONG = Table("long", "Releases by operator", (Column("Release", "", "#a"), Column("Operator", "", "#b"),
             number("cleared", "m²", "x")), ROWS, ("Cleared ground alone.",))  # fmt: skip
WIDE = Table("wide", "Many figures", tuple(number("unclassified", "m²", str(at)) for at in range(14)),
             (tuple(range(14)),))  # fmt: skip
EMPTY = Table("empty", "Nothing here", (number("total", "m²", "total"),), ())
LIMITS = ("Not for navigation or safety decisions.", "No recorded hazard here is not proof of safety.")


def made(*tables, **more):
    stated = {
        "kind": "article7", "district": None, "title": "Mined areas", "programme": "Drawn by hand", "country": "XXX",
        "fictional": True, "start": datetime.date(2010, 12, 31), "end": datetime.date(2011, 12, 31),
        "data_date": datetime.date(2025, 12, 31), "tables": tables, "limits": LIMITS, "notes": ("By outlines.",),
        "caveats": ("Three rows refused.",),
    }  # fmt: skip
    return Report(**(stated | more))


@pytest.fixture(scope="module")
def report():
    return made(LONG, WIDE, EMPTY)


@pytest.fixture(scope="module")
def pages(report):
    with style():
        return pages_of(report, [Drawn("Map: somewhere", blank())])


def texts(page):
    return [one.get_text() for one in page.texts]


def number_of(pages, heading):
    """Of the page where it stands as a heading, in bold letters; in the contents it stands too."""
    return next(
        at
        for at, page in enumerate(pages, start=1)
        for one in page.texts
        if one.get_text() == heading and one.get_weight() == "bold"
    )


def test_the_front_says_whose_it_is_of_when_and_what_it_is_not_for(pages):
    front = texts(pages[0])
    for text in ("FICTIONAL: no place, hazard or person here is real.", "Mined areas", "Drawn by hand (XXX)", *LIMITS,
                 "Period: 2011-01-01 to 2011-12-31 (opening figures: 2010-12-31).",
                 "Data date: 2025-12-31. Do not rely on it after 2026-03-31."):  # fmt: skip
        assert text in front
    assert front.index(LIMITS[0]) < front.index("1. Releases by operator")


def test_the_contents_name_the_page_of_everything(pages):
    """The first table, then the drawn page, then the other tables: each by the number of the page it starts on."""
    entries = {}
    baseline = {round(one.get_position()[1], 6): one.get_text() for one in pages[0].texts if one.get_ha() == "right"}
    for one in pages[0].texts:
        if one.get_ha() == "left" and round(one.get_position()[1], 6) in baseline:
            entries.setdefault(one.get_text(), baseline[round(one.get_position()[1], 6)])
    drawn = next(at for at, page in enumerate(pages, start=1) if not page.texts)
    assert entries["1. Releases by operator"] == "1"
    assert entries["Map: somewhere"] == str(drawn)
    assert entries["2. Many figures"] == str(number_of(pages, "2. Many figures")) == str(drawn + 1)
    assert entries["3. Nothing here"] == str(number_of(pages, "3. Nothing here"))
    assert entries["How it was counted, and its limits"] == str(number_of(pages, "How it was counted"))


def test_a_long_table_repeats_its_heading_and_loses_no_row(pages):
    own = [texts(page) for page in pages if any("Releases by operator" in text for text in texts(page))]
    assert len(own) >= 3
    for at, page in enumerate(own):
        assert page.count("1. Releases by operator (continued)") == (1 if at else 0)
        for heading in ("Release", "Operator", "cleared", "m²"):
            assert heading in page
    cells = [text for page in own for text in page]
    assert [text for text in cells if re.fullmatch(r"R\d{3}", text)] == [row[0] for row in ROWS]
    # 0 + 1 + ... + 149.
    assert cells.count("Total") == 1
    assert "11,175" in own[-1]
    assert own[-1].index("11,175") > own[-1].index("R149")
    assert "Cleared ground alone." in own[-1]


@pytest.mark.parametrize("count", range(14, 40))
def test_a_total_never_stands_alone(count):
    with style():
        found = pages_of(made(Table("t", "T", LONG.columns, ROWS[:count])))
    (last,) = [texts(page) for page in found if "Total" in texts(page)]
    assert f"R{count - 1:03d}" in last


def test_a_small_table_is_not_broken():
    small = Table("small", "Small", LONG.columns, ROWS[:12])
    with style():
        found = pages_of(made(*[small] * 9))
    for page in map(texts, found):
        assert page.count("R000") == page.count("R011") == page.count("Total")


def test_a_wide_table_lies_across_and_what_follows_it_stands_again(pages):
    wide = pages[number_of(pages, "2. Many figures") - 1]
    assert size_pt(wide) == pytest.approx(A4_PT[::-1])
    assert size_pt(pages[-1]) == pytest.approx(A4_PT)
    assert "None." in texts(pages[number_of(pages, "3. Nothing here") - 1])


def test_limits_notes_and_caveats_end_it(pages):
    last = [text for page in pages[-2:] for text in texts(page)]
    for text in ("How it was counted", "– By outlines.", "Read with these limits", f"– {LIMITS[1]}",
                 "– Three rows refused."):  # fmt: skip
        assert text in last


def test_no_text_lies_beyond_a_margin_or_in_the_footer(pages):
    for page in pages:
        wide, high = size_pt(page)
        for one in page.texts:
            x, y = one.get_position()
            width = width_pt(one.get_text(), one.get_size(), is_bold=one.get_weight() == "bold")
            left = x * wide - (width if one.get_ha() == "right" else 0)
            assert left >= MARGIN_PT - 0.01
            assert left + width <= wide - MARGIN_PT + 0.01, one.get_text()
            assert MARGIN_PT <= (1 - y) * high <= high - MARGIN_PT - FOOT_PT + 0.01


def test_every_page_of_the_file_has_its_number_its_date_and_the_warning(report, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr("hazard_service.reports.pdf.save_pdf", lambda pages, *_, **__: seen.extend(pages))
    write_pdf(report, tmp_path / "a.pdf", [Drawn("Map: somewhere", blank())])
    for at, page in enumerate(seen, start=1):
        foot = texts(page)[-3:]
        assert foot == [
            "Drawn by hand (XXX)",
            f"FICTIONAL. {LIMITS[0]} Data date 2025-12-31; do not rely on it after 2026-03-31.",
            f"page {at} of {len(seen)}",
        ]


def test_the_file_holds_all_pages_and_is_the_same_each_time(report, tmp_path):
    for name in ("a.pdf", "b.pdf"):
        write_pdf(report, tmp_path / name)
    first = (tmp_path / "a.pdf").read_bytes()
    assert (tmp_path / "b.pdf").read_bytes() == first
    with style():
        assert len(re.findall(rb"/Type /Page\b", first)) == len(pages_of(report))
    assert b"CreationDate" not in first
    assert b"data date 2025-12-31" in first


def test_a_programme_that_is_real_is_not_called_fictional():
    with style():
        found = pages_of(made(LONG, fictional=False))
    assert not any("FICTION" in text for page in found for text in texts(page))


def test_hostile_text_is_printed_as_it_stands_and_missing_letters_are_said():
    odd = Table("odd", "Odd $x^2$", (Column("One", "", "#a"),), (("$\\frac{1}{0}$",), ("ខេត្ត",), ("_a\n\x07b",)))
    with style():
        found = [text for page in pages_of(made(odd)) for text in texts(page)]
        plain = [text for page in pages_of(made(LONG)) for text in texts(page)]
    assert "$\\frac{1}{0}$" in found
    assert "_a b" in found
    assert any(text.startswith("A square (□) stands for a letter") for text in found)
    assert not any("□" in text for text in plain)
