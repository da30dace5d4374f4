"""``make demo``: a conversation in Russian, sent out of order, and more to see on the page.

``make letter`` sends one letter. Both speak SMTP to the running service, and then show the dialog.
"""

from contract import interrupts

if __name__ == "__main__":
    interrupts.end_silently()  # the following imports take time

import smtplib
import ssl
import sys
import textwrap
import time
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import OperationFailure

from bridge.settings import BridgeSettings
from bridge.spool import commands as spool_commands
from contract.door.listening import in_brackets
from contract.health_check.plain_environment import RUNNING, called
from contract.language.speaking import speaking
from contract.process import orderly_end
from local.demo_mailbox import letter, others
from local.ports import is_listening
from local.words import texts
from receiver.commands.dialogs.show import SHOW
from receiver.settings import ReceiverSettings

USER = "Иван Петров <ivan@example.ru>"
WAIT_SECONDS = 60.0
IN_CONTAINERS = "support@yandex.ru"  # MAILBOXES of docker-compose.yml, if none are given
IN_A_MOMENT = (
    "It is on the page in a moment, and here: docker-compose exec receiver python -m receiver list"
)
Dialog = dict[str, Any]


def mailbox(settings: BridgeSettings) -> tuple[str, str]:
    """Return the first mailbox that SMTP serves, and an address that reaches it.

    If no setting names one and SMTP answers, it is that of docker-compose.yml.
    """
    for name, recipients in settings.mailboxes.items():
        for recipient in recipients:
            domain = recipient.strip("@")
            return name, recipient if "@" in domain else f"demo@{domain}"
    if in_containers(settings):
        return IN_CONTAINERS, IN_CONTAINERS
    raise SystemExit(
        texts(
            "SMTP takes no letters here: MAILBOXES names nobody. Is `make run` running, and is"
            " DATA_DIR the one that it has? With IMAP alone, write to the mailbox itself."
        )
    )


def in_containers(settings: BridgeSettings) -> bool:
    """Tell whether containers listen, not ``make run``, and no setting names a mailbox."""
    running = settings.data_dir / RUNNING
    ours = running.exists() and running.stat().st_size > 0
    return not (ours or any(settings.mailboxes.values())) and is_listening(*address(settings))


def conversation(support: str) -> list[EmailMessage]:
    """Return question, answer and thanks, in the order in which they were written."""
    ids = [f"<{uuid4()}@demo.example>" for _ in range(3)]
    now = datetime.now(UTC)
    dates = [format_datetime(now - timedelta(minutes=minutes)) for minutes in (45, 20, 5)]
    subject = "Где мой заказ № 1742?"
    question = "Здравствуйте!\n\nЗаказ № 1742 обещали вчера, а его всё нет. Когда привезут?\n\nИван"
    answer = "Иван, здравствуйте!\n\nКурьер будет у вас сегодня с 16 до 18.\n\nОльга, поддержка"
    thanks = "Спасибо, жду!"
    quoted = textwrap.indent(answer, "> ", lambda _: True)
    return [
        letter(USER, support, subject, question, Message_ID=ids[0], Date=dates[0]),
        letter(
            f"Поддержка <{support}>", USER, f"Re: {subject}", answer,
            Message_ID=ids[1], Date=dates[1], In_Reply_To=ids[0], References=ids[0],
        ),
        letter(
            USER, support, f"Re: {subject}",
            f"{thanks}\n\n23.11.2026, 16:00, \"Поддержка\" <{support}>:\n{quoted}\n",
            Message_ID=ids[2], Date=dates[2], In_Reply_To=ids[1], References=f"{ids[0]} {ids[1]}",
        ),
    ]  # fmt: skip


def send(settings: BridgeSettings, letters: list[EmailMessage]) -> list[str]:
    """Send the letters over SMTP, and return their ids in the spool; exit if nobody listens."""
    name, recipient = mailbox(settings)
    host, port = address(settings)
    ids = []
    try:
        for message in letters:
            with smtplib.SMTP(host, port, timeout=30) as client:
                if recipient in str(message["From"]) or name in str(message["From"]):
                    login(client, settings)
                ids.append(sent(client, message, recipient))
                print(f"250 {ids[-1]}: {message['From']}: {message['Subject']}")
    except ConnectionRefusedError:
        nobody = "Nobody listens on {address}: is `make run` running? (DATA_DIR, SMTP_PORT)"
        sys.exit(texts(nobody, address=in_brackets(host, port)))
    return ids


