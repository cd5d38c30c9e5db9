"""What reading a programme found, as text."""

from typing import Any

from hazard_service.layers import Report


def _where(row: Any) -> str:
    """A row as people count them, from 1 and without the header, with its id; or the whole file."""
    return "whole file" if row.row < 0 else f"row {row.row + 1}, id {row.id}"


def check_text(report: Report, *, rows: int | None = 20) -> str:
    """Rows in = kept + repaired + refused for each file, then the findings, at most `rows` of each rule."""
    lines = ["layer         file                          rows in     kept  repaired  refused"]
    lines += [
        f"{row.layer:<13} {row.file:<28} {row.rows_in:>8,} {row.kept:>8,} {row.repaired:>9,} {row.refused:>8,}"
        for row in report.rows.itertuples(index=False)
    ]
    for (layer, rule), group in report.findings.groupby(["layer", "rule"], sort=True):
        lines += ["", f"{layer}: {rule}: {len(group):,}"]
        shown = group if rows is None else group.head(rows)
        lines += [f"  {row.file} {_where(row)}: {row.action}. {row.detail}" for row in shown.itertuples(index=False)]
        if len(group) > len(shown):
            lines.append(f"  and {len(group) - len(shown):,} more (--all lists them)")
    lines += ["", *(f"CANNOT BE USED: {sentence}" for sentence in report.unusable)]
    if not report.unusable:
        lines.append("Every layer can be used.")
    return "\n".join(lines)
