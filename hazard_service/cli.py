"""The same verbs in a terminal: exit 0, or one clear sentence and a non-zero code."""

import datetime
import logging
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import click

from hazard_service.cli_options import (
    COUNTED_OUT,
    FOLDER,
    FROM,
    KINDS,
    LANGUAGE,
    ON,
    OUT,
    OUT_FILE,
    OUT_OR_NONE,
    PORT,
    STEP,
    TO,
)
from hazard_service.errors import DateError, HazardServiceError
from hazard_service.language import speaking
from hazard_service.shelves import sample_folder
from hazard_service.vocabulary import HAZARD_KINDS


class _Commands(click.Group):
    """The rim: an error raised on purpose becomes one sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # whoever read the output has seen enough
            raise
        except HazardServiceError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            what = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(
                f"{what}{error.strerror or error}; choose another file, folder or port."
            ) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="hazard-service")
@click.option("--quiet", is_flag=True, help="No progress lines.")
def main(quiet: bool) -> None:
    """Which communities landmines hold back, and what clearance has given back.

    FOLDER is a programme: a folder with programme.toml and its layers. Not for navigation or safety decisions.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("... %(message)s"))
    log = logging.getLogger("hazard_service")
    log.handlers[:] = [handler]
    log.setLevel(logging.WARNING if quiet else logging.INFO)


@main.command()
@click.option("--serve/--no-serve", default=True, show_default=True, help="Serve the map when done.")
@PORT
@OUT
def demo(serve: bool, port: int, out: Path) -> None:
    """Assess the fictional sample on its two dates, write its map, and serve it on this machine."""
    from hazard_service.reports.text import caveat_lines, progress_text
    from hazard_service.web.server import check_port

    if serve:
        check_port("127.0.0.1", port)
    found = _series(sample_folder())
    progress, before, after = found.last, found.last.before, found.last.after
    for assessment in (before, after):
        click.echo(_headline(assessment))
    click.echo(progress_text(progress))
    click.echo("\n" + "\n".join(caveat_lines(after.caveats)) + "\n")
    _write_map(found, out / "map.html")
    if serve:
        _serve(found, "127.0.0.1", port)


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

    click.echo(assessment_text(_assessment(folder, on, kinds)))


@main.command()
@FOLDER
@FROM
@TO
@KINDS
def compare(folder: Path, start: str | None, end: str | None, kinds: Collection[str]) -> None:
    """What release has given back between two dates."""
    from hazard_service.reports.text import caveat_lines, progress_text

    progress = _progress(folder, start, end, kinds)
    click.echo(progress_text(progress))
    click.echo("\n" + "\n".join(caveat_lines(progress.caveats)))


