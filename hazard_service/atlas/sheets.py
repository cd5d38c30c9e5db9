"""Printed sheets: a map on one landscape page, with its title, dates, legend, grid, counts and limits."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import pandas as pd
from geopandas import GeoDataFrame
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from hazard_service.assessment import Progress
from hazard_service.atlas.map_pages import notes, place_of
from hazard_service.atlas.map_parts import NORTH_PT, draw_grid, draw_north, draw_scale_bar, fit, put_legend, scale_words
from hazard_service.atlas.printed_map import bounds_m, communities_compared, draw_map, name_hazards, name_held_back
from hazard_service.dress import STALE_AFTER, file_name
from hazard_service.errors import ParameterError
from hazard_service.impact.rollup import district_of, zones_of
from hazard_service.language import Said, figure, is_right_to_left, joined, safety, said, some, translated
from hazard_service.paper import (
    LEADING,
    SOFT,
    axes_at,
    blank,
    frame,
    height_pt,
    put_lines,
    rule,
    save_pdf,
    size_pt,
    style,
    wrapped,
)
from hazard_service.vocabulary import FICTIONAL, LABELS, NO_RECORD, NOT_FOR_SAFETY

_EDGE_PT: Final = 26.0
_GAP_PT: Final = 12.0
# For the names of the parallels and meridians.
_LEFT_PT, _BELOW_PT = 14.0, 14.0
# What the words beside the map take of the width.
_WORDS_SHARE: Final = 0.27
_TITLE_PT, _TEXT_PT, _SMALL_PT = 12.0, 8.0, 6.2
_PNG_DPI: Final = 150
_MOST_IDS: Final = 60
_COUNTED: Final = ("held_back", "freed", "expanded", "uncertain", "worsened")


def sheet(progress: Progress, district: str | None = None, *, paper: str = "a4") -> Figure:
    """One page with the map of a programme, or of one district, on the later date of a comparison.

    paper: a key of paper.PAPERS_PT. Everything that must be read with the map stands on the page itself.
    """
    page = blank(is_landscape=True, paper=paper)
    width, height = size_pt(page)
    words = width * _WORDS_SHARE
    wide = width - 2 * _EDGE_PT - _GAP_PT - _LEFT_PT - words
    below = _limits(page, progress, wide + _LEFT_PT)
    top = _EDGE_PT + NORTH_PT + 4
    axes = axes_at(page, _EDGE_PT + _LEFT_PT, top, wide, height - top - _EDGE_PT - _BELOW_PT - below)
    situation, communities = progress.after.situation, communities_compared(progress)
    fit(axes, bounds_m(situation, district))
    signs = draw_map(axes, situation, communities, district)
    told: list[Said] = []
    if district is not None:
        name_held_back(axes, communities, progress.after.situation.programme.hazards)
        told = _ids_told(name_hazards(axes, situation, communities))
    draw_grid(axes, situation.programme.crs)
    draw_scale_bar(axes)
    draw_north(axes, situation.programme.crs)
    own = _of_district(progress, district)
    _words(page, progress, own, signs, district, scale_words(axes), told, width - _EDGE_PT - words, words)
    return page


def _ids_told(without: list[str]) -> list[Said]:
    """What the small letters beside the hazards are, and which hazards have none."""
    told = [said("Small letters beside hazards: their ids.")]
    if without:
        told.append(
            said("Ids that have no room on the map ({n:,}): {ids}.", n=len(without), ids=some(without, _MOST_IDS))
        )
    return told


def _words(
    page: Figure,
    progress: Progress,
    communities: GeoDataFrame,
    signs: Sequence[Artist],
    district: str | None,
    scale: Said,
    told: Sequence[Said],
    x: float,
    width: float,
) -> None:
    """The column beside the map."""
    situation = progress.after.situation
    programme, y = situation.programme, _EDGE_PT
    if programme.fictional:
        lines = wrapped(FICTIONAL, width - 8, _TEXT_PT, is_bold=True)
        frame(page, x, y, width, height_pt(lines, _TEXT_PT) + 6, face="#ece7f6")
        y = put_lines(page, lines, x + 4, y + 3, _TEXT_PT, is_bold=True, width=width - 8) + 9
    title = wrapped(place_of(programme, district), width, _TITLE_PT, is_bold=True)
    y = put_lines(page, title, x, y, _TITLE_PT, is_bold=True, width=width)
    if district is not None:
        y = put_lines(page, wrapped(programme.name, width, _TEXT_PT), x, y, _TEXT_PT, colour=SOFT, width=width)
    y = put_lines(page, [figure(situation.on)], x, y + 2, _TITLE_PT, is_bold=True, width=width) + 2
    stale = programme.data_date + STALE_AFTER
    about = safety(
        "Data date {date}. Ask for a newer sheet after {stale}. {scale}",
        date=programme.data_date,
        stale=stale,
        scale=scale,
    )
    y = put_lines(page, wrapped(about, width, _TEXT_PT), x, y, _TEXT_PT, colour=SOFT, width=width) + 6
    for text in notes(situation):
        if text not in progress.after.caveats:
            y = (
                put_lines(page, wrapped(text, width, _TEXT_PT, is_bold=True), x, y, _TEXT_PT, is_bold=True, width=width)
                + 3
            )
    y += 3
    for text in _counts(progress, communities):
        y = put_lines(page, wrapped(text, width, _TEXT_PT), x, y, _TEXT_PT, width=width)
    for text in told:
        y = put_lines(page, wrapped(text, width, _SMALL_PT), x, y + 1, _SMALL_PT, colour=SOFT, width=width)
    rule(page, x, y + 4, width)
    put_legend(page, signs, x, y + 10, width, columns=1, bottom=size_pt(page)[1] - _EDGE_PT)


def _counts(progress: Progress, communities: GeoDataFrame) -> list[Said]:
    """How many communities are held back, and what changed since the earlier date."""
    held = said(
        "{state}: {n:,} of {total:,} communities",
        state=LABELS["held_back"],
        n=int(communities["held_back_after"].sum()),
        total=len(communities),
    )
    found = communities["progress"].value_counts()
    changed = [
        said("{label}: {value}", label=LABELS[name], value=figure(int(found[name]), ","))
        for name in _COUNTED[1:]
        if name in found
    ]
    return [held, said("Since {date}:", date=progress.before.situation.on), *changed] if changed else [held]


def _of_district(progress: Progress, district: str | None) -> GeoDataFrame:
    communities = progress.communities
    if district is None:
        return communities
    home = district_of(communities, zones_of(progress.after.situation.programme.districts))
    return communities[pd.Series(home == district, index=communities.index)]


def _limits(page: Figure, progress: Progress, width: float) -> float:
    """What must be read with the map, in two columns below it; returns how high they are."""
    programme = progress.after.situation.programme
    limits = [text for text in progress.after.caveats if text not in (NOT_FOR_SAFETY, NO_RECORD)]
    source = said(
        "Source: the record of {programme}, {date}. Made by hazard-service.",
        programme=programme.name,
        date=programme.data_date,
    )
    half = (width - _GAP_PT) / 2
    lines = [line for text in [*limits, source] for line in _bullet(text, half)]
    rows = -(-len(lines) // 2)
    high = rows * _SMALL_PT * LEADING + 8
    y = size_pt(page)[1] - _EDGE_PT - high + 8
    rule(page, _EDGE_PT, y - 5, width)
    columns = (lines[rows:], lines[:rows]) if is_right_to_left() else (lines[:rows], lines[rows:])
    for column, own in enumerate(columns):
        put_lines(page, own, _EDGE_PT + column * (half + _GAP_PT), y, _SMALL_PT, colour=SOFT, width=half)
    return high + _GAP_PT


def _bullet(text: str, width: float) -> list[str]:
    first, *rest = wrapped(text, width - 8, _SMALL_PT)
    return [f"– {first}", *(f"   {line}" for line in rest)]


def write_sheets(
    progress: Progress,
    folder: Path,
    *,
    district: str | None = None,
    paper: str = "a4",
    form: str = "pdf",
    tell: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write the sheet of the programme and of each district, or of one district, and return the files written.

    paper: a key of paper.PAPERS_PT. form: "pdf" (one file, a page a sheet) or "png" (a file a sheet). tell: hears of
    each sheet as it is drawn. Raises ParameterError for an unknown district.
    """
    codes = zones_of(progress.after.situation.programme.districts)["district_code"].tolist()
    if district is not None and district not in codes:
        raise ParameterError(f'There is no district "{district[:40]}"; their codes: {", ".join(codes[:30])}.')
    folder.mkdir(parents=True, exist_ok=True)
    asked = [None, *codes] if district is None else [district]
    on, programme = progress.after.situation.on, progress.after.situation.programme
    pages, written = [], []
    with style():
        for at, code in enumerate(asked, start=1):
            tell(f"sheet {at} of {len(asked)}: {place_of(programme, code)}")
            page = sheet(progress, code, paper=paper)
            if form == "pdf":
                pages.append(page)
                continue
            written.append(folder / f"sheet_{file_name(code or 'whole')}_{on}_{paper}.png")
            page.savefig(written[-1], dpi=_PNG_DPI, metadata={"Software": None})
        if pages:
            named = "" if district is None else f"{file_name(district)}_"
            written.append(folder / f"sheets_{named}{on}_{paper}.pdf")
            save_pdf(
                pages,
                written[-1],
                title=f"{programme.name}, {on}",
                subject=translated(joined([NOT_FOR_SAFETY, NO_RECORD])),
            )
    return written
