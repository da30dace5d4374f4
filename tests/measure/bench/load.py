"""SMTP load: Russian multipart/alternative letters in threads of four, over several connections.

``python -m tests.measure.bench.load PORT LETTERS CONNECTIONS`` prints how many letters a second
were accepted and how long each took from MAIL FROM to its 250. One seed makes the same letters.
"""

import argparse
import asyncio
import random
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, get_args

from tests.letters import SUPPORT, base64_part, multipart
from tests.measure.bench.figures import percentile

TURNS = 4
# Threads in order; threads whose letters arrive in any order; letters that open a dialog each; such
# letters of mixed sizes: 6 KB, one of twenty 300 KB, one of two hundred 5 MB.
Row = Literal["in order", "shuffled", "unrelated", "mixed sizes"]
# fmt: off
VOCABULARY = (
    "адрес", "возврат", "вопрос", "гарантия", "договор", "доставка", "заказ", "кабинет",
    "курьер", "личный", "менеджер", "номер", "оплата", "ответ", "пароль", "письмо", "поддержка",
    "склад", "срок", "счёт", "товар", "чек",
)
# fmt: on
SUBJECT_WORDS = 4
TEXT_WORDS = 60


@dataclass(frozen=True, slots=True)
class LoadLetter:
    """A letter to be sent; ids are without brackets, ``thread`` is its first letter's id."""

    message_id: str
    thread: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Accepted:
    """When a letter's MAIL FROM was sent and when its 250 came, in seconds of one clock."""

    letter: LoadLetter
    begun: float
    answered: float


def threads(seed: int, count: int, first: int = 0) -> list[list[LoadLetter]]:
    """Return ``count`` conversations of four letters, each an answer to the one before."""
    return [_thread(seed, number) for number in range(first, first + count)]


