"""What dresses a page: templates and assets of the maps shelf, and what may stand in a page."""

import base64
import datetime
import hashlib
import re
from pathlib import Path
from typing import Any, Final

import jinja2
from markupsafe import Markup

from hazard_service.errors import UnknownAssetError
from hazard_service.language import figure, listed, safety, said, speech, translated
from hazard_service.shelves import shelf
from hazard_service.vocabulary import FICTIONAL

STALE_AFTER: Final = datetime.timedelta(days=90)
CONTENT_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# A browser runs what stands in `<script>` without attributes; blocks of JSON carry a type and run nothing.
_NONE: Final = "'none'"
_INLINE_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_INLINE_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_POLICY_MARK: Final = "@@POLICY@@"


def file_name(code: str) -> str:
    """A district's code as part of a file's name: what a name may not hold as ~ and its bytes, so none is alike."""
    return re.sub(
        r"[^\w-]", lambda one: "".join(f"~{byte:02x}" for byte in one[0].encode(errors="surrogatepass")), code
    )


def our_asset(name: str) -> tuple[bytes, str]:
    """(content, content type) of a file of maps/assets. Raises UnknownAssetError for any other name."""
    folder = shelf("maps") / "assets"
    path = folder / name
    if Path(name).name != name or path.suffix not in CONTENT_TYPES or path not in folder.iterdir():
        raise UnknownAssetError(f"There is no page asset called {name}.")
    return path.read_bytes().replace(b"\r\n", b"\n"), CONTENT_TYPES[path.suffix]


def render(template: str, **values: Any) -> str:
    """A page of maps/templates in the language spoken; every value is escaped unless it is Markup."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(shelf("maps") / "templates"),
        autoescape=True,
        trim_blocks=True,
        finalize=translated,
    )
    environment.globals |= {
        "_": said,
        "safety": safety,
        "figure": figure,
        "listed": listed,
        "speech": speech(),
        "fictional": FICTIONAL,
    }
    return environment.get_template(template).render(**values).lstrip()


def inline_asset(name: str) -> Markup:
    """One of our scripts or styles, written into the page."""
    text = our_asset(name)[0].decode()
    if name.endswith(".css"):
        return Markup(f"<style>{style_text(text)}</style>")
    return Markup(f"<script>{script_text(text)}</script>")


def data_uri(name: str) -> str:
    """One of our assets as an address that holds it."""
    content, kind = our_asset(name)
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def content_policy(page: str, own: str, pictures: str = "") -> str:
    """Content-Security-Policy of a page: scripts and styles from `own` ("'self'" or "'none'") and those written in it.

    pictures: an https host whose pictures may be shown too. Everything else, so every other host, is refused by the
    browser.
    """
    scripts = " ".join(_hashes(_INLINE_SCRIPT, page))
    written = " ".join(_hashes(_INLINE_STYLE, page))
    images = _join("" if own == _NONE else own, pictures)
    return (
        f"default-src {own}; script-src {_join(own, scripts)}; style-src {_join(own, written)}; "
        f"img-src {images} data:; object-src 'none'; base-uri 'none'; form-action 'none'"
    )


def with_policy(page: str, *, embed: bool) -> str:
    """The page with its policy where the template's mark stands; a served page is sent its policy by the server.

    The template holds the mark before any text of the data, so a name that repeats it changes nothing.
    """
    return page.replace(_POLICY_MARK, _policy_tag(page) if embed else "", 1)


def _policy_tag(page: str) -> str:
    """A file has no server to send its policy, so it carries it: nothing but what is written in it may load or run."""
    policy = content_policy(page, "'none'")
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}">'


def _hashes(pattern: re.Pattern[str], page: str) -> list[str]:
    found = [hashlib.sha256(text.encode()).digest() for text in pattern.findall(page)]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in found]


def _join(own: str, hashes: str) -> str:
    return hashes if hashes and own == _NONE else f"{own} {hashes}".strip()


def script_text(text: str) -> str:
    """Script text that cannot end its `<script>` element. Ours and folium's hold these only inside strings."""
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def style_text(text: str) -> str:
    """Style text that cannot end its `<style>` element."""
    return text.replace("</style", "<\\/style")
