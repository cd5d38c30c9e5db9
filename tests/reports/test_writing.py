"""Reports as files, read back: HTML, XLSX, CSV and HXL, and text that would like to be a formula or a script."""

import csv
import dataclasses
import io
import re

import pandas as pd
import pytest
from openpyxl import load_workbook
from playwright.sync_api import sync_playwright
from shapely import box

from hazard_service.errors import ReportError
from hazard_service.reports.files import plain_cell, write_cells
from hazard_service.reports.tables import Column, Table, laid_out, number
from hazard_service.reports.writing import write_report
from hazard_service.reports.yearly import year_report

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)")
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def report(draw_programme):
    """Two districts whose names and organisations are hostile; H1 100 × 100 m, H2 closed on paper."""
    districts = [
        {"district_code": "-1", "name": "=1+1", "geometry": box(0, 0, 1000, 1000)},
        {"district_code": "+1", "name": SCRIPT, "geometry": box(1000, 0, 2000, 1000)},
    ]
    hazards = [
        {"hazard_id": "=H1", "geometry": box(0, 0, 100, 100)},
        {"hazard_id": "@SUM(A1)", "geometry": box(1000, 0, 1100, 100), "closed_on": "2011-01-02"},
    ]
    releases = [
        {
            "release_id": "R1",
            "hazard_id": "=H1",
            "handed_over_on": "2011-05-01",
            "operator": "@SUM(A1)",
            "geometry": box(0, 0, 50, 100),
        }
    ]
    programme = draw_programme(
        hazards=hazards, releases=releases, districts=districts, caveats=("Three rows refused.",)
    )
    return year_report(programme, "article7", 2011)


def test_a_workbook_reads_back_with_its_figures_limits_and_caveats(report, tmp_path):
    (path,) = write_report(report, tmp_path, "xlsx")
    assert path.name == "article7_2011.xlsx"
    book = load_workbook(path)
    assert book.sheetnames == ["read first", *(table.name for table in report.tables)]
    first = [row[0].value for row in book["read first"].iter_rows()]
    assert first[:2] == ["Mine Ban Convention, Article 7: mined areas", "Drawn by hand"]
    assert "Period: 2011-01-01 to 2011-12-31 (opening figures: 2010-12-31)" in first
    assert "Data date: 2025-12-31; do not rely on it after 2026-03-31" in first
    for text in (*report.limits, *report.notes, "Three rows refused."):
        assert text in first
    sheet = [[cell.value for cell in row] for row in book["balance"].iter_rows()]
    assert sheet[3][2:4] == ["opening", "newly identified"]
    assert sheet[4][2] == "m²"
    assert sheet[5] == ["+1", SCRIPT, 10_000, 0, 0, 0, 0, 10_000, 0, 0]
    assert sheet[6] == ["-1", "=1+1", 10_000, 0, 0, 0, 5_000, 0, 0, 5_000]
    assert sheet[7] == ["Total", None, 20_000, 0, 0, 0, 5_000, 10_000, 0, 5_000]


def test_where_a_spreadsheet_splits_at_semicolons_no_cell_begins_a_formula(tmp_path):
    """Read as written, each text is itself but for its apostrophes; split at semicolons, no cell begins to run."""
    texts = ["x;=1+1;y", 'x; "=1+1"', "a\t+1", "a\n@SUM(A1)", "\uff1b\uff1d1", "Ä;b", "1-1"]
    path = tmp_path / "table.csv"
    write_cells(pd.DataFrame({"name": texts, "people": [-1] * len(texts)}), path)
    text = path.read_text(encoding="utf-8-sig")
    assert text.splitlines()[1] == '"x;\'=1+1;y",-1'
    assert [row[0].replace("'", "") for row in csv.reader(io.StringIO(text, newline=""))][1:] == texts
    for delimiter in ";\t":
        cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) for cell in row]
        assert [cell for cell in cells if cell.lstrip(' "').startswith(("=", "+", "-", "@"))] == []
    assert [plain_cell(text) for text in ("Ä;b", "1-1", None, -1)] == ["Ä;b", "1-1", None, -1]


def test_what_xml_cannot_hold_leaves_the_workbook_readable(report, tmp_path):
    table = Table("odd", "Odd", (Column("Name", "", "#name"),), (("a\ufffe",), ("b\uffff",), ("c\ud800",)))
    (path,) = write_report(dataclasses.replace(report, tables=(table,)), tmp_path, "xlsx")
    rows = [row[0].value for row in load_workbook(path)["odd"].iter_rows()]
    assert rows[5:8] == ["a\ufffd", "b\ufffd", "c\ufffd"]


def test_reports_of_unlike_districts_have_unlike_names(report):
    codes = ("A/1", "A-1", "A~2f1", "A 1", "\u02f1")
    stems = [dataclasses.replace(report, district=code).stem for code in codes]
    assert stems[:2] == ["article7_A~2f1_2011", "article7_A-1_2011"]
    assert len(set(stems)) == len(codes)


def test_no_cell_of_a_workbook_is_a_formula(report, tmp_path):
    (path,) = write_report(report, tmp_path, "xlsx")
    cells = [
        cell for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row if cell.value is not None
    ]
    hostile = [cell for cell in cells if str(cell.value) in FORMULAS]
    assert {str(cell.value) for cell in hostile} == set(FORMULAS)
    assert {(cell.data_type, cell.quotePrefix) for cell in hostile} == {("s", True)}
    assert {cell.data_type for cell in cells} == {"s", "n"}


