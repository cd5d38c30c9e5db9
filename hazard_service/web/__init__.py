"""The rim towards browsers: Flask pages and answers, on this machine only."""

from hazard_service.web.app import create_app
from hazard_service.web.server import serve

__all__ = ["create_app", "serve"]
