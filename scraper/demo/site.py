"""An edition of the demo's site as the answers a server gives: path to status, media type, bytes and ETag."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from email.utils import format_datetime
from hashlib import sha256
from html import escape

from .build import Build
from .editions import Edition
from .pages import about_page, list_page, login_page, post_page
from .report import ORGANISATION, Report

_BUILDS = {
    1: Build(
        name="2024-03 first",
        published_version=811,
        viewer="1.14766.0",
        quality="q_80,usm_0.66_1.00_0.01",
        share=("facebook", "twitter", "linked-in", "link", "print"),
    ),
    2: Build(
        name="2024-09 second",
        published_version=854,
        viewer="1.15103.0",
        quality="q_85,usm_0.66_1.00_0.01",
        share=("facebook", "twitter", "linked-in", "link", "print"),
    ),
}
_RECENT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server says at one path."""

    status: int
    media_type: str
    body: bytes

    @property
    def etag(self) -> str:
        """A strong entity tag: a hash of the bytes."""
        return f'"{sha256(self.body).hexdigest()[:32]}"'


def answers(edition: Edition, *, base: str) -> Mapping[str, Answer]:
    """All that the site answers in *edition*, with absolute addresses below *base* ("http://127.0.0.1:8000")."""
    build = _BUILDS[edition.number]
    pages = {
        "/": list_page(edition.reports, base=base, published=edition.published, build=build),
        "/about": about_page(base=base, build=build),
        "/admin/login": login_page(base=base, build=build),
    }
    for report, recent in _with_recent(edition):
        dressed = _reskinned(build) if report.path in edition.reskinned else build
        pages[report.path] = post_page(report, recent, base=base, published=edition.published, build=dressed)
    found = {path: _answer("text/html; charset=UTF-8", page) for path, page in pages.items()}
    missing = {path: _answer("text/html; charset=UTF-8", "<h1>Gone</h1>", status=410) for path in edition.gone}
    robots = f"User-agent: *\nDisallow: /admin/\n\nSitemap: {base}/sitemap.xml\n"
    return (
        found
        | missing
        | {
            "/robots.txt": _answer("text/plain; charset=UTF-8", robots),
            "/sitemap.xml": _answer("application/xml", _sitemap(edition, base)),
            "/blog-feed.xml": _answer("application/rss+xml; charset=UTF-8", _feed(edition, base)),
        }
    )


def _reskinned(build: Build) -> Build:
    return replace(
        build,
        name=f"{build.name}, new template",
        frame="studio",
        quality="q_90,enc_avif",
        share=tuple(reversed(build.share)),
    )


def _with_recent(edition: Edition) -> Iterator[tuple[Report, tuple[Report, ...]]]:
    """Each report with the teasers below it: the next three of the edition, so that each page shows others."""
    twice = edition.reports * 2
    for index, report in enumerate(edition.reports, start=1):
        yield report, twice[index : index + _RECENT]


def _sitemap(edition: Edition, base: str) -> str:
    edited = {edit.path for edit in edition.edits} - set(edition.reskinned)
    urls = "".join(
        f"<url><loc>{base}{report.path}</loc>"
        f"<lastmod>{edition.published if report.path in edited else report.posted.date()}</lastmod></url>\n"
        for report in edition.reports
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    )


def _feed(edition: Edition, base: str) -> str:
    """The RSS feed that every page's head announces: the posts of the edition, newest first."""
    built = format_datetime(datetime.combine(edition.published, time(), tzinfo=UTC), usegmt=True)
    newest_first = sorted(edition.reports, key=lambda report: report.posted, reverse=True)
    items = "".join(
        f"<item><title>{escape(report.headline, quote=False)}</title><link>{base}{report.path}</link>"
        f"<guid>{base}{report.path}</guid><pubDate>{format_datetime(report.posted, usegmt=True)}</pubDate>"
        f"<description>{escape(f'{report.title}, {report.dated}', quote=False)}</description></item>\n"
        for report in newest_first
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>{ORGANISATION}</title><link>{base}/</link><description>Country reports</description>"
        f"<lastBuildDate>{built}</lastBuildDate>\n{items}</channel></rss>\n"
    )


def _answer(media_type: str, text: str, *, status: int = 200) -> Answer:
    return Answer(status=status, media_type=media_type, body=text.encode())
