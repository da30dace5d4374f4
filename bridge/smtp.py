"""The SMTP front door: takes letters into the spool and says 250 once they are on disk.

Outcomes: 250 kept; 451 4.3.0 a fault of ours, try again; 452/552 too big for us; 550 5.1.1 not
our recipient; 421 too many connections or going down. Content is never a reason for 5xx.
"""

import asyncio
import hmac
import logging
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as Client

from bridge.certificate import Certificate
from bridge.envelope import Delivery, trace_block
from bridge.mailboxes import Mailboxes
from bridge.settings import BridgeSettings
from bridge.spool import Draft, Spool, new_id

log = logging.getLogger(__name__)

STOP_SECONDS = 30.0
COMMIT_SECONDS = 30.0
READ_BYTES = 128 * 1024
COMMAND_BYTES = 4096
FAULT = "451 4.3.0 Local error, please try again later"
TOO_BIG = "552 5.3.4 Message is larger than we take"
_PATH = re.compile(r'\s*<(?P<path>(?:"(?:[^"\\]|\\.)*"|[^">])*)>(?P<parameters>.*)', re.DOTALL)


class Session(SMTP):
    """One client's connection; differs from aiosmtpd where aiosmtpd would lose a letter."""

    line_length_limit = READ_BYTES

    def __init__(self, door: "SmtpDoor", **options: Any) -> None:
        super().__init__(door, **options)
        self.command_size_limits = defaultdict(lambda: COMMAND_BYTES)
        self.command_size_limit = COMMAND_BYTES
        self.in_data = False
        self._door = door

    def state(self) -> tuple[Client, Envelope]:
        """The client and its envelope, both of which exist once it is connected."""
        if self.session is None or self.envelope is None:
            raise ConnectionError("the client is not connected")
        return self.session, self.envelope

    def close(self) -> None:
        """Close the connection once what was written is sent."""
        if self.transport is not None:
            self.transport.close()

    async def _handle_client(self) -> None:
        self._door.sessions.add(self)
        try:
            if len(self._door.sessions) > self._door.settings.smtp_max_connections:
                await self.push("421 4.3.2 Too many connections, please try again later")
                self.close()
            else:
                await super()._handle_client()
        finally:
            self._door.sessions.discard(self)

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """Read ``<path> parameters`` leniently: what stands in the brackets is the sender's."""
        bracketed = _PATH.match(arg or "")
        if bracketed is None:
            address, rest = super()._getaddr(arg)
            return address, rest
        address = bracketed["path"].strip()
        if address.startswith("@"):  # a source route, to be ignored: RFC 5321 appendix C
            address = address.partition(":")[2]
        return address or "<>", bracketed["parameters"].strip()

    async def smtp_DATA(self, arg: str | None) -> None:
        """Stream the letter into the spool instead of holding it in memory."""
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        if not self.state()[1].rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        self.in_data = True
        try:
            await self.push(await self._take())
        finally:
            self.in_data = False
            self.envelope = self._create_envelope()

    async def _take(self) -> str:
        drafts = await asyncio.to_thread(self._door.open_drafts, self)
        try:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            refusal = await self._fill(drafts)
        except BaseException:
            discard(drafts)
            raise
        if refusal:
            discard(drafts)
            return refusal
        # The client may drop now; a commit that has begun goes on all the same.
        kept = asyncio.ensure_future(self._door.commit(drafts))
        await asyncio.wait_for(asyncio.shield(kept), COMMIT_SECONDS)
        return f"250 2.0.0 OK {drafts[0].id}"

    async def _fill(self, drafts: list[Draft]) -> str:
        """Write the letter to the drafts; return the refusal to answer with, if it must be.

        The letter is read to its end in any case: what follows the dot is a command again.
        """
        refusal, size = "", 0
        async for chunk in self._chunks():
            self._reset_timeout()
            size += len(chunk)
            if size > self._door.settings.smtp_max_size:
                refusal = refusal or TOO_BIG
            if not refusal:
                try:
                    await asyncio.to_thread(write, drafts, chunk)
                except OSError as error:
                    refusal = await self._door.handle_exception(error)
        return refusal

    async def _chunks(self) -> AsyncIterator[bytes]:
        batch, size = list[bytes](), 0
        async for piece in self._pieces():
            batch.append(piece)
            size += len(piece)
            if size >= READ_BYTES:
                yield b"".join(batch)
                batch, size = [], 0
        yield b"".join(batch)

    async def _pieces(self) -> AsyncIterator[bytes]:
        """Yield lines, or pieces of long ones, dots unstuffed, up to ``<CRLF>.<CRLF>``.

        Nothing else ends the letter: RFC 5321 4.1.1.4, and what SMTP smuggling relies on.
        """
        at_start = True
        while True:
            try:
                piece = await self._reader.readuntil(b"\r\n")
                complete = True
            except asyncio.LimitOverrunError as overrun:
                piece = await self._reader.read(overrun.consumed)
                complete = False
            if at_start:
                if piece == b".\r\n":
                    return
                piece = piece.removeprefix(b".")
            yield piece
            at_start = complete


