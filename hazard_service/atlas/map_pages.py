"""The map of a report as an A4 page: title, dates, what is drawn, and what must be read with it."""

from typing import Final

from geopandas import GeoDataFrame

from hazard_service.atlas.legend import NO_ACCIDENTS, unplaced_by_district
from hazard_service.atlas.map_parts import (
    NORTH_PT,
    draw_grid,
    draw_north,
    draw_scale_bar,
    fit,
    put_legend,
    scale_words,
)
from hazard_service.atlas.printed_map import bounds_m, draw_map, name_held_back
from hazard_service.impact.exposure import accident_distances
from hazard_service.impact.summary import what_the_record_misses
from hazard_service.language import joined, safety, said
from hazard_service.layers import Programme, Situation
from hazard_service.layers.kinds import left_out
from hazard_service.paper import MARGIN_PT, SOFT, Drawn, axes_at, blank, height_pt, put_lines, usable_pt, wrapped
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY

_TITLE_PT: Final = 11.0
_TEXT_PT: Final = 8.5
# For the names of the parallels and meridians.
_LEFT_PT, _BELOW_PT = 14.0, 18.0
# What the longest legend takes below the map; and a map that is lower shows nothing.
_LEGEND_PT: Final = 150.0
_LOWEST_PT: Final = 220.0
# With more districts than these listed, the words would leave no room for the map.
_MOST_LISTED: Final = 100


def map_page(situation: Situation, communities: GeoDataFrame, district: str | None = None) -> Drawn:
    """One page with the map of a programme, or of one district, on the situation's date.

    communities: from `printed_map.communities_of` and its like.
    """
    programme, page = situation.programme, blank()
    width, height = usable_pt(is_landscape=False)
    title = said("Map: {place} on {date}", place=place_of(programme, district), date=situation.on)
    must_say = [wrapped(text, width, _TEXT_PT, is_bold=True) for text in notes(situation)]
    y = put_lines(page, wrapped(title, width, _TITLE_PT, is_bold=True), MARGIN_PT, MARGIN_PT, _TITLE_PT, is_bold=True)
    top = y + NORTH_PT + 8
    below = _BELOW_PT + _LEGEND_PT + sum(height_pt(lines, _TEXT_PT) + 2 for lines in must_say)
    bounds = bounds_m(situation, district)
    west, south, east, north = bounds
    wide = width - _LEFT_PT
    high = max(min(wide * (north - south) / (east - west), MARGIN_PT + height - below - top), _LOWEST_PT)
    axes = axes_at(page, MARGIN_PT + _LEFT_PT, top, wide, high)
    fit(axes, bounds)
    signs = draw_map(axes, situation, communities, district)
    if district is not None:
        name_held_back(axes, communities, situation.programme.hazards)
    draw_grid(axes, programme.crs)
    draw_scale_bar(axes)
    draw_north(axes, programme.crs)
    scale = said("Data date {date}. {scale}", date=programme.data_date, scale=scale_words(axes))
    put_lines(page, [scale], MARGIN_PT, y + 2, _TEXT_PT, colour=SOFT)
    y = put_legend(page, signs, MARGIN_PT, top + high + _BELOW_PT, width) + 4
    for lines in must_say:
        y = put_lines(page, lines, MARGIN_PT, y, _TEXT_PT, is_bold=True) + 2
    return Drawn(title, page)


def place_of(programme: Programme, district: str | None) -> str:
    """The programme by name, or one of its districts by name and code."""
    if district is None:
        return programme.name
    names = programme.districts.set_index("district_code")["name"]
    name = names[district]
    return said("{name} ({code})", name=name, code=district) if isinstance(name, str) else district


def notes(situation: Situation) -> list[str]:
    """What every map must say: what it is not for, what is not on it, and what the record misses."""
    programme = situation.programme
    must_say = [*left_out(situation.kinds, len(situation.not_counted)), joined([NOT_FOR_SAFETY, NO_RECORD])]
    if unplaced := unplaced_by_district(programme):
        districts = [said("{name} {n:,}", name=row["district"], n=row["count"]) for row in unplaced]
        if len(districts) > _MOST_LISTED:
            others = said("and {n:,} more districts", n=len(districts) - _MOST_LISTED)
            districts = [*districts[:_MOST_LISTED], others]
        must_say.append(
            safety(
                "Not on the map, because their place is not known: {n:,} hazards ({districts}).",
                n=len(programme.unplaced),
                districts=districts,
            )
        )
    missed = what_the_record_misses(accident_distances(programme.accidents, programme.hazards))
    return [*must_say, *(missed or [NO_ACCIDENTS])]
