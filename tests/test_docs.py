"""The docs are a contract: what they list is what the code has."""

import re
from pathlib import Path

from click import Group

from hazard_service.cli import main
from hazard_service.layers import open_programme
from hazard_service.layers.findings import RULES
from hazard_service.layers.schema import COLUMNS
from hazard_service.reports.kinds import KINDS
from hazard_service.reports.writing import FORMS
from hazard_service.reports.yearly import year_report
from hazard_service.shelves import sample_folder
from hazard_service.vocabulary import BLOCKAGES, COUNTRY_FACTS, SCORE_FACTORS

ROOT = Path(__file__).resolve().parents[1]
PROGRAMME = (ROOT / "docs" / "programme.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_rule_of_check_is_listed_with_its_sentence():
    for rule, sentence in RULES.items():
        assert f"| `{rule}` | {sentence} |" in PROGRAMME


def test_every_column_of_every_layer_is_listed():
    for layer, columns in COLUMNS.items():
        row = next(line for line in PROGRAMME.splitlines() if line.startswith(f"| {layer} |"))
        for column in set(columns) - set(BLOCKAGES):
            assert re.search(rf"\b{column}\b", row), (layer, column)


def test_every_fact_of_a_country_is_listed():
    _, start, listed = PROGRAMME.partition("The facts are ")
    assert start
    assert set(COUNTRY_FACTS) <= set(re.findall(r"\w+", listed.split(".")[0]))


def test_every_factor_of_a_scheme_is_listed():
    _, start, listed = PROGRAMME.partition("\nThe factors are ")
    assert start
    assert set(SCORE_FACTORS) <= set(re.findall(r"\w+", listed.split(".")[0]))


def test_the_readme_names_every_verb_and_no_other():
    assert isinstance(main, Group)
    named = set(re.findall(r"^hazard-service (\w+)", README, flags=re.MULTILINE)) | {"demo"}
    assert named == set(main.commands)


def test_every_link_of_the_docs_leads_to_a_file():
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)


def test_the_example_of_a_report_is_what_the_sample_gives():
    page = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")
    balance = next(
        t for t in year_report(open_programme(sample_folder()), "article7", 2017).tables if t.name == "balance"
    )
    for row in ([column.heading for column in balance.columns], *balance.rows, balance.total):
        assert f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else cell for cell in row)} |" in page


def test_the_kinds_and_formats_of_reports_are_those_of_the_terminal_and_the_page():
    page = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")
    choices = {
        option.name: option.type.choices for option in main.commands["report"].params if option.name in ("kind", "form")
    }
    assert {name: tuple(words) for name, words in choices.items()} == {"kind": KINDS, "form": FORMS}
    for word in (*KINDS, *FORMS):
        assert f"`{word}`" in page
