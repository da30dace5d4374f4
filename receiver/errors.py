"""Every error that a request can end in, and its one HTTP answer (RFC 9457)."""

from dataclasses import dataclass

# Where each is explained; the names are part of the API and never change.
NAMES = {
    400: "malformed",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    405: "method",
    408: "too-slow",
    409: "conflict",
    410: "gone",
    412: "changed-meanwhile",
    413: "too-large",
    415: "media-type",
    416: "range",
    422: "wrong-fields",
    429: "too-many",
    500: "internal",
    503: "unavailable",
}


@dataclass
class Problem(Exception):
    """An answer that is not 2xx: its status, what is wrong, and where in the body."""

    status: int
    title: str
    errors: tuple[dict[str, str], ...] = ()
    retry_after: int | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def body(self) -> dict[str, object]:
        """Return the ``application/problem+json`` document."""
        document: dict[str, object] = {
            "type": f"/docs#{NAMES[self.status]}" if self.status in NAMES else "about:blank",
            "title": self.title,
            "status": self.status,
        }
        return document | ({"errors": list(self.errors)} if self.errors else {})


RETRY_AFTER_SECONDS = 5


def unavailable(reason: str) -> Problem:
    """Return the 503 that asks the courier to come again."""
    return Problem(503, reason, retry_after=RETRY_AFTER_SECONDS)
