"""The page of a comparison in a real browser: by keys, without script, at the widths of a phone and a desk, printed."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from comparisons import AFTER, ARABIC, BEFORE, HEAD, LOOKS, NAMES, prose, report, table

from parsers.record import Record
from scraper.diff import diff, render_html

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (the extra 'browser')")
PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
if not PROGRAM:
    pytest.skip("Chromium is not installed (make system)", allow_module_level=True)

OFFLINE = ("--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://nowhere.invalid:1", "--disable-gpu")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
WIDE = tuple(tuple(f"A longer cell {row} {column}" for column in range(12)) for row in range(6))
PAIRS = {
    "full": (BEFORE, AFTER),
    "arabic": ARABIC,
    "looks": LOOKS,
    "wide": (
        report(table(*WIDE), prose("x" * 3_000)),
        report(table(*WIDE[:3], *WIDE[4:]), prose("x" * 2_999 + " end"), prose("https://a.example/" + "y" * 2_000)),
    ),
}
FULL = [
    "facts", "page", "p2", "p5", "p9", "was-13", "p11", "p13", "p15", "links", "typography", "looks",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=PROGRAM, args=list(OFFLINE), chromium_sandbox=os.geteuid() != 0
        )
        yield started
        started.close()


@pytest.fixture
def opened(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens the page of a pair in a window with *options*; whatever it asks for, or complains of, is kept on it."""
    contexts = []

    def open_page(pair: tuple[Record, Record] = (BEFORE, AFTER), **options: Any) -> Any:
        contexts.append(browser.new_context(**{"viewport": DESK, "reduced_motion": "reduce"} | options))
        page = contexts[-1].new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.set_content(render_html(diff(*pair), *pair, names=NAMES, head=HEAD))
        return page

    yield open_page
    for context in contexts:
        context.close()


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id"))


def is_side_by_side(page: Any) -> bool:
    one, two = (page.locator(f"#p2 .{side}").bounding_box() for side in ("one", "two"))
    return bool(two) and one["x"] + one["width"] <= two["x"] and one["y"] == two["y"]


@pytest.mark.parametrize("key", ["j", "n", "ArrowRight"])
def test_a_key_leads_to_each_change_in_turn(opened: Callable[..., Any], key: str) -> None:
    page = opened()
    found = []
    for _ in FULL:
        page.keyboard.press(key)
        found.append(focused(page))
    assert found == FULL
    assert page.locator("#at").inner_text().split() == ["Change", "12", "of", "12"]
    page.keyboard.press(key)
    assert focused(page) == FULL[-1]  # there is no further one


@pytest.mark.parametrize("key", ["k", "p", "ArrowLeft"])
def test_a_key_leads_back(opened: Callable[..., Any], key: str) -> None:
    page = opened()
    for press in ("j", "j", "j", key):
        page.keyboard.press(press)
    assert focused(page) == FULL[1]


def test_what_is_stepped_to_is_in_view_below_the_bar_and_unfolded(opened: Callable[..., Any]) -> None:
    page = opened()
    for name in FULL:
        page.keyboard.press("j")
        bar, step = page.locator("#bar").bounding_box(), page.locator(f"#{name}").bounding_box()
        assert bar["y"] + bar["height"] <= step["y"] + 1
        assert step["y"] < DESK["height"]
    assert page.locator("#typography > details").get_attribute("open") is not None


def test_buttons_step_as_keys_do(opened: Callable[..., Any]) -> None:
    page = opened(viewport=PHONE)
    for _ in range(4):
        page.get_by_role("button", name="Next change").click()
    page.get_by_role("button", name="Previous change").click()
    assert focused(page) == FULL[2]


def test_keys_are_left_alone_where_they_are_turned_off_or_meant_for_something_else(opened: Callable[..., Any]) -> None:
    page = opened()
    page.keyboard.press("Control+j")
    page.get_by_label("In line").press("ArrowLeft")
    assert page.get_by_label("Side by side").is_checked()
    assert not page.evaluate("document.activeElement.closest('.step')")
    page.locator("#keys").uncheck()
    page.locator("h1").click()
    page.keyboard.press("j")
    assert not page.evaluate("document.activeElement.closest('.step')")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_width_decides_between_the_layouts_unless_a_reader_does(opened: Callable[..., Any], script: bool) -> None:
    desk, phone = (opened(viewport=viewport, java_script_enabled=script) for viewport in (DESK, PHONE))
    assert is_side_by_side(desk)
    assert not phone.locator("#p2 .two").is_visible()
    desk.get_by_label("In line").check()
    assert not desk.locator("#p2 .two").is_visible()
    assert desk.locator("#p2 .one ins").is_visible()
    phone.get_by_label("Side by side").check()
    assert is_side_by_side(phone)
    assert not phone.locator("#p2 .one ins").is_visible()


