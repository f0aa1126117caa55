"""API tokens: for programs, with a name, an owner, an end, and no more rights than the owner."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from core.model.credentials import TOKEN_BYTES, TOKEN_MARK, ApiToken, token_hash
from core.model.events import Fact
from core.model.rights import may, rights_of
from core.model.sentences import said
from core.model.staff import Right
from core.model.value import value
from core.model.work import Refusal, RefusalKind
from core.services.house import NO_SUCH_PERSON, NOT_ALLOWED, actor, note, refused

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.model.events import Json
    from core.model.staff import Staff
    from core.services.house import House

LONGEST_NAME: Final = 80


@value
class TokenDraft:
    """A token as asked for.

    Attributes:
        rights: empty: all that the owner has, now and later.
        expires_at: aware UTC; None: never.
    """

    name: str
    rights: frozenset[Right] = frozenset()
    expires_at: datetime | None = None


@value
class Made:
    """A new token: ``secret`` is shown once and kept nowhere."""

    token: ApiToken
    secret: str


async def make_token(
    house: House, by: Staff | None, staff_id: int, draft: TokenDraft
) -> Made | Refusal:
    """One's own, or another's with the right to administer staff."""
    if by is not None and by.id != staff_id and not may(by, Right.ADMIN_STAFF):
        return NOT_ALLOWED
    now = house.clock.now()
    async with house.open_desk() as desk:
        account = await desk.staff.account(staff_id)
        if account is None or account.staff.disabled:
            return NO_SUCH_PERSON
        owner = account.staff if by is None or by.id != staff_id else by
        if fault := _fault(draft, owner, now):
            return fault
        secret = TOKEN_MARK + secrets.token_urlsafe(TOKEN_BYTES)
        token = await desk.entries.add_token(
            ApiToken(
                id=0,
                token_hash=token_hash(secret),
                name=draft.name.strip(),
                staff_id=staff_id,
                rights=draft.rights,
                created_at=now,
                expires_at=draft.expires_at,
            )
        )
        told: dict[str, Json] = {
            "token": token.id,
            "rights": [str(right) for right in sorted(draft.rights)],
        }
        await note(desk, account.staff, Fact("TokenMade", now, actor(by), told))
        await desk.commit()
    return Made(token, secret)


def _fault(draft: TokenDraft, owner: Staff, now: datetime) -> Refusal | None:
    name = draft.name.strip()
    if not name or len(name) > LONGEST_NAME:
        sentence = said(
            "Nama token 1 sampai {most} karakter, misalnya nama programnya.", most=LONGEST_NAME
        )
        return Refusal(RefusalKind.MISSING if not name else RefusalKind.INVALID, sentence, "name")
    if draft.expires_at is not None and draft.expires_at <= now:
        sentence = said("Waktu berakhir sudah lewat. Pilih waktu sesudah sekarang.")
        return Refusal(RefusalKind.INVALID, sentence, "expires_at")
    if owner.only is not None and not draft.rights:
        sentence = said("Pilih wewenang token; paling luas sama dengan wewenang Anda sendiri.")
        return Refusal(RefusalKind.MISSING, sentence, "rights")
    beyond = sorted(draft.rights - rights_of(owner))
    if beyond:
        sentence = said(
            "Pemilik token tidak memiliki wewenang: {beyond}.", beyond=", ".join(beyond)
        )
        return Refusal(RefusalKind.NOT_ALLOWED, sentence, "rights")
    return None


async def tokens_of(
    house: House, by: Staff | None, staff_id: int | None
) -> Sequence[ApiToken] | Refusal:
    """A person's tokens, or everybody's (None); without their hashes nobody needs them."""
    if by is not None and by.id != staff_id and not may(by, Right.ADMIN_STAFF):
        return NOT_ALLOWED
    async with house.open_desk() as desk:
        return await desk.entries.tokens(staff_id)


async def revoke_token(house: House, by: Staff | None, token_id: int) -> Refusal | None:
    """One's own, or another's with the right to administer staff."""
    now = house.clock.now()
    async with house.open_desk() as desk:
        mine = [one for one in await desk.entries.tokens() if one.id == token_id]
        foreign = by is not None and (not mine or mine[0].staff_id != by.id)
        if foreign and (refusal := refused(by, Right.ADMIN_STAFF)):
            return refusal
        if not mine or not await desk.entries.revoke_token(token_id, now):
            return Refusal(RefusalKind.ALREADY, said("Token ini sudah tidak berlaku."), "token")
        account = await desk.staff.account(mine[0].staff_id)
        if account is not None:
            fact = Fact("TokenRevoked", now, actor(by), {"token": token_id})
            await note(desk, account.staff, fact)
        await desk.commit()
    return None
