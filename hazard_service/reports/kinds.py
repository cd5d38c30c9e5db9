"""Which reports there are, and which arguments belong to which."""

import datetime
from typing import Final

from hazard_service.errors import ReportError
from hazard_service.reports.treaties import TREATIES

WHO: Final = "who-does-what"
DISTRICT: Final = "district"
OBJECTIVES: Final = "objectives"
YEARLY: Final = (*TREATIES, WHO, DISTRICT)
KINDS: Final = (*YEARLY, OBJECTIVES)


def check_asked(
    kind: str, *, year: int | None = None, district: str | None = None, deadline: datetime.date | None = None
) -> None:
    """Raises ReportError for a kind that does not exist, and for an argument that belongs to another kind."""
    if kind not in KINDS:
        raise ReportError(f'There is no report called "{kind}"; ask for {", ".join(KINDS)}.')
    if deadline is not None and kind not in TREATIES:
        raise ReportError(f"A deadline belongs to a treaty; leave it out, or ask for {', '.join(TREATIES)}.")
    if district is not None and kind != DISTRICT:
        raise ReportError(f"A district belongs to the district profile; leave it out, or ask for {DISTRICT}.")
    if year is not None and kind == OBJECTIVES:
        raise ReportError(
            "The objectives are counted from the baseline date to the data date; leave the year out, or ask for "
            f"{', '.join(YEARLY)}."
        )
