"""Filters: read by precedence, worked out with the three truths of SQL. Oracles: SQLite on the same text, shapely."""

import dataclasses
import itertools
import json
import sqlite3

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_service.columns import Column
from hazard_service.errors import ParameterError
from hazard_service.ogc.cql2 import _pattern, chosen
from hazard_service.ogc.cql2_json import read_json
from hazard_service.ogc.cql2_text import read_text
from hazard_service.ogc.crs import CRS84, METRES, offered
from hazard_service.ogc.layer import Layer
from hazard_service.ogc.paging import matching
from hazard_service.ogc.query import Query
from hazard_service.ogc.temporal import RELATIONS
from hazard_service.ogc.tree import TEMPORAL, Day, Interval, Operation, Property

ROWS = (
    # id, name, people, held_back, found
    ("a", "Upper Bridge", 100.0, True, "2001-05-05"),
    ("b", "O'Brien 100 %", 250.0, False, "2010-06-15"),
    ("c", None, None, True, None),
    ("d", "upper_bridge", 7.0, None, "2010-06-16"),
    ("e", "Ä\nb", -2.5, False, "2020-02-29"),
    ("f", "", 0.0, None, None),
)
COLUMNS = {
    "name": Column("Name", "", "text", ""),
    "people": Column("People", "people", "number", ""),
    "held_back": Column("Held back", "", "flag", ""),
    "found": Column("Found", "", "date", ""),
}


@pytest.fixture(scope="module")
def layer(metres):
    frame = pd.DataFrame([row[1:] for row in ROWS], columns=list(COLUMNS), index=[row[0] for row in ROWS])
    frame["found"] = pd.to_datetime(frame["found"]).astype("datetime64[s]")
    boxes = [shapely.box(x, x, x + 150, x + 100) for x in (0, 100, 200, 5000, -300)]
    return Layer(gpd.GeoDataFrame(frame, geometry=[*boxes, None], crs=metres), COLUMNS)


@pytest.fixture(scope="module")
def systems(programme):
    return offered(programme)


@pytest.fixture(scope="module")
def crs84(systems):
    return systems[CRS84]


@pytest.fixture(scope="module")
def ask(layer, crs84):
    """The ids that a filter in text chooses."""
    return lambda text: "".join(np.array(layer.ids)[chosen(read_text(text), layer, crs84)])


