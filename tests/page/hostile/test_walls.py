"""Who has signed in for one mailbox sees nothing of another on any page."""

from urllib.parse import quote, unquote

from contract.keyring import Keyring
from receiver.access.grant import RIGHTS
from receiver.app import build
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database
from receiver.wiring import ReceiverParts
from tests import servers
from tests.page.conftest import Seen, browsing
from tests.receiver.api_client import make_token

NO_PAGES = ("/v1", "/webhook", "/dialogs", "/metrics")  # they take no sign-in


def page_paths(database: Database, method: str) -> list[str]:
    """Return the paths of the page that the application serves, whatever they are."""
    settings = ReceiverSettings(webhook_secrets=servers.SECRET, mongo_database="never_used")
    app = build(ReceiverParts.of(settings, Keyring(settings), database))
    found = {
        each.resource.canonical
        for each in app.router.routes()
        if each.resource and each.method == method
    }
    return sorted(each for each in found if not each.startswith(NO_PAGES) and each != "/sign-out")


async def test_on_no_page_is_anything_of_other_mailboxes(
    service: servers.Service, database: Database
) -> None:
    """Every path of the application, with ids, keys, words and forms that name what is there."""
    letter = await database.letters.find_one({"message.attachments.0": {"$exists": True}})
    assert letter is not None
    message, before = letter["message"], await database.dialogs.find().to_list(None)
    named = {"id": letter["dialog"], "key": letter["key"], "mailbox": letter["mailbox"]}
    named |= {"number": 0, "name": "page.css"}
    secrets = [str(letter["dialog"]), letter["key"], letter["mailbox"], message["subject"]]
    secrets += [message["from"]["name"], message["attachments"][0]["filename"]]
    words = [letter["key"], message["message_id"], message["from"]["address"]]
    form = {
        "mailbox": letter["mailbox"],
        "address": message["from"]["address"],
        "with": named["id"],
    }
    form |= {"to": named["id"], "message": letter["key"], "messages": letter["key"], "reason": "x"}
    mailbox = f"?mailbox={letter['mailbox']}&since=0"
    queries = ["", mailbox, *(f"?q={quote(each)}" for each in words)]
    token = await make_token(database, " ".join(RIGHTS), "other@yandex.ru")
    async with browsing(service) as other:
        assert (await other.post("/sign-in", {"token": token})).status == 303

        def tells(path: str, seen: Seen, sent: object = "") -> list[str]:
            asked = f"{unquote(path)} {sent}"
            said = seen.text + str(seen.headers)
            return [each for each in secrets if each and each in said and each not in asked]

        for path in page_paths(database, "GET"):
            filled = path.format(**named)
            for query in queries if "{" not in path else [""]:
                seen = await other.get(filled + query)
                assert tells(filled + query, seen) == [], (filled + query, seen.status)
                assert seen.status == 404 or "{" not in path or path.startswith("/static"), filled
        for path in page_paths(database, "POST"):
            if path != "/sign-in":
                seen = await other.post(path.format(**named), form)
                assert tells(path.format(**named), seen, form) == [], path
    assert await database.dialogs.find().to_list(None) == before
