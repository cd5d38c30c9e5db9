"""Findings: what was wrong with which row, and what was done. Nothing is dropped in silence."""

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hazard_service.layers.schema import COLUMNS, id_column

Action = Literal["kept", "repaired", "refused"]

# One sentence for readers on each rule. A finding carries the particulars of its row.
RULES: Final = MappingProxyType(
    {
        "missing_crs": "The layer does not say in which coordinate reference system it is.",
        "wrong_crs": "The coordinates do not fit the coordinate reference system that the layer states.",
        "crs_overruled": "The file states another coordinate reference system than programme.toml does.",
        "axes_swapped": "The layer lies far from the others until its two axes are swapped.",
        "off_the_earth": "A coordinate is not a number, not finite, or not a place on the earth.",
        "far_from_the_rest": "The row lies over 1,500 km from the middle of the programme.",
        "null_geometry": "The row has no geometry, or one that cannot be read.",
        "empty_geometry": "The geometry has no coordinates.",
        "unclosed_ring": "A ring was not closed.",
        "invalid_geometry": "A ring crosses or touches itself.",
        "collapsed_geometry": "The polygon has no area.",
        "collection_after_repair": "Repair left zero-width lines beside the polygon.",
        "wrong_geometry_type": "The geometry is of a type that this layer cannot hold.",
        "point_with_area": "A hazard recorded as a point with an area.",
        "point_without_area": "A hazard recorded as a point without an area.",
        "release_without_polygon": "A release without a usable polygon.",
        "far_vertices": "Two consecutive vertices lie over 5,000 m apart.",
        "duplicate_polygon": "Another row of the layer has the same polygon.",
        "missing_id": "The row has no id.",
        "duplicate_id": "The id repeats within the layer.",
        "reserved_code": "A district has the code that tables give to another row.",
        "padded_id": "The id begins or ends with a space.",
        "untidy_text": "A value holds line breaks or control characters, or a text begins or ends with a space.",
        "unknown_kind": "The kind is not one that is known.",
        "unknown_status": "The status is not one that is known.",
        "unknown_method": "The method of release is not one that is known.",
        "unknown_contamination": "The contamination is not one that is known.",
        "unknown_device": "The device of an accident is not one that is known.",
        "unknown_extent_method": "The extent method is not one that is known.",
        "absent_column": "The layer has no such column.",
        "not_a_number": "A number cannot be read.",
        "negative_number": "A count or measure is below 0.",
        "not_whole": "A count is not a whole number.",
        "unreadable_date": "A date cannot be read.",
        "future_date": "A date lies after the data date.",
        "dates_out_of_order": "Two dates of the row contradict each other.",
        "cleared_without_date": "A clearance without a date.",
        "closed_without_date": "A closed hazard without a date.",
        "unknown_hazard_id": "The release names a hazard that is not on record.",
        "release_outside_hazard": "The release does not meet a hazard that it could open.",
        "unknown_community_id": "The row names a community that is not on record.",
        "unknown_release_id": "The row names a release that is not on record.",
        "unknown_ended_how": "How a community ended is not said, or not one of the words that are known.",
        "ended_without_date": "A community that ended, without a date that can be used.",
        "undated_survey": "A survey without a date that can be used.",
        "more_users_than_people": "More people use released land than live in the community.",
        "unknown_fact": "The fact is not one that is known.",
        "unreadable_value": "The value of a fact cannot be read.",
        "unreadable_country": "The country is not a code of three letters.",
        "reader_warning": "The reader of the file warned of something.",
    }
)

_COLUMNS = ["layer", "file", "row", "id", "rule", "action", "detail"]


