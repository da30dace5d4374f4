"""The login that ``make run`` makes for `make demo`: it changes no setting that was given."""

from pathlib import Path

import pytest

from local.run import specialist


@pytest.mark.parametrize(
    ("given", "plainly"),
    [
        ({}, "true"),
        ({"SMTP_AUTH_WITHOUT_TLS": "True"}, "True"),
        ({"SMTP_TLS_CERT": "/c.pem", "SMTP_TLS_KEY": "/k.pem"}, None),
    ],
    ids=["nothing", "allowed", "a certificate"],
)
def test_a_password_goes_in_the_clear_only_where_nobody_asked_for_tls(
    tmp_path: Path, given: dict[str, str], plainly: str | None
) -> None:
    env = dict(given)
    specialist(env, tmp_path)
    assert env.get("SMTP_AUTH_WITHOUT_TLS") == plainly
    assert {name: env[name] for name in given} == given
    assert "specialist" in env["SMTP_USERS"]


@pytest.mark.parametrize(
    "given", [{"SMTP_AUTH_WITHOUT_TLS": "false"}, {"SMTP_AUTH_WITHOUT_TLS_FILE": "/run/secrets/it"}]
)
def test_there_is_none_where_passwords_may_not_go_in_the_clear(
    tmp_path: Path, given: dict[str, str]
) -> None:
    env = dict(given)
    specialist(env, tmp_path)
    assert env == given
