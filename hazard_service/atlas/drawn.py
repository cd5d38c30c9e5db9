"""What a map page draws, over all its dates: documents of the ground, the hazards, the places and the communities."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from hazard_service.assessment import Assessment, Progress, known_later
from hazard_service.atlas.cards import community_card, hazard_card, release_text
from hazard_service.atlas.compact import encoded, fewer_corners, outward
from hazard_service.atlas.geojson import dump, plain, rows
from hazard_service.atlas.layers import HAZARD_COLUMNS, hazards_by_state
from hazard_service.impact.routes_shown import routes_shown
from hazard_service.language import LANGUAGES, Said, in_words, spoken, translated
from hazard_service.vocabulary import LABELS

LAYERS: Final = ("districts", "routes", "hazards", "places", "communities")
# One letter for each class, so that a community's whole history is a word.
STATE_LETTERS: Final = {"held_back": "h", "exposed": "e", "neither": "n", "not_assessed": "x"}
CHANGE_LETTERS: Final = {"freed": "f", "expanded": "w", "uncertain": "u", "worsened": "b"}
_NO_CHANGE: Final = "-"
# The largest symbol, for communities of about 4,000 people and more.
_LARGEST_PX: Final = 16.0
_SMALLEST_PX: Final = 4.5

Document = dict[str, Any]
# A page rounds a line to a metre and drops corners within another.
ROUTES_DRAWN_M: Final = 2.0


def assessments_of(steps: Sequence[Progress]) -> list[Assessment]:
    """The assessments of a history: the first date's, and that of each step from it."""
    return [steps[0].before, *(step.after for step in steps)]


def drawn(steps: tuple[Progress, ...]) -> dict[str, bytes]:
    """Layer name -> JSON of everything the map page draws on any of its dates, in the language spoken.

    steps: progress from one first date to each later one. Each feature says on which dates it is shown, as pairs of
    first and last place in the list of dates; without any it is shown on all.
    """
    return _drawn(steps, spoken())


@lru_cache(maxsize=2 * len(LANGUAGES))
def _drawn(steps: tuple[Progress, ...], _language: str) -> dict[str, bytes]:
    assessments = assessments_of(steps)
    ground = _without_words(steps)
    found = {
        "districts": ground["districts"],
        "routes": ground["routes"],
        "hazards": ground["hazards"] | {"cards": _hazard_cards(assessments)},
        "places": _places(assessments[-1].situation.programme.places),
        "communities": _communities(steps),
    }
    return {name: dump(found[name]) for name in LAYERS}


@lru_cache(maxsize=2)
def _without_words(steps: tuple[Progress, ...]) -> dict[str, Document]:
    """What is the same in every language, and takes longest to make."""
    assessments = assessments_of(steps)
    return {
        "districts": district_document(assessments[-1].situation.programme.districts),
        "routes": _routes(assessments),
        "hazards": _outlines(assessments),
    }


def radius_px(count: float | None) -> float:
    """Radius of a community's symbol: its area grows with the people; unknown people get the smallest."""
    if count is None or np.isnan(count):
        return _SMALLEST_PX
    return round(float(np.clip(0.25 * np.sqrt(count), _SMALLEST_PX, _LARGEST_PX)), 1)


def state_of(row: Any) -> str:
    """The class a community is drawn in: a key of `communities` in maps/styles.json."""
    if row.not_assessed:
        return "not_assessed"
    if row.held_back:
        return "held_back"
    return "exposed" if row.exposed else "neither"


def lon_lat(points: GeoDataFrame) -> list[list[float]]:
    """[longitude, latitude] of a point of each geometry, to a metre."""
    inside = GeoDataFrame(geometry=points.geometry.representative_point(), crs=points.crs).to_crs("EPSG:4326")
    found: list[list[float]] = shapely.get_coordinates(inside.geometry.to_numpy()).round(5).tolist()
    return found


