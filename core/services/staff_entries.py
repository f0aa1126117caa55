"""How somebody stands with coming in, for administrators: password, second factor, sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.events import Fact
from core.model.staff import Right
from core.model.value import value
from core.services.house import NO_SUCH_PERSON, actor, note, refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.credentials import Session
    from core.model.sign_on import SignOnLink
    from core.model.staff import Staff
    from core.model.work import Refusal
    from core.services.house import House


@value
class Standing:
    """What an administrator may know of it; never a hash, a seed or an address.

    Attributes:
        password: one was set.
        second_factor: one is enrolled.
        sessions: those that are alive, the one used last first.
        links: accounts at the sign-on provider that open the door for them.
    """

    password: bool
    second_factor: bool
    sessions: Sequence[Session]
    links: Sequence[SignOnLink] = ()


async def standing_of(house: House, by: Staff | None, staff_id: int) -> Standing | Refusal:
    """How this person stands."""
    if refusal := refused(by, Right.ADMIN_STAFF):
        return refusal
    now = house.clock.now()
    async with house.open_desk() as desk:
        account = await desk.staff.account(staff_id)
        if account is None:
            return NO_SUCH_PERSON
        sessions = await desk.entries.sessions(staff_id)
        links = await desk.sign_on.links(staff_id)
    alive = tuple(one for one in sessions if one.alive(now))
    return Standing(bool(account.password_hash), account.enrolled, alive, links)


async def end_sessions_of(house: House, by: Staff | None, staff_id: int) -> Refusal | None:
    """Has somebody log in anew everywhere: a browser was left open, a device is lost."""
    if refusal := refused(by, Right.ADMIN_STAFF):
        return refusal
    async with house.open_desk() as desk:
        account = await desk.staff.account(staff_id)
        if account is None:
            return NO_SUCH_PERSON
        ended = await desk.entries.end_sessions(staff_id)
        fact = Fact("SessionEnded", house.clock.now(), actor(by), {"sessions": ended})
        await note(desk, account.staff, fact)
        await desk.commit()
    return None
