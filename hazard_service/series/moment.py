"""One date of a series, looked back from to its baseline and to an earlier date."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hazard_service.assessment import Assessment, Progress
from hazard_service.errors import ParameterError
from hazard_service.impact.period import Period, period_of
from hazard_service.series.rows import Series


@dataclass(frozen=True, eq=False)
class Moment:
    """One date of a series. progress: from the baseline to it; None on the baseline, where nothing has changed yet.

    since: an earlier date of the series, that of the reader's last report; None on the baseline.
    """

    found: Series
    assessment: Assessment
    progress: Progress | None
    since: datetime.date | None

    @property
    def on(self) -> datetime.date:
        """The date."""
        return self.assessment.situation.on

    @property
    def earlier(self) -> "Moment | None":
        """The moment `since`."""
        return None if self.since is None else moment(self.found, self.since)

    @cached_property
    def period(self) -> Period | None:
        """What became of closed ground since; None on the baseline."""
        then = self.earlier
        return None if then is None else period_of(then.assessment.situation, self.assessment.situation)

    @property
    def freed(self) -> NDArray[np.bool_]:
        """(communities,) whom release since the baseline has freed by the date, firm."""
        if self.progress is None:
            return np.zeros(len(self.assessment.communities), dtype=bool)
        return np.asarray(self.progress.communities["progress"] == "freed", dtype=bool)


def moment(found: Series, on: datetime.date | None = None, since: datetime.date | None = None) -> Moment:
    """The state of one of a series' dates, its last if not given, and the progress to it.

    since: the date before it if not given. Raises ParameterError for a date that is not one of the series, and where
    `since` is no earlier one.
    """
    days = list(found.rows["on"])
    on = on or days[-1]
    if on not in days:
        raise ParameterError(f"{on} is not a date of the series by {found.step}; its dates: {some(days)}.")
    at = days.index(on)
    check_since(days[: at + 1], since)
    if at == 0:
        return Moment(found, found.last.before, None, None)
    progress = found.steps[at - 1]
    return Moment(found, progress.after, progress, since or days[at - 1])


def check_since(days: Sequence[datetime.date], since: datetime.date | None) -> None:
    """Raises ParameterError for a date of the last report that is none of a series' dates but the last."""
    if since is not None and since not in days[:-1]:
        raise ParameterError(
            f"{since} is no earlier date of this page; take one of {', '.join(map(str, days[:-1]))}."
            if days[:-1]
            else f"{since} is not before {days[-1]}, the first date there is."
        )


def some(values: Sequence[object]) -> str:
    """The first of a list in words, and how many more there are."""
    return ", ".join(map(str, values[:30])) + (f" and {len(values) - 30} more" if len(values) > 30 else "")
