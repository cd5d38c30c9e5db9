"""Links between documents, and the media types they lead to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote, urlencode

JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
SCHEMA: Final = "application/schema+json"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
PROBLEM: Final = "application/problem+json"
HTML: Final = "text/html"
FORMS: Final = MappingProxyType({"json": "JSON", "html": "HTML"})


@dataclass(frozen=True)
class Address:
    """Where a document is asked for: the root of the service, the path below it, the parameters, json or html."""

    root: str
    path: str
    given: Mapping[str, str]
    form: str

    def href(self, **changes: str | int | None) -> str:
        """The address with some parameters changed; None takes one away."""
        asked = {**self.given, **changes}
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        return f"{self.root}{self.path}{'?' + query if query else ''}"

    def below(self, *parts: str) -> "Address":
        """The address of a document below this one, without parameters."""
        return replace(self, path=self.path + "".join(f"/{quote(part, safe='')}" for part in parts), given={})

    def at(self, *parts: str) -> "Address":
        """The address of a document below the root, without parameters."""
        return replace(self, path="", given={}).below(*parts)


def link(href: str, rel: str, kind: str, title: str) -> dict[str, Any]:
    """One link."""
    return {"href": href, "rel": rel, "type": kind, "title": title}


def own_links(here: Address, kind: str) -> list[dict[str, Any]]:
    """self and alternate: the document as it was asked for, and in the other form. kind: media type of its JSON."""
    kinds = {"json": kind, "html": HTML}
    other = next(form for form in FORMS if form != here.form)
    return [
        link(here.href(f=here.form), "self", kinds[here.form], f"This document as {FORMS[here.form]}"),
        link(here.href(f=other), "alternate", kinds[other], f"This document as {FORMS[other]}"),
    ]


def both_links(there: Address, rel: str, kind: str, title: str) -> list[dict[str, Any]]:
    """Links to another document in both forms."""
    return [
        link(there.href(), rel, kind, title),
        link(there.href(f="html"), rel, HTML, f"{title}, as HTML"),
    ]
