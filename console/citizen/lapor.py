"""``/lapor``: the form, and the page with the number once the complaint is on disk.

Whatever goes wrong, the form comes back with what was typed and a sentence that says what to do.
Sending the same again, by Back, reload or double click, gives the same ticket; what was changed in
between is a message of the same sender, and joins it or opens another one as such messages do.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from config.logs import get_logger
from console.citizen import notices
from console.citizen.form import LABELS, Fault, Typed, empty, read_typed
from console.citizen.frame import shown, words
from console.citizen.limits import MINUTE, TEN_MINUTES, Visitors, Window
from console.citizen.marks import FormMark, Marks, Verdict, is_bound
from console.citizen.shown import dues
from console.citizen.ticket_words import CATEGORIES
from console.citizen.upload import (
    FILES_AGAIN,
    FILES_UNKEPT,
    Unread,
    Upload,
    UploadLimits,
)
from console.drawn import ticket_code
from console.pages import from_our_page
from core.errors import StoreUnavailable
from core.model.enclosing import size_words

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path

    from console.citizen.counter import Counter
    from console.citizen.notices import Notice
    from core.model.submission import Accepted

log = get_logger("lapor")

COOKIE = "lapor"
"""Names a browser, so that a form of one cannot be sent by another."""


@dataclass(frozen=True, slots=True)
class FormRules:
    """What is asked of those who send a form.

    Attributes:
        folder: of attachments.
        at_least: time that a person needs to fill it in.
        per_address: forms of one address within ten minutes.
        per_minute: forms of everybody.
    """

    folder: Path
    upload: UploadLimits
    at_least: timedelta
    per_address: int
    per_minute: int


class FormPages:
    """The two handlers of ``/lapor``."""

    def __init__(
        self, counter: Counter, marks: Marks, visitors: Visitors, rules: FormRules
    ) -> None:
        self._counter, self._marks, self._visitors = counter, marks, visitors
        self._rules = rules
        self._by_address = Window(rules.per_address, TEN_MINUTES)
        self._by_all = Window(rules.per_minute, MINUTE)

    async def show(self, request: web.Request) -> web.Response:
        """An empty form.

        Back must bring this very copy with what was typed, or sending it again would be another
        complaint; so it may be kept, but no new visit gets it without asking.
        """
        answer = self._form(request, empty(), None)
        answer.headers["Cache-Control"] = "private, no-cache"
        return answer

    async def again(self, _request: web.Request) -> web.Response:
        """Whoever asks for the address that forms are sent to gets a form."""
        return web.Response(status=303, headers={"Location": "/lapor"})

    async def send(self, request: web.Request) -> web.Response:
        """Takes a form, or shows it once more."""
        upload = Upload(self._rules.folder, self._rules.upload)
        try:
            await upload.read(request)
        except Unread:
            await upload.drop()
            return self._form(request, _again(read_typed(upload.pairs), upload), notices.UNREAD)
        typed = _again(read_typed(upload.pairs), upload)
        mark = self._marks.read_form(typed.mark, self._counter.now())
        notice = self._notice(request, typed, mark)
        if notice or typed.faults:
            await upload.drop()
            return self._form(request, typed, notice, mark)
        return await self._take(request, typed, mark, upload)

    def _notice(self, request: web.Request, typed: Typed, mark: FormMark) -> Notice | None:
        """Why the form is shown once more whatever is in it; None when there is no reason."""
        browser = request.cookies.get(COOKIE)
        bound = is_bound(mark, browser) if browser is not None else _surely_ours(request)
        if mark.verdict is Verdict.FOREIGN or not bound or not from_our_page(request):
            return notices.FOREIGN
        if mark.verdict is Verdict.LATE:
            return notices.LATE
        if typed.trapped:
            return notices.TRAPPED
        # Who has to mend something takes his time anyway.
        return None if typed.faults else self._too_fast(request, mark)

    def _too_fast(self, request: web.Request, mark: FormMark) -> Notice | None:
        if mark.age < self._rules.at_least:
            return notices.HASTY
        now = self._counter.now()
        free = self._by_address.take(self._visitors.key(request), now) and self._by_all.take(
            "", now
        )
        return None if free else notices.CROWDED

    async def _take(
        self, request: web.Request, typed: Typed, mark: FormMark, upload: Upload
    ) -> web.Response:
        id_ = typed.id(mark.id, upload.digests)
        try:
            files = await upload.keep(id_)
        except OSError as error:
            log.warning("attachments not kept", why=error.strerror)
            await upload.drop()
            typed.faults["files"] = Fault(FILES_UNKEPT)
            return self._form(request, typed, None, mark)
        submission = typed.submission((id_, mark.id), self._counter.now(), files)
        try:
            accepted = await self._counter.take(submission)
        except StoreUnavailable as away:
            # The files stay: the message may be on disk after all, and sending again needs them.
            log.warning("not taken", why=str(away))
            return self._form(request, typed, notices.AWAY, mark)
        if accepted.repeated:
            await upload.drop()
        return self._taken(request, typed, accepted)

    def _taken(self, request: web.Request, typed: Typed, accepted: Accepted) -> web.Response:
        """The page after: number, promises, code."""
        office = self._counter.office
        answer = shown(
            request,
            office,
            "taken",
            asked=typed.language,
            accepted=accepted,
            dues=dues(accepted.promises, words(request, typed.language), office.zone),
            here=f"/t/{accepted.number}" if accepted.number else "/lapor",
            code=ticket_code(office, accepted.number) if accepted.number else "",
            status=200 if accepted.number else 202,
        )
        if accepted.number:
            visit = self._marks.visit(accepted.number, self._counter.now())
            set_visit(answer, accepted.number, visit, secure=office.secure)
        return answer

    def _form(
        self,
        request: web.Request,
        typed: Typed,
        notice: Notice | None,
        mark: FormMark | None = None,
    ) -> web.Response:
        browser = request.cookies.get(COOKIE) or secrets.token_urlsafe(16)
        known = mark.id if mark and mark.verdict is not Verdict.FOREIGN else ""
        fresh = self._marks.form(browser, self._counter.now(), known)
        limits = self._rules.upload
        answer = shown(
            request,
            self._counter.office,
            "form",
            notice,
            asked=typed.language,
            status=422 if typed.faults else 200,
            here="/lapor",
            typed=typed.values,
            labels=LABELS,
            faults=typed.faults,
            token=fresh,
            categories=CATEGORIES,
            files={"count": limits.files, "size": size_words(limits.file_bytes)},
        )
        answer.set_cookie(
            COOKIE,
            browser,
            max_age=172_800,
            path="/lapor",
            httponly=True,
            samesite="Lax",
            secure=self._counter.office.secure,
        )
        return answer


def set_visit(answer: web.Response, number: str, visit: str, *, secure: bool) -> None:
    """The cookie that opens one ticket's page for an hour, and no other."""
    answer.set_cookie(
        "tiket",
        visit,
        max_age=3_600,
        path=f"/t/{number}",
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def _again(typed: Typed, upload: Upload) -> Typed:
    """Adds what is wrong with the files; a browser never sends a file a second time by itself."""
    if upload.fault:
        typed.faults["files"] = upload.fault
    elif upload.chosen and typed.faults:
        typed.faults["files"] = Fault(FILES_AGAIN)
    return typed


def _surely_ours(request: web.Request) -> bool:
    """Whether a browser without cookies says itself that a page of ours sent the form."""
    said = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    return any(said) and from_our_page(request)