# By hand


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("people > 7", "ab"),
        ("people = 7 OR people = 100 AND held_back = FALSE", "d"),  # AND binds closer
        ("(people = 7 OR people = 100) AND held_back = TRUE", "a"),
        ("NOT people > 7", "def"),  # unknown stays unknown
        ("NOT (people > 7 AND held_back)", "bdef"),  # c: unknown AND true
        ("people IS NULL", "c"),
        ("name IS NOT NULL AND NOT held_back", "be"),
        ("people <> 7", "abef"),
        ("people BETWEEN 0 AND 100", "adf"),
        ("people NOT BETWEEN 0 AND 100", "be"),
        ("people IN (7, 250, 8)", "bd"),
        ("name NOT IN ('Upper Bridge', '')", "bde"),
        ("name = 'O''Brien 100 %'", "b"),
        (r"name = 'O\'Brien 100 %'", "b"),
        ("name LIKE 'Upper%'", "a"),
        ("name LIKE 'upper_bridge'", "d"),
        ("name LIKE 'upper\\_bridge'", "d"),
        ("name LIKE '%100 \\%'", "b"),
        ("name LIKE 'Ä_b'", "e"),  # a line break is a character too
        ("name NOT LIKE '%'", ""),
        ("CASEI(name) = casei('UPPER BRIDGE')", "a"),
        ("CASEI(name) LIKE CASEI('UPPER%')", "ad"),
        ("found = DATE('2010-06-15')", "b"),
        ("found >= TIMESTAMP('2010-06-15T00:00:00Z')", "bde"),
        ("T_AFTER(found, DATE('2010-06-15'))", "de"),
        ("T_AFTER(found, TIMESTAMP('2010-06-15T00:00:00Z'))", "de"),
        ("T_DURING(found, INTERVAL('2001-05-05', '2020-02-29'))", "bd"),
        ("T_INTERSECTS(found, INTERVAL('..', '2010-06-15'))", "ab"),
        ("T_CONTAINS(INTERVAL(found, '..'), DATE('2019-01-01'))", "abd"),
        ("T_EQUALS(found, INTERVAL('2010-06-15', '2010-06-15'))", "b"),
        ("T_AFTER(found, DATE('0001-01-01'))", "abde"),
        ("people * 2 + 1 = 15", "d"),
        ("people / 0 IS NULL", "abcdef"),
        ("-people = 2.5", "e"),
        ("people - 2 * 3 = 1", "d"),
        ("2 ^ 3 ^ 0 = 2 AND people % 6 = 1 AND people div 2 = 3", "d"),
        ("people = 1e2", "a"),
        ('"people" = .7e1', "d"),
        ("100 = people", "a"),
        ("TRUE AND (people = 7)", "d"),
        ("held_back = TRUE", "ac"),
        ("name < 'O'", "f"),
        ("(people > 0) IS NULL", "c"),
    ],
)  # fmt: skip
def test_by_hand(ask, text, ids):
    assert ask(text) == ids


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("people > 7", {"op": ">", "args": [{"property": "people"}, 7]}),
        ("name LIKE 'U%'", {"op": "like", "args": [{"property": "name"}, "U%"]}),
        ("people BETWEEN 1 AND 2", {"op": "between", "args": [{"property": "people"}, 1, 2]}),
        ("people IN (1, 2)", {"op": "in", "args": [{"property": "people"}, [1, 2]]}),
        ("name IS NOT NULL", {"op": "not", "args": [{"op": "isNull", "args": [{"property": "name"}]}]}),
        ("found = DATE('2010-06-15')", {"op": "=", "args": [{"property": "found"}, {"date": "2010-06-15"}]}),
        (
            "T_DURING(found, INTERVAL('..', '2010-06-15'))",
            {"op": "t_during", "args": [{"property": "found"}, {"interval": ["..", "2010-06-15"]}]},
        ),
        (
            "T_AFTER(INTERVAL(found, '..'), TIMESTAMP('2010-06-15T00:00:00Z'))",
            {
                "op": "t_after",
                "args": [{"interval": [{"property": "found"}, ".."]}, {"timestamp": "2010-06-15T00:00:00Z"}],
            },
        ),
        (
            "CASEI(name) = 'x' AND held_back = TRUE",
            {
                "op": "and",
                "args": [
                    {"op": "=", "args": [{"op": "casei", "args": [{"property": "name"}]}, "x"]},
                    {"op": "=", "args": [{"property": "held_back"}, True]},
                ],
            },
        ),
        (
            "S_INTERSECTS(geometry, BBOX(-41, 34, -40, 35))",
            {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [-41, 34, -40, 35]}]},
        ),
    ],
)
def test_both_encodings_are_read_into_the_same_tree(text, document):
    assert read_text(text) == read_json(json.dumps(document))


def test_a_geometry_is_read_the_same_from_both_encodings():
    ring = [[-40.5, 35], [-39.5, 35], [-39.5, 36], [-40.5, 35]]
    document = {"op": "s_within", "args": [{"property": "geometry"}, {"type": "Polygon", "coordinates": [ring]}]}
    from_json = read_json(json.dumps(document))
    from_text = read_text("S_WITHIN(geometry, POLYGON ((-40.5 35, -39.5 35, -39.5 36, -40.5 35)))")
    assert from_text.arguments[0] == from_json.arguments[0]
    assert from_text.arguments[1].equals(from_json.arguments[1])


# Law: as SQLite answers the same text

