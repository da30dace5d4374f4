"""Who gets in, by which means, from where, and until when."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from html import escape
from http.cookies import SimpleCookie

import pytest
from yarl import URL

from receiver.access.tokens import Tokens
from receiver.errors import Problem
from receiver.page.signing.cookies import cookie_in, cookie_name
from receiver.page.signing.link import new_link
from receiver.page.signing.place import Place, onward, place_of, refuse_foreign
from receiver.page.signing.sign_ins import SignIns
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database
from tests import servers, webhook_client
from tests.page.conftest import Browser, browsing
from tests.receiver.api_client import make_token
from tests.receiver.running import Run

PAGES = ("/", "/?tab=all", "/d/{id}", "/d/{id}/why", "/live?mailbox=support@yandex.ru&since=0")
LETTER = "/letters/support@yandex.ru/{key}"
OF_A_LETTER = ("headers", "text", "html", "original", "eml", "files/0")


async def places(database: Database) -> list[str]:
    """Return an address of each kind, with a dialog and letter that are there."""
    letter = await database.letters.find_one({"message.attachments.0": {"$exists": True}})
    assert letter is not None
    named = {"id": letter["dialog"], "key": letter["key"]}
    paths = [*PAGES, *(f"{LETTER}/{each}" for each in OF_A_LETTER)]
    return [path.format(**named) for path in paths]


async def test_without_a_sign_in_nothing_is_seen(
    service: servers.Service, database: Database
) -> None:
    async with browsing(service) as stranger:
        for path in await places(database):
            answer = await stranger.get(path)
            assert answer.status == 303, path
            assert answer.headers["Location"].startswith("/sign-in"), path
            assert answer.text == "", path
        for path in ("/sign-in", "/nothing", "/d/1", "/static/page.css"):
            assert "yandex" not in (await stranger.get(path)).text


async def test_a_link_of_another_site_opens_what_it_leads_to(browser: Browser) -> None:
    """The strict cookie is only sent once a page of ours opens the address again."""
    path = "/?mailbox=support@yandex.ru&tab=all"
    told = {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    cookies = {each.key: each.value for each in browser.session.cookie_jar}
    browser.session.cookie_jar.clear()
    for site, status in (("cross-site", 200), ("same-site", 200), ("same-origin", 303)):
        answer = await browser.get(path, Sec_Fetch_Site=site, **told)
        assert answer.status == status
        anew = 'content="0; url=/?mailbox=support@yandex.ru&amp;tab=all"' in answer.text
        assert anew == (status == 200)
    image = await browser.get(path, Sec_Fetch_Site="cross-site", Sec_Fetch_Dest="image")
    assert image.status == 303
    away = await browser.get("//evil.example/", Sec_Fetch_Site="cross-site", **told)
    assert "evil" not in away.text
    browser.session.cookie_jar.update_cookies(cookies, URL(browser.origin))
    assert (await browser.get(path, Sec_Fetch_Site="cross-site", **told)).status == 200


async def test_the_place_on_a_page_is_kept_where_its_address_names_it(
    browser: Browser, database: Database
) -> None:
    """The part after ``#`` is never sent to a server, and used to be lost."""
    told = {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    cookies = {each.key: each.value for each in browser.session.cookie_jar}
    for path, place in (
        ("/health?bridges=5", "#bridges"),
        ("/d/1?page=1&corrections=2", "#corrected-title"),
        ("/health?after=15", ""),
        ("/trace?q=bridges=5", ""),
    ):
        browser.session.cookie_jar.clear()
        anew = (await browser.get(path, Sec_Fetch_Site="cross-site", **told)).text
        assert f'url={escape(path)}{place}"' in anew
        code = (await new_link(SignIns(database), "http://x", "olga")).partition("link=")[2]
        answer = await browser.post("/sign-in", {"link": code, "next": path})
        assert answer.headers["Location"] == path + place
    browser.session.cookie_jar.update_cookies(cookies, URL(browser.origin))


async def test_a_long_address_is_kept_through_the_sign_in(browser: Browser) -> None:
    """In a URL each Russian letter of a subject takes six characters."""
    told = {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    found = f"/trace?q={'%D0%B9' * 400}"
    browser.session.cookie_jar.clear()
    assert f"url={found}" in (await browser.get(found, Sec_Fetch_Site="cross-site", **told)).text
    asked = (await browser.get(found)).headers["Location"]
    assert f'value="{found}"' in (await browser.get(asked)).text
    too_long = f"/trace?q={'%D0%B9' * 1000}"
    assert (await browser.get(too_long)).headers["Location"] == "/sign-in"


async def test_a_token_that_may_not_read_does_not_sign_in(
    service: servers.Service, database: Database
) -> None:
    """It used to, and then every page was 403, even signing out."""
    token = await make_token(database, "post")
    async with browsing(service) as one:
        answer = await one.post("/sign-in", {"token": token})
        assert (answer.status, "Set-Cookie" in answer.headers) == (403, False)
        assert "may not read" in answer.text
        assert 'id="token"' in answer.text


async def test_of_other_mailboxes_nothing_is_seen(
    service: servers.Service, database: Database
) -> None:
    token = await make_token(database, "read raw correct", "other@yandex.ru")
    async with browsing(service) as other:
        assert (await other.post("/sign-in", {"token": token})).status == 303
        for path in (await places(database))[2:]:
            answer = await other.get(path)
            assert answer.status == 404, path
            assert "ivan@example.ru" not in answer.text
        assert "support@yandex.ru" not in (await other.get("/?tab=all")).text
        assert (await other.get("/?mailbox=support@yandex.ru")).status == 404


async def test_rights_are_kept_apart(service: servers.Service, database: Database) -> None:
    token = await make_token(database, "post")
    async with browsing(service) as poster:
        await poster.post("/sign-in", {"token": token})
        for path in await places(database):
            assert (await poster.get(path)).status == 303, path
    token = await make_token(database, "read")
    async with browsing(service) as reader:
        await reader.post("/sign-in", {"token": token})
        for path in await places(database):
            raw = path.endswith(("/original", "/eml"))
            if "/live" not in path:
                answer = await reader.get(path)
                assert (answer.status == 403) == raw, path
                assert ".eml" not in answer.text


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/sign-in", {"token": "x" * 9000}, 413),
        ("/language", {f"field{number}": "" for number in range(11)}, 422),
        ("/person", {"address": "x" * 9000}, 401),
        ("/d/0/split", {"letter": "0" * 200_000}, 401),
    ],
)
async def test_nobody_has_a_large_form_read(
    service: servers.Service, path: str, fields: dict[str, str], status: int
) -> None:
    """Without a sign-in no form is read where one is needed: 200 large ones took seconds."""
    async with browsing(service) as stranger:
        assert (await stranger.post(path, fields)).status == status


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("listener=a", "a"),
        ("a=b; listener=c=d==; listener=e", "c=d=="),
        ("xlistener=a;listener =b", "b"),
        ('listener="a/b"', "a/b"),
        ("listener", ""),
        ("listener2=a; b=listener", None),
        ("", None),
        (";;;=;" * 1000, None),
    ],
)
def test_a_cookie_is_found_among_others(header: str, value: str | None) -> None:
    assert cookie_in(header, "listener") == value


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (Place("http", "127.0.0.1:8080"), "listener-8080"),
        (Place("http", "[::1]:8081"), "listener-8081"),
        (Place("http", "[::1]"), "listener"),
        (Place("http", "localhost"), "listener"),
        (Place("https", "mail.example.ru"), "__Host-listener"),
        (Place("https", "mail.example.ru:8443"), "__Host-listener-8443"),
    ],
)
def test_the_cookie_of_each_port_has_its_own_name(place: Place, name: str) -> None:
    assert cookie_name(place) == name