def community_document(frame: GeoDataFrame, features: Iterable[dict[str, Any]]) -> Document:
    """One feature a community, at its point, with what `features` say of it."""
    names = frame["name"].where(frame["name"].notna(), frame["community_id"]).astype(str)
    own = zip(frame["community_id"], names, frame["people"], lon_lat(frame), features, strict=True)
    return {
        "features": [
            {"id": name_id, "title": title, "at": at, "radius": radius_px(people), "people": plain(people)}
            | in_words(rest)
            for name_id, title, people, at, rest in own
        ]
    }


def _communities(steps: Sequence[Progress]) -> Document:
    """Of each date the class and the reach; of the first and the last all that was found."""
    assessments = assessments_of(steps)
    states = ["".join(STATE_LETTERS[state_of(row)] for row in one.communities.itertuples()) for one in assessments]
    changes = [
        _NO_CHANGE * len(states[0]),
        *("".join(CHANGE_LETTERS.get(word, _NO_CHANGE) for word in step.communities["progress"]) for step in steps),
    ]
    reach = np.array([one.communities["reach_km2"].to_numpy(dtype=float) for one in assessments]).round(2)
    cards = zip(
        assessments[0].communities.itertuples(),
        assessments[-1].communities.itertuples(),
        steps[-1].communities.itertuples(),
        strict=True,
    )
    features = (
        {
            "states": "".join(word[at] for word in states),
            "changes": "".join(word[at] for word in changes),
            "reach_km2": plain(reach[:, at].tolist()),
            **community_card(then, now, change, assessments[-1].situation),
        }
        for at, (then, now, change) in enumerate(cards)
    )
    return community_document(steps[-1].communities, features)


def hazard_document(assessments: Sequence[Assessment]) -> Document:
    """Every hazard on record, by its state on each date, and the ground that releases took; outlines only grow.

    features: {id, state, kind, m2, rings, shown, line?, release?}; cards: by hazard id, what is recorded of it.
    """
    return _outlines(assessments) | {"cards": _hazard_cards(assessments)}


def _outlines(assessments: Sequence[Assessment]) -> Document:
    pieces = _merged([_states(one) for one in assessments], len(assessments))
    return {"features": [_feature(row) for row in pieces.itertuples(index=False)]}


def _feature(row: Any) -> dict[str, Any]:
    feature = {"id": row.id, "state": row.state, "kind": row.kind, "m2": row.m2, "rings": row.rings}
    if row.shown is not None:
        feature["shown"] = row.shown
    if row.line:
        feature["line"] = True
    return feature | {"release": row.release} if row.release else feature


def _states(assessment: Assessment) -> GeoDataFrame:
    """id, state, kind, m2, release, line, geometry of everything that is drawn of hazards on one date."""
    situation = assessment.situation
    frames = [
        pd.DataFrame({"id": frame["hazard_id"], "state": frame["state"], "kind": frame["kind"], "release": "",
                      "line": line, "geometry": shapes})
        for frame in hazards_by_state(situation, assessment.hazards)
        for line, shapes in ((False, frame.geometry.to_numpy()), (True, frame["remnant"].to_numpy(dtype=object)))
    ]  # fmt: skip
    kinds = situation.programme.hazards.set_index("hazard_id")["kind"]
    released = situation.released
    frames.append(
        pd.DataFrame({"id": released["hazard_id"], "state": "released", "kind": kinds.reindex(released["hazard_id"])
                      .fillna("unclassified").to_numpy(), "release": released["release_id"], "line": False,
                      "geometry": released.geometry.to_numpy()})
    )  # fmt: skip
    found = pd.concat(frames, ignore_index=True)
    shapes = found["geometry"].to_numpy(dtype=object)
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    kept = GeoDataFrame(found[there], geometry="geometry", crs=situation.programme.crs).reset_index(drop=True)
    return kept.assign(m2=kept.geometry.area.round().astype(int))


