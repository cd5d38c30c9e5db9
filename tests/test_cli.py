"""The verbs in a terminal: what they print, what they write, and how they refuse."""

import csv
import errno
import json
import os
import re
import socket

import pyogrio
import pytest
from click.testing import CliRunner

from hazard_service.cli import main
from hazard_service.layers.synthetic.write import LEAST_COMMUNITIES, LEAST_HAZARDS


def run(*arguments, code=0):
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == code, done.output
    return done.output


def test_help_names_every_verb():
    text = run("--help")
    for verb in (
        "demo",
        "check",
        "assess",
        "compare",
        "gains",
        "map",
        "export",
        "surface",
        "report",
        "progress",
        "serve",
    ):
        assert f"\n  {verb} " in text
    assert "\n  synthetic " in text


def test_assess_prints_counts_districts_and_limits(six_villages):
    text = run("--quiet", "assess", six_villages, "--on", "2005-12-31")
    assert "held back (modelled)         3   300 people" in text
    assert "cut off from        water 3" in text
    assert "whole programme" in text
    assert "Not for navigation or safety decisions." in text


def test_compare_prints_who_was_freed(six_villages):
    text = run("--quiet", "compare", six_villages)
    assert "no longer held back (freed)         1   100 people" in text
    assert "of those held back before, freed or wider: 1 (33 %)" in text
    assert "ringed" in text


def test_gains_prints_a_ranked_table_and_writes_layer_tables_and_map(six_villages, tmp_path):
    text = run("--quiet", "gains", six_villages, "--on", "2005-12-31", "--out", tmp_path / "out", "--rows", "1")
    assert "NOT RELEASED" in text
    assert "3 of 3 open hazards free a community alone" in text
    assert "gains.html (one file: opens with no server and no network)" in text
    assert pyogrio.read_info(tmp_path / "out" / "gains.gpkg")["features"] == 3
    assert "NOT RELEASED" in (tmp_path / "out" / "gains.html").read_text(encoding="utf-8")


def test_gains_of_a_date_after_the_data_date_are_refused_and_nothing_is_written(six_villages, tmp_path):
    text = run("--quiet", "gains", six_villages, "--on", "2027-01-01", "--out", tmp_path / "out", code=1)
    assert "2027-01-01 is later than the data date, 2026-06-30" in text
    assert not (tmp_path / "out").exists()


def test_progress_lines_go_to_stderr(six_villages):
    done = CliRunner().invoke(main, ["assess", str(six_villages)])
    assert "... walking" in done.stderr
    assert "..." not in done.stdout


