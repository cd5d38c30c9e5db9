"""People by cell: pixels drawn by hand, no one lost or doubled, and exactextract as a second opinion."""

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import CRS, Transformer
from shapely import LineString, Point, box

from hazard_service.errors import LayerError
from hazard_service.ground.grid import Grid
from hazard_service.ground.population import near_hazards, people_per_cell, zone_of_cells

CRS_M = CRS.from_proj4("+proj=laea +lat_0=44.0 +lon_0=18.0 +datum=WGS84 +units=m +no_defs")
METRES_WKT = CRS_M.to_wkt()
GRID = Grid(CRS_M, 0.0, 200.0, 50.0, 4, 6)  # x 0 to 300, y 0 to 200


def write(path, values, pixel_m=100.0, left=0.0, top=200.0, *, crs=METRES_WKT, transform=None, **profile):
    values = np.asarray(values, dtype="float64")
    transform = transform or rasterio.Affine(pixel_m, 0.0, left, 0.0, -pixel_m, top)
    shape = {"count": 1, "height": values.shape[0], "width": values.shape[1]}
    with rasterio.open(
        path, "w", driver="GTiff", dtype="float64", crs=crs, transform=transform, **shape, **profile
    ) as raster:
        raster.write(values, 1)
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "population.tif"


def test_a_pixel_of_four_cells_gives_each_a_quarter(path):
    people, outside = people_per_cell(write(path, [[4, 0, 8], [0, 12, 0]]), GRID)
    assert people.dtype == np.float64
    assert people.tolist() == [
        [1, 1, 0, 0, 2, 2],
        [1, 1, 0, 0, 2, 2],
        [0, 0, 3, 3, 0, 0],
        [0, 0, 3, 3, 0, 0],
    ]
    assert outside == 0


def test_small_pixels_add_up_in_their_cell(path):
    # 25 pixels of 10 m in the cell at row 0, column 1; the rest of the 20 × 30 pixels hold nobody.
    values = np.zeros((20, 30))
    values[0:5, 5:10] = 2
    people, outside = people_per_cell(write(path, values, 10.0), GRID)
    assert people[0].tolist() == [0, 50, 0, 0, 0, 0]
    assert (people.sum(), outside) == (50, 0)


def test_a_pixel_across_the_edge_leaves_its_part_outside(path):
    # One pixel of 100 m, three quarters of it (in x) east of the grid: x 275 to 375, y 100 to 200.
    people, outside = people_per_cell(write(path, [[16]], left=275.0), GRID)
    assert people[:, 5].tolist() == [2, 2, 0, 0]
    assert (people.sum(), outside) == (4, 12)


def test_far_pixels_are_all_outside(path):
    values = np.zeros((3, 2000))
    values[:, 1000:] = 1.5
    people, outside = people_per_cell(write(path, values), GRID)
    assert (people.sum(), outside) == (0, 4500)


def test_no_data_holds_nobody(path):
    people, outside = people_per_cell(write(path, [[-9999, np.nan, np.inf], [4, 4, 4]], nodata=-9999), GRID)
    assert people[:2].sum() == 0
    assert (people.sum(), outside) == (12, 0)


def test_less_than_nobody_is_refused(path):
    with pytest.raises(LayerError) as error:
        people_per_cell(write(path, [[5, -99999]]), GRID)
    assert str(error.value) == (
        "population.tif counts -99999 people in a pixel; state its no-data value, or correct it."
    )


def test_more_people_than_live_on_the_earth_are_refused(path):
    with pytest.raises(LayerError) as error:
        people_per_cell(write(path, [[5, 3e38]], 10.0), GRID)
    assert str(error.value) == (
        "population.tif counts 3e+38 people, more than live on the earth; state its no-data value, or correct it."
    )


def test_pixels_too_coarse_are_refused(path):
    with pytest.raises(LayerError) as error:
        people_per_cell(write(path, [[5]], 12_000.0), GRID)
    assert str(error.value) == (
        "population.tif has pixels of 12 km, too coarse to say who lives near a hazard; "
        "use a raster with pixels of at most 10 km."
    )


@settings(derandomize=True, deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.floats(3.0, 700.0),
    st.floats(-900.0, 400.0),
    st.floats(-300.0, 900.0),
    st.floats(-80.0, 80.0),
    st.integers(0, 2**32),
    st.booleans(),
)
def test_nobody_is_lost_or_doubled(tmp_path, pixel_m, left, top, turn, seed, degrees):
    """Law: on the grid + outside = the raster, for any pixels, turned or in degrees, and no cell holds less than 0."""
    values = np.random.default_rng(seed).gamma(0.3, 20.0, (5, 7))
    affine = rasterio.Affine
    transform = affine.translation(left, top) @ affine.rotation(turn) @ affine.scale(pixel_m, -pixel_m)
    crs = METRES_WKT
    if degrees:
        lon, lat = Transformer.from_crs(CRS_M, "EPSG:4326", always_xy=True).transform(left, top)
        step = pixel_m / 111_000
        transform, crs = affine.translation(lon, lat) @ affine.scale(step, -step), "EPSG:4326"
    people, outside = people_per_cell(write(tmp_path / "p.tif", values, transform=transform, crs=crs), GRID)
    assert people.sum() + outside == pytest.approx(values.sum(), rel=1e-12)
    assert (people >= 0).all()
    assert outside >= 0


