"""Verbs that write data: results as files, surfaces, a fictional programme."""

from collections.abc import Collection
from pathlib import Path

import click

from hazard_service.cli.asked import tell_steps
from hazard_service.cli.group import main
from hazard_service.cli.options import FOLDER, KINDS, ON, OUT


@main.command()
@FOLDER
@ON
@KINDS
@click.option(
    "--collection", "names", multiple=True, metavar="NAME", help="May be repeated; all but gains if left out."
)
@click.option("--filter", "chosen", metavar="CQL2", help="Rows of one collection, such as \"kind = 'CHA'\".")
@click.option("--bbox", metavar="W,S,E,N", help="Rows that meet a box in degrees, and those without geometry.")
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
    bbox: str | None,
    crs: str | None,
    form: str,
    out: Path,
) -> None:
    """Write hazards, communities and results as files, with caveats, licence and provenance (docs/data.md)."""
    from hazard_service.downloads.exporting import export as write
    from hazard_service.layers import open_programme

    given = {"filter": chosen, "bbox": bbox, "crs": crs}
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
@click.option("--seed", default=2006, show_default=True, help="The same seed gives the same rows.")
@click.option("--hazards", default=240, show_default=True, help="At least 60.")
@click.option("--communities", default=180, show_default=True, help="At least 40.")
def synthetic(folder: Path, seed: int, hazards: int, communities: int) -> None:
    """Make a fictional programme in the open Atlantic: a district, or with larger counts a country of provinces."""
    from hazard_service.layers.synthetic import write_synthetic

    write_synthetic(folder, seed=seed, hazards=hazards, communities=communities, progress=tell_steps())
    click.echo(f"wrote {folder}")
