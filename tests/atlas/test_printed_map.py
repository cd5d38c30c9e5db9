"""The printed map: what must be on it, what must never be, and that it reads without colour."""

import numpy as np
import pyproj
import pytest
import shapely
from geopandas import GeoDataFrame
from matplotlib.patches import PathPatch, Rectangle
from shapely import Point, box

from hazard_service.assessment import assess, compare, open_programme
from hazard_service.atlas.dress import printed_styles, styles
from hazard_service.atlas.map_pages import map_page, notes
from hazard_service.atlas.map_parts import draw_grid, draw_north, draw_scale_bar, fit, limits_of, scale_words
from hazard_service.atlas.names import put_names
from hazard_service.atlas.printed_map import (
    bounds_m,
    communities_compared,
    communities_of,
    communities_plain,
    draw_map,
)
from hazard_service.paper import axes_at, blank, style, width_pt
from hazard_service.vocabulary import HAZARD_KINDS

INNER, OUTER = 100.0, 200.0


@pytest.fixture(scope="module")
def programme(six_villages):
    return open_programme(six_villages)


@pytest.fixture(scope="module")
def progress(programme):
    return compare(*(assess(programme.situation(day)) for day in ("2005-12-31", "2026-06-30")))


def drawn(situation, communities, district=None):
    """(axes, labels of the legend) of a map."""
    with style():
        axes = axes_at(blank(), 40, 40, 500, 400)
        fit(axes, bounds_m(situation, district))
        signs = draw_map(axes, situation, communities, district)
    return axes, [sign.get_label() for sign in signs]


def patches(axes):
    """Hazards and released ground as drawn: above everything else."""
    return [one for one in axes.patches if isinstance(one, PathPatch) and one.get_zorder() >= 3]


def is_covered(axes, x, y):
    """By the rule that PDF fills with: rings that run one way round count 1, the others -1, and 0 is outside."""
    spot = shapely.Point(x, y)
    rings = [[shapely.LinearRing(ring) for ring in one.get_path().to_polygons()] for one in patches(axes)]
    return any(
        sum((1 if ring.is_ccw else -1) * shapely.Polygon(ring).contains(spot) for ring in own) != 0 for own in rings
    )


def test_every_hazard_is_drawn_and_holes_stay_open(programme):
    """A ring round each village: ground within 100 m of it is free, the wall between 100 and 200 m is not. On a date
    before the rings of 2015 were reported these are drawn too."""
    situation = programme.situation("2005-12-31")
    axes, labels = drawn(situation, communities_plain(situation))
    for outline in programme.hazards.geometry:
        x, y = outline.centroid.coords[0]
        assert is_covered(axes, x + (INNER + OUTER) / 2, y)
        assert not is_covered(axes, x, y)
    assert "Recorded only after this date" in labels
    assert "Open: Confirmed hazardous area (CHA)" in labels


def test_on_the_data_date_nothing_is_known_only_later(programme):
    situation = programme.situation("2026-06-30")
    assert "Recorded only after this date" not in drawn(situation, communities_plain(situation))[1]


def test_hazards_of_kinds_left_out_are_drawn(draw_programme):
    outline = shapely.box(0, 0, 500, 500)
    programme = draw_programme(
        hazards=[{"hazard_id": "H1", "kind": "SHA", "geometry": outline}],
        communities=[{"community_id": "C1", "geometry": shapely.Point(2000, 0)}],
    )
    situation = programme.situation("2020-01-01", ["CHA"])
    axes, labels = drawn(situation, communities_plain(situation))
    assert is_covered(axes, 250, 250)
    assert "On record, no barrier here: of a kind not counted" in labels
    assert notes(situation)[0].startswith("Only confirmed areas (CHA) are counted: 1 other open hazard")


def test_no_symbol_hides_a_hazard(progress):
    axes, _ = drawn(progress.after.situation, communities_compared(progress))
    lowest = min(one.get_zorder() for one in patches(axes))
    assert len(axes.collections) > 0
    assert all(one.get_zorder() < lowest for one in axes.collections)


