"""A comparison as HTML: a page for people, and a fragment for feeds."""

from .document import render_html
from .fragment import html_fragment

__all__ = ["html_fragment", "render_html"]
