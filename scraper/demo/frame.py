"""The frame around every page of a Wix site: head, header, menu, footer and the scripts that weigh more than the words.

Two frames exist side by side, as they do on Wix: "classic" (the classic editor) and "studio" (the responsive editor).
Anything a browser would load is left out, so that a demo page opened in one asks nobody for scripts.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from html import escape

from .build import Build
from .report import ORGANISATION

_MENU = (("Home", "/"), ("Reports", "/"), ("About", "/about"))
_FOLLOW = ("Grey Facebook Icon", "Grey Twitter Icon", "Grey YouTube Icon")
_SITE_ID = "6f0c2a5e-19d7-4b83-a2c4-7e51d90b38f6"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a page says of itself in its head. *posted* is None on pages that are no posts."""

    title: str
    description: str
    image: str = ""
    posted: datetime | None = None


def framed(main: str, *, head: Head, base: str, path: str, build: Build) -> str:
    """A whole page: *main* between header and footer, in the frame of *build*."""
    page_id = page_id_of(path)
    body = _studio(main, page_id, base, build) if build.frame == "studio" else _classic(main, page_id, base, build)
    opening = '<body class="responsive">' if build.frame == "studio" else "<body class=''>"
    return "\n".join(
        (
            '<!DOCTYPE html>\n<html lang="en">\n<head>',
            _head(head, base, path, build),
            f'<style id="css_{page_id}">{_styles(body)}</style>\n</head>\n{opening}',
            '<script type="text/javascript">var bodyCacheable = true;</script>',
            "<!-- pageHtmlEmbeds.bodyStart start -->",
            '<script type="wix/htmlEmbeds" id="pageHtmlEmbeds.bodyStart start"></script>',
            '<script type="wix/htmlEmbeds" id="pageHtmlEmbeds.bodyStart end"></script>',
            "<!-- pageHtmlEmbeds.bodyStart end -->",
            f'<div id="SITE_CONTAINER"><div id="main_MF" class="main_MF">{body}</div></div>',
            _data(path, build),
            "</body>\n</html>\n",
        )
    )


def page_id_of(path: str) -> str:
    """The five-character id of the site's page that serves *path*: all posts share one."""
    return {"/": "c1dmp", "/about": "mqbx2", "/admin/login": "zt0ev"}.get(path, "btq7k")


def iso(moment: datetime) -> str:
    """*moment* as Wix writes it: UTC, milliseconds, Z."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def section(content: str, component: str, build: Build) -> str:
    """A section of the classic editor's page with its layers of background."""
    return (
        f'<section id="{component}" tabindex="-1" class="{build.css("section")} {component} wixui-section"'
        f' data-block-level-container="ClassicSection">{_layers(component, build)}{_mesh(component, content)}</section>'
    )


def rich_text(component: str, content: str, build: Build) -> str:
    """A rich text component; *content* is its paragraphs and headings."""
    classes = f"{build.css('rich', 'rich-skin', 'rich-vertical')} {component} wixui-rich-text"
    return f'<div id="{component}" class="{classes}" data-testid="richTextElement">{content}</div>'


def rich_line(text: str, build: Build, *, tag: str = "p", font: int = 8) -> str:
    """One line of rich text in the theme's slot *font*."""
    return (
        f'<{tag} class="font_{font} wixui-rich-text__text" style="line-height:1.6em;">'
        f'<span class="color_{build.published_version % 30 + 11} wixui-rich-text__text">'
        f'<span style="letter-spacing:normal;" class="wixui-rich-text__text">{escape(text, quote=False)}</span>'
        f"</span></{tag}>"
    )


