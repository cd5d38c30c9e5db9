"""Working out a filter on a layer: numpy masks with the three truths of SQL (true, false, unknown).

A comparison with a missing value is unknown, NOT unknown is unknown, and only what is true is chosen. Properties are
those of the layer's columns and its geometry; whatever else a filter names is refused.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hazard_service.errors import ParameterError
from hazard_service.ogc.boxes import boxes_of, check_on_globe, rectangle
from hazard_service.ogc.cql2_json import read_json
from hazard_service.ogc.cql2_text import read_text
from hazard_service.ogc.crs import Crs
from hazard_service.ogc.layer import Layer, Mask
from hazard_service.ogc.temporal import RELATIONS
from hazard_service.ogc.tree import (
    ARITHMETIC,
    COMPARISONS,
    SPATIAL,
    TEMPORAL,
    Day,
    Interval,
    Node,
    Operation,
    Property,
    short,
)

GEOMETRY: Final = "geometry"
LANGUAGES: Final = MappingProxyType({"cql2-text": read_text, "cql2-json": read_json})

Kind = Literal["number", "text", "flag", "date", "geometry"]
_KINDS: Final = {"count": "number"}
_SIGNS: Final = dict(
    zip(COMPARISONS, (operator.eq, operator.ne, operator.lt, operator.gt, operator.le, operator.ge), strict=True)
)
_SUMS: Final[dict[str, Callable[..., Any]]] = dict(
    zip(
        ARITHMETIC,
        (np.add, np.subtract, np.multiply, np.divide, np.fmod, lambda a, b: np.trunc(np.divide(a, b)), np.power),
        strict=True,
    )
)
# The relation of b to a, for each of a to b: a literal is prepared, and stands first.
_TURNED: Final = {"contains": "within", "within": "contains"}


def asks_for_places(tree: Node | None) -> bool:
    """Whether a filter has a spatial predicate anywhere."""
    if isinstance(tree, Operation):
        return tree.name in SPATIAL or any(map(asks_for_places, tree.arguments))
    return False


@dataclass(frozen=True, eq=False)
class Truth:
    """(n,) where a condition is true and where it is false; elsewhere it is unknown."""

    yes: Mask
    no: Mask


@dataclass(frozen=True, eq=False)
class Values:
    """(n,) or (1,) values of one kind. Missing: NaN, or None in texts and geometries."""

    kind: Kind
    array: NDArray[Any]

    @property
    def known(self) -> Mask:
        """Where there is a value."""
        return np.asarray(pd.notna(self.array), dtype=bool)


def chosen(tree: Node, layer: Layer, crs: Crs) -> Mask:
    """(n,) bool, for which rows the filter is true. crs: of the filter's coordinates. Raises ParameterError."""
    with np.errstate(all="ignore"):
        return np.broadcast_to(_Work(layer, crs).truth(tree).yes, len(layer))


def _with(condition: Callable[..., Truth], name: str, work: "_Work", *arguments: Node) -> Truth:
    return condition(work, name, *arguments)


