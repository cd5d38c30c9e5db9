"""KML as the field writes it: folders, balloons, pictures, links; every Placemark is a row, whole or counted."""

import zipfile
from xml.sax.saxutils import escape

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_service.errors import FileFormatError
from hazard_service.layers import open_programme
from hazard_service.layers import opened as opened_module
from hazard_service.layers.files import open_vector

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
RING = "18.02,44.0,350 18.022,44.0,350 18.022,44.002,0 18.02,44.0,350"
POLYGON = (
    f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{RING}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
)


@pytest.fixture
def kml(tmp_path):
    """`kml("<Placemark>...")` opens that inside <kml><Document>."""

    def write(inside, head=HEAD):
        path = tmp_path / "hazards.kml"
        path.write_text(f"{head}<Document>{inside}</Document></kml>", encoding="utf-8")
        return open_vector(path, "hazards")

    return write


def refusal(opened, *arguments):
    with pytest.raises(FileFormatError) as error:
        opened(*arguments)
    return str(error.value)


def test_as_google_earth_writes_it(kml):
    """Styles, nested folders, regions in balloons, heights, a comma followed by a space, line breaks in coordinates."""
    opened = kml(f"""
      <name>Survey 2024</name><open>1</open>
      <Style id="red"><LineStyle><color>ff0000ff</color></LineStyle>
        <BalloonStyle><text>$[name]</text></BalloonStyle></Style>
      <StyleMap id="m"><Pair><key>normal</key><styleUrl>#red</styleUrl></Pair></StyleMap>
      <Folder><name>SHA</name><description>not a row</description>
        <Folder><name> north </name>
          <Placemark id="a"><name>H1</name><visibility>0</visibility><styleUrl>#m</styleUrl>
            <description><![CDATA[<b>Mines</b> & more]]></description>
            <LookAt><longitude>1</longitude><latitude>2</latitude></LookAt>
            <TimeSpan><begin>2001-05-06</begin><end>2004</end></TimeSpan>
            {POLYGON}</Placemark>
        </Folder>
        <Placemark><name>H2</name><TimeStamp><when>2003-01-02T03:04:05Z</when></TimeStamp>
          <Point><altitudeMode>absolute</altitudeMode><coordinates>
             18.5, 44.5, 12
          </coordinates></Point></Placemark>
      </Folder>
      <Placemark><name>H3</name></Placemark>""")
    rows = opened.columns.where(opened.columns.notna(), None).to_dict("records")
    assert rows == [
        {"folder": "SHA/north", "name": "H1", "description": "<b>Mines</b> & more", "begin": "2001-05-06",
         "end": "2004", "timestamp": None},
        {"folder": "SHA", "name": "H2", "description": None, "begin": None, "end": None,
         "timestamp": "2003-01-02T03:04:05Z"},
        {"folder": None, "name": "H3", "description": None, "begin": None, "end": None, "timestamp": None},
    ]  # fmt: skip
    assert opened.geometry[0].equals(shapely.Polygon([(18.02, 44.0), (18.022, 44.0), (18.022, 44.002)]))
    assert not opened.geometry[0].has_z
    assert opened.geometry[1] == shapely.Point(18.5, 44.5)
    assert opened.geometry[2] is None
    assert opened.crs.to_epsg() == 4326
    assert opened.notes == ()


def test_extended_data_in_its_three_forms(kml):
    opened = kml(f"""
      <Schema name="s" id="s"><SimpleField name="kind" type="string"/></Schema>
      <Placemark><name>label</name><ExtendedData>
        <Data name="hazard_id"><displayName>Id</displayName><value>007</value></Data>
        <Data name="name"><value>Long field</value></Data><Data name="blank"><value> </value></Data>
        <SchemaData schemaUrl="#s"><SimpleData name="kind">SHA</SimpleData><SimpleData name="c">uxo</SimpleData>
          <SimpleData name="c">ap_mine</SimpleData></SchemaData>
        <im:operator>Ours</im:operator></ExtendedData>{POLYGON}</Placemark>""")
    assert opened.columns.to_dict("records") == [
        {"name": "Long field", "hazard_id": "007", "kind": "SHA", "c": "uxo;ap_mine", "operator": "Ours"}
    ]


@pytest.mark.parametrize(
    "head",
    ['<kml xmlns="http://earth.google.com/kml/2.1">', "<kml>", '<k:kml xmlns:k="http://www.opengis.net/kml/2.2">'],
)
def test_older_namespaces_and_none(tmp_path, head):
    prefix = "k:" if "k:kml" in head else ""
    point = "<Placemark><name>H1</name><Point><coordinates>18,44</coordinates></Point></Placemark>"
    text = f"{head}<Document>{point}</Document></kml>"
    if prefix:
        text = text.replace("</", "</k:").replace("<D", "<k:D").replace("<P", "<k:P").replace("<n", "<k:n")
        text = text.replace("<c", "<k:c")
    path = tmp_path / "places.kml"
    path.write_text(text, encoding="utf-16" if prefix else "utf-8")
    opened = open_vector(path, "places")
    assert opened.geometry.tolist() == [shapely.Point(18, 44)]
    assert opened.columns["name"].tolist() == ["H1"]


