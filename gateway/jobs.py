"""What is done by the clock: one line for each job in :func:`jobs_of`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from config.logs import get_logger
from core.model.calendar import missing_year
from core.model.erasure import months_before
from core.model.events import Fact
from core.services.assigning import assign_waiting
from core.services.audit import anchor
from core.services.erasing import erase_old
from core.services.partners import ask_holiday_hours
from core.services.recompute import Wanted, recompute_all
from core.services.work import close_silently
from gateway.schedules import Daily, Every, Job, Monthly
from gateway.watching import HOUSE

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.schedules import ScheduleSettings
    from core.model.scene import WorkPolicy
    from core.model.watch import WatchPolicy
    from core.ports import Store
    from core.services.erasing import Eraser
    from gateway.metrics import Metrics
    from gateway.schedules import Period

log = get_logger("jobs")

SLICE = 1_000
"""Rows thrown away in one unit of work."""

KEEP_READINGS = timedelta(days=366)
"""How long it is remembered what somebody has read; afterwards a ticket looks unread."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What jobs need.

    Attributes:
        work: what acts of the system itself go by.
        watch: promises and calendars.
        automatic: tickets that nobody has are given to technicians unasked.
        eraser: takes persons out of what is old; None: nobody does.
        on_record: called when something was changed that people are told of.
    """

    store: Store
    settings: ScheduleSettings
    work: WorkPolicy
    watch: WatchPolicy
    metrics: Metrics
    automatic: bool = False
    eraser: Eraser | None = None
    on_record: list[Callable[[], object]] = field(default_factory=list)

    async def close_silent(self, _period: Period, now: datetime) -> str:
        """Solved tickets whose citizen was told and has been silent (requirements §1 rule 15)."""
        closed = 0
        while numbers := await close_silently(self.store.desk, self.work, now):
            closed += len(numbers)
            for record in self.on_record:
                record()
        return f"{closed} closed"

    async def assign(self, _period: Period, now: datetime) -> str:
        """Tickets that nobody has go to the least loaded who fits (BW-45)."""
        given = await assign_waiting(self.store.desk, self.work, now)
        for record in self.on_record if given else ():
            record()
        return f"{len(given)} assigned"

    async def ask_partners(self, _period: Period, now: datetime) -> str:
        """Partners whose hours on a national holiday within a week are not known (KM-25)."""
        work = self.work
        unknown = await ask_holiday_hours(self.store.desk, work.office, work.calendar, now)
        if unknown:
            log.warning("holiday hours unconfirmed", units=[one.unit.id for one in unknown])
            self.metrics.alarms.labels(HOUSE, "holiday hours").inc()
        for record in self.on_record if unknown else ():
            record()
        return f"{len(unknown)} unconfirmed"

    async def bind_history(self, period: Period, now: datetime) -> str:
        """The anchor of the day that is over."""
        made = await anchor(self.store, period.day - timedelta(days=1), now)
        if made is None:
            return "anchored already"
        log.info("anchor", day=made.day.isoformat(), digest=made.digest)
        return f"{made.tickets} tickets, {made.events} events, {made.digest}"

    async def throw_away(self, _period: Period, now: datetime) -> str:
        """Rows that nobody asks for any more, slice by slice."""
        kept = {
            "idempotency_keys": timedelta(hours=self.settings.keep_answers_hours),
            "drafts": timedelta(days=self.settings.keep_drafts_days),
            "draft_files": timedelta(days=self.settings.keep_drafts_days),
            "job_runs": timedelta(days=self.settings.keep_runs_days),
            "readings": KEEP_READINGS,
        }
        told = [f"{what} {await self._forget(what, now - age)}" for what, age in kept.items()]
        return ", ".join(told)

    async def anonymise(self, _period: Period, now: datetime) -> str:
        """Persons leave what has ended long enough ago; figures stay (BW-13)."""
        months = self.settings.anonymise_after_months
        if not months or self.eraser is None:
            return "off"
        erased = await erase_old(self.eraser, months_before(now, months), now)
        for record in self.on_record if erased.tickets else ():
            record()
        return f"tickets {erased.tickets}, messages {erased.messages}, payloads {erased.payloads}"

    async def _forget(self, what: str, before: datetime) -> int:
        dropped = 0
        while True:
            async with self.store.desk() as desk:
                slice_ = await desk.retention.forget(what, before, SLICE)
                await desk.commit()
            dropped += slice_
            if slice_ < SLICE:
                return dropped

    async def warn_of_holidays(self, period: Period, _now: datetime) -> str:
        """From 1 November on, while the decree of the next year is not loaded."""
        year = missing_year(self.watch.calendar_of(""), period.day)
        if year is None:
            return "all loaded"
        log.warning("holidays missing", year=year)
        self.metrics.alarms.labels(HOUSE, "holidays").inc()
        return f"{year} is missing"

    async def make_certain(self, _period: Period, now: datetime) -> str:
        """Provisional promises, once the holidays they pass are known."""
        wanted = Wanted("holidays", provisional=True)
        return f"{await recompute_all(self.store.desk, self.watch, wanted, now)} recomputed"

    async def follow_calendars(self, period: Period, now: datetime) -> str:
        """Due times under changed calendars, never earlier than promised (requirements §3)."""
        if period.name == "none":
            return "as configured"
        wanted = Wanted("calendar")
        return f"{await recompute_all(self.store.desk, self.watch, wanted, now)} recomputed"

    async def recap(self, period: Period, now: datetime) -> str:
        """The month's recapitulation falls due; who writes it reads this from the history."""
        fact = Fact("RecapDue", now, "system", {"period": period.name})
        async with self.store.desk() as desk:
            if await desk.admin_history.last(f"recap:{period.name}") is not None:
                return "due already"
            await desk.admin_history.append(f"recap:{period.name}", [fact])
            await desk.commit()
        return f"{period.name} is due"


def jobs_of(shop: Workshop) -> tuple[Job, ...]:
    """Every job; a new one is a line here."""
    times = shop.settings
    night, morning = _time(times.night), _time(times.morning)
    rounds = (Job("automatic assignment", Every(1), shop.assign),) if shop.automatic else ()
    return (
        *rounds,
        Job("silent closing", Every(times.closing_minutes), shop.close_silent),
        Job("anchor", Daily(_time(times.anchor)), shop.bind_history),
        Job("retention", Daily(night), shop.throw_away),
        Job("anonymising", Daily(night), shop.anonymise),
        Job("provisional promises", Daily(night), shop.make_certain),
        Job("holidays", Daily(morning), shop.warn_of_holidays),
        Job("partner hours", Daily(morning), shop.ask_partners),
        Job("monthly recap", Monthly(morning), shop.recap),
    )


def _time(text: str) -> time:
    return time.fromisoformat(text)
