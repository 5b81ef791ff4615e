"""What docs/operations.md gives to a machine: units, a cron line, a Dockerfile. Each tried where it can be."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cronsim import CronSim

from scraper.cli.main import fonds

PROJECT = Path(__file__).resolve().parents[1]
UNITS = sorted((PROJECT / "docs" / "systemd").iterdir())
PROGRAM = Path(sys.executable).with_name("fonds")


def _instructions(path: Path) -> Iterator[tuple[str, str]]:
    """The instructions of a Dockerfile with their arguments, continued lines joined."""
    text = re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    for line in filter(None, text.splitlines()):
        name, _, arguments = line.partition(" ")
        yield name, " ".join(arguments.split())


def _check_command(words: list[str]) -> None:
    """*words*, a call of fonds, are options and a command that there are."""
    context = fonds.make_context("fonds", words[1:])
    rest = [*context._protected_args, *context.args]
    name, command, arguments = fonds.resolve_command(context, rest)
    assert command
    with command.make_context(name, arguments, parent=context) as inner:
        if inner._protected_args:
            sub = command.commands[inner._protected_args[0]]  # type: ignore[attr-defined]
            sub.make_context(sub.name, inner.args, parent=inner)


def test_every_program_that_is_started_has_options_and_a_command_that_there_are(tmp_path: Path) -> None:
    lines = [
        line.partition("=")[2]
        for path in UNITS
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("ExecStart=")
    ]
    assert len(lines) == 2
    for line in [*lines, _cron_line().partition("&& ")[2].partition(" >>")[0]]:
        words = shlex.split(line)
        assert words[0] == "/opt/fonds/bin/fonds"
        _check_command(words)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    assert [path.name for path in UNITS] == ["fonds-stay.service", "fonds.service", "fonds.timer"]
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace("/opt/fonds/bin/fonds", str(PROGRAM))
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    for path in UNITS:
        command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / path.name)]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_a_unit_gives_a_crawl_more_time_to_end_than_it_takes() -> None:
    for path in UNITS:
        if path.suffix == ".service":
            found = re.search(r"^TimeoutStopSec=(\d+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert found
            assert int(found[1]) > 10


def _cron_line() -> str:
    text = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^```crontab\n(.*)\n```$", text, re.MULTILINE)
    return str(line)


def test_the_cron_line_is_due_every_ten_minutes_and_runs(tmp_path: Path) -> None:
    *fields, command = _cron_line().split(None, 5)
    noon = datetime(2024, 3, 1, 12, tzinfo=UTC)
    assert next(CronSim(" ".join(fields), noon)) == noon + timedelta(minutes=10)
    assert "%" not in command  # cron takes it for the end of a line
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "site.toml").write_text('title = "Site"\nseeds = ["http://127.0.0.1:9/"]\nevery = "0 0 29 2 *"\n')
    for there, here in (
        ("/var/lib/fonds", tmp_path), ("/etc/fonds/sources", sources), ("/opt/fonds/bin/fonds", PROGRAM),
    ):  # fmt: skip
        assert there in command
        command = command.replace(there, shlex.quote(str(here)))
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT)}
    subprocess.run(["sh", "-c", command], env=environment, check=True, stdin=subprocess.DEVNULL)
    assert (tmp_path / "runs.jsonl").read_text(encoding="utf-8") == ""
    assert "nothing is due; next is site at" in (tmp_path / "log.jsonl").read_text(encoding="utf-8")


def test_the_image_is_made_of_files_that_are_there() -> None:
    instructions = list(_instructions(PROJECT / "Dockerfile"))
    names = [name for name, _ in instructions]
    assert names[0] == "FROM"
    assert set(names) <= {"FROM", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "ENV", "STOPSIGNAL", "ENTRYPOINT", "CMD"}
    copied = [word for name, arguments in instructions if name == "COPY" for word in arguments.split()[:-1]]
    assert [name for name in copied if not (PROJECT / name).exists()] == []
    let_through = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert [name for name in copied if f"!{name}" not in let_through] == []


def test_the_image_has_all_that_the_package_is_built_from_and_a_python_that_it_runs_on() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    instructions = list(_instructions(PROJECT / "Dockerfile"))
    copied = {word for name, arguments in instructions if name == "COPY" for word in arguments.split()[:-1]}
    needed = {project["project"]["readme"], *project["project"]["license-files"], "pyproject.toml"}
    needed |= set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert needed <= copied
    assert instructions[0][1] == f"python:{project['project']['requires-python'].removeprefix('>=')}-slim"
    (run,) = [arguments for name, arguments in instructions if name == "RUN"]
    install = run.split(" && ")[0].split()
    assert install[:4] == ["python", "-m", "pip", "install"]
    assert install[-3:] == ["-c", "constraints.txt", "'.[evidence]'"]
    assert "constraints.txt" in copied


def test_the_image_does_not_run_as_root_and_starts_a_command_that_there_is() -> None:
    instructions = dict(_instructions(PROJECT / "Dockerfile"))
    assert instructions["USER"] == "fonds"
    assert instructions["STOPSIGNAL"] == "SIGTERM"
    words = [word for name in ("ENTRYPOINT", "CMD") for word in re.findall(r'"([^"]*)"', instructions[name])]
    assert words[0] == "fonds"
    _check_command(words)
