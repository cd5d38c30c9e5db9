"""One small function per query parameter; each raises ParameterError with the sentence the asker reads."""

import datetime
import re
from collections.abc import Collection
from typing import Final

from werkzeug.datastructures import MultiDict

from hazard_service.errors import ParameterError
from hazard_service.layers import Programme

Arguments = MultiDict[str, str]
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


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


def _date(name: str, arguments: Arguments, programme: Programme, default: datetime.date) -> datetime.date:
    text = arguments.get(name)
    if text is None:
        return default
    try:
        if not _DATE.fullmatch(text):
            raise ValueError(text)
        day = datetime.date.fromisoformat(text)
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
    return text if len(text) <= 40 else text[:40] + "..."
