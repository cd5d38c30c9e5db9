"""A report as one HTML file that opens and prints anywhere, with no server and no network."""

from hazard_service.dress import data_uri, inline_asset, render, with_policy
from hazard_service.reports.tables import Report, shown


def report_page(report: Report) -> str:
    """The whole report as one page; it warns of its own age."""
    page = render(
        "report.html",
        report=report,
        shown=shown,
        icon=data_uri("favicon.svg"),
        style=inline_asset("report.css"),
        script=inline_asset("report.js"),
    )
    return with_policy(page, embed=True)
