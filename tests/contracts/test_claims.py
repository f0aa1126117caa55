"""Codes and claims, on both engines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from core.model.messages import Address, AddressKind
from core.model.proof import UNSENT, Claim, Reporter, TicketCode
from tests.contracts.desk_samples import (
    BUDI,
    DAY,
    NOW,
    SARI,
    SMS,
    greet,
    id_of,
    number_of,
    open_ticket,
)

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

ONE, NUMBER = id_of(1), number_of(1)
MAIL = Address(AddressKind.EMAIL, "sari@contoh.id")


def code(*, sent: bool = False, **changes: Any) -> TicketCode:
    return replace(TicketCode(ONE, "a" * 64, sent, NOW), **changes)


def claim(token: str, **changes: Any) -> Claim:
    return replace(Claim(token, ONE, MAIL, NOW), **changes)


async def test_a_ticket_without_a_code_and_a_number_that_is_none(store: SqlStore) -> None:
    await open_ticket(store, 1)
    assert await store.proofs.code(NUMBER) is None
    assert await store.proofs.code("HD26-999999-9") is None
    async with store.desk() as desk:
        assert await desk.claims.code(ONE) is None
        assert await desk.claims.reporter("HD26-999999-9") is None


async def test_the_first_code_of_a_form_stays(store: SqlStore) -> None:
    await open_ticket(store, 1)
    for hash_ in ("a" * 64, "b" * 64):
        async with store.desk() as desk:
            await desk.claims.keep_code(code(hash=hash_))
            await desk.commit()
    assert await store.proofs.code(NUMBER) == code()
    async with store.desk() as desk:
        await desk.claims.replace_code(code(sent=True, hash="c" * 64))
        await desk.commit()
    assert await store.proofs.code(NUMBER) == code(), "a sent one never takes its place"


async def test_a_code_that_is_sent_takes_the_place_of_the_last_one(store: SqlStore) -> None:
    await open_ticket(store, 1)
    later = NOW + DAY
    first = code(sent=True, failures=7, locked_until=later)
    second = code(sent=True, hash="b" * 64, created_at=later)
    for given in (first, second):
        async with store.desk() as desk:
            await desk.claims.replace_code(given)
            await desk.commit()
        assert await store.proofs.code(NUMBER) == given


async def test_failures_are_written_beside_the_code(store: SqlStore) -> None:
    await open_ticket(store, 1)
    wrong = code(sent=True, failures=6, locked_until=NOW + timedelta(minutes=2))
    async with store.desk() as desk:
        await desk.claims.replace_code(code(sent=True))
        await desk.claims.failed(wrong)
        assert await desk.claims.code(ONE) == wrong
        await desk.commit()
    assert await store.proofs.code(NUMBER) == wrong


async def test_what_is_not_committed_never_was(store: SqlStore) -> None:
    await open_ticket(store, 1)
    async with store.desk() as desk:
        await desk.claims.keep_code(code())
        await desk.claims.add(claim("t1"))
    assert await store.proofs.code(NUMBER) is None
    assert await store.proofs.claim(NUMBER, "t1") is None


async def test_where_a_ticket_came_from(store: SqlStore) -> None:
    known = await open_ticket(store, 1)
    [sender] = await greet(store, SARI)
    async with store.desk() as desk:
        found = await desk.claims.reporter(NUMBER)
    assert found == Reporter(known.id, SMS, SARI, sender.address_id)


async def test_a_claim_is_found_by_its_ticket_and_token_only(store: SqlStore) -> None:
    await open_ticket(store, 1)
    await open_ticket(store, 2, BUDI)
    async with store.desk() as desk:
        await desk.claims.add(claim("t1"))
        await desk.claims.add(claim("t1", created_at=NOW + DAY))
        await desk.claims.add(claim("t2", ticket_id=id_of(2)))
        await desk.commit()
    assert await store.proofs.claim(NUMBER, "t1") == claim("t1")
    for number, token in ((NUMBER, "t2"), (number_of(2), "t1"), (NUMBER, ""), (NUMBER, "%")):
        assert await store.proofs.claim(number, token) is None


async def test_only_claims_with_a_mail_count_for_the_limit(store: SqlStore) -> None:
    await open_ticket(store, 1)
    other = Address(AddressKind.EMAIL, "budi@contoh.id")
    async with store.desk() as desk:
        for given in (
            claim("today"),
            claim("confirmed", confirmed_at=NOW),
            claim("yesterday", created_at=NOW - DAY),
            claim(f"{UNSENT}x"),
            claim("other", address=other),
        ):
            await desk.claims.add(given)
        found = await desk.claims.mailed(MAIL, NOW - DAY)
        await desk.commit()
    assert {one.token_hash for one in found} == {"today", "confirmed"}


async def test_who_confirms_takes_part_and_may_do_it_twice(store: SqlStore) -> None:
    await open_ticket(store, 1)
    [owner] = await greet(store, MAIL)
    async with store.desk() as desk:
        await desk.claims.add(claim("t1"))
        await desk.commit()
    for hours in (0, 1):
        async with store.desk() as desk:
            found = await desk.claims.claim(NUMBER, "t1")
            assert found is not None
            await desk.claims.confirm(found, owner.address_id, NOW + timedelta(hours=hours))
            await desk.commit()
    assert await store.proofs.claim(NUMBER, "t1") == claim("t1", confirmed_at=NOW)
    [owner] = await greet(store, MAIL)
    assert [(ticket.number, ticket.mine) for ticket in owner.tickets] == [(NUMBER, False)]


async def test_two_confirmations_at_once_are_one(store: SqlStore) -> None:
    await open_ticket(store, 1)
    [owner] = await greet(store, MAIL)
    async with store.desk() as desk:
        await desk.claims.add(claim("t1"))
        await desk.commit()
    was_open: list[bool] = []

    async def confirm() -> None:
        async with store.desk() as desk:
            found = await desk.claims.claim(NUMBER, "t1")
            assert found is not None
            was_open.append(found.confirmed_at is None)
            await asyncio.sleep(0.05)
            await desk.claims.confirm(found, owner.address_id, NOW)
            await desk.commit()

    await asyncio.gather(confirm(), confirm())
    assert sorted(was_open) == [False, True]
