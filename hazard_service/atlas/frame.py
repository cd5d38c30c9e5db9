"""What every map page stands in: folium's map, our assets, the policy, and the age of a file."""

import datetime
from typing import Any, Final

import folium
from branca.element import MacroElement
from folium.template import Template
from geopandas import GeoDataFrame
from markupsafe import Markup

from hazard_service.atlas import offline
from hazard_service.dress import data_uri, inline_asset
from hazard_service.language import safety

# Addresses that the web rim answers for a served page.
ASSETS: Final = "/assets"
OFFLINE: Final = "/offline"
# Of folium's default scripts and styles the page needs Leaflet alone; the rest would be 1.2 MB.
_NEEDED: Final = ("leaflet", "leaflet_css")
_SCRIPTS: Final = ("shapes.js", "graticule.js", "grid.js", "cards.js", "tools.js", "table.js", "map.js")
# What asks the service: a page in a file has none of it.
_ASKING: Final = ("whatif.js", "ground.js")


class _Drawing(MacroElement):
    """Hands folium's map to our script."""

    _template = Template("{% macro script(this, kwargs) %}drawHazardMap({{ this._parent.get_name() }});{% endmacro %}")

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._id = "layers"


def age_words(data_date: datetime.date) -> dict[str, str]:
    """What a file says once it is old, or where the clock cannot tell."""
    return {
        "old": safety("This map shows data of {date}, more than 90 days old. Ask for a newer one.", date=data_date),
        "clock": safety(
            "The clock of this device is earlier than the data date {date}: the map's age is not known.", date=data_date
        ),
    }


def folium_parts(communities: GeoDataFrame) -> tuple[str, str, str]:
    """(links to Leaflet, the map's element, the script that makes it), looking at the communities."""
    frame = communities.geometry.to_crs("EPSG:4326")
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


def dressing(header: str, *, embed: bool) -> dict[str, Any]:
    """Scripts, styles and icon of a page. Only a served one can ask the service, so only it has the script for that."""
    if embed:
        return {
            "scripts": Markup(offline.inline(header)),
            "our_style": inline_asset("map.css"),
            "our_script": Markup("\n").join(inline_asset(name) for name in _SCRIPTS),
            "icon": data_uri("favicon.svg"),
        }
    return {
        "scripts": Markup(offline.rewrite(header, OFFLINE)),
        "our_style": Markup(f'<link rel="stylesheet" href="{ASSETS}/map.css">'),
        "our_script": Markup("\n").join(
            Markup(f'<script src="{ASSETS}/{name}"></script>') for name in (*_SCRIPTS, *_ASKING)
        ),
        "icon": f"{ASSETS}/favicon.svg",
    }