@dataclass(frozen=True)
class _Work:
    """The working out of one filter."""

    layer: Layer
    crs: Crs

    def truth(self, node: Node) -> Truth:
        """A condition."""
        if isinstance(node, Operation) and node.name in _CONDITIONS:
            return _CONDITIONS[node.name](self, *node.arguments)
        found = self.values(node)
        if found.kind != "flag":
            raise ParameterError(f'"filter" has {_NAMED[found.kind]} where a condition should stand.')
        return Truth(found.array == 1, found.array == 0)

    def values(self, node: Node) -> Values:
        """A property, a literal, or what is worked out of them."""
        if isinstance(node, Property):
            return self._column(node.name)
        if isinstance(node, shapely.Geometry):
            turned = shapely.transform(node, lambda xy: xy[:, ::-1]) if self.crs.swap_axes else node
            west, south, east, north = shapely.bounds(turned).tolist()
            check_on_globe((west, south, east, north), self.crs, "filter")
            return _geometry(turned)
        if isinstance(node, Day):
            return Values("date", np.array([node.number]))
        if isinstance(node, bool | float):
            return Values("flag" if isinstance(node, bool) else "number", np.array([float(node)]))
        return Values("text", np.array([node], dtype=object)) if isinstance(node, str) else self._worked_out(node)

    def _worked_out(self, node: Node) -> Values:
        match node:
            case Operation("casei", (argument,)):
                found = self.values(argument)
                _need("text", found, "CASEI")
                return Values("text", np.array([text and text.casefold() for text in found.array], dtype=object))
            case Operation("bbox", numbers) if all(isinstance(number, float) for number in numbers):
                boxes = boxes_of([number for number in numbers if isinstance(number, float)], self.crs, "filter")
                return _geometry(shapely.union_all([rectangle(box) for box in boxes]))
            case Operation(name, (left, right)) if name in ARITHMETIC:
                first, second = self.values(left), self.values(right)
                for found in (first, second):
                    _need("number", found, name.upper())
                total = _SUMS[name](first.array, second.array)
                return Values("number", np.where(np.isfinite(total), total, np.nan))
            case Operation(name) if name in _CONDITIONS:
                truth = self.truth(node)
                return Values("flag", np.where(truth.yes, 1.0, np.where(truth.no, 0.0, np.nan)))
        raise ParameterError('"filter" has an interval, a list or a box where a single value should stand.')

    def _column(self, name: str) -> Values:
        if name == GEOMETRY:
            return Values("geometry", self.layer.drawn(self.crs).shown)
        if name not in self.layer.columns:
            raise ParameterError(
                f'"filter" names {short(name)}, which is no property here; there are '
                f"{', '.join([*self.layer.columns, GEOMETRY])}."
            )
        kind = self.layer.columns[name].kind
        return Values(_KINDS.get(kind, kind), self.layer.array(name))  # type: ignore[arg-type]

    def either(self, *parts: Node) -> Truth:
        """True where one is, false where all are."""
        truths = [self.truth(part) for part in parts]
        yes, no = [truth.yes for truth in truths], [truth.no for truth in truths]
        return Truth(reduce(operator.or_, yes), reduce(operator.and_, no))

    def denied(self, part: Node) -> Truth:
        """True where the part is false, false where it is true."""
        truth = self.truth(part)
        return Truth(truth.no, truth.yes)

    def every(self, *parts: Node) -> Truth:
        """True where all are, false where one is."""
        return self.denied(Operation("or", tuple(Operation("not", (part,)) for part in parts)))

    def is_null(self, part: Node) -> Truth:
        """Known everywhere."""
        known = self.values(part).known
        return Truth(~known, known)

    def between(self, what: Node, low: Node, high: Node) -> Truth:
        """Both ends count."""
        return self.every(Operation(">=", (what, low)), Operation("<=", (what, high)))

    def listed(self, what: Node, options: Node) -> Truth:
        """Equal to one of the list."""
        if not isinstance(options, tuple):
            raise ParameterError('"filter" has an IN without a list of values.')
        return self.either(*(Operation("=", (what, option)) for option in options))

    def compared(self, sign: str, left: Node, right: Node) -> Truth:
        """One of the signs between two values of one kind."""
        first, second = self.values(left), self.values(right)
        if first.kind != second.kind or first.kind == "geometry":
            hint = "; write dates as DATE('2010-01-01')" if {first.kind, second.kind} == {"date", "text"} else ""
            raise ParameterError(f'"filter" compares {_NAMED[first.kind]} with {_NAMED[second.kind]}{hint}.')
        known = first.known & second.known
        holds = np.zeros(known.shape, dtype=bool)
        here, there = np.broadcast_arrays(first.array, second.array)
        holds[known] = _SIGNS[sign](here[known], there[known])
        return Truth(holds, known & ~holds)

    def like(self, what: Node, form: Node) -> Truth:
        """A text against a pattern."""
        texts, pattern = self.values(what), self.values(form)
        _need("text", texts, "LIKE")
        _need("text", pattern, "LIKE")
        if isinstance(form, Property) or (isinstance(form, Operation) and isinstance(form.arguments[0], Property)):
            raise ParameterError("\"filter\" has a LIKE whose pattern is no text; write it as 'Up%'.")
        matches = _pattern(pattern.array[0]).fullmatch
        known = texts.known
        holds = np.array([text is not None and matches(text) is not None for text in texts.array], dtype=bool)
        return Truth(holds, known & ~holds)

    def spatial(self, name: str, one: Node, other: Node) -> Truth:
        """How two geometries lie to each other."""
        left, right = self.values(one), self.values(other)
        for found in (left, right):
            _need("geometry", found, name.upper())
        relation = name.removeprefix("s_")
        if len(left.array) != 1 and len(right.array) == 1:
            left, right, relation = right, left, _TURNED.get(relation, relation)
        known = left.known & right.known
        try:
            holds = getattr(shapely, relation)(left.array, right.array)
        except shapely.errors.GEOSException:
            raise ParameterError(
                '"filter" has a geometry that cannot be compared: does its outline cross itself?'
            ) from None
        return Truth(known & holds, known & ~holds)

    def temporal(self, name: str, left: Node, right: Node) -> Truth:
        """One of RELATIONS."""
        (a, b), (c, d) = self._ends(left), self._ends(right)
        known = ~(np.isnan(a) | np.isnan(b) | np.isnan(c) | np.isnan(d))
        holds = RELATIONS[name](a, b, c, d)
        return Truth(known & holds, known & ~holds)

    def _ends(self, node: Node) -> tuple[NDArray[Any], NDArray[Any]]:
        """First and last day of an interval, or a day twice; an open end is infinite."""
        if not isinstance(node, Interval):
            found = self.values(node)
            _need("date", found, "a T_ function")
            return found.array, found.array
        nothing = Values("date", np.array([np.inf]))
        start, end = (nothing if one is None else self.values(one) for one in (node.start, node.end))
        for found in (start, end):
            _need("date", found, "INTERVAL")
        return (-start.array if node.start is None else start.array), end.array


