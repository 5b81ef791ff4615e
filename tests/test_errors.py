import pytest

from parsers import AmbiguousLayout, FieldError, LayoutError, ParserError, TooComplex, UnknownLayout, UnreadableBody


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (UnreadableBody("expected a text, found a PDF", found="a PDF"), "expected a text, found a PDF"),
        (
            TooComplex(bound="tags", limit=600_000, found=600_001),
            "body over the bound: tags 600,001, at most 600,000",
        ),
        (UnknownLayout(site="velmora"), "no layout of site 'velmora' recognises this page"),
        (AmbiguousLayout(layouts=("wix/a", "wix/b")), "2 layouts recognise this page, expected 1: wix/a, wix/b"),
        (FieldError("h1", found=2, expected="1"), "'h1' matched 2 elements, expected 1"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_message_names_the_thing_what_was_found_and_what_was_expected(error: ParserError, message: str) -> None:
    assert str(error) == message


def test_errors_carry_their_evidence() -> None:
    assert UnreadableBody("no text", found="a PDF").found == "a PDF"
    complexity = TooComplex(bound="tags", limit=1, found=2)
    assert (complexity.bound, complexity.limit, complexity.found) == ("tags", 1, 2)
    assert UnknownLayout(site="velmora").site == "velmora"
    assert AmbiguousLayout(layouts=("a", "b")).layouts == ("a", "b")
    field = FieldError("h1", found=0, expected="1")
    assert (field.selector, field.found, field.expected) == ("h1", 0, "1")


def test_a_failed_layout_is_one_kind_of_error_and_an_unreadable_body_another() -> None:
    assert issubclass(UnknownLayout, LayoutError)
    assert issubclass(AmbiguousLayout, LayoutError)
    assert issubclass(FieldError, LayoutError)
    assert not issubclass(UnreadableBody, LayoutError)
    assert not issubclass(TooComplex, LayoutError)