def test_characters_that_a_workbook_cannot_hold_do_not_stop_it(report, tmp_path):
    odd = dataclasses.replace(report, programme="Bell \x07 ringers")
    (path,) = write_report(odd, tmp_path, "xlsx")
    assert load_workbook(path)["read first"]["A2"].value == "Bell   ringers"


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_csv_has_a_file_a_table_whose_rows_carry_what_they_are_of(report, tmp_path):
    *paths, readme = write_report(report, tmp_path, "csv")
    assert [path.name for path in paths] == [
        f"article7_2011_{at:02d}_{table.name}.csv" for at, table in enumerate(report.tables, start=1)
    ]
    header, *rows = read(paths[0])
    assert header[:4] == ["District code", "District", "SHA, areas", "SHA, m²"]
    assert header[-5:] == ["Country", "From", "To", "Data date", "Warning"]
    assert [row[:4] for row in rows] == [["'+1", SCRIPT, "0", "0"], ["'-1", "'=1+1", "1", "5000"]]
    assert {tuple(row[-5:]) for row in rows} == {
        ("XXX", "2011-01-01", "2011-12-31", "2025-12-31", " ".join(report.limits))
    }
    text = readme.read_text(encoding="utf-8")
    for said in (*report.limits, *report.notes, "Three rows refused.", "Period: 2011-01-01 to 2011-12-31"):
        assert said in text


def test_no_text_of_a_csv_file_starts_a_formula(report, tmp_path):
    *paths, _ = write_report(report, tmp_path, "csv")
    cells = [cell for path in paths for row in read(path)[1:] for cell in row]
    risky = [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    # A correction below 0 is a number, and stays one.
    assert risky == ["-10000"]
    assert "'@SUM(A1)" in cells


def test_hxl_has_a_second_header_row_of_hashtags(report, tmp_path):
    *paths, _ = write_report(report, tmp_path, "hxl")
    for path, table in zip(paths, report.tables, strict=True):
        assert path.name.endswith(f"_{table.name}.hxl.csv")
        header, tags, *rows = read(path)
        assert len(header) == len(tags)
        assert all(re.fullmatch(r"#[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)*", tag) for tag in tags), tags
        assert len(rows) == len(table.rows)
        assert len(set(tags)) == len(tags)
    tags = read(paths[0])[1]
    assert tags[:3] == ["#adm1+code", "#adm1+name", "#indicator+num+remaining+sha+areas"]
    assert "#country+code+iso3" in tags


def test_the_page_says_all_of_it_and_asks_nobody(report, tmp_path):
    (path,) = write_report(report, tmp_path, "html")
    page = path.read_text(encoding="utf-8")
    for text in (
        "Mine Ban Convention, Article 7: mined areas", "Drawn by hand", "2011-01-01 to 2011-12-31",
        "2025-12-31; do not rely on it after 2026-03-31", "Fictional: no place, hazard or person here is real.",
        "20,000", "-10,000", *report.limits, *report.notes, "Three rows refused.",
    ):  # fmt: skip
        assert text in page, text
    assert SCRIPT not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    shell = re.sub(r"<script>.*?</script>|<style>.*?</style>", "", page, flags=re.DOTALL)
    assert "//" not in shell
    assert "url(" not in page
    assert page.count('http-equiv="Content-Security-Policy"') == 1


def test_a_table_without_rows_says_none(report, tmp_path):
    empty = Table("nothing", "Nothing here", (number("total", "m²", "total"),), ())
    (path,) = write_report(dataclasses.replace(report, tables=(empty,)), tmp_path, "html")
    assert "<p>None.</p>" in path.read_text(encoding="utf-8")
    assert empty.total is None


@pytest.mark.parametrize(("today", "shown"), [("2026-03-31", None), ("2026-04-01", "old"), ("2025-12-30", "clock")])
def test_a_phone_reads_it_without_scrolling_sideways_and_it_warns_of_its_age(chromium, report, tmp_path, today, shown):
    (path,) = write_report(report, tmp_path, "html")
    errors = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.on("console", lambda message: errors.append(message.text))
        page.clock.install(time=f"{today}T10:00:00")
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for name in ("old", "clock"):
            assert page.is_visible(f"#{name}") == (name == shown)
        assert page.evaluate("document.body.classList.contains('stale')") == (shown is not None)
        browser.close()
    assert errors == []


def test_an_unknown_format_is_named(report, tmp_path):
    with pytest.raises(ReportError, match=r"^Unknown format: odt\. Known formats: html, xlsx, csv, hxl, pdf\.$"):
        write_report(report, tmp_path, "odt")
    assert list(tmp_path.iterdir()) == []


def test_columns_and_cells_go_together():
    with pytest.raises(ValueError, match=r"^1 columns, and cells for 2\.$"):
        laid_out([Column("one", "", "#x_one")], [["a"], ["b"]])


def test_a_report_that_is_left_open_warns_of_its_age_too(chromium, report, tmp_path):
    (path,) = write_report(report, tmp_path, "html")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.clock.install(time="2026-03-31T23:59:30")
        page.goto(path.as_uri())
        assert not page.is_visible("#old")
        page.clock.run_for(70_000)
        assert page.is_visible("#old")
        browser.close()
