"""Tables, layers without geometry: what is read from each format, and each rule by a bad row and its exact sentence."""

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from hazard_service.errors import LayerError, ProgrammeError
from hazard_service.layers import check_programme, open_programme

SURVEYS = (
    "survey_id,community_id,surveyed_on,drinking_water,roads,housing\n"
    "S1,C1,2010-05-06,0,1,\n"
    "S2,C1,2015-05-06,no,0,\n"
    "S3,C2,2011/01/02,1,yes,true\n"
)
FACTS = "fact_id,iso3,name,fact,value,dated_on,source\n"


@pytest.fixture
def tables(folder, accounted):
    """`tables(surveys="csv text", ..., toml="...")`: the programme with these tables; other words go to `folder`."""

    def read(*, surveys=None, beneficiaries=None, countries=None, **layers):
        path = folder(**layers)
        for table, text in (("surveys", surveys), ("beneficiaries", beneficiaries), ("countries", countries)):
            if text is not None:
                (path / f"{table}.csv").write_text(text, encoding="utf-8")
        programme = open_programme(path)
        accounted(programme)
        return programme

    return read


@pytest.fixture
def releases(world):
    """Two releases on record, and one whose method is not known."""
    return [
        world.feature(world.square(18.02, 44.0), release_id=name, method=method, completed_on="2010-01-01")
        for name, method in (("R1", "cleared"), ("R2", "reduced"), ("R3", "blessed"))
    ]


def assert_surveys(surveys):
    assert type(surveys) is pd.DataFrame
    assert surveys["survey_id"].tolist() == ["S1", "S2", "S3"]
    assert surveys["community_id"].tolist() == ["C1", "C1", "C2"]
    assert surveys["surveyed_on"].dt.strftime("%Y-%m-%d").tolist() == ["2010-05-06", "2015-05-06", "2011-01-02"]
    assert surveys["surveyed_on"].dtype == "datetime64[s]"
    assert surveys["drinking_water"].tolist() == [0, 0, 1]
    assert surveys["roads"].tolist() == [1, 0, 1]
    assert surveys["housing"].fillna(-1).tolist() == [-1, -1, 1]
    assert surveys["other_water"].isna().all()


# Formats


def test_a_csv_beside_the_layers(tables):
    programme = tables(surveys=SURVEYS)
    assert_surveys(programme.surveys)
    assert programme.rows.query("layer == 'surveys'").to_numpy().tolist() == [["surveys", "surveys.csv", 3, 3, 0, 0]]
    assert "surveys.csv" in programme.sources


@pytest.fixture
def rows_of_surveys(tmp_path_factory):
    path = tmp_path_factory.mktemp("surveys") / "surveys.csv"
    path.write_text(SURVEYS, encoding="utf-8")
    return pd.read_csv(path, dtype=object)


def test_a_table_of_the_geopackage_that_holds_all_layers(tmp_path, world, rows_of_surveys):
    (tmp_path / "programme.toml").write_text(world.toml, encoding="utf-8")
    for layer in ("hazards", "communities"):
        frame = gpd.GeoDataFrame.from_features(getattr(world, layer), crs=4326)
        frame.to_file(tmp_path / "programme.gpkg", layer=layer)
    pyogrio.write_dataframe(rows_of_surveys, tmp_path / "programme.gpkg", layer="surveys", append=True)
    programme = open_programme(tmp_path)
    assert_surveys(programme.surveys)
    assert len(programme.hazards) == 1


def test_a_geopackage_with_one_table_of_any_name(folder, rows_of_surveys):
    path = folder(toml='[layers]\nsurveys = "looked_again.gpkg"\n')
    pyogrio.write_dataframe(rows_of_surveys, path / "looked_again.gpkg", layer="Round 2")
    assert_surveys(open_programme(path).surveys)


def test_a_table_of_a_geopackage_is_no_layer(folder, rows_of_surveys):
    path = folder(hazards=None, toml='[layers]\nhazards = "list.gpkg"\n')
    pyogrio.write_dataframe(rows_of_surveys, path / "list.gpkg", layer="hazards")
    with pytest.raises(LayerError) as error:
        open_programme(path)
    assert str(error.value) == "list.gpkg has no layer named hazards; its layers are: none."


@pytest.mark.parametrize("geometry", [None, shapely.Point(300, 300)])
def test_a_geojson_whose_geometry_is_not_looked_at(folder, world, rows_of_surveys, geometry):
    """300° is no longitude, and in a layer the row would be refused."""
    path = folder(toml='[layers]\nsurveys = "surveys.geojson"\n')
    rows = rows_of_surveys.where(rows_of_surveys.notna(), None).to_dict("records")
    world.write_geojson(path / "surveys.geojson", [world.feature(geometry, **row) for row in rows])
    assert_surveys(open_programme(path).surveys)


