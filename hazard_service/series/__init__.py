"""A programme over its years: who was held back, what release gave back, and casualties, date by date."""

from hazard_service.series.rows import Series, series

__all__ = ["Series", "series"]