def test_symbols_tell_states_and_changes_apart_without_colour(progress):
    """ringed is freed; laid is worse; found is held back."""
    axes, labels = drawn(progress.after.situation, communities_compared(progress))
    for label in ("Held back (modelled)", "No longer held back (modelled)", "Worse than before (modelled)"):
        assert label in labels
    at = dict(zip(progress.communities["name"], progress.communities.geometry, strict=True))
    named = {one.get_label(): one.get_offsets() for one in axes.collections if len(one.get_offsets())}
    assert named["No longer held back (modelled)"].tolist() == [[at["ringed"].x, at["ringed"].y]]
    assert named["Worse than before (modelled)"].tolist() == [[at["laid"].x, at["laid"].y]]
    rings = [printed_styles()["rings"][name] for name, look in styles()["changes"].items() if "fill" not in look]
    assert len(set(rings)) == len(rings)
    hatches = printed_styles()["hatches"]
    assert len({hatches[kind] for kind in HAZARD_KINDS}) == len(HAZARD_KINDS)
    states = [look for look in styles()["hazard_states"].values() if look["depth"] == 3]
    assert len({look.get("dash") for look in states}) == len(states)


def test_a_freed_community_has_one_symbol(progress):
    """The one of its change in place of the one of its state, or the two would lie over each other."""
    axes, _ = drawn(progress.after.situation, communities_compared(progress))
    spot = progress.communities.set_index("name").geometry["ringed"]
    here = [one for one in axes.collections if [spot.x, spot.y] in one.get_offsets().tolist()]
    assert [one.get_label() for one in here] == ["No longer held back (modelled)"]


def test_routes_are_broken_off_before_hazards_of_every_date(draw_programme):
    """A road through a hazard of 500 m and one known only later: nothing is drawn nearer than 25 + 50 m to either."""
    hazards = [
        {"hazard_id": "H1", "geometry": shapely.box(-250, -250, 250, 250)},
        {"hazard_id": "H2", "geometry": shapely.box(2000, -50, 2100, 50), "reported_on": "2015-01-01"},
    ]
    programme = draw_programme(
        hazards=hazards,
        communities=[{"community_id": "C1", "geometry": shapely.Point(0, 3000)}],
        routes=[{"route_id": "T1", "geometry": shapely.LineString([(-3000, 0), (3000, 0)])}],
    )
    situation = programme.situation("2010-01-01")
    axes, labels = drawn(situation, communities_plain(situation))
    assert "Recorded routes, not checked for safety; broken off near hazards" in labels
    lines = [shapely.LineString(line.get_xydata()) for line in axes.lines if len(line.get_xydata()) > 1]
    hazard = shapely.union_all([row["geometry"] for row in hazards])
    assert min(line.distance(hazard) for line in lines) == pytest.approx(75, abs=0.3)
    assert sum(line.length for line in lines) == pytest.approx(6000 - 650 - 250, abs=2)


def test_bounds_hold_all_there_is_or_one_district(drawn_districts):
    situation = drawn_districts.situation("2020-01-01")
    assert bounds_m(situation) == pytest.approx((-80, -80, 2080, 1080))
    assert bounds_m(situation, "B") == pytest.approx((960, -40, 2040, 1040))


@pytest.fixture(scope="module")
def drawn_districts(draw_programme):
    return draw_programme(
        hazards=[{"hazard_id": "H1", "geometry": shapely.box(900, 400, 1100, 600)}],
        communities=[{"community_id": "C1", "name": "Westby", "people": 100, "geometry": shapely.Point(500, 500)}],
        districts=[
            {"district_code": "A", "name": "West", "geometry": shapely.box(0, 0, 1000, 1000)},
            {"district_code": "B", "name": "East", "geometry": shapely.box(1000, 0, 2000, 1000)},
        ],
        unplaced=[("X1", "SHA", "A", "no geometry"), ("X2", "SHA", "A", "no geometry"), ("X3", "SHA", None, "none")],
    )


