import re
from string import ascii_lowercase

from parsers.passages import folded, passages
from parsers.record import Block


def test_folding_misses_no_sign_that_a_form_takes_for_a_letter() -> None:
    every_sign = "".join(map(chr, range(0x110000)))
    for letter in ascii_lowercase:
        assert {folded(sign) for sign in re.findall(letter, every_sign, re.IGNORECASE)} == {letter}


def test_of_a_long_block_the_start_is_read() -> None:
    (passage,) = passages([Block(kind="paragraph", text="Sta\u00a0ge – " + "x" * 20_000)])
    assert passage.text.startswith("Sta ge - x")
    assert passage.folded == passage.text.lower()
    assert len(passage.text) == 10_000
