"""What comes into the mailbox: conversations of a user and the specialist, all going on at once."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tests.imap.dovecot import USER as SUPPORT
from tests.letters import letter

TURNS = 4
TWICE = 0.1


@dataclass(frozen=True, slots=True)
class Planned:
    """A letter, where it belongs, and whether the mail program keeps a second copy in Sent."""

    message_id: str
    conversation: int
    out: bool
    twice: bool
    content: bytes


def planned(count: int, luck: random.Random) -> list[Planned]:
    """Return so many letters in the order in which they are written.

    Every fourth conversation is opened by the specialist; subjects are the same for all and turns
    of different conversations are mixed, so that only the ids can tell them apart.
    """
    conversations = [
        [_turn(number, turn, luck) for turn in range(TURNS)] for number in range(-(-count // TURNS))
    ]
    mixed = [
        each[turn]
        for turn in range(TURNS)
        for each in luck.sample(conversations, len(conversations))
    ]
    return mixed[:count]


def user_of(conversation: int) -> str:
    """Return the address of the user who takes part in the conversation."""
    return f"user{conversation}@example.ru"


def _turn(number: int, turn: int, luck: random.Random) -> Planned:
    ids = [_message_id(number, each) for each in range(turn + 1)]
    out = _goes_out(number, turn)
    user = user_of(number)
    content = letter(
        ids[turn],
        subject=("Re: " if turn else "") + "Вопрос",
        text=f"Письмо {turn} разговора {number}\n" + "строка\n" * luck.randrange(200),
        sender=SUPPORT if out else user,
        to=user if out else SUPPORT,
        in_reply_to=ids[-2] if turn else "",
        references=_references(ids[:-1], luck),
        minute=turn,
    )
    return Planned(ids[turn], number, out, out and luck.random() < TWICE, content)


def _references(before: Sequence[str], luck: random.Random) -> tuple[str, ...]:
    """Return the chain, or nothing: some clients say In-Reply-To alone."""
    return tuple(before) if luck.random() < 0.5 else ()


def _goes_out(number: int, turn: int) -> bool:
    return bool((turn + (number % 4 == 0)) % 2)


def _message_id(number: int, turn: int) -> str:
    return f"{number}.{turn}@{'yandex.ru' if _goes_out(number, turn) else 'example.ru'}"