def placemark(geometry):
    return f"<Placemark><name>H1</name>{geometry}</Placemark>"


HOLE = (
    "<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 10,0 10,10 0,10 0,0</coordinates></LinearRing>"
    "</outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>1,1 2,1 2,2 1,1</coordinates></LinearRing>"
    "</innerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>5,5 6,5 6,6 5,5</coordinates></LinearRing>"
    "</innerBoundaryIs></Polygon>"
)


@pytest.mark.parametrize(
    ("geometry", "wkt"),
    [
        (HOLE, "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (1 1, 2 1, 2 2, 1 1), (5 5, 6 5, 6 6, 5 5))"),
        (
            f"<MultiGeometry><extrude>0</extrude>{HOLE}{HOLE.replace('0,0', '0,1')}</MultiGeometry>",
            "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0), (1 1, 2 1, 2 2, 1 1), (5 5, 6 5, 6 6, 5 5)),"
            " ((0 1, 10 1, 10 10, 0 10, 0 1), (1 1, 2 1, 2 2, 1 1), (5 5, 6 5, 6 6, 5 5)))",
        ),
        ("<LineString><extrude>1</extrude><coordinates>0,0 1,1</coordinates></LineString>", "LINESTRING (0 0, 1 1)"),
        ("<LinearRing><coordinates>0,0 1,1 0,1 0,0</coordinates></LinearRing>", "LINESTRING (0 0, 1 1, 0 1, 0 0)"),
        (
            "<MultiGeometry><Point><coordinates>1,2</coordinates></Point><MultiGeometry><Point><coordinates>3,4"
            "</coordinates></Point></MultiGeometry></MultiGeometry>",
            "GEOMETRYCOLLECTION (POINT (1 2), MULTIPOINT ((3 4)))",
        ),
        ("<MultiGeometry/>", "MULTIPOLYGON EMPTY"),
        (
            "<Point><coordinates>1,2</coordinates></Point><Point><coordinates>3,4</coordinates></Point>",
            "MULTIPOINT ((1 2), (3 4))",
        ),
    ],
)  # fmt: skip
def test_shapes(kml, geometry, wkt):
    opened = kml(placemark(geometry))
    assert opened.geometry[0] == shapely.from_wkt(wkt)
    assert not opened.unclosed.any()


@pytest.mark.parametrize(
    "geometry",
    [
        "<Point><coordinates/></Point>",
        "<Point/>",
        "<Point><coordinates>18</coordinates></Point>",
        "<Point><coordinates>18 44</coordinates></Point>",
        "<Point><coordinates>18,44 19,45</coordinates></Point>",
        "<Point><coordinates>1_8,44</coordinates></Point>",
        "<Point><coordinates>18,44,1,2</coordinates></Point>",
        "<Point><coordinates>18,44</coordinates><coordinates>18,44</coordinates></Point>",
        "<LineString><coordinates>18,44</coordinates></LineString>",
        POLYGON.replace("18.022,44.0,", "east,44.0,"),
        POLYGON.replace("outerBoundaryIs", "innerBoundaryIs"),
        POLYGON.replace(RING, "18,44 18,45"),
        POLYGON.replace("</Polygon>", "<innerBoundaryIs><LinearRing/></innerBoundaryIs></Polygon>"),
        f"<MultiGeometry>{POLYGON}<Poligon/></MultiGeometry>",
        f"<MultiGeometry>{POLYGON}<Point><coordinates>?</coordinates></Point></MultiGeometry>",
        "<Model><Location><longitude>18</longitude><latitude>44</latitude></Location></Model>",
        f"{POLYGON}<gx:Track><gx:coord>18 44 0</gx:coord></gx:Track>",
    ],
)
def test_a_geometry_is_read_whole_or_not_at_all(kml, geometry):
    opened = kml(placemark(geometry) + placemark(POLYGON))
    assert opened.geometry[0] is None
    assert opened.geometry[1].geom_type == "Polygon"
    assert opened.columns["name"].tolist() == ["H1", "H1"]
    assert not opened.unclosed.any()