@pytest.mark.parametrize("form", ["gpkg", "geojson", "csv"])
def test_export_writes_the_frames_with_date_caveats_and_provenance(six_villages, tmp_path, form):
    run("--quiet", "export", six_villages, "--format", form, "--out", tmp_path / "out")
    out = tmp_path / "out"
    readme = (out / "README.txt").read_text(encoding="utf-8")
    assert "data date 2026-06-30" in readme
    assert "Not for navigation or safety decisions." in readme
    provenance = json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    assert provenance["on"] == "2026-06-30"
    scheme = provenance["scheme"]
    assert (scheme["name"], scheme["version"]) == ("Landmine Impact Survey", "1")
    assert provenance["sources_sha256"]["scheme Landmine Impact Survey"] == scheme["sha256"]
    if form == "csv":
        with open(out / "communities.csv", encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        names = {row["community_id"]: row["held_back"] for row in rows}
        assert float(rows[0]["latitude"]) == pytest.approx(35, abs=0.2)
    else:
        source = out / ("everything.gpkg" if form == "gpkg" else "communities.geojson")
        frame = pyogrio.read_dataframe(source, layer="communities")
        names = dict(zip(frame["community_id"], frame["held_back"].astype(str), strict=True))
        assert set(frame["data_date"].astype(str)) == {"2026-06-30"}
        hazards = out / ("everything.gpkg" if form == "gpkg" else "hazards.geojson")
        assert set(pyogrio.read_dataframe(hazards, layer="hazards")["hazard_id"]) == {"H-laid", "H-found", "H-tighter"}
    assert names["laid"] in ("True", "1")
    assert names["quiet"] in ("False", "0")


def test_export_takes_collections_a_filter_and_a_crs(six_villages, tmp_path):
    asked = ("--collection", "hazards", "--filter", "hazard_id <> 'H-laid'", "--crs", "EPSG:32624")
    run("--quiet", "export", six_villages, *asked, "--format", "fgb", "--out", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.txt", "hazards.fgb", "provenance.json"]
    frame = pyogrio.read_dataframe(tmp_path / "hazards.fgb")
    assert set(frame["hazard_id"]) == {"H-found", "H-tighter"}
    assert frame.crs.to_epsg() == 32624
    assert "Coordinates: WGS 84 / UTM zone 24N" in (tmp_path / "README.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("--collection", "mines"), "There is no collection mines; choose among hazards, hazard_lines,"),
        (("--filter", "kind = 'CHA'"), '"filter" speaks of one collection; ask for one, or leave it out.'),
        (("--crs", "EPSG:4326x"), '"crs" is "EPSG:4326x", which is not offered'),
        (("--crs", "EPSG:3857", "--format", "kml"), '"crs" is given; KML is always in longitude and latitude'),
        (("--on", "2031-01-01"), "2031-01-01 is later than the data date, 2026-06-30"),
        (("--out", "{six}"), "is a programme itself; name another folder to write into."),
    ],
)
def test_an_export_that_cannot_be_is_refused_and_writes_nothing(six_villages, tmp_path, asked, sentence):
    before = sorted(six_villages.iterdir())
    told = [text.format(six=six_villages) for text in asked]
    out = () if "--out" in asked else ("--out", tmp_path / "out")
    assert sentence in run("--quiet", "export", six_villages, *told, *out, code=1)
    assert not (tmp_path / "out").exists()
    assert sorted(six_villages.iterdir()) == before


def test_a_cell_cannot_start_a_formula(six_villages, tmp_path):
    import shutil

    folder = tmp_path / "formula"
    shutil.copytree(six_villages, folder)
    layer = folder / "communities.geojson"
    layer.write_text(layer.read_text(encoding="utf-8").replace('"name": "quiet"', '"name": "=HYPERLINK(1)"'))
    run("--quiet", "export", folder, "--format", "csv", "--out", tmp_path / "out")
    with open(tmp_path / "out" / "communities.csv", encoding="utf-8-sig", newline="") as file:
        assert "'=HYPERLINK(1)" in {row["name"] for row in csv.DictReader(file)}


def test_map_writes_one_file(six_villages, tmp_path):
    text = run("--quiet", "map", six_villages, "--out", tmp_path / "map.html")
    assert "opens with no server and no network" in text
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    dates = page_dates(page)
    assert (dates[0], dates[1], dates[-2], dates[-1]) == ("2005-12-31", "2006-12-31", "2025-12-31", "2026-06-30")
    assert len(dates) == 22
    assert 'id="layer-gains"' in page
    assert "no longer held back: laid (100 people)" in page


def page_dates(page):
    told = re.search(r'<script type="application/json" id="page">(.*?)</script>', page, re.DOTALL).group(1)
    return json.loads(told)["dates"]


def test_map_opens_at_any_date_and_may_go_without_gains(six_villages, tmp_path):
    out = tmp_path / "map.html"
    run("--quiet", "map", six_villages, "--on", "2010-05-04", "--no-gains", "--out", out)
    page = out.read_text(encoding="utf-8")
    assert page_dates(page)[4:7] == ["2009-12-31", "2010-05-04", "2010-12-31"]
    assert '<output id="date-shown" for="date">2010-05-04</output>' in page
    assert 'id="layer-gains"' not in page


def test_check_reports_and_passes(six_villages):
    text = run("check", six_villages)
    assert "Every layer can be used." in text


def test_check_fails_only_where_a_layer_cannot_be_used(six_villages, tmp_path):
    import shutil

    folder = tmp_path / "broken"
    shutil.copytree(six_villages, folder)
    (folder / "places.geojson").write_text("<OGRVRTDataSource/>", encoding="utf-8")
    text = run("check", folder, code=1)
    assert "CANNOT BE USED" in text
    assert "communities" in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["assess", "no-such-folder"], "no-such-folder"),
        (["assess", "{six}", "--on", "2031-01-01"], "2031-01-01 is later than the data date, 2026-06-30"),
        (["assess", "{six}", "--on", "yesterday"], '"yesterday" is not a date'),
        (["compare", "{six}", "--from", "2026-06-30"], "is not earlier than"),
        (["serve", "{six}", "--host", "0.0.0.0"], "0.0.0.0"),
        (["assess", "{six}", "--on", ""], '"" is not a date; write it as year-month-day, such as 2026-06-30.'),
        (["surface", "{six}", "--on", ""], '"" is not a date; write it as year-month-day, such as 2026-06-30.'),
        (["compare", "{six}", "--from", ""], '"" is not a date; write it as year-month-day, such as 2026-06-30.'),
        (["compare", "{six}", "--to", ""], '"" is not a date; write it as year-month-day, such as 2026-06-30.'),
        (["assess", "{six}", "--on", "2026-W01-1"], '"2026-W01-1" is not a date; write it as year-month-day'),
        (["assess", "{six}", "--kinds", "CHAA"], "Unknown hazard kind: CHAA. Known kinds: SHA, CHA, unclassified."),
        (["gains", "{six}", "--kinds", ""], "No hazard kind is given; name at least one of SHA, CHA, unclassified."),
        (["gains", "/no/such/folder"], "/no/such/folder has no programme.toml"),
        (["synthetic", "nowhere", "--hazards", "0"], "needs at least 60 hazards, not 0; ask for more."),
        (["export", "{six}", "--out", "bad\udcff"], "A file or folder name is not text in UTF-8; choose another name."),
        (["map", "{six}", "--on", ""], '"" is not a date; write it as year-month-day'),
        (
            ["map", "{six}", "--on", "2030-01-01", "--out", "never.html"],
            "2030-01-01 is not between the baseline, 2005-12-31, and the data date, 2026-06-30.",
        ),
        (
            ["map", "{six}", "--out", "bad\udcff.html"],
            "A file or folder name is not text in UTF-8; choose another name.",
        ),
        (["synthetic", "bad\udcff"], "A file or folder name is not text in UTF-8; choose another name."),
        (["report", "{six}", "--year", "2005"], "2005 does not lie between the baseline date, 2005-12-31"),
        (
            ["report", "{six}", "--kind", "objectives", "--year", "2012"],
            "leave the year out, or ask for article7, form-f",
        ),
        (["report", "{six}", "--kind", "district"], "The programme has no districts; ask for another report."),
        (["report", "{six}", "--deadline", "2030"], '"2030" is not a date; write it as year-month-day'),
        (["report", "{six}", "--deadline", "20301231"], '"20301231" is not a date; write it as year-month-day'),
    ],
)
def test_refusals_are_one_sentence_and_a_code(six_villages, arguments, sentence):
    done = CliRunner().invoke(main, ["--quiet", *(text.format(six=six_villages) for text in arguments)])
    assert done.exit_code in (1, 2)
    assert sentence in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.parametrize("verb", ["gains", "export", "surface", "progress", "report"])
