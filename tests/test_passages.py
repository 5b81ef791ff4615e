from parsers.passages import passages
from parsers.record import Block


def test_of_a_long_block_the_start_is_read() -> None:
    (passage,) = passages([Block(kind="paragraph", text="Sta\u00a0ge – " + "x" * 20_000)])
    assert passage.text.startswith("Sta ge - x")
    assert passage.folded == "sta?ge ? " + "x" * 9_991
    assert len(passage.text) == 10_000
