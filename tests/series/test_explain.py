"""Every number explained counts what it names, and replays to the last digit."""

import shutil

import pytest

from hazard_service.errors import ParameterError
from hazard_service.layers import open_programme
from hazard_service.series import series
from hazard_service.series.explain import RULES, data_version, explain, replayed
from hazard_service.shelves import sample_folder
from hazard_service.web import create_app


@pytest.fixture(scope="module")
def sample():
    return series(open_programme(sample_folder()), "year")


@pytest.mark.parametrize("name", RULES)
def test_what_is_counted_adds_up_to_the_number(sample, name):
    found = explain(sample, name)
    if found.counted is None:
        assert name == "casualties_12_months"
    elif name == "released_km2":
        assert found.counted["area_m2"].sum() / 1e6 == pytest.approx(found.value)
    elif name == "open_km2":
        # Overlaps count once in the number.
        assert found.counted.geometry.union_all().area / 1e6 == pytest.approx(found.value)
    else:
        assert len(found.counted) == found.value
        assert found.counted["community_id"].is_unique
    assert "{" not in found.words
    assert set(found.settings) == set(RULES[name].settings)


def test_ten_numbers_replay_from_the_files_alone(sample):
    programme = open_programme(sample_folder())
    again = series(programme, "year")
    names = list(RULES)[:10]
    assert len(names) == 10
    for name in names:
        assert explain(again, name).value == explain(sample, name).value
        assert explain(again, name).data_version == explain(sample, name).data_version


def test_a_saved_number_replays_and_changed_data_are_refused(six_villages, tmp_path):
    folder = tmp_path / "programme"
    shutil.copytree(six_villages, folder)
    programme = open_programme(folder)
    saved = {"name": "freed", "value": 1.0, "step": "year", "data_version": data_version(programme)}
    assert replayed(programme, saved)
    assert not replayed(programme, saved | {"value": 2.0})
    places = folder / "places.geojson"
    places.write_text(places.read_text(encoding="utf-8").replace("well", "pump"), encoding="utf-8")
    with pytest.raises(
        ParameterError, match=r"^Saved from data version \w{16}, this is \w{16}: the data have changed\.$"
    ):
        replayed(open_programme(folder), saved)


def test_an_unknown_number_is_refused_with_those_there_are(six_villages):
    with pytest.raises(
        ParameterError, match=r"^Nothing is called happiness here; numbers that are explained: held_back, "
    ):
        explain(series(open_programme(six_villages)), "happiness")


def test_served_as_page_and_layer(six_villages):
    client = create_app(open_programme(six_villages)).test_client()
    page = client.get("/explain/freed")
    assert page.status_code == 200
    assert "<h1>freed: 1</h1>" in page.text
    assert "ringed" in page.text
    assert client.get("/explain/casualties_12_months").text.count("Single records never leave the service.") == 1
    layer = client.get("/explain/freed.geojson?step=year").json
    assert [feature["id"] for feature in layer["features"]] == ["ringed"]
    assert layer["value"] == 1.0
    for address in ("/explain/happiness", "/explain/freed.kml", "/explain/"):
        assert client.get(address).status_code == 404
    assert client.get("/explain/freed?step=day").status_code == 400
    assert '/explain/freed?step=year">Explain this number' in client.get("/progress").text
