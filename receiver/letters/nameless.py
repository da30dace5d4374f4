"""Letters without a usable Message-ID: what makes two of them different letters. Pure.

A Message-ID says which letter this is (RFC 5322 3.6.4). Scripts, devices and some forms give none,
or one without ``@`` that names nothing. Then only the content can tell. Of the two possible
mistakes one is worse: a letter shown twice is noticed, a letter taken for another one is lost. So
letters are two whenever a person would call them two, or would look for them in two dialogs:

- what is read: the subject, and each decoded part in its order (text, page, files);
- who speaks to whom, and about what: From with its name, Date, To and Cc, Reply-To (the person
  behind a form), and the letters that it answers.

The path of a copy does not count: Received, Return-Path, signatures, ``X-`` fields, the envelope,
Bcc (only the copy in Sent has it), the order and the names of recipients, the folding of fields,
transfer encoding, boundaries and line ends. Additions by a list or a gateway (a footer, a tag in
the subject) do count: without an id nothing says that it is not another letter.

If there is no Date either, equal letters need not be one (a meter reports the same each day). Then
their bytes, or for want of those the event, distinguish them.

All of this is compared as it was read, because an event may have no bytes. A better parser reads
differently, so each such letter can also be found under a name made of sender, Date and parts only
(``name_before``, the id of version 2). It is the same letter if everything listed here is the same,
either as it is read or as it is written: ``receiver.filing.recognise``.
"""

import re
from typing import Any

from contract.event import Email
from contract.reading.addresses import canonical
from receiver.letters.identity import digest_of, letter_key, made_of, moment

VERSION = 3
_TAG = re.compile(r"<[^>]*>")

Message = dict[str, Any]


def is_nameless(email: Email) -> bool:
    """Tell whether a letter has no Message-ID; one without @ names nothing."""
    return "@" not in (email.message_id or "")


def made_id(event_id: str, email: Email, message: Message) -> str:
    """Return the Message-ID for a letter that has none, the same on every way of arrival.

    ``message`` is what is stored of it, except for its key.
    """
    sender = canonical(email.from_.address)
    said = [VERSION, email.message_id or "", sender, moment(email), _parts(email), told(message)]
    return made_of(event_id, email, digest_of(said))


def key_of(made: str) -> str:
    """Return the key of a letter by the Message-ID that was made for it."""
    return digest_of([VERSION, made])


def name_before(event_id: str, email: Email) -> str:
    """Return the Message-ID that version 2 made, from sender, Date and parts alone."""
    return made_of(event_id, email, letter_key("", email))


def key_before(event_id: str, email: Email) -> str:
    """Return the key of version 2, in which letters that differed only in the header were one."""
    return letter_key(email.message_id or name_before(event_id, email), email)


def told(message: Message) -> list[Any]:
    """Return what a letter's header says of it, beside sender and Date, as read."""
    named = [each for field in ("to", "cc") for each in message.get(field, ())]
    answered = {*message["in_reply_to"], *message["references"]}
    return [
        _words(message["subject"]),
        _words(message["from"]["name"]),
        _addresses(named),
        _addresses(message.get("reply_to", ())),
        sorted(answered),
    ]


def words_of_page(html: str) -> str:
    """Return a page's words; what sanitising removes from its code changes with versions."""
    return _words(_TAG.sub(" ", html))


def _parts(email: Email) -> Any:
    if email.parts_sha256:
        return email.parts_sha256
    words = [_words(email.text), words_of_page(email.html)]
    return [*words, *sorted(each.sha256 for each in email.attachments)]


def _addresses(people: Any) -> list[str]:
    found = {canonical(each["address"]) for each in people}
    return sorted(one for one in found if "@" in one)


def _words(text: str) -> str:
    return " ".join(text.split())
