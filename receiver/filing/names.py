"""Under which names a letter is found, so that a look at an id costs the same if thousands know it.

See ``receiver.store.letters``: an id alone is the name of the first that knows it.
"""

from collections.abc import Collection

from receiver.letters.letter import Letter
from receiver.store.letters import Kept, named
from receiver.threads.reply import MANY_CARRIERS

MAX_PEOPLE = 50


def names_of(
    letter: Letter,
    others: Collection[Kept],
    together: frozenset[str],
    known_there: Collection[str] = (),
) -> set[str]:
    """Return the names under which a letter must be found, beside the others.

    Whoever is the first to know an id, and whoever of the first ten carries it, is found under the
    id alone. Later ones need no name in the same dialog; in another they are named by id and
    person. ``known_there`` are ids that need no name where the others stand.
    """
    at_home = any(each.letter.key in together - {letter.key} for each in others)
    names: set[str] = set()
    for one in letter.ids:
        first = [each for each in others if one in each.known and each.letter.key != letter.key]
        own = one == letter.message_id
        carriers = [each for each in first if each.letter.message_id == one]
        if (not first and one not in known_there) or (own and len(carriers) < MANY_CARRIERS):
            names.add(one)
        known = carriers if own else first
        elsewhere = known and not any(each.letter.key in together for each in known)
        if elsewhere or (one in known_there and not at_home):
            people = [*sorted(letter.speakers), *sorted(letter.people - letter.speakers)]
            names |= {named(one, person) for person in people[:MAX_PEOPLE]}
    return names
