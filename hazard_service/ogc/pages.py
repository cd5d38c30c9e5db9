"""Documents as HTML pages: all that their JSON says, for people. Templates lie on the maps shelf."""

from collections.abc import Mapping
from typing import Any

import orjson

from hazard_service.columns import Column
from hazard_service.dress import render
from hazard_service.layers import Programme
from hazard_service.ogc.links import JSON, Address, own_links
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY


def document_page(title: str, document: Mapping[str, Any], programme: Programme, here: Address) -> str:
    """Any document, member by member."""
    return _page("ogc.html", title, document, programme, here)


def items_page(title: str, written: bytes, columns: Mapping[str, Column], programme: Programme, here: Address) -> str:
    """A page of features as a table. written: the same page as GeoJSON."""
    document = orjson.loads(written)
    asked = {name: value for name, value in here.given.items() if name in ("crs", "datetime")}
    for feature in document["features"]:
        feature["href"] = here.below(feature["id"]).href(**asked, f="html")
    shown = document["features"][0]["properties"] if document["features"] else columns
    table = [(name, column) for name, column in columns.items() if name in shown]
    return _page("ogc_items.html", title, document, programme, here, columns=table)


def _page(
    template: str, title: str, document: Mapping[str, Any], programme: Programme, here: Address, **more: Any
) -> str:
    parts = [part for part in here.path.split("/") if part]
    crumbs = [(here.at().href(f="html"), "OGC API")]
    crumbs += [(f"{here.root}/{'/'.join(parts[:end])}?f=html", parts[end - 1]) for end in range(1, len(parts))]
    return render(
        template,
        title=title,
        document=document,
        programme=programme,
        crumbs=crumbs,
        links=own_links(here, JSON),
        not_for_safety=NOT_FOR_SAFETY,
        no_record=NO_RECORD,
        **more,
    )
