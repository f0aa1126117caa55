"""Keeps what providers said and what we answered, off the path of any message.

``note`` only puts a few references into a list; redaction and writing happen once a second, in a
group and in a thread. Under a flood most exchanges of a second are counted instead of kept, and a
crash loses the last second: this log explains, it proves nothing (providers.md §2.8).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config.logs import get_logger
from core.errors import StoreUnavailable
from core.model.exchange import Direction, Exchange

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from config.redaction import Redactor
    from core.model.messages import ChannelId, RawRequest, WebReply
    from core.model.outbox import OutboxItem
    from core.ports import Clock, Store
    from core.services.delivery import Attempt

log = get_logger("channel_log")

EVERY = 1.0
"""Seconds between two writings."""

A_SECOND = 50
"""Exchanges of one channel that are kept of one second, and as many faults again; of more, the
first ones and a count."""

PURGE_EVERY = 3_600.0
PURGE_SLICE = 500
_LONGEST = 4_000
_LONGEST_ABOUT = 200
_FAULTS = 400  # status from which on an answer is no success


@dataclass(frozen=True, slots=True)
class _Noted:
    channel: ChannelId
    at: datetime
    direction: Direction
    about: str
    said: str | bytes
    answered: str | bytes


class ChannelLog:
    """One per process. Call :meth:`note` from anywhere in the loop; it never waits nor raises.

    Args:
        keep: how long entries are kept; nothing is written where it is zero.
    """

    def __init__(self, store: Store, clock: Clock, redactor: Redactor, keep: timedelta) -> None:
        self._store, self._clock, self._redactor, self._keep = store, clock, redactor, keep
        self._noted: list[_Noted] = []
        self._kept: Counter[ChannelId] = Counter()
        self._dropped: Counter[ChannelId] = Counter()

    def note(
        self,
        channel: ChannelId,
        direction: Direction,
        about: str,
        said: str | bytes,
        answered: str | bytes,
    ) -> None:
        """Keeps one exchange.

        Args:
            channel: the door.
            direction: who began.
            about: the provider's id of a message, or our outbox id; "" for none.
            said: by the side that began; only its beginning is kept.
            answered: by the other.
        """
        if self._has_room(channel, A_SECOND):
            self._keep_one(channel, direction, about, said, answered)

    def heard(
        self, channel: ChannelId, request: RawRequest, reply: WebReply, about: str = ""
    ) -> None:
        """Keeps a webhook's request and our answer; of its headers only the content type."""
        # in a flood of good ones, those that went wrong are what somebody will look for
        if not self._has_room(channel, A_SECOND if reply.status < _FAULTS else 2 * A_SECOND):
            return
        parts = urlsplit(request.public_url)
        where = f"{parts.path}?{parts.query}" if parts.query else parts.path
        kind = request.headers.get("content-type", "")
        head = f"{request.method} {where}\n{kind}\n\n".encode("utf-8", "replace")
        answered = f"{reply.status}\n".encode() + reply.body[:_LONGEST]
        self._keep_one(channel, Direction.IN, about, head + request.body[:_LONGEST], answered)

    def tried(self, item: OutboxItem, attempt: Attempt) -> None:
        """Keeps an attempt to send: our text, and what the provider made of it."""
        result = attempt.result
        said = f"{item.purpose}, attempt {item.attempt}\n\n{item.text}"
        answered = " ".join(filter(None, (result.state, result.code, result.provider_id)))
        self.note(item.channel, Direction.OUT, str(item.id), said, answered)

    def _has_room(self, channel: ChannelId, most: int) -> bool:
        if not self._keep:
            return False
        fits = self._kept[channel] < most
        (self._kept if fits else self._dropped)[channel] += 1
        return fits

    def _keep_one(
        self,
        channel: ChannelId,
        direction: Direction,
        about: str,
        said: str | bytes,
        answered: str | bytes,
    ) -> None:
        now, about = self._clock.now(), about[:_LONGEST_ABOUT]
        self._noted.append(
            _Noted(channel, now, direction, about, said[:_LONGEST], answered[:_LONGEST])
        )

    async def run(self) -> None:
        """Until cancelled; then writes what is left, if that goes quickly."""
        purge_at = asyncio.get_running_loop().time()
        try:
            while True:
                await asyncio.sleep(EVERY)
                await self.write()
                if asyncio.get_running_loop().time() >= purge_at:
                    await self.purge()
                    purge_at = asyncio.get_running_loop().time() + PURGE_EVERY
        except asyncio.CancelledError:
            async with asyncio.timeout(EVERY):
                await self.write()
            raise

    async def write(self) -> int:
        """Writes what was noted; returns how many entries. A store that is away loses them."""
        noted, self._noted = self._noted, []
        dropped, self._dropped = self._dropped, Counter()
        self._kept = Counter()
        if not noted:
            return 0
        try:
            exchanges = await asyncio.to_thread(self._redacted, noted, dropped)
            async with self._store.desk() as desk:
                await desk.channel_log.add(exchanges)
                await desk.commit()
        except StoreUnavailable as away:
            log.warning("exchanges not kept", count=len(noted), why=str(away))
            return 0
        except Exception:
            log.exception("exchanges not kept", count=len(noted))
            return 0
        return len(exchanges)

    async def purge(self) -> int:
        """Drops what is too old, in slices, so that no message waits long behind one."""
        count = 0
        try:
            while True:
                async with self._store.desk() as desk:
                    before = self._clock.now() - self._keep
                    dropped = await desk.channel_log.purge(before, PURGE_SLICE)
                    await desk.commit()
                count += dropped
                if dropped < PURGE_SLICE:
                    return count
                await asyncio.sleep(EVERY / 20)
        except StoreUnavailable as away:
            log.warning("old exchanges not dropped", why=str(away))
        except Exception:
            log.exception("old exchanges not dropped")
        return count

    def _redacted(self, noted: Sequence[_Noted], dropped: Counter[ChannelId]) -> list[Exchange]:
        """In a thread: the search for secrets and numbers costs more than all else here."""
        found = [self._exchange(one) for one in noted]
        for channel, count in dropped.items():
            words = f"{count} more exchanges in this second were not kept"
            at = noted[-1].at
            found.append(Exchange(channel, at, Direction.IN, "", words, ""))
        return found

    def _exchange(self, one: _Noted) -> Exchange:
        said, answered = self._safe(one.said), self._safe(one.answered)
        about = self._redactor.secrets(_text(one.about))
        return Exchange(one.channel, one.at, one.direction, about, said, answered)

    def _safe(self, text: str | bytes) -> str:
        return self._redactor.text(_text(text))


def _text(text: str | bytes) -> str:
    """What PostgreSQL refuses in text (NUL, lone surrogates) is replaced."""
    if isinstance(text, str):
        text = text.encode("utf-8", "replace")
    return text.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