# What works out each condition, with the arguments of its operation.
_CONDITIONS: Final = MappingProxyType[str, Callable[..., Truth]](
    {
        "and": _Work.every,
        "or": _Work.either,
        "not": _Work.denied,
        "isNull": _Work.is_null,
        "between": _Work.between,
        "in": _Work.listed,
        "like": _Work.like,
        **{sign: partial(_with, _Work.compared, sign) for sign in COMPARISONS},
        **{name: partial(_with, _Work.spatial, name) for name in SPATIAL},
        **{name: partial(_with, _Work.temporal, name) for name in TEMPORAL},
    }
)
_NAMED: Final = {
    "number": "a number", "text": "a text", "flag": "yes or no", "date": "a date", "geometry": "a geometry",
}  # fmt: skip


def _need(kind: Kind, found: Values, where: str) -> None:
    if found.kind != kind:
        raise ParameterError(f'"filter" gives {where} {_NAMED[found.kind]}; it takes {_NAMED[kind]}.')


def _geometry(found: shapely.Geometry) -> Values:
    shapely.prepare(found)
    return Values("geometry", np.array([found], dtype=object))


def _pattern(like: str) -> re.Pattern[str]:
    """The expression of a LIKE pattern: % any text, _ one character, \\ before either takes it as it stands.

    Each piece between % is looked for where it first comes, once and for all, so that no pattern takes long.
    """
    pieces, escaped = [""], False
    for character in like:
        if escaped or character not in "%_\\":
            pieces[-1] += re.escape(character)
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == "%":
            pieces.append("")
        else:
            pieces[-1] += "."
    first, *others = pieces
    if not others:
        return re.compile(first, re.DOTALL)
    *middle, last = others
    return re.compile(first + "".join(f"(?>.*?{piece})" for piece in middle) + f".*{last}", re.DOTALL)