def test_one_scale_in_both_directions_and_everything_inside(drawn_districts):
    with style():
        axes = axes_at(blank(), 40, 40, 400, 300)
        fit(axes, (0, 0, 1000, 1000))
    west, south, east, north = limits_of(axes)
    assert (south, north) == pytest.approx((0, 1000))
    assert (east - west) / (north - south) == pytest.approx(400 / 300)
    # 1,333.3 m on 400 pt, which are 141.1 mm: 1 : 9,449.
    assert scale_words(axes) == "Scale about 1 : 9,400 where printed at full size."


def test_the_scale_bar_is_as_long_as_it_says(drawn_districts):
    """A quarter of 1,333 m is 333 m: the next shorter round length is 200 m, in four parts of 50 m."""
    with style():
        axes = axes_at(blank(), 40, 40, 400, 300)
        fit(axes, (0, 0, 1000, 1000))
        draw_scale_bar(axes)
    assert [one.get_text() for one in axes.texts] == ["0", "200 m"]
    assert [one.get_width() for one in axes.patches] == [50] * 4
    assert axes.texts[1].get_position()[0] - axes.texts[0].get_position()[0] == pytest.approx(200)


def test_nothing_that_explains_the_map_lies_on_it(progress):
    """Scale bar, arrow and legend stand outside the frame: on the map they could hide a hazard."""
    with style():
        page = map_page(progress.after.situation, communities_compared(progress)).figure
    (axes,) = page.axes
    *_, north = limits_of(axes)
    bars = [one for one in axes.patches if isinstance(one, Rectangle)]
    assert len(bars) == 4
    assert all(bar.get_y() > north and not bar.get_clip_on() for bar in bars)
    arrow, letter = (next(one for one in axes.texts if one.get_text() == text) for text in ("", "N"))
    assert min(arrow.xy[1], arrow.get_position()[1], letter.get_position()[1]) > north
    (legend,) = page.legends
    assert legend.get_bbox_to_anchor().y1 < axes.get_window_extent().y0


def test_the_arrow_points_to_the_pole():
    """Two degrees east of the middle at 35° north meridians lean by 2° × sin 35° = 1.15° to the west."""
    crs = pyproj.CRS("+proj=laea +lat_0=35 +lon_0=-40 +datum=WGS84 +units=m +no_defs")
    x, y = pyproj.Proj(crs)(-38, 35)
    with style():
        axes = axes_at(blank(), 40, 40, 400, 300)
        fit(axes, (x - 500, y - 500, x + 500, y + 500))
        draw_north(axes, crs)
    arrow = axes.texts[0]
    lean = np.subtract(arrow.xy, arrow.get_position())
    assert np.degrees(np.arctan2(lean[0], lean[1])) == pytest.approx(-2 * np.sin(np.radians(35)), abs=0.02)


@pytest.mark.parametrize("middle", [(-40.0, 35.0), (179.99, -8.0), (0.0, 0.0)])
def test_the_grid_is_where_its_names_say(middle):
    """Each tick, taken back to degrees by another way (pyproj's Proj), has the degrees that it is named by."""
    lon, lat = middle
    crs = pyproj.CRS(f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m +no_defs")
    with style():
        axes = axes_at(blank(), 40, 40, 400, 300)
        fit(axes, (-20_000, -15_000, 20_000, 15_000))
        draw_grid(axes, crs)
    west, south, *_ = limits_of(axes)
    inverse = pyproj.Proj(crs)
    assert len(axes.get_xticks()) >= 3
    assert len(axes.get_yticks()) >= 3
    for x, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True):
        apart = signed(label.get_text()) - inverse(x, south, inverse=True)[0]
        assert (apart + 180) % 360 - 180 == pytest.approx(0, abs=1e-3)
    for y, label in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True):
        assert signed(label.get_text()) == pytest.approx(inverse(west, y, inverse=True)[1], abs=1e-3)


def signed(text):
    number, _, side = text.partition("°")
    return float(number) * (-1 if side.strip() in ("W", "S") else 1)


