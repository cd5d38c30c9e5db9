"""Ids of hazards on printed maps: beside their own, over nothing, and told where there is no room."""

import re

import numpy as np
import pytest
import shapely
from geopandas import GeoDataFrame

from hazard_service.assessment import assess, compare, open_programme
from hazard_service.atlas.hazard_ids import put_hazard_ids
from hazard_service.atlas.map_parts import fit, pt_per_metre
from hazard_service.atlas.printed_map import bounds_m, communities_plain, draw_map, name_hazards
from hazard_service.atlas.sheets import sheet
from hazard_service.paper import axes_at, blank, style
from hazard_service.shelves import sample_folder

CRS = "EPSG:32633"
NOTHING = np.array([], dtype=object)


def hazards(**outlines):
    return GeoDataFrame({"hazard_id": [*outlines]}, geometry=[*outlines.values()], crs=CRS)


def paper(side_m):
    """Axes of 400 by 400 pt that show a square of ground."""
    axes = axes_at(blank(), 40, 40, 400, 400)
    fit(axes, (0, 0, side_m, side_m))
    return axes


def extents(axes):
    """Text and the ground it covers, as the letters are drawn."""
    back = axes.transData.inverted()
    return [(one.get_text(), shapely.box(*one.get_window_extent().transformed(back).extents)) for one in axes.texts]


def test_an_id_stands_beside_its_hazard_and_under_all():
    outline = shapely.box(1900, 1900, 2100, 2100)
    with style():
        axes = paper(4000)
        assert put_hazard_ids(axes, hazards(H7=outline), hazards(H7=outline), NOTHING) == []
        ((text, ground),) = extents(axes)
    assert text == "H7"
    assert 0 < ground.distance(outline) * pt_per_metre(axes) < 4
    assert axes.texts[0].get_zorder() < 3  # hazards are drawn from 3 on


def test_an_id_without_room_is_told_and_not_written():
    """H1 fills all but the edge of the map; H2 lies in a gap of it that is narrower than its id."""
    gap = shapely.box(1950, 1950, 2050, 2050)
    round_it = shapely.difference(shapely.box(20, 20, 3980, 3980), gap)
    own = hazards(H2=shapely.box(1980, 1980, 2020, 2020), H1=round_it)
    with style():
        axes = paper(4000)
        assert put_hazard_ids(axes, own, own, NOTHING) == ["H1", "H2"]
    assert len(axes.texts) == 0


def test_against_a_larger_hazard_without_an_id_there_is_none():
    """H2 lies against H1, which has no room: alone it would be read as the id of both. H3 stands well apart."""
    large = shapely.box(0, 0, 3200, 4000)
    own = hazards(H1=large, H2=shapely.box(3200, 1000, 3240, 1040), H3=shapely.box(3700, 3000, 3720, 3020))
    edge = np.array([shapely.box(3200, 0, 3650, 900), shapely.box(3200, 1140, 3650, 4000)], dtype=object)
    with style():
        axes = paper(4000)
        assert put_hazard_ids(axes, own, own, edge) == ["H1", "H2"]
        assert [text for text, _ in extents(axes)] == ["H3"]
        alone = own[own["hazard_id"] != "H1"]
        again = paper(4000)
        assert put_hazard_ids(again, alone, own, edge) == []


def test_a_symbol_or_a_name_moves_an_id_to_another_side():
    outline = hazards(H1=shapely.box(1900, 1900, 2100, 2100))
    with style():
        free = paper(4000)
        put_hazard_ids(free, outline, outline, NOTHING)
        ((_, first),) = extents(free)
        symbol = first.centroid.buffer(20)
        beside = paper(4000)
        put_hazard_ids(beside, outline, outline, np.array([symbol], dtype=object))
        ((_, second),) = extents(beside)
        named = paper(4000)
        named.text(first.centroid.x, first.centroid.y, "Ash", fontsize=6.5)
        put_hazard_ids(named, outline, outline, NOTHING)
        (_, name), (_, third) = extents(named)
    assert not second.intersects(symbol)
    assert not second.intersects(first)
    assert not third.intersects(name)


