"""``/t/<number>/balas``: what the reporter says on the page of a ticket; and files given out.

Everything goes to intake as it would from a chat: plain words, and buttons as the commands that
they stand for. Whatever goes wrong, the page comes back with what was typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.logs import get_logger
from console.citizen import notices
from console.citizen.asks import asks, read_command
from console.citizen.form import SHOWN_AGAIN, TEXT_LONG, Fault, content_id, said
from console.citizen.frame import elsewhere, shown, tail, words
from console.citizen.lapor import set_visit
from console.citizen.limits import MINUTE, TEN_MINUTES, Visitors, Window
from console.citizen.marks import Verdict, is_bound
from console.citizen.shown import dues
from console.citizen.upload import FILES_AGAIN, FILES_UNKEPT, Unread, Upload
from console.citizen.view import Draft
from console.drawn import ticket_code
from console.language import N_
from console.pages import download, from_our_page
from console.typed import whole
from core.errors import MalformedMessage, NotFound, StoreUnavailable
from core.model.cleaning import without_nul
from core.model.offers import WORDS
from core.model.submission import LONGEST_TEXT, Accepted, Said
from core.model.views import Side

if TYPE_CHECKING:
    from aiohttp import web

    from console.citizen.asks import Ask
    from console.citizen.counter import Counter, Progress
    from console.citizen.lapor import FormRules
    from console.citizen.marks import FormMark, Marks
    from console.citizen.notices import Notice
    from console.citizen.view import TicketView

log = get_logger("ticket page")

NOTHING_SAID = N_("Tulis dulu pesan Anda, atau pilih berkas.")
REASON_MISSING = N_("Tulis dulu alasannya.")
_LONGEST_ID = 18


class ReplyPages:
    """The handlers of what is said on the page of a ticket."""

    def __init__(
        self,
        counter: Counter,
        marks: Marks,
        visitors: Visitors,
        view: TicketView,
        rules: FormRules,
    ) -> None:
        self._counter, self._marks, self._visitors = counter, marks, visitors
        self._view, self._rules = view, rules
        self._by_address = Window(rules.per_address, TEN_MINUTES)
        self._by_all = Window(rules.per_minute, MINUTE)

    async def again(self, request: web.Request) -> web.Response:
        """Whoever asks for the address that words are sent to gets the page."""
        return elsewhere(f"/t/{self._view.number(request)}{tail(request)}")

    async def send(self, request: web.Request) -> web.Response:
        """Takes words, files or a command, or shows the page once more."""
        number = self._view.number(request)
        upload = Upload(self._rules.folder, self._rules.upload)
        unread = None
        try:
            await upload.read(request)
        except Unread:
            unread = notices.UNREAD
        fields = dict(reversed(upload.pairs))
        draft = _draft(fields)
        if not self._view.visits(request, number):
            await upload.drop()
            return self._view.ask(request, number, notices.VISIT_OVER, draft)
        mark = self._marks.read_form(fields.get("token", ""), self._counter.now())
        notice = unread or self._notice(request, number, mark)
        if mark.verdict is not Verdict.FOREIGN:
            draft = Draft(draft.text, draft.key, mark.id)
        if notice is None:
            return await self._checked(request, number, draft, upload)
        await upload.drop()
        return await self._view.page(request, number, notice, _with_files(draft, upload))

    def _notice(self, request: web.Request, number: str, mark: FormMark) -> Notice | None:
        if mark.verdict is Verdict.FOREIGN or not is_bound(mark, number):
            return notices.FOREIGN
        if not from_our_page(request):
            return notices.FOREIGN
        if mark.verdict is Verdict.LATE:
            return notices.LATE
        now = self._counter.now()
        own = self._by_address.take(self._visitors.key(request), now)
        return None if own and self._by_all.take("", now) else notices.CROWDED

    async def _checked(
        self, request: web.Request, number: str, draft: Draft, upload: Upload
    ) -> web.Response:
        """Nothing is wrong with who sends it; now with what is sent."""
        try:
            progress = await self._counter.progress(number)
        except (NotFound, StoreUnavailable):
            await upload.drop()
            return await self._view.page(request, number, notices.AWAY, draft)
        ask = next((one for one in asks(progress) if one.key == draft.key), None)
        if ask is None:
            await upload.drop()
            if _pressed_before(progress, draft):
                return self._said(request, number, Accepted(number, "", ()))
            again = _with_files(draft, upload)
            return await self._view.page(request, number, notices.NOT_NOW, again)
        if faults := _faults(ask, draft, upload):
            await upload.drop()
            again = Draft(draft.text, draft.key, draft.known, tuple(faults.items()))
            return await self._view.page(request, number, None, _with_files(again, upload))
        return await self._take(request, number, draft, upload)

    async def _take(
        self, request: web.Request, number: str, draft: Draft, upload: Upload
    ) -> web.Response:
        id_ = content_id(draft.known, [draft.key, draft.text, *upload.digests])
        try:
            files = await upload.keep(id_)
        except OSError as error:
            log.warning("attachments not kept", why=error.strerror)
            await upload.drop()
            unkept = Draft(draft.text, draft.key, draft.known, (("files", Fault(FILES_UNKEPT)),))
            return await self._view.page(request, number, None, unkept)
        command = read_command(draft.key)
        try:
            said = Said(
                id=id_,
                number=number,
                sender=await self._counter.sender(number),
                text=draft.text.strip(),
                received_at=self._counter.now(),
                command=WORDS[command] if command else "",
                files=files,
            )
            accepted = await self._counter.say(said)
        except (NotFound, StoreUnavailable) as away:
            # The files stay: the message may be on disk after all, and sending again needs them.
            log.warning("not taken", why=str(away))
            return await self._view.page(request, number, notices.AWAY, draft)
        if accepted.repeated:
            await upload.drop()
        return self._said(request, number, accepted)

    def _said(self, request: web.Request, number: str, accepted: Accepted) -> web.Response:
        """The same page with the words on it; or the number of the ticket that they opened."""
        if accepted.number in ("", number):
            more = "&" if tail(request) else "?"
            return elsewhere(f"/t/{number}{tail(request)}{more}terkirim=1#percakapan")
        office = self._counter.office
        answer = shown(
            request,
            office,
            "taken",
            accepted=accepted,
            dues=dues(accepted.promises, words(request), office.zone),
            here=f"/t/{accepted.number}",
            code=ticket_code(office, accepted.number),
        )
        visit = self._marks.visit(accepted.number, self._counter.now())
        set_visit(answer, accepted.number, visit, secure=office.secure)
        return answer

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A file of the conversation, always as a download (threats.md rows 35 and 37)."""
        number = self._view.number(request)
        if not self._view.visits(request, number):
            return self._view.ask(request, number)
        side, line, position = (request.match_info[part] for part in ("side", "line", "position"))
        try:
            found = await self._counter.file(number, Side(side), _id(line), _id(position))
        except (ValueError, NotFound, MalformedMessage):
            return await self._view.page(request, number, notices.FILE_GONE)
        except StoreUnavailable:
            return self._view.away(request)
        return download(found.path, found.filename)