def test_a_map_of_the_countries_is_not_taken_for_the_register(folder, world):
    programme = open_programme(folder(countries=[world.feature(world.square(18, 44), iso3="XAA", name="Acornland")]))
    assert len(programme.countries) == 0
    assert "countries" not in set(programme.rows["layer"])


def test_columns_and_values_of_a_table_are_mapped_and_files_joined(folder, accounted):
    toml = (
        '[layers]\nsurveys = ["first.csv", "second.csv"]\n'
        '[columns.surveys]\nsurvey_id = "nr"\ncommunity_id = "village"\nsurveyed_on = ["seen", "noted"]\n'
        '[values.surveys.roads]\n"blocked" = "1"\n"open" = "0"\n'
    )
    path = folder(toml=toml)
    (path / "first.csv").write_text("nr;village;seen;noted;Roads\n1;C1;;2010-01-01;blocked\n", encoding="utf-8")
    (path / "second.csv").write_text("nr,village,seen,Roads\n1,C2,2011-01-01,open\n", encoding="utf-8")
    programme = open_programme(path)
    accounted(programme)
    assert programme.surveys["survey_id"].tolist() == ["1", "1#2"]
    assert programme.surveys["roads"].tolist() == [1, 0]
    assert programme.surveys["surveyed_on"].dt.year.tolist() == [2010, 2011]
    assert programme.rows.query("layer == 'surveys'")["file"].tolist() == ["first.csv", "second.csv"]


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        (
            "[columns.beneficiaries]\nlongitude = 'x'",
            "Unknown column under [columns.beneficiaries] in programme.toml: longitude. Known are: beneficiary_id, "
            "release_id, community_id, women, men, girls, boys.",
        ),
        (
            "[values.countries]\nflag = {}",
            "Unknown column under [values.countries] in programme.toml: flag. Known are: fact_id, iso3, name, fact, "
            "value, dated_on, source.",
        ),
        (
            "[layers]\nsurveys = 'surveys.csv'\n[crs]\n'surveys.csv' = 'EPSG:4326'",
            "Unknown layer or file under [crs] in programme.toml: surveys.csv. Known are: communities, hazards, "
            "releases, places, routes, accidents, districts, country_boundaries, communities.geojson, "
            "districts.geojson, hazards.geojson, places.geojson.",
        ),
    ],
)
def test_a_table_has_no_place(folder, toml, sentence):
    with pytest.raises(ProgrammeError) as error:
        open_programme(folder(toml=f"{toml}\n"))
    assert str(error.value) == sentence


def test_a_table_that_cannot_be_used_stops_a_programme_and_not_its_check(folder):
    path = folder(toml='[columns.countries]\nsource = "page"\n')
    (path / "surveys.csv").write_bytes(b"\xff\xfe\x00i")
    (path / "countries.csv").write_text(FACTS, encoding="utf-8")
    report = check_programme(path)
    assert report.unusable == [
        "surveys.csv is not UTF-8 text; save it as CSV UTF-8.",
        "[columns.countries] takes source from page, which no file has; "
        "its columns are: fact_id, iso3, name, fact, value, dated_on, source.",
    ]
    assert report.rows["layer"].tolist() == ["communities", "hazards", "places", "districts"]
    with pytest.raises(LayerError) as error:
        open_programme(path)
    assert str(error.value) == report.unusable[0]


def test_findings_of_tables_come_after_those_of_layers(tables, world):
    places = [world.feature(None, place_id="P1")]
    programme = tables(surveys="survey_id,community_id\nS1,C1\n", countries=f"{FACTS}F1,,,,,,\n", places=places)
    found = programme.findings[programme.findings["action"] == "refused"]
    assert found["layer"].tolist() == ["places", "surveys", "countries"]


# Surveys


def test_a_survey_of_a_community_that_is_not_on_record_is_refused(tables, world, told):
    """C3 has no place and so is no community on record either."""
    programme = tables(
        surveys=(
            "survey_id,community_id,surveyed_on\n"
            "S1,C9,2010-01-01\nS2,,2010-01-01\nS3,C3,2010-01-01\nS4,c1,2010-01-01\nS5, C1,2010-01-01\n"
        ),
        communities=[*world.communities, world.feature(None, community_id="C3")],
    )
    assert programme.surveys["survey_id"].tolist() == ["S5"]
    assert told(programme, "unknown_community_id") == [
        ("S1", "refused", "It names community C9, which is not on record; the survey is left out."),
        ("S2", "refused", "It names no community; the survey is left out."),
        ("S3", "refused", "It names community C3, which is not on record; the survey is left out."),
        ("S4", "refused", "It names community c1, which is not on record; the survey is left out."),
    ]
    assert "4 rows of surveys could not be used; see the check report." in programme.caveats


