"""A comparison as HTML: a page for people, and a fragment for feeds."""

from .document import render_html

__all__ = ["render_html"]
