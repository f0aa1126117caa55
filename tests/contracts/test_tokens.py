"""API tokens, on both engines: no more rights than their owner, until they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.model.rights import rights_of
from core.model.staff import Right, Role, Staff
from core.model.work import Refusal
from core.services.entry import who_by_token
from core.services.house import NOT_ALLOWED
from core.services.staff import (
    StaffDraft,
    change_staff,
    disable_staff,
    enable_staff,
)
from core.services.tokens import Made, TokenDraft, make_token, revoke_token, tokens_of
from tests.contracts.house_kit import NOW, SECOND, Office, drafted
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

OPERATOR = frozenset({Role.OPERATOR})
SARI = StaffDraft("Sari", OPERATOR)


@pytest.fixture
async def office(store: SqlStore) -> Office:
    made = Office(store)
    await made.build()
    return made


@pytest.fixture
async def admin(office: Office) -> Staff:
    return await office.hires("admin", Role.ADMIN)


async def test_a_token_gives_what_it_names_of_what_its_owner_has(office: Office) -> None:
    sari = await office.hires("sari", Role.OPERATOR)
    made = await make_token(
        office.house, sari, sari.id, TokenDraft(" laporan ", frozenset({Right.VIEW}))
    )
    assert isinstance(made, Made)
    assert made.token.name == "laporan"
    here = await who_by_token(office.house, made.secret)
    assert here is not None
    assert rights_of(here.staff) == {Right.VIEW}
    assert made.secret not in repr(await office.rows(schema.api_tokens))
    everything = await make_token(office.house, sari, sari.id, TokenDraft("semua"))
    assert isinstance(everything, Made)
    whole = await who_by_token(office.house, everything.secret)
    assert whole is not None
    assert rights_of(whole.staff) == rights_of(sari)


async def test_a_token_gives_no_more_than_its_maker_has(office: Office) -> None:
    sari = await office.hires("sari", Role.OPERATOR)
    house = office.house
    beyond = TokenDraft("lebih", frozenset({Right.VIEW, Right.ADMIN_STAFF}))
    refused = await make_token(house, sari, sari.id, beyond)
    assert isinstance(refused, Refusal)
    assert "admin_staff" in refused.sentence
    small = await make_token(house, sari, sari.id, TokenDraft("a", frozenset({Right.NOTE})))
    assert isinstance(small, Made)
    here = await who_by_token(house, small.secret)
    assert here is not None
    for draft in (TokenDraft("semua"), TokenDraft("lebih", frozenset({Right.REPLY}))):
        assert isinstance(await make_token(house, here.staff, sari.id, draft), Refusal)


async def test_tokens_follow_the_roles_of_their_owner(office: Office, admin: Staff) -> None:
    sari = await office.hires("sari", Role.OPERATOR)
    made = await make_token(office.house, sari, sari.id, TokenDraft("semua"))
    assert isinstance(made, Made)
    draft = drafted(sari, roles=frozenset({Role.TECHNICIAN}))
    await change_staff(office.house, admin, sari.id, sari.version, draft)
    here = await who_by_token(office.house, made.secret)
    assert here is not None
    assert Right.ASSIGN not in rights_of(here.staff)
    await disable_staff(office.house, admin, sari.id, sari.version + 1)
    assert await who_by_token(office.house, made.secret) is None
    await enable_staff(office.house, admin, sari.id, sari.version + 2)
    assert await who_by_token(office.house, made.secret) is None


async def test_tokens_end_and_are_revoked(office: Office) -> None:
    sari = await office.hires("sari", Role.OPERATOR)
    house = office.house
    ending = await make_token(house, sari, sari.id, TokenDraft("a", expires_at=NOW + SECOND))
    lasting = await make_token(house, sari, sari.id, TokenDraft("b"))
    assert isinstance(ending, Made)
    assert isinstance(lasting, Made)
    assert await who_by_token(house, ending.secret) is not None
    office.clock.move(SECOND)
    assert await who_by_token(house, ending.secret) is None
    assert await who_by_token(house, lasting.secret) is not None
    assert await revoke_token(house, sari, lasting.token.id) is None
    assert await who_by_token(house, lasting.secret) is None
    assert isinstance(await revoke_token(house, sari, lasting.token.id), Refusal)
    listed = await tokens_of(house, sari, sari.id)
    assert not isinstance(listed, Refusal)
    assert [one.used_at is not None for one in listed] == [True, True]
    assert (await office.kinds(sari.mark))[-3:] == ["TokenMade", "TokenMade", "TokenRevoked"]


async def test_tokens_of_others_are_the_administrators(office: Office, admin: Staff) -> None:
    sari = await office.hires("sari", Role.OPERATOR)
    budi = await office.hires("budi", Role.OPERATOR)
    house = office.house
    made = await make_token(house, sari, sari.id, TokenDraft("a"))
    assert isinstance(made, Made)
    assert await make_token(house, budi, sari.id, TokenDraft("b")) == NOT_ALLOWED
    assert await tokens_of(house, budi, sari.id) == NOT_ALLOWED
    assert await tokens_of(house, budi, None) == NOT_ALLOWED
    assert await revoke_token(house, budi, made.token.id) == NOT_ALLOWED
    assert await revoke_token(house, budi, 999) == NOT_ALLOWED
    everybodys = await tokens_of(house, admin, None)
    assert not isinstance(everybodys, Refusal)
    assert len(everybodys) == 1
    assert await revoke_token(house, admin, made.token.id) is None


@pytest.mark.parametrize(
    "secret", ["", "hdt_", "hdt_x", "x", "\0", "hdt_\ud800", "hdt_" + "A" * 99]
)
async def test_what_is_no_token(office: Office, secret: str) -> None:
    assert await who_by_token(office.house, secret) is None


@pytest.mark.parametrize(
    ("field", "draft"),
    [
        ("name", TokenDraft(" ")),
        ("name", TokenDraft("a" * 81)),
        ("expires_at", TokenDraft("a", expires_at=NOW)),
    ],
)
async def test_a_wrong_field_of_a_token_is_named(
    office: Office, field: str, draft: TokenDraft
) -> None:
    sari = await office.hires("sari", Role.OPERATOR)
    refused = await make_token(office.house, sari, sari.id, draft)
    assert isinstance(refused, Refusal)
    assert refused.field == field
