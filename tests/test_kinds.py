"""Where some kinds are left out: every face says first what was walked through as if free, and maps show it.

The six villages, of which one ring each on either date is suspected: the one round "found" now, "redrawn" then.
"""

import json
import re
import shutil

import pyogrio
import pytest
from click.testing import CliRunner

from hazard_service.assessment import assess, compare
from hazard_service.atlas import map_page
from hazard_service.atlas.gains import gains_page
from hazard_service.atlas.layers import hazards_geojson
from hazard_service.cli import main
from hazard_service.layers import open_programme
from hazard_service.layers.kinds import left_out
from hazard_service.planning import gains_of
from hazard_service.surfaces import surfaces

FIRST = "Only confirmed areas (CHA) are counted: 1 other open hazard on record was walked through as if free."


@pytest.fixture(scope="module")
def folder(six_villages, tmp_path_factory):
    copy = tmp_path_factory.mktemp("kinds") / "programme"
    shutil.copytree(six_villages, copy)
    layer = copy / "hazards.geojson"
    hazards = json.loads(layer.read_text(encoding="utf-8"))
    for feature in hazards["features"]:
        if feature["properties"]["hazard_id"] in ("H-found", "H-redrawn"):
            feature["properties"]["kind"] = "SHA"
    layer.write_text(json.dumps(hazards), encoding="utf-8")
    return copy


@pytest.fixture(scope="module")
def programme(folder):
    return open_programme(folder)


@pytest.fixture(scope="module")
def confirmed(programme):
    return compare(*(assess(programme.situation(day, ["CHA"])) for day in ("2005-12-31", "2026-06-30")))


@pytest.fixture(scope="module")
def page(confirmed):
    return gains_page(gains_of(confirmed.after))


