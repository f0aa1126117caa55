"""From the rows of one ticket to a ``WorkTicket``: the same for acts and for reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, literal, or_, select

from core.model.clock import Pause, SlaClock
from core.model.messages import Address, AddressKind, ChannelId
from core.model.stock import StockCheck
from core.model.ticket import Priority, Status
from core.model.work import Visit, WayBack, WorkTicket
from ticket_store.quick import asked
from ticket_store.schema import (
    addresses,
    approvals,
    events,
    messages,
    outbox,
    participants,
    pauses,
    sla_clocks,
    staff,
    stock_checks,
    ticket_work,
    tickets,
    units,
    visits,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import BindParameter, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from ticket_store.standing import Found

REPORTER, FOLLOWER = "reporter", "follower"
"""Roles of participants whose ways out count: the reporter by another address, and people of
tickets that were merged into this one."""

WAYS = 20
"""Messages looked at for ways back; a person with more addresses than that is a machine."""

PLAIN = (
    *("kind", "unit_id", "unit_name", "region_id", "assignee_id", "created_by", "progress"),
    *("form", "form_label"),
    *("substep", "work_done", "solution", "cause", "obstacles", "client_note", "visit_at"),
    *("escalation", "breached", "asked_escalation", "objected", "merged_into", "linked_to"),
    *("sensitive", "about_staff_id", "internal_measure", "external_ref", "affected"),
    *("answered_at", "answered_by", "noticed_at", "approval"),
)
"""Columns of ``ticket_work`` whose names are those of the fields."""

_TICKET: BindParameter[int] = bindparam("ticket_id")
_MERGED = tickets.alias("merged")
_LINKED = tickets.alias("linked")
_BY_NUMBER = (
    select(
        tickets,
        *(ticket_work.c[name].label(f"work_{name}") for name in PLAIN),
        ticket_work.c.ticket_id.label("touched"),
        units.c.code.label("unit_code"),
        units.c.calendar.label("unit_calendar"),
        staff.c.name.label("assignee_name"),
        _MERGED.c.number.label("merged_number"),
        _LINKED.c.number.label("linked_number"),
        addresses.c.contact_id.label("contact_id"),
        addresses.c.kind.label("reporter_kind"),
    )
    .join(addresses, addresses.c.id == tickets.c.address_id)
    .join(ticket_work, ticket_work.c.ticket_id == tickets.c.id, isouter=True)
    .join(units, units.c.id == ticket_work.c.unit_id, isouter=True)
    .join(staff, staff.c.id == ticket_work.c.assignee_id, isouter=True)
    .join(_MERGED, _MERGED.c.id == ticket_work.c.merged_into, isouter=True)
    .join(_LINKED, _LINKED.c.id == ticket_work.c.linked_to, isouter=True)
    .where(tickets.c.number == bindparam("number"))
)
_CLOCK_FIELDS = tuple(SlaClock.__dataclass_fields__)
_PAUSE_FIELDS = tuple(Pause.__dataclass_fields__)
_VISIT_FIELDS = tuple(Visit.__dataclass_fields__)
_CLOCKS = (
    select(*(sla_clocks.c[name] for name in _CLOCK_FIELDS))
    .where(sla_clocks.c.ticket_id == _TICKET)
    .order_by(sla_clocks.c.target)
)
_PAUSES = (
    select(*(pauses.c[name] for name in _PAUSE_FIELDS))
    .where(pauses.c.ticket_id == _TICKET)
    .order_by(pauses.c.id)
)
_VISIT = (
    select(*(visits.c[name] for name in _VISIT_FIELDS))
    .where(visits.c.ticket_id == _TICKET, visits.c.departed_at.is_(None))
    .order_by(visits.c.id.desc())
    .limit(1)
)
_STOCK_FIELDS = tuple(StockCheck.__dataclass_fields__)
_STOCK = (
    select(*(stock_checks.c[name] for name in _STOCK_FIELDS))
    .where(stock_checks.c.ticket_id == _TICKET)
    .order_by(stock_checks.c.id)
)
_APPROVALS = (
    select(approvals.c.phase, approvals.c.approved, approvals.c.decided_at)
    .where(approvals.c.ticket_id == _TICKET)
    .order_by(approvals.c.id)
)
_REJECTED = (
    select(events.c.actor)
    .where(events.c.ticket_id == _TICKET, events.c.kind == "Rejected")
    .order_by(events.c.seq.desc())
    .limit(1)
)


def _taking_part(role: str) -> Select[tuple[int]]:
    return select(participants.c.address_id).where(
        participants.c.ticket_id == _TICKET, participants.c.role == role
    )


_WAY = (
    addresses.c.id.label("address_id"),
    addresses.c.kind,
    addresses.c.value,
    addresses.c.muted,
    addresses.c.unreachable,
)
_WRITTEN = (
    select(messages.c.channel, messages.c.id.label("message_id"), *_WAY)
    .join(addresses, addresses.c.id == messages.c.address_id)
    .where(
        messages.c.ticket_id == _TICKET,
        messages.c.kind != "auto_reply",
        or_(
            messages.c.address_id == bindparam("address_id"),
            messages.c.address_id.in_(_taking_part(REPORTER)),
        ),
    )
    .order_by(messages.c.received_at.desc(), messages.c.id.desc())
    .limit(WAYS)
)
# Where somebody wrote to us only on a page: the door by which we wrote to them.
_SENT = (
    select(outbox.c.channel, literal(0).label("message_id"), *_WAY)
    .join(addresses, addresses.c.id == outbox.c.address_id)
    .where(
        outbox.c.ticket_id == _TICKET,
        or_(
            outbox.c.address_id == bindparam("address_id"),
            outbox.c.address_id.in_(_taking_part(REPORTER)),
        ),
    )
    .order_by(outbox.c.created_at.desc(), outbox.c.id.desc())
    .limit(WAYS)
)
# Followers wrote in another ticket: the last place where they wrote at all.
_FOLLOWED = (
    select(messages.c.channel, messages.c.id.label("message_id"), *_WAY)
    .join(addresses, addresses.c.id == messages.c.address_id)
    .where(
        messages.c.id.in_(
            select(
                select(messages.c.id)
                .where(messages.c.address_id == participants.c.address_id)
                .order_by(messages.c.received_at.desc(), messages.c.id.desc())
                .limit(1)
                .correlate(participants)
                .scalar_subquery()
            ).where(participants.c.ticket_id == _TICKET, participants.c.role == FOLLOWER)
        )
    )
    .order_by(messages.c.id)
)


async def read_work(connection: AsyncConnection, number: str) -> WorkTicket | None:
    """The ticket as it stands in this transaction; None when there is none."""
    found = await asked(connection, _BY_NUMBER, {"number": number})
    if not found:
        return None
    row = found[0]._asdict()
    held = {"ticket_id": row["id"], "address_id": row["address_id"]}

    async def ask(statement: Select[*tuple[Any, ...]]) -> Sequence[Found]:
        return await asked(connection, statement, held)

    touched = row["touched"] is not None
    decided = await ask(_APPROVALS) if touched else ()
    status = Status(row["status"])
    work = _worked(row, status, decided) if touched else {}
    if work.get("objected") and status in (Status.REJECTED, Status.UNDER_REVIEW):
        work["objection_open"] = not any(one.phase == "objection" for one in decided)
        work["rejected_by"] = next((one.actor for one in await ask(_REJECTED)), "")
    visit = next(iter(await ask(_VISIT)), None) if touched else None
    written = [*await ask(_WRITTEN), *await ask(_SENT)]
    return WorkTicket(
        **_itself(row, status),
        **work,
        clocks=tuple(_clock(one, row) for one in await ask(_CLOCKS)),
        pauses=tuple(Pause(*one) for one in await ask(_PAUSES)) if touched else (),
        ways=_ways(written),
        followers=_ways(await ask(_FOLLOWED)),
        visit=Visit(*visit) if visit is not None else None,
        stock=tuple(StockCheck(*one) for one in await ask(_STOCK)) if touched else (),
    )


_ITSELF = (
    *("id", "number", "status_at", "opened_at", "subject", "description", "address_id"),
    *("version", "event_seq", "event_head", "category", "unit_hint", "place", "language"),
    "ended_at",
)


def _itself(row: Mapping[str, Any], status: Status) -> dict[str, Any]:
    hint = row["priority_hint"]
    return {
        **{name: row[name] for name in _ITSELF},
        "status": status,
        "priority": Priority(row["priority"]),
        "priority_hint": Priority(hint) if hint else None,
        "channel": ChannelId(row["channel"]),
        "reason": row["status_reason"],
        "contacts": row["contact_count"],
        # A label that cannot be written to cannot be asked either: its wait would have no end.
        "registered": row["contact_id"] is not None
        or row["reporter_kind"] == AddressKind.SENDER_LABEL,
    }


def _worked(row: Mapping[str, Any], status: Status, decided: Sequence[Found]) -> dict[str, Any]:
    """What staff have written; what an answer of the citizen has overtaken counts no more."""
    work = {name: row[f"work_{name}"] for name in PLAIN}
    waits = {"before": status.running, "after": status is Status.RESOLVED}
    if not waits.get(work["approval"], False):
        work["approval"] = ""
    if status is not Status.RESOLVED:
        work["noticed_at"] = None
    if status not in (Status.RESOLVED, Status.CLOSED):
        work["work_done"] = False
    before = [one for one in decided if one.phase == "before" and one.decided_at is not None]
    work["approved"] = bool(before and before[-1].approved)
    for name in ("unit_code", "unit_calendar", "assignee_name", "merged_number", "linked_number"):
        work[name] = row[name] or ""
    return work


def _clock(one: Found, row: Mapping[str, Any]) -> SlaClock:
    values = dict(zip(_CLOCK_FIELDS, one, strict=True))
    values["started_at"] = values["started_at"] or row["opened_at"]
    return SlaClock(**values)


def _ways(found: Iterable[Found]) -> tuple[WayBack, ...]:
    """One for each door and address, in the order found."""
    ways: dict[tuple[str, int], WayBack] = {}
    for row in found:
        address = Address(AddressKind(row.kind), row.value)
        way = WayBack(
            ChannelId(row.channel),
            address,
            row.address_id,
            row.message_id,
            row.muted,
            row.unreachable,
        )
        ways.setdefault((row.channel, row.address_id), way)
    return tuple(ways.values())
