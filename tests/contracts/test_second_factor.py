"""The second factor, on both engines: who must have one, and that a code works once."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from core.model.credentials import step_at, totp
from core.model.rights import rights_of
from core.model.staff import Right, Role
from core.model.work import Refusal
from core.services.entry import CODE, DENIED, ENROL, Entered, who, who_by_token
from core.services.second_factor import (
    ENROLLED_ALREADY,
    WRONG_CODE,
    Enrolment,
    begin_enrolment,
    give_code,
    reset_second_factor,
)
from core.services.tokens import Made, TokenDraft, make_token
from tests.contracts.house_kit import MINUTE, PASSWORD, Office
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore


@pytest.fixture
async def office(store: SqlStore) -> Office:
    made = Office(store)
    await made.build()
    await made.hires("admin", Role.ADMIN)
    return made


def code(office: Office, enrolment: Enrolment, ahead: int = 0) -> str:
    """What the telephone shows."""
    padded = enrolment.secret + "=" * (-len(enrolment.secret) % 8)
    return totp(base64.b32decode(padded), step_at(office.clock.now()) + ahead)


async def enrols(office: Office, login: str = "admin") -> tuple[Enrolment, Entered]:
    half = await office.enters(login)
    enrolment = await begin_enrolment(office.house, await office.here(half.token), "Dinas")
    assert isinstance(enrolment, Enrolment)
    given = await give_code(office.house, await office.here(half.token), code(office, enrolment))
    assert isinstance(given, Entered)
    return enrolment, given


@pytest.mark.parametrize("role", [Role.ADMIN, Role.UNIT_SUPERVISOR])
async def test_some_must_enrol_before_anything_else(office: Office, role: Role) -> None:
    await office.hires("wajib", role, unit_id=1)
    half = await office.enters("wajib")
    here = await office.here(half.token)
    assert half.wanting == here.wanting == ENROL
    assert rights_of(here.staff) == set()
    _, whole = await enrols(office, "wajib")
    assert whole.wanting == ""
    assert Right.VIEW in rights_of((await office.here(whole.token)).staff)
    # The half session is another one, and it is gone: a new id at each step up (row 49).
    assert whole.token != half.token


async def test_enrolling_gives_the_session_another_token(office: Office) -> None:
    half = await office.enters("admin")
    here = await office.here(half.token)
    enrolment = await begin_enrolment(office.house, here, "Dinas Kominfo")
    assert isinstance(enrolment, Enrolment)
    whole = await give_code(office.house, here, code(office, enrolment))
    assert isinstance(whole, Entered)
    assert await who(office.house, half.token) is None
    assert "SecondFactorEnrolled" in await office.kinds(here.staff.mark)


async def test_what_an_app_is_given(office: Office) -> None:
    half = await office.enters("admin")
    enrolment = await begin_enrolment(office.house, await office.here(half.token), "Dinas: A&B")
    assert isinstance(enrolment, Enrolment)
    parts = urlsplit(enrolment.uri)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parse_qs(parts.query) == {"secret": [enrolment.secret], "issuer": ["Dinas: A&B"]}
    assert len(base64.b32decode(enrolment.secret)) == 20


async def test_from_then_on_a_code_is_wanted_at_each_login(office: Office) -> None:
    enrolment, _ = await enrols(office)
    office.clock.move(MINUTE)
    half = await office.enters("admin")
    assert half.wanting == CODE
    here = await office.here(half.token)
    assert rights_of(here.staff) == set()
    assert await begin_enrolment(office.house, here, "Dinas") == ENROLLED_ALREADY
    assert await give_code(office.house, here, "000000") == WRONG_CODE
    whole = await give_code(office.house, here, code(office, enrolment))
    assert isinstance(whole, Entered)
    assert Right.ADMIN_STAFF in rights_of((await office.here(whole.token)).staff)


async def test_the_code_may_come_with_the_password(office: Office) -> None:
    enrolment, _ = await enrols(office)
    office.clock.move(MINUTE)
    whole = await office.enters("admin", code=code(office, enrolment))
    assert whole.wanting == ""
    assert whole.session.second_factor
    assert await office.tries("admin", PASSWORD, code="000000") == DENIED


async def test_a_code_works_once(office: Office) -> None:
    enrolment, _ = await enrols(office)
    assert await office.tries("admin", PASSWORD, code=code(office, enrolment)) == DENIED
    office.clock.move(MINUTE)
    shown = code(office, enrolment)
    await office.enters("admin", code=shown)
    assert await office.tries("admin", PASSWORD, code=shown) == DENIED
    half = await office.enters("admin")
    assert await give_code(office.house, await office.here(half.token), shown) == WRONG_CODE


async def test_guessing_codes_becomes_slow(office: Office) -> None:
    enrolment, _ = await enrols(office)
    office.clock.move(MINUTE)
    half = await office.enters("admin")
    here = await office.here(half.token)
    for _ in range(5):
        assert await give_code(office.house, here, "000000") == WRONG_CODE
    assert await give_code(office.house, here, code(office, enrolment)) == DENIED
    office.clock.move(MINUTE)
    assert isinstance(await give_code(office.house, here, code(office, enrolment)), Entered)


async def test_whoever_likes_may_enrol_too(office: Office) -> None:
    await office.hires("sari", Role.OPERATOR)
    other = await office.enters("sari")
    assert other.wanting == ""
    await enrols(office, "sari")
    assert (await office.here(other.token)).wanting == CODE


async def test_an_enrolment_that_was_not_confirmed_asks_for_nothing(office: Office) -> None:
    await office.hires("sari", Role.OPERATOR)
    first = await office.enters("sari")
    begun = await begin_enrolment(office.house, await office.here(first.token), "Dinas")
    assert (await office.enters("sari")).wanting == ""
    anew = await begin_enrolment(office.house, await office.here(first.token), "Dinas")
    assert isinstance(begun, Enrolment)
    assert isinstance(anew, Enrolment)
    here = await office.here(first.token)
    assert await give_code(office.house, here, code(office, begun)) == WRONG_CODE
    assert isinstance(await give_code(office.house, here, code(office, anew)), Entered)


async def test_a_lost_telephone(office: Office) -> None:
    _, whole = await enrols(office)
    admin = whole.staff
    sari = await office.hires("sari", Role.OPERATOR)
    refused = await reset_second_factor(office.house, sari, admin.id)
    assert isinstance(refused, Refusal)
    assert await reset_second_factor(office.house, None, admin.id) is None
    assert await who(office.house, whole.token) is None
    assert (await office.enters("admin")).wanting == ENROL
    assert (await office.kinds(admin.mark))[-1] == "SecondFactorReset"
    assert isinstance(await reset_second_factor(office.house, None, 999), Refusal)


async def test_the_secret_is_sealed_to_its_owner(office: Office) -> None:
    enrolment, whole = await enrols(office)
    raw = base64.b32decode(enrolment.secret)
    [row] = [one for one in await office.rows(schema.staff) if one.id == whole.staff.id]
    assert raw not in bytes(row.totp_secret)
    assert enrolment.secret not in repr(row)


async def test_a_token_of_somebody_who_has_not_enrolled_opens_nothing(office: Office) -> None:
    admin = (await office.enters("admin")).staff
    made = await make_token(office.house, None, admin.id, TokenDraft("skrip"))
    assert isinstance(made, Made)
    assert await who_by_token(office.house, made.secret) is None
    await enrols(office)
    assert await who_by_token(office.house, made.secret) is not None
