"""How QGIS draws each collection: the classes, colours and labels of the maps shelf as rules."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from hazard_service.atlas.dress import styles
from hazard_service.columns import Column
from hazard_service.downloads.symbols import area, marker, outline, symbol
from hazard_service.vocabulary import HAZARD_KINDS

_DOCTYPE: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
# What no other rule has chosen is drawn too: a hazard must never be out of sight.
_ELSE: Final = "ELSE"

# (filter, label, kind of symbol, its layers)
Rule = tuple[str, str, str, list[Element]]


def qml_of(name: str, columns: Mapping[str, Column]) -> str:
    """The style file of a collection; its columns are shown under their titles, with units."""
    root = Element("qgis", version="3.22.0", styleCategories="Symbology|Fields")
    root.extend([renderer(name), aliases(["fid", *columns], columns)])
    return _DOCTYPE + tostring(root, encoding="unicode")


def aliases(fields: Sequence[str], columns: Mapping[str, Column]) -> Element:
    """Titles that QGIS shows for the fields of a layer, in their order there."""
    found = Element("aliases")
    for at, name in enumerate(fields):
        if name in columns:
            SubElement(found, "alias", index=str(at), field=name, name=titled(columns[name]))
    return found


def titled(column: Column) -> str:
    """ "Reach, km²": the title of a column with its unit."""
    return f"{column.title}, {column.unit}" if column.unit else column.title


def renderer(name: str) -> Element:
    """The rules of a collection, as QGIS keeps them in a style, a layer or a project."""
    found = Element("renderer-v2", type="RuleRenderer", symbollevels="0", enableorderby="0", forceraster="0")
    rules, symbols = SubElement(found, "rules", key="rules"), SubElement(found, "symbols")
    for at, (chosen, label, kind, layers) in enumerate(_RULES[name]()):
        rule = SubElement(rules, "rule", key=f"{name}{at}", symbol=str(at), label=label)
        if chosen:
            rule.set("filter", chosen)
        symbols.append(symbol(str(at), kind, layers))
    return found


def _hazards() -> Iterator[Rule]:
    kinds, states = styles()["hazard_kinds"], styles()["hazard_states"]
    others = [name for name, state in states.items() if state.get("is_open") and name != "open"]
    listed = ", ".join(f"'{name}'" for name in others)
    for kind in HAZARD_KINDS:
        for name in ("open", *others):
            said = f"\"status\" = '{name}'" if name != "open" else f'("status" IS NULL OR "status" NOT IN ({listed}))'
            label = f"{kinds[kind]['label']}: {states[name]['label'].lower()}"
            yield f"\"kind\" = '{kind}' AND {said}", label, "fill", _hazard(kinds[kind], states[name])
    yield _ELSE, kinds["unclassified"]["label"], "fill", _hazard(kinds["unclassified"], states["open"])


def _hazard(kind: dict[str, Any], state: dict[str, Any]) -> list[Element]:
    return area(kind["fill"], state["fill_opacity"], state, kind["pattern"])


def _state(name: str) -> Iterator[Rule]:
    """All of a collection in one state."""
    style = styles()["hazard_states"][name]
    yield "", style["label"], "fill", area(style["fill"], style["fill_opacity"], style)


def _lines(name: str) -> Iterator[Rule]:
    style = styles()["hazard_states"][name]
    yield "", f"Line that blocks: {style['label'].lower()}", "line", [outline({**style, "width": 3})]


def _communities() -> Iterator[Rule]:
    order = ("not_assessed", "held_back", "exposed")
    for at, name in enumerate(order):
        before = "".join(f' AND NOT coalesce("{other}", false)' for other in order[:at])
        style = styles()["communities"][name]
        yield f'coalesce("{name}", false){before}', style["label"], "marker", marker(style)
    neither = styles()["communities"]["neither"]
    yield _ELSE, neither["label"], "marker", marker(neither)


def _places() -> Iterator[Rule]:
    for name, style in styles()["places"].items():
        chosen = f"\"kind\" = '{name}'" if name != "other" else _ELSE
        yield chosen, style["label"], "marker", marker(style)


def _routes() -> Iterator[Rule]:
    style = styles()["ground"]["routes"]
    yield "", style["label"], "line", [outline(style)]


def _districts() -> Iterator[Rule]:
    style = styles()["ground"]["districts"]
    yield "", style["label"], "fill", area(style["fill"], 1.0, style)


def _gains() -> Iterator[Rule]:
    order = (("frees", '"freed" > 0'), ("widens", '"expanded" > 0'), ("gives", '"gained_km2" > 0'))
    line = styles()["hazard_states"]["open"]
    for at, (name, holds) in enumerate(order):
        before = "".join(f" AND NOT coalesce({other}, false)" for _, other in order[:at])
        style = styles()["gains"][name]
        yield (
            holds + before,
            f"NOT RELEASED: {style['label']}",
            "fill",
            area(style["fill"], style["fill_opacity"], line),
        )
    style = styles()["gains"]["nothing"]
    yield _ELSE, f"NOT RELEASED: {style['label']}", "fill", area(style["fill"], style["fill_opacity"], line)


_RULES: Final = {
    "hazards": _hazards,
    "hazard_lines": lambda: _lines("open"),
    "hazards_known_later": lambda: _state("known_later"),
    "hazard_lines_known_later": lambda: _lines("known_later"),
    "hazards_not_counted": lambda: _state("not_counted"),
    "hazard_lines_not_counted": lambda: _lines("not_counted"),
    "released": lambda: _state("released"),
    "communities": _communities,
    "places": _places,
    "routes": _routes,
    "districts": _districts,
    "accidents": _districts,
    "gains": _gains,
}