class Findings:
    """Collects findings and the number of rows that came in."""

    def __init__(self) -> None:
        self._frames: list[pd.DataFrame] = []
        self._rows_in: dict[tuple[str, str], int] = {}

    def count(self, layer: str, file: str, rows: int) -> None:
        """Rows of a file that came in for a layer."""
        self._rows_in[layer, file] = self._rows_in.get((layer, file), 0) + rows

    def of_layer(self, layer: str, file: str, rule: str, action: Action, detail: str) -> None:
        """A finding about a whole file; it counts no row."""
        self._add(layer, [file], [-1], [None], rule, action, [detail])

    def of_rows(self, layer: str, frame: pd.DataFrame, rule: str, action: Action, detail: str | Iterable[str]) -> None:
        """One finding for each row of a layer's frame."""
        details = [detail] * len(frame) if isinstance(detail, str) else list(detail)
        if len(frame):
            self._add(layer, frame["_file"], frame["_row"], frame[id_column(layer)], rule, action, details)

    def frame(self) -> pd.DataFrame:
        """layer, file, row (0-based; -1 = the whole file), id, rule, action, detail; by layer, file and row."""
        if not self._frames:
            return pd.DataFrame({name: pd.Series(dtype="int64" if name == "row" else object) for name in _COLUMNS})
        found = pd.concat(self._frames, ignore_index=True)
        order = found["layer"].map(list(COLUMNS).index), pd.factorize(found["file"])[0], found["row"]
        keys = pd.DataFrame(dict(zip("abc", order, strict=True)))
        return found.iloc[keys.sort_values(list("abc"), kind="stable").index].reset_index(drop=True)

    def rows(self) -> pd.DataFrame:
        """layer, file, rows_in, kept, repaired, refused: each row counted once, by the hardest thing done to it."""
        found = self.frame()
        single = found[found["row"] >= 0]
        severity = single["action"].map({"kept": 0, "repaired": 1, "refused": 2}).astype("int64")
        worst = severity.groupby([single["layer"], single["file"], single["row"]]).max()
        counted = worst.groupby(level=[0, 1]).value_counts()
        records = []
        for (layer, file), rows_in in self._rows_in.items():
            repaired, refused = (int(counted.get((layer, file, level), 0)) for level in (1, 2))
            records.append((layer, file, rows_in, rows_in - repaired - refused, repaired, refused))
        return pd.DataFrame(records, columns=["layer", "file", "rows_in", "kept", "repaired", "refused"])

    def _add(
        self,
        layer: str,
        files: Sequence[str] | pd.Series,
        rows: Sequence[int] | pd.Series,
        ids: Sequence[str | None] | pd.Series,
        rule: str,
        action: Action,
        details: Sequence[str],
    ) -> None:
        if rule not in RULES:
            raise KeyError(rule)
        text = {"layer": [layer] * len(details), "file": files, "id": ids, "rule": [rule] * len(details)}
        text |= {"action": [action] * len(details), "detail": details}
        columns = {name: pd.Series(list(values), dtype=object) for name, values in text.items()}
        columns["row"] = pd.Series(list(rows), dtype="int64")
        self._frames.append(pd.DataFrame(columns)[_COLUMNS])


class LayerRows:
    """The rows of one layer while they are checked.

    frame: our columns as text, and `_file` and `_row`, where each row came from. geometry: (n,) shapely geometries in
    the programme's metre CRS. Both change as checks refuse and repair; flags go to `findings`.
    """

    def __init__(self, name: str, frame: pd.DataFrame, geometry: NDArray[np.object_], findings: Findings) -> None:
        self.name = name
        self.frame = frame.reset_index(drop=True)
        self.geometry = geometry
        self.findings = findings

    def flag(self, where: NDArray[np.bool_], rule: str, action: Action, detail: str | Iterable[str]) -> None:
        """A finding for each row where `where` holds; `detail` is one sentence, or one for each such row."""
        if where.any():
            self.findings.of_rows(self.name, self.frame[where], rule, action, detail)

    def refuse(self, where: NDArray[np.bool_], rule: str, detail: str | Iterable[str]) -> pd.DataFrame:
        """Takes rows out of the layer, each with a finding, and returns them."""
        self.flag(where, rule, "refused", detail)
        refused = self.frame[where]
        if refused.empty:
            return refused
        self.frame = self.frame[~where].reset_index(drop=True)
        self.geometry = self.geometry[~where]
        return refused

    def column(self, name: str) -> NDArray[np.object_]:
        """(n,) values of a column as objects, None where missing."""
        return np.asarray(self.frame[name], dtype=object)

    def put(self, name: str, values: Sequence[object] | NDArray[np.object_]) -> None:
        """Replaces a column by objects, so that missing text stays None."""
        self.frame[name] = pd.Series(list(values), index=self.frame.index, dtype=object)
