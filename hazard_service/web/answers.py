"""Assessments kept by date, so that a page and its layers compute once."""

import datetime
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hazard_service.assessment import Assessment, Progress, assess, compare
from hazard_service.layers import Programme, Situation
from hazard_service.ogc.layers import Layers
from hazard_service.planning import Answerer, Gains, gains_of, prepare_what_if
from hazard_service.series import Series, series
from hazard_service.series.dates import dates_of
from hazard_service.series.ranges import Ranges, ranges
from hazard_service.surfaces import Surfaces, reach_classes, surfaces

KEPT: Final = 8
_LET_IN_S: Final = 0.05


class Answers:
    """The last few results of one programme.

    One computation runs at a time: Numba's plain thread pool must not be entered twice, and a second request for the
    same date finds the result of the first. What is kept is answered without waiting.
    """

    def __init__(self, programme: Programme, known: Series | None = None) -> None:
        self.programme = programme
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        if known is not None:
            last = known.last
            before, after = last.before.situation.on, last.after.situation.on
            self._kept |= {before: last.before, after: last.after, (before, after): last, ("series", known.step): known}
        self.layers = Layers(self)
        self._table = threading.Lock()
        self._computing = threading.RLock()
        self._firm = threading.Lock()
        # Apart: what takes longest is not pushed out by dates that are looked at.
        self._counts: Ranges | None = None

    def situation(self, on: datetime.date) -> Situation:
        """What was open on a date."""
        return self.programme.situation(on)

    def assessment(self, on: datetime.date) -> Assessment:
        """Who is held back on a date."""
        return self._get(on, lambda: assess(self.programme.situation(on)))  # type: ignore[no-any-return]

    def progress(self, start: datetime.date, end: datetime.date) -> Progress:
        """What changed between two dates."""
        return self._get(  # type: ignore[no-any-return]
            (start, end), lambda: compare(self.assessment(start), self.assessment(end))
        )

    def series(self, step: str) -> Series:
        """The programme over its years."""
        return self._get(("series", step), lambda: series(self.programme, step))  # type: ignore[no-any-return]

    def dates(self, step: str) -> list[datetime.date]:
        """The dates of `series`, which are known before it is made."""
        kept: Series | None = self._find(("series", step))
        if kept is None:
            return dates_of(self.programme, step)[0]
        return [kept.steps[0].before.situation.on, *(one.after.situation.on for one in kept.steps)]

    def ranges(self, step: str) -> Ranges | None:
        """How firm the headlines of a series are; takes as long as a dozen assessments. None while another reader's
        question is counting: ask again.

        Others compute between two variations: who looks at the map need not wait for all of them.
        """
        counted = self.series(step)
        if not self._firm.acquire(blocking=False):
            return self.ranges_kept()
        try:
            found = self.ranges_kept()
            if found is None:
                found = self._counts = ranges(counted, self._turn)
            return found
        finally:
            self._firm.release()

    def ranges_kept(self) -> Ranges | None:
        """The same if it is at hand: it is one for every step."""
        return self._counts

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._computing:
            yield
        # A lock left and taken again at once is given to nobody who waits for it.
        time.sleep(_LET_IN_S)

    def surfaces(self, on: datetime.date) -> Surfaces:
        """Minutes on foot to each kind of place on a date."""
        return self._get(  # type: ignore[no-any-return]
            ("surfaces", on), lambda: surfaces(self.programme.situation(on))
        )

    def reach(self, community_id: str, on: datetime.date) -> NDArray[np.uint8]:
        """What one community can reach on a date, and what release since the baseline gave it.

        Not kept: a few communities looked at would push out the series, which takes far longer to make.
        """
        first, now = self.programme.situation(self.programme.baseline_date), self.programme.situation(on)
        with self._computing:
            return reach_classes(first, now, community_id)

    def gains(self, on: datetime.date) -> Gains:
        """What releasing each hazard open on a date alone would give back: the longest of all answers."""
        return self._get(("gains", on), lambda: gains_of(self.assessment(on)))  # type: ignore[no-any-return]

    def what_if(self, on: datetime.date) -> Answerer:
        """What releases would give back on a date; the first question waits until its walks are ready."""
        return self._get(  # type: ignore[no-any-return]
            ("what if", on), lambda: Answerer(prepare_what_if(self.assessment(on)))
        )

    def _get(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        found = self._find(key)
        if found is not None:
            return found
        with self._computing:
            found = self._find(key)
            if found is None:
                found = compute()
                with self._table:
                    self._kept[key] = found
                    while len(self._kept) > KEPT:
                        self._kept.popitem(last=False)
        return found

    def _find(self, key: Hashable) -> Any:
        with self._table:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)
