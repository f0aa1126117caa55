"""Coming in: passwords, sessions, and who it is that asks.

What a stranger can learn from the answers is nothing (threats.md row 53): an unknown login, a
wrong password, a disabled person and one who must wait get the same refusal after the same work.
"""

from __future__ import annotations

import hmac
import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from core.errors import StoreUnavailable
from core.model.credentials import (
    ABSOLUTE,
    DEVICE_LIFE,
    SEEN_EVERY,
    TOKEN_BYTES,
    TOKEN_MARK,
    Failures,
    Session,
    login_of,
    password_of,
    step_of,
    token_hash,
)
from core.model.events import Fact
from core.model.restricted import Sealed
from core.model.rights import DELEGATED
from core.model.sentences import said
from core.model.staff import Role
from core.model.value import value
from core.model.work import Refusal, RefusalKind
from core.services.house import note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.credentials import Account, ApiToken
    from core.model.staff import Staff
    from core.ports import Desk
    from core.services.house import House

DENIED: Final = Refusal(
    RefusalKind.NOT_ALLOWED,
    said(
        "Nama pengguna, kata sandi, atau kode tidak cocok, atau terlalu banyak percobaan. "
        "Coba lagi beberapa menit lagi."
    ),
)
"""The one answer to every way of not coming in."""

CODE, ENROL = "code", "enrol"
"""What a session may still want before it opens anything."""

WRONG: Final = 0
"""In place of a step: a code was typed, and it is none."""

_SHOWN: Final = 200


@value
class Attempt:
    """Somebody wants in.

    Attributes:
        code: of the second factor; "" when none was typed.
        address, browser: for the list of sessions that its owner sees.
        device: the cookie of a browser that has been in before; "" without.
        replaces: the session that the browser still holds; it ends.
    """

    login: str
    password: str
    code: str = ""
    address: str = ""
    browser: str = ""
    device: str = ""
    replaces: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Browser and address."""
        return self.browser, self.address


@value
class Entered:
    """Somebody is in.

    Attributes:
        token: for the session's cookie, and nowhere else.
        device: for the cookie that lives longer; "" where the browser's stays.
        wanting: ``code`` or ``enrol``: the session opens nothing until it has that; "": whole.
    """

    staff: Staff
    token: str
    session: Session
    device: str = ""
    wanting: str = ""


@value
class Here:
    """Who asks.

    Attributes:
        staff: with the grants that concern them; their rights are limited to those of the token,
            and to none while the session is wanting.
        session, token: how they came in; one of them.
        wanting: as in :class:`Entered`.
    """

    staff: Staff
    session: Session | None = None
    token: ApiToken | None = None
    wanting: str = ""


async def log_in(house: House, attempt: Attempt) -> Entered | Refusal:
    """A new session for a right password; the wait of strangers does not hold known devices up.

    Raises StoreUnavailable, and Busy when too many passwords are being hashed.
    """
    login = login_of(attempt.login)
    async with house.open_desk() as desk:
        found = await desk.staff.account(login)
    hashed = found.password_hash if found else ""
    fits = await house.passwords.fits(hashed, password_of(attempt.password))
    now = house.clock.now()
    async with house.open_desk() as desk:
        account = await desk.staff.account(login)
        known = account is not None and is_device(house, attempt.device, account.staff, now)
        key = house.vault.digest(attempt.device if known else login, "login")
        failures = await desk.entries.failures(key, now)
        if failures.waiting(now):
            return DENIED
        step = _step(house, account, attempt.code, now)
        if account is None or step == WRONG or not (fits and _lets_in(house, account, hashed)):
            await desk.entries.failed(Failures(key, failures.count + 1, now))
            await desk.commit()
            return DENIED
        await desk.entries.forgive([key])
        if attempt.replaces:
            await desk.entries.end_sessions(account.staff.id, token_hash(attempt.replaces))
        if step is not None:
            account = replace(account, totp_used=step)
            await desk.staff.save(account)
        entered = await open_session(
            desk, account, now, attempt.place, second_factor=step is not None
        )
        await desk.commit()
    return entered if known else replace(entered, device=device_for(house, account.staff, now))


def _lets_in(house: House, account: Account, hashed: str) -> bool:
    """Whether the password that was tried is still this person's, and they may come in by it."""
    theirs = bool(hashed) and account.password_hash == hashed
    return theirs and not account.staff.disabled and house.takes_password(account.staff)


def _step(house: House, account: Account | None, code: str, now: datetime) -> int | None:
    """The step of a right code; None where none is asked for, or none was typed."""
    if account is None or not account.enrolled or not code.strip():
        return None
    found = step_of(open_totp(house, account), code, now, account.totp_used)
    return WRONG if found is None else found


def open_totp(house: House, account: Account) -> bytes:
    """The secret of somebody's second factor. Raises NotFound: no key of ours opens it."""
    key_id, _, sealed = (account.totp_secret or b"").partition(b":")
    return house.vault.open(Sealed(key_id.decode(), sealed), totp_about(account.staff))


