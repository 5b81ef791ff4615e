from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.capture import Capture, Outcome
from scraper.fetch.robots import MAX_ROBOTS_BYTES, Rules, rules_of
from scraper.urls import clean

NOW = datetime(2024, 3, 1, tzinfo=UTC)


def rules(body: bytes | str = b"", status: int | None = 200, outcome: Outcome = "fetched", reason: str = "") -> Rules:
    raw = body.encode() if isinstance(body, str) else body
    capture = Capture(
        url="http://h/robots.txt", captured_at=NOW, outcome=outcome, status=status, body=raw, reason=reason
    )
    return rules_of(capture)


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("User-agent: *\nDisallow: /a\n", "/a/b", "line 2: Disallow: /a"),
        ("User-agent: *\nDisallow: /a\nDisallow: /a/b", "/a/b/c", "line 3: Disallow: /a/b"),
        ("User-agent: fonds\nDisallow: /x\n\nUser-agent: *\nDisallow: /\n", "/x", "line 2: Disallow: /x"),
        ("User-agent: a\nUser-agent: FONDS\nDisallow: /*.pdf$ # no\n", "/y.pdf", "line 3: Disallow: /*.pdf$ # no"),
        ("\ufeffUser-agent: *\nDisallow: /x\n", "/x", "line 2: Disallow: /x"),
        ("User-agent: *\rDisallow: /x\r", "/x", "line 2: Disallow: /x"),
        ("User-agent: fonds\nCrawl-delay: 5\nUser-agent: b\nDisallow: /x\n", "/x", "line 4: Disallow: /x"),
        ("User-agent: fonds/0.1\nDissallow /x\n", "/x", "line 2: Dissallow /x"),
        ("User-agent: *\nDisallow: /p$\nDisallow: /p?*\n", "/p", "line 2: Disallow: /p$"),
        ("user-agent: *\nDISALLOW: /%62%61z\n", "/baz", "line 2: DISALLOW: /%62%61z"),
    ],
)
def test_a_url_kept_out_names_the_line_that_does_so(text: str, path: str, line: str) -> None:
    decision = rules(text).decide(f"http://h{path}")
    assert decision.verdict == "forbidden"
    assert decision.why == f"robots.txt {line}"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", "/x"),
        ("User-agent: *\nDisallow:\n", "/x"),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b\n", "/a/b"),
        ("User-agent: fonds\nAllow: /\n\nUser-agent: *\nDisallow: /\n", "/x"),
        ("User-agent: fon\nDisallow: /\n", "/x"),
        ("User-agent: *\nDisallow: /X\n", "/x"),
        ("User-agent: *\nDisallow: /\n", "/robots.txt"),
        ("<html><p>not found</p></html>", "/x"),
    ],
)
def test_what_no_line_keeps_out_is_allowed(text: str, path: str) -> None:
    assert rules(text).decide(f"http://h{path}").allowed


@pytest.mark.parametrize(
    ("text", "path", "why"),
    [
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", " line 3: Allow: /a/b"),
        ("Allow: /a/b # but this\nDisallow: /a", "/a/b/c", " line 2: Allow: /a/b # but this"),
        ("Disallow: /a\nAllow: /a", "/a", " line 3: Allow: /a"),
        ("Allow: /*/b\nDisallow: /a", "/a/b", " line 2: Allow: /*/b"),
        ("Allow: /a%2fb\nDisallow: /a", "/a%2Fb", " line 2: Allow: /a%2fb"),
        ("Allow: /caf\u00e9\nDisallow: /c", "/caf%c3%a9", " line 2: Allow: /caf\u00e9"),
        ("Allow: /\n", "/x", " line 2: Allow: /"),
        ("Allow: /y\nDisallow: /z", "/x", ""),
        ("Allow: /a\nDisallow: /ab", "/a", " line 2: Allow: /a"),
        ("Disallow: /a", "/x", ""),
    ],
)
def test_an_allowed_url_names_the_line_that_lets_it_in(text: str, path: str, why: str) -> None:
    decision = rules(f"User-agent: *\n{text}\n").decide(f"http://h{path}")
    assert decision.allowed
    assert decision.why == f"allowed by robots.txt{why}"


def test_of_several_lines_the_weightiest_is_named() -> None:
    text = "User-agent: *\nDisallow: /*.pdf$\nDisallow: /a/b\nDisallow: /a\nAllow: /\n"
    assert rules(text).decide("http://h/a/b.pdf").why == "robots.txt line 2: Disallow: /*.pdf$"
    assert rules(text).decide("http://h/a/b.html").why == "robots.txt line 3: Disallow: /a/b"
    assert rules(text).decide("http://h/a.html?x=1").why == "robots.txt line 4: Disallow: /a"
    assert rules(text).decide("http://h/").why == "allowed by robots.txt line 5: Allow: /"


