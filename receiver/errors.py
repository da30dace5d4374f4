"""Every error that a request can end in, and its one HTTP answer (RFC 9457)."""

from dataclasses import dataclass


@dataclass
class Problem(Exception):
    """An answer that is not 2xx: its status, what is wrong, and where in the body."""

    status: int
    title: str
    errors: tuple[dict[str, str], ...] = ()
    retry_after: int | None = None

    def body(self) -> dict[str, object]:
        """Return the ``application/problem+json`` document."""
        document: dict[str, object] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
        }
        return document | ({"errors": list(self.errors)} if self.errors else {})


RETRY_AFTER_SECONDS = 5


def unavailable(reason: str) -> Problem:
    """Return the 503 that asks the courier to come again."""
    return Problem(503, reason, retry_after=RETRY_AFTER_SECONDS)