@pytest.mark.parametrize("inside", [(), ("more",)])
def test_a_folder_that_is_a_file_is_refused_before_anything_is_computed(six_villages, tmp_path, verb, inside):
    (tmp_path / "taken").touch()
    done = CliRunner().invoke(main, [verb, str(six_villages), "--out", str(tmp_path.joinpath("taken", *inside))])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"Error: {tmp_path / 'taken'} is a file; name a folder to write into.\n"


@pytest.mark.parametrize("verb", [["map"], ["explain", "freed"]])
def test_no_file_is_written_over_a_programme(six_villages, verb):
    before = (six_villages / "hazards.geojson").read_bytes()
    out = six_villages / "hazards.geojson"
    done = CliRunner().invoke(main, [verb[0], str(six_villages), *verb[1:], "--out", str(out)])
    assert done.exit_code == 1
    assert done.stderr == f"Error: {six_villages} is a programme itself; name another folder to write into.\n"
    assert out.read_bytes() == before


@pytest.mark.parametrize("verb", [["map"], ["explain", "freed"]])
def test_a_file_that_is_a_folder_is_refused_before_anything_is_computed(six_villages, tmp_path, verb):
    done = CliRunner().invoke(main, [verb[0], str(six_villages), *verb[1:], "--out", str(tmp_path)])
    assert done.exit_code == 1
    assert done.stderr == f"Error: {tmp_path} is a folder; name a file in it.\n"


