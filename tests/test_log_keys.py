import stat
import subprocess
import sys
from pathlib import Path

import pytest

from scraper.errors import KeyUnusable
from scraper.log import VerifierKey, key_folder, load_key, new_key, read_public_key, save_key

NAME = "archive.example/log"
WORDS = "open sesame"


def test_a_key_is_kept_for_its_owner_alone_and_read_back(tmp_path: Path) -> None:
    signer, path = new_key(NAME), tmp_path / "deep" / "fonds" / "a.key"
    save_key(signer, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    found = load_key(path, NAME)
    assert found.key == signer.key
    assert signer.key.has_signed(b"words", found.sign(b"words"))
    assert not signer.key.has_signed(b"others", found.sign(b"words"))
    assert not signer.key.has_signed(b"words", b"short")


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    path.write_text("precious")
    with pytest.raises(KeyUnusable, match="never replaced"):
        save_key(new_key(), path)
    assert path.read_text() == "precious"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(KeyUnusable, match="the key cannot be kept there"):
        save_key(new_key(), tmp_path / "file" / "a.key")


def test_a_passphrase_locks_it(tmp_path: Path) -> None:
    signer, path = new_key(NAME), tmp_path / "a.key"
    save_key(signer, path, passphrase=WORDS)
    assert load_key(path, NAME, passphrase=WORDS).key == signer.key
    with pytest.raises(KeyUnusable, match="it has a passphrase: FONDS_KEY_PASSPHRASE"):
        load_key(path, NAME)
    with pytest.raises(KeyUnusable, match="the passphrase is another one"):
        load_key(path, NAME, passphrase=WORDS.upper())


def test_a_passphrase_for_a_key_without_one_is_said(tmp_path: Path) -> None:
    save_key(new_key(), tmp_path / "a.key")
    with pytest.raises(KeyUnusable, match="it has no passphrase"):
        load_key(tmp_path / "a.key", NAME, passphrase=WORDS)


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    save_key(new_key(), path)
    path.chmod(0o640)
    with pytest.raises(KeyUnusable, match=r"others may read it \(mode 0640\), expected 0600: chmod 600"):
        load_key(path, NAME)


@pytest.mark.parametrize("content", [b"", b"junk", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyUnusable, match="it is no key in PEM"):
        load_key(path, NAME)


def test_a_key_of_another_kind_is_named(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    path = tmp_path / "a.key"
    path.write_bytes(X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o600)
    with pytest.raises(KeyUnusable, match="expected Ed25519"):
        load_key(path, NAME)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="No such file"):
        load_key(tmp_path / "a.key", NAME)


def test_a_key_names_itself_and_keeps_its_bytes_under_another_name() -> None:
    signer = new_key()
    assert signer.key.name == signer.own_name
    assert signer.own_name.startswith("fonds/")
    renamed = signer.named(NAME)
    assert (renamed.key.name, renamed.key.public) == (NAME, signer.key.public)
    assert renamed.key.id != signer.key.id


def test_a_public_key_is_read_as_text_or_from_a_file(tmp_path: Path) -> None:
    key = new_key(NAME).key
    (tmp_path / "key.txt").write_text(f"{key.text}\n")
    assert read_public_key(key.text) == read_public_key(str(tmp_path / "key.txt")) == key
    with pytest.raises(KeyUnusable, match="no public key can be read there"):
        read_public_key(str(tmp_path / "absent"))


@pytest.mark.parametrize("change", ["", "a", "a+b", "a+00000000+AAAA"])
def test_what_is_no_public_key_is_refused(change: str) -> None:
    with pytest.raises(KeyUnusable, match="expected a public key"):
        VerifierKey.parsed(change)


def test_a_public_key_with_another_name_or_id_is_refused() -> None:
    name, key_id, key = new_key(NAME).key.text.split("+", 2)
    for text in (f"other+{key_id}+{key}", f"{name}+{'0' * 8}+{key}", f"{name}+{key_id}+{key[:-4]}"):
        with pytest.raises(KeyUnusable, match="expected a public key"):
            VerifierKey.parsed(text)


@pytest.mark.parametrize("name", ["two words", "a+b", "line\nfeed"])
def test_a_name_that_no_note_can_carry_is_refused(name: str) -> None:
    with pytest.raises(KeyUnusable, match="without white space"):
        new_key(name)


def test_keys_are_in_the_folder_for_configuration() -> None:
    assert key_folder({"XDG_CONFIG_HOME": "/x"}) == Path("/x/fonds")
    assert key_folder({"HOME": "/home/ana"}) == Path("/home/ana/.config/fonds")


def test_the_library_that_signs_is_loaded_when_needed_and_its_absence_said() -> None:
    program = """
import sys
import scraper.cli, scraper.archive, scraper.log
print("cryptography" in sys.modules)
sys.modules["cryptography"] = None
try:
    scraper.log.new_key()
except scraper.errors.KeyUnusable as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said == "False\nsigning needs the library cryptography: pip install 'fonds[evidence]'\n"
