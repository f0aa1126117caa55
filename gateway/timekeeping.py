"""From settings to what happens by the clock: the watch and the scheduled work of one process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from config.schedules import TELLS_BY
from core.model.messages import Address, AddressKind, ChannelId
from core.model.watch import WatchPolicy
from core.services.erasing import Eraser
from core.services.watch_texts import WatchRules
from gateway.calendars import Calendars
from gateway.file_plan import attachment_folder
from gateway.jobs import Workshop, jobs_of
from gateway.rounds import Round
from gateway.schedules import Changed, Job, Schedules
from gateway.shredding import FolderShredder
from gateway.watching import Watching, WatchPace
from gateway.work_policy import work_policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.settings import Settings
    from core.model.calendar import Calendar
    from core.model.policy import IntakePolicy
    from core.services.reaching import StaffChannels
    from gateway.server import Gateway

    CalendarOf = Callable[[str], Calendar]


def watch_rules(
    settings: Settings, office: IntakePolicy, calendar_of: CalendarOf | None = None
) -> WatchRules:
    """What the watch goes by.

    Args:
        settings: of the whole office.
        office: its texts, doors and promises.
        calendar_of: a unit's calendar by its name; None: all units keep the office's.
    """
    duty = settings.duty
    called = (
        (ChannelId(duty.channel), Address(_kind(settings, duty.channel), duty.address))
        if duty.channel and duty.address
        else None
    )
    return WatchRules(
        policy=WatchPolicy(
            office.sla,
            calendar_of or (lambda _: office.calendar),
            bool(called),
            office.promising,
        ),
        zone=office.zone,
        wording=office.texts_for,
        channels=office.channels,
        staff_channels=staff_channels(settings),
        duty=called,
    )


def _kind(settings: Settings, channel: str) -> AddressKind:
    return TELLS_BY[settings.channels[channel].kind]


def staff_channels(settings: Settings) -> StaffChannels:
    """The doors by which staff are told, with the kind of address that each carries."""
    return tuple(
        (ChannelId(name), _kind(settings, name)) for name in settings.watch.staff_channels
    )


def timekeeping(settings: Settings, gateway: Gateway, calendars: Calendars | None = None) -> Round:
    """The watch, the calendars and the scheduled work as one round of a process.

    Args:
        settings: of the whole office.
        gateway: the process.
        calendars: the registry of the process; None: one is made here.
    """
    plan, hall = gateway.plan, (gateway.plan.clock, gateway.metrics)
    calendars = calendars or Calendars(
        plan.store.calendars, settings.office.calendar, plan.policy.zone
    )
    known, calendar_of = calendars, calendars.of
    rules = watch_rules(settings, plan.policy, calendar_of)
    pace = WatchPace(settings.watch.sweep_seconds, settings.watch.sweep_tickets)
    watching = Watching(plan.store, rules, pace, hall)
    work = work_policy(settings.work, plan.policy, calendar_of, staff_channels(settings))
    folder = attachment_folder(settings.attachments, settings.store.data_dir)
    shop = Workshop(
        plan.store,
        settings.schedules,
        work,
        rules.policy,
        gateway.metrics,
        settings.work.automatic_assignment,
        Eraser(plan.store.desk, FolderShredder(folder)),
    )
    following = Job("calendar change", Changed(known.state), shop.follow_calendars)
    schedules = Schedules(plan.store, (*jobs_of(shop), following), plan.policy.zone, hall)
    wakes = [gateway.changes.bump, *(one.wake for one in gateway.dispatchers)]
    for heard in (watching.on_record, shop.on_record):
        heard.extend(wakes)
    watching.on_jump.append(schedules.clock_was_set)
    known.on_change.append(lambda: gateway.intake.follow(known.of("")))

    async def run() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(known.run(), name="calendars")
            tasks.create_task(watching.run(), name="watch")
            tasks.create_task(schedules.run(), name="schedules")

    def stop() -> None:
        known.stop()
        watching.stop()
        schedules.stop()

    return Round("timekeeping", run, stop)
