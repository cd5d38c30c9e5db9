"""One situation made ready for "what if these were released?": what each open hazard closes alone."""

from dataclasses import dataclass

import numpy as np

from hazard_service.assessment import Assessment
from hazard_service.ground.closures import ways_closed_by
from hazard_service.ground.routes import standing_open
from hazard_service.impact.exposure import blocking
from hazard_service.impact.freedom import Walk
from hazard_service.impact.walks import flat_land
from hazard_service.pieces import pieces_of, start_vertices
from hazard_service.travel.closing import Closures
from hazard_service.travel.grounds import Ground
from hazard_service.travel.search import Clock, clock_of
from hazard_service.vocabulary import NOT_TESTED
from hazard_service.walked import free_ground, terrain_of, walk_free


@dataclass(frozen=True, eq=False)
class WhatIf:
    """Everything one situation needs for what-ifs; rows of hazards and communities as in the assessment's frames.

    blockers: by kind, the (m,) cells of its places and the hazards that meet each; coverers: by community, the hazards
    that cover its start cell. people_parts: by cell, see `impact.people`; (0,) without a population raster.
    closed, free: the walks with every open hazard, and with none.
    """

    assessment: Assessment
    closures: Closures
    free_ground: Ground
    starts: np.ndarray
    coverers: list[frozenset[int]]
    places: dict[str, list[tuple[int, frozenset[int]]]]
    classes: np.ndarray
    people_parts: np.ndarray
    reach_clock: Clock
    service_clock: Clock
    free: Walk

    @property
    def closed(self) -> Walk:
        return self.assessment.closed

    @property
    def caveats(self) -> tuple[str, ...]:
        return release_caveats(self.assessment)

    @property
    def hazards(self) -> int:
        return len(self.closures.first) - 1


def release_caveats(assessment: Assessment) -> tuple[str, ...]:
    """What a reader must know beside every answer on what releases would give back."""
    return (*assessment.caveats, NOT_TESTED)


def prepare_what_if(assessment: Assessment) -> WhatIf:
    """Judge what each open hazard of an assessment closes alone."""
    situation, programme = assessment.situation, assessment.situation.programme
    terrain, free = terrain_of(programme), free_ground(programme).prepared.ground
    graph, outlines = terrain.routes, blocking(situation.hazards)
    in_use = standing_open(graph, programme.routes, situation.on)
    pieces = pieces_of(programme, outlines, ways_closed_by(graph, outlines, in_use))
    classes, people_parts = flat_land(terrain)
    return WhatIf(
        assessment=assessment,
        closures=pieces.closures,
        free_ground=free,
        starts=start_vertices(programme),
        coverers=pieces.coverers,
        places=pieces.places,
        classes=classes,
        people_parts=people_parts,
        reach_clock=clock_of(free, programme.settings.reach_min),
        service_clock=clock_of(free, programme.settings.longest_min),
        free=walk_free(programme),
    )


def open_cells(what_if: WhatIf, kind: str, released: frozenset[int]) -> set[int]:
    """Cells of the places of a kind that no hazard but the released ones meets."""
    return {cell for cell, blockers in what_if.places[kind] if not blockers - released}


def opened_places(what_if: WhatIf, kind: str, hazards: np.ndarray, released: frozenset[int]) -> set[int]:
    """Cells of the places of a kind that these releases open."""
    own = frozenset(hazards.tolist())
    return {cell for cell, blockers in what_if.places[kind] if blockers & own and not blockers - released}


def lost_places(what_if: WhatIf, kind: str, hazard: int) -> set[int]:
    """Cells without a place of a kind where this hazard stands alone."""
    places = what_if.places[kind]
    kept = {cell for cell, blockers in places if hazard not in blockers}
    return {cell for cell, blockers in places if hazard in blockers} - kept
