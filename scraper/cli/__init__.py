"""The command line. Every module here is thin: it reads arguments, calls the rooms below, and prints."""

from .main import main

__all__ = ["main"]
