"""Exchange: what leaves an archive in forms that others read without fonds."""

from .bundle import bundle_of, write_bundle
from .verifier import Key, Known, Line, check, exit_code
from .warc import warc_of

__all__ = ["Key", "Known", "Line", "bundle_of", "check", "exit_code", "warc_of", "write_bundle"]
