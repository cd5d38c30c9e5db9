"""Symbols of QGIS as XML, from the colours and patterns of the maps shelf."""

from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement

_UNIT: Final = "Pixel"
_SHAPES: Final = {"diamond": "diamond", "circle": "circle", "cross": "cross2"}


def symbol(name: str, kind: str, layers: list[Element]) -> Element:
    """A symbol of these layers, the first undermost. kind: fill, line or marker."""
    found = Element("symbol", name=name, type=kind, alpha="1", clip_to_extent="1", force_rhr="0")
    for at, layer in enumerate(layers):
        for inner in layer.findall("symbol"):
            inner.set("name", f"@{name}@{at}")
        found.append(layer)
    return found


def area(fill: str | None, opacity: float, line: dict[str, Any], pattern: str = "") -> list[Element]:
    """Layers of a polygon: its ground, a pattern that is read without colours, its outline."""
    layers = []
    if fill is not None:
        layers.append(_layer("SimpleFill", color=rgba(fill, opacity), style="solid", outline_style="no"))
    layers += _pattern(pattern, fill or "#000000")
    return [*layers, outline(line)]


def outline(line: dict[str, Any]) -> Element:
    """A line as the map draws it: `line`, `width` and `dash` of a style."""
    told = {"line_color": rgba(line["line"], 1.0), "line_width": str(line.get("width", 1)), "line_width_unit": _UNIT}
    if "dash" in line:
        told |= {"use_custom_dash": "1", "customdash": line["dash"].replace(" ", ";"), "customdash_unit": _UNIT}
    return _layer("SimpleLine", **told)


def marker(style: dict[str, Any], size: float = 10) -> list[Element]:
    """Layers of a point: `shape`, `fill`, `line` of a style, or its letter in a circle."""
    circle = _layer(
        "SimpleMarker",
        name=_SHAPES[style.get("shape", "circle")],
        color=rgba(style.get("fill", "#FFFFFF"), style.get("fill_opacity", 1.0)),
        outline_color=rgba(style["line"], 1.0), outline_width="1", outline_width_unit=_UNIT,
        size=str(size), size_unit=_UNIT,
    )  # fmt: skip
    if "letter" not in style:
        return [circle]
    letter = _layer(
        "FontMarker", chr=style["letter"], font="DejaVu Sans", color=rgba(style["line"], 1.0), size=str(size - 2),
        size_unit=_UNIT,
    )  # fmt: skip
    return [circle, letter]


def rgba(colour: str, opacity: float) -> str:
    """ "#FF0000" as QGIS writes it: "255,0,0,128"."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return ",".join(map(str, [*parts, round(255 * opacity)]))


def _pattern(pattern: str, colour: str) -> list[Element]:
    if pattern == "dots":
        dots = _layer("PointPatternFill", distance_x="8", distance_x_unit=_UNIT, distance_y="8", distance_y_unit=_UNIT)
        dot = marker({"fill": colour, "line": colour}, size=2)
        dots.append(symbol("", "marker", dot))
        return [dots]
    angles = {"diagonal": ("45",), "cross": ("45", "135")}.get(pattern, ())
    found = []
    for angle in angles:
        lines = _layer("LinePatternFill", angle=angle, distance="8", distance_unit=_UNIT, color=rgba(colour, 1.0))
        lines.append(symbol("", "line", [outline({"line": colour})]))
        found.append(lines)
    return found


def _layer(kind: str, **options: str) -> Element:
    found = Element("layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    told = SubElement(found, "Option", type="Map")
    for name, value in options.items():
        SubElement(told, "Option", name=name, type="QString", value=value)
    return found
