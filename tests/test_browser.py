import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from raw_server import RawServer, Serve, answer, running

from scraper.capture import Capture
from scraper.errors import FetchError, UsageError
from scraper.fetch import Bounds, Fetcher, Manners

pytest.importorskip("playwright", reason="playwright is not installed (the extra 'browser')")
if not (shutil.which("chromium") or shutil.which("chromium-browser")):
    pytest.skip("Chromium is not installed (apt-get install chromium)", allow_module_level=True)

from scraper.fetch.browser import BrowserFetcher, PageBounds

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
ROBOTS = answer(b"User-agent: *\nDisallow: /closed\n")
LASTING = "Cache-Control: max-age=600"
NAMES = {"localhost": "127.0.0.1", "inside.example": "127.0.0.2", "metadata.example": "169.254.169.254"}


def page(script: str = "", body: str = "<p id=text>as served</p>") -> bytes:
    return answer(f"<!DOCTYPE html><title>A report</title>{body}<script>{script}</script>".encode())


def script(text: str, *headers: str) -> bytes:
    return answer(text.encode(), *headers).replace(b"text/html", b"text/javascript")


def writing(url: str) -> str:
    """A script that writes what *url* answers, or that it could not be had, into the page."""
    return f"""fetch("{url}").then(answer => answer.text()).catch(() => "nothing came")
        .then(text => document.body.append(document.createElement("hr"), text));"""


async def resolver(name: str, _: int) -> tuple[str, ...]:
    literal = name.strip("[]")
    if name in NAMES or literal.replace(".", "").isdigit() or ":" in literal:
        return (NAMES.get(name, literal),)
    raise FetchError(f"no address found for host '{name}'", url=name, transient=False)


class Canary:
    """Counts all that arrives: datagrams, and TCP connections, of which the system takes note although nobody does."""

    def __init__(self, address: str, port: int = 0) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.listener = socket.create_server((address, port), family=family)
        self.port: int = self.listener.getsockname()[1]
        self.datagrams = socket.socket(family, socket.SOCK_DGRAM)
        self.datagrams.bind((address, self.port))
        self.listener.setblocking(False)
        self.datagrams.setblocking(False)

    def count(self) -> int:
        count = 0
        with suppress(BlockingIOError):
            while True:
                self.listener.accept()[0].close()
                count += 1
        with suppress(BlockingIOError):
            while True:
                self.datagrams.recv(1)
                count += 1
        return count

    def close(self) -> None:
        self.listener.close()
        self.datagrams.close()


class Desk:
    """One server, and one browser that captures its pages within *bounds*."""

    def __init__(self, runner: asyncio.Runner, bounds: Bounds, page_bounds: PageBounds) -> None:
        self.runner = runner
        self.stack = AsyncExitStack()
        self.server = RawServer({"/robots.txt": ROBOTS})
        self.other = RawServer({})
        self.responses: list[Capture] = []
        runner.run(self.open(bounds, page_bounds))

    async def open(self, bounds: Bounds, page_bounds: PageBounds) -> None:
        for server in (self.server, self.other):
            await self.stack.enter_async_context(running(server))
        manners = Manners(bounds=bounds, delay_s=0.0, allow_addresses=frozenset({self.server.place, self.other.place}))
        fetcher = Fetcher(manners, now=lambda: NOW, resolver=resolver)
        self.browser = BrowserFetcher(fetcher, manners, on_response=self.responses.append, page_bounds=page_bounds)
        await self.stack.enter_async_context(self.browser)

    def capture(self, what: bytes, etag: str = "", **paths: bytes | Serve | list[bytes]) -> Capture:
        """The page *what*, with *paths* beside it, whose names stand for themselves with "_" for "/"."""
        self.server.asked.clear()
        self.server.heads.clear()
        self.responses.clear()
        self.server.paths |= {"/page": what, **{f"/{path}": reply for path, reply in paths.items()}}
        return self.runner.run(self.browser.fetch(self.server.url("/page"), etag=etag))

    def close(self) -> None:
        self.runner.run(self.stack.aclose())


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def desk(runner: asyncio.Runner) -> Iterator[Desk]:
    desk = Desk(runner, Bounds(attempts=1, total_s=20, read_s=5), PageBounds(total_s=15, quiet_s=0.3))
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def tight(runner: asyncio.Runner) -> Iterator[Desk]:
    """A desk whose bounds are small, for pages that go over them."""
    bounds = Bounds(attempts=1, total_s=20, body_bytes=100_000, hops=3)
    desk = Desk(runner, bounds, PageBounds(total_s=5, quiet_s=0.3, requests=5))
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def hasty(runner: asyncio.Runner) -> Iterator[Desk]:
    """A desk with little time, for pages that never come to rest."""
    desk = Desk(runner, Bounds(attempts=1), PageBounds(total_s=1.0, quiet_s=0.3))
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def canaries(desk: Desk) -> Iterator[list[Canary]]:
    """On an address of their own at the page's port, which only the address guard refuses, and on another port."""
    port = desk.server.port
    canaries = [Canary("127.0.0.2", port), Canary("127.0.0.1")]
    canaries += [Canary("::1", port), Canary("::1", canaries[1].port)] if socket.has_ipv6 else []
    yield canaries
    for canary in canaries:
        canary.close()


