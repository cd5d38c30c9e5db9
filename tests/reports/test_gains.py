"""Gains as text and files, of the six villages: sentences to the letter, files read back."""

import dataclasses
import json
import shutil
import subprocess

import pandas as pd
import pyogrio
import pytest

from hazard_service.assessment import assess
from hazard_service.downloads.exporting import export
from hazard_service.layers import open_programme
from hazard_service.planning import gains_of
from hazard_service.reports.files import ExportError
from hazard_service.reports.gains import gains_text, write_gains
from hazard_service.vocabulary import NOT_TESTED


@pytest.fixture(scope="module")
def found(six_villages):
    return gains_of(assess(open_programme(six_villages).situation("2005-12-31")))


def test_the_table_is_ranked_and_says_not_released(found):
    lines = gains_text(found, rows=2).splitlines()
    assert lines[0] == "Six villages, 2005-12-31: what releasing each open hazard alone would give back"
    assert lines[1] == "NOT RELEASED: what a release would give back, computed from recorded hazards; modelled."
    first = lines[4].split()
    gained = found.hazards.sort_values("rank")["gained_km2"].iloc[0]
    assert first[0] == "1"
    assert first[2:] == ["1", "100", "1", "100", f"{gained:.2f}", "1", "100"]
    assert len([line for line in lines if line.split()[1:2] and line.split()[1].startswith("H-")]) == 2
    assert " freed or wider " in lines[3]
    assert "Freed or wider: the freed, and those whose movement is wider though they are not freed." in lines
    assert "3 of 3 open hazards free a community alone; 3 give reach back." in lines
    limits = lines.index("Read with these limits:")
    assert lines[limits + 1 :] == [f"  - {caveat}" for caveat in (*found.assessment.caveats, NOT_TESTED)]


def test_people_nobody_recorded_are_not_nobody(found):
    columns = dict.fromkeys(("freed_people", "expanded_people", "last_freed_people"), 0.0)
    unknown = dataclasses.replace(found, hazards=found.hazards.assign(**columns))
    row = gains_text(unknown, rows=1).splitlines()[4]
    assert row.count("not recorded") == 3
    none = found.hazards.assign(**columns, freed=0, expanded=0, last_freed=0)
    assert "not recorded" not in gains_text(dataclasses.replace(found, hazards=none), rows=1)


def test_sets_are_listed_and_cut_and_those_without_one_counted(found):
    ids = ["a", "b", "c"]
    needs = pd.DataFrame(
        {"community_id": ids, "hazard_ids": [["H-ringed", "H-redrawn"], ["H-corrected", "H-ringed"], []]}
    )
    text = gains_text(dataclasses.replace(found, needs=needs), rows=1)
    assert "3 held-back communities need more than one release; the least sets found:" in text
    assert "  a: H-ringed, H-redrawn\n  and 1 more; --out writes all of them" in text
    assert "  1 would gain too little from any set of releases to count as freed." in text


@pytest.mark.parametrize("form", ["gpkg", "geojson"])
def test_the_layer_reads_back_with_its_columns_dates_and_warning(found, tmp_path, form):
    written = write_gains(found, tmp_path, form)
    assert [path.name for path in written] == [
        f"gains.{form}",
        "gains_ranked.csv",
        "gains_pairs.csv",
        "gains_needs.csv",
        "gains_README.txt",
        "gains_provenance.json",
    ]
    layer = pyogrio.read_dataframe(written[0])
    assert layer.crs.to_epsg() == 4326
    assert layer["rank"].tolist() == [1, 2, 3]
    assert set(layer["state"]) == {"NOT RELEASED"}
    assert set(layer["as_of"].astype(str).str[:10]) == {"2005-12-31"}
    assert layer["warning"].str.contains("Not for navigation").all()
    expected = found.hazards.set_index("hazard_id")["gained_km2"]
    assert layer.set_index("hazard_id")["gained_km2"].to_dict() == pytest.approx(expected.to_dict())
    if shutil.which("ogrinfo"):
        said = subprocess.run(["ogrinfo", "-so", "-al", written[0]], capture_output=True, text=True, check=True).stdout
        assert "Feature Count: 3" in said


def test_pairs_and_sets_read_back(found, tmp_path):
    write_gains(found, tmp_path, "gpkg")
    pairs = pd.read_csv(tmp_path / "gains_pairs.csv", encoding="utf-8-sig")
    assert len(pairs) == len(found.pairs)
    assert set(pairs["order"]) == {"alone", "last"}
    ranked = pd.read_csv(tmp_path / "gains_ranked.csv", encoding="utf-8-sig", keep_default_na=False)
    assert ranked["rank"].tolist() == [1, 2, 3]
    assert ranked["frees_together"].tolist() == ["", "", ""]  # each ring alone frees its village
    assert "frees_together" in pyogrio.read_info(tmp_path / "gains.gpkg")["fields"]


def test_readme_and_provenance_hold_every_caveat_and_leave_those_of_an_export_alone(found, tmp_path):
    export(found.assessment.situation.programme, tmp_path, "csv", on="2005-12-31", names=["communities"])
    kept = (tmp_path / "README.txt").read_text("utf-8")
    write_gains(found, tmp_path, "gpkg")
    assert (tmp_path / "README.txt").read_text("utf-8") == kept
    said = (tmp_path / "gains_README.txt").read_text("utf-8").splitlines()
    assert said[0] == (
        "Six villages: what releasing each open hazard would give back, NOT RELEASED, as of 2005-12-31, "
        "data date 2026-06-30."
    )
    caveats = [*found.assessment.caveats, NOT_TESTED]
    assert said[5:] == [f"- {caveat}" for caveat in caveats]
    provenance = json.loads((tmp_path / "gains_provenance.json").read_text("utf-8"))
    assert (provenance["on"], provenance["caveats"]) == ("2005-12-31", caveats)
    exported = set(json.loads((tmp_path / "provenance.json").read_text("utf-8"))["caveats"])
    assert exported - set(caveats[:-1]) == {
        "Hazard areas recorded only after 2005-12-31: 3; they are in hazards_known_later."
    }
    assert set(caveats[:-1]) <= exported


def test_an_unknown_format_is_named(found, tmp_path):
    with pytest.raises(ExportError, match=r"^Unknown format: shp\. Known formats: gpkg, geojson\.$"):
        write_gains(found, tmp_path, "shp")


def test_where_no_hazard_is_open_that_is_said_and_files_are_written(six_villages, tmp_path):
    # All hazards of the six villages are confirmed; of suspected ones there are none.
    none = gains_of(assess(open_programme(six_villages).situation("2026-06-30", kinds=["SHA"])))
    assert (len(none.hazards), len(none.pairs), len(none.needs)) == (0, 0, 0)
    assert "No hazard on record is open on this date, of the kinds asked for." in gains_text(none)
    assert pyogrio.read_info(write_gains(none, tmp_path, "gpkg")[0])["features"] == 0
