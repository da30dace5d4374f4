"""Print how often one form of a Russian word finds another, by stems alone and as searches do.

``python -m tests.measure.search.forms WORDS``: a file with a word a line, the commonest first. Of
the first 2,000 verbs, nouns and adjectives six forms each are asked for; all others must be found.
What the forms of a word are, OpenCorpora's dictionary says: for verbs with all participles.
"""

import argparse
import random
from collections import Counter
from pathlib import Path

from pymorphy3 import MorphAnalyzer
from pymorphy3.analyzer import Parse

from receiver.search.terms import term_of, words_of

ASKED, WORDS = 6, 2000
PARTS = {
    **dict.fromkeys(("VERB", "INFN", "GRND", "PRTF", "PRTS"), "verbs"),
    **dict.fromkeys(("ADJF", "ADJS", "COMP"), "adjectives"),
    "NOUN": "nouns",
}
NAMES = {"Abbr", "Name", "Surn", "Geox", "Patr"}


def commonest(words: list[str]) -> dict[str, dict[str, Parse]]:
    """Return the first words of each part of speech, by their dictionary forms."""
    analyzer = MorphAnalyzer(lang="ru")
    found: dict[str, dict[str, Parse]] = {part: {} for part in PARTS.values()}
    for word in words:
        first = analyzer.parse(word)[0]
        part = PARTS.get(str(first.tag.POS))
        named = len(word) < 3 or NAMES & set(first.tag.grammemes)
        if part and first.is_known and not named and len(found[part]) < WORDS:
            found[part].setdefault(first.normal_form, first)
    return found


def kind_of(form: Parse) -> str:
    """Return which row a form belongs to."""
    marks, part = set(form.tag.grammemes), str(form.tag.POS)
    if part in ("PRTF", "PRTS"):
        return "passive participles" if "pssv" in marks else "active participles"
    names = {"VERB": "finite, infinitive", "INFN": "finite, infinitive", "GRND": "gerunds"}
    degree = "superlative" if "Supr" in marks else "comparative" if part == "COMP" else ""
    return names.get(part) or degree or "all other forms"


def main(path: Path) -> None:
    """Ask and print."""
    chosen = random.Random(1)
    for part, words in commonest(path.read_text("utf-8").split()).items():
        asked, by_stem, found = Counter[str](), Counter[str](), Counter[str]()
        for first in words.values():
            forms = {each.word.replace("ё", "е"): kind_of(each) for each in first.lexeme}
            for one in chosen.sample(sorted(forms), min(ASKED, len(forms))):
                stem, [terms] = term_of(one), words_of(one)
                for other, kind in forms.items():
                    if other == one:
                        continue
                    asked[kind] += 1
                    by_stem[kind] += term_of(other) == stem
                    found[kind] += term_of(other) in terms
        print(f"{len(words)} {part:20} by stem   found")
        for kind, count in asked.most_common():
            print(f"  {kind:22} {by_stem[kind] / count:9.1%} {found[kind] / count:7.1%}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", type=Path)
    main(parser.parse_args().words)
