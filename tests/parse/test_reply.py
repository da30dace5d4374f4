"""Every client's letter, answered above, below and between the quotes, and forwarded."""

import pytest

from bridge.parse.reply import new_words
from tests.parse.reply_letters import BELOW, CLIENTS, NEW, OLD, Client, forwarded, letter

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
        assert new_words(body, forwarded=True) == whole(body)
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
