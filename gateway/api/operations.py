"""The process as administrators see it: channels, what waits, what could not be read."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Annotated, Final

from aiohttp import web
from pydantic import Field, StringConstraints

from config.calendars import preset_names
from core.model.messages import ChannelId
from core.model.staff import Right
from core.ports import Sends, Webhook
from gateway.api.people import identity
from gateway.api.table import Answer, Asked, Call, Endpoint, Entry, Shown

if TYPE_CHECKING:
    from core.model.quarantine import Parked
    from gateway.server import MountedDoor

BYTES: Final = "application/octet-stream"


class SymptomShown(Shown):
    """What a door's last examination found."""

    key: str
    sentence: str


class WaitingShown(Shown):
    """How much waits in one state."""

    state: str
    count: int
    oldest: datetime | None


class ChannelShown(Shown):
    """A configured door and how it is.

    ``paused_until``: sending stands still until then, for ``reason``.
    """

    id: str
    kind: str
    sends: bool
    receives_webhooks: bool
    paused_until: datetime | None
    reason: str
    symptoms: list[SymptomShown]
    waiting: list[WaitingShown]


class Channels(Shown):
    """In the order of the configuration."""

    items: list[ChannelShown]


async def channels(call: Call) -> Answer:
    """Every door with its provider's trouble and its queue."""
    async with call.parts.store.desk() as desk:
        loads = await desk.outbox.load()
    waiting: dict[str, list[WaitingShown]] = {}
    for load in loads:
        told = WaitingShown(state=load.state.value, count=load.count, oldest=load.oldest)
        waiting.setdefault(load.channel, []).append(told)
    doors = call.parts.gateway.plan.doors
    items = [_channel(call, mounted, waiting.get(mounted.door.id, [])) for mounted in doors]
    return Answer(Channels(items=items))


def _channel(call: Call, mounted: MountedDoor, waiting: list[WaitingShown]) -> ChannelShown:
    gateway, door = call.parts.gateway, mounted.door
    circuit = next((one.circuit for one in gateway.dispatchers if one.channel == door.id), None)
    paused = circuit is not None and circuit.open_at(call.now) is not None
    found = next((one for one in gateway.examinations if one.channel == door.id), None)
    return ChannelShown(
        id=door.id,
        kind=call.parts.settings.channels[door.id].kind,
        sends=isinstance(door, Sends),
        receives_webhooks=isinstance(door, Webhook),
        paused_until=circuit.paused_until if circuit and paused else None,
        reason=circuit.reason if circuit and paused else "",
        symptoms=[
            SymptomShown(key=one.key, sentence=one.sentence)
            for one in (found.symptoms.values() if found else ())
        ],
        waiting=waiting,
    )


# --- quarantine ----------------------------------------------------------------------------------


class QuarantineAsked(Asked):
    """Of which channel; ``done``: also what was read anew; ``limit`` of the oldest."""

    channel: Annotated[str, StringConstraints(max_length=64)] = ""
    done: bool = False
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class ParkedShown(Shown):
    """A payload that could not be read; its bytes are fetched apart."""

    id: int
    channel: str
    at: datetime
    sentence: str
    size: int
    replayed_at: datetime | None


class Quarantine(Shown):
    """Oldest first."""

    items: list[ParkedShown]


def _parked(row: Parked) -> ParkedShown:
    return ParkedShown(
        id=row.id,
        channel=row.channel,
        at=row.at,
        sentence=row.sentence,
        size=row.size,
        replayed_at=row.replayed_at,
    )


async def quarantine(call: Call) -> Answer:
    """What could not be read, and why."""
    asked: QuarantineAsked = call.query
    channel = ChannelId(asked.channel) if asked.channel else None
    async with call.parts.store.desk() as desk:
        found = await desk.parked.parked(channel, done=asked.done)
    return Answer(Quarantine(items=[_parked(row) for row in found[: asked.limit]]))


async def raw(call: Call) -> web.StreamResponse:
    """The bytes of one as they came; may hold what a citizen wrote."""
    async with call.parts.store.desk() as desk:
        found = await desk.parked.raw(identity(call, "row"))
    disposition = {"Content-Disposition": "attachment; filename=payload.bin"}
    return web.Response(body=found, content_type=BYTES, headers=disposition)


# --- calendars -----------------------------------------------------------------------------------


class CalendarsShown(Shown):
    """The office's calendar and those that come with the program."""

    office: str
    presets: list[str]


async def calendars(call: Call) -> Answer:
    """By name; ``/deadline`` counts by any of them."""
    name = call.parts.gateway.plan.policy.calendar.name
    return Answer(CalendarsShown(office=name, presets=list(preset_names())))


ROUTES: Final = (
    Endpoint(
        "GET",
        "/channels",
        Right.ADMIN_CHANNELS,
        channels,
        "Doors, their trouble and their queues",
        Channels,
    ),
    Endpoint(
        "GET",
        "/quarantine",
        Right.ADMIN_CHANNELS,
        quarantine,
        "Payloads that could not be read",
        Quarantine,
        query=QuarantineAsked,
    ),
    Endpoint(
        "GET",
        "/quarantine/{row}",
        Right.ADMIN_CHANNELS,
        raw,
        "The bytes of one payload",
        media=BYTES,
    ),
    Endpoint("GET", "/calendars", Entry.STAFF, calendars, "Calendars by name", CalendarsShown),
)
