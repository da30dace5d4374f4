"""What was sent and what was promised for it: the other side of the books."""

import hashlib
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial

from tests.letters import USER, letter
from tests.smtp_client import on_the_wire

MAILBOXES = {"support@yandex.ru": "in@support.example", "sales@yandex.ru": "in@sales.example"}
THREAD_LETTERS = 6
# Only threads of one circle meet; otherwise all would soon be one dialog, as in no mailbox.
CIRCLE = 8


@dataclass
class Thread:
    """Letters each of which names all before it; a stranger's also name those of his ``host``."""

    name: str
    mailboxes: tuple[str, ...]
    circle: int = 0
    host: str = ""
    ids: list[str] = field(default_factory=list)
    cited: tuple[str, ...] = ()

    @property
    def sender(self) -> str:
        """Who writes the thread's letters: the one user, or a stranger of its own."""
        return f"Мэллори <{self.name}@stranger.example>" if self.host else USER


@dataclass
class Sent:
    """One letter; ``promised`` if an attempt got 250, ``possible`` once its dot was sent.

    ``brings`` is the thread of the stranger in the letter's Cc. Its bytes are composed on demand:
    comparing dialogs needs none.
    """

    message_id: str
    thread: str
    mailboxes: tuple[str, ...]
    compose: Callable[[], bytes]
    references: tuple[str, ...] = ()
    brings: str = ""
    attachment: bytes = b""
    promised: bool = False
    possible: bool = False
    attempts: int = 0

    @cached_property
    def content(self) -> bytes:
        """The letter as received."""
        return self.compose()

    @cached_property
    def sha256(self) -> str:
        """The digest of the letter as received."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass
class Ledger:
    """Writes letters of threads that grow, meet, and are joined by strangers; remembers each.

    A quarter of them has an attachment of one of the ``sizes`` in bytes.
    """

    rng: random.Random
    sizes: tuple[int, ...] = (10, 5_000, 300_000, 900_000)
    letters: dict[str, Sent] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next_letter(self) -> Sent:
        """Return a letter that opens a thread, continues one, or ties it to another."""
        with self._lock:
            [draw] = self.rng.choices(
                [self._grow, self._unite, self._intrude, self._bring_in], [76, 10, 7, 7]
            )
            sent = draw() or self._grow()
            self.letters[sent.message_id] = sent
            return sent

    def _grow(self) -> Sent:
        if (growing := self._open_threads(strangers=True)) and self.rng.random() < 0.75:
            return self._write(self.rng.choice(growing))
        both = tuple(MAILBOXES)
        mailboxes = self.rng.choice([both[:1], both[:1], both[:1], both[1:], both])
        return self._write(self._new_thread(mailboxes))

    def _unite(self) -> Sent | None:
        """Return a user's letter that names letters of two threads, which are then one dialog."""
        threads = self._open_threads()
        pairs = [
            (one, other)
            for one in threads
            for other in threads
            if one is not other and (one.circle, one.mailboxes) == (other.circle, other.mailboxes)
        ]
        if not pairs:
            return None
        one, other = self.rng.choice(pairs)
        return self._write(one, also=tuple(other.ids))

    def _intrude(self) -> Sent | None:
        """Return a stranger's letter that names letters of a user."""
        if not (hosts := self._open_threads()):
            return None
        host = self.rng.choice(hosts)
        return self._write(self._new_thread(host.mailboxes, host))

    def _bring_in(self) -> Sent | None:
        """Return a user's letter with a stranger in Cc who named one of his."""
        strangers = [each for each in self.threads.values() if each.host]
        if not strangers:
            return None
        stranger = self.rng.choice(strangers)
        return self._write(self.threads[stranger.host], brings=stranger)

    def _open_threads(self, strangers: bool = False) -> list[Thread]:
        return [
            thread
            for thread in self.threads.values()
            if len(thread.ids) < THREAD_LETTERS and (strangers or not thread.host)
        ]

    def _new_thread(self, mailboxes: tuple[str, ...], host: Thread | None = None) -> Thread:
        name = f"{'s' if host else 'c'}{len(self.threads)}"
        thread = Thread(name, mailboxes, len(self.threads) // CIRCLE)
        if host:
            thread.host, thread.cited = host.name, tuple(host.ids)
        self.threads[name] = thread
        return thread

    def _write(
        self, thread: Thread, also: tuple[str, ...] = (), brings: Thread | None = None
    ) -> Sent:
        message_id = f"{thread.name}.{len(thread.ids)}@chaos.example"
        references = (*also, *thread.cited, *thread.ids)
        attachment = b""
        if self.rng.random() < 0.25:
            attachment = self.rng.randbytes(self.rng.choice(self.sizes))
        compose = partial(
            letter,
            message_id,
            sender=thread.sender,
            cc=brings.sender if brings else "",
            subject=("Re: " if references else "") + f"Разговор {thread.name}",
            text=f"Письмо {message_id}\r\n" + "слово " * self.rng.randrange(200) + "\r\n",
            in_reply_to=references[-1] if references else "",
            references=references,
            minute=len(self.letters),
            attachments={"файл.bin": attachment} if attachment else None,
        )
        thread.ids.append(message_id)
        return Sent(
            message_id,
            thread.name,
            thread.mailboxes,
            lambda: on_the_wire(compose()),
            references,
            brings.name if brings else "",
            attachment,
        )
