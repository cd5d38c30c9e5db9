"""Ids, words, numbers and dates: each rule by a bad row, and the exact sentence about it."""

import pytest

from hazard_service.layers import open_programme


@pytest.fixture
def hazards(folder, world, accounted):
    """`hazards({column: value}, ...)`: the programme with one hazard for each."""

    def read(*rows, **layers):
        features = [world.feature(world.square(18.02 + n / 100, 44.0), **row) for n, row in enumerate(rows)]
        programme = open_programme(folder(hazards=features, **layers))
        accounted(programme)
        return programme

    return read


SOUND = {"kind": "SHA", "status": "open", "contamination": "uxo"}


def test_a_text_that_is_tidied_is_told_once_a_row(hazards, told):
    """Line breaks and control characters, which could forge lines of a report, and spaces at the ends of a text."""
    tidy, padded, broken, hidden, blank = (
        {"hazard_id": name, **SOUND, **more}
        for name, more in (
            ("H1", {"name": "Old mill"}), ("H2", {"name": " Old mill\u00a0"}), ("H3", {"name": "Old\nmill"}),
            ("H\x1b4", {"name": "Old mill\r\n", "status": "open\u2028"}), ("H5", {"name": " \n", "kind": " SHA "}),
        )
    )  # fmt: skip
    programme = hazards(tidy, padded, broken, hidden, blank)
    assert programme.hazards["name"].tolist() == ["Old mill"] * 4 + [None]
    assert programme.hazards["hazard_id"].tolist() == ["H1", "H2", "H3", "H 4", "H5"]
    assert programme.hazards["status"].tolist() == ["open"] * 5
    said = "Line breaks, control characters or spaces at the ends, in {}; it is read on one line without them."
    assert told(programme, "untidy_text") == [
        ("H2", "repaired", said.format("name")),
        ("H3", "repaired", said.format("name")),
        ("H 4", "repaired", said.format("hazard_id, name, status")),
    ]
    assert programme.rows.query("layer == 'hazards'")[["kept", "repaired"]].to_numpy().tolist() == [[2, 3]]


def test_missing_ids_are_given(hazards, told):
    programme = hazards({"hazard_id": None, **SOUND}, {"hazard_id": "  ", **SOUND})
    assert programme.hazards["hazard_id"].tolist() == ["hazards.geojson:0", "hazards.geojson:1"]
    assert told(programme, "missing_id") == [
        ("hazards.geojson:0", "repaired", "It has no hazard_id; it is called hazards.geojson:0 here."),
        ("hazards.geojson:1", "repaired", "It has no hazard_id; it is called hazards.geojson:1 here."),
    ]


def test_padded_ids_are_trimmed_before_duplicates_are_judged(hazards, told):
    rows = [{"hazard_id": name, **SOUND} for name in ("H1", " H1", "H1#2", "H1\u00a0", "h1")]
    programme = hazards(*rows)
    assert programme.hazards["hazard_id"].tolist() == ["H1", "H1#3", "H1#2", "H1#4", "h1"]
    assert told(programme, "padded_id") == [
        (" H1".strip(), "repaired", 'hazard_id " H1" begins or ends with a space; it is read as "H1".'),
        ("H1", "repaired", 'hazard_id "H1\u00a0" begins or ends with a space; it is read as "H1".'),
    ]
    assert [row[:2] for row in told(programme, "duplicate_id")] == [("H1#3", "repaired"), ("H1#4", "repaired")]


def test_a_district_is_never_called_as_the_rows_of_tables_that_are_no_district(folder, world, told):
    zones = [
        world.feature(world.square(18 + n / 20, 44), district_code=code, name=code)
        for n, code in enumerate(("whole programme", "outside districts", "outside districts", "12"))
    ]
    programme = open_programme(folder(districts=zones))
    codes = ["whole programme#1", "outside districts#1", "outside districts#1#2", "12"]
    assert programme.districts["district_code"].tolist() == codes
    assert told(programme, "reserved_code")[0] == (
        "whole programme#1", "repaired",
        "Tables call another row whole programme; this district is called whole programme#1 here.",
    )  # fmt: skip


def test_a_padded_reference_still_finds_its_hazard(hazards, world, told):
    release = {"release_id": "R1", "hazard_id": "H1 ", "method": "cleared", "completed_on": "2010-01-01"}
    programme = hazards({"hazard_id": "H1", **SOUND}, releases=[world.feature(world.square(18.02, 44.0), **release)])
    assert programme.releases["hazard_id"].tolist() == ["H1"]
    assert told(programme, "padded_id") == [
        ("R1", "repaired", 'hazard_id "H1 " begins or ends with a space; it is read as "H1".')
    ]


