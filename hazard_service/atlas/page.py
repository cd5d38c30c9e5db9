"""The map page: folium's map, our layers, legend, counts and caveats, served or as one file."""

import datetime
from typing import Any, Final
from urllib.parse import urlencode

import folium
from branca.element import MacroElement
from folium.template import Template
from markupsafe import Markup

from hazard_service.assessment import Progress
from hazard_service.atlas import offline
from hazard_service.atlas.drawn import BREAK_OFF_M, LAYERS, drawn
from hazard_service.atlas.dress import content_policy, data_uri, inline_asset, json_block, page_json, render, styles
from hazard_service.atlas.legend import counts, shown_classes, sizes, unplaced_by_district
from hazard_service.atlas.popups import metres
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY

# Addresses that the web rim answers for the served page.
ASSETS: Final = "/assets"
OFFLINE: Final = "/offline"
MAP_LAYERS: Final = "/map"
METHOD: Final = "/method"
STALE_AFTER: Final = datetime.timedelta(days=90)
# Of folium's default scripts and styles the page needs Leaflet alone; the rest would be 1.2 MB.
_POLICY_MARK: Final = "@@POLICY@@"
_NEEDED: Final = ("leaflet", "leaflet_css")


# Live answers need the service: a page that was written to a file has no such button.
WHAT_IF: Final = "/api/whatif"
WHAT_IF_WORDS: Final = {
    "ask": "What if released?",
    "asking": "Walking…",
    "not_released": "NOT RELEASED. If it were (modelled):",
    "nobody": "nobody would be freed by this release alone.",
    "freed": "no longer held back:",
    "wider": "movement wider:",
    "reach": "km² of reach given back, summed over communities",
    "failed": "No answer came; the terminal that runs the service says why.",
}


class _Drawing(MacroElement):
    """Hands folium's map to our script."""

    _template = Template("{% macro script(this, kwargs) %}drawHazardMap({{ this._parent.get_name() }});{% endmacro %}")

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._id = "layers"


def map_page(progress: Progress, *, embed: bool) -> str:
    """The page as HTML: with `embed` one file that needs nothing else, without it a page for the web rim to serve.

    A file turns grey with a warning 90 days after the data date; the served page reads its data anew.
    """
    situation = progress.after.situation
    programme = situation.programme
    layers = drawn(progress)
    header, body, script = _folium_parts(progress)
    blocks = [_page_block(progress, embed=embed)]
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
        styles=styles(),
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
        **_dressing(header, embed=embed),
    )
    # The template holds the mark before any text of the data, so a name that repeats it changes nothing.
    return page.replace(_POLICY_MARK, _policy_tag(page) if embed else "", 1)


def _policy_tag(page: str) -> str:
    """A file has no server to send its policy, so it carries it: nothing but what is written in it may load or run."""
    policy = content_policy(page, "'none'")
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}">'


def _accidents(totals: dict[str, Any]) -> str | None:
    """The shares of accidents near hazards stand in the caveats; where there are none, that must be said."""
    if totals.get("accidents_inside_share") is not None:
        return None
    return "No placed accidents are recorded, so nobody can tell how much the hazard record misses."


def _folium_parts(progress: Progress) -> tuple[str, str, str]:
    """(links to Leaflet, the map's element, the script that makes it)."""
    frame = progress.after.communities.geometry.to_crs("EPSG:4326")
    west, south, east, north = frame.total_bounds if len(frame) else (0.0, 0.0, 0.0, 0.0)
    view: Any = folium.Map(
        location=[round((south + north) / 2, 4), round((west + east) / 2, 4)],
        zoom_start=10,
        tiles=None,
        prefer_canvas=True,
        control_scale=False,
        minZoom=4,
        maxZoom=17,
        zoomSnap=0.25,
        attributionControl=False,
    )
    # A fixed name instead of folium's random one: the same data gives the same page.
    view._id = "hazards"
    view.default_js = [pair for pair in view.default_js if pair[0] in _NEEDED]
    view.default_css = [pair for pair in view.default_css if pair[0] in _NEEDED]
    view.add_child(_Drawing())
    figure = view.get_root()
    view.render()
    # folium's own header forbids zooming by hand and sets styles that ours replace.
    figure.header._children.pop(view.get_name())
    figure.header._children.pop("meta_http", None)
    return figure.header.render(), figure.html.render(), figure.script.render()


def _dressing(header: str, *, embed: bool) -> dict[str, Any]:
    if embed:
        return {
            "scripts": Markup(offline.inline(header)),
            "our_style": inline_asset("map.css"),
            "our_script": inline_asset("map.js"),
            "icon": data_uri("favicon.svg"),
        }
    return {
        "scripts": Markup(offline.rewrite(header, OFFLINE)),
        "our_style": Markup(f'<link rel="stylesheet" href="{ASSETS}/map.css">'),
        "our_script": Markup(f'<script src="{ASSETS}/map.js"></script>'),
        "icon": f"{ASSETS}/favicon.svg",
    }


def _page_block(progress: Progress, *, embed: bool) -> Markup:
    before, after = progress.before.situation.on.isoformat(), progress.after.situation.on.isoformat()
    data_date = progress.after.situation.programme.data_date
    query = urlencode({"from": before, "to": after})
    return page_json(
        layers={name: None if embed else f"{MAP_LAYERS}/{name}.geojson?{query}" for name in LAYERS},
        styles=styles(),
        data_date=data_date.isoformat(),
        what_if=None if embed else {"address": WHAT_IF, "on": after, **WHAT_IF_WORDS},
        stale_after=(data_date + STALE_AFTER).isoformat() if embed else None,
        words={
            "walks": ["Minutes on foot", "no hazards", before, after],
            "since": f"Since {before}:",
            "no_record": NO_RECORD,
            "old": f"This map shows data of {data_date}, more than 90 days old. Ask for a newer one.",
            "clock": f"The clock of this device is earlier than the data date {data_date}: the map's age is not known.",
        },
    )
