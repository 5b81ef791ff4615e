import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import NotProved
from scraper.log import canonical, reading

_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
_NAMES = st.text(alphabet=st.characters(max_codepoint=127))
_VALUES = st.recursive(
    _TEXT | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans(),
    lambda inside: st.lists(inside) | st.dictionaries(_NAMES, inside),
)
OBJECTS = st.dictionaries(_NAMES, _VALUES)


@given(OBJECTS)
def test_a_value_has_the_form_of_rfc_8785(value: dict[str, object]) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(OBJECTS)
def test_what_was_written_is_read_back(value: dict[str, object]) -> None:
    assert reading(canonical(value)) == value


def test_names_are_in_order_and_nothing_stands_between() -> None:
    record = canonical({"b": [True, "ü\n\x7f\x01/"], "a": {"z": -1, "A": ""}})
    assert record == '{"a":{"A":"","z":-1},"b":[true,"ü\\n\x7f\\u0001/"]}'.encode()


def test_text_that_is_no_unicode_is_refused() -> None:
    with pytest.raises(NotProved, match="no form in UTF-8"):
        canonical({"a": "\ud800"})


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (b"", "is no JSON"),
        (b"{", "is no JSON"),
        (b'{"a":"\xff"}', "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b'{"a":1}{', "is no JSON"),
        (b"[]", "is no JSON object"),
        (b'{"a": 1}', "not in its canonical form"),
        (b'{"b":1,"a":2}', "not in its canonical form"),
        (b'{"a":1,"a":1}', "not in its canonical form"),
        (b'{"a":"\\u0041"}', "not in its canonical form"),
        (b'{"a":"\\/"}', "not in its canonical form"),
        (b'{"a":1.5}', "it holds|holds 1.5"),
        (b'{"a":1.0}', "holds 1.0"),
        (b'{"a":1e2}', "holds 100.0"),
        (b'{"a":null}', "holds None"),
        (b'{"a":9007199254740992}', "too large"),
        ('{"ä":1}'.encode(), "not ASCII"),
    ],
)
def test_what_is_no_canonical_record_is_refused(record: bytes, message: str) -> None:
    with pytest.raises(NotProved, match=message):
        reading(record)
