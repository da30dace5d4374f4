"""Operations outside ``/v1``: those that OpenAPI describes, and those left out on purpose.

They have routes of their own, with the same models. A test compares this file with the router.
"""

from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from contract.event import Answer, EmailReceived
from receiver.web.request_models import Merge, Move, Split, Undo
from receiver.web.v1.operation import Call, MayAnswer, Operation, Proof
from receiver.web.v1.shapes import CorrectedShape, Id, Reasons

LEFT_OUT = {
    "between a bridge and a receiver of one version": (
        "/webhook/alarms",
        "/webhook/bridge",
        "/webhook/canaries/{name}",
        "/webhook/known",
        "/webhook/stored",
    ),
    "pages for people, see docs/page.md": (
        "/",
        "/d/{id}",
        "/d/{id}/export",
        "/d/{id}/merge",
        "/d/{id}/move",
        "/d/{id}/print",
        "/d/{id}/split",
        "/d/{id}/undo",
        "/d/{id}/why",
        "/health",
        "/health/forget",
        "/health/retry",
        "/language",
        "/letters/{mailbox}/{key}/eml",
        "/letters/{mailbox}/{key}/files",
        "/letters/{mailbox}/{key}/files/{number}",
        "/letters/{mailbox}/{key}/headers",
        "/letters/{mailbox}/{key}/html",
        "/letters/{mailbox}/{key}/original",
        "/letters/{mailbox}/{key}/text",
        "/live",
        "/person",
        "/person/erase",
        "/person/export",
        "/sign-in",
        "/sign-out",
        "/static/{name}",
        "/trace",
    ),
    "for administrators, see docs/operations.md": ("/healthz", "/readyz", "/metrics"),
    "this description": ("/docs", "/openapi.json"),
}
OLDER = "Older than `/v1`, which offers the same by token."
SIGNED: tuple[Proof, ...] = ("signature",)


class StoredDialog(BaseModel):
    """A dialog as it is stored, with more fields than these."""

    model_config = ConfigDict(extra="allow")

    id: Id = Field(alias="_id")
    email_from: str
    messages: list[dict[str, Any]]


async def _elsewhere(_call: Call) -> web.StreamResponse:
    raise NotImplementedError("it is served by a route of its own")


def beside() -> list[Operation]:
    """Return the operations outside ``/v1``."""
    return [*_letters(), *_dialogs()]


def _letters() -> list[Operation]:
    opened = MayAnswer("a dialog was opened", Answer)
    joined = MayAnswer("the letter joined a dialog, or was there already", Answer)
    path = "/webhook/email"
    return [
        Operation(
            "post_letter",
            "POST",
            path,
            "Post a letter. A signed request may have several, as `application/x-ndjson`, an event"
            " a line (docs/webhook.md).",
            "post",
            _elsewhere,
            {200: joined, 201: opened},
            body=EmailReceived,
            problems=(404,),
            proofs=("token", "signature"),
        ),
        Operation(
            "check_signature",
            "GET",
            path,
            "Check a signature: whether events signed so would be accepted. Nothing is stored.",
            "post",
            _elsewhere,
            {204: MayAnswer("they would")},
            proofs=SIGNED,
        ),
        Operation(
            "put_file",
            "PUT",
            "/webhook/blobs/{sha256}",
            "Store the bytes of a file before the letter that names them. The signature covers"
            " the digest.",
            "post",
            _elsewhere,
            {200: MayAnswer("they were stored already"), 201: MayAnswer("they are stored")},
            takes="application/octet-stream",
            proofs=SIGNED,
        ),
    ]


def _dialogs() -> list[Operation]:
    where = {308: MayAnswer("it was merged into another one", headers=("Location",))}
    corrected = {200: MayAnswer("the dialog that has the letters now", CorrectedShape)}
    read: list[tuple[str, str, type[BaseModel]]] = [
        ("", "One dialog as it is stored.", StoredDialog),
        ("/why", "Why each letter of a dialog is there.", Reasons),
    ]
    corrections: list[tuple[str, str, type[BaseModel]]] = [
        ("/split", "Give some letters a dialog of their own.", Split),
        ("/merge", "Make two dialogs one.", Merge),
        ("/move", "Move one letter to another dialog.", Move),
        ("/undo", "Undo a correction, or a guess.", Undo),
    ]
    return [
        *(
            Operation(
                f"older_{rest[1:] or 'dialog'}",
                "GET",
                f"/dialogs/{{id}}{rest}",
                f"{words} {OLDER}",
                "read",
                _elsewhere,
                {200: MayAnswer(words, model)} | where,
                problems=(404, 410),
                proofs=SIGNED,
            )
            for rest, words, model in read
        ),
        *(
            Operation(
                f"older_{rest[1:]}",
                "POST",
                f"/dialogs/{{id}}{rest}",
                f"{words} {OLDER}",
                "correct",
                _elsewhere,
                corrected,
                body=model,
                problems=(404, 409, 410),
                proofs=SIGNED,
            )
            for rest, words, model in corrections
        ),
    ]
