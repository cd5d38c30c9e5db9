"""The hazard kinds that a result counts, and what must be said where some are left out."""

from collections.abc import Collection

from hazard_service.errors import KindError
from hazard_service.language import plural, safety, said
from hazard_service.vocabulary import HAZARD_KINDS, KIND_WORDS


def chosen(kinds: Collection[str]) -> frozenset[str]:
    """The kinds as a set. Raises KindError if one is unknown or none is given."""
    # A misspelt or forgotten kind would show a country without hazards.
    known = ", ".join(HAZARD_KINDS)
    if unknown := sorted(set(kinds) - set(HAZARD_KINDS)):
        raise KindError(f"Unknown hazard kind: {', '.join(unknown)}. Known kinds: {known}.")
    if not kinds:
        raise KindError(f"No hazard kind is given; name at least one of {known}.")
    return frozenset(kinds)


def counted(kinds: Collection[str]) -> str:
    """ "confirmed areas (CHA)"; "hazards" where every kind counts."""
    if set(kinds) == set(HAZARD_KINDS):
        return said("hazards")
    first, *others = (KIND_WORDS[kind] for kind in HAZARD_KINDS if kind in kinds)
    return said("{first} and {second}", first=first, second=others[0]) if others else first


def only(kinds: Collection[str]) -> str:
    """ ", confirmed areas (CHA) only": ends a heading or label; nothing where every kind counts."""
    return "" if set(kinds) == set(HAZARD_KINDS) else said(", {hazards} only", hazards=counted(kinds))


def left_out(kinds: Collection[str], others: int) -> list[str]:
    """The first caveat where kinds are left out; `others`: hazards of those kinds that are open on the date."""
    if set(kinds) == set(HAZARD_KINDS):
        return []
    if others == 0:
        free = said("no other hazard on record is open on this date")
    else:
        free = plural(
            "{n:,} other open hazard on record was walked through as if free",
            "{n:,} other open hazards on record were walked through as if free",
            others,
        )
    return [safety("Only {hazards} are counted: {free}.", hazards=counted(kinds), free=free)]
