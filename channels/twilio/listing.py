"""Twilio's list of messages: what we sent, what was sent to us, and the media of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from channels.twilio.parts import attachment
from core.errors import SendError, SendFailure, SendProblem
from core.model.sentences import said

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from channels.twilio.account import Account, Json
    from core.model.messages import Attachment

SHORT_PAGE = 50
LONG_PAGE = 500
"""Twilio allows 1,000; half of it comes well within one call's time."""


async def entries(
    account: Account, filters: Mapping[str, str], most: int, page_size: int = SHORT_PAGE
) -> AsyncIterator[Json]:
    """Entries of the message list, newest first as Twilio gives them, at most ``most``.

    Raises SendError when a page cannot be read.
    """
    path, params = account.path("Messages.json"), {**filters, "PageSize": str(page_size)}
    page = await account.get(path, params)
    seen = 0
    followed: set[str] = set()
    while True:
        rows = _rows(page, "messages")
        for entry in rows[: most - seen]:
            yield entry
        seen += len(rows)
        link = page.get("next_page_uri")
        # an address that comes back would lead round in circles
        if not link or not rows or seen >= most or link in followed:
            return
        followed.add(link)
        page = await account.get(_own_path(account, link))


async def media_of(account: Account, entry: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """The media of an inbound entry; none when Twilio has deleted them.

    Raises SendError when the list cannot be read now.
    """
    if str(entry.get("num_media") or "0") == "0":
        return ()
    sid = quote(str(entry["sid"]), safe="")
    try:
        page = await account.get(account.path(f"Messages/{sid}/Media.json"))
    except SendError as error:
        if error.problem.code == "20404" or error.problem.failure is SendFailure.PERMANENT:
            return ()
        raise
    return tuple(
        attachment(account.base_url + uri.removesuffix(".json"), row.get("content_type"))
        for row in _rows(page, "media_list")
        if isinstance(uri := row.get("uri"), str)
    )


def _rows(page: Json, name: str) -> list[Json]:
    rows = page.get(name)
    if not isinstance(rows, list):
        reason = said("Daftar pesan di Twilio tidak terbaca; dicoba lagi.")
        raise SendError(SendProblem(SendFailure.RETRY, reason, "no list"))
    return [row for row in rows if isinstance(row, dict)]


def _own_path(account: Account, link: object) -> str:
    """Only path and query of a link are followed: our credentials go to no other host."""
    parts = urlsplit(str(link))
    if not parts.path.startswith(account.path("")):
        reason = said("Daftar pesan di Twilio tidak terbaca; dicoba lagi.")
        raise SendError(SendProblem(SendFailure.RETRY, reason, "foreign link"))
    return f"{parts.path}?{parts.query}"
