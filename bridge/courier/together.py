"""Several events in one request: how many to send, and the outcome of each letter.

The number grows from 1 to ``MAX_LINES`` by one after each success and halves after 413, 503 or a
time-out (additive increase, multiplicative decrease, like TCP: RFC 5681). A receiver that takes
only single events gets single events, and the bytes of each letter apart; after SEPARATE_SECONDS
several are tried again.

One letter can break a whole request: a receiver that crashes over it answers for none. So after a
broken request each letter is sent by itself at once, until two in a row break as well: then the
receiver is unwell, and the rest wait for their next attempt.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bridge.courier.attempt import Answered, Attempt
from bridge.courier.event import with_files, without_original
from bridge.courier.outcome import Outcome
from bridge.courier.parsing.questions import BlobFile, Parsed
from bridge.courier.receiver_client import ReceiverClient
from contract.batch import MAX_BATCH_BYTES, MAX_LINES
from contract.bounds import EVENT_BYTES

SEPARATE_SECONDS = 300.0
BREAKS_IN_A_ROW = 2
LINE_BYTES = 200  # bytes of a line beside its event and files, at most
NAME_BYTES = 80  # bytes of a file's entry beside its base64


@dataclass(frozen=True, slots=True)
class Ready:
    """A letter whose blobs the receiver has, except those in its event and in ``files``."""

    id: str
    parsed: Parsed
    files: tuple[BlobFile, ...] = ()

    @property
    def size(self) -> int:
        """The bytes that it takes in a request."""
        return len(self.parsed.event) + LINE_BYTES + sum(map(_in_line, self.files))

    @property
    def to_upload(self) -> tuple[BlobFile, ...]:
        """The blobs to upload before it."""
        return tuple(each for each in self.parsed.apart if each not in self.files)

    @property
    def event(self) -> bytes:
        """The event with the files that travel in its line."""
        contents = {each.sha256: each.content or b"" for each in self.files}
        return with_files(self.parsed.event, contents)


def ready(webhook: ReceiverClient, letter_id: str, parsed: Parsed) -> Ready:
    """Return the letter with the small files that travel in its line, if EVENT_BYTES allows."""
    if not webhook.takes_files:
        return Ready(letter_id, parsed)
    small = tuple(each for each in parsed.apart if each.content is not None)
    along = Ready(letter_id, parsed, small)
    return along if along.size <= EVENT_BYTES else Ready(letter_id, parsed)


def _in_line(file: BlobFile) -> int:
    return file.size // 3 * 4 + NAME_BYTES


class Together:
    """Sends letters together, as many as succeed; ``now`` is in seconds."""

    def __init__(self, webhook: ReceiverClient, now: Callable[[], float] = time.monotonic) -> None:
        self._webhook = webhook
        self._now = now
        self._most = 1
        self._separate_until = 0.0

    @property
    def most(self) -> int:
        """How many letters a request may have at present."""
        return 1 if self._separately else self._most

    @property
    def _separately(self) -> bool:
        return self._now() < self._separate_until

    def fit(self, letters: Sequence[Ready]) -> int:
        """Return how many of the first letters fit into the next request."""
        size = 0
        for count, letter in enumerate(letters[: self.most]):
            size += letter.size
            if size > MAX_BATCH_BYTES:
                return max(count, 1)
        return min(len(letters), self.most)

    async def post(self, letters: Sequence[Ready]) -> list[Attempt]:
        """Send the letters; return each one's outcome. Never raises for what the receiver does."""
        attempts = await self._post(letters)
        return [_named(*pair) for pair in zip(letters, attempts, strict=True)]

    async def _post(self, letters: Sequence[Ready]) -> list[Attempt]:
        if self._separately:
            return [await self._by_itself(letter) for letter in letters]
        told = await self._webhook.post_several([(letter.id, letter.event) for letter in letters])
        if told.each:
            self._most = min(self._most + 1, MAX_LINES)
            pairs = zip(letters, told.each, strict=True)
            return [await self._completed(*pair, told.took_files) for pair in pairs]
        if told.not_understood:
            self._separate_until = self._now() + SEPARATE_SECONDS
            return [await self._by_itself(letter) for letter in letters]
        return await self._retry_in_parts(letters, told)

    async def _retry_in_parts(self, letters: Sequence[Ready], told: Answered) -> list[Attempt]:
        """Retry after a request that failed as a whole, if retrying can help."""
        if told.broken or told.whole.status in (413, 503):
            self._most = max(self._most // 2, 1)
        if told.whole.status == 413:
            if len(letters) == 1:
                return [await self._by_itself(letters[0])]
            half = len(letters) // 2
            return [*await self._post(letters[:half]), *await self._post(letters[half:])]
        if told.broken and len(letters) > 1:
            return await self._one_by_one(letters)
        return [told.whole] * len(letters)

    async def _one_by_one(self, letters: Sequence[Ready]) -> list[Attempt]:
        attempts: list[Attempt] = []
        breaks = 0
        for letter in letters:
            if breaks == BREAKS_IN_A_ROW:
                attempts.append(attempts[-1])
                continue
            told = await self._webhook.post_several([(letter.id, letter.event)])
            breaks = 0 if told.each else breaks + 1
            answered = told.each[0] if told.each else told.whole
            attempts.append(await self._completed(letter, answered, told.took_files))
        return attempts

    async def _completed(self, letter: Ready, attempt: Attempt, took_files: bool) -> Attempt:
        """Finish a delivery if an older receiver has answered than the one before.

        Files that it ignored are uploaded now; a letter that it refused only for the bytes in its
        event is sent again without them.
        """
        if attempt.outcome is Outcome.DONE and letter.files and not took_files:
            uploaded = await self._webhook.upload(letter.id, letter.files)
            return attempt if uploaded.outcome is Outcome.DONE else uploaded
        about_bytes = attempt.outcome is Outcome.REFUSED and b"data.raw.content" in attempt.answer
        return await self._by_itself(letter) if about_bytes and letter.parsed.held else attempt

    async def _by_itself(self, letter: Ready) -> Attempt:
        """Send one letter in the form that every receiver takes."""
        if blobs := (*letter.files, *letter.parsed.held):
            uploaded = await self._webhook.upload(letter.id, blobs)
            if uploaded.outcome is not Outcome.DONE:
                return uploaded
        if not letter.parsed.held:
            return await self._webhook.post(letter.id, letter.parsed.event)
        return await self._webhook.post(letter.id, without_original(letter.parsed.event))


def _named(letter: Ready, attempt: Attempt) -> Attempt:
    """Return the attempt; if it is DONE, with the letter's mailbox and Message-ID."""
    if attempt.outcome is not Outcome.DONE:
        return attempt
    mailbox, message_id = letter.parsed.mailbox, letter.parsed.message_id
    return replace(attempt, mailbox=mailbox, message_id=message_id)
