"""The way to the receiver: uploads blobs, POSTs signed events. The one file with an HTTP client."""

import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    encode_basic_auth,
)
from yarl import URL

from bridge.courier.attempt import (
    REASON_BYTES,
    Answered,
    Attempt,
    NotAnswered,
    answer_to_all,
    answers_to,
    attempt_of,
)
from bridge.courier.outcome import Outcome, outcome_of
from bridge.courier.parsing.questions import BlobFile
from bridge.courier.unreachable import in_words
from bridge.reach import LOOKED, NOT_MENDED, UNSIGNED
from contract.batch import FILES, IN_LINES, NDJSON
from contract.faults import reach
from contract.keyring import SecretsMissing
from contract.sending.alarms import PATH as ALARMS
from contract.sending.alarms import AlarmReport
from contract.sending.url import shown
from contract.signature import Key, sign

MAX_REDIRECTS = 5
# A large blob gets more than the usual time: the slowest line that is still of use.
SLOWEST_BYTES_PER_SECOND = 256 * 1024
IN_MEMORY_BYTES = 256 * 1024
_NOT_CONNECTED = (ClientConnectorError, SecretsMissing)
_FAULTS = (ClientError, OSError, TimeoutError, UnicodeError, SecretsMissing)  # IDNA of a host


class ReceiverClient:
    """The receiver as seen from the bridge.

    ``takes_files``: by its last answer to a look or to several events, small files may lie in the
    lines of events. ``has_taken``: something that was sent was taken, so it is a receiver.
    """

    def __init__(
        self,
        session: ClientSession,
        url: str,
        keys: Callable[[], Sequence[Key]],
        seconds: float,
        saw: Callable[[int, str], None],
    ) -> None:
        self._session = session
        self._saw = saw
        self._seconds = seconds
        self._url = URL(url)
        self._blobs = self._url.with_path("/webhook/blobs/")
        self._keys = keys
        self.takes_files = False
        self.has_taken = False

    @property
    def place(self) -> str:
        """The webhook's address as it may be shown."""
        return shown(str(self._url))

    async def upload(self, event_id: str, blobs: Sequence[BlobFile]) -> Attempt:
        """Upload the blobs; never raises for what the receiver does."""
        try:
            for blob in blobs:
                attempt = await self._put(event_id, blob)
                reach("courier.blob-sent")
                if attempt.outcome is not Outcome.DONE:
                    why = f"blob {blob.sha256}: {attempt.reason}"
                    return replace(attempt, outcome=Outcome.RETRY, reason=why)
                self.has_taken = True
        except _FAULTS as error:
            return self._failed(error)
        reach("courier.blobs-sent")
        return Attempt(Outcome.DONE, "")

    async def post(self, event_id: str, event: bytes) -> Attempt:
        """POST an event whose blobs are stored; never raises for what the receiver does."""
        try:
            attempt = await self._post(event_id, event)
        except _FAULTS as error:
            attempt = self._failed(error)
        self.has_taken |= attempt.outcome is Outcome.DONE
        self._saw(attempt.status, attempt.reason)
        return attempt

    async def post_several(self, events: Sequence[tuple[str, bytes]]) -> Answered:
        """POST events with their ids in one request; never raises for what the receiver does."""
        body = b"\n".join(line_of(*each) for each in events)
        request_id = f"several-{secrets.token_hex(8)}"
        try:
            async with self._session.post(
                self._url,
                data=BytesIO(body),
                headers=self._signed(request_id, body) | {"Content-Type": NDJSON},
                allow_redirects=False,
            ) as response:
                told = await _told(response, [event_id for event_id, _ in events])
                self.takes_files = told.took_files
        except _NOT_CONNECTED as error:
            told = Answered(self._failed(error))
        except _FAULTS as error:
            told = Answered(self._failed(error), broken=True)
        self.has_taken |= any(each.outcome is Outcome.DONE for each in told.each)
        if not told.not_understood:
            self._saw(told.whole.status, told.whole.reason)
        return told

    async def look(self) -> Attempt:
        """Ask whether an event would be taken: a signed GET that stores nothing."""
        try:
            async with self._session.get(
                self._url, headers=self._signed("look", b""), allow_redirects=False
            ) as response:
                attempt = await _attempt(response)
                self.takes_files = _takes_files(response)
        except _FAULTS as error:
            attempt = self._failed(error)
        # A webhook has nothing to show: 204, or 405 if it knows no looks. Any other answer is a
        # page's.
        if attempt.outcome is Outcome.DONE and attempt.status != 204:
            attempt = replace(attempt, outcome=Outcome.RETRY, status=404)
        self._saw(*_of_look(attempt, self.place))
        return attempt

    async def ask(self, path: str) -> Attempt:
        """GET a path of the receiver, signed, following redirects; the body is the answer."""
        url = self._url.with_path("/").join(URL(path))
        try:
            for _ in range(MAX_REDIRECTS):
                content = f"GET {url.raw_path_qs}\n".encode()
                async with self._session.get(
                    url, headers=self._signed("ask", content), allow_redirects=False
                ) as response:
                    leads = response.headers.get("Location")
                    if response.status not in (307, 308) or not leads:
                        return await _attempt(response)
                    url = url.join(URL(leads))
        except _FAULTS as error:
            return self._failed(error)
        return Attempt(Outcome.RETRY, f"{url} leads round in a circle")

    async def ask_many(self, path: str, body: bytes, media: str) -> list[bytes]:
        """Ask like a service, signed over method and path too; return the lines of the answer.

        Raises NotAnswered.
        """
        try:
            signed = self._signed(f"ask-{secrets.token_hex(8)}", f"POST {path}\n".encode() + body)
            async with self._session.post(
                self._url.with_path(path),
                data=BytesIO(body),
                headers=signed | {"Content-Type": media},
                allow_redirects=False,
            ) as response:
                if response.status == 200:
                    return (await response.read()).splitlines()
                said = (await response.content.read(REASON_BYTES)).decode("utf-8", "replace")
                raise NotAnswered(f"{self.place} answers {response.status} {said}")
        except _FAULTS as error:
            raise NotAnswered(in_words(self.place, error)) from None

    async def report(self, report: AlarmReport) -> Attempt:
        """POST the standing alarms; never raises for what the receiver does."""
        body = report.model_dump_json().encode()
        request_id = f"alarms-{secrets.token_hex(8)}"
        try:
            async with self._session.post(
                self._url.with_path(ALARMS),
                data=BytesIO(body),
                headers=self._signed(request_id, body) | {"Content-Type": "application/json"},
                allow_redirects=False,
            ) as response:
                return await _attempt(response)
        except _FAULTS as error:
            return self._failed(error)

    async def _put(self, event_id: str, blob: BlobFile) -> Attempt:
        if blob.content is not None:
            return await self._put_bytes(event_id, blob, blob.content)
        with blob.path.open("rb") as file:
            file.seek(blob.start)
            small = blob.size <= IN_MEMORY_BYTES
            return await self._put_bytes(event_id, blob, file.read() if small else file)

    async def _put_bytes(self, event_id: str, blob: BlobFile, content: bytes | BinaryIO) -> Attempt:
        headers = self._signed(event_id, blob.sha256.encode())
        async with self._session.put(
            self._blobs / blob.sha256,
            data=content,
            headers=headers | {"Content-Type": "application/octet-stream"},
            expect100=not isinstance(content, bytes),
            allow_redirects=False,
            timeout=ClientTimeout(self._seconds + blob.size / SLOWEST_BYTES_PER_SECOND),
        ) as response:
            return await _attempt(response)

    async def _post(self, event_id: str, event: bytes) -> Attempt:
        async with self._session.post(
            self._url,
            data=BytesIO(event),
            headers=self._signed(event_id, event) | {"Content-Type": "application/json"},
            allow_redirects=False,
        ) as response:
            return await _attempt(response)

    def _failed(self, error: Exception) -> Attempt:
        reason = in_words(self.place, error)
        if isinstance(error, SecretsMissing):
            self._saw(UNSIGNED, reason)
        return Attempt(Outcome.RETRY, reason)

    def _signed(self, event_id: str, content: bytes) -> dict[str, str]:
        return sign(self._keys(), event_id, int(time.time()), content)


