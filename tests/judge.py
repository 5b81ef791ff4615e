"""An independent program for Merkle logs and signed notes, beside the checkout, that judges ours."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

_PROGRAM = Path(__file__).resolve().parents[2] / "shared" / "bench" / "trust" / "tlog_ref.py"


def judge() -> ModuleType:
    """That program; a test that asks for it is skipped where it is absent."""
    if not _PROGRAM.is_file():
        pytest.skip("the judge of logs is not beside this checkout (../shared/bench/trust/tlog_ref.py)")
    spec = importlib.util.spec_from_file_location("tlog_ref", _PROGRAM)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
