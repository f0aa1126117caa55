"""From settings to a running plan: the one place that knows every room's maker.

A new channel adds one line to :data:`MAKERS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from channels.sms.channel import TwilioSms
from channels.sms.settings import TwilioSmsSettings as TwilioDoor
from config.calendars import load_calendar
from core.model.messages import Address, ChannelId
from core.model.outbox import RetryPolicy
from core.model.phone import sms_sender
from core.model.policy import ChannelTraits, IntakePolicy, ReplyLimits
from core.model.sla import DEFAULT_POLICY
from core.model.texts import TextForm, TextSet
from gateway.clock import SystemClock
from gateway.dispatcher import Pace
from gateway.grouping import Bounds
from gateway.server import Listening, MountedDoor, Plan
from gateway.webhooks import Route
from ticket_store.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from config.settings import Settings, TwilioSmsSettings
    from core.ports import Clock, Store


@dataclass(frozen=True, slots=True)
class Made:
    """A door with what intake needs to know of it."""

    mounted: MountedDoor
    traits: ChannelTraits
    own: frozenset[Address]


def twilio_sms(
    channel: ChannelId, settings: TwilioSmsSettings, whole: Settings, clock: Clock
) -> Made:
    """The door for SMS through Twilio."""
    base = whole.http.public_url.rstrip("/")
    path = f"/hooks/{channel}"
    tokens = (settings.auth_token, settings.auth_token_previous)
    door = TwilioSms(
        TwilioDoor(
            id=channel,
            account_sid=settings.account_sid,
            auth_tokens=tuple(token.get_secret_value() for token in tokens if token),
            from_number=settings.from_number,
            messaging_service_sid=settings.messaging_service_sid,
            own_numbers=settings.all_numbers,
            webhook_url=base + path,
            status_url=f"{base}{path}/status",
            fallback_url=settings.fallback_url,
            api_base_url=settings.api_base_url,
            timeout=whole.dispatch.send_timeout_seconds,
            validity=settings.validity_seconds,
            rate=settings.rate_per_second,
        ),
        clock,
    )
    routes = (
        Route(path, base + path, "message"),
        Route(f"{path}/status", f"{base}{path}/status", "status"),
    )
    pace = Pace(settings.rate_per_second, whole.dispatch.in_flight, whole.dispatch.poll_seconds)
    return Made(
        MountedDoor(door, routes, pace, settings.recover_every_seconds),
        ChannelTraits(channel, TextForm.SMS, settings.acks_per_day),
        frozenset(sms_sender(number) for number in settings.all_numbers),
    )


if TYPE_CHECKING:
    Maker = Callable[[ChannelId, TwilioSmsSettings, Settings, Clock], Made]

MAKERS: Mapping[str, Maker] = {"twilio_sms": twilio_sms}


def intake_policy(settings: Settings, made: list[Made]) -> IntakePolicy:
    """The office's settings as intake reads them."""
    office, limits = settings.office, settings.limits
    zone = ZoneInfo(office.timezone)
    return IntakePolicy(
        office=office.name,
        prefix=office.ticket_prefix,
        zone=zone,
        calendar=load_calendar(office.calendar, zone),
        sla=DEFAULT_POLICY,
        texts=TextSet.of(settings.texts),
        channels={one.traits.id: one.traits for one in made},
        require_keyword=office.require_keyword,
        reopening=timedelta(days=office.reopen_days),
        limits=ReplyLimits(
            limits.replies_per_hour,
            limits.acks_per_ten_minutes,
            limits.same_text,
            limits.tickets_per_ten_minutes,
        ),
        own=frozenset().union(*(one.own for one in made)),
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
    made = [
        MAKERS[channel.kind](ChannelId(name), channel, settings, clock)
        for name, channel in settings.channels.items()
    ]
    intake = settings.intake
    return Plan(
        store=store,
        policy=intake_policy(settings, made),
        retry=retry_policy(settings),
        doors=[one.mounted for one in made],
        clock=clock,
        http=Listening(settings.http.host, settings.http.port, settings.http.max_body),
        bounds=Bounds(intake.queue_messages, intake.queue_bytes, intake.group),
        folder=settings.store.data_dir,
    )
