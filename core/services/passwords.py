"""Passwords: setting, changing, inviting. Every session of the person ends with the old one."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from core.model.credentials import (
    INVITE_LIFE,
    TOKEN_BYTES,
    password_fault,
    password_of,
    token_hash,
)
from core.model.events import Fact
from core.model.sentences import said
from core.model.staff import Right
from core.model.value import value
from core.model.work import Refusal, RefusalKind
from core.services.entry import Entered, open_session
from core.services.house import NO_SUCH_PERSON, actor, note, refused

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.credentials import Account
    from core.model.staff import Staff
    from core.ports import Desk
    from core.services.entry import Here
    from core.services.house import House

WRONG_PASSWORD: Final = Refusal(
    RefusalKind.INVALID, said("Kata sandi lama tidak cocok. Silakan coba lagi."), "old_password"
)
NO_INVITATION: Final = Refusal(
    RefusalKind.INVALID,
    said("Tautan ini tidak berlaku lagi. Minta tautan baru kepada administrator."),
    "token",
)


@value
class Invitation:
    """A way to set a password, once.

    Attributes:
        token: for the link, and nowhere else.
        until: aware UTC.
    """

    token: str
    until: datetime


async def invite(house: House, by: Staff | None, staff_id: int) -> Invitation | Refusal:
    """A link for somebody new, or who forgot the password; an earlier one is good no more."""
    if refusal := refused(by, Right.ADMIN_STAFF):
        return refusal
    now = house.clock.now()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    async with house.open_desk() as desk:
        account = await desk.staff.account(staff_id)
        if account is None or account.staff.disabled:
            return NO_SUCH_PERSON
        await desk.staff.invite(staff_id, token_hash(token), now + INVITE_LIFE)
        await note(desk, account.staff, Fact("Invited", now, actor(by), {}))
        await desk.commit()
    return Invitation(token, now + INVITE_LIFE)


async def accept_invitation(house: House, token: str, password: str) -> Staff | Refusal:
    """Sets the password of whoever the link was made for; it is good no more."""
    now = house.clock.now()
    async with house.open_desk() as desk:
        invited = await desk.staff.invited(token_hash(token), now) if token else None
    if invited is None or invited.staff.disabled:
        return NO_INVITATION
    if fault := password_fault(password, invited.staff.login):
        return Refusal(RefusalKind.INVALID, fault, "password")
    hashed = await house.passwords.hash(password_of(password))
    async with house.open_desk() as desk:
        account = await desk.staff.invited(token_hash(token), now)
        if account is None or account.staff.disabled:
            return NO_INVITATION
        await _set(desk, account, hashed, Fact("PasswordSet", now, account.staff.mark, {}))
        await desk.commit()
    return account.staff


async def set_password(house: House, staff_id: int, password: str) -> Refusal | None:
    """For the command line, where whoever holds the machine holds everything."""
    async with house.open_desk() as desk:
        account = await desk.staff.account(staff_id)
    if account is None:
        return NO_SUCH_PERSON
    if fault := password_fault(password, account.staff.login):
        return Refusal(RefusalKind.INVALID, fault, "password")
    hashed = await house.passwords.hash(password_of(password))
    async with house.open_desk() as desk:
        account = await desk.staff.account(staff_id)
        if account is None:
            return NO_SUCH_PERSON
        await _set(desk, account, hashed, Fact("PasswordSet", house.clock.now(), actor(None), {}))
        await desk.commit()
    return None


async def change_password(house: House, here: Here, old: str, new: str) -> Entered | Refusal:
    """One's own; every session ends, and the one that asks goes on under another token."""
    if here.session is None or here.wanting:
        return NO_SUCH_PERSON
    async with house.open_desk() as desk:
        before = await desk.staff.account(here.staff.id)
    hashed = before.password_hash if before else ""
    if not await house.passwords.fits(hashed, password_of(old)):
        return WRONG_PASSWORD
    if fault := password_fault(new, here.staff.login):
        return Refusal(RefusalKind.INVALID, fault, "password")
    renewed = await house.passwords.hash(password_of(new))
    now = house.clock.now()
    async with house.open_desk() as desk:
        account = await desk.staff.account(here.staff.id)
        if account is None or account.password_hash != hashed or account.staff.disabled:
            return WRONG_PASSWORD
        await _set(desk, account, renewed, Fact("PasswordSet", now, here.staff.mark, {}))
        place = (here.session.browser, here.session.address)
        whole = here.session.second_factor
        entered = await open_session(desk, account, now, place, second_factor=whole)
        await desk.commit()
    return entered


async def _set(desk: Desk, account: Account, hashed: str, fact: Fact) -> None:
    await desk.staff.save(replace(account, password_hash=hashed, password_at=fact.at))
    await desk.staff.invite(account.staff.id, None, None)
    await desk.entries.end_sessions(account.staff.id)
    await note(desk, account.staff, fact)
