"""Doors with their health, what they said and heard, a test message, the end of a pause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from console.staff.admin.sheet import (
    failed_of,
    history_of,
    saved,
    sheet,
    status_of,
)
from console.staff.admin.technical import plainly
from console.staff.admin.words import DOORS
from console.wording import DELIVERY, kept_words, moment
from core.errors import NotFound
from core.model.exchange import Direction, ExchangeQuery
from core.model.masking import mask_identity
from core.model.outbox import OutboxState
from core.services.doors import Trial, send_trial, subject_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aiohttp import web

    from console.staff.back_office import DoorState
    from console.staff.visit import Visit
    from core.model.exchange import Exchange
    from core.model.views import OutboxLoad
    from core.model.work import Refusal

EXCHANGES: Final = 40
_FAULT: Final = 400
_STATUS_SIGNS: Final = 3


class ChannelPages:
    """All doors, one of them, its test and its pause."""

    async def channels(self, visit: Visit) -> web.StreamResponse:
        """Every door with what wants attention."""
        store = visit.reception.store
        async with store.desk() as desk:
            loads = await desk.outbox.load()
            said = {
                door.id: await desk.channel_log.read(ExchangeQuery(door.id, limit=EXCHANGES))
                for door in visit.reception.back_office.doors.states()
            }
            parked = await desk.parked.parked()
        shown = [
            _door(visit, door, [one for one in loads if one.channel == door.id], said[door.id])
            | {"quarantine": sum(one.channel == door.id for one in parked)}
            for door in visit.reception.back_office.doors.states()
        ]
        return sheet(visit, "kanal", "channels.html", {"doors": shown})

    async def channel(self, visit: Visit) -> web.StreamResponse:
        """One of them."""
        return await self._channel(visit)

    async def _channel(self, visit: Visit, why: Refusal | None = None) -> web.StreamResponse:
        door = _asked(visit)
        async with visit.reception.store.desk() as desk:
            loads = [one for one in await desk.outbox.load() if one.channel == door.id]
            said = await desk.channel_log.read(ExchangeQuery(door.id, limit=EXCHANGES))
        zone = visit.reception.zone
        values: dict[str, Any] = {
            "door": _door(visit, door, loads, said),
            "exchanges": [
                {
                    "in": one.direction is Direction.IN,
                    "at": moment(one.at, zone, visit.words),
                    "fault": _faulty(one),
                    "head": mask_identity(_headline(one.said, visit.words)[:120]),
                    "said": mask_identity(one.said),
                    "answered": mask_identity(_answer(one, visit.words)),
                }
                for one in reversed(said)
            ],
            "history": await history_of(visit, subject_of(door.id)),
        }
        if why is not None:
            values["failed"] = await failed_of(visit, "trial", why)
        return sheet(visit, "kanal", "channel.html", values, status_of(why) if why else 200)

    async def trial(self, visit: Visit) -> web.StreamResponse:
        """Promises a test message to an address that somebody types."""
        door, reception = _asked(visit), visit.reception
        if door.address is None:
            raise NotFound(door.id)
        wanted = Trial(door.id, door.address, visit.form.get("address", "")[:300])
        office = reception.work.office
        why = await send_trial(reception.store.desk, office, visit.staff, wanted, visit.now())
        if why is not None:
            return await self._channel(visit, why)
        reception.committed()
        return saved(visit, f"kanal/{door.id}", "dikirim")

    async def try_now(self, visit: Visit) -> web.StreamResponse:
        """Ends a pause: one message goes first."""
        door = _asked(visit)
        visit.reception.back_office.doors.try_now(door.id)
        return saved(visit, f"kanal/{door.id}", "dicoba")


def _asked(visit: Visit) -> DoorState:
    """Raises NotFound for a door that there is not."""
    name = visit.request.match_info["kanal"]
    for door in visit.reception.back_office.doors.states():
        if door.id == name:
            return door
    raise NotFound(name)


def _door(
    visit: Visit, door: DoorState, loads: Sequence[OutboxLoad], said: Sequence[Exchange]
) -> dict[str, Any]:
    zone, newest = visit.reception.zone, list(reversed(said))
    came = next((one for one in newest if one.direction is Direction.IN), None)
    went = next((one for one in newest if one.direction is Direction.OUT), None)
    wrong = next((one for one in newest if _faulty(one)), None)
    return {
        "id": door.id,
        "kind": visit.words(DOORS.get(door.kind, door.kind)),
        "sends": door.address is not None,
        "hook": door.hook,
        "paused": moment(door.paused_until, zone, visit.words) if door.paused_until else "",
        "reason": kept_words(door.reason, visit.words),
        "symptoms": [visit.words(one.sentence) for one in door.symptoms],
        "came": moment(came.at, zone, visit.words) if came else "",
        "went": moment(went.at, zone, visit.words) if went else "",
        "wrong": moment(wrong.at, zone, visit.words) if wrong else "",
        "wrong_words": mask_identity(_answer(wrong, visit.words)[:200]) if wrong else "",
        "loads": [
            {
                "words": visit.words(DELIVERY.get(one.state.value, one.state.value)),
                "count": one.count,
                "oldest": moment(one.oldest, zone, visit.words) if one.oldest else "",
                "dead": one.state is OutboxState.DEAD,
            }
            for one in loads
        ],
        "well": not (door.paused_until or door.symptoms),
    }


def _headline(said: str, say: Callable[[str], str]) -> str:
    """The first line; of our own texts, what they are for and how often they were tried."""
    return plainly(said.strip().partition("\n")[0], say)


def _answer(one: Exchange, say: Callable[[str], str]) -> str:
    """What was answered: of what we sent, how far it got, then the provider's own words."""
    if one.direction is not Direction.OUT:
        return one.answered
    state, _, theirs = one.answered.strip().partition(" ")
    known = say(DELIVERY.get(state, state))
    return f"{known}: {theirs}" if theirs else known


def _faulty(one: Exchange) -> bool:
    """Whether an exchange went wrong: a status that refuses, or a message not handed over."""
    first = one.answered.split(maxsplit=1)[0] if one.answered.strip() else ""
    if one.direction is Direction.OUT:
        return bool(first) and first != OutboxState.HANDED_OVER.value
    return first.isdigit() and len(first) == _STATUS_SIGNS and int(first) >= _FAULT
