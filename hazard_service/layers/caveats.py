"""What a reader of any result must know about the data it rests on, as sentences."""

import datetime
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pandas as pd
from geopandas import GeoDataFrame

from hazard_service.language import Said, safety, said, some
from hazard_service.layers.history import closed_undated, closes_too_early, done_on
from hazard_service.layers.schema import TABLES, WORLDWIDE

if TYPE_CHECKING:
    from hazard_service.layers.programme import Programme

_ABSENT = {
    "hazards": safety("No hazards are recorded: nothing here can show where hazards lie."),
    "routes": said("No routes are recorded: everybody walks off road."),
    "accidents": safety("No accidents are recorded: what the record of hazards misses cannot be measured."),
    "districts": said("No districts are recorded: everything counts as outside districts."),
    "releases": said("No releases are recorded: nothing can be counted as given back."),
}
_NAMES_SHOWN = 5


def data_caveats(
    frames: Mapping[str, GeoDataFrame],
    findings: pd.DataFrame,
    unplaced: pd.DataFrame,
    *,
    fictional: bool,
    kept_closed_m2: float,
    opens_nothing: int,
) -> tuple[str, ...]:
    """Sentences on what was repaired, refused or never recorded, the gravest first."""
    sentences: list[str] = [safety("This programme is fictional.")] if fictional else []
    sentences += unplaced_caveat(unplaced)
    sentences += _swapped(findings)
    sentences += _hazards(frames["hazards"], findings, kept_closed_m2)
    sentences += _releases(findings, opens_nothing)
    for layer in ("communities", "places", "routes", "accidents", "districts", *TABLES, *WORLDWIDE):
        lost = findings[(findings["layer"] == layer) & (findings["action"] == "refused")]
        if len(lost):
            sentences.append(
                said("{n:,} rows of {layer} could not be used; see the check report.", n=len(lost), layer=layer)
            )
    return (*sentences, *(words for layer, words in _ABSENT.items() if not len(frames[layer])))


def unplaced_caveat(unplaced: pd.DataFrame) -> list[str]:
    """How many hazards could not be placed, by district; none where all could."""
    if not len(unplaced):
        return []
    nowhere = said("no district recorded")
    by_district = unplaced["district"].fillna(str(nowhere)).value_counts(sort=False).sort_index()
    listed: list[str] = [
        said("{name} {count}", name=nowhere if name == nowhere else str(name), count=int(count))
        for name, count in by_district.head(_NAMES_SHOWN).items()
    ]
    districts: object = listed
    if len(by_district) > _NAMES_SHOWN:
        districts = said("{names} and {n} more districts", names=listed, n=len(by_district) - _NAMES_SHOWN)
    return [
        safety(
            "Hazards that could not be placed and are in no map, area or walk: {n:,} (by district: {districts}).",
            n=len(unplaced),
            districts=districts,
        )
    ]


def _swapped(findings: pd.DataFrame) -> list[str]:
    found = findings[findings["rule"] == "axes_swapped"].drop_duplicates(["layer", "file"])
    return [
        said(
            "The axes of {layer} in {file} were swapped, because only so does it lie near the other layers.",
            layer=row.layer,
            file=row.file,
        )
        for row in found.itertuples()
    ]


