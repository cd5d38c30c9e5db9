"""Sentences that can be said again: what they are in English, in another language, and what the catalogues hold."""

import dataclasses
import datetime
import json
import pickle
import string
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from babel.messages.extract import extract, extract_from_file
from babel.messages.pofile import read_po
from click.testing import CliRunner

from hazard_service import language
from hazard_service.atlas.dress import SAFETY_LABELS
from hazard_service.cli import main
from hazard_service.errors import ParameterError
from hazard_service.impact.words import why
from hazard_service.language import (
    LANGUAGES,
    figure,
    in_words,
    joined,
    listed,
    plural,
    safety,
    said,
    some,
    speaking,
    speech,
    spoken,
    translated,
)
from hazard_service.settings import Settings
from hazard_service.shelves import shelf
from hazard_service.vocabulary import LABELS, NO_RECORD, NOT_FOR_SAFETY

ROOT = Path(__file__).resolve().parents[1]
DAY = datetime.date(2026, 6, 30)
OTHERS = [code for code in LANGUAGES if code != "en"]
# How texts are marked in the code and in the templates.
MARKS = {"said": None, "safety": None, "_": None, "plural": (1, 2)}


def in_language(code, text):
    with speaking(code):
        return translated(text)


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
    assert in_language("fr", said("{n} found")) == "résultats\u00a0: {n}"


def test_values_are_never_read_as_templates():
    text = said("{name} {count}", name="{count} {0.__class__}", count=3)
    assert text == "{count} {0.__class__} 3"
    assert in_language("fr", text) == text


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
    assert said("{land:lower} and {land}", land=LABELS["cropland"]) == "cropland and Cropland"


def test_english_is_spoken_unless_another_language_is_asked_for():
    assert spoken() == "en"
    with speaking("fr"):
        assert spoken() == "fr"
        assert translated(said("Close")) == "Fermer"
    assert spoken() == "en"
    assert translated(said("Close")) == "Close"
    with pytest.raises(ParameterError, match=r'^There is no language "tlh" here; use one of en, fr, ar\.$'):
        speaking("tlh").__enter__()


def test_parts_are_said_in_the_language_of_the_whole():
    text = said("{km2} {land:lower}", km2=said("{n:,.2f} km²", n=1234.5), land=LABELS["cropland"])
    assert text == "1,234.50 km² cropland"
    assert in_language("fr", text) == "1\u202f234,50\u00a0km² terres cultivées"
    assert in_language("ar", text) == "1,234.50 كم² أراضٍ زراعية"
    assert in_language("ar", listed([said("water"), said("school")])) == "الماء، المدرسة"
    assert in_language("fr", joined([said("Not assessed."), said("Close")], said("; "))) == "Non évaluée.\u202f; Fermer"


def test_a_document_is_said_whole():
    with speaking("fr"):
        document = in_words({"title": said("Close"), "rows": [[said("People"), 3], (None, "Close")]})
    assert document == {"title": "Fermer", "rows": [["Habitants", 3], [None, "Close"]]}


def test_the_wording_of_a_row_can_be_said_again():
    row = type("Row", (), {
        "not_assessed": False, "freedom": 0.93, "behind_hazards_km2": 1.8, "at_most": True, "inside_hazard": False,
        "through_open_route": False, "enclosed": False, "cut_off_water": "yes", "cut_off_school": "no",
        "cut_off_health": "no", "cut_off_market": "no", "free_minutes_water": 6.0, "minutes_water": 18.4,
    })  # fmt: skip
    text = why(row, Settings(), said("hazards"))
    assert text == (
        "At least 7 % of the land within 60 minutes' walk (1.80 km²) is behind hazards. Cut off from water: 6 minutes' "
        "walk if no hazard stood in the way, now 18 (standard 15)."
    )
    assert in_language("fr", text) == (
        "Au moins 7\u202f% des terres à moins de 60 minutes de marche (1,80\u00a0km²) sont derrière les zones "
        "dangereuses. Accès perdu à l'eau\u00a0: 6 minutes de marche si aucune zone dangereuse ne barrait le chemin, "
        "maintenant 18 (norme 15)."
    )


# What limbs may depend on


