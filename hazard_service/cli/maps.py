"""Verbs that draw: the map, printed sheets, what each release would give; and the service."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import click

from hazard_service.cli.asked import assessment_asked, day_asked, progress_asked, series_asked, tell_steps
from hazard_service.cli.group import main
from hazard_service.cli.options import FOLDER, FROM, KINDS, LANGUAGE, ON, OUT, OUT_FILE, OUT_OR_NONE, PORT, STEP, TO
from hazard_service.language import speaking
from hazard_service.shelves import sample_folder


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
    found = series_asked(sample_folder())
    progress, before, after = found.last, found.last.before, found.last.after
    for assessment in (before, after):
        click.echo(_headline(assessment))
    click.echo(progress_text(progress))
    click.echo("\n" + "\n".join(caveat_lines(after.caveats)) + "\n")
    _write_map(found, out / "map.html")
    if serve:
        _serve(found, "127.0.0.1", port)


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
    day = day_asked(on)
    found = series_asked(folder, step, also=day)
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

    progress = progress_asked(folder, start, end, kinds)
    with speaking(language):
        written = write_sheets(progress, out, district=district, paper=paper, form=form, tell=tell_steps())
    for path in written:
        click.echo(f"wrote {path}")


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

    found = gains_of(assessment_asked(folder, on, kinds))
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


@main.command()
@FOLDER
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address; any other is refused.")
@PORT
def serve(folder: Path, host: str, port: int) -> None:
    """Serve the map and the API on this machine only."""
    from hazard_service.web.server import check_port, loopback

    check_port(host, port)
    _serve(series_asked(folder), loopback(host), port)


def _headline(assessment: Any) -> str:
    totals = assessment.totals
    return (
        f"{totals['on']}: {totals['held_back']:,} of {totals['communities']:,} communities held back (modelled), "
        f"{totals['held_back_people']:,} people; {totals['hazards']:,} open hazards, {totals['open_km2']:.1f} km²"
    )


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