def text_of(capture: Capture) -> str:
    assert capture.body is not None, capture.reason
    return capture.body.decode()


def test_the_response_and_the_rendered_dom_are_both_kept_and_told_apart(desk: Desk) -> None:
    served = page(writing("/words"), "<p id=text>as served</p>")
    rendered = desk.capture(served, words=answer("212 Häuser".encode(), "Content-Type: text/plain; charset=utf-8"))
    (response,) = desk.responses
    assert (response.method, rendered.method) == ("http", "browser")
    assert (response.outcome, rendered.outcome, rendered.reason) == ("fetched", "fetched", "")
    assert response.body is not None
    assert served.endswith(response.body)
    assert "212 Häuser" in text_of(rendered)
    assert "212 Häuser" not in text_of(response)
    assert text_of(rendered).startswith("<!DOCTYPE html>\n<html>")
    assert (response.content_type, rendered.content_type) == ("text/html", "text/html; charset=utf-8")
    assert (rendered.url, rendered.captured_at) == (response.url, response.captured_at)
    assert (rendered.status, rendered.response_headers) == (200, response.response_headers)
    assert rendered.wire_bytes == len(response.body) + len("212 Häuser".encode())


def test_a_dom_is_utf_8_whatever_the_page_was(desk: Desk) -> None:
    body = "<meta charset=windows-1251><p>Отчёт</p>".encode("windows-1251")
    assert "<p>Отчёт</p>" in text_of(desk.capture(answer(body)))


def test_a_page_is_rendered_although_its_document_may_be_unchanged(desk: Desk) -> None:
    rendered = desk.capture(page(writing("/words")), etag='"1"', words=answer(b"changed"))
    assert "changed" in text_of(rendered)
    assert not any("if-none-match" in head.lower() for head in desk.server.heads)


@pytest.mark.parametrize(
    ("what", "outcome"),
    [
        (answer(b"{}").replace(b"text/html", b"application/json"), "fetched"),
        (answer(b"<p>for saving", "Content-Disposition: attachment"), "fetched"),
        (answer(b"gone", status="404 Not Found"), "missing"),
        (answer(b"later", status="503 Service Unavailable"), "failed"),
    ],
    ids=["no-html", "for-saving", "missing", "failed"],
)
def test_what_is_no_page_is_captured_without_the_browser(desk: Desk, what: bytes, outcome: str) -> None:
    capture = desk.capture(what)
    assert (capture.method, capture.outcome) == ("http", outcome)
    assert desk.responses == []


