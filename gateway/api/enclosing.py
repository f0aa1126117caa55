"""Files for answers and notes: laid down first, then named by the act that sends them."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Final

from console.citizen.upload import Unread
from core.model.act_rules import NAMES, RULES
from core.model.drafts import DraftKind
from core.model.rights import scope
from core.model.staff import Right
from core.model.work import Actor, Refusal
from gateway.api.people import identity
from gateway.api.problems import (
    COMPRESSED,
    NOT_MULTIPART,
    NotDone,
    malformed,
    refusal_problem,
)
from gateway.api.table import Answer, Call, Endpoint, Keyed, Shown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from core.model.drafts import DraftFile
    from core.model.work import WorkTicket

MULTIPART: Final = "multipart/form-data"


class UploadShown(Shown):
    """A file that waits; ``id`` is what ``files`` of an act names it by."""

    id: int
    kind: DraftKind
    filename: str
    content_type: str
    size: int
    saved_at: datetime


class Uploads(Shown):
    """In the order in which they came."""

    items: list[UploadShown]


def _shown(files: Iterable[DraftFile]) -> Uploads:
    names = UploadShown.model_fields
    return Uploads(
        items=[UploadShown(**{name: getattr(one, name) for name in names}) for one in files]
    )


async def _ticket(call: Call) -> WorkTicket:
    number = call.parts.number(call.path["number"])
    return await call.parts.store.lists.one(scope(call.staff), number)


def _laying(kind: DraftKind) -> Callable[[Call], Awaitable[Answer]]:
    async def lay(call: Call) -> Answer:
        ticket, request = await _ticket(call), call.request
        if "Content-Encoding" in request.headers:
            raise NotDone(COMPRESSED)
        if request.content_type != MULTIPART:
            raise NotDone(NOT_MULTIPART)
        upload = call.parts.enclosures.begin()
        try:
            await upload.read(request)
            if not (upload.chosen or upload.fault):
                raise NotDone(malformed("Sertakan sedikitnya satu berkas.", "files"))
            by = Actor(call.staff)
            laid = await call.parts.enclosures.lay_down(by, ticket, kind, upload)
        except Unread as error:
            raise NotDone(malformed("Isi permintaan tidak terbaca sampai akhir.")) from error
        finally:
            await upload.drop()
        if isinstance(laid, Refusal):
            raise NotDone(refusal_problem(laid))
        return Answer(_shown(laid))

    return lay


async def waiting(call: Call) -> Answer:
    """What the person who calls has laid down on this ticket and not sent."""
    ticket = await _ticket(call)
    return Answer(_shown(await call.parts.store.drafts.files(ticket.id, call.staff.id)))


async def take_away(call: Call) -> Answer:
    """One of them goes, with its bytes."""
    ticket, wanted = await _ticket(call), identity(call, "upload")
    await call.parts.enclosures.take_away(Actor(call.staff), ticket, wanted)
    return Answer()


ROUTES: Final = (
    *(
        Endpoint(
            "POST",
            f"/tickets/{{number}}/uploads/{kind.value}",
            RULES[NAMES[kind.value]].right,
            _laying(kind),
            f"Lay down files that go with {words}",
            Uploads,
            status=201,
            keyed=Keyed.NO,
            takes_files=True,
        )
        for kind, words in ((DraftKind.ANSWER, "an answer"), (DraftKind.NOTE, "a note"))
    ),
    Endpoint(
        "GET",
        "/tickets/{number}/uploads",
        Right.VIEW,
        waiting,
        "Your files that wait to go with an answer or a note",
        Uploads,
    ),
    Endpoint(
        "DELETE",
        "/tickets/{number}/uploads/files/{upload}",
        Right.VIEW,
        take_away,
        "Take one of them away",
    ),
)
