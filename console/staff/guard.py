"""Around every page of staff: who asks, whether the form is ours, and how failures are told.

Nothing that somebody typed is lost by a failure: the page that tells it shows the texts again.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from aiohttp import web

from console.citizen.form import Fault
from console.citizen.upload import FILES_UNKEPT, Unread
from console.language import N_, words_in
from console.pages import page
from console.staff.visit import Visit, language_of
from core.errors import Conflict, MalformedMessage, NotFound, StoreUnavailable
from core.services.entry import who

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from console.citizen.upload import Upload
    from console.staff.reception import Reception
    from core.model.staff import Right

    Handler = Callable[[Visit], Awaitable[web.StreamResponse]]
    Answers = Callable[[web.Request], Awaitable[web.StreamResponse]]

LONGEST_TOKEN: Final = 200
CSRF_FIELD: Final = "csrf"
MULTIPART: Final = "multipart/form-data"
_LONGEST_PATH: Final = 300

FOREIGN: Final = N_(
    "Formulir ini tidak dikirim dari halaman kami, atau halamannya terbuka terlalu lama. "
    "Muat ulang halaman, lalu kirim lagi."
)
AWAY: Final = N_(
    "Data sedang tidak dapat dibaca atau disimpan. Tidak ada yang berubah. "
    "Tunggu sebentar, lalu coba lagi."
)
OVER: Final = N_("Sesi Anda berakhir. Salin teks ini, masuk lagi, lalu kirim ulang.")
GONE: Final = N_("Halaman atau tiket ini tidak ada, atau di luar kewenangan Anda.")
FORBIDDEN: Final = N_("Peran Anda tidak berwenang membuka halaman ini.")
FASTER: Final = N_("Ada yang lebih dulu menyimpan. Muat ulang, lalu coba lagi.")
UNKEPT: Final = N_(
    "Isian ini memuat tanda atau angka yang tidak dapat disimpan, dan tidak ada yang berubah. "
    "Ketik ulang bagian yang disalin dari tempat lain, lalu kirim lagi."
)

TOLD: Final[Mapping[type[Exception], tuple[int, str]]] = {
    NotFound: (404, GONE),
    Conflict: (409, FASTER),
    MalformedMessage: (400, UNKEPT),
    StoreUnavailable: (503, AWAY),
}
"""Failures and how they are told."""


class Stranger(Exception):  # noqa: N818 - nobody's error
    """Nobody is in: on to the login page."""


class Guard:
    """Makes handlers of pages out of functions that take a visit.

    Args:
        reception: what the pages stand on.
    """

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    def page(self, handler: Handler, right: Right | None = None) -> Answers:
        """For whoever is in, and has the right somewhere."""
        return self._answering(handler, right, coming_in=False)

    def taking(self, handler: Handler, right: Right | None = None) -> Answers:
        """As :meth:`page`, for forms that may bring files (``Visit.upload``)."""
        plain = self.page(handler, right)

        async def answer(request: web.Request) -> web.StreamResponse:
            if request.content_type != MULTIPART:
                return await plain(request)
            upload: Upload | None = None
            try:
                upload = await self._received(request)
                read = self._answering(handler, right, coming_in=False, upload=upload)
                return await read(request)
            except StoreUnavailable:
                return told(request, *TOLD[StoreUnavailable])
            finally:
                if upload is not None:
                    await upload.drop()

        return answer

    async def _received(self, request: web.Request) -> Upload:
        """The form as far as it could be read; of strangers no file is taken."""
        token = self._reception.cookies.read(request)[:LONGEST_TOKEN]
        known = await who(self._reception.house, token) is not None
        upload = self._reception.enclosures.begin(files=known)
        try:
            await upload.read(request)
        except Unread:
            upload.fault = upload.fault or Fault(FILES_UNKEPT)
        return upload

    def entry(self, handler: Handler) -> Answers:
        """Also for a session that still wants its second factor."""
        return self._answering(handler, None, coming_in=True)

    def _answering(
        self,
        handler: Handler,
        right: Right | None,
        *,
        coming_in: bool,
        upload: Upload | None = None,
    ) -> Answers:
        async def answer(request: web.Request) -> web.StreamResponse:
            form: dict[str, str] = {}
            try:
                if upload is not None:
                    form = dict(reversed(upload.pairs))
                elif request.method == "POST":
                    form = await _posted(request)
                visit = replace(await self._visit(request, form), upload=upload)
                kept_out = self._kept_out(request, visit, right, coming_in=coming_in)
                return kept_out or await handler(visit)
            except Stranger:
                if _typed(form):
                    return told(request, 401, OVER, form)
                return _to_login(request)
            except tuple(TOLD) as error:
                kind = next(kind for kind in TOLD if isinstance(error, kind))
                return told(request, *TOLD[kind], form)

        return answer

    async def _visit(self, request: web.Request, form: Mapping[str, str]) -> Visit:
        """Raises Stranger for whoever is not in."""
        token = self._reception.cookies.read(request)[:LONGEST_TOKEN]
        here = await who(self._reception.house, token)
        if here is None:
            raise Stranger
        return Visit(self._reception, request, here, form)

    def _kept_out(
        self, request: web.Request, visit: Visit, right: Right | None, *, coming_in: bool
    ) -> web.Response | None:
        if visit.here.wanting and not coming_in:
            return _elsewhere(request, "/console/kode")
        if request.method == "POST" and not self._ours(visit):
            return told(request, 403, FOREIGN, visit.form)
        if right is not None and not visit.may(right):
            return told(request, 403, FORBIDDEN, visit.form)
        return None

    def _ours(self, visit: Visit) -> bool:
        return self._reception.cookies.same_origin(visit.request) and hmac.compare_digest(
            visit.csrf.encode(), visit.form.get(CSRF_FIELD, "").encode("utf-8", "replace")
        )


async def _posted(request: web.Request) -> dict[str, str]:
    posted = await request.post()
    return {name: held for name, held in posted.items() if isinstance(held, str)}


def told(
    request: web.Request, status: int, sentence: str, form: Mapping[str, str] | None = None
) -> web.Response:
    """A page that says what went wrong and what to do, with what was typed."""
    language = language_of(request)
    kept = _typed(form or {})
    values: dict[str, object] = {"sentence": words_in(language)(sentence), "kept": kept}
    part = request.headers.get("HX-Request") == "true"
    response = page(f"staff/{'_trouble' if part else 'trouble'}.html", values, status, language)
    if status == TOLD[StoreUnavailable][0]:
        response.headers["Retry-After"] = "5"
    return response


def _typed(form: Mapping[str, str]) -> list[str]:
    """What of a form somebody wrote themselves."""
    return [held for name, held in form.items() if name not in _NOT_TYPED and held.strip()]


_NOT_TYPED: Final = frozenset(
    {CSRF_FIELD, "version", "sandi", "kode", "password", "lanjut", "kotak", "kind", "berkas"}
)


def _to_login(request: web.Request) -> web.Response:
    onward = quote(request.path_qs[:_LONGEST_PATH], safe="/")
    back = f"?lanjut={onward}" if request.method == "GET" and request.path != "/console" else ""
    return _elsewhere(request, f"/console/masuk{back}")


def _elsewhere(request: web.Request, path: str) -> web.Response:
    if request.headers.get("HX-Request") == "true":
        return web.Response(status=204, headers={"HX-Redirect": path.partition("?")[0]})
    return web.Response(status=303, headers={"Location": path})
