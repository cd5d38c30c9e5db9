"""What a download needs in memory does not grow with its number of features."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hazard_service.downloads.formats import FORMATS

PASSING = Path(__file__).parents[2] / "benchmarks" / "passing.py"
# A workbook of a million rows takes many minutes; FlatGeobuf keeps its index of places, some 200 bytes a feature.
FEW = {"xlsx": (10_000, 100_000)}
GROWTH = {"fgb": 1.5}


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_ten_times_the_features_need_no_more_memory(form):
    counts = FEW.get(form, (100_000, 1_000_000))
    peaks = []
    for count in counts:
        done = subprocess.run(
            [sys.executable, str(PASSING), form, str(count)],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        peaks.append(json.loads(done.stdout)["peak_mb"])
    assert peaks[1] < peaks[0] * GROWTH.get(form, 1.15)
