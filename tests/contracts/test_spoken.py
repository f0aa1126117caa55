"""The conversation of a reporter about a ticket, on both engines: all of it, and nobody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert, update

from core.model.filing import FiledMessage, Filing
from core.model.messages import Address, AddressKind, Attachment, ChannelId, Outcome
from core.model.outbox import OutboxDraft
from core.model.proof import Claim, Reporter
from core.model.views import Side, SpokenFile
from tests.contracts.desk_samples import (
    BUDI,
    DINAS,
    NOW,
    SARI,
    SMS,
    greet,
    id_of,
    lay_down,
    message,
    number_of,
    opening,
)
from ticket_store import schema

if TYPE_CHECKING:
    from core.model.ticket import Sender
    from ticket_store.store import SqlStore

LATER = timedelta(minutes=1)
NUMBER, WEB = number_of(1), ChannelId("lapor")
OWN_MAIL = Address(AddressKind.EMAIL, "sari@contoh.id")
NIK = "3510012345678901"


def joined(id_: int, sender: Sender, text: str, kind: str = "follow_up") -> FiledMessage:
    said = message(f"SM{id_}", sender.address, text=text, channel=WEB)
    said = replace(said, received_at=NOW + timedelta(minutes=id_))
    return FiledMessage(
        id=id_,
        message=said,
        address_id=sender.address_id,
        outcome=Outcome.JOINED,
        kind=kind,
        ticket_id=id_of(1),
        number=NUMBER,
    )


def told(key: str, sender: Sender, purpose: str, minutes: int = 0) -> OutboxDraft:
    return OutboxDraft(
        key=key,
        purpose=purpose,
        channel=SMS,
        recipient=sender.address,
        address_id=sender.address_id,
        text=f"{key} {NIK}",
        created_at=NOW + timedelta(minutes=minutes),
        ticket_id=id_of(1),
    )


async def talk(store: SqlStore) -> None:
    """Sari by SMS and by a confirmed mail address, a stranger, a partner, an officer."""
    sari, budi, dinas, own = await greet(store, SARI, BUDI, DINAS, OWN_MAIL)
    await lay_down(store, opening(1, sari))
    filing = Filing(
        messages=[
            joined(12, own, "lewat surel"),
            joined(13, budi, "kata orang lain"),
            joined(14, sari, "sedang cuti", "auto_reply"),
            joined(15, sari, f"BUKA {NUMBER}", "command"),
        ],
        outbox=[
            told("answer", sari, "answer", 20),
            told("partner", dinas, "answer", 21),
            told("staff", sari, "staff_assigned", 22),
        ],
    )
    await lay_down(store, filing)
    async with store.desk() as desk:
        claim = Claim("t1", id_of(1), OWN_MAIL, NOW)
        await desk.claims.add(claim)
        await desk.claims.confirm(claim, own.address_id, NOW)
        await desk.commit()


async def test_both_directions_of_all_own_addresses_and_nobody_elses(store: SqlStore) -> None:
    await talk(store)
    said = [
        {"ticket_id": id_of(1), "kind": kind, "text": kind, "by": "staff:1", "at": NOW + LATER}
        for kind in ("spoken", "note", "question")
    ]
    async with store._engines.writing.begin() as connection:
        await connection.execute(insert(schema.notes).values(said))
        answered = schema.outbox.c.key == "answer"
        await connection.execute(
            update(schema.outbox).where(answered).values(state="handed_over", delivery="read")
        )
    lines = await store.proofs.conversation(NUMBER)
    assert [(one.side, one.text.partition(" ")[0], one.state) for one in lines] == [
        (Side.REPORTER, "HELPDESK", ""),
        (Side.OFFICE, "no", "waiting"),
        (Side.SPOKEN, "spoken", ""),
        (Side.REPORTER, "lewat", ""),
        (Side.REPORTER, "BUKA", ""),
        (Side.OFFICE, "answer", "read"),
    ]
    assert [one.command for one in lines if one.side is Side.REPORTER] == [False, False, True]
    assert [one.who for one in lines if one.kind is AddressKind.EMAIL] == ["sa***@contoh.id"]
    assert not any(NIK in one.text for one in lines)


async def test_files_are_given_out_once_they_are_stored_and_harmless(store: SqlStore) -> None:
    [sari] = await greet(store, SARI)
    filing = opening(1, sari)
    files = tuple(Attachment(f"file:{n}", "image/png", f"{n}.png", 5) for n in range(4))
    opened = filing.messages[0]
    filing.messages[0] = replace(opened, message=replace(opened.message, attachments=files))
    await lay_down(store, filing)
    states = ("stored", "waiting", "suspect", "unavailable")
    async with store._engines.writing.begin() as connection:
        for position, state in enumerate(states):
            values = {"state": state, "stored_as": f"ab/{position}", "found_size": 7}
            here = schema.attachments.c.position == position
            await connection.execute(update(schema.attachments).where(here).values(values))
        [sent] = (await connection.execute(schema.outbox.select())).all()
        file = {"outbox_id": sent.id, "position": 1, "stored_as": "cd/1", "size": 9}
        named = {"content_type": "application/pdf", "filename": "surat.pdf"}
        await connection.execute(insert(schema.outbox_files).values(file | named))
    own, ours = await store.proofs.conversation(NUMBER)
    assert list(own.files) == [
        SpokenFile(0, "0.png", 7, "ab/0"),
        SpokenFile(1, "1.png", 5, None, waiting=True),
        SpokenFile(2, "2.png", 5),
        SpokenFile(3, "3.png", 5),
    ]
    assert list(ours.files) == [SpokenFile(1, "surat.pdf", 9, "cd/1")]


async def test_without_a_ticket_there_is_nobody_and_nothing(store: SqlStore) -> None:
    await talk(store)
    assert await store.proofs.conversation("HD26-999999-9") == []
    assert await store.proofs.reporter("HD26-999999-9") is None
    found = await store.proofs.reporter(NUMBER)
    assert isinstance(found, Reporter)
    assert (found.address, found.channel, found.ticket_id) == (SARI, SMS, id_of(1))


async def test_the_survey_of_a_ticket_is_read_without_a_lock(store: SqlStore) -> None:
    await talk(store)
    assert await store.surveys.about(id_of(9)) is None
    read = await store.surveys.about(id_of(1))
    async with store.desk() as desk:
        assert await desk.surveys.about(id_of(1)) == read
    assert read is not None
    assert (read.number, read.solved, read.state) == (NUMBER, False, None)
