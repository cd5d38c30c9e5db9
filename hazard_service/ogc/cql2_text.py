"""CQL2 text into a tree: a reader by recursive descent, OR before AND before NOT before comparison before arithmetic.

Written here because the readers at hand take `a OR b AND c` for `(a OR b) AND c`: a filter that loses hazards.
"""

import re
from collections.abc import Callable
from typing import Final

import numpy as np
import shapely

from hazard_service.errors import ParameterError
from hazard_service.ogc.tree import (
    COMPARISONS,
    DEEPEST,
    LONGEST,
    Day,
    Node,
    Operation,
    Property,
    day,
    finite,
    interval,
    operation,
    placed,
    short,
)

_TOKEN: Final = re.compile(
    r"""\s*(?:
    (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<text>'(?:[^'\\]|''|\\.)*')
    |(?P<quoted>"[^"]+")
    |(?P<word>[^\W\d][\w.:]*)
    |(?P<sign><>|<=|>=|[=<>+\-*/%^(),])
    )""",
    re.VERBOSE | re.DOTALL,
)
_WKT: Final = re.compile(
    r"\s*(?:POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION)\s*Z?\s*(?=\()", re.I
)
_IN_WKT: Final = re.compile(r"[-+.,()\s0-9a-z]*", re.I)
_DEEPEST_WKT: Final = 8
# Words that are no property unless they stand in double quotes.
_RESERVED: Final = ("AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "DIV")


def read_text(text: str) -> Node:
    """The tree of a filter. Raises ParameterError that says where it cannot be read."""
    if len(text) > LONGEST:
        raise ParameterError(f'"filter" is {len(text):,} characters long; {LONGEST:,} can be read.')
    reader = _Reader(text)
    found = reader.either()
    if reader.kind:
        raise reader.trouble("the filter should end here, or go on with AND or OR")
    return found


class _Reader:
    """Goes through a filter word by word: `kind` and `word` are the next one; kind is "" at the end."""

    def __init__(self, text: str) -> None:
        self.text, self.end, self.depth = text, 0, 0
        self.next()

    def next(self) -> None:
        """Go on to the next word."""
        self.start = self.end
        match = _TOKEN.match(self.text, self.end)
        if match is None:
            self.start += len(self.text[self.end :]) - len(self.text[self.end :].lstrip())
            if self.start < len(self.text):
                raise self.trouble("no word, number or sign of CQL2 begins here")
            self.kind, self.word = "", ""
            return
        self.kind, self.end = str(match.lastgroup), match.end()
        self.word = match.group(self.kind)
        self.start = match.start(self.kind)

    def trouble(self, why: str) -> ParameterError:
        """What to say about the place where the reader stands."""
        near = short(self.text[self.start :].strip()) or "the end"
        return ParameterError(f'"filter" cannot be read at character {self.start + 1} ({near}): {why}.')

    def is_next(self, *words: str) -> bool:
        """Whether the next word is one of these words or signs."""
        return self.kind in ("word", "sign") and self.word.upper() in words

    def take(self, *words: str) -> str:
        """The next word in capitals, if it is one of these, and on to the one after; else ""."""
        found = self.word.upper() if self.is_next(*words) else ""
        if found:
            self.next()
        return found

    def need(self, word: str) -> None:
        """Go past this word or sign."""
        if not self.take(word):
            raise self.trouble(f"{word} should stand here")

    def either(self) -> Node:
        """Conditions with OR between."""
        return self._joined("OR", self._all)

    def _all(self) -> Node:
        return self._joined("AND", self._denied)

    def _joined(self, word: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self.take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else operation(word.lower(), tuple(parts))

    def _denied(self) -> Node:
        if self.take("NOT"):
            return Operation("not", (self._deeper(self._denied),))
        return self._compared()

    def _deeper(self, part: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.trouble(f"it is nested more than {DEEPEST} deep")
        found = part()
        self.depth -= 1
        return found

    def _compared(self) -> Node:
        left = self._sum()
        if sign := self.take(*COMPARISONS):
            return operation(sign, (left, self._sum()))
        if self.take("IS"):
            denied = self.take("NOT")
            self.need("NULL")
            return _unless(denied, operation("isNull", (left,)))
        denied = self.take("NOT")
        if self.take("LIKE"):
            return _unless(denied, operation("like", (left, self._sum())))
        if self.take("BETWEEN"):
            low = self._sum()
            self.need("AND")
            return _unless(denied, operation("between", (left, low, self._sum())))
        if self.take("IN"):
            return _unless(denied, operation("in", (left, self._listed(self._sum))))
        if denied:
            raise self.trouble("LIKE, BETWEEN or IN should stand here")
        return left

    def _sum(self) -> Node:
        return self._leftward(("+", "-"), lambda: self._leftward(("*", "/", "%", "DIV"), self._power))

    def _leftward(self, signs: tuple[str, ...], part: Callable[[], Node]) -> Node:
        found = part()
        while sign := self.take(*signs):
            found = operation(sign.lower(), (found, part()))
        return found

    def _power(self) -> Node:
        base = self._signed()
        return operation("^", (base, self._deeper(self._power))) if self.take("^") else base

    def _signed(self) -> Node:
        if not self.take("-"):
            return self._single()
        found = self._deeper(self._signed)
        return -found if isinstance(found, float) else operation("*", (-1.0, found))

    def _single(self) -> Node:
        kind, word = self.kind, self.word
        if self.take("("):
            found = self._deeper(self.either)
            self.need(")")
            return found
        if kind == "word" and (geometry := self._geometry()) is not None:
            return geometry
        if kind not in ("number", "text", "quoted", "word") or word.upper() in _RESERVED:
            raise self.trouble("a property, a value or a function should stand here")
        self.next()
        if kind == "word" and self.is_next("("):
            return self._called(word)
        return _single(kind, word)

    def _called(self, name: str) -> Node:
        arguments = self._listed(self.either)
        match name.upper(), arguments:
            case (("DATE" | "TIMESTAMP"), (str(text),)):
                return day(text)
            case "INTERVAL", (start, end):
                return interval(self._instant(start), self._instant(end))
        return operation(name.lower(), arguments)

    def _instant(self, found: Node) -> Day | Property | None:
        """One end of an interval: a day as text, .. or a property."""
        if isinstance(found, Property | Day):
            return found
        if not isinstance(found, str):
            raise self.trouble("INTERVAL takes dates such as '2010-01-01', '..' or properties")
        return None if found == ".." else day(found)

    def _listed(self, part: Callable[[], Node]) -> tuple[Node, ...]:
        """Parts in brackets with commas between."""
        self.need("(")
        found = [self._deeper(part)]
        while self.take(","):
            found.append(self._deeper(part))
        self.need(")")
        return tuple(found)

    def _geometry(self) -> shapely.Geometry | None:
        """A geometry in well-known text, if one begins here."""
        begin = _WKT.match(self.text, self.start)
        if begin is None:
            return None
        deep = 0
        for at in range(begin.end(), len(self.text)):
            deep += {"(": 1, ")": -1}.get(self.text[at], 0)
            if deep > _DEEPEST_WKT:
                break
            if deep == 0:
                return self._well_known(at + 1)
        raise self.trouble(f"the brackets of this geometry do not close, or are more than {_DEEPEST_WKT} deep")

    def _well_known(self, end: int) -> shapely.Geometry:
        text = self.text[self.start : end]
        if not _IN_WKT.fullmatch(text):
            raise self.trouble("this geometry holds what well-known text does not")
        try:
            with np.errstate(all="ignore"):
                found = shapely.from_wkt(text)
        except shapely.errors.GEOSException:
            raise self.trouble("this geometry is not well-known text") from None
        self.end = end
        self.next()
        return placed(found)


def _unless(denied: str, found: Node) -> Node:
    return Operation("not", (found,)) if denied else found


def _single(kind: str, word: str) -> Node:
    """A value, or a property by its name."""
    if kind == "number":
        return finite(word)
    if kind == "text":
        return re.sub(r"''|\\'", "'", word[1:-1])
    if kind == "word" and word.upper() in ("TRUE", "FALSE"):
        return word.upper() == "TRUE"
    return Property(word.strip('"'))
