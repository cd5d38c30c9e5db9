"""One small function per query parameter; each raises ParameterError with the sentence the asker reads."""

import datetime
from collections.abc import Collection
from typing import Final

from werkzeug.datastructures import MultiDict

from hazard_service.errors import ParameterError
from hazard_service.language import ENGLISH, LANGUAGES, without_marks
from hazard_service.layers import Programme
from hazard_service.layers.history import day_of
from hazard_service.series.dates import STEPS

Arguments = MultiDict[str, str]
MOST_RELEASED: Final = 10_000


def only(arguments: Arguments, known: Collection[str]) -> None:
    """Refuse parameters nobody reads (a misspelt date would answer for another day) and repeated ones."""
    for name in arguments:
        if name not in known:
            takes = f"it takes {' and '.join(known)}" if known else "it takes none"
            raise ParameterError(f'Unknown parameter "{_short(name)}" for this address; {takes}.')
        if len(arguments.getlist(name)) > 1:
            raise ParameterError(f'Parameter "{name}" is given more than once; give it once.')


def on(arguments: Arguments, programme: Programme) -> datetime.date:
    """The date to answer for; the data date when left out."""
    return _date("on", arguments, programme, programme.data_date)


def period(arguments: Arguments, programme: Programme) -> tuple[datetime.date, datetime.date]:
    """(from, to): the baseline date and the data date when left out; from must be the earlier one."""
    start = _date("from", arguments, programme, programme.baseline_date)
    end = _date("to", arguments, programme, programme.data_date)
    if start >= end:
        raise ParameterError(f'"from" is {start} and "to" is {end}; from must be the earlier date.')
    return start, end


def step(arguments: Arguments) -> str:
    """The step of a series; a year when left out."""
    found = arguments.get("step", "year")
    if found not in STEPS:
        raise ParameterError(f'"step" is "{_short(found)}"; use one of {", ".join(STEPS)}.')
    return found


def since(arguments: Arguments, programme: Programme) -> datetime.date | None:
    """The date of the reader's last report; None when left out."""
    return _date("since", arguments, programme, programme.data_date) if "since" in arguments else None


def firm(arguments: Arguments) -> bool:
    """Whether to count the headlines again under other settings; not when left out."""
    found = arguments.get("firm", "no")
    if found not in ("yes", "no"):
        raise ParameterError(f'"firm" is "{_short(found)}"; use yes or no.')
    return found == "yes"


def language(arguments: Arguments) -> str:
    """The language to speak; English when left out."""
    found = arguments.get("lang", ENGLISH)
    if found not in LANGUAGES:
        raise ParameterError(f'"lang" is "{_short(found)}"; use one of {", ".join(LANGUAGES)}.')
    return found


def district(arguments: Arguments, programme: Programme) -> str | None:
    """The code of a district to look at; None when left out."""
    code = arguments.get("district")
    if code is None or code in set(programme.districts["district_code"]):
        return code
    raise ParameterError(f'There is no district "{_short(code)}"; the districts and their codes are on /progress.')


def community(arguments: Arguments, programme: Programme) -> str | None:
    """The id of a community to look at; None when left out."""
    name = arguments.get("community")
    if name is None or name in set(programme.communities["community_id"]):
        return name
    raise ParameterError(f'There is no community "{_short(name)}"; the map finds communities by name or id.')


def release(body: object, programme: Programme) -> tuple[list[str], datetime.date]:
    """(hazard ids, date) of a what-if: {"release": [ids], "on": date}; the data date when left out."""
    if not isinstance(body, dict) or set(body) - {"release", "on"}:
        raise ParameterError('Send JSON such as {"release": ["H0001"], "on": "2026-06-30"}, with these members only.')
    ids = body.get("release")
    if not isinstance(ids, list) or not ids or not all(isinstance(one, str) for one in ids):
        raise ParameterError('"release" must be a list of hazard ids, at least one.')
    if len(ids) > MOST_RELEASED:
        raise ParameterError(f'"release" names {len(ids):,} hazards; ask for at most {MOST_RELEASED:,} at a time.')
    day = body.get("on")
    if not isinstance(day, str | None):
        raise ParameterError(f'"on" must be a date as text, such as "{programme.data_date}".')
    given = MultiDict({} if day is None else {"on": day})
    _refuse_halves([*ids, *given.values()])
    return ids, _date("on", given, programme, programme.data_date)


def _refuse_halves(texts: list[str]) -> None:
    """JSON may hold half a character, which no answer that repeats it could be written with."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        raise ParameterError("An id or the date holds half a character (a lone surrogate); send whole ones.") from None


def _date(name: str, arguments: Arguments, programme: Programme, default: datetime.date) -> datetime.date:
    text = arguments.get(name)
    if text is None:
        return default
    try:
        day = day_of(text)
    except ValueError:
        raise ParameterError(
            f'"{name}" is "{_short(text)}", which is not a date; write it as YYYY-MM-DD, for example '
            f"{programme.data_date}."
        ) from None
    if day > programme.data_date:
        raise ParameterError(
            f'"{name}" is {day}, later than the data date {programme.data_date}; ask for that date or an earlier one.'
        )
    return day


def _short(text: str) -> str:
    """What was asked, in a refusal: it cannot turn the words round it."""
    bare = without_marks(text)
    return bare if len(bare) <= 40 else bare[:40] + "..."
