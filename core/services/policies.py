"""The policy of promises that the office changes while it works (requirements §3, BW-14).

What was checked is what is kept, every version stays, and every change is an event. New promises
are made by the new version; running tickets keep what they were promised until their priority or
their matter changes (core/model/clock_times.py).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from core.errors import Conflict
from core.model.act_rules import FARTHEST
from core.model.events import Fact
from core.model.faults import DocumentError, fault
from core.model.policy_documents import (
    LONGEST_DOCUMENT,
    SUBJECT,
    PolicyDocument,
    parse_policy,
)
from core.model.policy_preview import Preview, counted, limits, worked
from core.model.sentences import said
from core.model.staff import Right
from core.model.work import Refusal, RefusalKind
from core.services.house import actor, overtaken, refused

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from core.model.calendar import Calendar
    from core.model.events import Json
    from core.model.faults import Fault
    from core.model.messages import ChannelId
    from core.model.sla import Matter, SlaPolicy
    from core.model.staff import Staff
    from core.ports import Clock, Desk, OpenDesk
    from core.ports.policies import PolicyReads
    from core.ports.units import UnitReads

NOT_THEN: Final = said("Aturan berlaku mulai sekarang atau nanti, paling jauh dua tahun lagi.")
"""To whoever wants another day."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What the services about the policy are handed.

    Attributes:
        channels: ids of the doors that the office has; an override may name no other.
    """

    open_desk: OpenDesk
    clock: Clock
    channels: Collection[ChannelId]
    units: UnitReads
    reads: PolicyReads


async def seed_policy(open_desk: OpenDesk, text: str, now: datetime) -> bool:
    """Lays down the first version, where there is none; whether it did.

    Args:
        open_desk: begins a unit of work.
        text: the office's file, read and found good at the start.
        now: aware UTC.

    Raises:
        StoreUnavailable: nothing was kept.
    """
    try:
        async with open_desk() as desk:
            if await desk.policies.newest() is not None:
                return False
            await _keep(desk, PolicyDocument(1, text, now, "system"), "SlaPolicySeeded", now)
    except Conflict:  # another process was faster
        return False
    return True


async def put_policy(
    book: Rulebook,
    by: Staff | None,
    version: int,
    text: str,
    valid_from: datetime | None = None,
) -> PolicyDocument | Refusal:
    """Lays down a new version; it holds from now on, or from a later instant by itself.

    One that was laid down for a day holds from that day on, whatever was laid down since for an
    earlier one; another for the same day takes its place.

    Args:
        book: the ports.
        by: who does it; None is the command line.
        version: as ``by`` saw it; 0: there was none yet.
        text: TOML.
        valid_from: aware; None: at once.

    Raises:
        Conflict: somebody else was faster; trying again tells what is there.
        StoreUnavailable: nothing was kept.
    """
    now = book.clock.now()
    if refusal := refused(by, Right.ADMIN_POLICIES) or _wrong_day(valid_from, now):
        return refusal
    async with book.open_desk() as desk:
        before = await desk.policies.newest()
        held = before.version if before else 0
        if held != version:
            sentence = said(
                "Aturan janji baru saja diubah orang lain. Muat ulang, lalu coba lagi."
            )
            return await overtaken(desk, SUBJECT, sentence, held, version)
        if before and await _is_that(book, before, (text, valid_from), now):
            return before
        meant = await _checked(replace(book, units=desk.units), text)
        if isinstance(meant, Refusal):
            return meant
        made = PolicyDocument(held + 1, text, valid_from or now, actor(by))
        await _keep(desk, made, "SlaPolicyChanged", now)
    return made


def _wrong_day(valid_from: datetime | None, now: datetime) -> Refusal | None:
    if valid_from is None or now <= valid_from <= now + FARTHEST:
        return None
    return Refusal(RefusalKind.INVALID, NOT_THEN, "valid_from")


async def _is_that(
    book: Rulebook, newest: PolicyDocument, wanted: tuple[str, datetime | None], now: datetime
) -> bool:
    """Whether what is wanted is there already, and holds or will hold when it should."""
    text, valid_from = wanted
    if newest.document != text:
        return False
    if valid_from is not None:
        return valid_from == newest.valid_from
    return await book.reads.holding_version(now) == newest.version


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a policy before it holds.

    Attributes:
        text: the policy that is meant.
        held: the one that holds.
        calendar: on which the receipts are counted.
        receipts: aware.
        matter: of the messages, for overrides.
    """

    text: str
    held: SlaPolicy
    calendar: Calendar
    receipts: Sequence[datetime]
    matter: Matter


async def preview_policy(book: Rulebook, by: Staff, asked: Question) -> Preview | Refusal:
    """What a policy would change; nothing is kept. Raises StoreUnavailable."""
    if refusal := refused(by, Right.ADMIN_POLICIES):
        return refusal
    meant = await _checked(book, asked.text)
    if isinstance(meant, Refusal):
        return meant
    both = (asked.held, meant)
    running, differing = counted(both, await book.reads.running())
    receipts = worked(asked.calendar, both, asked.receipts, asked.matter)
    return Preview(receipts, limits(both), running, differing)


async def _checked(book: Rulebook, text: str) -> SlaPolicy | Refusal:
    if len(text) > LONGEST_DOCUMENT:
        sentence = said("Dokumen paling banyak {most} karakter.", most=LONGEST_DOCUMENT)
        return Refusal(RefusalKind.INVALID, sentence, "document")
    try:
        meant = parse_policy(text)
    except DocumentError as error:
        return _faulty(error.faults)
    units = {unit.code for unit in await book.units.units(retired=True)}
    faults = _strangers(meant, units, {str(channel) for channel in book.channels})
    return _faulty(faults) if faults else meant


def _strangers(
    policy: SlaPolicy, units: Collection[str], channels: Collection[str]
) -> list[Fault]:
    """Overrides that would never fit a ticket: nobody would find the slip of the pen."""
    faults = []
    for place, override in enumerate(policy.overrides, start=1):
        matter = override.matter
        if matter.unit and matter.unit not in units:
            words = "%(key)s: expected the code of a unit"
            faults.append(fault(words, key=f"override {place}.unit"))
        if matter.channel and matter.channel not in channels:
            known = ", ".join(sorted(channels))
            words = "%(key)s: expected one of %(names)s"
            faults.append(fault(words, key=f"override {place}.channel", names=known))
    return faults


def _faulty(faults: Sequence[Fault]) -> Refusal:
    sentence = said(
        "Aturan janji belum dapat dipakai: {faults}.", faults="; ".join(map(str, faults))
    )
    return Refusal(RefusalKind.INVALID, sentence, "document", faults=tuple(faults))


async def _keep(desk: Desk, made: PolicyDocument, kind: str, now: datetime) -> None:
    await desk.policies.put(made)
    digest = hashlib.sha256(made.document.encode("utf-8", "surrogatepass")).hexdigest()
    told: dict[str, Json] = {"version": made.version, "sha256": digest}
    if made.valid_from > now:
        told["valid_from"] = made.valid_from.isoformat()
    fact = Fact(kind, now, made.changed_by, told)
    await desk.admin_history.append(SUBJECT, [fact])
    await desk.commit()
