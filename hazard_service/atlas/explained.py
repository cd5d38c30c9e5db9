"""What stands behind a number, as a page and as a layer for a GIS."""

from typing import Final
from urllib.parse import urlencode

import pandas as pd

from hazard_service.atlas.geojson import collection, features, rows
from hazard_service.dress import render
from hazard_service.layers import Programme
from hazard_service.series.explain import Explanation
from hazard_service.vocabulary import NO_RECORD, NOT_FOR_SAFETY

# The address that the web rim answers; the layer is at the same with .geojson.
EXPLAIN: Final = "/explain"
_IDS: Final = ("community_id", "hazard_id", "method", "kind", "correction")


def explained_page(found: Explanation, programme: Programme, step: str) -> str:
    """The page, for the web rim to serve."""
    counted = None if found.counted is None else pd.DataFrame(found.counted.drop(columns="geometry"))
    names = [] if counted is None else [str(name) for name in counted]
    return render(
        "explained.html",
        found=found,
        value="not known" if found.value is None else f"{found.value:,.10g}",
        programme=programme,
        step=step,
        head=names,
        rows=[] if counted is None else [list(row.values()) for row in rows(counted, names)],
        layer=None if counted is None else f"{EXPLAIN}/{found.name}.geojson?{_query(found, step)}",
        not_for_safety=NOT_FOR_SAFETY,
        no_record=NO_RECORD,
    )


def _query(found: Explanation, step: str) -> str:
    return urlencode({"step": step, "on": found.on} | ({"district": found.district} if found.district else {}))


def counted_geojson(found: Explanation) -> bytes:
    """What the number counts; no feature where single records never leave the service."""
    about = {
        "number": found.name,
        "value": found.value,
        "as_of": found.on,
        "district": found.district,
        "kinds": list(found.kinds),
        "data_version": found.data_version,
        "warning": f"{NOT_FOR_SAFETY} {NO_RECORD}",
    }
    if found.counted is None:
        return collection([], **about)
    frame = found.counted
    own = next(name for name in _IDS if name in frame)
    columns = [str(name) for name in frame if name != "geometry"]
    return collection(features(frame, frame[own].astype(str).tolist(), rows(frame, columns)), **about)
