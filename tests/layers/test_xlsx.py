"""Workbooks as offices keep them: codes, real dates, formulas, several sheets; no value is lost in silence."""

import datetime
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_service.errors import FileFormatError, LayerError
from hazard_service.layers import open_programme
from hazard_service.layers.files import open_vector
from hazard_service.layers.mapping import as_text

HEADER = ["community_id", "name", "longitude", "latitude"]
ROW = ["007", "Upper", 18.0, 44.0]


@pytest.fixture
def book(tmp_path):
    """`book({"Sheet": [[cell, ...], ...]})` opens a workbook of such sheets as communities."""

    def write(sheets, change=None):
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for title, rows in sheets.items():
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(row)
        if change:
            change(workbook)
        workbook.save(tmp_path / "communities.xlsx")
        return open_vector(tmp_path / "communities.xlsx", "communities")

    return write


def rewritten(path, change):
    """A workbook with its parts changed: `change(name, content)` returns the new content."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, change(name, content))


def refusal(opened, *arguments):
    with pytest.raises(LayerError) as error:
        opened(*arguments)
    return str(error.value)


def test_values_as_csv_would_hold_them(book):
    def padded(workbook):
        workbook["Sheet"]["A4"].number_format = "0000"

    opened = book(
        {
            "Sheet": [
                ["id", "on", "at", "people", "flag", "note", "share"],
                ["007", datetime.date(2005, 12, 31), datetime.datetime(2005, 12, 31, 6, 30), 12, True, " x ", 0.25],
                [None] * 7,
                [42, None, datetime.time(6, 30), 12.0, False, "  ", 1e-7],
                ["=", "2005-02-30", None, 2**53, None, "#N/A", None],
            ]
        },
        padded,
    )
    assert {name: as_text(values) for name, values in opened.columns.items()} == {
        "id": ["007", "0042", "="],
        "on": ["2005-12-31", None, "2005-02-30"],
        "at": ["2005-12-31 06:30:00", "06:30:00", None],
        "people": ["12", "12", "9007199254740992"],
        "flag": ["True", "False", None],
        "note": [" x ", None, "#N/A"],
        "share": ["0.25", "1e-07", None],
    }
    assert opened.geometry is None
    assert opened.crs is None


def test_a_programme_of_one_workbook(folder, accounted, told):
    """Two layers and a table from the sheets of their names; a number in words is an unplaced row."""
    path = folder(
        communities=None,
        places=None,
        toml='[layers]\ncommunities = "all.xlsx"\nplaces = "all.xlsx"\nsurveys = "all.xlsx"\n',
    )
    workbook = openpyxl.Workbook()
    workbook.active.title = "Communities"
    for row in ([*HEADER, None], [*ROW, None], ["C2", None, "18.04", "44.02", None], ["C3", None, "east", 44, None]):
        workbook["Communities"].append(row)
    workbook.create_sheet("notes").append(["ask Ana"])
    places = workbook.create_sheet("places")
    for row in (["place_id", "kind", "lon", "lat"], ["P1", "water", 18.01, 44.0]):
        places.append(row)
    surveys = workbook.create_sheet("surveys")
    for row in (["survey_id", "community_id", "surveyed_on"], ["S1", "007", datetime.date(2010, 1, 1)]):
        surveys.append(row)
    workbook.save(path / "all.xlsx")
    programme = open_programme(path)
    accounted(programme)
    assert programme.communities["community_id"].tolist() == ["007", "C2"]
    assert [row[0] for row in told(programme, "null_geometry")] == ["C3"]
    assert programme.places["place_id"].tolist() == ["P1"]
    assert programme.surveys["surveyed_on"].dt.year.tolist() == [2010]


def test_a_table_beside_a_map_is_found_by_its_name(folder):
    path = folder()
    workbook = openpyxl.Workbook()
    for row in (["survey_id", "community_id", "surveyed_on"], ["S1", "C1", "2010-01-01"]):
        workbook.active.append(row)
    workbook.save(path / "surveys.xlsx")
    assert len(open_programme(path).surveys) == 1


def test_which_sheet(book):
    assert book({"anything": [HEADER, ROW]}).columns["name"].tolist() == ["Upper"]
    assert book({"a": [["x"]], "COMMUNITIES": [HEADER, ROW]}).columns["name"].tolist() == ["Upper"]
    assert refusal(book, {"a": [HEADER, ROW], "b": []}) == (
        "communities.xlsx has no sheet named communities; its sheets are: a, b."
    )


def merged(workbook):
    workbook["a"].merge_cells("A2:A3")


def impossible_date(workbook):
    workbook["a"]["B2"] = -700000
    workbook["a"]["B2"].number_format = "yyyy-mm-dd"


@pytest.mark.parametrize(
    ("rows", "change", "sentence"),
    [
        ([], None, "communities.xlsx has no values in its sheet a; save it again."),
        (
            [HEADER, ROW, ["=A2", "x", 1, 2]],
            None,
            "communities.xlsx has a formula without its result in row 3; "
            "open it in a spreadsheet program and save it again, or put values in place of formulas.",
        ),
        (
            [["place", None, "latitude"], ["a", 1, 2]],
            None,
            "communities.xlsx has values in column 2 but no name above them; give it a name.",
        ),
        (
            [["place", "latitude"], ["a", 1, 2]],
            None,
            "communities.xlsx has values in column 3 but no name above them; give it a name.",
        ),
        ([["a", "b", "a "]], None, "communities.xlsx has two columns named a; give each its own name."),
        (
            [HEADER, ROW, [None, "Lower", 1, 2]],
            merged,
            "communities.xlsx has merged cells (A2:A3); unmerge them, so that each row has its own.",
        ),
        (
            [[f"c{n}" for n in range(1001)]],
            None,
            "communities.xlsx has 1,001 columns, over the limit of 1,000; take out those not needed.",
        ),
    ],
)
def test_what_is_refused(book, rows, change, sentence):
    assert refusal(book, {"a": rows}, change) == sentence


def test_a_date_that_cannot_be_is_a_finding_of_its_row(book):
    opened = book(
        {"a": [["community_id", "ended_on"], ["C1", None], ["C2", datetime.date(2005, 1, 2)]]}, impossible_date
    )
    assert opened.columns["ended_on"].tolist() == ["#VALUE!", "2005-01-02"]


def test_formulas_with_their_results_are_values(book, tmp_path):
    book({"a": [HEADER, ROW]})
    path = tmp_path / "communities.xlsx"
    number = b'<c r="C2" t="n"><v>18</v></c>'
    text = b'<c r="C2" t="str"><f>IF(1,"","x")</f><v></v></c>'

    def change(name, content):
        assert number in content or "sheet1" not in name
        return content.replace(number, b'<c r="C2"><f>9+9</f><v>18</v></c>')

    rewritten(path, change)
    assert open_vector(path, "communities").columns["longitude"].tolist() == [18]
    rewritten(path, lambda _, content: content.replace(b'<c r="C2"><f>9+9</f><v>18</v></c>', text))
    assert open_vector(path, "communities").columns["longitude"].tolist() == [None]


BROKEN = "communities.xlsx is a broken workbook; open it and save it again as .xlsx."
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def by_hand(path, cells, strings=""):
    """The least that is a workbook, as Excel writes it: text lies in a table of its own."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    package = "http://schemas.openxmlformats.org/package/2006/"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/s.xml" ContentType="{kind}worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}sharedStrings+xml"/></Types>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{office}">'
        '<sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/s.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/worksheets/s.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


