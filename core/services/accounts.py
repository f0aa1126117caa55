"""Accounts of citizens: codes, sessions, further addresses (DK-17, DK-18).

What the pages answer never tells whether an address is known: all that only a hit would do
happens after the answer.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.accounts import (
    ACCOUNT_CODE,
    LOGIN,
    RESEND,
    SESSION_LIFE,
    AccountCode,
    AccountSession,
    account_code_text,
    account_hash,
    tie_purpose,
)
from core.model.automatic import why_unanswerable
from core.model.credentials import TOKEN_BYTES, token_hash
from core.model.events import Fact
from core.model.gsm7 import segments
from core.model.outbox import OutboxDraft
from core.model.policy import way_out
from core.model.proof import SHORT, code_from
from core.model.registration import AWAITED
from core.model.sentences import said
from core.model.texts import TextForm
from core.model.value import value
from core.model.work import Refusal, RefusalKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.model.accounts import Reached
    from core.model.messages import Address
    from core.model.policy import ChannelTraits, IntakePolicy
    from core.ports import Desk, OpenDesk

WRONG_CODE = Refusal(
    RefusalKind.INVALID,
    said("Kode tidak cocok atau masa berlakunya sudah lewat. Silakan minta kode baru."),
    "code",
)
SOMEBODY_ELSES = Refusal(
    RefusalKind.INVALID,
    said(
        "Kontak ini sudah terdaftar atas nama orang lain. Silakan hubungi petugas bila "
        "keduanya milik Anda."
    ),
    "address",
)


@value
class Wish:
    """A code that somebody asks for.

    Attributes:
        addresses: what was typed may mean (``core.model.accounts.typed_addresses``).
        contact_id: tie the address to this person; None: let its owner in.
    """

    addresses: Sequence[Address]
    contact_id: int | None = None

    @property
    def purpose(self) -> str:
        """As codes are kept by."""
        return LOGIN if self.contact_id is None else tie_purpose(self.contact_id)


async def send_account_code(
    open_desk: OpenDesk, policy: IntakePolicy, wish: Wish, now: datetime
) -> bool:
    """Promises one code to the first address that is known and can be written to.

    Only people who registered can come in; nothing leaves for anybody else, so that guessing
    costs the office nothing.

    Returns:
        Whether one was promised.

    Raises:
        StoreUnavailable: nothing was kept.
    """
    async with open_desk() as desk:
        for address in wish.addresses:
            at = await desk.people.reached(address)
            via = _way(policy, at) if at and _fits(at, wish) else None
            if at is None or via is None:
                continue
            old = await desk.people.code(at.address_id, wish.purpose)
            if old and now < old.created_at + RESEND:
                return False
            await _promise(desk, policy, (at, via, wish.purpose), now)
            await desk.commit()
            return True
    return False


def _fits(at: Reached, wish: Wish) -> bool:
    if wish.contact_id is None:
        return at.contact_id is not None
    return at.contact_id is None


def _way(policy: IntakePolicy, at: Reached) -> ChannelTraits | None:
    if at.blocked or at.channel is None or why_unanswerable(at.address):
        return None
    return way_out(policy.channels, at.channel, at.address.kind)


async def _promise(
    desk: Desk, policy: IntakePolicy, to: tuple[Reached, ChannelTraits, str], now: datetime
) -> None:
    at, via, purpose = to
    signs = code_from(secrets.token_bytes(32), f"{purpose} {at.address_id}", SHORT)
    hashed = account_hash(at.address_id, purpose, signs)
    await desk.people.put_code(AccountCode(at.address_id, purpose, hashed, now))
    text = account_code_text(policy.office, signs)
    draft = OutboxDraft(
        key=f"{ACCOUNT_CODE}:{at.address_id}:{purpose}:{now.isoformat()}",
        purpose=ACCOUNT_CODE,
        channel=via.id,
        recipient=at.address,
        address_id=at.address_id,
        text=text,
        created_at=now,
        segments=segments(text).parts if via.form is TextForm.SMS else 0,
    )
    await desk.outbox.put([draft])


@value
class Opened:
    """A new session; the token goes into a cookie and is kept nowhere."""

    token: str
    session: AccountSession


async def enter(open_desk: OpenDesk, wish: Wish, code: str, now: datetime) -> Opened | Refusal:
    """Lets the owner of the address in; a code works once.

    Raises:
        StoreUnavailable: nothing was kept.
    """
    async with open_desk() as desk:
        at = await _proven(desk, wish, code, now)
        if at is None or at.contact_id is None:
            await desk.commit()
            return WRONG_CODE
        token = secrets.token_urlsafe(TOKEN_BYTES)
        session = AccountSession(token_hash(token), at.contact_id, now, now + SESSION_LIFE)
        await desk.people.open_session(session)
        await desk.commit()
    return Opened(token, session)


async def _proven(desk: Desk, wish: Wish, code: str, now: datetime) -> Reached | None:
    """The address whose code this is, which is void from now on; a wrong one is counted."""
    for address in wish.addresses:
        at = await desk.people.reached(address)
        kept = await desk.people.code(at.address_id, wish.purpose) if at else None
        if at is None or kept is None:
            continue
        if kept.opens(code, now):
            await desk.people.drop_code(at.address_id, wish.purpose)
            return at
        await desk.people.put_code(replace(kept, failures=kept.failures + 1))
    return None


async def tie(open_desk: OpenDesk, wish: Wish, code: str, now: datetime) -> Refusal | None:
    """One more address of a person, whose owner has read the code there (DK-17).

    Raises:
        StoreUnavailable: nothing was kept.
    """
    if wish.contact_id is None:
        return WRONG_CODE
    async with open_desk() as desk:
        person = await desk.people.person(wish.contact_id)
        at = await _proven(desk, wish, code, now)
        if person is None or at is None:
            await desk.commit()
            return WRONG_CODE
        if at.contact_id is not None:
            return None if at.contact_id == person.id else SOMEBODY_ELSES
        await desk.people.tie(person.id, [at.address_id])
        for ticket_id in await desk.people.release(person.id, AWAITED):
            fact = Fact("ReporterRegistered", now, "reporter", {})
            await desk.restricted.record(ticket_id, fact)
        tied = Fact("AddressTied", now, "reporter", {"kind": at.address.kind.value})
        await desk.admin_history.append(person.mark, [tied])
        await desk.commit()
    return None


async def leave(open_desk: OpenDesk, session: AccountSession) -> None:
    """Ends a session. Raises StoreUnavailable."""
    async with open_desk() as desk:
        await desk.people.end_sessions(session.contact_id, session.token_hash)
        await desk.commit()


async def used(open_desk: OpenDesk, session: AccountSession, now: datetime) -> None:
    """Notes the use of a session, once a minute at most. Raises StoreUnavailable."""
    if (now - session.seen_at).total_seconds() < 60:  # noqa: PLR2004 - a minute
        return
    async with open_desk() as desk:
        await desk.people.seen(session.token_hash, now)
        await desk.commit()
