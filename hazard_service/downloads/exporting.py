"""Collections written into a folder: what `hazard-service export` does."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from hazard_service.downloads.asked import everything, format_of, papers_of, read, tables_of
from hazard_service.downloads.formats import write
from hazard_service.downloads.results import OneDay
from hazard_service.errors import ParameterError
from hazard_service.layers import Programme
from hazard_service.layers.history import asked_day
from hazard_service.ogc.collections import EVERY
from hazard_service.ogc.layers import Layers
from hazard_service.reports.files import write_papers
from hazard_service.vocabulary import HAZARD_KINDS


def export(
    programme: Programme,
    folder: Path,
    form: str = "gpkg",
    *,
    on: str | None = None,
    kinds: Collection[str] = HAZARD_KINDS,
    names: Sequence[str] = (),
    given: Mapping[str, str] | None = None,
) -> list[Path]:
    """Write collections as of a day, README and provenance; return the files written.

    form: a name of `formats.FORMATS`. on: the data date when left out. kinds: of hazards that count. names: all
    collections but gains when left out. given: parameters as /data takes them, such as filter and crs. Raises
    ParameterError, DateError or KindError for what cannot be written.
    """
    asked, day = format_of(form), asked_day(on or programme.data_date, programme.data_date)
    chosen = list(dict.fromkeys(names)) or everything(kinds)
    if unknown := [name for name in chosen if name not in EVERY]:
        raise ParameterError(f"There is no collection {unknown[0][:40]}; choose among {', '.join(EVERY)}.")
    if folder.resolve() == programme.folder.resolve():
        raise ParameterError(f"{folder} is the programme itself; name another folder to write into.")
    queries = read(chosen, asked, {**(given or {}), "datetime": day.isoformat()}, programme)
    layers = Layers(OneDay(programme, day, kinds))
    tables = tables_of(queries, asked, layers)
    folder.mkdir(parents=True, exist_ok=True)
    papers = papers_of(tables, queries, layers.results)
    return [*write(tables, asked, folder, papers), *write_papers(papers, folder)]
