from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.capture import Capture, Outcome
from scraper.fetch.robots import MAX_ROBOTS_BYTES, Rules, rules_of

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


def test_sitemaps_are_listed_once_and_bounded() -> None:
    text = "Sitemap: http://h/a.xml\nSitemap: http://h/a.xml\n"
    assert rules(text).sitemaps == ("http://h/a.xml",)
    assert len(rules("".join(f"Sitemap: http://h/{n}.xml\n" for n in range(3000))).sitemaps) == 1000


def test_what_is_over_the_bound_is_not_read() -> None:
    text = "User-agent: *\nDisallow: /a\n" + "#" * MAX_ROBOTS_BYTES + "\nDisallow: /b\n"
    assert not rules(text).decide("http://h/a").allowed
    assert rules(text).decide("http://h/b").allowed


def test_hostile_patterns_and_bytes_are_decided_all_the_same() -> None:
    assert rules("User-agent: *\nDisallow: /" + "*a" * 3000 + "b\n").decide("http://h/" + "a" * 2000).allowed
    assert rules(bytes(range(256)) * 100).decide("http://h/x").allowed
    assert not rules("User-agent: *\nDisallow: /x\n".encode("utf-16")).decide("http://h/x").allowed


def test_real_files_are_read(shared_data: Path) -> None:
    files = sorted((shared_data / "misc").glob("cc-robots_*.txt"))
    assert files
    for file in files:
        one = rules(file.read_bytes())
        decision = one.decide("http://h/")
        assert decision.why
        assert 0 <= one.crawl_delay_s <= 60


@given(
    st.lists(
        st.sampled_from(
            ["User-agent: *", "User-agent: fonds", "Allow: ", "Disallow: ", "/", "a", "*", "$", "%", "é", "\n"]
        )
    ),
    st.text("/a*$?%é", max_size=6),
)
def test_any_file_gives_a_decision_with_its_reason(parts: list[str], path: str) -> None:
    decision = rules("".join(parts)).decide(f"http://h/{path}")
    assert decision.why.startswith("robots.txt line") is not decision.allowed
