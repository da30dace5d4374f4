"""Every error that a request can end in, and its only HTTP answer (RFC 9457)."""

from dataclasses import dataclass
from http import HTTPStatus

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
    414: "long-address",
    415: "media-type",
    416: "range",
    422: "wrong-fields",
    429: "too-many",
    431: "long-header",
    500: "internal",
    503: "unavailable",
}
# What all problems of a kind share: the title of each answer, and its explanation.
MEANINGS = {
    400: "the body is not JSON, or was cut off, or the request is no HTTP",
    401: "no valid token, or the signature is wrong",
    403: "the token has not the right, or it takes a token and not a signature",
    404: "it is not there, or not for this token",
    405: "the path does not take this method; Allow names those that it takes",
    408: "the body came too slowly",
    409: "what is asked does not fit what is there",
    410: "the state is too old, or of before a restore: list anew; or the letters were erased",
    412: "what If-Match names is not there any more: it was changed meanwhile",
    413: "the body is too large",
    414: "the address is too long",
    415: "another Content-Type, a Content-Encoding, or a Transfer-Encoding but chunked",
    416: "there is nothing in that range",
    422: "a field or parameter is wrong; `errors` names it",
    429: "too many requests; Retry-After says when",
    431: "a field of the header is too long",
    500: "an error of ours: the receiver's log has it",
    503: "not just now: the database or the receiver cannot take it; Retry-After says when",
}


@dataclass
class Problem(Exception):
    """An answer that is not 2xx: its status, this error's words, and the places in the body."""

    status: int
    detail: str
    errors: tuple[dict[str, str], ...] = ()
    retry_after: int | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def body(self) -> dict[str, object]:
        """Return the ``application/problem+json`` document."""
        explained = self.status in NAMES
        document: dict[str, object] = {
            "type": f"/docs#{NAMES[self.status]}" if explained else "about:blank",
            "title": MEANINGS[self.status] if explained else HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        return document | ({"errors": list(self.errors)} if self.errors else {})


RETRY_AFTER_SECONDS = 5
NO_KEYS = "there is no usable secret: WEBHOOK_SECRETS, or WEBHOOK_SECRETS_FILE"


def unavailable(reason: str) -> Problem:
    """Return the 503 that asks the courier to come again."""
    return Problem(503, reason, retry_after=RETRY_AFTER_SECONDS)
