"""A mailbox read by IMAP: what is new, in order, each mail on disk before the next (§11).

The bookmark ``<uidvalidity>:<uid>:<since>:<border>`` travels with each mail into its transaction.
``since`` is when this mailbox was first connected (seconds of Unix time) and ``border`` the UID
that came next then: older mail is never acknowledged. Under another UIDVALIDITY all is read
again, the mail's own key drops what is known, and ``since`` alone tells what is old.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from channels.email.imap import (
    WINDOW,
    FolderMissing,
    ImapLine,
    LineLost,
    LoginRefused,
)
from channels.email.own_thread import OwnThread
from channels.email.payload import OLD, Arrival, only_beginning
from config.logs import get_logger
from core.errors import StoreUnavailable
from core.model.health import Symptom
from core.model.messages import Bookmark, Ignored, Inbound, InboundMessage, Unreadable
from core.model.sentences import said

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from channels.email.imap import Entry, Folder
    from config.doors.email import ImapSettings
    from core.model.messages import ChannelId
    from core.ports import Bookmarks, Clock, Deliver

log = get_logger("imap")

ReadMail = Callable[[bytes, Arrival], Awaitable[list[Inbound]]]
"""Raw bytes and how they came → what they say."""

GROUP = 100
"""Mails whose sizes are asked for at once."""

STARTED = "kotak surat mulai dibaca"
GONE = said("surel sudah tidak ada di kotak surat")
POISON = said("Surel ini tidak dapat diambil atau dibaca dari kotak surat.")

_TROUBLES = {
    "login": said(
        "Kotak surat menolak nama pengguna atau kata sandi; perbaiki di pengaturan imap."
    ),
    "folder": said("Folder kotak surat tidak ditemukan; periksa folder di pengaturan imap."),
    "certificate": said("Sertifikat peladen kotak surat tidak sah; periksa host dan ca_file."),
}
_UNREACHABLE = said("Kotak surat tidak dapat dihubungi; surel baru belum terbaca. Dicoba terus.")


@dataclass(frozen=True, slots=True)
class Place:
    """How far the mailbox was read; see the module."""

    validity: int
    uid: int
    since: int
    border: int

    @classmethod
    def read(cls, mark: str) -> Place:
        """Raises ValueError for a mark that none of us wrote."""
        validity, uid, since, border = map(int, mark.split(":"))
        return cls(validity, uid, since, border)

    def __str__(self) -> str:
        return f"{self.validity}:{self.uid}:{self.since}:{self.border}"

    def is_old(self, entry: Entry) -> bool:
        """Whether a mail was there before the mailbox was connected."""
        if self.border:
            return entry.uid < self.border
        at = entry.arrived_at
        return at is not None and at.timestamp() < self.since


@dataclass(frozen=True, slots=True)
class Errand:
    """What every visit to the mailbox needs, and what is remembered between visits.

    Attributes:
        tries: how often a mail was begun, by UIDVALIDITY and UID; only of those that failed.
    """

    channel: ChannelId
    settings: ImapSettings
    read: ReadMail
    clock: Clock
    tries: dict[tuple[int, int], int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Of the bookmark."""
        return f"{self.channel}/{self.settings.folder}"


class Mailbox:
    """Keeps visiting one folder, whatever happens to the connection.

    Attributes:
        trouble: what is wrong with it now, for staff; None when all is well.
    """

    def __init__(self, errand: Errand) -> None:
        self._errand = errand
        self.trouble: Symptom | None = None
        self._failures = 0

    async def run(self, deliver: Deliver, bookmarks: Bookmarks) -> None:
        """Until cancelled."""
        thread = OwnThread(f"imap {self._errand.channel}")
        try:
            while True:
                line = ImapLine(self._errand.settings)
                try:
                    pause = await self._visited(
                        Visit(self._errand, line, thread), deliver, bookmarks
                    )
                finally:
                    line.cut()  # whatever the thread waits for; a polite end is not worth a wait
                    thread.later(line.leave)
                await asyncio.sleep(pause * (0.5 + random.random()))  # noqa: S311 - jitter
        finally:
            thread.end()

    async def _visited(self, visit: Visit, deliver: Deliver, bookmarks: Bookmarks) -> float:
        """One connection to its end; the seconds to wait before the next."""
        try:
            await visit.open(bookmarks)
            self._failures, self.trouble = 0, None
            await visit.stay(deliver)
        except LineLost as lost:
            return self._note(lost)
        except StoreUnavailable as away:
            log.warning("mail left in the mailbox", channel=self._errand.channel, why=str(away))
        except Exception:
            log.exception("reading the mailbox failed", channel=self._errand.channel)
        return self._errand.settings.retry_seconds

    def _note(self, lost: LineLost) -> float:
        settings = self._errand.settings
        self._failures += 1
        log.warning("mailbox lost", channel=self._errand.channel, why=lost.code)
        if lost.code in _TROUBLES or self._failures > 1:
            since = self.trouble.since if self.trouble else self._errand.clock.now()
            key = f"imap_{lost.code}" if lost.code in _TROUBLES else "imap_unreachable"
            self.trouble = Symptom(key, _TROUBLES.get(lost.code, _UNREACHABLE), since)
        if isinstance(lost, LoginRefused | FolderMissing):
            return settings.login_retry_seconds
        doubled = settings.retry_seconds * (1 << min(self._failures - 1, 16))
        return min(doubled, settings.retry_max_seconds)


