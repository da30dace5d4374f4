"""Clients that talk and send no letter, one from each address, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bridge.ingress.smtp.door import Door
from bridge.ingress.smtp.places.making_room import LETTERLESS_SECONDS
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


@asynccontextmanager
async def a_door_of_three_places(directory: Path) -> AsyncIterator[tuple[Door, int]]:
    port = servers.free_port()
    settings = BridgeSettings(
        data_dir=directory, smtp_port=port, smtp_max_connections=3, mailboxes={"a@x.ru": ["a@x.ru"]}
    )
    spool = Spool(settings.spool).prepare()
    intake = Intake(spool, Capacity(spool, settings.spool_max_bytes, 0), "bridge.example")
    server = SmtpServer(door := Door(settings, intake))
    listening = await server.bind()
    await server.listen(listening)
    yield door, port
    await server.stop(listening)


async def test_who_brought_a_letter_before_comes_in_while_strangers_hold_all_places(
    tmp_path: Path,
) -> None:
    """A flood: new connections from many addresses, which all send commands."""
    async with a_door_of_three_places(tmp_path) as (_, port):
        reader, writer = await connected(port, 9)
        for line in ("EHLO a", "MAIL FROM:<b@y.ru>", "RCPT TO:<a@x.ru>", "DATA", "x\r\n.", "QUIT"):
            writer.write(f"{line}\r\n".encode())
        assert b"250 2.0.0 OK" in await asyncio.wait_for(reader.read(), servers.START_SECONDS)
        strangers = [await connected(port, number) for number in (2, 3, 4)]
        assert [(await answer(each))[:3] for each in strangers] == [b"220"] * 3
        another, sender = await connected(port, 5), await connected(port, 9)
        assert (await answer(another))[:3] == b"421"
        assert (await answer(sender))[:3] == b"220"
        assert (await answer(strangers[0]))[:3] == b"421"
        for each in (writer, *(each[1] for each in (*strangers, another, sender))):
            each.close()
            await each.wait_closed()


async def test_who_only_says_noop_is_let_go_for_another(tmp_path: Path) -> None:
    async with a_door_of_three_places(tmp_path) as (door, port):
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


async def test_who_is_new_comes_in_while_others_come_again_and_again(tmp_path: Path) -> None:
    """The others have as many addresses as there are places; none is idle or has more places."""
    async with a_door_of_three_places(tmp_path) as (_, port):
        clients = list[Client]()
        for _ in range(3):
            for reader, writer in clients:
                writer.write(b"QUIT\r\n")
                await asyncio.wait_for(reader.read(), servers.START_SECONDS)
                writer.close()
            clients = [await connected(port, number) for number in (2, 3, 4)]
            assert [(await answer(each))[:3] for each in clients] == [b"220"] * 3
        newcomer = await connected(port, 5)
        assert (await answer(newcomer))[:3] == b"220"
        assert (await answer(clients[0]))[:3] == b"421"
        again = await connected(port, 2)
        assert (await answer(again))[:3] == b"421"
        for _, writer in (*clients, newcomer, again):
            writer.close()
            await writer.wait_closed()
