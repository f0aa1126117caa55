"""Registration of reporters: their data kept, put right, forgotten (LL-08, LL-09, LL-10, LL-26).

What is refused leaves the ticket alone. The history of a person names fields, never what is in
them; the identity number is sealed and found again by its keyed hash.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import NotFound
from core.model.events import Fact
from core.model.registration import (
    AWAITED,
    KNOWN_NIK,
    OTHER_NIK,
    NikRule,
    Person,
    PersonDraft,
    person_faults,
    tidied,
)
from core.model.restricted import RestrictedField, RestrictedValue, about, normal, tail_of
from core.model.sentences import said
from core.model.staff import Right
from core.model.value import value
from core.model.work import Refusal, RefusalKind
from core.services.house import refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.model.accounts import Reached
    from core.model.staff import Staff
    from core.ports import Desk
    from core.services.house import House

NO_SUCH_REPORTER = Refusal(RefusalKind.INVALID, said("Pelapor ini tidak ada. Periksa daftarnya."))
_STALE = said("Data ini sudah diubah orang lain. Muat ulang lalu ulangi bila masih perlu.")
_SAME = Refusal(RefusalKind.INVALID, said("Pilih pelapor lain untuk digabung."), "other")


@value
class Unfit:
    """What has to be put right before anything is kept: sentences by field."""

    faults: Mapping[str, str]


@value
class Already:
    """The address belongs to somebody who registered: they come in to change their data."""

    person_id: int


async def register(
    house: House, rule: NikRule, address_id: int, draft: PersonDraft
) -> Person | Unfit | Already:
    """The owner of this address registers, on the page whose link only they were sent.

    Raises:
        NotFound: no such address.
        StoreUnavailable: nothing was kept.
    """
    draft = tidied(draft)
    if faults := person_faults(draft, rule):
        return Unfit(faults)
    now = house.clock.now()
    async with house.open_desk() as desk:
        at = await desk.people.reached(address_id)
        if at is None:
            raise NotFound(str(address_id))
        if at.contact_id is not None:
            return Already(at.contact_id)
        made = await _laid_down(desk, house, (rule, draft), "reporter")
        if isinstance(made, Unfit):
            return made
        await _tied(desk, made, [at], now)
        await desk.commit()
    return made


async def _laid_down(
    desk: Desk, house: House, asked: tuple[NikRule, PersonDraft], by: str
) -> Person | Unfit:
    rule, draft = asked
    nik = draft.nik if rule is not NikRule.OFF else ""
    if nik and await desk.people.with_nik(_digests(house, nik)):
        return Unfit({"nik": KNOWN_NIK})
    person = Person(0, draft.name, draft.phone, draft.email, draft.area, by=by)
    person = await desk.people.add(person, house.clock.now())
    if nik:
        person = await _seal(desk, house, person, nik)
    fields = [name for name in ("name", "nik", "phone", "email", "area") if getattr(draft, name)]
    await _note(desk, house, person, ("PersonRegistered", by, {"fields": ",".join(fields)}))
    return person


def _digests(house: House, nik: str) -> Sequence[str]:
    return house.vault.digests(normal(RestrictedField.NIK, nik), RestrictedField.NIK)


async def _seal(desk: Desk, house: House, person: Person, nik: str) -> Person:
    field = RestrictedField.NIK
    text = normal(field, nik)
    kept = RestrictedValue(
        owner=person.mark,
        field=field,
        sealed=house.vault.seal(text.encode(), about(person.mark, field)),
        digest=house.vault.digest(text, field),
        tail=tail_of(field, text),
        created_at=house.clock.now(),
    )
    await desk.restricted.put(kept)
    return replace(person, nik=kept.shown)


async def _tied(desk: Desk, person: Person, ats: Sequence[Reached], now: datetime) -> None:
    """The addresses are the person's; tickets that waited for the data wait no more (LL-08)."""
    await desk.people.tie(person.id, [one.address_id for one in ats])
    for ticket_id in await desk.people.release(person.id, AWAITED):
        await desk.restricted.record(ticket_id, Fact("ReporterRegistered", now, "reporter", {}))


