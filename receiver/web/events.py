"""``POST /webhook/email``: one event, or several as lines (``contract.batch``).

Outcomes of one: 201 a dialog was opened; 200 the letter joined one or was there already; 400 not
JSON; 401 signature; 408 too slow; 413 too large; 415 another media type; 422 a field is wrong; 503
the store does not answer, or too many bodies at once. Several are 200 with such a status a line.
"""

import logging
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple, TypeGuard

from aiohttp import web
from pydantic_core import from_json

from contract.batch import (
    FILES,
    IN_LINES,
    MAX_BATCH_BYTES,
    MAX_LINES,
    NDJSON,
    Line,
    LineAnswer,
    Mistake,
    done,
)
from contract.event import Answer, Email, EmailReceived, Envelope, Source
from contract.faults import reach
from contract.signature import ID, ID_SHAPE, clocks_differ
from receiver import metrics
from receiver.access.grant import Grant
from receiver.bridges.further_ids import FurtherIds
from receiver.bridges.posts import PostRefusals
from receiver.errors import Problem
from receiver.filing.rounds import FilingRounds
from receiver.letters.arrival import Arrival, arrival_of
from receiver.proving.canaries import Canaries
from receiver.store.mailboxes import KeptMailboxes
from receiver.web.access import Access, TokenCheck, demand, has_token
from receiver.web.blobs import SmallBlobs
from receiver.web.filing_answers import answers_of
from receiver.web.html import harmless, shown_text
from receiver.web.problems import problem_of
from receiver.web.requests import JSON, Route, media_type, read_json, too_large
from receiver.web.v1.operation import Query, read_query

log = logging.getLogger(__name__)

NO_ID = "webhook-id is no id"
TAKES_FILES = {FILES: IN_LINES}


class ReadLine(NamedTuple):
    """A line of a request; its ``files`` must be stored before its letter."""

    id: str | None
    letter: Arrival | Problem
    files: Mapping[str, bytes] = {}


class EventPosts:
    """Takes events of at most ``limit`` bytes each, one or several to a request."""

    def __init__(
        self,
        access: Access,
        rounds: FilingRounds,
        canaries: Canaries,
        again: FurtherIds,
        files: SmallBlobs,
        refusals: PostRefusals,
        mailboxes: KeptMailboxes,
        limit: int,
    ) -> None:
        self._access = access
        self._requests = access.requests
        self._rounds = rounds
        self._canaries = canaries
        self._again = again
        self._files = files
        self._refusals = refusals
        self._mailboxes = mailboxes
        self._limit = limit

    def routes(self) -> list[Route]:
        """Return the routes of this file."""
        return [
            Route("POST", "/webhook/email", self.post_email),
            Route("GET", "/webhook/email", self.get_email, stores=False),
            Route("GET", "/webhook/canaries/{name}", self.get_canary),
        ]

    async def get_email(self, request: web.Request) -> web.Response:
        """Answer 204 to a signed GET: an event would be verified; nothing is stored."""
        check = self._requests.signed(request, self._limit)
        await self._requests.body(request, check, self._limit)
        return web.Response(status=204, headers=TAKES_FILES)

    async def get_canary(self, request: web.Request) -> web.Response:
        """Answer when a canary arrived, and the time by our clock; 404 if it did not."""
        grant, _ = await self._access.asking(request)
        demand(grant, "read")
        found = await self._canaries.find(request.match_info["name"])
        if found is None or not grant.covers(found["mailbox"].strip().casefold()):
            raise Problem(404, "no such canary has arrived")
        times = ("sent", "received", "arrived")
        told = {name: found[name] and found[name].isoformat() for name in times}
        return web.json_response(told | {"now": datetime.now(UTC).isoformat()})

    async def post_email(self, request: web.Request) -> web.Response:
        """Take one event or several, as the media type says."""
        several = media_type(request, JSON, NDJSON) == NDJSON
        limit = max(MAX_BATCH_BYTES, self._limit) if several else self._limit
        if has_token(request):
            return await self._by_token(request, several, limit)
        check = self._requests.signed(request, limit)
        event_id, body = await self._requests.body(request, check, limit)
        reach("receiver.verified")
        ahead = clocks_differ(request.headers, time.time())
        if several:
            return await self._several(body, ahead)
        async with self._refusals.noting(request.remote or "", None) as post:
            post.body = body
            return await self._one(event_id, body, ahead)

    async def _by_token(self, request: web.Request, several: bool, limit: int) -> web.Response:
        """Take one event for one of the token's mailboxes."""
        grant = await self._access.token(request)
        async with self._refusals.noting(request.remote or "", grant) as post:
            demand(grant, "post")
            read_query(Query, request)
            if several:
                raise Problem(415, "by token one event is taken, as application/json")
            check = TokenCheck(grant.name)
            _, body = await self._requests.body(request, check, limit)
            post.body = body
            event_id = request.headers.get(ID) or sha256(body).hexdigest()
            if not ID_SHAPE.fullmatch(event_id):  # it appears in the log
                raise Problem(422, NO_ID, ({"path": ID, "message": NO_ID},))
            return await self._one(event_id, body, 0.0, grant)

    async def _one(
        self, event_id: str, body: bytes, ahead: float, grant: Grant | None = None
    ) -> web.Response:
        # A bridge may be newer than this; a token's owner has mistaken a name, and would lose text.
        event = read_json(EmailReceived, body, "event", unknown_refused=grant is not None)
        email = event.data
        if grant is not None:
            email = posted(email, grant, await self._mailboxes.spelt(email.mailbox))
        [answer] = await self._file([await self._letter(event_id, email)], ahead)
        if isinstance(answer, Problem):
            raise answer
        return web.json_response(text=answer.model_dump_json(), status=status_of(answer))

    async def _several(self, body: bytes, ahead: float) -> web.Response:
        lines = [line for line in body.split(b"\n") if line.strip()]
        if not lines:
            raise Problem(400, "there is no event in the body")
        if len(lines) > MAX_LINES:
            raise Problem(413, f"there are more than {MAX_LINES} events in the body")
        read = await self._with_files([await self._read(line) for line in lines])
        letters = [each.letter for each in read if isinstance(each.letter, Arrival)]
        answers = iter(await self._file(letters, ahead) if letters else [])
        told = [
            line_answer(id_, letter if isinstance(letter, Problem) else next(answers))
            for id_, letter, _ in read
        ]
        for status, count in Counter(each.status for each in told).items():
            metrics.LINES.labels(status).inc(count)
        text = "".join(each.model_dump_json(exclude_none=True) + "\n" for each in told)
        return web.Response(text=text, content_type=NDJSON, headers=TAKES_FILES)

    async def _with_files(self, lines: list[ReadLine]) -> list[ReadLine]:
        """Store files in lines; a letter whose file cannot be stored gets that problem."""
        contents = {name: content for each in lines for name, content in each.files.items()}
        if not contents:
            return lines
        failed = await self._files.store_all(contents)
        reach("receiver.files-stored")
        return [
            each._replace(letter=problem_of(failed[lacking[0]], "a file"))
            if (lacking := [name for name in each.files if name in failed])
            else each
            for each in lines
        ]

    async def _read(self, line: bytes) -> ReadLine:
        """Return a line's id, its letter or its mistake, and its files."""
        try:
            if len(line) > self._limit:
                raise too_large(self._limit)
            event = read_json(Line, line, "event")
            return ReadLine(event.id, await self._letter(event.id, event.data), event.files)
        except Exception as error:
            return ReadLine(id_of(line), problem_of(error, "a letter"))

    async def _letter(self, event_id: str, email: Email) -> Arrival:
        clean, mailbox = await harmless(email), await self._mailboxes.spelt(email.mailbox)
        text = await shown_text(clean)
        return arrival_of(event_id, clean, datetime.now(UTC), text=text, mailbox=mailbox)

    async def _answers(self, letters: Sequence[Arrival], ahead: float) -> list[Answer | Problem]:
        """File letters; canaries among them are only recorded."""
        now = datetime.now(UTC)
        told: list[Answer | Problem | None] = []
        for each in letters:
            try:
                email = each.email
                told.append(await self._canaries.take(email, now, ahead) if email else None)
            except Exception as error:
                told.append(problem_of(error, "a canary"))
        left = [each for each, answer in zip(letters, told, strict=True) if answer is None]
        answers = iter(await answers_of(self._rounds, left) if left else [])
        found = [each if each is not None else next(answers) for each in told]
        copies = zip(letters, found, strict=True)
        await self._again.note([(each, one.letter) for each, one in copies if is_duplicate(one)])
        return found

    async def _file(self, letters: Sequence[Arrival], ahead: float) -> list[Answer | Problem]:
        with metrics.SECONDS.time():
            answers = await self._answers(letters, ahead)
        reach("receiver.filed")
        for number, arrival in enumerate(letters):
            answer = answers[number]
            if isinstance(answer, Answer):
                # One that is not kept is known by the key that it came with.
                key = answer.letter or arrival.letter.key
                answers[number] = answer.model_copy(update={"letter": key})
                metrics.LETTERS.labels(answer.outcome).inc()
                if answer.outcome in ("created", "appended"):
                    passed = datetime.now(UTC) - arrival.content["received"]
                    metrics.DELAY.observe(max(passed.total_seconds(), 0))
                log.info(
                    "event %s: letter %s: dialog %s %s",
                    arrival.event_id,
                    key,
                    answer.dialog,
                    answer.outcome,
                )
        return answers


