"""Assessments in; GeoJSON and map pages out, dressed from the maps shelf."""

from hazard_service.atlas.page import map_page

__all__ = ["map_page"]
