"""The first start: a code that only whoever runs the process can read makes the administrator.

The code is derived from the office's keys, so that all processes of one office, and the same one
after a restart, know the same. It opens nothing any more once somebody works here.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from core.model.credentials import password_fault, password_of
from core.model.events import Fact
from core.model.sentences import said
from core.model.staff import Role
from core.model.value import value
from core.model.work import Refusal, RefusalKind
from core.services.house import actor, note
from core.services.staff import StaffDraft, lay_down

if TYPE_CHECKING:
    from core.model.staff import Staff
    from core.ports.staff import StaffReads, Vault
    from core.services.house import House

WRONG_CODE: Final = Refusal(
    RefusalKind.NOT_ALLOWED,
    said("Kode tidak cocok. Kode dicetak di terminal atau log saat helpdesk serve dimulai."),
    "code",
)
OVER: Final = Refusal(RefusalKind.ALREADY, said("Penyiapan sudah selesai. Silakan masuk."))
_GROUPS, _GROUP = 5, 4


def start_code(vault: Vault) -> str:
    """``1f3a-…``: twenty hexadecimal signs, in groups."""
    signs = vault.digest("administrator", "first start")[: _GROUPS * _GROUP]
    return "-".join(signs[at : at + _GROUP] for at in range(0, len(signs), _GROUP))


async def untouched(reads: StaffReads) -> bool:
    """Whether nobody has ever worked here. Raises StoreUnavailable."""
    return not await reads.staff(disabled=True)


def fits(vault: Vault, typed: str) -> bool:
    """Whether somebody typed the code; groups and case do not matter."""
    plain = re.sub(r"[^0-9a-f]", "", typed[:200].casefold())
    return hmac.compare_digest(plain, start_code(vault).replace("-", ""))


@value
class FirstPerson:
    """The administrator as typed at the first start."""

    code: str
    login: str
    name: str
    password: str


async def first_administrator(house: House, wanted: FirstPerson) -> Staff | Refusal:
    """Lays down the administrator with a password, in one piece; a second one comes by invitation.

    Raises:
        StoreUnavailable: nothing was kept.
    """
    if not fits(house.vault, wanted.code):
        return WRONG_CODE
    if not await untouched(house.reads):
        return OVER
    if fault := password_fault(wanted.password, wanted.login):
        return Refusal(RefusalKind.INVALID, fault, "password")
    hashed = await house.passwords.hash(password_of(wanted.password))
    now, draft = house.clock.now(), StaffDraft(wanted.name, frozenset({Role.ADMIN}))
    async with house.open_desk() as desk:
        added = await lay_down(desk, actor(None), wanted.login, draft, now)
        account = None if isinstance(added, Refusal) else await desk.staff.account(added.id)
        if account is None:
            return added
        await desk.staff.save(replace(account, password_hash=hashed, password_at=now))
        await note(desk, account.staff, Fact("PasswordSet", now, account.staff.mark, {}))
        await desk.commit()
    return account.staff
