"""Segments of the index: packed, merged, without some letters; compared with the plain lists."""

from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from receiver.search import segment
from receiver.search.segment import IndexRow, Postings, Segment

TERMS = st.sets(st.sampled_from(["a", "b", "с", "from:a", "kind:letter", "5"]))
ROWS = st.builds(
    IndexRow,
    st.integers(-(2**40), 2**45),
    st.binary(min_size=segment.ID_BYTES, max_size=segment.ID_BYTES),
)
LETTERS = st.dictionaries(ROWS, TERMS, max_size=40)


def said(rows: list[IndexRow], postings: Postings) -> dict[IndexRow, set[str]]:
    """Return the terms of each letter, out of the postings."""
    found: dict[IndexRow, set[str]] = {row: set() for row in rows}
    for term, numbers in postings.items():
        assert list(numbers) == sorted(set(numbers))
        for number in numbers:
            found[rows[number]].add(term)
    return found


@given(LETTERS)
def test_what_is_numbered_is_all_that_was_said_newest_first(
    letters: dict[IndexRow, set[str]],
) -> None:
    rows, postings = segment.numbered(letters)
    assert rows == sorted(letters, reverse=True)
    assert said(rows, postings) == letters


@given(LETTERS, st.sampled_from([1, 2, 8]))
def test_what_is_packed_is_unpacked(letters: dict[IndexRow, set[str]], buckets: int) -> None:
    rows, postings = segment.numbered(letters)
    tables = list(map(segment.Table, segment.packed_tables(rows)))
    assert [row for table in tables for row in table.rows()] == rows
    parts = segment.in_buckets(postings, buckets)
    packed = {number: segment.packed_bucket(each) for number, each in parts.items()}
    found: Postings = {}
    for each in packed.values():
        found |= segment.unpacked_bucket(each)
    assert found == postings
    for term, numbers in postings.items():
        content = packed[segment.bucket_of(term, buckets)]
        assert segment.postings_of(content, [term, "nowhere"]) == {term: numbers}
    assert segment.unpacked_bucket(segment.packed_bucket({})) == {}


@given(st.lists(LETTERS, max_size=4), st.data())
def test_what_is_merged_is_all_of_it_but_what_is_left_out(
    parts: list[dict[IndexRow, set[str]]], data: st.DataObject
) -> None:
    every = {row: terms for part in parts for row, terms in part.items()}
    without = data.draw(st.sets(st.sampled_from([row.id for row in every]))) if every else set()
    numbered = [segment.numbered({row: every[row] for row in part}) for part in parts]
    rows, numbers = segment.renumbered([each for each, _ in numbered], without)
    postings = segment.merged((each, new) for (_, each), new in zip(numbered, numbers, strict=True))
    assert rows == sorted((row for row in every if row.id not in without), reverse=True)
    assert said(rows, postings) == {
        row: terms for row, terms in every.items() if row.id not in without
    }
    assert all(postings.values())  # words that no other letter has are gone


def sized(letters: int) -> Segment:
    return Segment(str(ObjectId()), letters, 0, 0)


@given(st.integers(1, segment.MOST_LETTERS), st.integers(0, 10))
def test_a_term_stays_where_half_as_many_buckets_would_have_it(letters: int, doubled: int) -> None:
    few = segment.buckets_for(letters)
    for term in ("возврат", "from:ivan", "5"):
        assert segment.bucket_of(term, few << doubled) % few == segment.bucket_of(term, few)


@given(st.lists(st.integers(1, 600), min_size=1, max_size=300))
def test_there_are_few_segments_and_each_can_be_numbered(sizes: list[int]) -> None:
    segments: list[Segment] = []
    for size in sizes:
        segments.append(sized(size))
        while old := segment.to_merge(segments):
            segments = [each for each in segments if each not in old]
            segments.append(sized(sum(each.letters for each in old)))
    assert sum(each.letters for each in segments) == sum(sizes)
    assert all(each.letters <= segment.MOST_LETTERS for each in segments)
    assert len(segments) <= segment.MERGED * segment.TIERS + sum(sizes) // 4096