class SmtpDoor:
    """Listens, knows the open sessions, and answers aiosmtpd's hooks."""

    def __init__(
        self, settings: BridgeSettings, spool: Spool, arrived: Callable[[str], None]
    ) -> None:
        self.settings = settings
        self.sessions: set[Session] = set()
        self._spool = spool
        self._arrived = arrived
        self._mailboxes = Mailboxes(settings.mailboxes)
        self._certificate = None
        if settings.smtp_tls_cert and settings.smtp_tls_key:
            self._certificate = Certificate(settings.smtp_tls_cert, settings.smtp_tls_key)

    async def listen(self) -> asyncio.Server:
        """Start to accept connections on the settings' address."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(
            self._session, self.settings.smtp_host, self.settings.smtp_port
        )

    async def stop(self, server: asyncio.Server) -> None:
        """Stop listening, let letters in DATA finish, then close every connection."""
        server.close()
        deadline = asyncio.get_running_loop().time() + STOP_SECONDS
        while self.sessions and asyncio.get_running_loop().time() < deadline:
            for session in [idle for idle in self.sessions if not idle.in_data]:
                self.sessions.discard(session)
                await session.push("421 4.3.2 Service is going down")
                session.close()
            await asyncio.sleep(0.05)
        for session in self.sessions:
            session.close()

    def open_drafts(self, session: Session) -> list[Draft]:
        """Open one draft for each mailbox that the recipients stand for."""
        recipients: dict[str, list[str]] = {}
        for recipient in session.state()[1].rcpt_tos:
            mailbox = self._mailboxes.find(recipient)
            if mailbox is not None:
                recipients.setdefault(mailbox, []).append(recipient)
        drafts: list[Draft] = []
        try:
            for mailbox, rcpt_to in recipients.items():
                drafts.append(self._open_draft(session, mailbox, tuple(rcpt_to)))
        except BaseException:
            discard(drafts)
            raise
        return drafts

    def _open_draft(self, session: Session, mailbox: str, rcpt_to: tuple[str, ...]) -> Draft:
        client, envelope = session.state()
        authenticated = bool(client.authenticated)
        delivery = Delivery(
            id=new_id(),
            mailbox=mailbox,
            received=datetime.now(UTC),
            mail_from=(envelope.mail_from or "").removeprefix("<>"),
            rcpt_to=rcpt_to,
            peer=peer_address(client),
            helo=client.host_name or "",
            protocol=protocol(client, envelope),
            direction="out" if authenticated else "in",
        )
        draft = self._spool.draft(delivery.id)
        draft.write(trace_block(delivery, self.settings.smtp_hostname))
        return draft

    async def commit(self, drafts: list[Draft]) -> None:
        """Put the drafts on disk and tell the courier."""
        for draft in drafts:
            await asyncio.to_thread(draft.commit)
            log.info("letter %s is in the spool", draft.id)
            self._arrived(draft.id)

    async def handle_RCPT(
        self, server: Session, session: Client, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the recipients that stand for a mailbox; 550 for all others."""
        if self._mailboxes.find(address) is None:
            return "550 5.1.1 No such recipient here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        """Answer 451 to any fault of ours, and show nothing of it."""
        log.error("a fault in an SMTP session: %s", type(error).__name__, exc_info=error)
        return FAULT

    def _authenticate(
        self, _server: SMTP, client: Client, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        known = False
        if isinstance(data, LoginPassword):
            login = data.login.decode("utf-8", "replace")
            secret = self.settings.smtp_users.get(login)
            password = secret.get_secret_value().encode() if secret else b""
            known = hmac.compare_digest(password, data.password) and secret is not None
        if not known:
            log.warning("a login was refused, from %s", peer_address(client))
        return AuthResult(success=known, handled=False)

    def _session(self) -> Session:
        return Session(
            self,
            data_size_limit=self.settings.smtp_max_size,
            enable_SMTPUTF8=True,
            hostname=self.settings.smtp_hostname,
            ident="ESMTP",
            timeout=self.settings.smtp_timeout,
            tls_context=self._certificate.current() if self._certificate else None,
            authenticator=self._authenticate if self.settings.smtp_users else None,
            auth_exclude_mechanism=() if self.settings.smtp_users else ("LOGIN", "PLAIN"),
            auth_require_tls=not self.settings.smtp_auth_without_tls,
            loop=asyncio.get_running_loop(),
        )


def protocol(client: Client, envelope: Envelope) -> str:
    """Return the name for Received's ``with`` clause: RFC 3848 and RFC 6531 4.3."""
    if not client.extended_smtp:
        return "SMTP"
    base = "UTF8SMTP" if envelope.smtp_utf8 else "ESMTP"
    return base + ("S" if client.ssl else "") + ("A" if client.authenticated else "")


def peer_address(client: Client) -> str:
    """Return the client's IP address."""
    return str(client.peer[0]) if isinstance(client.peer, tuple) else ""


def write(drafts: list[Draft], content: bytes) -> None:
    """Add the same bytes to every draft."""
    for draft in drafts:
        draft.write(content)


def discard(drafts: list[Draft]) -> None:
    """Forget drafts whose letter did not come in whole."""
    for draft in drafts:
        draft.discard()
