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
from typing import Any, NamedTuple

from measuring import machine, table, timed
from playwright.sync_api import Page, sync_playwright

from hazard_service.assessment import assess, compare
from hazard_service.atlas import map_page
from hazard_service.layers import open_programme
from hazard_service.layers.synthetic import write_synthetic

SLOWER, DRAGS, STEPS, AFTER_MS = 4, 8, 25, 3000
HEADS = ["what", "frames", "median ms", "95 of 100 ms", "longest ms"]
FLAGS = ["--no-sandbox", "--disable-gpu"]
# Milliseconds between frames, and those of tasks of 50 and more, from now until STOP.
WATCH = """() => { window.frames_ms = []; window.tasks_ms = []; let last = performance.now(); window.watching = true;
  const note = (found) => found.forEach((task) => window.tasks_ms.push(task.duration));
  window.watcher = new PerformanceObserver((list) => note(list.getEntries()));
  window.watcher.note = note;
  window.watcher.observe({ entryTypes: ["longtask"] });
  const tick = (now) => { window.frames_ms.push(now - last); last = now;
    if (window.watching) requestAnimationFrame(tick); };
  requestAnimationFrame(tick); }"""
STOP = """() => { window.watching = false; window.watcher.note(window.watcher.takeRecords());
  window.watcher.disconnect(); return [window.frames_ms, window.tasks_ms]; }"""


class Watched(NamedTuple):
    """frames_ms: from frame to frame. longest_ms: the longest task of each turn; 0 where none took 50."""

    frames_ms: list[float]
    longest_ms: list[float]

    def add(self, frames_ms: Sequence[float], tasks_ms: Sequence[float]) -> None:
        self.frames_ms.extend(frames_ms)
        self.longest_ms.append(max(tasks_ms, default=0.0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hazards", type=int, default=10_000)
    parser.add_argument("--communities", type=int, default=5_000)
    parser.add_argument("--keep", type=Path, help="where to keep the map")
    parser.add_argument("--map", type=Path, help="a map that was kept, instead of making one")
    asked = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        path = asked.map or Path(folder) / "map.html"
        if asked.map is None:
            seconds, text = timed(lambda: _page(Path(folder), asked.hazards, asked.communities))
            path.write_text(text, encoding="utf-8")
            print(f"\n{asked.hazards:,} hazards, {asked.communities:,} communities")
            print(f"made in {seconds:.0f} s, with the country and its assessments")
        print(f"\n{path.stat().st_size / 1e6:.1f} MB\n")
        if asked.keep:
            shutil.copy(path, asked.keep)
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
    rows: list[list[object]] = [[f"{words}: open", 1, *[seconds * 1000] * 3, "-", "-"]]
    whole = _dragged(page)
    for _ in range(3):
        page.evaluate("void hazardAtlas.map.setZoom(hazardAtlas.map.getZoom() + 1, { animate: false })")
        page.wait_for_timeout(2500)
    closer = _dragged(page)
    rows += [_row(f"{words}: {name}", found) for name, found in (
        ("drag, whole country", whole[0]), ("let go, whole country", whole[1]),
        ("drag, three zooms in", closer[0]), ("let go, three zooms in", closer[1]),
    )]  # fmt: skip
    print(table([*HEADS, "longest task ms", "of each turn, median ms"], rows))
    print()


def _opened(page: Page, path: Path) -> None:
    page.goto(path.resolve().as_uri(), timeout=120_000)
    page.wait_for_selector("body[data-drawn=yes]", timeout=120_000)


def _dragged(page: Page) -> tuple[Watched, Watched]:
    """What is watched while the map is dragged, and in the seconds after it is let go."""
    box: Any = page.locator(".folium-map").bounding_box() or {}
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    dragged, after = Watched([], []), Watched([], [])
    for turn in range(DRAGS):
        way = 1 if turn % 2 else -1
        page.mouse.move(x, y)
        page.mouse.down()
        page.evaluate(WATCH)
        for step in range(1, STEPS + 1):
            page.mouse.move(x + way * step * 5, y + way * step * 3)
        dragged.add(*page.evaluate(STOP))
        page.evaluate(WATCH)
        page.mouse.up()
        page.wait_for_timeout(AFTER_MS)
        after.add(*page.evaluate(STOP))
    return dragged, after


def _row(words: str, found: Watched) -> list[object]:
    ordered = sorted(found.frames_ms)
    frames = [len(ordered), statistics.median(ordered), ordered[int(len(ordered) * 0.95)], ordered[-1]]
    return [words, *frames, max(found.longest_ms), statistics.median(found.longest_ms)]


if __name__ == "__main__":
    main()
