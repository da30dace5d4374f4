"""The searched contents of a letter, and whether a query matches it: pure.

``matches`` is the rule; the index only avoids looking at letters that cannot match.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from contract.reading.addresses import canonical
from receiver.letters.people import author_of
from receiver.search.conditions import Condition, Conditions, Field, Phrase
from receiver.search.terms import is_within, term_set, terms_of

Message = dict[str, Any]
MAX_TEXT = 100_000


@dataclass(frozen=True)
class Searched:
    """One letter as searched."""

    mailbox: str
    message: Message

    @classmethod
    def of(cls, document: Message) -> "Searched":
        """Return a letter by its document."""
        return cls(document["mailbox"], document["message"])

    @property
    def created(self) -> datetime:
        """Its date."""
        when: datetime = self.message["created"]
        return when

    @cached_property
    def fields(self) -> dict[Field, list[list[str]]]:
        """The terms of each field: of each person, of each file."""
        message = self.message
        author, own = author_of(self.mailbox, message), canonical(self.mailbox)
        people = [message["from"], *([] if author == message["from"] else [author])]
        answered = (each for each in message.get("reply_to", []) if each not in people)
        people += [each for each in answered if canonical(each["address"]) != own]
        others = [*message["to"], *message["cc"], *message.get("bcc", [])]
        return {
            "from": [_terms_of(each["name"], each["address"]) for each in people],
            "to": [_terms_of(each["name"], each["address"]) for each in others],
            "subject": [terms_of(message["subject"][:MAX_TEXT])],
            "file": [terms_of(each["filename"]) for each in message["attachments"]],
        }

    @cached_property
    def body(self) -> list[str]:
        """The terms of its text, with quoted history; of a very long one only the beginning."""
        return terms_of(self.message["body"][:MAX_TEXT])

    @cached_property
    def reply(self) -> list[str]:
        """The terms of its new words."""
        if self.message["reply"] == self.message["body"]:
            return self.body
        return terms_of(self.message["reply"][:MAX_TEXT])

    @cached_property
    def marks(self) -> frozenset[str]:
        """Its properties; a picture shown within the text is no attachment."""
        attached = any(not each["inline"] for each in self.message["attachments"])
        found = {f"kind:{self.message['kind']}", *(["has:attachment"] if attached else [])}
        return frozenset(found)

    def index_terms(self) -> set[str]:
        """Return the terms under which the index has it."""
        found = term_set(self.message["body"][:MAX_TEXT]) | self.marks
        for name, texts in self.fields.items():
            for terms in texts:
                found.update(terms)
                found.update(f"{name}:{each}" for each in terms)
        return found

    def has(self, condition: Condition) -> bool:
        """Tell whether a condition holds."""
        if not isinstance(condition, Phrase):
            return f"{condition.name}:{condition.value}" in self.marks
        if condition.field:
            return any(is_within(condition.terms, each) for each in self.fields[condition.field])
        if is_within(condition.terms, self.body):
            return True
        every = (each for texts in self.fields.values() for each in texts)
        return any(is_within(condition.terms, each) for each in every)


def matches(query: Conditions, said: Searched) -> bool:
    """Tell whether a query matches a letter, as far as the letter alone tells."""
    if query.after and said.created < query.after:
        return False
    if query.before and said.created >= query.before:
        return False
    return all(map(said.has, query.wanted)) and not any(map(said.has, query.unwanted))


@lru_cache(maxsize=2048)
def _terms_of(name: str, address: str) -> list[str]:
    """Return the terms of a person; cached, as the same people write again and again."""
    return terms_of(f"{name} {address}")
