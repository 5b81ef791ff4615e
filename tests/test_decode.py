import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.decode import decode
from parsers.errors import UnreadableBody


@pytest.mark.parametrize(
    ("body", "content_type", "text", "encoding", "decided_by"),
    [
        (b"\xef\xbb\xbfZo\xc3\xab", "text/html; charset=latin1", "Zoë", "utf-8", "byte order mark"),
        (b"\xff\xfeZ\0o\0", "", "Zo", "utf-16le", "byte order mark"),
        (b"\xfe\xff\0Z\0o", "", "Zo", "utf-16be", "byte order mark"),
        (b"\x93Zo\xeb\x94", "text/html; charset=ISO-8859-1", "“Zoë”", "windows-1252", "content type"),
        (b"\xd0\xd1", 'text/html; Charset="windows-1251"', "РС", "windows-1251", "content type"),
        (b"Zo\xc3\xab", "text/html; charset=nonsense", "Zoë", "utf-8", "valid UTF-8"),
        (b"Zo\xc3\xab", "", "Zoë", "utf-8", "valid UTF-8"),
        (b"Zo\xeb \x93", "", "Zoë “", "windows-1252", "default"),
        (b"<meta charset=koi8-r>\xd0", "", "<meta charset=koi8-r>п", "koi8-r", "meta element"),
        (b"<meta charset=utf-16>\xc3\xab", "", "<meta charset=utf-16>ë", "utf-8", "meta element"),
        (b"<meta charset=nonsense>\xc3\xab", "", "<meta charset=nonsense>ë", "utf-8", "valid UTF-8"),
        (b"a\xff", "text/html; charset=utf-8", "a\ufffd", "utf-8", "content type"),
    ],
    ids=[
        "mark over content type",
        "UTF-16 LE",
        "UTF-16 BE",
        "latin1 is windows-1252",
        "quoted charset",
        "unknown charset",
        "UTF-8",
        "default",
        "meta",
        "meta cannot be UTF-16",
        "unknown meta",
        "broken sign",
    ],
)
def test_what_decides_the_encoding(body: bytes, content_type: str, text: str, encoding: str, decided_by: str) -> None:
    decoded = decode(body, content_type, is_html=True)
    assert (decoded.text, decoded.encoding, decoded.decided_by) == (text, encoding, decided_by)


def test_only_html_declares_its_encoding_in_an_element() -> None:
    assert decode(b"<meta charset=koi8-r>\xc3\xab").decided_by == "valid UTF-8"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x1f\x8b\x08", "gzip-compressed data"),
        (b"PK\x03\x04", "a zip archive"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (bytes(range(32)) * 4, "binary data (100 control bytes among the first 128)"),
    ],
)
def test_what_is_no_text_is_named(body: bytes, found: str) -> None:
    with pytest.raises(UnreadableBody) as caught:
        decode(body)
    assert caught.value.found.startswith(found.partition(" (")[0])


@given(st.binary() | st.sampled_from([b"%PDF", b"\xff\xfe\xff", b"\xfe\xff\xd8"]), st.text(), st.booleans())
def test_any_bytes_are_decoded_or_unreadable(body: bytes, label: str, is_html: bool) -> None:
    try:
        decoded = decode(body, f"text/html; charset={label}", is_html=is_html)
    except UnreadableBody as error:
        assert error.found
    else:
        assert isinstance(decoded.text, str)


@given(
    st.sampled_from(["utf-7", "utf-8-sig", "idna", "rot13", "hex", "unicode_escape", "punycode", "zlib", "replacement"])
)
def test_names_that_only_python_knows_are_passed_over(label: str) -> None:
    assert decode(b"+AGE- \\u0041", f"text/plain; charset={label}").decided_by in {"valid UTF-8", "content type"}


RUSSIAN = "Жителей горных районов изгнали из деревень, и никто в столице об этом не говорит. "
JAPANESE = "高地の人々は軍によって村から追い出されましたが、首都では誰もそれについて話しません。"
GREEK = "Οι κάτοικοι των υψιπέδων εκδιώχθηκαν από τα χωριά τους από τον στρατό. "
ARABIC = "طرد الجيش سكان المرتفعات من قراهم خلال حملة استمرت أكثر من ست سنوات. "
SIMPLE, TRADITIONAL = (
    "高地的人民被军队赶出了他们的村庄，首都没有人谈论这件事。",
    "高地的人民被軍隊趕出了他們的村莊，首都沒有人談論這件事。",
)
KOREAN = "고원 지대의 사람들은 군대에 의해 마을에서 쫓겨났다. 수도에서는 아무도 말하지 않는다. "
POLISH = (
    "Mieszkańcy wyżyn zostali wypędzeni ze swoich wiosek, a w stolicy nikt o tym nie mówi, gdyż każdy się boi śmierci. "
)
FRENCH = (
    "Les habitants des hauts plateaux ont été chassés de leurs villages « à l’été » ; la création d’œuvres a cessé. "
)
ENGLISH = "The “people” – all of them – have been driven out.\xa0\xa0\xa0\xa0 It’s so. "
TURKISH = "Yaylaların halkı ordu tarafından köylerinden sürüldü. "


