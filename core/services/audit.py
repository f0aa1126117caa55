"""Lays down the day's anchor, and checks that history is as it was written.

Both read the whole history in one pass and keep of it only what a bucket of a thousand tickets
needs; neither holds up a gateway that goes on writing.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

from core.errors import Conflict, StoreUnavailable
from core.model.audit import (
    HOUSE,
    Anchor,
    AnchorDigest,
    Finding,
    Head,
    Verdict,
    Wrong,
    bucket_of,
    house_heads,
    house_part,
    number_of,
    part_of,
)
from core.model.audit_anchors import AnchorCheck, not_as_written_down
from core.model.audit_chains import HouseChains, TicketChains
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from datetime import date, datetime

    from core.model.audit import AnchorPart
    from core.model.audit_chains import Raw
    from core.ports import Store
    from core.ports.audit import Audits, AuditSnapshot

LISTED: Final = 1_000
"""Findings that a verdict lists; of more only how many."""

_LAST: Final = 2**53


# --- anchors ---------------------------------------------------------------------------------


async def anchor(store: Store, day: date, now: datetime) -> Anchor | None:
    """Binds all that changed since the last anchor, once for each day.

    Args:
        store: is read in a snapshot; only the writing takes a unit of work, which is short.
        day: the office's date that is over, or beginning: any one, as long as days only rise.
        now: aware UTC.

    Returns:
        None when this day or a later one has its anchor, also when another process is faster.
    """
    async with store.audits.snapshot() as snapshot:
        laid = await snapshot.anchors()
        last = laid[-1] if laid else None
        if last is not None and last.day >= day:
            return None
        upto = await snapshot.settled()
        tally = _Tally(day)
        async for heads in snapshot.news(last.position if last else None, upto):
            tally.take(heads)
        parts = [*await _house(snapshot, day), *tally.parts()]
    made = _bound(Anchor(day, now, tally.tickets, tally.events, upto, "", ""), last, parts)
    try:
        async with store.desk() as desk:
            await desk.anchors.lay_down(made, parts)
            await desk.commit()
    except Conflict:
        return None
    return made


def _bound(news: Anchor, last: Anchor | None, parts: Sequence[AnchorPart]) -> Anchor:
    """The anchor over these parts and the one before; ``news`` counts what is new."""
    digest = AnchorDigest()
    for part in parts:
        digest.add(part)
    if last is not None:
        tickets, events = last.tickets + news.tickets, last.events + news.events
        news = replace(news, tickets=tickets, events=events, previous=last.digest)
    return replace(news, digest=digest.of(news))


class _Tally:
    """Of a stretch of the stream, in the order of tickets: how each stands at its end."""

    def __init__(self, day: date) -> None:
        self.tickets = self.events = 0
        self._day = day
        self._done: list[AnchorPart] = []
        self._bucket: list[Head] = []

    def take(self, heads: Sequence[Head]) -> None:
        """The next events."""
        self.events += len(heads)
        for head in heads:
            self.tickets += head.seq == 1
            last = self._bucket[-1] if self._bucket else None
            if last is not None and last.ticket_id == head.ticket_id:
                self._bucket[-1] = head
                continue
            if last is not None and bucket_of(last.ticket_id) != bucket_of(head.ticket_id):
                self._close()
            self._bucket.append(head)

    def parts(self) -> list[AnchorPart]:
        """All of them, in the order of their buckets."""
        self._close()
        return self._done

    def _close(self) -> None:
        if self._bucket:
            bucket = bucket_of(self._bucket[0].ticket_id)
            self._done.append(part_of(self._day, bucket, self._bucket))
            self._bucket = []


async def _house(snapshot: AuditSnapshot, day: date) -> list[AnchorPart]:
    """The house's chains that are longer than the anchors know; nothing when none is."""
    known: dict[str, int] = {}
    async for part in snapshot.parts(None, (HOUSE, HOUSE)):
        known |= {subject: seq for subject, seq, _ in house_heads(part)}
    heads = [head for head in await snapshot.house_heads() if head[1] > known.get(head[0], 0)]
    return [house_part(day, heads)] if heads else []


# --- the check -------------------------------------------------------------------------------


@value
class AuditWish:
    """How to check.

    Attributes:
        prefix: of ticket numbers, for tickets of which only the id is left.
        since: only anchors from this day on, and tickets that changed since the anchor before;
            None: everything.
        written_down: digests of anchors that were kept elsewhere, by day.
    """

    prefix: str
    since: date | None = None
    written_down: Mapping[date, str] | None = None


async def verify(
    audits: Audits, wish: AuditWish, progress: Callable[[int], None] | None = None
) -> Verdict:
    """One pass over everything; findings are values, in the order in which they are found.

    Args:
        audits: where the history is.
        wish: how to check it.
        progress: is told now and then how many events have passed.

    Raises:
        StoreUnavailable: the store cannot be read, and nothing was found that explains it.
    """
    async with audits.snapshot() as snapshot:
        audit = _Audit(snapshot, wish, progress)
        try:
            await audit.run()
        except StoreUnavailable:
            if not audit.findings:
                raise
            audit.report(Finding(Wrong.DAMAGED, "it cannot be read to its end"))
    return audit.verdict()


