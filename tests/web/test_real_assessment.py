"""The seam between assessment and faces: a real programme, walked, asked over HTTP. The hand-made world is not used."""

import dataclasses
import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from hazard_service.atlas.layers import COMMUNITY_COLUMNS, DISTRICT_COLUMNS
from hazard_service.layers import open_programme
from hazard_service.web import create_app


@pytest.fixture(scope="module")
def client(six_villages):
    return create_app(open_programme(six_villages)).test_client()


def test_the_assessment_has_the_columns_that_leave(client):
    found = client.get("/api/assessment").get_json()
    # Columns of service kinds without any place are absent by design.
    services = tuple(
        f"{column}_{kind}" for column in ("minutes", "free_minutes") for kind in ("water", "school", "health", "market")
    )
    assert set(COMMUNITY_COLUMNS) - set(services) <= set(found["communities"][0])
    assert set(DISTRICT_COLUMNS) <= set(found["districts"][0])
    assert found["provenance"]["on"] == "2026-06-30"


def test_progress_and_page_agree(client):
    found = client.get("/api/progress").get_json()
    freed = [row["name"] for row in found["communities"] if row["progress"] == "freed"]
    assert len(freed) == found["totals"]["freed"] > 0
    drawn = json.loads(client.get("/map/communities.json").data)["features"]
    assert [one["title"] for one in drawn if one["changes"][-1] == "f"] == freed
    assert client.get("/").status_code == 200


def test_the_method_page_explains_what_ifs_and_lists_the_limits_of_the_record(six_villages):
    programme = open_programme(six_villages)
    ring = programme.hazards.geometry.iloc[0]
    spots = [ring.representative_point()] * 5 + [shapely.Point(ring.bounds[0] - 1000, 0)] * 5
    accidents = gpd.GeoDataFrame({"accident_id": [f"A{n}" for n in range(10)]}, geometry=spots, crs=programme.crs)
    undated = programme.releases.assign(handed_over_on=pd.NaT, completed_on=pd.NaT)
    told = dataclasses.replace(programme, accidents=accidents, releases=undated)
    text = create_app(told).test_client().get("/method").text
    for words in (
        "What if released?",
        "reads NOT RELEASED",
        "not tested against the position error of the outlines",
        "Of the recorded accidents 50 % lie inside a recorded hazard",
        "Releases without a date: 1 of 1; they are counted as done on the data date",
    ):
        assert words in text, words


def test_hazards_of_the_past_show_what_was_known_later(client):
    found = json.loads(client.get("/api/layers/hazards.geojson?on=2005-12-31").data)["features"]
    states = {f["id"]: f["properties"]["state"] for f in found}
    assert states["H-found"] == states["H-laid"] == states["H-tighter"] == "known_later"
    assert states["H-ringed"] == states["H-redrawn"] == "open"
    for feature in found:
        assert shapely.geometry.shape(feature["geometry"]).is_valid
