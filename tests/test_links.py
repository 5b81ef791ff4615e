import pytest

from parsers.errors import UnreadableBody
from parsers.links import links


def test_links_are_absolute_in_order_and_each_once() -> None:
    body = b'<a href="/b#x">b</a><a href=c?d=1>c</a><area href="/b"><a href="http://other.example/">o</a><a>none</a>'
    assert links(body, url="https://h.example/dir/page") == (
        "https://h.example/b",
        "https://h.example/dir/c?d=1",
        "http://other.example/",
    )


def test_links_follow_the_base_element() -> None:
    assert links(b'<base href="/deep/"><a href="x">', url="https://h.example/") == ("https://h.example/deep/x",)
    assert links(b'<base href="http://["><a href="x">', url="https://h.example/a/") == ("https://h.example/a/x",)


def test_what_is_no_web_address_is_left_out() -> None:
    body = b'<a href="mailto:a@h.example"><a href="javascript:x()"><a href="http://a b/"><a href="tel:1"><a href>'
    assert links(body, url="https://h.example/p") == ("https://h.example/p",)


def test_the_number_of_links_is_bounded() -> None:
    body = b"".join(b'<a href="/%d">' % number for number in range(10_050))
    assert len(links(body.replace(b">", b"></a>"), url="https://h.example/")) == 10_000


@pytest.mark.parametrize("content_type", ["application/pdf", "text/plain; charset=utf-8"])
def test_only_html_is_read_for_links(content_type: str) -> None:
    with pytest.raises(UnreadableBody, match="expected HTML"):
        links(b"<a href=x>", url="https://h.example/", content_type=content_type)