def conversations(row: Row, seed: int, letters: int, first: int = 0) -> list[list[LoadLetter]]:
    """Return about ``letters`` letters of a row: threads, or first letters of threads."""
    if row == "mixed sizes":
        return [[_of_its_size(seed, number)] for number in range(first, first + letters)]
    if row == "unrelated":
        return [thread[:1] for thread in threads(seed, letters, first)]
    return threads(seed, letters // TURNS, first)


def spread(
    threaded: Sequence[Sequence[LoadLetter]], connections: int, shuffle: int | None = None
) -> list[list[LoadLetter]]:
    """Deal the letters out to the connections.

    A thread stays on one connection and in order, unless they are shuffled (with this seed).
    """
    units = [list(thread) for thread in threaded]
    if shuffle is not None:
        units = [[letter] for letter in chain.from_iterable(units)]
        random.Random(shuffle).shuffle(units)
    return [list(chain.from_iterable(units[start::connections])) for start in range(connections)]


async def send(
    port: int,
    queues: Sequence[Sequence[LoadLetter]],
    rate: float = 0.0,
    begun: Callable[[LoadLetter, float], None] = lambda _letter, _time: None,
) -> list[Accepted]:
    """Send each queue over a connection of its own; raises SmtpRefusal if a letter is refused.

    With a ``rate`` (letters a second, over all connections) each letter has its moment, evenly
    spaced, and a late one does not delay those after it.
    """
    clients = await asyncio.gather(*(LoadClient.connect(port) for _ in queues))
    start = time.perf_counter()

    async def drain(number: int) -> list[Accepted]:
        accepted = []
        for position, letter in enumerate(queues[number]):
            if rate:
                moment = start + (number + position * len(queues)) / rate
                await asyncio.sleep(max(0.0, moment - time.perf_counter()))
            begun_at = time.perf_counter()
            begun(letter, begun_at)
            await clients[number].deliver(letter)
            accepted.append(Accepted(letter, begun_at, time.perf_counter()))
        await clients[number].quit()
        return accepted

    shares = await asyncio.gather(*map(drain, range(len(queues))))
    return list(chain.from_iterable(shares))


def accepted_per_second(accepted: Sequence[Accepted]) -> float:
    """Return the rate from the first MAIL FROM to the last 250, without greetings."""
    begun = min(each.begun for each in accepted)
    return len(accepted) / (max(each.answered for each in accepted) - begun)


class SmtpRefusal(Exception):
    """The server gave an unexpected answer to a command of ours."""


class LoadClient:
    """One SMTP connection that waits for each answer, as a forwarding MTA without PIPELINING."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, port: int) -> "LoadClient":
        """Connect and greet."""
        client = cls(*await asyncio.open_connection("127.0.0.1", port))
        await client._expect("220", "the connection")
        await client._command("EHLO load.example", "250")
        return client

    async def deliver(self, letter: LoadLetter) -> None:
        """Send one letter; return once it is accepted."""
        await self._command("MAIL FROM:<bounce@load.example>", "250")
        await self._command(f"RCPT TO:<{SUPPORT}>", "250")
        await self._command("DATA", "354")
        self._writer.write(letter.content + b".\r\n")
        await self._expect("250", letter.message_id)

    async def quit(self) -> None:
        """Say goodbye and close."""
        await self._command("QUIT", "221")
        self._writer.close()

    async def _command(self, command: str, status: str) -> None:
        self._writer.write(command.encode() + b"\r\n")
        await self._expect(status, command)

    async def _expect(self, status: str, command: str) -> None:
        line = b"250-"
        while line[3:4] == b"-":
            line = await self._reader.readline()
        if not line.startswith(status.encode()):
            raise SmtpRefusal(f"{command}: {line!r} instead of {status}")


def _thread(seed: int, number: int) -> list[LoadLetter]:
    rng = random.Random(f"{seed} {number}")
    subject = " ".join(rng.sample(VOCABULARY, SUBJECT_WORDS)).capitalize()
    words = " ".join(rng.choices(VOCABULARY, k=TEXT_WORDS))
    text = f"Здравствуйте! {words}.\n\nС уважением, Иван №{number}\n"
    ids = [f"{seed}.{number}.{turn}@load.example" for turn in range(TURNS)]
    return [
        LoadLetter(ids[turn], ids[0], _content(number, ids[: turn + 1], subject, text))
        for turn in range(TURNS)
    ]


def _of_its_size(seed: int, number: int) -> LoadLetter:
    """Return a letter that opens a dialog, with a file in it."""
    size = 3_600_000 if number % 200 == 199 else 220_000 if number % 20 == 19 else 4_200
    name = f"{seed}.{number}.0@load.example"
    content = multipart(
        base64_part(f"Здравствуйте! Заказ {number}.\n".encode(), "text/plain; charset=utf-8"),
        base64_part(
            random.Random(f"{seed} {number}").randbytes(size),
            "application/octet-stream",
            Content_Disposition='attachment; filename="file.bin"',
        ),
        boundary="=_part",
        From=f"<user{number}@load.example>",
        To=SUPPORT,
        Subject=_encoded_word(f"Заказ {number}"),
        Message_ID=f"<{name}>",
        Date="Mon, 23 Nov 2026 10:00:00 +0300",
    )
    return LoadLetter(name, name, content)


def _content(number: int, ids: list[str], subject: str, text: str) -> bytes:
    """Return a letter as the mailbox's server forwards it: CRLF line ends, no line with a dot."""
    *earlier, message_id = ids
    turn = len(earlier)
    html = f"<html><body><p>{text.replace(chr(10), '<br>')}</p></body></html>"
    fields = {
        "Received": "from mx.load.example (mx.load.example [192.0.2.1]) by mxfront.example"
        " with ESMTPS id 1; Mon, 23 Nov 2026 10:00:00 +0300",
        "From": f"{_encoded_word(f'Иван Петров {number}')} <user{number}@load.example>",
        "To": SUPPORT,
        "Subject": _encoded_word("Re: " * bool(turn) + subject),
        "Message-ID": f"<{message_id}>",
        "Date": f"Mon, 23 Nov 2026 10:{turn:02d}:00 +0300",
    }
    if earlier:
        fields["In-Reply-To"] = f"<{earlier[-1]}>"
        fields["References"] = " ".join(f"<{each}>" for each in earlier)
    kinds = {"text/plain; charset=utf-8": text, "text/html; charset=utf-8": html}
    parts = [base64_part(words.encode(), kind) for kind, words in kinds.items()]
    return multipart(*parts, subtype="alternative", boundary="=_part", **fields)


def _encoded_word(text: str) -> str:
    return f"=?utf-8?B?{b64encode(text.encode()).decode()}?="


def main() -> None:
    """Send the load that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.measure.bench.load", description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("letters", type=int)
    parser.add_argument("connections", type=int)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--rate", type=float, default=0.0, help="letters a second")
    parser.add_argument("--row", choices=get_args(Row), default="in order")
    asked = parser.parse_args()
    queues = spread(
        conversations(asked.row, asked.seed, asked.letters),
        asked.connections,
        asked.seed if asked.row == "shuffled" else None,
    )
    accepted = asyncio.run(send(asked.port, queues, asked.rate))
    waits = [each.answered - each.begun for each in accepted]
    print(
        f"seed {asked.seed}: {len(accepted)} accepted, {accepted_per_second(accepted):.0f}/s,"
        f" p50 {percentile(waits, 50) * 1e3:.1f} ms, p99 {percentile(waits, 99) * 1e3:.1f} ms"
    )


if __name__ == "__main__":
    main()
