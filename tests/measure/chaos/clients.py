"""SMTP clients that behave as mail servers do, and now and then as broken ones."""

import random
import socket
import threading
import time
from collections import Counter

from tests.measure.chaos.ledger import MAILBOXES, Ledger, Sent

SECONDS = 8.0


class ChaosClient(threading.Thread):
    """Sends letters one after the other, each until 250, or gives some up."""

    def __init__(self, ledger: Ledger, port: int, seed: int, faults: Counter[str]) -> None:
        super().__init__(daemon=True)
        self._ledger = ledger
        self._port = port
        self._rng = random.Random(seed)
        self._faults = faults
        self._stop_sending = threading.Event()
        self.refused: Counter[str] = Counter()

    def stop(self) -> None:
        """Finish the letter that is being sent."""
        self._stop_sending.set()

    def run(self) -> None:
        """Send until stopped."""
        while not self._stop_sending.is_set():
            sent = self._ledger.next_letter()
            while not sent.promised:
                self._try(sent)
                if self._stop_sending.is_set() or (sent.possible and self._rng.random() < 0.05):
                    break  # a mail server that gives a letter up
                self._stop_sending.wait(self._rng.uniform(0.02, 0.3))
            if sent.promised and self._rng.random() < 0.05:
                self._try(sent)  # a mail server that sends a letter again
                self._faults["client sends a letter again"] += 1

    def _try(self, sent: Sent) -> None:
        sent.attempts += 1
        try:
            with socket.create_connection(("127.0.0.1", self._port), SECONDS) as connection:
                self._converse(connection, sent)
        except OSError:
            pass

    def _converse(self, connection: socket.socket, sent: Sent) -> None:
        answers = connection.makefile("rb")

        def expect(code: bytes) -> None:
            line = b"-" * 4
            while line[3:4] == b"-":
                line = answers.readline()
            if not line.startswith(code):
                self.refused[line[:3].decode("ascii", "replace") or "cut"] += 1
                raise ConnectionError(line)

        expect(b"220")
        recipients = [MAILBOXES[mailbox] for mailbox in sent.mailboxes]
        lines = ["EHLO chaos.example", "MAIL FROM:<ivan@example.ru>"]
        lines += [f"RCPT TO:<{recipient}>" for recipient in recipients]
        for line in lines:
            connection.sendall(line.encode() + b"\r\n")
            expect(b"250")
        connection.sendall(b"DATA\r\n")
        expect(b"354")
        self._send_content(connection, sent)
        expect(b"250")
        sent.promised = True
        connection.sendall(b"QUIT\r\n")

    def _send_content(self, connection: socket.socket, sent: Sent) -> None:
        mood = self._rng.random()
        if mood < 0.03:
            self._faults["client drops in the middle of DATA"] += 1
            connection.sendall(sent.content[: self._rng.randrange(len(sent.content))])
            raise ConnectionError
        sent.possible = True  # from here on it may be kept although we never hear of it
        if mood < 0.06:
            self._faults["client is slow"] += 1
            half = len(sent.content) // 2
            connection.sendall(sent.content[:half])
            time.sleep(0.5)
            connection.sendall(sent.content[half:])
        else:
            connection.sendall(sent.content)
        connection.sendall(b".\r\n")
        if 0.06 < mood < 0.12:
            self._faults["client drops after the dot"] += 1
            time.sleep(self._rng.choice([0, 0.001, 0.005, 0.02]))
            raise ConnectionError
