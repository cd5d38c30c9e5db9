"""Nine communities over three years, every figure worked out on paper. (Drawn in conftest.py, and read from files.)

THE GROUND. Nine valleys, 4 km apart, three to a district, lie between snowfields that nobody walks. A valley is
1,000 m by 500 m: 20 columns × 10 rows = 200 cells of 50 m, of 0.0025 km² = 0.25 ha each: 0.50 km² = 50 ha. The village
stands in the westernmost column, 25 m from the west end and 225 m from the south. At 3 km/h = 50 m a minute the
farthest cell, 19 columns and 5 rows away, is at most 24 minutes off, and reach is 60 minutes. So reach is the cells
that nothing cuts off. All valleys are cropland, but Ivy's, which is bare.

A wall is a hazard across a valley and 50 m into the snow on both sides: 600 m long. From 200 m to 300 m east of the
valley's west end it covers the centres of columns 4 and 5 (225 m, 275 m) and leaves the village columns 0-3, 40 cells.

THE HISTORY, and cells reached on 31 December of 2020 (the baseline), 2021, 2022 and 2023 (the data date).

  Alder     10 people   no hazard: never held back                                              200  200  200  200
  Birch     20   H1 SHA 200-300 m and within it H2 CHA 225-275 m. R1 clears both on 2021-06-01;
                 it names neither. A well at 525 m, in the village's row, 10 cells = 10 minutes  40  200  200  200
  Cedar     40   H3 CHA 500-700 m. R2 cancels up to 610 m on 2021-08-15: columns 10 and 11 (525,
                 575 m). R3 clears from 590 m on 2022-04-01                                     100  120  200  200
  Dogwood   80   H4 SHA 800-900 m, closed on paper on 2021-10-10: 16 columns before             160  200  200  200
  Elder    160   H5 CHA 500-600 m, on 2022-06-30 drawn tighter as H6, 100-300 m from the south,
                 which leaves a way round it: 4 rows × 2 columns = 8 cells closed               100  100  192  192
  Fir      320   H7 SHA 300-400 m, laid on 2022-03-01, reported on 2022-05-01                   200  200   60   60
  Gorse    640   H8 CHA 600-700 m, found on 2021-09-01, nobody knows since when                 200  120  120  120
  Hazel  1,280   H9 SHA 450-550 m. R4 clears a lane 50 m wide through it, the village's row, on
                 2023-02-01: left are 2 columns × 9 rows = 18 cells                              90   90   90  182
  Ivy   no number   H10, unclassified, 50 m wider than the whole valley: the village lies in it.
                 R5 reduces (technical survey) all of it on 2023-09-30                            0    0    0  200

H11 CHA, 300 m × 300 m, lies in the snow over 2,500 m from anybody, 200 m of it north of the line between the districts
north and middle, 100 m south. R0 cleared its northern 50 m in 2018, before the baseline; R6 cancels the next
100 m on 2022-11-11, and leaves 50 m north of the line and 100 m south.

WHO IS HELD BACK: freedom = cells / 200 under 0.95. No service decides: only Birch has a well, and is held back anyhow.
  2020: Birch 0.20, Cedar 0.50, Dogwood 0.80, Elder 0.50, Hazel 0.45, Ivy 0: 6; 20 + 40 + 80 + 160 + 1,280 = 1,580
  2021: Cedar 0.60, Elder 0.50, Gorse 0.60, Hazel, Ivy:                     5; 40 + 160 + 640 + 1,280 = 2,120
  2022: Fir 0.30, Gorse, Hazel, Ivy (Elder is at 0.96):                     4; 320 + 640 + 1,280 = 2,240
  2023: Fir, Gorse, Hazel 0.91:                                             3; 2,240

WHO IS EXPOSED: within 500 m (contact_m). Villages lie at 25 m, so a wall at 500 m is 475 m off.
  2020: Birch 175, Cedar 475, Elder 475, Hazel 425, Ivy 0 (Dogwood 775): 5. Affected, Dogwood too: 6; 1,580 people
  2021: Elder, Hazel, Ivy (Cedar 585, Gorse 575): 3. Affected, Cedar and Gorse too: 5; 2,120
  2022: Elder 475, Fir 275, Hazel, Ivy: 4. Affected, Gorse too: 5; 160 + 320 + 640 + 1,280 = 2,400
  2023: Elder, Fir, Hazel, where the cleared lane leaves the wall 25 m to either side of the village's row, so √(425² +
        25²) = 425.73: 3. Affected, Gorse too: 4; 2,400

OPEN GROUND, in 1,000 m². A wall 100 m thick: 60. H2 30, within the 60 of H1; H3 120; H6 20; H10 1,100 × 600 = 660; H11
300 × (300 - 50) = 75. Ground under SHA and CHA is CHA.
  2020: H1 H2 H3 H4 H5 H9 H10 H11   CHA 30 + 120 + 60 + 75 = 285   SHA 30 + 60 + 60 = 150   with H10's 660:  1,095
  2021: H3 H5 H8 H9 H10 H11         CHA 54 + 60 + 60 + 75 = 249    SHA 60                                   969
  2022: H6 H7 H8 H9 H10 H11         CHA 20 + 60 + 45 = 125         SHA 60 + 60 = 120                        905
  2023: H6 H7 H8 H9 H11             CHA 125                        SHA 60 + 55 = 115          without H10:  240

RELEASED GROUND since ever. R0 300 × 50 = 15; R1 60 (H2's 30 lie within H1: once); R2 110 × 600 = 66; R3 110 × 600 = 66,
of which 590-610 m, 12, is R2's, the earlier: 54; R4 100 × 50 = 5; R5 660; R6 300 × 100 = 30.
  2020: cleared 15                                             15
  2021: cancelled 66        cleared 15 + 60 = 75              141
  2022: cancelled 66 + 30   cleared 75 + 54 = 129             225
  2023: cancelled 96        cleared 129 + 5 = 134   reduced 660   890

WHAT RELEASE GAVE since the baseline: cells reached, less cells reached with the releases put back.
  2021: Birch 200 - 40 = 160, Cedar 120 - 100 = 20:                  180 cells = 0.45 km²
  2022: Birch 160, Cedar 100:                                        260 cells = 0.65 km²
  2023: Birch 160, Cedar 100, Hazel 182 - 90 = 92, Ivy 200:          552 cells = 1.38 km²
Of cropland the same without Ivy: 0.45, 0.65 and (552 - 200) × 0.0025 = 0.88 km².
Dogwood and Elder gained nothing by release: with none put back, both grounds are one.

FREED: held back with the releases put back, not without, 5 % = 10 cells gained. 2021 Birch; 2022 Cedar too; 2023 Ivy
too, which adds nobody known: 20, 60, 60 people. EXPANDED: 10 % = 20 cells. 2021 Cedar, with 20: exactly; 40 people.
Firm: it holds with every hazard 25.5 m larger, and smaller (25 m, and 2 % for the rounding of corners). Walls stay
walls, as they end in the snow. Cedar in 2021: larger, its wall starts at 584.5 m, with R2 put back at 474.5 m and so
covers column 9 too: 120 - 90 = 30 cells; smaller, at 635.5 m and at 525.5 m, which frees columns 12 and 10: 130 - 110.
Birch: larger 200 - 30, smaller 200 - 50. Ivy: 200 - 0 both, as H10 is 50 m wider than the valley.
UNCERTAIN: Hazel in 2023. 92 of 200 cells count. Larger, the wall covers columns 8-11, and the lane of 50 m is shut:
left is column 8's cell in front of it, 35 m from the corners of both its sides: 81 - 80 = 1 cell.
WORSENED: Fir from 2022, 320 people: newly held back by a hazard laid since. Gorse is held back by one found since: not
worsened. NEWLY IDENTIFIED: 2021 H8, 0.06 km²; 2022 H6 and H7 too, 0.06 + 0.02 + 0.06 = 0.14 km², one (H7) laid since.
CORRECTIONS: 2021 H4, 0.06 km²; 2022 also H5 less H6, 0.06 - 0.02: 0.10 km².

CASUALTIES of 12 months, the day a year before not among them.
  2020: Birch 2, Cedar 1 (on 31 December itself), near Dogwood 2, Ivy 4, far from everybody 1: 10. (Alder's of
        2019-12-31 is a day too old.)
  2021: Gorse 3, Birch 3:                        6, down 1 - 6/10 = 40 %
  2022: Fir 1, Gorse 3 (on 31 December itself):  4, down 60 %
  2023: Cedar 1, Gorse 2:                        3, down 70 %
Hazel's 5 have no date and are in no count.

IMPACT SCORES at the baseline: 2 for mines and 1 for UXO open within 500 m, 1 for each surveyed blockage, 2 for each
victim of 24 months: two before 2021 for Birch, Cedar and Dogwood (whose accident names no community and is nearest to
it), four for Ivy (three more of 2018-12-31 are a day too old). High from 11.
  Birch   2 + 1 + 4 blockages + 2 × 2 = 11 high    Hazel 2 + 9 = 11 high      Alder 2 × 1 = 2 low   Fir 0 none
  Cedar   2 + 6 + 2 × 2 = 12 high                  Ivy   2 + 1 + 2 × 4 = 11   Elder 2 + 4 = 6 medium
  Dogwood 7 + 2 × 2 = 11 high: its cluster munitions are 775 m off               Gorse not surveyed: no class
So the cohort is Birch, Cedar, Dogwood, Hazel and Ivy: 5. On the last date Fir's is 2 + 7 + 2 × 1 = 11: a second cohort.
Modelled blockages, never added to these: cropland held back (1 ha and more), and at Birch the well, cut off by H1.

MITIGATED: cropland regained, 5 % of what was held back and 1 ha; or a surveyed blockage lifted by a later survey.
  2021: Birch (160 of 160 cells), Cedar (20 cells = 5 ha, of 100): 2        2022: Dogwood too (survey of 2022-08-08): 3
  2023: Hazel too (92 cells = 23 ha, of 110): 4, and Cedar by survey as well
EXPANDED of the cohort, firm: 2021 and 2022 Birch and Cedar, 2023 Ivy too: 3.
MET, both: Birch and Cedar from 2021: 2 of 5 = 40 %. Ivy could not show a gain: bare land, no blockage. Not met: the
others, 4 at the baseline, then Dogwood (which release gave nothing) and Hazel (whose gain is not firm).
"""

