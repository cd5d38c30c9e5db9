"""A programme on twenty dates: each made from the one before, against each assessed and compared afresh.

Run it with `make bench`. The answers are compared before the times are shown. Where a machine is shared with others,
processor seconds tell more than seconds.
"""

import argparse
import datetime
from statistics import median

import pandas as pd
from measuring import machine, spread, table, timed_twice

from hazard_service.assessment import Progress, assess, compare
from hazard_service.layers import Programme, open_programme
from hazard_service.series.walking import progress_in_turn
from hazard_service.shelves import sample_folder
from hazard_service.walked import walk_free


def dates(programme: Programme, count: int) -> list[datetime.date]:
    """The baseline, the data date, and days as far apart as can be between them."""
    days = pd.date_range(programme.baseline_date, programme.data_date, periods=count)
    return [day.date() for day in days]


def afresh(programme: Programme, days: list[datetime.date]) -> list[Progress]:
    """Each date assessed and compared with the first as if it were the only one."""
    before = assess(programme.situation(days[0]))
    return [compare(before, assess(programme.situation(day))) for day in days[1:]]


def rows_of(ours: list[list[float]], theirs: list[list[float]]) -> list[list[object]]:
    """A row for each way: median, spread and ratio of its seconds, and of its processor seconds."""
    rows: list[list[object]] = [["each from the one before"], ["each afresh"]]
    for own, other in zip(zip(*ours, strict=True), zip(*theirs, strict=True), strict=True):
        rows[0] += [median(own), spread(own), 1.0]
        rows[1] += [median(other), spread(other), median(other) / median(own)]
    return rows


def main() -> None:
    options = argparse.ArgumentParser(description="Many dates, each from the one before, against each afresh.")
    options.add_argument("--folder", default=str(sample_folder()))
    options.add_argument("--dates", type=int, default=20)
    options.add_argument("--repeats", type=int, default=3)
    asked = options.parse_args()
    programme = open_programme(asked.folder)
    days = dates(programme, asked.dates)
    walk_free(programme)  # the same for both, and kept
    progress_in_turn(programme, days[:3])  # compiles
    afresh(programme, days[:3])
    ours, theirs = [], []  # seconds, processor seconds
    for _ in range(asked.repeats):
        *took, found = timed_twice(lambda: progress_in_turn(programme, days))
        ours.append(took)
        *took, expected = timed_twice(lambda: afresh(programme, days))
        theirs.append(took)
    for one, other in zip(found, expected, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(one.communities), pd.DataFrame(other.communities), check_exact=True)
    print(f"## Series\n\n{machine()}. {programme.name}, {asked.dates} dates; answers equal in every column.\n")
    print(table(("", "s", "spread", "times as long", "processor s", "spread", "times as long"), rows_of(ours, theirs)))


if __name__ == "__main__":
    main()
