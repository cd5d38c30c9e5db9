"""The words of the service, one meaning each. IMAS 07.11, 08.10, 08.20, 09.10 and the IMSMA symbology."""

from types import MappingProxyType
from typing import Final, Literal

from hazard_service.language import safety, said

HAZARD_KINDS: Final = ("SHA", "CHA", "unclassified")
KIND_WORDS: Final = MappingProxyType(
    {
        "SHA": said("suspected areas (SHA)"),
        "CHA": said("confirmed areas (CHA)"),
        "unclassified": said("unclassified areas"),
    }
)
CONTAMINATION: Final = ("ap_mine", "av_mine", "ied", "cluster", "uxo", "axo", "booby_trap", "unknown")
STATUSES: Final = ("open", "worked_on", "suspended", "closed")
EXTENT_METHODS: Final = ("gps", "digitised", "estimated_circle")
# People and beneficiaries are counted by these.
PEOPLE_GROUPS: Final = ("women", "men", "girls", "boys")
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
# The rows of a table by district that are no district: no code of a district is either.
OUTSIDE: Final = "outside districts"
WHOLE: Final = "whole programme"
# How a community may have ended: its people moved into another, it became several, or nobody lives there any more.
ENDINGS: Final = (said("merged"), said("split"), said("lost"))
# What a scoring scheme may give weight to. Victims are those killed, injured and of unknown outcome together.
SCORE_FACTORS: Final = ("mines", "uxo", *BLOCKAGES, "victims", "killed", "injured", "hazards")

# What the register of countries records. The deadlines are dates, the others yes or no. mbc: Mine Ban Convention;
# ccm: Convention on Cluster Munitions.
DEADLINES: Final = ("mbc_deadline", "ccm_deadline")
COUNTRY_FACTS: Final = (
    "mbc_party",
    "mbc_deadline",
    "ccm_signed",
    "ccm_ratified",
    "ccm_deadline",
    "plan_integrated",
    "budget_line",
    "residual_capacity",
)

COUNTRY_FACT_WORDS: Final = MappingProxyType(
    {
        "mbc_party": "States party to the Mine Ban Convention",
        "mbc_deadline": "Article 5 deadline (Mine Ban Convention)",
        "ccm_signed": "Signed the Convention on Cluster Munitions",
        "ccm_ratified": "Ratified the Convention on Cluster Munitions",
        "ccm_deadline": "Article 4 deadline (Convention on Cluster Munitions)",
        "plan_integrated": "Mine action in the national plan",
        "budget_line": "Mine action in the national budget",
        "plan_and_budget": "Objective 3, mine action in national plans and budgets",
        "residual_capacity": "Objective 4, capacity for residual contamination",
    }
)

CutOff = Literal["yes", "no", "beyond the standard even on free ground", "no data"]
CUT_OFF: Final[tuple[CutOff, ...]] = ("yes", "no", "beyond the standard even on free ground", "no data")

# Classes of livelihood land; on the grid a class is its place in this list + 1, and 0 is any other land.
LIVELIHOOD_CLASSES: Final = ("cropland", "pasture", "forest", "water_edge", "built_up")
# The classes of the Copernicus global land cover map (100 m) that each is read from. Pasture is herbaceous vegetation
# and shrubs: the map does not say what is grazed. Bare ground, snow, moss and water are no livelihood land.
LIVELIHOOD_CODES: Final = MappingProxyType(
    {
        "cropland": (40,),
        "pasture": (20, 30),
        "forest": (111, 112, 113, 114, 115, 116, 121, 122, 123, 124, 125, 126),
        "water_edge": (90,),
        "built_up": (50,),
    }
)
WATER_CODES: Final = (80, 200)
NO_LIVELIHOOD_CODES: Final = (60, 70, 100, *WATER_CODES)

PROGRESS_CLASSES: Final = ("freed", "worsened", "expanded", "uncertain", "unchanged", "not_assessed")

# What a reader sees for each word; one place, so that table, map and popup agree.
LABELS: Final = MappingProxyType(
    {
        "SHA": said("Suspected hazardous area (SHA)"),
        "CHA": said("Confirmed hazardous area (CHA)"),
        "unclassified": said("Hazardous area, class not recorded"),
        "open": said("Open"),
        "worked_on": said("Worked on"),
        "suspended": said("Suspended"),
        "closed": said("Closed"),
        "cancelled": said("Cancelled (non-technical survey)"),
        "reduced": said("Reduced (technical survey)"),
        "cleared": said("Cleared (clearance)"),
        "water": said("Water point"),
        "school": said("School"),
        "health": said("Health post"),
        "market": said("Market"),
        "other": said("Other place"),
        "cropland": said("Cropland"),
        "pasture": said("Pasture"),
        "forest": said("Forest"),
        "water_edge": said("Water's edge"),
        "built_up": said("Built-up land"),
        "freed": said("No longer held back (modelled)"),
        "expanded": said("Movement wider (modelled)"),
        "worsened": said("Worse than before (modelled)"),
        "uncertain": said("Gain uncertain (modelled)"),
        "unchanged": said("Unchanged"),
        "not_assessed": said("Not assessed"),
        "held_back": said("Held back (modelled)"),
        "exposed": said("Within the contact distance of a hazard"),
        "neither": said("Neither held back nor near a hazard"),
    }
)

FICTIONAL: Final = safety("Fictional: no place, hazard or person here is real.")
NOT_FOR_SAFETY: Final = safety("Not for navigation or safety decisions.")
NO_RECORD: Final = safety("No recorded hazard here is not proof of safety.")
SHA_OVERSTATES: Final = safety("Suspected areas (SHA) overstate contamination: most of their ground proves free of it.")
NOT_TESTED: Final = safety(
    "What a release would give back is modelled, and not tested against the position error of the outlines."
)
MODELLED: Final = safety("Held back is a modelled state: people may walk there at a risk.")