import datetime
import math

import numpy as np
import pytest

from hazard_service.assessment import assess
from hazard_service.firmness import redrawn_grounds
from hazard_service.impact.exposure import blocking
from hazard_service.impact.objectives import SURVEYED
from hazard_service.layers import open_programme
from hazard_service.layers.situation import put_back
from hazard_service.series import series
from hazard_service.vocabulary import WHOLE
from hazard_service.walked import walk_outlines

NAMES = ("Alder", "Birch", "Cedar", "Dogwood", "Elder", "Fir", "Gorse", "Hazel", "Ivy")
DAYS = [datetime.date(year, 12, 31) for year in (2020, 2021, 2022, 2023)]
FREE_CELLS, CELL_KM2 = 200, 0.0025
CELLS_REACHED = (
    (200, 40, 100, 160, 100, 200, 200, 90, 0),
    (200, 200, 120, 200, 100, 200, 120, 90, 0),
    (200, 200, 200, 200, 192, 60, 120, 90, 0),
    (200, 200, 200, 200, 192, 60, 120, 182, 200),
)
# Column: on each of the four dates. Counts and shares are exact; areas come from outlines projected to the plane of the
# programme and back, which moves a corner by some 1e-9 m.
COUNTS = {
    "hazards": (8, 6, 6, 5),
    "communities": (9, 9, 9, 9),
    "held_back": (6, 5, 4, 3),
    "held_back_people": (1580, 2120, 2240, 2240),
    "exposed": (5, 3, 4, 3),
    "affected": (6, 5, 5, 4),
    "affected_people": (1580, 2120, 2400, 2400),
    "freed": (0, 1, 2, 3),
    "freed_people": (0, 20, 60, 60),
    "expanded": (0, 1, 0, 0),
    "expanded_people": (0, 40, 0, 0),
    "uncertain": (0, 0, 0, 1),
    "worsened": (0, 0, 1, 1),
    "worsened_people": (0, 0, 320, 320),
    "newly_identified": (0, 1, 3, 3),
    "laid_since": (0, 0, 1, 1),
    "casualties_12_months": (10, 6, 4, 3),
    "cohort": (5, 5, 5, 5),
    "cohort_expanded": (0, 2, 2, 3),
    "cohort_mitigated": (0, 2, 3, 4),
    "cohort_met": (0, 2, 2, 2),
    "cohort_not_met": (4, 2, 2, 2),
    "cohort_could_not_show_a_gain": (1, 1, 1, 1),
    "cohort_not_measurable": (0, 0, 0, 0),
}
MEASURES = {
    "open_km2": (1.095, 0.969, 0.905, 0.240),
    "cha_km2": (0.285, 0.249, 0.125, 0.125),
    "sha_km2": (0.150, 0.060, 0.120, 0.115),
    "released_km2": (0.015, 0.141, 0.225, 0.890),
    "cancelled_km2": (0, 0.066, 0.096, 0.096),
    "reduced_km2": (0, 0, 0, 0.660),
    "cleared_km2": (0.015, 0.075, 0.129, 0.134),
    "newly_identified_km2": (0, 0.06, 0.14, 0.14),
    "corrections_km2": (0, 0.06, 0.10, 0.10),
    "gained_km2": (0, 0.45, 0.65, 1.38),
    "livelihood_regained_km2": (0, 0.45, 0.65, 0.88),
    "casualties_down_share": (0, 0.4, 0.6, 0.7),
    "cohort_expanded_share": (0, 0.4, 0.4, 0.6),
    "cohort_mitigated_share": (0, 0.4, 0.6, 0.8),
    "cohort_met_share": (0, 0.4, 0.4, 0.4),
    "target_share": (0.8, 0.8, 0.8, 0.8),
    "casualty_target_share": (0.5, 0.5, 0.5, 0.5),
}
# North: what is left of H11 there, 50 × 300 m; R2 66 + R6 30 cancelled, R0 15 + R1 60 + R3 54 cleared; Birch and Cedar.
# Middle: H6 20 + H7 60 + H11's 100 × 300 m, which is its larger part; Fir held back, Elder exposed too; Dogwood.
# South: H8 60 + H9 55; R5 reduced, R4 cleared; Gorse and Hazel held back, Hazel exposed; Hazel and Ivy, which is freed.
# Found: H6 and H7, H8. Cropland: Birch 160 + Cedar 100 cells, Hazel 92.
DISTRICT_COLUMNS = (
    "hazards", "open_km2", "cha_km2", "sha_km2", "released_km2", "cancelled_km2", "reduced_km2", "cleared_km2",
    "communities", "held_back", "held_back_people", "exposed", "affected", "affected_people", "freed", "expanded",
    "worsened", "cohort", "cohort_met", "uncertain", "cohort_expanded", "cohort_mitigated", "newly_identified",
    "livelihood_regained_km2",
)  # fmt: skip
BY_DISTRICT = {
    "north": (0, 0.015, 0.015, 0, 0.225, 0.096, 0, 0.129, 3, 0, 0, 0, 0, 0, 2, 0, 0, 2, 2, 0, 2, 2, 0, 0.65),
    "middle": (3, 0.110, 0.050, 0.060, 0, 0, 0, 0, 3, 1, 320, 2, 2, 480, 0, 0, 1, 1, 0, 0, 0, 1, 2, 0),
    "south": (2, 0.115, 0.060, 0.055, 0.665, 0, 0.660, 0.005, 3, 2, 1920, 1, 2, 1920, 1, 0, 0, 2, 0, 1, 1, 1, 1, 0.23),
    WHOLE: (5, 0.240, 0.125, 0.115, 0.890, 0.096, 0.660, 0.134, 9, 3, 2240, 3, 4, 2400, 3, 0, 1, 5, 2, 1, 3, 4, 3,
            0.88),
}  # fmt: skip
MEMBER_COLUMNS = (
    "cohort", "progress", "state", "expanded", "mitigated", "mitigated_by", "held_back_before", "held_back_after",
    "hazards_within_contact", "why",
)  # fmt: skip
UNCERTAIN = "Release gave back 0.23 km² within reach. Uncertain: it would not count if the outlines are 25 m off."
MEMBERS = {
    "Birch": (1, "freed", "met", True, True, "land", True, False, 0,
              "Release gave back 0.40 km² within reach, and the walk to: water."),
    "Cedar": (1, "freed", "met", True, True, "land, survey", True, False, 0,
              "Release gave back 0.25 km² within reach."),
    "Dogwood": (1, "unchanged", "not met", False, True, "survey", True, False, 0, "No change by release."),
    "Hazel": (1, "uncertain", "not met", False, True, "land", True, True, 1, UNCERTAIN),
    "Ivy": (1, "freed", "could not show a gain", True, False, "", True, False, 0,
            "Release gave back 0.50 km² within reach."),
    "Fir": (2, "worsened", "", False, False, "", False, True, 1, "Hazards laid since close more ground."),
}  # fmt: skip
SCORE_COLUMNS = (
    "impact_score", "impact_class", "victims", "impact_score_modelled", "impact_class_modelled", "explanation"
)  # fmt: skip
# Modelled then: Birch 2 + 1 + 2 + 4, Cedar 2 + 1 + 4, Dogwood 1 + 4, Hazel 2 + 1, Ivy 2 + 1 + 8. Now: Fir 2 + 1 + 2.
SCORES_BEFORE = {
    "Birch": (11, "high", 2, 9, "medium", "2 mines + 1 uxo + 4 blockages + 2 x 2 victims = 11, high"),
    "Cedar": (12, "high", 2, 7, "medium", "2 mines + 6 blockages + 2 x 2 victims = 12, high"),
    "Dogwood": (11, "high", 2, 5, "low", "7 blockages + 2 x 2 victims = 11, high"),
    "Hazel": (11, "high", 0, 3, "low", "2 mines + 9 blockages = 11, high"),
    "Ivy": (11, "high", 4, 11, "high", "2 mines + 1 uxo + 2 x 4 victims = 11, high"),
    "Fir": (0, "none", 0, 0, "none", "0 = 0, no class"),
}
# Victims of 2022 and 2023: Cedar 1, Fir 1. Surveys since: Cedar none blocked, Dogwood one, Fir seven.
SCORES_AFTER = {
    "Birch": (4, "low", 0, 0, "none", "4 blockages = 4, low"),
    "Cedar": (2, "low", 1, 2, "low", "2 x 1 victims = 2, low"),
    "Dogwood": (1, "low", 0, 0, "none", "1 blockages = 1, low"),
    "Hazel": (11, "high", 0, 3, "low", "2 mines + 9 blockages = 11, high"),
    "Ivy": (0, "none", 0, 0, "none", "0 = 0, no class"),
    "Fir": (11, "high", 1, 5, "low", "2 mines + 7 blockages + 2 x 1 victims = 11, high"),
}


