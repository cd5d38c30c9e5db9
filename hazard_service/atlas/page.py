"""The map page: folium's map, our layers, legend, counts and caveats, served or as one file."""

import datetime
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup

from hazard_service.assessment import Progress
from hazard_service.atlas.backdrop import backdrop
from hazard_service.atlas.cards import metres
from hazard_service.atlas.drawn import LAYERS, assessments_of, drawn
from hazard_service.atlas.dress import layer_block, page_json
from hazard_service.atlas.explained import EXPLAIN
from hazard_service.atlas.frame import age_words, dressing, folium_parts
from hazard_service.atlas.gains import gains_document
from hazard_service.atlas.geojson import dump
from hazard_service.atlas.legend import (
    NO_ACCIDENTS,
    counts,
    shown_classes,
    sizes,
    styles_of,
    unplaced_by_district,
    unplaced_words,
)
from hazard_service.atlas.progress import PROGRESS
from hazard_service.atlas.wording import words
from hazard_service.dress import STALE_AFTER, render, with_policy
from hazard_service.errors import DateError
from hazard_service.impact.routes_shown import BREAK_OFF_M
from hazard_service.language import ENGLISH, LANGUAGES, figure, said, some, speech, spoken
from hazard_service.layers import Programme
from hazard_service.layers.kinds import left_out
from hazard_service.planning import Gains
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY

# Addresses that the web rim answers for the served page.
MAP_LAYERS: Final = "/map"
METHOD: Final = "/method"

# Live answers need the service: a page that was written to a file has none of them.
WHAT_IF: Final = "/api/whatif"
GAINS: Final = "gains"
TILES: Final = "/tiles"
# Dates in a refusal.
_MOST_NAMED: Final = 30


def check_shown(on: datetime.date | None, dates: Sequence[datetime.date]) -> None:
    """Raises DateError for a date that a map does not show."""
    if on is not None and on not in dates:
        raise DateError(f"{on} is not a date of this map; take one of {some(map(str, dates), _MOST_NAMED)}.")


def map_page(
    steps: Sequence[Progress],
    *,
    served_step: str | None = None,
    gains: Gains | None = None,
    on: datetime.date | None = None,
    district: str | None = None,
    community: str | None = None,
) -> str:
    """The page as HTML: one file that needs nothing else, or with `served_step` a page for the web rim to serve.

    steps: progress from one first date, as a rule the baseline, to each later one; the slider goes over all of them.
    served_step: the step of the series that the served layers are of.
    gains: what releasing each hazard of the last date alone would give, for the cards of a file; a served page asks.
    on: the date to show first, the last one when left out. district: the code of a district to look at first.
    community: the id of a community whose card is open at first.
    A file turns grey with a warning 90 days after the data date; the served page reads its data anew.
    Raises DateError where `on` is not one of the dates.
    """
    assessments = assessments_of(steps)
    dates = [one.situation.on for one in assessments]
    check_shown(on, dates)
    situation = assessments[-1].situation
    programme = situation.programme
    embed, layers = served_step is None, drawn(tuple(steps))
    header, body, script = folium_parts(assessments[-1].communities)
    page_data = _page_data(steps, dates, served_step)
    page_data |= {"open_at": dates.index(on or dates[-1]), "look_at": district, "card_of": community}
    blocks = [page_json(**page_data)]
    if embed:
        blocks += [layer_block(f"layer-{name}", layers[name]) for name in LAYERS]
        blocks += [] if gains is None else [layer_block(f"layer-{GAINS}", dump(gains_document(gains)))]
    page = render(
        "map.html",
        programme=programme,
        dates=dates,
        shown_first=on or dates[-1],
        first_words=said("baseline") if dates[0] == programme.baseline_date else said("first date"),
        last_words=said("data date") if dates[-1] == programme.data_date else said("last date"),
        data_date=programme.data_date,
        not_for_safety=NOT_FOR_SAFETY,
        no_record=NO_RECORD,
        shown=shown_classes(layers),
        styles=styles_of(situation.kinds),
        left_out=left_out(situation.kinds, len(situation.not_counted)),
        sizes=sizes(),
        ground=page_data["ground"],
        tiles=page_data["tiles"],
        contact=metres(programme.settings.contact_m),
        break_off=metres(programme.settings.position_error_m + BREAK_OFF_M),
        unplaced=unplaced_by_district(programme),
        unplaced_words=unplaced_words(programme),
        accidents=_accidents(steps[-1].after.totals),
        caveats=[text for text in steps[-1].caveats if text not in (NOT_FOR_SAFETY, NO_RECORD)],
        folium_map=Markup(body),
        folium_script=Markup(script),
        blocks=Markup("\n").join(blocks),
        embed=embed,
        languages=[] if embed else _languages(step=served_step, on=on, district=district, community=community),
        method=METHOD,
        progress=PROGRESS,
        **dressing(header, embed=embed),
    )
    return with_policy(page, embed=embed)


