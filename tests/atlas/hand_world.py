"""A small world with one of everything a map page can show, made by hand: no file is read and nothing is walked."""

import datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from hazard_service.settings import Settings
from hazard_service.vocabulary import MODELLED, NO_RECORD, NOT_FOR_SAFETY, SHA_OVERSTATES

METRES = pyproj.CRS("+proj=laea +lat_0=35 +lon_0=-40 +datum=WGS84 +units=m +no_defs")
BASELINE, MIDDLE, DATA_DATE = datetime.date(2005, 12, 31), datetime.date(2014, 12, 31), datetime.date(2026, 6, 30)
KINDS = frozenset(["SHA", "CHA", "unclassified"])
# name, x, y, people, its state on the three dates, its progress from the first to the middle and to the last
VILLAGES = (
    ("Ashford", -6000, 3000, 1240.0, ("held_back", "held_back", "held_back"), ("unchanged", "unchanged")),
    ("Birch", 0, 3000, 320.0, ("held_back", "held_back", "exposed"), ("uncertain", "freed")),
    ("Cobble", 6000, 3000, 2900.0, ("held_back", "held_back", "held_back"), ("expanded", "expanded")),
    ("Dunmore", -6000, -3000, 90.0, ("neither", "neither", "held_back"), ("unchanged", "worsened")),
    ("Elder", 0, -3000, None, ("exposed", "exposed", "exposed"), ("unchanged", "unchanged")),
    ("Fallow", 6000, -3000, 610.0, ("neither", "exposed", "neither"), ("unchanged", "unchanged")),
    ("Gannet", 9000, 0, 45.0, ("not_assessed",) * 3, ("not_assessed",) * 2),
)