class Visit:
    """One connection, from log-in until it is lost."""

    def __init__(self, errand: Errand, line: ImapLine, thread: OwnThread) -> None:
        self._errand, self._line, self._thread = errand, line, thread
        self._settings = errand.settings
        self._first = False
        self._next_uid: int | None = None
        self._place = Place(0, 0, 0, 0)

    async def open(self, bookmarks: Bookmarks) -> None:
        """Logs in and finds the place. Raises LineLost, StoreUnavailable."""
        folder = await self._thread(self._line.open)
        mark = await bookmarks.read(self._errand.name)
        self._next_uid = folder.next_uid
        if mark is None:
            self._first = True
            self._place = await self._beginning(folder)
            return
        self._place = Place.read(mark)
        if self._place.validity != folder.validity:
            log.warning("mailbox was renumbered; reading all of it", channel=self._errand.channel)
            self._place = Place(folder.validity, 0, self._place.since, 0)

    async def _beginning(self, folder: Folder) -> Place:
        border = folder.next_uid
        if border is None:  # an old server: the last mail tells
            border = max(await self._thread(self._line.uids, 0, None), default=0) + 1
        since = int(self._errand.clock.now().timestamp())
        start = border - 1 if self._settings.older == "skip" else 0
        return Place(folder.validity, start, since, border)

    async def stay(self, deliver: Deliver) -> None:
        """Takes in what is new, again and again. Raises LineLost, StoreUnavailable."""
        if self._first:
            # on disk before any mail: a restart must not take the first new one for an old one
            await deliver([Ignored(self._errand.channel, STARTED, self._mark(self._place))])
        while True:
            async for uids in self._new():
                for first in range(0, len(uids), GROUP):
                    group = uids[first : first + GROUP]
                    for entry in await self._thread(self._line.entries, group):
                        await self._take(entry, deliver)
            self._next_uid = None
            await self._wait()

    async def _new(self) -> AsyncIterator[list[int]]:
        low = self._place.uid
        while self._next_uid is not None and self._next_uid - low > WINDOW:
            yield await self._thread(self._line.uids, low, low + WINDOW + 1)
            low += WINDOW
        yield await self._thread(self._line.uids, low, None)

    async def _wait(self) -> None:
        settings, loop = self._settings, asyncio.get_running_loop()
        if not self._line.can_idle:
            await asyncio.sleep(settings.poll_seconds)
            await self._thread(self._line.ask)
            return
        spread = 0.67 + 0.66 * random.random()  # noqa: S311 - not all mailboxes at once
        end = loop.time() + settings.idle_seconds * spread
        while (left := end - loop.time()) > 0:
            if await self._thread(self._line.wait, left):
                return

    # --- one mail ---

    async def _take(self, entry: Entry, deliver: Deliver) -> None:
        """On disk, then flagged; a mail that fails again and again is put aside."""
        place = replace(self._place, uid=entry.uid)
        if self._settings.older == "skip" and place.is_old(entry):
            inbound: list[Inbound] = [Ignored(self._errand.channel, OLD, self._mark(place))]
        else:
            key = (place.validity, entry.uid)
            tries = self._errand.tries.get(key, 0)
            self._errand.tries[key] = tries + 1
            inbound = await self._inbound(entry, place, tries)
            try:
                await deliver(inbound)
            except StoreUnavailable:
                self._errand.tries[key] = tries  # not the mail's fault
                raise
            del self._errand.tries[key]
        self._place = place
        if any(isinstance(item, InboundMessage) for item in inbound):
            await self._tidy(entry.uid)

    async def _inbound(self, entry: Entry, place: Place, tries: int) -> list[Inbound]:
        if tries >= self._settings.poison_tries:
            return [await self._poison(entry, place, tries)]
        large = entry.size is not None and entry.size > self._settings.max_size
        fetch = self._line.beginning if large else self._line.content
        raw = await self._thread(fetch, entry.uid)
        if raw is None:
            return [Ignored(self._errand.channel, GONE, self._mark(place))]
        at = Arrival(
            self._errand.clock.now(), arrived_at=entry.arrived_at, old=place.is_old(entry)
        )
        read = await self._errand.read(raw, at)
        return [self._marked(item, entry, place, large=large) for item in read]

    def _marked(self, item: Inbound, entry: Entry, place: Place, *, large: bool) -> Inbound:
        if isinstance(item, InboundMessage):
            shown = only_beginning(item, entry.size or 0) if large else item
            return replace(shown, bookmark=self._mark(place))
        return replace(item, bookmark=self._mark(place)) if isinstance(item, Unreadable) else item

    async def _poison(self, entry: Entry, place: Place, tries: int) -> Unreadable:
        raw: bytes | None = None
        if tries == self._settings.poison_tries:  # a further failure leaves it without its bytes
            raw = await self._thread(self._line.beginning, entry.uid)
        log.error("mail put aside", channel=self._errand.channel, uid=entry.uid, tries=tries)
        kept = raw or f"UID {entry.uid}".encode()
        return Unreadable(self._errand.channel, kept, POISON, self._mark(place))

    async def _tidy(self, uid: int) -> None:
        """Once it is on disk; that this fails changes nothing for us."""
        done = True
        if self._settings.after == "move":
            done = await self._thread(self._line.move, uid, self._settings.move_to)
        if self._settings.after == "seen" or not done:
            done = await self._thread(self._line.mark_seen, uid)
        if not done:
            log.warning("mail not flagged in the mailbox", channel=self._errand.channel, uid=uid)

    def _mark(self, place: Place) -> Bookmark:
        return Bookmark(self._errand.name, str(place))
