import pytest

from parsers.signs import NO_SIGNS, Signs, signs_of


@pytest.mark.parametrize(
    ("names", "signs"),
    [
        ("related-posts", Signs(strong="related-posts")),
        ("relatedPosts block", Signs(strong="related-posts")),
        ("widget social__share", Signs(weak="widget", strong="social-share")),
        ("article-body", Signs(body="article-body")),
        ("entry-content with-sidebar", Signs(body="entry-content")),
        ("entry", Signs(body="entry")),
        ("entry-meta", Signs(strong="entry-meta")),
        ("story__header", Signs(weak="header")),
        ("photo-caption", Signs(caption="photo-caption")),
        ("btn btn-primary", Signs(tool="btn")),
        ("footnotes", Signs(body="footnotes")),
    ],
)
def test_a_name_says_what_an_element_is(names: str, signs: Signs) -> None:
    assert signs_of(names) == signs


@pytest.mark.parametrize("names", ["navy", "shared-values", "has-sidebar", "advent", "", "code-block-caption"])
def test_a_part_of_a_word_says_nothing(names: str) -> None:
    assert signs_of(names) is NO_SIGNS
