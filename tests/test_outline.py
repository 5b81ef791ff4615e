import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.outline import Line, Sort, address_key, key_of, site_of


@given(st.text(), st.integers(0, 10**6), st.sampled_from([*Sort, *"123456"]), st.text())
def test_a_line_comes_back_from_its_text(words: str, count: int, sort: str, leads: str) -> None:
    line = Line(key=key_of("paragraph", words), words=count, sort=sort, leads=address_key(leads) if leads else "")
    assert Line.decoded(line.encoded()) == line


def test_a_key_is_of_kind_words_and_picture_whatever_the_case() -> None:
    assert key_of("paragraph", "About Us") == key_of("paragraph", "ABOUT us")
    keys = {key_of("paragraph", "About us"), key_of("item", "About us"), key_of("figure", "About us", "/logo.png")}
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.watch.test/reports/1", "watch.test"),
        ("http://Watch.Test", "watch.test"),
        ("https://watch.test?page=2", "watch.test"),
        ("https://user:secret@watch.test:8080/", "watch.test:8080"),
        ("https://en.watch.test/#top", "en.watch.test"),
        ("", ""),
    ],
)
def test_a_site_is_a_host(url: str, site: str) -> None:
    assert site_of(url) == site


def test_a_page_is_linked_to_by_many_forms_of_its_address() -> None:
    forms = ("https://www.watch.test/r/1/", "http://watch.test/r/1", "https://watch.test/r/1#part")
    assert len({address_key(form) for form in forms}) == 1
    assert address_key("https://watch.test/r/2") != address_key(forms[0])
