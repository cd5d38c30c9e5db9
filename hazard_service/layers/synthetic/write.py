"""Draw the story and write it as a programme folder."""

import csv
import json
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from hazard_service.errors import ProgrammeError, SettingError
from hazard_service.layers.schema import TABLES
from hazard_service.layers.synthetic import story as words
from hazard_service.layers.synthetic.accidents import Accident, accidents
from hazard_service.layers.synthetic.aftermath import (
    Survey,
    Users,
    direct_users,
    survey_again,
    working_operators,
)
from hazard_service.layers.synthetic.districts import district_of, district_outlines
from hazard_service.layers.synthetic.frame import Array, in_degrees
from hazard_service.layers.synthetic.geography import TOWNS, front_lines
from hazard_service.layers.synthetic.hazards import lay_hazards
from hazard_service.layers.synthetic.landscape import Relief, write_rasters
from hazard_service.layers.synthetic.nation import Built, Province, Record, Row, links, provinces, write_country
from hazard_service.layers.synthetic.records import Hazard
from hazard_service.layers.synthetic.register import register
from hazard_service.layers.synthetic.releases import Release, release_hazards
from hazard_service.layers.synthetic.roads import Route, main_roads, tracks, with_lanes
from hazard_service.layers.synthetic.services import place_services
from hazard_service.layers.synthetic.settlements import Community, blockages, people_columns, settle
from hazard_service.layers.synthetic.story import Story
from hazard_service.vocabulary import PEOPLE_GROUPS

LEAST_HAZARDS, LEAST_COMMUNITIES = 60, 40
_PROGRAMME = "programme.toml"