def test_hazards_off_the_map_have_no_id_and_want_none():
    own = hazards(H1=shapely.box(9000, 9000, 9100, 9100), H2=shapely.box(-500, 1900, 100, 2100))
    with style():
        axes = paper(4000)
        assert put_hazard_ids(axes, own, own, NOTHING) == []
        ((text, ground),) = extents(axes)
    assert text == "H2"  # it reaches into the map
    assert shapely.box(0, 0, 4000, 4000).contains(ground)


@pytest.mark.parametrize("seed", range(5))
def test_among_hundreds_no_id_lies_on_another_hazard_symbol_name_or_id(seed):
    random = np.random.default_rng(seed)
    spots, sizes = random.uniform(0, 20_000, (400, 2)), random.uniform(20, 400, 400)
    outlines = [shapely.Point(spot).buffer(size, quad_segs=3) for spot, size in zip(spots, sizes, strict=True)]
    drawn = GeoDataFrame({"hazard_id": [f"AREA-{at}" for at in range(400)]}, geometry=outlines, crs=CRS)
    symbols = np.array([shapely.Point(spot).buffer(150) for spot in random.uniform(0, 20_000, (60, 2))], dtype=object)
    with style():
        axes = paper(20_000)
        for x, y in random.uniform(1000, 15_000, (20, 2)):
            axes.text(x, y, "A village", fontsize=6.5)
        without = put_hazard_ids(axes, drawn, drawn, symbols)
        written = extents(axes)
    ids = [(text, ground) for text, ground in written if text.startswith("AREA")]
    assert len(ids) > 40
    assert sorted([*without, *(text for text, _ in ids)]) == sorted(drawn["hazard_id"])
    tree = shapely.STRtree(drawn.geometry.to_numpy())
    for text, ground in ids:
        met = set(drawn["hazard_id"].to_numpy()[tree.query(ground, predicate="intersects")])
        assert not met, (text, met)  # not on its own either: it is drawn over it
        assert drawn["hazard_id"][tree.nearest(ground)] == text
        assert not shapely.intersects(symbols, ground).any()
        assert sum(ground.intersects(other) for _, other in written) == 1


def test_every_hazard_of_a_map_is_named_or_told(six_villages):
    """Also a hazard that is recorded only later; released ground has no id."""
    programme = open_programme(six_villages)
    for day in ("2005-12-31", "2026-06-30"):
        situation = programme.situation(day)
        with style():
            axes = axes_at(blank(), 40, 40, 500, 400)
            fit(axes, bounds_m(situation))
            plain = communities_plain(situation)
            draw_map(axes, situation, plain)
            before = len(axes.texts)
            without = name_hazards(axes, situation, plain)
        known_later = programme.hazards["reported_on"] > day
        there = {*situation.hazards["hazard_id"], *programme.hazards["hazard_id"][known_later]}
        assert {one.get_text() for one in axes.texts[before:]} | set(without) == there


@pytest.fixture(scope="module")
def progress():
    programme = open_programme(sample_folder())
    return compare(*(assess(programme.situation(day)) for day in (programme.baseline_date, programme.data_date)))


def test_the_sheet_of_a_district_tells_which_ids_it_lacks(progress):
    with style():
        page = sheet(progress, "XX03")
        words = " ".join(text.get_text() for text in page.texts)
        whole = sheet(progress)
    said = re.search(r"Ids that have no room on the map \((\d+)\): (H\d+(?:, H\d+)*)\.", words)
    listed = said[2].split(", ")
    assert int(said[1]) == len(listed)
    written = {one.get_text() for one in page.axes[0].texts}
    assert len([text for text in written if re.fullmatch(r"H\d{4}", text)]) > 20
    assert not written & set(listed)
    assert "Small letters beside hazards: their ids." in words
    assert not any("their ids" in text.get_text() for text in whole.texts)
