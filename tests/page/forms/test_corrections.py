"""Corrections by form, what is suggested, and why as a picture."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from receiver.page.shown.clock import Clock
from receiver.page.shown.correcting import correcting, done_of
from receiver.page.shown.evidence import (
    MAX_COMPARED,
    MAX_LABEL,
    evidence_of,
    is_compared,
    picture_of,
)
from receiver.page.shown.rows import marks_of_head
from receiver.page.words import words_of
from receiver.store.dialog import Dialog
from receiver.store.mongo import Database
from tests import servers, webhook_client
from tests.letters import START
from tests.page.conftest import Browser, browsing
from tests.receiver.api_client import make_token
from tests.receiver.written import sent, written

MAILBOX = "forms@yandex.ru"


@pytest.fixture
async def dialog(service: servers.Service, database: Database) -> str:
    """A dialog of three letters, and another one of the same person."""
    collections = ("letters", "dialogs", "facts")
    for name in collections:
        await database[name].delete_many({"mailbox": MAILBOX})
    letters: list[dict[str, Any]] = [
        {"message_id": "a@x.ru", "subject": "Order", "text": "first"},
        {"message_id": "b@x.ru", "subject": "Order", "text": "second", "in_reply_to": ["a@x.ru"]},
        {"message_id": "c@x.ru", "subject": "Bill", "text": "third", "references": ["a@x.ru"]},
        {"message_id": "d@x.ru", "subject": "Orders", "text": "apart"},
    ]
    await post(service, letters)
    return await place(database, "a")


async def post(service: servers.Service, letters: list[dict[str, Any]]) -> None:
    """Post letters of one person, a minute apart."""
    async with webhook_client.connected(service.env["RECEIVER_PORT"]) as client:
        for number, each in enumerate(letters):
            date = f"2026-11-25T10:0{number}:00Z"
            sender = {"address": "ivan@example.ru"}
            data: dict[str, Any] = {"mailbox": MAILBOX, "from": sender, "date": date, **each}
            body = json.dumps({"type": "email.received", "data": data}).encode()
            assert (await client.post(body, event_id=f"{each['text']}{number}"))[0] < 300


async def place(database: Database, letter: str) -> str:
    """Return the dialog that shows a letter."""
    query = {"mailbox": MAILBOX, "messages.message_id": f"{letter}@x.ru"}
    head = await database.dialogs.find_one(query)
    assert head is not None
    return str(head["_id"])


async def key(database: Database, letter: str) -> str:
    found = await database.letters.find_one(
        {"mailbox": MAILBOX, "message.message_id": f"{letter}@x.ru"}
    )
    assert found is not None
    return str(found["key"])


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None
    return found[1]


async def test_letters_are_split_off_moved_merged_and_all_of_it_undone(
    browser: Browser, database: Database, dialog: str
) -> None:
    text = (await browser.get(f"/d/{dialog}")).text
    fields = {"revision": hidden(text, "revision"), "letter": await key(database, "b")}
    done = await browser.post(f"/d/{dialog}/split", fields)
    assert done.status == 303
    opened = await place(database, "b")
    correction = done.headers["Location"].removeprefix(f"/d/{opened}?done=split&c=")
    assert len(correction) == 24
    text = (await browser.get(done.headers["Location"])).text
    assert "Split off" in text
    assert "1 letter split off" in text
    assert ">olga<" in text
    undo = {"correction": hidden(text, "correction"), "revision": "-1"}
    assert undo["correction"] == correction
    assert (await browser.post(f"/d/{opened}/undo", undo)).status == 409
    undo["revision"] = hidden(text.partition('class="news done"')[2], "revision")
    assert (await browser.post(f"/d/{opened}/undo", undo)).status == 303
    back = (await browser.get(f"/d/{dialog}?done=split&c={correction}")).text
    assert 'class="news done"' not in back
    assert await place(database, "b") == await place(database, "a") == dialog

    other = await place(database, "d")
    moved = {"letter": await key(database, "c"), "picked": other}
    here = f"letter={moved['letter'][:20]}"
    assert (await browser.get(f"/d/{dialog}?{here}")).status == 200
    assert (await browser.post(f"/d/{dialog}/move", moved)).status == 303
    assert await place(database, "c") == other
    led = await browser.get(f"/d/{dialog}?{here}")  # an address that was kept leads on
    assert (led.status, led.headers["Location"].partition("#")[0]) == (303, f"/d/{other}?{here}")
    for there in (f"/d/{other}?{here}", f"/d/{dialog}?letter={'0' * 20}", f"/d/{dialog}?letter=x"):
        assert (await browser.get(there)).status == 200
    merged = {"other": f"http://127.0.0.1:1/d/{other}?page=1"}
    assert (await browser.post(f"/d/{dialog}/merge", merged)).status == 303
    assert len({await place(database, each) for each in "abcd"}) == 1


async def test_letters_that_were_moved_together_come_back_by_one_undo(
    browser: Browser, database: Database, dialog: str
) -> None:
    other = await place(database, "d")
    keys = [await key(database, each) for each in "bc"]
    done = await browser.post(f"/d/{dialog}/move", {"letter": keys, "other": other})
    assert [await place(database, each) for each in "abc"] == [dialog, other, other]
    text = (await browser.get(done.headers["Location"])).text
    await browser.post(f"/d/{other}/undo", {"correction": hidden(text, "correction")})
    assert [await place(database, each) for each in "abcd"] == [dialog, dialog, dialog, other]


async def test_a_form_of_yesterday_does_nothing(
    browser: Browser, database: Database, dialog: str
) -> None:
    fields = {"revision": "-1", "letter": await key(database, "b")}
    answer = await browser.post(f"/d/{dialog}/split", fields)
    assert answer.status == 409
    assert "no longer fits" in answer.text
    assert f'href="/d/{dialog}"' in answer.text
    letter = await key(database, "b")
    assert f'href="/trace?q={letter}"' in (await browser.get(f"/d/{dialog}")).text
    traced = (await browser.get(f"/trace?q={letter}")).text
    assert traced.count('class="traced"') == 1
    assert await place(database, "b") == dialog


@pytest.mark.parametrize(
    ("what", "fields", "status"),
    [
        ("split", {}, 422),
        ("split", {"letter": "x"}, 422),
        ("split", {"letter": "0" * 64}, 404),
        ("merge", {}, 422),
        ("merge", {"other": "nonsense"}, 422),
        ("merge", {"other": "0" * 24}, 404),
        ("undo", {}, 409),
    ],
)
async def test_what_does_not_fit_is_said(
    browser: Browser, dialog: str, what: str, fields: dict[str, str], status: int
) -> None:
    assert (await browser.post(f"/d/{dialog}/{what}", fields)).status == status


async def test_a_form_that_does_not_fit_is_shown_again_as_it_was_filled_in(
    browser: Browser, database: Database, dialog: str
) -> None:
    """It used to be a separate page without a way back, and the choices were lost."""
    chosen = await key(database, "b")
    fields = {"letter": chosen, "other": "<no>nsense"}
    answer = await browser.post(f"/d/{dialog}/move", fields)
    assert answer.status == 422
    assert 'role="alert" tabindex="-1" autofocus>choose another dialog' in answer.text
    assert f'name="letter" value="{chosen}" form="correct" data-choose checked' in answer.text
    assert answer.text.count("data-choose checked") == 1
    assert 'name="other" value="&lt;no&gt;nsense"' in answer.text
    assert f'href="/d/{dialog}/why"' in answer.text
    gone = await browser.post(f"/d/{'0' * 24}/split", fields)
    assert (gone.status, "data-choose" in gone.text) == (404, False)


async def test_another_dialog_is_picked_by_whose_it_is(
    browser: Browser, database: Database
) -> None:
    """A stranger's dialog has the same subject; only the time told the two apart."""
    letter = await database.letters.find_one({"message.message_id": "1@mail.example.ru"})
    assert letter is not None
    text = (await browser.get(f"/d/{letter['dialog']}")).text
    assert re.search(r"<option [^>]*>boris@elsewhere.example · ", text)


