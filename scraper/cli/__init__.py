"""The command line. Every module here is thin: it reads arguments, calls the rooms below, and prints."""

import sys

try:
    from .main import main
except KeyboardInterrupt:
    # Ctrl-C while all this is loaded: `main`, which says so else, is not there yet.
    sys.stderr.write("fonds: interrupted; nothing was begun\n")
    sys.exit(130)

__all__ = ["main"]
