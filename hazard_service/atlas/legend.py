"""What stands beside the map: counts, the classes that occur, sizes of symbols, hazards that could not be placed."""

import json
from collections.abc import Collection, Sequence
from typing import Any, Final

from hazard_service.assessment import Assessment, Progress
from hazard_service.atlas.cards import km2, people
from hazard_service.atlas.drawn import STATE_LETTERS, radius_px
from hazard_service.atlas.dress import styles
from hazard_service.layers import Programme
from hazard_service.layers.kinds import counted, only
from hazard_service.vocabulary import SERVICE_KINDS

NO_ACCIDENTS: Final = "No placed accidents are recorded, so nobody can tell how much the hazard record misses."
_SIZES: Final = (300, 1000, 4000)


def counts(steps: Sequence[Progress]) -> list[dict[str, list[dict[str, str]]]]:
    """What the page says in figures on each date: `headline` (to remember) and `rows` (label, value, note)."""
    return [_first_counts(steps[0].before), *map(_counts_since, steps)]


def _first_counts(first: Assessment) -> dict[str, list[dict[str, str]]]:
    """On the first date nothing has changed yet."""
    totals = first.totals
    held = f"of {totals['communities']:,} communities held back (modelled), {people(totals['held_back_people'])}"
    return {
        "headline": [
            {"value": f"{totals['held_back']:,}", "label": held},
            {"value": f"{totals['hazards']:,}", "label": "open hazards"},
        ],
        "rows": [
            _row("Ground under open hazards", km2(totals["open_km2"])),
            _row("Released ground", km2(totals["released_km2"])),
        ],
    }


def _counts_since(progress: Progress) -> dict[str, list[dict[str, str]]]:
    totals, settings = progress.totals, progress.after.situation.programme.settings
    headline = [
        {
            "value": f"{totals['held_back_before']:,} → {totals['held_back_after']:,}",
            "label": f"of {totals['communities']:,} communities held back (modelled)",
        },
        {
            "value": f"{totals['freed']:,}",
            "label": f"no longer held back (modelled), {people(totals['freed_people'])}",
        },
    ]
    ground = f"{totals['open_km2_before']:,.2f} → {km2(totals['open_km2_after'])}"
    rows = [
        _row("Ground under open hazards", ground),
        _row("Released ground", km2(totals["released_km2"])),
        _row("Reach regained (modelled)", km2(totals["gained_km2"]), "added up over communities"),
        _row(
            "Otherwise no longer held back",
            f"{totals['otherwise_not_held_back']:,}",
            "the gain is too small to count, or no release is behind it",
        ),
        _row("Newly held back (modelled)", f"{totals['newly_held_back']:,}"),
        _row("Movement wider (modelled)", f"{totals['expanded']:,}"),
        _row(
            "Gain uncertain (modelled)",
            f"{totals['uncertain']:,}",
            f"would not count if outlines are {settings.position_error_m:g} m off",
        ),
        _row("Worse than before (modelled)", f"{totals['worsened']:,}"),
    ]
    if found := totals.get("newly_identified"):
        rows.append(_row("Hazards newly identified", f"{found:,} ({km2(totals['newly_identified_km2'])})"))
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
    """maps/styles.json in the words of these hazard kinds: with some left out, nobody is known to be near none."""
    looks = styles()
    if not only(kinds):
        return looks
    neither = looks["communities"]["neither"] | {"label": f"Neither held back by nor near {counted(kinds)}"}
    return looks | {"communities": looks["communities"] | {"neither": neither}}


def sizes() -> list[dict[str, Any]]:
    """Sample symbols for the legend."""
    return [{"people": f"{count:,}", "radius": radius_px(count)} for count in _SIZES]


def unplaced_by_district(programme: Programme) -> list[dict[str, Any]]:
    """District and count of the hazards without usable geometry."""
    names = programme.unplaced["district"].astype(object)
    where = names.where(names.notna(), "district not recorded").astype(str)
    return [{"district": name, "count": int(count)} for name, count in sorted(where.value_counts().items())]


def _row(label: str, value: str, note: str = "") -> dict[str, str]:
    return {"label": label, "note": note, "value": value}


def _in_order(section: str, found: set[str]) -> list[str]:
    return [name for name in styles()[section] if name in found]
