"""Small programme folders written to disk: bad files are files, and the sentence about them is asserted."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import shapely
from shapely.geometry import mapping

TOML = 'name = "Test land"\nbaseline_date = 2005-12-31\ndata_date = 2020-06-30\n'


def feature(geometry, **properties):
    """A GeoJSON feature from WKT, a shapely geometry, a GeoJSON geometry or None."""
    if isinstance(geometry, str):
        geometry = shapely.from_wkt(geometry)
    if isinstance(geometry, shapely.Geometry):
        geometry = mapping(geometry)
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def square(lon, lat, side=0.002):
    """A square with its lower left corner there, degrees."""
    return shapely.box(lon, lat, lon + side, lat + side)


COMMUNITIES = [
    feature("POINT (18.00 44.00)", community_id="C1", name="Upper", people=100),
    feature("POINT (18.04 44.02)", community_id="C2", name="Lower", people=200),
]
PLACES = [
    feature("POINT (18.01 44.00)", place_id="P1", kind="school"),
    feature("POINT (18.02 44.01)", place_id="P2", kind="water"),
]
HAZARDS = [feature(square(18.02, 44.0), hazard_id="H1", kind="SHA", status="open", contamination="ap_mine")]
DISTRICTS = [feature(shapely.box(17.9, 43.9, 18.2, 44.2), district_code="D1", name="Middle")]


def write_geojson(path: Path, features, **members) -> Path:
    """Python's json writes Infinity and NaN as the files of the field do."""
    path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": features}), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path):
    """`folder(hazards=[feature, ...], toml="...")` writes a programme; layers not given are small and sound."""

    def write(*, toml="", **layers):
        (tmp_path / "programme.toml").write_text(TOML + toml, encoding="utf-8")
        sound = {"communities": COMMUNITIES, "places": PLACES, "hazards": HAZARDS, "districts": DISTRICTS}
        for layer, features in (sound | layers).items():
            if features is not None:
                write_geojson(tmp_path / f"{layer}.geojson", features)
        return tmp_path

    return write


@pytest.fixture
def told():
    """`told(programme_or_report, rule)`: (id, action, detail) of each finding of a rule."""

    def tell(report, rule):
        found = report.findings[report.findings["rule"] == rule]
        return list(found[["id", "action", "detail"]].itertuples(index=False, name=None))

    return tell


@pytest.fixture
def accounted():
    """Asserts rows in = kept + repaired + refused, and that the frames hold the kept and the repaired."""

    def check(programme):
        rows = programme.rows
        assert (rows["rows_in"] == rows["kept"] + rows["repaired"] + rows["refused"]).all()
        assert (rows[["kept", "repaired", "refused"]] >= 0).all().all()
        for layer, counted in rows.groupby("layer")[["kept", "repaired"]].sum().iterrows():
            assert len(getattr(programme, layer)) == counted.sum()
        refused = programme.findings.query("action == 'refused' and layer == 'hazards'")
        assert len(programme.unplaced) == refused["row"].count() == rows.query("layer == 'hazards'")["refused"].sum()

    return check


@pytest.fixture
def world():
    """The functions and the sound layers of this file, for tests (test files cannot import each other)."""
    return SimpleNamespace(
        feature=feature,
        square=square,
        write_geojson=write_geojson,
        toml=TOML,
        communities=COMMUNITIES,
        places=PLACES,
        hazards=HAZARDS,
        districts=DISTRICTS,
    )
