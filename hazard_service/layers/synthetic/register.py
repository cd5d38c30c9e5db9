"""A register of countries that do not exist: treaties, deadlines, plans, one fact a row.

The codes are of the range that ISO 3166 leaves to its users, so no country has one.
"""

import datetime
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from numpy.random import Generator

from hazard_service.layers.synthetic.settlements import HEADS
from hazard_service.layers.synthetic.story import COUNTRY, Story, random_date

_SOURCE = "fictional register"
_HOME = (COUNTRY, "Isles of Example (fictional)")
_ENDS = ("land", "mark", "isle", "reach", "moor", "shore")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_STRATEGY = datetime.date(2006, 1, 1), datetime.date(2010, 12, 31)
_KNOWN = {
    "mbc_party": (datetime.date(1999, 3, 1), datetime.date(2009, 12, 31)),
    "ccm_signed": (datetime.date(2008, 12, 3), datetime.date(2009, 12, 31)),
    "ccm_ratified": (datetime.date(2010, 1, 1), datetime.date(2010, 12, 31)),
    "plan_integrated": _STRATEGY,
    "budget_line": _STRATEGY,
    "residual_capacity": _STRATEGY,
}

Country = tuple[str, str]  # code, name
Fact = tuple[Country, str, str, datetime.date]  # of whom, fact, value, its day


def register(story: Story) -> list[dict[str, Any]]:
    """Rows of countries.csv, country by country, the programme's own first."""
    facts = sorted(_facts(story.rng("countries"), story), key=lambda fact: (fact[0] != _HOME, fact[0]))
    return [
        {
            "fact_id": f"F{rank + 1:04d}", "iso3": code, "name": name, "fact": fact, "value": value,
            "dated_on": day.isoformat(), "source": _SOURCE,
        }
        for rank, ((code, name), fact, value, day) in enumerate(facts)
    ]  # fmt: skip


def _facts(rng: Generator, story: Story) -> Iterator[Fact]:
    """Chance decides which countries say yes, the story how many; the programme's own always does."""
    countries = [_HOME, *itertools.islice(_others(), story.countries - 1)]
    parties = _some(rng, countries, story.mbc_parties)
    signed = _some(rng, countries, story.ccm_signed)
    ratified = _some(rng, signed, story.ccm_ratified)
    mined = _some(rng, parties, story.mined_countries)
    planned = _some(rng, mined, story.plans_integrated)
    yield from _said(rng, "mbc_party", countries, parties)
    yield from _said(rng, "ccm_signed", countries, signed)
    yield from _said(rng, "ccm_ratified", signed, ratified)
    yield from _said(rng, "plan_integrated", mined, planned)
    yield from _said(rng, "budget_line", mined, _some(rng, planned, story.budget_lines))
    yield from _said(rng, "residual_capacity", mined, _some(rng, mined, story.residual_capacities))
    yield from _due(rng, story, "mbc_deadline", mined)
    yield from _due(rng, story, "ccm_deadline", _some(rng, ratified, story.ccm_deadlines))


def _others() -> Iterator[Country]:
    """XAA, XAB, ... with a name each."""
    codes = ("X" + "".join(pair) for pair in itertools.product(_LETTERS, repeat=2))
    names = (f"{head}{end} (fictional)" for end, head in itertools.product(_ENDS, HEADS))
    return zip(codes, names, strict=False)


def _some(rng: Generator, countries: Sequence[Country], count: int) -> list[Country]:
    """As many of them, in their order; the first, the programme's own, is always among them."""
    chosen = {0, *(1 + rng.permutation(len(countries) - 1)[: count - 1]).tolist()}
    return [country for rank, country in enumerate(countries) if rank in chosen]


def _said(rng: Generator, fact: str, asked: Sequence[Country], yes: Sequence[Country]) -> Iterator[Fact]:
    for country in asked:
        yield country, fact, "yes" if country in yes else "no", random_date(rng, *_KNOWN[fact])


def _due(rng: Generator, story: Story, fact: str, countries: Sequence[Country]) -> Iterator[Fact]:
    """Deadlines as last extended, some of them missed; the programme's own lies ahead."""
    year = story.data_date.year
    for country in countries:
        due = datetime.date(year + int(rng.integers(2 if country == _HOME else -2, 10)), 3, 1)
        extended = random_date(rng, datetime.date(year - 8, 1, 1), datetime.date(year - 3, 12, 31))
        yield country, fact, due.isoformat(), extended