def address(settings: BridgeSettings) -> tuple[str, int]:
    """Return the address of the SMTP door."""
    return called(settings.smtp_host), settings.smtp_port


def sent(client: smtplib.SMTP, message: EmailMessage, recipient: str) -> str:
    """Send one letter, and return the id in the 250; exit if the bridge refuses it.

    ``send_message`` would hide the answer.
    """
    client.ehlo_or_helo_if_needed()
    content = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
    code, answer = client.mail("ivan@example.ru")
    if code == 250:
        code, answer = client.rcpt(recipient)
    if code == 250:
        code, answer = client.data(content)
    if code != 250:
        refuses = "The bridge refuses the letter: {code} {answer}"
        sys.exit(texts(refuses, code=code, answer=answer.decode(errors="replace")))
    return answer.decode().split()[-1]


def login(client: smtplib.SMTP, settings: BridgeSettings) -> None:
    """Log in as one of SMTP_USERS: with From alone the answer would be a stranger's."""
    client.ehlo()
    if client.has_extn("starttls"):
        client.starttls(context=ssl._create_unverified_context())  # noqa: S323 - our own, and here
        client.ehlo()
    if settings.smtp_users and client.has_extn("auth"):
        name, password = next(iter(settings.smtp_users.items()))
        client.login(name, password.get_secret_value())


def wait_for(
    settings: ReceiverSettings, mailbox_name: str, message_id: str, count: int
) -> Dialog | None:
    """Return the dialog of the letter with this id once it has so many messages; else None."""
    uri = settings.mongo_uri.get_secret_value()
    with MongoClient[Dialog](uri, tz_aware=True) as client:
        database = client[settings.mongo_database]
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            dialog = dialog_of(database, mailbox_name, message_id.strip("<>"))
            if dialog and dialog["count"] == count:
                return dialog
            time.sleep(0.1)
    return None


def dialog_of(database: Database[Dialog], mailbox_name: str, message_id: str) -> Dialog | None:
    """Return the dialog of the letter with this id, if it is there already."""
    query = {"mailbox": mailbox_name.casefold(), "known": message_id}
    kept = database.letters.find_one(query, {"dialog": 1})
    place = kept and kept["dialog"]
    while place:
        if dialog := database.dialogs.find_one({"_id": place}):
            return dialog
        leads = database.redirects.find_one({"_id": place})  # to the dialog that it was merged into
        place = leads and leads["into"]
    return None


def where_they_wait(settings: BridgeSettings, ids: list[str]) -> None:
    """Print where the missing letters are, and why, like ``bridge spool show``."""
    not_there = texts("Not in its dialog after {seconds} s:", seconds=f"{WAIT_SECONDS:.0f}")
    print(not_there, file=sys.stderr)
    for letter_id in ids:
        spool_commands.run(settings, Namespace(action="show", id=letter_id, json=False))
    delivered = "What is no longer in the spool was delivered; look: python -m receiver list"
    print(texts(delivered), file=sys.stderr)


def main() -> int:
    """Send what was asked for, and show the result; return 1 if nothing arrived in time."""
    settings = BridgeSettings.load()
    support, recipient = mailbox(settings)
    if sys.argv[1:2] == ["letter"]:
        text = " ".join(sys.argv[2:]) or "Здравствуйте! Это первое письмо."
        message_id = f"<{uuid4()}@demo.example>"
        first = letter(USER, recipient, "Первое письмо", text, Message_ID=message_id)
        letters, count = [first], 1
    else:
        first, second, third = conversation(support)
        letters, count = [third, first, second, *others(support, first["Message-ID"])], 3
    ids = send(settings, letters)
    receiver, hidden = ReceiverSettings.load(), in_containers(settings)
    try:
        wanted = (receiver, support, first["Message-ID"], count)
        dialog = None if hidden else wait_for(*wanted)
    except OperationFailure:  # the containers' database has a password that only they know
        hidden = True
    if hidden:
        print(texts(IN_A_MOMENT))
        return 0
    if dialog is None:
        where_they_wait(settings, ids)
        return 1
    print()
    return SHOW.run(receiver, Namespace(id=str(dialog["_id"])))


if __name__ == "__main__":
    with orderly_end(), speaking():
        sys.exit(main())
