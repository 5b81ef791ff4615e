"""The pages of the demo's site: a blog post for each report, the list of them, and two plain pages."""

from collections.abc import Iterable
from datetime import date, datetime
from html import escape

from .blocks import report_blocks
from .build import Build
from .frame import Head, framed, rich_line, rich_text, section
from .report import ORGANISATION, Report

_SHARE = {
    "facebook": "Share via Facebook",
    "twitter": "Share via X (Twitter)",
    "linked-in": "Share via LinkedIn",
    "link": "Share via link",
    "print": "Print Post",
}
_WIDGET = "TPAMultiSection_lr3xd7q1"
_ABOUT = (
    "Vesper Watch reads court papers, school books and market prices, and writes down what they announce.",
    "\u200b",
    "We count in the ten stages of genocide, from Classification to Denial, and we name whom we ask for what.",
    "Vesper Watch, its countries and its reports are invented. They exist to show how fonds works.",
)


def post_page(report: Report, recent: Iterable[Report], *, base: str, published: date, build: Build) -> str:
    """The page of one report, with teasers of the *recent* ones below it."""
    widget = (
        f'<div id="{_WIDGET}" class="{build.css("widget")}"><div class="{_WIDGET}">'
        '<div data-hook="tpa-components-provider"><div><div style="--root-width:980px" data-hook="post-page-root">'
        f'<div class="{build.css("app")} is-desktop app-desktop"><div id="content-wrapper">{_blog_header(base, build)}'
        f'<div class="{build.css("post-page")}" data-hook="post-page"><div class="{build.css("post-box")}">'
        f"{_article(report, published, base, build)}</div>{_recent(recent, base, build)}</div>"
        "</div></div></div></div></div></div></div>"
    )
    main = widget if build.frame == "studio" else section(widget, "comp-lr3xd5n8", build)
    head = Head(
        title=report.headline,
        description=f"{report.title}, {report.dated}",
        image=report.photograph.image,
        posted=report.posted,
    )
    return framed(main, head=head, base=base, path=report.path, build=build)


def list_page(reports: Iterable[Report], *, base: str, published: date, build: Build) -> str:
    """The home page: a blog list of *reports*."""
    items = "".join(_teaser(report, published, base, build) for report in reports)
    title = rich_text("comp-lr3xc2g6", rich_line("Country Reports", build, tag="h1", font=0), build)
    widget = (
        f'<div id="TPASection_lr3xc4vz" class="{build.css("widget")}"><div data-hook="tpa-components-provider">'
        f'<div class="{build.css("list-page")}" data-hook="blog-feed-page"><div class="{build.css("feed")}"'
        f' data-hook="post-list">{items}</div></div></div></div>'
    )
    head = Head(title=f"Reports | {ORGANISATION}", description="Country reports, newest first")
    main = section(title, "comp-lr3xc1a0", build) + section(widget, "comp-lr3xc3e4", build)
    return framed(main, head=head, base=base, path="/", build=build)


def about_page(*, base: str, build: Build) -> str:
    """A plain page: who the organisation is."""
    lines = rich_line("About us", build, tag="h1", font=0) + "".join(rich_line(line, build) for line in _ABOUT)
    main = section(rich_text("comp-lr3xe0k3", lines, build), "comp-lr3xe6p9", build)
    head = Head(title=f"About | {ORGANISATION}", description="Who we are")
    return framed(main, head=head, base=base, path="/about", build=build)


def login_page(*, base: str, build: Build) -> str:
    """A page that robots.txt asks crawlers not to read."""
    line = rich_line("Staff login", build, tag="h1", font=0)
    main = section(rich_text("comp-lr3xf2r5", line, build), "comp-lr3xf4h1", build)
    head = Head(title=f"Staff login | {ORGANISATION}", description="")
    return framed(main, head=head, base=base, path="/admin/login", build=build)


def time_ago(posted: datetime, published: date) -> str:
    """The date as the page shows it on the day it is *published*: relative when new, without a year in its own."""
    days = (published - posted.date()).days
    if days <= 6:
        return f"{days} days ago"
    return f"{posted:%b} {posted.day}" + ("" if posted.year == published.year else f", {posted.year}")


def _blog_header(base: str, build: Build) -> str:
    return (
        f'<div class="{build.css("blog-header")}" data-hook="blog-desktop-header-container">'
        f'<nav class="{build.css("blog-nav")} blog-header__navigation" aria-label="Blog"><ul'
        f' class="{build.css("blog-nav-list")}"><li data-hook="header-navigation__/"><a href="{base}/"'
        ' class="blog-navigation-link-hover" data-hook="link">All Posts</a></li></ul></nav>'
        f'<div class="{build.css("search")}" data-hook="search-input">'
        '<input type="text" placeholder="Search" value=""/></div></div>'
    )


def _article(report: Report, published: date, base: str, build: Build) -> str:
    return (
        f'<article class="{build.css("post")}" data-hook="post">'
        f'<section class="{build.css("hero")}" data-hook="post-hero-image"></section>'
        f'<header class="{build.css("post-header")}"><div class="{build.css("title-box")}" data-hook="post-title">'
        f'<h1 class="{build.css("title")}" data-hook="post-title">{escape(report.headline, quote=False)}</h1></div>'
        f"{_metadata(report, published, build)}</header>"
        f'<section class="{build.css("text")}" data-hook="post-description"><div class="{build.css("viewer-box")}">'
        f'<div class="{build.css("viewer-theme")}" data-rce-version="10.154.{build.published_version % 10}">'
        f'<div class="{build.css("viewer")}" dir="ltr" data-id="content-viewer">{report_blocks(report, build)}</div>'
        f"</div></div></section>{_post_footer(report, base, build)}</article>"
    )


