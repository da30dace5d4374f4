"""What was sent and what was promised for it: the other side of the books."""

import hashlib
import random
import threading
from dataclasses import dataclass, field

from tests.letters import letter
from tests.smtp_client import on_the_wire

MAILBOXES = {"support@yandex.ru": "in@support.example", "sales@yandex.ru": "in@sales.example"}


@dataclass
class Sent:
    """One letter; ``promised`` when some attempt was answered 250, ``possible`` after a dot."""

    message_id: str
    conversation: str
    mailboxes: tuple[str, ...]
    content: bytes
    attachment: bytes = b""
    promised: bool = False
    possible: bool = False
    attempts: int = 0

    @property
    def sha256(self) -> str:
        """The digest of the letter as received."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass
class Ledger:
    """Writes letters of conversations that grow, and remembers each."""

    rng: random.Random
    letters: dict[str, Sent] = field(default_factory=dict)
    _conversations: dict[str, tuple[tuple[str, ...], list[str]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next_letter(self) -> Sent:
        """Return a letter that opens a conversation or goes on with one."""
        with self._lock:
            name = self._conversation()
            mailboxes, ids = self._conversations[name]
            message_id = f"{name}.{len(ids)}@chaos.example"
            attachment = b""
            if self.rng.random() < 0.25:
                attachment = self.rng.randbytes(self.rng.choice([10, 5_000, 300_000, 900_000]))
            sent = Sent(
                message_id,
                name,
                mailboxes,
                on_the_wire(self._content(name, message_id, ids, attachment)),
                attachment,
            )
            ids.append(message_id)
            self.letters[message_id] = sent
            return sent

    def _conversation(self) -> str:
        growing = [name for name, (_, ids) in self._conversations.items() if len(ids) < 6]
        if growing and self.rng.random() < 0.75:
            return self.rng.choice(growing)
        name = f"c{len(self._conversations)}"
        both = tuple(MAILBOXES)
        mailboxes = self.rng.choice([both[:1], both[:1], both[:1], both[1:], both])
        self._conversations[name] = (mailboxes, [])
        return name

    def _content(self, name: str, message_id: str, ids: list[str], attachment: bytes) -> bytes:
        return letter(
            message_id,
            subject=("Re: " if ids else "") + f"Разговор {name}",
            text=f"Письмо {message_id}\r\n" + "слово " * self.rng.randrange(200) + "\r\n",
            in_reply_to=ids[-1] if ids else "",
            references=tuple(ids),
            minute=len(ids),
            attachments={"файл.bin": attachment} if attachment else None,
        )
