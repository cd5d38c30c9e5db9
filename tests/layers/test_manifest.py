"""programme.toml: what it may say, and the sentence for what it may not; and mapping foreign columns and values."""

import datetime
import shutil

import pytest

from hazard_service.errors import DateError, LayerError, ProgrammeError, SettingError
from hazard_service.layers import check_programme, open_programme
from hazard_service.layers.findings import RULES
from hazard_service.layers.schema import LAYERS, TABLES


def test_what_programme_toml_states_is_in_the_programme(folder):
    programme = open_programme(folder(toml='country = "Testland"\nfictional = true\n[settings]\nreach_min = 45\n'))
    assert (programme.name, programme.country, programme.fictional) == ("Test land", "Testland", True)
    assert (programme.baseline_date, programme.data_date) == (datetime.date(2005, 12, 31), datetime.date(2020, 6, 30))
    assert programme.settings.reach_min == 45
    assert programme.caveats[0] == "This programme is fictional."
    assert (programme.elevation, programme.landcover, programme.population) == (None, None, None)
    assert set(programme.sources) == {
        "programme.toml", "communities.geojson", "places.geojson", "hazards.geojson", "districts.geojson",
        "scheme Landmine Impact Survey",
    }  # fmt: skip


def assert_columns(frame, columns, extra):
    assert list(frame.columns) == [*columns, *extra]
    assert frame.index.equals(frame.reset_index(drop=True).index)
    for name, kind in columns.items():
        kinds = {"date": "datetime64[s]", "number": "float64", "flag": "float64"}
        assert frame[name].dtype == kinds.get(kind, "object")


def test_absent_layers_are_empty_frames_with_their_columns(folder):
    programme = open_programme(folder())
    for layer, columns in LAYERS.items():
        frame = getattr(programme, layer)
        assert_columns(
            frame, columns, ["remnant", "dated_after_all", "geometry"] if layer == "hazards" else ["geometry"]
        )
        assert frame.crs == programme.crs
    for table, columns in TABLES.items():
        assert_columns(getattr(programme, table), columns, [])
        assert len(getattr(programme, table)) == 0
        assert not any(table in caveat for caveat in programme.caveats)
    assert len(programme.routes) == len(programme.releases) == len(programme.accidents) == 0
    assert "No routes are recorded: everybody walks off road." in programme.caveats
    assert "No releases are recorded: nothing can be counted as given back." in programme.caveats


def test_the_metre_crs_is_centred_on_the_communities(folder):
    programme = open_programme(folder())
    assert programme.crs == "+proj=laea +lat_0=44.0 +lon_0=18.0 +datum=WGS84 +units=m +no_defs"
    lower = programme.communities.set_index("community_id").loc["C2", "geometry"]
    assert (lower.x, lower.y) == pytest.approx((3208, 2223), abs=2)


def test_the_situation_on_a_date(folder):
    programme = open_programme(folder())
    assert len(programme.situation("2020-06-30").hazards) == 1
    assert len(programme.situation(datetime.date(2010, 1, 1), ["CHA"]).hazards) == 0
    with pytest.raises(DateError):
        programme.situation("2020-07-01")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name = ", None),
        ('name = ""', 'programme.toml needs name = "text".'),
        (
            'name = "A"\nbaseline_date = "2005-12-31"',
            "programme.toml needs baseline_date = a date without quotes, such as 2005-12-31.",
        ),
        (
            'name = "A"\nbaseline_date = 2005-12-31T10:00:00',
            "programme.toml needs baseline_date = a date without quotes, such as 2005-12-31.",
        ),
        (
            'name = "A"\nbaseline_date = 2005-12-31\ndata_date = 2005-12-31',
            "baseline_date 2005-12-31 is not before data_date 2005-12-31; correct programme.toml.",
        ),
        (
            "nmae = 1",
            "Unknown key in programme.toml: nmae. Known are: name, country, fictional, baseline_date, data_date, "
            "scheme, settings, layers, crs, columns, values, map, licence.",
        ),
    ],
)
def test_a_programme_toml_that_cannot_be_used(tmp_path, text, sentence):
    dates = "\nbaseline_date = 2005-12-31\ndata_date = 2020-06-30"
    (tmp_path / "programme.toml").write_text(text if "baseline" in text else text + dates, encoding="utf-8")
    with pytest.raises(ProgrammeError) as error:
        open_programme(tmp_path)
    if sentence is None:
        assert str(error.value).startswith("programme.toml cannot be read: ")
    else:
        assert str(error.value) == sentence


def test_a_folder_without_programme_toml(tmp_path):
    with pytest.raises(ProgrammeError) as error:
        open_programme(tmp_path / "nowhere")
    nowhere = tmp_path / "nowhere"
    assert str(error.value) == f"{nowhere} has no programme.toml; a programme is a folder with that file."


