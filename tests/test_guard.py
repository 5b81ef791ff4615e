import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.errors import TooComplex
from parsers.guard import Bounds, check

FEW = Bounds(body_bytes=1_000, depth=5, tags=20, attributes=10, open_formatting=3, options=15)


@pytest.mark.parametrize(
    ("body", "bound"),
    [
        (b"a" * 1_001, "bytes"),
        (b"<div>" * 6, "nested elements"),
        (b"<br>" * 21, "tags"),
        (b"<p " + b"a=1 " * 11 + b">", "attributes on one tag"),
        (b"<p " + b'a="1"' * 11 + b">", "attributes on one tag"),
        (b"<b>" * 5 + b"<p>" * 8, "formatting elements left open"),
        (b"<B><Font><i><p><p></p><a>" + b"<p>" * 8, "formatting elements left open"),
        (b"<B><Font><i><p><p></p><Em>" + b"<p>" * 8, "formatting elements left open"),
        (b"<select>" + b"<option>" * 16, "options"),
        (b"<svg><title>" + b"<div>" * 6, "nested elements"),
        (b"<svg></svg><title></title><math><STYLE>" + b"<div>" * 6, "nested elements"),
        (b"<b><i><u>" + b"<p></p>" * 5, "tags"),
        (b"<svg><g>" + b"<div/>" * 6, "nested elements"),
        (b"<div/>" * 6, "nested elements"),
        (b"<!-->" + b"<div>" * 6, "nested elements"),
        (b"<!--a--!>" + b"<div>" * 6, "nested elements"),
        (b'</!<p a=">' + b"<div>" * 6 + b'">', "nested elements"),
        (b'<!x <p a=">' + b"<div>" * 6 + b'">', "nested elements"),
    ],
    ids=[
        "bytes",
        "depth",
        "tags",
        "attributes",
        "attributes without spaces",
        "formatting",
        "formatting in capitals",
        "formatting in many capitals",
        "options",
        "a title in a drawing is no raw text",
        "a style in a formula is no raw text",
        "copies of formatting",
        "out of a drawing",
        "a slash closes nothing in HTML",
        "empty comment",
        "comment closed wrongly",
        "end tag without a name",
        "declaration",
    ],
)
def test_a_bound_that_is_broken_is_named(body: bytes, bound: str) -> None:
    with pytest.raises(TooComplex) as caught:
        check(body, FEW)
    assert caught.value.bound == bound
    assert caught.value.found > caught.value.limit


@pytest.mark.parametrize(
    "body",
    [
        b"<div></div>" * 10,
        b"<p>" * 20,
        b"</div>" * 20,
        b"<!--" + b"<div>" * 30 + b"--><p>",
        b"<!--" + b"<div>" * 30,
        b"<script>" + b"<div>" * 30 + b"</SCRIPT><p>",
        b"<script>" + b"<div>" * 30,
        b'<p title="' + b"<div>" * 30 + b'">',
        b"<svg>" + b"<path/>" * 10 + b"</svg>",
        b"<p>1 < 2" + b" < " * 30,
        b"<b>a</b>" * 8,
        b"<p " + b"a" * 50 + b">",
        b"<p a" + b" b=c" * 8 + b">",
        b"<div>" * 5 + b"</div>" * 5,
        b"<i>" * 3,
        b"<b>a</b>" * 4 + b"</p>" * 6,
        b"1<a" + b"a" * 50,
        b"<svg></svg><title>" + b"<div>" * 6,
    ],
    ids=[
        "closed",
        "implied ends",
        "ends without starts",
        "comment",
        "comment left open",
        "script",
        "script left open",
        "attribute",
        "drawing",
        "bare signs",
        "formatting closed",
        "long attribute",
        "attributes in a long tag",
        "as deep as may be",
        "few left open",
        "some formatting",
        "a tag that does not end",
        "raw text after a drawing",
    ],
)
def test_what_builds_no_deep_tree_passes(body: bytes) -> None:
    check(body, FEW)


def test_real_pages_reach_no_bound() -> None:
    check(b"<html><body>" + b"<div><p>words <a href='x'>link</a></p></div>" * 20_000)


MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    "unit",
    [
        b"<",
        b"<!--",
        b"<a ",
        b'<a "',
        b"<a =",
        b"<a b='",
        b"</",
        b"<script>",
        b"<svg><path/",
        b"<p\n",
        b"<b><p>",
        b"=\"'",
    ],
)
@pytest.mark.parametrize(
    "frame", [b"", b"<p ", b"<script>", b"<p a='"], ids=["bare", "in a tag", "in a script", "quoted"]
)
def test_hostile_megabytes_are_counted_or_refused(unit: bytes, frame: bytes) -> None:
    body = (frame + unit * MEGABYTE)[:MEGABYTE]
    try:
        check(body)
    except TooComplex as error:
        assert error.found <= error.limit + Bounds().open_formatting + 1 or error.bound == "attributes on one tag"


@given(
    st.lists(
        st.sampled_from(["<div>", "</div>", "<p>", "<b>", "</b>", "<!--", "-->", "<script>", "</script>", "a", "'"])
    )
)
def test_a_body_within_roomy_bounds_is_never_refused(parts: list[str]) -> None:
    check("".join(parts).encode())
