"""The map of gains: open hazards by what releasing each alone would give back, as one file. Nothing is released."""

from typing import Any, Final

from markupsafe import Markup

from hazard_service.assessment import Assessment
from hazard_service.atlas.drawn import district_features, hazard_view, radius_px, state_of
from hazard_service.atlas.dress import json_block, page_json
from hazard_service.atlas.frame import age_words, dressing, folium_parts
from hazard_service.atlas.geojson import Feature, collection, features
from hazard_service.atlas.legend import styles_of, unplaced_by_district
from hazard_service.atlas.popups import Fact, community_facts, km2, metres, people
from hazard_service.dress import STALE_AFTER, render, with_policy
from hazard_service.impact.words import people_of
from hazard_service.layers.kinds import left_out, only
from hazard_service.planning import Gains, sets_of
from hazard_service.vocabulary import LABELS, LIVELIHOOD_CLASSES, NO_RECORD, NOT_FOR_SAFETY, SERVICE_KINDS

_LAYERS: Final = ("districts", "hazards", "communities")
_OPEN: Final = ("open", "worked_on", "suspended")
_RANKED: Final = 20
_NUMBERED: Final = 10
# Less than a cell of 25 m is no reach to speak of.
_LEAST_KM2: Final = 0.000625


def gains_page(gains: Gains) -> str:
    """The map of gains as one HTML file that opens with no server and no network.

    It turns grey with a warning 90 days after the data date.
    """
    assessment = gains.assessment
    situation, programme = assessment.situation, assessment.situation.programme
    layers = _layers(gains)
    header, body, script = folium_parts(assessment.communities)
    looks = styles_of(situation.kinds)
    states = {feature["properties"]["state"] for feature in layers["hazards"]}
    seen = {feature["properties"]["after"]["state"] for feature in layers["communities"]}
    page = render(
        "gains.html",
        programme=programme,
        on=situation.on,
        only=only(situation.kinds),
        left_out=left_out(situation.kinds, len(situation.not_counted)),
        data_date=programme.data_date,
        not_for_safety=NOT_FOR_SAFETY,
        no_record=NO_RECORD,
        styles=looks,
        tiles=_tiles(gains),
        states=[name for name in looks["hazard_states"] if name in states],
        communities=[name for name in looks["communities"] if name in seen],
        districts=bool(layers["districts"]),
        contact=metres(programme.settings.contact_m),
        ranked=_ranked(gains),
        total=len(gains.hazards),
        needs=_needs(gains),
        unplaced=unplaced_by_district(programme),
        unplaced_total=len(programme.unplaced),
        caveats=[text for text in gains.caveats if text not in (NOT_FOR_SAFETY, NO_RECORD)],
        folium_map=Markup(body),
        folium_script=Markup(script),
        blocks=Markup("\n").join(
            [_page_block(assessment), *(json_block(f"layer-{name}", collection(layers[name])) for name in _LAYERS)]
        ),
        **dressing(header, embed=True),
    )
    return with_policy(page, embed=True)


def gain_class(row: Any) -> str:
    """A key of `gains` in maps/styles.json for a row of `Gains.hazards`."""
    if row.freed > 0:
        return "frees"
    if row.expanded > 0:
        return "widens"
    return "gives" if row.gained_km2 >= _LEAST_KM2 else "nothing"


def _layers(gains: Gains) -> dict[str, list[Feature]]:
    assessment = gains.assessment
    by_id = {row.hazard_id: row for row in gains.hazards.itertuples(index=False)}
    names, sets = _names(assessment), sets_of(gains.needs)
    hazards = []
    for feature in hazard_view(assessment):
        row = feature["properties"]
        if row["state"] in _OPEN:
            gained = by_id[row["id"]]
            row = row | {
                "gives": gain_class(gained),
                "label": str(gained.rank) if gained.rank <= _NUMBERED and gained.expanded > 0 else "",
                "why": _sentence(gained, names),
                "facts": [*_gain_facts(gained, sets.get(gained.hazard_id, []), names), *row["facts"]],
            }
        hazards.append(feature | {"properties": row})
    return {
        "districts": district_features(assessment.situation.programme.districts),
        "hazards": hazards,
        "communities": _communities(assessment),
    }


