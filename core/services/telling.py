"""What the citizen is told because somebody acted: notices in the office's words, and letters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.automatic import why_unanswerable
from core.model.enclosing import why_apart, with_link
from core.model.gsm7 import segments
from core.model.notices import notice_text
from core.model.outbox import OutboxDraft, Urgency
from core.model.policy import way_out
from core.model.texts import TextForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from core.model.events import Event
    from core.model.messages import OutboundFile
    from core.model.policy import ChannelTraits, IntakePolicy
    from core.model.work import Letter, Notice, WayBack, WorkTicket

FOLLOWED = frozenset({"resolved", "closed", "rejected", "reopened", "cancelled", "escalated"})
"""Notices that also reach people whose ticket was merged into this one."""


def open_way(
    policy: IntakePolicy, ways: Iterable[WayBack]
) -> tuple[WayBack, ChannelTraits] | None:
    """The first of these places where a door can send to; None: there is none (BW-23)."""
    for way in ways:
        if way.unreachable or why_unanswerable(way.address):
            continue
        via = way_out(policy.channels, way.channel, way.address.kind)
        if via is not None:
            return way, via
    return None


def way_or_page(
    policy: IntakePolicy, ways: Sequence[WayBack]
) -> tuple[WayBack, ChannelTraits] | None:
    """Where texts to the reporter go: a door that sends, else the page of the ticket."""
    found = open_way(policy, ways)
    if found is not None:
        return found
    via = ((way, policy.channels.get(way.channel)) for way in ways)
    return next(((way, one) for way, one in via if one is not None and one.page), None)


def notice_drafts(
    policy: IntakePolicy, ticket: WorkTicket, notices: Sequence[Notice], event: Event
) -> list[OutboxDraft]:
    """Promises to send, one for each notice and reader; a person who wrote STOP gets none.

    Args:
        policy: the office's texts and doors.
        ticket: as it stands after the act.
        notices: what is due.
        event: what it tells of; names the promise, so that it is made once.
    """
    drafts = []
    for notice in notices:
        for way, via in _readers(policy, ticket, notice):
            text = notice_text(notice, ticket, (policy, via.form), event.at)
            key = f"{notice.purpose}:t{ticket.id}:{event.seq}:{way.address_id}"
            files = notice.files if way in ticket.ways else ()
            text, files = _beside(policy, ticket, via, (text, files))
            draft = _draft(notice.purpose, key, text, (ticket, way, via), event)
            drafts.append(replace(draft, files=files))
    return drafts


def _beside(
    policy: IntakePolicy,
    ticket: WorkTicket,
    via: ChannelTraits,
    what: tuple[str, tuple[OutboundFile, ...]],
) -> tuple[str, tuple[OutboundFile, ...]]:
    """Text and files of a notice. A window's end must not hold the notice back with its files."""
    text, files = what
    if files and (via.windowed or why_apart(via.carries, files, text)):
        files = tuple(replace(file, apart=True) for file in files)
        if policy.ticket_link is not None:
            text = with_link(text, policy.ticket_link(ticket.number), ticket.language)
    return text, files


def can_show(policy: IntakePolicy, ticket: WorkTicket, notice: Notice, at: datetime) -> bool:
    """Whether the reporter can be shown the files of a notice: along with it, or on the page.

    Args:
        policy: the office's texts and doors.
        ticket: as it stands after the act.
        notice: with its files.
        at: when it is told; aware UTC.
    """
    found = way_or_page(policy, ticket.ways)
    if found is None or found[0].muted:
        return False
    via = found[1]
    if via.page or policy.ticket_link is not None:
        return True
    text = notice_text(notice, ticket, (policy, via.form), at)
    return not via.windowed and not why_apart(via.carries, notice.files, text)


def _readers(
    policy: IntakePolicy, ticket: WorkTicket, notice: Notice
) -> Iterator[tuple[WayBack, ChannelTraits]]:
    reporter = way_or_page(policy, ticket.ways)
    if reporter and not reporter[0].muted:
        yield reporter
    if notice.purpose not in FOLLOWED:
        return
    told = {reporter[0].address_id} if reporter else set()
    for way in ticket.followers:
        found = open_way(policy, [way])
        if found and not way.muted and way.address_id not in told:
            told.add(way.address_id)
            yield found


def how_files_go(
    policy: IntakePolicy, ticket: WorkTicket, files: Sequence[OutboundFile], text: str
) -> tuple[str, bool]:
    """Why files of an answer do not go along with it ("": they do), and whether it can be sent.

    What a channel does not carry lies on the page of the ticket, and the answer tells where;
    without such a page the answer cannot be sent so.
    """
    found = way_or_page(policy, ticket.ways)
    if found is None:
        return "", True
    why = why_apart(found[1].carries, files, text)
    return why, not why or policy.ticket_link is not None


def letter_draft(
    policy: IntakePolicy, ticket: WorkTicket, letter: Letter, event: Event
) -> OutboxDraft | None:
    """A person's answer, as it is, in the thread of the reporter's last message; None: no way.

    STOP ends notices, not answers.
    """
    found = way_or_page(policy, ticket.ways)
    if found is None:
        return None
    way, via = found
    # The message that is answered comes first in the key: its thread is where the answer stands.
    key = f"answer:{way.message_id or 't'}:{ticket.id}:{event.seq}"
    text, files = letter.text, letter.files
    if policy.ticket_link is not None and why_apart(via.carries, files, text):
        text = with_link(text, policy.ticket_link(ticket.number), ticket.language)
        files = tuple(replace(file, apart=True) for file in files)
    draft = _draft("answer", key, text, (ticket, way, via), event)
    return replace(draft, due_at=event.at + letter.hold, files=files)


def _draft(
    purpose: str,
    key: str,
    text: str,
    where: tuple[WorkTicket, WayBack, ChannelTraits],
    event: Event,
) -> OutboxDraft:
    ticket, way, via = where
    return OutboxDraft(
        key=key,
        purpose=purpose,
        channel=via.id,
        recipient=way.address,
        address_id=way.address_id,
        text=text,
        created_at=event.at,
        ticket_id=ticket.id,
        urgency=Urgency.REPLY if purpose == "answer" else Urgency.NOTICE,
        segments=segments(text).parts if via.form is TextForm.SMS else 0,
    )
