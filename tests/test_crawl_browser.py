import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawl_site import Site, page
from raw_server import answer

pytest.importorskip("playwright", reason="playwright is not installed (the extra 'browser')")
if not (shutil.which("chromium") or shutil.which("chromium-browser")):
    pytest.skip("Chromium is not installed (apt-get install chromium)", allow_module_level=True)

SCRIPT = """<script>document.querySelector("nav ul").innerHTML = '<li><a href="/report/written">written</a></li>';
    document.querySelector("h1").textContent = document.title + ", as a script wrote it"</script>"""


def scripted(title: str) -> bytes:
    return answer(page(title).replace(b"</body>", SCRIPT.encode() + b"</body>"))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    one = Site(tmp_path)
    one.with_sitemap = ()
    one.server.paths |= {"/list": scripted("List"), "/report/written": scripted("A report")}
    yield one
    one.archive.close()


def test_what_a_script_writes_is_followed_and_read_and_the_response_is_kept_beside_it(site: Site) -> None:
    result = site.crawl(capture="browser")
    assert result.coverage[0].outcomes == {"new": 1}
    assert site.archive.pages()[0].title == "A report, as a script wrote it"
    here = site.server.url("/report/written")
    made = [(row.method, row.page_id is None) for row in site.archive.captures() if row.url == here]
    assert made == [("http", True), ("browser", False)]
    response, rendering = (site.archive.body(row.id) for row in site.archive.captures() if row.url == here)
    assert b"<h1>A report</h1>" in response
    assert b"A report, as a script wrote it" in rendering
    told = [event.outcome for event in site.events if event.url == here]
    assert told == ["fetched", "new"]
    assert site.crawl(capture="browser").coverage[0].outcomes == {"unchanged": 1}
