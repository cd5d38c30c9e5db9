"""GeoJSON text sequences: lines or records, blank ones passed over, broken ones named by their line."""

import json

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_service.errors import FileFormatError
from hazard_service.layers import open_programme
from hazard_service.layers.files import open_vector

POINT = '{"type": "Feature", "properties": {"place_id": "007", "on": "2005-02-30"}, "geometry": %s}'
AT = POINT % '{"type": "Point", "coordinates": [18, 44]}'


@pytest.fixture
def seq(tmp_path):
    def write(content, name="places.geojsonl"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_vector(tmp_path / name, "places")

    return write


@pytest.mark.parametrize(
    "content",
    [
        f"{AT}\n{AT}\n",
        f"{AT}\r\n\r\n  \n{AT}",
        f"\ufeff{AT}\n{AT}\n",
        f"\x1e{AT}\n\x1e{AT}\n",
        f"\n\x1e{AT}\x1e\n\x1e{AT}",
        f"\x1e{json.dumps(json.loads(AT), indent=1)}\n\x1e{json.dumps(json.loads(AT), indent=2)}\n",
    ],
)
def test_lines_and_records(seq, content):
    opened = seq(content)
    assert opened.geometry.tolist() == [shapely.Point(18, 44)] * 2
    assert opened.columns.to_dict("list") == {"place_id": ["007", "007"], "on": ["2005-02-30", "2005-02-30"]}
    assert opened.crs.to_epsg() == 4326


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (f"{AT}\n\n{AT[:-5]}\n{AT}", "places.geojsonl is broken or cut off in line 3; export the layer again."),
        (f"{AT}{AT}", "places.geojsonl is broken or cut off in line 1; export the layer again."),
        (f"\x1e{AT}\n\x1e\n\n{AT[:-1]}", "places.geojsonl is broken or cut off in line 4; export the layer again."),
        (f"{AT}\n" + "[" * 100_000, "places.geojsonl is broken or cut off in line 2; export the layer again."),
        (
            f'{AT}\n{{"type": "Point", "coordinates": [18, 44]}}\n',
            "places.geojsonl holds something other than a feature in line 2; "
            "export the layer again with one GeoJSON feature a line.",
        ),
        (
            f'{{"type": "FeatureCollection", "features": [{AT}]}}',
            "places.geojsonl holds something other than a feature in line 1; "
            "export the layer again with one GeoJSON feature a line.",
        ),
        (
            f"{AT}\nnull",
            "places.geojsonl holds something other than a feature in line 2; "
            "export the layer again with one GeoJSON feature a line.",
        ),
        ("\n \n", "places.geojsonl holds no feature; export the layer again."),
        (b"\xff\xfe{", "places.geojsonl is not UTF-8 text; export the layer again."),
        (
            AT.replace('"Point",', '"Point", "crs": {"type": "link", "properties": {"href": "http://example.org"}},'),
            "places.geojsonl states a coordinate reference system inside a feature; "
            "export it again with one for the whole file.",
        ),
    ],
)
def test_what_is_refused(seq, content, sentence):
    with pytest.raises(FileFormatError) as error:
        seq(content)
    assert str(error.value) == sentence


def test_a_geometry_is_read_whole_or_counted(folder, world, told, accounted):
    path = folder(hazards=None)
    partly = {"type": "MultiPolygon", "coordinates": [[[[18, 44], [18.1, 44], [18.1, 44.1], [18, 44]]], None]}
    features = [*world.hazards, world.feature(partly, hazard_id="H2"), world.feature(None, hazard_id="H3")]
    (path / "hazards.geojsons").write_text("".join(f"\x1e{json.dumps(row)}\n" for row in features), encoding="utf-8")
    programme = open_programme(path)
    accounted(programme)
    assert programme.unplaced["hazard_id"].tolist() == ["H2", "H3"]
    assert len(programme.hazards) == 1


@settings(deadline=None, max_examples=60)
@given(st.lists(st.none() | st.text(st.characters(blacklist_categories=("Cs",)), max_size=9), min_size=1, max_size=4))
def test_text_comes_back_as_it_was(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("seq") / "places.geojsonl"
    rows = [{"type": "Feature", "properties": {"name": text, "n": "x"}, "geometry": None} for text in values]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8", newline="\n")
    found = open_vector(path, "surveys").columns
    assert [name if isinstance(name, str) else None for name in found["name"]] == [
        text if text is None else text.split("\x00")[0] for text in values
    ]


def test_too_many_columns(seq):
    rows = (json.dumps({"type": "Feature", "geometry": None, "properties": {f"c{n}": 1}}) for n in range(1001))
    with pytest.raises(FileFormatError) as error:
        seq("\n".join(rows))
    assert str(error.value) == "places.geojsonl has 1,001 columns, over the limit of 1,000; take out those not needed."
