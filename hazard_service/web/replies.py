"""Answers that more than one set of routes gives: pages under a strict policy, and bytes a browser may keep."""

import gzip
from hashlib import sha256
from typing import Final

from flask import Response, request

from hazard_service.dress import content_policy

# Below this, compressing costs more than it saves.
_WORTH_ZIPPING: Final = 1_000
_ZIP_LEVEL: Final = 3


def html(page: str, pictures: str = "") -> Response:
    """A page that may load only what this service serves, and pictures of one https host where it is named."""
    response = Response(page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = content_policy(page, "'self'", pictures) + "; frame-ancestors 'none'"
    return response


def cacheable(content: bytes, kind: str) -> Response:
    """With an ETag: who has these bytes gets 304. Compressed where that is asked for."""
    zipped = len(content) > _WORTH_ZIPPING and request.accept_encodings["gzip"] > 0
    response = Response(content, content_type=kind)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept-Encoding")
    response.set_etag(sha256(content).hexdigest()[:32] + ("-gzip" if zipped else ""))
    response.make_conditional(request)
    if zipped and response.status_code == 200:
        response.set_data(gzip.compress(content, _ZIP_LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