def test_a_line_without_end_is_named_in_short() -> None:
    decision = rules("User-agent: *\nDisallow: /" + "*" * 100_000 + "\n").decide("http://h/x")
    assert not decision.allowed
    assert len(decision.why) < 250


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_client_error_allows_all(status: int) -> None:
    decision = rules(status=status, outcome="missing" if status in (404, 410) else "failed").decide("http://h/x")
    assert decision.allowed
    assert str(status) in decision.why


@pytest.mark.parametrize("status", [429, 500, 503, None])
def test_a_server_error_or_silence_allows_nothing(status: int | None) -> None:
    decision = rules(status=status, outcome="failed", reason="no answer").decide("http://h/x")
    assert decision.verdict == "unreachable"
    assert decision.why == "robots.txt could not be had: no answer"


def test_a_refused_address_is_no_failure_of_the_publisher() -> None:
    assert rules(status=None, outcome="refused").decide("http://h/x").verdict == "refused"


@pytest.mark.parametrize(
    ("line", "delay"),
    [("5", 5.0), ("0.5", 0.5), ("1e308", 60.0), ("nan", 0.0), ("-1", 0.0), ("soon", 0.0), ("inf", 0.0)],
)
def test_crawl_delay_is_taken_within_reason(line: str, delay: float) -> None:
    assert rules(f"User-agent: *\nCrawl-delay: {line}\n").crawl_delay_s == delay


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("5", "Crawl-delay 5 in robots.txt"),
        ("3600", "Crawl-delay 3600 in robots.txt, held to 60 s"),
        ("0", ""),
        ("soon", ""),
    ],
)
def test_a_crawl_delay_says_whether_it_was_held(line: str, why: str) -> None:
    assert rules(f"User-agent: *\nCrawl-delay: {line}\n").crawl_delay_why == why


def test_sitemaps_are_listed_once_and_bounded() -> None:
    text = "Sitemap: http://h/a.xml\nSitemap: http://h/a.xml\n"
    assert rules(text).sitemaps == ("http://h/a.xml",)
    assert len(rules("".join(f"Sitemap: http://h/{n}.xml\n" for n in range(3000))).sitemaps) == 1000


def test_what_is_over_the_bound_is_not_read() -> None:
    text = "User-agent: *\nDisallow: /a\n" + "#" * MAX_ROBOTS_BYTES + "\nDisallow: /b\n"
    assert not rules(text).decide("http://h/a").allowed
    assert rules(text).decide("http://h/b").allowed


def test_a_long_file_counts_as_far_as_it_was_read_and_a_cut_one_not_at_all() -> None:
    text = b"User-agent: *\nDisallow: /a\n"
    long = rules(text + b"#" * MAX_ROBOTS_BYTES, outcome="truncated")
    assert long.decide("http://h/a").verdict == "forbidden"
    assert rules(text, outcome="truncated").decide("http://h/a").verdict == "unreachable"


def test_hostile_patterns_and_bytes_are_decided_all_the_same() -> None:
    assert rules("User-agent: *\nDisallow: /" + "*a" * 3000 + "b\n").decide("http://h/" + "a" * 2000).allowed
    assert rules(bytes(range(256)) * 100).decide("http://h/x").allowed
    assert not rules("User-agent: *\nDisallow: /x\n".encode("utf-16")).decide("http://h/x").allowed


REAL = {
    ("crawl-delay-group-merging", "/x"): (True, "line 23: Allow: /"),
    ("extensions-group-merging", "/llms.txt"): (True, "line 11: Allow: /llms.txt"),
    ("extensions-group-merging", "/x"): (False, "line 20: Disallow: /"),
    ("merge-rules", "/foo/bar"): (False, "line 12: Disallow: /foo/bar"),
    ("rfc9309-example-rule-group-merging", "/foo"): (False, "line 12: disallow: /foo"),
    ("rfc9309-example-simple-robots", "/x.gif"): (False, "line 5: Disallow: *.gif$"),
    ("rfc9309-example-simple-robots", "/x.gif?y"): (True, "robots.txt"),
    ("rfc9309-example-simple-robots", "/example/a"): (False, "line 6: Disallow: /example/"),
    ("rfc9309-example-simple-robots", "/publications/x"): (True, "line 7: Allow: /publications/"),
    ("rfc9309-example-longest-match-robots", "/example/"): (True, "robots.txt"),
}


@pytest.mark.parametrize(("name", "path"), REAL)
def test_real_files_decide_as_the_standard_says(shared_data: Path, name: str, path: str) -> None:
    allowed, why = REAL[name, path]
    decision = rules((shared_data / "misc" / f"cc-robots_{name}.txt").read_bytes()).decide(f"http://h{path}")
    assert decision.allowed is allowed
    assert decision.why.endswith(why)


