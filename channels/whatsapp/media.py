"""Files: fetched by id from Meta's hosts, uploaded before they are sent.

https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from aiohttp import FormData

from channels.download import Downloads, Source
from channels.whatsapp.errors import NO_FILE, NO_MEDIA, PAUSED
from channels.whatsapp.graph import USER_AGENT, Graph
from core.errors import SendError

if TYPE_CHECKING:
    from channels.whatsapp.settings import WhatsAppSettings
    from core.model.messages import OutboundFile
    from core.ports import Clock, Sink

COUNTED = timedelta(hours=1)
"""Meta counts failed fetches within this time, and blocks all of them at 20 (providers.md §4)."""


@dataclass(slots=True)
class Brake:
    """Stops us before Meta does.

    Attributes:
        most: failures within an hour that are one too many.
    """

    most: int
    _failed: deque[datetime] = field(default_factory=deque)

    def note(self, now: datetime) -> None:
        """A fetch failed."""
        self._failed.append(now)

    def wait(self, now: datetime) -> timedelta:
        """How long until the next fetch may be tried; zero: now."""
        while self._failed and self._failed[0] <= now - COUNTED:
            self._failed.popleft()
        if len(self._failed) < self.most:
            return timedelta()
        return self._failed[-self.most] + COUNTED - now


class Media:
    """The files of one number."""

    def __init__(self, settings: WhatsAppSettings, graph: Graph, clock: Clock) -> None:
        self._number, self._graph, self._clock = settings.phone_number_id, graph, clock
        self._brake = Brake(settings.media_failures)
        own = urlsplit(settings.api_base_url).netloc
        hosts = {own, *settings.media_hosts}
        headers = {
            "Authorization": f"Bearer {settings.access_token}",
            "User-Agent": USER_AGENT,  # Meta's file host refuses libraries' own
        }
        self._downloads = Downloads(Source(hosts, hosts, headers, settings.timeout))

    async def fetch(self, media_id: str, into: Sink) -> str | None:
        """Writes the bytes; returns the type. Raises SendError, or what the sink raises."""
        if wait := self._brake.wait(self._clock.now()):
            raise SendError(replace(PAUSED, retry_after=wait))
        path = quote(media_id, safe="")
        found = await self._graph.get(path, {"phone_number_id": self._number})
        url = found.get("url")
        if not isinstance(url, str) or not url:
            raise SendError(NO_MEDIA)
        try:
            return await self._downloads.fetch(url, into)
        except SendError:
            self._brake.note(self._clock.now())
            raise

    async def upload(self, file: OutboundFile) -> str:
        """Lays a file ready at Meta; returns its id. Raises SendError."""
        try:
            opened = await asyncio.to_thread(Path(file.path).open, "rb")
        except OSError as error:
            raise SendError(NO_FILE) from error
        with opened:
            form = FormData(quote_fields=False)  # else a space in a name reaches people as %20
            form.add_field("messaging_product", "whatsapp")
            form.add_field("type", file.content_type)
            form.add_field("file", opened, filename=file.filename, content_type=file.content_type)
            answer = await self._graph.upload(f"{self._number}/media", form)
        media_id = answer.get("id")
        if not isinstance(media_id, str) or not media_id:
            raise SendError(NO_MEDIA)
        return media_id

    async def close(self) -> None:
        """Idempotent."""
        await self._downloads.close()
