"""The map to carry of a whole country: how large the file is, and how smoothly it moves on a slow machine.

`python benchmarks/map_file.py` makes a fictional country of 10,000 hazards and 5,000 communities (minutes of work), and
opens its map in Chromium, slowed down four times. `--hazards` and `--communities` make it smaller.
"""

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from measuring import machine, table, timed
from playwright.sync_api import Page, sync_playwright

from hazard_service.assessment import assess, compare
from hazard_service.atlas import map_page
from hazard_service.layers import open_programme
from hazard_service.layers.synthetic import write_synthetic

SLOWER, DRAGS, STEPS = 4, 4, 25
FLAGS = ["--no-sandbox", "--disable-gpu"]
# Milliseconds between frames from now until STOP.
WATCH = """() => { window.frames_ms = []; let last = performance.now(); window.watching = true;
  const tick = (now) => { window.frames_ms.push(now - last); last = now;
    if (window.watching) requestAnimationFrame(tick); };
  requestAnimationFrame(tick); }"""
STOP = "() => { window.watching = false; return window.frames_ms; }"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hazards", type=int, default=10_000)
    parser.add_argument("--communities", type=int, default=5_000)
    parser.add_argument("--keep", type=Path, help="where to keep the map")
    asked = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.html"
        seconds, _ = timed(lambda: path.write_text(_page(Path(folder), asked.hazards, asked.communities), "utf-8"))
        print(f"\n{asked.hazards:,} hazards, {asked.communities:,} communities: {path.stat().st_size / 1e6:.1f} MB")
        if asked.keep:
            shutil.copy(path, asked.keep)
        print(f"made in {seconds:.0f} s, with the country and its assessments\n")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            for words, size in (("desk", (1280, 800)), ("phone", (390, 844))):
                _measured(browser.new_page(viewport={"width": size[0], "height": size[1]}), path, words)
            browser.close()


def _page(folder: Path, hazards: int, communities: int) -> str:
    write_synthetic(folder / "country", hazards=hazards, communities=communities, seed=1)
    text = (folder / "country" / "programme.toml").read_text(encoding="utf-8")
    # What is walked is not what is measured here: large cells and short walks.
    text = text.replace("[settings]", "[settings]\ncell_m = 100\nreach_min = 20\nmarket_min = 20\nschool_min = 20\n"
                        "health_min = 20", 1)  # fmt: skip
    (folder / "country" / "programme.toml").write_text(text, encoding="utf-8")
    programme = open_programme(folder / "country")
    days = (programme.baseline_date, programme.data_date)
    return map_page([compare(*(assess(programme.situation(day)) for day in days))])


def _measured(page: Page, path: Path, words: str) -> None:
    page.clock.set_fixed_time("2026-07-05T10:00:00")
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    seconds, _ = timed(lambda: _opened(page, path))
    rows: list[list[object]] = [[f"{words}: open", 1, seconds * 1000, seconds * 1000, seconds * 1000]]
    whole = _dragged(page)
    for _ in range(3):
        page.evaluate("void hazardAtlas.map.setZoom(hazardAtlas.map.getZoom() + 1, { animate: false })")
        page.wait_for_timeout(2500)
    closer = _dragged(page)
    rows += [_row(f"{words}: {name}", found) for name, found in (
        ("drag, whole country", whole[0]), ("let go, whole country", whole[1]),
        ("drag, three zooms in", closer[0]), ("let go, three zooms in", closer[1]),
    )]  # fmt: skip
    print(table(["what", "frames", "median ms", "95 of 100 ms", "longest ms"], rows))
    print()


def _opened(page: Page, path: Path) -> None:
    page.goto(path.as_uri(), timeout=120_000)
    page.wait_for_selector("body[data-drawn=yes]", timeout=120_000)


def _dragged(page: Page) -> tuple[list[float], list[float]]:
    """Milliseconds of the frames while the map is dragged, and of those in the second after it is let go."""
    box: Any = page.locator(".folium-map").bounding_box() or {}
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    dragged, after = [], []
    for turn in range(DRAGS):
        way = 1 if turn % 2 else -1
        page.mouse.move(x, y)
        page.mouse.down()
        page.evaluate(WATCH)
        for step in range(1, STEPS + 1):
            page.mouse.move(x + way * step * 5, y + way * step * 3)
        dragged += page.evaluate(STOP)
        page.evaluate(WATCH)
        page.mouse.up()
        page.wait_for_timeout(1500)
        after += page.evaluate(STOP)
    return dragged, after


def _row(words: str, frames_ms: Sequence[float]) -> list[object]:
    ordered = sorted(frames_ms)
    return [words, len(ordered), statistics.median(ordered), ordered[int(len(ordered) * 0.95)], ordered[-1]]


if __name__ == "__main__":
    main()
