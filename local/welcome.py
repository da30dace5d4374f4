"""What ``make run`` says once letters can come in: where, and what to try."""

import shlex
from collections.abc import Iterator
from pathlib import Path

from bridge.settings import BridgeSettings
from contract.door.listening import in_brackets
from local.words import texts
from receiver.doctor.trouble import hosts_of
from receiver.settings import ReceiverSettings


def invitation(bridge: BridgeSettings, receiver: ReceiverSettings, page: str) -> Iterator[str]:
    """Yield where letters come in, and the commands to try with these settings."""
    here = bridge.data_dir == Path("data")
    where = "" if here else f"DATA_DIR={shlex.quote(str(bridge.data_dir))}"
    python = f"{where} .venv/bin/python".lstrip()
    signed_in = "the page, signed in once within 15 minutes (another link: {command})"
    yield texts(signed_in, command=f"{python} -m receiver link")
    yield f"  {page}"
    yield ""
    yield from _doors(bridge, receiver)
    yield ""
    if any(bridge.mailboxes.values()):
        yield texts("a first letter, from a second terminal:")
        yield f"  make letter {where}".rstrip()
        yield texts("a whole conversation:")
        yield f"  make demo {where}".rstrip()
    else:
        yield texts(
            "SMTP takes no letters, as MAILBOXES names nobody: send one to the mailbox, and look:"
        )
        for words in ("list", "show ID", "find WORDS"):
            yield f"  {python} -m receiver {words}"
    yield texts("is all well?")
    yield f"  {python} -m bridge ping"


def _doors(bridge: BridgeSettings, receiver: ReceiverSettings) -> Iterator[str]:
    address = in_brackets(bridge.smtp_host, bridge.smtp_port)
    yield texts("letters by SMTP    {address}", address=address)
    for account in bridge.accounts:
        by_imap = "letters by IMAP    {user} at {host}: {folders}"
        folders = ", ".join(account.folders)
        yield texts(by_imap, user=account.user, host=account.host, folders=folders)
    yield texts("letters by HTTP    {url}", url=without_password(str(bridge.webhook_url)))
    yield texts(
        "dialogs in MongoDB {uri}  database {name}",
        uri=f"mongodb://{hosts_of(receiver.mongo_uri.get_secret_value())}",
        name=receiver.mongo_database,
    )


def without_password(url: str) -> str:
    """Return a URL without its password."""
    scheme, slashes, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return scheme + slashes + host.rpartition("@")[2] + slash + path
