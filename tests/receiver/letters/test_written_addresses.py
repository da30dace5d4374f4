"""An erased person's address is found whatever surrounds it; no other address is touched."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.erasing.traces.letters import redacted, texts_of
from receiver.erasing.traces.traces import Traces
from receiver.store.packed import headers_in, packed

PERSON = "p11@eleven.test"
FOUND = [
    (PERSON, f"Пишите {PERSON}.", "Пишите [erased]."),
    (PERSON, f"<{PERSON}>,'P11@Eleven.TEST'", "<[erased]>,'[erased]'"),
    (PERSON, f"_{PERSON}_ *{PERSON}* __{PERSON}__", "_[erased]_ *[erased]* __[erased]__"),
    (PERSON, f"{PERSON}.Спасибо", "[erased].Спасибо"),
    (PERSON, f"{PERSON}.спасибо", "[erased].спасибо"),
    (PERSON, f"{PERSON}.Thanks", "[erased].Thanks"),
    (PERSON, f"{PERSON}...ждём", "[erased]...ждём"),
    (PERSON, f"тел.{PERSON}", "тел.[erased]"),
    (PERSON, f"{'_' * 300}{PERSON}", f"{'_' * 300}[erased]"),
    (PERSON, "https://x.test/?m=p11%40eleven.test&a=1", "https://x.test/?m=[erased]&a=1"),
    (PERSON, "?u=x.test%3Fm%3Dp11@eleven.test", "?u=x.test%3Fm%3D[erased]"),
    (PERSON, "?u=x%253Dp11%2540eleven.test%2526", "?u=x%253D[erased]%2526"),
    (PERSON, "?u=x%40y.test%3Bp11%40eleven.test", "?u=x%40y.test%3B[erased]"),
    (PERSON, "{u'to': u'p11@eleven.test'}", "{u'to': u'[erased]'}"),
    (PERSON, f"Договор_{PERSON}.pdf и {PERSON}.tar.gz", "Договор_[erased].pdf и [erased].tar.gz"),
    ("o'brien@one.test", "o'brien@one.test, 'O'Brien@one.test'", "[erased], '[erased]'"),
    ("o'brien@one.test", "?m=o%27brien%40one.test", "?m=[erased]"),
    ("p+tag@one.test", "?m=p%2Btag%40one.test", "?m=[erased]"),
    ("ivan@one.test", "l'adresse d'ivan@one.test", "l'adresse d'[erased]"),
    ("ivan@one.test", "dell\u2019ivan@one.test, \u2018ivan@one.test\u2019", None),
    ("o'brien@one.test", "O\u2019Brien@one.test", "[erased]"),
    (PERSON, "p11&#64;eleven.test p11&commat;eleven.test p11&#x40;eleven.test", "[erased] " * 3),
    (PERSON, "&#112;&#49;1&#64;&#101;leven.test &copy;", "[erased] \u00a9"),
    (PERSON, f"&lt;{PERSON}&gt; &amp;c.", "&lt;[erased]&gt; &amp;c."),
    ("r&d@one.test", "r&d@one.test, *r&d@one.test*", "[erased], *[erased]*"),
    ("_p@one.test", "_p@one.test", "[erased]"),
    ("иван@почта.рф", "Иван@Почта.РФ.Спасибо", "[erased].Спасибо"),
    ("ivan-petrov@yandex.ru", "m=Ivan.Petrov%40ya.ru", "m=[erased]"),
    (PERSON, "mailto:%70%31%31%40%65%6c%65ven%2Etest?subject=x", "mailto:[erased]?subject=x"),
    (PERSON, "?m=p11%2540%2565leven%252Etest%2526b", "?m=[erased]%2526b"),
    (PERSON, "p11@eleven%2Etest%20x p11@%65leven.test%2E", "[erased]%20x [erased]%2E"),
    (
        "иван@почта.рф",
        "?m=%D0%B8ван%40%D0%BF%D0%BE%D1%87%D1%82%D0%B0%2E%D1%80%D1%84",
        "?m=[erased]",
    ),
    (PERSON, r'{"a":"hi\n\tp11@eleven.test\n","b":"\u003cp11@eleven.test\u003e"}', None),
    (PERSON, r"p11\u0040eleven.test '\x3cp11\x40eleven.test\x3e'", r"[erased] '\x3c[erased]\x3e'"),
]
OTHERS = [
    (PERSON, "notp11@eleven.test x.p11@eleven.test x-p11@eleven.test x_p11@eleven.test"),
    (PERSON, "p11@eleven.test.org p11@eleven.tests p11@eleven.test-x.org p11@eleven.test2"),
    (PERSON, "?m=notp11%40eleven.test ?m=x%2Bp11%40eleven.test ?m=x%2Ep11%40eleven.test"),
    (PERSON, "x'p11@eleven.test xp11@eleven.test.Спасибо p111@eleven.test п11@eleven.test"),
    ("o'brien@one.test", "xo'brien@one.test brien@one.test o'brien@one.test.org"),
    ("brien@one.test", "o'brien@one.test o%27brien%40one.test o\u2019brien@one.test"),
    ("souza@one.test", "d'souza@one.test"),
    (PERSON, "notp11&#64;eleven.test"),
    ("p@one", "p@one.test p@one.pdf p@one_two.test"),
    ("p@10.0", "p@10.0.0.1"),
    ("r&d@one.test", "d@one.test sr&d@one.test"),
    (PERSON, "p11@eleven%2Etest%2Eorg p11%40%65leven.tests %78p11%40eleven.test"),
    (PERSON, r"\u003cxp11@eleven.test\u003e \nxp11@eleven.test p11\u0040eleven.test.org"),
]


@pytest.mark.parametrize(("person", "text", "left"), FOUND)
def test_his_address_is_found_and_goes(person: str, text: str, left: str | None) -> None:
    traces = Traces(_canonical(person))
    left = left.strip() if left else text.replace(person, "[erased]")
    assert traces.mentioned_in(text)
    assert traces.cleaned(text) == left
    assert not traces.mentioned_in(left)


@pytest.mark.parametrize(("person", "text"), OTHERS)
def test_addresses_of_others_stay(person: str, text: str) -> None:
    traces = Traces(_canonical(person))
    for each in text.split():
        assert not traces.mentioned_in(each), each
    assert traces.cleaned(text) == text


def test_an_elision_is_none_where_it_is_known_to_be_a_name() -> None:
    text = "d'angelo@one.test writes; d'angelo@two.test"
    traces = Traces("angelo@one.test", others=frozenset(["d'angelo@one.test"]))
    assert not traces.mentioned_in(text)
    assert Traces("angelo@one.test").cleaned(text) == "d'[erased] writes; d'angelo@two.test"


NAMES = {
    "Договор p21@twentyone.test.pdf": "Договор [erased].pdf",
    "p21@twentyone.test.tar.gz": "[erased].tar.gz",
    "чертёж P21@twentyone.test.dwg": "чертёж [erased].dwg",
    "p21@twentyone.test": "[erased]",
    "Договор xp21@twentyone.test.pdf": "Договор xp21@twentyone.test.pdf",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_of_files(name: str) -> None:
    traces, document = Traces("p21@twentyone.test"), _letter(name)
    assert any(map(traces.mentioned_in, texts_of(document))) == (NAMES[name] != name)
    [file] = redacted(traces, document, frozenset(["1"]))["message"]["attachments"]
    assert file["filename"] == NAMES[name]


def test_address_in_cyrillic_in_the_name_of_a_file_and_after_a_tab_in_a_header() -> None:
    ivan, olga = Traces(_canonical("иван@почта.рф")), Traces("olga@one.test")
    document = _letter("Акт Иван@почта.рф.pdf", ["X-To", "a,\tolga@one.test"])
    for traces in (ivan, olga):
        assert any(map(traces.mentioned_in, texts_of(document)))
        document |= redacted(traces, document, frozenset(["1"]))
    assert document["message"]["attachments"][0]["filename"] == "Акт [erased].pdf"
    assert headers_in(document["content"]) == []


MARKS = ["", " ", "\n", "_", "__", "*", "'", '"', "|", "...", "—"]
BEFORE = st.sampled_from(
    [*MARKS, "<", "(", "«", "mailto:", "?m=", "&m=", "%3D", "%253D", "%3A", "%0A", "#", "/"]
) | st.sampled_from(["слово_", "тел.", "{", "=", "\t", "a@b.test,"])
AFTER = st.sampled_from(
    [*MARKS, ">", ")", "»", ".", ".Спасибо", ".спасибо", ".Thanks", "&a=1", "%26", "%2526"]
) | st.sampled_from([".pdf", ".docx", ".tar.gz", "_слово", "}", ";"])
HIS = st.sampled_from(["p11@eleven.test", "o'brien@one.test", "r&d@two.test", "a_b+c@x-y.test"])


@given(HIS, st.lists(st.tuples(st.text(max_size=9), BEFORE, AFTER, st.booleans()), max_size=4))
def test_what_is_left_has_it_nowhere(his: str, places: list[tuple[str, str, str, bool]]) -> None:
    spelt = (
        f"{words} {before}{his.upper() if loud else his}{after} "
        for words, before, after, loud in places
    )
    left = Traces(his).cleaned("".join(spelt))
    assert his not in left.casefold()
    named_so = sum(words.count("[erased]") for words, *_ in places)
    assert left.count("[erased]") == len(places) + named_so


@given(st.text(alphabet="pP1@.%40_'=&x д", max_size=40))
def test_a_text_that_was_cleaned_is_clean(text: str) -> None:
    traces = Traces("p1@x.p")
    assert not traces.mentioned_in(traces.cleaned(text))


HOSTILE = [
    "@eleven.test",
    "x1@eleven.test",
    "&#64;",
    "&#x40;a@",
    "xp11@eleven.test",
    "@",
    "a@",
    "%40",
    "a_",
    "&a=b",
    "a@b_.C.pdf",
    "%3Da%40b",
    "'a@b'",
    "_.-+",
    "é.a@é.a",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_length(piece: str) -> None:
    def taken(length: int) -> float:
        text = piece * (length // len(piece)) + "@a"
        start = time.process_time()
        Traces(PERSON).cleaned(text)
        return time.process_time() - start

    short, long = (min(taken(length) for _ in range(3)) for length in (10_000, 80_000))
    assert long < 30 * short + 0.05


def _canonical(person: str) -> str:
    return {"иван@почта.рф": "иван@xn--80a1acny.xn--p1ai"}.get(person, person)


def _letter(name: str, *fields: list[str]) -> dict[str, Any]:
    message: dict[str, Any] = dict.fromkeys(("subject", "body", "reply", "key", "message_id"), "")
    message |= {"thread_index": "", "in_reply_to": [], "references": []}
    message["attachments"] = [{"filename": name, "sha256": "1", "size": 1}]
    content = {"html": "", "headers": packed(list(fields))}
    return {"message": message, "content": content, "copies": [], "known": []}
