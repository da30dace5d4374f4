"""``ping``: ask whether the receiver is ready, as the container's health check does."""

import argparse
from http.client import HTTPException
from urllib.error import HTTPError

from contract.sending.direct import address_of, not_ours, straight_to, why_not
from receiver.commands.command import Command, tell
from receiver.settings import ReceiverSettings
from receiver.words import texts


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
        told = "the receiver at {address} is not ready: {status}: {said}"
        return texts(told, address=address, status=error.code, said=said)
    except HTTPException:
        why = not_ours()
    except OSError as error:
        why = why_not(error)
    told = (
        "the receiver does not answer at {address}: {why}: is it running, and are RECEIVER_HOST"
        " and RECEIVER_PORT right?"
    )
    return texts(told, address=address, why=why)


PING = Command("ping", "exit 0 if the receiver is ready, 1 otherwise", run)
