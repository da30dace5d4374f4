"""The receiver creates DATA_DIR even if its secret lies elsewhere: acts of erasing go there."""

from pathlib import Path

import pytest

from receiver.settings import ReceiverSettings
from receiver.start import unusable

SECRET = "whsec_" + "QUJD" * 11


@pytest.mark.parametrize("place", ["beside", "elsewhere", "given"])
def test_a_service_makes_it_and_a_command_does_not(tmp_path: Path, place: str) -> None:
    directory = tmp_path / "deep" / "data"
    (tmp_path / "secrets").mkdir()
    secrets: dict[str, dict[str, object]] = {
        "beside": {},
        "elsewhere": {"webhook_secrets_file": tmp_path / "secrets" / "webhook"},
        "given": {"webhook_secrets": SECRET},
    }
    settings = ReceiverSettings.model_validate({"data_dir": directory} | secrets[place])
    list(unusable(settings, make=False))
    assert not directory.exists()
    assert list(unusable(settings)) == []
    assert directory.stat().st_mode & 0o777 == 0o700


def test_where_it_cannot_be_made_a_receiver_that_writes_nothing_there_starts_all_the_same(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").touch()
    settings = ReceiverSettings.model_validate(
        {"data_dir": tmp_path / "file" / "data", "webhook_secrets": SECRET}
    )
    assert list(unusable(settings)) == []
