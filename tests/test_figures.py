import pytest
from selectolax.lexbor import LexborHTMLParser

from parsers.figures import find_captioned, image_identity, read_caption, read_figure, split_credit
from parsers.record import Figure
from parsers.tree import Tree, read_tree


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("A bridge at Orn [Velmora Press]", "A bridge at Orn", "Velmora Press"),
        ("A bridge at Orn [Photo: Velmora Press].", "A bridge at Orn", "Velmora Press"),
        ("A bridge at Orn. Photo: Ana Brix", "A bridge at Orn.", "Ana Brix"),
        ("A bridge at Orn Photo: Ana Brix", "A bridge at Orn", "Ana Brix"),
        ("A bridge at Orn (Photo by Ana Brix/Press)", "A bridge at Orn", "Ana Brix/Press"),
        ("A bridge at Orn (image courtesy of Press)", "A bridge at Orn", "Press"),
        ("A bridge at Orn © Ana Brix", "A bridge at Orn", "Ana Brix"),
        ("A bridge at Orn (© Ana Brix)", "A bridge at Orn", "Ana Brix"),
        ("Foto: Agentur", "", "Agentur"),
        ("Photo Credit: Ana Brix", "", "Ana Brix"),
    ],
)
def test_the_credit_is_told_from_the_caption(text: str, caption: str, credit: str) -> None:
    assert split_credit(text) == (caption, credit)


@pytest.mark.parametrize(
    "text",
    [
        "A bridge at Orn",
        "A man holds a picture by the wall",
        "The only food source by the river is gone",
        "A view of the source: the upper Sill",
        "The picture by Ana Brix of a man at Orn",
        "A bridge [x]",
        "word " * 300 + "[Press]",
    ],
)
def test_a_caption_without_a_credit_is_left_whole(text: str) -> None:
    assert split_credit(text) == (text, "")


MEDIA = "https://static.wixstatic.com/media/ab12cd_00ff"


@pytest.mark.parametrize(
    "address",
    [
        f"{MEDIA}~mv2.jpg",
        f"{MEDIA}~mv2.jpg/v1/fill/w_147,h_83,al_c,q_80,blur_2/bridge.jpg",
        f"{MEDIA}~mv2.jpg/v1/fit/w_940,h_530,q_90/file.jpg?x=1#y",
        "wix:image://v1/ab12cd_00ff~mv2.jpg/bridge.jpg#originWidth=1",
        "ab12cd_00ff~mv2.jpg",
    ],
)
def test_renditions_of_a_wix_picture_are_one_picture(address: str) -> None:
    assert image_identity(address) == "wix:ab12cd_00ff~mv2.jpg"


def test_wix_pictures_of_older_builds_are_told_by_their_name_too() -> None:
    assert image_identity(f"{MEDIA}.jpg/v1/fill/w_9,h_9/a.jpg") == image_identity(f"{MEDIA}.jpg_srz_p_300_200_jpg_srz")
    assert image_identity(f"{MEDIA}.jpg") != image_identity(f"{MEDIA}.png")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://h.example/a-300x200.jpg", "https://h.example/a-1024x683.jpg"),
        ("https://h.example/a.jpg?w=300", "https://h.example/a.jpg#top"),
        ("https://h.example/image?id=5&width=300", "https://h.example/image?width=900&id=5"),
        ("https://h.example/image?w=300", "https://h.example/image"),
    ],
)
def test_size_and_quality_are_no_part_of_a_picture(one: str, other: str) -> None:
    assert image_identity(one) == image_identity(other)


def test_a_program_that_serves_pictures_tells_them_apart_by_its_query() -> None:
    assert image_identity("https://h.example/image?id=5") != image_identity("https://h.example/image?id=6")


@pytest.mark.parametrize("address", ["", "data:image/png;base64,AA", "blob:x", "about:blank"])
def test_a_picture_without_an_address_has_no_identity(address: str) -> None:
    assert image_identity(address) == ""


def _read(html: str, selector: str) -> Figure:
    page = LexborHTMLParser(html)
    assert page.root is not None
    tree = read_tree(page.root)
    (place, *_) = tree.places(page.css(selector))
    return read_figure(tree, place, tree.first(place, "figcaption"), base_url="https://h.example/r/")


def _tree(html: str) -> Tree:
    root = LexborHTMLParser(html).root
    assert root is not None
    return read_tree(root)


INFO = '{"imageData": {"uri": "ab12cd_00ff~mv2.jpg"}}'.replace('"', "&quot;")


