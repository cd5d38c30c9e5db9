"""Where a result comes from: what travels with every file that leaves the service."""

import dataclasses
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from hazard_service.layers import Situation


def provenance(situation: Situation, grid: Any) -> dict[str, Any]:
    """Programme, dates, scoring scheme, settings, sources and grid of a result, as plain data."""
    programme, scheme = situation.programme, situation.programme.scheme
    settings = {
        field.name: _plain(getattr(programme.settings, field.name)) for field in dataclasses.fields(programme.settings)
    }
    return {
        "programme": programme.name,
        "country": programme.country,
        "fictional": programme.fictional,
        "on": situation.on.isoformat(),
        "baseline_date": programme.baseline_date.isoformat(),
        "data_date": programme.data_date.isoformat(),
        "hazard_kinds": sorted(situation.kinds),
        "scheme": {"name": scheme.name, "version": scheme.version, "sha256": scheme.sha256},
        "settings": settings,
        "sources_sha256": dict(sorted(programme.sources.items())),
        "grid": {
            "cell_m": grid.cell_m,
            "cell_reason": programme.cell_reason,
            "rows": grid.rows,
            "cols": grid.cols,
            "crs": programme.crs.to_string(),
        },
        "software": f"hazard-service {metadata.version('hazard-service')}",
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): item for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value