def test_all_real_files_are_read(shared_data: Path) -> None:
    files = sorted((shared_data / "misc").glob("cc-robots_*.txt"))
    assert files
    found = {file.stem.removeprefix("cc-robots_"): rules(file.read_bytes()) for file in files}
    assert all(one.decide("http://h/").why for one in found.values())
    assert {name: one.crawl_delay_s for name, one in found.items() if one.crawl_delay_s} == {
        "astore.amazon.com-robots": 5,
        "crawl-delay-group-merging": 30,
        "dos-line-endings": 1,
    }
    assert {name: len(one.sitemaps) for name, one in found.items() if len(one.sitemaps) > 1} == {
        "sitemap-robots": 2,
        "wildcards": 8,
    }


STANDARD = [
    ("longest match, allow", "User-agent: *\nDisallow: /a\nAllow: /a/b\n", "/a/b/c", True),
    ("longest match, disallow", "User-agent: *\nAllow: /a\nDisallow: /a/b\n", "/a/b/c", False),
    ("equal length", "User-agent: *\nDisallow: /p\nAllow: /p\n", "/p", True),
    ("wildcard", "User-agent: *\nDisallow: /*/private\n", "/uk/private", False),
    ("anchor", "User-agent: *\nDisallow: /*.pdf$\n", "/a.pdf", False),
    ("anchor missed", "User-agent: *\nDisallow: /*.pdf$\n", "/a.pdf?x=1", True),
    ("wildcard in query", "User-agent: *\nDisallow: /*s=\n", "/?s=asd", False),
    ("own group", "User-agent: *\nDisallow: /\n\nUser-agent: fonds\nAllow: /\n", "/x", True),
    ("agents in a row", "User-agent: fonds\nUser-agent: b\nDisallow: /x\n", "/x", False),
    ("merged groups", "User-agent: fonds\nDisallow: /x\n\nUser-agent: fonds\nDisallow: /y\n", "/y", False),
    ("blank line", "User-agent: fonds\n\nDisallow: /x\n", "/x", False),
    ("crawl-delay between", "User-agent: fonds\nCrawl-delay: 5\nUser-agent: b\nDisallow: /x\n", "/x", False),
    ("case of agents", "User-agent: Fonds\nDisallow: /x\n", "/x", False),
    ("case of paths", "User-agent: *\nDisallow: /X\n", "/x", True),
    ("no substring", "User-agent: ond\nDisallow: /\n", "/x", True),
    ("version", "User-agent: fonds/2.0\nDisallow: /x\n", "/x", False),
    ("escapes", "User-agent: *\nDisallow: /%62%61z\n", "/baz", False),
    ("UTF-8", "User-agent: *\nDisallow: /\u30c4\n", "/%E3%83%84", False),
    ("escaped slash", "User-agent: *\nDisallow: /a%2Fb\n", "/a/b", True),
    ("robots.txt itself", "User-agent: *\nDisallow: /\n", "/robots.txt", True),
    ("empty", "User-agent: *\nDisallow:\n", "/x", True),
    ("byte order mark", "\ufeffUser-agent: *\nDisallow: /x\n", "/x", False),
    ("comments", "User-agent: * # all\nDisallow: /x # no\n", "/x", False),
    ("CR", "User-agent: *\rDisallow: /x\r", "/x", False),
    ("sitemap between", "User-agent: fonds\nSitemap: http://h/s.xml\nDisallow: /x\n", "/x", False),
    ("rules before any agent", "Disallow: /x\nUser-agent: a\nDisallow: /y\n", "/x", True),
]


@pytest.mark.parametrize(
    ("text", "path", "allowed"), [case[1:] for case in STANDARD], ids=[case[0] for case in STANDARD]
)
def test_the_standard_is_kept(text: str, path: str, allowed: bool) -> None:
    assert rules(text).decide(f"http://h{path}").allowed is allowed


PARTS = [
    "User-agent: *",
    "User-agent: fonds",
    "Allow: ",
    "Disallow: ",
    "/",
    "a",
    "*",
    "$",
    "%",
    "%41",
    "\u00e9",
    "=",
    "?",
    "\n",
]


@given(st.lists(st.sampled_from(PARTS), max_size=30), st.text("/a*$?%\u00e9=", max_size=6))
def test_any_file_gives_a_decision_with_its_line(parts: list[str], path: str) -> None:
    """Protego decides and we find the line: what is kept out always has one, so both read every rule alike."""
    url = clean(f"http://h/{path}")
    decision = rules("".join(parts)).decide(url)
    assert decision.why.startswith("robots.txt line") is not decision.allowed
    if "line" in decision.why:
        assert ("llow: " in decision.why) and (": Allow" in decision.why) is decision.allowed
