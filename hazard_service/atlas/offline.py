"""The one module that knows folium-offline: the scripts and styles that folium names, from the installed package."""

import html
import re
from functools import cache
from typing import Final

from hazard_service.dress import script_text, style_text
from hazard_service.errors import UnknownAssetError

_SCHEME: Final = "https://"
# `<script src="https://...">` and `<link href="https://...">`, as folium writes them.
_SCRIPT: Final = re.compile(r'<script[^>]*\ssrc="(https?://[^"]+)"[^>]*>\s*</script>')
_STYLE: Final = re.compile(r'<link[^>]*\shref="(https?://[^"]+)"[^>]*>')
# A style may name fonts and pictures beside it, which the store does not hold: they are dropped.
_BESIDE: Final = re.compile(r"""url\((?!["']?(?:data:|\#|%23))[^)]*\)""")
# A browser's developer tools would look for the source map.
_SOURCE_MAP: Final = re.compile(r"^\s*(?://|/\*)# sourceMappingURL=.*$", re.MULTILINE)


@cache
def _store() -> dict[str, str]:
    """Address -> text. Imported late: it holds 7 MB that only a page needs."""
    from offlinefolium import elements, features  # noqa: PLC0415

    return {**elements._res, **features._vres}


def asset(address: str) -> tuple[bytes, str]:
    """(content, content type) of the script or style that folium names by `address`.

    Raises UnknownAssetError where the store does not hold it.
    """
    try:
        text = _store()[address]
    except KeyError:
        raise UnknownAssetError(
            f"{address} is not in the offline store; use only the scripts and styles of the pinned folium."
        ) from None
    text = _SOURCE_MAP.sub("", text).strip() + "\n"
    if ".css" in address:
        return _BESIDE.sub("url(data:,)", text).encode(), "text/css; charset=utf-8"
    return text.encode(), "text/javascript; charset=utf-8"


def named(path: str) -> tuple[bytes, str]:
    """As `asset`, for the path that `rewrite` wrote: an address without its scheme."""
    return asset(_SCHEME + path)


def rewrite(page: str, prefix: str) -> str:
    """The page with every outside script and style asked from `prefix`/... of its own host."""

    def local(match: re.Match[str]) -> str:
        address = html.unescape(match[1])
        asset(address)
        return match[0].replace(match[1], f"{prefix}/{html.escape(address.removeprefix(_SCHEME))}")

    return _STYLE.sub(local, _SCRIPT.sub(local, page))


def inline(page: str) -> str:
    """The page with every outside script and style written into it."""
    page = _SCRIPT.sub(lambda match: f"<script>{script_text(_text(match[1]))}</script>", page)
    return _STYLE.sub(lambda match: f"<style>{style_text(_text(match[1]))}</style>", page)


def _text(address: str) -> str:
    return asset(html.unescape(address))[0].decode()