def test_a_text_with_a_part_that_limbs_depend_on_is_one_itself():
    assert said("{a} {b}", a=said("Close"), b=NO_RECORD).is_safety
    assert said("{parts}.", parts=[said("Close"), NO_RECORD]).is_safety
    assert not said("{a}", a=said("Close")).is_safety


@pytest.mark.parametrize("code", OTHERS)
def test_english_stands_beside_safety_until_a_native_reader_has_confirmed_the_language(code, monkeypatch):
    both = joined([NOT_FOR_SAFETY, NO_RECORD])
    words, english = in_language(code, both).split(" / ")
    assert english.strip("\u2066\u2069") == both
    assert (
        words == in_language(code, NOT_FOR_SAFETY).split(" / ")[0] + " " + in_language(code, NO_RECORD).split(" / ")[0]
    )
    confirmed = dataclasses.replace(LANGUAGES[code], is_confirmed=True)
    monkeypatch.setattr(language, "LANGUAGES", {code: confirmed})
    assert in_language(code, both) == words


# Numbers, dates, directions


@pytest.mark.parametrize(
    ("value", "spec", "french", "arabic"),
    [
        (1234567, ",", "1\u202f234\u202f567", "1,234,567"),
        (1234.5, ",.2f", "1\u202f234,50", "1,234.50"),
        (1234.5, ".2f", "1234,50", "1234.50"),
        (0.125, ".2f", "0,12", "0.12"),  # as Python's own format: the same number in every language
        (2.675, ".2f", "2,67", "2.67"),
        (60.0, "g", "60", "60"),
        (7.5, "g", "7,5", "7.5"),
        (1e16, "g", "10000000000000000", "10000000000000000"),
        (np.int64(12), "", "12", "12"),
        (-3, ",", "-3", "-3"),
        (999, ",", "999", "999"),
        (float("nan"), ".1f", "nan", "nan"),
        (DAY, "", "30 juin 2026", "30 يونيو 2026"),
    ],
)
def test_numbers_and_dates_as_the_language_writes_them(value, spec, french, arabic):
    assert figure(value, spec) == format(value, spec)
    assert in_language("fr", figure(value, spec)) == french
    assert in_language("ar", figure(value, spec)) == arabic


def test_digits_are_those_of_the_locale(monkeypatch):
    syria = dataclasses.replace(LANGUAGES["ar"], locale="ar_SY")
    monkeypatch.setattr(language, "LANGUAGES", {"ar": syria})
    assert in_language("ar", figure(1234.5, ",.1f")) == "١٬٢٣٤٫٥"
    assert in_language("ar", figure(DAY)) == "٣٠ حزيران ٢٠٢٦"
    with speaking("ar"):
        assert speech() == {"code": "ar", "direction": "rtl", "intl": "ar-SY-u-nu-arab"}


@pytest.mark.parametrize(
    ("n", "words"),
    [(0, "لا أحد"), (1, "شخص واحد"), (2, "شخصان"), (3, "3 أشخاص"), (10, "10 أشخاص"), (11, "11 شخصًا"),
     (99, "99 شخصًا"), (100, "100 شخص"), (103, "103 أشخاص"), (1200, "1,200 شخص")],
)  # fmt: skip
def test_arabic_has_six_forms_of_a_counted_noun(n, words):
    assert in_language("ar", plural("{n:,} person", "{n:,} people", n)) == words


def test_text_of_the_data_turns_nothing_round():
    """A name is held together by marks, and cannot bring marks of its own."""
    text = said("{name} (with {others})", name="\u202eevil\u2069 name", others=["H1", "H2"])
    assert in_language("ar", text) == "\u2068evil name\u2069 (مع \u2068H1\u2069، \u2068H2\u2069)"
    assert in_language("fr", text) == "\u2068evil name\u2069 (avec H1, H2)"
    assert text == "\u2068evil name\u2069 (with H1, H2)"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Đurđevo, 2,5 m²", "Đurđevo, 2,5 m²"),
        ("قرية 12", "\u2068قرية 12\u2069"),
        ("\u202eCandlemere", "\u2068Candlemere\u2069"),
        ("Candle\u202emere\u202c", "\u2068Candlemere\u2069"),
        ("\u2066\u2069Candlemere\u2069\u2066", "\u2068Candlemere\u2069"),
        ("\u2068قرية\u2069 (100)", "\u2068\u2068قرية\u2069 (100)\u2069"),
    ],
)
def test_among_english_words_marks_stand_where_text_of_the_data_could_turn_them(name, shown):
    assert said("{name}: {n:,} people", name=name, n=1240) == f"{shown}: 1,240 people"
    assert listed(["A", name]) == f"A, {shown}"
    # A part has kept its own together.
    assert safety("{part}!", part=said("{name}", name=name)) == f"{shown}!"


