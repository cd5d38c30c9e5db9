"""Verbs of one date or two: what was read, who is held back, what release gave back."""

from collections.abc import Collection
from pathlib import Path

import click

from hazard_service.cli.asked import assessment_asked, progress_asked
from hazard_service.cli.group import main
from hazard_service.cli.options import FOLDER, FROM, KINDS, ON, TO


@main.command()
@FOLDER
@click.option("--all", "everything", is_flag=True, help="List every finding, not the first 20 of each rule.")
def check(folder: Path, everything: bool) -> None:
    """Read a programme and report every finding: file, row, id, rule and what was done."""
    from hazard_service.layers import check_programme
    from hazard_service.reports.check import check_text

    report = check_programme(folder)
    click.echo(check_text(report, rows=None if everything else 20))
    if report.unusable:
        raise SystemExit(1)


@main.command()
@FOLDER
@ON
@KINDS
def assess(folder: Path, on: str | None, kinds: Collection[str]) -> None:
    """Who is near hazards and who is held back on a date."""
    from hazard_service.reports.text import assessment_text

    click.echo(assessment_text(assessment_asked(folder, on, kinds)))


@main.command()
@FOLDER
@FROM
@TO
@KINDS
def compare(folder: Path, start: str | None, end: str | None, kinds: Collection[str]) -> None:
    """What release has given back between two dates."""
    from hazard_service.reports.text import caveat_lines, progress_text

    progress = progress_asked(folder, start, end, kinds)
    click.echo(progress_text(progress))
    click.echo("\n" + "\n".join(caveat_lines(progress.caveats)))
