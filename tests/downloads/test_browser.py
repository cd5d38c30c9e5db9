"""The form of the page in a browser, under the page's own policy: what is pressed is saved."""

from pathlib import Path

import pyogrio
from playwright.sync_api import sync_playwright


def test_a_filled_form_saves_the_rows_it_asks_for(chromium, server, tmp_path):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        told = []
        page.on("console", lambda message: told.append(message.text))
        page.goto(f"{server}/data")
        page.get_by_text("Choose day, rows and reference system of open hazard areas").click()
        form = page.locator("form").first
        form.get_by_label("Filter").fill("kind = 'CHA'")
        form.get_by_label("Reference system").select_option(label="WGS 84 / UTM zone 24N")
        with page.expect_download() as saving:
            form.get_by_role("button", name="GeoPackage").click()
        path = tmp_path / saving.value.suggested_filename
        saving.value.save_as(path)
        browser.close()
    assert (Path(path).name, told) == ("hazards.gpkg", [])
    read = pyogrio.read_dataframe(path, layer="hazards")
    assert (read["hazard_id"].tolist(), read.crs.to_epsg()) == (["H1"], 32624)
