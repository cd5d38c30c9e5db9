"""The real case: every row of central Bosnia accounted for, and the areas the design was tried on."""

import pytest
import shapely

from hazard_service.layers import check_programme, open_programme


@pytest.fixture(scope="module")
def bosnia(bosnia_folder):
    return open_programme(bosnia_folder)


def test_every_row_is_accounted_for(bosnia):
    rows = bosnia.rows.set_index(["layer", "file"])[["rows_in", "kept", "repaired", "refused"]]
    assert {key: row.tolist() for key, row in rows.iterrows()} == {
        ("communities", "places.geojson"): [722, 722, 0, 0],
        ("hazards", "suspect.geojson"): [1518, 1396, 122, 0],
        ("hazards", "cleared.geojson"): [1294, 1158, 136, 0],
        ("releases", "cleared.geojson"): [1294, 1158, 135, 1],
        ("places", "services.geojson"): [188, 187, 1, 0],
        ("accidents", "incidents.geojson"): [364, 364, 0, 0],
        ("districts", "municipalities.geojson"): [14, 14, 0, 0],
    }
    assert len(bosnia.hazards) == 1518 + 1294
    assert len(bosnia.unplaced) == 0
    # CLE-00611 has no area to speak of: as a hazard it is a corridor, as a release it opens nothing.
    refused = bosnia.findings.query("action == 'refused'")
    assert refused["id"].tolist() == ["CLE-00611"]


def test_invalid_rings_are_repaired_and_counted(bosnia):
    invalid = bosnia.findings.query("rule == 'invalid_geometry' and layer == 'hazards'")
    assert invalid["file"].value_counts().to_dict() == {"suspect.geojson": 122, "cleared.geojson": 135}
    assert bosnia.hazards.geometry.is_valid.all()
    assert bosnia.releases.geometry.is_valid.all()


def test_what_is_missing_is_said(bosnia):
    assert set(bosnia.caveats) >= {
        "Hazards with invalid outlines that were repaired, losing no ground: 257 of 2,812.",
        "Hazards neither suspected (SHA) nor confirmed (CHA): 2,812 of 2,812.",
        "Hazards whose contamination is not recorded: 2,812 of 2,812.",
        "No routes are recorded: everybody walks off road.",
    }
    assert bosnia.findings["rule"].value_counts()["cleared_without_date"] == 1293
    assert (bosnia.elevation, bosnia.landcover) == (None, None)
    assert bosnia.releases["completed_on"].isna().all()
    assert bosnia.releases["hazard_id"].isna().all()


def test_columns_and_values_are_mapped(bosnia):
    assert set(bosnia.hazards["kind"]) == {"unclassified"}
    assert set(bosnia.releases["method"]) == {"cleared"}
    assert bosnia.places["kind"].value_counts().to_dict() == {
        "other": 95, "school": 46, "water": 29, "health": 14, "market": 4,
    }  # fmt: skip
    people = bosnia.communities.set_index("name")["people"]
    assert people["Doboj"] == 25132
    assert bosnia.communities["people"].notna().sum() == 436
    assert set(bosnia.communities["district"].dropna()) <= set(bosnia.districts["district_code"])


def test_area_of_the_hazards_on_both_dates(bosnia):
    """An independent run with other repair found 167.875 km² before and 163.246 then."""
    before, then = bosnia.situation("2013-01-01"), bosnia.situation("2024-07-01")
    assert shapely.union_all(before.hazards.geometry.values).area / 1e6 == pytest.approx(167.875, abs=0.05)
    assert shapely.union_all(then.hazards.geometry.values).area / 1e6 == pytest.approx(163.246, abs=0.05)


def test_the_check_report_finds_every_layer_usable(bosnia, bosnia_folder):
    report = check_programme(bosnia_folder)
    assert report.unusable == []
    assert report.rows.equals(bosnia.rows)
