"""How a part of the index is written: which letters have a term, packed. Pure.

A *segment* is some letters of a mailbox, numbered from the newest on. It is stored in pieces, each
found by its own id, so that a query reads one piece for a term: *buckets* hold the postings of
terms that share a hash, and *tables* hold each number's letter id and date. Segments are merged by
renumbering their letters; letters may be left out, and words that no other letter has go with them.
"""

import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

ID_BYTES = 12
MOST_LETTERS = 2**16 - 1
TABLE_ROWS = 4096
LETTERS_A_BUCKET = 8
MERGED = 8  # so many segments of about one size are merged
TIERS = 4

Postings = dict[str, "array[int]"]


@dataclass(frozen=True, slots=True, order=True)
class IndexRow:
    """A letter in the index: its date in milliseconds, and its id; sorted by these."""

    created: int
    id: bytes


@dataclass(frozen=True, slots=True)
class Segment:
    """What is known of a segment without its pieces: the number and dates of its letters."""

    name: str
    letters: int
    newest: int
    oldest: int

    @property
    def buckets(self) -> int:
        """The number of buckets, a power of two."""
        return buckets_for(self.letters)

    @property
    def tables(self) -> int:
        """The number of tables."""
        return -(-self.letters // TABLE_ROWS)

    @property
    def pieces(self) -> list[str]:
        """The names of all its pieces."""
        return [
            *(bucket_name(self.name, each) for each in range(self.buckets)),
            *(table_name(self.name, each) for each in range(self.tables)),
        ]

    def piece_of(self, term: str) -> str:
        """Return the name of the piece with a term's postings, if it has any."""
        return bucket_name(self.name, bucket_of(term, self.buckets))

    @property
    def tier(self) -> int:
        """The size class: each is eight times the one before."""
        return min((self.letters.bit_length() - 1) // 3, TIERS)


def buckets_for(letters: int) -> int:
    """Return the number of buckets for this many letters."""
    return 1 << max(0, (letters // LETTERS_A_BUCKET).bit_length() - 1)


def bucket_of(term: str, buckets: int) -> int:
    """Return a term's bucket; with twice as many buckets it is the same, or that many further."""
    return zlib.crc32(term.encode()) & (buckets - 1)


def bucket_name(segment: str, number: int) -> str:
    """Return the name of a bucket."""
    return f"{segment}/{number}"


def table_name(segment: str, number: int) -> str:
    """Return the name of a table."""
    return f"{segment}/t{number}"


def to_merge(segments: Sequence[Segment]) -> list[Segment]:
    """Return segments to merge: the oldest of a tier that has enough of them."""
    for tier in range(TIERS):
        found = [each for each in segments if each.tier == tier]
        if len(found) >= MERGED:
            return found[:MERGED]
    return []


def numbered(letters: Mapping[IndexRow, Iterable[str]]) -> tuple[list[IndexRow], Postings]:
    """Return letters as a segment numbers them, and the postings of their terms."""
    rows = sorted(letters, reverse=True)
    postings: Postings = {}
    for number, row in enumerate(rows):
        for term in letters[row]:
            if (found := postings.get(term)) is None:
                found = postings[term] = array("H")
            found.append(number)
    return rows, postings


def renumbered(
    tables: Sequence[Sequence[IndexRow]], without: Set[bytes]
) -> tuple[list[IndexRow], list[list[int]]]:
    """Return the letters of several segments as one, and the new number of each; -1 for none."""
    places = sorted(
        (
            (row, source, number)
            for source, rows in enumerate(tables)
            for number, row in enumerate(rows)
        ),
        reverse=True,
    )
    numbers = [[-1] * len(rows) for rows in tables]
    kept: list[IndexRow] = []
    for row, source, number in places:
        if row.id not in without and not (kept and kept[-1] == row):
            numbers[source][number] = len(kept)
            kept.append(row)
    return kept, numbers


def merged(sources: Iterable[tuple[Postings, Sequence[int]]]) -> Postings:
    """Return the postings of several segments as one, by the new numbers."""
    found: dict[str, list[int]] = {}
    for postings, numbers in sources:
        for term, old in postings.items():
            new = [number for each in old if (number := numbers[each]) >= 0]
            if new:
                found.setdefault(term, []).extend(new)
    return {term: array("H", sorted(each)) for term, each in found.items()}


def in_buckets(postings: Postings, buckets: int) -> dict[int, Postings]:
    """Return postings by bucket."""
    found: dict[int, Postings] = {}
    for term, each in postings.items():
        found.setdefault(bucket_of(term, buckets), {})[term] = each
    return found


def packed_bucket(postings: Postings) -> bytes:
    """Return a bucket's bytes: its terms, how many letters each has, and their numbers."""
    terms = sorted(postings)
    names = "\n".join(terms).encode()
    counts = array("H", (len(postings[term]) for term in terms))
    head = array("I", [len(terms), len(names)])
    numbers = b"".join(postings[term].tobytes() for term in terms)
    return zlib.compress(head.tobytes() + names + counts.tobytes() + numbers, 1)


def unpacked_bucket(content: bytes) -> Postings:
    """Return the content of a packed bucket."""
    names, counts, numbers = _parts(content)
    terms = names.decode().split("\n") if counts else []
    found: Postings = {}
    at = 0
    for term, count in zip(terms, counts, strict=True):
        found[term] = numbers[at : at + count]
        at += count
    return found


def postings_of(content: bytes, wanted: Iterable[str]) -> Postings:
    """Return the postings of those terms that the bucket has."""
    names, counts, numbers = _parts(content)
    lines = b"\n%b\n" % names
    found: Postings = {}
    for term in wanted:
        if (place := lines.find(b"\n%b\n" % term.encode())) >= 0:
            at = lines.count(b"\n", 0, place)
            start = sum(counts[:at])
            found[term] = numbers[start : start + counts[at]]
    return found


def _parts(content: bytes) -> tuple[bytes, "array[int]", "array[int]"]:
    """Return a bucket's terms (one a line), how many letters each has, and their numbers."""
    plain = zlib.decompress(content)
    head = array("I", plain[:8])
    names, rest = plain[8 : 8 + head[1]], plain[8 + head[1] :]
    return names, array("H", rest[: 2 * head[0]]), array("H", rest[2 * head[0] :])


def packed_tables(rows: Sequence[IndexRow]) -> Iterator[bytes]:
    """Yield the tables of a segment's letters: dates, then ids."""
    for start in range(0, len(rows), TABLE_ROWS):
        some = rows[start : start + TABLE_ROWS]
        dates = array("q", (row.created for row in some))
        yield zlib.compress(dates.tobytes() + b"".join(row.id for row in some), 1)


class Table:
    """The letters of a table, each made when it is asked for."""

    def __init__(self, content: bytes) -> None:
        plain = zlib.decompress(content)
        count = len(plain) // (8 + ID_BYTES)
        self._dates = array("q", plain[: 8 * count])
        self._ids = plain[8 * count :]

    def row(self, at: int) -> IndexRow:
        """Return a letter by its place in the table."""
        return IndexRow(self._dates[at], self._ids[at * ID_BYTES : (at + 1) * ID_BYTES])

    def rows(self) -> list[IndexRow]:
        """Return all letters."""
        return [self.row(at) for at in range(len(self._dates))]
