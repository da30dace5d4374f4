"""Calls a hook's target.

HTTP is spoken by hand here: a client refuses a whole answer for what is odd in its fields or body,
but the first line has already told that the event was taken. One connection for each event; no
redirects, no proxies, no cookies; no more of an answer is read than a person wants to see.
"""

import asyncio
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property

from yarl import URL

from contract import __version__
from contract.sending.delays import retry_after
from contract.signature import parse_keys, sign_with_each
from receiver.hooks.address import refused_url
from receiver.hooks.calling.answer import NotHttp, TargetAnswer, answer_in
from receiver.hooks.calling.line import TargetLine, connect
from receiver.hooks.rules import HookAnswer

SECONDS = 15.0
CONNECT_SECONDS = 10.0
WORDS_SECONDS = 1.0
SHOWN_BYTES = 60  # of what is no HTTP


class NoAnswer(Exception):
    """A target has not answered; in words for people."""


class Target:
    """Calls targets; ``private`` allows addresses of private networks."""

    def __init__(self, *, private: bool) -> None:
        self._private = private

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        """Whose certificates are believed; made once, since that takes a while."""
        context = ssl.create_default_context()
        context.set_alpn_protocols(["http/1.1"])
        return context

    async def call(
        self,
        url: str,
        secrets: str,
        event_id: str,
        body: bytes,
        unix_time: float,
        *,
        private_words: bool = False,
    ) -> HookAnswer:
        """POST an event, signed with each of the secrets; never raises for the target's faults.

        With ``private_words`` only an answer's status is kept: a target may repeat what it was
        told, and letters are neither logged nor stored a second time.
        """
        if refused := refused_url(url, private=self._private):
            return HookAnswer(0, refused)
        signed = sign_with_each(parse_keys(secrets), event_id, int(unix_time), body)
        try:
            async with asyncio.timeout(SECONDS):
                line = await self._connected(URL(url))
                try:
                    line.send(request_of(URL(url), signed, body))
                    answer = await _heard(line, private_words=private_words)
                finally:
                    line.close()
        except TimeoutError:
            return HookAnswer(0, f"no answer within {SECONDS:.0f} s")
        except NoAnswer as error:
            return HookAnswer(0, str(error))
        except (OSError, ValueError) as error:
            return HookAnswer(0, printable(f"{type(error).__name__}: {error}"))
        pause = retry_after(answer.field("Retry-After"), time.time())
        words = "" if private_words else printable(answer.words().decode(errors="replace"))
        return HookAnswer(answer.status, f"{answer.status} {words}".strip(), pause)

    async def _connected(self, url: URL) -> TargetLine:
        trusted = self._trusted if url.scheme == "https" else None
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await connect(url, trusted, private=self._private)
        except TimeoutError:
            what = "connection or TLS handshake" if trusted else "connection"
            raise NoAnswer(f"no {what} within {CONNECT_SECONDS:.0f} s") from None


def request_of(url: URL, signed: Mapping[str, str], body: bytes) -> bytes:
    """Return the request that tells an event."""
    fields = {
        "Host": url.host_port_subcomponent,
        "User-Agent": f"email-listener/{__version__}",
        "Accept": "*/*",
        "Connection": "close",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **signed,
    }
    lines = [f"POST {url.raw_path_qs} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _heard(line: TargetLine, *, private_words: bool) -> TargetAnswer:
    """Return the answer; its fields and its words, for people, have a second to come.

    So a target that takes an event but never ends its answer has taken it. Raises NoAnswer.
    """
    try:
        while (answer := answer_in(line.came)) is None:
            if line.has_ended:
                raise NoAnswer("the target hung up before it answered")
            await line.more()
    except NotHttp:
        shown = "" if private_words else line.came[:SHOWN_BYTES].decode(errors="replace")
        raise NoAnswer(printable(f"the answer is no HTTP: {shown}").rstrip(": ")) from None
    with suppress(TimeoutError):
        async with asyncio.timeout(WORDS_SECONDS):
            while not (answer.is_enough(words=not private_words) or line.has_ended):
                await line.more()
                answer = answer_in(line.came) or answer
    return answer


def printable(text: str) -> str:
    """Return a stranger's words on one line, safe for a log and a terminal."""
    return "".join(each if each.isprintable() else " " for each in text).strip()
