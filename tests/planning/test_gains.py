"""What each release would give back: by hand, and equal to assessing afresh without the hazard."""

import shutil

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from shapely.affinity import scale

from hazard_service.assessment import assess
from hazard_service.errors import ParameterError
from hazard_service.impact.exposure import blocking
from hazard_service.impact.people import PARTS, PEOPLE_GAINED
from hazard_service.layers import open_programme
from hazard_service.planning import Answerer, gains_of, prepare_what_if, sets_of
from hazard_service.shelves import sample_folder
from hazard_service.walked import walk_free, walk_outlines

# Six villages: cells of 50 m at 3 km/h, one minute a cell; each ringed village stands in a yard of 4 x 4 cells.
YARD_KM2 = 16 * 0.05 * 0.05


@pytest.fixture(scope="module")
def at_baseline(six_villages):
    return assess(open_programme(six_villages).situation("2005-12-31"))


@pytest.fixture(scope="module")
def found(at_baseline):
    return gains_of(at_baseline)


def test_each_ring_frees_its_own_village_and_nobody_else(found):
    by_id = found.hazards.set_index("hazard_id")
    for name in ("ringed", "corrected", "redrawn"):
        row = by_id.loc[f"H-{name}"]
        assert (row["freed"], row["freed_people"], row["frees"]) == (1, 100, name)
        assert (row["last_freed"], row["last_freed_people"]) == (1, 100)
        assert row["newly_within_water_people"] == 100  # the well stands outside the ring
    assert len(found.needs) == 0


def test_reach_given_back_is_free_reach_less_the_yard(found):
    pairs = found.pairs[found.pairs["order"] == "alone"].set_index(["hazard_id", "community_id"])
    communities = found.assessment.communities.set_index("community_id")
    gained = pairs.loc[("H-ringed", "ringed"), "gained_km2"]
    assert communities.loc["ringed", "reach_km2"] == pytest.approx(YARD_KM2)
    assert gained == pytest.approx(communities.loc["ringed", "free_reach_km2"] - YARD_KM2)


def test_a_set_answers_for_all_of_it_and_changes_nothing(at_baseline):
    answerer = Answerer(prepare_what_if(at_baseline))
    both = answerer.release(["H-ringed", "H-redrawn", "H-ringed"])
    freed = at_baseline.communities["community_id"][both.index[both["freed"]]]
    assert set(freed) == {"ringed", "redrawn"}
    again = answerer.release(["H-ringed", "H-redrawn"])
    np.testing.assert_array_equal(both["gained_km2"], again["gained_km2"])


def test_unknown_ids_are_named(at_baseline):
    answerer = Answerer(prepare_what_if(at_baseline))
    with pytest.raises(ParameterError, match=r'^Not an open hazard on 2005-12-31: "H-found", "nowhere"\.$'):
        answerer.release(["H-ringed", "H-found", "nowhere"])


def test_sets_are_told_hazard_by_hazard():
    needs = pd.DataFrame({"community_id": ["C1", "C2", "C3"], "hazard_ids": [["H1", "H2", "H3"], ["H2", "H4"], []]})
    assert sets_of(needs) == {
        "H1": [("C1", ["H2", "H3"])],
        "H2": [("C1", ["H1", "H3"]), ("C2", ["H4"])],
        "H3": [("C1", ["H1", "H2"])],
        "H4": [("C2", ["H2"])],
    }


def test_a_village_in_two_rings_is_freed_by_both_together(ringed_twice):
    assert ringed_twice.needs.to_dict("records") == [{"community_id": "ringed", "hazard_ids": ["H-outer", "H-ringed"]}]
    told = ringed_twice.hazards.set_index("hazard_id")["frees_together"]
    assert told["H-ringed"] == "ringed with H-outer"
    assert told["H-outer"] == "ringed with H-ringed"
    assert (told.drop(["H-ringed", "H-outer"]) == "").all()