async def test_two_copies_on_one_machine_do_not_sign_each_other_out(browser: Browser) -> None:
    browser.session.cookie_jar.update_cookies(
        {"listener": "of before", "listener-1": "of the other copy"}, URL(browser.origin)
    )
    assert (await browser.get("/?tab=all")).status == 200


async def test_a_link_is_good_once(service: servers.Service, database: Database) -> None:
    link = await new_link(SignIns(database), "http://x", "once")
    async with browsing(service) as one, browsing(service) as other:
        path = link.removeprefix("http://x")
        for _ in range(3):  # to look at it does not use it up
            assert "Sign in here" in (await one.get(path)).text
        answers = await asyncio.gather(one.sign_in(link), other.sign_in(link))
        assert sorted(each.status for each in answers) == [303, 401]
        late, known = (other, one) if answers[1].status == 401 else (one, other)
        assert "used already" in (await late.get(path)).text
        again = await known.get(f"{path}&next=/health")  # who reloads it is signed in
        assert (again.status, again.headers["Location"]) == (303, "/health")
        outside = await known.get(f"{path}&next=//evil.example/")
        assert outside.headers["Location"] == "/"


async def test_an_old_link_is_none(service: servers.Service, database: Database) -> None:
    link = await new_link(SignIns(database), "http://x", "old")
    past = datetime.now(UTC) - timedelta(seconds=1)
    await database.links.update_many({"name": "old"}, {"$set": {"expires": past}})
    async with browsing(service) as late:
        assert (await late.sign_in(link)).status == 401