def test_placemarks_without_geometry_are_unplaced_hazards(folder, told, accounted):
    path = folder(hazards=None)
    shapes = {"H1": POLYGON, "H2": "", "H3": "<Point/>", "H4": POLYGON.replace("18.02,44.0,350</", "</")}
    identified = '<ExtendedData><Data name="hazard_id"><value>%s</value></Data></ExtendedData>'
    ids = "".join(placemark(identified % name + shape) for name, shape in shapes.items())
    (path / "hazards.kml").write_text(f"{HEAD}{ids}</kml>", encoding="utf-8")
    programme = open_programme(path)
    accounted(programme)
    assert programme.unplaced["hazard_id"].tolist() == ["H2", "H3"]
    assert [row[0] for row in told(programme, "unclosed_ring")] == ["H4"]
    assert [row[0] for row in told(programme, "duplicate_polygon")] == ["H4"]


def test_pictures_are_told_of(kml):
    picture = "<GroundOverlay><Icon><href>http://example.org/x.png</href></Icon></GroundOverlay>"
    opened = kml(placemark(POLYGON) + picture + "<ScreenOverlay/>")
    assert opened.notes == ("2 overlays are pictures, which hold no rows",)
    assert len(opened.columns) == 1


ELSEWHERE = "hazards.kml points to data elsewhere (NetworkLink), which is not fetched; save that data itself as KML."


@pytest.mark.parametrize(
    ("inside", "sentence"),
    [
        ("<NetworkLink><Link><href>http://example.org/a.kml</href></Link></NetworkLink>", ELSEWHERE),
        ("<NetworkLinkControl><Update><Create/></Update></NetworkLinkControl>", ELSEWHERE),
        (placemark(placemark("")), "hazards.kml has a Placemark inside a Placemark; export the layer again."),
        ("<Folder>" * 100, "hazards.kml is nested over 100 deep; export the layer again."),
        ("<Placemark>" + "<MultiGeometry>" * 5000, "hazards.kml is nested over 100 deep; export the layer again."),
        ("<Folder></Placemark>", "hazards.kml is broken or cut off in line 2; export the layer again."),
        ("<name>&nbsp;</name>", "hazards.kml is broken or cut off in line 2; export the layer again."),
        ("\x01", "hazards.kml is broken or cut off in line 2; export the layer again."),
        (
            placemark(f"<ExtendedData>{''.join(f'<c{n}>1</c{n}>' for n in range(1001))}</ExtendedData>"),
            "hazards.kml has 1,002 columns, over the limit of 1,000; take out those not needed.",
        ),
    ],
)  # fmt: skip
def test_what_is_refused(kml, inside, sentence):
    assert refusal(kml, inside) == sentence


DECLARED = "hazards.kml declares a document type (DOCTYPE), which is not read; export the layer again."
LAUGHS = (
    '<!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>'
)


