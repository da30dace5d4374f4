"""``ping``: ask whether the receiver is ready, as the container's health check does."""

import argparse
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from receiver.commands.command import Command, tell
from receiver.settings import ReceiverSettings


def run(settings: ReceiverSettings, _arguments: argparse.Namespace) -> int:
    """Return 0 if the receiver is ready, 1 otherwise."""
    if wrong := wrong_with_service(settings):
        tell(wrong, error=True)
    return 1 if wrong else 0


def wrong_with_service(settings: ReceiverSettings) -> str | None:
    """Return why the receiver is not ready, or None."""
    any_address = settings.receiver_host in ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
    host = "127.0.0.1" if any_address else settings.receiver_host
    try:
        with urlopen(f"http://{host}:{settings.receiver_port}/readyz", timeout=5):
            return None
    except HTTPError as error:
        return f"the receiver is not ready: {error}: {error.read(2000).decode()}"
    except (URLError, OSError) as error:
        return f"the receiver does not answer: {error} (RECEIVER_HOST, RECEIVER_PORT)"


PING = Command("ping", "exit 0 if the receiver is ready, 1 otherwise", run)
