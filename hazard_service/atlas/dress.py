"""What the map pages wear: the styles of the maps shelf, and JSON that a page may hold."""

import base64
import gzip
import json
from functools import cache
from typing import Any, Final

from markupsafe import Markup

from hazard_service.atlas.geojson import dump
from hazard_service.language import in_words, safety, said
from hazard_service.shelves import shelf

PACKED: Final = "application/gzip"
# Bytes from which a layer is compressed.
PACKED_FROM: Final = 400_000
# Labels of maps/styles.json that limbs may depend on.
SAFETY_LABELS: Final = frozenset([("hazard_states", "not_counted"), ("ground", "routes")])


@cache
def styles() -> dict[str, Any]:
    """maps/styles.json: one colour, shape and label per class; the labels can be said in another language."""
    found: dict[str, Any] = json.loads((shelf("maps") / "styles.json").read_text(encoding="utf-8"))
    for section, members in found.items():
        for name, look in members.items():
            look["label"] = (safety if (section, name) in SAFETY_LABELS else said)(look["label"])
    return found


def layer_block(name: str, document: bytes) -> Markup:
    """A layer inside a page; a large one compressed (gzip, base64), to be carried on a memory stick or a phone.

    Small ones stay plain, for then any browser can open the page; unpacking needs one of 2023 or later.
    """
    if len(document) < PACKED_FROM:
        return json_block(name, document)
    packed = base64.b64encode(gzip.compress(document, mtime=0)).decode()
    return Markup(f'<script type="{PACKED}" id="{name}">{packed}</script>')


@cache
def printed_styles() -> dict[str, dict[str, str]]:
    """maps/printed.json: what tells classes apart on paper without colour, as matplotlib takes it.

    hatches: by hazard kind, and by state where that goes first. rings: the dash of the ring of a change.
    """
    found: dict[str, dict[str, str]] = json.loads((shelf("maps") / "printed.json").read_text(encoding="utf-8"))
    return found


def json_block(name: str, document: bytes) -> Markup:
    """JSON inside a page: no text in it can end the block or start another."""
    text = document.decode()
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(f'<script type="application/json" id="{name}">{text}</script>')


def page_json(**values: Any) -> Markup:
    """What the script must know, beside the layers, in the language spoken."""
    return json_block("page", dump(in_words(values)))
