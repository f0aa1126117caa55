"""Outgoing webhooks: who is told of events is named, renewed, resumed and removed by people.

The secret that signs is made here, shown once, and kept sealed. Every change is an event on the
subscription's own chain; of its address the history keeps the host, and binds the rest.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from core.errors import Conflict, NotFound
from core.model.events import Fact
from core.model.restricted import Sealed
from core.model.rights import may, scope
from core.model.sentences import said
from core.model.staff import Right
from core.model.stream import Only
from core.model.subscription import Subscription, url_fault
from core.model.value import value
from core.model.work import Refusal, RefusalKind
from core.services.entry import with_grants
from core.services.house import actor, refused

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from core.model.events import Json
    from core.model.staff import Staff
    from core.ports import Desk
    from core.ports.audit import EventStream, SubscriptionReads
    from core.ports.staff import Vault
    from core.services.house import House

MOST: Final = 50
"""Subscriptions at the same time: each is served on its own."""

LONGEST_NAME: Final = 80
SECRET_BYTES: Final = 32
NEEDS: Final = Right.ADMIN_CHANNELS
"""What is said to whom outside is a matter of channels."""

_KIND: Final = re.compile(r"[A-Za-z]{1,60}")
BATCH: Final = 200

NO_SUCH: Final = Refusal(
    RefusalKind.INVALID, said("Langganan ini tidak ada. Periksa daftar langganan."), "subscription"
)


@value
class SubscriptionDraft:
    """A subscription as asked for; see :class:`Subscription` for the fields."""

    name: str
    url: str
    kinds: frozenset[str] = frozenset()
    unit_id: int | None = None


@value
class MadeSubscription:
    """A subscription with the secret that is shown once; a receiver uses its ASCII bytes."""

    subscription: Subscription
    secret: str


NO_SUCH_UNIT: Final = Refusal(
    RefusalKind.INVALID, said("Unit ini tidak ada. Periksa daftar unit."), "unit_id"
)
ENOUGH: Final = Refusal(
    RefusalKind.ALREADY,
    said("Paling banyak {most} langganan. Hapus yang tidak dipakai lagi.", most=MOST),
)


async def add_subscription(
    house: House,
    by: Staff | None,
    draft: SubscriptionDraft,
    stream: EventStream,
    inside: Collection[str],
) -> MadeSubscription | Refusal:
    """It is told of what happens from now on. ``by`` None is the command line.

    Args:
        house: the ports.
        by: whose reach it has from then on.
        draft: as asked for.
        stream: for the place where it begins.
        inside: receivers in the office's own network (:func:`url_fault`).
    """
    if refusal := refused(by, NEEDS) or _fault(draft, inside):
        return refusal
    now, position = house.clock.now(), await stream.end()
    async with house.open_desk() as desk:
        if await desk.subscriptions.count() >= MOST:
            return ENOUGH
        try:
            added = await desk.subscriptions.add(_asked(draft, position, actor(by), now))
        except Conflict:
            return NO_SUCH_UNIT
        made = _with_secret(house.vault, added)
        await desk.subscriptions.save(made.subscription)
        told: dict[str, Json] = {
            "host": urlsplit(draft.url).hostname,
            "url_sha256": hashlib.sha256(draft.url.encode()).hexdigest(),
            "kinds": [*sorted(draft.kinds)],
            "unit": draft.unit_id,
        }
        await _note(desk, added, Fact("SubscriptionAdded", now, actor(by), told))
        await desk.commit()
    return made


def _asked(draft: SubscriptionDraft, position: str, who: str, now: datetime) -> Subscription:
    return Subscription(
        id=0,
        name=draft.name.strip(),
        url=draft.url,
        secret=b"",
        kinds=draft.kinds,
        unit_id=draft.unit_id,
        position=position,
        due_at=now,
        created_at=now,
        created_by=who,
    )


def _fault(draft: SubscriptionDraft, inside: Collection[str]) -> Refusal | None:
    name = draft.name.strip()
    if not name or len(name) > LONGEST_NAME:
        sentence = said("Nama langganan 1 sampai {most} karakter.", most=LONGEST_NAME)
        return Refusal(RefusalKind.INVALID if name else RefusalKind.MISSING, sentence, "name")
    if fault := url_fault(draft.url, inside):
        return Refusal(RefusalKind.INVALID, fault, "url")
    if any(not _KIND.fullmatch(kind) for kind in draft.kinds):
        sentence = said("Jenis peristiwa memakai huruf saja, misalnya Assigned atau Resolved.")
        return Refusal(RefusalKind.INVALID, sentence, "kinds")
    return None


async def renew_secret(
    house: House, by: Staff | None, subscription_id: int
) -> MadeSubscription | Refusal:
    """Another secret, at once: what is sent from now on is signed with it."""
    if refusal := refused(by, NEEDS):
        return refusal
    async with house.open_desk() as desk:
        found = await desk.subscriptions.one(subscription_id)
        if found is None:
            return NO_SUCH
        made = _with_secret(house.vault, found)
        await desk.subscriptions.save(made.subscription)
        fact = Fact("SubscriptionSecretRenewed", house.clock.now(), actor(by), {})
        await _note(desk, found, fact)
        await desk.commit()
    return made


async def resume_subscription(
    house: House, by: Staff | None, subscription_id: int, *, skip_to: str | None = None
) -> Subscription | Refusal:
    """Sends again what a paused one has missed; it has the reach of who resumes it.

    Args:
        house: the ports.
        by: who does it.
        subscription_id: which.
        skip_to: a place in the stream (its end): leave out what was missed. None: nothing.
    """
    if refusal := refused(by, NEEDS):
        return refusal
    now = house.clock.now()
    async with house.open_desk() as desk:
        found = await desk.subscriptions.one(subscription_id)
        if found is None:
            return NO_SUCH
        alive = replace(
            found,
            position=skip_to or found.position,
            due_at=now,
            attempt=0,
            code="",
            failing_since=None,
            paused_at=None,
            created_by=actor(by),
        )
        await desk.subscriptions.save(alive)
        told: dict[str, Json] = {"skipped": skip_to is not None}
        await _note(desk, found, Fact("SubscriptionResumed", now, actor(by), told))
        await desk.commit()
    return alive


async def remove_subscription(
    house: House, by: Staff | None, subscription_id: int
) -> Refusal | None:
    """Nothing is sent there any more; its history stays."""
    if refusal := refused(by, NEEDS):
        return refusal
    async with house.open_desk() as desk:
        found = await desk.subscriptions.one(subscription_id)
        if found is None:
            return NO_SUCH
        await desk.subscriptions.drop(subscription_id)
        fact = Fact("SubscriptionRemoved", house.clock.now(), actor(by), {})
        await _note(desk, found, fact)
        await desk.commit()
    return None


async def subscriptions_of(
    reads: SubscriptionReads, by: Staff | None
) -> Sequence[Subscription] | Refusal:
    """All of them; whoever shows them leaves out the secret."""
    return refused(by, NEEDS) or await reads.all()


# --- what the one who delivers asks ----------------------------------------------------------


async def reach_of(
    house: House, reads: SubscriptionReads, subscription: Subscription
) -> Only | None:
    """Which events it may be told of now; None: whoever named it may not name any more."""
    units = None
    if subscription.unit_id is not None:
        units = await reads.units_below(subscription.unit_id)
    if subscription.owner_id is None:
        return Only(None, subscription.kinds, units)
    try:
        owner = await with_grants(house, await house.reads.one(subscription.owner_id))
    except NotFound:
        return None
    return Only(scope(owner), subscription.kinds, units) if may(owner, NEEDS) else None


async def note_pause(house: House, subscription: Subscription, now: datetime) -> None:
    """Writes down that deliveries stopped, and why."""
    told: dict[str, Json] = {"code": subscription.code, "attempts": subscription.attempt}
    async with house.open_desk() as desk:
        await _note(desk, subscription, Fact("SubscriptionPaused", now, "system", told))
        await desk.commit()


def open_secret(vault: Vault, subscription: Subscription) -> bytes:
    """The bytes that sign. Raises NotFound: no key of ours opens it."""
    key_id, _, sealed = subscription.secret.partition(b":")
    return vault.open(Sealed(key_id.decode("ascii", "replace"), sealed), subscription.about)


def _with_secret(vault: Vault, subscription: Subscription) -> MadeSubscription:
    secret = secrets.token_urlsafe(SECRET_BYTES)
    return MadeSubscription(_sealed(vault, subscription, secret.encode()), secret)


def _sealed(vault: Vault, subscription: Subscription, secret: bytes) -> Subscription:
    sealed = vault.seal(secret, subscription.about)
    return replace(subscription, secret=sealed.key_id.encode() + b":" + sealed.sealed)


async def reseal_subscriptions(house: House) -> Mapping[bool, int]:
    """Seals secrets with the newest key; how many could be opened, and how many not."""
    mark, after = house.vault.key_id.encode() + b":", 0
    done = {True: 0, False: 0}
    while True:
        async with house.open_desk() as desk:
            held = await desk.subscriptions.sealed_otherwise(mark, after, BATCH)
            for one in held:
                try:
                    secret = open_secret(house.vault, one)
                except NotFound:
                    done[False] += 1
                    continue
                await desk.subscriptions.save(_sealed(house.vault, one, secret))
                done[True] += 1
            await desk.commit()
        if len(held) < BATCH:
            return done
        after = held[-1].id


async def _note(desk: Desk, subscription: Subscription, fact: Fact) -> None:
    await desk.admin_history.append(subscription.about, [fact])