def _head(head: Head, base: str, path: str, build: Build) -> str:
    url = escape(base + path)
    meta = {
        "og:title": head.title,
        "og:description": head.description,
        "og:url": base + path,
        "og:site_name": ORGANISATION,
        "og:type": "article" if head.posted else "website",
    }
    if head.image:
        meta |= {"og:image": build.rendition(head.image, 1000, 667)}
    if head.posted:
        moment = iso(head.posted)
        meta |= {
            "article:author": ORGANISATION,
            "article:published_time": moment,
            "article:modified_time": moment,
        }
    properties = "\n".join(f'  <meta property="{name}" content="{escape(content)}"/>' for name, content in meta.items())
    return f"""\
  <meta charset='utf-8'>
  <meta name="viewport" content="width=device-width, initial-scale=1" id="wixDesktopViewport" />
  <meta http-equiv="X-UA-Compatible" content="IE=edge">
  <meta name="generator" content="Wix.com Website Builder"/>
  <script>window.thunderboltVersion = "{build.viewer}"; window.viewerModel = null;</script>
  <script type="application/json" id="wix-essential-viewer-model">{_viewer_model(base, path, build)}</script>
  <script data-url="https://static.parastorage.com/services/wix-thunderbolt/dist/handleAccessTokens.inline\
.{build.token("bundle", 8)}.bundle.min.js">window.accessTokens = "{build.token(f"access {path}", 172)}";</script>
  <meta name="format-detection" content="telephone=no">
  <meta name="skype_toolbar" content="skype_toolbar_parser_compatible">
  <!-- pageHtmlEmbeds.head start -->
  <script type="wix/htmlEmbeds" id="pageHtmlEmbeds.head start"></script>
  <script type="wix/htmlEmbeds" id="pageHtmlEmbeds.head end"></script>
  <!-- pageHtmlEmbeds.head end -->
  <meta http-equiv="X-Wix-Meta-Site-Id" content="{_SITE_ID}">
  <meta http-equiv="X-Wix-Application-Instance-Id" content="d2b7e4c1-5a90-4f36-8c1d-03f9a6e72b48">
  <meta http-equiv="X-Wix-Published-Version" content="{build.published_version}"/>
  <meta http-equiv="etag" content="bug"/>
  <title>{escape(head.title)}</title>
  <meta name="description" content="{escape(head.description)}"/>
  <link rel="canonical" href="{url}"/>
{properties}
{_linked_data(head, base, path, build)}
  <link rel="alternate" href="{base}/blog-feed.xml" title="{ORGANISATION} - RSS" type="application/rss+xml"/>
  <meta name="twitter:card" content="summary_large_image"/>
  <meta name="twitter:title" content="{escape(head.title)}"/>"""


def _linked_data(head: Head, base: str, path: str, build: Build) -> str:
    if head.posted is None:
        return ""
    data = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "author": {"@type": "Person", "name": ORGANISATION},
        "dateModified": iso(head.posted),
        "datePublished": iso(head.posted),
        "headline": head.title,
        "mainEntityOfPage": {"@id": base + path, "@type": "itemPage", "url": base + path},
        "url": base + path,
        "image": {"@type": "ImageObject", "url": build.rendition(head.image, 1000, 667)},
        "publisher": {"@type": "Organization", "name": ORGANISATION, "url": base},
    }
    return f'  <script type="application/ld+json">{_json(data)}</script>'


def _viewer_model(base: str, path: str, build: Build) -> str:
    return _json(
        {
            "fleetConfig": {"fleetName": "thunderbolt-isolated-platform", "type": "GA", "code": 0},
            "mode": {"qa": False, "enableTestApi": False, "debug": False, "ssrIndicator": False},
            "requestUrl": base + path,
            "requestId": build.uuid(f"request {path}"),
            "siteRevision": build.published_version,
            "language": {"userLanguage": "en"},
            "siteFeatures": ["assetsLoader", "businessLogger", "consentPolicy", "domStore", "navigationManager", "ooi"],
            "svSession": build.token(f"session {path}", 300),
        }
    )