def test_a_page_says_the_dates_what_is_missing_and_what_it_is_not_for(drawn_districts):
    situation = drawn_districts.situation("2020-01-01")
    with style():
        page = map_page(situation, communities_plain(situation), "B")
    said = " ".join(text.get_text() for text in page.figure.texts)
    assert page.title == "Map: East (B) on 2020-01-01"
    assert "Data date 2025-12-31. Scale about 1 : " in said
    assert "Not for navigation or safety decisions. No recorded hazard here is not proof of safety." in said
    assert "their place is not known: 3 hazards (A 2, district not recorded 1)." in said
    assert "No placed accidents are recorded, so nobody can tell how much the hazard record misses." in said


def test_a_page_keeps_its_words_between_the_margins(progress):
    with style():
        page = map_page(progress.after.situation, communities_of(progress.after)).figure
    wide, _ = page.get_size_inches() * 72
    for text in page.texts:
        assert text.get_position()[0] * wide + width_pt(text.get_text(), text.get_size()) <= wide - 40
    lowest = min(text.get_position()[1] for text in page.texts)
    assert lowest * 841.89 > 40 + 36


def test_a_long_list_of_hazards_that_could_not_be_placed_stays_above_the_footer(draw_programme):
    programme = draw_programme(
        communities=[{"community_id": "C1", "geometry": shapely.Point(0, 0)}],
        unplaced=[(f"X{at}", "SHA", f"A district of some length {at:03d}", "none") for at in range(130)],
    )
    situation = programme.situation("2020-01-01")
    with style():
        page = map_page(situation, communities_plain(situation)).figure
    assert "known: 130 hazards (A district of some length 000 1, " in notes(situation)[1]
    assert notes(situation)[1].endswith("length 099 1, and 30 more districts).")
    assert min(text.get_position()[1] for text in page.texts) * 841.89 > 40 + 36


def test_a_programme_with_nothing_but_a_community_has_a_map(draw_programme):
    programme = draw_programme(communities=[{"community_id": "C1", "geometry": shapely.Point(0, 0)}])
    situation = programme.situation("2020-01-01")
    with style():
        page = map_page(situation, communities_plain(situation))
    assert np.isfinite(page.figure.axes[0].get_xlim()).all()


def test_names_keep_off_hazards_where_they_can_and_lie_under_them_where_they_cannot():
    """East of one village a hazard, north-west a symbol; a hazard all round another; two villages on one spot."""
    with style():
        page = blank()
        axes = axes_at(page, 40, 40, 400, 400)
        fit(axes, (0, 0, 6000, 6000))
    homes = GeoDataFrame(
        {"community_id": ["C1", "C2", "C3", "C4", "C5"], "name": ["East", "Ringed", None, "Twin", "Unnamed"],
         "people": [10.0, 50.0, np.nan, 20.0, 9000.0]},
        geometry=[Point(1000, 1000), Point(1000, 4000), Point(4000, 4000), Point(4000, 4000), Point(900, 1070)],
        crs="EPSG:32633",
    )  # fmt: skip
    east = box(1020, 0, 2500, 2000)
    ring = Point(1000, 4000).buffer(900).difference(Point(1000, 4000).buffer(60))
    with style():
        put_names(
            axes,
            homes,
            (homes["name"] != "Unnamed").to_numpy(),
            np.full(5, 16.0),
            GeoDataFrame(geometry=[east, ring], crs="EPSG:32633"),
        )
        page.canvas.draw()
    names = {one.get_text(): one for one in axes.texts}
    assert list(names) == ["Ringed", "Twin", "East", "C3"]  # most people first
    extents = {
        name: box(*one.get_window_extent().transformed(axes.transData.inverted()).extents)
        for name, one in names.items()
    }
    assert not extents["East"].intersects(shapely.union_all([east, Point(900, 1070)]))
    assert extents["Ringed"].intersects(ring)
    assert not extents["Twin"].intersects(extents["C3"])
    assert all(one.get_zorder() < 3 for one in axes.texts)
