"""What becomes of one outgoing message by hand: taken back before it left, or sent once more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from core.model.clock import FIRST_ANSWER, NEXT_ANSWER
from core.model.clock_times import looking
from core.model.messages import DeliveryState
from core.model.outbox import WRITTEN_BY_PEOPLE, OutboxState
from core.model.scene import (
    already,
    change,
    digest,
    fact,
    not_allowed,
    terms_of,
    too_late,
    with_clocks,
)
from core.model.sentences import said
from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.clock import SlaClock
    from core.model.messages import ChannelId
    from core.model.scene import Scene
    from core.model.work import Change, Refusal, WorkTicket

PARKED: Final = frozenset({OutboxState.DEAD, OutboxState.HELD})


@value
class SentLetter:
    """One outgoing message as it stands.

    Attributes:
        key: as in ``OutboxDraft``; of an answer it ends with the place of its event.
        attempt: how many sends were begun.
        due_at: waiting: not before then.
        delivery: what the provider said last; None: nothing yet.
    """

    id: int
    key: str
    purpose: str
    channel: ChannelId
    ticket_id: int | None
    text: str
    state: OutboxState
    attempt: int
    created_at: datetime
    due_at: datetime
    delivery: DeliveryState | None = None

    @property
    def seq(self) -> int | None:
        """The event of the answer in its ticket's chain; None for what no person wrote."""
        return answered_by(self.purpose, self.key)

    @property
    def recallable(self) -> bool:
        """Whether it has certainly not left: no attempt was ever begun."""
        return (
            self.purpose in WRITTEN_BY_PEOPLE
            and self.state is OutboxState.WAITING
            and self.attempt == 0
        )

    @property
    def failed(self) -> bool:
        """Whether it did not arrive, and no attempt is going to be made by itself."""
        return self.state in PARKED or (
            self.state is OutboxState.HANDED_OVER and self.delivery is DeliveryState.FAILED
        )


def answered_by(purpose: str, key: str) -> int | None:
    """The event that an answer's key ends with (``answer:<message>:<ticket>:<event>``)."""
    parts = key.split(":")
    own = purpose in WRITTEN_BY_PEOPLE and len(parts) > 3 and parts[3].isdigit()  # noqa: PLR2004 - the places of the key above
    return int(parts[3]) if own else None


def recalled(scene: Scene, letter: SentLetter, *, answered_since: bool) -> Change | Refusal:
    """The ticket as if the answer had not been given; the history keeps both (ADR 9).

    Promises that only this answer kept are owed again. Where somebody else has answered since,
    they stay kept.

    Args:
        scene: the ticket now, and who takes it back.
        letter: the answer, locked.
        answered_since: another answer to the citizen was given after it.
    """
    if letter.state is OutboxState.WITHDRAWN:
        return already(said("Jawaban ini sudah ditarik."))
    if not letter.recallable:
        return too_late(
            said(
                "Jawaban sudah berangkat dan tidak dapat ditarik lagi. Kirim pembetulan bila "
                "perlu."
            )
        )
    told = fact(scene, "AnswerRecalled", answer=letter.seq, text_sha256=digest(letter.text))
    if answered_since or not scene.ticket.status.running:
        return change(scene.ticket, told)
    return change(_unanswered(scene, letter.created_at), told)


def _unanswered(scene: Scene, at: datetime) -> WorkTicket:
    ticket = scene.ticket
    terms = terms_of(scene.policy, ticket)
    again = [
        looking(terms, _owed(clock), ticket.pauses)
        for clock in ticket.clocks
        if clock.target in (FIRST_ANSWER, NEXT_ANSWER) and not clock.open and clock.met_at == at
    ]
    after = with_clocks(ticket, again)
    first = ticket.answered_at == at
    return replace(after, answered_at=None, answered_by=None) if first else after


def _owed(clock: SlaClock) -> SlaClock:
    """Running again; a breach that only the answer itself told of is found anew by the watch."""
    told_by_answer = clock.breached_at == clock.met_at
    return replace(
        clock,
        open=True,
        met_at=None,
        breached_at=None if told_by_answer else clock.breached_at,
    )


def sent_again(scene: Scene, letter: SentLetter) -> Change | Refusal:
    """The order to try once more what did not arrive; whoever sees the reason decides."""
    if not letter.failed:
        return already(said("Pesan ini tidak gagal, jadi tidak perlu dikirim lagi."))
    if letter.channel not in scene.policy.office.channels:
        return not_allowed(
            said(
                "Kanal {channel} tidak terpasang lagi. Sampaikan lewat kanal lain.",
                channel=letter.channel,
            )
        )
    told = fact(
        scene,
        "SentAgain",
        message=letter.id,
        purpose=letter.purpose,
        channel=letter.channel,
        text_sha256=digest(letter.text),
    )
    return change(scene.ticket, told)
