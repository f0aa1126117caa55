"""Wordings that wait for their day, on both engines: kept, begun once, taken back (BW-14)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from core.errors import Conflict
from core.model.catalogue import ServiceDraft
from core.model.setting_versions import text_subject
from core.model.staff import Role, Staff
from core.model.work import Refusal, RefusalKind
from core.services.canned import CannedDraft, add_reply, change_reply
from core.services.catalogue import add_service, change_service
from core.services.settings import NO_SUCH_VERSION, NOT_WAITING, begin_due, withdraw_version
from core.services.texts import Wording, word
from gateway.beginnings import Beginnings
from tests.contracts.house_kit import NOW, MovingClock
from tests.contracts.planting import connection_of
from ticket_store import schema

if TYPE_CHECKING:
    from datetime import datetime

    from ticket_store.store import SqlStore

DAY = timedelta(days=1)
ADMIN = Staff(1, "admin", "Admin", frozenset({Role.ADMIN}))
CLERK = Staff(2, "sari", "Sari", frozenset({Role.OPERATOR}))
KEY = "life_danger_sms"
SUBJECT = text_subject(0, "id", KEY)


async def worded(store: SqlStore, text: str, seen: int, begins: datetime | None = None) -> Any:
    wanted = Wording(KEY, f"{text}. Tiket {{tiket}}." if text else "", seen, begins=begins)
    return await word(store.desk, ADMIN, wanted, NOW)


async def reads(store: SqlStore) -> list[str]:
    return [one.text.partition(".")[0] for one in await store.texts.all()]


async def kinds(store: SqlStore) -> list[str]:
    wanted = select(schema.admin_events.c.kind).order_by(
        schema.admin_events.c.at, schema.admin_events.c.seq
    )
    async with store.desk() as desk:
        return list((await connection_of(desk).execute(wanted)).scalars())


async def test_bw_14_a_text_waits_for_its_day_while_the_one_before_rules(store: SqlStore) -> None:
    await worded(store, "Lama", 0)
    planned = await worded(store, "Baru", 1, NOW + DAY)
    assert (planned.version, planned.text) == (2, "Lama. Tiket {tiket}.")
    assert await reads(store) == ["Lama"]
    assert not await store.settings.any_due(NOW + DAY - timedelta(seconds=1))
    assert await begin_due(store.desk, NOW + DAY - timedelta(seconds=1)) == 0
    assert await store.settings.any_due(NOW + DAY)
    assert await begin_due(store.desk, NOW + DAY) == 1
    assert await reads(store) == ["Baru"]
    assert await begin_due(store.desk, NOW + 2 * DAY) == 0
    assert await kinds(store) == ["TextChanged", "TextChanged", "TextBegun"]
    newest, first = await store.settings.versions(SUBJECT)
    assert (newest.version, newest.valid_from, newest.begun_at) == (2, NOW + DAY, NOW + DAY)
    assert (first.held["text"], first.begun_at) == ("Lama. Tiket {tiket}.", NOW)


async def test_bw_14_what_is_worded_meanwhile_rules_until_the_day(store: SqlStore) -> None:
    await worded(store, "Nanti", 0, NOW + DAY)
    assert await reads(store) == []
    assert isinstance(
        await worded(store, "Asal", 0), Refusal
    )  # something waits that it has not seen
    await worded(store, "Asal", 1)
    assert await reads(store) == ["Asal"]
    await begin_due(store.desk, NOW + DAY)
    assert await reads(store) == ["Nanti"]


async def test_bw_14_of_two_for_one_day_the_last_one_holds(store: SqlStore) -> None:
    await worded(store, "Satu", 0, NOW + DAY)
    await worded(store, "Dua", 1, NOW + DAY)
    await worded(store, "Lusa", 2, NOW + 2 * DAY)
    waiting = await store.settings.waiting("text")
    assert [one.version for one in waiting] == [2, 3]
    assert await begin_due(store.desk, NOW + 3 * DAY) == 2  # nothing had run for days
    assert await reads(store) == ["Lusa"]


async def test_bw_14_the_wording_above_can_come_back_on_a_day(store: SqlStore) -> None:
    await worded(store, "Sementara", 0)
    await worded(store, "", 1, NOW + DAY)
    await begin_due(store.desk, NOW + DAY)
    assert await reads(store) == []


async def test_bw_14_whoever_had_it_open_when_it_began_is_told(store: SqlStore) -> None:
    await worded(store, "Lama", 0)
    seen = (await worded(store, "Baru", 1, NOW + DAY)).version
    await begin_due(store.desk, NOW + DAY)
    stale = await worded(store, "Lain", seen)
    assert isinstance(stale, Refusal)
    assert (stale.kind, stale.version, stale.expected) == (RefusalKind.STALE, 3, 2)


async def test_bw_14_one_that_waits_can_be_taken_back_once(store: SqlStore) -> None:
    await worded(store, "Lama", 0)
    await worded(store, "Baru", 1, NOW + DAY)
    which = (SUBJECT, 2)
    stranger = await withdraw_version(store.desk, CLERK, which, NOW)
    assert isinstance(stranger, Refusal)
    assert stranger.kind is RefusalKind.NOT_ALLOWED
    back = await withdraw_version(store.desk, ADMIN, which, NOW)
    assert not isinstance(back, Refusal)
    assert back.withdrawn_at == NOW
    assert await withdraw_version(store.desk, ADMIN, which, NOW) is NOT_WAITING
    assert await withdraw_version(store.desk, ADMIN, (SUBJECT, 1), NOW) is NOT_WAITING
    assert await withdraw_version(store.desk, ADMIN, (SUBJECT, 9), NOW) is NO_SUCH_VERSION
    assert await begin_due(store.desk, NOW + DAY) == 0
    assert await reads(store) == ["Lama"]
    assert await kinds(store) == ["TextChanged", "TextChanged", "TextWithdrawn"]


@pytest.mark.parametrize("begins", [NOW, NOW - DAY, NOW + 800 * DAY])
async def test_bw_14_no_day_that_is_over_or_too_far(store: SqlStore, begins: datetime) -> None:
    draft = CannedDraft("Jam", "Buka 09.00", begins=begins)
    service = ServiceDraft("Rujukan", {}, begins=begins)
    reply = await add_reply(store.desk, ADMIN, replace(draft, begins=None), NOW)
    made = await add_service(store.desk, ADMIN, replace(service, begins=None), NOW)
    assert not isinstance(reply, Refusal)
    assert not isinstance(made, Refusal)
    for why in (
        await worded(store, "Lain", 0, begins),
        await add_reply(store.desk, ADMIN, draft, NOW),
        await change_reply(store.desk, ADMIN, (reply.id, 1), draft, NOW),
        await add_service(store.desk, ADMIN, service, NOW),
        await change_service(store.desk, ADMIN, (made.id, 1), service, NOW),
    ):
        assert isinstance(why, Refusal)
        assert (why.kind, why.field) == (RefusalKind.INVALID, "valid_from")
    assert await store.settings.waiting("text") == []


async def test_bw_14_a_canned_reply_and_a_service_wait_too(store: SqlStore) -> None:
    reply = await add_reply(store.desk, ADMIN, CannedDraft("Jam", "Buka 08.00"), NOW)
    made = await add_service(store.desk, ADMIN, ServiceDraft("Rujukan", {"fee": "Gratis"}), NOW)
    assert not isinstance(reply, Refusal)
    assert not isinstance(made, Refusal)
    later = CannedDraft("Jam Ramadan", "Buka 09.00", begins=NOW + DAY)
    dearer = ServiceDraft("Rujukan", {"fee": "Rp10.000"}, begins=NOW + DAY)
    kept = await change_reply(store.desk, ADMIN, (reply.id, 1), later, NOW)
    described = await change_service(store.desk, ADMIN, (made.id, 1), dearer, NOW)
    assert kept == replace(reply, version=2)
    assert described == replace(made, version=2)
    assert [one.text for one in await store.canned.find((), None, 9)] == ["Buka 08.00"]
    assert await begin_due(store.desk, NOW + DAY) == 2
    assert [one.title for one in await store.canned.find((), None, 9)] == ["Jam Ramadan"]
    assert [one.parts for one in await store.catalogue.find((), 9)] == [{"fee": "Rp10.000"}]
    [ramadan, first] = await store.settings.versions(reply.mark)
    assert (ramadan.held["text"], first.held["text"]) == ("Buka 09.00", "Buka 08.00")


async def test_bw_14_new_ones_are_offered_from_their_day_on(store: SqlStore) -> None:
    await add_reply(store.desk, ADMIN, CannedDraft("Jam", "Buka", begins=NOW + DAY), NOW)
    draft = ServiceDraft("Rujukan", {"fee": "Gratis"}, begins=NOW + DAY)
    await add_service(store.desk, ADMIN, draft, NOW)
    assert await store.canned.find((), None, 9) == []
    assert await store.catalogue.find((), 9) == []
    await begin_due(store.desk, NOW + DAY)
    assert [one.title for one in await store.canned.find((), None, 9)] == ["Jam"]
    assert [one.name for one in await store.catalogue.find((), 9)] == ["Rujukan"]


async def test_bw_14_what_is_retired_does_not_come_back_by_itself(store: SqlStore) -> None:
    reply = await add_reply(store.desk, ADMIN, CannedDraft("Jam", "Buka 08.00"), NOW)
    assert not isinstance(reply, Refusal)
    later = CannedDraft("Jam", "Buka 09.00", begins=NOW + DAY)
    await change_reply(store.desk, ADMIN, (reply.id, 1), later, NOW)
    await change_reply(store.desk, ADMIN, (reply.id, 2), None, NOW)
    assert await begin_due(store.desk, NOW + DAY) == 0
    assert await store.canned.find((), None, 9) == []


async def test_bw_14_two_processes_begin_each_once(store: SqlStore) -> None:
    for number in range(4):
        draft = CannedDraft(f"Balasan {number}", "Buka", begins=NOW + DAY)
        await add_reply(store.desk, ADMIN, draft, NOW)
    clock = MovingClock()
    clock.move(DAY)
    looking = [Beginnings(store, clock) for _ in range(3)]
    while await store.settings.any_due(clock.now()):
        await asyncio.gather(*(one.look() for one in looking), return_exceptions=False)
    assert (await kinds(store)).count("CannedReplyBegun") == 4
    assert [one.version for one in await store.canned.find((), None, 9)] == [2] * 4


async def test_bw_14_one_version_is_laid_down_once(store: SqlStore) -> None:
    await worded(store, "Lama", 0)
    [only] = await store.settings.versions(SUBJECT)
    with pytest.raises(Conflict):
        async with store.desk() as desk:
            await desk.settings.lay(only)
