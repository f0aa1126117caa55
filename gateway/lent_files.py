"""Single files at a public address for a short time, for providers that fetch what we send.

The address is a seal, not a name: it tells which file and until when, and nobody makes one
without the channel's secret (threats.md rows 36 and 37). Only pictures are lent.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.messages import OutboundFile
    from core.ports import Clock
    from gateway.attachment_folder import AttachmentFolder

LENT: Final = timedelta(hours=1)
"""A provider fetches a file while it sends; a message that waits longer is sent anew by us."""

_TYPES: Final = {"jpg": "image/jpeg", "png": "image/png"}
_ENDINGS: Final = {kind: ending for ending, kind in _TYPES.items()}
_LONGEST: Final = 12


class LentFiles:
    """The files of one channel.

    Args:
        url: public address below which they lie; path: the same without the host.
        secrets: the channel's own, the one that seals first.
        folder: where files lie.
        clock: says when an address is over.
    """

    def __init__(
        self,
        where: tuple[str, str],
        secrets: Sequence[str],
        folder: AttachmentFolder,
        clock: Clock,
    ) -> None:
        self._url, self._path = where
        self._keys = [secret.encode() for secret in secrets]
        self._folder, self._clock = folder, clock

    def link(self, file: OutboundFile) -> str:
        """Its address from now on, for an hour. Raises KeyError: not a picture."""
        lies = Path(file.path).relative_to(self._folder.path).as_posix().replace("/", "-")
        until = int((self._clock.now() + LENT).timestamp())
        ending = _ENDINGS[file.content_type]
        seal = _seal(self._keys[0], until, lies, ending)
        return f"{self._url}/berkas/{until}/{lies}/{seal}.{ending}"

    async def give(self, request: web.Request) -> web.StreamResponse:
        """The bytes; 404 for every address that is not ours, is over, or leads nowhere."""
        found = request.match_info
        until, lies, ending = found["until"], found["lies"], found["ending"]
        if not (until.isdigit() and until.isascii() and len(until) <= _LONGEST):
            raise web.HTTPNotFound
        made = [_seal(key, int(until), lies, ending) for key in self._keys]
        ours = [hmac.compare_digest(one.encode(), found["seal"].encode()) for one in made]
        path = self._folder.path_of(lies.replace("-", "/"))
        if not any(ours) or int(until) < self._clock.now().timestamp() or path is None:
            raise web.HTTPNotFound
        headers = {
            "Content-Type": _TYPES[ending],
            "Content-Disposition": "inline",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        }
        return web.FileResponse(path, headers=headers)

    def mount(self, app: web.Application) -> None:
        """Adds the address to a server that has not started."""
        path = f"{self._path}/berkas/{{until}}/{{lies}}/{{seal:[0-9a-f]{{64}}}}.{{ending:jpg|png}}"
        app.router.add_get(path, self.give)


def _seal(key: bytes, until: int, lies: str, ending: str) -> str:
    told = f"lent file {until} {lies} {ending}".encode()
    return hmac.digest(key, told, "sha256").hex()