def _data(path: str, build: Build) -> str:
    warmup = {
        "platform": {"ssrPropsUpdates": [], "ssrStyleUpdates": []},
        "pages": {"compIdToTypeMap": {"SITE_HEADER": "HeaderContainer", "SITE_FOOTER": "FooterContainer"}},
        "appsWarmupData": {"14bcded7-0066-7c35-14d7-466cb3f09103": {build.uuid(path): build.token(path, 1200)}},
    }
    model = {"siteRevision": build.published_version}
    fedops = {"data": {"site": {"metaSiteId": _SITE_ID, "userId": build.uuid("user")}, "rollout": {"isDACRollout": 0}}}
    return (
        '<script type="application/json" id="used-platform-apis-data">["site","user","location","window"]</script>\n'
        f'<script type="application/json" id="wix-fedops">{_json(fedops)}</script>\n'
        f'<script type="application/json" id="wix-viewer-model">{_json(model)}</script>\n'
        f'<script type="application/json" id="wix-warmup-data">{_json(warmup)}</script>'
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("/", r"\/")


def _anchor(edge: str, build: Build) -> str:
    name = f"SCROLL_TO_{edge.upper()}"
    return (
        f'<div id="{name}" class="{build.css("anchor")} ignore-focus {name}" role="region" tabindex="-1"'
        f' aria-label="{edge} of page"><span class="{build.css("anchor-words")}">{edge} of page</span></div>'
    )


def _classic(main: str, page_id: str, base: str, build: Build) -> str:
    page = (
        f'<div id="{page_id}" class="{build.css("page")} {page_id}">'
        f'<div class="{build.css("page-background")} wixui-page" data-testid="page-bg"></div>'
        f'<div class="{build.css("page-box")}"><div id="Container{page_id}" class="Container{page_id}">'
        f"{_mesh(f'Container{page_id}', main)}</div></div></div>"
    )
    return (
        f"{_anchor('top', build)}"
        f'<div id="BACKGROUND_GROUP" class="BACKGROUND_GROUP"><div id="pageBackground_{page_id}"'
        f' class="pageBackground_{page_id} {build.css("background")}">{_layers(f"pageBackground_{page_id}", build)}'
        '</div></div><div id="site-root" class="site-root">'
        '<div id="masterPage" class="mesh-layout masterPage css-editing-scope">'
        f'<header id="SITE_HEADER" class="{build.css("header")} SITE_HEADER wixui-header" tabindex="-1">'
        f"{_layers('SITE_HEADER', build)}{_mesh('SITE_HEADER', _banner(base, build))}</header>"
        '<main id="PAGES_CONTAINER" class="PAGES_CONTAINER" tabindex="-1" data-main-content="true">'
        f'<div id="SITE_PAGES" class="{build.css("pages")} SITE_PAGES">{page}</div></main>'
        '<div id="pinnedBottomRight" class="pinnedBottomRight"><div id="comp-lu0p7d2c-pinned-layer">'
        f'<iframe class="{build.css("chat")}" title="Wix Chat" aria-label="Wix Chat"></iframe></div></div>'
        f'<footer id="SITE_FOOTER" class="{build.css("footer")} SITE_FOOTER wixui-footer" tabindex="-1">'
        f"{_mesh('SITE_FOOTER', _imprint(base, build))}</footer></div></div>{_anchor('bottom', build)}"
    )


def _studio(main: str, page_id: str, base: str, build: Build) -> str:
    box = f'data-testid="section-container" class="{build.css("section")}'
    return (
        f"{_anchor('top', build)}"
        '<div id="site-root" class="site-root"><div id="masterPage" class="masterPage css-editing-scope">'
        f'<div id="SITE_PAGES" class="{build.css("pages")} SITE_PAGES"><div id="{page_id}" class="{build.css("page")}'
        f' {page_id}"><div class="{build.css("page-background")} wixui-page" data-testid="page-bg"></div>'
        f'<div class="{build.css("page-box")}"><div data-testid="responsive-container-overflow">'
        '<div data-testid="responsive-container-content">'
        f'<header id="comp-m1r4hx0b" class="comp-m1r4hx0b"><section id="comp-m1r4hx0b_r_comp-m1r4hx1e" {box}">'
        f"{_banner(base, build)}</section></header>"
        f'<main id="PAGE_SECTIONS{page_id}" class="PAGE_SECTIONS{page_id}" data-main-content="true">'
        f'<section id="comp-m1r4k2w7" {box} wixui-section">{main}</section></main>'
        '<footer id="comp-m1r4hy9n" class="comp-m1r4hy9n">'
        f'<section id="comp-m1r4hy9n_r_comp-m1r4hz3t" {box} wixui-footer">{_imprint(base, build)}</section></footer>'
        f'<div id="comp-m1r4k8qz-pinned-layer" class="{build.css("pinned")}"></div>'
        f"</div></div></div></div></div></div></div>{_anchor('bottom', build)}"
    )


def _banner(base: str, build: Build) -> str:
    items = "".join(
        f'<li class="{build.css("menu-item")} wixui-horizontal-menu__item" data-testid="menuItemDepth0"><div'
        f' class="{build.css("menu-box")}"><a data-item-label="true" data-testid="linkElement" href="{base}{path}"'
        f' target="_self" class="{build.css("menu-link")}" tabindex="0"><div class="{build.css("menu-cell")}">'
        f'<span class="{build.css("menu-label")} wixui-horizontal-menu__item-label">{label}</span></div></a></div></li>'
        for label, path in _MENU
    )
    name = rich_line(ORGANISATION, build, tag="h2", font=2) + rich_line("Eyes open, names kept", build)
    return (
        f"{rich_text('comp-lr3x7k2p', name, build)}"
        f'<div id="comp-lr3x7m9d" class="comp-lr3x7m9d {build.css("menu")}"><nav class="{build.css("nav")}"'
        f' aria-label="Site"><ul class="{build.css("nav-list")}">{items}</ul></nav></div>'
    )


def _imprint(base: str, build: Build) -> str:
    icons = "".join(
        f'<li class="{build.css("social-item")}"><a data-testid="linkElement" href="https://social.example/vesperwatch"'
        f' target="_blank" rel="noreferrer noopener" class="{build.css("social-link")}"><img alt="{name}"/></a></li>'
        for name in _FOLLOW
    )
    follow = rich_line(f"Follow {ORGANISATION} for more updates:", build, tag="h6", font=6)
    rights = rich_line(f"© 2024 by {ORGANISATION}. Registered charity.", build) + rich_line("\u200b", build)
    return (
        f"{rich_text('comp-lr3xa04f', follow, build)}"
        f'<div id="comp-lr3xa1t8" class="comp-lr3xa1t8 {build.css("social")}"><ul class="{build.css("social-list")}"'
        f' aria-label="Social Bar">{icons}</ul></div>{rich_text("comp-lr3xa5yc", rights, build)}'
        f'<div id="comp-lr3xa8bw" class="comp-lr3xa8bw"><a data-testid="linkElement" href="{base}/admin/login"'
        f' target="_self" class="{build.css("button")}"><span class="{build.css("button-box")}">'
        f'<span class="{build.css("button-label")} wixui-button__label">Staff login</span></span></a></div>'
    )


def _layers(component: str, build: Build) -> str:
    return (
        f'<div id="bgLayers_{component}" data-hook="bgLayers" data-motion-part="BG_LAYER {component}"'
        f' class="{build.css("layers")}">'
        f'<div data-testid="colorUnderlay" class="{build.css("underlay", "colour")}"></div>'
        f'<div id="bgMedia_{component}" data-motion-part="BG_MEDIA {component}" class="{build.css("media")}"></div>'
        "</div>"
    )


def _mesh(component: str, content: str) -> str:
    return (
        f'<div data-mesh-id="{component}inlineContent" data-testid="inline-content" class="">'
        f'<div data-mesh-id="{component}inlineContent-gridContainer" data-testid="mesh-container-content">{content}'
        "</div></div>"
    )


def _styles(body: str) -> str:
    names = dict.fromkeys(name for names in re.findall(r'class="([^"]*)"', body) for name in names.split())
    return "".join(f".{name}{{box-sizing:border-box;--corvid-color:var(--{name}-color)}}" for name in names)
