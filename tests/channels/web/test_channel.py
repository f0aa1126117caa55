"""The door behind the form: what a submission is, and that nothing leaves by it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from channels.web.channel import WebForm
from core.model.messages import (
    Address,
    AddressKind,
    Attachment,
    ChannelId,
    DeliveryState,
    OutboundMessage,
)
from core.model.submission import Submission

NOW = datetime(2026, 7, 14, 3, 0, tzinfo=UTC)
LAPOR = ChannelId("lapor")


def test_every_form_is_a_sender_of_its_own() -> None:
    door = WebForm(LAPOR)
    one, two = (door.message(Submission(f"{form}.1", form, "Sama", NOW)) for form in ("a", "b"))
    assert one.sender != two.sender
    assert one.sender.kind is AddressKind.CLAIM
    assert one.external_id == "a.1"
    assert dict(one.fields) == {}


def test_what_was_typed_as_contact_is_no_sender() -> None:
    files = (Attachment("file:" + "0" * 32, "image/png", "a.png", 3),)
    submission = Submission(
        "a.1",
        "a",
        "Lampu padam",
        NOW,
        category="public_works",
        place="Pasar",
        name="Sari",
        phone=Address(AddressKind.PHONE, "+6281234567890"),
        email=Address(AddressKind.EMAIL, "sari@contoh.id"),
        files=files,
    )
    message = WebForm(LAPOR).message(submission)
    assert message.sender.value == "a"
    assert (message.channel, message.sender_name, message.received_at) == (LAPOR, "Sari", NOW)
    assert dict(message.fields) == {"category": "public_works", "place": "Pasar"}
    assert message.attachments == files
    raw = json.loads(message.raw)
    assert (raw["phone"], raw["email"]) == ("+6281234567890", "sari@contoh.id")


async def test_what_is_sent_by_this_door_lies_on_the_page() -> None:
    message = OutboundMessage(1, LAPOR, Address(AddressKind.CLAIM, "x"), "Halo")
    receipt = await WebForm(LAPOR).send(message)
    assert (receipt.provider_id, receipt.state) == ("page-1", DeliveryState.SENT)