@pytest.fixture(scope="module")
def programme(nine_communities):
    return open_programme(nine_communities)


@pytest.fixture(scope="module")
def found(programme):
    return series(programme, "year")


def test_the_world_is_read_as_it_was_drawn(programme, metres):
    assert programme.crs == metres
    assert programme.rows["refused"].sum() == 0
    assert programme.communities["community_id"].tolist() == list(NAMES)


def test_cells_reached_on_each_date(programme):
    for day, cells in zip(DAYS, CELLS_REACHED, strict=True):
        communities = assess(programme.situation(day)).communities
        assert communities["start_moved_m"].to_numpy() == pytest.approx([0] * 9, abs=1e-6)
        assert communities["free_reach_km2"].tolist() == [FREE_CELLS * CELL_KM2] * 9
        assert (communities["reach_km2"] / CELL_KM2).tolist() == pytest.approx(cells), day


@pytest.mark.parametrize("column", COUNTS)
def test_counts_year_by_year(found, column):
    assert found.rows["on"].tolist() == DAYS
    assert found.rows[column].tolist() == list(COUNTS[column])


@pytest.mark.parametrize("column", MEASURES)
def test_areas_and_shares_year_by_year(found, column):
    assert found.rows[column].tolist() == pytest.approx(list(MEASURES[column]), rel=1e-9, abs=1e-12)


