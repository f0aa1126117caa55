"""Files at Twilio: asked for with our credentials there, followed without them elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import encode_basic_auth

from channels.download import Downloads, Source
from channels.twilio.account import HOME

if TYPE_CHECKING:
    from channels.twilio.account import Account
    from core.ports import Sink


class MediaShelf:
    """Twilio's media addresses lead by a redirect to a storage host that must not see us.

    https://www.twilio.com/docs/messaging/api/media-resource
    """

    def __init__(
        self, account: Account, token: str, hosts: tuple[str, ...], seconds: float
    ) -> None:
        trusted = {urlsplit(address).netloc for address in (account.base_url, HOME)}
        headers = {"Authorization": encode_basic_auth(account.sid, token)}
        self._downloads = Downloads(Source({*trusted, *hosts}, trusted, headers, seconds))

    async def fetch(self, url: str, into: Sink) -> str | None:
        """Writes the bytes; returns the type. Raises SendError, or what the sink raises."""
        return await self._downloads.fetch(url, into)

    async def close(self) -> None:
        """Idempotent."""
        await self._downloads.close()