async def _note(
    desk: Desk, house: House, person: Person, what: tuple[str, str, Mapping[str, str]]
) -> None:
    kind, by, told = what
    fact = Fact(kind, house.clock.now(), by, dict(told))
    await desk.admin_history.append(person.mark, [fact])


# --- what is there already --------------------------------------------------------------------


@value
class Seen:
    """Which person, in the version that was looked at; ``version`` None: whatever it is now."""

    person_id: int
    version: int | None = None


async def change_person(
    house: House, by: Staff | None, seen: Seen, asked: tuple[NikRule, PersonDraft]
) -> Person | Unfit | Refusal:
    """Data put right, by the person (``by`` None) or by staff (LL-02, LL-26).

    An empty identity number leaves the one that is kept. The person cannot replace theirs: another
    one does not fit what is registered (LL-10); staff, who see the card, can.

    Raises:
        StoreUnavailable: nothing was kept.
    """
    if by is not None and (lacking := refused(by, Right.ADMIN_PEOPLE)):
        return lacking
    rule, draft = asked[0], tidied(asked[1])
    kept_rule = NikRule.OPTIONAL if rule is NikRule.REQUIRED and not draft.nik else rule
    if faults := person_faults(draft, kept_rule):
        return Unfit(faults)
    async with house.open_desk() as desk:
        before = await desk.people.person(seen.person_id)
        if before is None:
            return NO_SUCH_REPORTER
        if seen.version not in (None, before.version):
            return Refusal(
                RefusalKind.STALE, _STALE, version=before.version, expected=seen.version
            )
        after = await _changed(desk, house, by, (before, draft))
        if isinstance(after, Person):
            await desk.commit()
    return after


async def _changed(
    desk: Desk, house: House, by: Staff | None, what: tuple[Person, PersonDraft]
) -> Person | Unfit:
    before, draft = what
    new_nik = False
    if draft.nik:
        owners = await desk.people.with_nik(_digests(house, draft.nik))
        if [one for one in owners if one != before.id]:
            return Unfit({"nik": KNOWN_NIK})
        new_nik = before.id not in owners
        if new_nik and before.nik and by is None:
            return Unfit({"nik": OTHER_NIK})
    names = ("name", "phone", "email", "area")
    fields = [one for one in names if getattr(before, one) != getattr(draft, one)]
    fields += ["nik"] if new_nik else []
    if not fields:
        return before
    after = replace(before, **{name: getattr(draft, name) for name in names})
    after = replace(after, version=before.version + 1)
    await desk.people.save(after)
    if new_nik:
        after = await _seal(desk, house, after, draft.nik)
    mark = by.mark if by else "reporter"
    await _note(desk, house, after, ("PersonChanged", mark, {"fields": ",".join(fields)}))
    return after


async def register_for(
    house: House, by: Staff, asked: tuple[NikRule, PersonDraft], number: str = ""
) -> Person | Unfit | Refusal:
    """Staff write down the data for somebody, with the ticket that it is about or without.

    Raises:
        NotFound: no such ticket.
        StoreUnavailable: nothing was kept.
    """
    if lacking := refused(by, Right.ADMIN_PEOPLE):
        return lacking
    rule, draft = asked[0], tidied(asked[1])
    if faults := person_faults(draft, rule):
        return Unfit(faults)
    async with house.open_desk() as desk:
        at = await _reporter_of(desk, number) if number else None
        if at is not None and at.contact_id is not None:
            sentence = said("Pelapor tiket ini sudah terdaftar. Ubah datanya di daftar pelapor.")
            return Refusal(RefusalKind.ALREADY, sentence, "number")
        made = await _laid_down(desk, house, (rule, draft), by.mark)
        if isinstance(made, Unfit):
            return made
        if at is not None:
            await _tied(desk, made, [at], house.clock.now())
        await desk.commit()
    return made


