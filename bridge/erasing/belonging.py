"""Whose a letter in the spool is: by its header and its envelope. Pure."""

from collections.abc import Set

from bridge.parse.letter import ParsedLetter
from bridge.spool.envelope import Delivery


def belongs_to(letter: ParsedLetter, delivery: Delivery, addresses: Set[str]) -> bool:
    """Tell whether one of these addresses, in lower case, wrote a letter, or it is to him alone.

    The mailbox and the addresses that forward to it are nobody in this.
    """
    writers = [letter.from_, *letter.reply_to]
    if letter.original_from:
        writers.append(letter.original_from)
    wrote = {each.address.casefold() for each in writers} | {delivery.mail_from.casefold()}
    people = {each.address.casefold() for each in (*letter.to, *letter.cc, *letter.bcc)}
    failed = letter.bounce.failures if letter.bounce else []
    people |= {each.recipient.casefold() for each in failed}
    ours = {delivery.mailbox.casefold(), *map(str.casefold, delivery.rcpt_to), ""}
    others = people - ours
    return not wrote.isdisjoint(addresses) or bool(others and others <= addresses)
