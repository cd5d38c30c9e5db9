"""Sentences that can be said again: what they are in English, and that they are plain text to everybody else."""

import datetime
import json
import pickle

import pytest

from hazard_service.errors import ParameterError
from hazard_service.language import figure, joined, listed, plural, safety, said, some, speaking, spoken, translated

DAY = datetime.date(2026, 6, 30)


def test_what_is_said_is_plain_english_text():
    text = said("{n:,} of {total:,} communities on {date}: {names}.", n=1234, total=5678, date=DAY, names=["A", "B"])
    plain = "1,234 of 5,678 communities on 2026-06-30: A, B."
    assert text == plain
    assert isinstance(text, str)
    assert hash(text) == hash(plain)
    assert {plain: 1}[text] == 1
    assert type(str(text)) is str
    assert json.dumps([text]) == json.dumps([plain])
    assert f"{text:>50}" == plain.rjust(50)
    assert sorted([said("b"), "a"]) == ["a", "b"]


def test_what_is_said_keeps_what_it_was_made_of_when_it_is_pickled():
    text = joined([safety("Not safe on {date}.", date=DAY), plural("{n} person", "{n} people", 2)])
    again = pickle.loads(pickle.dumps(text))
    assert again == text == "Not safe on 2026-06-30. 2 people"
    assert (again.forms, again.values, again.is_safety) == (text.forms, text.values, True)


def test_text_without_values_keeps_its_braces_for_the_scripts():
    assert said("{n} found") == "{n} found"


def test_values_are_never_read_as_templates():
    assert said("{name}: {count}", name="{count} {0.__class__}", count=3) == "{count} {0.__class__}: 3"


@pytest.mark.parametrize(("n", "words"), [(0, "0 people"), (1, "1 person"), (2, "2 people"), (1200, "1,200 people")])
def test_one_is_singular(n, words):
    assert plural("{n:,} person", "{n:,} people", n) == words


def test_parts_are_put_together():
    assert joined([said("One."), "Two."]) == "One. Two."
    assert joined([figure(500), figure(5000, ",")], " / ") == "500 / 5,000"
    assert listed(["A", "B"]) == "A, B"
    assert listed([]) == ""
    assert some(["A", "B"], 2) == "A, B"
    assert some(["A", "B", "C", "D"], 2) == "A, B and 2 more"
    assert said("{land:lower} and {land}", land=said("Cropland")) == "cropland and Cropland"


def test_a_text_with_a_part_that_limbs_depend_on_is_one_itself():
    part = safety("No hazard here is not proof of safety.")
    assert said("{a} {b}", a=said("x"), b=part).is_safety
    assert said("{parts}", parts=[said("x"), part]).is_safety
    assert not said("{a}", a=said("x")).is_safety


def test_english_is_spoken_unless_another_language_is_asked_for():
    assert spoken() == "en"
    with speaking("en"):
        assert translated(said("Close")) == "Close"
    with pytest.raises(ParameterError, match=r'^There is no language "tlh" here; use one of en'), speaking("tlh"):
        pass
    assert spoken() == "en"
