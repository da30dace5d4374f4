"""Trace's reading of pasted lines, of a letter's way, and of bridges' reports."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.reporting.refusals import Refusals
from contract.bridge.report import MAX_REFUSALS, REMEMBERED, BridgeReport, HeldLetter, WatchedFolder
from receiver.access.grant import Grant
from receiver.page.shown.bridges import bridge_of, bridges_of
from receiver.page.shown.clock import Clock
from receiver.page.shown.missing import WhereLooked, reasons_why
from receiver.page.shown.timeline import door_of, hops_of, is_by_tls, timeline_of
from receiver.page.tracing.pasted import read_pasted
from receiver.page.words import words_of
from tests.letters import START

CLOCK = Clock(words_of("en"), START)


@pytest.mark.parametrize(
    ("line", "name", "words"),
    [
        ("17@mail.example.ru", "17@mail.example.ru", "17@mail.example.ru"),
        ("<17@mail.example.ru>", "17@mail.example.ru", "<17@mail.example.ru>"),
        ("Message-ID: <17@example.ru>", "17@example.ru", "<17@example.ru>"),
        ("message-id:17@example.ru", "17@example.ru", "17@example.ru"),
        ("Иван Петров <ivan@example.ru>", "ivan@example.ru", "Иван Петров <ivan@example.ru>"),
        ('From: "Petrov, Ivan" <ivan@example.ru>', "ivan@example.ru", None),
        ("mailto:ivan@example.ru?subject=x", "ivan@example.ru", None),
        ("письмо от ivan@example.ru, вчера", "ivan@example.ru", None),
        ("Тема:  «Где   мой заказ»", "", "Где мой заказ"),
        ("Subject: Re: order", "", "Re: order"),
        ("References: <no at> <1@a.ru>", "1@a.ru", None),
        ('<"quo ted"@example.ru>', '"quo ted"@example.ru', None),
        ('"quo ted"@example.ru', '"quo ted"@example.ru', None),
        ("<ab cd@example.ru>", "abcd@example.ru", None),
        (
            "Subject: =?utf-8?B?0JPQtNC1INC80L7QuQ==?= =?utf-8?b?INC30LDQutCw0Lc=?=",
            "",
            "Где мой заказ",
        ),
        ("=?koi8-r?Q?=E7=C4=C5?= 17", "", "Где 17"),
        ("Re: =?utf-8?b?0JM=?= =?no-such?q?x?=", "", "Re: =?utf-8?b?0JM=?= =?no-such?q?x?="),
        (
            "From: =?utf-8?b?0JjQstCw0L0=?= <ivan@example.ru>",
            "ivan@example.ru",
            "Иван <ivan@example.ru>",
        ),
        ("From: a@b.ru Subject: x Message-ID: <1@b.ru> To: c@d.ru", "1@b.ru", "<1@b.ru>"),
        ("@", "@", "@"),
        ("", "", ""),
    ],
)
def test_what_people_paste_names_a_letter_a_person_or_a_subject(
    line: str, name: str, words: str | None
) -> None:
    asked = read_pasted(line)
    assert asked.name == name
    assert words is None or asked.words == words
    assert asked.taken is None


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("Re: order 17", "order 17"),
        ("Fwd: Отв: [Ticket#5] Re[2]: Заказ", "Заказ"),
        ("[shop-list] Re: order", "order"),
        ("Re: [Ticket#5]", "[Ticket#5]"),
        ("Re:", "Re:"),
        ("Order: 17", "Order: 17"),
        ("", ""),
    ],
)
def test_a_subject_is_asked_for_without_what_an_answer_put_before_it(
    words: str, subject: str
) -> None:
    assert read_pasted(words).subject == subject


@pytest.mark.parametrize(
    "line",
    [
        "<ab.c@example.ru>",
        "Message-ID: <ab.c@example.ru>",
        "Message-ID: <ab. c@example.ru>",
        "ab. c@example.ru",
        "<ab.c@exam ple.ru>",
        "&lt;ab.c@example.ru&gt;",
        "%3Cab.c@example.ru%3E",
        "mid:ab.c@example.ru",
        "rfc822msgid:<ab.c@example.ru>",
        "Message-ID: =?utf-8?q?=3Cab.c=40example.ru=3E?=",
        "<<ab.c@example.ru>>",
    ],
)
def test_a_message_id_is_read_as_it_is_kept(line: str) -> None:
    assert "ab.c@example.ru" in read_pasted(line).ids


NUMBER = "1764312345678901-0123456789abcdef"


@pytest.mark.parametrize(
    ("line", "id_", "words"),
    [
        (f"Message-ID: <{NUMBER}@a.ru>", f"{NUMBER}@a.ru", None),
        (f"Subject: Заказ {NUMBER} не пришёл", None, f"Заказ {NUMBER} не пришёл"),
        (f"250 2.0.0 OK {NUMBER}", None, None),
    ],
)
def test_digits_as_of_a_letter_that_was_taken_may_be_of_something_else(
    line: str, id_: str | None, words: str | None
) -> None:
    asked = read_pasted(line)
    assert (asked.number, asked.taken is not None) == (NUMBER, True)
    assert id_ is None or id_ in asked.ids
    assert words is None or asked.words == words


@pytest.mark.parametrize("line", ["<a%3cb%41@a.ru>", "a%3cb%41@a.ru", "a%3Cb%41@a.ru"])
def test_a_message_id_may_have_what_an_address_of_a_page_has(line: str) -> None:
    assert line.strip("<>") in read_pasted(line).ids


@pytest.mark.parametrize(
    ("line", "is_person"),
    [
        ("From: ivan@example.ru", True),
        ("Кому: ivan@example.ru", True),
        ("mailto:ivan@example.ru", True),
        ("Иван <ivan@example.ru>", True),
        ("ivan@example.ru", False),  # or a Message-ID
        ("Message-ID: <17@example.ru>", False),
        ("<17@example.ru>", False),
        ('<"1 7"@example.ru>', False),
        ("From: a@b.ru Message-ID: <17@example.ru>", False),
        ("Где мой заказ", False),
    ],
)
def test_an_address_alone_may_be_a_message_id(line: str, is_person: bool) -> None:
    assert read_pasted(line).is_person == is_person


def test_dialogs_that_are_listed_are_not_said_to_be_duplicates_or_merged() -> None:
    looked = WhereLooked([], 0, [], 0, 6, False, sees_all=True, is_all=True, in_time=True)
    reasons = reasons_why(words_of("en"), read_pasted("ivan@example.ru"), looked)
    [listed] = [each for each in reasons if "6 dialogs" in each.detail]
    assert listed.found is None
    assert "duplicate" not in listed.words


def report_of(**said: Any) -> dict[str, Any]:
    """A bridge that reports just now, with nothing held, and a folder that is read."""
    folder = WatchedFolder(name="a@x.ru INBOX", state="watching", since=START, seen=START)
    usual = {"bridge": "0123456789", "host": "h", "version": "0", "started": START}
    report = BridgeReport.model_validate(usual | {"doors": ["imap"], "folders": [folder]} | said)
    return {"_id": report.bridge, "report": report.model_dump(), "seen": START}


HELD = HeldLetter(id="1-a", state="failed", came=START, mailbox="a@x.ru")
NOBODYS = HELD.model_copy(update={"mailbox": ""})
UNREAD = NOBODYS.model_copy(update={"is_read": False})
REFUSED_FOLDER = WatchedFolder(name="a@x.ru INBOX", state="refused", since=START, seen=START)


@pytest.mark.parametrize(
    ("line", "report", "changed", "refused", "never"),
    [
        ("From: a@b.ru", {}, {}, False, True),
        ("From: a@b.ru", {"doors": ["smtp"], "folders": []}, {}, False, True),
        ("From: a@b.ru", {}, {"refusals": 1}, True, False),
        ("Message-ID: <1@b.ru>", {}, {}, None, None),
        ("<1@b.ru>", {}, {}, None, None),
        ("1@b.ru", {}, {}, False, True),  # as an address, which is said beside it
        ("1@b.ru", {}, {"sees_all": False}, None, None),
        ("suport", {}, {}, None, None),
        ("From: a@b.ru", {}, {"sees_all": False}, None, None),
        ("From: a@b.ru", {}, {"is_all": False}, False, None),
        ("From: a@b.ru", {}, {"in_time": False}, False, None),
        ("From: a@b.ru", {}, {"erased": None}, False, None),
        ("From: a@b.ru", {"folders": []}, {}, False, None),
        ("From: a@b.ru", {"folders": [REFUSED_FOLDER]}, {}, False, None),
        ("From: a@b.ru", {"waiting": 1}, {}, False, None),
        ("From: a@b.ru", {"letters": [HELD], "failed": 1}, {}, False, True),
        ("From: a@b.ru", {"letters": [UNREAD], "failed": 1}, {}, False, None),
        ("From: a@b.ru", {"letters": [NOBODYS], "failed": 1}, {}, False, True),
        ("From: a@b.ru", None, {}, False, None),
        ("suport", {}, {"dialogs": 1}, None, False),
    ],
)
def test_never_is_said_only_if_all_before_it_could_be_told(
    line: str,
    report: dict[str, Any] | None,
    changed: dict[str, Any],
    refused: bool | None,
    never: bool | None,
) -> None:
    grant = Grant("anna", frozenset({"read"}), frozenset({"*"}))
    bridges = [] if report is None else [bridge_of(report_of(**report), grant, CLOCK)]
    looked = replace(
        WhereLooked(bridges, 0, [], 0, 0, False, sees_all=True, is_all=True, in_time=True),
        **changed,
    )
    found = reasons_why(words_of("en"), read_pasted(line), looked)
    assert (found[0].found, found[-1].found) == (refused, never)
    if refused is None:
        assert "refusals" in found[0].detail or "address" in found[0].detail


@pytest.mark.parametrize(
    ("held", "failed", "mailboxes", "is_whole"),
    [
        ([HELD], 1, {"*"}, True),
        ([HELD], 2, {"*"}, False),
        ([HELD], 1, {"c@x.ru"}, True),
        ([HELD], 2, {"c@x.ru"}, False),  # the other may be his
        ([NOBODYS], 1, {"*"}, True),
        ([NOBODYS], 1, {"a@x.ru"}, False),
        ([HELD, UNREAD], 2, {"*"}, False),
    ],
)
def test_a_spool_is_told_as_looked_through_only_if_no_letter_in_it_may_be_the_visitors(
    held: list[HeldLetter], failed: int, mailboxes: set[str], is_whole: bool
) -> None:
    grant = Grant("anna", frozenset({"read"}), frozenset(mailboxes))
    bridge = bridge_of(report_of(letters=held, failed=failed), grant, CLOCK)
    assert bridge.is_whole == is_whole
    looked = WhereLooked([bridge], 0, [], 0, 0, False, sees_all=True, is_all=True, in_time=True)
    spool = reasons_why(words_of("en"), read_pasted("From: a@b.ru"), looked)[1]
    assert spool.found is (False if is_whole else None)


def test_the_answer_of_the_bridge_names_the_second_when_it_took_a_letter() -> None:
    asked = read_pasted("250 2.0.0 Ok 1795752427230474-cfd6a8885ef6a8a5")
    assert asked.taken == datetime(2026, 11, 27, 4, 7, 7, tzinfo=UTC)
    assert (asked.name, asked.words) == ("", "")


@pytest.mark.parametrize(
    ("protocol", "by_tls"),
    [
        *((each, True) for each in ("ESMTPS", "ESMTPSA", "UTF8SMTPS", "UTF8SMTPSA")),
        *((each, False) for each in ("SMTP", "ESMTP", "ESMTPA", "UTF8SMTP")),
    ],
)
def test_the_door_says_whether_a_letter_came_by_tls(protocol: str, by_tls: bool) -> None:
    assert is_by_tls(protocol) == by_tls
    said = door_of({"source": {"via": "smtp", "protocol": protocol}, "direction": "in"}, CLOCK)
    assert said.startswith(f"SMTP; {'by' if by_tls else 'without'} TLS ({protocol})")


def test_who_posts_over_http_is_not_told_of_a_bridge() -> None:
    message = {"created": START, "defects": [], "direction": "in", "subject": "x"}
    for way, said in (("http", "Posted over HTTP"), ("smtp", "Taken by the bridge")):
        copies = [{"source": {"via": way}, "direction": "in"}]
        letter = {"key": "k" * 64, "message": message, "copies": copies, "kept": START}
        steps = timeline_of(letter | {"content": {"received": START}}, [], None, "", CLOCK)
        assert steps[2].what == said


def test_each_copy_and_each_attempt_is_told() -> None:
    message = {"created": START, "defects": [], "direction": "in", "subject": "x"}
    copies = [{"source": {"via": way}, "direction": "in"} for way in ("smtp", "imap")]
    letter = {"key": "k" * 64, "message": message, "copies": copies, "kept": START}
    for content, said in (({}, "at the first attempt"), ({"attempts": 3}, "at attempt 3")):
        steps = timeline_of(letter | {"content": content}, [], None, "", CLOCK)
        assert [each.what for each in steps[1:3]] == ["Came in", "Came once more"]
        assert any(said in each.detail for each in steps)


@pytest.mark.parametrize(
    ("date", "created", "said"),
    [
        ("Mon, 23 Nov 2026 12:00:00 +0300", START - timedelta(hours=1), ""),
        ("Mon, 23 Nov 2026 13:00:00 +0300", START, ""),  # it came in the second it was written
        ("Tue, 01 Jan 2030 00:00:00 +0000", START, "its Date is Tue, 01 Jan 2030 00:00:00 +0000"),
        ("Thu, 01 Jan 1970 00:00:00 +0000", START, "which cannot be:"),
        ("yesterday", START, "its Date is yesterday, which cannot be read"),
        (None, START, "it has no Date"),
        ("Mon, 23 Nov 2026 13:00:00 MSK", START, ""),  # zones that only the bridge knows
        ("Mon, 23 Nov 2026 15:45:00 NPT", START, ""),
        ("Mon, 23 Nov 2026 13:00:09 MSK", START, "which cannot be:"),
        ("Wed, 25 Nov 2026 13:00:00 MSK", START, "which cannot be:"),
    ],
)
def test_the_arrival_is_not_told_as_the_time_when_it_was_written(
    date: str | None, created: datetime, said: str
) -> None:
    message = {"created": created, "defects": [], "direction": "in", "subject": "x"}
    copy = {"source": {"via": "imap"}, "direction": "in"}
    letter = {"key": "k" * 64, "message": message, "copies": [copy], "kept": START}
    fields = [("Subject", "x"), *([("Date", date)] if date else [])]
    written = timeline_of(letter | {"content": {"received": START}}, fields, None, "", CLOCK)[0]
    assert said in written.detail
    assert (written.when is None) == bool(written.detail) == bool(said)


@pytest.mark.parametrize(
    ("date", "said"),
    [
        (None, "it has no Date"),
        ("yesterday evening", "which cannot be read"),
        ("Thu, 01 Jan 1970 00:00:00 +0000", "which cannot be:"),
        ("Mon, 23 Nov 2026 12:00:00 +0300", ""),
        ("23 ноября 2026, 12:00:00", ""),  # which the bridge can read
    ],
)
@pytest.mark.parametrize("zone", ["+0300", "MSK"])
def test_the_arrival_at_a_hop_is_not_told_as_the_time_when_it_was_written(
    date: str | None, said: str, zone: str
) -> None:
    created = START - timedelta(hours=1)
    message = {"created": created, "defects": [], "direction": "in", "subject": "x"}
    copy = {"source": {"via": "imap"}, "direction": "in"}
    letter = {"key": "k" * 64, "message": message, "copies": [copy], "kept": START}
    fields = [("Received", f"from a by b; Mon, 23 Nov 2026 12:00:00 {zone}")]
    fields += [("Date", date)] if date else []
    written = timeline_of(letter | {"content": {"received": START}}, fields, None, "", CLOCK)[0]
    assert said in written.detail
    assert (written.when is None) == bool(written.detail) == bool(said)


def test_a_duplicate_names_its_original_and_leads_there() -> None:
    message = {"created": START, "defects": [], "direction": "in", "subject": "The order"}
    copies = [{"source": {"via": way}, "direction": "in"} for way in ("smtp", "imap")]
    letter = {"key": "k" * 64, "message": message, "copies": copies, "kept": START, "content": {}}
    dialog = {"_id": "d", "subject": "The order"}
    [again] = [
        each for each in timeline_of(letter, [], dialog, "", CLOCK) if each.what == "Came once more"
    ]
    assert again.detail.endswith("a duplicate of “The order”, which is stored once")
    assert again.address.startswith("/d/d")


@pytest.mark.parametrize(
    ("mailboxes", "folders", "alarms"),
    [
        ({"*"}, ["a@x.ru INBOX", "b@x.ru INBOX"], 3),
        ({"a@x.ru"}, ["a@x.ru INBOX"], 2),
        ({"c@x.ru"}, [], 1),
    ],
)
def test_of_other_mailboxes_no_folder_or_complaint_is_seen(
    mailboxes: set[str], folders: list[str], alarms: int
) -> None:
    watched = [
        WatchedFolder(name=f"{each}@x.ru INBOX", state="refused", since=START, seen=START)
        for each in "ab"
    ]
    told = ["mailbox not read", "a@x.ru INBOX: refused: no", "b@x.ru INBOX: refused: no"]
    report = BridgeReport(
        bridge="0123456789", host="h", version="0", started=START, folders=watched, alarms=told
    )
    document = {"_id": report.bridge, "report": report.model_dump(), "seen": START}
    grant = Grant("anna", frozenset({"read"}), frozenset(mailboxes))
    shown = bridge_of(document, grant, CLOCK)
    assert [each.name for each in shown.folders] == folders
    assert len(shown.alarms) == alarms


@pytest.mark.parametrize(("bridges", "shown"), [(1, 20), (2, 20), (5, 8), (100, 1)])
def test_few_letters_of_each_spool_are_shown_and_the_rest_is_counted(
    bridges: int, shown: int
) -> None:
    held = {"state": "failed", "mailbox": "a@x.ru", "came": START}
    letters = [held | {"id": f"{number}"} for number in range(100)]
    grant = Grant("anna", frozenset({"read"}), frozenset({"*"}))
    found = bridges_of([report_of(letters=letters, failed=130)] * bridges, grant, CLOCK)
    assert {len(each.letters) for each in found} == {shown}
    assert {each.more for each in found} == {130 - shown}


def test_refusals_are_bounded_numbered_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "refusals.json"
    first = Refusals(path)
    for number in range(REMEMBERED + 50):
        first.note("550 5.1.1 No", "203.0.113.7", "a@b.ru", f"{number}\r\n\x1b@c.ru")
    first.save()
    again = Refusals(path)
    told = again.since(-1)
    assert (len(told), told[0].number) == (MAX_REFUSALS, 50)
    assert told[0].rcpt_to == "50???@c.ru"
    again.note("451 later", "203.0.113.7")
    assert [each.number for each in again.since(REMEMBERED + 49)] == [REMEMBERED + 50]
    assert len(again.since(10**9)) == MAX_REFUSALS  # a file that was lost: all of it is told anew
    path.write_text("{nonsense")
    assert Refusals(path).since(-1) == []


def test_hops_are_read_with_their_times_whatever_they_say() -> None:
    clock = Clock(words_of("en"), START)
    fields = [
        (
            "Received",
            "from b.example by c.example with ESMTPS id 2; Mon, 23 Nov 2026 10:00:05 +0000",
        ),
        ("Received", "from a.example by b.example; Mon, 23 Nov 2026 13:00:00 +0300"),
        ("Received", "nonsense; not a date"),
        ("Received", ""),
    ]
    hops = hops_of(fields, clock)
    assert [each.detail for each in hops[2:]] == [
        "from a.example to b.example",
        "from b.example to c.example ESMTPS",
    ]
    assert [each.when for each in hops[:2]] == [None, None]
    assert hops[2].when == START


@pytest.mark.parametrize(
    ("received", "told"),
    [
        (
            "from a.example (a.example [192.0.2.1]) (using TLSv1.3 with cipher TLS_AES_256_GCM "
            "(256/256 bits) key-exchange X25519) (No client certificate requested) "
            "by b.example (Postfix) with ESMTPS id 4F for <x@b.example>",
            "from a.example to b.example ESMTPS",
        ),
        ("by web.example (Postfix, from userid 33) id 4F", "to web.example"),
        ("(qmail 1234 invoked from network)", ""),
        (
            "from unknown (HELO pc) (192.0.2.1) by c.example with SMTP",
            "from unknown to c.example SMTP",
        ),
        (
            "from [192.0.2.5] (helo=pc.example) by mx.example with esmtpsa (TLS1.3) tls TLS_AES "
            "(Exim 4.96) (envelope-from <a@b.example>) id 1a-2b for c@d.example",
            "from [192.0.2.5] to mx.example esmtpsa",
        ),
        (
            "by mx.example with local (Exim 4.96) (envelope-from <a@b.example>) id 1a",
            "to mx.example local",
        ),
        ("(from root@localhost) by s.example (8.17.1/8.17.1/Submit) id 2a", "to s.example"),
        ("by 2002:a05:6214:1::5 with SMTP id d7csp1", "to 2002:a05:6214:1::5 SMTP"),
        (
            "from A.example (2603:10a6::1) by B.example (2603:10a6::2) with Microsoft SMTP Server "
            "(version=TLS1_2, cipher=TLS_ECDHE) id 15.20",
            "from A.example to B.example Microsoft SMTP Server",
        ),
        (
            "from f.example (f.example [IPv6:2a02::1]) by d.example (nwsmtp) with LMTP id 0-r",
            "from f.example to d.example LMTP",
        ),
        ("from a.example (never closed by b.example", "from a.example to b.example"),
        ("from a.example (\\) with x) by b.example", "from a.example to b.example"),
    ],
)
def test_a_hop_is_told_by_its_clauses_not_by_its_comments(received: str, told: str) -> None:
    [hop] = hops_of([("Received", f"{received}; Mon, 23 Nov 2026 10:00:05 +0000")], CLOCK)
    assert hop.detail == told