def write_synthetic(
    folder: Path,
    *,
    seed: int = 2006,
    hazards: int = 240,
    communities: int = 180,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Write a fictional programme to `folder`: programme.toml, seven GeoJSON layers (WGS 84), three CSV
    tables, two GeoTIFFs.

    The same arguments give the same rows. Larger counts are told in several provinces of 46 × 36 km, so that there are
    about as many hazards and communities to a km² as in the sample. `progress` is told each step in a sentence. Raises
    SettingError for counts that find no room, ProgrammeError where the folder holds something that is not fictional.
    """
    story = Story(seed=seed, hazards=hazards, communities=communities)
    _check(folder, story)
    say = progress or (lambda _: None)
    country = provinces(story, least=(LEAST_HAZARDS, LEAST_COMMUNITIES))
    if len(country) > 1:
        _write_nation(folder, story, country, say)
        return
    say("Drawing the land, its roads and its communities.")
    relief, fronts, roads = Relief(story), front_lines(), main_roads(story)
    settled = settle(story, relief, [road.line for road in roads], fronts)
    say("Laying hazards, releasing some of them, placing services and accidents.")
    rows, tables = _layers(story, settled, fronts, roads)
    say("Writing the layers and the rasters.")
    _write_vectors(folder, story, {name: _in_degrees(features) for name, features in rows.items()})
    _write_tables(folder, story, tables)
    west, south, east, north = shapely.total_bounds([community.geometry for community in settled])
    write_rasters(folder, relief, (float(west), float(south), float(east), float(north)), _built(settled))


def _write_nation(folder: Path, story: Story, country: list[Province], say: Callable[[str], None]) -> None:
    say(f"Drawing {len(country)} provinces: land, roads, communities, hazards, releases, services and accidents.")
    fronts, rows, built = front_lines(), defaultdict[str, list[Row]](list), list[Built]()
    tables = defaultdict[str, list[Record]](list)
    for province in country:
        roads = main_roads(province.story)
        settled = settle(province.story, province.relief(story), [road.line for road in roads], fronts)
        layers, records = _layers(province.story, settled, fronts, roads, links(province, country))
        for name, features in layers.items():
            rows[name] += province.placed(features)
        for name, told in records.items():
            tables[name] += map(province.told_apart, told)
        built.append(_built(settled))
        if (province.number + 1) % 10 == 0:
            say(f"Drawn: {province.number + 1} of {len(country)} provinces.")
    say("Writing the layers and the rasters.")
    _write_vectors(folder, story, rows)
    _write_tables(folder, story, tables)
    write_country(folder, story, country, built, say)


def _write_vectors(folder: Path, story: Story, rows: Mapping[str, Iterable[Row]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _PROGRAMME).write_text(_programme_toml(story), encoding="utf-8", newline="\n")
    for name, features in rows.items():
        _write_geojson(folder / f"{name}.geojson", features)


def _write_tables(folder: Path, story: Story, tables: Mapping[str, Iterable[Record]]) -> None:
    """The tables of the provinces, and the one register of countries."""
    for name, records in {**tables, "countries": register(story)}.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(TABLES[name]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(records)


def _in_degrees(rows: Iterable[Row]) -> Iterator[Row]:
    return ((properties, in_degrees(geometry)) for properties, geometry in rows)


def _built(settled: list[Community]) -> Built:
    return [(community.centre, _built_radius_m(community.weight)) for community in settled if community.weight > 900]


def _layers(
    story: Story, settled: list[Community], fronts: list[Array], roads: list[Route], more_roads: Sequence[Route] = ()
) -> tuple[dict[str, Iterable[Row]], dict[str, Iterable[Record]]]:
    """(rows of each layer, geometry in metres; records of each table but the register)."""
    homes = [community.geometry for community in settled]
    laid = lay_hazards(story, homes, fronts, [road.line for road in roads if road.road_class != "bridge"])
    hazards, releases = release_hazards(story, laid)
    old = [h.shape for h in hazards if h.reported_on is None or h.reported_on <= story.baseline_date]
    villages = [shapely.Point(community.centre) for community in settled[len(TOWNS) :]]
    routes = with_lanes(story, [*roads, *more_roads, *tracks(story, roads, villages)], old)
    outlines = district_outlines(story)
    blocked = blockages(story, settled, old)
    layers: dict[str, Iterable[Row]] = {
        "hazards": _hazard_rows(story, hazards, working_operators(story, hazards, releases), outlines),
        "releases": _release_rows(releases),
        "communities": _community_rows(settled, blocked, outlines),
        "places": (
            ({"place_id": f"P{rank + 1:04d}", "kind": place.kind, "name": place.name}, place.point)
            for rank, place in enumerate(place_services(story, settled, old))
        ),
        "routes": (
            ({"route_id": f"T{rank + 1:03d}", "class": r.road_class, "open_since": _iso(r.open_since)}, r.line)
            for rank, r in enumerate(routes)
        ),
        "accidents": _accident_rows(accidents(story, settled, hazards)),
        "districts": (
            ({"district_code": code, "name": name, "level": 1, "parent": words.COUNTRY}, outline)
            for (code, name), outline in zip(words.DISTRICTS, outlines, strict=True)
        ),
    }
    return layers, {
        "surveys": _survey_records(survey_again(story, settled, blocked, releases)),
        "beneficiaries": _beneficiary_records(direct_users(story, settled, releases)),
    }


def _check(folder: Path, story: Story) -> None:
    for what, count, least in (
        ("hazards", story.hazards, LEAST_HAZARDS),
        ("communities", story.communities, LEAST_COMMUNITIES),
    ):
        if count < least:
            raise SettingError(f"A fictional programme needs at least {least} {what}, not {count}; ask for more.")
    if story.seed < 0:
        raise SettingError(f"seed is {story.seed}; give 0 or a positive whole number.")
    if folder.exists() and not folder.is_dir():
        raise ProgrammeError(f"{folder} is a file; name a folder for the fictional programme.")
    if folder.is_dir() and any(folder.iterdir()) and not _is_fictional(folder / _PROGRAMME):
        raise ProgrammeError(
            f"{folder} already holds files that are not a fictional programme; name a new or an empty folder."
        )


def _is_fictional(file: Path) -> bool:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")).get("fictional") is True
    except (OSError, ValueError):
        return False


def _programme_toml(story: Story) -> str:
    return f"""\
# Made by `hazard-service synthetic`. All of it is invented: no real place, hazard, person or organisation.
name = "{words.NAME}"
country = "{words.COUNTRY}"
fictional = true
baseline_date = {story.baseline_date.isoformat()}
data_date = {story.data_date.isoformat()}
"""


def _write_geojson(file: Path, rows: Iterable[Row]) -> None:
    """RFC 7946 from rows in degrees, a feature a line, so that a changed row is a changed line."""
    lines = []
    for properties, geometry in rows:
        turned = shapely.orient_polygons(geometry)
        shape = {"type": turned.geom_type, "coordinates": shapely.geometry.mapping(turned)["coordinates"]}
        feature = {"type": "Feature", "properties": properties, "geometry": shape}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    body = ",\n".join(lines)
    file.write_text(f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n', encoding="utf-8", newline="\n")


def _hazard_rows(
    story: Story, hazards: list[Hazard], operators: Mapping[str, str], outlines: list[shapely.Polygon]
) -> Iterator[Row]:
    rng = story.rng("dates")
    rng.bytes(64)
    codes = [code for code, _ in words.DISTRICTS]
    for hazard in hazards:
        reported = rng.random() < 0.7
        area_m2 = round(hazard.shape.area * rng.uniform(0.97, 1.03), -2)
        method = "gps" if hazard.kind == "CHA" or rng.random() < 0.2 else "digitised"
        properties = {
            "hazard_id": hazard.hazard_id,
            "kind": hazard.kind,
            "contamination": hazard.contamination,
            "status": hazard.status,
            "laid_on": _iso(hazard.laid_on),
            "reported_on": _iso(hazard.reported_on),
            "closed_on": _iso(hazard.closed_on),
            "extent_method": "estimated_circle" if hazard.point else method,
            "area_reported_m2": int(area_m2) if reported or hazard.point else None,
            "district": district_of(outlines, codes, hazard.shape),
            "operator": operators.get(hazard.hazard_id),
        }
        yield properties, hazard.centre if hazard.point else hazard.shape


def _release_rows(releases: list[Release]) -> Iterator[Row]:
    for release in releases:
        properties = {
            "release_id": release.release_id,
            "hazard_id": release.hazard_id,
            "method": release.method,
            "completed_on": _iso(release.completed_on),
            "handed_over_on": _iso(release.handed_over_on),
            "depth_cm": release.depth_cm,
            **release.devices,
            "operator": release.operator,
        }
        yield properties, release.shape


def _community_rows(
    settled: list[Community], blocked: list[dict[str, int | None]], outlines: list[shapely.Polygon]
) -> Iterator[Row]:
    codes = [code for code, _ in words.DISTRICTS]
    for rank, community in enumerate(settled):
        properties = {
            "community_id": _community_id(rank),
            "name": community.name,
            "district": district_of(outlines, codes, community.geometry),
            **people_columns(community),
            **blocked[rank],
        }
        yield properties, community.geometry


def _accident_rows(happened: list[Accident]) -> Iterator[Row]:
    for rank, accident in enumerate(happened):
        properties = {
            "accident_id": f"A{rank + 1:04d}",
            "community_id": None if accident.community is None else _community_id(accident.community),
            "date": accident.day.isoformat(),
            "device": accident.device,
            "killed": accident.killed,
            "injured": accident.injured,
            "unknown": accident.unknown,
            "sex": accident.sex,
            "age_group": accident.age_group,
        }
        yield properties, accident.point


def _survey_records(surveys: list[Survey]) -> Iterator[Record]:
    for rank, survey in enumerate(surveys):
        names = {"survey_id": f"S{rank + 1:04d}", "community_id": _community_id(survey.community)}
        yield {**names, "surveyed_on": survey.day.isoformat(), **survey.blocked}


def _beneficiary_records(counted: list[Users]) -> Iterator[Record]:
    for rank, users in enumerate(counted):
        names = {"beneficiary_id": f"B{rank + 1:04d}", "release_id": users.release.release_id}
        people = dict(zip(PEOPLE_GROUPS, users.people, strict=True))
        yield {**names, "community_id": _community_id(users.community), **people}


def _community_id(rank: int) -> str:
    return f"C{rank + 1:04d}"


def _built_radius_m(people: int) -> float:
    return float(120.0 + 4.2 * np.sqrt(people))


def _iso(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())
