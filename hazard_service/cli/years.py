"""Verbs of a programme over its years: the objectives, what stands behind a number, reports."""

from collections.abc import Collection
from pathlib import Path

import click

from hazard_service.cli.asked import day_asked
from hazard_service.cli.group import main
from hazard_service.cli.options import COUNTED_OUT, FOLDER, KINDS, OUT, OUT_OR_NONE, STEP


@main.command()
@FOLDER
@STEP
@KINDS
@click.option("--operator", is_flag=True, help="Show scores and small counts too: single victims could be worked out.")
@click.option("--since", metavar="DATE", help="Date of your last report: says what changed since.")
@click.option(
    "--how-firm/--no-how-firm",
    default=True,
    show_default=True,
    help="Count the headlines again under other times, thresholds, speeds, cells, outlines: the slower half.",
)
@OUT_OR_NONE
def progress(
    folder: Path,
    step: str,
    kinds: Collection[str],
    operator: bool,
    since: str | None,
    how_firm: bool,
    out: Path | None,
) -> None:
    """The strategy's objectives, counted from the baseline to the data date: communities, ground, casualties."""
    from hazard_service.layers import open_programme
    from hazard_service.reports.series import series_text, write_series
    from hazard_service.series import series
    from hazard_service.series.dates import dates_of
    from hazard_service.series.moment import check_since
    from hazard_service.series.ranges import ranges

    day, programme = day_asked(since), open_programme(folder)
    check_since(dates_of(programme, step)[0], day)
    found = series(programme, step, kinds)
    firm = ranges(found) if how_firm else None
    click.echo(series_text(found, operator=operator, firm=firm, since=day))
    if out is None:
        return
    from hazard_service.atlas.progress import progress_page

    for path in write_series(found, out, operator=operator, firm=firm):
        click.echo(f"wrote {path}")
    page = out / "progress.html"
    page.write_text(progress_page(found, embed=True, firm=firm, since=day), encoding="utf-8")
    click.echo(f"wrote {page} (one file: opens with no server and no network)")


@main.command()
@FOLDER
@click.argument("name")
@STEP
@KINDS
@click.option("--on", metavar="DATE", help="A date of the series; its last when left out.")
@click.option(
    "--since", metavar="DATE", help="For numbers of what changed: an earlier date; the one before by default."
)
@click.option("--district", metavar="CODE", help="One district; the whole programme when left out.")
@COUNTED_OUT
def explain(
    folder: Path,
    name: str,
    step: str,
    kinds: Collection[str],
    on: str | None,
    since: str | None,
    district: str | None,
    out: Path | None,
) -> None:
    """What stands behind a number of `progress`, such as freed: the rule, its settings, and who is counted."""
    from hazard_service.layers import open_programme
    from hazard_service.reports.series import explanation_text
    from hazard_service.series import series
    from hazard_service.series.explain import check_name
    from hazard_service.series.explain import explain as explained
    from hazard_service.series.moment import moment

    day, earlier = day_asked(on), day_asked(since)
    check_name(name, earlier)
    counted = series(open_programme(folder), step, kinds)
    found = explained(counted, name, district, moment(counted, day, earlier))
    click.echo(explanation_text(found))
    if out is not None:
        from hazard_service.atlas.explained import counted_geojson

        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(counted_geojson(found))
        none = " (without features: single records never leave the service)" if found.counted is None else ""
        click.echo(f"wrote {out}{none}")


@main.command()
@FOLDER
@click.argument("saved", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def replay(folder: Path, saved: Path) -> None:
    """Count again a number that `explain --out` saved, and say whether it is the same to the last digit."""
    from hazard_service.atlas.explained import counted_geojson
    from hazard_service.layers import open_programme
    from hazard_service.reports.series import explanation_text
    from hazard_service.series.saved import check_same, read_saved, replayed

    content = saved.read_bytes()
    again = replayed(open_programme(folder), read_saved(content, saved.name))
    check_same(content, counted_geojson(again), saved.name)
    click.echo(explanation_text(again))
    click.echo("The same as saved, to the last digit and row.")


@main.command()
@FOLDER
@click.option(
    "--kind",
    type=click.Choice(["article7", "form-f", "protocol-v", "who-does-what", "district", "objectives"]),
    default="article7",
    show_default=True,
)
@click.option(
    "--year",
    type=int,
    help="Calendar year; the last full one before the data date when left out. Objectives run over all years.",
)
@click.option("--district", metavar="CODE", help="The district of a district profile.")
@click.option("--deadline", metavar="DATE", help="Adds to a treaty's report a projection of what remains until then.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "xlsx", "csv", "hxl", "pdf"]),
    default="html",
    show_default=True,
    help="pdf: A4, with charts and a map.",
)
@OUT
def report(
    folder: Path, kind: str, year: int | None, district: str | None, deadline: str | None, form: str, out: Path
) -> None:
    """Write a report: a year's areas remaining, released and new, and their balance; or the objectives to date."""
    from hazard_service.layers import open_programme
    from hazard_service.printing import write_asked

    day = day_asked(deadline)
    for path in write_asked(open_programme(folder), out, kind, form, year=year, district=district, deadline=day):
        click.echo(f"wrote {path}")
