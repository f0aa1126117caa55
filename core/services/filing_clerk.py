"""Turns decisions into rows, while what is known of each sender moves on within the batch.

Two messages of one sender in one batch behave as if one came after the other: the clerk changes
its picture of sender and ticket after each, exactly as the store would.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from core.model.case import Case, Decision
from core.model.command_rules import command_rule
from core.model.decision import decide
from core.model.events import GENESIS, Event, Fact, Json, chain
from core.model.filing import FiledMessage, Filing, WorkChange
from core.model.limits import OPENED_KEPT, UNTOLD_KEPT, remembered
from core.model.messages import Address, InboundMessage, Outcome, Receipt
from core.model.numbers import TicketNumber
from core.model.reading import read_intent
from core.model.registration import INVITED
from core.model.ticket import KnownTicket, Priority, Sender, Status
from core.services.answering import Answers, Asked, answer
from core.services.filing_beside import (
    FLAGGED_AT,
    asks_something,
    awaited_remark,
    entry_change,
    moved_on,
    of_month,
    open_survey,
    origin_of,
    origin_told,
    survey_write,
    work_change,
)
from core.services.filing_clocks import duty_call, promised, renew, told_promises, wait, waits
from core.services.filing_rows import (
    Draft,
    as_changed,
    as_inserted,
    as_seen,
    bound,
    clock_rows,
    ending_row,
    new_ticket,
    remembered_row,
    with_changed,
)
from core.services.inviting import invite, why_it_waits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.intent import Intent
    from core.model.policy import IntakePolicy
    from core.ports import MessageKey
    from core.services.readings import Reading, Supplies


@dataclass(slots=True)
class FilingClerk:
    """Files one batch. Made per batch, thrown away after.

    Attributes:
        senders: what is known of each sender, moving on with each message.
        threads: ticket numbers by (channel, provider id) of the messages replied to.
        guests: tickets by number that messages point to though their senders have no part in them.
        counted: ids of addresses of whose owners a survey counts in this month already; filled
            only where the office counts one a month.
        earlier: by address id, the ticket that its owner opened last; filled only where the office
            wants one complaint a month.
        wishes: events by ticket number of those for which escalation was asked in this batch, and
            for which the mark did not stand yet.
    """

    policy: IntakePolicy
    senders: dict[Address, Sender]
    threads: dict[MessageKey, str]
    supplies: Supplies
    guests: dict[str, KnownTicket] = field(default_factory=dict)
    counted: set[int] = field(default_factory=set)
    earlier: dict[int, KnownTicket] = field(default_factory=dict)
    wishes: dict[str, Event] = field(default_factory=dict)
    _filing: Filing = field(default_factory=Filing)
    _drafts: dict[int, Draft] = field(default_factory=dict)
    _touched: dict[int, Sender] = field(default_factory=dict)

    def decide(self, reading: Reading) -> Decision:
        """Decides with what is known now."""
        message = reading.message
        threaded = self._threaded(reading)
        guest = self._guest(threaded) if threaded else None
        case = Case(
            message=message,
            intent=reading.intent,
            sender=self._as_of_now(self.senders[message.sender]),
            policy=self.policy,
            now=message.received_at,
            automatic=reading.automatic,
            unanswerable=reading.unanswerable,
            threaded=threaded,
            guest=guest,
        )
        return decide(case, command_rule)

    def foreign_threads(self, readings: Sequence[Reading]) -> list[str]:
        """Numbers that messages point to and whose tickets their senders have no part in."""
        found = set()
        for reading in readings:
            number = self._threaded(reading)
            known = self.senders[reading.message.sender].tickets if number else ()
            if number and all(ticket.number != number for ticket in known):
                found.add(number)
        return sorted(found)

    def mark(self, message: InboundMessage) -> None:
        """Moves the bookmark of the place where a message was read, whatever becomes of it."""
        if message.bookmark:
            self._filing.bookmarks[message.bookmark.name] = message.bookmark.mark

    def _threaded(self, reading: Reading) -> str | None:
        """The ticket that a secret token or a reply reference points to."""
        if reading.message.proven:
            return reading.message.proven
        keys = reading.points_to
        return next((self.threads[key] for key in keys if key in self.threads), None)

    def _guest(self, number: str) -> KnownTicket | None:
        """A ticket as this batch has left it so far, seen by somebody without a part in it."""
        drafts = (draft.ticket for draft in self._drafts.values())
        changed = next((ticket for ticket in drafts if ticket.number == number), None)
        return replace(changed, mine=False) if changed else self.guests.get(number)

    def file(self, reading: Reading, decision: Decision, split_text: str = "") -> Receipt:
        """Adds the rows of one decided message.

        Args:
            reading: the message, read.
            decision: what becomes of it.
            split_text: for BARU, the text of the message that becomes its own ticket.
        """
        message_id = next(self.supplies.messages)
        sender = self._as_of_now(self.senders[reading.message.sender])
        if decision.outcome is Outcome.OPENED:
            ticket: KnownTicket | None = self._open(reading, decision, (message_id, split_text))
        else:
            ticket = self._touch(reading, decision, message_id)
        intent = reading.intent
        asked = Asked(message_id, reading.message, intent.subject, ticket, sender, intent.language)
        answers = answer(asked, decision, self.policy)
        invite(asked, answers, self.policy)
        self._filing.outbox += answers.drafts
        self._remember(asked, decision, answers)
        if ticket:
            self.threads[reading.key] = ticket.number
            if reading.message.thread_id:
                self.threads[reading.message.channel, reading.message.thread_id] = ticket.number
        self._filing.messages.append(
            FiledMessage(
                id=message_id,
                message=reading.message,
                address_id=sender.address_id,
                outcome=decision.outcome,
                kind=decision.kind,
                ticket_id=ticket.id if ticket else None,
                number=ticket.number if ticket else None,
                language=reading.intent.language,
                silence=answers.silence or decision.silence,
                note=decision.note,
            )
        )
        told = told_promises(ticket) if ticket and self._tells(reading.message) else ()
        return Receipt(decision.outcome, ticket.number if ticket else None, promises=told)

    def _tells(self, message: InboundMessage) -> bool:
        """Whether the door names the times in its own answer."""
        return bool(self.policy.channels[message.channel].tells)

    def text_of(self, message_id: int) -> str:
        """The text of a message of this batch, "" for those of others."""
        filed = (m.message.text for m in self._filing.messages if m.id == message_id)
        return next(filed, "")

    def closed_filing(self) -> Filing:
        """All rows of the batch; the clerk must not be used afterwards."""
        for draft in self._drafts.values():
            ticket = draft.ticket
            if draft.new:
                self._filing.tickets.append(as_inserted(draft.new, ticket, draft.contacts))
            else:
                self._filing.changes.append(as_changed(draft))
                self._filing.clocks += clock_rows(draft)
                ending = ending_row(draft)
                if ending:
                    self._filing.endings.append(ending)
        self._filing.senders += [remembered_row(sender) for sender in self._touched.values()]
        return self._filing

    def _as_of_now(self, sender: Sender) -> Sender:
        """The sender, with tickets as other senders of this batch have left them."""
        drafts = self._drafts
        if not any(known.id in drafts for known in sender.tickets):
            return sender
        tickets = (
            as_seen(drafts[known.id].ticket, known) if known.id in drafts else known
            for known in sender.tickets
        )
        return replace(sender, tickets=tuple(tickets))

    def _open(self, reading: Reading, decision: Decision, origin: tuple[int, str]) -> KnownTicket:
        """A new ticket from this message, or for BARU from the text of an earlier one."""
        message, (message_id, split_text) = reading.message, origin
        intent = self._reread(split_text) if split_text else reading.intent
        year = message.received_at.astimezone(self.policy.zone).year % 100
        number = TicketNumber(self.policy.prefix, year, next(self.supplies.sequences[year]))
        made = promised(self.policy, Priority.NORMAL, intent.category or "other", message)
        data = bound(message, message_id) | {
            "number": str(number),
            "channel": message.channel,
            "priority": Priority.NORMAL,
            **{promise.target: promise.due_at.isoformat() for promise in made},
        }
        if intent.medical:
            made = (*made, duty_call(message.received_at))
        earlier = self.earlier_of(reading, decision)
        data |= origin_told(message, decision, earlier)
        if entered := entry_change(number.ticket_id, message):
            self._filing.works.append(entered)
        fact = Fact("TicketOpened", message.received_at, "reporter", data)
        event = chain(number.ticket_id, 1, GENESIS, fact)
        self._filing.events.append(event)
        ticket = KnownTicket(
            id=number.ticket_id,
            number=str(number),
            status=Status.RECEIVED,
            priority=Priority.NORMAL,
            opened_at=message.received_at,
            status_at=message.received_at,
            promises=made,
            version=1,
            event_seq=event.seq,
            event_head=event.hash,
            match_text=intent.match_text,
            channel=message.channel,
            category=intent.category or "other",
            reason=why_it_waits(self.policy, self.senders[message.sender], message),
        )
        # BUKA too late, and no word more: the note says what it is about.
        without = "(lampiran)" if message.attachments else decision.note or "(tanpa isi)"
        intent = intent if intent.subject else replace(intent, subject=without)
        new = new_ticket(ticket, message, intent, self._sender_id(message))
        self._drafts[ticket.id] = Draft(ticket, 1, new)
        if decision.split_from or decision.continues or earlier:
            self._link(ticket, reading, decision)
        if self.policy.monthly_limit:
            self.earlier[self._sender_id(message)] = ticket
        return ticket

    def _touch(self, reading: Reading, decision: Decision, message_id: int) -> KnownTicket | None:
        """The ticket a message goes to, with its event, status and promises."""
        if decision.ticket is None:
            return None
        message, known = reading.message, decision.ticket
        draft = self._drafts.setdefault(known.id, Draft(known, known.version))
        draft.ticket = replace(draft.ticket, mine=known.mine)
        data = bound(message, message_id) | dict(decision.data)
        if decision.status:
            data |= {"from": known.status, "to": decision.status, "reason": decision.reason}
            draft.ticket = replace(
                draft.ticket,
                status=decision.status,
                status_at=message.received_at,
                reason=decision.reason,
            )
        if decision.renew:
            data |= renew(self.policy, draft, message)
        if waits(message, reading.intent.kind, decision):
            data |= wait(self.policy, draft, message, medical=reading.intent.medical)
        event = self._append(draft, decision.fact, message, data)
        if decision.fact == "EscalationAsked" and not draft.ticket.work.asked_escalation:
            self.wishes[draft.ticket.number] = event
        self._count(draft, decision, message)
        self._beside(draft, reading, decision)
        return draft.ticket

    def _count(self, draft: Draft, decision: Decision, message: InboundMessage) -> None:
        """The third time that a citizen has to ask raises a flag, once (KM-06)."""
        if not asks_something(draft.ticket, decision):
            return
        ticket = draft.ticket
        draft.contacts += 1
        draft.ticket = replace(ticket, contacts=ticket.contacts + 1)
        if draft.ticket.contacts == FLAGGED_AT and ticket.status.running:
            flag: dict[str, Json] = {"contacts": FLAGGED_AT}
            self._append(draft, "ContactFlagged", message, flag, "system")

    def _beside(self, draft: Draft, reading: Reading, decision: Decision) -> None:
        """What the message does to work and survey of its ticket; most do nothing there."""
        change = work_change(draft.ticket, decision, reading.message.received_at)
        if change:
            self._filing.works.append(change)
        sender = self.senders[reading.message.sender]
        counted = sender.address_id in self.counted
        taken = (sender, reading.message, decision)
        write = survey_write(self.policy, draft.ticket, taken, counted)
        if write:
            self._filing.surveys.append(write)
            if write.counted:
                self.counted.add(sender.address_id)
        if change or write:
            draft.ticket = replace(draft.ticket, work=moved_on(draft.ticket.work, change, write))

    def earlier_of(self, reading: Reading, decision: Decision) -> KnownTicket | None:
        """The ticket of the same person and month that a new one is linked to (LL-11)."""
        found = self.earlier.get(self._sender_id(reading.message))
        return of_month(found, decision, reading.message.received_at, self.policy.zone)

    def _link(self, new: KnownTicket, reading: Reading, decision: Decision) -> None:
        """A ticket that goes on from another, was split off, or is not the first of its month."""
        earlier = self.earlier_of(reading, decision)
        origin = earlier or origin_of(self.senders[reading.message.sender], decision)
        if origin is None:
            return
        draft = self._drafts.setdefault(origin.id, Draft(origin, origin.version))
        at = reading.message.received_at
        self._filing.works.append(WorkChange(new.id, at, linked_to=origin.id))
        data: dict[str, Json] = {"into": new.number}
        if decision.split_from:
            data["message"] = decision.split_from[0]
        other = "RepeatedInMonth" if earlier else "ContinuedIn"
        kind = "MessageSplit" if decision.split_from else other
        self._append(draft, kind, reading.message, data, "system" if earlier else "")

    def _append(
        self,
        draft: Draft,
        kind: str,
        message: InboundMessage,
        data: dict[str, Json],
        actor: str = "",
    ) -> Event:
        """One more event on the ticket's chain, by its sender unless it says otherwise."""
        ticket = draft.ticket
        actor = actor or ("reporter" if ticket.mine else "participant")
        fact = Fact(kind, message.received_at, actor, data)
        event = chain(ticket.id, ticket.event_seq + 1, ticket.event_head, fact)
        self._filing.events.append(event)
        draft.ticket = replace(ticket, event_seq=event.seq, event_head=event.hash)
        return event

    def _remember(self, asked: Asked, decision: Decision, answers: Answers) -> None:
        """Moves the picture of the sender on."""
        sender, ticket, now = asked.sender, asked.ticket, asked.message.received_at
        tickets = sender.tickets
        if ticket and ticket.id in self._drafts:
            others = tuple(known for known in tickets if known.id != ticket.id)
            tickets = (
                (ticket, *others)
                if decision.outcome is Outcome.OPENED
                else with_changed(tickets, ticket)
            )
        opened, joined = sender.opened, sender.joined
        if decision.outcome is Outcome.OPENED:
            opened, joined = (*opened, now)[-OPENED_KEPT:], None
        if decision.duplicate and ticket:
            joined = (asked.id, ticket.id)
        survey, question = open_survey(sender, ticket, decision)
        helped = any(mark.purpose == "help" for mark in answers.marks)
        # Not replace(): this runs for every message, and replace() costs three times as much.
        moved = Sender(
            address_id=sender.address_id,
            address=sender.address,
            unreachable=sender.unreachable,
            muted=sender.muted if decision.muted is None else decision.muted,
            replies=remembered(sender.replies, answers.marks, now),
            untold=answers.untold[-UNTOLD_KEPT:],
            helped_on=now.astimezone(self.policy.zone).date().isoformat()
            if helped
            else sender.helped_on,
            joined=joined,
            opened=opened,
            survey=survey,
            question=question,
            feedback=awaited_remark(sender, ticket, decision),
            registration=INVITED if answers.invited else sender.registration,
            tickets=tickets,
        )
        self.senders[sender.address] = moved
        self._touched[sender.address_id] = moved

    def _reread(self, text: str) -> Intent:
        return read_intent(text, subject=None, mail=False, prefix=self.policy.prefix)

    def _sender_id(self, message: InboundMessage) -> int:
        return self.senders[message.sender].address_id
