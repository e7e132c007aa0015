"""The page of a story in a real browser: what it shows, and what the keyboard does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import UNSEEDED

from triptych_lint.mentor.reading import read
from triptych_lint.mentor.story import page as story_page
from triptych_lint.mentor.story.model import tell
from triptych_lint.settings import Settings
from triptych_lint.source import Source

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_api.sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        except sync_api.Error:
            pytest.skip("no Chromium to be found")
        yield browser
        browser.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(
        UNSEEDED.replace("torch.manual_seed(0)", "set_seed(0)").replace(
            "import torch\n", "import torch\nfrom helper import set_seed\n"
        )
    )
    (tmp_path / "helper.py").write_text(
        "import torch\n\n\ndef set_seed(seed):\n    torch.manual_seed(seed)\n"
    )
    story = tell(read(tmp_path / "train.py", Settings(root=tmp_path)))
    (tmp_path / "run.html").write_text(story_page.render(story), "utf-8")
    return tmp_path


def opened(browser: Any, folder: Path, **options: Any) -> tuple[Any, list[str]]:
    page = browser.new_page(viewport={"width": 1280, "height": 800}, **options)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    own = (folder / "run.html").as_uri()
    page.on("request", lambda asked: errors.append(asked.url) if asked.url != own else None)
    page.goto(own)
    return page, errors


def test_it_opens_at_the_first_question_and_shows_its_evidence(browser: Any, folder: Path) -> None:
    page, errors = opened(browser, folder)
    assert errors == []
    assert "np.random.permutation" in page.locator(".event[aria-current=true]").inner_text()
    chosen = page.locator(".row.chosen")
    assert "order = np.random.permutation(800)" in chosen.inner_text()
    assert chosen.is_visible()
    assert "draws from numpy" in page.locator(".why").all_inner_texts()


def test_the_keyboard_goes_through_the_run_and_into_other_files(browser: Any, folder: Path) -> None:
    page, errors = opened(browser, folder)
    page.keyboard.press("Home")
    assert page.locator("[role=tab][aria-selected=true]").inner_text() == "helper.py"
    assert "torch.manual_seed(seed)" in page.locator(".row.chosen").inner_text()
    assert page.evaluate("document.activeElement.className").startswith("event")
    page.keyboard.press("ArrowDown")
    assert page.locator("[role=tab][aria-selected=true]").inner_text() == "train.py"
    page.keyboard.press("End")
    assert "optimizer.step()" in page.locator(".row.chosen").inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("q")
    assert "np.random.permutation" in page.locator(".row.chosen").inner_text()
    assert errors == []


def test_a_line_of_the_source_leads_to_its_event(browser: Any, folder: Path) -> None:
    page, _ = opened(browser, folder)
    page.locator(".row", has_text="loss.backward()").click()
    assert "gradients" in page.locator(".event[aria-current=true]").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_the_colours_of_the_system_and_the_switch(
    browser: Any, folder: Path, scheme: str
) -> None:
    page, _ = opened(browser, folder, color_scheme=scheme)

    def brightness() -> int:
        return page.evaluate(
            "getComputedStyle(document.body).backgroundColor.match(/\\d+/g)"
            ".slice(0, 3).reduce((sum, x) => sum + Number(x), 0)"
        )

    assert (brightness() > 380) is (scheme == "light")
    page.locator(".theme").click()
    assert (brightness() > 380) is (scheme == "dark")


@pytest.mark.parametrize("width", [1440, 900, 390])
def test_nothing_sticks_out_at_any_width(browser: Any, folder: Path, width: int) -> None:
    page, _ = opened(browser, folder)
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_source_is_shown_as_it_is(browser: Any, folder: Path) -> None:
    page, _ = opened(browser, folder)
    shown = page.evaluate(
        "Array.from(document.querySelectorAll('#f0 .row > span:nth-child(3)'), x => x.textContent)"
    )
    assert shown == Source.read(folder / "train.py").text.splitlines()


def test_a_picture_of_it_is_not_blank(browser: Any, folder: Path) -> None:
    page, _ = opened(browser, folder)
    assert len(page.screenshot()) > 30_000


def test_who_reads_the_source_scrolls_it(browser: Any, folder: Path) -> None:
    page, _ = opened(browser, folder)
    before = page.locator(".event[aria-current=true]").inner_text()
    page.locator(".row", has_text="import numpy as np").click()
    page.keyboard.press("ArrowDown")
    assert page.locator(".event[aria-current=true]").inner_text() == before
