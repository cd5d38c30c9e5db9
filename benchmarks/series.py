"""A programme on twenty dates: each made from the one before, against each assessed and compared afresh.

Run it with `make bench`. The answers are compared before the times are shown.
"""

import argparse
import datetime
from statistics import median

import pandas as pd
from measuring import machine, spread, table, timed

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
    ours, theirs = [], []
    for _ in range(asked.repeats):
        seconds, found = timed(lambda: progress_in_turn(programme, days))
        ours.append(seconds)
        seconds, expected = timed(lambda: afresh(programme, days))
        theirs.append(seconds)
    for one, other in zip(found, expected, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(one.communities), pd.DataFrame(other.communities), check_exact=True)
    print(f"## Series\n\n{machine()}. {programme.name}, {asked.dates} dates; answers equal in every column.\n")
    rows = [
        ["each from the one before", median(ours), spread(ours), 1.0],
        ["each afresh", median(theirs), spread(theirs), median(theirs) / median(ours)],
    ]
    print(table(("", "s", "spread", "times as long"), rows))


if __name__ == "__main__":
    main()
