"""A hazard area: as drawn, and with its record: id, contamination, status and days."""

import datetime
import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator

from hazard_service.layers.synthetic.frame import snapped
from hazard_service.layers.synthetic.story import Story
from hazard_service.vocabulary import CONTAMINATION

# How often each kind of contamination is recorded, by where the hazard lies; in the order of the vocabulary.
_FOUND = {
    "front": (0.85, 0.25, 0.00, 0.04, 0.50, 0.05, 0.06, 0.00),
    "road": (0.45, 0.60, 0.05, 0.00, 0.30, 0.00, 0.05, 0.00),
    "scattered": (0.20, 0.05, 0.00, 0.40, 0.75, 0.15, 0.00, 0.00),
    "ring": (0.95, 0.10, 0.00, 0.00, 0.40, 0.00, 0.20, 0.00),
    "laid": (0.60, 0.00, 0.80, 0.00, 0.20, 0.00, 0.30, 0.00),
}
_FIRST_REPORT = datetime.date(1996, 3, 1)


@dataclass(frozen=True)
class Hazard:
    """One hazard area. `shape`: the ground it covers, m; a `point` hazard is written as its centre and area."""

    hazard_id: str
    shape: shapely.Polygon | shapely.MultiPolygon
    origin: str  # front, road, scattered, ring, laid
    fate: str  # chance, or scripted: whole, corridor, none
    release_weight: float
    kind: str
    point: bool = False
    contamination: str = "unknown"
    reported_on: datetime.date | None = None
    laid_on: datetime.date | None = None
    status: str = "open"
    closed_on: datetime.date | None = None

    @property
    def centre(self) -> shapely.Point:
        point: shapely.Point = snapped(self.shape.centroid)
        return point


@dataclass(frozen=True)
class Draft:
    """A hazard as drawn, before its record is written."""

    shape: shapely.Polygon | shapely.MultiPolygon
    origin: str
    fate: str = "chance"
    release_weight: float = 1.0
    kind: str = "SHA"
    point: bool = False
    laid_on: datetime.date | None = None


def recorded(rng: Generator, story: Story, number: int, draft: Draft) -> Hazard:
    """A draft with its record: id, contamination, and the day it was reported."""
    new = rng.random() < story.new_share and draft.origin in ("front", "road", "scattered")
    first, last = _FIRST_REPORT, story.baseline_date - datetime.timedelta(days=20)
    if draft.laid_on:
        first, last = draft.laid_on + datetime.timedelta(days=9), draft.laid_on + datetime.timedelta(days=140)
    elif new:
        first, last = story.baseline_date + datetime.timedelta(days=60), datetime.date(story.data_date.year - 1, 12, 1)
    day = first + datetime.timedelta(days=int((last - first).days * rng.beta(1.4, 1.8)))
    forgotten = rng.random() < story.no_report_share and not new and draft.laid_on is None
    hits = rng.random(len(CONTAMINATION)) < np.array(_FOUND[draft.origin])
    words = [word for word, hit in zip(CONTAMINATION, hits, strict=True) if hit] or ["unknown"]
    return Hazard(
        hazard_id=f"H{number:04d}",
        shape=draft.shape,
        origin=draft.origin,
        fate=draft.fate,
        # Large areas first: a day of survey gives back most ground there.
        release_weight=draft.release_weight
        * math.sqrt(draft.shape.area / story.sha_median_m2)
        * (story.new_release_weight if new else 1.0),
        kind=draft.kind,
        point=draft.point,
        contamination=";".join(words),
        reported_on=None if forgotten else day,
        laid_on=draft.laid_on,
    )
