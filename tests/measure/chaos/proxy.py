"""A TCP proxy on loopback that cuts, refuses and stalls connections when it is told to."""

import asyncio
import itertools
import threading
import time
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any, Literal

Direction = Literal["request", "answer"]


class Proxy:
    """Forwards one port to several, in turn."""

    def __init__(self, port: int, targets: Sequence[int]) -> None:
        self.port = port
        self._targets = itertools.cycle(targets)
        self._writers: set[asyncio.StreamWriter] = set()
        self._armed: set[Direction] = set()
        self._refuses_until = 0.0
        self._stalls_until = 0.0

    async def listen(self) -> None:
        """Start to accept connections."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    def close(self) -> None:
        """Stop to listen and cut what is open."""
        self._server.close()
        self.cut_all()

    def cut_all(self) -> None:
        """Cut every open connection."""
        for writer in list(self._writers):
            writer.transport.abort()

    def cut_next(self, direction: Direction) -> None:
        """Cut the connection in the middle of the next request, or instead of the next answer."""
        self._armed.add(direction)

    def refuse(self, seconds: float) -> None:
        """Close each new connection at once, for a while."""
        self._refuses_until = time.monotonic() + seconds

    def stall(self, seconds: float) -> None:
        """Hold back everything, for a while."""
        self._stalls_until = time.monotonic() + seconds

    def calm(self) -> None:
        """Forward faithfully from now on."""
        self._armed.clear()
        self._refuses_until = self._stalls_until = 0.0

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if time.monotonic() < self._refuses_until:
            writer.transport.abort()
            return
        try:
            there_reader, there_writer = await asyncio.open_connection(
                "127.0.0.1", next(self._targets)
            )
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, there_writer}
        try:
            await asyncio.gather(
                self._pump(reader, there_writer, "request"),
                self._pump(there_reader, writer, "answer"),
            )
        except OSError:
            pass
        finally:
            self._writers -= {writer, there_writer}
            for each in (writer, there_writer):
                each.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: Direction
    ) -> None:
        while data := await reader.read(64 * 1024):
            await asyncio.sleep(max(0.0, self._stalls_until - time.monotonic()))
            if direction in self._armed:
                self._armed.discard(direction)
                if direction == "request":
                    writer.write(data[: len(data) // 2])
                    await writer.drain()
                raise ConnectionAbortedError
            writer.write(data)
            await writer.drain()
        with suppress(OSError, RuntimeError):
            writer.write_eof()


class Proxies:
    """An event loop in a thread of its own, for all proxies."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._proxies: list[Proxy] = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def start(self, port: int, targets: Sequence[int]) -> Proxy:
        """Return a proxy that listens."""
        proxy = Proxy(port, targets)
        self._wait(proxy.listen())
        self._proxies.append(proxy)
        return proxy

    def tell(self, act: Any, *arguments: Any) -> None:
        """Call a proxy's method in its own thread."""
        self._loop.call_soon_threadsafe(act, *arguments)

    def stop(self) -> None:
        """Cut every connection and end the thread."""
        self._wait(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _close(self) -> None:
        for proxy in self._proxies:
            proxy.close()
        if others := asyncio.all_tasks() - {asyncio.current_task()}:
            _, late = await asyncio.wait(others, timeout=2)
            for task in late:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

    def _wait(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)