class _Audit:
    def __init__(
        self,
        snapshot: AuditSnapshot,
        wish: AuditWish,
        progress: Callable[[int], None] | None,
    ) -> None:
        self._snapshot, self._wish, self._progress = snapshot, wish, progress
        self.findings: list[Finding] = []
        self._more = 0
        self._gone: set[str] = set()
        self._chains = TicketChains(wish.prefix, self.report)
        self._check = AnchorCheck(wish.prefix, self.report)
        self._house = HouseChains((), self.report)
        self._anchors: Sequence[Anchor] = ()

    def verdict(self) -> Verdict:
        return Verdict(
            self._chains.tickets,
            self._chains.events,
            self._house.subjects,
            len(self._anchors),
            tuple(self.findings),
            self._more,
        )

    def report(self, finding: Finding) -> None:
        if finding.kind in (Wrong.GONE, Wrong.ORPHAN):
            self._gone.add(finding.whose)
        if len(self.findings) < LISTED:
            self.findings.append(finding)
        else:
            self._more += 1

    async def run(self) -> None:
        snapshot, wish = self._snapshot, self._wish
        for finding in await snapshot.storage():
            self.report(finding)
        laid = await snapshot.anchors()
        earlier = [one for one in laid if wish.since is not None and one.day < wish.since]
        self._anchors = laid[len(earlier) :]
        await self._house_chains()
        await self._tickets(earlier[-1].position if earlier else None)
        self._check.conclude(self._anchors, earlier[-1] if earlier else None)
        for finding in not_as_written_down(laid, wish.written_down or {}):
            self.report(finding)
        await self._rows()

    async def _house_chains(self) -> None:
        parts = [part async for part in self._snapshot.parts(self._wish.since, (HOUSE, HOUSE))]
        self._house = HouseChains(self._check.house(parts), self.report)
        async for rows in self._snapshot.house():
            self._house.feed(rows)
        self._check.compare_house(parts, self._house.found)

    async def _tickets(self, after: str | None) -> None:
        """Histories and parts pass side by side, a bucket at a time."""
        waiting = _Buckets(self._snapshot, self._wish.since)
        bucket = HOUSE
        parts: Sequence[AnchorPart] = ()
        async for rows in self._snapshot.events(after):
            for next_bucket, of_bucket in groupby(rows, _bucket):
                if next_bucket != bucket:
                    self._close(parts)
                    async for skipped in waiting.before(next_bucket):
                        self._open(skipped)
                        self._close(skipped)
                    bucket, parts = next_bucket, await waiting.take(next_bucket)
                    self._open(parts)
                self._chains.feed(of_bucket)
            if self._progress is not None:
                self._progress(self._chains.events)
        self._close(parts)
        async for skipped in waiting.before(_LAST):
            self._open(skipped)
            self._close(skipped)

    def _open(self, parts: Sequence[AnchorPart]) -> None:
        self._chains.sought, self._chains.seen = self._check.sought(parts), {}

    def _close(self, parts: Sequence[AnchorPart]) -> None:
        self._chains.end()
        self._check.compare(parts, self._chains.sought, self._chains.seen)
        self._chains.sought = {}

    async def _rows(self) -> None:
        """Tickets without a history, and tickets that others still speak of."""
        for number in await self._snapshot.bare():
            self.report(Finding(Wrong.BARE, number))
        for ticket_id in await self._snapshot.missed():
            whose = number_of(ticket_id, self._wish.prefix)
            if whose not in self._gone:
                self.report(Finding(Wrong.MISSED, whose))


def _bucket(row: Raw) -> int:
    return bucket_of(row[0])


class _Buckets:
    """The parts of all anchors, a bucket at a time, in order."""

    def __init__(self, snapshot: AuditSnapshot, since: date | None) -> None:
        self._parts = snapshot.parts(since, (HOUSE + 1, _LAST))
        self._ahead: AnchorPart | None = None
        self._begun = False

    async def before(self, bucket: int) -> AsyncIterator[Sequence[AnchorPart]]:
        """Those of each earlier bucket that nobody has taken."""
        while (ahead := await self._next()) is not None and ahead.bucket < bucket:
            yield await self.take(ahead.bucket)

    async def take(self, bucket: int) -> Sequence[AnchorPart]:
        """Those of this bucket; the ones before it must have been taken."""
        taken: list[AnchorPart] = []
        while (ahead := await self._next()) is not None and ahead.bucket == bucket:
            taken.append(ahead)
            self._ahead = await anext(self._parts, None)
        return taken

    async def _next(self) -> AnchorPart | None:
        if not self._begun:
            self._begun = True
            self._ahead = await anext(self._parts, None)
        return self._ahead
