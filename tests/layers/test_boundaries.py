"""Boundaries of countries: read and checked, far away too, and no part of the programme's ground."""

import geopandas as gpd
import pytest
import shapely

from hazard_service.errors import LayerError
from hazard_service.layers import check_programme, open_programme
from hazard_service.layers.schema import COUNTRY_BOUNDARIES
from hazard_service.walked import terrain_of

ACORN, FAR = shapely.box(17, 43, 19, 45), shapely.box(-70, -50, -60, -40)


@pytest.fixture
def boundaries(folder, world, accounted):
    """`boundaries([(iso3, name, geometry), ...])`: the programme with these as country_boundaries.geojson."""

    def read(rows, **more):
        features = [world.feature(shape, iso3=iso3, name=name) for iso3, name, shape in rows]
        programme = open_programme(folder(country_boundaries=features, **more))
        accounted(programme)
        return programme

    return read


def test_they_are_kept_in_degrees_wherever_they_lie(boundaries):
    found = boundaries([("xaa", "Acornland", ACORN), (" XAB ", None, FAR)]).country_boundaries
    assert found.crs == "EPSG:4326"
    assert found["iso3"].tolist() == ["XAA", "XAB"]
    assert found["name"].tolist() == ["Acornland", None]
    assert found.geometry.iloc[0].equals(ACORN)
    assert found.geometry.iloc[1].equals(FAR)


def test_they_move_neither_grid_nor_crs(boundaries, folder):
    without = open_programme(folder())
    programme = boundaries([("XAA", "Acornland", ACORN), ("XAB", "Farland", FAR)])
    assert programme.crs == without.crs
    assert terrain_of(programme).grid == terrain_of(without).grid
    assert programme.caveats == without.caveats


def test_without_the_layer_there_are_none(folder):
    found = open_programme(folder()).country_boundaries
    assert list(found.columns) == [*COUNTRY_BOUNDARIES, "geometry"]
    assert len(found) == 0
    assert found.crs == "EPSG:4326"


def test_a_country_may_have_several_rows(boundaries, told):
    programme = boundaries([("XAA", "Acornland", ACORN), ("XAA", "Acornland", FAR)])
    assert programme.country_boundaries["iso3"].tolist() == ["XAA", "XAA"]
    assert len(programme.findings.query("layer == 'country_boundaries'")) == 0


@pytest.mark.parametrize("code", ["Acornland", "XA", "", None])
def test_a_code_that_is_not_of_three_letters_is_refused_and_listed(boundaries, told, code):
    programme = boundaries([("XAA", "Acornland", ACORN), (code, "Nowhere", FAR)])
    assert programme.country_boundaries["iso3"].tolist() == ["XAA"]
    ((_, action, detail),) = told(programme, "unreadable_country")
    assert (action, detail) == (
        "refused",
        f'iso3 "{code or ""}" is not a code of three letters; the row is left out.',
    )
    assert "1 rows of country_boundaries could not be used; see the check report." in programme.caveats


@pytest.mark.parametrize(
    ("shape", "rule", "action"),
    [
        (None, "null_geometry", "refused"),
        (shapely.Point(18, 44), "wrong_geometry_type", "refused"),
        (shapely.box(500, 43, 510, 45), "off_the_earth", "refused"),
        (shapely.Polygon([(17, 43), (19, 45), (19, 43), (17, 45)]), "invalid_geometry", "repaired"),
    ],
)
def test_geometry_is_checked_as_that_of_districts(boundaries, told, shape, rule, action):
    programme = boundaries([("XAA", "Acornland", ACORN), ("XAB", "Odd", shape)])
    assert [found[1] for found in told(programme, rule)] == [action]
    assert len(programme.country_boundaries) == (1 if action == "refused" else 2)
    assert programme.country_boundaries.geometry.is_valid.all()


def test_another_reference_system_is_turned_into_degrees(folder):
    path = folder(toml='[layers]\ncountry_boundaries = "lands.gpkg"\n[columns.country_boundaries]\niso3 = "ADM0_A3"\n')
    lands = gpd.GeoDataFrame({"ADM0_A3": ["XAA"]}, geometry=[ACORN], crs=4326).to_crs(3857)
    lands.to_file(path / "lands.gpkg", layer="anything")
    programme = open_programme(path)
    assert programme.country_boundaries["iso3"].tolist() == ["XAA"]
    assert programme.country_boundaries.geometry.iloc[0].symmetric_difference(ACORN).area < 1e-6
    assert "lands.gpkg" in programme.sources


def test_a_table_without_outlines_is_refused(folder):
    path = folder(toml='[layers]\ncountry_boundaries = "lands.csv"\n')
    (path / "lands.csv").write_text("iso3,name\nXAA,Acornland\n", encoding="utf-8")
    sentence = "lands.csv has no outlines; give country_boundaries as GeoJSON, GeoPackage or Shapefile."
    with pytest.raises(LayerError) as error:
        open_programme(path)
    assert str(error.value) == sentence
    assert check_programme(path).unusable == [sentence]