def test_what_release_gave_each(found):
    gained = dict(zip(found.last.communities["community_id"], found.last.communities["gained_km2"], strict=True))
    cells = {"Birch": 160, "Cedar": 100, "Hazel": 92, "Ivy": 200}
    assert gained == pytest.approx({name: cells.get(name, 0) * CELL_KM2 for name in NAMES})
    assert dict(zip(NAMES, found.last.communities["progress"], strict=True)) == {
        "Alder": "unchanged", "Birch": "freed", "Cedar": "freed", "Dogwood": "unchanged", "Elder": "unchanged",
        "Fir": "worsened", "Gorse": "unchanged", "Hazel": "uncertain", "Ivy": "freed",
    }  # fmt: skip
    found_since = found.last.communities["newly_identified_holds_back"]
    assert found.last.communities["community_id"][found_since].tolist() == ["Gorse"]


@pytest.mark.parametrize(
    ("by_m", "year", "name", "reached", "put_back_reached"),
    [
        (25.0, 2021, "Birch", 200, 30),
        (-25.0, 2021, "Birch", 200, 50),
        (25.0, 2021, "Cedar", 120, 90),
        (-25.0, 2021, "Cedar", 130, 110),
        (25.0, 2023, "Hazel", 81, 80),
        (25.0, 2023, "Ivy", 200, 0),
        (-25.0, 2023, "Ivy", 200, 0),
    ],
)
def test_cells_reached_with_every_hazard_larger_and_smaller(programme, by_m, year, name, reached, put_back_reached):
    before, after = (programme.situation(datetime.date(end, 12, 31)) for end in (2020, year))
    grounds = redrawn_grounds(after, *map(blocking, put_back(before, after)), by_m=by_m)[:2]
    row = np.array([NAMES.index(name)])
    walks = [walk_outlines(programme, outlines, after.on, row) for outlines in grounds]
    assert [int(walk.reached_cells[0]) for walk in walks] == [reached, put_back_reached]


