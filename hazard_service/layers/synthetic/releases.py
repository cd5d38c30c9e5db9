"""Releases: what was cancelled, reduced and cleared between the two dates, and what that makes of the hazards."""

import datetime
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.random import Generator

from hazard_service.layers.synthetic.records import Hazard
from hazard_service.layers.synthetic.shapes import corridor, cut_in_two
from hazard_service.layers.synthetic.story import OPERATOR_SHARES, OPERATORS, Story, random_date
from hazard_service.vocabulary import RELEASE_METHODS

# cancelled, reduced, cleared
_METHOD_SHARES = {"SHA": (0.42, 0.30, 0.28), "CHA": (0.0, 0.18, 0.82), "unclassified": (0.5, 0.2, 0.3)}
# Devices destroyed per hectare where their kind is recorded: when reduced, when cleared.
_DEVICES_PER_HA = {"ap_mines": (0.05, 1.6), "av_mines": (0.01, 0.25), "submunitions": (0.05, 0.9), "uxo": (0.1, 0.7)}
_DEVICE_WORDS = {"ap_mines": "ap_mine", "av_mines": "av_mine", "submunitions": "cluster", "uxo": "uxo"}
_DEPTH_CM = {"cancelled": None, "reduced": 13, "cleared": 20}

Piece = shapely.Polygon | shapely.MultiPolygon


@dataclass(frozen=True)
class Release:
    release_id: str
    hazard_id: str | None
    method: str
    completed_on: datetime.date | None
    handed_over_on: datetime.date | None
    operator: str
    devices: dict[str, int]
    shape: Piece
    whole: bool  # the hazard is closed with it

    @property
    def depth_cm(self) -> int | None:
        return _DEPTH_CM[self.method]


def release_hazards(story: Story, hazards: list[Hazard]) -> tuple[list[Hazard], list[Release]]:
    """The hazards with their status on the data date, and all releases, in the order of their hazards."""
    rng = story.rng("releases")
    target = round(story.releases_per_hazard * story.hazards)
    twice = story.twice
    by_hazard: dict[str, list[Release]] = {}
    count = 0
    for hazard in _order(rng, hazards):
        if count >= target:
            break
        pieces, is_whole = _pieces(rng, story, hazard, twice > 0)
        if len(pieces) == 2 and pieces[1] is hazard.shape:
            twice -= 1
        by_hazard[hazard.hazard_id] = _dated(rng, story, hazard, pieces, is_whole)
        count += len(pieces)
    _forget(rng, story, by_hazard)
    corrected = _corrections(rng, story, hazards, by_hazard)
    changed = [_on_data_date(rng, story, hazard, by_hazard.get(hazard.hazard_id, []), corrected) for hazard in hazards]
    flat = [release for hazard in hazards for release in by_hazard.get(hazard.hazard_id, [])]
    return changed, [replace(release, release_id=f"R{rank + 1:04d}") for rank, release in enumerate(flat)]


def _order(rng: Generator, hazards: list[Hazard]) -> list[Hazard]:
    """Scripted hazards first, then the others by chance and weight (Efraimidis, Spirakis: u^(1/w), largest first)."""
    keys = [
        2.0 if hazard.fate in ("whole", "corridor") else rng.random() ** (1.0 / max(hazard.release_weight, 1e-3))
        for hazard in hazards
    ]
    order = np.argsort(-np.array(keys), kind="stable")
    return [hazards[rank] for rank in order if hazards[rank].fate != "none"]


