"""The same verbs in a terminal. Each module adds its own to `main`."""

from hazard_service.cli import data, maps, situations, years
from hazard_service.cli.group import main

__all__ = ["data", "main", "maps", "situations", "years"]
