"""The sandbox: a simulated phone on the left, the tickets it causes on the right.

Every text goes through the simulated provider to the real webhook; the page itself only reads.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from aiohttp import web

from console import wording
from console.pages import CLOSING, from_our_page, page
from console.sandbox.views import MAX_TEXT, bubble, card, details, sender_of
from core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from console.sandbox.phone import Changes, SandboxPhone, SentText
    from core.model.messages import Address
    from core.model.views import TicketRow
    from core.ports import Reads

_TICKETS = 20
_TEXTS = 50
_HEARTBEAT = 15.0  # seconds; proxies cut silent streams
_PACE = 0.25  # seconds between two announcements, however much comes in

EXAMPLES = (
    "HELPDESK wifi mati",
    "STATUS",
    "Terima kasih",
)
"""Texts to try with one press."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What the visitor looks at.

    Attributes:
        sender: whose phone is held.
        ticket: the chosen ticket, "" for the newest.
        typed: the sender as typed, to show it again.
        notice: a sentence about what went wrong, "" when nothing did.
        draft: a text that was not taken, given back.
    """

    sender: Address | None
    ticket: str = ""
    typed: str = ""
    notice: str = ""
    draft: str = ""


def sandbox_routes(
    reads: Reads, zone: ZoneInfo, phone: SandboxPhone, changes: Changes
) -> list[web.RouteDef]:
    """The routes of the sandbox.

    The application must be protected first (``console.pages.protect``) and serve
    ``console.pages.static_routes()``.

    Args:
        reads: what pages read.
        zone: the office's zone; all times on the page are in it.
        phone: the simulated provider.
        changes: grows with every commit and drives the live parts.
    """
    pages = SandboxPages(reads, zone, phone, changes)
    return [
        web.get("/sandbox", pages.show),
        web.get("/sandbox/conversation", pages.conversation),
        web.get("/sandbox/tickets", pages.tickets),
        web.get("/sandbox/events", pages.events),
        web.post("/sandbox/send", pages.send),
    ]


class SandboxPages:
    """Handlers; they hold nothing between two requests."""

    def __init__(
        self, reads: Reads, zone: ZoneInfo, phone: SandboxPhone, changes: Changes
    ) -> None:
        self._reads = reads
        self._zone = zone
        self._phone = phone
        self._changes = changes

    async def show(self, request: web.Request) -> web.Response:
        """The whole page."""
        return await self._whole(self._visit(request))

    async def conversation(self, request: web.Request) -> web.Response:
        """The bubbles alone, for the live page."""
        values = await self._conversation(self._visit(request))
        return page("sandbox_conversation.html", values)

    async def tickets(self, request: web.Request) -> web.Response:
        """The ticket list alone, for the live page."""
        visit = self._visit(request)
        return page("sandbox_tickets.html", await self._tickets(visit))

    async def send(self, request: web.Request) -> web.Response:
        """A text from the phone; answers with the bubbles, or with a redirect without script."""
        if not from_our_page(request):
            raise web.HTTPForbidden(text="Formulir ini hanya dapat dikirim dari halaman sendiri.")
        form = await request.post()
        typed, body = str(form.get("from", "")), str(form.get("body", ""))
        sender = sender_of(typed)
        problem = _problem(sender, body)
        if problem or sender is None:
            visit = Visit(sender, typed=typed, notice=problem, draft=body)
            return await self._answer(request, visit, 422)
        sent = await self._phone.send(sender.value, body)
        if not sent.accepted:
            visit = Visit(sender, typed=typed, notice=_not_taken(sent), draft=body)
            return await self._answer(request, visit, 503)
        if _live(request):
            return await self._answer(request, Visit(sender, typed=typed), 200)
        back = f"/sandbox?{urlencode({'from': sender.value})}"
        raise web.HTTPSeeOther(back)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: ``change`` with the counter as id, a comment as heartbeat."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
        )
        await response.prepare(request)
        told = request.headers.get("Last-Event-ID") or request.query.get("after", "")
        closing = asyncio.create_task(request.app[CLOSING].wait())
        try:
            await response.write(b"retry: 1000\n\n")
            await self._announce(response, told, closing)
        except ConnectionResetError:
            pass  # the visitor left
        finally:
            closing.cancel()
        return response

    async def _announce(
        self, response: web.StreamResponse, told: str, closing: asyncio.Task[Literal[True]]
    ) -> None:
        # The counter begins anew with the process, so it is compared for equality first: after
        # a restart a visitor may know a higher one than we have.
        version = await self._changes.wait(-1, 0)
        if str(version) != told:
            await response.write(_change(version))
        while not closing.done():
            waiting = asyncio.create_task(self._changes.wait(version, _HEARTBEAT))
            both: set[asyncio.Task[Any]] = {waiting, closing}
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                if not waiting.done():
                    return
            finally:
                waiting.cancel()
            newer = waiting.result()
            await response.write(_change(newer) if newer != version else b": masih di sini\n\n")
            version = newer
            await asyncio.sleep(_PACE)

    def _visit(self, request: web.Request) -> Visit:
        typed = request.query.get("from", "")
        ticket = request.query.get("ticket", "")
        if not typed:
            first = self._phone.people[0].number if self._phone.people else ""
            return Visit(sender_of(first), ticket, first)
        sender = sender_of(typed)
        return Visit(sender, ticket, typed, "" if sender else _UNKNOWN_SENDER)

    async def _answer(self, request: web.Request, visit: Visit, status: int) -> web.Response:
        if _live(request):
            return page("sandbox_conversation.html", await self._conversation(visit), status)
        return await self._whole(visit, status)

    async def _whole(self, visit: Visit, status: int = 200) -> web.Response:
        # Taken before reading: what is committed in between is announced again, never missed.
        version = await self._changes.wait(-1, 0)
        values = {**await self._conversation(visit), **await self._tickets(visit)}
        values |= {
            "version": version,
            "people": self._phone.people,
            "known": any(person.number == values["sender"] for person in self._phone.people),
            "office_number": wording.spaced(self._phone.number),
            "examples": EXAMPLES,
            "max_text": MAX_TEXT,
            "spaced": wording.spaced,
        }
        return page("sandbox.html", values, status)

    async def _conversation(self, visit: Visit) -> dict[str, object]:
        entries = await self._reads.with_address(visit.sender, _TEXTS) if visit.sender else ()
        return {
            "visit": visit,
            "sender": visit.sender.value if visit.sender else "",
            "bubbles": [bubble(entry, self._zone) for entry in entries],
        }

    async def _tickets(self, visit: Visit) -> dict[str, object]:
        rows = await self._reads.tickets(None, _TICKETS)
        rows, chosen = await self._chosen(rows, visit.ticket)
        opened = None
        if chosen:
            thread = await self._reads.thread(chosen)
            opened = details(thread, await self._reads.history(chosen), self._zone)
        return {
            "visit": visit,
            "sender": visit.sender.value if visit.sender else "",
            "cards": [card(row, self._zone) for row in rows],
            "chosen": chosen,
            "opened": opened,
        }

    async def _chosen(
        self, rows: Sequence[TicketRow], ticket: str
    ) -> tuple[Sequence[TicketRow], str]:
        """The rows with the chosen one among them, and its number; the newest by default."""
        if any(row.number == ticket for row in rows):
            return rows, ticket
        if ticket:
            try:
                return [await self._reads.ticket(ticket), *rows], ticket
            except NotFound:
                pass  # a stale link: show the newest instead
        return rows, rows[0].number if rows else ""


_UNKNOWN_SENDER = (
    "Nomor pengirim belum dikenali. Tulislah seperti 0812 0000 2001 atau nama pengirim pendek."
)


def _problem(sender: Address | None, body: str) -> str:
    """Why a text cannot be sent, "" when it can."""
    if sender is None:
        return _UNKNOWN_SENDER
    if not body.strip():
        return "Pesan masih kosong. Silakan tulis pesan terlebih dahulu."
    if len(body) > MAX_TEXT:
        return f"Pesan terlalu panjang: paling banyak {MAX_TEXT} huruf."
    return ""


def _not_taken(sent: SentText) -> str:
    told = f"menjawab {sent.status}" if sent.status else "tidak menjawab"
    return f"Pesan belum diterima: gateway {told}. Silakan kirim lagi sebentar lagi."


def _live(request: web.Request) -> bool:
    return request.headers.get("HX-Request") == "true"


def _change(version: int) -> bytes:
    return f"id: {version}\nevent: change\ndata: {version}\n\n".encode()
