"""What a person's own letters say about him, compared with the letters near them: pure.

Quotations in his letters are not his. Unmarked text belongs to whoever said it first: so letters,
also those of others, come in the order in which they were said. A name that somebody with another
address bears is not his alone, and an id of a letter of others is theirs: writing it himself takes
nothing away from them.
"""

import re
from collections.abc import Iterable, Iterator, Set
from datetime import datetime
from typing import Any

from contract.reading.addresses import canonical, is_his, with_untagged, without_tag
from contract.subject import visible
from receiver.erasing.traces.phrases import RUN, line_of, runs_in, unquoted
from receiver.erasing.traces.traces import Traces
from receiver.letters.letter import Letter
from receiver.letters.people import is_machine
from receiver.store.mongo import Document


def wrote(person: str, letter: Letter) -> bool:
    """Tell whether he wrote a letter."""
    return person in with_untagged([canonical(letter.message["from"]["address"]), *letter.speakers])


def traces_of(person: str, near: Iterable[Letter], opening: Set[str]) -> Traces:
    """Return his traces: letters with their texts, in the order said.

    ``opening`` are the keys of letters that gave their dialogs a subject: it is his unless somebody
    else wrote of it before; an answer with an earlier date may be one to him.
    """
    found: dict[str, set[str]] = {each: set() for each in KINDS}
    others: dict[str, set[str]] = {"lines": set(), "runs": set(), "names": set()}
    spoken: list[tuple[str, str]] = []
    written_of: set[str] = set()
    answered: set[str] = set()
    first = None
    for letter in near:
        found["names"] |= _names(person, letter)
        message, about = letter.message, letter.base_subject
        new, all_of_it = (unquoted(message[one] or message["body"]) for one in ("reply", "body"))
        if not wrote(person, letter):
            others["lines"] |= {line_of(each) for each in new.splitlines()}
            others["runs"].update(runs_in(new))
            spoken.append((canonical(message["from"]["address"]), new))
            others["names"] |= set(_names_of_others(person, letter))
            is_answer = visible(message["subject"]).casefold() != about
            (answered if is_answer else written_of).add(about)
            continue
        first = min(first or letter.created, letter.created)
        found["ids"].add(letter.message_id)
        if about not in written_of and (letter.key in opening or about not in answered):
            found["subjects"].add(about)
        found["lines"] |= {line_of(each) for each in all_of_it.splitlines()} - others["lines"]
        found["said"] |= {*runs_in(new)} - others["runs"]
        found["signed"] |= {*runs_in(all_of_it)} - others["runs"]
        found["tiles"] |= {*runs_in(all_of_it, RUN)} - others["runs"]
    names = {each for each in found["names"] if _alike(each) not in others["names"]}
    found["names"] = {each for each in names if not _is_speech(each, spoken)}
    kinds: dict[str, Any] = {kind: frozenset(each - {""}) for kind, each in found.items()}
    return Traces(person, **kinds, first=first)


KINDS = ("names", "lines", "subjects", "ids", "said", "signed", "tiles")


def united(person: str, found: Iterable[Traces], others: frozenset[str]) -> Traces:
    """Return one person's traces from several mailboxes; ``others`` are addresses like his."""
    every = list(found)
    both: dict[str, Any] = {
        kind: frozenset().union(*(getattr(each, kind) for each in every)) for kind in KINDS
    }
    first = min((each.first for each in every if each.first), default=None)
    return Traces(person, **both, others=others, first=first)


def like_him(person: str, people: Iterable[str]) -> frozenset[str]:
    """Return addresses of other people that end like his: ``d'ivan@`` beside ``ivan@``."""
    return frozenset(each for each in people if each != person and each.endswith(person))


def but_for_a_plus(person: str, people: Iterable[str]) -> frozenset[str]:
    """Return addresses that differ from his only after a plus."""
    own = without_tag(person)
    return frozenset(each for each in people if each != person and without_tag(each) == own)


def said_at(created: datetime, received: datetime | None) -> datetime:
    """Return when a letter counts as said: its date can be forged, its arrival cannot."""
    return max(created, received or created)


def _names(person: str, letter: Letter) -> set[str]:
    names = (
        _spaced(each) for each in _people(letter) if is_his(canonical(each["address"]), person)
    )
    return {each for each in names if _is_full_name(each)}


def _is_full_name(name: str) -> bool:
    """Tell whether it has two words: characters and numbers stand in anybody's letters."""
    return "@" not in name and sum(any(map(str.isalpha, each)) for each in name.split()) > 1


def _is_speech(name: str, spoken: Iterable[tuple[str, str]]) -> bool:
    """Tell whether two others write it in a case no name has: ``Kind regards``, ``Добрый день``."""
    as_written = re.compile(r"\s+".join(map(re.escape, name.split())), re.IGNORECASE)
    writers = {who for who, text in spoken if any(map(_is_phrase, as_written.findall(text)))}
    return len(writers) > 1


def _is_phrase(text: str) -> bool:
    first, *more = text.split()
    return first[0].isupper() and all(map(str.islower, more))


def _names_of_others(person: str, letter: Letter) -> Iterator[str]:
    """Yield the names of other people; a machine may speak in his name."""
    for each in _people(letter):
        address = canonical(each["address"])
        if not is_his(address, person) and not is_machine(address):
            yield _alike(_spaced(each))


def _alike(name: str) -> str:
    """Return a key that names of the same words share, in any order."""
    return " ".join(sorted(name.casefold().replace(",", " ").split()))


def _people(letter: Letter) -> list[Document]:
    message = letter.message
    return [message["from"], *message["reply_to"], *message["to"], *message["cc"]]


def _spaced(person: Document) -> str:
    return " ".join(person["name"].split())