class Made:
    """Stands for a Programme, Situation, Assessment or Progress: the attributes that faces read."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)


def square(x, y, side=1000.0):
    """A square round a point, metres."""
    return shapely.box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)


def dates(*values):
    """A column of dates; None is missing."""
    return pd.to_datetime(pd.Series(values, dtype=object)).astype("datetime64[s]")


def recorded_hazards():
    """Every hazard of the programme: open, worked on with a hole, found later, released whole, closed, with a line."""
    holed = shapely.difference(square(1500, 3500, 2000), square(1500, 3500, 400))
    line = shapely.MultiLineString([[(-4200, -3000), (-3900, -2400)]])
    frame = pd.DataFrame(
        {
            "hazard_id": ["H1", "H2", "H3", "H4", "H5", "H6"],
            "name": ["Old front", None, None, None, None, None],
            "kind": ["CHA", "SHA", "unclassified", "CHA", "SHA", "SHA"],
            "contamination": ["ap_mine;uxo", "ap_mine", "unknown", "uxo", "unknown", "cluster"],
            "status": ["open", "worked_on", "open", "closed", "closed", "suspended"],
            "laid_on": dates(None, None, None, None, None, None),
            "reported_on": dates("1998-04-01", None, "2015-03-02", "1999-01-01", "1999-01-01", "2001-01-01"),
            "closed_on": dates(None, None, None, "2014-05-02", "2003-01-01", None),
            "extent_method": ["gps", "estimated_circle", "digitised", "gps", "gps", None],
            "area_reported_m2": [1e6, None, None, None, None, None],
            "district": ["AX1", "AX1", "AX2", "AX2", "AX1", "AX1"],
            "remnant": pd.Series([None, None, None, None, None, line], dtype=object),
            "dated_after_all": False,
        }
    )
    outlines = [
        square(-5000, 3500, 1600),
        holed,
        square(-5000, -3800),
        square(5000, -1200, 800),
        square(3000, -3600, 700),
        square(-4000, -2000, 600),
    ]
    return gpd.GeoDataFrame(frame, geometry=outlines, crs=METRES)


# Row of each hazard open on a date, and what releases took of which by then: row, ground, method, date.
OPEN = {BASELINE: [0, 1, 3, 5], MIDDLE: [0, 1, 5], DATA_DATE: [0, 1, 2, 5]}
RELEASES = ((1, square(2000, 3500), "cleared", "2014-05-02"), (3, square(5000, -1200, 800), "cancelled", None))
DONE = {BASELINE: 0, MIDDLE: 1, DATA_DATE: 2}


def situation(programme, on):
    """The hazards of the hand-made world on one of its three dates; on any other as on the first."""
    day, ids = on if on in OPEN else BASELINE, programme.hazards["hazard_id"]
    still = programme.hazards.iloc[OPEN[day]].reset_index(drop=True).assign(cut_m2=0.0)
    done = RELEASES[: DONE[day]]
    for row, piece, *_ in done:
        at = still.index[still["hazard_id"] == ids[row]]
        if len(at):
            cut = shapely.difference(still.geometry[at[0]], piece)
            still.loc[at, "cut_m2"] = still.geometry[at[0]].area - cut.area
            still.loc[at, "geometry"] = gpd.GeoSeries([cut], index=at, crs=METRES)
    released = gpd.GeoDataFrame(
        {
            "release_id": [f"R{number}" for number in range(len(done))],
            "hazard_id": [ids[row] for row, *_ in done],
            "method": [method for *_, method, _ in done],
            "done_on": dates(*[day for *_, day in done]),
        },
        geometry=[piece for _, piece, *_ in done],
        crs=METRES,
    )
    return Made(
        programme=programme, on=on, kinds=KINDS, hazards=still, released=released, not_counted=still.iloc[:0],
        caveats=programme.caveats,
    )  # fmt: skip


def programme():
    """The hand-made programme; its accidents must never be seen in any output."""
    made = Made(
        name="Fictional Saltmarsh", country="XXX", fictional=True, baseline_date=BASELINE, data_date=DATA_DATE,
        elevation=None, landcover=None, population=None, basemap=None,
        settings=Settings(), crs=METRES, hazards=recorded_hazards(),
        communities=gpd.GeoDataFrame(
            {"community_id": [f"C{number}" for number in range(len(VILLAGES))]},
            geometry=[shapely.Point(x, y) for _, x, y, *_ in VILLAGES],
            crs=METRES,
        ),
        places=gpd.GeoDataFrame(
            {"place_id": ["P1", "P2", "P3"], "kind": ["water", "school", "other"], "name": ["Well", None, "Mill"]},
            geometry=[shapely.Point(-2000, 2000), shapely.Point(2500, -2000), shapely.Point(4000, 4200)],
            crs=METRES,
        ),
        routes=gpd.GeoDataFrame(
            {"route_id": ["T1"], "class": ["track"]},
            geometry=[shapely.LineString([(-9000, 3500), (9000, 3500)])],
            crs=METRES,
        ),
        accidents=gpd.GeoDataFrame(
            {"accident_id": ["SECRET-ACCIDENT"], "killed": [3]}, geometry=[shapely.Point(77, 77)], crs=METRES
        ),
        districts=gpd.GeoDataFrame(
            {"district_code": ["AX1", "AX2"], "name": ["Norland", "Suther"]},
            geometry=[shapely.box(-11000, -6000, 0, 6000), shapely.box(0, -6000, 11000, 6000)],
            crs=METRES,
        ),
        unplaced=pd.DataFrame(
            {"hazard_id": ["X1", "X2", "X3"], "kind": "SHA", "district": ["AX2", "AX2", None], "reason": "no geometry"}
        ),
        sources={"hazards.geojson": "0" * 64},
        caveats=("3 hazards could not be placed.",),
    )  # fmt: skip
    made.situation = lambda on, kinds=KINDS: situation(made, on)
    return made


def communities(made, at):
    """Assessed communities on the first (0), the middle (1) or the last date (2)."""
    states = [village[4][at] for village in VILLAGES]
    held = [state == "held_back" for state in states]
    gone = [state == "not_assessed" for state in states]
    near = [state != "neither" for state in states]
    count = len(VILLAGES)
    frame = pd.DataFrame(
        {
            "community_id": made.communities["community_id"],
            "name": [village[0] for village in VILLAGES],
            "district": ["AX1", "AX1", "AX2", "AX1", "AX1", "AX2", None],
            "people": [village[3] for village in VILLAGES],
            "women": float("nan"), "men": float("nan"), "girls": float("nan"), "boys": float("nan"),
            "reach_km2": [None if no else 24.0 for no in gone],
            "free_reach_km2": [0.0 if no else 25.8 for no in gone],
            "behind_hazards_km2": [1.8 if yes else 0.0 for yes in held],
            "freedom": [None if no else 0.93 if yes else 1.0 for no, yes in zip(gone, held, strict=True)],
            "at_most": [False] * 5 + [True, False], "at_least": False,
            "hazard_share": [0.03] * count,
            "held_back": held, "not_assessed": gone,
            "held_back_by": ["movement" if yes else "" for yes in held],
            "minutes_water": [18.4 if yes else 6.0 for yes in held],
            "free_minutes_water": [6.0] * count,
            "cut_off_water": ["yes" if yes else "no" for yes in held],
            "minutes_school": [float("nan")] * count, "free_minutes_school": [55.0] * count,
            "cut_off_school": ["yes" if yes else "no" for yes in held],
            "cut_off_health": "no data", "cut_off_market": "no data",
            "inside_hazard": False, "enclosed": False,
            "start_moved_m": [0.0] * 6 + [220.0],
            "nearest_hazard_m": [240.0 if yes else 4200.0 for yes in near],
            "nearest_hazard_id": "H1",
            **{f"hazards_within_{ring}_m": 2 for ring in (0, 500, 1000, 5000)},
            **{f"hazard_km2_within_{ring}_m": 0.4 for ring in (0, 500, 1000, 5000)},
            "exposed": near, "affected": near,
            "why": [
                "7 % of the land within 60 minutes' walk (1.80 km²) is behind hazards." if yes else "None of it is."
                for yes in held
            ],
        }
    )  # fmt: skip
    return gpd.GeoDataFrame(frame, geometry=made.communities.geometry, crs=METRES)


def assessment(made, on):
    """One date of the hand-made world."""
    now = made.situation(on)
    hazards = now.hazards.assign(area_m2=now.hazards.geometry.area, communities_within_contact=1)
    districts = pd.DataFrame(
        {
            "district_code": ["AX1", "AX2", "outside districts", "whole programme"],
            "name": ["Norland", "Suther", "outside districts", "whole programme"],
            "communities": [4, 2, 1, 7], "people": [1650.0, 3510.0, 45.0, 5205.0], "held_back": [2, 1, 0, 3],
            "open_km2": [3.0, 1.0, 0.0, 4.0],
        }
    )  # fmt: skip
    at = {MIDDLE: 1, DATA_DATE: 2}.get(on, 0)
    held = [village[3] for village in VILLAGES if village[4][at] == "held_back"]
    totals = {
        "communities": 7, "held_back": len(held), "held_back_people": sum(held), "hazards": len(hazards),
        "open_km2": (7.2, 6.6, 6.1)[at], "released_km2": (0.0, 0.8, 1.4)[at],
        "on": on.isoformat(), "accidents_inside_share": 0.19, "accidents_within_500_m_share": 0.3,
        "accidents_beyond_500_m_share": 0.51,
    }  # fmt: skip
    return Made(
        situation=now,
        communities=communities(made, at),
        hazards=hazards,
        districts=gpd.GeoDataFrame(districts, geometry=[*made.districts.geometry, None, None], crs=METRES),
        totals=totals,
        caveats=(NOT_FOR_SAFETY, NO_RECORD, MODELLED, SHA_OVERSTATES, "Of the recorded accidents 19% lie inside."),
        provenance={"programme": made.name, "on": on.isoformat()},
    )


def progress(made=None, on=DATA_DATE, before=None):
    """What changed in the hand-made world from its first date to the middle or the last one."""
    made = made or programme()
    before, after = before or assessment(made, BASELINE), assessment(made, on)
    frame = before.communities[["community_id", "name", "district", "people", "geometry"]].copy()
    frame["ended"] = ""
    frame["progress"] = [village[5][0 if on == MIDDLE else 1] for village in VILLAGES]
    frame["held_back_before"], frame["held_back_after"] = (
        before.communities["held_back"],
        after.communities["held_back"],
    )
    frame["gained_km2"] = 0.6
    frame["services_regained"] = ""
    frame["why"] = "Release gave back 0.60 km² within reach."
    last = on == DATA_DATE
    totals = {
        "communities": 7, "held_back_before": 3, "held_back_after": 3, "freed": int(last),
        "freed_people": 320 if last else 0, "expanded": 1, "uncertain": int(not last),
        "worsened": 1, "released_km2": 1.4, "gained_km2": 0.6, "open_km2_before": 7.2, "open_km2_after": 6.1,
        "otherwise_not_held_back": 0, "newly_held_back": 1, "newly_identified": 1, "newly_identified_km2": 1.0,
    }  # fmt: skip
    found = made.hazards.iloc[[2]].reset_index(drop=True)
    return Made(
        before=before, after=after, communities=frame, totals=totals, caveats=after.caveats, newly_identified=found
    )


def steps(made=None):
    """Progress from the first date to the middle and to the last one: what a map with a slider is of."""
    made = made or programme()
    before = assessment(made, BASELINE)
    return tuple(progress(made, on, before) for on in (MIDDLE, DATA_DATE))


def series(made=None):
    """The hand-made world over its three dates."""
    found = steps(made)
    return Made(steps=found, last=found[-1], step="year", programme=found[-1].after.situation.programme)


def gains(assessed):
    """What each open hazard's release would give in the hand-made world: H1 frees Ashford, H1 with H2 Cobble."""
    ids, people = assessed.situation.programme.hazards["hazard_id"], assessed.communities["community_id"]
    rows = (
        (0, 1, people[0], 1240.0, 2, 1.2),
        (1, 2, "", 0.0, 1, 0.5),
        (5, 3, "", 0.0, 0, 0.01),
        (2, 4, "", 0.0, 0, 0.0),
    )
    hazards = pd.DataFrame(
        [
            {"hazard_id": ids[row], "rank": rank, "frees": frees, "freed": int(frees != ""), "freed_people": count,
             "expanded": wider, "gained_km2": km2, "last_freed": 0, "last_freed_people": 0.0}
            for row, rank, frees, count, wider, km2 in rows
        ]
    )  # fmt: skip
    pairs = pd.DataFrame(
        {
            "hazard_id": [ids[0], ids[0], ids[1]],
            "community_id": [people[0], people[2], people[2]],
            "order": "alone",
            "freed": [True, False, False],
            "gained_km2": [0.8, 0.4, 0.5],
        }
    )
    needs = pd.DataFrame({"community_id": [people[2], people[3]], "hazard_ids": [[ids[0], ids[1]], []]})
    return Made(assessment=assessed, hazards=hazards, pairs=pairs, needs=needs, caveats=())


