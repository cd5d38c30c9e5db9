"""Pictures of every page, in three widths: `make gallery` writes them to maps/gallery.

Look at them after a change as a planner would. They are no test: letters and lines differ between machines.
"""

import io
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from hazard_service.atlas.gains import gains_page
from hazard_service.atlas.sheets import write_sheets
from hazard_service.language import speaking
from hazard_service.layers import open_programme
from hazard_service.planning import gains_of
from hazard_service.reports.html import report_page
from hazard_service.reports.yearly import year_report
from hazard_service.series import Series, series
from hazard_service.shelves import sample_folder, shelf
from hazard_service.web import create_app

WIDTHS: Final = (390, 820, 1280)
LANGUAGES: Final = ("en", "ar")
# The sample's data date; later its files would be grey.
TODAY: Final = "2026-07-05T10:00:00"
COLOURS: Final = 256


def main() -> None:
    """Write all pictures, or those whose name begins with one of the words given."""
    wanted = sys.argv[1:]
    folder = shelf("maps") / "gallery"
    folder.mkdir(exist_ok=True)
    found = series(open_programme(sample_folder()))
    with tempfile.TemporaryDirectory() as files, _served(found) as address, sync_playwright() as playwright:
        pages = _pages(found, Path(files), address)
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, where in pages.items():
            for width in WIDTHS:
                if not wanted or any(name.startswith(word) for word in wanted):
                    page = browser.new_page(viewport={"width": width, "height": 800})
                    _shoot(page, name, where, folder / f"{name}-{width}.png")
                    page.close()
        browser.close()
    for code in LANGUAGES:
        with speaking(code):
            pictures = write_sheets(found.last, folder, form="png", district="XX02")
        for picture in pictures:
            name = "sheet.png" if code == LANGUAGES[0] else f"sheet-{code}.png"
            _small(picture.read_bytes(), folder / name, 1100)
            picture.unlink()


def _pages(found: Series, files: Path, address: str) -> dict[str, str]:
    """Address of each page by name; those that have a language by name and language."""
    made, gains = {"report": report_page(year_report(found.programme, "article7"))}, gains_of(found.last.after)
    for code in LANGUAGES:
        with speaking(code):
            made[f"gains-{code}"] = gains_page(gains)
    for name, page in made.items():
        (files / f"{name}.html").write_text(page, encoding="utf-8")
    languages = {f"map-{code}": f"{address}/?lang={code}" for code in LANGUAGES}
    languages |= {f"card-{code}": f"{address}/?lang={code}" for code in LANGUAGES}
    served = {
        "progress": "/progress",
        "explained": "/explain/held_back",
        "method": "/method",
        "data": "/data",
        "ogc": "/ogc?f=html",
        "items": "/ogc/collections/communities/items?f=html",
        "refused": "/?community=nobody",
    }
    return {
        **languages,
        **{name: address + path for name, path in served.items()},
        **{name: (files / f"{name}.html").as_uri() for name in made},
    }


def _shoot(page: Page, name: str, where: str, path: Path) -> None:
    page.clock.install(time=TODAY)
    page.goto(where, timeout=120_000)
    if name.split("-", maxsplit=1)[0] in ("map", "card", "gains"):
        page.wait_for_selector("body[data-drawn=yes]", timeout=120_000)
    if name == "progress":  # how firm the counts are comes after the page
        page.wait_for_selector("#firm table", timeout=600_000)
    if name.startswith("card"):
        page.evaluate('openCard(hazardAtlas, hazardAtlas.byId["communities/C0173"], false)')
    page.wait_for_timeout(500)
    _small(page.screenshot(), path, None)


def _small(png: bytes, path: Path, width: int | None) -> None:
    """Few colours, so that the gallery stays small."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    if width is not None:
        picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    picture.quantize(COLOURS).save(path, optimize=True)


@contextmanager
def _served(found: Series) -> Iterator[str]:
    server: Any = make_server("127.0.0.1", 0, create_app(found.programme, found), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


if __name__ == "__main__":
    main()
