"""Did they say so? Flags on versions and changes, each with its evidence."""

from .flag import SAID, Evidence, Flag, Name
from .flags import flags, said, step_flags
from .notices import Notice, notice_in
from .restamps import restamps

__all__ = ["SAID", "Evidence", "Flag", "Name", "Notice", "flags", "notice_in", "restamps", "said", "step_flags"]
