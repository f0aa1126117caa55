"""Tokens of programs: made for somebody, shown once, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from console.staff.admin.sheet import (
    chosen,
    failed_of,
    number_of,
    options,
    saved,
    sheet,
    status_of,
)
from console.staff.admin.words import RIGHTS
from console.wording import moment
from core.model.staff import Right
from core.model.work import Refusal
from core.services.tokens import Made, TokenDraft, make_token, revoke_token, tokens_of

if TYPE_CHECKING:
    from aiohttp import web

    from console.staff.visit import Visit
    from core.model.credentials import ApiToken

PART: Final = "token"
LIVES: Final = (30, 90, 365)
"""Days that the form offers; besides them: for ever."""


class TokenPages:
    """Everybody's tokens, those that are good first."""

    async def tokens(self, visit: Visit) -> web.StreamResponse:
        """The list and the form."""
        return await self._tokens(visit)

    async def _tokens(
        self, visit: Visit, why: Refusal | None = None, made: Made | None = None
    ) -> web.StreamResponse:
        reception = visit.reception
        found = await tokens_of(reception.house, visit.staff, None)
        people = await reception.store.staff.staff(disabled=True)
        names = {one.id: one.name for one in people}
        lines = (
            [_line(visit, one, names) for one in found] if not isinstance(found, Refusal) else []
        )
        values: dict[str, Any] = {
            "tokens": sorted(lines, key=lambda line: not line["good"]),
            "people": options((one.id, one.name) for one in people if not one.disabled),
            "grantable": options((right, visit.words(words)) for right, words in RIGHTS.items()),
            "lives": LIVES,
            "made": {"name": made.token.name, "secret": made.secret} if made else None,
        }
        if why is not None:
            values["failed"] = await failed_of(visit, "token", why)
        return sheet(visit, PART, "tokens.html", values, status_of(why) if why else 200)

    async def make(self, visit: Visit) -> web.StreamResponse:
        """A new one; its secret is on this page, once, and nowhere else."""
        form, now = visit.form, visit.now()
        known = {right.value for right in Right}
        rights = frozenset(Right(one) for one in chosen(form, "rights") if one in known)
        days = number_of(form.get("days", ""))
        until = now + timedelta(days=days) if days in LIVES else None
        draft = TokenDraft(form.get("name", "")[:200], rights, until)
        owner = number_of(form.get("staff_id", "")) or 0
        made = await make_token(visit.reception.house, visit.staff, owner, draft)
        if isinstance(made, Refusal):
            return await self._tokens(visit, made)
        return await self._tokens(visit, made=made)

    async def revoke(self, visit: Visit) -> web.StreamResponse:
        """Good no more, at once."""
        done = await revoke_token(visit.reception.house, visit.staff, visit.identity())
        return await self._tokens(visit, done) if done else saved(visit, PART, "dicabut")


def _line(visit: Visit, token: ApiToken, names: dict[int, str]) -> dict[str, Any]:
    zone = visit.reception.zone
    return {
        "id": token.id,
        "name": token.name,
        "owner": names.get(token.staff_id, ""),
        "rights": [visit.words(RIGHTS[right]) for right in sorted(token.rights)],
        "made": moment(token.created_at, zone, visit.words),
        "until": moment(token.expires_at, zone, visit.words) if token.expires_at else "",
        "used": moment(token.used_at, zone, visit.words) if token.used_at else "",
        "good": token.alive(visit.now()),
        "revoked": token.revoked_at is not None,
    }