def test_who_was_held_back_and_is_no_longer(found):
    """6 - 3 freed (Birch, Cedar, Ivy) - 2 otherwise (Dogwood, Elder: 240) + 2 newly (Fir, Gorse: 960) = 3."""
    totals = found.last.totals
    names = ("held_back_before", "freed_of_held_back", "otherwise_not_held_back", "newly_held_back", "held_back_after")
    assert [totals[name] for name in names] == [6, 3, 2, 2, 3]
    assert (totals["otherwise_not_held_back_people"], totals["newly_held_back_people"]) == (240, 960)
    assert totals["freed_share_of_held_back"] == 0.5
    # 0.89 now, less 0.015 of 2018.
    assert totals["released_km2"] == pytest.approx(0.875)


def test_by_district_on_the_last_date(found):
    rows = found.districts[found.districts["on"] == DAYS[-1]].set_index("district_code")
    assert rows.index.tolist() == ["middle", "north", "south", WHOLE]
    for code, figures in BY_DISTRICT.items():
        expected = dict(zip(DISTRICT_COLUMNS, figures, strict=True))
        assert rows.loc[code, list(DISTRICT_COLUMNS)].to_dict() == pytest.approx(expected, rel=1e-9, abs=1e-12), code


def test_what_became_of_each_member(found):
    assert found.cohort.basis == SURVEYED
    assert found.members["community_id"].tolist() == list(MEMBERS)
    for row in found.members.to_dict("records"):
        assert tuple(row[name] for name in MEMBER_COLUMNS) == MEMBERS[row["community_id"]]


@pytest.mark.parametrize(("when", "expected"), [("before", SCORES_BEFORE), ("after", SCORES_AFTER)])
def test_how_each_score_adds_up(found, when, expected):
    for row in found.members.to_dict("records"):
        assert tuple(row[f"{name}_{when}"] for name in SCORE_COLUMNS) == expected[row["community_id"]]


def test_distances_to_the_nearest_hazard(found):
    """Measured on the ellipsoid, which here is within a millimetre of the plane."""
    nearest = found.members.set_index("community_id")["nearest_hazard_m"]
    assert nearest[["Hazel", "Fir"]].tolist() == pytest.approx([math.hypot(425, 25), 275], abs=0.001)