def test_a_pair_stands_only_where_something_changes(ringed_twice):
    orders = ringed_twice.pairs.groupby(["hazard_id", "community_id"])["order"].agg(list)
    # The outer ring alone gives nothing while the inner one stands, yet it would hold back what the inner one gives.
    assert orders["H-outer", "ringed"] == ["last"]
    assert orders["H-ringed", "ringed"] == ["alone", "last"]
    numbers = ringed_twice.pairs.select_dtypes("number").fillna(0)
    assert (numbers != 0).any(axis=1).all()


def released_afresh(assessment, hazard_ids):
    """(reached cells, minutes) of a full walk with these hazards taken away."""
    hazards = assessment.situation.hazards
    without = hazards[~hazards["hazard_id"].isin(hazard_ids)].reset_index(drop=True)
    return walk_outlines(assessment.situation.programme, blocking(without), assessment.situation.on)


def assert_equal_to_afresh(found, hazard_ids):
    assessment = found.assessment
    programme = assessment.situation.programme
    cell_km2 = programme.settings.cell_m**2 / 1e6
    ids = assessment.communities["community_id"].to_numpy()
    free = walk_free(programme)
    for order in ("alone", "last"):
        for hazard_id in hazard_ids:
            own = found.pairs[(found.pairs["order"] == order) & (found.pairs["hazard_id"] == hazard_id)]
            own = own.set_index("community_id").reindex(ids)
            if order == "alone":
                more, less = released_afresh(assessment, [hazard_id]), assessment.closed
            else:
                others = set(assessment.situation.hazards["hazard_id"]) - {hazard_id}
                more, less = free, released_afresh(assessment, others)
            expected = (more.reached_cells - less.reached_cells) * cell_km2
            np.testing.assert_allclose(own["gained_km2"].fillna(0.0), expected, rtol=0, atol=1e-9)
            if free.people_parts is not None:
                people = (more.people_parts - less.people_parts) / PARTS
                np.testing.assert_array_equal(own[PEOPLE_GAINED].fillna(0.0), people)
            for kind in more.minutes:
                now, then = more.minutes[kind].astype(float), less.minutes[kind].astype(float)
                both = np.isfinite(now) & np.isfinite(then)
                saved = own[f"minutes_saved_{kind}"].fillna(0.0).to_numpy()
                np.testing.assert_allclose(saved[both], then[both] - now[both], rtol=1e-6, atol=1e-6)
                regained = own[f"newly_within_{kind}"].fillna(False).astype(bool)
                standard = programme.settings.standard_min(kind)
                np.testing.assert_array_equal(regained, (now <= standard) & (then > standard))


def test_equal_to_walking_afresh_in_the_six_villages(found):
    assert_equal_to_afresh(found, list(found.hazards["hazard_id"]))


@pytest.mark.parametrize("on", ["2005-12-31", "2026-06-30"])
def test_equal_to_walking_afresh_where_roads_lead_through(three_roads, on):
    roads = gains_of(assess(open_programme(three_roads).situation(on)))
    by_id = roads.hazards.set_index("hazard_id")
    # Only the whole width of the road's wall opens it: at the corridor either side alone gives land, not the road.
    assert by_id.loc["H-crossed", "newly_within_water_people"] == 100
    assert by_id.loc["H-lane", "newly_within_water_people"] == (100 if on == "2005-12-31" else 0)
    assert by_id.loc["H-north", "newly_within_water_people"] == 0
    assert (by_id["gained_km2"] > 0).all()
    assert_equal_to_afresh(roads, list(by_id.index))


@pytest.fixture(scope="module")
def ringed_twice(six_villages, metres, tmp_path_factory):
    """The six villages with a second ring, twice as wide, round "ringed"."""
    folder = tmp_path_factory.mktemp("twice") / "programme"
    shutil.copytree(six_villages, folder)
    hazards = gpd.read_file(folder / "hazards.geojson")
    (first,) = hazards.loc[hazards["hazard_id"] == "H-ringed", "geometry"].to_crs(metres)
    outer = gpd.GeoSeries([scale(first, 2, 2)], crs=metres).to_crs("EPSG:4326")
    more = hazards[hazards["hazard_id"] == "H-ringed"].assign(hazard_id="H-outer").set_geometry(outer.to_numpy())
    together = pd.concat([hazards, more.set_crs(hazards.crs)], ignore_index=True)
    together.to_file(folder / "hazards.geojson", driver="GeoJSON")
    return gains_of(assess(open_programme(folder).situation("2005-12-31")))


