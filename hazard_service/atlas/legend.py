"""What stands beside the map: counts, the classes that occur, sizes of symbols, hazards that could not be placed."""

import json
from collections.abc import Collection
from typing import Any, Final

from hazard_service.assessment import Progress
from hazard_service.atlas import popups
from hazard_service.atlas.drawn import radius_px
from hazard_service.atlas.dress import styles
from hazard_service.atlas.popups import km2
from hazard_service.layers import Programme
from hazard_service.layers.kinds import counted, only

NO_ACCIDENTS: Final = "No placed accidents are recorded, so nobody can tell how much the hazard record misses."
_SIZES: Final = (300, 1000, 4000)


def counts(progress: Progress) -> dict[str, list[dict[str, str]]]:
    """What the page says in figures: `headline` (two numbers to remember) and `rows` (label, value, note)."""
    totals, settings = progress.totals, progress.after.situation.programme.settings
    headline = [
        {
            "value": f"{totals['held_back_before']:,} → {totals['held_back_after']:,}",
            "label": f"of {totals['communities']:,} communities held back (modelled)",
        },
        {
            "value": f"{totals['freed']:,}",
            "label": f"no longer held back (modelled), {popups.people(totals['freed_people'])}",
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
    rows = {
        name: [feature["properties"] for feature in json.loads(document)["features"]]
        for name, document in layers.items()
    }
    unassessed = {row[view]["state"] for row in rows["communities"] for view in ("before", "after")}
    always = {"held_back", "exposed", "neither"}
    return {
        "communities": [name for name in styles()["communities"] if name in always | unassessed],
        "kinds": _in_order("hazard_kinds", {row["kind"] for row in rows["hazards"]}),
        "states": _in_order("hazard_states", {row["state"] for row in rows["hazards"]}),
        "places": _in_order("places", {row["kind"] for row in rows["places"]}),
        "routes": bool(rows["routes"]),
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
    return [{"people": f"{people:,}", "radius": radius_px(people)} for people in _SIZES]


def unplaced_by_district(programme: Programme) -> list[dict[str, Any]]:
    """District and count of the hazards without usable geometry."""
    names = programme.unplaced["district"].astype(object)
    where = names.where(names.notna(), "district not recorded").astype(str)
    return [{"district": name, "count": int(count)} for name, count in sorted(where.value_counts().items())]


def _row(label: str, value: str, note: str = "") -> dict[str, str]:
    return {"label": label, "note": note, "value": value}


def _in_order(section: str, found: set[str]) -> list[str]:
    return [name for name in styles()[section] if name in found]