_NUMBER = st.sampled_from(
    ["people", "-2.5", "0.0", "7.0", "100.0", "people + 7.0", "people * 2.0 - 1.0", "7.0 / people"]
)
_PREDICATE = st.one_of(
    st.tuples(_NUMBER, st.sampled_from(["=", "<>", "<", ">", "<=", ">="]), _NUMBER).map(" ".join),
    st.tuples(_NUMBER, st.sampled_from(["BETWEEN", "NOT BETWEEN"]), _NUMBER, st.just("AND"), _NUMBER).map(" ".join),
    st.tuples(
        st.just("name"),
        st.sampled_from(["=", "<>", "<", ">=", "LIKE", "NOT LIKE"]),
        st.sampled_from(["'Upper Bridge'", "'U%'", "'%'", "''", "'%_b%'", "'O''Brien%'", "'upper_bridge'"]),
    ).map(" ".join),
    st.sampled_from(
        [
            "name IN ('', 'Upper Bridge')", "people NOT IN (7.0, 0.0)", "name IS NULL", "people IS NOT NULL",
            "held_back = TRUE", "held_back", "held_back <> FALSE", "found > DATE('2010-06-15')",
            "found BETWEEN DATE('2001-05-05') AND DATE('2010-06-15')", "found IS NULL", "TRUE", "FALSE",
        ]
    ),
)  # fmt: skip
_JOIN = st.sampled_from([" AND ", " OR "])
_FILTERS = st.recursive(
    _PREDICATE,
    lambda inner: st.one_of(
        inner.map(lambda text: f"NOT {text}" if " AND " not in text and " OR " not in text else f"NOT ({text})"),
        inner.map(lambda text: f"({text})"),
        st.tuples(inner, _JOIN, inner).map("".join),  # no brackets: precedence decides
    ),
    max_leaves=8,
)


@given(_FILTERS)
@settings(max_examples=400, deadline=None)
def test_law_sqlite_answers_the_same_text_the_same(ask, text):
    with sqlite3.connect(":memory:") as base:
        base.execute("PRAGMA case_sensitive_like = ON")
        base.execute("CREATE TABLE rows (id TEXT, name TEXT, people REAL, held_back INTEGER, found TEXT)")
        base.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", ROWS)
        expected = "".join(row[0] for row in base.execute(f"SELECT id FROM rows WHERE {text} ORDER BY id"))
    assert ask(text) == expected


def _is_like(text, pattern):
    """LIKE by trying every way: the slow oracle."""
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(_is_like(text[cut:], pattern[1:]) for cut in range(len(text) + 1))
    if pattern[0] == "\\" and len(pattern) > 1:
        return text[:1] == pattern[1] and _is_like(text[1:], pattern[2:])
    return bool(text) and pattern[0] in ("_", text[0]) and _is_like(text[1:], pattern[1:])


@given(st.text("ab%_\\\n", max_size=8), st.text("ab%_\\\n", max_size=6).filter(lambda text: not text.endswith("\\")))
@settings(max_examples=500, deadline=None)
def test_law_like_is_what_trying_every_way_finds(text, pattern):
    assert (_pattern(pattern).fullmatch(text) is not None) == _is_like(text, pattern)


# Temporal relations

_STRETCH = st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] < pair[1])
_THIRTEEN = [name for name in TEMPORAL if name not in ("t_disjoint", "t_intersects")]


@given(_STRETCH, _STRETCH)
def test_law_two_stretches_lie_in_exactly_one_of_allens_thirteen_ways(one, other):
    holding = [name for name in _THIRTEEN if RELATIONS[name](*one, *other)]
    assert len(holding) == 1
    meet = bool(RELATIONS["t_intersects"](*one, *other))
    assert meet == (holding[0] not in ("t_before", "t_after"))
    assert meet != RELATIONS["t_disjoint"](*one, *other)


