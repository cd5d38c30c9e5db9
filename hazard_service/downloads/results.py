"""Results of one programme that count some kinds of hazards, for a run that writes files and ends."""

import datetime
from collections.abc import Collection
from functools import cached_property

from hazard_service.assessment import Assessment, assess
from hazard_service.layers import Programme, Situation
from hazard_service.planning import Gains, gains_of


class OneDay:
    """`ogc.frames.Results` of one day; each is computed when first asked for."""

    def __init__(self, programme: Programme, on: datetime.date, kinds: Collection[str]) -> None:
        self.programme = programme
        self._situation = programme.situation(on, kinds)

    def situation(self, on: datetime.date) -> Situation:
        """What was open on the day, of the kinds that are counted."""
        if on != self._situation.on:
            raise KeyError(on)
        return self._situation

    def assessment(self, on: datetime.date) -> Assessment:
        """Who is held back on the day."""
        self.situation(on)
        return self._assessment

    def gains(self, on: datetime.date) -> Gains:
        """What releasing each hazard open on the day would give back."""
        return gains_of(self.assessment(on))

    @cached_property
    def _assessment(self) -> Assessment:
        return assess(self._situation)
