"""What an import does with the answers of web servers that are no receiver, or stand before one."""

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from contract.batch import FILES
from tests import servers
from tests.importing.process import Import, counts, stored_in_mbox
from tests.letters import letter
from tests.whole.conftest import Whole

LEADS = "https://me:hunter2@b.example/hook?key=hunter2"


class Server(BaseHTTPRequestHandler):
    """Answers requests as ``answer`` says, which knows the method and what was sent."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    answer: Callable[[str, str, dict[str, str], bytes], tuple[int, dict[str, str], bytes]]

    def _answered(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        called = type(self).answer
        status, headers, body = called(self.command, self.path, dict(self.headers), sent)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = _answered

    def log_message(self, format: str, *arguments: object) -> None:
        pass


Answer = tuple[int, dict[str, str], bytes]


@contextmanager
def serving(answer: Callable[[str, str, dict[str, str], bytes], Answer]) -> Iterator[int]:
    kind = type("Serving", (Server,), {"answer": staticmethod(answer)})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


@contextmanager
def answering(look: int, post: int) -> Iterator[int]:
    """Serve a foreign web server that answers so to a look and to whatever is sent."""

    def answer(method: str, _path: str, _headers: dict[str, str], _body: bytes) -> Answer:
        status = look if method == "GET" else post
        return status, {"Location": LEADS} if 300 <= status < 400 else {}, b""

    with serving(answer) as port:
        yield port


@contextmanager
def before(receiver: str, away: Callable[[str, int], int]) -> Iterator[int]:
    """Serve a proxy of the receiver; ``away`` returns a status instead of the receiver's, or 0.

    It knows the method and how many requests of that method came before.
    """
    seen: dict[str, int] = {}

    def answer(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        seen[method] = seen.get(method, -1) + 1
        if status := away(method, seen[method]):
            return status, {"Content-Type": "text/html"}, b"<html>nginx</html>"
        there = HTTPConnection("127.0.0.1", int(receiver), timeout=60)
        try:
            kept = {name: value for name, value in headers.items() if name != "Expect"}
            there.request(method, path, body, kept)
            answered = there.getresponse()
            told = {name: answered.getheader(name, "") for name in ("Content-Type", FILES)}
            return answered.status, told, answered.read()
        except (OSError, HTTPException):
            return 502, {}, b"nobody there"
        finally:
            there.close()

    with serving(answer) as port:
        yield port


def past(directory: Path, many: int, size: int = 10) -> str:
    """Write an mbox of letters, each of another dialog; return its path."""
    letters = [letter(f"{number}@example.ru", text=f"{number} " * size) for number in range(many)]
    path = directory / "past"
    path.write_bytes(b"".join(map(stored_in_mbox, letters)))
    return str(path)


ELSEWHERE = "the webhook is elsewhere: name its own address in WEBHOOK_URL"
NO_WEBHOOK = "look at the path in WEBHOOK_URL"
SMALL, WITH_BYTES_APART = 10, 100_000


@pytest.mark.parametrize(
    ("look", "post", "size", "reason"),
    [
        (301, 301, SMALL, f"{ELSEWHERE} (301 to https://b.example/hook)"),
        (303, 303, SMALL, f"{NO_WEBHOOK} (303 to https://b.example/hook)"),
        (405, 302, SMALL, ELSEWHERE),
        (405, 307, WITH_BYTES_APART, ELSEWHERE),
        (204, 308, SMALL, f"{ELSEWHERE} (308 to https://b.example/hook)"),
        (405, 404, SMALL, NO_WEBHOOK),
        (204, 404, WITH_BYTES_APART, NO_WEBHOOK),
        (405, 405, SMALL, NO_WEBHOOK),
        (405, 501, SMALL, NO_WEBHOOK),
        (405, 401, SMALL, "the secrets do not fit"),
        (405, 403, SMALL, "does not let us in"),
        (200, 200, SMALL, NO_WEBHOOK),
    ],
)
def test_a_web_server_that_is_no_receiver_ends_the_import(
    tmp_path: Path, look: int, post: int, size: int, reason: str
) -> None:
    with answering(look, post) as port:
        status, said = Import(tmp_path, str(port), past(tmp_path, 3, size)).run()
    assert (status, reason in said) == (78, True), said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("method", "status"),
    [("POST", 301), ("POST", 404), ("POST", 502), ("PUT", 401), ("PUT", 404), ("PUT", 503)],
)
def test_a_proxy_that_answers_itself_for_a_while_costs_no_letter(
    tmp_path: Path, whole: Whole, method: str, status: int
) -> None:
    """A restarted receiver leaves its proxy with such answers; the letters wait.

    They begin when something was taken: a letter's bytes are before its first POST.
    """
    port = whole.receiver.env["RECEIVER_PORT"]
    # Eight are on the way at once: all their bytes may come before the first POST.
    many, size, begins = (8, SMALL, 3) if method == "POST" else (24, WITH_BYTES_APART, 1)
    posts, refused = 0, 0

    def away(asked: str, _number: int) -> int:
        nonlocal posts, refused
        posts += asked == "POST"
        if asked != method or posts < begins or refused == 3:
            return 0
        refused += 1
        return status

    with before(port, away) as front:
        ended, said = Import(tmp_path, str(front), past(tmp_path, many, size)).run()
    assert (ended, counts(said), refused) == (0, (many, 0, 0), 3), said
    assert len(whole.messages()) == many


def test_a_receiver_that_is_restarted_during_an_import_costs_no_letter(
    tmp_path: Path, whole: Whole
) -> None:
    service = Import(tmp_path, whole.receiver.env["RECEIVER_PORT"], past(tmp_path, 300))
    with service.running() as process:
        servers.wait_until(lambda: service.settled() >= 10)
        whole.receiver.kill()
        whole.receiver.start()
        assert process.wait(300) == 0
    assert counts(service.log.read_text())[2] == 0
    assert len(whole.messages()) == 300


def test_an_import_that_a_proxy_ended_goes_on(tmp_path: Path, whole: Whole) -> None:
    port, is_away = whole.receiver.env["RECEIVER_PORT"], True
    with before(port, lambda method, _: 404 if is_away and method != "GET" else 0) as front:
        service = Import(tmp_path, str(front), past(tmp_path, 30))
        ended, said = service.run()
        is_away = False
        again, after = service.run()
    assert (ended, "look at the path in WEBHOOK_URL" in said) == (78, True), said
    assert (again, counts(after)) == (0, (30, 0, 0)), after


@pytest.mark.parametrize("status", [500, 502])
def test_an_import_that_waits_says_for_whom_and_how_to_end_it(
    tmp_path: Path, whole: Whole, status: int
) -> None:
    """Also before anything was taken: a proxy answers so while its receiver starts."""
    port, path = whole.receiver.env["RECEIVER_PORT"], past(tmp_path, 5)
    is_away = True
    with before(port, lambda method, _: status if is_away and method == "POST" else 0) as front:
        service = Import(tmp_path, str(front), path)
        with service.running() as process:
            servers.wait_until(lambda: "waiting" in service.log.read_text())
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 130
        said = service.log.read_text()
        is_away = False
        ended, after = service.run()
    place = f"http://127.0.0.1:{front}/webhook/email: {status}"
    assert re.search(rf"waiting \d s: {place}.*; Ctrl-C ends it, and the same command goes", said)
    assert "interrupted; the same command goes on from here" in said
    assert (ended, counts(after)) == (0, (5, 0, 0)), after
