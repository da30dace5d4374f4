"""Text that a letter quotes from letters that it names is history, however it is marked."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.filing.collections import Store
from receiver.letters.letter import Letter
from receiver.projecting.mailbox import Projecting
from receiver.reply.history import without_history
from receiver.reply.new_words import MANY_CARRIERS
from receiver.reply.quotation import quotable
from receiver.store.mongo import Database
from tests.receiver.written import MAILBOX, corrections, file, filing, sent, written

ASKED = """\
Здравствуйте, Анна!

У нас три вопроса по договору, который вы прислали на прошлой неделе.
Можем ли мы перенести поставку на конец июня, если склад будет готов позже?
Кто оплачивает доставку до Казани?
Нужна ли доверенность?

С уважением,
Иван Петров"""
QUOTED = "\n".join(f"> {line}" for line in ASKED.split("\n"))
TOP, MIDDLE = ASKED.split("Кто")[0].rstrip(), "Кто оплачивает доставку до Казани?"
FIELDS = """\
От: Иван Петров <ivan@example.ru>
Отправлено: 5 мая 2024 г. 10:00
Кому: Анна
Тема: Договор"""
LONG = "Одна строка, в которой столько слов, что она доказывает всё сама: " + "так " * 30

# The answers were typed inside a client's quotation, which marks them as what it quotes.
WITHOUT_NAME = ASKED.partition("\n\nС уважением")[0]
MARKED_TO_THE_END = "\n".join(
    f"> {line}"
    for line in (
        f"{TOP}\nДа, можем.\n{MIDDLE}\nПокупатель.\nНужна ли доверенность?\nНужна, от директора."
    ).split("\n")
)

WORDS = ASKED.split()
WRAPPED = "\n".join(f"| {' '.join(WORDS[at : at + 6])}" for at in range(0, len(WORDS), 6))

# A body, the bridge's reading of it, and what its dialog shows.
READ: dict[str, tuple[str, str, str]] = {
    "unmarked history that nothing introduces": (f"Да.\n\n{ASKED}", f"Да.\n\n{ASKED}", "Да."),
    "above the words": (f"{ASKED}\n\nДа, нужна.", f"{ASKED}\n\nДа, нужна.", "Да, нужна."),
    "under a copied header that the bridge kept": (
        f"Ответы ниже.\n\n{FIELDS}\n\n{ASKED}\n\nНужна.",
        f"Ответы ниже.\n\n{FIELDS}\n\n{ASKED}\n\nНужна.",
        "Ответы ниже.\n\nНужна.",
    ),
    "under a heading and a date above the writer's name": (
        f"Прошу ответить.\n\n---------- Forwarded message ---------\nДата: 05.05.2024 10:00\n"
        f"От: Иван Петров <ivan@example.ru>\n\n{ASKED}",
        f"Прошу ответить.\n\n---------- Forwarded message ---------\nДата: 05.05.2024 10:00\n"
        f"От: Иван Петров <ivan@example.ru>\n\n{ASKED}",
        "Прошу ответить.",
    ),
    "under a line that names the writer": (
        f"Да.\n\nВ письме от 5 мая Иван Петров\nпишет:\n{QUOTED}",
        f"Да.\n\nВ письме от 5 мая Иван Петров\nпишет:\n{QUOTED}",
        "Да.",
    ),
    "marked otherwise, and wrapped anew": (f"Да.\n\n{WRAPPED}", f"Да.\n\n{WRAPPED}", "Да."),
    "one line of 160 characters": (f"{LONG}\n\nСогласен.", f"{LONG}\n\nСогласен.", "Согласен."),
    "answers between the lines, which the bridge took for history": (
        f"Отвечаю.\n\n{FIELDS}\n\n{TOP}\nДа, можем.\n{MIDDLE}\nМы.\nНужна ли доверенность?\n"
        "Нужна, от руководителя.\n\nС уважением,\nИван Петров",
        "Отвечаю.",
        "Отвечаю.\n\nДа, можем.\n\nМы.\n\nНужна, от руководителя.",
    ),
    "the last answer, below the last line": (
        f"{TOP}\nДа, можем.\n{MIDDLE}\nМы.\nНужна ли доверенность?\nНужна.",
        "Здравствуйте, Анна!",
        "Да, можем.\n\nМы.\n\nНужна.",
    ),
    "answers under marked lines, the last one, too, where nothing is left of the letter": (
        f"Отвечаю.\n\n{MARKED_TO_THE_END}",
        "Отвечаю.",
        "Отвечаю.\n\n> Да, можем.\n\n> Покупатель.\n\n> Нужна, от директора.",
    ),
    "short lines that the bridge kept stay": (
        f"{TOP}\nДа.\n{MIDDLE}\nМы.",
        f"{TOP}\nДа.\n{MIDDLE}\nМы.",
        f"Да.\n{MIDDLE}\nМы.",
    ),
    "two lines prove nothing": (
        f"{MIDDLE}\nНужна ли доверенность?\n\nМы; нет.",
        f"{MIDDLE}\nНужна ли доверенность?\n\nМы; нет.",
        f"{MIDDLE}\nНужна ли доверенность?\n\nМы; нет.",
    ),
    "words in another order prove nothing": (
        "\n".join(reversed(ASKED.split("\n"))),
        "\n".join(reversed(ASKED.split("\n"))),
        "\n".join(reversed(ASKED.split("\n"))),
    ),
    "nothing but history is shown whole": (QUOTED, QUOTED, QUOTED),
    "answers that look like the head of a letter, and below the last line": (
        f"Отвечаю.\n\n{FIELDS}\n\n{TOP}\nОплачено: 06.05.2024, платёжка 77\nДвумя частями.\n"
        f"{MIDDLE}\nСрок: до 18:00\nНужна ли доверенность?\n\nС уважением,\nИван Петров\n\n"
        "Приписка: номер договора 15/2024, забыла выше.",
        "Отвечаю.",
        "Отвечаю.\n\nОплачено: 06.05.2024, платёжка 77\nДвумя частями.\n\nСрок: до 18:00\n\n"
        "Приписка: номер договора 15/2024, забыла выше.",
    ),
    **{
        f"below the last line, under a rule of {rule}": (
            f"Отвечаю.\n\n{FIELDS}\n\n{ASKED}\n\n{rule * 8}\nПриписка: склад закрыт до мая.",
            "Отвечаю.",
            "Отвечаю.\n\nПриписка: склад закрыт до мая.",
        )
        for rule in "_=-*"
    },
    "a list's footer under a rule": (
        f"Да.\n\n{ASKED}\n{'_' * 40}\nusers mailing list\nusers@example.org",
        "Да.",
        "Да.",
    ),
    "below it an older letter under a dated field": (
        f"Да.\n\n{ASKED}\n\nДата: 01.05.2024 9:00\nОт: Анна\nПрисылаю договор.",
        "Да.",
        "Да.",
    ),
    "a line that the client altered is history still": (
        f"{ASKED.replace('договору,', 'договору <https://example.ru/15>,')}\n\nДа.",
        "Да.",
        "Да.",
    ),
    "a signature that the bridge left out": (
        f"Да.\n-- \nАнна Орлова\nООО «Лес»\n\n{ASKED}",
        "Да.",
        "Да.",
    ),
    "a form's fields above history": (
        f"Телефон: 123\nЦвет: синий\n\n{ASKED}",
        f"Телефон: 123\nЦвет: синий\n\n{ASKED}",
        "Телефон: 123\nЦвет: синий",
    ),
}


@pytest.mark.parametrize(("body", "reading", "shown"), READ.values(), ids=READ.keys())
def test_what_stands_in_a_named_letter_is_history(body: str, reading: str, shown: str) -> None:
    texts = (WITHOUT_NAME if MARKED_TO_THE_END in body else ASKED, LONG)
    sources = [quotable(text, "Иван Петров", "ivan@example.ru") for text in texts]
    assert without_history(body, reading, sources) == shown


LINES = st.lists(st.sampled_from(["да", "нет, завтра", *ASKED.split("\n"), "> да", "--", ""]))


@given(LINES, LINES, st.booleans())
def test_the_words_of_no_named_letter_always_stay(
    lines: list[str], others: list[str], cut: bool
) -> None:
    body = "\n".join(lines)
    reading = body.partition("\n\n")[0] if cut else body
    shown = without_history(body, reading, [quotable("\n".join(others), "Иван", "a@b.ru")])
    there = " ".join("\n".join(others).split()).casefold()
    for line in {line for line in reading.split("\n") if line.strip("> -")}:
        assert line in shown.split("\n") or line.strip("> ").casefold() in there
    assert without_history(body, reading, []) == reading


def test_the_text_of_a_long_conversation_is_compared_in_bounded_time() -> None:
    """Each line is searched for and none is found, in bounded time."""
    lines = [f"a line of number {number} and some more words" for number in range(9_000)]
    source = quotable("\n".join(f"{line} again" for line in lines), "Ivan", "ivan@example.ru")
    body = "\n".join(lines)
    assert without_history(body[:200_000], "x", [source]) == "x"


def answer(number: str = "2", names: str = "1", **fields: Any) -> Letter:
    """Return a letter that answers between the lines of the first one."""
    text = f"{TOP}\nДа, можем.\n{MIDDLE}\nМы.\nНужна ли доверенность?\nНужна."
    return written(number, "anna", "ivan", names, text=text, reply=text, **fields)


ANSWERED = f"Да, можем.\n{MIDDLE}\nМы.\nНужна ли доверенность?\nНужна."
LETTERS = [
    written("1", "ivan", "anna", text=ASKED, reply=ASKED),
    answer(),
    sent("3", "ivan anna", "2 1", text=f"Спасибо.\n\n{QUOTED}", reply=f"Спасибо.\n\n{QUOTED}"),
]


async def replies(database: Database) -> dict[str, str]:
    """Return the new words shown of each letter."""
    found: list[dict[str, Any]] = await database.dialogs.find().to_list(None)
    return {each["message_id"]: each["reply"] for one in found for each in one["messages"]}


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("order", list(itertools.permutations(LETTERS)), ids=lambda _: "")
async def test_the_quoted_letter_may_come_before_or_after(
    database: Database, order: tuple[Letter, ...], together: bool
) -> None:
    files = filing(database)
    for some in [order] if together else [[each] for each in order]:
        await file(files, *some)
    shown = await replies(database)
    assert shown == {"1@example.ru": ASKED, "2@example.ru": ANSWERED, "3@example.ru": "Спасибо."}
    checked = await Projecting(Store.of(database), "participants").check(MAILBOX)
    assert not checked.differ
    kept = await database.letters.find().to_list(None)
    assert {each["message"]["reply"] for each in kept} == {
        each.message["reply"] for each in LETTERS
    }


async def test_an_answer_that_is_split_off_reads_as_the_bridge_read_it(database: Database) -> None:
    files = filing(database)
    for letter in LETTERS[:2]:
        await file(files, letter)
    [head] = await database.dialogs.find().to_list(None)
    correct = corrections(database)
    await correct.split(head["_id"], {LETTERS[1].key}, "olga")
    assert (await replies(database))["2@example.ru"] == LETTERS[1].message["reply"]
    await correct.undo(head["_id"], "olga")
    assert (await replies(database))["2@example.ru"] == ANSWERED


async def test_a_letter_of_another_dialog_proves_nothing(database: Database) -> None:
    files = filing(database)
    await file(files, LETTERS[0])
    stranger = answer("9", "1")
    stranger.message["from"]["address"] = "stranger@example.ru"
    stranger.message["to"] = [{"name": "", "address": MAILBOX}]
    await file(files, Letter(MAILBOX, stranger.message))
    assert (await replies(database))["9@example.ru"] == stranger.message["reply"]


@pytest.mark.parametrize("carriers", [2, MANY_CARRIERS - 1, MANY_CARRIERS, MANY_CARRIERS + 2])
async def test_letters_of_one_id_are_all_compared_unless_they_are_very_many(
    database: Database, carriers: int
) -> None:
    """The quoted one came last, or has the earliest date."""
    files = filing(database)
    for number in range(carriers - 1):
        await file(files, written("1", "ivan", "anna", text=f"номер {number}", days=number / 99))
    await file(files, written("1", "ivan", "anna", text=ASKED, days=-1))
    await file(files, answer(days=20))
    shown = (await replies(database))["2@example.ru"]
    assert (shown == ANSWERED) == (carriers < MANY_CARRIERS)
    checked = await Projecting(Store.of(database), "participants").check(MAILBOX)
    assert not checked.differ


async def test_a_late_letter_changes_only_what_names_it(database: Database) -> None:
    files = filing(database)
    for letter in LETTERS:
        await file(files, letter)
    before = await database.dialogs.find_one()
    await file(files, written("0", "ivan", "anna", names="1", text="Ещё вопрос.", days=0.5))
    after = await database.dialogs.find_one()
    assert before
    assert after
    proofs = {each["key"]: each.get("proof") for each in after["messages"]}
    assert all(proofs[each["key"]] == each.get("proof") for each in before["messages"])
