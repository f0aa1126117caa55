"""The tray of messages that opened no ticket: looked through, made a ticket, joined to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from console.language import N_
from console.staff.boxes import TRAY, sorts_tray
from console.typed import whole
from console.wording import moment
from core.errors import NotFound
from core.model.masking import mask_identity
from core.model.work import Actor, Refusal, RefusalKind
from core.services.joining import JoinOrder, join_in
from core.services.splitting import sort_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from console.staff.inbox import InboxPages
    from console.staff.visit import Visit
    from core.model.listing import UnsortedMessage

LINES: Final = 40
"""Messages of one page."""

BRIEF: Final = 600
"""Letters of a message that are shown before the rest of it is folded away."""

NO_NUMBER: Final = Refusal(
    RefusalKind.INVALID,
    N_("Nomor tiket tidak terbaca. Salin nomor lengkapnya, lalu ulangi."),
    "nomor",
)


class TrayPages:
    """The handlers of the tray.

    Args:
        inbox: the boxes beside it.
    """

    def __init__(self, inbox: InboxPages) -> None:
        self._inbox = inbox

    async def show(self, visit: Visit) -> web.StreamResponse:
        """Messages that opened no ticket, newest first. Raises NotFound for others' eyes."""
        return await self._shown(visit, 200, {})

    async def _shown(
        self, visit: Visit, status: int, failed: Mapping[str, Any]
    ) -> web.StreamResponse:
        if not sorts_tray(visit.staff):
            raise NotFound(TRAY)
        after = visit.form.get("sesudah", visit.request.query.get("sesudah", ""))
        found = await visit.reception.store.lists.unsorted(whole(after), LINES + 1)
        zone = visit.reception.zone
        values: dict[str, object] = {
            "messages": [
                _message(one, moment(one.received_at, zone, visit.words)) for one in found[:LINES]
            ],
            "following": found[LINES - 1].id if len(found) > LINES else "",
            "after": whole(after) or "",
            "failed": failed,
            **await self._inbox.sides(visit, TRAY),
        }
        return visit.page("tray.html", values, status)

    async def take_out(self, visit: Visit) -> web.StreamResponse:
        """Makes a ticket of it, with its original time of receipt. Raises NotFound."""
        message = message_of(visit)
        store, now = visit.reception.store, visit.now()
        order = (Actor(visit.staff), message)
        done = await sort_in((store.desk, store.blocks), visit.reception.work, order, now)
        if isinstance(done, Refusal):
            return await self._refused(visit, message, done)
        visit.reception.committed()
        return visit.go(f"/console/kotak/baru/{done.ticket.number}")

    async def join(self, visit: Visit) -> web.StreamResponse:
        """Puts it into the ticket whose number was typed. Raises NotFound."""
        message = message_of(visit)
        number = visit.reception.number(visit.form.get("nomor", ""))
        if number is None:
            return await self._refused(visit, message, NO_NUMBER)
        order = JoinOrder(Actor(visit.staff), message, number, visit.now())
        done = await join_in(visit.reception.store.desk, visit.reception.work, order)
        if isinstance(done, Refusal):
            return await self._refused(visit, message, done)
        visit.reception.committed()
        return visit.go(f"/console/kotak/berjalan/{number}")

    async def _refused(self, visit: Visit, message: int, why: Refusal) -> web.StreamResponse:
        status = 422 if why is NO_NUMBER else 409
        failed = {
            "id": message,
            "sentence": visit.words(why.sentence),
            "typed": visit.form.get("nomor", ""),
        }
        return await self._shown(visit, status, failed)


def message_of(visit: Visit) -> int:
    """The message of the address, for somebody who sorts all. Raises NotFound."""
    if not sorts_tray(visit.staff):
        raise NotFound(visit.request.path)
    return visit.identity("pesan")


def _message(one: UnsortedMessage, at: str) -> dict[str, object]:
    """As it is shown, texts masked; of a long text the end is apart, as ``rest``."""
    text = mask_identity(one.text).strip()
    begins, rest = text, ""
    if len(text) > BRIEF + BRIEF // 2:
        ends = text.rfind(" ", BRIEF // 2, BRIEF) + 1 or BRIEF
        begins, rest = text[:ends].rstrip(), text[ends:]
    return {
        "id": one.id,
        "channel": one.channel,
        "sender": one.sender,
        "subject": mask_identity(one.subject or ""),
        "text": begins,
        "rest": rest,
        "at": at,
    }
