"""Commands run as they are typed, in this process."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scraper.cli import main


@dataclass(frozen=True)
class Result:
    """What a command printed where, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Result]


def runner(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs commands in *folder*, without an archive named by the environment."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("FONDS_ARCHIVE", raising=False)

    def run(*arguments: object) -> Result:
        capsys.readouterr()
        with pytest.raises(SystemExit) as leaving:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        code = leaving.value.code
        assert isinstance(code, int)
        return Result(code, captured.out, captured.err)

    return run


def one_line(result: Result) -> str:
    """The only line on stderr of a command that could not be done."""
    assert result.code == 2
    assert result.out == ""
    assert "Traceback" not in result.err
    (line,) = result.err.splitlines()
    return line
