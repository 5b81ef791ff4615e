"""Pages printed to PDF, and shown as text, by a Chromium without a network."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

_OFFLINE = ("--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://nowhere.invalid:1", "--disable-gpu")


@dataclass(frozen=True)
class Printed:
    """What the browser made of one page: a PDF, and the text that a reader would copy."""

    pdf: bytes
    text: bytes


def printed(pages: Iterable[Path]) -> dict[str, Printed]:
    """Each of *pages* by its name; skips the test where there is no browser to print with."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (the extra 'browser')")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        pytest.skip("Chromium is not installed (make system)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=list(_OFFLINE), chromium_sandbox=os.geteuid() != 0
        )
        page = browser.new_context(offline=True).new_page()
        made: dict[str, Printed] = {}
        for path in pages:
            page.set_content(path.read_text(encoding="utf-8"), wait_until="domcontentloaded")
            text = page.inner_text("body").encode()
            made[path.stem] = Printed(pdf=page.pdf(prefer_css_page_size=True), text=text)
        browser.close()
    return made
