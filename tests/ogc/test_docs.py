"""The examples of docs/ogc.md, asked of the sample; and its table of collections."""

import re
from pathlib import Path

import pytest
from flask import Flask

from hazard_service.ogc.collections import COLLECTIONS
from hazard_service.ogc.query import PARAMETERS
from hazard_service.web.features import features

DOC = (Path(__file__).resolve().parents[2] / "docs" / "ogc.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^(/ogc/\S+\?.*)$", DOC, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def asked(sample):
    """A client of /ogc alone, over the sample."""
    app = Flask("sample")
    app.register_blueprint(features(sample))
    return app.test_client()


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_finds_something_and_not_everything(asked, example):
    path, _, query = example.partition("?")
    given = dict(part.split("=", 1) for part in re.split(r"&(?=\w+=)", query))
    found = asked.get(path, query_string=given).json
    assert 0 < found["numberMatched"] < asked.get(path).json["numberMatched"]


def test_the_examples_were_found_and_the_tables_name_everything():
    assert len(EXAMPLES) == 7
    assert re.findall(r"^\| `(\w+)` \| .* \| (?:multi|point)", DOC, flags=re.MULTILINE) == list(COLLECTIONS)
    assert all(f"`{name}`" in DOC or f"`{name}=" in DOC for name in PARAMETERS)