async def test_the_cookie_is_strict_and_nothing_is_kept_that_opens_the_page(
    service: servers.Service, database: Database
) -> None:
    link = await new_link(SignIns(database), "http://x", "cookie")
    async with browsing(service) as one:
        answer = await one.sign_in(link)
    port = service.env["RECEIVER_PORT"]
    cookie = SimpleCookie(answer.headers["Set-Cookie"])[f"listener-{port}"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert not cookie["secure"]  # on loopback; with TLS it is, and named __Host-
    kept = str(await database.sign_ins.find().to_list(None))
    assert cookie.value not in kept
    assert link.partition("link=")[2] not in str(await database.links.find().to_list(None))


async def test_a_token_that_ends_takes_its_sign_ins_along(
    service: servers.Service, database: Database
) -> None:
    token = await make_token(database, "read", name="ends")
    async with browsing(service) as one:
        assert (await one.post("/sign-in", {"token": f" {token} "})).status == 303
        assert (await one.get("/")).status == 200
        await Tokens(database).revoke("ends", datetime.now(UTC))
        assert (await one.get("/")).status == 303


async def test_signing_out_ends_it_here_or_everywhere(
    service: servers.Service, database: Database
) -> None:
    sign_ins = SignIns(database)
    async with browsing(service) as one, browsing(service) as two, browsing(service) as three:
        for each in (one, two, three):
            await each.sign_in(await new_link(sign_ins, "http://x", "leaving"))
        await one.post("/sign-out")
        assert [(await each.get("/")).status for each in (one, two, three)] == [303, 200, 200]
        await two.post("/sign-out", {"everywhere": "yes"})
        assert (await three.get("/")).status == 303


async def test_signing_out_everywhere_ends_what_is_of_the_same_token_or_of_links(
    service: servers.Service, database: Database
) -> None:
    token = await make_token(database, "read", name="shared")
    async with browsing(service) as one, browsing(service) as two, browsing(service) as three:
        await three.sign_in(await new_link(SignIns(database), "http://x", "shared"))
        for each in (one, two):
            await each.post("/sign-in", {"token": token})
        await one.post("/sign-out", {"everywhere": "yes"})
        assert [(await each.get("/")).status for each in (one, two, three)] == [303, 303, 200]


async def test_who_is_signed_out_hears_no_more_of_what_changes(
    service: servers.Service, database: Database
) -> None:
    letter = {"mailbox": "heard@yandex.ru", "from": {"address": "a@example.ru"}, "subject": "Hear"}
    async with browsing(service) as one:
        await one.sign_in(await new_link(SignIns(database), "http://x", "hears"))
        path = "/live?mailbox=heard@yandex.ru&since=0"
        async with one.session.get(one.origin + path) as answer:
            assert await answer.content.readuntil(b"event: more\ndata: {}\n\n")
            await SignIns(database).end_all_of("hears")
            async with webhook_client.connected(service.env["RECEIVER_PORT"]) as client:
                body = json.dumps({"type": "email.received", "data": letter}).encode()
                assert (await client.post(body, event_id="heard"))[0] < 300
            async with asyncio.timeout(60):
                assert await answer.content.read() == b""


async def test_wrong_tokens_are_told_alike_and_not_for_ever(
    service: servers.Service, database: Database
) -> None:
    async with browsing(service) as one:
        said = set()
        for number in range(40):
            answer = await one.post("/sign-in", {"token": f"el_{number}"})
            said.add(answer.status)
            assert (answer.status == 429) == ("Retry-After" in answer.headers)
            if answer.status == 429:
                break
        assert said == {401, 429}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site"},
        {"Origin": None, "Sec_Fetch_Site": "same-site"},
        {"Origin": "null", "Sec_Fetch_Site": None},
        {"Origin": "http://127.0.0.1:1", "Sec_Fetch_Site": None},
        {"Origin": None, "Sec_Fetch_Site": None},
    ],
)
async def test_forms_of_others_do_nothing(browser: Browser, headers: dict[str, str | None]) -> None:
    for path in ("/sign-out", "/language", "/sign-in"):
        assert (await browser.post(path, {"everywhere": "yes"}, **headers)).status == 403
    assert (await browser.get("/")).status == 200


async def test_under_another_name_the_page_is_not_shown(browser: Browser) -> None:
    answer = await browser.get("/sign-in", Host="evil.example")
    assert answer.status == 403
    assert (await browser.get("/sign-in", Host="localhost:9")).status == 200


