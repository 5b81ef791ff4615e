import pytest

from scraper.errors import UsageError
from scraper.urls import address, clean, host, join, matches, origin, port, url_key

# base, reference, what the WHATWG standard makes of it
JOINS = [
    ("http://h/a/b", "../c", "http://h/c"),
    ("http://h/a/b", "\\c\\d", "http://h/c/d"),
    ("http://h/a", " /x\t\n", "http://h/x"),
    ("http://h/a", "/x y", "http://h/x%20y"),
    ("http://H:80/A", "?q=1", "http://h/A?q=1"),
    ("http://h/a", "//E.com", "http://e.com/"),
    ("http://h/a", "/%7Euser/é", "http://h/%7Euser/%C3%A9"),
    ("http://h/a", "http://0x7f.1/", "http://127.0.0.1/"),
    ("http://h/a", "http://①②⑦.0.0.1/", "http://127.0.0.1/"),
    ("http://h/a", "http://bücher.example/", "http://xn--bcher-kva.example/"),
    ("http://h/a", "/a/%2e%2e/c", "http://h/c"),
    ("http://h/a", "http://h\\@evil/", "http://h/@evil/"),
    ("http://h/a", "/x?b=2&a=1#f", "http://h/x?b=2&a=1"),
    ("http://h/a", "", "http://h/a"),
]


@pytest.mark.parametrize(("base", "reference", "expected"), JOINS, ids=[reference for _, reference, _ in JOINS])
def test_references_are_joined_by_the_whatwg_standard_without_fragment(
    base: str, reference: str, expected: str
) -> None:
    assert join(base, reference) == expected


@pytest.mark.parametrize(
    "reference", ["mailto:a@b.example", "javascript:void(0)", "http://", "http://a b/", "http://u:p@h/", "x" * 3000]
)
def test_references_that_are_no_page_lead_nowhere(reference: str) -> None:
    assert join("https://example.org/", reference) is None


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://Example.org:80/A#part", "https://example.org/A"),
        ("https://example.org/a?utm_source=x&b=2&fbclid=y&a=1", "https://example.org/a?b=2&a=1"),
        ("https://example.org/a?UTM_Campaign=x", "https://example.org/a"),
        ("https://example.org/a?", "https://example.org/a"),
        ("http://127.0.0.1:8000/a", "https://127.0.0.1:8000/a"),
        ("https://www.example.org/", "https://www.example.org/"),
        ("https://example.org/a?x=%2F&X=b", "https://example.org/a?x=%2F&X=b"),
    ],
)
def test_the_key_drops_what_never_tells_pages_apart(url: str, key: str) -> None:
    assert url_key(url) == key
    assert url_key(key) == key


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("report.html", "found no URL"),
        ("file:///etc/passwd", "found file: URL"),
        ("https://user:secret@example.org/", "carries a user name"),
        ("https://example.org/" + "x" * 2100, "2,120 characters"),
    ],
)
def test_what_is_no_page_address_is_refused_in_one_line(url: str, found: str) -> None:
    with pytest.raises(UsageError, match=found) as caught:
        clean(url)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_hosts_and_ports_are_those_connected_to() -> None:
    assert host("http://2130706433/") == "127.0.0.1"
    assert host("https://Example.ORG/x") == "example.org"
    assert origin("HTTP://Example.org:8080/x") == "http://example.org:8080"
    assert (port("http://h/"), port("https://h/"), port("http://h:8080/")) == (80, 443, 8080)


def test_an_address_says_all_of_a_url_at_once() -> None:
    place = address("HTTP://Example.org:8080/a/b?x=1&utm_source=y#part")
    assert (place.url, place.key) == (
        "http://example.org:8080/a/b?x=1&utm_source=y",
        "https://example.org:8080/a/b?x=1",
    )
    assert (place.host, place.port, place.path, place.query) == ("example.org", 8080, "/a/b", "x=1")
    assert (address("https://[::1]/").host, address("https://[::1]/").port) == ("[::1]", 443)
    assert address("http://h.example:443/").key == address("https://h.example").key


@pytest.mark.parametrize(
    ("pattern", "url", "expected"),
    [
        ("https://h/a/*", "https://h/a/b/c", True),
        ("https://h/a/*", "https://h/a", False),
        ("*/tag/*", "https://h/tag/x", True),
        ("*.pdf", "https://h/x.pdf", True),
        ("*.pdf", "https://h/x.pdf?y", False),
        ("https://h/*/b*d", "https://h/a/bcd", True),
        ("https://h/ab*ba", "https://h/aba", False),
        ("https://h/a", "https://h/a", True),
        ("https://h/a?x", "https://h/aax", False),
        ("*" + "a*" * 500 + "b", "https://h/" + "a" * 1500, False),
    ],
)
def test_patterns_know_the_star_alone(pattern: str, url: str, expected: bool) -> None:
    assert matches(url, (pattern,)) is expected