SHARED = "<si><t>name</t></si><si><t>longitude</t></si><si><r><t>Up</t></r><r><t>per</t></r></si><si><t> </t></si>"
CELLS = (
    '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
    '<row r="4"><c r="A4" t="s"><v>2</v></c><c r="B4"><v>18</v></c></row>'
    '<row r="6"><c r="A6" t="s"><v>3</v></c></row><row r="7"><c r="A7" s="1"/></row>'
)


def test_as_excel_writes_it(tmp_path):
    opened = open_vector(by_hand(tmp_path / "communities.xlsx", CELLS, SHARED), "communities")
    assert opened.columns.to_dict("list") == {"name": ["Upper", None], "longitude": [18, None]}


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (CELLS.replace("<v>2</v>", "<v>99</v>"), BROKEN),
        (CELLS.replace("<v>2</v>", "<v>-99</v>"), BROKEN),
        (
            CELLS.replace("B4", "ZZZZZZZ4"),
            "communities.xlsx has 8,353,082,582 columns, over the limit of 1,000; take out those not needed.",
        ),
        (
            CELLS.replace('t="s"><v>2</v>', 't="inlineStr"><v>2</v>').replace('<c r="B4"><v>18</v></c>', ""),
            "communities.xlsx holds 2 rows but only 1 can be read; open it in a GIS, mend it and save it again.",
        ),
        (
            CELLS.replace('<c r="B4"><v>18</v></c>', '<c r="B4" t="e"><f>1/0</f></c>'),
            "communities.xlsx has a formula without its result in row 4; "
            "open it in a spreadsheet program and save it again, or put values in place of formulas.",
        ),
    ],
)
def test_cells_that_would_be_lost(tmp_path, cells, sentence):
    path = by_hand(tmp_path / "communities.xlsx", cells, SHARED)
    assert refusal(open_vector, path, "communities") == sentence


