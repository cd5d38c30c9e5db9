"""HXL hashtags of columns: those of the standard where it has one, else #indicator or an extension of ours (#x_)."""

from typing import Final

from hazard_service.columns import Column

_KNOWN: Final = {
    "hazard_id": "#meta+id+hazard",
    "release_id": "#meta+id+release",
    "community_id": "#loc+code+community",
    "place_id": "#loc+code+place",
    "route_id": "#meta+id+route",
    "nearest_hazard_id": "#meta+id+nearest",
    "district_code": "#adm+code",
    "district": "#adm+code",
    "name": "#loc+name",
    "status": "#status",
    "people": "#population",
    "women": "#population+f+adults",
    "men": "#population+m+adults",
    "girls": "#population+f+children",
    "boys": "#population+m+children",
    "affected": "#affected+flag",
    "casualties": "#affected+casualties",
    "as_of": "#date+of",
    "data_date": "#date+data",
    "warning": "#x_warning",
    "longitude": "#geo+lon",
    "latitude": "#geo+lat",
    "crs": "#geo+crs",
    "WKT": "#geo+wkt",
}


def hashtag(name: str, column: Column | None) -> str:
    """The tag of a column; None where it says no more than where a row lies."""
    if name in _KNOWN:
        return _KNOWN[name]
    if column is None:
        return f"#x_{name}"
    part = "".join(letter if letter.isalnum() else "_" for letter in name.lower())
    if column.kind == "date":
        return f"#date+{part}"
    return f"#indicator+num+{part}" if column.kind in ("number", "count") else f"#x_{part}"
