"""Tells other programs of events: in order, signed, again until it is taken, paused with an alarm.

Each subscription goes its own way, so that a slow receiver holds up nobody else. How far it came
is a place in the stream of events, moved only after the receiver took what lies before it: a
process that dies in between delivers the same events again, with the same ids.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from channels.event_hook.poster import Poster
from config.logs import get_logger
from core.errors import MalformedMessage, NotFound, StoreUnavailable
from core.model.subscription import HookRules, Taken, body_of, headers_of
from core.services.subscriptions import note_pause, open_secret, reach_of
from gateway.house import open_house
from gateway.rounds import Round

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import Protocol

    from config.settings import Settings
    from core.model.stream import Only, StreamPage
    from core.model.subscription import Subscription
    from core.ports import Store
    from core.services.house import House
    from gateway.metrics import Metrics
    from gateway.server import Gateway

    class Posts(Protocol):
        """Brings a delivery to its receiver."""

        async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Taken:
            """One attempt; every outcome is a value."""
            ...


log = get_logger("outgoing hooks")

LOOK_EVERY: Final = 5.0
"""Seconds between two looks at who is due; what this process commits wakes it before."""

AT_LEAST: Final = 0.2
"""Seconds between two looks, so that a flood of commits is told in batches."""

ALARM: Final = "hooks"

NO_OWNER, NO_KEY, NO_PLACE = "owner", "key", "position"
"""Codes of a pause that no receiver is to blame for."""


@dataclass(frozen=True, slots=True)
class HookParts:
    """What delivering needs."""

    store: Store
    house: House
    poster: Posts
    rules: HookRules
    metrics: Metrics
    draw: Callable[[], float] = random.random


class OutgoingHooks:
    """One per process; several processes share the work."""

    def __init__(self, parts: HookParts) -> None:
        self._parts = parts
        self._wake = asyncio.Event()
        self._running: dict[int, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """Something was committed."""
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled; what is on its way then comes again with the next process."""
        try:
            while True:
                await self._look()
                await asyncio.sleep(AT_LEAST)
                try:
                    async with asyncio.timeout(LOOK_EVERY):
                        await self._wake.wait()
                except TimeoutError:
                    pass
                self._wake.clear()
        finally:
            for task in self._running.values():
                task.cancel()

    async def _look(self) -> None:
        """Begins to deliver to everybody who is due and not being served."""
        try:
            everybody = await self._parts.store.subscriptions.all()
        except StoreUnavailable as away:
            log.warning("not looked", why=str(away))
            return
        now = self._parts.house.clock.now()
        for one in everybody:
            served = self._running.get(one.id)
            if one.paused_at is None and one.due_at <= now and (served is None or served.done()):
                task = asyncio.create_task(self._serve(one), name=f"hook {one.id}")
                self._running[one.id] = task

    async def _serve(self, subscription: Subscription) -> None:
        try:
            while await self.deliver(subscription):
                pass
        except StoreUnavailable as away:
            log.warning("not delivered", subscription=subscription.id, why=str(away))
        except Exception:
            log.exception("not delivered", subscription=subscription.id)

    async def deliver(self, subscription: Subscription) -> bool:
        """One delivery, if there is anything to deliver; whether to go on at once.

        Raises StoreUnavailable.
        """
        parts, now = self._parts, self._parts.house.clock.now()
        if not await self._has_news(subscription):
            return False
        async with parts.store.desk() as desk:
            until = now + parts.rules.lease
            held = await desk.subscriptions.claim(subscription.id, now, until)
            await desk.commit()
        if held is None:
            return False
        after, more = await self._attempted(held)
        async with parts.store.desk() as desk:
            kept = await desk.subscriptions.record(after, held)
            await desk.commit()
        if kept and after.paused_at is not None:
            await self._alarm(after, after.paused_at)
        return kept and more and after.attempt == 0 and after.paused_at is None

    async def _has_news(self, subscription: Subscription) -> bool:
        """Asked before anything is claimed, so that an idle subscription costs no writing."""
        only = await reach_of(self._parts.house, self._parts.store.subscriptions, subscription)
        page = await self._page(subscription, only) if only is not None else None
        return page is None or page.cursor != subscription.position

    async def _page(self, subscription: Subscription, only: Only) -> StreamPage | None:
        """None: the place is none of this store's stream."""
        stream, batch = self._parts.store.stream, self._parts.rules.batch
        try:
            return await stream.after(subscription.position, batch, only)
        except MalformedMessage:
            return None

    async def _attempted(self, held: Subscription) -> tuple[Subscription, bool]:
        """The subscription afterwards, and whether there may be more."""
        parts, now = self._parts, self._parts.house.clock.now()
        only = await reach_of(parts.house, parts.store.subscriptions, held)
        if only is None:
            return _paused(held, NO_OWNER, now), False
        page = await self._page(held, only)
        if page is None:
            return _paused(held, NO_PLACE, now), False
        if not page.events:
            return replace(held, position=page.cursor, due_at=now), page.more
        try:
            secret = open_secret(parts.house.vault, held)
        except NotFound:
            return _paused(held, NO_KEY, now), False
        body = body_of(held, page.events)
        headers = headers_of(held, secret, now, body, page.events[-1].id)
        taken = await parts.poster.post(held.url, headers, body)
        after = self._after(held, taken, parts.house.clock.now())
        if not taken.code:
            after = replace(after, position=page.cursor)
        return after, True

    def _after(self, held: Subscription, taken: Taken, now: datetime) -> Subscription:
        if not taken.code:
            return replace(held, attempt=0, code="", failing_since=None, due_at=now)
        rules, since = self._parts.rules, held.failing_since or now
        pause = rules.pause(held.attempt + 1, self._parts.draw())
        if taken.retry_after is not None:
            pause = max(pause, taken.retry_after)
        log.warning("not taken", subscription=held.id, code=taken.code, attempt=held.attempt + 1)
        failed = replace(
            held,
            attempt=held.attempt + 1,
            code=taken.code,
            failing_since=since,
            due_at=now + pause,
        )
        over = taken.gone or now - since >= rules.patience
        return replace(failed, paused_at=now) if over else failed

    async def _alarm(self, paused: Subscription, at: datetime) -> None:
        log.error("paused", subscription=paused.id, code=paused.code, attempts=paused.attempt)
        self._parts.metrics.alarms.labels(ALARM, "paused").inc()
        await note_pause(self._parts.house, paused, at)


def _paused(held: Subscription, code: str, now: datetime) -> Subscription:
    return replace(held, code=code, paused_at=now, due_at=now)


def hooks_of(settings: Settings, gateway: Gateway) -> Round:
    """Serves all subscriptions, woken by what commits."""
    plan = gateway.plan
    poster = Poster(settings.hooks.inside, settings.hooks.timeout_seconds)
    house = open_house(settings, plan.store, plan.clock)
    parts = HookParts(plan.store, house, poster, settings.hooks.rules(), gateway.metrics)
    hooks = OutgoingHooks(parts)
    gateway.intake.on_commit.append(hooks.wake)

    async def run() -> None:
        try:
            await hooks.run()
        finally:
            await poster.close()

    return Round("outgoing hooks", run)
