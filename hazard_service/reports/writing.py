"""A report written as files, in the form asked for."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from hazard_service.errors import ReportError
from hazard_service.paper import Drawn
from hazard_service.reports.delimited import write_csv
from hazard_service.reports.html import report_page
from hazard_service.reports.pdf import write_pdf
from hazard_service.reports.tables import Report
from hazard_service.reports.xlsx import write_workbook

FORMS: Final = ("html", "xlsx", "csv", "hxl", "pdf")


def write_report(report: Report, folder: Path, form: str, drawn: Sequence[Drawn] = ()) -> list[Path]:
    """Write the report into `folder` and return the files written.

    form: "html", "xlsx" or "pdf" (one file), "csv" (one file a table) or "hxl" (CSV with a second header row of
    hashtags). drawn: pages that only the PDF has. Raises ReportError for any other form.
    """
    if form not in FORMS:
        raise ReportError(f"Unknown format: {form}. Known formats: {', '.join(FORMS)}.")
    folder.mkdir(parents=True, exist_ok=True)
    if form in ("csv", "hxl"):
        return write_csv(report, folder, hashtags=form == "hxl")
    path = folder / f"{report.stem}.{form}"
    if form == "html":
        path.write_text(report_page(report), encoding="utf-8")
    elif form == "xlsx":
        write_workbook(report, path)
    else:
        write_pdf(report, path, drawn)
    return [path]
