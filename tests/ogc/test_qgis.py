"""QGIS itself, with no screen, adds collections as layers: every feature, every part, every field."""

from pathlib import Path

import pytest
import shapely

from hazard_service.ogc.collections import columns_of, frame_of

READS = Path(__file__).with_name("qgis_reads.py")
LAYERS = ("hazards", "communities", "released", "routes", "districts")


@pytest.fixture(scope="session")
def layers(qgis, server):
    """What QGIS reads of LAYERS, two features a page."""
    return qgis(READS, server, *LAYERS)


@pytest.mark.parametrize("name", LAYERS)
def test_qgis_reads_every_feature_with_all_its_parts(layers, results, world, name):
    layer = layers[name]
    assert layer["valid"]
    assert layer["crs"] == "EPSG:4326"
    source = frame_of(name, results, world.at("2025-12-31")).to_crs("EPSG:4326")
    assert layer["count"] == len(source)
    assert sorted(layer["features"]) == sorted(source.index)
    for one, geometry in source.geometry.items():
        read = layer["features"][one]
        if geometry is None or geometry.is_empty:
            assert read is None
            continue
        assert shapely.hausdorff_distance(shapely.from_wkt(read), geometry) < 1e-7
        assert shapely.get_num_geometries(shapely.from_wkt(read)) == shapely.get_num_geometries(geometry)


@pytest.mark.parametrize("name", LAYERS)
def test_qgis_gives_a_layer_the_type_of_its_geometry_and_all_fields(layers, programme, name):
    kinds = {"communities": "Point", "routes": "MultiLineString"}
    assert layers[name]["type"] == kinds.get(name, "MultiPolygon")
    assert set(layers[name]["fields"]) == {"id", *columns_of(name, programme)}
    if name == "communities":
        assert layers[name]["fields"]["held_back"] == "Boolean"
