"""The examples of docs/data.md, asked of the sample and the terminal; its tables."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from hazard_service.cli import main
from hazard_service.downloads.asked import PARAMETERS
from hazard_service.downloads.formats import FORMATS
from hazard_service.layers import open_programme
from hazard_service.shelves import sample_folder
from hazard_service.web import create_app

DOC = (Path(__file__).resolve().parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^(/data/\S+.*)$", DOC, flags=re.MULTILINE)
COMMANDS = re.findall(r"^hazard-service (export FOLDER [^#\n]*)", DOC, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def asked():
    """A client of the app over the sample."""
    return create_app(open_programme(sample_folder())).test_client()


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_answered(asked, example):
    path, _, query = example.partition("?")
    given = dict(part.split("=", 1) for part in re.split(r"&(?=\w+=)", query) if part)
    with asked.get(path, query_string=given, buffered=True) as answer:
        assert answer.status_code == 200, answer.text
        assert len(answer.data) > 500
        if query:
            with asked.get(path, buffered=True) as whole:
                assert whole.headers["ETag"] != answer.headers["ETag"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_writes_its_files(command, six_villages, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["--quiet", *shlex.split(command.replace("FOLDER", str(six_villages)))])
    assert done.exit_code == 0, done.output
    written = [Path(line.removeprefix("wrote ")) for line in done.stdout.splitlines()]
    assert all(path.is_file() for path in written)
    assert {path.name for path in written} >= {"README.txt", "provenance.json"}


def test_the_tables_name_everything():
    assert (len(EXAMPLES), len(COMMANDS)) == (9, 4)
    listed = re.findall(r"^\| `(\w+)` \| `\.([\w.]+)` \|", DOC, flags=re.MULTILINE)
    assert sorted(listed) == sorted((form.name, form.suffix) for form in FORMATS.values())
    assert all(f"`{name}`" in DOC for name in PARAMETERS)
    choice = next(option for option in main.commands["export"].params if option.name == "form")
    assert sorted(choice.type.choices) == sorted(FORMATS)
