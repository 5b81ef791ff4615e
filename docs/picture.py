"""Draws docs/demo.svg, the picture in the README, from what `fonds demo` really prints. `make picture` runs it."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

COLUMNS = 100
PICTURE = Path(__file__).with_name("demo.svg")
# The parts shown, from one heading up to another. None of them holds a port or a time, so the picture stays the same.
_SHOWN = (
    ("The publisher puts up", "The archive"),
    ("What fonds found", "Karsenia Country Report, version"),
    ("Velmora Country Report, version", "Explore it"),
)
# A picture loads nothing from elsewhere: where Fira Code is not installed, another fixed-width font does.
_FONT_FILES = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


def demo_output(folder: Path) -> str:
    """What `fonds demo` prints on a terminal with colours; its archive goes to *folder*."""
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS)}
    environment.pop("NO_COLOR", None)
    command = [str(Path(sys.executable).with_name("fonds")), "demo", "--to", str(folder)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 -- our own
    return done.stdout


def picture(output: str) -> str:
    """The SVG of the parts of *output* that show the changes."""
    shown = "\n\n".join(_part(output, start, end) for start, end in _SHOWN)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(Text.from_ansi(shown))
        return _FONT_FILES.sub("", console.export_svg(title="make demo"))


def _part(output: str, start: str, end: str) -> str:
    """What *output* has from the heading that starts with *start* up to the one that starts with *end*."""
    return output[output.index(f"\x1b[1m{start}") : output.index(f"\x1b[1m{end}")].strip("\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        PICTURE.write_text(picture(demo_output(Path(folder))), encoding="utf-8")