def test_a_survey_that_cannot_be_placed_in_time_is_refused(tables, told):
    """One dated after the data date has not happened; the data date itself has."""
    programme = tables(
        surveys=(
            "survey_id,community_id,surveyed_on\nS1,C1,2020-07-01\nS2,C1,spring\nS3,C1,\nS4,C1,2020-06-30\nS5,C1,2001-01-01\n"
        )
    )
    assert programme.surveys["survey_id"].tolist() == ["S4", "S5"]
    assert told(programme, "future_date") == [
        ("S1", "repaired", "surveyed_on 2020-07-01 lies after the data date, 2020-06-30; it is left out.")
    ]
    assert told(programme, "unreadable_date") == [
        ("S2", "repaired", 'surveyed_on "spring" is not a date; it is left out. Write dates as 2005-12-31.')
    ]
    assert told(programme, "undated_survey") == [
        (name, "refused", "It has no date that can be used; the survey is left out.") for name in ("S1", "S2", "S3")
    ]
    assert programme.rows.query("layer == 'surveys'")[["kept", "repaired", "refused"]].to_numpy().tolist() == [
        [2, 0, 3]
    ]


def test_a_blockage_that_cannot_be_read_is_not_known(tables, told):
    programme = tables(surveys="survey_id,community_id,surveyed_on,roads\nS1,C1,2010-01-01,partly\n")
    assert programme.surveys["roads"].isna().tolist() == [True]
    assert told(programme, "not_a_number") == [("S1", "repaired", 'roads "partly" is neither 0 nor 1; it is left out.')]


# Beneficiaries


def test_more_beneficiaries_than_people_are_kept_and_questioned(tables, releases, world, told):
    """C1: 20 people, 6 of them women, 4 girls; nobody tells of its boys. 7 + 10 + 4 = 21 users, and 7 women.

    C3: 4 women in one row and 4 men in another are 8 of 7 people; C4: 4 and then 5 women may be the same, 5 of 5.
    """
    programme = tables(
        communities=[
            world.feature("POINT (18.00 44.00)", community_id="C1", name="Upper", people=20, women=6, men=10, girls=4),
            world.feature("POINT (18.01 44.00)", community_id="C2", name="Lower"),
            world.feature("POINT (18.02 44.00)", community_id="C3", name="Outer", people=7),
            world.feature("POINT (18.03 44.00)", community_id="C4", name="Inner", people=5),
        ],
        beneficiaries=(
            "beneficiary_id,release_id,community_id,women,men,girls,boys\n"
            "B1,R1,C1,7,10,4,\nB3,R1,C2,9,9,9,9\nB4,R2,C3,4,,,\nB5,R1,C3,,4,,\nB6,R1,C4,4,,,\nB7,R2,C4,5,,,\n"
        ),
        releases=releases,
    )
    assert len(programme.beneficiaries) == 6
    assert told(programme, "more_users_than_people") == [
        (
            "B1",
            "kept",
            "It counts 21 people, 7 women, but community C1 has 20 people, 6 women: the others come from elsewhere, "
            "or a number is wrong.",
        ),
        *(
            (
                name,
                "kept",
                "With the other rows of its community it counts 8 people, but community C3 has 7 people: the others "
                "come from elsewhere, or a number is wrong.",
            )
            for name in ("B4", "B5")
        ),
    ]


def test_beneficiaries_of_releases_and_communities_on_record(tables, releases, told):
    """R3 was refused for its method, so nobody can have benefited from it."""
    programme = tables(
        beneficiaries=(
            "beneficiary_id,release_id,community_id,women,men,girls,boys\n"
            "B1,R1,C1,10,12,3,\nB2,R2,C2,1.5,-2,many,4\n"
            "B3,R3,C1,1,1,1,1\nB4,,C1,1,1,1,1\nB5,R1,C9,1,1,1,1\nB6,R1,,1,1,1,1\nB7,R9,C9,1,1,1,1\n"
        ),
        releases=releases,
    )
    assert type(programme.beneficiaries) is pd.DataFrame
    assert programme.beneficiaries.fillna(-1).to_numpy().tolist() == [
        ["B1", "R1", "C1", 10, 12, 3, -1],
        ["B2", "R2", "C2", 2, -1, -1, 4],
    ]
    assert told(programme, "unknown_release_id") == [
        ("B3", "refused", "It names release R3, which is not on record; these people are left out."),
        ("B4", "refused", "It names no release; these people are left out."),
        ("B7", "refused", "It names release R9, which is not on record; these people are left out."),
    ]
    assert told(programme, "unknown_community_id") == [
        ("B5", "refused", "It names community C9, which is not on record; these people are left out."),
        ("B6", "refused", "It names no community; these people are left out."),
    ]
    assert told(programme, "more_users_than_people") == []  # C1 has 100 people
    assert told(programme, "not_whole") == [("B2", "repaired", "women is 1.5; it is read as 2.")]
    assert "5 rows of beneficiaries could not be used; see the check report." in programme.caveats


