"""Which person a letter in the spool belongs to, and whom it mentions. Pure."""

from collections.abc import Set

from bridge.parse.letter import ParsedLetter
from bridge.spool.envelope import Delivery
from contract.reading.addresses import canonical, with_untagged
from contract.reading.written import addresses_in


def belongs_to(letter: ParsedLetter, delivery: Delivery, addresses: Set[str]) -> bool:
    """Tell whether one of these canonical addresses wrote the letter or is its only recipient.

    Recipients do not include the mailbox and the addresses that forward to it.
    """
    wrote, people = _wrote(letter, delivery), _got(letter)
    ours = {canonical(delivery.mailbox), *map(canonical, delivery.rcpt_to), ""}
    others = [with_untagged([each]) for each in people if each not in ours]
    return not wrote.isdisjoint(addresses) or (
        bool(others) and not any(each.isdisjoint(addresses) for each in others)
    )


def named_in(letter: ParsedLetter, delivery: Delivery) -> set[str]:
    """Return the canonical addresses of everybody to whom the letter may belong."""
    return _wrote(letter, delivery) | with_untagged(_got(letter))


def _wrote(letter: ParsedLetter, delivery: Delivery) -> set[str]:
    writers = [letter.from_, *letter.reply_to]
    if letter.original_from:
        writers.append(letter.original_from)
    found = {canonical(each.address) for each in writers} | {canonical(delivery.mail_from)}
    return with_untagged(found)


def _got(letter: ParsedLetter) -> set[str]:
    failed = letter.bounce.failures if letter.bounce else []
    people = {canonical(each.address) for each in (*letter.to, *letter.cc, *letter.bcc)}
    return people | {canonical(each.recipient) for each in failed}


def tells_of(letter: ParsedLetter, delivery: Delivery, addresses: Set[str]) -> bool:
    """Tell whether the letter mentions one of these canonical addresses anywhere."""
    texts = [*delivery.rcpt_to, letter.subject, letter.text, letter.html]
    texts += [value for _, value in letter.headers]
    texts += [part.content.decode("utf-8", "replace") for part in letter.parts]
    return any(not addresses_in(each).isdisjoint(addresses) for each in texts)
