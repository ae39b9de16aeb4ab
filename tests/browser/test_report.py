"""The report as people see it: opened from disk in a real browser, with the network cut off."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conduct_serve.batch import RunSettings, score_export
from conduct_serve.log import Log
from conduct_serve.model import model_folder

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip

if CHROMIUM is None and os.environ.get("CI"):
    pytest.fail("CI must not skip the browser test: install chromium (tests/system.sh does)", pytrace=False)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: see Tests in README.md")


@pytest.fixture(scope="module")
def page(export: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    folder = score_export(
        export, tmp_path_factory.mktemp("runs"), RunSettings(model=model_folder(None), processes=1), Log()
    ).folder
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(offline=True)
        opened = context.new_page()
        opened.failures = []  # type: ignore[attr-defined]
        opened.on("console", lambda m: opened.failures.append(m.text) if m.type == "error" else None)  # type: ignore[attr-defined]
        opened.on("request", lambda r: opened.failures.append(r.url) if not r.url.startswith("file:") else None)  # type: ignore[attr-defined]
        opened.goto((folder / "report.html").as_uri())
        if "CONDUCT_SCREENSHOT" in os.environ:
            opened.screenshot(path=os.environ["CONDUCT_SCREENSHOT"], full_page=True)
        yield opened
        browser.close()


def test_it_opens_offline_and_asks_for_nothing(page) -> None:  # type: ignore[no-untyped-def]
    assert page.failures == []
    assert page.title().startswith("Conduct run nightly")


def test_it_says_what_it_is_not(page) -> None:  # type: ignore[no-untyped-def]
    text = page.inner_text("main")
    assert "This is no risk assessment" in text
    assert "people decide" in text


def test_every_plot_has_a_table_beside_it_and_a_name(page) -> None:  # type: ignore[no-untyped-def]
    plots = page.locator("svg[role=img]")
    assert plots.count() >= 3
    for n in range(plots.count()):
        assert plots.nth(n).get_attribute("aria-label")
        assert plots.nth(n).bounding_box()["width"] > 200
        assert plots.nth(n).locator("xpath=ancestor::*[contains(@class,'two')]//table").count() == 1


def test_the_worklist_stands_worst_first(page) -> None:  # type: ignore[no-untyped-def]
    table = page.locator("h2:has-text('Top of the worklist') + div table tbody tr")
    numbers = [int(table.nth(n).locator("td").first.inner_text()) for n in range(table.count())]
    assert numbers == sorted(numbers, reverse=True) != []


def test_no_narrative_stands_in_it(page, export: Path) -> None:  # type: ignore[no-untyped-def]
    import csv

    text = page.content()
    with export.open(newline="") as stream:
        for row in csv.DictReader(stream):
            assert row["narrative"][:40] not in text
