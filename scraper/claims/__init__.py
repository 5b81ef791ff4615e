"""Did they say so? Flags on versions and changes, each with its evidence."""

from .asked import change_flags, compare, flags_of_version, flags_under, look_for_flags, page_flags, told
from .flag import SAID, Evidence, Flag, Name
from .flags import flags, flags_between, said, step_flags
from .notices import Notice, notice_in
from .restamps import restamps

__all__ = [
    "SAID",
    "Evidence",
    "Flag",
    "Name",
    "Notice",
    "change_flags",
    "compare",
    "flags",
    "flags_between",
    "flags_of_version",
    "flags_under",
    "look_for_flags",
    "notice_in",
    "page_flags",
    "restamps",
    "said",
    "step_flags",
    "told",
]