@pytest.mark.parametrize(
    ("url", "host", "place"),
    [
        (None, "127.0.0.1:8080", Place("http", "127.0.0.1:8080")),
        (None, "[::1]:8080", Place("http", "[::1]:8080")),
        (None, "LOCALHOST", Place("http", "localhost")),
        ("https://mail.example.ru", "mail.example.ru", Place("https", "mail.example.ru")),
        ("https://mail.example.ru", "127.0.0.1:8080", Place("http", "127.0.0.1:8080")),
        (None, "192.168.0.7:8080", None),
        (None, "127.0.0.1.evil.example", None),
        ("https://mail.example.ru", "mail.example.ru.evil.example", None),
        (None, "", None),
        (None, "[", None),
    ],
)
def test_where_the_page_is_shown(url: str | None, host: str, place: Place | None) -> None:
    if place:
        assert place_of(url, host) == place
    else:
        with pytest.raises(Problem):
            place_of(url, host)


@pytest.mark.parametrize(
    ("url", "host", "forwarded", "scheme"),
    [
        (None, "localhost", "https", "https"),
        (None, "localhost:8443", "HTTPS", "https"),
        (None, "localhost", "http", "http"),
        (None, "localhost", "https, http", "http"),  # of two proxies: which is ours is not known
        ("https://mail.example.ru", "localhost", "https", "https"),
        ("https://mail.example.ru", "mail.example.ru", "http", "https"),
    ],
)
def test_a_proxy_on_this_machine_may_say_that_it_has_tls(
    url: str | None, host: str, forwarded: str, scheme: str
) -> None:
    assert place_of(url, host, forwarded) == Place(scheme, host)


async def test_forms_come_through_a_proxy_with_tls_on_this_machine(
    browser: Browser, database: Database
) -> None:
    """This is compose's profile ``proxy`` without PAGE_URL: https://localhost."""
    proxied = {
        "Host": "localhost",
        "X_Forwarded_Proto": "https",
        "Origin": "https://localhost",
    }
    browser.session.cookie_jar.clear()
    link = await new_link(SignIns(database), "https://localhost", "anna")
    signed_in = await browser.post("/sign-in", {"link": link.partition("link=")[2]}, **proxied)
    said = signed_in.headers["Set-Cookie"]
    assert (signed_in.status, "Secure" in said) == (303, True)
    visitor = proxied | {"Cookie": said.partition(";")[0]}
    mine = await browser.post("/sign-out", **visitor)
    assert mine.status == 303
    forms = proxied | {"Origin": "http://localhost"}
    assert (await browser.post("/sign-in", {"link": "x"}, **forms)).status == 403


def test_a_page_of_ours_may_send_forms() -> None:
    here = Place("https", "mail.example.ru")
    refuse_foreign(here, {"Origin": "https://mail.example.ru"})
    refuse_foreign(here, {"Sec-Fetch-Site": "same-origin"})
    with pytest.raises(Problem):
        refuse_foreign(here, {"Origin": "http://mail.example.ru"})


@pytest.mark.parametrize(
    ("path", "goes"),
    [
        ("/d/17?page=2", "/d/17?page=2"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/a\r\nSet-Cookie: b", "/"),
        ("", "/"),
    ],
)
def test_after_the_sign_in_one_stays_here(path: str, goes: str) -> None:
    assert onward(path) == goes


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("https://mail.example.ru", True),
        ("http://localhost:8080", True),
        ("http://mail.example.ru", False),
        ("https://mail.example.ru/page", False),
        ("https://a:b@mail.example.ru", False),
        ("mail.example.ru", False),
    ],
)
def test_which_addresses_the_page_may_have(url: str, right: bool) -> None:
    _, wrong = ReceiverSettings.judged({"PAGE_URL": url})
    assert bool(wrong) != right


async def test_the_command_prints_lists_and_ends(
    service: servers.Service,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    uri, name = service.env["MONGO_URI"], service.env["MONGO_DATABASE"]
    run = Run(monkeypatch, capsys, caplog, uri, name)
    status, link, told = run("link", "--name", "anna", "--mailbox", "support@yandex.ru")
    assert (status, "15 minutes" in told) == (0, True)
    async with browsing(service) as anna:
        await anna.sign_in(link.strip())
        assert (await anna.get("/?tab=all")).status == 200
        _, listed, _ = run("link", "--list")
        assert "anna\tread,raw,correct\tsupport@yandex.ru\tcreated=" in listed
        assert run("link", "--end", "anna") == (0, "", "anna is signed out everywhere\n")
        assert (await anna.get("/?tab=all")).status == 303
    assert run("link", "--end", "anna")[0] == 1
    token = await make_token(database, "read", name="revoked")
    async with browsing(service) as one:
        await one.post("/sign-in", {"token": token})
        assert "revoked\tread" in run("link", "--list")[1]
        await Tokens(database).revoke("revoked", datetime.now(UTC))
        assert "revoked\tread" not in run("link", "--list")[1]
