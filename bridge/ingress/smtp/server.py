"""The SMTP server: from the first connection to an orderly stop."""

import asyncio
import logging

from bridge.ingress.smtp.door import Door
from bridge.ingress.smtp.session import Session
from contract.door.crowd import ACCEPTED_AT_ONCE, have_wait

log = logging.getLogger(__name__)

STOP_SECONDS = 30.0


class SmtpServer:
    """Listens for clients, each of which gets a session."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def listen(self) -> asyncio.Server:
        """Start to accept connections on the settings' address, and say for whom."""
        for recipient, mailbox in self._door.taken():
            log.info("mail to %s is taken for %s", recipient, mailbox)
        loop = asyncio.get_running_loop()
        host, port = self._door.settings.smtp_host, self._door.settings.smtp_port
        server = await loop.create_server(
            lambda: Session(self._door), host, port, backlog=ACCEPTED_AT_ONCE
        )
        have_wait(server)
        return server

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
