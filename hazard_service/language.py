"""The language that readers are spoken to in: sentences that can be said again, numbers and dates as each writes them.

Sentences are made in English and keep what they were made of (`said`, `plural`, `safety`). Whoever shows them to a
reader asks for them in the language spoken (`translated`, `in_words`); the catalogues are maps/locale/*.po.
"""

import datetime
import io
import math
import re
import string
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from gettext import GNUTranslations
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from hazard_service.errors import ParameterError
from hazard_service.shelves import shelf

if TYPE_CHECKING:
    from babel import Locale

ENGLISH: Final = "en"
# Marks that keep text of another direction together: of unknown direction, left to right, and their end.
_ISOLATE, _LEFT_TO_RIGHT, _END = "\u2068", "\u2066", "\u2069"
# A letter without a shape that is written from right to left.
RIGHT_TO_LEFT: Final = "\u200f"
# Code points of all of these, which no font needs to have.
DIRECTIONS: Final = frozenset(map(ord, (_ISOLATE, _LEFT_TO_RIGHT, _END, RIGHT_TO_LEFT)))
# Every mark that changes the direction of text: a name that holds them could turn the words round it.
_NO_MARKS: Final = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_NO_OVERRIDES: Final = dict.fromkeys(range(0x202A, 0x202F))
# Those marks, and letters that are written from right to left; maps/assets/shapes.js has the same.
_TURNS: Final = re.compile(
    "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


@dataclass(frozen=True)
class Language:
    """name: in its own words; locale: whose numbers and dates (CLDR); is_confirmed: by a native reader, for safety."""

    name: str
    direction: str
    locale: str
    is_confirmed: bool


# By numbering system, its nought; the digits follow it.
_ZEROS: Final = {"latn": "0", "arab": "٠", "arabext": "۰"}
# docs/languages.md says how to add one, and when `is_confirmed` may be set.
LANGUAGES: Final = MappingProxyType(
    {
        ENGLISH: Language("English", "ltr", "en", is_confirmed=True),
        "fr": Language("Français", "ltr", "fr", is_confirmed=False),
        "ar": Language("العربية", "rtl", "ar", is_confirmed=False),
    }
)
_SPOKEN: Final = ContextVar("spoken", default=ENGLISH)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Readers are spoken to in this language. Raises ParameterError for one that LANGUAGES does not hold."""
    if code not in LANGUAGES:
        raise ParameterError(f'There is no language "{code[:40]}" here; use one of {", ".join(LANGUAGES)}.')
    token = _SPOKEN.set(code)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken() -> str:
    """The language that readers are spoken to in: a key of LANGUAGES."""
    return _SPOKEN.get()


def is_right_to_left() -> bool:
    """Whether the language spoken is written from right to left."""
    return LANGUAGES[spoken()].direction == "rtl"


def speech() -> dict[str, str]:
    """What a page must know of the language spoken: its code, its direction, and the locale as a browser names it."""
    code = spoken()
    language = LANGUAGES[code]
    intl = language.locale.replace("_", "-")
    if code != ENGLISH:
        intl += f"-u-nu-{_locale(language.locale).default_numbering_system}"
    return {"code": code, "direction": language.direction, "intl": intl}


class Said(str):
    """A text in English that keeps what it was made of: forms of a template (singular and plural, or one) and values.

    Values are numbers, dates, text of the data, other Said, or lists of these. It equals its English text.
    """

    forms: tuple[str, ...]
    values: dict[str, Any]
    is_marked: bool

    def __new__(cls, forms: tuple[str, ...], values: dict[str, Any], is_marked: bool = False) -> "Said":
        text = forms[0] if len(forms) == 1 or values["n"] == 1 else forms[1]
        if values:  # many thousands are made
            plain = {name: ", ".join(one) if type(one) is list else one for name, one in values.items()}
            text = _safely(text, values, text.format(**plain))
        made = super().__new__(cls, text)
        made.forms, made.values, made.is_marked = forms, values, is_marked
        return made

    def __getnewargs__(self) -> Any:
        return self.forms, self.values, self.is_marked

    @property
    def is_safety(self) -> bool:
        """Whether limbs may depend on it or on a part of it."""
        return self.is_marked or any(map(_is_safety, self.values.values()))

    def __format__(self, spec: str) -> str:
        """`{name:lower}` in a template is the word without its capital."""
        return str(self).lower() if spec == "lower" else super().__format__(spec)


def said(template: str, **values: Any) -> Said:
    """A text, filled as by str.format; without values the template as it is."""
    return Said((template,), values)


def plural(one: str, many: str, n: int, **values: Any) -> Said:
    """A text about {n} things."""
    return Said((one, many), {"n": int(n), **values})


def safety(template: str, **values: Any) -> Said:
    """A text that limbs may depend on: shown with the English beside it until a native reader has confirmed it."""
    return Said((template,), values, is_marked=True)


def figure(value: Any, spec: str = "") -> Said:
    """A number or a date (in English ISO 8601) alone."""
    return Said((f"{{value:{spec}}}",), {"value": value})


def joined(texts: Sequence[str], between: str = " ") -> Said:
    """Texts one after the other; what stands between them may be a Said."""
    if len(texts) == 1 and isinstance(texts[0], Said):
        return texts[0]
    values: dict[str, Any] = {f"text{number}": text for number, text in enumerate(texts)}
    template = "{between}".join(f"{{{name}}}" for name in values)
    return said(template, **values, between=between if isinstance(between, Said) else Said((between,), {}))


def listed(texts: Iterable[str]) -> Said:
    """Texts with the commas of the language between."""
    return Said(("{texts}",), {"texts": list(texts)})


def some(texts: Iterable[str], most: int) -> Said:
    """The first of them, and how many more there are."""
    every = list(texts)
    if len(every) <= most:
        return listed(every)
    return said("{texts} and {n:,} more", texts=every[:most], n=len(every) - most)


def translated(text: Any) -> Any:
    """A text in the language spoken; what is no Said stays as it is."""
    code = spoken()
    if code == ENGLISH or not isinstance(text, Said):
        return text
    words = _words(text, code)
    if not text.is_safety or LANGUAGES[code].is_confirmed:
        return words
    english = str(text) if LANGUAGES[code].direction == "ltr" else f"{_LEFT_TO_RIGHT}{text}{_END}"
    return f"{words} / {english}"


def in_words(document: Any) -> Any:
    """A document (dicts, lists, text, numbers) with every text in the language spoken."""
    if spoken() == ENGLISH:
        return document
    if isinstance(document, dict):
        return {key: in_words(value) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [in_words(value) for value in document]
    return translated(document)


def _is_safety(value: Any) -> bool:
    return any(map(_is_safety, value)) if isinstance(value, list) else isinstance(value, Said) and value.is_safety


def _words(text: Said, code: str) -> str:
    """The text in another language than English."""
    catalogue = _catalogue(code)
    one, *many = text.forms
    template = catalogue.ngettext(one, many[0], text.values["n"]) if many else catalogue.gettext(one)
    return _Filler(code).vformat(template, (), text.values) if text.values else template


@cache
def _catalogue(code: str) -> GNUTranslations:
    # Babel is imported late, here and below: in English nothing of it is needed.
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = io.BytesIO()
    with (shelf("maps") / "locale" / f"{code}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)


class _Filler(string.Formatter):
    """str.format with numbers, dates, lists and words of one language."""

    def __init__(self, code: str) -> None:
        self.code = code

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Said):
            words = _words(value, self.code)
            return words.lower() if format_spec == "lower" else words
        if isinstance(value, str):
            return _isolated(value) if LANGUAGES[self.code].direction == "rtl" or _TURNS.search(value) else value
        if isinstance(value, list):
            return _catalogue(self.code).gettext(_COMMA).join(self.format_field(one, "") for one in value)
        if isinstance(value, datetime.date):
            return _day(value, self.code)
        return _number(value, format_spec, self.code)


_COMMA: Final = said(", ")


def without_marks(text: str) -> str:
    """Text of the data that cannot turn the words round it."""
    return text.translate(_NO_MARKS)


def _safely(template: str, values: dict[str, Any], filled: str) -> str:
    """The filled template; filled anew where text of the data in it could turn the words round it."""
    if filled.isascii() or not _TURNS.search(filled):
        return filled
    return template.format(
        **{
            name: ", ".join(map(_kept_together, one)) if type(one) is list else _kept_together(one)
            for name, one in values.items()
        }
    )


def _kept_together(value: Any) -> Any:
    """A value among English words; a Said has kept its own values together."""
    is_data = isinstance(value, str) and not isinstance(value, Said)
    return _isolated(value) if is_data and _TURNS.search(value) else value


def _isolated(text: str) -> str:
    """Text of the data among words: it turns nothing round but itself. A sentence keeps the isolates it closes."""
    bare = text.translate(_NO_OVERRIDES)
    return f"{_ISOLATE}{bare if _is_closed(bare) else without_marks(bare)}{_END}" if text else text


def _is_closed(text: str) -> bool:
    """Whether every isolate in the text ends in it, and no other."""
    depth = 0
    for mark in re.findall("[\u2066-\u2069]", text):
        depth += -1 if mark == _END else 1
        if depth < 0:
            return False
    return depth == 0


def _number(value: float, spec: str, code: str) -> str:
    """The digits that Python's own format gives in English, grouped and written as the language does."""
    text = format(value, spec)
    return _written(text, LANGUAGES[code].locale) if math.isfinite(value) else text


# A page repeats its numbers, and writing one takes as long as a sentence.
@lru_cache(maxsize=10_000)
def _written(english: str, locale: str) -> str:
    from babel.numbers import format_decimal  # noqa: PLC0415

    number = f"{Decimal(english.replace(',', '')):f}"
    whole, places = _locale(locale).decimal_formats[None].pattern.partition(".")[0], len(number.partition(".")[2])
    pattern = f"{whole}.{'0' * places}" if places else whole
    has_groups = "," in english
    return _with_digits(
        format_decimal(number, pattern, locale, group_separator=has_groups, numbering_system="default"), locale
    )


def _day(date: datetime.date, code: str) -> str:
    from babel.dates import format_date  # noqa: PLC0415

    locale = LANGUAGES[code].locale
    return _with_digits(format_date(date, "long", locale), locale)


def _with_digits(text: str, locale: str) -> str:
    """Babel writes the signs of a locale's digits, but not the digits themselves."""
    zero = ord(_ZEROS[_locale(locale).default_numbering_system])
    return text.translate({ord(digit): zero + int(digit) for digit in string.digits})


@cache
def _locale(name: str) -> "Locale":
    from babel import Locale  # noqa: PLC0415

    return Locale.parse(name)
