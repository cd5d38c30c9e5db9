"""Where layers lie: reference systems, coordinates off the earth, swapped axes, lost rows."""

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from hazard_service.errors import LayerError, NoCrsError
from hazard_service.layers import check_programme, open_programme
from hazard_service.layers.placing import gap_km
from hazard_service.layers.projecting import longest_edges, project

SWAPPED = "Its file lies far from the others until x and y are exchanged; so they are exchanged."


def turned(features):
    """The same features with latitude before longitude."""
    frame = gpd.GeoDataFrame.from_features(features)
    flipped = shapely.transform(frame.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    return frame.set_geometry(flipped).to_geo_dict()["features"]


def test_a_layer_without_a_reference_system_is_refused_until_one_is_stated(folder, world):
    path = folder(hazards=None)
    hazards = gpd.GeoDataFrame.from_features(world.hazards)
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        hazards.to_file(path / "hazards.gpkg")
    with pytest.raises(NoCrsError) as error:
        open_programme(path)
    assert str(error.value) == (
        "hazards.gpkg does not say in which coordinate reference system it is; "
        'write hazards = "EPSG:..." under [crs] in programme.toml.'
    )
    for key in ("hazards", '"hazards.gpkg"'):
        (path / "programme.toml").write_text(world.toml + f'[crs]\n{key} = "EPSG:4326"\n', encoding="utf-8")
        assert len(open_programme(path).hazards) == 1
    (path / "programme.toml").write_text(world.toml + '[crs]\nhazards = "EPSG:1"\n', encoding="utf-8")
    with pytest.raises(NoCrsError) as error:
        open_programme(path)
    assert str(error.value) == '"EPSG:1" under [crs] is no known reference system; write one such as "EPSG:4326".'


def test_a_stated_reference_system_overrules_the_file_and_says_so(folder, world, told):
    path = folder(hazards=None, toml='[crs]\nhazards = "EPSG:32634"\n')
    hazards = gpd.GeoDataFrame.from_features(world.hazards, crs=4326).to_crs(32634)
    # A GeoJSON in metres that does not say so reads as longitude and latitude.
    hazards.set_crs(4326, allow_override=True).to_file(path / "hazards.geojson")
    programme = open_programme(path)
    assert programme.hazards.geometry[0].area == pytest.approx(160.4 * 222.2, rel=2e-3)
    assert told(programme, "crs_overruled") == [
        (None, "kept",
         "hazards.geojson says WGS 84, programme.toml says WGS 84 / UTM zone 34N; programme.toml is believed.")
    ]  # fmt: skip


def test_metres_that_pass_for_degrees(folder, world):
    path = folder(hazards=None)
    hazards = gpd.GeoDataFrame.from_features(world.hazards, crs=4326).to_crs(32634)
    hazards.set_crs(4326, allow_override=True).to_file(path / "hazards.geojson")
    with pytest.raises(LayerError) as error:
        open_programme(path)
    assert str(error.value) == (
        "hazards.geojson: most coordinates of hazards are off the earth in WGS 84; "
        "state the right reference system under [crs] in programme.toml."
    )


def test_degrees_that_pass_for_metres(folder, world):
    path = folder(hazards=None, places=None, districts=None)
    hazards = gpd.GeoDataFrame.from_features(world.hazards, crs=32634)
    hazards.to_file(path / "hazards.gpkg")
    assert check_programme(path).unusable == [
        "communities (communities.geojson) and hazards (hazards.gpkg) lie about 4,900 km apart; "
        "state the right reference system of the wrong one under [crs] in programme.toml.",
        "hazards.gpkg: the coordinates of hazards look like degrees, but WGS 84 / UTM zone 34N counts in metres; "
        'if they are longitude and latitude, write hazards = "EPSG:4326" under [crs] in programme.toml.',
    ]


def test_a_projection_made_for_another_part_of_the_world(folder, world):
    hazards = gpd.GeoDataFrame.from_features(world.hazards, crs=4326).to_crs(32634)
    path = folder(communities=None, places=None, districts=None, hazards=None)
    # Everything in a zone 60° farther east: consistent, and all of it wrong.
    hazards.to_crs(32634).set_crs(32644, allow_override=True).to_crs(32634).to_file(path / "hazards.gpkg")
    communities = gpd.GeoDataFrame.from_features(world.communities, crs=4326).to_crs(32634)
    communities.set_crs(32644, allow_override=True).to_crs(32634).to_file(path / "communities.gpkg")
    assert (
        check_programme(path)
        .unusable[0]
        .endswith(
            "lie outside the area that WGS 84 / UTM zone 34N is made for; "
            "state the right reference system under [crs] in programme.toml."
        )
    )


def test_other_reference_systems_give_the_same_ground(folder, world):
    plain = open_programme(folder()).hazards.geometry[0]
    path = folder(hazards=None)
    (path / "hazards.geojson").unlink()
    gpd.GeoDataFrame.from_features(world.hazards, crs=4326).to_crs(3035).to_file(path / "hazards.gpkg")
    programme = open_programme(path)
    assert programme.hazards.geometry[0].symmetric_difference(plain).area < 1


@pytest.mark.parametrize(
    ("x", "y"), [(18, 91), (540, 44), (float("inf"), 44), (18, 1e308), (float("-inf"), float("inf"))]
)
def test_a_row_off_the_earth_is_refused(folder, world, told, accounted, x, y):
    far = {"type": "Polygon", "coordinates": [[[18.02, 44], [x, y], [18.03, 44.01], [18.02, 44]]]}
    hazards = [
        *world.hazards,
        world.feature(world.square(18.03, 44), hazard_id="H2"),
        world.feature(far, hazard_id="H3"),
    ]
    programme = open_programme(folder(hazards=hazards))
    accounted(programme)
    assert told(programme, "off_the_earth") == [
        (
            "H3",
            "refused",
            "A coordinate is not finite or not a place on the earth; the hazard cannot be placed and is listed apart.",
        )
    ]


@pytest.mark.parametrize("x", [np.inf, 1e12, 9.9e7])
def test_a_row_off_the_earth_in_metres_is_refused(folder, world, accounted, x):
    path = folder(hazards=None)
    hazards = gpd.GeoDataFrame.from_features([*world.hazards, *world.hazards, *world.hazards], crs=4326).to_crs(32634)
    corners = shapely.get_coordinates(hazards.geometry[2])
    corners[2, 0] = x
    hazards.loc[2, "geometry"] = shapely.Polygon(corners)
    hazards.to_file(path / "hazards.gpkg")
    programme = open_programme(path)
    accounted(programme)
    assert programme.unplaced["reason"].tolist() == ["off_the_earth"]


def test_a_row_of_nan_is_a_row_without_a_place(folder, world, accounted):
    nan = {"type": "Point", "coordinates": [float("nan"), 44]}
    programme = open_programme(folder(hazards=[*world.hazards, world.feature(nan, hazard_id="H2")]))
    accounted(programme)
    assert len(programme.unplaced) == 1


def test_a_row_far_from_the_rest_is_refused(folder, world, told, accounted):
    """Longitude 0, latitude 0 is where a position goes that was never entered."""
    communities = [*world.communities, world.feature("POINT (0 0)", community_id="C0")]
    hazards = [*world.hazards, world.feature("POINT (0 0)", hazard_id="H0", district="D1")]
    programme = open_programme(folder(communities=communities, hazards=hazards))
    accounted(programme)
    assert told(programme, "far_from_the_rest") == [
        ("C0", "refused", "It lies over 1,500 km from the middle of the programme; the row is left out."),
        ("H0", "refused", "It lies over 1,500 km from the middle of the programme; "
         "the hazard cannot be placed and is listed apart."),
    ]  # fmt: skip
    assert programme.crs == open_programme(folder(communities=world.communities)).crs


def test_swapped_hazards_are_turned_for_every_row(folder, world, told, accounted):
    second = world.feature(world.square(18.03, 44.0), hazard_id="H2")
    right = open_programme(folder(hazards=[*world.hazards, second]))
    programme = open_programme(folder(hazards=turned([*world.hazards, second])))
    accounted(programme)
    assert told(programme, "axes_swapped") == [("H1", "repaired", SWAPPED), ("H2", "repaired", SWAPPED)]
    assert programme.rows.query("layer == 'hazards'")["repaired"].tolist() == [2]
    assert shapely.equals(programme.hazards.geometry.values, right.hazards.geometry.values).all()
    assert (
        "The axes of hazards in hazards.geojson were swapped, because only so does it lie near the other layers."
        in programme.caveats
    )


def test_swapped_communities_do_not_move_the_programme(folder, world, told):
    programme = open_programme(folder(communities=turned(world.communities)))
    assert programme.crs == "+proj=laea +lat_0=44.0 +lon_0=18.0 +datum=WGS84 +units=m +no_defs"
    assert [row[0] for row in told(programme, "axes_swapped")] == ["C1", "C2"]


def test_swapped_metres_are_turned_too(folder, world, told):
    path = folder(hazards=None)
    hazards = gpd.GeoDataFrame.from_features(world.hazards, crs=4326).to_crs(32634)
    flipped = shapely.transform(hazards.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    hazards.set_geometry(flipped, crs=32634).to_file(path / "hazards.gpkg")
    programme = open_programme(path)
    assert told(programme, "axes_swapped") == [("H1", "repaired", SWAPPED)]
    assert programme.hazards.geometry[0].area == pytest.approx(160.4 * 222.2, rel=2e-3)


def test_latitudes_beyond_90_tell_by_themselves(folder, world, told):
    """Longitude 105 read as a latitude is off the earth: only one reading is left, even with two layers."""
    communities = [world.feature("POINT (105.0 12.0)", community_id="C1")]
    hazards = turned([world.feature(world.square(105.01, 12.0), hazard_id="H1")])
    programme = open_programme(folder(communities=communities, hazards=hazards, places=None, districts=None))
    assert told(programme, "axes_swapped") == [("H1", "repaired", SWAPPED)]


def test_with_two_layers_nobody_can_tell_which_is_swapped(folder, world):
    path = folder(hazards=turned(world.hazards), places=None, districts=None)
    with pytest.raises(LayerError) as error:
        open_programme(path)
    assert str(error.value) == (
        "communities (communities.geojson) and hazards (hazards.geojson) lie about 4,000 km apart until the axes of "
        "one are swapped, and no other layer tells which; put longitude before latitude in the wrong one."
    )


def test_one_file_that_feeds_two_layers_has_one_vote(folder, world, told):
    """Hazards and releases from one swapped file against communities and places: the file is turned for both."""
    toml = '[layers]\nreleases = "hazards.geojson"\n[columns.releases]\nrelease_id = "hazard_id"\nmethod = "how"\n'
    hazards = [world.feature(world.square(18.02, 44.0), hazard_id="H1", how="cleared")]
    programme = open_programme(folder(hazards=turned(hazards), toml=toml, districts=None))
    assert programme.findings.query("rule == 'axes_swapped'")["layer"].tolist() == ["hazards", "releases"]


def test_a_layer_that_lies_elsewhere_either_way_cannot_be_used(folder, world):
    path = folder(hazards=[world.feature(world.square(70, 10), hazard_id="H1")])
    with pytest.raises(LayerError) as error:
        open_programme(path)
    assert str(error.value) == (
        "hazards (hazards.geojson) lies about 6,800 km from the other layers, with its axes swapped or not; "
        "state the right reference system under [crs] in programme.toml."
    )


def test_layers_some_way_apart_are_left_alone(folder, world, told):
    programme = open_programme(folder(hazards=[world.feature(world.square(19, 45), hazard_id="H1")]))
    assert told(programme, "axes_swapped") == []
    assert len(programme.hazards) == 1


def test_communities_on_both_sides_of_longitude_180(folder, world):
    communities = [
        world.feature("POINT (179.9 -17.0)", community_id="C1"),
        world.feature("POINT (-179.9 -17.0)", community_id="C2"),
    ]
    hazards = [world.feature(world.square(179.95, -17.0), hazard_id="H1")]
    path = folder(communities=communities, hazards=hazards, places=None, districts=None)
    sentence = "communities lie on both sides of longitude 180; this version cannot lay one grid over it."
    with pytest.raises(LayerError) as error:
        open_programme(path)
    assert str(error.value) == sentence
    assert check_programme(path).unusable == [sentence]


def test_a_shape_across_longitude_180_must_be_cut_there(folder, world):
    communities = [world.feature("POINT (179.90 -17.0)", community_id="C1")]
    hazards = [world.feature(world.square(179.95, -17.0), hazard_id="H1")]
    east, west = shapely.box(179.8, -17.1, 180, -16.9), shapely.box(-180, -17.1, -179.8, -16.9)
    across = shapely.box(-179.8, -17.1, 179.8, -16.9)
    sentence = (
        "districts.geojson: a shape of districts lies on both sides of longitude 180; cut it in two along that line."
    )
    for district, usable in ((shapely.MultiPolygon([east, west]), True), (across, False)):
        districts = [world.feature(district, district_code="D1")]
        report = check_programme(folder(communities=communities, hazards=hazards, districts=districts, places=None))
        assert report.unusable == ([] if usable else [sentence])


def test_of_three_rows_a_stray_one_does_not_stretch_the_middle(folder, world, told):
    communities = [*world.communities[:1], world.feature("POINT (60 10)", community_id="C0")]
    programme = open_programme(folder(communities=communities, places=None, districts=None))
    assert [row[0] for row in told(programme, "far_from_the_rest")] == ["C0"]


def test_gaps_between_boxes():
    here = (18.0, 44.0, 19.0, 45.0)
    assert gap_km(here, (18.5, 44.5, 20, 46)) == 0
    assert gap_km(here, (18.0, 46.0, 19.0, 47.0)) == pytest.approx(111.2)
    assert gap_km((179.0, 0.0, 179.5, 1.0), (-179.5, 0.0, -179.0, 1.0)) == pytest.approx(111.2)


def test_a_straight_edge_in_degrees_is_bent_in_metres():
    """Along a parallel the great circle bows poleward: a 1° edge at 44° N departs by 120 m from a straight one."""
    metres = pyproj.CRS("+proj=laea +lat_0=44 +lon_0=18 +datum=WGS84 +units=m +no_defs")
    degrees = pyproj.CRS("EPSG:4326")
    box = np.array([shapely.box(17.5, 44.0, 18.5, 44.001)], dtype=object)
    turned_box, edge_m = project(box, degrees, metres)
    assert edge_m[0] == pytest.approx(80_200, rel=1e-3)
    assert shapely.get_num_coordinates(turned_box[0]) == 2 * 100 + 2 + 1
    middle = pyproj.Transformer.from_crs(degrees, metres, always_xy=True).transform(18.0, 44.0005)
    assert turned_box[0].contains(shapely.Point(middle))
    assert not shapely.Polygon(shapely.get_coordinates(turned_box[0])[[0, 1, 101, 102, 0]]).is_empty


def test_the_longest_edge_of_nested_shapes():
    shapes = shapely.from_wkt(
        ["POINT (1 1)", "POLYGON ((0 0, 3 0, 3 4, 0 0), (1 0.5, 2 0.5, 2 1, 1 0.5))",
         "GEOMETRYCOLLECTION (MULTILINESTRING ((0 0, 1 0), (50 50, 50 57)), POINT (99 99), POLYGON EMPTY)"]
    )  # fmt: skip
    assert longest_edges(np.append(shapes, None)).tolist() == [0, 5, 7, 0]