def test_a_folder_without_the_right_to_write_is_refused_before_anything_is_computed(
    six_villages, tmp_path, monkeypatch
):
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.W_OK)
    done = CliRunner().invoke(main, ["export", str(six_villages), "--out", str(tmp_path)])
    assert done.exit_code == 1
    assert done.stderr == f"Error: {tmp_path} cannot be written into; name another folder.\n"


@pytest.mark.parametrize("verb", ["serve", "demo"])
def test_a_taken_port_is_refused_before_anything_is_computed(six_villages, tmp_path, verb):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        where = [str(six_villages)] if verb == "serve" else ["--out", str(tmp_path)]
        done = CliRunner().invoke(main, [verb, *where, "--port", str(port)])
    assert done.exit_code == 1
    assert done.stderr == f"Error: Port {port} of 127.0.0.1 is taken or not allowed; choose another with --port.\n"


def test_help_says_the_least_numbers_and_what_rows_limits():
    text = run("synthetic", "--help")
    assert f"At least {LEAST_HAZARDS}." in text
    assert f"At least {LEAST_COMMUNITIES}." in text
    assert "Hazards listed, and sets." in run("gains", "--help")


def test_a_reader_that_has_seen_enough_is_not_told_to_choose_another_file(six_villages, monkeypatch):
    def closed(*_, **__):
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr("hazard_service.reports.check.check_text", closed)
    done = CliRunner().invoke(main, ["check", str(six_villages)])
    assert (done.exit_code, done.output) == (1, "")


def test_an_export_of_a_past_date_holds_the_hazards_known_later(six_villages, tmp_path):
    run("--quiet", "export", six_villages, "--on", "2005-12-31", "--format", "geojson", "--out", tmp_path)
    later, now = (pyogrio.read_dataframe(tmp_path / f"{name}.geojson") for name in ("hazards_known_later", "hazards"))
    assert set(later["hazard_id"]) == {"H-laid", "H-found", "H-tighter"}
    assert set(now["hazard_id"]) == {"H-ringed", "H-corrected", "H-redrawn"}


def test_report_writes_the_last_full_year_as_a_page(six_villages, tmp_path):
    text = run("--quiet", "report", six_villages, "--out", tmp_path)
    assert text == f"wrote {tmp_path / 'article7_2025.html'}\n"
    page = (tmp_path / "article7_2025.html").read_text(encoding="utf-8")
    assert "2025-01-01 to 2025-12-31" in page
    assert "Projection" not in page