@pytest.mark.parametrize(
    ("name", "inverse"),
    [
        ("t_after", "t_before"), ("t_contains", "t_during"), ("t_finishedby", "t_finishes"), ("t_meets", "t_metby"),
        ("t_overlaps", "t_overlappedby"), ("t_starts", "t_startedby"), ("t_equals", "t_equals"),
    ],
)  # fmt: skip
def test_a_relation_turned_round_is_its_inverse(name, inverse):
    days = list(itertools.combinations_with_replacement(range(5), 2))
    for one, other in itertools.product(days, days):
        assert RELATIONS[name](*one, *other) == RELATIONS[inverse](*other, *one)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("t_meets", (1, 3), (3, 5)), ("t_overlaps", (1, 4), (3, 5)), ("t_starts", (1, 3), (1, 5)),
        ("t_during", (2, 3), (1, 5)), ("t_finishes", (3, 5), (1, 5)), ("t_before", (1, 2), (3, 5)),
        ("t_equals", (1, 5), (1, 5)),
    ],
)  # fmt: skip
def test_relations_by_hand(name, one, other):
    assert RELATIONS[name](*one, *other)


# Space

SPOTS = {
    "box": (-100, -100, 100, 100), "far": (4000, 4000, 6000, 6000), "same": (0, 0, 150, 100), "edge": (150, 0, 300, 50),
}  # fmt: skip


@pytest.mark.parametrize(
    "name", ["intersects", "disjoint", "touches", "within", "overlaps", "crosses", "contains", "equals"]
)
@pytest.mark.parametrize("spot", SPOTS)
@pytest.mark.parametrize("uri", [CRS84, "http://www.opengis.net/def/crs/EPSG/0/4326", METRES])
def test_spatial_functions_are_shapelys_on_what_is_shown(layer, systems, programme, name, spot, uri):
    """The literal is written in the filter's CRS, latitude first where that says so."""
    crs = systems[uri]
    to_crs = pyproj.Transformer.from_crs(programme.crs, crs.definition, always_xy=True)
    corners = shapely.get_coordinates(shapely.box(*SPOTS[spot]))
    xy = np.round(np.column_stack(to_crs.transform(corners[:, 0], corners[:, 1])), crs.decimals)
    literal = shapely.Polygon(xy)
    written = shapely.Polygon(xy[:, ::-1]) if crs.swap_axes else literal
    shown = layer.drawn(crs).shown
    for text, expected in (
        (f"S_{name.upper()}(geometry, {shapely.to_wkt(written, rounding_precision=-1)})",
         getattr(shapely, name)(shown, literal)),
        (f"S_{name.upper()}({shapely.to_wkt(written, rounding_precision=-1)}, geometry)",
         getattr(shapely, name)(literal, shown)),
    ):  # fmt: skip
        there = ~shapely.is_missing(shown)
        assert chosen(read_text(text), layer, crs).tolist() == (expected & there).tolist()


def test_a_row_without_geometry_is_neither_inside_nor_outside(layer, crs84):
    for text in ("S_INTERSECTS(geometry, POINT(0 0))", "NOT S_INTERSECTS(geometry, POINT(0 0))"):
        assert not chosen(read_text(text), layer, crs84)[-1]
    assert chosen(read_text("geometry IS NULL"), layer, crs84).tolist() == [False] * 5 + [True]


def test_a_box_over_the_180th_meridian_is_two(ask):
    assert ask("S_INTERSECTS(geometry, BBOX(170, 30, -39, 40))") == "abcde"
    assert ask("S_INTERSECTS(geometry, BBOX(170, 30, -41, 40))") == ""


# Refusals

