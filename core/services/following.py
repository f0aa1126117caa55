"""Following a ticket from outside: its codes, and typed addresses that become confirmed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.automatic import why_unanswerable
from core.model.case import Reply
from core.model.gsm7 import segments
from core.model.outbox import OutboxDraft
from core.model.policy import way_out
from core.model.proof import (
    CLAIM_LIFE,
    DAY,
    SHORT,
    SHORT_LIFE,
    UNSENT,
    Claim,
    TicketCode,
    after_failure,
    code_from,
    code_hash,
    may_mail,
    token_hash,
)
from core.model.proof_texts import CODE, CONFIRM, code_text, confirm_text
from core.model.replies import Told, compose
from core.model.texts import TextForm
from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.messages import Address, ChannelId
    from core.model.policy import ChannelTraits, IntakePolicy
    from core.model.proof import Reporter
    from core.ports import Desk, OpenDesk


@value
class Left:
    """What a form leaves behind besides its message.

    Attributes:
        code: as shown to the citizen.
        at: aware UTC.
        phone, email: typed; None when left empty.
    """

    ticket_id: int
    code: str
    at: datetime
    phone: Address | None = None
    email: Address | None = None


@value
class Question:
    """The mail that asks whether a typed address is the reporter's.

    Attributes:
        channel: the door it leaves by.
        token: secret in the link; the same whenever this ticket names this address.
        text: complete.
    """

    channel: ChannelId
    token: str
    text: str


def question(channel: ChannelId, token: str, office: str, link: tuple[str, str]) -> Question:
    """The question with its link; ``link`` is number and address of the page."""
    number, page = link
    return Question(channel, token, confirm_text(office, number, f"{page}?t={token}"))


async def keep_left(
    open_desk: OpenDesk, policy: IntakePolicy, left: Left, ask: Question | None
) -> None:
    """Lays down code and claims of a form, and the question to a typed mail address if it may go.

    Doing it again changes nothing. Nothing ever leaves for a typed phone number.

    Raises:
        StoreUnavailable: nothing was kept; the form must be sent again.
    """
    async with open_desk() as desk:
        code = TicketCode(left.ticket_id, code_hash(left.ticket_id, left.code), False, left.at)  # noqa: FBT003 - not sent
        await desk.claims.keep_code(code)
        if left.phone:
            await desk.claims.add(_unsent(left, left.phone))
        if left.email:
            await _claim_email(desk, policy, (left, left.email), ask)
        await desk.commit()


def _unsent(left: Left, address: Address) -> Claim:
    mark = token_hash(f"{left.ticket_id} {address.kind} {address.value}")
    return Claim(f"{UNSENT}{mark}", left.ticket_id, address, left.at)


async def _claim_email(
    desk: Desk, policy: IntakePolicy, typed: tuple[Left, Address], ask: Question | None
) -> None:
    """The owner's row is locked first: two forms that name one address wait for each other."""
    left, address = typed
    if ask is None or address in policy.own or why_unanswerable(address):
        await desk.claims.add(_unsent(left, address))
        return
    sender = (await desk.intake.senders([address], [], left.at, left.at))[address]
    mailed = await desk.claims.mailed(address, left.at - DAY)
    claim = Claim(token_hash(ask.token), left.ticket_id, address, left.at)
    if any(known.token_hash == claim.token_hash for known in mailed):
        return
    if sender.muted or sender.unreachable or not may_mail(mailed, left.at):
        await desk.claims.add(_unsent(left, address))
        return
    await desk.claims.add(claim)
    # Without its ticket: a subject made from the ticket's words would be the sender's own.
    draft = OutboxDraft(
        key=f"{CONFIRM}:{claim.token_hash}",
        purpose=CONFIRM,
        channel=ask.channel,
        recipient=address,
        address_id=sender.address_id,
        text=ask.text,
        created_at=left.at,
    )
    await desk.outbox.put([draft])


@value
class Consent:
    """The owner's yes, from the page that the link leads to.

    Attributes:
        token: of the link.
        summary: first sentence of the complaint, for the acknowledgement.
        channel: the mail door that the acknowledgement leaves by.
    """

    number: str
    token: str
    summary: str
    channel: ChannelId