def _hazards(hazards: GeoDataFrame, findings: pd.DataFrame, kept_closed_m2: float) -> list[str]:
    sentences: list[str] = []
    total = len(hazards)
    count = findings[findings["layer"] == "hazards"]["rule"].value_counts()
    if invalid := count.get("invalid_geometry", 0) + count.get("unclosed_ring", 0):
        sentences.append(
            said("Hazards with invalid outlines that were repaired, losing no ground: {n:,} of {total:,}.",
                 n=invalid, total=total)
        )  # fmt: skip
    if kept_closed_m2 >= 1:
        sentences.append(
            said("Ground that stays closed because methods of repair do not agree on it: {area:,.0f} m².",
                 area=kept_closed_m2)
        )  # fmt: skip
    if points := count.get("point_with_area", 0) + count.get("point_without_area", 0):
        sentences.append(
            said("Hazards recorded as points and closed as circles: {n:,} of {total:,}.", n=points, total=total)
        )
    if lines := count.get("wrong_geometry_type", 0) + count.get("collapsed_geometry", 0):
        sentences.append(
            said("Hazards recorded without an area and closed as corridors or collections: {n:,}.", n=lines)
        )
    unclassified = int((hazards["kind"] == "unclassified").sum())
    if unclassified:
        sentences.append(
            said(
                "Hazards neither suspected (SHA) nor confirmed (CHA): {n:,} of {total:,}.", n=unclassified, total=total
            )
        )
    unknown = int((hazards["contamination"] == "unknown").sum())
    if unknown:
        sentences.append(
            said("Hazards whose contamination is not recorded: {n:,} of {total:,}.", n=unknown, total=total)
        )
    return sentences


def _releases(findings: pd.DataFrame, opens_nothing: int) -> list[str]:
    refused = findings[(findings["layer"] == "releases") & (findings["action"] == "refused")]
    sentences: list[str] = []
    if len(refused):
        ids = some(map(str, refused["id"]), _NAMES_SHOWN)
        sentences.append(
            said("Releases that could not be used and open nothing: {n:,} ({ids}).", n=len(refused), ids=ids)
        )
    if opens_nothing:
        sentences.append(
            said("Releases that meet no hazard they could open: {n:,}; they open nothing.", n=opens_nothing)
        )
    return sentences


def dated_caveats(
    programme: "Programme", day: datetime.date, hazards: GeoDataFrame, releases: GeoDataFrame, slivers: pd.DataFrame
) -> list[str]:
    """What a reader of this date must know; `releases` are those done by then."""
    caveats: list[str] = []
    undated = int(done_on(programme.releases).isna().sum())
    if undated:
        if day <= programme.baseline_date:
            effect = said(
                "they are not counted as done at the baseline, {date}, or before", date=programme.baseline_date
            )
        elif day == programme.data_date:
            effect = said("they are counted as done on the data date, {date}, and not at the baseline", date=day)
        else:
            effect = said("{date} is answered from dated records alone, so they are not counted as done", date=day)
        total = len(programme.releases)
        caveats.append(
            said("Releases without a date: {n:,} of {total:,}; {effect}.", n=undated, total=total, effect=effect)
        )
    dated = done_on(releases).notna()
    if not_handed_over := int((dated & releases["handed_over_on"].isna()).sum()):
        caveats.append(
            said(
                "Releases without a handover date: {n:,} of {total:,} dated ones done by {date}; they count from their "
                "completion.",
                n=not_handed_over,
                total=int(dated.sum()),
                date=day,
            )
        )
    named = programme.releases["hazard_id"].dropna()
    if nowhere := int((~named.isin([*programme.hazards["hazard_id"], *programme.unplaced["hazard_id"]])).sum()):
        caveats.append(said("Releases that name a hazard not on record: {n:,}; they open nothing.", n=nowhere))
    if len(ids := hazards["hazard_id"][closes_too_early(hazards)]):
        caveats.append(
            said("Hazards closed before they were reported: {n:,} ({ids}); they stay open.", n=len(ids), ids=_some(ids))
        )
    if len(ids := hazards["hazard_id"][closed_undated(hazards)]):
        caveats.append(
            said(
                "Hazards closed without a date: {n:,} ({ids}); they count as open before the data date, {date}, and "
                "closed on it.",
                n=len(ids),
                ids=_some(ids),
                date=programme.data_date,
            )
        )
    if len(slivers):
        caveats.append(
            said(
                "Hazards of which releases left slivers: {n:,} ({area:,.0f} m²; {lines} of them only a line); they "
                "stay closed.",
                n=len(slivers),
                area=slivers["area_m2"].sum(),
                lines=int((slivers["area_m2"] == 0).sum()),
            )
        )
    return caveats


def _some(ids: Iterable[str]) -> Said:
    return some(sorted(map(str, ids)), 5)