def decoded(parts):
    """What the page's script makes of a feature's rings: a shape in longitude and latitude."""
    rings = [[np.cumsum(np.reshape(ring, (-1, 2)), axis=0) / 100_000 for ring in part] for part in parts]
    return shapely.MultiPolygon([(outer, holes) for outer, *holes in rings])


def decoded_lines(parts):
    """As `decoded`, of lines."""
    return shapely.MultiLineString([np.cumsum(np.reshape(ring, (-1, 2)), axis=0) / 100_000 for (ring,) in parts])


HOSTILE = (
    "<img src=x onerror=\"window.ran='img'\">${window.ran='dollar'}`+(window.ran='tick')+`"
    "</script><script>window.ran='script'</script>{{7*7}}@@POLICY@@\u2028'\"&lt;"
)


def hostile_programme(text=HOSTILE):
    """The same world with text in every name, id, district and caveat that tries to run."""
    made = programme()
    made.name = text
    made.caveats = (text,)
    for frame, column in (
        (made.hazards, "hazard_id"),
        (made.communities, "community_id"),
        (made.places, "place_id"),
        (made.routes, "route_id"),
        (made.districts, "district_code"),
    ):
        frame[column] = frame[column] + text
    for column in ("name", "contamination", "extent_method"):
        made.hazards[column] = text
    made.districts["name"] = text
    made.places["name"] = text
    made.unplaced["district"] = text
    made.sources = {text: text}
    return made


def hostile_steps(text=HOSTILE):
    """What changed in the hostile world."""
    found = steps(hostile_programme(text))
    for step in found:
        for frame in (step.before.communities, step.after.communities, step.communities):
            frame[["name", "district", "why"]] = text
        for assessed in (step.before, step.after):
            assessed.communities["nearest_hazard_id"] = text
            assessed.caveats = (text,)
            assessed.situation.released["method"] = text
        step.caveats = (text,)
    return found
