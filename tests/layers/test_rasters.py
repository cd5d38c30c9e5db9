"""Rasters laid onto the grid: values by hand, no data, and what is refused."""

import numpy as np
import pyproj
import pytest
import rasterio

from hazard_service.errors import FileFormatError, LayerError, NoCrsError
from hazard_service.layers import rasters
from hazard_service.layers.rasters import read_onto, read_windows

METRES = pyproj.CRS("+proj=laea +lat_0=44 +lon_0=18 +datum=WGS84 +units=m +no_defs")
METRES_WKT = METRES.to_wkt()
CORNER = rasterio.Affine(100, 0, 0, 0, -100, 0)


@pytest.fixture
def raster(tmp_path):
    """`raster(values, ...)` writes a GeoTIFF with its upper left corner at (0, 0) in METRES, 100 m pixels."""

    def write(values, *, crs=METRES_WKT, transform=CORNER, name="dem.tif", **profile):
        values = np.atleast_3d(values).transpose(2, 0, 1)
        path = tmp_path / name
        count, height, width = values.shape
        profile = {"driver": "GTiff", "count": count, "height": height, "width": width, "dtype": values.dtype} | profile
        with rasterio.open(path, "w", crs=crs, transform=transform, **profile) as target:
            target.write(values)
        return path

    return write


def test_the_same_grid_gives_the_same_values(raster):
    values = np.arange(12, dtype=np.float32).reshape(3, 4)
    onto = read_onto(raster(values), METRES, 0, 0, 100, 3, 4)
    assert onto.dtype == np.float32
    assert onto.tolist() == values.tolist()


def test_bilinear_between_centres_and_nearest_for_classes(raster):
    path = raster(np.array([[0, 100]], dtype=np.uint8).repeat(2, axis=0))
    # Cells of 50 m: centres at 25, 75, 125, 175 m; pixel centres at 50 and 150 m.
    assert read_onto(path, METRES, 0, 0, 50, 2, 4)[0].tolist() == pytest.approx([0, 25, 75, 100], abs=1)
    assert read_onto(path, METRES, 0, 0, 50, 2, 4, resampling="nearest")[0].tolist() == [0, 0, 100, 100]


def test_no_data_and_beyond_the_edge_is_nan(raster):
    values = np.array([[5, -9999], [7, 8]], dtype=np.int16)
    onto = read_onto(raster(values, nodata=-9999), METRES, -100, 100, 100, 4, 4, resampling="nearest")
    expected = np.full((4, 4), np.nan)
    expected[1, 1], expected[2, 1], expected[2, 2] = 5, 7, 8
    np.testing.assert_array_equal(onto, expected)


def test_nan_and_infinity_are_no_data_and_do_not_spread(raster):
    values = np.array([[5, np.nan, 5, np.inf]], dtype=np.float32)
    onto = read_onto(raster(values), METRES, 0, 0, 100, 1, 4, resampling="nearest")
    np.testing.assert_array_equal(onto, [[5, np.nan, 5, np.nan]])


def test_another_reference_system_is_projected(raster):
    """A ramp of 1 per 0.001° eastward, in degrees: 12.48 per km at 44° N."""
    ramp = np.tile(np.arange(200, dtype=np.float32), (200, 1))
    path = raster(ramp, crs="EPSG:4326", transform=rasterio.Affine(0.001, 0, 17.9, 0, -0.001, 44.1))
    onto = read_onto(path, METRES, -1000, 1000, 100, 20, 20)
    assert onto[10, 19] - onto[10, 0] == pytest.approx(12.47 * 1.9, rel=1e-2)
    assert np.ptp(onto[:, 5]) < 0.05


def test_scale_and_offset_are_applied(raster):
    path = raster(np.array([[10, 20]], dtype=np.int16))
    with rasterio.open(path, "r+") as target:
        target.scales, target.offsets = (0.5,), (100.0,)
    assert read_onto(path, METRES, 0, 0, 100, 1, 2, resampling="nearest").tolist() == [[105, 110]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "dem.tif is not there; put the file in place or take it out of programme.toml."),
        (b"<VRTDataset rasterXSize='1' rasterYSize='1'/>", "dem.tif is not a GeoTIFF; export it again."),
        (b"II*\x00" + b"\x00" * 100, "dem.tif cannot be read as a GeoTIFF; export it again."),
    ],
)
def test_what_is_no_geotiff_is_refused(tmp_path, content, sentence):
    path = tmp_path / "dem.tif"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileFormatError) as error:
        read_onto(path, METRES, 0, 0, 100, 1, 1)
    assert str(error.value) == sentence


def test_a_raster_cut_off_in_the_middle_is_refused(raster):
    path = raster(np.random.default_rng(1).random((500, 500)), compress="deflate")
    path.write_bytes(path.read_bytes()[:100_000])
    with pytest.raises(FileFormatError, match=r"dem\.tif cannot be read as a GeoTIFF; export it again\."):
        read_onto(path, METRES, 0, 0, 100, 500, 500)


