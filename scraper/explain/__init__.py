"""Why a page was read so: a value to ask for, and what a person sees of it at a terminal."""

from .explanation import Explanation, Ledger, explain, explain_capture
from .render import render_explanation

__all__ = ["Explanation", "Ledger", "explain", "explain_capture", "render_explanation"]