def test_what_is_utf8_by_all_its_bytes_is_so_whatever_is_declared() -> None:
    decoded = decode(RUSSIAN.encode(), "text/html; charset=windows-1251")
    assert (decoded.text, decoded.encoding, decoded.decided_by) == (RUSSIAN, "utf-8", "valid UTF-8")
    assert decode(RUSSIAN.encode("cp1251"), "text/html; charset=windows-1251").text == RUSSIAN


@pytest.mark.parametrize(
    ("text", "codec", "encoding"),
    [
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "koi8_r", "koi8-r"),
        (RUSSIAN, "iso8859_5", "iso-8859-5"),
        (GREEK, "cp1253", "windows-1253"),
        (ARABIC, "cp1256", "windows-1256"),
        (JAPANESE, "shift_jis", "shift_jis"),
        (JAPANESE, "euc_jp", "euc-jp"),
        (SIMPLE, "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        (KOREAN, "euc_kr", "euc-kr"),
        (POLISH, "iso8859_2", "iso-8859-2"),
        (POLISH, "cp1250", "windows-1250"),
    ],
)
@pytest.mark.parametrize("repeated", [4, 2_000], ids=["short", "long"])
def test_statistics_name_the_encoding_of_a_page_that_does_not(
    text: str, codec: str, encoding: str, repeated: int
) -> None:
    page = f'<p class="one">{text}</p>\n' * repeated
    decoded = decode(page.encode(codec), is_html=True)
    assert (decoded.encoding, decoded.decided_by) == (encoding, "statistics")
    assert decoded.text == page


@pytest.mark.parametrize(
    "body",
    [
        FRENCH.encode("cp1252") * 50,
        ENGLISH.encode("cp1252") * 50,
        b"a" + b"\xa0" * 500,
        RUSSIAN[:20].encode("cp1251"),
        POLISH[:20].encode("iso8859_2"),
        TURKISH.encode("cp1254") * 50,
        bytes(range(0x80, 0x100)) * 8,
    ],
    ids=["French", "dashes", "no-break spaces", "little Russian", "little Polish", "Turkish", "no text"],
)
def test_without_enough_evidence_a_page_is_western(body: bytes) -> None:
    decoded = decode(body)
    assert (decoded.encoding, decoded.decided_by) == ("windows-1252", "default")


def test_a_page_in_utf_8_that_is_cut_off_is_still_utf_8() -> None:
    decoded = decode((RUSSIAN * 20).encode()[:-3])
    assert (decoded.encoding, decoded.decided_by) == ("utf-8", "statistics")
    assert decoded.text.startswith(RUSSIAN)


def test_random_bytes_are_never_a_text() -> None:
    for seed in range(200):
        with pytest.raises(UnreadableBody, match="binary data"):
            decode(random.Random(seed).randbytes(3_000))


@pytest.mark.parametrize("body", [b"a\x00b", b"\x01" + b"a" * 50 + b"\x02", b"a" * 3_900 + b"\x0b" * 39])
def test_a_stray_control_byte_is_no_sign_of_binary_data(body: bytes) -> None:
    assert decode(body).encoding == "utf-8"


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", ""])
def test_a_declared_charset_that_cannot_be_is_not_believed(content_type: str) -> None:
    text = "<meta charset=utf-8><p>" + "Совет закрыл северную лагуну для всех лодок, сообщили свидетели. " * 4
    found = decode(text.encode("windows-1251"), content_type, is_html=True)
    assert (found.text, found.encoding, found.decided_by) == (text, "windows-1251", "statistics")


def test_a_few_broken_bytes_do_not_shake_a_declared_charset() -> None:
    body = ("é" * 200).encode() + b"\xff\xfe\xff"
    assert decode(body, "text/html; charset=utf-8").decided_by == "content type"


def test_western_bytes_declared_as_utf_8_are_read_as_windows_1252() -> None:
    body = ("à la frontière, où l’armée a été envoyée " * 5).encode("windows-1252")
    found = decode(body, "text/html; charset=utf-8")
    assert (found.encoding, found.decided_by) == ("windows-1252", "default")