@asynccontextmanager
async def connected(
    url: str,
    keys: Callable[[], Sequence[Key]],
    seconds: float,
    saw: Callable[[int, str], None] = lambda _status, _reason: None,
) -> AsyncIterator[ReceiverClient]:
    """Hold connections to the receiver open; one request may take ``seconds``.

    ``saw`` is called with each answer's status and reason; the status is 0 if there was no answer.
    Name and password in the URL become a header, so that no error can show them.
    """
    given = URL(url)
    headers = {}
    if given.user:
        headers["Authorization"] = encode_basic_auth(given.user, given.password or "")
    async with ClientSession(
        timeout=ClientTimeout(total=seconds),
        cookie_jar=DummyCookieJar(),
        auto_decompress=False,
        headers=headers,
    ) as session:
        yield ReceiverClient(session, str(given.with_user(None)), keys, seconds, saw)


def line_of(event_id: str, event: bytes) -> bytes:
    """Return the event's line, with its id, in a request for several; JSON has no raw line feed."""
    return b'{"id":"%s",%s' % (event_id.encode(), event.removeprefix(b"{"))


def _of_look(attempt: Attempt, place: str) -> tuple[int, str]:
    """Return what a look says of the way; its status never counts as an answer to a letter."""
    if attempt.status in (204, 405):
        return LOOKED, attempt.reason
    if attempt.status in NOT_MENDED or not attempt.status:
        return attempt.status, attempt.reason
    return 0, f"WEBHOOK_URL {place}: {attempt.reason}"


async def _told(response: ClientResponse, ids: Sequence[str]) -> Answered:
    """Read the answer to several events: one line for each, or one answer for all."""
    if response.status == 200 and response.content_type == NDJSON:
        each = answers_to(ids, (await response.read()).splitlines())
        if each is not None:
            whole = Attempt(Outcome.DONE, "200", status=200)
            return Answered(whole, each, took_files=_takes_files(response))
    return answer_to_all(await _attempt(response))


def _takes_files(response: ClientResponse) -> bool:
    return response.headers.get(FILES) == IN_LINES


async def _attempt(response: ClientResponse) -> Attempt:
    """Read an answer; of an error's body only the beginning."""
    is_done = outcome_of(response.status) is Outcome.DONE
    if 300 <= response.status < 400 and (leads := response.headers.get("Location")):
        with suppress(ValueError):
            leads = shown(str(response.url.join(URL(leads))))
            return Attempt(Outcome.RETRY, f"{response.status} to {leads}", status=response.status)
    body = await (response.read() if is_done else response.content.read(REASON_BYTES))
    return attempt_of(response.status, body, response.headers.get("Retry-After", ""))
