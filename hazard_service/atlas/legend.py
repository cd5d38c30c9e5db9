"""What stands beside the map: counts, the classes that occur, sizes of symbols, hazards that could not be placed."""

import json
from collections.abc import Collection, Sequence
from typing import Any, Final

from hazard_service.assessment import Assessment, Progress
from hazard_service.atlas.cards import km2, people
from hazard_service.atlas.drawn import STATE_LETTERS, radius_px
from hazard_service.atlas.dress import styles
from hazard_service.language import Said, figure, in_words, plural, safety, said
from hazard_service.layers import Programme
from hazard_service.layers.kinds import counted, only
from hazard_service.vocabulary import LABELS, SERVICE_KINDS

NO_ACCIDENTS: Final = safety("No placed accidents are recorded, so nobody can tell how much the hazard record misses.")
_SIZES: Final = (300, 1000, 4000)


def counts(steps: Sequence[Progress]) -> list[dict[str, Any]]:
    """What the page says in figures on each date: `headline` (to remember) and `rows` (label, value, note)."""
    return [_first_counts(steps[0].before), *map(_counts_since, steps)]


def _first_counts(first: Assessment) -> dict[str, Any]:
    """On the first date nothing has changed yet."""
    totals = first.totals
    held = said(
        "of {n:,} communities held back (modelled), {people}",
        n=totals["communities"],
        people=people(totals["held_back_people"]),
    )
    return {
        "headline": [
            {"value": _count(totals["held_back"]), "label": held},
            {"value": _count(totals["hazards"]), "label": said("open hazards")},
        ],
        "rows": [
            _row(said("Ground under open hazards"), km2(totals["open_km2"])),
            _row(said("Released ground"), km2(totals["released_km2"])),
        ],
    }


def _counts_since(progress: Progress) -> dict[str, Any]:
    totals, settings = progress.totals, progress.after.situation.programme.settings
    headline = [
        {
            "value": said("{before:,} → {after:,}", before=totals["held_back_before"], after=totals["held_back_after"]),
            "label": said("of {n:,} communities held back (modelled)", n=totals["communities"]),
        },
        {
            "value": _count(totals["freed"]),
            "label": said("no longer held back (modelled), {people}", people=people(totals["freed_people"])),
        },
    ]
    ground = said("{before:,.2f} → {after}", before=totals["open_km2_before"], after=km2(totals["open_km2_after"]))
    rows = [
        _row(said("Ground under open hazards"), ground),
        _row(said("Released ground"), km2(totals["released_km2"])),
        _row(said("Reach regained (modelled)"), km2(totals["gained_km2"]), said("added up over communities")),
        _row(
            said("Otherwise no longer held back"),
            _count(totals["otherwise_not_held_back"]),
            said("the gain is too small to count, or no release is behind it"),
        ),
        _row(said("Newly held back (modelled)"), _count(totals["newly_held_back"])),
        _row(LABELS["expanded"], _count(totals["expanded"])),
        _row(
            LABELS["uncertain"],
            _count(totals["uncertain"]),
            said("would not count if outlines are {metres:g} m off", metres=settings.position_error_m),
        ),
        _row(LABELS["worsened"], _count(totals["worsened"])),
    ]
    if found := totals.get("newly_identified"):
        new = said("{n:,} ({km2})", n=found, km2=km2(totals["newly_identified_km2"]))
        rows.append(_row(said("Hazards newly identified"), new))
    return {"headline": headline, "rows": rows}


def shown_classes(layers: dict[str, bytes]) -> dict[str, Any]:
    """The classes that occur in the drawn layers, in the order of maps/styles.json; others would crowd the legend."""
    rows = {name: json.loads(document).get("features", []) for name, document in layers.items()}
    letters = {letter for row in rows["communities"] for letter in row["states"]}
    seen = {state for state, letter in STATE_LETTERS.items() if letter in letters}
    return {
        "communities": _in_order("communities", {"held_back", "exposed", "neither"} | seen),
        "kinds": _in_order("hazard_kinds", {row["kind"] for row in rows["hazards"]}),
        "states": _in_order("hazard_states", {row["state"] for row in rows["hazards"]}),
        "places": _in_order("places", {row["kind"] for row in rows.get("places", [])}),
        "minutes": [kind for kind in SERVICE_KINDS if kind in {row["kind"] for row in rows.get("places", [])}],
        "routes": bool(rows.get("routes")),
        "districts": bool(rows["districts"]),
    }


def styles_of(kinds: Collection[str]) -> dict[str, Any]:
    """maps/styles.json in the words of these hazard kinds: with some left out, nobody is known to be near none.

    Labels are in the language spoken.
    """
    looks = styles()
    if only(kinds):
        label = said("Neither held back by nor near {hazards}", hazards=counted(kinds))
        neither = looks["communities"]["neither"] | {"label": label}
        looks = looks | {"communities": looks["communities"] | {"neither": neither}}
    return dict(in_words(looks))


def sizes() -> list[dict[str, Any]]:
    """Sample symbols for the legend."""
    return [{"people": _count(count), "radius": radius_px(count)} for count in _SIZES]


def unplaced_by_district(programme: Programme) -> list[dict[str, Any]]:
    """District and count of the hazards without usable geometry."""
    nowhere = said("district not recorded")
    names = programme.unplaced["district"].astype(object)
    where = names.where(names.notna(), str(nowhere)).astype(str)
    return [
        {"district": nowhere if name == nowhere else name, "count": int(count)}
        for name, count in sorted(where.value_counts().items())
    ]


def unplaced_words(programme: Programme) -> Said:
    """How many hazards are on no map; their districts follow."""
    return safety(
        "{hazards} could not be placed on the map. More may be closed than is shown in:",
        hazards=plural("{n} hazard", "{n} hazards", len(programme.unplaced)),
    )


def _count(n: int) -> Said:
    return figure(n, ",")


def _row(label: str, value: str, note: str = "") -> dict[str, str]:
    return {"label": label, "note": note, "value": value}


def _in_order(section: str, found: set[str]) -> list[str]:
    return [name for name in styles()[section] if name in found]
