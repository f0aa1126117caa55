"""Files of a ticket: given out, and laid beside what somebody writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from console.pages import download, shown
from console.staff.writing import enclosed
from core.errors import NotFound
from core.model.attachments import FileSide
from core.model.drafts import DraftKind
from core.model.file_types import shown_as
from core.model.staff import Right
from core.model.work import Actor, Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from console.staff.composing import ComposerPages
    from console.staff.guard import Guard
    from console.staff.ticket import TicketPages
    from console.staff.visit import Visit
    from core.model.attachments import FileView
    from core.model.drafts import DraftFile

PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_SIDES: Final = {"": FileSide.IN, "keluar": FileSide.OUT, "catatan": FileSide.NOTE}


class FilePages:
    """The handlers of files.

    Args:
        ticket: shows the ticket around them.
        composer: keeps the text that was typed beside them.
    """

    def __init__(self, ticket: TicketPages, composer: ComposerPages) -> None:
        self._ticket, self._composer = ticket, composer

    # --- given out -----------------------------------------------------------------------------

    async def file(self, visit: Visit) -> web.StreamResponse:
        """The bytes of one file, always as a download (threats.md rows 35 and 37)."""
        view = await self._view(visit)
        return download(_path(visit, view.stored_as), view.filename)

    async def picture(self, visit: Visit) -> web.StreamResponse:
        """A picture that was found harmless, to be seen on the page."""
        view = await self._view(visit)
        return _picture(visit, view.stored_as if view.inline else None, view.content_type)

    async def _view(self, visit: Visit) -> FileView:
        number = (await self._ticket.ticket(visit)).number
        place = visit.identity("pesan"), visit.identity("urutan")
        side = _SIDES[visit.request.match_info.get("sisi", "")]
        return await visit.reception.store.files.file(number, *place, side)

    # --- laid beside a draft -------------------------------------------------------------------

    async def waiting(self, visit: Visit) -> web.StreamResponse:
        """One's own file that has not left yet."""
        one = await self._waiting(visit)
        return download(_path(visit, one.stored_as), one.filename)

    async def waiting_picture(self, visit: Visit) -> web.StreamResponse:
        """The same to be seen on the page."""
        one = await self._waiting(visit)
        shows = shown_as(one.content_type) == one.content_type
        return _picture(visit, one.stored_as if shows else None, one.content_type)

    async def _waiting(self, visit: Visit) -> DraftFile:
        """Raises NotFound, also for what somebody else has laid down."""
        ticket, wanted = (
            await self._ticket.ticket(visit),
            visit.identity("pesan"),
        )
        for one in await visit.reception.store.drafts.files(ticket.id, visit.staff.id):
            if one.id == wanted:
                return one
        raise NotFound(wanted)

    async def add(self, visit: Visit) -> web.StreamResponse:
        """Takes files beside the draft, whose text is kept as well."""
        kind = _kind(visit)
        await self._composer.keep_text(visit, kind)
        return await self._add(visit, kind)

    async def _add(self, visit: Visit, kind: DraftKind) -> web.StreamResponse:
        came = await self._ticket.lay_down(visit, kind)
        if isinstance(came, Refusal) and not visit.by_script:
            return await self._ticket.refused(visit, kind.value, came)
        return await self._shown(visit, kind, came if isinstance(came, Refusal) else None)

    async def remove(self, visit: Visit) -> web.StreamResponse:
        """Takes one away again."""
        kind = _kind(visit)
        await self._composer.keep_text(visit, kind)
        ticket, wanted = (
            await self._ticket.ticket(visit),
            visit.identity("pesan"),
        )
        await visit.reception.enclosures.take_away(Actor(visit.staff), ticket, wanted)
        return await self._add(visit, kind)

    async def _shown(
        self, visit: Visit, kind: DraftKind, why: Refusal | None
    ) -> web.StreamResponse:
        if not visit.by_script:
            return self._composer.back(visit)
        ticket = await self._ticket.ticket(visit)
        given: dict[str, Any] = {
            "kind": kind.value,
            "number": ticket.number,
            "files": (await enclosed(visit, ticket))[kind.value],
            "failed_files": visit.words(why.sentence) if why else "",
        }
        return visit.page("_files.html", given)


def _path(visit: Visit, stored_as: str | None) -> Path:
    """Where its bytes lie. Raises NotFound where they are not kept, or are no picture."""
    path = visit.reception.path_of(stored_as) if stored_as else None
    if path is None:
        raise NotFound(visit.request.path)
    return path


def _picture(visit: Visit, stored_as: str | None, content_type: str) -> web.StreamResponse:
    held = stored_as if content_type in PICTURES else None
    return shown(_path(visit, held), content_type)


def _kind(visit: Visit) -> DraftKind:
    try:
        return DraftKind(visit.form.get("kind", ""))
    except ValueError as error:
        raise NotFound(visit.request.path) from error


def file_routes(guard: Guard, pages: FilePages) -> list[web.RouteDef]:
    """Where files lie, and where they are laid."""
    one = "/console/tiket/{number}"
    routes = [
        web.post(f"{one}/lampiran", guard.taking(pages.add, Right.VIEW)),
        web.get(f"{one}/lampiran/{{pesan}}", guard.page(pages.waiting, Right.VIEW)),
        web.get(f"{one}/lampiran/{{pesan}}/gambar", guard.page(pages.waiting_picture, Right.VIEW)),
        web.post(f"{one}/lampiran/{{pesan}}/hapus", guard.taking(pages.remove, Right.VIEW)),
    ]
    for side in ("", "{sisi:keluar|catatan}/"):
        place = f"{side}{{pesan}}/{{urutan}}"
        routes += [
            web.get(f"{one}/berkas/{place}", guard.page(pages.file, Right.VIEW)),
            web.get(f"{one}/gambar/{place}", guard.page(pages.picture, Right.VIEW)),
        ]
    return routes
