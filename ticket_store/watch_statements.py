"""What the watch says to the store, the same on both engines."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    TextClause,
    bindparam,
    func,
    or_,
    select,
    text,
    update,
)

from core.model.clock import Pause, SlaClock
from ticket_store.schema import (
    UtcDateTime,
    addresses,
    messages,
    participants,
    pauses,
    sla_clocks,
    staff,
    ticket_work,
    tickets,
    units,
)

# Written out: SQLite uses the partial index only for the very words it was made with.
_OPEN = text("sla_clocks.open")
DUE = (
    select(tickets.c.id)
    .join(sla_clocks, sla_clocks.c.ticket_id == tickets.c.id)
    .where(_OPEN, sla_clocks.c.look_at <= bindparam("now", type_=UtcDateTime))
    .order_by(sla_clocks.c.look_at)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(of=tickets, skip_locked=True)
)


def _after(*conditions: ColumnElement[bool] | TextClause) -> Select[tuple[int]]:
    running = select(sla_clocks.c.ticket_id).where(
        sla_clocks.c.ticket_id == tickets.c.id, _OPEN, *conditions
    )
    return (
        select(tickets.c.id)
        .where(tickets.c.id > bindparam("after"), running.exists())
        .order_by(tickets.c.id)
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(of=tickets)
    )


AFTER = _after()
AFTER_PROVISIONAL = _after(sla_clocks.c.provisional)
IDS: BindParameter[Any] = bindparam("ids", expanding=True)
TICKETS = (
    select(
        *(tickets.c[name] for name in ("id", "number", "status", "priority", "category")),
        *(tickets.c[name] for name in ("channel", "place", "version", "event_seq")),
        tickets.c.event_head,
        tickets.c.language,
        tickets.c.opened_at,
        tickets.c.status_reason,
        *(ticket_work.c[name] for name in ("unit_id", "assignee_id", "about_staff_id")),
        *(ticket_work.c[name] for name in ("escalation", "breached")),
        units.c.code,
        units.c.calendar,
    )
    .join(ticket_work, ticket_work.c.ticket_id == tickets.c.id, isouter=True)
    .join(units, units.c.id == ticket_work.c.unit_id, isouter=True)
    .where(tickets.c.id.in_(IDS))
)
CLOCK_FIELDS = tuple(field.name for field in fields(SlaClock))
PAUSE_FIELDS = tuple(field.name for field in fields(Pause))
CLOCKS = (
    select(sla_clocks.c.ticket_id, *(sla_clocks.c[name] for name in CLOCK_FIELDS))
    .where(sla_clocks.c.ticket_id.in_(IDS))
    .order_by(sla_clocks.c.ticket_id, sla_clocks.c.target)
)
PAUSES = (
    select(pauses.c.ticket_id, *(pauses.c[name] for name in PAUSE_FIELDS))
    .where(pauses.c.ticket_id.in_(IDS))
    .order_by(pauses.c.ticket_id, pauses.c.id)
)

_KEY = ("ticket_id", "target")
MOVED = tuple(name for name in CLOCK_FIELDS if name != "target")
MOVE = (
    update(sla_clocks)
    .where(*(sla_clocks.c[name] == bindparam(f"its_{name}") for name in _KEY))
    .values({name: bindparam(f"new_{name}", type_=sla_clocks.c[name].type) for name in MOVED})
)
ADVANCE = (
    update(tickets)
    .where(tickets.c.id == bindparam("its_id"), tickets.c.version == bindparam("its_version"))
    .values(
        version=tickets.c.version + 1,
        event_seq=bindparam("new_seq"),
        event_head=bindparam("new_head"),
    )
)
ADVANCED = select(func.count()).where(
    tickets.c.id.in_(IDS), tickets.c.event_head.in_(bindparam("heads", expanding=True))
)

_SAID = messages.alias("said")
_LAST = (
    select(_SAID.c.id)
    .where(
        _SAID.c.ticket_id == tickets.c.id,
        _SAID.c.kind != "auto_reply",
        or_(
            _SAID.c.address_id == tickets.c.address_id,
            # By both columns of its key: one row, however many take part.
            select(participants.c.role)
            .where(
                participants.c.address_id == _SAID.c.address_id,
                participants.c.ticket_id == tickets.c.id,
                participants.c.role == "reporter",
            )
            .correlate(_SAID, tickets)
            .exists(),
        ),
    )
    .order_by(_SAID.c.received_at.desc(), _SAID.c.id.desc())
    .limit(1)
    .correlate(tickets)
    .scalar_subquery()
)
WAYS = (
    select(
        tickets.c.id.label("ticket_id"),
        messages.c.channel,
        *(addresses.c[name] for name in ("id", "kind", "value", "muted", "unreachable")),
    )
    .select_from(tickets)
    .join(messages, messages.c.id == _LAST)
    .join(addresses, addresses.c.id == messages.c.address_id)
    .where(tickets.c.id.in_(IDS))
)
STAFF = select(
    *(staff.c[name] for name in ("id", "roles", "unit_id", "email", "phone", "telegram"))
).where(
    staff.c.disabled_at.is_(None),
    or_(staff.c.email != "", staff.c.phone != "", staff.c.telegram != ""),
)
