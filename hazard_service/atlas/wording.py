"""The words that the scripts of a map page put together: none stands in the scripts themselves."""

from typing import Any

from hazard_service.settings import Settings
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY, NOT_TESTED


def words(settings: Settings) -> dict[str, Any]:
    """By name, the words of cards, search, tools and what-ifs; {names} in braces are filled in by the scripts."""
    return {
        "community": "Community {id}",
        "hazard": "Hazard {id}",
        "released": "Released from hazard {id}",
        "release": "Release",
        "people": "{n} people",
        "no_people": "people not recorded",
        "area": "Area shown",
        "since": "Since {date}:",
        "on": "On {date}",
        "reach": f"Land within {settings.reach_min:g} minutes' walk",
        "of": "{a} of {b} km²",
        "walks": ["Minutes on foot", "no hazards"],
        "no_record": NO_RECORD,
        "frees_alone": "Release of one of these alone would free it (modelled)",
        "frees_together": "These together would free it (modelled)",
        "frees_nothing": "No single release, nor a set that was tried, would free it (modelled)",
        "gains_wait": "Working out what each release would give back…",
        "reach_ask": "Show what it can reach",
        "reach_end": "Hide",
        "more": "What stands behind this",
        "as_layer": "As GeoJSON",
        "close": "Close",
        "nothing_found": "Nothing is called so.",
        "found": "{n} found",
        "table_community": ["Community", "State", "People"],
        "table_hazard": ["Hazard", "Class", "State"],
        "more_rows": "{n} more: use the search",
        "measure_note": "Straight lines: {km} km, {m2}. Not a way to walk.",
        "position_note": "Your device says that you are here, give or take {m} m. It cannot say that you are safe.",
        "position_failed": "This device gives no position.",
        "what_if": {
            "ask": "What if released?",
            "asking": "Walking…",
            "banner": "NOT RELEASED: this shows what releasing {id} would give back.",
            "label": "NOT RELEASED",
            "end": "End the question",
            "not_released": "NOT RELEASED. If it were (modelled):",
            "nobody": "nobody would be freed by this release alone.",
            "freed": "no longer held back:",
            "wider": "movement wider:",
            "reach": "km² of reach given back, summed over communities",
            "always": [NOT_TESTED, NOT_FOR_SAFETY],
            "limits": "Read with these limits",
            "failed": "No answer came; the terminal that runs the service says why.",
        },
    }