ORDER = "communities.xlsx has its rows out of order; open it and save it again as .xlsx."


@pytest.mark.parametrize(
    ("part", "old", "new", "sentence"),
    [
        ("sheet1.xml", b'<row r="2"', b'<row r="1"', ORDER),
        ("sheet1.xml", b'<row r="2"', b'<row r="0"', ORDER),
        ("sheet1.xml", b'<row r="2"', b'<row r="1048577"', ORDER),
        ("sheet1.xml", b'<row r="2"', b'<row r="x"', BROKEN),
        (
            "sheet1.xml",
            b'r="B2"',
            b'r="A2"',
            "communities.xlsx has the cells of row 2 out of order; open it and save it again as .xlsx.",
        ),
        ("sheet1.xml", b"</sheetData>", b"", BROKEN),
        ("sheet1.xml", b"<v>18</v>", b"<v>eighteen</v>", BROKEN),
        ("sheet1.xml", MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main", None),
        ("workbook.xml", b"<sheets>", b"<sheets", BROKEN),
        ("styles.xml", b"<cellXfs", b"<cellxfs", None),
        ("[Content_Types].xml", b"sheet.main+xml", b"template.main+xml", None),
    ],
)
def test_parts_that_are_broken(book, tmp_path, part, old, new, sentence):
    book({"a": [HEADER, ROW]})
    path = tmp_path / "communities.xlsx"

    def change(name, content):
        assert old in content or not name.endswith(part)
        return content.replace(old, new, 1) if name.endswith(part) else content

    rewritten(path, change)
    if sentence is None:
        try:
            opened = open_vector(path, "communities")
        except FileFormatError:
            return
        assert opened.columns["community_id"].tolist() == ["007"]
    else:
        assert refusal(open_vector, path, "communities") == sentence


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "[Content_Types].xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_in_any_part_is_refused(book, tmp_path, part, encoding):
    book({"a": [HEADER, ROW]})
    path = tmp_path / "communities.xlsx"
    laughs = f"<!--{' ' * (3 << 20)}--><!DOCTYPE x [<!ENTITY a '{'a' * 99}'>]><x>&a;</x>"
    rewritten(path, lambda name, content: laughs.encode(encoding) if name == part else content)
    assert refusal(open_vector, path, "communities") == (
        "communities.xlsx declares a document type (DOCTYPE), which is not read; export the layer again."
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 99,
            "communities.xlsx is an old .xls workbook or locked with a password; save it as .xlsx without a password.",
        ),
        (b"id,x,y\n", "communities.xlsx is not a zip file that can be unpacked; save the workbook again."),
        (b"PK\x03\x04", "communities.xlsx is not a zip file that can be unpacked; save the workbook again."),
    ],
)
def test_what_is_no_workbook(tmp_path, content, sentence):
    path = tmp_path / "communities.xlsx"
    path.write_bytes(content)
    assert refusal(open_vector, path, "communities") == sentence


def test_zips_that_are_no_workbook(tmp_path):
    path = tmp_path / "communities.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal(open_vector, path, "communities") == BROKEN
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bin", b"\x00" * (32 << 20))
    assert refusal(open_vector, path, "communities") == (
        "communities.xlsx unpacks to far more than a workbook should; unpack and check it by hand."
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>" * 99)
    assert refusal(open_vector, path, "communities") == (
        "communities.xlsx is not a zip file that can be unpacked; save the workbook again."
    )


WORDS = st.none() | st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=6)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4))
def test_text_comes_back_as_it_was(tmp_path_factory, rows):
    """A row without any value is none."""
    path = tmp_path_factory.mktemp("book") / "places.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.append(["a", "b"])
    for number, row in enumerate(rows, start=2):
        for column, text in enumerate(row, start=1):
            if text is not None:
                cell = workbook.active.cell(number, column, text)
                cell.data_type = "s"
    workbook.save(path)
    found = open_vector(path, "places").columns
    expected = [row for row in rows if any(row)]
    assert list(zip(as_text(found["a"]), as_text(found["b"]), strict=True)) == [
        tuple(text if text and text.strip() else None for text in row) for row in expected
    ]


@pytest.mark.parametrize("suffix", ["xls", "xlsm", "ods"])
def test_other_workbooks_are_not_passed_over(folder, suffix):
    """places.xls beside the other layers was meant to be read."""
    path = folder(places=None)
    (path / f"places.{suffix}").write_bytes(b"\xd0\xcf\x11\xe0")
    assert refusal(open_programme, path) == (
        f"places.{suffix} is a spreadsheet of a kind that is not read here; save it as .xlsx."
    )
