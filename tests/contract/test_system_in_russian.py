"""What the operating system says of an error is told in Russian to whom Russian is spoken."""

import argparse
import errno
import os
import re
from pathlib import Path

import pytest

from bridge.keeping.command import restore
from bridge.settings import BridgeSettings
from contract.doctor.russian import in_russian, spoken
from contract.files.text import FileUnreadable, text_in
from contract.language.speaking import speaking
from contract.language.system import RUSSIAN, said
from contract.process import unwritable
from contract.sending.direct import why_not

USUAL = ("ENOSPC", "EACCES", "ENOENT", "EADDRINUSE", "ECONNREFUSED", "ETIMEDOUT", "EMFILE", "EROFS")
ENGLISH = re.compile(r"[A-Za-z]{3,}")


@pytest.mark.parametrize("name", USUAL)
def test_the_usual_ones_are_told_in_either_language(name: str) -> None:
    number = getattr(errno, name)
    error = OSError(number, os.strerror(number))
    assert said(error) == os.strerror(number)
    with speaking("ru"):
        assert said(error) == RUSSIAN[number]


@pytest.mark.parametrize("number", RUSSIAN)
def test_a_sentence_around_it_is_told_in_russian_too(number: int) -> None:
    error = OSError(number, os.strerror(number), "/data/x")
    assert in_russian(str(error)) == f"{RUSSIAN[number]}: '/data/x'"
    assert in_russian(f"disk: {error.strerror}").startswith(f"диск: {RUSSIAN[number]}")
    assert not ENGLISH.search(RUSSIAN[number].replace("ulimit", ""))


def test_what_the_table_does_not_know_is_told_as_it_is() -> None:
    with speaking("ru"):
        assert said(OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))) == os.strerror(errno.ENOTTY)
        assert said(OSError("as a library says it")) == "as a library says it"
        assert spoken("nothing of the system's") == "nothing of the system's"


def test_files_directories_ports_and_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    long = Path("/" + "x" * 300)
    with speaking("ru"):
        with pytest.raises(FileUnreadable, match="слишком длинное имя файла"):
            text_in(long)
        [wrong] = unwritable("DATA_DIR", long)
        assert "слишком длинное имя файла" in str(wrong)
        assert why_not(OSError(errno.EHOSTUNREACH, "No route to host")) == (
            "до этого узла нет маршрута"
        )
        settings = BridgeSettings(data_dir=tmp_path, mailboxes="a@b.ru")
        asked = argparse.Namespace(archive=tmp_path / "none", erasures_lost=False)
        assert restore(settings, asked) == 1
    assert "нет такого файла или каталога" in capsys.readouterr().err
