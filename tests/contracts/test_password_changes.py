"""Setting and changing passwords, on both engines: old ways in end, invitations work once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from core.model.staff import Role
from core.model.work import Refusal
from core.services.entry import (
    DENIED,
    Entered,
    who,
)
from core.services.passwords import (
    WRONG_PASSWORD,
    Invitation,
    accept_invitation,
    change_password,
    invite,
)
from tests.contracts.house_kit import MINUTE, PASSWORD, Office

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

NEW = "gajah hijau menanam tebu"


@pytest.fixture
async def office(store: SqlStore) -> Office:
    made = Office(store)
    await made.build()
    await made.hires("sari", Role.OPERATOR)
    return made


async def test_another_password_ends_every_session_but_the_one_that_goes_on(
    office: Office,
) -> None:
    elsewhere = await office.enters("sari")
    mine = await office.enters("sari", browser="meja")
    here = await office.here(mine.token)
    changed = await change_password(office.house, here, PASSWORD, NEW)
    assert isinstance(changed, Entered)
    for old in (elsewhere, mine):
        assert await who(office.house, old.token) is None
    assert (await office.here(changed.token)).session == changed.session
    assert changed.session.browser == "meja"
    assert await office.tries("sari", PASSWORD) == DENIED
    await office.enters("sari", NEW)
    assert (await office.kinds(here.staff.mark))[-1] == "PasswordSet"


async def test_a_password_is_changed_only_with_the_old_one_and_for_a_good_one(
    office: Office,
) -> None:
    here = await office.here((await office.enters("sari")).token)
    assert await change_password(office.house, here, "salah", NEW) == WRONG_PASSWORD
    weak = await change_password(office.house, here, PASSWORD, "pendek")
    assert isinstance(weak, Refusal)
    assert weak.field == "password"
    assert await who(office.house, (await office.enters("sari")).token) is not None


async def test_an_invitation_works_once(office: Office) -> None:
    sari = (await office.enters("sari")).staff
    invitation = await invite(office.house, None, sari.id)
    assert isinstance(invitation, Invitation)
    before = await office.enters("sari")
    accepted = await accept_invitation(office.house, invitation.token, NEW)
    assert not isinstance(accepted, Refusal)
    assert await who(office.house, before.token) is None
    await office.enters("sari", NEW)
    again = await accept_invitation(office.house, invitation.token, PASSWORD)
    assert isinstance(again, Refusal)


async def test_what_is_no_invitation(office: Office) -> None:
    """Row 52: empty, space, other case, replaced, expired, and one of somebody disabled."""
    sari = (await office.enters("sari")).staff
    replaced = await invite(office.house, None, sari.id)
    good = await invite(office.house, None, sari.id)
    assert isinstance(replaced, Invitation)
    assert isinstance(good, Invitation)
    for token in ("", " ", good.token.swapcase(), good.token + " ", replaced.token, "\0"):
        assert isinstance(await accept_invitation(office.house, token, NEW), Refusal), token
    weak = await accept_invitation(office.house, good.token, "pendek")
    assert isinstance(weak, Refusal)
    assert weak.field == "password"
    office.clock.move(30 * MINUTE)
    assert isinstance(await accept_invitation(office.house, good.token, NEW), Refusal)
    await office.enters("sari")


async def test_two_that_use_one_invitation_at_once(office: Office) -> None:
    sari = (await office.enters("sari")).staff
    made = await invite(office.house, None, sari.id)
    assert isinstance(made, Invitation)
    both = await asyncio.gather(
        accept_invitation(office.house, made.token, NEW),
        accept_invitation(office.house, made.token, f"{NEW} lagi"),
    )
    assert sum(isinstance(one, Refusal) for one in both) == 1
