"""The secrets of the webhook in a file that is replaced while we run."""

import os
from pathlib import Path

import pytest

from contract.keyring import Keyring, SecretsMissing
from contract.settings import SharedSettings
from tests import servers

OTHER = "whsec_" + "A" * 43 + "="


def keyring(path: Path, text: str) -> Keyring:
    path.write_text(text)
    return Keyring(SharedSettings(webhook_secrets_file=path, data_dir=path.parent))


def signs(keys: Keyring) -> bytes:
    return keys.current()[0].digest(b"x")


@pytest.mark.parametrize("how", ["written over", "put in its place"])
def test_another_secret_counts_even_if_the_file_keeps_its_time(tmp_path: Path, how: str) -> None:
    """As ``cp -p``, ``rsync -t`` and tar do."""
    path = tmp_path / "secret"
    keys = keyring(path, servers.SECRET)
    before, seen = signs(keys), path.stat()
    new = path if how == "written over" else tmp_path / "new"
    new.write_text(OTHER)
    os.utime(new, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    new.replace(path)
    assert path.stat().st_mtime_ns == seen.st_mtime_ns
    assert signs(keys) != before


def test_what_was_taken_out_is_known_for_a_time(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    keys = keyring(path, servers.SECRET)
    former = signs(keys)
    assert [each.digest(b"x") for each in keys.with_former(60)] == [former]
    path.write_text(OTHER)
    assert former not in [each.digest(b"x") for each in keys.current()]
    assert former in [each.digest(b"x") for each in keys.with_former(60)]
    assert former not in [each.digest(b"x") for each in keys.with_former(-1)]
    path.write_text(f"{servers.SECRET} {OTHER}")
    assert len(keys.current()) == 2


def test_without_a_file_there_are_no_former_ones_either(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    keys = keyring(path, servers.SECRET)
    keys.current()
    path.unlink()
    with pytest.raises(SecretsMissing):
        keys.with_former(60)
