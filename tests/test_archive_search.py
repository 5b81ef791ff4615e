from collections.abc import Iterator
from datetime import date

import pytest
from building import capture, day, missing, parse_lines, record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsers.record import Country, Figure, Record
from scraper.archive import Archive, Hit
from scraper.loader import load

VELMORA = "https://example.org/velmora"
ORDANIA = "https://example.org/ordania"
GONE = "https://example.org/gone"


def _parse(body: bytes, *, url: str, content_type: str | None = None) -> Record:
    country = Country(name="Velmora", iso="VL") if url == VELMORA else Country(name="Ordania")
    return record(
        *body.decode().split("\n"),
        url=url,
        title=f"{country.name} Country Report",
        headline="Reserves called up" if url == VELMORA else "",
        lead=Figure(caption="A checkpoint", credit="A. Photographer"),
        facts=(country,),
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive(tmp_path_factory.mktemp("search") / "a.db", create=True) as archive:
        for number, url, text in (
            (1, VELMORA, "The army closed the border.\nCamps hold many people."),
            (2, ORDANIA, "The army closed three camps.\nÉcoles fermées à Ordania."),
            (3, VELMORA, "The army opened the border.\nCamps hold many people."),
            (4, GONE, "The army left."),
        ):
            load(archive, capture(text, day(number), url=url), source="watch" if url == VELMORA else "", parse=_parse)
        load(archive, missing(day(5), 410).__class__(url=GONE, captured_at=day(5), outcome="missing", status=410))
        load(
            archive,
            capture("한국어 문장입니다。調査委員会は強制収容所を確認した。", day(6), url="https://example.org/cjk"),
            parse=parse_lines,
        )
        yield archive


def _found(hits: list[Hit]) -> list[tuple[str, int, str]]:
    return [(hit.url, hit.seq, hit.snippet) for hit in hits]


def test_current_versions_are_searched_newest_first(archive: Archive) -> None:
    assert _found(archive.search("army")) == [
        (VELMORA, 2, "The army opened the border."),
        (ORDANIA, 1, "The army closed three camps."),
    ]


def test_every_word_has_to_occur(archive: Archive) -> None:
    assert [hit.url for hit in archive.search("army camps")] == [ORDANIA]


def test_a_phrase_is_kept_together(archive: Archive) -> None:
    assert archive.search('"army closed the"') == []
    assert [hit.url for hit in archive.search("“army closed three”")] == [ORDANIA]


def test_all_versions_finds_what_was_taken_out(archive: Archive) -> None:
    [hit] = archive.search('"closed the border"', all_versions=True)
    assert (hit.seq, hit.first_seen, hit.last_seen) == (1, day(1), day(1))


def test_a_passage_that_stayed_has_the_dates_of_its_whole_life(archive: Archive) -> None:
    [hit] = archive.search("camps hold", all_versions=True)
    assert (hit.seq, hit.first_seen, hit.last_seen) == (2, day(1), day(3))


def test_as_of_finds_what_stood_then(archive: Archive) -> None:
    assert _found(archive.search("border", as_of=date(2024, 1, 2))) == [(VELMORA, 1, "The army closed the border.")]
    assert archive.search("border", as_of=date(2023, 12, 31)) == []


def test_a_page_that_is_gone_is_found_only_as_of_then_or_in_all_versions(archive: Archive) -> None:
    assert archive.search("army left") == []
    assert len(archive.search("army left", as_of=day(4))) == 1
    assert archive.search("army left", as_of=day(5)) == []
    assert len(archive.search("army left", all_versions=True)) == 1


def test_source_and_country_narrow_it(archive: Archive) -> None:
    assert {hit.url for hit in archive.search("army", source="watch")} == {VELMORA}
    assert {hit.url for hit in archive.search("army", country="ordania")} == {ORDANIA}
    assert {hit.url for hit in archive.search("army", country="vl")} == {VELMORA}
    assert archive.search("army", country="Nowhere") == []


def test_titles_headlines_and_captions_are_found(archive: Archive) -> None:
    assert [(hit.kind, hit.position) for hit in archive.search("reserves called")] == [("headline", 0)]
    assert {hit.kind for hit in archive.search("country report")} == {"title"}
    assert {hit.kind for hit in archive.search("checkpoint")} == {"lead"}


def test_accents_need_not_be_typed(archive: Archive) -> None:
    [hit] = archive.search("ecoles FERMEES")
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["Écoles", "fermées"]
    assert hit.position == 2


def test_words_inside_scripts_without_spaces_are_found(archive: Archive) -> None:
    [hit] = archive.search("強制収容所")
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["強制収容所"]
    assert len(archive.search("強制収容所 한국어")) == 1
    assert archive.search("強制収容所 army") == []


def test_the_limit_is_kept(archive: Archive) -> None:
    assert len(archive.search("army", all_versions=True, limit=2)) == 2


@pytest.mark.parametrize(
    "words",
    [
        '"',
        '""',
        "AND",
        "OR NOT",
        "*",
        "army*",
        "NEAR(",
        "-x",
        "text:army",
        "a\0b",
        "^army",
        "(((",
        "\ud800",
        "'",
        "{a b}:c",
    ],
)
def test_what_means_something_to_fts5_is_only_text(archive: Archive, words: str) -> None:
    archive.search(words)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.none() | st.text(max_size=5))
def test_no_text_raises_anything(archive: Archive, words: str, country: str | None) -> None:
    for hit in archive.search(words, country=country, all_versions=True):
        assert all(0 <= start < end <= len(hit.snippet) for start, end in hit.marks)


def test_a_very_long_question_is_cut_and_answered(archive: Archive) -> None:
    assert archive.search("army " * 10_000)
