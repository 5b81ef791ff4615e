import pytest

from parsers.chrome import is_chrome


@pytest.mark.parametrize(
    "line",
    [
        "top of page",
        "Bottom of Page",
        "Skip to Main Content",
        "Grey Facebook Icon",
        "Black Twitter Icon (2)",
        "instagram social icon",
        "Follow Velmora Monitor for more updates:",
        "Load More",
        "Read Report",
        "Share this article:",
        "This site was designed with the .com website builder. Create your website today.",
    ],
)
def test_lines_of_site_builders_are_chrome(line: str) -> None:
    assert is_chrome(line)


@pytest.mark.parametrize(
    "line",
    [
        "The top of page one",
        "Facebook removed the icon",
        "Read the report",
        "He was asked to follow orders for more updates on the war at the bottom of page nine",
        "",
        "load more" + " " * 200,
    ],
)
def test_sentences_are_not(line: str) -> None:
    assert not is_chrome(line)
