"""What every release would give back, against assessing afresh once for each; and one what-if through the server.

`python benchmarks/gains.py` makes a fictional country of 2,000 hazards and 5,000 communities (minutes of work).
`--hazards` and `--communities` make it smaller; `--sample` measures the sample alone.
"""

import argparse
import http.client
import json
import statistics
import tempfile
import threading
import time
from pathlib import Path

from measuring import machine, spread, table, timed
from waitress.server import create_server

from hazard_service.assessment import assess
from hazard_service.layers import open_programme
from hazard_service.layers.synthetic import write_synthetic
from hazard_service.planning import gains_of
from hazard_service.shelves import sample_folder
from hazard_service.web import create_app

ASKED = 20


def gains_row(name: str, folder: Path) -> list[object]:
    """One row: seconds of one assessment and of all gains, and how many assessments the gains cost."""
    programme = open_programme(folder)
    situation = programme.situation(programme.data_date)
    assess(situation)  # compiles, and lays out the grid, which no later assessment does again
    seconds, assessment = timed(lambda: assess(situation))
    gains_of(assess(open_programme(sample_folder()).situation("2026-06-30")))  # compiles
    gained, found = timed(lambda: gains_of(assessment))
    hazards = len(found.hazards)
    return [name, hazards, len(assessment.communities), seconds, gained, hazards * seconds / gained]


def what_if_rows() -> list[list[object]]:
    """The sample's ten best hazards, asked through HTTP on this machine; milliseconds."""
    programme = open_programme(sample_folder())
    ids = gains_of(assess(programme.situation(programme.data_date))).hazards.sort_values("rank")["hazard_id"].head(10)
    server = create_server(create_app(programme), host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    line = http.client.HTTPConnection("127.0.0.1", server.effective_port, timeout=300)
    rows: list[list[object]] = [[f"{ids.iloc[0]}, first ask of the date", _milliseconds(line, ids.iloc[0]), "once"]]
    for one in ids:
        asked = [_milliseconds(line, one) for _ in range(ASKED)]
        rows.append([one, statistics.median(asked), spread(asked)])
    server.close()
    return rows


def _milliseconds(line: http.client.HTTPConnection, hazard_id: str) -> float:
    start = time.perf_counter()
    body, head = json.dumps({"release": [hazard_id]}), {"Content-Type": "application/json"}
    line.request("POST", "/api/whatif", body, head)
    answer = line.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"the what-if of {hazard_id} was answered {answer.status}")
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hazards", type=int, default=2000)
    parser.add_argument("--communities", type=int, default=5000)
    parser.add_argument("--sample", action="store_true", help="the sample alone")
    given = parser.parse_args()
    print(machine(), "\n")
    rows = [gains_row("sample", sample_folder())]
    if not given.sample:
        with tempfile.TemporaryDirectory() as folder:
            write_synthetic(Path(folder) / "nation", hazards=given.hazards, communities=given.communities)
            rows.append(gains_row("synthetic", Path(folder) / "nation"))
    head = ["programme", "open hazards", "communities", "one assessment, s", "gains of all, s", "times as fast"]
    print(table(head, rows), "\n")
    print(table(["what if released, through HTTP", "median, ms", "spread"], what_if_rows()))


if __name__ == "__main__":
    main()
