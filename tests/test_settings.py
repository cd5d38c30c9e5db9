"""One table of settings feeds the code, programme.toml and the docs."""

from pathlib import Path

import pytest

from hazard_service.errors import SettingError
from hazard_service.settings import Settings, settings_from, settings_table

DOCS = Path(__file__).resolve().parents[1] / "docs" / "settings.md"


def test_every_setting_has_a_unit_and_a_help_sentence():
    for row in settings_table():
        assert row["unit"]
        assert row["help"].endswith(".")


def test_the_docs_list_every_setting_with_its_default_and_unit():
    text = DOCS.read_text(encoding="utf-8")
    for row in settings_table():
        if row["name"] != "landcover_kmh":
            assert f"| `{row['name']}` | {_shown(row['default'])} | {row['unit']} | {row['help']} |" in text
    for code, kmh in Settings().landcover_kmh.items():
        assert f"| {code} | {kmh:g} |" in text


def _shown(value):
    return ", ".join(f"{number:g}" for number in value) if isinstance(value, tuple) else f"{value:g}"


def test_the_longest_time_is_the_longest_standard_or_the_reach():
    assert Settings().longest_min == 120
    assert Settings(reach_min=150.0).longest_min == 150


def test_land_cover_speeds_are_added_to_the_table():
    settings = settings_from({"landcover_kmh": {"40": 3.5, "7": 0}})
    assert (settings.landcover_kmh[40], settings.landcover_kmh[7], settings.landcover_kmh[80]) == (3.5, 0, 0)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"speed": 3}, r"^Unknown setting: speed\. Known settings: cell_m, "),
        ({"cell_m": 0}, r"^cell_m must be above 0, not 0\.$"),
        ({"cell_m": "50"}, r"^cell_m must be a number, not '50'\.$"),
        ({"cell_m": float("inf")}, r"^cell_m must be a number, not inf\.$"),
        ({"held_back_freedom": 5}, r"^held_back_freedom is 5; use a value from 0 to 1\.$"),
        ({"reach_min": 1e300}, r"^reach_min is 1e\+300; use a value from 1 to 1440\.$"),
        ({"offroad_kmh": 1e-300}, r"^offroad_kmh is 1e-300; use a value from 0\.1 to 30\.$"),
        ({"moves": 8.0}, r"^moves is 8\.0; use 8, 16 or 32\.$"),
        ({"rings_m": [True, 1000]}, r"^rings_m must be a number, not True\.$"),
        ({"moves": 12}, r"^moves is 12; use 8, 16 or 32\.$"),
        ({"rings_m": [500, 0, 1000]}, r"^rings_m must rise from one distance to the next\.$"),
        ({"contact_m": 700}, r"^contact_m is 700 m, which is not one of rings_m; add it there\.$"),
        ({"landcover_kmh": {"40": -1}}, r"^landcover_kmh of class 40 must be 0, or from 0\.1 to 30 km/h\.$"),
        ({"landcover_kmh": {"crop": 1}}, r"^rings_m is a list of numbers, landcover_kmh a table of class = km/h: "),
    ],
)
def test_a_wrong_setting_is_named(table, sentence):
    with pytest.raises(SettingError, match=sentence):
        settings_from(table)