def test_report_takes_kind_year_deadline_and_format(six_villages, tmp_path):
    asked = ("--quiet", "report", six_villages, "--out", tmp_path)
    run(*asked, "--year", "2012", "--deadline", "2030-12-31", "--format", "hxl")
    with open(tmp_path / "article7_2012_11_projection.hxl.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1][:2] == ["#date", "#indicator+num+projected+lowest+m2"]
    assert [row[0] for row in rows[2:4]] == ["2012-12-31", "2013-12-31"]
    run(*asked, "--kind", "who-does-what", "--year", "2010", "--format", "csv")
    with open(tmp_path / "who-does-what_2010_01_released-by.csv", encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    # A ring: 400² - 200² = 120,000 m², to the rounding of degrees.
    assert float(row["cleared, m²"]) == pytest.approx(120_000, abs=2)


@pytest.mark.parametrize(
    ("asked", "name", "titles"),
    [
        (("article7", "--year", "2010"), "article7_2010.pdf",
         ["Released in the period, by method", "Map: Six villages on 2010-12-31"]),
        (("who-does-what", "--year", "2012"), "who-does-what_2012.pdf", ["Map: Six villages on 2012-12-31"]),
        (("objectives",), "objectives_2026.pdf", ["Map: Six villages on 2026-06-30"]),
    ],
)  # fmt: skip
def test_report_writes_a_pdf_with_its_charts_and_map(six_villages, tmp_path, monkeypatch, asked, name, titles):
    """In 2010 a ring was cleared, in 2012 nothing was: then there is no chart of releases."""
    from hazard_service import printing

    drawn = []

    def write(report, folder, form, pages):
        drawn.extend(page.title for page in pages)
        return write_report(report, folder, form, pages)

    write_report = printing.write_report
    monkeypatch.setattr(printing, "write_report", write)
    text = run("--quiet", "report", six_villages, "--kind", *asked, "--format", "pdf", "--out", tmp_path)
    assert text == f"wrote {tmp_path / name}\n"
    assert (tmp_path / name).read_bytes().startswith(b"%PDF-")
    assert drawn[-len(titles) :] == titles
    assert len(drawn) == len(titles) + (2 if asked == ("objectives",) else 0)


def test_nothing_is_drawn_for_other_formats(six_villages, tmp_path, monkeypatch):
    monkeypatch.setattr("hazard_service.printing.map_page", None)
    run("--quiet", "report", six_villages, "--year", "2010", "--format", "csv", "--out", tmp_path)


def test_progress_prints_the_years_and_writes_tables_and_a_page(six_villages, tmp_path):
    text = run("--quiet", "progress", six_villages, "--out", tmp_path)
    assert "freedom of movement is wider (modelled, firm) for 1 (33 %)" in text
    assert re.search(r"2010-12-31 +\d\.\d{3} +\d\.\d{3} +2 +1 +0 +0 +0 +1 +- +- +-", text)
    assert (tmp_path / "progress.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    rows = list(csv.DictReader((tmp_path / "series.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["held_back"] for row in rows if row["on"] in ("2005-12-31", "2026-06-30")] == ["3", "3"]


def test_a_date_of_the_last_report_that_is_none_is_refused_before_anything_is_counted(six_villages, tmp_path):
    for since, sentence in (("2012-31-12", "is not a date"), ("2012-12-30", "is no earlier date of this page")):
        text = run("progress", six_villages, "--since", since, "--out", tmp_path / "out", code=1)
        assert sentence in text
        assert "..." not in text  # no progress line
    assert not (tmp_path / "out").exists()


def test_explain_prints_the_rule_and_whom_it_counts(six_villages, tmp_path):
    text = run("--quiet", "explain", six_villages, "freed", "--out", tmp_path / "freed.geojson")
    assert "Communities no longer held back by release (freed) on 2026-06-30: 1\n" in text
    assert "freed_gain_share = 0.05" in text
    assert "again: hazard-service explain FOLDER freed --step year" in text
    features = json.loads((tmp_path / "freed.geojson").read_text())["features"]
    assert [one["id"] for one in features if one["properties"]["what"] == "counted"] == ["ringed"]
    text = run("--quiet", "explain", six_villages, "freed", "--kinds", "SHA", "--district", "outside districts")
    assert "(freed) on 2026-06-30: 0\n" in text
    assert "--kinds SHA --district 'outside districts'" in text
    assert "Nothing is called happiness here" in run("--quiet", "explain", six_villages, "happiness", code=1)


def test_a_saved_number_is_counted_again(six_villages, tmp_path):
    """Casualties too, whose file has no feature."""
    for name in ("freed", "casualties_12_months"):
        saved = tmp_path / f"{name}.geojson"
        said = run("--quiet", "explain", six_villages, name, "--out", saved)
        assert ("(without features: single records never leave the service)" in said) == (name != "freed")
        assert run("--quiet", "replay", six_villages, saved).endswith("The same as saved, to the last digit and row.\n")
    told = json.loads((tmp_path / "freed.geojson").read_text(encoding="utf-8"))
    told["features"][0]["properties"]["name"] = "another"
    (tmp_path / "freed.geojson").write_text(json.dumps(told), encoding="utf-8")
    refused = run("--quiet", "replay", six_villages, tmp_path / "freed.geojson", code=1)
    assert (
        "The number of freed.geojson is the same when it is counted again, but the file has other features" in refused
    )
    told = json.loads(saved.read_text(encoding="utf-8"))
    saved.write_text(json.dumps(told | {"data_version": "0" * 16}), encoding="utf-8")
    assert "the data have changed" in run("--quiet", "replay", six_villages, saved, code=1)
    saved.write_text("freed: 1", encoding="utf-8")
    refused = run("--quiet", "replay", six_villages, saved, code=1)
    assert "casualties_12_months.geojson is no saved explanation: " in refused
    refused = run("--quiet", "explain", six_villages, "freed", "--since", "2009-12-31", code=1)
    assert "freed is not counted from a date of your own" in refused
    again = run("--quiet", "explain", six_villages, "since_held_back", "--since", "2009-12-31")
    assert "Change in communities held back (since_held_back) on 2026-06-30: " in again