def _metadata(report: Report, published: date, build: Build) -> str:
    shown = time_ago(report.posted, published)
    minutes = f"{max(2, sum(map(len, report.paragraphs)) // 900)} min read"
    updated = (
        f'<p class="{build.css("updated")}">Updated: <span title="{report.updated}" class="time-ago"'
        f' data-hook="time-ago">{report.updated}</span></p>'
        if report.updated
        else ""
    )
    return (
        f'<div class="{build.css("data")}"><ul class="{build.css("data-list")}"><li class="{build.css("writer")}">'
        f'<wow-image class="{build.css("avatar")}" data-has-ssr-src=""><img alt="Writer: {ORGANISATION}" role="img"/>'
        f'</wow-image><span class="{build.css("profile")}" data-hook="profile-link"><span data-hook="user-name">'
        f'{ORGANISATION}</span></span></li><li class="{build.css("date")}"><span title="{shown}" class="time-ago"'
        f' data-hook="time-ago">{shown}</span></li><li class="{build.css("duration")}"><span title="{minutes}"'
        f' data-hook="time-to-read">{minutes}</span></li></ul><button class="{build.css("more")}" type="button"'
        f' aria-pressed="false" aria-label="More actions" id="more-button-{build.uuid(report.slug)}"'
        f' data-hook="more-button"></button></div>{updated}'
    )


def _post_footer(report: Report, base: str, build: Build) -> str:
    tags = "".join(
        f'<li><a href="{base}/blog/tags/{tag.lower().replace(" ", "-")}" class="{build.css("tag")}"'
        f' rel="noopener noreferrer">{tag}</a></li>'
        for tag in report.tags
    )
    share = "".join(
        f'<div class="{build.css("share-box")}"><button class="{build.css("share")}" aria-label="{_SHARE[name]}"'
        f' data-hook="share-button__{name}"><span class="{build.css("share-icon")}"></span></button></div>'
        for name in build.share
    )
    views = sum(map(ord, report.slug + build.name)) % 900
    return (
        f'<footer class="{build.css("post-footer")}" data-hook="post-footer"><section class="{build.css("tags")}">'
        f'<p class="{build.css("tags-title")}">Tags:</p><nav dir="ltr" aria-label="Tags" data-hook="tag-cloud-root">'
        f'<ul class="{build.css("tags-list")}">{tags}</ul></nav></section>'
        f'<section class="{build.css("actions")}" data-hook="post-main-actions-desktop"><div>{share}</div>'
        f'<div class="{build.css("actions-stats")}" data-hook="post-main-actions__stats">{_stats(views, build)}</div>'
        "</section></footer>"
    )


def _stats(views: int, build: Build) -> str:
    counts = (f"{views} views", f"{views % 7} comments", f"{views % 40} likes")
    spans = "".join(
        f'<div class="{build.css("stat")}"><span aria-label="{count}">{count}</span></div>' for count in counts
    )
    return f'<div data-hook="post-stats" class="{build.css("stats")}">{spans}</div>'


def _recent(recent: Iterable[Report], base: str, build: Build) -> str:
    items = "".join(
        f'<article class="{build.css("recent-item")}" data-hook="recent-post-list-item"><div'
        f' class="{build.css("recent-box")}"><a aria-label="{escape(report.headline)}" href="{base}{report.path}"'
        f' class="blog-link-hover-color" data-hook="link" tabindex="-1"><wow-image class="{build.css("recent-image")}">'
        f'<img alt="{escape(report.headline)}" data-pin-nopin="true"/></wow-image></a>'
        f'<header data-hook="recent-post__title"><a class="{build.css("recent-link")}" href="{base}{report.path}">'
        f"{escape(report.headline, quote=False)}</a></header>"
        f'<section data-hook="recent-post__description"><p data-hook="post-description">{report.title}, {report.dated}'
        f'</p></section><footer data-hook="post-footer" class="{build.css("recent-footer")}">'
        f"{_stats(sum(map(ord, report.slug)) % 500, build)}</footer></div></article>"
        for report in recent
    )
    return (
        f'<section class="{build.css("recent")}" data-hook="recent-posts"><header class="{build.css("recent-top")}">'
        f'<h2 style="font:inherit">Recent Posts</h2><a href="{base}/" class="{build.css("all")}">See All</a></header>'
        f'<section><div class="{build.css("recent-list")}">{items}</div></section></section>'
    )


def _teaser(report: Report, published: date, base: str, build: Build) -> str:
    shown = time_ago(report.posted, published)
    return (
        f'<article class="{build.css("teaser")}" data-hook="post-list-item"><a href="{base}{report.path}"'
        f' class="{build.css("teaser-link")}"><div class="{build.css("teaser-title")}"'
        f' data-hook="post-list-item__title"><div data-hook="post-title"><p>{escape(report.headline, quote=False)}</p>'
        f'</div></div></a><span class="time-ago" data-hook="time-ago">{shown}</span>'
        '<span data-hook="time-to-read">2 min read</span></article>'
    )