@pytest.mark.parametrize(
    "declared",
    [
        LAUGHS,
        '<!DOCTYPE kml SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(tmp_path, declared, encoding):
    path = tmp_path / "hazards.kml"
    path.write_text(f"{declared}<kml><Placemark><name>x</name></Placemark></kml>", encoding=encoding)
    assert refusal(open_vector, path, "hazards") == DECLARED


@pytest.mark.parametrize("content", ["<html><body/></html>", "kml", "<kml", "{}", "\x00" * 9, "<kml:point/>"])
def test_what_is_no_kml(tmp_path, content):
    path = tmp_path / "hazards.kml"
    path.write_text(content, encoding="utf-8")
    assert refusal(open_vector, path, "hazards") == "hazards.kml is not KML; export the layer again."


def test_a_number_that_is_none_is_off_the_earth(folder, told):
    """Python reads "nan" and "inf" as numbers, as the files of the field do."""
    path = folder(hazards=None)
    hole = POLYGON.replace("18.022,44.002,0", "inf,nan")
    (path / "hazards.kml").write_text(f"{HEAD}{placemark(hole)}{placemark(POLYGON)}</kml>", encoding="utf-8")
    programme = open_programme(path)
    assert len(told(programme, "off_the_earth")) == 1
    assert len(programme.unplaced) == 1


@pytest.mark.parametrize("encoding", ["utf-7", "klingon", "hex"])
def test_an_encoding_that_is_not_known(tmp_path, encoding):
    path = tmp_path / "hazards.kml"
    path.write_text(f'<?xml version="1.0" encoding="{encoding}"?><kml/>', encoding="ascii")
    assert refusal(open_vector, path, "hazards") == "hazards.kml is not KML; export the layer again."


def test_text_that_many_rows_share_is_counted(kml, monkeypatch):
    monkeypatch.setattr(opened_module, "_MAX_TEXT", 5 << 20)
    words = "n" * 1_000_000
    assert refusal(kml, f"<Folder><name>{words}</name>{'<Placemark/>' * 9}</Folder>") == (
        "hazards.kml repeats text that adds up to over 5 MB; check it by hand."
    )


def test_a_file_cut_off_anywhere_is_refused(tmp_path):
    path = tmp_path / "hazards.kml"
    whole = f"{HEAD}<Document>{placemark(POLYGON)}</Document></kml>"
    for end in range(1, len(whole)):
        path.write_text(whole[:end], encoding="utf-8")
        assert refusal(open_vector, path, "hazards").endswith("export the layer again.")


def test_the_same_as_gdal_reads(tmp_path):
    """An oracle: GDAL's LIBKML reads what it wrote itself, and so do we."""
    generator = np.random.default_rng(5)
    shapes = [shapely.Point(x, y).buffer(r, quad_segs=2) for x, y, r in generator.uniform(1, 9, (40, 3))]
    shapes = [shape.difference(shape.centroid.buffer(0.1)) for shape in shapes]
    frame = gpd.GeoDataFrame({"hazard_id": [f"H{n}" for n in range(40)]}, geometry=shapes, crs=4326)
    frame.to_file(tmp_path / "hazards.kml", driver="LIBKML")
    opened = open_vector(tmp_path / "hazards.kml", "hazards")
    read = pyogrio.read_dataframe(tmp_path / "hazards.kml", force_2d=True)
    assert opened.columns["hazard_id"].tolist() == read["hazard_id"].tolist()
    assert shapely.equals(opened.geometry, read.geometry.to_numpy()).all()


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_a_kmz_is_read_with_what_it_points_to_inside(tmp_path):
    link = "<NetworkLink><Link><href>layers/b%s.kml</href></Link></NetworkLink>"
    back = "<NetworkLink><Url><href>../doc.kml</href></Url></NetworkLink>"
    path = zipped(
        tmp_path / "hazards.kmz",
        [
            ("files/icon.png", b"\x89PNG"),
            ("layers/b1.kml", f"{HEAD}{placemark(POLYGON)}{back}</kml>"),
            ("layers/b2.kml", f"{HEAD}{placemark('')}</kml>"),
            ("doc.kml", f"{HEAD}<Document>{placemark(HOLE)}{link % 1}{link % 2}{link % 1}</Document></kml>"),
        ],
    )  # fmt: skip
    opened = open_vector(path, "hazards")
    assert [shape and len(shape.interiors) for shape in opened.geometry] == [2, 0, None]


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ([("readme.txt", "")], "hazards.kmz holds no .kml file; save it again as KMZ."),
        (
            [("doc.kml", f"{HEAD}</kml>"), ("old.kml", f"{HEAD}</kml>"), ("older.kml", f"{HEAD}</kml>")],
            "hazards.kmz holds 2 .kml files that doc.kml does not point to; take them out.",
        ),
        *(
            (
                [("doc.kml", f"{HEAD}<NetworkLink><Link><href>{href}</href></Link></NetworkLink></kml>")],
                ELSEWHERE.replace("kml", "kmz", 1),
            )
            for href in ("http://example.org/a.kml", "../../etc/passwd", "/etc/passwd", "", "doc.kml?x=1")
        ),
        ([("doc.kml", f"{LAUGHS}<kml/>")], DECLARED.replace("kml", "kmz")),
        ([("doc.kml", "<OGRVRTDataSource/>")], "hazards.kmz is not KML; export the layer again."),
        (
            [("doc.kml", " " * (20 << 20))],
            "hazards.kmz unpacks to far more than a KMZ should; unpack and check it by hand.",
        ),
    ],
)  # fmt: skip
def test_a_kmz_that_is_refused(tmp_path, members, sentence):
    assert refusal(open_vector, zipped(tmp_path / "hazards.kmz", members), "hazards") == sentence


def test_a_kmz_with_a_name_twice_or_a_path_out_of_it(tmp_path):
    path = tmp_path / "hazards.kmz"
    with pytest.warns(UserWarning, match="Duplicate name"):
        zipped(path, [("doc.kml", f"{HEAD}{placemark(POLYGON)}</kml>"), ("doc.kml", f"{HEAD}</kml>")])
    assert refusal(open_vector, path, "hazards") == (
        "hazards.kmz is not a zip file that can be unpacked; save the KMZ again."
    )
    zipped(path, [("../../out.kml", f"{HEAD}{placemark(POLYGON)}</kml>")])
    assert len(open_vector(path, "hazards").columns) == 1
    assert [found.name for found in tmp_path.iterdir()] == ["hazards.kmz"]


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30))
def test_text_comes_back_as_it_was(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("kml") / "places.kml"
    path.write_text(
        f"{HEAD}<Placemark><name>{escape(text)}</name></Placemark><Placemark><name>x</name></Placemark></kml>", "utf-8"
    )
    name = open_vector(path, "places").columns["name"][0]
    assert (name or "") == text.strip()
