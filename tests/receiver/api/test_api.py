"""``/dialogs/{id}``: reading, reasons and corrections on a real receiver."""

from typing import Any

import pytest

from tests.webhook_client import Client, event

NOBODY = "0" * 24
KEY = "0" * 64


async def opened(client: Client, number: str, **fields: Any) -> str:
    """Post a letter and return its dialog."""
    fields = {"date": f"2026-11-23T10:00:{int(number):02}Z", **fields}
    _, answer = await client.post(event(message_id=f"{number}@a.ru", text=number, **fields))
    return str(answer["dialog"])


async def messages(client: Client, dialog: str) -> list[dict[str, Any]]:
    status, found = await client.call("GET", f"/dialogs/{dialog}")
    assert status == 200
    return list(found["messages"])


async def bodies(client: Client, dialog: str) -> list[str]:
    return [each["body"] for each in await messages(client, dialog)]


async def test_a_dialog_can_be_read_without_what_is_internal(client: Client) -> None:
    dialog = await opened(client, "1")
    _, found = await client.call("GET", f"/dialogs/{dialog}")
    assert found["_id"] == dialog
    assert found["email_from"] == "ivan@example.ru"
    assert found["messages"][0]["created"] == "2026-11-23T10:00:01+00:00"
    assert not {"revision", "size", "transfer", "writers", "user"} & found.keys()


async def test_letters_are_split_off_and_answers_follow(client: Client) -> None:
    dialog = await opened(client, "1")
    await opened(client, "2", in_reply_to=["1@a.ru"])
    await opened(client, "3", in_reply_to=["2@a.ru"], subject="Счёт")
    key = (await messages(client, dialog))[2]["key"]
    asked = {"who": "olga", "messages": [key]}
    status, done = await client.call("POST", f"/dialogs/{dialog}/split", asked)
    assert (status, done["changed"]) == (200, True)
    _, again = await client.call("POST", f"/dialogs/{dialog}/split", asked)
    assert again == {"dialog": done["dialog"], "changed": False, "correction": None}
    both = ["3@a.ru", "2@a.ru", "1@a.ru"]
    assert await opened(client, "4", in_reply_to=["3@a.ru"], references=both) == done["dialog"]
    assert await opened(client, "5", in_reply_to=["2@a.ru"]) == dialog
    assert await bodies(client, dialog) == ["1", "2", "5"]
    assert await bodies(client, done["dialog"]) == ["3", "4"]
    for each in (dialog, done["dialog"]):
        _, why = await client.call("GET", f"/dialogs/{each}/why")
        [record] = why["corrections"]
        assert (record["what"], record["who"], record["messages"]) == ("split", "olga", [key])
        assert "by olga" in record["why"]
        assert record["when"]


async def test_merged_dialogs_answer_under_both_ids(client: Client) -> None:
    one, other = await opened(client, "1"), await opened(client, "2")
    asked = {"who": "olga", "with": other}
    status, done = await client.call("POST", f"/dialogs/{one}/merge", asked)
    assert (status, done["dialog"], done["changed"]) == (200, one, True)
    again = {"dialog": one, "changed": False, "correction": None}
    assert await client.call("POST", f"/dialogs/{one}/merge", asked) == (200, again)
    assert await bodies(client, one) == ["1", "2"]
    for suffix in ("", "/why"):
        status, answer = await client.call("GET", f"/dialogs/{other}{suffix}")
        assert (status, answer["location"]) == (308, f"/dialogs/{one}{suffix}")


async def test_a_letter_is_moved(client: Client) -> None:
    one, other = await opened(client, "1"), await opened(client, "2")
    await opened(client, "3", in_reply_to=["1@a.ru"])
    key = (await messages(client, one))[1]["key"]
    asked = {"who": "olga", "message": key, "to": other}
    for changed in (True, False):
        status, done = await client.call("POST", f"/dialogs/{one}/move", asked)
        assert (status, done["dialog"], done["changed"]) == (200, other, changed)
    assert await bodies(client, one) == ["1"]
    assert await bodies(client, other) == ["2", "3"]
    assert await opened(client, "4", in_reply_to=["3@a.ru"]) == other


async def test_a_signed_call_that_comes_twice_is_one(client: Client) -> None:
    one, other, third = [await opened(client, each) for each in "123"]
    for each in (other, third):
        await client.call("POST", f"/dialogs/{one}/merge", {"who": "olga", "with": each})
    undo = f"/dialogs/{one}/undo"
    _, done = await client.call("POST", undo, {"who": "olga"}, call_id="lost-1")
    assert await client.call("POST", undo, {"who": "olga"}, call_id="lost-1") == (200, done)
    assert await bodies(client, one) == ["1", "2"]
    _, again = await client.call("POST", undo, {"who": "olga"}, call_id="another")
    assert again["correction"] != done["correction"]
    assert await bodies(client, one) == ["1"]