def test_a_byte_order_mark_is_no_part_of_the_text(six_villages, tmp_path):
    folder = tmp_path / "marked"
    shutil.copytree(six_villages, folder)
    text = (folder / "programme.toml").read_bytes()
    (folder / "programme.toml").write_bytes(b"\xef\xbb\xbf" + text.lstrip())
    assert open_programme(folder).name == "Six villages"


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        (
            "[layers]\nminefields = 'a.geojson'",
            "Unknown layer in programme.toml: minefields. Known are: communities, hazards, releases, places, routes, "
            "accidents, districts, surveys, beneficiaries, countries, country_boundaries, elevation, landcover, "
            "population.",
        ),
        ("layers = 1", "[layers] in programme.toml must be a table."),
        ("[layers]\nroutes = 3", "[layers] routes in programme.toml must be a file name, or a list of them."),
        (
            "[layers]\nroutes = '//host/share/a.gpkg'",
            "[layers] routes names an address, //host/share/a.gpkg; only files on this machine are read.",
        ),
        (
            r"[layers]" + "\n" + r"elevation = '\\host\share\dem.tif'",
            r"[layers] elevation names an address, \\host\share\dem.tif; only files on this machine are read.",
        ),
        (
            f"[layers]\nroutes = '{'a' * 5000}.gpkg'",
            "[layers] routes in programme.toml is no usable file name (File name too long); correct it.",
        ),
        ("x = " + "[" * 5000, "programme.toml cannot be read: its brackets are nested too deep."),
        ("[layers]\nroutes = ['a.gpkg', 'a.gpkg']", "[layers] routes names a.gpkg twice; name each file once."),
        (
            "[layers]\nelevation = 'dem.tif'",
            "dem.tif is not there; put the file in place or take it out of programme.toml.",
        ),
        ("fictional = 'no'", "fictional in programme.toml must be true or false."),
        (
            "[columns.houses]\na = 'b'",
            "Unknown layer under [columns] in programme.toml: houses. Known are: communities, hazards, releases, "
            "places, routes, accidents, districts, surveys, beneficiaries, countries, country_boundaries.",
        ),
        (
            "[columns.places]\nsort = 'b'",
            "Unknown column under [columns.places] in programme.toml: sort. Known are: place_id, kind, name, "
            "longitude, latitude.",
        ),
        ("[columns.places]\nkind = 1", "[columns.places] kind must be a column name, or a list of them."),
        ("[values.places]\nkind = 'a'", '[values.places.kind] must be a table of "theirs" = "ours".'),
        (
            "[values.places.sort]\na = 'b'",
            "Unknown column under [values.places] in programme.toml: sort. Known are: place_id, kind, name.",
        ),
        (
            "[crs]\nhouses = 'EPSG:4326'",
            "Unknown layer or file under [crs] in programme.toml: houses. Known are: communities, hazards, releases, "
            "places, routes, accidents, districts, country_boundaries, communities.geojson, districts.geojson, "
            "hazards.geojson, places.geojson.",
        ),
    ],
)
def test_entries_that_are_not_known_are_refused(folder, toml, sentence):
    with pytest.raises(ProgrammeError) as error:
        open_programme(folder(toml=toml + "\n"))
    assert str(error.value) == sentence


def test_an_unknown_setting_is_refused(folder):
    with pytest.raises(SettingError, match="Unknown setting: speed"):
        open_programme(folder(toml="[settings]\nspeed = 3\n"))


def test_two_files_for_one_layer_are_an_error_that_names_both(folder):
    path = folder()
    (path / "hazards.csv").write_text("hazard_id,x,y\n", encoding="utf-8")
    with pytest.raises(ProgrammeError) as error:
        open_programme(path)
    assert str(error.value) == (
        "hazards could be read from hazards.geojson and hazards.csv; keep one, or name it under [layers]."
    )


def test_required_layers(folder):
    with pytest.raises(LayerError) as error:
        open_programme(folder(hazards=None))
    assert str(error.value) == ("The programme has no hazards; add hazards.gpkg or name its file under [layers].")


def test_a_programme_without_a_usable_community(folder, world):
    path = folder(communities=[world.feature(None, community_id="C1")])
    with pytest.raises(LayerError) as error:
        open_programme(path)
    assert str(error.value) == "No row of communities can be used; see the check report."


def test_check_goes_on_where_a_layer_cannot_be_used(folder, world):
    path = folder(places=[world.feature(None, place_id="P1")])
    (path / "hazards.geojson").write_text("{", encoding="utf-8")
    (path / "districts.geojson").write_text("", encoding="utf-8")
    report = check_programme(path)
    assert report.unusable == [
        "hazards.geojson is broken or cut off; export the layer again.",
        "districts.geojson is empty; export the layer again.",
    ]
    assert report.rows["layer"].tolist() == ["communities", "places"]
    assert report.findings["rule"].tolist() == ["absent_column", "null_geometry"]
    assert (report.rows["rows_in"] == report.rows["kept"] + report.rows["repaired"] + report.rows["refused"]).all()


