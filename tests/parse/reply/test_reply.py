"""Every client's letter, answered above, below and between the quotes, and forwarded."""

import pytest

from bridge.parse.reply.new_words import new_words
from bridge.parse.reply.occasion import Occasion
from tests.parse.reply.clients_abroad import ABROAD
from tests.parse.reply.letters import BELOW, NEW, OLD, Client, forwarded, letter
from tests.parse.reply.letters import CLIENTS as NEAR

CLIENTS = (*NEAR, *ABROAD)
MARKED = [client for client in CLIENTS if client.marked]
FORWARDING = [client for client in CLIENTS if client.forward]
OUTLOOK_NOTE = "the note is all that tells Outlook's forward from an answer"


def whole(body: str) -> str:
    return body.strip("\n").rstrip()


@pytest.mark.parametrize("client", CLIENTS, ids=str)
def test_words_above_the_history_are_the_reply(client: Client) -> None:
    assert new_words(letter(client, "above")) == NEW


@pytest.mark.parametrize("client", CLIENTS, ids=str)
def test_history_three_deep_is_cut_at_its_beginning(client: Client) -> None:
    assert new_words(letter(client, "deep")) == NEW


@pytest.mark.parametrize("client", MARKED, ids=str)
def test_words_below_the_history_are_the_reply(client: Client) -> None:
    assert new_words(letter(client, "below")) == BELOW


@pytest.mark.parametrize("client", MARKED, ids=str)
def test_a_letter_answered_between_the_quotes_is_kept_whole(client: Client) -> None:
    body = letter(client, "between")
    assert new_words(body) == whole(body)


@pytest.mark.parametrize("client", MARKED, ids=str)
def test_words_above_and_below_are_both_the_reply(client: Client) -> None:
    body = f"{NEW}\n\n{letter(client, 'below')}"
    assert new_words(body) == f"{NEW}\n\n{BELOW}"


@pytest.mark.parametrize("client", FORWARDING, ids=str)
def test_a_forwarded_letter_is_kept_whole(client: Client) -> None:
    body = forwarded(client)
    assert new_words(body) == whole(body)


@pytest.mark.parametrize("client", FORWARDING, ids=str)
def test_a_forwarded_letter_is_kept_whole_under_a_note(client: Client) -> None:
    body = forwarded(client, "Посмотрите, пожалуйста, это ваше.")
    if client.name.startswith("Outlook"):
        assert new_words(body) == "Посмотрите, пожалуйста, это ваше.", OUTLOOK_NOTE
        assert new_words(body, Occasion(forwarded=True)) == whole(body)
    else:
        assert new_words(body) == whole(body)


@pytest.mark.parametrize("client", CLIENTS, ids=str)
def test_only_a_quotation_is_returned_as_it_is(client: Client) -> None:
    body = letter(client, "above").partition(NEW)[2]
    reply = new_words(body)
    assert reply
    assert all(line in reply for line in OLD)


@pytest.mark.parametrize("client", CLIENTS, ids=str)
def test_windows_line_ends_change_nothing(client: Client) -> None:
    body = letter(client, "deep")
    assert new_words(body.replace("\n", "\r\n")) == new_words(body)


SHAPES = {
    "Horde in Russian": ("Да\n\nЦитирую Анна <anna@example.ru>:\n\n> Цвет?\n> Сколько?", "Да"),
    "who and when under each other, without a verb": (
        "Да\n\nАнна <anna@example.ru>\n20.05.2024 12:31\n\n> Цвет?\n> Сколько?",
        "Да",
    ),
    "The Bat! marks with initials": (
        "Здравствуйте.\n\nВы писали 15 сентября 2025 г., 15:46:32:\n\nСП> Пришёл?\nСП>> Да?\n\nДа.",
        "Здравствуйте.\n\nДа.",
    ),
    "The Bat! answered between": (
        "Вы писали 15 сентября 2025 г., 15:46:32:\n\nСП> Пришёл?\n\nДа.\n\nСП> Цел?\n\nДа.",
        None,
    ),
    "a bar for a mark": (
        "Да.\n\n2025/9/15 Jane Roe <jane@example.org>\n\n| Пришёл?\n|\n| Jane",
        "Да.",
    ),
    "a bracket for a mark, answered below": (
        "Привет.\n\nOn 15/09/25 15:46 +0300, Jane Roe wrote:\n) Пришёл?\n) Jane\n\nДа.",
        "Привет.\n\nДа.",
    ),
    "GroupWise": ("Yes.\n\n>>> Jane Roe <jane@example.org> 9/15/2025 3:46 PM >>>\nHas it?", "Yes."),
    "headers that lost their line breaks": (
        "Да.\n\nОт: Имя <a@example.ru> Отправлено: 15.09.2025 Кому: b@example.ru Тема: Заказ\n\nА?",
        "Да.",
    ),
    "a help desk's line": ("Да.\n\n##- Пожалуйста, пишите выше этой строки -##\n\nЗаказ 1", "Да."),
    "a date folded off": (
        "Yes.\n\nOn Sep 15, 2025,\nat 15:46,\nJane Roe <jane@example.org> wrote:\n\n> Has it?",
        "Yes.",
    ),
    "an address folded before its bracket": (
        "Yes.\n\nman. 15. sep. 2025 kl. 15:46 skrev Jane <jane@example.org\n>:\n\n> Has it?",
        "Yes.",
    ),
    "a quoted line folded off by a relay": (
        "Yes.\n\nOn Mon, Sep 15, 2025 at 3:46 PM Jane Roe <jane@example.org> wrote:\n"
        "> We have sent the order with the number one hundred and twenty three of today\n"
        "to your new address.\n> Has it come?",
        "Yes.",
    ),
    "a short answer under a short quoted line": (
        "On Mon, Sep 15, 2025 at 3:46 PM Jane Roe <jane@example.org> wrote:\n"
        "> Has it come\nyes\n> Is it whole\nno\n> Jane",
        None,
    ),
    "excerpts answered above, then all of it": (
        "> Пришёл?\n\nДа.\n\n15.09.2025, 15:46, \"Имя\" <a@example.ru>:\n> Пришёл?\n> Ждём.",
        "> Пришёл?\n\nДа.",
    ),
    "words, excerpts, then all of it": (
        "Отвечаю.\n\n> Пришёл?\n\nДа.\n\n15.09.2025, 15:46, \"Имя\" <a@example.ru>:\n> Пришёл?\n",
        "Отвечаю.\n\n> Пришёл?\n\nДа.",
    ),
    "only an attribution above unmarked words": (
        "On 15 Sep 2025 15:46, \"Jane\" <jane@example.org> wrote:\n\nIt has come.",
        "It has come.",
    ),
    "a clear-signed letter": (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nYes.\n\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQ=\n=ab\n-----END PGP SIGNATURE-----\n",
        "Yes.",
    ),
    "two histories, one under the other": (
        "Да.\n\nОт: Имя <a@example.ru>\nОтправлено: 15.09.2025 15:46\nКому: b@example.ru\n"
        "Тема: З\n\nПришёл?\n\n14.09.2025, 15:46, \"Пётр\" <b@example.ru>:\n> Где?",
        "Да.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "reply"), SHAPES.values(), ids=SHAPES.keys())
def test_shapes_that_belong_to_no_one_client(body: str, reply: str | None) -> None:
    """``None`` means that the whole letter is new."""
    assert new_words(body) == (whole(body) if reply is None else reply)
