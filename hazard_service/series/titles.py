"""What each number of a series is called before readers."""

from types import MappingProxyType
from typing import Final

from hazard_service.impact.casualties import GROUPS as CASUALTY_GROUPS
from hazard_service.impact.register import YES_OR_NO
from hazard_service.vocabulary import COUNTRY_FACT_WORDS, PEOPLE_GROUPS, RELEASE_METHODS

_COHORT: Final = "Most seriously affected communities"

TITLES: Final = MappingProxyType(
    {
        "held_back": "Communities held back",
        "held_back_people": "People of communities held back",
        "exposed": "Communities near a hazard",
        "affected": "Communities near a hazard or held back",
        "affected_people": "People of communities near a hazard or held back",
        "communities": "Communities on record",
        "freed": "Communities no longer held back by release",
        "freed_people": "People of communities no longer held back by release",
        "expanded": "Communities with wider movement by release",
        "expanded_people": "People of communities with wider movement by release",
        "uncertain": "Communities with an uncertain gain",
        "worsened": "Communities that got worse",
        "worsened_people": "People of communities that got worse",
        "cohort": _COHORT,
        "cohort_expanded": f"{_COHORT} with wider movement",
        "cohort_expanded_share": f"Share of the {_COHORT.lower()} with wider movement",
        "cohort_mitigated": f"{_COHORT} with risk to livelihoods mitigated",
        "cohort_mitigated_share": f"Share of the {_COHORT.lower()} with risk to livelihoods mitigated",
        "cohort_met": f"{_COHORT} for which objective 2 is met",
        "cohort_met_share": f"Share of the {_COHORT.lower()} for which objective 2 is met",
        "cohort_not_met": f"{_COHORT} for which objective 2 is not met",
        "cohort_could_not_show_a_gain": f"{_COHORT} that could not show a gain",
        "cohort_not_measurable": f"{_COHORT} that cannot be measured",
        "cohort_merged": f"{_COHORT} merged with others",
        "cohort_split": f"{_COHORT} split up",
        "cohort_lost": f"{_COHORT} lost",
        "hazards": "Open hazards",
        "open_km2": "Open ground, km²",
        "cha_km2": "Open ground in confirmed areas, km²",
        "sha_km2": "Open ground in suspected areas alone, km²",
        "released_km2": "Released ground, km²",
        "cancelled_km2": "Cancelled ground, km²",
        "reduced_km2": "Reduced ground, km²",
        "cleared_km2": "Cleared ground, km²",
        "newly_identified": "Hazards newly identified",
        "newly_identified_km2": "Ground of hazards newly identified, km²",
        "laid_since": "Hazards laid since the baseline",
        "corrections_km2": "Ground opened by corrections of the record, km²",
        "gained_km2": "Land within reach again by release, km²",
        "livelihood_regained_km2": "Livelihood land within reach again by release, km²",
        "casualties_12_months": "Casualties in 12 months",
        "casualties_down_share": "How far casualties have fallen since the baseline",
        "cohort_found_later": "Communities found most seriously affected later",
        **{f"casualties_{way}_{group}": f"Casualties in 12 months, {way} {group}".replace("_", " ")
           for way, groups in CASUALTY_GROUPS.items() for group in groups},
        **{f"{way}_{group}": f"{way.capitalize()} beneficiaries, {group}"
           for way in ("direct", "indirect") for group in PEOPLE_GROUPS},
        **{f"countries_{fact}": COUNTRY_FACT_WORDS[fact] for fact in YES_OR_NO},
        **{f"since_{method}_km2": f"Ground {method} since an earlier date, km²" for method in RELEASE_METHODS},
        "since_released_km2": "Ground opened by release since an earlier date, km²",
        "since_undated_km2": "Ground opened by releases without a date, km²",
        "since_corrected_down_km2": "Ground opened by corrections since an earlier date, km²",
        "since_corrected_up_km2": "Ground closed by corrections since an earlier date, km²",
        "since_newly_identified_km2": "Ground newly identified since an earlier date, km²",
        "since_newly_identified": "Hazards newly identified since an earlier date",
        "since_freed": "Change in communities no longer held back by release",
        "since_held_back": "Change in communities held back",
    }
)  # fmt: skip