REFUSED = [
    ("people >", "cannot be read at character 9 (the end): a property, a value or a function should stand here."),
    ("people = 7 held_back", "character 12 (held_back): the filter should end here, or go on with AND or OR."),
    ("people = 7)", "character 11 ()): the filter should end here"),
    ("(people = 7", "character 12 (the end): ) should stand here."),
    ("people = 7; DROP TABLE", "character 11 (; DROP TABLE): no word, number or sign of CQL2 begins here."),
    ("name = 'open", "character 8 ('open): no word, number or sign"),
    ("people NOT 7", "LIKE, BETWEEN or IN should stand here."),
    ("people IS 7", "NULL should stand here."),
    ("people IN ()", "a property, a value or a function should stand here."),
    ("peoples = 7",
     '"filter" names peoples, which is no property here; there are name, people, held_back, found, geometry.'),
    ("people = '7'", '"filter" compares a number with a text.'),
    ("found > '2010-01-01'", "compares a date with a text; write dates as DATE('2010-01-01')."),
    ("geometry = 7", "compares a geometry with a number."),
    ("people", "has a number where a condition should stand."),
    ("name LIKE name", "has a LIKE whose pattern is no text"),
    ("people LIKE '7'", "gives LIKE a number; it takes a text."),
    ("CASEI(people) = 'x'", "gives CASEI a number; it takes a text."),
    ("name + 1 = 2", "gives + a text; it takes a number."),
    ("ACCENTI(name) = 'x'", "uses accenti, which is not offered; it knows AND, OR, NOT"),
    ("T_AFTER(found)", "gives T_AFTER 1 arguments; it takes 2."),
    ("T_AFTER(found, TIMESTAMP('2010-06-15T12:00:00Z'))",
     "has the time '2010-06-15T12:00:00Z'; records hold whole days, so write DATE('2010-06-15')."),
    ("found = DATE('2010-02-30')", "has the date '2010-02-30'; write a day of the calendar as YYYY-MM-DD."),
    ("found = DATE('2010-6-5')", "has the date '2010-6-5'"),
    ("found = DATE('0000-01-01')", "has the date '0000-01-01'"),
    ("found = DATE('-001-01-01')", "has the date '-001-01-01'"),
    ("found = DATE('2010-W01-1')", "has the date '2010-W01-1'"),
    ("found = DATE('２０１０-01-01')", "has the date '２０１０-01-01'"),
    ("found = DATE('2010-01-01T')", "has the time '2010-01-01T'; records hold whole days"),
    ("T_DURING(found, INTERVAL('2010-01-02', '2010-01-01'))",
     "has an INTERVAL that starts after its end; give the earlier date first."),
    ("T_AFTER(people, DATE('2010-01-01'))", "gives a T_ function a number; it takes a date."),
    ("T_DURING(found, INTERVAL(1, 2))", "INTERVAL takes dates such as '2010-01-01', '..' or properties"),
    ("found = INTERVAL('2010-01-01', '..')", "has an interval, a list or a box where a single value should stand."),
    ("S_INTERSECTS(geometry, 7)", "gives S_INTERSECTS a number; it takes a geometry."),
    ("S_INTERSECTS(geometry, POINT(1))", "this geometry is not well-known text"),
    ("S_INTERSECTS(geometry, POINT(1 nan))", "has a geometry without coordinates, or with some that are not finite"),
    ("S_INTERSECTS(geometry, POINT(1 1e999))", "not finite numbers."),
    ("people > 1e400", '"filter" holds the number 1e400; numbers are at most 1e308.'),
    ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))", "not well-known text"),
    ("S_INTERSECTS(geometry, POINT(1 2)", ") should stand here"),
    ("S_INTERSECTS(geometry, POINT(1 2", "the brackets of this geometry do not close"),
    ("S_INTERSECTS(geometry, " + "GEOMETRYCOLLECTION(" * 20 + "POINT(1 2)" + ")" * 21, "more than 8 deep"),
    ("S_INTERSECTS(geometry, BBOX(1, 2, 3))", "gives BBOX 3 arguments; it takes 4."),
    ("S_INTERSECTS(geometry, BBOX(0, 9, 1, 2))", '"filter" has its latitudes in the wrong order'),
    ("S_INTERSECTS(geometry, BBOX(0, 9, 1, 91))", '"filter" goes beyond the globe; longitudes are from -180 to 180 and '
     'latitudes from -90 to 90, and coordinates in metres need "filter-crs".'),
    ("S_INTERSECTS(geometry, POINT(500000 3870000))", '"filter" goes beyond the globe'),
    ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))",
     "has a geometry that is not valid (Self-intersection at 0.5 0.5); outlines must not cross themselves or each "
     "other, and holes must lie inside."),
    ("S_DISJOINT(MULTIPOLYGON(((0 0, 2 0, 2 2, 0 0)), ((1 0, 3 0, 3 2, 1 0))), geometry)", "not valid (Self-inter"),
    ("S_WITHIN(geometry, POLYGON((0 0, 1 0, 1 1, 0 0), (5 5, 6 5, 6 6, 5 5)))", "not valid (Hole lies outside shell"),
    ("(" * 60 + "people = 7" + ")" * 60, "nested more than 50 deep"),
    ("NOT " * 60 + "people = 7", "nested more than 50 deep"),
    ("-" * 60 + "people = 7", "nested more than 50 deep"),
    ("people = 7 OR " * 1000 + "people = 8", "characters long; 10,000 can be read."),
    ("eval('1') = 1", "uses eval, which is not offered"),
    ("INTERVAL('x', '..') = 1", "has the date 'x'"),
    ("", "cannot be read at character 1 (the end)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), REFUSED)
def test_refusals_say_what_is_wrong(ask, text, sentence):
    with pytest.raises(ParameterError) as refused:
        ask(text)
    assert sentence in str(refused.value)
    assert str(refused.value).startswith('"filter"')


REFUSED_JSON = [
    ("{", "is not JSON"),
    ("[]", 'must be an object such as {"op"'),
    ("7", "must be an object"),
    ('{"op": "="}', "has a part that is no CQL2"),
    ('{"op": "=", "args": [1, 2], "more": 1}', "no CQL2"),
    ('{"op": "sql", "args": [1, 2]}', "uses sql, which is not offered"),
    ('{"op": "and", "args": [true]}', "gives AND 1 arguments; it takes two or more."),
    ('{"op": "in", "args": [{"property": "people"}, 7]}', "has an IN without a list of values."),
    ('{"op": "in", "args": [{"property": "people"}, []]}', "no CQL2"),
    ('{"op": "=", "args": [null, 7]}', "no CQL2: null"),
    ('{"op": "=", "args": [{"property": 7}, 7]}', "no CQL2"),
    ('{"op": "=", "args": [[1], 7]}', "no CQL2"),
    ('{"op": "isNull", "args": [{"property": "nobody"}]}', "names nobody"),
    ('{"op": "t_after", "args": [{"property": "found"}, {"interval": [1, ".."]}]}', "has an interval with 1"),
    ('{"op": "t_after", "args": [{"property": "found"}, {"date": "soon"}]}', "has the date 'soon'"),
    ('{"op": "t_after", "args": [{"property": "found"}, {"date": "0000-01-01"}]}', "has the date '0000-01-01'"),
    ('{"op": "t_during", "args": [{"property": "found"}, {"interval": ["2010-01-02", "2010-01-01"]}]}',
     "has an INTERVAL that starts after its end"),
    ('{"op": "s_within", "args": [{"property": "geometry"}, {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], '
     "[1, 0], [0, 1], [0, 0]]]}]}", "not valid (Self-intersection at 0.5 0.5)"),
    ('{"op": "isNull", "args": [{"type": "Point"}]}', "no GeoJSON"),
    ('{"op": "isNull", "args": [{"type": "Point", "coordinates": ["a", 1]}]}', "no GeoJSON"),
    ('{"op": "isNull", "args": [{"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}]}', "no GeoJSON"),
    ('{"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [1, 2, "3", 4]}]}', "where a single value"),
    ('{"op": "not", "args": [' * 60 + "true" + "]}" * 60, "nested more than 50 deep"),
    ('{"op": "=", "args": [{"property": "name"}, "\\ud800"]}', "is not JSON"),
    ("{" * 5000, "is not JSON"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), REFUSED_JSON)
def test_refusals_of_json_say_what_is_wrong(layer, crs84, text, sentence):
    with pytest.raises(ParameterError) as refused:
        chosen(read_json(text), layer, crs84)
    assert sentence in str(refused.value)
    assert str(refused.value).startswith('"filter"')


_WORDS = st.sampled_from(
    [
        "people", "name", "=", "(", ")", "AND", "NOT", "'a'", "7", "IN", ",", "-", "LIKE", "POINT(1 2)", "T_AFTER",
        "geometry", "S_WITHIN", "BBOX", "INTERVAL", "DATE('2010-01-01')", "IS", "NULL", "BETWEEN", "^", "casei", "..",
    ]
)  # fmt: skip


def answered_or_refused(read, text, layer, crs):
    """True where it is answered; else what is said must be about the filter."""
    try:
        return chosen(read(text), layer, crs).shape == (len(ROWS),)
    except ParameterError as error:
        return str(error).startswith('"filter"')


@given(st.text(max_size=60) | st.lists(_WORDS, max_size=12).map(" ".join))
@settings(max_examples=500, deadline=None)
def test_law_any_text_is_answered_or_refused_in_a_sentence(layer, crs84, text):
    assert answered_or_refused(read_text, text, layer, crs84)


_MEMBERS = st.sampled_from(["op", "args", "property", "date", "interval", "bbox", "type", "coordinates"])
_OPERATIONS = st.sampled_from(["and", "not", "=", "in", "like", "between", "s_within", "t_after", "isNull", "+"])
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["people", "name", "found", "geometry", "..", "2010-01-01", "Point"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_MEMBERS, inner, max_size=3)
        | st.fixed_dictionaries({"op": _OPERATIONS, "args": st.lists(inner, max_size=3)})
    ),
    max_leaves=12,
)


