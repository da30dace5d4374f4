"""``ping``: ask whether the receiver is ready, as the container's health check does."""

import argparse
from http.client import HTTPException
from urllib.error import HTTPError

from contract.sending.direct import address_of, straight_to, why_not
from receiver.commands.command import Command, tell
from receiver.settings import ReceiverSettings


def run(settings: ReceiverSettings, _arguments: argparse.Namespace) -> int:
    """Return 0 if the receiver is ready, 1 otherwise."""
    if wrong := wrong_with_service(settings):
        tell(wrong, error=True)
    return 1 if wrong else 0


def wrong_with_service(settings: ReceiverSettings) -> str | None:
    """Return why the receiver is not ready, or None."""
    address = address_of(settings.receiver_host, settings.receiver_port)
    try:
        with straight_to(f"http://{address}/readyz", 5):
            return None
    except HTTPError as error:
        said = error.read(2000).decode("utf-8", "replace")
        return f"the receiver at {address} is not ready: {error.code}: {said}"
    except HTTPException:
        why = "what answers there is not ours"
    except OSError as error:
        why = why_not(error)
    look = "is it running, and are RECEIVER_HOST and RECEIVER_PORT right?"
    return f"the receiver does not answer at {address}: {why}: {look}"


PING = Command("ping", "exit 0 if the receiver is ready, 1 otherwise", run)
