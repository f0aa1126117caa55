"""Files and mail HTML that a visitor brought in: shown so that nothing in them can act."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from console.typed import whole

if TYPE_CHECKING:
    from console.sandbox.phone import Letter, Upload
    from console.sandbox.phones import Phones

# no script, no form, no frame, nothing from elsewhere; "sandbox" takes our origin away from it
_SEALED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "form-action 'none'; base-uri 'none'; sandbox"
)


class FilePages:
    """Handlers; they hold nothing between two requests."""

    def __init__(self, phones: Phones) -> None:
        self._phones = phones

    async def file(self, request: web.Request) -> web.Response:
        """A file that a phone sent."""
        try:
            phone = self._phones.chats[request.match_info["phone"]]
            return _download(phone.file(request.match_info["id"]))
        except KeyError as missing:
            raise web.HTTPNotFound from missing

    async def html(self, request: web.Request) -> web.Response:
        """The HTML of a mail, for a frame that may do nothing."""
        letter = self._letter(request)
        return web.Response(
            text=letter.html,
            content_type="text/html",
            charset="utf-8",
            headers={"Content-Security-Policy": _SEALED},
        )

    async def attachment(self, request: web.Request) -> web.Response:
        """A file of a mail, by its place among them, counted from 0."""
        files, found = self._letter(request).files, whole(request.match_info["place"])
        if found is None or found >= len(files):
            raise web.HTTPNotFound
        return _download(files[found])

    def _letter(self, request: web.Request) -> Letter:
        number, holder = whole(request.match_info["mail"]), request.query.get("from", "")
        if self._phones.mail is None or number is None:
            raise web.HTTPNotFound
        try:
            return self._phones.mail.letter(holder, number)
        except KeyError as missing:
            raise web.HTTPNotFound from missing


def _download(file: Upload) -> web.Response:
    """Pictures are shown, everything else is only saved."""
    how = "inline" if file.is_photo else "attachment"
    name = quote(file.name, safe="")
    return web.Response(
        body=file.data,
        content_type=file.content_type if file.is_photo else "application/octet-stream",
        headers={
            "Content-Disposition": f"{how}; filename*=UTF-8''{name}",
            "Content-Security-Policy": _SEALED,
        },
    )