def posted(email: Email, grant: Grant, mailbox: str) -> Email:
    """Return a letter as the owner of a token may post it: always ``in``, in its mailboxes.

    ``mailbox`` is spelt as in the mailbox's other letters. The letter may name no files: whoever
    knows a digest could read another mailbox's file through it. Nor may it say that its sender was
    authenticated. Raises Problem 404, 422.
    """
    own = grant.own_spelling(mailbox)
    if own is None:
        raise Problem(404, "there is no such mailbox for this token")
    if email.attachments or (email.raw and email.raw.content is None):
        wrong = {"path": "data.attachments" if email.attachments else "data.raw.content"}
        words = "files are posted by signature only"
        raise Problem(422, "the event has wrong fields", (wrong | {"message": words},))
    ours = {"direction": "in", "source": Source(), "auth": [], "envelope": Envelope()}
    return email.model_copy(update=ours | {"mailbox": own})


def is_duplicate(answer: Answer | Problem) -> TypeGuard[Answer]:
    """Tell whether a letter had been stored before."""
    return isinstance(answer, Answer) and answer.outcome == "duplicate"


def status_of(answer: Answer) -> int:
    """Return the HTTP status of a letter that is stored."""
    return 201 if answer.outcome == "created" else 200


def line_answer(event_id: str | None, answer: Answer | Problem) -> LineAnswer:
    """Return the line of the response about an event."""
    if isinstance(answer, Answer):
        return done(event_id or "", status_of(answer), answer)
    mistakes = [Mistake(**each) for each in answer.errors]
    return LineAnswer(
        id=event_id,
        status=answer.status,
        title=answer.detail,
        errors=mistakes or None,
        retry_after=answer.retry_after,
    )


def id_of(line: bytes) -> str | None:
    """Return the id in a line that is wrong otherwise, if it has one."""
    try:
        said = from_json(line)
    except ValueError:
        return None
    found = said.get("id") if isinstance(said, dict) else None
    return found if isinstance(found, str) else None
