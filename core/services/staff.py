"""Who works here: adding, changing, disabling. Nobody who acted is ever deleted (LL-27).

Every change is an event on the person's chain; roles, unit and the like with the old and the new
value (LL-21), what identifies a person only by the name of the field.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from core.model.admin_events import DELEGATED_BY, DELEGATION, WITHDRAWN_BY
from core.model.credentials import LONGEST_LOGIN, login_of
from core.model.events import Fact
from core.model.rights import may
from core.model.sentences import said
from core.model.staff import Right, Role, Staff
from core.model.value import value
from core.model.work import Refusal, RefusalKind
from core.services.house import NO_SUCH_PERSON, NOT_ALLOWED, actor, note, overtaken, refused

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.model.credentials import Account
    from core.model.events import Json
    from core.ports import Desk
    from core.services.house import House

LONGEST_NAME: Final = 120
MOST_CAPACITY: Final = 1_000
LONGEST_PRESENCE: Final = timedelta(hours=16)
_LOGIN: Final = re.compile(r"[a-z0-9](?:[a-z0-9._@-]*[a-z0-9])?")
_EMAIL: Final = re.compile(r"[^@\s<>,;:\"]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,63}")
_TOLD: Final = ("roles", "unit_id", "regions", "skills", "capacity")
"""Fields whose values the history tells; of the others only that they changed."""

_PERSONAL: Final = ("name", "email", "phone", "telegram")


@value
class StaffDraft:
    """Somebody as an administrator writes them down; see :class:`Staff` for the fields."""

    name: str
    roles: frozenset[Role]
    unit_id: int | None = None
    regions: frozenset[int] = frozenset()
    skills: frozenset[str] = frozenset()
    capacity: int = 10
    email: str = ""
    phone: str = ""
    telegram: str = ""


async def add_staff(
    house: House, by: Staff | None, login: str, draft: StaffDraft
) -> Staff | Refusal:
    """Somebody new, without a password: invite them next. ``by`` None is the command line."""
    if refusal := refused(by, Right.ADMIN_STAFF):
        return refusal
    async with house.open_desk() as desk:
        added = await lay_down(desk, actor(by), login, draft, house.clock.now())
        if not isinstance(added, Refusal):
            await desk.commit()
    return added


async def lay_down(
    desk: Desk, by: str, login: str, draft: StaffDraft, now: datetime
) -> Staff | Refusal:
    """Somebody new within a unit of work; ``by`` as events name who does it."""
    login = login_of(login)
    if not _LOGIN.fullmatch(login) or len(login) > LONGEST_LOGIN:
        sentence = said("Nama pengguna memakai huruf a-z, angka, titik, garis, atau @.")
        return Refusal(RefusalKind.INVALID, sentence, "login")
    if fault := await _fault(desk, draft):
        return fault
    if await desk.staff.account(login) is not None:
        sentence = said("Nama pengguna ini sudah dipakai, juga bila orangnya sudah tidak aktif.")
        return Refusal(RefusalKind.ALREADY, sentence, "login")
    added = await desk.staff.add(_drafted(Staff(0, login, "", frozenset()), draft), now)
    await note(desk, added, Fact("StaffAdded", now, by, _values(added)))
    return added


async def change_staff(
    house: House, by: Staff | None, staff_id: int, version: int, draft: StaffDraft
) -> Staff | Refusal:
    """Everything of a person but login and password; new roles end their sessions.

    Args:
        house: the ports.
        by: who does it.
        staff_id: whom.
        version: of the person as ``by`` saw them.
        draft: all fields as they are to be.
    """
    async with house.open_desk() as desk:
        account = await _held(desk, by, staff_id, version)
        if isinstance(account, Refusal):
            return account
        before = account.staff
        if fault := await _fault(desk, draft) or await _last(desk, before, draft.roles):
            return fault
        after = _drafted(before, draft)
        changes = _changes(before, after)
        if not changes:
            return before
        after = replace(after, version=version + 1)
        await desk.staff.save(replace(account, staff=after))
        if after.roles != before.roles:
            await desk.entries.end_sessions(staff_id)
        await note(desk, after, Fact("StaffChanged", house.clock.now(), actor(by), changes))
        await desk.commit()
    return await house.reads.one(staff_id)


async def disable_staff(
    house: House, by: Staff | None, staff_id: int, version: int
) -> Staff | Refusal:
    """They come in no more, at once; what they did stays theirs."""
    now = house.clock.now()
    async with house.open_desk() as desk:
        account = await _held(desk, by, staff_id, version)
        if isinstance(account, Refusal):
            return account
        if account.staff.disabled:
            return account.staff
        if by is not None and by.id == staff_id:
            return Refusal(
                RefusalKind.NOT_ALLOWED,
                said("Akun sendiri tidak dapat dinonaktifkan. Mintalah administrator lain."),
            )
        if fault := await _last(desk, account.staff, frozenset()):
            return fault
        after = replace(account.staff, disabled_at=now, present_until=None, version=version + 1)
        await desk.staff.save(replace(account, staff=after))
        await desk.staff.invite(staff_id, None, None)
        await desk.entries.end_sessions(staff_id)
        await note(desk, after, Fact("StaffDisabled", now, actor(by), {}))
        await desk.commit()
    return after


async def enable_staff(
    house: House, by: Staff | None, staff_id: int, version: int
) -> Staff | Refusal:
    """They may come in again, invited anew: password, tokens and sign-on links are void."""
    now = house.clock.now()
    async with house.open_desk() as desk:
        account = await _held(desk, by, staff_id, version)
        if isinstance(account, Refusal):
            return account
        if not account.staff.disabled:
            return account.staff
        after = replace(account.staff, disabled_at=None, version=version + 1)
        await desk.staff.save(replace(account, staff=after, password_hash=""))
        await desk.sign_on.unlink(staff_id)
        for token in await desk.entries.tokens(staff_id):
            await desk.entries.revoke_token(token.id, now)
        await note(desk, after, Fact("StaffEnabled", now, actor(by), {}))
        await desk.commit()
    return after


async def come_in(
    house: House, by: Staff, staff_id: int, until: datetime | None
) -> Staff | Refusal:
    """Notes that somebody is in the office until then, or gone (None): oneself, or one's people.

    Presence is no change of the person: it has no version and no event.
    """
    now = house.clock.now()
    if until is not None and not now < until <= now + LONGEST_PRESENCE:
        sentence = said("Isi waktu hadir sesudah sekarang, paling lama 16 jam ke depan.")
        return Refusal(RefusalKind.INVALID, sentence, "present_until")
    async with house.open_desk() as desk:
        account = await desk.staff.account(staff_id)
        if account is None or account.staff.disabled:
            return NO_SUCH_PERSON
        if by.id != staff_id and not may(by, Right.ASSIGN):
            return NOT_ALLOWED
        after = replace(account.staff, present_until=until)
        await desk.staff.save(replace(account, staff=after))
        await desk.commit()
    return after


async def delegate(house: House, by: Staff, *, on: bool) -> Refusal | None:
    """Leadership hands its watch to customer care, or takes it back (MB-08)."""
    if refusal := refused(by, Right.DELEGATE):
        return refusal
    fact = Fact(DELEGATED_BY if on else WITHDRAWN_BY, house.clock.now(), by.mark, {})
    async with house.open_desk() as desk:
        await desk.admin_history.append(DELEGATION, [fact])
        await desk.commit()
    return None


# --- rules ---------------------------------------------------------------------------------------


async def _held(desk: Desk, by: Staff | None, staff_id: int, version: int) -> Account | Refusal:
    """The person to be changed, locked, as ``by`` saw them and may change them."""
    if refusal := refused(by, Right.ADMIN_STAFF):
        return refusal
    account = await desk.staff.account(staff_id)
    if account is None:
        return NO_SUCH_PERSON
    stale = account.staff.version != version
    if not stale:
        return account
    sentence = said("Data petugas ini baru saja diubah orang lain. Muat ulang, lalu coba lagi.")
    held = account.staff
    return await overtaken(desk, held.mark, sentence, held.version, version)


def _drafted(person: Staff, draft: StaffDraft) -> Staff:
    return replace(
        person,
        name=" ".join(draft.name.split()),
        roles=draft.roles,
        unit_id=draft.unit_id,
        regions=draft.regions,
        skills=frozenset(" ".join(skill.casefold().split()) for skill in draft.skills),
        capacity=draft.capacity,
        email=draft.email.strip(),
        phone=draft.phone.strip(),
        telegram=draft.telegram.strip(),
    )


async def _fault(desk: Desk, draft: StaffDraft) -> Refusal | None:
    """The first thing wrong with a draft; the field is named."""
    there, regions = await desk.staff.places(draft.unit_id, draft.regions)
    placed = {Role.UNIT_SUPERVISOR} & draft.roles and draft.unit_id is None
    rules: Sequence[tuple[str, bool, str]] = (
        ("name", not draft.name.strip(), said("Nama petugas belum diisi.")),
        (
            "name",
            len(draft.name) > LONGEST_NAME,
            said("Nama paling banyak {most} karakter.", most=LONGEST_NAME),
        ),
        ("roles", not draft.roles, said("Pilih sedikitnya satu peran.")),
        (
            "unit_id",
            not there,
            said("Unit ini tidak ada atau sudah tidak dipakai. Pilih unit lain."),
        ),
        (
            "unit_id",
            bool(placed),
            said("Kepala satuan pelaksana harus mempunyai unit. Pilih unitnya."),
        ),
        (
            "regions",
            regions != draft.regions,
            said("Ada wilayah yang tidak dikenal. Pilih dari daftar."),
        ),
        (
            "skills",
            any(not skill.strip() for skill in draft.skills),
            said("Ada keahlian yang kosong. Isi, atau hapus barisnya."),
        ),
        (
            "capacity",
            not 0 <= draft.capacity <= MOST_CAPACITY,
            said("Isi kapasitas 0 sampai {most} tiket.", most=MOST_CAPACITY),
        ),
        (
            "email",
            bool(draft.email.strip()) and not _EMAIL.fullmatch(draft.email.strip()),
            said("Alamat surel tidak benar. Contoh: nama@contoh.go.id."),
        ),
    )
    for field, wrong, sentence in rules:
        if wrong:
            return Refusal(RefusalKind.INVALID, sentence, field)
    return None


async def _last(desk: Desk, before: Staff, roles: frozenset[Role]) -> Refusal | None:
    """Somebody must remain who can let others in."""
    leaves = Role.ADMIN in before.roles and Role.ADMIN not in roles and not before.disabled
    if leaves and await desk.staff.admins() <= 1:
        sentence = said(
            "Harus ada sedikitnya satu administrator yang aktif. Tetapkan yang lain dahulu."
        )
        return Refusal(RefusalKind.NOT_ALLOWED, sentence, "roles")
    return None


def _values(person: Staff) -> dict[str, Json]:
    return {name: _told(getattr(person, name)) for name in _TOLD}


def _changes(before: Staff, after: Staff) -> dict[str, Json]:
    """Old and new value of what may be told, the names of the other fields that changed."""
    changes: dict[str, Json] = {}
    for name in _TOLD:
        old, new = _told(getattr(before, name)), _told(getattr(after, name))
        if old != new:
            changes[name] = {"old": old, "new": new}
    others: list[Json] = [
        name for name in _PERSONAL if getattr(before, name) != getattr(after, name)
    ]
    return changes | ({"changed": others} if others else {})


def _told(held: object) -> Json:
    if isinstance(held, frozenset):
        return [one if isinstance(one, int) else str(one) for one in sorted(held)]
    return held  # type: ignore[return-value]  # an int or None: fields of _TOLD