# Every way out of a page that we know, in groups that do not disturb each other; OUT is where a canary listens.
WAYS_OUT = {
    "requests": """
        fetch("http://OUT/fetch").catch(() => 0);
        const request = new XMLHttpRequest(); request.open("GET", "http://OUT/xhr"); request.send();
        import("http://OUT/module.js").catch(() => 0);
        navigator.sendBeacon("http://OUT/beacon", "x");
        fetch("http://OUT/kept", {method: "POST", keepalive: true, body: "x"}).catch(() => 0);
        new EventSource("http://OUT/events");
        new Image().src = "http://OUT/image";
        new Audio("http://OUT/sound").play().catch(() => 0);
        fetch("/redirected").catch(() => 0);
        new FontFace("f", "url(http://OUT/font)").load().catch(() => 0);""",
    "sockets": """
        new WebSocket("ws://OUT/socket");
        const job = `try { new WebSocket("ws://OUT/worker") } catch {}
            fetch("http://OUT/worker").catch(() => 0); try { importScripts("http://OUT/more.js") } catch {}`;
        const file = URL.createObjectURL(new Blob([job], {type: "text/javascript"}));
        new Worker(file); new SharedWorker(file); new SharedWorker("/shared.js");
        navigator.serviceWorker.register("/shared.js").catch(() => 0);
        try { new WebTransport("https://OUT/") } catch {}
        const frame = document.createElement("iframe"); document.body.append(frame);
        for (const Peer of [globalThis.RTCPeerConnection, frame.contentWindow.RTCPeerConnection]) try {
            const servers = [{urls: "stun:OUT"}, {urls: "turn:OUT?transport=tcp", username: "a", credential: "b"}];
            const peer = new Peer({iceServers: servers});
            peer.createDataChannel("x"); peer.createOffer().then(offer => peer.setLocalDescription(offer));
        } catch {}""",
    "hints": """
        for (const rel of ["preconnect", "dns-prefetch", "prefetch", "modulepreload", "icon", "manifest", "stylesheet"])
            document.head.append(Object.assign(document.createElement("link"), {rel, href: `http://OUT/${rel}`}));
        const rules = {prefetch: [{source: "list", urls: ["http://OUT/rule"], eagerness: "immediate"}],
            prerender: [{source: "list", urls: ["/prerendered"], eagerness: "immediate"}]};
        document.head.append(Object.assign(document.createElement("script"),
            {type: "speculationrules", textContent: JSON.stringify(rules)}));""",
    "frames": """
        for (const [tag, name] of [["iframe", "src"], ["object", "data"], ["embed", "src"], ["frame", "src"]])
            document.body.append(Object.assign(document.createElement(tag), {[name]: `http://OUT/${tag}`}));
        open("http://OUT/window"); open("http://OUT/alone", "_blank", "noopener"); open("/shared.js");
        const link = Object.assign(document.createElement("a"), {href: "http://OUT/link", ping: "http://OUT/ping"});
        link.target = "_blank"; document.body.append(link); link.click();
        link.target = ""; link.download = "x"; link.click();""",
    "moves": """
        const form = Object.assign(document.createElement("form"), {action: "http://OUT/form", method: "post"});
        document.body.append(form); form.submit();
        setTimeout(() => { location = "http://OUT/" }, 60);
        setTimeout(() => document.head.append(Object.assign(document.createElement("meta"),
            {httpEquiv: "refresh", content: "0;url=http://OUT/"})), 120);""",
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_nothing_a_page_does_reaches_a_private_address(desk: Desk, canaries: list[Canary], way: str) -> None:
    places = [f"127.0.0.2:{desk.server.port}", f"localhost:{canaries[1].port}", f"[::1]:{desk.server.port}"]
    tries = [WAYS_OUT[way].replace("OUT", place) for place in (places[:1] if way == "frames" else places)]
    redirect = answer(b"", f"Location: http://{places[0]}/led", status="302 Found")
    rendered = desk.capture(
        page("\n".join(f"{{{text}}}" for text in tries)), redirected=redirect, **{"shared.js": script(tries[0])}
    )
    assert "as served" in text_of(rendered)
    assert [canary.count() for canary in canaries] == [0] * len(canaries)


def test_the_canary_hears_what_reaches_it() -> None:
    canary = Canary("127.0.0.1")
    with socket.create_connection(("127.0.0.1", canary.port)), socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        datagrams.sendto(b"x", ("127.0.0.1", canary.port))
        assert canary.count() == 2
    canary.close()


def test_what_was_refused_to_a_page_is_named(desk: Desk) -> None:
    places = ("169.254.169.254", "10.0.0.1", "[::ffff:127.0.0.1]", "2130706433", "inside.example", "metadata.example")
    rendered = desk.capture(page("".join(writing(f"http://{place}/") for place in places)))
    assert text_of(rendered).count("<hr>nothing came") == len(places)
    assert rendered.outcome == "fetched"
    assert rendered.reason.startswith(
        "refused to the page: http://169.254.169.254 (address 169.254.169.254 is private or reserved), "
        "http://10.0.0.1 (address 10.0.0.1 is private or reserved), "
    )
    assert desk.server.asked == ["/page"]


def test_no_cookie_is_sent_and_nothing_is_left_to_the_next_page(desk: Desk) -> None:
    marking = 'document.cookie = "a=b"; localStorage.a = "c";'
    desk.capture(answer(page(marking + writing("/words")).partition(b"\r\n\r\n")[2], "Set-Cookie: d=e"))
    assert "/words" in desk.server.asked
    assert not any("\r\ncookie:" in head.lower() for head in desk.server.heads)
    rendered = desk.capture(page('document.title = "<" + document.cookie + (localStorage.a ?? "") + ">"'))
    assert "<title>&lt;&gt;</title>" in text_of(rendered)


def test_a_page_gets_only_what_robots_txt_of_its_own_origin_allows(desk: Desk) -> None:
    rendered = desk.capture(
        page(writing("/closed") + writing("/words")), closed=answer(b"secret"), words=answer(b"open")
    )
    assert "/closed" not in desk.server.asked
    assert "<hr>open" in text_of(rendered)
    assert rendered.reason.endswith("(robots.txt line 2: Disallow: /closed)")


def test_a_request_of_a_page_says_what_the_page_wants_and_who_we_are(desk: Desk) -> None:
    asking = 'fetch("/words", {headers: {Accept: "application/json", Authorization: "Basic eDp5", "X-Key": "1"}})'
    desk.capture(page(asking), words=answer(b"{}"))
    head = desk.server.heads[-1].lower()
    assert head.startswith("get /words ")
    assert head.count("\r\naccept:") == 1
    assert "\r\naccept: application/json\r\n" in head
    assert f"\r\nreferer: {desk.server.url('/page')}\r\n" in head
    assert f"\r\nuser-agent: {Manners().user_agent}\r\n" in head
    assert not any(name in head for name in ("authorization", "x-key", "sec-", "accept-language"))


def test_nothing_but_get_is_sent(desk: Desk) -> None:
    rendered = desk.capture(page('fetch("/words", {method: "POST", body: "x"})'))
    assert desk.server.asked == ["/page"]
    assert rendered.reason.endswith("(POST is not sent, only GET)")


def test_pictures_are_not_asked_for_and_their_figures_stay(desk: Desk) -> None:
    rendered = desk.capture(page(body="<figure><img src=/map.png onerror='this.parentNode.remove()' alt=Map></figure>"))
    assert desk.server.asked == ["/page"]
    assert 'alt="Map"' in text_of(rendered)


def test_a_script_that_pages_share_is_asked_for_once_where_it_may_be_kept(desk: Desk) -> None:
    body = "<p>as served</p><script src=/kept.js></script><script src=/fresh.js></script>"
    scripts = {"kept.js": script("document.title = 'A'", LASTING), "fresh.js": script("document.title += 'B'")}
    assert "<title>AB</title>" in text_of(desk.capture(page(body=body), **scripts))
    assert sorted(desk.server.asked) == ["/fresh.js", "/kept.js", "/page"]
    assert "<title>AB</title>" in text_of(desk.capture(page(body=body)))
    assert sorted(desk.server.asked) == ["/fresh.js", "/page"]


def test_scripts_read_another_origin_only_where_it_lets_them(desk: Desk) -> None:
    desk.other.paths |= {"/shut": answer(b"shut"), "/open": answer(b"open", "Access-Control-Allow-Origin: *")}
    led = answer(b"", f"Location: {desk.other.url('/shut')}", status="302 Found")
    urls = (desk.other.url("/shut"), desk.other.url("/open"), "/led")
    rendered = text_of(desk.capture(page("".join(map(writing, urls))), led=led))
    assert (rendered.count("<hr>nothing came"), rendered.count("<hr>open")) == (2, 1)
    assert any(f"origin: {desk.server.url('')}" in head.lower() for head in desk.other.heads)


def test_a_page_may_go_on_to_another_and_each_step_is_kept(desk: Desk) -> None:
    to = answer(b"", "Location: /end", status="302 Found")
    end = page("history.replaceState(0, '', '/end?part=2#x'); document.title = location.href")
    rendered = desk.capture(page("location = '/to'"), to=to, end=end)
    url = desk.server.url
    assert [(hop.url, hop.status, hop.location) for hop in rendered.hops] == [
        (url("/page"), 200, url("/to")),
        (url("/to"), 302, url("/end")),
    ]
    assert (rendered.url, rendered.final_url) == (url("/page"), url("/end?part=2"))
    assert desk.server.asked == ["/page", "/to", "/end"]
    assert f"<title>{url('/end?part=2#x')}</title>" in text_of(rendered)


def test_a_page_stays_where_it_may_not_go_on(desk: Desk) -> None:
    ways = ("/closed", "/file", "mailto:a@b.example", "ftp://b.example/", "http://x:y@b.example/")
    leaving = "".join(f'setTimeout(() => location = "{way}", {20 * place});' for place, way in enumerate(ways))
    file = answer(b"%PDF").replace(b"text/html", b"application/pdf")
    rendered = desk.capture(page(leaving + "onbeforeunload = event => event.preventDefault();"), file=file)
    assert "as served" in text_of(rendered)
    assert rendered.final_url == desk.server.url("/page")
    assert rendered.outcome == "fetched"


def test_what_a_page_redefines_does_not_change_what_is_taken(desk: Desk) -> None:
    lies = """
        Object.defineProperty(Element.prototype, "outerHTML", {get: () => "lie"});
        Object.defineProperty(document, "documentElement", {get: () => null});
        String.prototype.slice = JSON.stringify = () => "lie"; XMLSerializer = Promise = undefined;
        document.body.append("half \\ud83d a pair");"""
    rendered = desk.capture(page(lies))
    assert '<p id="text">as served</p>' in text_of(rendered)
    assert "half \ufffd a pair" in text_of(rendered)


RESTLESS = {
    "endless-script": "while (true) {}",
    "endless-promises": "(function again() { Promise.resolve().then(again) })()",
    "endless-dialogs": "while (true) { alert(1); confirm(2); prompt(3); print() }",
    "endless-growth": 'setInterval(() => document.body.append("grown ".repeat(50)), 5); fetch("/endless")',
}
UNBOUNDED = {
    "endless-requests": ('setInterval(() => fetch("/words"), 20)', "asked for more than 5 resources"),
    "endless-moves": ("location.reload()", "went from page to page more than 3 times"),
    "huge-dom": ('document.body.append("€".repeat(40_000))', "a DOM of over 100,000 bytes; the rest was not taken"),
    "much-to-read": ('fetch("/big").then(() => fetch("/more"))', "asked for more than 100,000 bytes"),
    "own-host-fails": ('fetch("/later")', "/later: status 503 (Service Unavailable)"),
}


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("way", RESTLESS)
def test_a_page_that_never_rests_is_stopped_and_is_no_version(hasty: Desk, way: str) -> None:
    rendered = hasty.capture(page(RESTLESS[way]), endless=endless)
    assert rendered.outcome == "truncated"
    assert rendered.reason == "not at rest after 1 s"
    assert "as served" in text_of(rendered)


@pytest.mark.parametrize("way", UNBOUNDED)
def test_a_page_that_goes_over_a_bound_is_no_version(tight: Desk, way: str) -> None:
    text, reason = UNBOUNDED[way]
    later = answer(status="503 Service Unavailable")
    rendered = tight.capture(page(text), words=answer(b"x"), big=answer(b"x" * 99_950), later=later)
    assert rendered.outcome == "truncated"
    assert reason in rendered.reason
    assert "as served" in text_of(rendered)
    assert len(rendered.body or b"") <= 100_000
    assert len(tight.server.asked) <= 7


def test_a_host_of_others_may_fail_and_is_named(desk: Desk) -> None:
    desk.other.paths |= {"/later.js": answer(status="503 Service Unavailable")}
    rendered = desk.capture(page(body=f"<p>as served</p><script src={desk.other.url('/later.js')}></script>"))
    assert rendered.outcome == "fetched"
    assert rendered.reason == f"refused to the page: http://{desk.other.place} (status 503 (Service Unavailable))"


def _below(process: int) -> dict[int, str]:
    """The processes that come from *process*, each with its command line."""
    parents: dict[int, int] = {}
    lines: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            lines[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    found = {process}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return {child: lines[child] for child in found - {process}}


@pytest.mark.parametrize("word", ["--type=renderer", "--no-startup-window"], ids=["page", "browser"])
def test_after_a_crash_the_next_page_gets_a_browser_that_works(runner: asyncio.Runner, word: str) -> None:
    drivers = {process for process, line in _below(os.getpid()).items() if "run-driver" in line}
    desk = Desk(runner, Bounds(attempts=1), PageBounds(quiet_s=0.3))
    driver = next(
        process for process, line in _below(os.getpid()).items() if "run-driver" in line and process not in drivers
    )
    (folder,) = {
        Path(found) for found in re.findall(r"--user-data-dir=(\S+?fonds-browser-[^/ ]+)", str(_below(driver)))
    }
    assert folder.is_dir()

    async def crash(_: asyncio.StreamWriter) -> None:
        for process, line in _below(driver).items():
            if word in line:
                os.kill(process, signal.SIGKILL)
        await asyncio.sleep(60)

    crashed = desk.capture(page(writing("/crash")), crash=crash)
    assert (crashed.method, crashed.outcome, crashed.body) == ("browser", "failed", None)
    assert crashed.reason.startswith("no DOM could be had: ")
    assert [response.outcome for response in desk.responses] == ["fetched"]
    assert "as served" in text_of(desk.capture(page()))
    desk.close()
    assert {process for process, line in _below(os.getpid()).items() if "run-driver" in line} <= drivers
    assert not folder.exists()


def test_what_has_to_be_installed_is_said_before_anything_is_fetched(tmp_path: Path) -> None:
    manners = Manners()
    fetcher = Fetcher(manners, now=lambda: NOW, resolver=resolver)
    with pytest.raises(UsageError, match=r"found no /nowhere/chromium\. On Debian: apt-get install chromium"):
        BrowserFetcher(fetcher, manners, program="/nowhere/chromium")
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho 'No usable sandbox!' >&2\nexit 1\n")
    broken.chmod(0o755)

    async def enter() -> None:
        async with BrowserFetcher(fetcher, manners, program=str(broken)):
            pass

    with pytest.raises(UsageError, match="chromium does not start: its sandbox does not work; to see more: "):
        asyncio.run(enter())


def test_without_the_extra_its_name_is_said() -> None:
    code = "import sys; sys.modules['playwright'] = None; import scraper.fetch.browser"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "UsageError: capture by browser needs playwright, which is not installed: pip install 'fonds[browser]'" in (
        result.stderr
    )
