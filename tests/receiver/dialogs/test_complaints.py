"""Complaints of users of other helpdesks, each as what must happen here."""

from datetime import timedelta
from typing import Any

import pytest

from contract.event import Bounce, Failure
from receiver.letters.letter import Letter
from receiver.store.mongo import Database
from tests.receiver.written import (
    corrections,
    dialogs,
    filed,
    message_id,
    parted,
    person,
    sent,
    sweeper_of,
    written,
)


async def test_a_stranger_who_quotes_a_known_id_gets_a_dialog_of_his_own_linked_both_ways(
    database: Database,
) -> None:
    letters = [written("1"), written("2", "mallory", names="1", subject="Re: [#17] заказ")]
    assert await filed(database, letters) == ["1", "2"]
    host, guest = await database.dialogs.find().sort("created", 1).to_list(None)
    assert host["related"] == [guest["_id"]]
    assert guest["related"] == [host["_id"]]
    assert (host["noticed"], guest["noticed"]) == (1, 1)
    await database.letters.delete_one({"dialog": guest["_id"]})
    await database.dialogs.delete_one({"_id": guest["_id"]})
    await sweeper_of(database, timedelta(0)).sweep()
    alone = await database.dialogs.find_one({})
    assert alone is not None
    assert (alone["related"], alone["noticed"]) == ([], 0)


async def test_a_token_in_the_subject_opens_no_door(database: Database) -> None:
    letters = [written("1", subject="Заказ [#17]"), written("2", "mallory", subject="Заказ [#17]")]
    assert await filed(database, letters, subjects=True) == ["1", "2"]


async def test_answers_to_one_unseen_ancestor_are_one_dialog(database: Database) -> None:
    letters = [written("2", names="0"), written("3", names="0"), written("4", names="3 0")]
    assert await filed(database, letters) == ["2 3 4"]


async def test_in_reply_to_alone_is_enough(database: Database) -> None:
    assert await filed(database, [written("1"), written("2", answers="1")]) == ["1 2"]


async def test_a_hit_in_references_alone_is_enough(database: Database) -> None:
    letters = [written("1"), written("3", answers="unseen", names="unseen 2 1")]
    assert await filed(database, letters) == ["1 3"]


async def test_two_mailboxes_that_get_one_letter_have_one_dialog_each(database: Database) -> None:
    letters = [written("1"), written("1", mailbox="sales@yandex.ru")]
    letters += [written("2", answers="1"), written("2", answers="1", mailbox="sales@yandex.ru")]
    assert await filed(database, letters) == ["1 2", "1 2"]
    mailboxes = await database.dialogs.distinct("mailbox")
    assert sorted(mailboxes) == ["sales@yandex.ru", "support@yandex.ru"]


async def test_a_letter_that_comes_again_is_not_a_second_one(database: Database) -> None:
    letters = [written("1"), written("2", answers="1"), written("1"), written("2", answers="1")]
    assert await filed(database, letters) == ["1 2"]


async def test_an_answer_after_a_merge_goes_to_the_dialog_that_lives(database: Database) -> None:
    await filed(database, [written("1"), written("5", subject="Ещё вопрос")])
    one, other = await database.dialogs.find().sort("_id", 1).to_list(None)
    done = await corrections(database).merge(one["_id"], other["_id"], "olga")
    assert done.changed
    assert await filed(database, [written("6", answers="5")]) == ["1 5 6"]


async def test_a_specialists_answer_from_his_own_program_joins_the_dialog(
    database: Database,
) -> None:
    letters = [written("1"), sent("2", "ivan", "1"), written("3", answers="2")]
    assert await filed(database, letters) == ["1 2 3"]
    [dialog] = await database.dialogs.find().to_list(None)
    assert [each["direction"] for each in dialog["messages"]] == ["in", "out", "in"]
    assert dialog["email_from"] == person("ivan")


async def test_readers_who_answer_a_newsletter_each_have_a_dialog(database: Database) -> None:
    letters = [
        sent("news", ""),
        written("2", "ivan", answers="news"),
        written("3", "olga", answers="news"),
        sent("4", "ivan", "2 news"),
        sent("5", "olga", "3 news"),
        written("6", "ivan", names="4 2 news"),
    ]
    assert await filed(database, letters) == ["2 4 6", "3 5", "news"]


async def test_a_letter_without_a_message_id_is_kept_once(database: Database) -> None:
    letters = [written("1", message_id=None), written("1", message_id=None)]
    assert await filed(database, letters) == ["1"]


async def test_an_answer_under_another_subject_stays_and_says_so(database: Database) -> None:
    letters = [
        written("1"),
        written("2", answers="1", subject="Re: Где мой заказ?"),
        written("3", answers="2", subject="Счёт за октябрь"),
    ]
    assert await filed(database, letters) == ["1 2 3"]
    [dialog] = await database.dialogs.find().to_list(None)
    assert [each["subject_changed"] for each in dialog["messages"]] == [False, False, True]