def run(*arguments):
    done = CliRunner().invoke(main, ["--quiet", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.output


def drawn(page, name):
    (document,) = re.findall(rf'<script type="application/json" id="layer-{name}">(.*?)</script>', page, re.DOTALL)
    return json.loads(document)["features"]


@pytest.mark.parametrize(
    ("kinds", "others", "sentence"),
    [
        (["SHA", "CHA", "unclassified"], 0, []),
        (["CHA"], 1, [FIRST]),
        (["CHA"], 0, ["Only confirmed areas (CHA) are counted: no other hazard on record is open on this date."]),
        (
            ["unclassified", "SHA"],
            1077,
            [
                "Only suspected areas (SHA) and unclassified areas are counted: "
                "1,077 other open hazards on record were walked through as if free."
            ],
        ),
    ],
)
def test_the_sentence(kinds, others, sentence):
    assert left_out(kinds, others) == sentence


def test_it_stands_first_among_the_caveats_of_every_result(programme, confirmed):
    assert set(confirmed.after.situation.not_counted["hazard_id"]) == {"H-found"}
    assert set(confirmed.before.situation.not_counted["hazard_id"]) == {"H-redrawn"}
    for result in (confirmed.after, confirmed, surfaces(confirmed.after.situation)):
        assert result.caveats[0] == FIRST
    everything = assess(programme.situation("2026-06-30"))
    assert everything.situation.not_counted.empty
    assert not any("are counted" in caveat for caveat in everything.caveats)


def test_terminal_headings_and_limits_say_the_kinds(folder, tmp_path):
    told = run("assess", folder, "--kinds", "CHA")
    assert told.splitlines()[0] == "Six villages, 2026-06-30, confirmed areas (CHA) only"
    assert f"Read with these limits:\n  - {FIRST}\n" in told
    told = run("compare", folder, "--kinds", "CHA")
    assert told.splitlines()[0] == "From 2005-12-31 to 2026-06-30, confirmed areas (CHA) only"
    assert f"Read with these limits:\n  - {FIRST}\n" in told
    told = run("gains", folder, "--kinds", "CHA")
    assert told.splitlines()[0] == (
        "Six villages, 2026-06-30, confirmed areas (CHA) only: what releasing each open hazard alone would give back"
    )
    assert f"Read with these limits:\n  - {FIRST}\n" in told
    told = run("progress", folder, "--kinds", "CHA", "--out", tmp_path)
    assert told.splitlines()[0].endswith("by year, confirmed areas (CHA) only")
    assert f"Read with these limits:\n  - {FIRST}\n" in told
    page = (tmp_path / "progress.html").read_text(encoding="utf-8")
    assert f'<p class="banner warning">{FIRST}</p>' in page


def test_a_community_is_not_said_to_be_far_from_every_hazard(confirmed, programme):
    found = confirmed.after.communities.set_index("community_id").loc["found"]
    assert not found["held_back"]
    assert "behind recorded confirmed areas (CHA)." in found["why"]
    everything = assess(programme.situation("2026-06-30")).communities.set_index("community_id")
    assert "behind recorded hazards." in everything.loc["quiet", "why"]


def test_exported_rows_carry_it_and_the_hazards_not_counted_are_among_them(folder, tmp_path):
    run("export", folder, "--kinds", "CHA", "--out", tmp_path)
    readme = (tmp_path / "README.txt").read_text(encoding="utf-8").splitlines()
    assert readme[0] == "Six villages: data as of 2026-06-30, confirmed areas (CHA) only, data date 2026-06-30."
    assert readme[5] == f"- {FIRST}"
    assert json.loads((tmp_path / "provenance.json").read_text(encoding="utf-8"))["caveats"][0] == FIRST
    layers = {
        name: pyogrio.read_dataframe(tmp_path / "everything.gpkg", layer=name)
        for name in ("hazards", "hazards_not_counted", "communities")
    }
    assert set(layers["hazards"]["hazard_id"]) == {"H-laid", "H-tighter"}
    assert set(layers["hazards_not_counted"]["hazard_id"]) == {"H-found"}
    for frame in layers.values():
        assert frame["warning"].str.startswith(FIRST).all()


def test_the_map_of_gains_draws_what_is_not_counted_and_names_it(page):
    rows = {row["id"]: row for row in drawn(page, "hazards")}
    states = {name: rows[name]["state"] for name in ("H-laid", "H-tighter", "H-found")}
    assert states == {"H-laid": "open", "H-tighter": "open", "H-found": "not_counted"}
    (gains,) = re.findall(r'id="layer-gains">(.*?)</script>', page, re.DOTALL)
    assert set(json.loads(gains)["hazards"]) == {"H-laid", "H-tighter"}
    assert "On record, no barrier here: of a kind not counted</li>" in page


def test_the_map_of_gains_says_the_kinds_in_its_head_and_legend(page):
    head = page.split("<header")[1].split("</header>")[0]
    assert f'<p class="banner warning">{FIRST}</p>' in head
    assert "as of 2026-06-30, confirmed areas (CHA) only." in head
    assert "Neither held back nor near a hazard" not in page
    assert "Neither held back by nor near confirmed areas (CHA)</li>" in page
    for row in drawn(page, "communities"):
        assert "Nearest recorded open hazard, confirmed areas (CHA) only" in dict(row["last"]["facts"])


def test_the_map_of_two_dates_does_so_too(confirmed):
    page = map_page([confirmed])
    assert f'<p class="banner warning">{FIRST}</p>' in page
    assert "Neither held back nor near a hazard" not in page
    found = {row["state"]: row["shown"] for row in drawn(page, "hazards") if row["id"] == "H-found"}
    assert found == {"known_later": [[0, 0]], "not_counted": [[1, 1]]}


def test_a_past_date_shows_hazards_of_every_kind_known_later(confirmed):
    features = json.loads(hazards_geojson(confirmed.before))["features"]
    states = {feature["id"]: feature["properties"]["state"] for feature in features}
    assert states["H-found"] == states["H-laid"] == states["H-tighter"] == "known_later"
    assert states["H-redrawn"] == "not_counted"
