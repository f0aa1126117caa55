"""The second factor: enrolling, giving a code, starting afresh (RFC 6238, threats.md row 54)."""

from __future__ import annotations

import base64
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from core.model.credentials import Failures, step_of
from core.model.events import Fact
from core.model.sentences import said
from core.model.staff import Right
from core.model.value import value
from core.model.work import Refusal, RefusalKind
from core.services.entry import DENIED, Entered, open_session, open_totp, seal_totp
from core.services.house import NO_SUCH_PERSON, actor, note, refused

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.credentials import Account, Session
    from core.model.staff import Staff
    from core.ports import Desk
    from core.services.entry import Here
    from core.services.house import House

SECRET_BYTES: Final = 20
"""As long as the hash, as RFC 4226 asks."""

ENROLLED_ALREADY: Final = Refusal(
    RefusalKind.ALREADY,
    said(
        "Kode verifikasi sudah aktif. Bila ponsel berganti, minta administrator mengaturnya ulang."
    ),
)
NO_SESSION: Final = Refusal(RefusalKind.NOT_ALLOWED, "Silakan masuk lagi.")
WRONG_CODE: Final = Refusal(
    RefusalKind.INVALID, said("Kode tidak cocok. Tunggu kode berikutnya, lalu coba lagi."), "code"
)


@value
class Enrolment:
    """What an authenticator app is given, once.

    Attributes:
        secret: base32, for typing.
        uri: ``otpauth://``, for a QR code.
    """

    secret: str
    uri: str


async def begin_enrolment(house: House, here: Here, office: str) -> Enrolment | Refusal:
    """A new secret; nothing is asked for until :func:`give_code` has confirmed it.

    Args:
        house: the ports.
        here: who asks; a session that is wanting will do.
        office: as the app names the account.
    """
    async with house.open_desk() as desk:
        account = await desk.staff.account(here.staff.id)
        if account is None or here.session is None:
            return NO_SESSION
        if account.enrolled:
            return ENROLLED_ALREADY
        secret = secrets.token_bytes(SECRET_BYTES)
        sealed = seal_totp(house, account.staff, secret)
        await desk.staff.save(replace(account, totp_secret=sealed, totp_used=None))
        await desk.commit()
    typed = base64.b32encode(secret).decode().rstrip("=")
    label = quote(f"{office}:{account.staff.login}", safe="")
    uri = f"otpauth://totp/{label}?secret={typed}&issuer={quote(office, safe='')}"
    return Enrolment(typed, uri)


async def give_code(house: House, here: Here, code: str) -> Entered | Refusal:
    """A whole session for one that wanted a code; the first right code confirms an enrolment.

    The session gets a new token. A wrong code counts, and whoever has the password but not the
    telephone waits longer and longer.
    """
    if here.session is None:
        return NO_SESSION
    now = house.clock.now()
    key = house.vault.digest(here.staff.mark, "code")
    async with house.open_desk() as desk:
        account = await desk.staff.account(here.staff.id)
        session = await desk.entries.session(here.session.token_hash)
        if account is None or session is None or account.totp_secret is None:
            return NO_SESSION
        failures = await desk.entries.failures(key, now)
        if failures.waiting(now):
            return DENIED
        step = step_of(open_totp(house, account), code, now, account.totp_used)
        if step is None:
            await desk.entries.failed(Failures(key, failures.count + 1, now))
            await desk.commit()
            return WRONG_CODE
        await desk.entries.forgive([key])
        entered = await _taken(desk, replace(account, totp_used=step), session, now)
        if not account.enrolled:
            fact = Fact("SecondFactorEnrolled", now, account.staff.mark, {})
            await note(desk, account.staff, fact)
        await desk.commit()
    return entered


async def _taken(desk: Desk, account: Account, session: Session, now: datetime) -> Entered:
    """Notes the step, so that the code works once, and gives the session another token."""
    await desk.staff.save(account)
    await desk.entries.end_sessions(account.staff.id, session.token_hash)
    place = (session.browser, session.address)
    return await open_session(desk, account, now, place, second_factor=True)


async def reset_second_factor(house: House, by: Staff | None, staff_id: int) -> Refusal | None:
    """Has somebody enrol anew, whose telephone is lost; their sessions end."""
    if refusal := refused(by, Right.ADMIN_STAFF):
        return refusal
    async with house.open_desk() as desk:
        account = await desk.staff.account(staff_id)
        if account is None:
            return NO_SUCH_PERSON
        await desk.staff.save(replace(account, totp_secret=None, totp_used=None))
        await desk.entries.end_sessions(staff_id)
        fact = Fact("SecondFactorReset", house.clock.now(), actor(by), {})
        await note(desk, account.staff, fact)
        await desk.commit()
    return None
