from pathlib import Path

import pytest

from scraper.errors import KeyUnusable
from scraper.notify.secret import read_secret


def test_a_secret_is_that_of_the_environment_or_of_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("from a file\n", encoding="utf-8")
    path.chmod(0o600)
    assert read_secret("KEY", None, folder=tmp_path, environment={"KEY": " from outside "}) == "from outside"
    assert read_secret(None, "key", folder=tmp_path, environment={}) == "from a file"
    assert read_secret(None, str(path), folder=Path("/nowhere"), environment={}) == "from a file"


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (b"secret", 0o644, "others may read it .mode 0644., expected 0600"),
        (b"secret", 0o620, "others may read it"),
        (b"", 0o600, "found no text"),
        (b"\xff\xfe", 0o600, "found no text"),
        (b"x" * 20_000, 0o600, "found no text"),
    ],
)
def test_a_file_that_will_not_do_is_named_and_not_shown(tmp_path: Path, content: bytes, mode: int, said: str) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(mode)
    with pytest.raises(KeyUnusable, match=said) as caught:
        read_secret(None, "key", folder=tmp_path, environment={})
    assert str(path) in str(caught.value)
    assert "secret'" not in str(caught.value)


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match=r"\$KEY is not set"):
        read_secret("KEY", None, folder=tmp_path, environment={"KEY": " "})
    with pytest.raises(KeyUnusable, match="cannot be read"):
        read_secret(None, "key", folder=tmp_path, environment={})
    with pytest.raises(KeyUnusable, match="Is a directory"):
        read_secret(None, ".", folder=tmp_path, environment={})
