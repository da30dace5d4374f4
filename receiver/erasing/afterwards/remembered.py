"""Digests of an erased person's data, to recognise it in later letters. Pure.

Somebody else's letter may quote him: one that waited in a spool, or that a rescan or import brings.
His words are not stored; but the holder of the key can check whether a line, a name or a subject is
one of his. As in ``traces``, lines and names count only in letters that name a letter of his, or
one beside it: elsewhere they could be anybody's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import islice
from typing import Any

from contract.reading.addresses import forms, with_untagged
from contract.reading.written import addresses_in
from receiver.erasing.searched_bytes import addresses_in_bytes
from receiver.erasing.traces.letters import texts_of
from receiver.erasing.traces.own import like_him
from receiver.erasing.traces.phrases import LEAST, LONG_LINE, RUN, line_of, runs_in
from receiver.erasing.traces.traces import Traces, orders_of
from receiver.letters.belonging import EVERYWHERE, digest_of_person, digest_of_trace, named_in
from receiver.letters.letter import Letter
from receiver.store.mongo import Document
from receiver.store.packed import unpacked

MOST = 20_000  # of each kind: a letter of 1 MiB has no more, unless it is an attack
NAME_WORDS = range(2, 6)
HIS, BESIDE, LINE, NAME, SUBJECT, WORDS = "id", "beside", "line", "name", "subject", "words"
_WORD = re.compile(r"\w+")


def digests_of_traces(
    key: bytes, mailbox: str, traces: Traces, beside: Iterable[str]
) -> Iterator[str]:
    """Yield the digests to remember; ``beside`` are the ids of letters that stood beside his."""
    called = (order for each in traces.names for order in orders_of(each))
    names = {" ".join(_WORD.findall(each.casefold())) for each in called}
    kinds = {HIS: traces.ids, LINE: traces.lines, NAME: names, SUBJECT: traces.subjects}
    kinds[WORDS] = traces.tiles
    for kind, found in {**kinds, BESIDE: beside}.items():
        for each in found:
            yield digest_of_trace(key, mailbox, kind, each)


@dataclass(frozen=True)
class MayTell:
    """The digests under which a letter's contents would be remembered."""

    people: Mapping[str, str]
    named: frozenset[str]
    ids: Mapping[str, str]
    beside: frozenset[str]

    @property
    def digests(self) -> set[str]:
        """All of the digests."""
        return {*self.people, *self.ids, *self.beside}


def people_and_ids(key: bytes, document: Document, in_files: Set[str]) -> MayTell:
    """Return the people that a letter names or mentions, and the letters that it names."""
    mailbox, message = document["mailbox"], document["message"]
    named = named_in(mailbox, message)
    people = with_untagged(named) | in_files
    for text in texts_of(document):
        people |= addresses_in(text)
    if original := document["content"].get("original"):
        people |= addresses_in_bytes(unpacked(original))
    cited = [one for _, one in Letter(mailbox, message).cited]
    return MayTell(
        {
            digest_of_person(key, place, form): each
            for each in sorted(people)[:MOST]
            for form in forms(each)
            for place in (mailbox, EVERYWHERE)
        },
        named,
        {digest_of_trace(key, mailbox, HIS, each): each for each in cited},
        frozenset(digest_of_trace(key, mailbox, BESIDE, each) for each in cited),
    )


def words_of(key: bytes, document: Document) -> dict[str, tuple[str, str]]:
    """Return the lines, names and subject of a letter by their digests, as written."""
    mailbox, message = document["mailbox"], document["message"]
    text = f"{message['subject']}\n{message['body']}"
    subject = Letter(mailbox, message).base_subject
    found = {digest_of_trace(key, mailbox, SUBJECT, subject): (SUBJECT, subject)}
    for line in list(dict.fromkeys(map(line_of, text.splitlines())))[:MOST]:
        found[digest_of_trace(key, mailbox, LINE, line)] = (LINE, line)
    for run in islice(runs_in(text), MOST):
        found[digest_of_trace(key, mailbox, WORDS, run)] = (WORDS, run)
    for name in islice(_names_perhaps(text), MOST):
        told = " ".join(_WORD.findall(name.casefold()))
        found[digest_of_trace(key, mailbox, NAME, told)] = (NAME, name)
    return found


def told_by(asked: MayTell, standing: Set[str], words: Iterable[tuple[str, str]]) -> list[Traces]:
    """Return what must be removed from a letter; nothing if it mentions nobody erased."""
    of: dict[str, Any] = {kind: set() for kind in (LINE, NAME, SUBJECT, WORDS)}
    for kind, each in words:
        of[kind].add(each)
    people = {person for digest, person in asked.people.items() if digest in standing}
    several = len(of[WORDS]) > 1  # each fourth run is remembered: two are eight words
    quotes = several or of[SUBJECT] or of[NAME] or any(len(each) >= LONG_LINE for each in of[LINE])
    if not people and not quotes:
        return []
    ids = frozenset(one for digest, one in asked.ids.items() if digest in standing)
    names, lines, subjects, said = (frozenset(of[each]) for each in (NAME, LINE, SUBJECT, WORDS))
    return [
        Traces(
            *(one, names, lines - {""}, subjects - {""}, ids, said),
            others=like_him(one, asked.named),
            least=RUN if several else LEAST,
        )
        for one in people or {""}
    ]


def _names_perhaps(text: str) -> Iterator[str]:
    """Yield possible full names: runs of successive words, each once."""
    seen = set()
    for line in text.splitlines():
        places = [each.span() for each in _WORD.finditer(line)]
        for many in NAME_WORDS:
            for first, last in zip(places, places[many - 1 :], strict=False):
                run = line[first[0] : last[1]]
                if run not in seen:
                    seen.add(run)
                    yield run