async def test_who_may_only_read_corrects_nothing(
    service: servers.Service, database: Database, dialog: str
) -> None:
    token = await make_token(database, "read", MAILBOX)
    fields = {"letter": await key(database, "b")}
    async with browsing(service) as reader:
        await reader.post("/sign-in", {"token": token})
        text = (await reader.get(f"/d/{dialog}")).text
        assert "/split" not in text
        assert (await reader.post(f"/d/{dialog}/split", fields)).status == 403
        foreign = {"Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site"}
        assert (await reader.post(f"/d/{dialog}/split", fields, **foreign)).status == 403


async def test_what_seems_called_for_is_suggested_and_not_done(
    browser: Browser, database: Database, dialog: str
) -> None:
    text = (await browser.get(f"/d/{dialog}")).text
    assert "is “Orders” the same conversation?" in text
    suggested = text.partition("The subject changed to “Bill”")[2].partition("</form>")[0]
    assert 'name="letter"' not in suggested
    fields = {name: hidden(suggested, name) for name in ("since", "revision")}
    assert fields["since"] == await key(database, "c")
    assert await place(database, "c") == dialog
    assert (await browser.post(f"/d/{dialog}/split", fields)).status == 303
    assert [await place(database, each) == dialog for each in "abc"] == [True, True, False]
    assert (await browser.post(f"/d/{dialog}/split", {"since": fields["since"]})).status == 409
    assert await place(database, "d") != dialog


