"""Maps of the register of countries: who has a plan, who has not, who is not on record."""

import base64
import dataclasses
import datetime
import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest
from matplotlib.figure import Figure
from shapely import box

from hazard_service.atlas.country_maps import country_maps
from hazard_service.atlas.progress import progress_page

LAST = datetime.date(2025, 12, 31)
PLAN, BUDGET, CAPACITY = "plan_integrated", "budget_line", "residual_capacity"


def register(*facts):
    rows = [(f"F{at}", *fact, pd.NaT, None) for at, fact in enumerate(facts)]
    frame = pd.DataFrame(rows, columns=["fact_id", "iso3", "name", "fact", "value", "dated_on", "source"])
    return frame.assign(dated_on=pd.to_datetime(frame["dated_on"]))


@pytest.fixture(scope="module")
def lands(draw_boundaries):
    """Acornland in two parts, on both sides of Biscuitland; Cloverland, of which nothing is on record."""
    return draw_boundaries(
        [
            ("XAA", "Acornland", box(0, 0, 1, 1)),
            ("XAB", "Biscuitland", box(1, 0, 2, 1)),
            ("XAA", "Acornland", box(2, 0, 3, 1)),
            ("XAC", None, box(0, 50, 3, 60)),
        ]
    )


FACTS = register(
    ("XAA", "Acornland", PLAN, "yes"),
    ("XAA", "Acornland", BUDGET, "yes"),
    ("XAB", "Biscuitland", PLAN, "yes"),
    ("XAB", "Biscuitland", BUDGET, "no"),
    ("XAD", "Daisyland", PLAN, "yes"),
    ("XAD", "Daisyland", BUDGET, "yes"),
    ("XAB", "Biscuitland", CAPACITY, "yes"),
)


def test_each_country_is_drawn_by_what_is_on_record(draw_programme, lands):
    plan, capacity = country_maps(draw_programme(countries=FACTS, country_boundaries=lands), LAST)
    assert plan.title == "Objective 3, mine action in national plans and budgets"
    assert plan.rows == (("Acornland", "yes"), ("Biscuitland", "no"), ("Daisyland", "yes"), ("XAC", "not on record"))
    assert "On record, but without a boundary here: 1." in plan.description
    assert "no statement on the status of any territory" in plan.description
    assert capacity.rows == (("Acornland", "not on record"), ("Biscuitland", "yes"), ("XAC", "not on record"))
    assert "without a boundary" not in capacity.description


def test_patterns_tell_it_without_colour_and_counts_stand_beside_them(draw_programme, lands):
    plan, _ = country_maps(draw_programme(countries=FACTS, country_boundaries=lands), LAST)
    axes = Figure().subplots()
    plan.draw(axes)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["yes (1)", "no (1)", "not on record (1)"]
    spots = {patch.get_hatch(): patch.get_path() for patch in axes.patches}
    assert len(spots) == 3
    assert spots[None].contains_point((0.5, 0.5))
    assert spots[None].contains_point((2.5, 0.5))
    assert spots["////"].contains_point((1.5, 0.5))
    assert spots["...."].contains_point((1.5, 55))
    # In the middle, at 30° north, a degree of longitude is cos 30° = 0.866 of one of latitude.
    assert axes.get_aspect() == pytest.approx(1 / 0.8660, abs=1e-3)


def test_without_boundaries_or_without_a_register_there_is_no_map(draw_programme, lands):
    assert country_maps(draw_programme(countries=FACTS), LAST) == []
    assert country_maps(draw_programme(country_boundaries=lands), LAST) == []


def test_the_page_of_progress_has_them_with_their_tables(villages_by_year, lands):
    found = villages_by_year
    plain = progress_page(found, embed=True)
    programme = dataclasses.replace(found.programme, countries=FACTS, country_boundaries=lands)
    page = progress_page(dataclasses.replace(found, programme=programme), embed=True)
    images = re.findall(r"data:image/svg\+xml;base64,([\w+/=]+)\" alt", page)
    assert len(images) == plain.count("data:image/svg+xml;base64") - 1 + 2  # the icon is an image too
    root = ET.fromstring(base64.b64decode(images[-1]))
    assert [child.tag.rpartition("}")[2] for child in root[:2]] == ["title", "desc"]
    assert root[0].text == "Objective 4, capacity for residual contamination"
    assert "Biscuitland</th><td>no</td>" in page