@main.command()
@FOLDER
@STEP
@KINDS
@click.option("--operator", is_flag=True, help="Show scores and small counts too: single victims could be worked out.")
@click.option("--since", metavar="DATE", help="Date of your last report: says what changed since.")
@click.option(
    "--how-firm", is_flag=True, help="Count again under other times, thresholds, speeds, cells, outlines: slow."
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

    day, programme = _day(since), open_programme(folder)
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

    day, earlier = _day(on), _day(since)
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
    from hazard_service.layers import open_programme
    from hazard_service.reports.series import explanation_text
    from hazard_service.series.saved import read_saved, replayed

    told = read_saved(saved.read_bytes(), saved.name)
    click.echo(explanation_text(replayed(open_programme(folder), told)))
    click.echo("The same as saved, to the last digit.")


@main.command()
@FOLDER
@ON
@KINDS
@click.option("--rows", default=15, show_default=True, type=click.IntRange(1), help="Hazards listed, and sets.")
@click.option("--format", "form", type=click.Choice(["gpkg", "geojson"]), default="gpkg", show_default=True)
@LANGUAGE
@OUT_OR_NONE
def gains(
    folder: Path, on: str | None, kinds: Collection[str], rows: int, form: str, language: str, out: Path | None
) -> None:
    """What releasing each open hazard alone would give back, ranked."""
    from hazard_service.planning import gains_of
    from hazard_service.reports.gains import gains_text, write_gains

    found = gains_of(_assessment(folder, on, kinds))
    click.echo(gains_text(found, rows=rows))
    if out is None:
        return
    from hazard_service.atlas.gains import gains_page

    for path in write_gains(found, out, form):
        click.echo(f"wrote {path}")
    page = out / "gains.html"
    with speaking(language):
        page.write_text(gains_page(found), encoding="utf-8")
    click.echo(f"wrote {page} (one file: opens with no server and no network)")


@main.command("map")
@FOLDER
@click.option("--on", metavar="DATE", help="Date that the map opens at; its data date when left out.")
@STEP
@click.option(
    "--gains/--no-gains",
    default=True,
    show_default=True,
    help="What each release would give back, on the cards: long for thousands of hazards.",
)
@LANGUAGE
@OUT_FILE
def map_(folder: Path, on: str | None, step: str, gains: bool, language: str, out: Path) -> None:
    """Write one HTML map that opens with no server and no network, with a slider over the years."""
    day = _day(on)
    found = _series(folder, step, also=day)
    with speaking(language):
        _write_map(found, out, gains=gains, on=day)


@main.command()
@FOLDER
@FROM
@TO
@KINDS
@click.option("--district", metavar="CODE", help="One district; the whole programme and every district when left out.")
@click.option("--paper", type=click.Choice(["a4", "a3"]), default="a4", show_default=True)
@click.option("--format", "form", type=click.Choice(["pdf", "png"]), default="pdf", show_default=True)
@LANGUAGE
@OUT
def sheet(
    folder: Path,
    start: str | None,
    end: str | None,
    kinds: Collection[str],
    district: str | None,
    paper: str,
    form: str,
    language: str,
    out: Path,
) -> None:
    """Print the map of the programme and of each district: PDF or PNG, with legend, grid, scale, date and limits."""
    from hazard_service.atlas.sheets import write_sheets

    progress = _progress(folder, start, end, kinds)
    with speaking(language):
        written = write_sheets(progress, out, district=district, paper=paper, form=form, tell=_step())
    for path in written:
        click.echo(f"wrote {path}")


@main.command()
@FOLDER
@ON
@KINDS
@click.option(
    "--collection", "names", multiple=True, metavar="NAME", help="May be repeated; all but gains if left out."
)
@click.option("--filter", "chosen", metavar="CQL2", help="Rows of one collection, such as \"kind = 'CHA'\".")
@click.option("--crs", metavar="CRS", help="Such as EPSG:32633, or METRES; longitude and latitude when left out.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["gpkg", "geojson", "geojsonl", "fgb", "parquet", "shp", "kml", "csv", "hxl", "xlsx"]),
    default="gpkg",
    show_default=True,
)
@OUT
def export(
    folder: Path,
    on: str | None,
    kinds: Collection[str],
    names: tuple[str, ...],
    chosen: str | None,
    crs: str | None,
    form: str,
    out: Path,
) -> None:
    """Write hazards, communities and results as files, with caveats, licence and provenance (docs/data.md)."""
    from hazard_service.downloads.exporting import export as write
    from hazard_service.layers import open_programme

    given = {"filter": chosen, "crs": crs}
    asked = {name: text for name, text in given.items() if text is not None}
    for path in write(open_programme(folder), out, form, on=on, kinds=kinds, names=names, given=asked):
        click.echo(f"wrote {path}")


@main.command()
@FOLDER
@ON
@KINDS
@OUT
def surface(folder: Path, on: str | None, kinds: Collection[str], out: Path) -> None:
    """Write walk minutes to each kind of place, and the closed ground, as GeoTIFF and GeoJSON."""
    from hazard_service.layers import open_programme
    from hazard_service.reports.surfaces import write_surfaces
    from hazard_service.surfaces import surfaces

    programme = open_programme(folder)
    situation = programme.situation(programme.data_date if on is None else on, kinds)
    for path in write_surfaces(surfaces(situation), out):
        click.echo(f"wrote {path}")


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

    day = _day(deadline)
    for path in write_asked(open_programme(folder), out, kind, form, year=year, district=district, deadline=day):
        click.echo(f"wrote {path}")


@main.command()
@FOLDER
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address; any other is refused.")
@PORT
def serve(folder: Path, host: str, port: int) -> None:
    """Serve the map and the API on this machine only."""
    from hazard_service.web.server import check_port, loopback

    check_port(host, port)
    _serve(_series(folder), loopback(host), port)


@main.command()
@FOLDER
@click.option("--seed", default=2006, show_default=True, help="The same seed gives the same rows.")
@click.option("--hazards", default=240, show_default=True, help="At least 60.")
@click.option("--communities", default=180, show_default=True, help="At least 40.")
def synthetic(folder: Path, seed: int, hazards: int, communities: int) -> None:
    """Make a fictional programme in the open Atlantic: a district, or with larger counts a country of provinces."""
    from hazard_service.layers.synthetic import write_synthetic

    write_synthetic(folder, seed=seed, hazards=hazards, communities=communities, progress=_step())
    click.echo(f"wrote {folder}")


def _step() -> Callable[[str], None]:
    return logging.getLogger(__name__).info


def _day(text: str | None) -> datetime.date | None:
    from hazard_service.layers.history import day_of

    try:
        return None if text is None else day_of(text)
    except ValueError:
        raise DateError(f'"{text}" is not a date; write it as year-month-day, such as 2030-12-31.') from None


def _assessment(folder: Path, on: str | None, kinds: Collection[str]) -> Any:
    from hazard_service.assessment import assess as run
    from hazard_service.layers import open_programme

    programme = open_programme(folder)
    return run(programme.situation(programme.data_date if on is None else on, kinds))


def _progress(folder: Path, start: str | None, end: str | None, kinds: Collection[str] = HAZARD_KINDS) -> Any:
    from hazard_service.assessment import assess as run
    from hazard_service.assessment import compare as run_compare
    from hazard_service.layers import open_programme

    programme = open_programme(folder)
    before = programme.situation(programme.baseline_date if start is None else start, kinds)
    after = programme.situation(programme.data_date if end is None else end, kinds)
    if before.on >= after.on:
        raise DateError(f"{before.on} is not earlier than {after.on}; give the earlier date first.")
    return run_compare(run(before), run(after))


def _headline(assessment: Any) -> str:
    totals = assessment.totals
    return (
        f"{totals['on']}: {totals['held_back']:,} of {totals['communities']:,} communities held back (modelled), "
        f"{totals['held_back_people']:,} people; {totals['hazards']:,} open hazards, {totals['open_km2']:.1f} km²"
    )


def _series(folder: Path, step: str = "year", kinds: Collection[str] = HAZARD_KINDS, also: Any = None) -> Any:
    from hazard_service.layers import open_programme
    from hazard_service.series import series

    return series(open_programme(folder), step, kinds, also)


def _write_map(found: Any, out: Path, *, gains: bool = True, on: Any = None) -> None:
    from hazard_service.atlas import map_page
    from hazard_service.planning import gains_of

    gained = gains_of(found.last.after) if gains else None
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(map_page(found.steps, gains=gained, on=on), encoding="utf-8")
    click.echo(f"wrote {out} (one file: opens with no server and no network)")


def _serve(found: Any, host: str, port: int) -> None:
    from hazard_service.web import create_app, serve

    click.echo(f"Serving on http://{host}:{port} - press Ctrl+C to stop.")
    serve(create_app(found.programme, found), host=host, port=port)