async def test_what_a_person_put_together_is_not_suggested_to_be_split(
    browser: Browser, database: Database, dialog: str
) -> None:
    bill = {"letter": await key(database, "c")}
    await browser.post(f"/d/{dialog}/split", bill)
    apart = await place(database, "c")
    merged = await browser.post(f"/d/{dialog}/merge", {"other": apart})
    there = merged.headers["Location"].partition("?")[0]
    text = (await browser.get(there)).text
    assert "another subject" in text
    assert "The subject changed" not in text
    await browser.post(f"{there}/undo", {"correction": hidden(text, "correction")})
    assert await place(database, "c") != await place(database, "a")


async def test_a_dialog_is_exported_and_printed_whole(browser: Browser, dialog: str) -> None:
    said = await browser.get(f"/d/{dialog}/export?as=json")
    assert said.headers["Content-Disposition"].startswith("attachment;")
    assert len(json.loads(said.text)["letters"]) == 3
    assert (await browser.get(f"/d/{dialog}/export?as=mbox")).text.count("\nFrom ") == 2
    assert (await browser.get(f"/d/{dialog}/export?as=exe")).status == 404
    assert "third" in (await browser.get(f"/d/{dialog}/print")).text


async def test_why_is_a_picture_with_what_decided(browser: Browser, dialog: str) -> None:
    text = (await browser.get(f"/d/{dialog}/why")).text
    assert text.count('<path class="arc') == 2
    assert "letter 1 of this dialog" in text
    assert text.count("this decided") == 2