# The catalogues


def marked(marks):
    """Every text that is marked so in the code and the templates."""
    found = set()
    for path in (ROOT / "hazard_service").rglob("*.py"):
        found |= {text for _, text, _, _ in extract_from_file("python", path, marks)}
    for path in (shelf("maps") / "templates").glob("*.html"):
        with path.open("rb") as file:
            found |= {text for _, text, _, _ in extract("jinja2.ext:babel_extract", file, marks)}
    return found


@cache
def texts():
    """(every text that a catalogue must hold, those of them that limbs may depend on)."""
    styles = json.loads((shelf("maps") / "styles.json").read_text(encoding="utf-8"))
    labels = {(section, name): look["label"] for section, looks in styles.items() for name, look in looks.items()}
    return marked(MARKS) | set(labels.values()), marked({"safety": None}) | {labels[key] for key in SAFETY_LABELS}


@cache
def catalogue(code):
    with (shelf("maps") / "locale" / f"{code}.po").open("rb") as file:
        found = read_po(file, locale=code)
    return {message.id: message for message in found if message.id}


def placeholders(text):
    return {(name, spec) for _, name, spec, _ in string.Formatter().parse(text) if name is not None}


def test_there_is_a_catalogue_for_each_language_and_no_other():
    assert {path.stem for path in (shelf("maps") / "locale").iterdir()} == set(OTHERS)


@pytest.mark.parametrize("code", OTHERS)
def test_each_text_is_in_the_catalogue_and_nothing_else(code):
    every, _ = texts()
    assert len(every) > 300
    assert sorted(map(str, every - set(catalogue(code)))) == []
    assert sorted(map(str, set(catalogue(code)) - every)) == []


@pytest.mark.parametrize("code", OTHERS)
def test_each_text_is_translated_with_the_same_values(code):
    for text, message in catalogue(code).items():
        assert not message.fuzzy, text
        if isinstance(text, str):
            assert message.string, text
            assert placeholders(message.string) == placeholders(text), text
            continue
        # A form for one or two may leave out the number that it says in words.
        own = placeholders(text[0])
        assert own == placeholders(text[1])
        for form in message.string:
            assert form, text
            assert own - {("n", ""), ("n", ",")} <= placeholders(form) <= own, text


@pytest.mark.parametrize("code", OTHERS)
def test_the_catalogue_marks_what_a_native_reader_must_confirm(code):
    _, depended_on = texts()
    assert {text for text, message in catalogue(code).items() if "safety" in message.auto_comments} == depended_on


@pytest.mark.parametrize("code", OTHERS)
def test_every_entry_can_be_said(code):
    """Filled with any values, no template of a catalogue fails."""

    class Anything(dict):
        def __missing__(self, name):
            return 5

    for text, message in catalogue(code).items():
        for form in message.string if isinstance(text, tuple) else [message.string]:
            with speaking(code):
                filled = language._Filler(code).vformat(form.replace(":lower", ""), (), Anything())
            assert "{" not in filled, text


# The terminal


def test_a_map_is_written_in_the_language_asked_for(six_villages, tmp_path):
    done = CliRunner().invoke(
        main, ["map", str(six_villages), "--no-gains", "--lang", "ar", "--out", str(tmp_path / "map.html")]
    )
    assert done.exit_code == 0, done.output
    assert '<html lang="ar" dir="rtl">' in (tmp_path / "map.html").read_text(encoding="utf-8")
    assert spoken() == "en"


@pytest.mark.parametrize("verb", ["map", "gains", "sheet"])
def test_the_terminal_names_the_languages_there_are(six_villages, verb):
    done = CliRunner().invoke(main, [verb, str(six_villages), "--lang", "tlh"])
    assert done.exit_code == 2
    assert "'tlh' is not one of 'en', 'fr', 'ar'." in done.output
