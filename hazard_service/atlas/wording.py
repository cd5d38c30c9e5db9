"""The words that the scripts of a map page put together: none stands in the scripts themselves."""

import datetime
from typing import Any, Final

from hazard_service.language import safety, said
from hazard_service.settings import Settings
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY, NOT_TESTED

_UNITS: Final = [said("{n} m²"), said("{n} ha"), said("{n} km²")]
_MEASURED: Final = safety("Straight lines: {km} km, {m2}. Not a way to walk.")
_POSITION: Final = safety("Your device says that you are here, give or take {m} m. It cannot say that you are safe.")


def words(settings: Settings, on: datetime.date) -> dict[str, Any]:
    """By name, the words of cards, search, tools and what-ifs; {names} in braces are filled in by the scripts.

    on: the last date of the page, of which what-ifs are asked.
    """
    return {
        "units": _UNITS,
        "comma": said(", "),
        "pair": said("{label}: {value}"),
        "community": [said("Community {id}: {people}"), said("Community {id}: {where}, {people}")],
        "hazard": said("Hazard {id}"),
        "released": said("Released from hazard {id}"),
        "release": said("Release"),
        "people": said("{n} people"),
        "no_people": said("people not recorded"),
        "area": said("Area shown"),
        "since": said("Since {date}: {text}"),
        "on": said("On {date}: {text}"),
        "reach": said("Land within {minutes:g} minutes' walk", minutes=settings.reach_min),
        "of": said("{a} of {b} km²"),
        "walks": [said("Minutes on foot"), said("no hazards")],
        "no_record": NO_RECORD,
        "frees_alone": said("Release of one of these alone would free it (modelled): {ids}."),
        "frees_together": said("These together would free it (modelled): {ids}."),
        "frees_nothing": said("No single release, nor a set that was tried, would free it (modelled)."),
        "gains_wait": said("Working out what each release would give back…"),
        "reach_ask": said("Show what it can reach"),
        "reach_end": said("Hide"),
        "more": said("What stands behind this"),
        "record": said("Its record"),
        "close": said("Close"),
        "nothing_found": said("Nothing is called so."),
        "found": said("{n} found"),
        "rows": said("{n} of {m} rows"),
        "more_rows": said("Show {n} of {m} more rows"),
        "scale": said("Scale about 1 : {n} where printed at full size."),
        "measure_note": _MEASURED,
        "position_note": _POSITION,
        # Beside another language, with numbers and units of its own.
        "english": {"measure_note": str(_MEASURED), "position_note": str(_POSITION), "units": [*map(str, _UNITS)]},
        "position_failed": said("This device gives no position."),
        "what_if": {
            "ask": said("What if released?"),
            "asking": said("Walking…"),
            # The strip stays on other dates, so it says its own; English beside another language says it in English.
            "banner": safety(
                "NOT RELEASED: this shows what releasing {id} would give back on {date}.", id="{id}", date=on
            ),
            "label": safety("NOT RELEASED"),
            "end": said("End the question"),
            "not_released": safety("NOT RELEASED. If it were (modelled):"),
            "nobody": said("nobody would be freed by this release alone."),
            "freed": said("{n} no longer held back: {names}"),
            "wider": said("{n} movement wider: {names}"),
            "reach": said("{n} km² of reach given back, summed over communities"),
            "always": [NOT_TESTED, NOT_FOR_SAFETY],
            "limits": said("Read with these limits ({n})"),
            "failed": said("No answer came; the terminal that runs the service says why."),
        },
    }
