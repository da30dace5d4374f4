"""Memory held for a client that does not wait for answers."""

import asyncio

from bridge.ingress.smtp.command_lines import (
    AHEAD_BYTES,
    COMMAND_BYTES,
    RECV_BYTES,
    limit_reads,
    read_as_commands,
)


async def test_little_is_taken_ahead_and_every_line_is_read() -> None:
    lines, heard = list[bytes](), list[bytes]()
    held, came = list[int](), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        read_as_commands(reader, heard.append)
        limit_reads(writer.transport)
        await asyncio.sleep(0.2)  # as where an answer is put off
        held.append(len(reader._buffer))  # type: ignore[attr-defined]
        while not lines or lines[-1] != b"QUIT\r\n":
            lines.append(await reader.readuntil())
        writer.close()
        came.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"NOOP\r\n" * 200_000 + b"RCPT TO:<" + b"a" * 300_000 + b">\r\nQUIT\r\n")
        await asyncio.wait_for(came.wait(), 30)
        writer.close()
        await writer.wait_closed()
    assert held[0] <= 2 * AHEAD_BYTES + RECV_BYTES
    assert len(lines) == 200_002
    assert lines[-2] == b"RCPT TO:<" + b"a" * (COMMAND_BYTES - 9) + b"\r\n"
    assert heard == lines


async def test_who_sends_many_commands_at_once_has_one_answered_at_a_time() -> None:
    """Otherwise nobody else would be answered during one client's thousand NOOPs."""
    reader, turns = asyncio.StreamReader(), 0
    read_as_commands(reader, lambda _line: None)
    reader.feed_data(b"NOOP\r\n" * 1000)

    async def somebody_else() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    other = asyncio.create_task(somebody_else())
    for _ in range(1000):
        assert await reader.readuntil() == b"NOOP\r\n"
    other.cancel()
    assert turns >= 990
