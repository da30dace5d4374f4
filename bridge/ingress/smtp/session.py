"""One SMTP session: aiosmtpd, changed where it would lose a letter. The only file that knows it."""

import asyncio
import logging
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, AnyStr

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, TLSSetupException, syntax
from aiosmtpd.smtp import Session as Client

from bridge.ingress.smtp import command_lines, replies
from bridge.ingress.smtp.arguments import PathTooLong, is_size, path_and_parameters, size_in
from bridge.ingress.smtp.data.filling import READ_BYTES, Filling
from bridge.ingress.smtp.deliveries import deliveries, protocol
from bridge.ingress.smtp.door import Door
from bridge.ingress.smtp.limits import COMMANDS, RECIPIENTS
from bridge.spool.capacity import NO_ROOM
from bridge.spool.intake import Incoming
from contract.process import where

log = logging.getLogger(__name__)

COMMIT_SECONDS = 20.0
FLUSH_SECONDS = 5.0


class Session(SMTP):
    """One client's connection."""

    line_length_limit = READ_BYTES

    def __init__(self, door: Door) -> None:
        settings = door.settings
        # its own, as aiosmtpd changes the table, which by default all sessions share
        self.command_size_limits = defaultdict(lambda: command_lines.COMMAND_BYTES)
        super().__init__(
            self,
            data_size_limit=settings.smtp_max_size,
            enable_SMTPUTF8=True,
            hostname=settings.smtp_hostname,
            ident="ESMTP",
            timeout=settings.smtp_timeout,
            tls_context=door.tls_context(),
            authenticator=_hear_out if settings.smtp_users else None,
            auth_exclude_mechanism=() if settings.smtp_users else ("LOGIN", "PLAIN"),
            auth_require_tls=not settings.smtp_auth_without_tls,
            command_call_limit=COMMANDS,
            loop=asyncio.get_running_loop(),
        )
        self.command_size_limit = command_lines.COMMAND_BYTES
        self.in_data = self._puts_off = self._fell_silent = self._refused = False
        self.active = self.of_use = self.loop.time()
        self.data_began, self.put_off = 0.0, 0
        self._filling: Filling | None = None
        self._door, self._command = door, ""

    def __dir__(self) -> Iterable[str]:
        """Name what aiosmtpd looks for, three times for each client: all names cost 0.17 ms."""
        return LOOKED_FOR

    @property
    def peer(self) -> str:
        """The client's IP address."""
        client = self.session
        return str(client.peer[0]) if client and isinstance(client.peer, tuple) else ""

    @property
    def received(self) -> int:
        """The bytes of its letter that have come, including unread ones."""
        taken = self._filling.taken if self._filling else 0
        return taken + len(command_lines.unread_bytes(self._reader))

    def state(self) -> tuple[Client, Envelope]:
        """The client and its envelope, which exist once it is connected."""
        if self.session is None or self.envelope is None:
            raise ConnectionError("the client is not connected")
        return self.session, self.envelope

    async def push(self, status: AnyStr) -> None:
        """Answer in one line, even where aiosmtpd repeats the client's bytes; record refusals."""
        reply = replies.in_one_line(status)
        envelope = self.envelope or Envelope()
        said = (self._command, self.loop.time(), envelope.mail_from or "", envelope.rcpt_tos)
        answer = reply.decode("utf-8", "replace")
        self._refused |= self._door.answered.note(answer, self.peer, *said)
        with command_lines.as_connection_reset():
            await super().push(reply)

    def _hear(self, line: bytes) -> None:
        self._command = line.decode("utf-8", "surrogateescape").rstrip("\r\n")

    async def dismiss(self, answer: str) -> None:
        """Send the answer and close the connection, whatever the client does meanwhile."""
        with suppress(OSError, TimeoutError):
            await asyncio.wait_for(self.push(answer), 1.0)
        self.close()

    def close(self) -> None:
        """Close the connection once pending output is sent, at the latest after FLUSH_SECONDS."""
        if (transport := self.transport) is not None:
            transport.close()
            if isinstance(transport, asyncio.WriteTransport):
                self.loop.call_later(FLUSH_SECONDS, transport.abort)

    _timeout_cb = close

    def eof_received(self) -> bool | None:
        """Answer all that a client sent before it closed its side, as with ``nc -N``.

        aiosmtpd would end the session. TLS ends it as well, as it knows no half-closed connection.
        """
        self._fell_silent = True
        if self._puts_off or self.state()[0].ssl:
            return super().eof_received()
        self._reader.feed_eof()
        return True

    async def _put_off(self, seconds: float) -> None:
        """Delay the answer to a guess; end the session if the client has closed its side."""
        if self._fell_silent and seconds:
            raise ConnectionResetError
        self._puts_off = seconds > 0
        self.put_off += self._puts_off
        await asyncio.sleep(seconds)
        self._puts_off = False

    def _reset_timeout(self, duration: float | None = None) -> None:
        self.active = self.loop.time()
        super()._reset_timeout(duration)

    async def _handle_client(self) -> None:
        peer = self.peer
        try:
            if self._door.enter(self, peer):
                command_lines.read_as_commands(self._reader, self._hear)
                command_lines.limit_reads(self.transport)
                await super()._handle_client()
            else:
                self._door.refusals.note(replies.CROWDED, peer)
                await self.dismiss(replies.CROWDED)
        except ConnectionError:
            log.debug("the connection of %s was lost", peer)
        finally:
            self._door.leave(self, peer)
            self.close()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """Read ``<path> parameters`` our way; raises PathTooLong."""
        return path_and_parameters(arg or "")

    def _getparams(self, params: Sequence[str]) -> dict[str, str | bool] | None:
        """Read parameters: a size must be a number; AUTH is dropped."""
        found = super()._getparams(params)
        if found and self._door.settings.smtp_users:  # RFC 4954 5 allows it where AUTH is offered
            found.pop("AUTH", None)
        return found if is_size((found or {}).get("SIZE", "0")) else None

    async def handle_EHLO(
        self, _server: SMTP, client: Client, _envelope: Envelope, name: str, offered: list[str]
    ) -> list[str]:
        """Offer aiosmtpd's extensions, but AUTH only if a login is possible."""
        client.host_name = name
        return [each for each in offered if each.strip() != "250-AUTH"]

    async def handle_MAIL(
        self, _server: SMTP, _client: Client, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take any sender while there is room for the announced size."""
        if await self._door.lacks_room(size_in(options)):
            return NO_ROOM
        envelope.mail_from, self._refused = address, False
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, _server: SMTP, _client: Client, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take recipients that stand for a mailbox; 550 for all others."""
        if self._door.mailbox(address) is None:
            pause = self._door.refused(address, self.peer)
            if pause is None:
                await self.dismiss(replies.STRANGER)
                raise ConnectionResetError
            await self._put_off(pause)
            return replies.NOT_OURS
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return replies.TOO_MANY
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        """Answer 451 to any fault of ours without details."""
        if isinstance(error, PathTooLong):
            return replies.TOO_LONG
        if isinstance(error, TLSSetupException):  # the connection ends, whatever is returned
            self._door.handshake_failed(self.peer, error.__cause__)
            return replies.FAULT
        log.error("a fault in an SMTP session: %s", where(error))
        return replies.FAULT

    async def smtp_DATA(self, arg: str | None) -> None:
        """Take the letter; a large one is written to disk as it comes."""
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        if not self.state()[1].rcpt_tos:
            if self._refused:  # the answers to MAIL and RCPT have told why: record no other
                self._command = ""
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        if await self._door.lacks_room(0):
            await self.push(NO_ROOM)
            return
        self.in_data, self.data_began = True, self.loop.time()
        command_lines.set_line_limit(self._reader, READ_BYTES)
        try:
            await self.push(await self._take())
        finally:
            self.in_data, self._command, self._filling = False, "", None
            command_lines.set_line_limit(self._reader, command_lines.AHEAD_BYTES)
            self.envelope = self._create_envelope()

    async def _take(self) -> str:
        letter = self._begin()
        try:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            self._filling = Filling(self._door, letter, self._reader, self.data_began)
            refusal = await self._filling.to_the_end(self._reset_timeout)
            self._reset_timeout()
            self.data_began = math.inf  # time spent from here on is ours
            if refusal:
                return refusal
            # The client may drop now; a commit that has begun goes on all the same.
            kept = asyncio.ensure_future(self._door.keep(letter))
            if not await asyncio.wait_for(asyncio.shield(kept), COMMIT_SECONDS):
                return replies.FAULT
            self.of_use = self.loop.time()
            self._door.brought_a_letter(self.peer)
            return f"250 2.0.0 OK {letter.ids[0]}"
        finally:
            if letter.in_memory:
                letter.discard()
            else:  # in a thread, as a write may be under way
                self.loop.run_in_executor(None, letter.discard)

    def _begin(self) -> Incoming:
        """Return a letter to be filled, for each mailbox that the recipients stand for."""
        client, envelope = self.state()
        with_what = protocol(
            extended=client.extended_smtp,
            utf8=envelope.smtp_utf8,
            secure=client.ssl is not None,
            logged_in=bool(client.authenticated),
        )
        of_each = deliveries(
            self._door.mailboxes_of(envelope.rcpt_tos),
            mail_from=envelope.mail_from or "",
            peer=self.peer,
            helo=client.host_name or "",
            protocol=with_what,
            logged_in=bool(client.authenticated),
        )
        return self._door.begin(of_each)

    @syntax("STARTTLS", when="tls_context")
    async def smtp_STARTTLS(self, arg: str) -> None:
        """Start TLS, once: RFC 3207 4.2. aiosmtpd would allow TLS within TLS."""
        if self.state()[0].ssl:
            await self.push(replies.TLS_IS_ON)
            return
        await super().smtp_STARTTLS(arg)

    @syntax("AUTH <mechanism>")
    async def smtp_AUTH(self, arg: str | None) -> None:
        """Log in by a mechanism in any case, like every other keyword of SMTP."""
        mechanism, blank, initial = (arg or "").partition(" ")
        await super().smtp_AUTH(mechanism.upper() + blank + initial)

    async def handle_AUTH(
        self, _server: SMTP, client: Client, _envelope: Envelope, args: list[str]
    ) -> str | None:
        """Log in when it is the client's turn: after wrong guesses it must wait."""
        told: AuthResult = await self._auth_methods[args[0]].method(self, args)
        said = told.auth_data
        if not isinstance(said, LoginPassword):
            return None if told.handled else replies.WRONG
        logins = self._door.logins
        pause = logins.turn(said.login, said.password, self.peer, self.loop.time())
        if pause is None:
            return replies.LATER
        await self._put_off(pause)
        client.authenticated = logins.is_right(said.login, said.password, self.peer)
        return replies.LOGGED_IN if client.authenticated else replies.WRONG


LOOKED_FOR = [name for name in dir(Session) if name.startswith(("auth_", "handle_", "smtp_"))]


def _hear_out(*said: Any) -> AuthResult:
    """Return the credentials as given; aiosmtpd would have them judged at once."""
    return AuthResult(success=False, handled=False, auth_data=said[-1])
