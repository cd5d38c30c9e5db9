"""The checklist of requirements of OGC API - Features, parts 1 and 2, has a test for each, by its id."""

import json
import re
from pathlib import Path

import pytest

CHECKLIST = Path(__file__).resolve().parents[3] / "shared" / "ogcapi-checklist.json"


def test_every_requirement_of_the_checklist_has_a_test():
    if not CHECKLIST.is_file():
        pytest.skip("the checklist of ../shared is not beside this checkout")
    listed = [one["id"] for one in json.loads(CHECKLIST.read_text(encoding="utf-8"))["requirements"]]
    marked = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        for marks in re.findall(r"@pytest\.mark\.requirement\(([^)]*)\)", path.read_text(encoding="utf-8")):
            marked |= set(re.findall(r'"([^"]+)"', marks))
    assert len(listed) == 64
    assert set(listed) == marked
