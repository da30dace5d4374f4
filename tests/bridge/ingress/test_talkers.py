"""Clients that talk and send no letter, one from each address, over real sockets."""

import asyncio
from pathlib import Path

from bridge.ingress.smtp.door import Door
from bridge.ingress.smtp.limits import LETTERLESS_SECONDS
from bridge.ingress.smtp.server import SmtpServer
from bridge.settings import BridgeSettings
from bridge.spool.capacity import Capacity
from bridge.spool.intake import Intake
from bridge.spool.spool import Spool
from tests import servers

Client = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connected(port: int, number: int) -> Client:
    return await asyncio.open_connection("127.0.0.1", port, local_addr=(f"127.0.0.{number}", 0))


async def answer(client: Client) -> bytes:
    return await asyncio.wait_for(client[0].readline(), servers.START_SECONDS)


async def test_who_only_says_noop_is_let_go_for_another(tmp_path: Path) -> None:
    port = servers.free_port()
    settings = BridgeSettings(
        data_dir=tmp_path, smtp_port=port, smtp_max_connections=3, mailboxes={"a@x.ru": ["a@x.ru"]}
    )
    spool = Spool(settings.spool).prepare()
    intake = Intake(spool, Capacity(spool, settings.spool_max_bytes, 0), "bridge.example")
    server = SmtpServer(door := Door(settings, intake))
    listening = await server.bind()
    await server.listen(listening)
    clients = [await connected(port, number) for number in (2, 3, 4)]
    assert [(await answer(each))[:3] for each in clients] == [b"220"] * 3
    early = await connected(port, 5)
    assert (await answer(early))[:3] == b"421"

    for session in door.sessions:
        session.of_use -= LETTERLESS_SECONDS + 1
    for reader, writer in clients:
        writer.write(b"NOOP\r\n")
        assert (await answer((reader, writer)))[:3] == b"250"
    late = await connected(port, 6)
    assert (await answer(late))[:3] == b"220"
    assert len(door.sessions) == 3
    for _, writer in (*clients, early, late):
        writer.close()
        await writer.wait_closed()
    await server.stop(listening)