async def _reporter_of(desk: Desk, number: str) -> Reached | None:
    reporter = await desk.claims.reporter(number)
    if reporter is None:
        raise NotFound(number)
    return await desk.people.reached(reporter.address_id)


async def forget_person(house: House, by: Staff | None, person_id: int) -> Refusal | None:
    """Data deleted on request, by the person (``by`` None) or by staff (LL-09).

    Tickets, and what was said in them, stay: they are records of the office. Nobody is invited a
    second time.

    Raises:
        StoreUnavailable: nothing was changed.
    """
    if by is not None and (lacking := refused(by, Right.ADMIN_PEOPLE)):
        return lacking
    async with house.open_desk() as desk:
        person = await desk.people.person(person_id)
        if person is None:
            return NO_SUCH_REPORTER
        await desk.people.drop(person_id)
        mark = by.mark if by else "reporter"
        await _note(desk, house, person, ("PersonForgotten", mark, {}))
        await desk.commit()
    return None


async def merge_people(house: House, by: Staff, keep: int, other: int) -> Person | Refusal:
    """Two records of one person become one: the other's addresses, and what the first lacks.

    Two different identity numbers are two people, and are refused.

    Raises:
        StoreUnavailable: nothing was changed.
    """
    if lacking := refused(by, Right.ADMIN_PEOPLE):
        return lacking
    if keep == other:
        return _SAME
    async with house.open_desk() as desk:
        # In one order, so that two merges of the same people never wait for each other.
        held = {one: await desk.people.person(one) for one in sorted((keep, other))}
        kept, gone = held[keep], held[other]
        if kept is None or gone is None:
            return NO_SUCH_REPORTER
        if kept.nik and gone.nik:
            return Refusal(
                RefusalKind.INVALID,
                said("Keduanya memiliki NIK. Hapus salah satu NIK yang keliru sebelum digabung."),
                "other",
            )
        merged = await _merged(desk, house, by, (kept, gone))
        await desk.commit()
    return merged


async def _merged(desk: Desk, house: House, by: Staff, what: tuple[Person, Person]) -> Person:
    kept, gone = what
    nik = ""
    if gone.nik:
        field = RestrictedField.NIK
        sealed = [one for one in await desk.restricted.of(gone.mark) if one.field is field]
        nik = house.vault.open(sealed[0].sealed, about(gone.mark, field)).decode()
    ats = await desk.people.addresses(gone.id)
    await desk.people.drop(gone.id)
    names = ("phone", "email", "area")
    after = replace(kept, **{one: getattr(kept, one) or getattr(gone, one) for one in names})
    after = replace(after, version=kept.version + 1)
    await desk.people.save(after)
    if nik:
        after = await _seal(desk, house, after, nik)
    if ats:
        await _tied(desk, after, ats, house.clock.now())
    await _note(desk, house, after, ("PersonMerged", by.mark, {"from": gone.mark}))
    await _note(desk, house, gone, ("PersonMergedInto", by.mark, {"into": after.mark}))
    return after


async def drop_nik(house: House, by: Staff, seen: Seen) -> Person | Refusal:
    """Takes an identity number away that was entered wrongly."""
    if lacking := refused(by, Right.ADMIN_PEOPLE):
        return lacking
    async with house.open_desk() as desk:
        person = await desk.people.person(seen.person_id)
        if person is None:
            return NO_SUCH_REPORTER
        if seen.version not in (None, person.version):
            return Refusal(
                RefusalKind.STALE, _STALE, version=person.version, expected=seen.version
            )
        after = replace(person, nik="", version=person.version + 1)
        await desk.restricted.drop(person.mark, RestrictedField.NIK)
        await desk.people.save(after)
        await _note(desk, house, after, ("PersonChanged", by.mark, {"fields": "nik"}))
        await desk.commit()
    return after