def _pressed_before(progress: Progress, draft: Draft) -> bool:
    """A button that was pressed twice: what it stands for was the reporter's last word."""
    command = read_command(draft.key)
    last = next((one for one in reversed(progress.talk) if one.side is Side.REPORTER), None)
    return bool(command and last and last.command and last.text.startswith(f"{WORDS[command]} "))


def _id(written: str) -> int:
    """Raises ValueError."""
    found = whole(written)
    if found is None:
        raise ValueError(written)
    return found


def _draft(fields: dict[str, str]) -> Draft:
    text = without_nul(fields.get("text", "")).replace("\r\n", "\n")[:SHOWN_AGAIN]
    return Draft(text, fields.get("key", "")[:_LONGEST_ID])


def _faults(ask: Ask, draft: Draft, upload: Upload) -> dict[str, Fault]:
    faults: dict[str, Fault] = {}
    silent = not said(draft.text) and (ask.key or not upload.digests)
    if ask.required and silent:
        faults["text"] = Fault(REASON_MISSING if ask.key else NOTHING_SAID)
    if len(draft.text.strip()) > LONGEST_TEXT:
        faults["text"] = Fault(TEXT_LONG, {"most": f"{LONGEST_TEXT:,}".replace(",", ".")})
    if upload.fault:
        faults["files"] = upload.fault
    return faults


def _with_files(draft: Draft, upload: Upload) -> Draft:
    """A browser never sends a chosen file a second time by itself."""
    if not upload.chosen or any(name == "files" for name, _ in draft.faults):
        return draft
    again = ("files", Fault(FILES_AGAIN))
    return Draft(draft.text, draft.key, draft.known, (*draft.faults, again))