def fresh(claim: Claim | None, now: datetime) -> bool:
    """Whether the link of a claim still works."""
    return claim is not None and now < claim.created_at + CLAIM_LIFE


async def confirm(
    open_desk: OpenDesk, policy: IntakePolicy, consent: Consent, now: datetime
) -> bool:
    """The owner of a typed address takes part from now on, and is told number and times.

    Returns:
        False when there is no such claim, or its time is over. A second yes changes nothing.

    Raises:
        StoreUnavailable: nothing was kept.
    """
    async with open_desk() as desk:
        claim = await desk.claims.claim(consent.number, token_hash(consent.token))
        if claim is None or not fresh(claim, now):
            return False
        if claim.confirmed_at is None:
            await _take_part(desk, policy, (consent, claim), now)
            await desk.commit()
    return True


async def _take_part(
    desk: Desk, policy: IntakePolicy, said: tuple[Consent, Claim], now: datetime
) -> None:
    consent, claim = said
    senders = await desk.intake.senders([claim.address], [], now, now)
    address_id = senders[claim.address].address_id
    await desk.claims.confirm(claim, address_id, now)
    ticket = (await desk.intake.tickets([consent.number]))[consent.number]
    via = policy.channels[consent.channel]
    reply = Reply("ack" if ticket.status.running else "status", ticket)
    told = Told(now, consent.summary, key=reply.purpose)
    draft = OutboxDraft(
        key=f"ack:claim:{claim.ticket_id}:{address_id}",
        purpose=reply.purpose,
        channel=via.id,
        recipient=claim.address,
        address_id=address_id,
        text=compose(reply, ticket, told, (policy, via.form)),
        created_at=now,
        ticket_id=claim.ticket_id,
    )
    await desk.outbox.put([draft])


async def send_code(
    open_desk: OpenDesk, policy: IntakePolicy, asked: tuple[str, bytes], now: datetime
) -> bool:
    """Sends a short code to where the ticket came from, if that can be written to.

    At most one while the last one lives. A ticket whose form showed its code gets none.

    Args:
        open_desk: begins a unit of work.
        policy: the office's settings.
        asked: ticket number, random bytes that the code is made from.
        now: aware UTC.

    Returns:
        Whether one was promised.

    Raises:
        StoreUnavailable: nothing was kept.
    """
    number, random = asked
    async with open_desk() as desk:
        reporter = await desk.claims.reporter(number)
        via = _way_back(policy, reporter) if reporter else None
        if reporter is None or via is None:
            return False
        old = await desk.claims.code(reporter.ticket_id)
        if old and not (old.sent and now >= old.created_at + SHORT_LIFE):
            return False
        signs = code_from(random, number, SHORT)
        code = TicketCode(reporter.ticket_id, code_hash(reporter.ticket_id, signs), True, now)  # noqa: FBT003 - sent
        await desk.claims.replace_code(code)
        await desk.outbox.put([_code_draft(reporter, via, code_text(number, signs), now)])
        await desk.commit()
    return True


def _code_draft(reporter: Reporter, via: ChannelTraits, text: str, now: datetime) -> OutboxDraft:
    return OutboxDraft(
        key=f"{CODE}:{reporter.ticket_id}:{now.isoformat()}",
        purpose=CODE,
        channel=via.id,
        recipient=reporter.address,
        address_id=reporter.address_id,
        text=text,
        created_at=now,
        segments=segments(text).parts if via.form is TextForm.SMS else 0,
    )


def _way_back(policy: IntakePolicy, reporter: Reporter) -> ChannelTraits | None:
    """The channel that an automatic message to the reporter leaves by; None: there is none."""
    if reporter.blocked or why_unanswerable(reporter.address):
        return None
    return way_out(policy.channels, reporter.channel, reporter.address.kind)


async def guessed_wrong(open_desk: OpenDesk, ticket_id: int, now: datetime) -> None:
    """Counts a wrong code for a ticket, where it matters: a long code needs no such guard.

    Raises:
        StoreUnavailable: it was not counted.
    """
    async with open_desk() as desk:
        code = await desk.claims.code(ticket_id)
        if code and code.sent:
            await desk.claims.failed(after_failure(code, now))
            await desk.commit()
