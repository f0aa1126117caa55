"""What became of the texts that we laid into Gammu's outbox, told once each."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from channels.gammu.errors import FAILURES
from channels.gammu.parts import place_of
from core.model.messages import ChannelId, DeliveryReport, DeliveryState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from channels.gammu.rows import SentRow

LOOK_BACK = 5_000
"""Texts whose reports are still waited for: a modem sends at most some hundreds an hour."""

_NO_REPORT_COMES = "SendingOKNoReport"
_DELIVERED = "DeliveryOK"


def outcome_of(rows: Sequence[SentRow]) -> DeliveryState | None:
    """The state of a text by its parts, of which the worst counts; None while parts are missing.

    Rows of several attempts: only the last one counts.
    """
    last = [row for row in rows if row.id == rows[-1].id]
    if any(row.status in FAILURES for row in last):
        return DeliveryState.FAILED
    place = place_of(last[0].udh)
    if len(last) < (place.total if place else 1):
        return None
    if all(row.status == _DELIVERED for row in last):
        return DeliveryState.DELIVERED
    return DeliveryState.SENT


class Progress:
    """Remembers what was told, so that each look tells only news.

    After a start everything within :data:`LOOK_BACK` is told once more: states only move forward.
    """

    def __init__(self, channel: ChannelId, prefix: str) -> None:
        self.prefix = prefix
        self._channel = channel
        self._since = 0
        self._highest = -1
        self._told: dict[int, DeliveryState] = {}
        self._seen: dict[str, tuple[int, DeliveryState]] = {}

    def begin(self, highest: int) -> int:
        """The id from which to read.

        Args:
            highest: the last id in the table; a lower one than before: it was emptied.
        """
        if highest < self._highest:
            self._told.clear()
            self._since = 0
        self._highest = highest
        self._since = max(self._since, highest - LOOK_BACK)
        self._told = {key: state for key, state in self._told.items() if key >= self._since}
        return self._since

    def news(self, rows: Iterable[SentRow], now: datetime) -> list[DeliveryReport]:
        """What has changed; call :meth:`told` once it is on disk."""
        found = []
        self._seen = {}
        for identity, parts in groupby(rows, key=attrgetter("id")):
            text = list(parts)
            state = outcome_of(text)
            if state is None or self._told.get(identity) is state:
                continue
            self._seen[text[0].creator] = (identity, state)
            found.append(self._report(text, state, now))
        return found

    def told(self, reports: Sequence[DeliveryReport]) -> None:
        """These are on disk."""
        for report in reports:
            identity, state = self._seen[report.external_id]
            self._told[identity] = state

    def _report(
        self, text: Sequence[SentRow], state: DeliveryState, now: datetime
    ) -> DeliveryReport:
        creator = text[0].creator
        number = creator.removeprefix(self.prefix).partition(":")[0]
        failed = next((row for row in text if row.status in FAILURES), None)
        return DeliveryReport(
            channel=self._channel,
            external_id=creator,
            state=state,
            at=now,
            item_id=int(number) if number.isascii() and number.isdigit() else None,
            code="" if failed is None else _code(failed),
            reason="" if failed is None else FAILURES[failed.status],
        )


def _code(row: SentRow) -> str:
    return row.status if row.error < 0 else f"{row.status} {row.error}"
