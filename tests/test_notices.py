import pytest

from parsers.notices import demand_in, order, sign_of, signs_in


@pytest.mark.parametrize(
    ("line", "rule", "status"),
    [
        ("Page not found", "soft-404", 404),
        ("PAGE NOT FOUND!", "soft-404", 404),
        ("Page not found | Lowland Rights Desk", "soft-404", 404),
        ("Lowland Rights Desk » Page not found", "soft-404", 404),
        ("404", "soft-404", 404),
        ("Error 404", "soft-404", 404),
        ("410 Gone", "soft-404", 404),
        ("HTTP Status 404 – Not Found", "soft-404", 404),
        ("Error 404 (Not Found)!!1", "soft-404", 404),
        ("Oops! That page can’t be found.", "soft-404", 404),
        ("Sorry, the page you requested could not be found or has moved", "soft-404", 404),
        ("На жаль, сторінку не знайдено", "soft-404", 404),
        ("عذراً، الصفحة غير موجودة", "soft-404", 404),
        ("Just a moment...", "blocked", 403),
        ("403 Forbidden", "blocked", 403),
        ("Error 1020", "blocked", 403),
        ("429 Too Many Requests", "blocked", 429),
        ("Error 1015", "blocked", 429),
        ("This content is not available in your country", "blocked", 451),
        ("Log In ‹ Lowland Rights Desk — WordPress", "login", 401),
        ("This domain is for sale", "parked", 404),
        ("Account Suspended", "suspended", 503),
        ("Ведутся технические работы", "maintenance", 503),
        ("500 Internal Server Error", "error", 500),
        ("Error", "error", 500),
        ("Database Error", "error", 500),
        ("502 Bad Gateway", "error", 502),
        ("503 Service Temporarily Unavailable", "error", 503),
        ("504 Gateway Time-out", "error", 504),
        ("Error: page not found", "soft-404", 404),
    ],
)
def test_a_line_is_read_as_a_whole_by_its_parts_or_by_its_beginning(line: str, rule: str, status: int) -> None:
    sign = sign_of(line)
    assert sign is not None
    assert (sign.rule, sign.status) == (rule, status)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "...",
        "Sorry",
        "404 killed at Tull",
        "Gone",
        "The report has been removed from the ministry’s site, two of its authors said",
        "Access denied to the lowland schools",
        "Bridge at Tull under maintenance",
        "The missing of Middle Anner",
        "What was not found in the archive",
        "x" * 600 + " | Page not found",
    ],
)
def test_what_a_report_may_be_called_is_no_notice(line: str) -> None:
    assert sign_of(line) is None


def test_a_wall_counts_before_a_missing_page_and_its_number_before_a_plain_no() -> None:
    lines = ("Error", "Page not found", "Access denied", "Too many requests")
    signs = [sign for line in lines if (sign := sign_of(line))]
    assert [sign.status for sign in sorted(signs, key=order)] == [429, 403, 404, 500]


def test_words_within_a_text_are_found_whole() -> None:
    assert [(sign.status, words) for sign, words in signs_in("First: verify you are human. Then read.")] == [
        (403, "verify you are human")
    ]
    assert signs_in("They verify you are humane.") == []


def test_a_demand_for_scripts_is_quoted() -> None:
    assert demand_in("Please ENABLE JavaScript now") == "enable javascript"
    assert demand_in("The script of the play") == ""
