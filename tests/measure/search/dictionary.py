"""Print what it adds to a question that its words are looked up in the dictionary.

``python -m tests.measure.search.dictionary --letters 10000 --questions 1000``: letters of words
that OpenCorpora knows, irregular ones the commonest. Each question of a word is asked with all
forms and with its stem alone, in turn: terms, and milliseconds of processor time, of the database
and of this process, which stands for the receiver. The dictionary itself is read before.
"""

import argparse
import asyncio
import random
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from statistics import mean, median, quantiles
from tempfile import TemporaryDirectory

from pymorphy3 import MorphAnalyzer

from receiver.search import terms
from receiver.search.forms.dictionary import all_forms
from receiver.search.forms.russian import IRREGULAR
from receiver.search.indexing import Indexing
from receiver.search.searching import Searching
from receiver.store import schema
from receiver.store.mongo import Database, connected
from tests import servers
from tests.measure.growth.__main__ import process_of, processor_ms
from tests.measure.search.__main__ import fill
from tests.measure.search.letters import MAILBOX, Writer

LETTERS = "абвгдежзиклмнопрстуфхцчшэюя"


def vocabulary() -> list[str]:
    """Return irregular words and, behind them, some of each letter."""
    dictionary = MorphAnalyzer(lang="ru").dictionary
    some = [
        known[0]
        for letter in LETTERS
        for known in islice(dictionary.iter_known_words(letter), 0, 40_000, 20)
        if known[0].isalpha()
    ]
    random.Random(1).shuffle(some)
    return [*IRREGULAR, *some]


def no_forms(_word: str) -> frozenset[str]:
    """Return what a receiver without a dictionary knew."""
    return frozenset()


async def ask(
    database: Database, pid: int, word: str, forms: Callable[[str], frozenset[str]]
) -> tuple[float, ...]:
    """Ask for a word; return its terms, and the milliseconds of receiver and database."""
    terms.all_forms = forms  # type: ignore[assignment, attr-defined]
    began, before = time.process_time(), processor_ms(pid)
    await Searching(database).search([MAILBOX], word, None, 50)
    own = (time.process_time() - began) * 1000
    return len(terms.words_of(word)[0]), own, processor_ms(pid) - before


async def main(count: int, questions: int) -> None:
    """Measure and print."""
    writer = Writer(1, 150)
    writer.take(vocabulary())
    with TemporaryDirectory(prefix="search-") as place, servers.mongo(Path(place)) as uri:
        pid = process_of(uri)
        async with connected(uri, "search", timeout=600) as database:
            await schema.ensure(database)
            await fill(database, writer, count)
            await Indexing(database).follow_mailbox(MAILBOX)
            chosen = random.Random(2)
            all_forms("слово")
            for name, among in {
                "irregular words": list(IRREGULAR),
                "any words": writer.vocabulary[len(IRREGULAR) :],
            }.items():
                asked = chosen.choices(among, k=questions // 2)
                ways = {"stem": no_forms, "forms": all_forms}
                figures: dict[str, list[tuple[float, ...]]] = {each: [] for each in ways}
                for word in asked:
                    for way in chosen.sample(sorted(ways), 2):
                        figures[way].append(await ask(database, pid, word, ways[way]))
                for way, told in figures.items():
                    print(f"{name:16} {way:6} {summary(told)}", flush=True)


def summary(told: Sequence[tuple[float, ...]]) -> str:
    """Return what questions took in one line."""
    counts, own, other = (list(each) for each in zip(*told, strict=True))
    p95 = quantiles(own, n=20)[-1]
    return (
        f"terms {mean(counts):5.2f}, most {max(counts):2.0f}   receiver p50 {median(own):5.2f}"
        f" p95 {p95:5.2f}   database mean {mean(other):5.2f}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=1000)
    given = parser.parse_args()
    asyncio.run(main(given.letters, given.questions))
