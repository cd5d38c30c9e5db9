"""Swapped axes: a layer that lies far from all the others until its x and y are exchanged."""

from collections.abc import Sequence
from dataclasses import dataclass

from hazard_service.errors import LayerError
from hazard_service.layers.placing import FAR_KM, NEAR_KM, Box, Part, box_of, gap_km, middle_box, on_world, swap


@dataclass(frozen=True, eq=False)
class _Reading:
    """One table of one file, which may feed several layers, and its box as it stands and with its axes swapped."""

    parts: tuple[Part, ...]
    as_is: Box | None
    swapped: Box | None

    @property
    def box(self) -> Box:
        """As it stands, or swapped where only that is on the earth."""
        box = self.as_is or self.swapped
        if box is None:
            raise LayerError(f"{self.parts[0].file} has no row with a place on the earth.")
        return box

    @property
    def other(self) -> Box | None:
        return self.swapped if self.as_is else None

    def __str__(self) -> str:
        return f"{' and '.join(part.layer for part in self.parts)} ({self.parts[0].file})"


def settle_axes(parts: Sequence[Part]) -> tuple[list[Part], Box | None, list[LayerError]]:
    """(parts with their axes put right, the box of the middle half of their rows, what cannot be settled).

    Files that lie near each other agree. One that does not is swapped where that brings it near the largest group of
    at least two, and is an error where it lies beyond FAR_KM either way. Without such a group nobody can tell who is
    right: an error too, where swapping or moving one would be called for.
    """
    readings = [_reading([part for part in parts if part.source == source]) for source in _sources(parts)]
    placed = [reading for reading in readings if reading.as_is or reading.swapped]
    unplaced = [part for reading in readings if reading not in placed for part in reading.parts]
    if not placed:
        return list(unplaced), None, []
    groups = sorted(_groups(placed), key=len, reverse=True)
    main = groups[0]
    if len(groups) > 1 and len(main) == len(groups[1]):
        errors = _cannot_tell(groups)
        settled = [part for reading in placed for part in _settled(reading, reading.as_is is None)]
        return settled + unplaced, middle_box(settled), errors
    settled, errors = [], []
    for reading in placed:
        turn, error = _against(reading, main)
        if error:
            errors.append(error)
        else:
            settled += _settled(reading, turn)
    return settled + unplaced, middle_box(settled), errors


def _sources(parts: Sequence[Part]) -> list[str]:
    return list(dict.fromkeys(part.source for part in parts))


def _reading(parts: Sequence[Part]) -> _Reading:
    first = parts[0]
    turned = swap(first)
    return _Reading(
        tuple(parts), box_of(first) if on_world(first) else None, box_of(turned) if on_world(turned) else None
    )


def _groups(readings: Sequence[_Reading]) -> list[list[_Reading]]:
    """Readings linked by nearness."""
    left, groups = list(readings), []
    while left:
        group, edge = [], [left.pop(0)]
        while edge:
            reading = edge.pop()
            group.append(reading)
            near = [other for other in left if gap_km(reading.box, other.box) <= NEAR_KM]
            left = [other for other in left if other not in near]
            edge += near
        groups.append(group)
    return groups


def _distance_km(box: Box, group: Sequence[_Reading]) -> float:
    return min(gap_km(box, reading.box) for reading in group)


def _against(reading: _Reading, main: Sequence[_Reading]) -> tuple[bool, LayerError | None]:
    """(whether to swap a reading, the error if it lies too far from the main group either way)."""
    if reading in main:
        return reading.as_is is None, None
    if reading.other and _distance_km(reading.other, main) <= NEAR_KM:
        return True, None
    apart = _distance_km(reading.box, main)
    if apart <= FAR_KM:
        return reading.as_is is None, None
    return False, LayerError(
        f"{reading} lies about {round(apart, -2):,.0f} km from the other layers, with its axes swapped or not; "
        f"state the right reference system under [crs] in programme.toml."
    )


def _cannot_tell(groups: Sequence[Sequence[_Reading]]) -> list[LayerError]:
    first, second = groups[0], groups[1]
    apart = min(_distance_km(reading.box, second) for reading in first)
    pairs = ((first, second), (second, first))
    mends = any(
        reading.other and _distance_km(reading.other, other) <= NEAR_KM for group, other in pairs for reading in group
    )
    names = (" and ".join(map(str, first)), " and ".join(map(str, second)))
    if mends:
        return [
            LayerError(
                f"{names[0]} and {names[1]} lie about {round(apart, -2):,.0f} km apart until the axes of "
                f"one are swapped, and no other layer tells which; put longitude before latitude in the wrong one."
            )
        ]
    if apart > FAR_KM:
        return [
            LayerError(
                f"{names[0]} and {names[1]} lie about {round(apart, -2):,.0f} km apart; "
                f"state the right reference system of the wrong one under [crs] in programme.toml."
            )
        ]
    return []


def _settled(reading: _Reading, turn: bool) -> list[Part]:
    return [swap(part) if turn else part for part in reading.parts]