def test_who_is_near_is_judged_by_centres_and_once():
    # Centres at x 25, 75, ... A point at the centre of row 2, column 1: 50 m takes in the four beside it.
    assert near_hazards([Point(75, 75)], GRID, 50.0).astype(int).tolist() == [
        [0, 0, 0, 0, 0, 0],
        [0, 1, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 0],
        [0, 1, 0, 0, 0, 0],
    ]
    # Two hazards on the same spot, one a zero-width line: the cells are the same, not twice as many.
    both = [box(60, 60, 90, 90), shapely.GeometryCollection([LineString([(60, 75), (90, 75)])])]
    assert near_hazards(both, GRID, 20.0).sum() == 1
    assert not near_hazards([], GRID, 1000.0).any()


def test_zones_by_centre_the_first_on_a_border():
    zones = [box(-500, 0, 75, 500), box(75, 0, 200, 100), shapely.Polygon(), box(5000, 0, 6000, 100)]
    assert zone_of_cells(zones, GRID).tolist() == [
        [0, 0, 4, 4, 4, 4],
        [0, 0, 4, 4, 4, 4],
        [0, 0, 1, 1, 4, 4],
        [0, 0, 1, 1, 4, 4],
    ]
    assert (zone_of_cells([], GRID) == 0).all()


BIG = Grid(CRS_M, -10_000.0, 10_000.0, 50.0, 400, 400)


def exactly_inside(values, bounds, crs, polygon):
    """People of a raster in a polygon by the share of each pixel that it covers."""
    reason = "exactextract has no wheel for this platform"
    exact_extract = pytest.importorskip("exactextract", reason=reason).exact_extract
    from exactextract.raster import NumPyRasterSource

    source = NumPyRasterSource(values, *bounds, srs_wkt=crs.to_wkt())
    frame = gpd.GeoDataFrame(geometry=[polygon], crs=crs)
    return exact_extract(source, frame, "sum", output="pandas")["sum"].iloc[0]


def test_people_near_hazards_agree_with_exactextract():
    """The cell-centre rule against the covered share of every cell, over the union: within 0.5 %."""
    rng = np.random.default_rng(7)
    people = rng.gamma(0.5, 4.0, BIG.shape)
    x, y, size = rng.uniform(-8000, 8000, 40), rng.uniform(-8000, 8000, 40), rng.uniform(20, 600, 40)
    hazards = shapely.box(x, y, x + size, y + size)
    union = shapely.union_all(shapely.buffer(hazards, 1000.0, quad_segs=64))
    found = people[near_hazards(hazards, BIG, 1000.0)].sum()
    assert found == pytest.approx(exactly_inside(people, (-10_000, -10_000, 10_000, 10_000), CRS_M, union), rel=0.005)
    # A sum over the hazards counts people again and again.
    assert sum(people[near_hazards([hazard], BIG, 1000.0)].sum() for hazard in hazards) > 1.2 * found


def test_pixels_in_degrees_agree_with_exactextract(path):
    """Pixels of 3 arc seconds spread over cells, then counted in a polygon: within 0.5 % of its share of each pixel."""
    step = 1 / 1200
    values = np.random.default_rng(3).gamma(0.5, 10.0, (240, 240))
    left, top = 17.9, 44.1
    transform = rasterio.Affine(step, 0.0, left, 0.0, -step, top)
    people, outside = people_per_cell(write(path, values, transform=transform, crs="EPSG:4326"), BIG)
    assert people.sum() + outside == pytest.approx(values.sum(), rel=1e-12)
    to_degrees = Transformer.from_crs(CRS_M, "EPSG:4326", always_xy=True)
    blob = shapely.union_all([Point(-2000, 500).buffer(3000), box(0, -4000, 5000, 1000)])
    there = shapely.transform(blob.segmentize(50), lambda xy: np.column_stack(to_degrees.transform(*xy.T)))
    inside = people[zone_of_cells([blob], BIG) == 0].sum()
    bounds = (left, top - 240 * step, left + 240 * step, top)
    assert inside == pytest.approx(exactly_inside(values, bounds, CRS("EPSG:4326"), there), rel=0.005)