async def test_why_tells_what_a_person_did(
    browser: Browser, database: Database, dialog: str
) -> None:
    """The page said that the sender had never taken part in the dialog it was split from."""
    answer = {"letter": await key(database, "b")}
    assert (await browser.post(f"/d/{dialog}/split", answer)).status == 303
    opened = await place(database, "b")
    told = (await browser.get(f"/d/{opened}/why")).text
    assert "a person split it off from the dialog where it was (olga)" in told
    assert "a person put the two apart" in told
    assert "Split off from the dialog where it was, by olga" in told
    assert "<strong>a person put them apart</strong>" in told
    for wrong in ("neither From", "names no letter that is here", "opened a dialog"):
        assert wrong not in told, wrong
    russian = (await browser.get(f"/d/{opened}/why", Accept_Language="ru")).text
    assert "человек отделил его от диалога, где оно было (olga)" in russian

    other = await place(database, "d")
    moved = {"letter": await key(database, "c"), "picked": other}
    assert (await browser.post(f"/d/{dialog}/move", moved)).status == 303
    told = (await browser.get(f"/d/{other}/why")).text
    assert "a person moved it here (olga)" in told
    assert told.count('<path class="put" d="M') == told.count('<polygon class="put"') == 1
    assert "Moved here by olga" in told
    assert (await browser.post(f"/d/{other}/undo", {"correction": ""})).status == 303
    told = (await browser.get(f"/d/{await place(database, 'c')}/why")).text
    assert "moved it here" not in told
    assert 'class="put"' not in told

    assert (await browser.post(f"/d/{opened}/merge", {"other": other})).status == 303
    told = (await browser.get(f"/d/{await place(database, 'd')}/why")).text
    assert "a person made two dialogs one (olga)" in told

    back = {"other": await place(database, "a")}
    split_off = await place(database, "b")
    assert (await browser.post(f"/d/{split_off}/merge", back)).status == 303
    told = (await browser.get(f"/d/{await place(database, 'b')}/why")).text
    for stale in ("split it off", "Split off from", "put the two apart"):
        assert stale not in told, stale


async def test_why_tells_of_a_split_after_a_merge_with_a_third_dialog(
    browser: Browser, database: Database, dialog: str
) -> None:
    assert (await browser.post(f"/d/{dialog}/split", {"letter": await key(database, "b")})).status
    opened, other = await place(database, "b"), await place(database, "d")
    assert (await browser.post(f"/d/{opened}/merge", {"other": other})).status == 303
    told = (await browser.get(f"/d/{await place(database, 'b')}/why")).text
    assert await place(database, "b") == await place(database, "d")
    assert told.count("a person split it off from the dialog where it was (olga)") == 1
    assert told.count("Split off from the dialog where it was, by olga") == 1
    assert "a person put the two apart" in told
    assert "opened a dialog of its own" not in told
    assert "a person made two dialogs one (olga)" in told


async def test_why_tells_which_letter_has_an_id_and_which_only_names_it(
    browser: Browser, service: servers.Service, database: Database, dialog: str
) -> None:
    """The page used to confuse the letter that has an id with those that name it."""
    await post(service, [
        {"message_id": "twin@x.ru", "subject": "One", "text": "1"},
        {"message_id": "twin@x.ru", "subject": "Two", "text": "2"},
        {"message_id": "e@x.ru", "subject": "Three", "text": "3", "references": ["gone@x.ru"]},
        {"message_id": "f@x.ru", "subject": "Four", "text": "4", "in_reply_to": ["gone@x.ru"]},
        {"message_id": "h@x.ru", "subject": "Six", "text": "5", "in_reply_to": ["g@x.ru"]},
        {"message_id": "g@x.ru", "subject": "Five", "text": "6"},
    ])  # fmt: skip
    same = "another letter of this dialog has the same Message-ID &lt;twin@x.ru&gt;"
    only_named = "it names &lt;gone@x.ru&gt;, as another letter of this dialog does"
    carried = "its In-Reply-To names &lt;g@x.ru&gt;, which belongs to this dialog"
    for letter, said in (("twin", same), ("f", only_named), ("h", carried)):
        why = (await browser.get(f"/d/{await place(database, letter)}/why")).text
        assert why.count(said) == 1, letter
        assert (await browser.get(f"/trace?q={letter}@x.ru")).text.count(said) == 1, letter
        assert ("<title>has the same Message-ID" in why) == (letter == "twin")
    russian = await browser.get(f"/d/{await place(database, 'twin')}/why", Accept_Language="ru")
    assert "у другого письма этого диалога тот же Message-ID" in russian.text
    assert "ссылается письмо" not in russian.text


