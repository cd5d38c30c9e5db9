"""The words of the service, one meaning each. IMAS 07.11, 08.10, 08.20, 09.10 and the IMSMA symbology."""

from types import MappingProxyType
from typing import Final, Literal

HAZARD_KINDS: Final = ("SHA", "CHA", "unclassified")
CONTAMINATION: Final = ("ap_mine", "av_mine", "ied", "cluster", "uxo", "axo", "booby_trap", "unknown")
STATUSES: Final = ("open", "worked_on", "suspended", "closed")
EXTENT_METHODS: Final = ("gps", "digitised", "estimated_circle")
RELEASE_METHODS: Final = ("cancelled", "reduced", "cleared")
SERVICE_KINDS: Final = ("water", "school", "health", "market")
PLACE_KINDS: Final = (*SERVICE_KINDS, "other")
BLOCKAGES: Final = (
    "irrigated_cropland",
    "rainfed_cropland",
    "fixed_pasture",
    "migratory_pasture",
    "drinking_water",
    "other_water",
    "housing",
    "roads",
    "other_infrastructure",
    "non_agricultural_land",
)

CutOff = Literal["yes", "no", "beyond the standard even on free ground", "no data"]
CUT_OFF: Final[tuple[CutOff, ...]] = ("yes", "no", "beyond the standard even on free ground", "no data")

PROGRESS_CLASSES: Final = ("freed", "worsened", "expanded", "unchanged", "not_assessed")

# What a reader sees for each word; one place, so that table, map and popup agree.
LABELS: Final = MappingProxyType(
    {
        "SHA": "Suspected hazardous area (SHA)",
        "CHA": "Confirmed hazardous area (CHA)",
        "unclassified": "Hazardous area, class not recorded",
        "open": "Open",
        "worked_on": "Worked on",
        "suspended": "Suspended",
        "closed": "Closed",
        "cancelled": "Cancelled (non-technical survey)",
        "reduced": "Reduced (technical survey)",
        "cleared": "Cleared (clearance)",
        "water": "Water point",
        "school": "School",
        "health": "Health post",
        "market": "Market",
        "other": "Other place",
        "freed": "No longer held back (modelled)",
        "expanded": "Movement wider (modelled)",
        "worsened": "Worse than before (modelled)",
        "unchanged": "Unchanged",
        "not_assessed": "Not assessed",
        "held_back": "Held back (modelled)",
        "exposed": "Within the contact distance of a hazard",
        "neither": "Neither held back nor near a hazard",
    }
)

NOT_FOR_SAFETY: Final = "Not for navigation or safety decisions."
NO_RECORD: Final = "No recorded hazard here is not proof of safety."
SHA_OVERSTATES: Final = "Suspected areas (SHA) overstate contamination: most of their ground proves free of it."
MODELLED: Final = "Held back is a modelled state: people may walk there at a risk."
