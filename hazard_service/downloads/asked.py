"""What is asked for, from the text of parameters to tables; refusals are those of /ogc, and name the parameter."""

import re
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from importlib import metadata
from typing import Final

from hazard_service.downloads.formats import FORMATS, Format
from hazard_service.downloads.table import Table, carried, frames_of, has_all
from hazard_service.downloads.workbook import check_rows
from hazard_service.dress import STALE_AFTER
from hazard_service.errors import ParameterError
from hazard_service.ground.terrain import programme_grid
from hazard_service.layers import Programme
from hazard_service.layers.kinds import left_out
from hazard_service.ogc.collections import COLLECTIONS, EVERY, NOT_COUNTED, columns_of
from hazard_service.ogc.crs import CRS84, METRES
from hazard_service.ogc.frames import Results, not_among_the_open
from hazard_service.ogc.layers import Layers
from hazard_service.ogc.paging import matching, without_place
from hazard_service.ogc.query import Query, read_query
from hazard_service.provenance import provenance
from hazard_service.reports.files import licence_of, papers
from hazard_service.reports.gains import NOT_RELEASED
from hazard_service.vocabulary import HAZARD_KINDS, NO_RECORD, NOT_FOR_SAFETY

PARAMETERS: Final = (
    "datetime", "bbox", "bbox-crs", "crs", "filter", "filter-lang", "filter-crs", "sortby", "properties",
)  # fmt: skip
# They speak of one collection's columns.
_OF_ONE: Final = ("filter", "filter-lang", "filter-crs", "sortby", "properties")
_CODE: Final = re.compile(r"EPSG:(\d{4,6})", re.ASCII | re.I)
GAINS: Final = "gains"


def everything(kinds: Collection[str] = HAZARD_KINDS) -> list[str]:
    """Names of all collections but gains, which take minutes to compute and so are asked for by name.

    Where results count some kinds of hazards alone, the hazards of the others stand beside them.
    """
    beside = NOT_COUNTED if set(kinds) != set(HAZARD_KINDS) else {}
    return [*(name for name in COLLECTIONS if name != GAINS), *beside]


def read(names: Sequence[str], form: Format, given: Mapping[str, str], programme: Programme) -> dict[str, Query]:
    """The query of each collection. Raises ParameterError; nothing is computed."""
    told = {name: _code_to_uri(name, text) for name, text in given.items()}
    for name in _OF_ONE if len(names) > 1 else ():
        if name in told:
            raise ParameterError(f'"{name}" speaks of one collection; ask for one, or leave it out.')
    queries = {name: read_query(told, columns_of(name, programme), programme) for name in names}
    if form.degrees and not all(query.crs.is_degrees for query in queries.values()):
        raise ParameterError(f'"crs" is given; {form.title} is always in longitude and latitude: leave it out.')
    return queries


def _code_to_uri(name: str, text: str) -> str:
    """EPSG:32624 and METRES as the addresses that /ogc/crs lists."""
    if name not in ("crs", "bbox-crs", "filter-crs"):
        return text
    code = _CODE.fullmatch(text)
    if code:
        return f"http://www.opengis.net/def/crs/EPSG/0/{code[1]}"
    return {"METRES": METRES, "CRS84": CRS84}.get(text.upper(), text)


def tables_of(queries: Mapping[str, Query], form: Format, layers: Layers) -> list[Table]:
    """The rows asked for, of each collection. Raises ParameterError where a filter cannot be worked out."""
    tables = [_table(name, query, layers) for name, query in queries.items()]
    for table in tables if form.name == "xlsx" else ():
        check_rows(table)
    return tables


def _table(name: str, query: Query, layers: Layers) -> Table:
    layer = layers.layer(name, query.period)
    rows = matching(layer, query)
    columns = carried({name: layer.columns[name] for name in query.properties or layer.columns})
    said = [*_warnings(name, query, layers.results), *without_place(layer, query, rows)]
    warning = " ".join(said)
    return Table(
        name=name,
        title=EVERY[name].title,
        description=EVERY[name].description,
        shape=EVERY[name].shape,
        columns=columns,
        crs=query.crs,
        count=len(rows),
        whole=has_all(layer.frame.geometry.to_numpy()[rows]),
        warning=warning,
        warnings=tuple(dict.fromkeys((*said, *layer.caveats))),
        about=_about(layers.results.programme, query),
        frames=lambda: frames_of(layer, rows, columns, query.crs, warning),
    )


def _warnings(name: str, query: Query, results: Results) -> list[str]:
    """What each row says: first which hazards are not in its file."""
    situation = results.situation(query.period.end)
    said = [*left_out(situation.kinds, len(situation.not_counted)), *not_among_the_open(results, query.period)]
    return [*said, *([NOT_RELEASED] if name == GAINS else []), NOT_FOR_SAFETY, NO_RECORD]


def _about(programme: Programme, query: Query) -> dict[str, str]:
    fiction = {"fictional": "Fictional: no place, hazard or person here is real."} if programme.fictional else {}
    return {
        "programme": programme.name,
        **fiction,
        "as_of": query.period.end.isoformat(),
        "data_date": programme.data_date.isoformat(),
        "do_not_rely_on_it_after": (programme.data_date + STALE_AFTER).isoformat(),
        "licence": licence_of(programme),
    }


def papers_of(tables: Sequence[Table], queries: Mapping[str, Query], results: Results) -> dict[str, str]:
    """README.txt and provenance.json of these tables."""
    query = next(iter(queries.values()))
    situation = results.situation(query.period.end)
    told = provenance(situation, programme_grid(results.programme))
    caveats = tuple(dict.fromkeys(caveat for table in tables for caveat in table.warnings))
    more = ["What is here:", *(f"- {table.name} ({table.count:,} rows): {table.description}" for table in tables)]
    crs = query.crs
    where = "WGS 84, longitude and latitude" if crs.is_degrees else f"{crs.name} ({crs.uri})"
    return papers(situation, told, caveats, coordinates=where, more=more)


def version_of(programme: Programme, *asked: str) -> str:
    """A short text that differs whenever the data, this software or what is asked for differ."""
    told = [metadata.version("hazard-service"), *(f"{key}={value}" for key, value in sorted(programme.sources.items()))]
    return sha256("\n".join([*told, *asked]).encode()).hexdigest()[:32]


def format_of(name: str) -> Format:
    """The format of this name. Raises ParameterError."""
    if name not in FORMATS:
        raise ParameterError(f"Unknown format: {name[:40]}. Known formats: {', '.join(FORMATS)}.")
    return FORMATS[name]