def _communities(assessment: Assessment) -> list[Feature]:
    settings, kinds = assessment.situation.programme.settings, assessment.situation.kinds
    frame = assessment.communities.set_geometry(assessment.communities.geometry.representative_point())
    properties = []
    for row in frame.itertuples():
        view = {"state": state_of(row), "why": row.why, "facts": community_facts(row, settings, kinds)}
        title = row.name if isinstance(row.name, str) else str(row.community_id)
        kicker = f"Community {row.community_id}: {people(row.people)}"
        properties.append(
            {"title": title, "kicker": kicker, "radius": radius_px(row.people), "before": view, "after": view}
        )
    return features(frame, frame["community_id"].tolist(), properties)


def _sentence(row: Any, names: dict[str, str]) -> str:
    """What releasing one hazard alone would give back, for its popup."""
    start = "NOT RELEASED. If it alone were released (modelled): "
    if gain_class(row) == "nothing":
        return start + "nothing would come back; other hazards close the same ground, or nobody walks there."
    freed = ", ".join(names[one] for one in row.frees.split(", ")) if row.frees else ""
    parts = [f"no longer held back: {freed} ({_people(row.freed_people)})"] if freed else []
    if row.expanded > row.freed:
        parts.append(f"wider for {row.expanded - row.freed} more")
    parts.append(f"{km2(row.gained_km2)} of reach back, summed over communities")
    return start + "; ".join(parts) + "."


def _gain_facts(row: Any, sets: list[tuple[str, str]], names: dict[str, str]) -> list[Fact]:
    facts = [["Rank by what it gives back", f"{row.rank}"]]
    land = [
        f"{km2(getattr(row, f'gained_{name}_km2'))} {LABELS[name].lower()}"
        for name in LIVELIHOOD_CLASSES
        if getattr(row, f"gained_{name}_km2", 0) >= _LEAST_KM2
    ]
    if land:
        facts.append(["Livelihood land in that reach", ", ".join(land)])
    for kind in SERVICE_KINDS:
        newly = getattr(row, f"newly_within_{kind}_people", 0)
        if newly > 0:
            facts.append([f"{LABELS[kind]}: within the standard again", people(newly)])
    last = f"{row.last_freed} communities ({_people(row.last_freed_people)})" if row.last_freed else "nobody"
    facts.append(["It would still hold back, were all others released", last])
    if sets:
        facts.append(
            ["Together with others it frees", "; ".join(f"{names[one]} (with {others})" for one, others in sets)]
        )
    return facts


def _people(count: float) -> str:
    """A sum over communities: none may mean that nobody counted them."""
    return people(count if count > 0 else None)


def _names(assessment: Assessment) -> dict[str, str]:
    frame = assessment.communities
    named = frame["name"].where(frame["name"].notna(), frame["community_id"])
    return dict(zip(frame["community_id"], named.astype(str), strict=True))


def _ranked(gains: Gains) -> list[dict[str, Any]]:
    names = _names(gains.assessment)
    return [
        {
            "rank": row.rank,
            "hazard_id": row.hazard_id,
            "frees": ", ".join(names[one] for one in row.frees.split(", ")) if row.frees else "",
            "people": people_of(row.freed, row.freed_people) if row.freed else "–",
            "km2": f"{row.gained_km2:,.2f}",
        }
        for row in gains.hazards.sort_values("rank").head(_RANKED).itertuples()
    ]


def _needs(gains: Gains) -> list[dict[str, str]]:
    names = _names(gains.assessment)
    return [
        {"name": names[community_id], "hazard_ids": hazard_ids}
        for community_id, hazard_ids in zip(gains.needs["community_id"], gains.needs["hazard_ids"], strict=True)
    ]


def _tiles(gains: Gains) -> list[dict[str, str]]:
    freeing = int((gains.hazards["freed"] > 0).sum())
    return [
        {
            "value": f"{freeing:,} of {len(gains.hazards):,}",
            "label": "open hazards whose release alone ends what holds a community back (modelled)",
        },
        {"value": f"{len(gains.needs):,}", "label": "held-back communities that no single release frees"},
    ]


def _page_block(assessment: Assessment) -> Markup:
    data_date = assessment.situation.programme.data_date
    return page_json(
        layers=dict.fromkeys(_LAYERS),
        styles=styles_of(assessment.situation.kinds),
        data_date=data_date.isoformat(),
        what_if=None,
        stale_after=(data_date + STALE_AFTER).isoformat(),
        words={"no_record": NO_RECORD, **age_words(data_date)},
    )
