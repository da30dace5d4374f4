"""Calls that may be repeated: the name that the client gave, and a digest of the content.

By token the name is ``Idempotency-Key`` (draft-ietf-httpapi-idempotency-key-header); a signing
service has named each call already: ``webhook-id`` is the same at every attempt.
"""

import hashlib
import re

from aiohttp import web
from bson import ObjectId
from pydantic import BaseModel

from contract.signature import ID
from receiver.access.grant import SERVICE_NAME, Grant
from receiver.errors import Problem
from receiver.filing.corrections import IDEMPOTENCY_KEY, Once

_NAME = re.compile(r'"([!#-~]{1,255})"|([!#-~]{1,255})')  # as RFC 9651 3.3.3 has it, or bare


def named_by(grant: Grant, request: web.Request, body: BaseModel) -> Once | None:
    """Return the name of a call, None if it has none; Problem 422."""
    if grant.by == "signature" and IDEMPOTENCY_KEY not in request.headers:
        return signed_as(request, body)
    said = request.headers.getall(IDEMPOTENCY_KEY, [])
    if not said:
        return None
    found = _NAME.fullmatch(said[0]) if len(said) == 1 else None
    if found is None:
        mistake = {"path": IDEMPOTENCY_KEY, "message": "one name of 1 to 255 ASCII characters"}
        raise Problem(422, "the header has a wrong field", (mistake,))
    return Once(_id(grant.by, grant.name, found[1] or found[2]), _digest(request, body))


def signed_as(request: web.Request, body: BaseModel) -> Once:
    """Return the name of a signed call.

    Other calls may have the same ``webhook-id``, so the content is part of the name.
    """
    asked = _digest(request, body)
    return Once(_id("signature", SERVICE_NAME, request.headers[ID], asked), asked)


def _digest(request: web.Request, body: BaseModel) -> str:
    asked = f"{request.path}\n{body.model_dump_json()}"
    return hashlib.sha256(asked.encode()).hexdigest()


def _id(*parts: str) -> ObjectId:
    return ObjectId(hashlib.sha256("\n".join(parts).encode()).digest()[:12])
