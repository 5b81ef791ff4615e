"""The rules for a page: of the source that found it, else of the one whose URLs it is among."""

from pathlib import Path

from scraper.rulebook import Rulebook

SOURCE = (
    'title = "Saltern Watch"\nseeds = ["https://saltern.example/"]\ninclude = ["https://saltern.example/reports/*"]\n'
)
RULE = "[[insignificant]]\nname = 'visitor counter'\ntext = 'read [0-9]+ times'\n"
URL = "https://saltern.example/reports/roads"


def book(folder: Path, **files: str) -> tuple[Rulebook, list[str]]:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    said: list[str] = []
    return Rulebook(folder, said.append), said


def test_a_page_has_the_rules_of_the_source_that_found_it(tmp_path: Path) -> None:
    rules, said = book(tmp_path, saltern=SOURCE + RULE, other=SOURCE)
    assert [rule.name for rule in rules.of("saltern", "https://elsewhere.example/")] == ["visitor counter"]
    assert rules.of("other", URL) == ()
    assert said == []


def test_a_page_of_no_source_has_those_of_the_one_its_url_is_of(tmp_path: Path) -> None:
    rules, said = book(tmp_path, saltern=SOURCE + RULE)
    for source in ("", "gone", "../saltern", "a/b", "."):
        assert [rule.name for rule in rules.of(source, URL)] == ["visitor counter"]
        assert rules.of(source, "https://saltern.example/about") == ()
    assert rules.of("", "file:///roads.html") == ()
    assert rules.of("", "no address") == ()
    assert said == []


def test_a_file_with_mistakes_hides_nothing_and_is_named_once(tmp_path: Path) -> None:
    rules, said = book(tmp_path, saltern=f"{SOURCE}depth = 99\nseed = 1\n{RULE}", fine=SOURCE + RULE)
    assert rules.of("saltern", URL) == rules.of("saltern", URL) == ()
    assert [rule.name for rule in rules.of("", URL)] == ["visitor counter"]
    (line,) = said
    assert line.endswith(
        "saltern.toml: nothing is ignored by its rules: mistakes (2); `fonds sources check` lists what is wrong"
    )


def test_where_there_is_no_folder_nothing_is_ignored(tmp_path: Path) -> None:
    rules, said = book(tmp_path)
    assert Rulebook(tmp_path / "none", said.append).of("saltern", URL) == rules.of("", URL) == ()
    (tmp_path / "saltern.toml").mkdir()
    assert Rulebook(tmp_path, said.append).of("", URL) == ()
    assert "no rule of" in said[0]
