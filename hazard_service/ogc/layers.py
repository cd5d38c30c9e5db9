"""Layers of one programme, kept: each is prepared once for a version of the data."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

from hazard_service.ogc.collections import EVERY, caveats_of, columns_of, frame_of
from hazard_service.ogc.frames import Period, Results
from hazard_service.ogc.layer import Layer

KEPT: Final = 24


class Layers:
    """The last few layers asked for."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self._kept: OrderedDict[Hashable, Layer] = OrderedDict()
        self._table = threading.Lock()

    def layer(self, name: str, period: Period) -> Layer:
        """A collection for a period. Raises KeyError for an unknown name."""
        if not EVERY[name].by_interval:
            period = Period(period.end, period.end)
        with self._table:
            found = self._kept.get((name, period))
            if found is not None:
                self._kept.move_to_end((name, period))
                return found
        # Outside the lock: gains take minutes, and nobody else should wait for them.
        found = Layer(
            frame_of(name, self.results, period),
            columns_of(name, self.results.programme),
            caveats_of(name, self.results, period),
        )
        with self._table:
            self._kept[name, period] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found
