"""The map of gains: open hazards by what releasing each alone would give back, as one file. Nothing is released."""

from typing import Any, Final

from markupsafe import Markup

from hazard_service.assessment import Assessment
from hazard_service.atlas.cards import Fact, found_of, km2, land_words, metres, people
from hazard_service.atlas.drawn import (
    STATE_LETTERS,
    community_document,
    district_document,
    hazard_document,
    state_of,
)
from hazard_service.atlas.dress import layer_block, page_json
from hazard_service.atlas.frame import age_words, dressing, folium_parts
from hazard_service.atlas.geojson import dump
from hazard_service.atlas.legend import shown_classes, styles_of, unplaced_by_district, unplaced_words
from hazard_service.atlas.wording import words
from hazard_service.dress import STALE_AFTER, render, with_policy
from hazard_service.impact.words import people_of
from hazard_service.language import Said, figure, in_words, joined, listed, safety, said, some, speech
from hazard_service.layers.kinds import left_out, only
from hazard_service.planning import Gains, sets_of
from hazard_service.vocabulary import LABELS, LIVELIHOOD_CLASSES, NO_RECORD, NOT_FOR_SAFETY, SERVICE_KINDS

_LAYERS: Final = ("districts", "hazards", "communities")
_RANKED: Final = 20
_NUMBERED: Final = 10
_NAMED: Final = 8
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
    shown = shown_classes(layers)
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
        states=shown["states"],
        communities=shown["communities"],
        districts=shown["districts"],
        contact=metres(programme.settings.contact_m),
        ranked=_ranked(gains),
        total=len(gains.hazards),
        needs=_needs(gains),
        unplaced=unplaced_by_district(programme),
        unplaced_words=unplaced_words(programme),
        caveats=[text for text in gains.caveats if text not in (NOT_FOR_SAFETY, NO_RECORD)],
        folium_map=Markup(body),
        folium_script=Markup(script),
        blocks=Markup("\n").join(
            [_page_block(assessment), *(layer_block(f"layer-{name}", layer) for name, layer in layers.items())]
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


def gains_document(gains: Gains) -> dict[str, Any]:
    """hazards: by id the class, rank, sentence and facts of releasing it alone; communities: by id what frees them.

    A community that nothing in the search frees is not in it.
    """
    names, sets, freed = _names(gains.assessment), sets_of(gains.needs), _freed(gains)
    hazards: dict[str, dict[str, Any]] = {
        row.hazard_id: {
            "gives": gain_class(row),
            "label": str(row.rank) if row.rank <= _NUMBERED and row.expanded > 0 else "",
            "why": _sentence(row, freed.get(row.hazard_id, []), names),
            "facts": _gain_facts(row, sets.get(row.hazard_id, []), names),
        }
        for row in gains.hazards.itertuples(index=False)
    }
    for hazard_id, held in _held_by(gains, names).items():
        facts: list[Fact] = hazards[hazard_id]["facts"]
        facts.append([said("Its release would give reach or a walk to"), held])
    alone: dict[str, list[str]] = {}
    for hazard_id in gains.hazards["hazard_id"]:
        for community_id in freed.get(hazard_id, []):
            alone.setdefault(community_id, []).append(hazard_id)
    needs = zip(gains.needs["community_id"], gains.needs["hazard_ids"], strict=True)
    together = {community_id: str(listed(hazard_ids)) for community_id, hazard_ids in needs if hazard_ids}
    return {
        "hazards": in_words(hazards),
        "communities": {
            community_id: {"alone": alone.get(community_id, []), "together": together.get(community_id, "")}
            for community_id in sorted({*alone, *together})
        },
    }


def _freed(gains: Gains) -> dict[str, list[str]]:
    """By hazard, the communities that its release alone frees."""
    freed = gains.pairs[(gains.pairs["order"] == "alone") & gains.pairs["freed"]]
    return {str(hazard_id): sorted(own) for hazard_id, own in freed.groupby("hazard_id")["community_id"]}


def _held_by(gains: Gains, names: dict[str, str]) -> dict[str, Said]:
    """By hazard, the communities that its release alone would change most, by reach."""
    alone = gains.pairs[gains.pairs["order"] == "alone"].sort_values(
        ["hazard_id", "gained_km2", "community_id"], ascending=[True, False, True]
    )
    found = {}
    for hazard_id, rows in alone.groupby("hazard_id"):
        ids = rows["community_id"].tolist()
        found[str(hazard_id)] = some([names[one] for one in ids], _NAMED)
    return found


def _layers(gains: Gains) -> dict[str, bytes]:
    assessment = gains.assessment
    return {
        "districts": dump(district_document(assessment.situation.programme.districts)),
        "hazards": dump(hazard_document([assessment])),
        "communities": dump(_communities(assessment)),
        "gains": dump(gains_document(gains)),
    }


def _communities(assessment: Assessment) -> dict[str, Any]:
    settings, kinds = assessment.situation.programme.settings, assessment.situation.kinds
    found = (
        {
            "states": STATE_LETTERS[state_of(row)],
            "changes": "-",
            "where": row.district if isinstance(row.district, str) else "",
            "last": found_of(row, settings, kinds),
        }
        for row in assessment.communities.itertuples()
    )
    return community_document(assessment.communities, found)


def _sentence(row: Any, freed: list[str], names: dict[str, str]) -> Said:
    """What releasing one hazard alone would give back, for its card."""
    if gain_class(row) == "nothing":
        given = said("nothing would come back; other hazards close the same ground, or nobody walks there")
    else:
        given = _given(row, freed, names)
    return safety("NOT RELEASED. If it alone were released (modelled): {given}.", given=given)


def _given(row: Any, freed: list[str], names: dict[str, str]) -> Said:
    parts = []
    if freed:
        told, count = listed(names[one] for one in freed), _people(row.freed_people)
        parts.append(said("no longer held back: {names} ({people})", names=told, people=count))
    if row.expanded > row.freed:
        parts.append(said("wider for {n} more", n=row.expanded - row.freed))
    parts.append(said("{km2} of reach back, summed over communities", km2=km2(row.gained_km2)))
    return joined(parts, said("; "))


def _gain_facts(row: Any, sets: list[tuple[str, list[str]]], names: dict[str, str]) -> list[Fact]:
    facts: list[Fact] = [[said("Rank by what it gives back"), figure(row.rank)]]
    land = {name: getattr(row, f"gained_{name}_km2", 0) for name in LIVELIHOOD_CLASSES}
    land = {name: gained for name, gained in land.items() if gained >= _LEAST_KM2}
    if land:
        facts.append([said("Livelihood land in that reach"), land_words(land)])
    for kind in SERVICE_KINDS:
        newly = getattr(row, f"newly_within_{kind}_people", 0)
        if newly > 0:
            facts.append([said("{service}: within the standard again", service=LABELS[kind]), people(newly)])
    last = said("nobody")
    if row.last_freed:
        last = said("{n} communities ({people})", n=row.last_freed, people=_people(row.last_freed_people))
    facts.append([said("It would still hold back, were all others released"), last])
    if sets:
        together = [said("{name} (with {others})", name=names[one], others=listed(others)) for one, others in sets]
        facts.append([said("Together with others it frees"), joined(together, said("; "))])
    return facts


def _people(count: float) -> Said:
    """A sum over communities: none may mean that nobody counted them."""
    return people(count if count > 0 else None)


def _names(assessment: Assessment) -> dict[str, str]:
    frame = assessment.communities
    named = frame["name"].where(frame["name"].notna(), frame["community_id"])
    return dict(zip(frame["community_id"], named.astype(str), strict=True))


def _ranked(gains: Gains) -> list[dict[str, Any]]:
    names, freed = _names(gains.assessment), _freed(gains)
    return [
        {
            "rank": figure(row.rank),
            "hazard_id": row.hazard_id,
            "frees": listed(names[one] for one in freed.get(row.hazard_id, [])),
            "people": people_of(row.freed, row.freed_people) if row.freed else "–",
            "km2": figure(row.gained_km2, ",.2f"),
        }
        for row in gains.hazards.sort_values("rank").head(_RANKED).itertuples()
    ]


def _needs(gains: Gains) -> list[dict[str, str]]:
    names = _names(gains.assessment)
    return [
        {"name": names[community_id], "hazard_ids": listed(hazard_ids)}
        for community_id, hazard_ids in zip(gains.needs["community_id"], gains.needs["hazard_ids"], strict=True)
    ]


def _tiles(gains: Gains) -> list[dict[str, str]]:
    freeing = int((gains.hazards["freed"] > 0).sum())
    return [
        {
            "value": said("{n:,} of {total:,}", n=freeing, total=len(gains.hazards)),
            "label": said("open hazards whose release alone ends what holds a community back (modelled)"),
        },
        {
            "value": figure(len(gains.needs), ","),
            "label": said("held-back communities that no single release frees"),
        },
    ]


def _page_block(assessment: Assessment) -> Markup:
    data_date, on = assessment.situation.programme.data_date, assessment.situation.on
    return page_json(
        language=speech(),
        layers=dict.fromkeys(_LAYERS),
        gains=None,
        coloured_by_gain=True,
        dates=[on.isoformat()],
        days=[figure(on)],
        open_at=0,
        styles=styles_of(assessment.situation.kinds),
        data_date=data_date.isoformat(),
        stale_after=(data_date + STALE_AFTER).isoformat(),
        words={**words(assessment.situation.programme.settings, on), **age_words(data_date)},
    )
