"""Files in, checked frames out: the only room that opens data files."""

from hazard_service.layers.programme import Programme, Report, check_programme, open_programme
from hazard_service.layers.situation import Situation

__all__ = ["Programme", "Report", "Situation", "check_programme", "open_programme"]