def seal_totp(house: House, person: Staff, secret: bytes) -> bytes:
    """A secret as it is kept."""
    sealed = house.vault.seal(secret, totp_about(person))
    return sealed.key_id.encode() + b":" + sealed.sealed


def totp_about(person: Staff) -> str:
    """What a sealed second factor is bound to."""
    return f"totp {person.mark}"


async def open_session(
    desk: Desk,
    account: Account,
    now: datetime,
    place: tuple[str, str],
    *,
    second_factor: bool,
) -> Entered:
    """Lays down a new session; ``place`` is browser and address."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    browser, address = place
    session = Session(
        token_hash=token_hash(token),
        staff_id=account.staff.id,
        created_at=now,
        seen_at=now,
        expires_at=now + ABSOLUTE,
        second_factor=second_factor,
        browser=browser[:_SHOWN],
        address=address[:_SHOWN],
    )
    await desk.entries.open_session(session)
    return Entered(account.staff, token, session, wanting=wanting(account, session))


def wanting(account: Account, session: Session) -> str:
    """What the session lacks: a code, an enrolment, or nothing."""
    if session.second_factor:
        return ""
    if account.enrolled:
        return CODE
    return ENROL if account.staff.needs_second_factor else ""


# --- devices that are known ----------------------------------------------------------------------


def device_for(house: House, person: Staff, now: datetime) -> str:
    """A cookie for a browser in which somebody logged in: whose, until when, drawn by lot."""
    until = int((now + DEVICE_LIFE).timestamp())
    text = f"{person.id}.{until}.{secrets.token_urlsafe(12)}"
    return f"{text}.{house.vault.digest(text, 'device')}"


def is_device(house: House, device: str, person: Staff, now: datetime) -> bool:
    """Whether this cookie is of ours, for this person, and not too old."""
    text, _, mark = device.rpartition(".")
    ours = any(
        hmac.compare_digest(mark.encode("utf-8", "replace"), known.encode())
        for known in house.vault.digests(text, "device")
    )
    if not ours:
        return False
    whose, until, _ = text.split(".", 2)
    return int(whose) == person.id and now < datetime.fromtimestamp(int(until), UTC)


# --- who asks ------------------------------------------------------------------------------------


async def who(house: House, token: str) -> Here | None:
    """Whose session this is; None: nobody's, ended, or of somebody who may not come in.

    Raises StoreUnavailable when the store cannot be read.
    """
    found = await house.reads.by_session(token_hash(token)) if token else None
    if found is None:
        return None
    session, account = found
    now = house.clock.now()
    if account.staff.disabled or not session.alive(now):
        return None
    if now >= session.seen_at + SEEN_EVERY:
        # Reading goes on while nothing can be written.
        with suppress(StoreUnavailable):
            async with house.open_desk() as desk:
                await desk.entries.seen(session.token_hash, now)
                await desk.commit()
    lacks = wanting(account, session)
    person = await with_grants(house, account.staff)
    return Here(replace(person, only=frozenset()) if lacks else person, session, wanting=lacks)


async def with_grants(house: House, person: Staff) -> Staff:
    """The person with what the office and leadership give besides the table."""
    granted = house.grants
    if Role.CUSTOMER_CARE in person.roles and await house.reads.delegated():
        granted = (*granted, *DELEGATED)
    return replace(person, granted=granted) if granted else person


async def who_by_token(house: House, token: str) -> Here | None:
    """Whose API token this is; None: nobody's, ended, or of somebody who may not come in."""
    if not token.startswith(TOKEN_MARK):
        return None
    found = await house.reads.by_token(token_hash(token))
    if found is None:
        return None
    held, account = found
    now = house.clock.now()
    missing = account.staff.needs_second_factor and not account.enrolled
    if account.staff.disabled or missing or not held.alive(now):
        return None
    if held.used_at is None or now >= held.used_at + SEEN_EVERY:
        with suppress(StoreUnavailable):
            async with house.open_desk() as desk:
                await desk.entries.token_used(held.id, now)
                await desk.commit()
    person = await with_grants(house, account.staff)
    return Here(replace(person, only=held.rights or None), token=held)


# --- sessions ------------------------------------------------------------------------------------


async def log_out(house: House, here: Here) -> None:
    """Ends the session that asks."""
    if here.session is not None:
        async with house.open_desk() as desk:
            await desk.entries.end_sessions(here.staff.id, here.session.token_hash)
            await desk.commit()


async def sessions_of(house: House, here: Here) -> Sequence[Session]:
    """Where the person who asks is logged in, the one used last first."""
    now = house.clock.now()
    async with house.open_desk() as desk:
        return [one for one in await desk.entries.sessions(here.staff.id) if one.alive(now)]


async def end_session(house: House, here: Here, mark: str) -> bool:
    """Ends one of one's own sessions by its ``mark``; False when there is none."""
    async with house.open_desk() as desk:
        for session in await desk.entries.sessions(here.staff.id):
            if session.mark == mark:
                await desk.entries.end_sessions(here.staff.id, session.token_hash)
                fact = Fact("SessionEnded", house.clock.now(), here.staff.mark, {})
                await note(desk, here.staff, fact)
                await desk.commit()
                return True
    return False
