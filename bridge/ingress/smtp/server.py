"""The SMTP server: from the first connection to an orderly stop."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from bridge.ingress.smtp.door import Door
from bridge.ingress.smtp.session import Session
from contract.door.crowd import ACCEPTED_AT_ONCE, have_wait
from contract.door.listening import cannot_listen, in_brackets
from contract.language.speaking import language_of_log, speaking
from contract.process import CannotStart

log = logging.getLogger(__name__)

STOP_SECONDS = 30.0


class SmtpServer:
    """Listens for clients; each gets a session."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def bind(self) -> asyncio.Server:
        """Bind the settings' address; until ``listen`` clients are refused. Raises CannotStart."""
        loop = asyncio.get_running_loop()
        with self._had() as (host, port):
            return await loop.create_server(
                lambda: Session(self._door),
                host,
                port,
                backlog=ACCEPTED_AT_ONCE,
                start_serving=False,
            )

    async def listen(self, server: asyncio.Server) -> None:
        """Start accepting connections and log the recipients; raises CannotStart."""
        with self._had() as (host, port):
            await server.start_serving()
        have_wait(server)
        self._door.say_what_is_taken()
        log.info("SMTP on %s", in_brackets(host, port))

    @contextmanager
    def _had(self) -> Iterator[tuple[str, int]]:
        settings = self._door.settings
        host, port = settings.smtp_host, settings.smtp_port
        try:
            yield host, port
        except (OSError, UnicodeError) as error:
            with speaking(language_of_log(settings.log_format)):
                wrong = cannot_listen("SMTP_HOST", host, "SMTP_PORT", port, error)
            raise CannotStart(str(wrong)) from None

    async def stop(self, server: asyncio.Server) -> None:
        """Stop listening, let letters in DATA finish, then close every connection."""
        server.close()
        sessions = self._door.sessions
        deadline = asyncio.get_running_loop().time() + STOP_SECONDS
        while sessions and asyncio.get_running_loop().time() < deadline:
            idle = [session for session in sessions if not session.in_data]
            sessions.difference_update(idle)
            farewell = "421 4.3.2 Service is going down"
            await asyncio.gather(*(session.dismiss(farewell) for session in idle))
            await asyncio.sleep(0.05)
        for session in sessions:
            session.close()