def test_a_small_file_that_asks_for_the_whole_memory_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "dem.tif"
    profile = {"driver": "GTiff", "count": 1, "dtype": "uint8", "crs": "EPSG:4326", "compress": "deflate"}
    transform = rasterio.Affine(1e-5, 0, 17, 0, -1e-5, 45)
    with rasterio.open(path, "w", height=100_000, width=100_000, sparse_ok=True, transform=transform, **profile):
        pass
    with pytest.raises(FileFormatError) as error:
        read_onto(path, METRES, 0, 0, 100, 1, 1)
    assert str(error.value) == (
        "dem.tif has 100,000 × 100,000 pixels, too many to read safely; "
        "clip it to the programme, or make its pixels larger."
    )
    # One block for the whole image is unpacked whole, however few pixels are asked for.
    monkeypatch.setattr(rasters, "MAX_BLOCK_BYTES", 999)
    with rasterio.open(path, "w", height=1000, width=1, blockysize=1000, transform=transform, **profile):
        pass
    with pytest.raises(FileFormatError, match="too many to read safely"):
        read_onto(path, METRES, 0, 0, 100, 1, 1)


def test_where_a_raster_lies_must_be_known(raster):
    values = np.zeros((2, 2), dtype=np.uint8)
    with pytest.raises(NoCrsError) as no_crs:
        read_onto(raster(values, crs=None), METRES, 0, 0, 100, 1, 1)
    assert str(no_crs.value) == ("dem.tif does not say in which coordinate reference system it is; export it with one.")
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        path = raster(values, transform=rasterio.Affine.identity())
    with pytest.raises(LayerError) as nowhere:
        read_onto(path, METRES, 0, 0, 100, 1, 1)
    assert str(nowhere.value) == "dem.tif does not say where it lies; export it with its position."


def test_a_picture_is_no_raster_of_values(raster):
    with pytest.raises(FileFormatError) as error:
        read_onto(raster(np.zeros((2, 2, 3), dtype=np.uint8)), METRES, 0, 0, 100, 1, 1)
    assert str(error.value) == "dem.tif has 3 bands; export the one that holds the values."


def test_windows_give_each_pixel_once(raster, monkeypatch):
    values = np.arange(35, dtype=np.int16).reshape(7, 5)
    path = raster(values, nodata=3, blockysize=2)
    monkeypatch.setattr(rasters, "_WINDOW_PIXELS", 21)  # four rows: two rows of blocks
    windows = list(read_windows(path))
    assert [window.values.shape for window in windows] == [(4, 5), (3, 5)]
    assert [(window.transform.c, window.transform.f, window.transform.a) for window in windows] == [
        (0, 0, 100),
        (0, -400, 100),
    ]
    expected = np.where(values == 3, np.nan, values)
    np.testing.assert_array_equal(np.concatenate([window.values for window in windows]), expected)
    assert windows[0].crs == pyproj.CRS(METRES_WKT)


def test_windows_apply_scale_and_know_no_infinite_value(raster):
    path = raster(np.array([[10, np.inf, np.nan, -9999]], dtype=np.float32), nodata=-9999)
    with rasterio.open(path, "r+") as target:
        target.scales, target.offsets = (0.5,), (100.0,)
    np.testing.assert_array_equal(next(read_windows(path)).values, [[105, np.nan, np.nan, np.nan]])


def test_windows_of_a_broken_raster_are_refused(raster):
    path = raster(np.random.default_rng(1).random((500, 500)), compress="deflate")
    path.write_bytes(path.read_bytes()[:100_000])
    with pytest.raises(FileFormatError, match=r"^dem\.tif cannot be read as a GeoTIFF; export it again\.$"):
        list(read_windows(path))


def test_files_beside_a_raster_are_not_opened(raster, tmp_path):
    """GDAL would open dem.tif.ovr by its content, which may be a VRT that reads any file."""
    path = raster(np.full((4, 4), 7, dtype=np.uint8))
    other = raster(np.full((2, 2), 99, dtype=np.uint8), name="other.tif")
    (tmp_path / "dem.tif.ovr").write_bytes(other.read_bytes())
    assert read_onto(path, METRES, 0, 0, 200, 2, 2).tolist() == [[7, 7], [7, 7]]


def test_rasters_of_a_programme(folder, raster):
    from hazard_service.layers import open_programme

    path = folder(toml='[layers]\nlandcover = "cover.tif"\n')
    raster(np.zeros((2, 2), dtype=np.uint8), name="elevation.tif")
    raster(np.zeros((2, 2), dtype=np.uint8), name="cover.tif")
    raster(np.zeros((2, 2), dtype=np.uint8), name="population.tif")
    programme = open_programme(path)
    assert (programme.elevation, programme.landcover) == (path / "elevation.tif", path / "cover.tif")
    assert programme.population == path / "population.tif"
    assert {"elevation.tif", "cover.tif", "population.tif"} <= set(programme.sources)
