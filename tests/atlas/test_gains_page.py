"""The map of gains of the six villages: what is coloured, what is said, and that nothing on it is released."""

import dataclasses
import json
import re
import shutil

import pandas as pd
import pytest

from hazard_service.assessment import assess
from hazard_service.atlas.gains import gains_document, gains_page
from hazard_service.layers import open_programme
from hazard_service.planning import gains_of


@pytest.fixture(scope="module")
def found(six_villages):
    return gains_of(assess(open_programme(six_villages).situation("2005-12-31")))


@pytest.fixture(scope="module")
def page(found):
    return gains_page(found)


def layer(page, name):
    (document,) = re.findall(rf'<script type="application/json" id="layer-{name}">(.*?)</script>', page, re.DOTALL)
    return json.loads(document)


def test_every_open_hazard_is_coloured_by_what_it_gives_and_known_later_ones_are_shown(page):
    states = {row["id"]: row["state"] for row in layer(page, "hazards")["features"]}
    opened = {"H-ringed", "H-corrected", "H-redrawn"}
    assert states == dict.fromkeys(opened, "open") | dict.fromkeys(["H-laid", "H-found", "H-tighter"], "known_later")
    gives = layer(page, "gains")["hazards"]
    assert set(gives) == opened
    assert {row["gives"] for row in gives.values()} == {"frees"}
    assert sorted(row["label"] for row in gives.values()) == ["1", "2", "3"]


def test_the_card_says_not_released_who_and_how_much(page, found):
    row = layer(page, "gains")["hazards"]["H-ringed"]
    gained = found.hazards.set_index("hazard_id").loc["H-ringed", "gained_km2"]
    assert row["why"] == (
        "NOT RELEASED. If it alone were released (modelled): no longer held back: ringed (100 people); "
        f"{gained:.2f} km² of reach back, summed over communities."
    )
    facts = dict(row["facts"])
    assert facts["It would still hold back, were all others released"] == "1 communities (100 people)"
    assert facts["Water point: within the standard again"] == "100 people"


def test_the_page_says_not_released_and_its_limits_and_asks_nobody(page):
    assert page.count("NOT RELEASED") >= 5
    for text in ("Not for navigation or safety decisions.", "No recorded hazard here is not proof of safety."):
        assert text in page
    assert "not tested against the position error" in page
    assert not re.findall(r"<(?:script|link)[^>]*https?:", page)
    assert "default-src" in page


def test_ranked_and_counted(page):
    assert "<b>3 of 3</b>" in page
    assert page.count('<th scope="row">H-') == 3


def test_people_nobody_recorded_are_not_nobody(found, page):
    unknown = gains_page(dataclasses.replace(found, hazards=found.hazards.assign(freed_people=0.0)))
    assert (unknown.count("<td>not recorded</td>"), page.count("<td>not recorded</td>")) == (3, 0)
    none = {"hazards": found.hazards.assign(freed_people=0.0, freed=0, frees=""), "pairs": found.pairs.iloc[:0]}
    nobody = gains_page(dataclasses.replace(found, **none))
    assert nobody.count("<td>–</td><td>–</td>") == 3


def test_the_legend_tells_wider_from_freed(page):
    assert "A community's movement is wider, but none is freed</li>" in page.replace("&#39;", "'")


def test_a_community_that_needs_two_is_named_with_both(found):
    needs = pd.DataFrame({"community_id": ["quiet", "laid"], "hazard_ids": [["H-ringed", "H-redrawn"], []]})
    page = gains_page(dataclasses.replace(found, needs=needs))
    assert "<b>quiet</b>: H-ringed, H-redrawn together" in page
    assert "<b>laid</b>: no set of releases gives it enough to count" in page
    facts = dict(layer(page, "gains")["hazards"]["H-redrawn"]["facts"])
    assert facts["Together with others it frees"] == "quiet (with H-ringed)"


def test_where_no_hazard_is_open_nothing_is_coloured(six_villages):
    none = gains_of(assess(open_programme(six_villages).situation("2009-01-01", kinds=["SHA"])))
    page = gains_page(none)
    assert "<b>0 of 0</b>" in page
    assert layer(page, "gains") == {"hazards": {}, "communities": {}}
    assert layer(page, "hazards")["features"]


def test_the_document_of_cards_says_who_and_what_frees_whom(found):
    """Each of the three rings alone holds back the village in it, and none other: 4 km are more than a walk."""
    document = gains_document(found)
    for name in ("ringed", "corrected", "redrawn"):
        facts = dict(document["hazards"][f"H-{name}"]["facts"])
        assert facts["Its release would give reach or a walk to"] == name
        assert document["communities"][name] == {"alone": [f"H-{name}"], "together": ""}
    assert set(document["communities"]) == {"ringed", "corrected", "redrawn"}


def test_the_document_names_the_set_of_a_community_that_no_single_release_frees(found):
    needs = pd.DataFrame({"community_id": ["quiet", "laid"], "hazard_ids": [["H-ringed", "H-redrawn"], []]})
    communities = gains_document(dataclasses.replace(found, needs=needs))["communities"]
    assert communities["quiet"] == {"alone": [], "together": "H-ringed, H-redrawn"}
    assert "laid" not in communities


def test_of_many_communities_a_card_names_the_eight_that_gain_most(found):
    """Nine rows of one hazard: the least is only counted."""
    pairs = pd.DataFrame(
        {
            "hazard_id": "H-ringed",
            "community_id": (found.assessment.communities["community_id"].tolist() * 2)[:9],
            "order": "alone",
            "freed": False,
            "gained_km2": [float(9 - at) for at in range(9)],
        }
    )
    document = gains_document(dataclasses.replace(found, pairs=pairs))
    named = dict(document["hazards"]["H-ringed"]["facts"])["Its release would give reach or a walk to"]
    assert named == "ringed, laid, found, corrected, redrawn, quiet, ringed, laid and 1 more"


def test_ids_with_commas_are_not_taken_apart(six_villages, tmp_path):
    folder = tmp_path / "programme"
    shutil.copytree(six_villages, folder)
    for name in ("communities", "hazards", "releases"):
        path = folder / f"{name}.geojson"
        text = path.read_text(encoding="utf-8").replace('"H-ringed"', '"H, 1"').replace('"ringed"', '"ring, ed"')
        path.write_text(text, encoding="utf-8")
    made = gains_document(gains_of(assess(open_programme(folder).situation("2005-12-31"))))
    assert made["communities"]["ring, ed"] == {"alone": ["H, 1"], "together": ""}
    assert "ring, ed" in made["hazards"]["H, 1"]["why"]
