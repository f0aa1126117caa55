"""Restricted fields of a ticket and its reporter: kept sealed, opened for a reason, found again.

Every opening is an event on the ticket that says who, which field and why (threats.md row 68).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from core.errors import NotFound
from core.model.events import Fact
from core.model.restricted import (
    SHORTEST_REASON,
    RestrictedField,
    RestrictedValue,
    about,
    normal,
    restricted_fault,
    tail_of,
)
from core.model.rights import may, scope
from core.model.sentences import said, term
from core.model.staff import Right
from core.model.value import value
from core.model.work import Refusal, RefusalKind
from core.services.entry import open_totp, seal_totp
from core.services.house import NOT_ALLOWED
from core.services.subscriptions import reseal_subscriptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.staff import Staff
    from core.ports import Desk
    from core.services.house import House

BATCH: Final = 200
"""Values sealed anew within one transaction, so that nobody waits long for it."""


@value
class Place:
    """One restricted field: of a ticket, or of its reporter.

    Attributes:
        ticket_id: the ticket on which it is looked at.
        owner: ``ticket:<id>`` or ``contact:<id>``; "" is the ticket itself.
    """

    ticket_id: int
    field: RestrictedField
    owner: str = ""

    @property
    def whose(self) -> str:
        """The owner in full."""
        return self.owner or f"ticket:{self.ticket_id}"


async def keep(house: House, by: Staff, place: Place, typed: str) -> RestrictedValue | Refusal:
    """Seals a value, over an earlier one. The event tells the field, never the value.

    Raises NotFound: no such ticket, or none that the person may know of.
    """
    if fault := restricted_fault(place.field, typed):
        return Refusal(RefusalKind.INVALID, fault, place.field)
    now = house.clock.now()
    text = normal(place.field, typed)
    async with house.open_desk() as desk:
        if refusal := await _refusal(desk, by, place, Right.CLASSIFY):
            return refusal
        kept = RestrictedValue(
            owner=place.whose,
            field=place.field,
            sealed=house.vault.seal(text.encode(), about(place.whose, place.field)),
            digest=house.vault.digest(text, place.field),
            tail=tail_of(place.field, text),
            created_at=now,
        )
        await desk.restricted.put(kept)
        told = {"field": str(place.field), "of": place.whose.partition(":")[0]}
        await desk.restricted.record(place.ticket_id, Fact("RestrictedKept", now, by.mark, told))
        await desk.commit()
    return kept


async def reveal(house: House, by: Staff, place: Place, reason: str) -> str | Refusal:
    """The whole value, for somebody who has the right and says why; written down before told.

    The history binds the reason by its hash; in words it stands in the ticket's notes. Raises
    NotFound: no such ticket or field, or none that the person may know of.
    """
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        sentence = said("Tuliskan alasan membuka {field}.", field=term(place.field.word))
        return Refusal(RefusalKind.MISSING, sentence, "reason")
    async with house.open_desk() as desk:
        if refusal := await _refusal(desk, by, place, Right.REVEAL):
            return refusal
        held = [one for one in await desk.restricted.of(place.whose) if one.field is place.field]
        if not held:
            raise NotFound(place.field)
        plain = house.vault.open(held[0].sealed, about(place.whose, place.field))
        told = {
            "field": str(place.field),
            "of": place.whose.partition(":")[0],
            "reason_sha256": hashlib.sha256(reason.encode()).hexdigest(),
        }
        fact = Fact("RestrictedRevealed", house.clock.now(), by.mark, told)
        await desk.restricted.record(place.ticket_id, fact, reason)
        await desk.commit()
    return plain.decode()


async def tails(house: House, by: Staff, ticket_id: int) -> Sequence[RestrictedValue]:
    """What is kept of a ticket and its reporter, for showing by ``shown`` alone.

    Raises NotFound.
    """
    async with house.open_desk() as desk:
        facts = await desk.restricted.facts(ticket_id)
        if facts is None or not may(by, Right.VIEW, facts):
            raise NotFound(str(ticket_id))
        owners = sorted(await desk.restricted.owners(ticket_id), reverse=True)
        return [one for owner in owners for one in await desk.restricted.of(owner)]


async def find(house: House, by: Staff, field: RestrictedField, typed: str) -> Sequence[str]:
    """Numbers of tickets with exactly this value, among those that the person may see."""
    text = normal(field, typed)
    if not text:
        return []
    digests = house.vault.digests(text, field)
    return await house.reads.with_value(field, digests, scope(by))


async def _refusal(desk: Desk, by: Staff, place: Place, right: Right) -> Refusal | None:
    """Raises NotFound for what the person may not know of, also a value of somebody else."""
    facts = await desk.restricted.facts(place.ticket_id)
    if facts is None or not may(by, Right.VIEW, facts):
        raise NotFound(str(place.ticket_id))
    if place.whose not in await desk.restricted.owners(place.ticket_id):
        raise NotFound(place.whose)
    return None if may(by, right, facts) else NOT_ALLOWED


# --- another key ---------------------------------------------------------------------------------


@value
class Resealed:
    """What became of values that an earlier key sealed.

    Attributes:
        done: sealed with the newest key by now.
        unreadable: no key of ours opens them: an earlier key is missing from the configuration.
    """

    done: int = 0
    unreadable: int = 0


async def reseal(house: House) -> Resealed:
    """Seals everything with the newest key; then earlier keys may leave the configuration.

    Values, the second factors of staff, and what signs outgoing webhooks. Can be ended and begun
    again at any time.
    """
    values, after = Resealed(), ("", "")
    while True:
        async with house.open_desk() as desk:
            held = await desk.restricted.sealed_otherwise(house.vault.key_id, after, BATCH)
            for one in held:
                values = _counted(values, done=await _renewed(house, desk, one))
            await desk.commit()
        if len(held) < BATCH:
            break
        after = (held[-1].owner, held[-1].field)
    secrets = await reseal_subscriptions(house)
    factors = await _factors(house, values)
    return Resealed(factors.done + secrets[True], factors.unreadable + secrets[False])


async def _renewed(house: House, desk: Desk, held: RestrictedValue) -> bool:
    bound = about(held.owner, held.field)
    try:
        plain = house.vault.open(held.sealed, bound)
    except NotFound:
        return False
    digest = house.vault.digest(plain.decode(), held.field)
    await desk.restricted.put(replace(held, sealed=house.vault.seal(plain, bound), digest=digest))
    return True


async def _factors(house: House, so_far: Resealed) -> Resealed:
    """The second factors of staff, likewise."""
    mark, after = house.vault.key_id.encode() + b":", 0
    while True:
        async with house.open_desk() as desk:
            held = await desk.staff.sealed_otherwise(mark, after, BATCH)
            for account in held:
                try:
                    secret = open_totp(house, account)
                except NotFound:
                    so_far = _counted(so_far, done=False)
                    continue
                sealed = seal_totp(house, account.staff, secret)
                await desk.staff.save(replace(account, totp_secret=sealed))
                so_far = _counted(so_far, done=True)
            await desk.commit()
        if len(held) < BATCH:
            return so_far
        after = held[-1].staff.id


def _counted(so_far: Resealed, *, done: bool) -> Resealed:
    return Resealed(so_far.done + done, so_far.unreadable + (not done))
