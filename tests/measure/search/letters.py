"""Letters of a given size with words as they are spread in a language: few common, many rare."""

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId

MAILBOX = "support@yandex.ru"
BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
BEGINNINGS = ("про", "за", "при", "вы", "до", "пере", "по", "рас", "под", "об", "от", "на", "из")
ROOTS = (
    *("заказ", "оплат", "достав", "товар", "счет", "адрес", "срок", "письм"),
    *("ответ", "вопрос", "звон", "плат", "цен", "скид", "склад"),
)
ENDINGS = (
    *("а", "у", "е", "ы", "ой", "ам", "ами", "ах", "ил", "или"),
    *("ите", "ит", "ать", "ает", "ный", "ная", "ного", "ном", "ость", "ости"),
)
RAREST = "единственноеслово"


class Writer:
    """Writes letters: the n-th of ``vocabulary`` words comes once where the first comes n times."""

    def __init__(self, vocabulary: int, words: int, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._words = words
        shapes = itertools.product(BEGINNINGS, ROOTS, ROOTS, ENDINGS)
        chosen = list(itertools.islice(shapes, vocabulary))
        self._random.shuffle(chosen)
        self.take(["".join(each) for each in chosen])

    def take(self, vocabulary: list[str]) -> None:
        """Write with these words, the commonest first."""
        self.vocabulary = vocabulary
        self._weights = list(
            itertools.accumulate(1 / (rank + 3) for rank in range(len(vocabulary)))
        )

    def letters(self, count: int, kept: datetime) -> Iterator[dict[str, Any]]:
        """Yield documents of ``letters``; the middle one has the rarest word of all."""
        for number in range(count):
            words = self._text()
            if number == count // 2:
                words.append(RAREST)
            yield self._document(number, " ".join(words), kept + timedelta(seconds=number))

    def _text(self) -> list[str]:
        size = max(3, int(self._random.lognormvariate(0, 0.8) * self._words * 0.73))
        words = self._random.choices(self.vocabulary, cum_weights=self._weights, k=min(size, 5000))
        return [*words, str(self._random.randrange(10**6)), str(self._random.randrange(10**9))]

    def _document(self, number: int, text: str, kept: datetime) -> dict[str, Any]:
        user = self._random.randrange(10_000)
        created = BEGAN + timedelta(minutes=10 * number)
        name, one = f"Имя{user % 300} Фамилия{user}", ObjectId()
        message = {
            "subject": " ".join(text.split()[:4]),
            "body": text,
            "reply": text,
            "created": created,
            "key": f"{number:064x}",
            "message_id": f"{number}@example.ru",
            "from": {"name": name, "address": f"user{user}@example{user % 50}.ru"},
            "to": [{"name": "", "address": MAILBOX}],
            "cc": [],
            "bcc": [],
            "reply_to": [],
            "direction": "in",
            "kind": "letter",
            "attachments": [{"filename": f"договор_{number}.pdf", "inline": False}]
            if number % 10 == 0
            else [],
        }
        return {
            "_id": one,
            "mailbox": MAILBOX,
            "key": message["key"],
            "known": [message["message_id"]],
            "dialog": one,
            "kept": kept,
            "message": message,
            "content": {"html": "", "headers": None, "raw": None, "received": created},
            "copies": [],
        }


def dialog_of(letter: dict[str, Any]) -> dict[str, Any]:
    """Return a dialog with a letter alone, as far as a search reads it."""
    return {
        "_id": letter["dialog"],
        "mailbox": MAILBOX,
        "messages": [],
        "revision": 0,
        "waiting": "us" if letter["_id"].binary[-1] % 7 == 0 else "them",
    }
