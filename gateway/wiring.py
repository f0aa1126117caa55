"""From settings to a running plan: the one place that knows every room's maker.

A new channel adds one line to :data:`MAKERS`.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from config.calendars import load_calendar
from config.checks import day_rules
from config.promises import load_promises, load_seed
from config.redaction import Redactor
from core.model.messages import ChannelId
from core.model.outbox import RetryPolicy
from core.model.policy import IntakePolicy, ReplyLimits
from core.model.texts import TextSet
from gateway.beginnings import Beginnings
from gateway.calendars import Calendars
from gateway.channel_log import ChannelLog
from gateway.clock import SystemClock
from gateway.doors.made import Made, Place
from gateway.file_plan import attachment_folder, attachment_worker
from gateway.grouping import Bounds
from gateway.house import open_house
from gateway.notifying import notifying
from gateway.on_demand import OnDemand
from gateway.outgoing_hooks import hooks_of
from gateway.pages import prepare_pages
from gateway.promises import Promises
from gateway.questions import Questions
from gateway.rounds import Round
from gateway.server import Listening, Plan
from gateway.timekeeping import staff_channels, timekeeping
from gateway.wordings import Wordings
from gateway.words import gathering
from gateway.work_policy import work_policy
from ticket_store.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiohttp import web

    from config.settings import Settings
    from core.ports import Clock, Store
    from gateway.server import Gateway

    Mount = Callable[[web.Application, Gateway], None]


MAKERS: Mapping[str, str] = {
    "gammu": "gateway.doors.gammu",
    "jasmin": "gateway.doors.jasmin",
    "kannel": "gateway.doors.kannel",
    "desk": "gateway.doors.desk",
    "email": "gateway.doors.email",
    "telegram": "gateway.doors.telegram",
    "twilio_sms": "gateway.doors.twilio_sms",
    "twilio_whatsapp": "gateway.doors.twilio_whatsapp",
    "web_form": "gateway.doors.web_form",
    "whatsapp_cloud": "gateway.doors.whatsapp_cloud",
}
"""Kind of channel → the module whose ``make`` makes the door."""


def make_door(place: Place) -> Made:
    """The door that the settings of this place describe."""
    settings = place.whole.channels[place.channel]
    made: Made = import_module(MAKERS[settings.kind]).make(place, settings)
    return made


def intake_policy(settings: Settings, made: list[Made]) -> IntakePolicy:
    """The office's settings as intake reads them."""
    office, limits = settings.office, settings.limits
    zone = ZoneInfo(office.timezone)
    return IntakePolicy(
        office=office.name,
        prefix=office.ticket_prefix,
        zone=zone,
        calendar=load_calendar(office.calendar, zone),
        sla=load_promises(settings.watch.promises),
        texts=TextSet.of(settings.texts),
        channels={one.traits.id: one.traits for one in made},
        require_keyword=office.require_keyword,
        keyword_days=day_rules(office.require_keyword_from),
        monthly_limit=office.monthly_limit,
        reopening=timedelta(days=office.reopen_days),
        limits=ReplyLimits(
            limits.replies_per_hour,
            limits.acks_per_ten_minutes,
            limits.same_text,
            limits.tickets_per_ten_minutes,
        ),
        own=frozenset().union(*(one.own for one in made)),
        on_duty=settings.duty.channel is not None,
        staff_channels=staff_channels(settings),
        registration=office.registration,
        registration_nik=office.registration_nik,
        registration_link=next(
            (one.registration_link for one in made if one.registration_link), None
        ),
        survey_link=next((one.survey_link for one in made if one.survey_link), None),
        ticket_link=next((one.ticket_link for one in made if one.ticket_link), None),
    )


def retry_policy(settings: Settings) -> RetryPolicy:
    """How sending is tried again."""
    dispatch = settings.dispatch
    return RetryPolicy(
        base=timedelta(seconds=dispatch.backoff_seconds),
        ceiling=timedelta(seconds=dispatch.backoff_max_seconds),
        max_attempts=dispatch.max_attempts,
        doubt_wait=timedelta(seconds=dispatch.doubt_wait_seconds),
        doubt_looks=dispatch.doubt_looks,
        lease=timedelta(seconds=dispatch.lease_seconds),
    )


async def make_store(settings: Settings) -> Store:
    """Opens the store; raises what it raises when durability or version do not fit."""
    settings.store.data_dir.mkdir(parents=True, exist_ok=True)
    return await open_store(
        settings.store.url.get_secret_value(),
        data_dir=settings.store.data_dir,
        pool=settings.store.pool,
    )


