"""Scoring schemes: the two of the shelf, one of a programme's own, and every refusal by its sentence."""

import hashlib
from pathlib import Path

import pytest

from hazard_service.errors import ProgrammeError
from hazard_service.layers import open_programme
from hazard_service.layers.schemes import CLASSES, Factor, Scheme, read_scheme
from hazard_service.shelves import shelf
from hazard_service.vocabulary import BLOCKAGES, SCORE_FACTORS

OWN = """
name = "Our survey"
version = "3"
source = "the survey's own report"
window_months = 12
blockages_sum = 2.5

[classes]
low = 1
high = 9.5
medium = 4

[[factors]]
what = "roads"
weight = 1.5
points = "once"

[[factors]]
what = "housing"
weight = 1
points = "once"

[[factors]]
what = "victims"
weight = 2
points = "count"
"""
NOWHERE = Path("nowhere")
WEIGHT = "The weight of roads in own.toml must be a number from 0 to 1,000."
FALL = "[classes] in own.toml must fall from high to medium to low, and stay above 0."


@pytest.fixture
def own(tmp_path):
    """`own(old, new, ...)`: the scheme above with words exchanged, read from own.toml."""

    def read(*exchanged: str) -> Scheme:
        text = OWN
        for old, new in zip(exchanged[::2], exchanged[1::2], strict=True):
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "own.toml").write_text(text, encoding="utf-8")
        return read_scheme("own.toml", tmp_path)

    return read


def test_the_landmine_impact_survey():
    """2 + 1 + ten blockages of 1 + 2 for each victim; high from 11, medium from 6, low from 1."""
    scheme = read_scheme("lis", NOWHERE)
    assert (scheme.name, scheme.version, scheme.window_months) == ("Landmine Impact Survey", "1", 24)
    assert list(scheme.classes.items()) == [("high", 11), ("medium", 6), ("low", 1)]
    assert scheme.factors == (
        Factor("mines", 2, "once"),
        Factor("uxo", 1, "once"),
        *(Factor(blockage, 1, "once") for blockage in BLOCKAGES),
        Factor("victims", 2, "count"),
    )
    assert sum(factor.weight for factor in scheme.factors if factor.what in BLOCKAGES) == 10
    assert "general knowledge" in scheme.source
    assert "national" in scheme.source


def test_the_form_of_imsma_counts_hazards_killed_and_injured():
    scheme = read_scheme("imsma_example", NOWHERE)
    assert {factor.what for factor in scheme.factors if factor.points == "count"} == {"hazards", "killed", "injured"}
    assert "example" in scheme.name
    assert "made up" in scheme.source


def test_every_scheme_of_the_shelf_can_be_read():
    names = [path.stem for path in (shelf("geodata") / "schemes").iterdir()]
    assert sorted(names) == ["imsma_example", "lis"]
    for name in names:
        scheme = read_scheme(name, NOWHERE)
        assert tuple(scheme.classes) == CLASSES
        assert {factor.what for factor in scheme.factors} <= set(SCORE_FACTORS)


def test_a_scheme_of_the_programmes_own(own, tmp_path):
    scheme = own()
    assert scheme == Scheme(
        name="Our survey",
        version="3",
        source="the survey's own report",
        window_months=12,
        classes={"high": 9.5, "medium": 4, "low": 1},
        factors=(Factor("roads", 1.5, "once"), Factor("housing", 1, "once"), Factor("victims", 2, "count")),
        sha256=hashlib.sha256((tmp_path / "own.toml").read_bytes()).hexdigest(),
    )
    assert list(scheme.classes) == ["high", "medium", "low"]


def test_weights_add_up_as_people_add(own):
    assert own("weight = 1.5", "weight = 0.1", "weight = 1\n", "weight = 0.2\n", "2.5", "0.3").factors[0].weight == 0.1
    assert len(own("blockages_sum = 2.5", "", "weight = 1.5", "weight = 0").factors) == 3


def test_a_programme_has_the_scheme_it_names_and_its_hash_among_its_sources(folder, own):
    assert open_programme(folder()).scheme == read_scheme("lis", NOWHERE)
    scheme = own()
    programme = open_programme(folder(toml='scheme = "own.toml"\n'))
    assert programme.scheme == scheme
    assert programme.sources["scheme Our survey"] == scheme.sha256


