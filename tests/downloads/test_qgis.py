"""QGIS itself, with no screen, opens what is downloaded: coloured as the map is, by the styles of the maps shelf."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from hazard_service.atlas.dress import styles
from hazard_service.columns import HAZARDS
from hazard_service.downloads.qlr import LAYERS
from hazard_service.downloads.qml import renderer
from hazard_service.ogc.collections import EVERY

DRAWS = Path(__file__).with_name("qgis_draws.py")
PAST = "2005-12-31"  # hazards known later are there


@pytest.fixture(scope="module")
def geopackage(server, tmp_path_factory):
    """Everything in one GeoPackage, as a browser saves it."""
    path = tmp_path_factory.mktemp("saved") / "everything.gpkg"
    path.write_bytes(urlopen(f"{server}/data/everything.gpkg?datetime={PAST}", timeout=60).read())
    return path


@pytest.fixture(scope="module")
def opened(qgis, geopackage, tmp_path_factory):
    """What QGIS draws of the GeoPackage."""
    return qgis(DRAWS, geopackage, tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="module")
def live(qgis, server, tmp_path_factory):
    """What QGIS draws of the layer definition, asking the server."""
    path = tmp_path_factory.mktemp("saved") / "programme.qlr"
    path.write_bytes(urlopen(f"{server}/data/programme.qlr", timeout=60).read())
    return qgis(DRAWS, path, tmp_path_factory.mktemp("pictures"))


def on_white(colour, opacity):
    """A colour laid on white, as three numbers."""
    return [255 * (1 - opacity) + int(colour[at : at + 2], 16) * opacity for at in (1, 3, 5)]


def assert_drawn(pixels, colour, opacity=1.0, least=20):
    """At least so many pixels have the colour, each channel to two of 255."""
    wanted = on_white(colour, opacity)
    near = [
        count
        for seen, count in pixels.items()
        if all(abs(int(seen[at : at + 2], 16) - one) <= 2 for at, one in zip((1, 3, 5), wanted, strict=True))
    ]
    assert sum(near) >= least, (colour, opacity, pixels)


def assert_hazards(pixels, kinds):
    states = styles()["hazard_states"]
    for kind in kinds:
        assert_drawn(pixels, styles()["hazard_kinds"][kind]["fill"], states["open"]["fill_opacity"])
    assert_drawn(pixels, states["open"]["line"])


def test_a_geopackage_opens_in_the_colours_of_the_map(opened):
    assert all(layer["valid"] for layer in opened.values())
    assert_hazards(opened["hazards"]["pixels"], ("CHA", "SHA", "unclassified"))
    assert_drawn(opened["hazards"]["pixels"], styles()["hazard_states"]["worked_on"]["line"])
    later = styles()["hazard_states"]["known_later"]
    assert_drawn(opened["hazards_known_later"]["pixels"], later["fill"], later["fill_opacity"])
    assert_drawn(opened["hazards_known_later"]["pixels"], later["line"])
    assert_drawn(opened["hazard_lines"]["pixels"], styles()["hazard_states"]["open"]["line"])
    assert_drawn(opened["communities"]["pixels"], styles()["communities"]["held_back"]["fill"])
    assert_drawn(opened["routes"]["pixels"], styles()["ground"]["routes"]["line"], least=5)


def test_the_layer_definition_opens_the_live_layers_in_the_colours_of_the_map(live):
    assert {layer["provider"] for layer in live.values()} == {"OAPIF"}
    # Nothing is known later than the data date.
    assert set(live) == {EVERY[name].title for name in LAYERS if not name.endswith("known_later")}
    counts = {"Open hazard areas": 5, "Communities": 4, "Places": 3}
    assert {name: live[name]["count"] for name in counts} == counts
    assert_hazards(live["Open hazard areas"]["pixels"], ("CHA", "SHA", "unclassified"))
    assert_drawn(live["Communities"]["pixels"], styles()["communities"]["held_back"]["fill"])
    released = styles()["hazard_states"]["released"]
    assert_drawn(live["Released ground"]["pixels"], released["fill"], released["fill_opacity"])


def test_the_layer_definition_of_a_day_and_a_filter_opens_them_live(qgis, server, tmp_path):
    """A filter with signs that an address and the layer's source both write in their own way."""
    given = urlencode({"datetime": PAST, "filter": "kind <> 'CHA' AND hazard_id <> 'O''Neil'"})
    path = tmp_path / "then.qlr"
    path.write_bytes(urlopen(f"{server}/data/programme.qlr?{given}", timeout=60).read())
    drawn = qgis(DRAWS, path, tmp_path)
    with urlopen(f"{server}/ogc/collections/hazards/items?{given}", timeout=60) as answer:
        expected = json.load(answer)["numberMatched"]
    (name,) = [name for name in drawn if name.startswith("Open hazard areas (kind <> ")]
    assert 0 < drawn[name]["count"] == expected
    later = [layer for name, layer in drawn.items() if name.startswith(EVERY["hazards_known_later"].title)]
    # No filter takes away what is recorded later.
    with urlopen(f"{server}/ogc/collections/hazards_known_later/items?datetime={PAST}", timeout=60) as answer:
        assert [layer["count"] for layer in later] == [json.load(answer)["numberMatched"]]
    assert "Released ground" not in drawn  # none yet: QGIS would show a table
    assert all(layer["valid"] for layer in drawn.values())


def test_fields_are_shown_under_their_titles_with_units(opened, live):
    for layer in (opened["hazards"], live["Open hazard areas"]):
        assert layer["aliases"]["area_m2"] == "Area, m²"
        assert layer["aliases"]["reported_on"] == "Reported on"


def test_the_geopackage_says_what_each_column_means(geopackage):
    with closing(sqlite3.connect(geopackage)) as database:
        told = database.execute(
            "SELECT column_name, title, description FROM gpkg_data_columns WHERE table_name = 'hazards' ORDER BY rowid"
        ).fetchall()
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (said,) = database.execute("SELECT description FROM gpkg_contents WHERE table_name = 'hazards'").fetchone()
        registered = database.execute("SELECT extension_name FROM gpkg_extensions").fetchall()
    assert [row[0] for row in told] == [*HAZARDS, "as_of", "data_date", "warning"]
    assert ("area_m2", "Area, m²", HAZARDS["area_m2"].description) in told
    assert ("gpkg_schema",) in registered
    assert said.endswith("Not for navigation or safety decisions. No recorded hazard here is not proof of safety.")


@pytest.mark.parametrize("name", EVERY)
def test_every_collection_has_rules_and_none_leaves_a_feature_out_of_sight(name):
    """One rule without a filter, or one that takes what the others leave."""
    filters = [rule.get("filter") for rule in renderer(name).iter("rule")]
    assert filters == [None] or filters.count("ELSE") == 1
    assert len(renderer(name).find("symbols")) == len(filters)


def test_the_file_of_a_server_asks_that_server(client):
    text = client.get("/data/programme.qlr", headers={"Host": "localhost:8123"}).text
    assert text.count("url='http://localhost:8123/ogc'") == 14
    assert client.get("/data/programme.qlr?filter=kinds=1").status_code == 400
    assert client.get("/data/programme.qlr?datetime=2099-01-01").status_code == 400
    assert json.dumps("Fictional Saltmarsh")[1:-1] in text