@pytest.mark.parametrize(
    ("html", "selector", "image"),
    [
        (
            f'<wow-image data-image-info="{INFO}"><img src="small.jpg"></wow-image>',
            "wow-image",
            "wix:ab12cd_00ff~mv2.jpg",
        ),
        (f'<div><i data-image-info="{INFO}"></i></div>', "div", "wix:ab12cd_00ff~mv2.jpg"),
        ('<div><i data-image-info="{"></i><img src="a.jpg"></div>', "div", "a.jpg"),
        ('<div><i data-image-info="[]"></i><img src="a.jpg"></div>', "div", "a.jpg"),
        ('<p><img data-src="b.jpg" src="data:x"></p>', "p", "b.jpg"),
        ('<p><img src="data:x"><img src="c.jpg"></p>', "p", "c.jpg"),
        ('<p><img data-pin-media="d.jpg" src="e.jpg"></p>', "p", "d.jpg"),
        ('<img src="f.jpg">', "img", "f.jpg"),
        ("<p>words</p>", "p", ""),
        ('<p><img src="/i/blank.gif" data-lazy-src="g.jpg"></p>', "p", "g.jpg"),
        ('<p><img src="placeholder.png"></p>', "p", "placeholder.png"),
        ('<p><img srcset="h.jpg?w=4 400w, i.jpg 1600w,j.jpg 800w"></p>', "p", "i.jpg"),
        ('<p><img data-srcset="k.jpg, l.jpg 2x"></p>', "p", "l.jpg"),
        ('<p><img srcset="m.jpg, n.jpg"></p>', "p", "m.jpg"),
        ('<picture><source srcset="o.webp"><img src="p.jpg"></picture>', "picture", "p.jpg"),
        ('<picture><source srcset="q.webp"><img alt=""></picture>', "picture", "q.webp"),
    ],
    ids=(
        "wix,wix within,no JSON,other JSON,lazy,placeholder,pin,itself,none,blank,blank alone,sizes,lazy sizes,no size,"
        "picture,source"
    ).split(","),
)
def test_the_picture_is_the_one_that_is_not_a_placeholder(html: str, selector: str, image: str) -> None:
    assert _read(html, selector).image == (
        image and f"{'' if image.startswith('wix:') else 'https://h.example/r/'}{image}"
    )


def test_a_figure_has_the_caption_below_it_and_not_the_alternative_text() -> None:
    html = '<figure><img src="a.jpg" alt="IMG_001.jpg"><figcaption>A <b>bridge</b> [Press]</figcaption></figure>'
    assert _read(html, "figure") == Figure(image="https://h.example/r/a.jpg", caption="A bridge", credit="Press")


def test_a_picture_at_no_address_keeps_what_stands_there() -> None:
    assert _read('<img src="http://[/a.jpg">', "img").image == "http://[/a.jpg"


@pytest.mark.parametrize(
    ("inside", "figure"),
    [
        ('A bridge <span class="credit">Ana Brix/Press</span>', ("A bridge", "Ana Brix/Press")),
        ('A bridge | <small class="photo-credit">Photo: Ana Brix</small>', ("A bridge", "Ana Brix")),
        ('<b class="copyright"></b>A bridge. Photo: Ana Brix', ("A bridge.", "Ana Brix")),
        ('<b class="credit">Ana Brix</b> at a bridge', ("Ana Brix at a bridge", "Ana Brix")),
        ('A bridge <i class="accredited">of stone</i>', ("A bridge of stone", "")),
    ],
    ids=["named", "with a label", "empty", "in front", "no credit"],
)
def test_a_credit_that_is_called_so_is_one(inside: str, figure: tuple[str, str]) -> None:
    found = _read(f"<figure><img src=a.jpg><figcaption>{inside}</figcaption></figure>", "figure")
    assert (found.caption, found.credit) == figure


def test_a_credit_beside_the_caption_is_the_figure_s() -> None:
    html = "<figure><img src=a.jpg><figcaption>A bridge</figcaption><p class='image-credit'>Photo: Press</p></figure>"
    assert _read(html, "figure") == Figure(image="https://h.example/r/a.jpg", caption="A bridge", credit="Press")


def test_a_long_caption_has_its_credit_at_its_end() -> None:
    long = "A bridge that is told of at length. " * 20
    assert split_credit(f"{long}Photo: Ana Brix") == (long.strip(), "Ana Brix")


@pytest.mark.parametrize(
    ("html", "holder"),
    [
        ("<div><img src=a.jpg><p class=wp-caption-text>A bridge</p></div>", "div"),
        (
            "<figure><div><i><img src=a.jpg></i></div><div><span class='caption'>A bridge</span></div></figure>",
            "figure",
        ),
        ("<div><p class=caption>A bridge</p></div>", None),
        ("<div><img src=a.jpg><p class=caption></p></div>", None),
        ("<div><img src=a.jpg><p class=caption>A bridge</p><p>" + "Words. " * 20 + "</p></div>", None),
        ("<article><img src=a.jpg><p class=caption>A bridge</p></article>", None),
        ("<div><img src=a.jpg>" + "<br>" * 60 + "<p class=caption>A bridge</p></div>", None),
        ("<div><img src=a.jpg><b><b><b><p class=caption>A bridge</p></b></b></b></div>", None),
        ("<div class=caption><img src=a.jpg></div>", None),
        ("<div><img src=a.jpg><div class=caption_text hidden>Caption</div></div>", None),
        ("<div><img src=a.jpg><div hidden><p class=caption>Caption</div></div>", None),
    ],
    ids=[
        "WordPress",
        "deeper",
        "no picture",
        "no words",
        "a text",
        "a page",
        "a long part",
        "too deep",
        "around",
        "hidden",
        "in what is hidden",
    ],
)
def test_a_caption_called_so_makes_a_picture_of_what_holds_both(html: str, holder: str | None) -> None:
    tree = _tree(html)
    assert [tree.tags[place] for place in find_captioned(tree)] == ([holder] if holder else [])


def test_a_caption_is_read_without_a_picture() -> None:
    tree = _tree("<figcaption>Three doors. Photos: Ana Brix</figcaption>")
    assert read_caption(tree, tree.tags.index("figcaption")) == ("Three doors.", "Ana Brix")
