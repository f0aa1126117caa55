"""What whoever keeps the doors does: a test message, parked messages tried again (LL-27: told).

Each is an event of the door in the history of the house; no address and no text is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.model.automatic import why_unanswerable
from core.model.events import Fact
from core.model.gsm7 import segments
from core.model.outbox import OutboxDraft, Urgency
from core.model.sentences import said
from core.model.staff import Right
from core.model.texts import TextForm
from core.model.units import address_of
from core.model.value import value
from core.model.work import Refusal, RefusalKind
from core.services.house import actor, refused

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from core.model.events import Json
    from core.model.messages import AddressKind, ChannelId
    from core.model.policy import IntakePolicy
    from core.model.staff import Staff
    from core.ports import OpenDesk

TEST: Final = "door_test"
"""Purpose of a test message."""

TEXT: Final = "Pesan uji dari {office}. Kanal ini dapat mengirim. Tidak perlu dibalas."
NO_ADDRESS: Final = Refusal(
    RefusalKind.INVALID,
    said("Alamat ini tidak cocok dengan kanalnya. Periksa penulisannya."),
    "address",
)
NOTHING: Final = Refusal(
    RefusalKind.ALREADY, said("Pesan ini sudah tidak menunggu di sini. Muat ulang daftarnya.")
)


def subject_of(channel: ChannelId) -> str:
    """The subject of a door's events: ``channel:sms``."""
    return f"channel:{channel}"


@value
class Trial:
    """A test message.

    Attributes:
        kind: what kind of address the door writes to.
        typed: the address as somebody typed it.
    """

    channel: ChannelId
    kind: AddressKind
    typed: str


async def send_trial(
    open_desk: OpenDesk, office: IntakePolicy, by: Staff, trial: Trial, now: datetime
) -> Refusal | None:
    """Promises a test message by this door; it leaves as every other does.

    Raises:
        StoreUnavailable: nothing was promised.
    """
    if refusal := refused(by, Right.ADMIN_CHANNELS):
        return refusal
    address = address_of(trial.kind, trial.typed)
    traits = office.channels.get(trial.channel)
    if address is None or traits is None:
        return NO_ADDRESS
    if why := why_unanswerable(address):
        return Refusal(RefusalKind.INVALID, f"{why[:1].upper()}{why[1:]}.", "address")
    text = TEXT.format(office=office.office)
    async with open_desk() as desk:
        seat = (await desk.watch.seats([address], now))[address]
        draft = OutboxDraft(
            key=f"{TEST}:{trial.channel}:{seat}:{now.isoformat()}",
            purpose=TEST,
            channel=trial.channel,
            recipient=address,
            address_id=seat,
            text=text,
            created_at=now,
            urgency=Urgency.REPLY,
            segments=segments(text).parts if traits.form is TextForm.SMS else 0,
        )
        await desk.outbox.put([draft])
        fact = Fact("TestSent", now, actor(by), {})
        await desk.admin_history.append(subject_of(trial.channel), [fact])
        await desk.commit()
    return None


async def release(
    open_desk: OpenDesk, by: Staff, channel: ChannelId, ids: Collection[int], now: datetime
) -> int | Refusal:
    """Has dead messages of a door tried again: these, or all of it. Returns how many.

    Raises:
        StoreUnavailable: they stay where they are.
    """
    if refusal := refused(by, Right.ADMIN_CHANNELS):
        return refusal
    async with open_desk() as desk:
        freed = await desk.undelivered.wait_again(channel, ids, now)
        if not freed:
            return NOTHING
        told: dict[str, Json] = {"messages": len(freed), "first": freed[0], "last": freed[-1]}
        fact = Fact("SentAgain", now, actor(by), told)
        await desk.admin_history.append(subject_of(channel), [fact])
        await desk.commit()
    return len(freed)
