"""Whatever is sent to the HTTP door, nothing of it is logged and nothing internal revealed."""

import asyncio
import contextlib
import json
import socket

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.servers import Service

MALFORMED = {
    "no HTTP": b"\x16\x03\x01hush-1\r\n\r\n",
    "bare line feeds": b"POST / HTTP/1.1\nHost: a\nX: hush-2\n\nhush-3",
    "a header without a name": b"GET / HTTP/1.1\r\n: hush-4\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhush-5",
    "a host that is none": b"GET http://xn--a/ HTTP/1.1\r\nHost: a\r\nX: hush-8\r\n\r\n",
    "control signs": b"GET / HTTP/1.1\r\nX: \x00hush-7\r\n\r\n",
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED.keys())
async def test_malformed_http_is_400_and_nothing_of_it_is_logged_or_told(
    receiver: Service, sent: bytes
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(receiver.env["RECEIVER_PORT"]))
    writer.write(sent)
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert answer.split()[1] == b"400"
    assert b"application/problem+json" in answer
    log = receiver.log.read_bytes()
    for text in (answer, log):
        assert b"hush" not in text
        assert b"Traceback" not in text
        assert b"aiohttp/" not in text
    assert b"malformed HTTP from 127.0.0.1" in log


BY_THE_LIBRARY = {
    "no such path, and an expectation": (417, b"GET /hush HTTP/1.1\r\nExpect: hush\r\n"),
    "another method, and an expectation": (417, b"PUT /healthz HTTP/1.1\r\nExpect: hush\r\n"),
    "no such path": (404, b"GET /hush?hush=hush HTTP/1.1\r\n"),
    "another method": (405, b"PUT /healthz?hush HTTP/1.1\r\n"),
    "an address that is too long": (414, b"GET /" + b"hush" * 2500 + b" HTTP/1.1\r\n"),
    "a header field that is too long": (431, b"GET / HTTP/1.1\r\nX: " + b"hush" * 2500 + b"\r\n"),
    "too many header fields": (400, b"GET / HTTP/1.1\r\n" + b"X: hush\r\n" * 200),
    "a body that is encoded": (415, b"GET /hush HTTP/1.1\r\nContent-Encoding: gzip\r\n"),
    "a body that is encoded on its way": (
        415,
        b"POST /hush HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n",
    ),
    "a body that is too large": (
        413,
        b"POST /webhook/email HTTP/1.1\r\nContent-Type: application/json\r\n"
        b"webhook-id: hush\r\nContent-Length: 99999999999\r\n",
    ),
}


@pytest.mark.parametrize(("status", "sent"), BY_THE_LIBRARY.values(), ids=BY_THE_LIBRARY.keys())
async def test_whoever_makes_an_answer_it_is_a_problem_without_a_word_of_the_request(
    receiver: Service, status: int, sent: bytes
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(receiver.env["RECEIVER_PORT"]))
    with contextlib.suppress(ConnectionError):
        writer.write(sent + b"Host: a\r\nConnection: close\r\n\r\n")
        answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Content-Type: application/problem+json" in head
    assert json.loads(body)["status"] == status == int(head.split()[1])
    assert b"hush" not in answer.lower()


BROWSER = b"Accept: text/html,*/*;q=0.8\r\nAccept-Language: ru\r\n"
LONG = b"hush" * 2500
TO_A_PERSON = {
    "cookies of many programs": (
        b"/",
        BROWSER + b"Cookie: a=" + LONG,
        431,
        "удалите cookie этого сайта",
    ),
    "more of them": (
        b"/",
        BROWSER + b"Cookie: a=" + b"hush" * 4500,
        431,
        "удалите cookie этого сайта",
    ),
    "another mistake": (b"/d/1", BROWSER + b": hush", 400, "это не запрос HTTP"),
    "what is for programs": (b"/v1/dialogs", BROWSER + b"Cookie: a=" + LONG, 431, None),
    "a program": (b"/", b"Accept: */*\r\nCookie: a=" + LONG, 431, None),
}


@pytest.mark.parametrize(("path", "head", "status", "told"), TO_A_PERSON.values(), ids=TO_A_PERSON)
async def test_a_browser_is_told_in_a_page_what_is_wrong_with_its_request(
    receiver: Service, path: bytes, head: bytes, status: int, told: str | None
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(receiver.env["RECEIVER_PORT"]))
    writer.write(b"GET %b HTTP/1.1\r\nHost: a\r\n%b\r\n\r\n" % (path, head))
    answer = (await asyncio.wait_for(reader.read(), 5)).decode()
    writer.close()
    assert answer.split()[1] == str(status)
    assert "hush" not in answer
    if told is None:
        assert "application/problem+json" in answer
        assert "more than 8 KB" in answer
    else:
        assert told in answer
        assert "Content-Security-Policy: default-src 'none'" in answer


METHODS = (b"GET", b"POST", b"PUT", b"CONNECT", b"OPTIONS", b"PRI", b"G\xff")
TARGETS = (
    *(b"/", b"*", b"/webhook/email", b"a:443", b"/?a=%", b"\xff\xfe", b"/%ff%0a"),
    *(b"/dialogs/%0aFake", b"http://[::1/", b"http://a:99999/", b"http://xn--a/"),
    *(b"//[x]/", b"http://\xd0\xb0/"),
)
VERSIONS = (b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"x")
FIELDS = (
    *(b"Host: [::1", b"Host: a:b:c", b": x", b" folded", b"X: \xff\x01", b"Expect: x"),
    *(b"Content-Length: -1", b"Content-Length: \xb2", b"Content-Length: 99999999999999999999"),
    *(b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: chunked"),
    *(b"Content-Type: \xff/;;", b"Content-Encoding: \xff", b"Upgrade: websocket"),
    *(b"Connection: Upgrade", b"webhook-id: \xff", b"webhook-timestamp: \xb2"),
)
RESTS = (b"X: hush\r\n\r\n", b"\r\nhush", b"\r\n5\r\nhush!\r\nhush", b"hush", b"\nhush\r\n\r\n")
REQUESTS = st.builds(
    lambda first, fields, rest: b"\r\n".join((b" ".join(first), b"Host: a", *fields, rest)),
    st.tuples(*map(st.sampled_from, (METHODS, TARGETS, VERSIONS))),
    st.lists(st.sampled_from(FIELDS), max_size=4),
    st.sampled_from(RESTS),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(REQUESTS | st.binary(max_size=200).map(lambda bytes_: bytes_ + b"\r\n\r\nhush"))
def test_whatever_is_sent_leaves_no_traceback_and_no_word_of_it(
    receiver: Service, sent: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", int(receiver.env["RECEIVER_PORT"])), 5) as client:
        client.sendall(sent)
        client.settimeout(0.02)
        with contextlib.suppress(TimeoutError, ConnectionError):
            assert b"hush" not in client.recv(4096)
    log = receiver.log.read_text()
    assert "Traceback" not in log
    assert "hush" not in log
