"""What stands behind a number, as a page and as a layer for a GIS."""

from typing import Any, Final
from urllib.parse import urlencode

from geopandas import GeoDataFrame

from hazard_service.atlas.geojson import collection, features, rows
from hazard_service.dress import render
from hazard_service.series.explain import Explanation
from hazard_service.series.titles import TITLES
from hazard_service.series.words import cell_words, exact, figure_words
from hazard_service.settings import described
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY

# The address that the web rim answers; the layer is at the same with .geojson.
EXPLAIN: Final = "/explain"
_IDS: Final = ("community_id", "hazard_id", "method", "kind", "correction", "iso3")
# In the column `what` of the layer, beside those of `series.beside`.
COUNTED: Final = "counted"
_HEADS: Final = {
    "community_id": "Community", "name": "Name", "district": "District", "people": "People",
    "progress": "What release gave", "why": "Why", "gained_km2": "Land regained, km²",
    "gained_livelihood_km2": "Livelihood land regained, km²", "objective_2": "Objective 2",
    "mitigated_by": "Livelihoods mitigated by",
    "livelihood_held_back_km2_before": "Livelihood land held back at the baseline, km²", "hazard_id": "Hazard",
    "kind": "Class", "status": "Status", "area_m2": "Area, m²", "reported_on": "Reported on", "laid_on": "Laid on",
    "method": "Method", "correction": "Correction", "what": "What",
    "change": "Change", "iso3": "Country", "value": "Recorded", "counts": "Counts", "dated_on": "Since",
    "source": "Source", **{name: TITLES[name] for name in TITLES if name.startswith(("direct_", "indirect_"))},
}  # fmt: skip


def explained_page(found: Explanation) -> str:
    """The page, for the web rim to serve."""
    programme = found.programme
    return render(
        "explained.html",
        found=found,
        value=figure_words(found.name, found.value),
        exactly=None if found.value is None else exact(found.value),
        programme=programme,
        longest_min=programme.settings.longest_min,
        contact_m=programme.settings.contact_m,
        settings=described(found.settings),
        counted=_table(found.counted),
        beside=_table(found.beside),
        layer=None if found.counted is None else f"{EXPLAIN}/{found.name}.geojson?{_query(found)}",
        later=len(found.later),
        caveats=[text for text in found.caveats if text not in (NOT_FOR_SAFETY, NO_RECORD)],
        not_for_safety=NOT_FOR_SAFETY,
        no_record=NO_RECORD,
    )


def _table(frame: GeoDataFrame | None) -> tuple[list[str], list[list[str]]]:
    """Heads in readers' words, and rows."""
    if frame is None:
        return [], []
    names = [str(name) for name in frame if name != "geometry"]
    cells = frame[names].itertuples(index=False)
    return [_HEADS[name] for name in names], [[cell_words(cell) for cell in row] for row in cells]


def _query(found: Explanation) -> str:
    told = {"step": found.step, "on": found.on, "since": found.since, "district": found.district}
    return urlencode({name: value for name, value in told.items() if value})


def counted_geojson(found: Explanation) -> bytes:
    """What the number counts, what lies beside it, and on a past date every hazard recorded later; no feature where
    single records never leave the service."""
    programme = found.programme
    about = {
        "programme": programme.name,
        "fictional": programme.fictional,
        "data_date": str(programme.data_date),
        "number": found.name,
        "value": found.value,
        "as_of": found.on,
        "since": found.since,
        "step": found.step,
        "district": found.district,
        "kinds": list(found.kinds),
        "data_version": found.data_version,
        "software": found.software,
        "warning": f"{NOT_FOR_SAFETY} {NO_RECORD}",
        "caveats": list(found.caveats),
    }
    if found.counted is None:
        return collection([], **about)
    frame = found.counted.assign(what=COUNTED)
    own = next(name for name in _IDS if name in frame)
    told = _features(frame, frame[own].astype(str).tolist())
    for part, beside in (("beside", found.beside), ("later", found.later)):
        if beside is not None:
            told += _features(beside, [f"{part}:{name}:{row}" for row, name in enumerate(beside["hazard_id"])])
    return collection(told, **about)


def _features(frame: GeoDataFrame, ids: list[str]) -> list[Any]:
    return features(frame, ids, rows(frame, [str(name) for name in frame if name != "geometry"]))