def test_codes_are_text_and_never_numbers(folder, world):
    communities = [
        world.feature("POINT (18.00 44.00)", community_id=12, district=None),
        world.feature("POINT (18.04 44.02)", community_id=None, district="007"),
        world.feature("POINT (18.02 44.02)", community_id=43093233, district="12"),
    ]
    programme = open_programme(folder(communities=communities))
    assert programme.communities["community_id"].tolist() == ["12", "communities.geojson:1", "43093233"]
    assert programme.communities["district"].tolist() == [None, "007", "12"]


@pytest.mark.parametrize(
    ("column", "value", "becomes", "rule", "detail"),
    [
        ("kind", "Minefield", "unclassified", "unknown_kind",
         'kind "Minefield" is not known; it is taken as unclassified. [values] in programme.toml can translate it.'),
        ("kind", None, "unclassified", "unknown_kind", "kind is blank; it is taken as unclassified."),
        ("status", "Handed over", "open", "unknown_status",
         'status "Handed over" is not known; it is taken as open. [values] in programme.toml can translate it.'),
        ("status", None, "open", "unknown_status", "status is blank; it is taken as open."),
        ("extent_method", "eye", None, "unknown_extent_method",
         'extent_method "eye" is not known; it is left out. [values] in programme.toml can translate it.'),
        ("contamination", "mines; UXO", "uxo;unknown", "unknown_contamination",
         'contamination "mines" is not known; it is taken as unknown.'),
        ("area_reported_m2", "big", "nan", "not_a_number", 'area_reported_m2 "big" is not a number; it is left out.'),
        ("area_reported_m2", "inf", "nan", "not_a_number", 'area_reported_m2 "inf" is not a number; it is left out.'),
        ("area_reported_m2", "-5", "nan", "negative_number", "area_reported_m2 is -5, below 0; it is left out."),
        ("reported_on", "31/12/2005", "NaT", "unreadable_date",
         'reported_on "31/12/2005" is not a date; it is left out. Write dates as 2005-12-31.'),
        ("reported_on", "2005", "NaT", "unreadable_date",
         'reported_on "2005" is not a date; it is left out. Write dates as 2005-12-31.'),
        ("reported_on", "2005-02-30", "NaT", "unreadable_date",
         'reported_on "2005-02-30" is not a date; it is left out. Write dates as 2005-12-31.'),
        ("reported_on", "2062-01-05", "NaT", "future_date",
         "reported_on 2062-01-05 lies after the data date, 2020-06-30; "
         "it is left out, so that the hazard counts as there all along."),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_read_is_repaired_to_the_careful_side(
    hazards, told, column, value, becomes, rule, detail
):
    programme = hazards({"hazard_id": "H1", **SOUND, column: value}, {"hazard_id": "H2", **SOUND, column: "?"})
    first = programme.hazards[column][0]
    assert (first if first is None else str(first)) == becomes
    assert told(programme, rule)[0] == ("H1", "repaired", detail)
    counts = programme.rows.query("layer == 'hazards'")[["kept", "repaired", "refused"]]
    assert counts.to_numpy().tolist() == [[0, 2, 0]]


@pytest.mark.parametrize(
    ("written", "read"),
    [("Worked on", "worked_on"), ("WORKED-ON", "worked_on"), (" suspended ", "suspended"), ("Closed", "closed")],
)
def test_words_are_known_in_capitals_and_with_spaces(hazards, written, read):
    assert hazards({"hazard_id": "H1", **SOUND, "status": written}).hazards["status"].tolist() == [read]


def test_dates_with_a_time_or_slashes_are_read_as_written(hazards):
    programme = hazards(
        {"hazard_id": "H1", **SOUND, "reported_on": "2005-12-31T23:30:00+05:00", "closed_on": "2006/01/02"},
        {"hazard_id": "H2", **SOUND, "reported_on": "1999-01-01 00:00:00", "closed_on": None},
    )
    assert programme.hazards["reported_on"].dt.strftime("%Y-%m-%d").tolist() == ["2005-12-31", "1999-01-01"]
    assert programme.hazards["closed_on"].dt.strftime("%Y-%m-%d").fillna("").tolist() == ["2006-01-02", ""]


def test_a_date_after_the_data_date_that_opens_nothing_stays(hazards, told):
    programme = hazards({"hazard_id": "H1", **SOUND, "closed_on": "2021-01-01"})
    assert told(programme, "future_date") == [
        ("H1", "kept", "closed_on 2021-01-01 lies after the data date, 2020-06-30; it stays as it is.")
    ]
    assert len(programme.situation("2020-06-30").hazards) == 1


def test_a_hazard_reported_after_the_data_date_is_open_all_along(hazards):
    programme = hazards({"hazard_id": "H1", **SOUND, "reported_on": "2062-01-05"})
    assert len(programme.situation("2005-12-31").hazards) == 1


def test_an_absent_column_is_told_once_and_repairs_no_row(hazards, told):
    programme = hazards({"hazard_id": "H1", "name": "Old orchard"}, {"hazard_id": "H2", "name": None})
    assert told(programme, "absent_column") == [
        (None, "kept", "There is no column kind: every hazard is taken as unclassified."),
        (None, "kept", "There is no column contamination: what every hazard holds is unknown."),
        (None, "kept", "There is no column status: every hazard is taken as open unless a date closes it."),
        (None, "kept", "There is no column reported_on: every hazard is taken as known since always."),
    ]
    assert programme.findings.query("rule == 'absent_column'")["row"].tolist() == [-1] * 4
    assert programme.rows.query("layer == 'hazards'")["kept"].tolist() == [2]
    assert programme.hazards["name"].tolist() == ["Old orchard", None]
    assert "Hazards neither suspected (SHA) nor confirmed (CHA): 2 of 2." in programme.caveats
    assert "Hazards whose contamination is not recorded: 2 of 2." in programme.caveats


def test_people_and_blockages(folder, world, told):
    communities = [
        world.feature("POINT (18.00 44.00)", community_id="C1", people=-5, women="many", housing=True, roads="no"),
        world.feature("POINT (18.04 44.02)", community_id="C2", people="120", women=60.0, housing=None, roads="2"),
    ]
    programme = open_programme(folder(communities=communities))
    assert programme.communities["people"].fillna(-1).tolist() == [-1, 120]
    assert programme.communities["women"].fillna(-1).tolist() == [-1, 60]
    assert programme.communities["housing"].fillna(-1).tolist() == [1, -1]
    assert programme.communities["roads"].fillna(-1).tolist() == [0, -1]
    assert told(programme, "negative_number") == [("C1", "repaired", "people is -5, below 0; it is left out.")]
    assert told(programme, "not_a_number") == [
        ("C1", "repaired", 'women "many" is not a number; it is left out.'),
        ("C2", "repaired", 'roads "2" is neither 0 nor 1; it is left out.'),
    ]


def test_people_are_whole_and_fit_on_the_earth(folder, world, told):
    communities = [
        world.feature("POINT (18.00 44.00)", community_id="C1", people=12.5, women=2e10),
        world.feature("POINT (18.04 44.02)", community_id="C2", people=1e10, women=0.4),
    ]
    programme = open_programme(folder(communities=communities))
    assert programme.communities["people"].tolist() == [13, 1e10]
    assert programme.communities["women"].fillna(-1).tolist() == [-1, 0]
    assert told(programme, "not_whole") == [
        ("C1", "repaired", "people is 12.5; it is read as 13."),
        ("C2", "repaired", "women is 0.4; it is read as 0."),
    ]
    assert told(programme, "not_a_number") == [
        ("C1", "repaired", "women is 20000000000, more than there can be; it is left out.")
    ]


def test_a_place_of_unknown_kind_is_another_place(folder, world, told):
    places = [world.feature("POINT (18 44)", place_id="P1", kind="Mosque")]
    programme = open_programme(folder(places=places))
    assert programme.places["kind"].tolist() == ["other"]
    assert told(programme, "unknown_kind") == [
        ("P1", "repaired",
         'kind "Mosque" is not known; it is taken as other. [values] in programme.toml can translate it.')
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "detail"),
    [
        ("BAC", 'method "BAC" is not known; the release is refused and opens nothing. '
                "[values] in programme.toml can translate it."),
        (None, "method is blank; the release is refused and opens nothing."),
    ],
)  # fmt: skip
def test_a_release_by_an_unknown_method_is_refused(hazards, world, told, method, detail):
    release = world.feature(world.square(18.02, 44.0), release_id="R1", method=method, completed_on="2010-01-01")
    programme = hazards({"hazard_id": "H1", **SOUND}, releases=[release])
    assert len(programme.releases) == 0
    assert told(programme, "unknown_method") == [("R1", "refused", detail)]
    assert programme.situation("2020-06-30").hazards["cut_m2"].tolist() == [0]
    assert "Releases that could not be used and open nothing: 1 (R1)." in programme.caveats