def test_evidence_tells_here_elsewhere_and_never_seen() -> None:
    letters = [
        written("1"),
        sent("2", "ivan", "1"),
        written("3", names="2 1 17 9"),
    ]
    messages = [each.message | {"matched_by": "x", "matched_id": None} for each in letters]
    messages[2] |= {"matched_by": "references", "matched_id": "2@example.ru"}
    clock = Clock(words_of("en"), START)
    elsewhere = [(written("17", "boris"), "d17")]
    found = evidence_of("support@yandex.ru", messages, elsewhere, "participants", clock)
    assert [(each.where, each.number, each.decided) for each in found[2].named] == [
        ("here", 2, True),
        ("here", 1, False),
        ("elsewhere", 0, False),
        ("unknown", 0, False),
    ]
    assert found[2].answers == 2
    picture = picture_of(found, ["a", "b", "c"])
    assert len(picture.dots) == 3
    assert len(picture.arcs) == 1
    long = replace(found[2], person="averyverylongname" * 9)
    [dot] = picture_of([long], ["a"]).dots
    assert dot.label.endswith("…")
    assert len(dot.label) == len("3. ") + MAX_LABEL


def test_a_page_of_a_dialog_has_the_evidence_of_its_letters_alone() -> None:
    letters = [written("1"), *(written(f"{each}", names="1") for each in range(2, 9))]
    messages = [
        each.message | {"matched_by": "x", "matched_id": "1@example.ru"} for each in letters
    ]
    clock = Clock(words_of("en"), START)
    whole = evidence_of("support@yandex.ru", messages, [], "participants", clock)
    part = evidence_of("support@yandex.ru", messages, [], "participants", clock, slice(3, 5))
    assert part == whole[3:5]
    assert [(each.number, each.answers) for each in part] == [(4, 1), (5, 1)]


def test_a_correction_is_told_of_until_it_is_undone() -> None:
    def made(number: int, what: str, **more: Any) -> dict[str, Any]:
        when = START + timedelta(minutes=number)
        return {
            "id": f"{number}",
            "what": what,
            "who": "x",
            "when": when,
            "messages": ["a"],
            **more,
        }

    clock = Clock(words_of("en"), START)
    head = {"corrections": [made(1, "split")]}
    assert done_of("split", "1", head, clock) == ("split", "1")
    assert done_of("split", "2", head, clock) == ("", "")
    assert done_of("undo", "", head, clock) == ("undo", "")
    assert "corrected" in [each.text for each in marks_of_head(head, clock)]
    head["corrections"].append(made(2, "undo", undoes="1"))
    assert done_of("split", "1", head, clock) == ("", "")
    assert marks_of_head(head, clock) == []
    head["corrections"].append(made(3, "undo", undoes="2"))
    assert "corrected" in [each.text for each in marks_of_head(head, clock)]


def test_corrections_are_shown_twenty_a_page_and_the_older_are_counted() -> None:
    each = {"what": "split", "who": "x", "messages": ["a"]}
    made = [each | {"id": f"{at}", "when": START + timedelta(minutes=at)} for at in range(100)]
    dialog = Dialog({"_id": 1, "corrections": made, "messages": []})
    clock = Clock(words_of("en"), START)
    pages = [correcting(dialog, [], clock, may=False, number=at) for at in range(1, 7)]
    ids = [[each.id for each in one.corrections] for one in pages]
    assert ids == [[f"{at - back}" for back in range(20)] for at in range(99, 0, -20)] + [[]]
    assert [each.older for each in pages] == [80, 60, 40, 20, 0, 0]


def test_the_other_policy_is_told_where_it_would_differ() -> None:
    clock = Clock(words_of("en"), START)
    stranger = written("5", "boris", names="1").message
    known = [(written("1"), "d1")]
    [one] = evidence_of("support@yandex.ru", [stranger], known, "participants", clock)
    assert one.otherwise == "With JOIN_POLICY=anyone it would have joined dialog d1."
    both = [written("1").message, stranger]
    _, one = evidence_of("support@yandex.ru", both, [], "anyone", clock)
    assert "would have opened a dialog of its own" in one.otherwise


def test_of_too_many_letters_the_other_policy_is_not_worked_out_and_that_is_said() -> None:
    assert is_compared([0] * MAX_COMPARED, [])
    assert not is_compared([0] * MAX_COMPARED, [1])