def make_plan(settings: Settings, store: Store, clock: Clock | None = None) -> Plan:
    """Everything a process is made of, nothing started yet."""
    clock = clock or SystemClock()
    made = [make_door(Place(ChannelId(name), settings, clock)) for name in settings.channels]
    intake = settings.intake
    keep = timedelta(days=settings.channel_log.keep_days)
    exchanges = ChannelLog(store, clock, Redactor(settings.secrets()), keep)
    wordings = Wordings(settings.texts)
    beginnings = Beginnings(store, clock)
    promises = Promises(store, load_seed(settings.watch.promises), clock)
    asking = Questions()
    policy = replace(
        intake_policy(settings, made), wording=wordings, promising=promises, asking=asking
    )
    calendars = Calendars(store.calendars, settings.office.calendar, policy.zone)
    return Plan(
        store=store,
        policy=policy,
        retry=retry_policy(settings),
        doors=[one.mounted for one in made],
        clock=clock,
        http=Listening(settings.http.host, settings.http.port, settings.http.max_body),
        bounds=Bounds(intake.queue_messages, intake.queue_bytes, intake.group),
        folder=settings.store.data_dir,
        mount=surfaces(pages_of(made), staff_surfaces(settings, store, clock, calendars)),
        rounds=(
            lambda gateway: files_of(settings, gateway),
            lambda gateway: timekeeping(settings, gateway, calendars),
            lambda _: Round("promises", promises.run),
            lambda _: Round("beginnings", beginnings.run),
            lambda _: Round("texts", lambda: wordings.run(store.texts)),
            lambda _: Round("questions", lambda: asking.run(store.surveys)),
            lambda _: log_of(exchanges),
            lambda gateway: hooks_of(settings, gateway),
            gathering,
            notifying,
        ),
        exchanges=exchanges,
        ready=(promises.begin, beginnings.begin),
    )


def files_of(settings: Settings, gateway: Gateway) -> Round:
    """Fetches the files of messages, woken where there are any."""
    plan = gateway.plan
    folder = attachment_folder(settings.attachments, settings.store.data_dir)
    worker = attachment_worker(
        settings.attachments,
        folder,
        (mounted.door for mounted in plan.doors),
        plan.store,
        (plan.clock, gateway.metrics),
    )
    worker.keep_drafts = timedelta(days=settings.schedules.keep_drafts_days)
    gateway.intake.on_files.append(worker.wake)
    worker.on_record.append(gateway.changes.bump)
    return Round("files", worker.run, worker.stop)


def log_of(exchanges: ChannelLog) -> Round:
    """Writes the log of exchanges once a second."""
    return Round("channel log", exchanges.run, patience=2.0)


def staff_surfaces(
    settings: Settings, store: Store, clock: Clock, calendars: Calendars
) -> Mount | None:
    """Mounts the REST API and the pages of staff, made with their first request.

    None where they are switched off.
    """
    if not settings.api.enabled:
        return None

    def mount(app: web.Application, gateway: Gateway) -> None:
        told_by = staff_channels(settings)
        work = work_policy(settings.work, gateway.plan.policy, calendars.of, told_by)
        house = open_house(settings, store, clock)

        async def make() -> web.Application:
            # in a thread, so that no message waits while it loads
            loaded = await asyncio.to_thread(import_module, "gateway.surfaces")
            made: web.Application = loaded.staff_application(
                gateway, settings, (house, work, calendars)
            )
            return made

        prepare_pages(app)
        part = OnDemand(make)
        for prefix in ("/api", "/console"):
            app.router.register_resource(part.below(prefix))
        app.on_shutdown.append(part.shut_down)
        app.on_cleanup.append(part.clean_up)

    return mount


def surfaces(*mounts: Mount | None) -> Mount:
    """Everything that is mounted beside the webhooks."""

    def mount(app: web.Application, gateway: Gateway) -> None:
        for one in mounts:
            if one is not None:
                one(app, gateway)

    return mount


def pages_of(made: list[Made]) -> Mount | None:
    """Mounts what citizens see of the doors; None when none of them has pages."""
    mounts = [one.pages for one in made if one.pages]

    def mount(app: web.Application, gateway: Gateway) -> None:
        for pages in mounts:
            pages(app, gateway)

    return mount if mounts else None