# Countries


@pytest.mark.parametrize(
    ("fact", "written", "read"),
    [
        ("mbc_party", "yes", "yes"),
        ("MBC party", "No", "no"),
        ("mbc_deadline", "2031-03-01", "2031-03-01"),
        ("ccm_signed", "TRUE", "yes"),
        ("ccm-ratified", "0", "no"),
        ("ccm_deadline", "2030/08/01T00:00:00", "2030-08-01"),
        ("plan_integrated", "1", "yes"),
        ("budget_line", " yes ", "yes"),
        ("residual_capacity", "false", "no"),
    ],
)
def test_what_a_fact_says(tables, fact, written, read):
    """A deadline lies after the data date, 2020-06-30, as deadlines do."""
    programme = tables(countries=f"{FACTS}F1,xaa,Acornland,{fact},{written},2020-06-30,a book\n")
    [row] = programme.countries.itertuples(index=False)
    assert (row.fact_id, row.iso3, row.name, row.source) == ("F1", "XAA", "Acornland", "a book")
    assert (row.fact, row.value) == (fact.replace(" ", "_").replace("-", "_").lower(), read)
    assert row.dated_on == pd.Timestamp("2020-06-30")
    counted = programme.rows.query("layer == 'countries'")
    assert counted["kept" if written == written.strip() else "repaired"].tolist() == [1]


@pytest.mark.parametrize(
    ("row", "rule", "detail"),
    [
        (
            "XAA,Acornland,army,yes",
            "unknown_fact",
            'fact "army" is not known; the row is left out. [values] in programme.toml can translate it.',
        ),
        ("XAA,Acornland,,yes", "unknown_fact", "fact is blank; the row is left out."),
        (
            "XAA,Acornland,budget_line,perhaps",
            "unreadable_value",
            'The value of budget_line, "perhaps", is neither yes nor no; the row is left out.',
        ),
        (
            "XAA,Acornland,budget_line,2010-01-01",
            "unreadable_value",
            'The value of budget_line, "2010-01-01", is neither yes nor no; the row is left out.',
        ),
        (
            "XAA,Acornland,mbc_deadline,yes",
            "unreadable_value",
            'The value of mbc_deadline, "yes", is not a date; the row is left out. Write dates as 2005-12-31.',
        ),
        (
            "XAA,Acornland,ccm_deadline,2030-02-30",
            "unreadable_value",
            'The value of ccm_deadline, "2030-02-30", is not a date; the row is left out. Write dates as 2005-12-31.',
        ),
        ("XAA,Acornland,mbc_party,", "unreadable_value", "The value of mbc_party is blank; the row is left out."),
        (
            "Acornland,Acornland,mbc_party,yes",
            "unreadable_country",
            'iso3 "Acornland" is not a code of three letters; the row is left out.',
        ),
        (
            ",Acornland,mbc_party,yes",
            "unreadable_country",
            'iso3 "" is not a code of three letters; the row is left out.',
        ),
        (
            "ÄÖÜ,Acornland,mbc_party,yes",
            "unreadable_country",
            'iso3 "ÄÖÜ" is not a code of three letters; the row is left out.',
        ),
    ],
)
def test_a_fact_that_cannot_be_used(tables, told, row, rule, detail):
    programme = tables(countries=f"{FACTS}F1,{row},2010-01-01,a book\nF2,XAB,Bramble,mbc_party,no,2010-01-01,a book\n")
    assert programme.countries["fact_id"].tolist() == ["F2"]
    assert told(programme, rule) == [("F1", "refused", detail)]
    assert "1 rows of countries could not be used; see the check report." in programme.caveats


def test_a_fact_of_the_future_is_undated(tables, told):
    programme = tables(countries=f"{FACTS}F1,XAA,Acornland,mbc_party,yes,2020-07-01,a book\n")
    assert programme.countries["dated_on"].isna().tolist() == [True]
    assert told(programme, "future_date") == [
        ("F1", "repaired", "dated_on 2020-07-01 lies after the data date, 2020-06-30; it is left out.")
    ]


# Hazards say who works on them


def test_who_works_on_a_hazard(folder, world):
    hazards = [
        world.feature(world.square(18.02 + n / 100, 44), hazard_id=f"H{n}", operator=who)
        for n, who in enumerate((" Lantern ", None))
    ]
    assert open_programme(folder(hazards=hazards)).hazards["operator"].tolist() == ["Lantern", None]
