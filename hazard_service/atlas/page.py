"""The map page: folium's map, our layers, legend, counts and caveats, served or as one file."""

from typing import Any, Final
from urllib.parse import urlencode

from markupsafe import Markup

from hazard_service.assessment import Progress
from hazard_service.atlas.drawn import BREAK_OFF_M, LAYERS, drawn
from hazard_service.atlas.dress import json_block, page_json
from hazard_service.atlas.frame import age_words, dressing, folium_parts
from hazard_service.atlas.legend import NO_ACCIDENTS, counts, shown_classes, sizes, styles_of, unplaced_by_district
from hazard_service.atlas.popups import metres
from hazard_service.atlas.progress import PROGRESS
from hazard_service.dress import STALE_AFTER, render, with_policy
from hazard_service.layers.kinds import left_out
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY, NOT_TESTED

# Addresses that the web rim answers for the served page.
MAP_LAYERS: Final = "/map"
METHOD: Final = "/method"

# Live answers need the service: a page that was written to a file has no such button.
WHAT_IF: Final = "/api/whatif"
WHAT_IF_WORDS: Final[dict[str, Any]] = {
    "ask": "What if released?",
    "asking": "Walking…",
    "not_released": "NOT RELEASED. If it were (modelled):",
    "nobody": "nobody would be freed by this release alone.",
    "freed": "no longer held back:",
    "wider": "movement wider:",
    "reach": "km² of reach given back, summed over communities",
    "always": [NOT_TESTED, NOT_FOR_SAFETY],
    "limits": "Read with these limits",
    "failed": "No answer came; the terminal that runs the service says why.",
}


def map_page(progress: Progress, *, embed: bool, district: str | None = None) -> str:
    """The page as HTML: with `embed` one file that needs nothing else, without it a page for the web rim to serve.

    district: the code of a district of the programme to look at first, instead of everything.
    A file turns grey with a warning 90 days after the data date; the served page reads its data anew.
    """
    situation = progress.after.situation
    programme = situation.programme
    layers = drawn(progress)
    header, body, script = folium_parts(progress.after.communities)
    blocks = [_page_block(progress, embed=embed, district=district)]
    if embed:
        blocks += [json_block(f"layer-{name}", layers[name]) for name in LAYERS]
    page = render(
        "map.html",
        programme=programme,
        before_on=progress.before.situation.on,
        after_on=situation.on,
        before_words="baseline" if progress.before.situation.on == programme.baseline_date else "earlier date",
        after_words="data date" if situation.on == programme.data_date else "later date",
        data_date=programme.data_date,
        not_for_safety=NOT_FOR_SAFETY,
        no_record=NO_RECORD,
        counts=counts(progress),
        shown=shown_classes(layers),
        styles=styles_of(situation.kinds),
        left_out=left_out(situation.kinds, len(situation.not_counted)),
        sizes=sizes(),
        contact=metres(programme.settings.contact_m),
        break_off=metres(programme.settings.position_error_m + BREAK_OFF_M),
        unplaced=unplaced_by_district(programme),
        unplaced_total=len(programme.unplaced),
        accidents=_accidents(progress.after.totals),
        caveats=[text for text in progress.caveats if text not in (NOT_FOR_SAFETY, NO_RECORD)],
        folium_map=Markup(body),
        folium_script=Markup(script),
        blocks=Markup("\n").join(blocks),
        method=None if embed else METHOD,
        progress=PROGRESS,
        **dressing(header, embed=embed),
    )
    return with_policy(page, embed=embed)


def _accidents(totals: dict[str, Any]) -> str | None:
    """The shares of accidents near hazards stand in the caveats; where there are none, that must be said."""
    if totals.get("accidents_inside_share") is not None:
        return None
    return NO_ACCIDENTS


def _page_block(progress: Progress, *, embed: bool, district: str | None) -> Markup:
    before, after = progress.before.situation.on.isoformat(), progress.after.situation.on.isoformat()
    data_date = progress.after.situation.programme.data_date
    query = urlencode({"from": before, "to": after})
    return page_json(
        layers={name: None if embed else f"{MAP_LAYERS}/{name}.geojson?{query}" for name in LAYERS},
        styles=styles_of(progress.after.situation.kinds),
        look_at=district,
        data_date=data_date.isoformat(),
        what_if=None if embed else {"address": WHAT_IF, "on": after, **WHAT_IF_WORDS},
        stale_after=(data_date + STALE_AFTER).isoformat() if embed else None,
        words={
            "walks": ["Minutes on foot", "no hazards", before, after],
            "since": f"Since {before}:",
            "no_record": NO_RECORD,
            **age_words(data_date),
        },
    )