async def test_why_says_it_in_words(client: Client) -> None:
    dialog = await opened(client, "1")
    await opened(client, "2", in_reply_to=["1@a.ru"])
    stranger = await opened(client, "3", in_reply_to=["1@a.ru"], sender="mallory@a.ru")
    _, why = await client.call("GET", f"/dialogs/{dialog}/why")
    assert [each["why"] for each in why["messages"]] == [
        "it opened the dialog: it names no letter that is here",
        "its In-Reply-To names <1@a.ru>, which belongs to this dialog",
    ]
    assert (why["related"], why["related_more"]) == ([stranger], False)
    _, why = await client.call("GET", f"/dialogs/{stranger}/why")
    [message] = why["messages"]
    assert dialog in message["why"]
    assert "neither From, To nor Cc" in message["why"]
    assert message["sender"] == "nobody confirmed the sender's address"


WRONG: dict[str, tuple[str, object, str]] = {
    "nobody says who": ("split", {"messages": [KEY]}, "who"),
    "who is empty": ("split", {"who": " ", "messages": [KEY]}, "who"),
    "no letters": ("split", {"who": "olga", "messages": []}, "messages"),
    "a key that is none": ("split", {"who": "olga", "messages": [KEY, "x"]}, "messages.1"),
    "an operator": ("move", {"who": {"$ne": 1}, "message": KEY, "to": NOBODY}, "who"),
    "a field too many": ("merge", {"who": "olga", "with": NOBODY, "x": 1}, "x"),
}


@pytest.mark.parametrize(("call", "said", "path"), WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_field_is_422_with_its_path(
    client: Client, call: str, said: object, path: str
) -> None:
    dialog = await opened(client, "1")
    status, problem = await client.call("POST", f"/dialogs/{dialog}/{call}", said)
    assert (status, [each["path"] for each in problem["errors"]]) == (422, [path])


async def test_what_is_not_there_is_404(client: Client) -> None:
    dialog = await opened(client, "1")
    for path in (f"/dialogs/{NOBODY}", f"/dialogs/{NOBODY}/why", "/dialogs/no-id"):
        assert (await client.call("GET", path))[0] == 404
    merge = {"who": "olga", "with": NOBODY}
    assert (await client.call("POST", f"/dialogs/{dialog}/merge", merge))[0] == 404
    split = {"who": "olga", "messages": [KEY]}
    assert (await client.call("POST", f"/dialogs/{dialog}/split", split))[0] == 404


async def test_what_does_not_fit_is_409(client: Client) -> None:
    one, other = await opened(client, "1"), await opened(client, "2")
    [only], [foreign] = await messages(client, one), await messages(client, other)
    for key in (only["key"], foreign["key"]):
        asked = {"who": "olga", "messages": [key]}
        assert (await client.call("POST", f"/dialogs/{one}/split", asked))[0] == 409
    assert await bodies(client, one) == ["1"]


async def test_a_letter_never_leaves_its_mailbox(client: Client) -> None:
    one, other = await opened(client, "1"), await opened(client, "2", mailbox="sales@yandex.ru")
    await opened(client, "3", in_reply_to=["1@a.ru"])
    key = (await messages(client, one))[1]["key"]
    merge: dict[str, Any] = {"who": "olga", "with": other}
    assert (await client.call("POST", f"/dialogs/{one}/merge", merge))[0] == 409
    move = {"who": "olga", "message": key, "to": other}
    assert (await client.call("POST", f"/dialogs/{one}/move", move))[0] == 409
    assert (await bodies(client, one), await bodies(client, other)) == (["1", "3"], ["2"])


async def test_every_call_must_be_signed_for_its_method_and_path(client: Client) -> None:
    one, other = await opened(client, "1"), await opened(client, "2")
    calls = [("GET", f"/dialogs/{one}"), ("GET", f"/dialogs/{one}/why")]
    calls += [("POST", f"/dialogs/{one}/{name}") for name in ("split", "merge", "move")]
    for method, path in calls:
        said = None if method == "GET" else {"who": "olga", "with": other}
        status, _ = await client.call(method, path, said, webhook_signature="v1,AAAA")
        assert status == 401
    async with client.session.get(f"{client.base}/dialogs/{one}") as got:
        assert got.status == 401


async def test_a_body_that_is_too_large_or_no_json_is_refused(client: Client) -> None:
    dialog = await opened(client, "1")
    path = f"/dialogs/{dialog}/split"
    said = {"who": "olga", "messages": [KEY] * 20_000}
    assert (await client.call("POST", path, said))[0] == 413
    said = {"who": "olga", "messages": [KEY]}
    assert (await client.call("POST", path, said, content_type="text/plain"))[0] == 415
    for body in (
        b"",
        b"NaN",
        b'{"who": NaN}',
        b"who=olga",
        b'{"who": "olga"',
        b'{"who": "\xff"}',
        b"[" * 100_000,
    ):
        status, problem = await client.call("POST", path, body)
        assert (status, problem["detail"]) == (400, "the correction is not JSON")