@pytest.fixture(scope="module")
def peopled(six_villages, metres, tmp_path_factory):
    """The six villages with a population raster, a different number in every pixel."""
    folder = tmp_path_factory.mktemp("peopled") / "programme"
    shutil.copytree(six_villages, folder)
    profile = {"driver": "GTiff", "count": 1, "dtype": "float64", "height": 60, "width": 300, "crs": metres.to_wkt()}
    transform = rasterio.Affine(100.0, 0.0, -15_000.0, 0.0, -100.0, 3_000.0)
    with rasterio.open(folder / "population.tif", "w", transform=transform, **profile) as raster:
        raster.write(np.random.default_rng(7).gamma(0.3, 9.0, (60, 300)), 1)
    return gains_of(assess(open_programme(folder).situation("2005-12-31")))


def test_people_brought_within_reach_are_those_of_walking_afresh(peopled):
    assert_equal_to_afresh(peopled, list(peopled.hazards["hazard_id"]))
    alone = peopled.pairs[peopled.pairs["order"] == "alone"].set_index(["hazard_id", "community_id"])
    assert alone.loc[("H-ringed", "ringed"), PEOPLE_GAINED] > 100
    # Two communities regain the way to the same people: no sum by hazard.
    assert not any("in_reach" in name for name in peopled.hazards.columns)


def test_a_set_brings_the_people_of_walking_afresh_within_reach(peopled):
    from hazard_service.web.documents import what_if_document

    assessment, ids = peopled.assessment, ["H-ringed", "H-corrected"]
    what_if = prepare_what_if(assessment)
    found = Answerer(what_if).release(ids)
    people = released_afresh(assessment, ids).people_parts - assessment.closed.people_parts
    np.testing.assert_array_equal(found[PEOPLE_GAINED], people / PARTS)
    assert all(row[PEOPLE_GAINED] > 100 for row in what_if_document(what_if, ids, found)["communities"])
    assert "in_reach" not in str(what_if_document(what_if, ids, found)["totals"])


def test_without_a_population_raster_no_people_are_told(found):
    assert PEOPLE_GAINED not in found.pairs


@pytest.mark.slow
@pytest.mark.parametrize("which", ["sample", "bosnia"])
def test_equal_to_walking_afresh_for_every_hazard(which, request):
    folder = sample_folder() if which == "sample" else request.getfixturevalue("bosnia_folder")
    programme = open_programme(folder)
    everything = gains_of(assess(programme.situation(programme.data_date)))
    ids = list(everything.hazards["hazard_id"])
    # Every hazard of the sample; of Bosnia those that give most and a draw of the others (a full walk takes seconds).
    if which == "bosnia":
        ranked = everything.hazards.sort_values("rank")["hazard_id"]
        ids = [*ranked[:10], *np.random.default_rng(3).choice(ranked[10:], 15, replace=False)]
    assert_equal_to_afresh(everything, ids)


@pytest.mark.slow
def test_the_sets_found_free_and_are_least():
    programme = open_programme(sample_folder())
    assessment = assess(programme.situation(programme.data_date))
    found, answerer = gains_of(assessment), Answerer(prepare_what_if(assessment))
    row_of = {name: row for row, name in enumerate(assessment.communities["community_id"])}
    needs = found.needs[found.needs["hazard_ids"].map(bool)]
    assert len(needs) > 0
    for need in needs.itertuples():
        ids, row = need.hazard_ids, row_of[need.community_id]
        assert answerer.release(ids)["freed"][row]
        for left_out in ids:
            assert not answerer.release([one for one in ids if one != left_out])["freed"][row]
