"""The sandbox: simulated phones and a mail program on the left, the tickets they cause beside.

Every message goes through a simulated provider to the real door; the page itself only reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from console import wording
from console.pages import CONTENT_SECURITY_POLICY, from_our_page, page
from console.sandbox.bubbles import Held, bubbles
from console.sandbox.live import Live
from console.sandbox.mail_views import Notes, letter_view, line_of
from console.sandbox.phone import Draft
from console.sandbox.shown_files import FilePages
from console.sandbox.views import card, details
from console.sandbox.visit import form_of, refused, visit_of
from core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from console.sandbox.phone import Changes, SentText, Upload
    from console.sandbox.phones import Phones
    from console.sandbox.visit import Visit
    from core.model.views import TicketRow
    from core.ports import Reads

_TICKETS = 20
_TEXTS = 50

# the HTML of a mail is shown in a frame of its own, see shown_files.py
_POLICY = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"

EXAMPLES = (
    "HELPDESK wifi mati",
    "STATUS",
    "Terima kasih",
)
"""Texts to try with one press."""


def sandbox_routes(
    reads: Reads, zone: ZoneInfo, phones: Phones, changes: Changes
) -> list[web.RouteDef]:
    """The routes of the sandbox.

    The application must be protected first (``console.pages.protect``) and serve
    ``console.pages.static_routes()``.

    Args:
        reads: what pages read.
        zone: the office's zone; all times on the page are in it.
        phones: the simulated providers.
        changes: grows with every commit and drives the live parts.
    """
    pages = SandboxPages(reads, zone, phones, changes)
    files = FilePages(phones)
    return [
        web.get("/sandbox", pages.show),
        web.get("/sandbox/conversation", pages.conversation),
        web.get("/sandbox/mailbox", pages.mailbox),
        web.get("/sandbox/tickets", pages.tickets),
        web.get("/sandbox/switches", pages.switches),
        web.get("/sandbox/events", Live(changes).events),
        web.get("/sandbox/file/{phone}/{id}", files.file),
        web.get("/sandbox/mail/{mail}/html", files.html),
        web.get("/sandbox/mail/{mail}/file/{place}", files.attachment),
        web.post("/sandbox/send", pages.send),
        web.post("/sandbox/mail", pages.mail),
        web.post("/sandbox/switches", pages.turn),
    ]


class SandboxPages:
    """Handlers; they hold nothing between two requests."""

    def __init__(self, reads: Reads, zone: ZoneInfo, phones: Phones, changes: Changes) -> None:
        self._reads = reads
        self._zone = zone
        self._phones = phones
        self._changes = changes

    # --- looking ----------------------------------------------------------------------------

    async def show(self, request: web.Request) -> web.Response:
        """The whole page."""
        return await self._whole(visit_of(self._phones, request.query))

    async def conversation(self, request: web.Request) -> web.Response:
        """The bubbles alone, for the live page."""
        visit = visit_of(self._phones, request.query)
        return page("sandbox_conversation.html", await self._conversation(visit))

    async def mailbox(self, request: web.Request) -> web.Response:
        """The list of mails alone, for the live page."""
        visit = visit_of(self._phones, request.query)
        return page("sandbox_mailbox.html", await self._mailbox(visit))

    async def tickets(self, request: web.Request) -> web.Response:
        """The ticket list alone, for the live page."""
        visit = visit_of(self._phones, request.query)
        return page("sandbox_tickets.html", await self._tickets(visit))

    async def switches(self, request: web.Request) -> web.Response:
        """The faults alone, for the live page: another tab may have turned one."""
        visit = visit_of(self._phones, request.query)
        return page("sandbox_switches.html", self._switches(visit))

    # --- doing ------------------------------------------------------------------------------

    async def send(self, request: web.Request) -> web.Response:
        """A message from a phone; answers with the bubbles, or with a redirect without script."""
        visit, words, file = await self._form(request)
        phone = self._phones.chats.get(visit.kind.key)
        body = words.get("body", "")
        notice = visit.notice or _problem(visit, body, file)
        if notice or phone is None:
            return await self._answer(request, refused(visit, notice, words), 422)
        sent = await phone.send(visit.holder, body, file)
        if not sent.accepted:
            return await self._answer(request, refused(visit, _not_taken(sent), words), 503)
        if _live(request):
            return await self._answer(request, visit, 200)
        raise web.HTTPSeeOther(visit.link())

    async def mail(self, request: web.Request) -> web.Response:
        """A mail from the mail program; answers with a redirect to the mailbox."""
        visit, words, file = await self._form(request)
        program = self._phones.mail
        notice = visit.notice or _problem(visit, words.get("body", ""), file)
        if notice or program is None:
            return await self._whole(refused(visit, notice, words), 422)
        draft = Draft(
            visit.holder, words.get("subject", "")[:200], words["body"], visit.mail, file
        )
        try:
            sent = await program.send(draft)
        except KeyError:
            gone = "Surel yang dibalas sudah tidak ada. Silakan tulis surel baru."
            return await self._whole(refused(visit, gone, words), 422)
        if not sent.accepted:
            return await self._whole(refused(visit, _not_taken(sent), words), 503)
        raise web.HTTPSeeOther(visit.link())

    async def turn(self, request: web.Request) -> web.Response:
        """Turns one fault over, or all off; answers with the switches, or with a redirect."""
        visit, words, _ = await self._form(request)
        key = words.get("switch", "")
        try:
            if key == "reset":
                for kind in self._phones.kinds:
                    await self._phones.provider(kind.key).reset()
            elif visit.sender:
                await self._phones.provider(visit.kind.key).turn(key, visit.holder)
        except KeyError as unknown:
            raise web.HTTPBadRequest(text="Sakelar ini tidak ada.") from unknown
        self._changes.bump()
        if _live(request):
            return page("sandbox_switches.html", self._switches(visit))
        raise web.HTTPSeeOther(visit.link())

    async def _form(self, request: web.Request) -> tuple[Visit, dict[str, str], Upload | None]:
        if not from_our_page(request):
            raise web.HTTPForbidden(text="Formulir ini hanya dapat dikirim dari halaman sendiri.")
        try:
            words, file = await form_of(request)
        except web.HTTPRequestEntityTooLarge as large:
            large.text = "Berkas terlalu besar: paling besar 5 MB."
            raise
        return visit_of(self._phones, {"from": "?", **words}), words, file

    # --- what is shown ----------------------------------------------------------------------

    async def _answer(self, request: web.Request, visit: Visit, status: int) -> web.Response:
        if _live(request):
            return page("sandbox_conversation.html", await self._conversation(visit), status)
        return await self._whole(visit, status)

    async def _whole(self, visit: Visit, status: int = 200) -> web.Response:
        # Taken before reading: what is committed in between is announced again, never missed.
        version = await self._changes.wait(-1, 0)
        values = await self._tickets(visit) | self._switches(visit)
        if visit.kind.key in self._phones.chats:
            values |= await self._conversation(visit)
        else:
            values |= await self._mailbox(visit)
            values |= self._opened_mail(visit)
        provider = self._phones.provider(visit.kind.key)
        values |= {
            "version": version,
            "kinds": self._phones.kinds,
            "form": self._phones.form,
            "crew": self._phones.crew,
            "people": provider.people,
            "known": any(person.number == visit.holder for person in provider.people),
            "office_number": wording.spaced(provider.number),
            "examples": EXAMPLES,
            "spaced": wording.spaced,
        }
        shown = page("sandbox.html", values, status)
        shown.headers["Content-Security-Policy"] = _POLICY
        return shown

    async def _conversation(self, visit: Visit) -> dict[str, object]:
        entries = await self._reads.with_address(visit.sender, _TEXTS) if visit.sender else ()
        phone = self._phones.chats.get(visit.kind.key)
        held = Held()
        if phone and visit.sender:
            files = phone.files_of(visit.holder), phone.files_to(visit.holder)
            held = Held(*files, phone.received(visit.holder))
        return {"visit": visit, "bubbles": bubbles(entries, held, visit.kind, self._zone)}

    async def _mailbox(self, visit: Visit) -> dict[str, object]:
        program = self._phones.mail
        entries = await self._reads.with_address(visit.sender, _TEXTS) if visit.sender else ()
        letters = program.letters(visit.holder) if program and visit.sender else ()
        notes = Notes(entries, letters)
        return {
            "visit": visit,
            "letters": [line_of(letter, notes, self._zone) for letter in letters],
            "troubles": notes.troubles(),
        }

    def _opened_mail(self, visit: Visit) -> dict[str, object]:
        """The chosen mail; a link to one that is gone shows none."""
        found = None
        if self._phones.mail and visit.mail is not None:
            try:
                letter = self._phones.mail.letter(visit.holder, visit.mail)
            except KeyError:
                pass
            else:
                found = letter_view(letter, self._zone)
        return {"letter": found}

    def _switches(self, visit: Visit) -> dict[str, object]:
        provider = self._phones.provider(visit.kind.key)
        return {"visit": visit, "switches": provider.switches(visit.holder)}

    async def _tickets(self, visit: Visit) -> dict[str, object]:
        rows = await self._reads.tickets(None, _TICKETS)
        rows, chosen = await self._chosen(rows, visit.ticket)
        opened = None
        if chosen:
            thread = await self._reads.thread(chosen)
            opened = details(thread, await self._reads.history(chosen), self._zone)
        return {
            "visit": visit,
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


def _problem(visit: Visit, body: str, file: Upload | None) -> str:
    """Why a message cannot be sent, "" when it can."""
    if not body.strip() and not file:
        return "Pesan masih kosong. Silakan tulis pesan terlebih dahulu."
    if len(body) > visit.kind.most:
        return f"Pesan terlalu panjang: paling banyak {visit.kind.most} huruf."
    if file and not visit.kind.files:
        return "SMS tidak dapat membawa berkas."
    return ""


def _not_taken(sent: SentText) -> str:
    told = f"menjawab {sent.status}" if sent.status else "tidak menjawab"
    return f"Pesan belum diterima: gateway {told}. Silakan kirim lagi sebentar lagi."


def _live(request: web.Request) -> bool:
    return request.headers.get("HX-Request") == "true"
