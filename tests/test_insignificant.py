"""What a source says is insignificant: which tables are taken, what is matched, and that no page makes it slow."""

import pytest

from scraper.insignificant import KINDS, Rule, declared

FINE = {
    "name": "visitor counter",
    "text": r"(?i)read [\d,]+ times",
    "kinds": ["paragraph"],
    "why": "Counts each visit.",
}


def test_a_table_becomes_a_rule() -> None:
    mistakes: list[str] = []
    (rule,) = declared([FINE], mistakes)
    assert mistakes == []
    assert rule == Rule(name="visitor counter", text=FINE["text"], kinds=("paragraph",), why="Counts each visit.")
    assert rule.is_for(["item", "paragraph"])
    assert not rule.is_for(["item"])
    assert not rule.is_for([])
    assert Rule(name="all", text="x").is_for([])


@pytest.mark.parametrize(
    ("tables", "mistake"),
    [
        ("x", "insignificant: found 'x', expected at most 50 tables, each below [[insignificant]]"),
        ([{}] * 51, "insignificant: found [{}, {}, {},"),
        ([5], "insignificant[0]: found 5, expected a table below [[insignificant]]"),
        ([{"text": "x"}], "insignificant[0].name: missing, expected a name of 1 to 100 characters, in one line"),
        ([FINE | {"name": "a\nb"}], r"insignificant[0].name: found 'a\nb', expected a name"),
        ([{"name": "x"}], "insignificant[0].text: missing, expected a regular expression of 1 to 1,000 characters"),
        ([FINE | {"text": "x" * 1001}], "insignificant[0].text: found 'xxx"),
        ([FINE | {"text": "("}], "text: found '(', expected a regular expression as RE2 has them: missing ): ("),
        ([FINE | {"text": r"(a)\1"}], r"as RE2 has them: invalid escape sequence: \1"),
        ([FINE | {"text": "(?=x)y"}], "as RE2 has them: invalid perl operator: (?="),
        ([FINE | {"text": "(a{1,1000}){1,1000}"}], "as RE2 has them: invalid repetition size"),
        ([FINE | {"text": r"\d*"}], "as RE2 has them: it matches an empty text"),
        ([FINE | {"kinds": ["paragraphs"]}], "kinds[0]: found 'paragraphs', expected a list of kinds of passages"),
        ([FINE | {"why": 5}], "insignificant[0].why: found 5, expected one line of at most 500 characters"),
        ([FINE | {"pattern": "x"}], "insignificant[0].pattern: unknown field"),
        ([FINE, FINE], "insignificant: found the name 'visitor counter' twice, expected another one for each rule"),
    ],
)  # fmt: skip
def test_each_mistake_names_its_place(tables: object, mistake: str) -> None:
    mistakes: list[str] = []
    declared(tables, mistakes)
    (line,) = mistakes
    assert mistake in line


def test_all_mistakes_are_told_at_once() -> None:
    mistakes: list[str] = []
    rules = declared([{"text": "("}, FINE, {"name": "b", "text": "["}], mistakes)
    assert [line.split(":")[0] for line in mistakes] == [
        "insignificant[0].name", "insignificant[0].text", "insignificant[2].text",
    ]  # fmt: skip
    assert [rule.name for rule in rules] == ["visitor counter"]


def spans(pattern: str, text: str) -> list[str]:
    return [text[start:end] for start, end in Rule(name="x", text=pattern).spans(text)]


def test_matches_are_told_by_their_place_in_any_script() -> None:
    assert spans(r"(?i)READ [\d,]+ times", "Été: read 1,204 times, ᾿ read 5 times") == [
        "read 1,204 times",
        "read 5 times",
    ]
    assert spans(r"阅读 \d+ 次", "委员会 阅读 12 次") == ["阅读 12 次"]
    assert spans(r"\d+ views", "𝔘 12\u00a0views \u202f") == ["12\u00a0views"]
    assert spans("x", "half of a pair: \udc80 x") == ["x"]
    assert spans(r"\bx|\b", "a x") == ["x"]
    assert spans(r"^\d+$", "12") == ["12"]
    assert spans("x", "") == []


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|aa)+$", r"(a|b)*a(a|b){200}c", r"a.*z|a", r"a*a*a*a*b"])
def test_no_pattern_makes_a_page_take_long(pattern: str) -> None:
    """With `re` most of these would not end while anybody waits."""
    assert spans(pattern, "a" * 100_000 + "!") == []


def test_where_there_are_too_many_matches_nothing_is_matched() -> None:
    assert len(spans(r"\d", "1 " * 1_000)) == 1_000
    assert spans(r"\d", "1 " * 50_000) == []


def test_kinds_are_those_of_passages_and_fields() -> None:
    assert {"paragraph", "table", "title", "byline", "lead"} <= set(KINDS)
