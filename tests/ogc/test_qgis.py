"""QGIS itself, with no screen, adds collections as layers: every feature, every part, every field."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import shapely

from hazard_service.ogc.collections import columns_of, frame_of

SYSTEM_PYTHON = "/usr/bin/python3"
READS = Path(__file__).with_name("qgis_reads.py")
LAYERS = ("hazards", "communities", "released", "routes", "districts")
# QGIS's Python must not see this environment's packages.
ENVIRONMENT = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}


@pytest.fixture(scope="session")
def qgis():
    """The system's Python, with which QGIS comes; CI may not go without."""
    has = [SYSTEM_PYTHON, "-c", "import qgis.core"]
    is_there = (
        Path(SYSTEM_PYTHON).exists()
        and not subprocess.run(has, env=ENVIRONMENT, capture_output=True, check=False).returncode
    )
    if not is_there and os.environ.get("CI") == "true":
        pytest.fail("CI needs QGIS: .ci/run installs python3-qgis")
    if not is_there:
        pytest.skip("no QGIS on this machine: apt-get install python3-qgis")
    return SYSTEM_PYTHON


@pytest.fixture(scope="session")
def layers(qgis, server, tmp_path_factory):
    """What QGIS reads of LAYERS, two features a page."""
    home = str(tmp_path_factory.mktemp("qgis"))
    done = subprocess.run(
        [qgis, str(READS), server, *LAYERS],
        env=ENVIRONMENT | {"HOME": home, "XDG_RUNTIME_DIR": home},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


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
