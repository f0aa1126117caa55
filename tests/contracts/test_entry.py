"""Coming in, on both engines: what strangers learn, who waits, when sessions end."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.model.credentials import ABSOLUTE, DEVICE_LIFE, IDLE, SEEN_EVERY, token_hash
from core.model.rights import rights_of
from core.model.staff import Grant, Reach, Right, Role, Staff
from core.model.work import Refusal
from core.services.entry import (
    DENIED,
    ENROL,
    Entered,
    end_session,
    is_device,
    log_out,
    sessions_of,
    who,
    who_by_token,
)
from core.services.passwords import (
    Invitation,
    accept_invitation,
    change_password,
    invite,
)
from core.services.staff import StaffDraft, change_staff, delegate, disable_staff, enable_staff
from core.services.tokens import Made, TokenDraft, make_token
from tests.contracts.house_kit import MINUTE, PASSWORD, SECOND, Office
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

NEW = "gajah hijau menanam tebu"


@pytest.fixture
async def office(store: SqlStore) -> Office:
    made = Office(store)
    await made.build()
    await made.hires("sari", Role.OPERATOR)
    return made


async def test_a_right_password_opens_a_session(office: Office) -> None:
    entered = await office.enters("  SARI ", browser="Firefox", address="10.0.0.7")
    here = await office.here(entered.token)
    assert here.staff.login == "sari"
    assert here.wanting == ""
    assert Right.REPLY in rights_of(here.staff)
    assert here.session is not None
    assert (here.session.browser, here.session.address) == ("Firefox", "10.0.0.7")


async def test_dk_28_only_hashes_are_stored(office: Office) -> None:
    entered = await office.enters("sari")
    invitation = await invite(office.house, None, entered.staff.id)
    assert isinstance(invitation, Invitation)
    kept = repr([await office.rows(table) for table in schema.metadata.sorted_tables])
    for secret in (entered.token, entered.device, invitation.token, PASSWORD):
        assert secret not in kept
    assert token_hash(entered.token) in kept


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("sari", "salah sekali lagi"),
        ("sari", ""),
        ("sari", PASSWORD.upper()),
        ("tidak-ada", PASSWORD),
        ("", PASSWORD),
        ("sari\0", PASSWORD),
        ("\ud800", "\ud800"),
        ("sari' OR 1=1--", PASSWORD),
        ("s" * 100_000, "p" * 100_000),
    ],
)
async def test_every_way_of_not_coming_in_is_told_alike(
    office: Office, login: str, password: str
) -> None:
    assert await office.tries(login, password) == DENIED
    assert not await office.rows(schema.sessions)
    assert len(office.passwords.asked) == 1


async def test_known_and_unknown_logins_cost_the_same_work(office: Office) -> None:
    for login in ("sari", "tidak-ada"):
        for _ in range(3):
            await office.tries(login)
    counted = {row.failures for row in await office.rows(schema.login_failures)}
    assert counted == {3}
    kept = repr(await office.rows(schema.login_failures))
    assert "sari" not in kept
    assert "tidak-ada" not in kept


async def test_nobody_comes_in_without_a_password(office: Office) -> None:
    added = await office.hires("baru", Role.OPERATOR)
    await office.tell(
        schema.staff.update().where(schema.staff.c.id == added.id).values(password_hash="")
    )
    for typed in ("", " ", "nobody has this password"):
        assert await office.tries("baru", typed) == DENIED


async def test_ll_20_dk_28_guessing_becomes_slow_and_stays_so(office: Office) -> None:
    """Row 54: hundreds of guesses, and the right one among them does not help."""
    for _ in range(5):
        await office.tries("sari")
    assert await office.tries("sari", PASSWORD) == DENIED
    office.clock.move(SECOND)
    tried = 0
    for _ in range(300):
        before = (await office.rows(schema.login_failures))[0].failures
        await office.tries("sari")
        tried += (await office.rows(schema.login_failures))[0].failures - before
        office.clock.move(SECOND)
    assert tried <= 9


async def test_a_wait_ends_and_coming_in_forgives(office: Office) -> None:
    for _ in range(6):
        await office.tries("sari")
        office.clock.move(MINUTE)
    assert isinstance(await office.tries("sari", PASSWORD), Entered)
    assert not await office.rows(schema.login_failures)


async def test_failures_are_forgotten_after_a_quiet_day(office: Office) -> None:
    for _ in range(12):
        await office.tries("sari")
        office.clock.move(16 * MINUTE)
    office.clock.move(timedelta(days=1))
    await office.tries("sari")
    assert [row.failures for row in await office.rows(schema.login_failures)] == [1]
    assert isinstance(await office.tries("sari", PASSWORD), Entered)


async def test_strangers_lock_nobody_out_of_a_known_browser(office: Office) -> None:
    device = (await office.enters("sari")).device
    for _ in range(30):
        await office.tries("sari")
    assert await office.tries("sari", PASSWORD) == DENIED
    again = await office.enters("sari", device=device)
    assert again.device == ""
    # The device has failures of its own.
    for _ in range(5):
        await office.tries("sari", device=device)
    assert await office.tries("sari", PASSWORD, device=device) == DENIED


async def test_a_device_is_one_persons_and_grows_old(office: Office) -> None:
    budi = await office.hires("budi", Role.OPERATOR)
    entered = await office.enters("sari")
    now = office.clock.now()
    house = office.house
    assert is_device(house, entered.device, entered.staff, now)
    assert not is_device(house, entered.device, budi, now)
    assert not is_device(house, entered.device, entered.staff, now + DEVICE_LIFE)
    whose, rest = entered.device.split(".", 1)
    forged = f"{budi.id}.{rest}"
    assert whose != str(budi.id)
    for device in (forged, "", ".", "...", "a.b.c.d", entered.device[:-1], f"{entered.device}0"):
        assert not is_device(house, device, budi, now)
        assert not is_device(house, device, entered.staff, now)


async def test_a_hundred_guesses_at_one_moment_wait_for_each_other(office: Office) -> None:
    answers = await asyncio.gather(
        *(office.tries("sari") for _ in range(20)), office.tries("sari", PASSWORD)
    )
    assert answers[:20] == [DENIED] * 20
    [row] = await office.rows(schema.login_failures) or [None]
    assert row is None or row.failures == 5


async def test_login_gives_a_new_token_and_ends_the_old_one(office: Office) -> None:
    """Row 49: a session that was set before the login is not the one after it."""
    first = await office.enters("sari")
    second = await office.enters("sari", replaces=first.token)
    assert second.token != first.token
    assert await who(office.house, first.token) is None
    assert await who(office.house, second.token) is not None


async def test_a_strangers_session_is_not_ended_by_naming_it(office: Office) -> None:
    await office.hires("budi", Role.OPERATOR)
    hers = await office.enters("sari")
    await office.enters("budi", replaces=hers.token)
    assert await who(office.house, hers.token) is not None


@pytest.mark.parametrize("token", ["", " ", "x", "\0", "\ud800", "A" * 100_000])
async def test_what_is_no_session(office: Office, token: str) -> None:
    assert await who(office.house, token) is None


async def test_the_hash_of_a_token_is_no_token(office: Office) -> None:
    entered = await office.enters("sari")
    assert await who(office.house, token_hash(entered.token)) is None
    assert await who(office.house, entered.token.swapcase()) is None


async def test_sessions_end_by_rest_and_by_age(office: Office) -> None:
    entered = await office.enters("sari")
    office.clock.move(IDLE - SECOND)
    assert await who(office.house, entered.token) is not None
    office.clock.move(IDLE)
    assert await who(office.house, entered.token) is None
    busy = await office.enters("sari")
    for _ in range(int(ABSOLUTE / MINUTE / 30) - 1):
        office.clock.move(30 * MINUTE)
        assert await who(office.house, busy.token) is not None
    office.clock.move(30 * MINUTE)
    assert await who(office.house, busy.token) is None


async def test_use_is_written_once_a_minute(office: Office) -> None:
    entered = await office.enters("sari")
    seen = []
    for _ in range(4):
        office.clock.move(SEEN_EVERY / 2)
        await who(office.house, entered.token)
        seen.append((await office.rows(schema.sessions))[0].seen_at)
    assert len(set(seen)) == 3


async def test_ended_sessions_and_old_failures_are_dropped(office: Office) -> None:
    await office.enters("sari")
    await office.tries("sari")
    office.clock.move(timedelta(days=1))
    await office.enters("sari", device="")
    async with office.store.desk() as desk:
        assert await desk.entries.purge_entries(office.clock.now()) == 1
        await desk.commit()
    assert len(await office.rows(schema.sessions)) == 1


async def test_people_see_and_end_their_own_sessions(office: Office) -> None:
    phone = await office.enters("sari", browser="telepon")
    office.clock.move(MINUTE)
    here = await office.here((await office.enters("sari", browser="meja")).token)
    listed = await sessions_of(office.house, here)
    assert [one.browser for one in listed] == ["meja", "telepon"]
    assert not await end_session(office.house, here, "tidak ada")
    assert await end_session(office.house, here, listed[1].mark)
    assert await who(office.house, phone.token) is None
    await log_out(office.house, here)
    assert not await office.rows(schema.sessions)


async def test_nobody_ends_anothers_session(office: Office) -> None:
    await office.hires("budi", Role.OPERATOR)
    budi = await office.here((await office.enters("budi")).token)
    hers = await office.enters("sari")
    assert not await end_session(office.house, budi, hers.session.mark)
    assert await who(office.house, hers.token) is not None


# --- what ends a way in --------------------------------------------------------------------------


async def test_new_roles_end_sessions_and_other_changes_do_not(office: Office) -> None:
    entered = await office.enters("sari")
    sari = entered.staff
    named = StaffDraft("Sari Dewi", sari.roles)
    changed = await change_staff(office.house, None, sari.id, sari.version, named)
    assert not isinstance(changed, Refusal)
    assert (await office.here(entered.token)).staff.name == "Sari Dewi"
    roles = StaffDraft("Sari Dewi", frozenset({Role.OFFICER}))
    await change_staff(office.house, None, sari.id, changed.version, roles)
    assert await who(office.house, entered.token) is None


async def test_disabling_ends_everything_at_once(office: Office) -> None:
    entered = await office.enters("sari")
    invitation = await invite(office.house, None, entered.staff.id)
    assert isinstance(invitation, Invitation)
    await disable_staff(office.house, None, entered.staff.id, entered.staff.version)
    assert await who(office.house, entered.token) is None
    assert await office.tries("sari", PASSWORD) == DENIED
    assert isinstance(await accept_invitation(office.house, invitation.token, NEW), Refusal)
    enabled = await enable_staff(office.house, None, entered.staff.id, entered.staff.version + 1)
    assert not isinstance(enabled, Refusal)
    assert await office.tries("sari", PASSWORD) == DENIED


async def test_a_session_or_token_that_outlived_its_owner_opens_nothing(office: Office) -> None:
    """As a second wall: however the row came to be there."""
    entered = await office.enters("sari")
    made = await make_token(office.house, None, entered.staff.id, TokenDraft("skrip"))
    assert isinstance(made, Made)
    gone = schema.staff.update().values(disabled_at=office.clock.now())
    await office.tell(gone)
    assert await who(office.house, entered.token) is None
    assert await who_by_token(office.house, made.secret) is None


# --- what people have besides the table ----------------------------------------------------------


async def test_grants_of_the_office_reach_whoever_asks(office: Office) -> None:
    token = (await office.enters("sari")).token
    assert Right.CLOSE not in rights_of((await office.here(token)).staff)
    office.grants = (Grant(Role.OPERATOR, Right.CLOSE, Reach.ALL),)
    assert Right.CLOSE in rights_of((await office.here(token)).staff)


async def test_a_delegation_reaches_customer_care_at_once_and_is_taken_back(
    office: Office,
) -> None:
    """MB-08: monitored by leadership, or by customer care that leadership has empowered."""
    leader = await office.hires("pimpinan", Role.LEADERSHIP)
    care = (await office.hires("care", Role.CUSTOMER_CARE)).id
    token = (await office.enters("care")).token
    assert Right.OVERSEE not in rights_of((await office.here(token)).staff)
    nobody = await delegate(office.house, (await office.here(token)).staff, on=True)
    assert isinstance(nobody, Refusal)
    assert await delegate(office.house, leader, on=True) is None
    assert {Right.OVERSEE, Right.INSTRUCT} <= rights_of((await office.here(token)).staff)
    operator = (await office.enters("sari")).token
    assert Right.OVERSEE not in rights_of((await office.here(operator)).staff)
    assert await delegate(office.house, leader, on=False) is None
    assert Right.OVERSEE not in rights_of((await office.here(token)).staff)
    assert await office.kinds("delegation:customer_care") == ["WatchDelegated", "WatchTakenBack"]
    assert care


async def test_an_admin_may_nothing_before_enrolling(office: Office) -> None:
    await office.hires("admin", Role.ADMIN)
    entered = await office.enters("admin")
    assert entered.wanting == ENROL
    here = await office.here(entered.token)
    assert here.wanting == ENROL
    assert rights_of(here.staff) == set()
    refused = await change_password(office.house, here, PASSWORD, NEW)
    assert isinstance(refused, Refusal)


def test_no_value_of_staff_holds_a_secret() -> None:
    """Row 46: nothing that lists are made of has a field for one."""
    entered = {one.name for one in fields(Staff)}
    assert not entered & {"password_hash", "totp_secret", "token_hash", "invite_hash"}
