"""Whether the receiver takes what this bridge signs: the same secret, clocks that agree."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from urllib.error import HTTPError

from yarl import URL

from bridge.courier.receiver_client import connected
from bridge.reach import NOT_MENDED
from bridge.settings import BridgeSettings
from contract.doctor.checkup import Finding, Said, broken, look, of_clock, well
from contract.keyring import Keyring
from contract.sending.direct import straight_to
from contract.sending.url import shown
from contract.signature import TOLERANCE_SECONDS

SECONDS = 10.0


async def examine(settings: BridgeSettings) -> Finding:
    """Return the finding from a signed request that stores nothing."""
    url = str(settings.webhook_url)
    async with connected(url, Keyring(settings).current, SECONDS) as client:
        attempt = await client.look()
    place = f"WEBHOOK_URL {shown(url)}"
    if attempt.status in (204, 400, 405, 422):
        return well("receiver", f"{place} takes what we sign", f"{place} принимает нашу подпись")
    if attempt.status == 503:
        return look(
            "receiver",
            Said(f"{place}: {attempt.reason}", f"{place} пока не готов: {attempt.reason}"),
            Said("python -m receiver doctor says why", "почему — скажет python -m receiver doctor"),
        )
    if attempt.status == 401:
        return broken(
            "receiver",
            Said(
                f"{place}: {NOT_MENDED[401]}",
                f"{place}: подпись не принята: разные секреты или часы",
            ),
            Said(
                "give both sides one WEBHOOK_SECRETS, or one WEBHOOK_SECRETS_FILE",
                "дайте обеим сторонам одно WEBHOOK_SECRETS или один WEBHOOK_SECRETS_FILE",
            ),
        )
    reason = NOT_MENDED.get(attempt.status, attempt.reason)
    said = Said(f"{place}: {reason}", f"{place} не отвечает как приёмник: {reason}")
    if not attempt.status:  # without an answer the reason names the place
        said = Said(reason, f"приёмник не отвечает: {reason}")
    return broken(
        "receiver",
        said,
        Said("is it running, and is the URL right?", "запущен ли он и верен ли адрес?"),
    )


def clock(settings: BridgeSettings) -> Finding | None:
    """Compare the receiver's clock, by the Date of an answer, with ours; None if it is unknown.

    Blocks.
    """
    url = str(URL(str(settings.webhook_url)).with_user(None).with_path("/healthz").with_query(None))
    try:
        with straight_to(url, SECONDS) as answer:
            date = answer.headers.get("Date")
    except HTTPError as error:
        date = error.headers.get("Date")
    except (OSError, HTTPException):
        return None
    try:
        theirs = parsedate_to_datetime(date or "")
    except ValueError:  # not the answer of a receiver
        return None
    if theirs.tzinfo is None:  # -0000: UTC, with an unknown local zone (RFC 5322 3.3)
        theirs = theirs.replace(tzinfo=UTC)
    seconds = (theirs - datetime.now(UTC)).total_seconds()
    return of_clock("clock", Said("the receiver", "приёмника"), seconds, TOLERANCE_SECONDS)