async def test_a_reply_without_headers_joins_the_one_dialog_of_its_subject(
    database: Database,
) -> None:
    letters = [written("1"), written("2", subject="Отв: Где мой заказ?")]
    assert await filed(database, letters, subjects=True) == ["1 2"]


async def test_letters_of_one_subject_that_are_no_replies_stay_apart(database: Database) -> None:
    letters = [written("1"), written("2"), written("3")]
    assert await filed(database, letters, subjects=True) == ["1", "2", "3"]


async def test_a_reused_message_id_is_kept_and_joins_nobody_else(database: Database) -> None:
    letters = [written("1"), written("1", "mallory", text="другое письмо")]
    assert await filed(database, letters) == ["1", "другое письмо"]
    again = written("1", "mallory", text="другое письмо")
    assert await filed(database, [again]) == ["1", "другое письмо"]


async def test_a_second_letter_of_the_same_user_under_one_id_is_kept_beside_it(
    database: Database,
) -> None:
    assert await filed(database, [written("1"), written("1", text="ещё одно")]) == ["1 ещё одно"]


@pytest.mark.parametrize("named", ["<yes>", "yes"])
async def test_unrelated_letters_that_name_a_bogus_id_are_not_merged(
    database: Database, named: str
) -> None:
    bogus: dict[str, Any] = {"in_reply_to": [named], "references": [named]}
    letters = [written("1", **bogus), written("2", **bogus), written("3", message_id="yes")]
    assert await filed(database, letters) == ["1", "2", "3"]


async def test_splitting_makes_later_answers_follow_the_right_half(database: Database) -> None:
    second = written("3", answers="2", subject="Счёт за октябрь")
    await filed(database, [written("1"), written("2", answers="1"), second])
    [dialog] = await database.dialogs.find().to_list(None)
    await corrections(database).split(dialog["_id"], {second.key}, "olga")
    answers = [written("4", names="3 2 1", answers="3"), written("5", names="2 1", answers="2")]
    assert await filed(database, answers) == ["1 2 5", "3 4"]


async def test_a_bounce_is_in_the_dialog_of_the_letter_that_came_back(database: Database) -> None:
    bounce = Bounce(
        message_id=message_id("2"), failures=[Failure(recipient=person("ivan"), status="5.1.1")]
    )
    returned = written(
        "3", "mailer-daemon", subject="Undelivered Mail", kind="bounce", bounce=bounce.model_dump()
    )
    assert await filed(database, [written("1"), sent("2", "ivan", "1"), returned]) == ["1 2 3"]


def test_a_bounce_ties_no_dialogs_whatever_else_it_names() -> None:
    """Both are from the same machine, so it takes part in the dialog of the first one, too."""

    def returned(number: str, of: str, whom: str, names: str = "") -> Letter:
        failures = [Failure(recipient=person(whom), status="5.1.1")]
        bounce = Bounce(message_id=message_id(of), failures=failures).model_dump()
        return written(number, "mailer-daemon", names=names, kind="bounce", bounce=bounce)

    first = [sent("1", "ivan"), returned("2", "1", "ivan")]
    second = [sent("3", "petr"), returned("4", "3", "petr", names="1")]
    assert parted([*first, *second]) == ["1 2", "3 4"]


async def test_an_old_dialog_is_not_revived_by_its_subject(database: Database) -> None:
    letters = [written("1"), written("2", subject="Re: Где мой заказ?", days=45)]
    assert await filed(database, letters, subjects=True) == ["1", "2"]


async def test_an_answer_months_later_still_finds_its_dialog_by_its_id(database: Database) -> None:
    assert await filed(database, [written("1"), written("2", answers="1", days=300)]) == ["1 2"]


async def test_why_a_letter_is_where_it_is_can_be_asked(database: Database) -> None:
    await filed(database, [written("1"), written("2", answers="1"), written("3", names="9 1")])
    [dialog] = await database.dialogs.find().to_list(None)
    reasons = [(each["matched_by"], each["matched_id"]) for each in dialog["messages"]]
    first = message_id("1")
    assert reasons == [("new", None), ("in_reply_to", first), ("references", first)]
    assert await dialogs(database) == ["1 2 3"]


@pytest.mark.parametrize("first", [0, 1], ids=["the letter comes first", "the answer does"])
async def test_an_answer_dated_2001_takes_over_neither_subject_nor_date(
    database: Database, first: int
) -> None:
    letters = [written("1"), written("2", names="1", subject="Re: Другое", days=-9_000)]
    for each in (letters[first], letters[1 - first]):
        await filed(database, [each])
    [dialog] = await database.dialogs.find().to_list(None)
    assert (dialog["subject"], dialog["email_from"]) == ("Где мой заказ?", person("ivan"))
    assert dialog["created"].year == 2026
    assert [each["message_id"] for each in dialog["messages"]] == [message_id("2"), message_id("1")]
