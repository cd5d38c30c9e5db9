"""Hazard Service: which communities landmines hold back, and what clearance has given back."""

from hazard_service.assessment import Assessment, Progress, assess, compare
from hazard_service.layers import Programme, Situation, open_programme

__all__ = ["Assessment", "Programme", "Progress", "Situation", "assess", "compare", "open_programme"]