def test_columns_and_values_are_mapped(folder, world):
    toml = (
        '[columns.hazards]\nhazard_id = "CODE"\nkind = "klass"\nreported_on = ["seen", "noted"]\n'
        '[values.hazards.kind]\n"Suspected area" = "SHA"\n"2" = "CHA"\n'
    )
    hazards = [
        world.feature(world.square(18.02, 44), code=7, klass=" Suspected area ", seen=None, noted="2001-02-03"),
        world.feature(world.square(18.03, 44), code=None, klass="2", seen="2002-02-03", noted="2001-02-03"),
        world.feature(world.square(18.04, 44), code=9, klass="sha", seen=None, noted=None),
    ]
    programme = open_programme(folder(hazards=hazards, toml=toml))
    assert programme.hazards["hazard_id"].tolist() == ["7", "hazards.geojson:1", "9"]
    assert programme.hazards["kind"].tolist() == ["SHA", "CHA", "SHA"]
    reported_on = programme.hazards["reported_on"].dt.strftime("%Y-%m-%d").fillna("")
    assert reported_on.tolist() == ["2001-02-03", "2002-02-03", ""]


def test_a_column_named_in_no_file_is_an_error(folder):
    toml = '[columns.hazards]\nstatus = ["stat", "state"]\n'
    with pytest.raises(LayerError) as error:
        open_programme(folder(toml=toml))
    assert str(error.value) == (
        "[columns.hazards] takes status from stat or state, which no file has; "
        "its columns are: hazard_id, kind, status, contamination."
    )


def test_one_layer_from_two_files_and_two_layers_from_one(folder, world, told, accounted):
    toml = (
        '[layers]\nhazards = ["hazards.geojson", "done.geojson"]\nreleases = "done.geojson"\n'
        '[columns.releases]\nrelease_id = "hazard_id"\nmethod = "how"\nhazard_id = "none"\n'
    )
    path = folder(toml=toml.replace('hazard_id = "none"\n', ""))
    done = [world.feature(world.square(18.03, 44), hazard_id="H1", kind="SHA", status="closed", how="cleared")]
    world.write_geojson(path / "done.geojson", done)
    programme = open_programme(path)
    accounted(programme)
    assert programme.hazards["hazard_id"].tolist() == ["H1", "H1#2"]
    assert programme.rows[["layer", "file", "rows_in"]].to_numpy().tolist() == [
        ["communities", "communities.geojson", 2],
        ["hazards", "hazards.geojson", 1],
        ["hazards", "done.geojson", 1],
        ["releases", "done.geojson", 1],
        ["places", "places.geojson", 2],
        ["districts", "districts.geojson", 1],
    ]
    [(identifier, action, detail)] = told(programme, "duplicate_id")
    assert (identifier, action) == ("H1#2", "repaired")
    assert detail == ("hazard_id H1 repeats; this row is called H1#2 here, and what names H1 means the first row only.")


def test_files_of_the_same_name_are_told_apart_by_their_folder(folder, world):
    path = folder(toml='[layers]\nhazards = ["north/h.geojson", "south/h.geojson"]\n')
    for number, name in enumerate(("north", "south")):
        (path / name).mkdir()
        hazard = world.feature(world.square(18.02 + number / 100, 44), hazard_id=name)
        world.write_geojson(path / name / "h.geojson", [hazard])
    programme = open_programme(path)
    assert programme.rows.query("layer == 'hazards'")["file"].tolist() == ["north/h.geojson", "south/h.geojson"]
    assert {"north/h.geojson", "south/h.geojson"} <= set(programme.sources)


def test_files_of_the_same_name_in_folders_of_the_same_name_are_both_kept(folder, world, accounted):
    path = folder(toml='[layers]\nhazards = ["a/x/h.geojson", "b/x/h.geojson"]\n')
    for number, name in enumerate(("a", "b")):
        (path / name / "x").mkdir(parents=True)
        hazard = world.feature(world.square(18.02 + number / 100, 44), hazard_id=name)
        world.write_geojson(path / name / "x" / "h.geojson", [hazard])
    programme = open_programme(path)
    accounted(programme)
    assert programme.rows.query("layer == 'hazards'")["file"].tolist() == ["a/x/h.geojson", "b/x/h.geojson"]
    assert programme.hazards["hazard_id"].tolist() == ["a", "b"]
    assert programme.hazards.geometry[0].disjoint(programme.hazards.geometry[1])
    assert {"a/x/h.geojson", "b/x/h.geojson"} <= set(programme.sources)


def test_control_characters_of_the_data_become_spaces(folder, world):
    forged = "C1\r\nall is well\x1b[2K\x85\u2028."
    communities = [world.feature("POINT (18 44)", community_id=forged, name="\n"), world.communities[1]]
    programme = open_programme(folder(communities=communities))
    assert programme.communities["community_id"][0] == "C1  all is well [2K  ."
    assert programme.communities["name"][0] is None


def test_every_rule_has_a_sentence_for_readers():
    assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in RULES.values())