def _pieces(rng: Generator, story: Story, hazard: Hazard, twice_wanted: bool) -> tuple[list[Piece], bool]:
    """What is released, piece by piece, and whether nothing of the hazard is left after."""
    shape = hazard.shape
    if hazard.fate == "corridor" and isinstance(shape, shapely.Polygon):
        corners = len(shape.exterior.coords) - 1
        return [corridor(shape, int(rng.integers(corners)), max(2, corners // 5))], False
    drawn = 0.0 if hazard.fate == "whole" else rng.random()
    if drawn >= story.whole_share and isinstance(shape, shapely.MultiPolygon):
        return [shape.geoms[0]], False
    halves = None
    if drawn >= story.whole_share and isinstance(shape, shapely.Polygon):
        halves = cut_in_two(rng, shape, float(rng.uniform(0.35, 0.65)))
    if halves is None:
        return [shape], True
    if twice_wanted or drawn < story.whole_share + story.in_turns_share:
        return [halves[0], shape if twice_wanted else halves[1]], True
    if drawn < story.whole_share + story.in_turns_share + story.strips_share:
        strips = [cut_in_two(rng, half, 0.35) for half in halves]
        return [strip[0] for strip in strips if strip is not None] or [halves[0]], False
    return [halves[0]], False


def _dated(rng: Generator, story: Story, hazard: Hazard, pieces: list[Piece], is_whole: bool) -> list[Release]:
    """One release for each piece, one after the other, all between report (or baseline) and data date."""
    first = story.baseline_date + datetime.timedelta(days=45)
    if hazard.reported_on is not None:
        first = max(first, hazard.reported_on + datetime.timedelta(days=90))
    last = story.data_date - datetime.timedelta(days=110)
    first = min(first, last - datetime.timedelta(days=60))
    days = sorted(random_date(rng, first, last) for _ in pieces)
    releases = []
    for rank, (piece, completed_on) in enumerate(zip(pieces, days, strict=True)):
        method = RELEASE_METHODS[int(rng.choice(3, p=_METHOD_SHARES[hazard.kind]))]
        handed_over_on = completed_on + datetime.timedelta(days=int(rng.integers(4, 100)))
        operator = OPERATORS[int(rng.choice(len(OPERATORS), p=OPERATOR_SHARES))]
        releases.append(
            Release(
                release_id="",
                hazard_id=hazard.hazard_id,
                method=method,
                completed_on=completed_on,
                handed_over_on=None if rng.random() < story.no_handover_share else handed_over_on,
                operator=operator,
                devices=_devices(rng, hazard, method, piece.area),
                shape=piece,
                whole=is_whole and rank == len(pieces) - 1,
            )
        )
    return releases


def _devices(rng: Generator, hazard: Hazard, method: str, area_m2: float) -> dict[str, int]:
    """Devices destroyed: none on cancelled ground, and only of kinds recorded for the hazard."""
    words = hazard.contamination.split(";")
    counts = {}
    for column, (reduced, cleared) in _DEVICES_PER_HA.items():
        rate = {"cancelled": 0.0, "reduced": reduced, "cleared": cleared}[method]
        found = int(rng.poisson(rate * min(area_m2 / 1e4, 12.0)))
        counts[column] = found if _DEVICE_WORDS[column] in words else 0
    return counts


def _forget(rng: Generator, story: Story, by_hazard: dict[str, list[Release]]) -> None:
    """Lose some dates and hazard ids, as real records do; only of hazards with one release, so that order stays."""
    single = [hazard_id for hazard_id, releases in by_hazard.items() if len(releases) == 1]
    order = [single[rank] for rank in rng.permutation(len(single))]
    whole = [hazard_id for hazard_id in order if by_hazard[hazard_id][0].whole]
    part = [hazard_id for hazard_id in order if not by_hazard[hazard_id][0].whole]
    count = round(story.undated_share * sum(len(releases) for releases in by_hazard.values()))
    undated = whole[: story.closed_without_date] + part[: max(0, count - story.closed_without_date)]
    for hazard_id in undated:
        by_hazard[hazard_id] = [replace(by_hazard[hazard_id][0], completed_on=None, handed_over_on=None)]
    for hazard_id in whole[story.closed_without_date : story.closed_without_date + story.no_hazard_id]:
        by_hazard[hazard_id] = [replace(by_hazard[hazard_id][0], hazard_id=None)]


def _corrections(
    rng: Generator, story: Story, hazards: list[Hazard], by_hazard: dict[str, list[Release]]
) -> dict[str, datetime.date]:
    """Hazards struck off the record on a date without any release."""
    free = [h.hazard_id for h in hazards if h.fate == "chance" and h.hazard_id not in by_hazard and h.kind == "SHA"]
    chosen = [free[rank] for rank in rng.permutation(len(free))[: story.corrections]]
    year = story.baseline_date.year
    days = (datetime.date(year + 10, 1, 1), datetime.date(year + 18, 12, 31))
    reported = {hazard.hazard_id: hazard.reported_on for hazard in hazards}
    return {h: max(random_date(rng, *days), reported[h] or days[0]) for h in chosen}


def _on_data_date(
    rng: Generator, story: Story, hazard: Hazard, releases: list[Release], corrected: dict[str, datetime.date]
) -> Hazard:
    """Status and closing day as recorded on the data date."""
    drawn = rng.random()
    if hazard.hazard_id in corrected:
        return replace(hazard, status="closed", closed_on=corrected[hazard.hazard_id])
    if releases and releases[-1].whole:
        return replace(hazard, status="closed", closed_on=releases[-1].handed_over_on or releases[-1].completed_on)
    recent = datetime.date(story.data_date.year - 3, 1, 1)
    if any(release.completed_on is not None and release.completed_on > recent for release in releases):
        return replace(hazard, status="worked_on")
    return replace(hazard, status="suspended" if drawn < 0.08 else "worked_on" if drawn > 0.96 else "open")
