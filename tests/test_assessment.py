"""The whole story on a world drawn by hand: six villages, 4 km apart, each with one thing happening to it.

Cells of 50 m, 3 km/h (50 m a minute), ten minutes of reach: free reach is every cell within 500 m by the 16 moves.
"""

import datetime
import json

import pytest

from hazard_service.assessment import assess, compare
from hazard_service.errors import ProgrammeError
from hazard_service.layers import open_programme

VILLAGES = ("ringed", "laid", "found", "corrected", "redrawn", "quiet")


@pytest.fixture(scope="module")
def programme(six_villages):
    return open_programme(six_villages)


@pytest.fixture(scope="module")
def progress(programme):
    return compare(
        assess(programme.situation(programme.baseline_date)), assess(programme.situation(programme.data_date))
    )


def minutes_on_open_ground(down, right):
    """The 16 moves on flat open ground, in cells of a minute: straight, diagonal and knight's moves only."""
    long, short = max(abs(down), abs(right)), min(abs(down), abs(right))
    if 2 * short <= long:
        return (long - 2 * short) + short * 5**0.5
    return (2 * short - long) * 2**0.5 + (long - short) * 5**0.5


FREE_CELLS = sum(minutes_on_open_ground(r, c) <= 10 for r in range(-10, 11) for c in range(-10, 11))
YARD_CELLS = 16
CELL_KM2 = 0.0025


def column(frame, name):
    return dict(zip(frame["community_id"], frame[name], strict=True))


def test_the_grid_puts_the_villages_on_cell_centres(progress):
    assert progress.after.communities["start_moved_m"].to_numpy() == pytest.approx([0] * 6, abs=0.01)


def test_reach_is_counted_cells(progress):
    then = column(progress.before.communities, "reach_km2")
    now = column(progress.after.communities, "reach_km2")
    free = column(progress.after.communities, "free_reach_km2")
    assert free == pytest.approx(dict.fromkeys(VILLAGES, FREE_CELLS * CELL_KM2))
    whole, yard = FREE_CELLS * CELL_KM2, YARD_CELLS * CELL_KM2
    # Redrawn: walls from 110 to 190 m now; the yard is still the 16 centres within 110 m.
    expected_then = {"ringed": yard, "laid": whole, "found": whole, "corrected": yard, "redrawn": yard, "quiet": whole}
    expected_now = {"ringed": whole, "laid": yard, "found": yard, "corrected": whole, "redrawn": yard, "quiet": whole}
    assert then == pytest.approx(expected_then)
    assert now == pytest.approx(expected_now)


def test_who_is_held_back_enclosed_and_cut_off(progress):
    now = progress.after.communities
    assert [name for name, held in column(now, "held_back").items() if held] == ["laid", "found", "redrawn"]
    assert [name for name, closed in column(now, "enclosed").items() if closed] == ["laid", "found", "redrawn"]
    assert column(now, "cut_off_water") == dict.fromkeys(VILLAGES, "no") | dict.fromkeys(
        ("laid", "found", "redrawn"), "yes"
    )
    assert column(now, "minutes_water")["quiet"] == pytest.approx(6.0)  # 300 m at 50 m a minute
    assert set(column(now, "cut_off_market").values()) == {"no data"}
    assert "minutes_market" not in now
    assert not now["inside_hazard"].any()


def test_one_class_each_and_only_release_frees(progress):
    assert column(progress.communities, "progress") == {
        "ringed": "freed",
        "laid": "worsened",
        "found": "unchanged",
        "corrected": "unchanged",
        "redrawn": "unchanged",
        "quiet": "unchanged",
    }
    gained = column(progress.communities, "gained_km2")
    assert gained["ringed"] == pytest.approx((FREE_CELLS - YARD_CELLS) * CELL_KM2)
    assert [gained[name] for name in VILLAGES[1:]] == [0] * 5
    assert column(progress.communities, "services_regained")["ringed"] == "water"
    assert column(progress.communities, "newly_identified_holds_back")["found"]


def test_totals_and_ground_are_counted_once(progress):
    totals = progress.totals
    assert (totals["held_back_before"], totals["held_back_after"], totals["freed"], totals["worsened"]) == (3, 3, 1, 1)
    assert totals["freed_people"] == 100
    assert totals["freed_share_of_held_back"] == pytest.approx(1 / 3)
    # A ring: 400² - 200² = 0.12 km².
    assert totals["released_km2"] == pytest.approx(0.12, rel=1e-3)
    assert totals["open_km2_before"] == pytest.approx(0.36, rel=1e-3)
    # The tighter ring lies inside the old one: 380² - 220² = 0.096 of its 0.12; corrections 0.12 + 0.024.
    assert totals["corrections_km2"] == pytest.approx(0.144, rel=1e-3)
    assert (totals["newly_identified"], totals["laid_since"]) == (3, 1)
    assert totals["newly_identified_km2"] == pytest.approx(0.12 + 0.12 + 0.096, rel=1e-3)


def test_hazard_share_is_shown_beside_freedom(progress):
    # The ring's walls hold 8² - 4² = 48 centres, all within ten minutes.
    shares = column(progress.after.communities, "hazard_share")
    assert shares["laid"] == pytest.approx(48 / FREE_CELLS)
    assert shares["quiet"] == 0


def test_why_says_it_in_words(progress):
    why = column(progress.after.communities, "why")
    behind = (FREE_CELLS - YARD_CELLS) * CELL_KM2
    share = round(100 * (1 - YARD_CELLS / FREE_CELLS))
    # The surveyed area is the hull of the layers: a thin strip, so reach lies mostly outside it ("at least").
    assert why["laid"].startswith(
        f"At least {share} % of the land within 10 minutes' walk ({behind:.2f} km²) is behind"
    )
    assert "Cut off from water: 6 minutes' walk if no hazard stood in the way" in why["laid"]
    assert "close every way out" in why["laid"]


def test_results_are_plain_data_and_caveats_travel(progress):
    json.dumps(progress.totals)
    json.dumps(progress.after.totals)
    json.dumps(progress.after.provenance)
    assert "Not for navigation or safety decisions." in progress.caveats
    assert any("flat" in caveat for caveat in progress.caveats)


def test_rows_in_another_order_give_the_same_answer(programme):
    import dataclasses

    turned = dataclasses.replace(
        programme,
        hazards=programme.hazards.iloc[::-1].reset_index(drop=True),
        places=programme.places.iloc[::-1].reset_index(drop=True),
    )
    here, there = (assess(p.situation(datetime.date(2020, 1, 1))).communities for p in (programme, turned))
    assert here.drop(columns="geometry").equals(there.drop(columns="geometry"))


def test_only_like_is_compared_with_like(programme):
    one = assess(programme.situation("2005-12-31", ["CHA"]))
    other = assess(programme.situation("2026-06-30"))
    with pytest.raises(ProgrammeError, match=r"^Only two assessments of the same programme and the same hazard kinds"):
        compare(one, other)
