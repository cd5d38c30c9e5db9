"""A page in a real browser: opened with every other host refused and recorded, its features found and clicked."""

import threading
from contextlib import contextmanager

from werkzeug.serving import make_server

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
FLAGS = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"]
# Waits for the canvas: the script says when all layers are drawn.
DRAWN = "body[data-drawn=yes]"
# The features that are shown, of every layer or one, in the words that the page calls them by.
SHOWN = """(kind) => Object.values(hazardAtlas.layers).flatMap((group) => group.getLayers())
  .filter((layer) => layer.feature && layer.isShown() && (!kind || layer.kind === kind))"""
# Words in the picture: of districts, and the ranks of hazards.
WRITTEN = """(kind) => hazardAtlas.written.getLayers().filter((words) => Boolean(words.rank) === (kind === "rank"))
  .map((words) => words.options.text)"""
FIND = f"""(name) => {{
  const found = ({SHOWN})().find((layer) => titleOf(hazardAtlas, layer) === name && "options" in layer);
  const at = found.getLatLng ? found.getLatLng() : found.getBounds().getCenter();
  const point = hazardAtlas.map.latLngToContainerPoint(at);
  const frame = hazardAtlas.map.getContainer().getBoundingClientRect();
  return [frame.left + point.x, frame.top + point.y];
}}"""


@contextmanager
def served(app):
    """Address of an app on a free port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def opened(browser, address, *, size=DESK, today="2026-07-05", logs=None, script=None, **options):
    """A drawn page; on leaving, nothing may have been asked of another host and no error logged but `logs`.

    script: run in the page before its own. options: of the browser's context, such as has_touch or geolocation.
    """
    context = browser.new_context(viewport=size, **options)
    if script:
        context.add_init_script(script)
    page = context.new_page()
    page.set_default_timeout(10_000)
    elsewhere, errors = [], []

    def guard(route):
        url = route.request.url
        if url.startswith(("http://127.0.0.1:", "file://")):
            route.continue_()
        else:
            elsewhere.append(url)
            route.abort()

    context.route("**/*", guard)
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.clock.install(time=f"{today}T10:00:00")
    try:
        page.goto(address)
        page.wait_for_selector(DRAWN)
        yield page
        assert elsewhere == []
        assert [error for error in errors if logs is None or logs not in error] == []
        assert logs is None or errors
    finally:
        context.close()


def titles(page, kind=None):
    """Titles of everything that is shown and opens a card, or of one layer."""
    kinds = [kind] if kind else ["communities", "hazards", "places"]
    return sorted(
        title
        for one in kinds
        for title in page.evaluate(f"(kind) => ({SHOWN})(kind).map((layer) => titleOf(hazardAtlas, layer))", one)
    )


def click(page, name):
    """Clicks on the map where `name` lies; text of the card that opens."""
    page.evaluate("closeCard(hazardAtlas)")
    page.mouse.click(*page.evaluate(FIND, name))
    page.locator("#card h2").get_by_text(name, exact=True).wait_for()
    return page.inner_text("#card")


def open_card(page, name):
    """Opens the card of `name` wherever it lies, as the search does; its text."""
    page.evaluate(
        f"""(name) => {{
          const found = ({SHOWN})().find((layer) => titleOf(hazardAtlas, layer) === name);
          lookAt(hazardAtlas, found);
          openCard(hazardAtlas, found, true);
        }}""",
        name,
    )
    return page.inner_text("#card")


def show_date(page, day):
    """Moves the slider to a date of the page, as a hand or an arrow key does."""
    at = page.evaluate("(day) => hazardAtlas.page.dates.indexOf(day)", day)
    page.locator("#date").fill(str(at))


def eventually(page, check):
    """Fails unless `check` comes to hold."""
    # Asked again and again from here: the page's policy forbids Playwright's own waiting, which evaluates text in it.
    for _ in range(200):
        if check():
            return
        page.wait_for_timeout(20)
    assert check()


def ink(page):
    """Number of distinct colours on the canvas: layers are drawn, not merely listed."""
    return page.evaluate(
        """() => { const canvas = document.querySelector("canvas");
             const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
             return new Set(new Uint32Array(data.buffer)).size; }"""
    )