def _merged(by_date: Sequence[GeoDataFrame], dates: int) -> pd.DataFrame:
    """What is the same on several dates once, with the dates it is `shown` on, and its outline as `rings`."""
    every = pd.concat([frame.assign(date=at) for at, frame in enumerate(by_date)], ignore_index=True)
    every["outline"] = shapely.to_wkb(every.geometry.to_numpy())
    keys = ["id", "state", "release", "line", "outline"]
    shown = every.groupby(keys, sort=False)["date"].agg(lambda found: spans(found, dates))
    once = GeoDataFrame(every.drop_duplicates(keys).sort_values(keys), crs=by_date[0].crs)
    shapes = once.geometry.to_numpy()
    is_open = (once["state"] != "released").to_numpy()
    outlines = np.empty(len(once), dtype=object)
    outlines[is_open] = outward(shapes[is_open], once.crs)
    outlines[~is_open] = fewer_corners(shapes[~is_open], once.crs)
    merged = pd.DataFrame(once.drop(columns="geometry"))
    merged["rings"] = pd.Series([encoded(outline) for outline in outlines], index=merged.index, dtype=object)
    merged["shown"] = shown.reindex(pd.MultiIndex.from_frame(once[keys])).to_numpy()
    return merged


def spans(found: Iterable[int], dates: int) -> list[list[int]] | None:
    """Pairs of first and last of the runs in rising whole numbers; None where they are all of the `dates`."""
    runs: list[list[int]] = []
    for at in found:
        if runs and runs[-1][1] == at - 1:
            runs[-1][1] = at
        else:
            runs.append([at, at])
    return None if runs == [[0, dates - 1]] else runs


def _hazard_cards(assessments: Sequence[Assessment]) -> dict[str, Any]:
    """What is recorded of each hazard, and what was released from it by the last date."""
    last = assessments[-1]
    programme, released = last.situation.programme, last.situation.released
    done = released.assign(area_m2=released.geometry.area)
    texts: dict[str, list[Said]] = {}
    for row in rows(done, ["hazard_id", "method", "done_on", "area_m2"]):
        texts.setdefault(row["hazard_id"], []).append(release_text(row))
    near = last.hazards.set_index("hazard_id")["communities_within_contact"]
    columns = [name for name in HAZARD_COLUMNS if name in programme.hazards]
    return {
        row["hazard_id"]: in_words(
            hazard_card(row, sorted(texts.get(row["hazard_id"], [])), near.get(row["hazard_id"]))
        )
        for row in rows(programme.hazards, columns)
    }


def district_document(districts: GeoDataFrame) -> Document:
    """District lines with their names, rounded to a metre."""
    shapes = fewer_corners(districts.geometry.to_numpy(), districts.crs)
    return {
        "features": [
            {"id": code, "title": name if isinstance(name, str) else str(code), "rings": encoded(shape)}
            for code, name, shape in zip(districts["district_code"], districts["name"], shapes, strict=True)
        ]
    }


def _places(places: GeoDataFrame) -> Document:
    return {
        "features": [
            {"id": row.place_id, "title": row.name if isinstance(row.name, str) else translated(LABELS[row.kind]),
             "kind": row.kind, "at": at}
            for row, at in zip(places.itertuples(index=False), lon_lat(places), strict=True)
        ]
    }  # fmt: skip


def _routes(assessments: Sequence[Assessment]) -> Document:
    """Recorded routes without their parts near hazards, on each date."""
    programme = assessments[-1].situation.programme
    names, crs = programme.routes["route_id"].tolist(), programme.routes.crs
    seen: dict[tuple[str, bytes], list[int]] = {}
    for at, assessment in enumerate(assessments):
        situation = assessment.situation
        lines = routes_shown(situation, known_later(situation), more_m=ROUTES_DRAWN_M).geometry.to_numpy()
        for name, line in zip(names, shapely.to_wkb(lines).tolist(), strict=True):
            seen.setdefault((name, line), []).append(at)
    shapes = shapely.from_wkb(np.array([line for _, line in seen], dtype=object))
    found = []
    for (name, _), shown, shape in zip(seen, seen.values(), fewer_corners(shapes, crs, within_m=1.0), strict=True):
        feature = {"id": name, "rings": encoded(shape), "shown": spans(shown, len(assessments))}
        if feature["rings"]:
            found.append(feature)
    return {"features": found}