@pytest.mark.parametrize(
    ("exchanged", "sentence"),
    [
        (
            ('"roads"', '"footpaths"'),
            f"Unknown factor in own.toml: footpaths. Known are: {', '.join(SCORE_FACTORS)}.",
        ),
        (('"roads"', '"housing"'), "The factor housing repeats in own.toml; give each factor once."),
        (('"roads"', "4"), 'Each of [[factors]] in own.toml needs what = "text".'),
        (("weight = 1.5", "weight = -1"), WEIGHT),
        (("weight = 1.5", "weight = nan"), WEIGHT),
        (("weight = 1.5", "weight = true"), WEIGHT),
        (("weight = 1.5", f"weight = {10**400}"), WEIGHT),
        (("weight = 1.5", ""), WEIGHT),
        (('"count"', '"each"'), 'The points of victims in own.toml must be "once" or "count".'),
        (('"count"', '["count"]'), 'The points of victims in own.toml must be "once" or "count".'),
        (
            ('"victims"', '"mines"'),
            'mines in own.toml is there or not and cannot be counted; give it points = "once".',
        ),
        (
            ("weight = 1.5", "weight = 2"),
            "The weights of the blockages in own.toml add up to 3, not to the 2.5 of blockages_sum; "
            "correct one of them.",
        ),
        (("2.5", '"ten"'), "blockages_sum in own.toml must be a number from 0 to 1,000."),
        (("medium = 4", "medium = 9.5"), FALL),
        (("low = 1", "low = 5"), FALL),
        (("low = 1", "low = 0"), FALL),
        (("low = 1", ""), "low under [classes] in own.toml must be a number from 0 to 1,000."),
        (("low = 1", "low = 1\nnone = 0"), "Unknown class in own.toml: none. Known are: high, medium, low."),
        (
            ("window_months", "window"),
            "Unknown key in own.toml: window. Known are: name, version, source, window_months, classes, factors, "
            "blockages_sum.",
        ),
        (
            ('points = "count"', 'points = "count"\ncap = 5'),
            "Unknown key under [[factors]] in own.toml: cap. Known are: what, weight, points.",
        ),
        (("= 12", "= 0"), "window_months in own.toml must be a whole number from 1 to 1,200."),
        (("= 12", "= 12.5"), "window_months in own.toml must be a whole number from 1 to 1,200."),
        (('version = "3"', "version = 3"), 'own.toml needs version = "text".'),
        (('"Our survey"', '" "'), 'own.toml needs name = "text".'),
        (("[classes]", "[[classes]]"), "[classes] in own.toml must be a table."),
        (("[classes]", "[classes"), None),
    ],
)  # fmt: skip
def test_a_scheme_that_cannot_be_used(own, exchanged, sentence):
    with pytest.raises(ProgrammeError) as error:
        own(*exchanged)
    if sentence is None:
        assert str(error.value).startswith("own.toml cannot be read: ")
    else:
        assert str(error.value) == sentence


@pytest.mark.parametrize("factors", ["", "factors = []", "factors = 3", "factors = [1]"])
def test_a_scheme_without_factors(tmp_path, factors):
    (tmp_path / "own.toml").write_text(f'name = "Ours"\n{factors}\n', encoding="utf-8")
    with pytest.raises(ProgrammeError) as error:
        read_scheme("own.toml", tmp_path)
    assert str(error.value) == "own.toml needs [[factors]], each with what, weight and points."


@pytest.mark.parametrize("name", ["els", "", "../sample/programme", "LIS"])
def test_a_scheme_that_the_shelf_does_not_hold(name):
    with pytest.raises(ProgrammeError) as error:
        read_scheme(name, NOWHERE)
    assert str(error.value) == (
        f'There is no scheme "{name}"; use one of imsma_example, lis, or name a file that ends in .toml.'
    )


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (
            "gone.toml",
            "gone.toml is not there; put the file in place, or use one of the schemes imsma_example, lis.",
        ),
        (
            "https://example.org/a.toml",
            "scheme names an address, https://example.org/a.toml; only files on this machine are read.",
        ),
        (
            "\\\\host\\a.toml",
            "scheme names an address, \\\\host\\a.toml; only files on this machine are read.",
        ),
        (
            f"{'a' * 5000}.toml",
            "scheme in programme.toml is no usable file name (File name too long); correct it.",
        ),
    ],
)
def test_a_file_that_is_no_scheme(tmp_path, written, sentence):
    with pytest.raises(ProgrammeError) as error:
        read_scheme(written, tmp_path)
    assert str(error.value) == sentence


def test_a_scheme_that_nobody_may_read(own, tmp_path, monkeypatch):
    own()

    def refuse(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "open", refuse)
    with pytest.raises(ProgrammeError) as error:
        read_scheme("own.toml", tmp_path)
    assert str(error.value) == "own.toml cannot be opened (Permission denied); check who may read it."


def test_programme_toml_names_a_scheme_in_text(folder):
    with pytest.raises(ProgrammeError) as error:
        open_programme(folder(toml="scheme = 1\n"))
    assert str(error.value) == 'programme.toml needs scheme = "text".'