@given(_JSON)
@settings(max_examples=500, deadline=None)
def test_law_any_json_is_answered_or_refused_in_a_sentence(layer, crs84, document):
    assert answered_or_refused(read_json, json.dumps(document), layer, crs84)


def test_a_layer_without_rows_is_filtered_too(layer, crs84):
    nothing = Layer(layer.frame.iloc[:0], COLUMNS)
    for text in ("people > 7 OR name LIKE 'U%'", "S_INTERSECTS(geometry, POINT(1 2))", "TRUE"):
        assert chosen(read_text(text), nothing, crs84).shape == (0,)


def test_numbers_are_compared_and_ordered_as_they_are_shown(layer, crs84):
    """A value read off a page finds its row; what looks equal is equal, and stays in the order of ids."""
    people = [0.12345678, 0.12345712, 0.1234574, 1 / 3, -1e-9, np.nan]
    shown = Layer(layer.frame.assign(people=people), COLUMNS)
    told = [orjson.loads(one)["properties"]["people"] for one in shown.features(np.arange(6), crs84)]
    assert told == [0.123457, 0.123457, 0.123457, 0.333333, 0.0, None]
    for text, rows in (("0.123457", "abc"), ("0.333333", "d"), ("0", "e"), ("0.12345678", "")):
        found = chosen(read_text(f"people = {text}"), shown, crs84)
        assert "".join(np.array(shown.ids)[found]) == rows
    assert not chosen(read_text("people < 0 OR people > 0.333333"), shown, crs84).any()
    whole = Query(None, 100, 0, None, crs84, crs84, None, crs84, (), None)
    for falling, order in ((True, "dabcef"), (False, "eabcdf")):
        rows = matching(shown, dataclasses.replace(whole, sortby=(("people", falling),)))
        assert "".join(np.array(shown.ids)[rows]) == order


def test_the_tree_of_precedence():
    """What pygeofilter 0.4 reads as (a OR b) AND c."""
    a, b, c = (Operation("=", (Property(name), 1.0)) for name in "abc")
    assert read_text("a = 1 OR b = 1 AND c = 1") == Operation("or", (a, Operation("and", (b, c))))
    assert read_text("NOT a = 1 AND b = 1") == Operation("and", (Operation("not", (a,)), b))
    day = Day((np.datetime64("2010-01-01") - np.datetime64("1970-01-01")).astype(float))
    assert read_text("T_AFTER(a, INTERVAL('2010-01-01', '..'))") == Operation(
        "t_after", (Property("a"), Interval(day, None))
    )