def test_without_script_all_of_it_is_read_and_stepped_through_by_links(opened: Callable[..., Any]) -> None:
    page = opened(java_script_enabled=False, viewport=PHONE)
    assert not page.get_by_role("button", name="Next change").is_visible()
    page.locator("#first").click()
    found = [page.url.partition("#")[2]]
    for _ in FULL[1:]:
        page.locator(f"#{found[-1]} > * > .turn, #{found[-1]} > .turn").get_by_role("link", name="next change").click()
        found.append(page.url.partition("#")[2])
    assert found == FULL
    page.locator("nav").get_by_role("link", name="§15 paragraph moved").click()
    page.locator("#p15").get_by_role("link", name="moved from §3").click()
    assert page.url.endswith("#was-3")
    page.locator("#was-3").get_by_role("link", name="moved to §15").click()
    assert page.url.endswith("#p15")
    page.locator("summary").first.click()
    assert page.locator("details[open]").count() == 1


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
@pytest.mark.parametrize("layout", ["By width", "Side by side", "In line"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_is_wider_than_the_window(
    opened: Callable[..., Any], pair: tuple[Record, Record], layout: str, viewport: dict[str, int]
) -> None:
    page = opened(pair, viewport=viewport)
    page.get_by_label(layout).check(force=True)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]


def test_nothing_is_asked_for_and_nothing_complained_of(opened: Callable[..., Any]) -> None:
    for pair in PAIRS.values():
        page = opened(pair)
        page.keyboard.press("j")
        page.emulate_media(color_scheme="dark")
        assert page.asked == []
        assert page.complaints == []


def test_a_page_that_is_attacked_asks_for_nothing_and_runs_nothing(opened: Callable[..., Any]) -> None:
    evil = '</p><img src="https://a.example/x.png" onerror="document.title=1"><script>document.title=1</script>'
    page = opened((report(prose(evil), title=evil), report(prose(f"{evil} and more"), title=f"{evil} more")))
    assert page.asked == []
    assert page.title().startswith("</p><img")
    # And where markup did get in, the policy would hold.
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"https://a.example/x.png\">')")
    page.evaluate("document.body.append(Object.assign(document.createElement('style'), {textContent: 'h1{top:0}'}))")
    assert len([text for text in page.complaints if "Content Security Policy" in text]) == 2


def test_who_listens_hears_what_was_dropped_and_what_was_added(opened: Callable[..., Any]) -> None:
    page = opened(viewport=PHONE)
    tree = page.locator("body").aria_snapshot()
    for told in ("- deletion:", "- insertion:", "- main:", "- banner:", '- navigation "Changes"', '- group "Layout"'):
        assert told in tree, told
    assert '- heading "Velmora Country Report" [level=1]' in tree
    assert 'article "§2 paragraph: 1 word"' in tree
    assert "[dropped: dissolved" in tree
    assert "[added: suspended" in tree
    assert page.locator("#p5").get_by_role("columnheader", name="District").count() == 1


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_rules_of_accessibility_are_kept(
    opened: Callable[..., Any], pair: tuple[Record, Record], scheme: str
) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed (the extra 'dev')"
    )
    for viewport in (PHONE, DESK):
        page = opened(pair, viewport=viewport, color_scheme=scheme, bypass_csp=True)
        page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        found = axe.Axe().run(page).response["violations"]
        assert [(fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in found] == []


def test_on_paper_marks_and_words_are_there_and_controls_are_not(opened: Callable[..., Any]) -> None:
    page = opened(color_scheme="dark")
    page.emulate_media(media="print")
    for gone in ("#bar", "nav", ".turn", ".fold > p"):
        assert not page.locator(gone).first.is_visible(), gone
    style = "(e) => { const s = getComputedStyle(e); return [s.textDecorationLine, s.printColorAdjust, s.color]; }"
    dropped, added = (page.locator(f"#p2 .one {tag}").evaluate(style) for tag in ("del", "ins"))
    assert dropped[:2] == ["line-through", "exact"]
    assert added[:2] == ["underline", "exact"]
    assert page.locator("body").evaluate("(e) => getComputedStyle(e).color") == "rgb(30, 32, 36)"  # dark on white
    assert page.locator(".fold summary").first.is_visible()


def test_where_motion_is_not_wanted_the_page_jumps(opened: Callable[..., Any]) -> None:
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    assert opened().evaluate(behaviour) == "auto"
    assert opened(reduced_motion="no-preference").evaluate(behaviour) == "smooth"


def test_right_to_left_stands_on_the_right_and_left_to_right_on_the_left(opened: Callable[..., Any]) -> None:
    page = opened(ARABIC, viewport=PHONE)
    assert page.locator("#p1 .one").evaluate("(e) => getComputedStyle(e).direction") == "rtl"
    assert page.locator("#p1-name").evaluate("(e) => getComputedStyle(e).direction") == "ltr"
    assert page.locator("#p1 .one del").evaluate("(e) => getComputedStyle(e).unicodeBidi") == "isolate"