def _asked_language(code: str) -> dict[str, str]:
    """What an address says beside its other parameters to be answered in a language; nothing for English."""
    return {} if code == ENGLISH else {"lang": code}


def _languages(**asked: Any) -> list[dict[str, str]]:
    """The same page in the other languages; `asked`: what its address asks for, None where it does not."""
    given = {name: str(value) for name, value in asked.items() if value is not None}
    return [
        {"code": code, "name": language.name, "address": f"/?{urlencode(given | _asked_language(code))}"}
        for code, language in LANGUAGES.items()
        if code != spoken()
    ]


def _tiles(programme: Programme) -> dict[str, Any] | None:
    """Where the served page finds the programme's background map. A file to carry has none."""
    basemap = programme.basemap
    if basemap is None:
        return None
    address = basemap.address or f"{TILES}/{{z}}/{{x}}/{{y}}"
    zooms = {"minNativeZoom": basemap.min_zoom, "maxNativeZoom": basemap.max_zoom}
    return {"address": address, "attribution": basemap.attribution, **zooms}


def tiles_host(programme: Programme) -> str:
    """The other host that the page may ask for pictures, as a content policy names it; empty without one."""
    if programme.basemap is None or programme.basemap.file is not None:
        return ""
    return f"https://{urlsplit(programme.basemap.address).netloc}"


def _accidents(totals: dict[str, Any]) -> str | None:
    """The shares of accidents near hazards stand in the caveats; where there are none, that must be said."""
    if totals.get("accidents_inside_share") is not None:
        return None
    return NO_ACCIDENTS


def _page_data(steps: Sequence[Progress], dates: Sequence[datetime.date], step: str | None) -> dict[str, Any]:
    """What the scripts must know beside the layers."""
    programme = steps[-1].after.situation.programme
    embed, lang = step is None, _asked_language(spoken())
    query = urlencode({"step": step} | lang)
    what_if = f"{WHAT_IF}?{urlencode(lang)}" if lang else WHAT_IF
    on, more = dates[-1].isoformat(), "".join(f"&{name}={value}" for name, value in lang.items())
    served = {"what_if": what_if, "explain": EXPLAIN, "on": on, "step": step, "more": more}
    return {
        "language": speech(),
        "dates": [day.isoformat() for day in dates],
        "days": [figure(day) for day in dates],
        "counts": counts(steps),
        "ground": backdrop(programme),
        "tiles": None if embed else _tiles(programme),
        "layers": {name: None if embed else f"{MAP_LAYERS}/{name}.json?{query}" for name in LAYERS},
        "gains": None if embed else f"{MAP_LAYERS}/{GAINS}.json?{query}",
        "served": None if embed else served,
        "styles": styles_of(steps[-1].after.situation.kinds),
        "data_date": programme.data_date.isoformat(),
        "stale_after": (programme.data_date + STALE_AFTER).isoformat() if embed else None,
        "words": {**words(programme.settings, dates[-1]), **age_words(programme.data_date)},
    }
