"""What other doors than SMS bring: edits, tokens, strangers, forms, places that are read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select

from core.model.messages import Address, AddressKind, Bookmark, ChannelId, Outcome
from core.model.policy import ChannelTraits, IntakePolicy
from core.model.texts import TextForm
from tests.core.fakes import DAY, MAIL, OURS, SARI, SMS, office
from tests.core.services.counter import LAMP, PRINTER, Counter
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

DESK = ChannelId("loket")
WEB = ChannelId("lapor")
ANI = Address(AddressKind.EMAIL, "ani@contoh.example")
EVE = Address(AddressKind.EMAIL, "eve@lain.example")
DAEMON = Address(AddressKind.EMAIL, "mailer-daemon@mx.example")


def with_forms() -> IntakePolicy:
    plain = office()
    doors = {
        DESK: ChannelTraits(
            DESK,
            TextForm.CHAT,
            tells="nomor disampaikan petugas",
            reply_via=SMS,
            mail_via=MAIL,
            complaints_only=True,
        ),
        WEB: ChannelTraits(
            WEB, TextForm.CHAT, tells="nomor tampil di halaman", complaints_only=True
        ),
    }
    return replace(plain, channels={**plain.channels, **doors})


@pytest.fixture
def counter(store: SqlStore) -> Counter:
    return Counter(store, with_forms())


def mail(**changes: Any) -> dict[str, Any]:
    return {"channel": MAIL, "subject": "HELPDESK lampu", "recipient": OURS.value} | changes


# --- edits -----------------------------------------------------------------------------------


async def test_an_edit_joins_the_ticket_of_its_first_version_without_a_word(
    counter: Counter,
) -> None:
    first = await counter.says(LAMP, external_id="1:7")
    edit = await counter.says(LAMP + " sekali", external_id="1:7:99", edits="1:7", thread_id="1:7")
    assert (edit.outcome, edit.number) == (Outcome.JOINED, first.number)
    assert await counter.purposes() == ["ack"]
    assert await counter.kinds(str(first.number)) == ["TicketOpened", "MessageEdited"]
    [ticket] = await counter.rows(schema.tickets)
    assert ticket.contact_count == 1


async def test_an_edit_that_would_be_a_command_stays_an_edit(counter: Counter) -> None:
    first = await counter.says(LAMP, external_id="1:7")
    edit = await counter.says("BATAL", external_id="1:7:99", edits="1:7")
    assert edit.number == first.number
    [ticket] = await counter.rows(schema.tickets)
    assert ticket.status == "received"


async def test_an_edit_of_what_opened_nothing_is_read_as_new(counter: Counter) -> None:
    await counter.says("lampu mati di aula", external_id="1:7")
    edit = await counter.says(LAMP, external_id="1:7:99", edits="1:7")
    assert edit.outcome is Outcome.OPENED


async def test_both_versions_in_one_batch(counter: Counter) -> None:
    first = counter.said(LAMP, external_id="1:7")
    second = counter.said(LAMP + " sekali", external_id="1:7:9", edits="1:7")
    receipts = await counter.take(first, second)
    assert [receipt.outcome for receipt in receipts] == [Outcome.OPENED, Outcome.JOINED]
    assert receipts[0].number == receipts[1].number


# --- threads of mail ---------------------------------------------------------------------------


async def test_a_reply_names_the_message_by_its_thread_id(counter: Counter) -> None:
    first = await counter.says(
        LAMP, ANI, **mail(external_id="a@x#1f", thread_id="a@x", subject="HELPDESK lampu")
    )
    reply = await counter.says(
        "Masih mati.",
        ANI,
        **mail(subject="Re: lampu", external_id="b@x#2f", thread_id="b@x", references=("a@x",)),
    )
    assert (reply.outcome, reply.number) == (Outcome.JOINED, first.number)


@pytest.mark.parametrize("way", ["reference", "token", "same batch"])
async def test_a_stranger_with_a_token_or_reference_is_shown_and_not_answered(
    counter: Counter, way: str
) -> None:
    opening = counter.said(LAMP, ANI, **mail(external_id="a@x#1f", thread_id="a@x"))
    if way != "same batch":
        [first] = await counter.take(opening)
    proof: dict[str, Any] = {"references": ("a@x",)}
    if way == "token":
        proof = {"proven": first.number}
    foreign = counter.said(
        PRINTER, EVE, **mail(subject="HELPDESK printer", external_id="e@y#3f", **proof)
    )
    if way == "same batch":
        first, receipt = await counter.take(opening, foreign)
    else:
        [receipt] = await counter.take(foreign)
    assert (receipt.outcome, receipt.number) == (Outcome.JOINED, first.number)
    assert await counter.purposes() == ["ack"]
    assert await counter.kinds(str(first.number)) == ["TicketOpened", "UnverifiedJoined"]
    entry = (await counter.rows(schema.messages))[-1]
    assert "belum terverifikasi" in entry.note
    assert entry.silence
    again = await counter.says("STATUS", EVE, **mail(subject="STATUS"))
    assert again.number is None


async def test_a_stranger_reopens_and_cancels_nothing(counter: Counter) -> None:
    first = await counter.says(LAMP, ANI, **mail(external_id="a@x#1f", thread_id="a@x"))
    await counter.end(str(first.number), "resolved")
    for text in ("BUKA", "BATAL", "SELESAI", "Masih mati"):
        await counter.says(text, EVE, **mail(subject="", proven=first.number))
    [ticket] = await counter.rows(schema.tickets)
    assert ticket.status == "resolved"
    assert await counter.purposes() == ["ack"]


async def test_the_owner_with_a_token_joins_as_by_thread(counter: Counter) -> None:
    first = await counter.says(LAMP, ANI, **mail(external_id="a@x#1f"))
    reply = await counter.says("Masih mati", ANI, **mail(subject="Re: x", proven=first.number))
    assert reply.number == first.number
    assert await counter.kinds(str(first.number)) == ["TicketOpened", "MessageJoined"]


async def test_a_token_of_a_ticket_that_is_gone_proves_nothing(counter: Counter) -> None:
    receipt = await counter.says(LAMP, ANI, **mail(proven="HD26-999999-0"))
    assert receipt.outcome is Outcome.OPENED


async def test_a_bounce_lands_on_its_ticket_and_never_opens_one(counter: Counter) -> None:
    first = await counter.says(LAMP, ANI, **mail(external_id="a@x#1f", thread_id="a@x"))
    bounce = await counter.says(
        LAMP, DAEMON, **mail(references=("a@x",), machine="pemberitahuan gagal kirim")
    )
    assert (bounce.outcome, bounce.number) == (Outcome.JOINED, first.number)
    lost = await counter.says(LAMP, DAEMON, **mail(machine="pemberitahuan gagal kirim"))
    assert (lost.outcome, lost.number) == (Outcome.IGNORED, None)
    assert await counter.purposes() == ["ack"]


async def test_quiet_mail_opens_its_ticket_and_hears_nothing(counter: Counter) -> None:
    receipt = await counter.says(LAMP, ANI, **mail(quiet="lebih tua dari sambungan kotak surat"))
    assert receipt.outcome is Outcome.OPENED
    assert await counter.purposes() == []
    [row] = await counter.rows(schema.messages)
    assert row.silence == "lebih tua dari sambungan kotak surat"
    later = await counter.says("STATUS", ANI, **mail(subject="STATUS"))
    assert later.number == receipt.number
    [text] = await counter.texts()
    assert str(receipt.number) in text


# --- forms -------------------------------------------------------------------------------------


def claim(last: int) -> Address:
    return Address(AddressKind.CLAIM, f"{last:032x}")


async def test_a_form_needs_no_keyword_and_gives_no_commands(counter: Counter) -> None:
    for last, text in enumerate(["Lampu aula mati", "STATUS", "STOP", "terima kasih", "HELPDESK"]):
        receipt = await counter.says(text, claim(last), channel=WEB)
        assert receipt.outcome is Outcome.OPENED, text
        assert [promise.target for promise in receipt.promises] == ["first_answer", "solution"]
    assert await counter.purposes() == []
    rows = await counter.rows(schema.messages)
    assert {row.silence for row in rows} == {"nomor tampil di halaman"}


async def test_a_form_says_category_unit_place_and_priority_itself(counter: Counter) -> None:
    asked = {
        "category": "network",
        "unit": "Dinas Sosial",
        "place": "Aula",
        "priority": "high",
    }
    await counter.says("Internet putus", claim(1), channel=WEB, fields=asked, subject="Putus")
    [ticket] = await counter.rows(schema.tickets)
    assert (ticket.category, ticket.unit_hint, ticket.place) == ("network", "Dinas Sosial", "Aula")
    assert (ticket.priority, ticket.priority_hint) == ("normal", "high")
    assert ticket.subject == "Putus"


async def test_mb_13_a_desk_entry_with_a_phone_is_acknowledged_by_sms(counter: Counter) -> None:
    receipt = await counter.says(
        "Lampu loket mati", SARI, channel=DESK, entered_by="Rina", occurred_at=counter.now - DAY
    )
    [row] = await counter.rows(schema.outbox)
    assert (row.channel, row.purpose, row.recipient) == ("sms", "ack", SARI.value)
    assert receipt.promises
    [event] = await counter.history(str(receipt.number))
    assert '"entered_by":"Rina"' in event.data
    later = await counter.says("STATUS", SARI)
    assert later.number == receipt.number


async def test_mb_13_a_desk_entry_with_a_mail_address_is_acknowledged_by_mail(
    counter: Counter,
) -> None:
    await counter.says("Lampu loket mati", ANI, channel=DESK, entered_by="Rina")
    [row] = await counter.rows(schema.outbox)
    assert (row.channel, row.purpose, row.recipient) == (MAIL, "ack", ANI.value)


async def test_mb_06_who_entered_it_and_how_it_came_are_kept_with_the_ticket(
    counter: Counter,
) -> None:
    await counter.tell(
        insert(schema.staff).values(id=7, login="rina", name="Rina", created_at=counter.now)
    )
    entered = {
        "channel": DESK, "entered_by": "staff:7", "staff_id": 7,
        "fields": {"form": "other", "label": "Faks"},
    }  # fmt: skip
    receipt = await counter.says("Lampu loket mati", SARI, **entered)
    again = await counter.says("lampu loket mati!", SARI, **(entered | {"staff_id": None}))
    assert (again.outcome, again.number) == (Outcome.JOINED, receipt.number)
    await counter.says(PRINTER, claim(9), channel=DESK, entered_by="program")
    [work] = await counter.rows(schema.ticket_work)
    assert (work.created_by, work.form, work.form_label) == (7, "other", "Faks")
    ticket = await counter.store.work.ticket(str(receipt.number))
    assert (ticket.created_by, ticket.form, ticket.form_label) == (7, "other", "Faks")
    assert ticket.facts.created_by == 7


async def test_a_desk_entry_without_a_phone_is_told_by_the_officer(counter: Counter) -> None:
    receipt = await counter.says("Kursi rusak", claim(7), channel=DESK)
    assert receipt.outcome is Outcome.OPENED
    assert await counter.purposes() == []


# --- places that are read ------------------------------------------------------------------------


async def mark(counter: Counter, name: str) -> str | None:
    async with counter.store.desk() as desk:
        return await desk.bookmarks.read(name)


async def test_a_bookmark_moves_with_its_message_and_with_a_repeat(counter: Counter) -> None:
    place = "surel/INBOX"
    message = counter.said(LAMP, ANI, **mail(bookmark=Bookmark(place, "1:10")))
    await counter.take(message)
    assert await mark(counter, place) == "1:10"
    await counter.take(replace(message, bookmark=Bookmark(place, "2:1")))
    assert await mark(counter, place) == "2:1"
    other = counter.said(PRINTER, EVE, **mail(bookmark=Bookmark("surel/Arsip", "5:5")))
    await counter.take(other)
    assert (await mark(counter, place), await mark(counter, "surel/Arsip")) == ("2:1", "5:5")


async def test_of_two_in_one_batch_the_last_one_counts(counter: Counter) -> None:
    messages = [
        counter.said(text, ANI, **mail(bookmark=Bookmark("surel/INBOX", f"1:{uid}")))
        for uid, text in enumerate((LAMP, PRINTER), start=10)
    ]
    await counter.take(*messages)
    assert await mark(counter, "surel/INBOX") == "1:11"


async def test_the_columns_of_an_edit_are_kept(counter: Counter) -> None:
    await counter.says(LAMP, external_id="1:7", thread_id="1:7", html="<p>x</p>")
    [row] = await counter.ask(select(schema.messages))
    assert (row.thread_id, row.html, row.edits) == ("1:7", "<p>x</p>", None)


# --- danger --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on_duty", "told"), [(True, "petugas piket"), (False, "jangan menunggu")]
)
async def test_nobody_is_said_to_be_told_where_nobody_is_on_duty(
    store: SqlStore, on_duty: object, told: str
) -> None:
    counter = Counter(store, replace(with_forms(), on_duty=bool(on_duty)))
    receipt = await counter.says("HELPDESK ada korban kecelakaan pingsan di depan IGD")
    danger, ack = await counter.texts()
    assert "112" in danger
    assert told in danger
    assert str(receipt.number) in ack


# --- windows -------------------------------------------------------------------------------------

WA = ChannelId("whatsapp")
CHATTER = Address(AddressKind.WHATSAPP, "+6281299990001")


async def test_what_is_held_waits_again_when_the_person_writes(store: SqlStore) -> None:
    plain = office()
    traits = replace(plain.channels[WA], windowed=True)
    counter = Counter(store, replace(plain, channels={**plain.channels, WA: traits}))
    other = replace(CHATTER, value="+6281299990002")
    for sender in (CHATTER, other):
        await counter.says(LAMP, sender, channel=WA)
    held = {"state": "held", "reason": "Jendela 24 jam sudah tertutup."}
    await counter.tell(schema.outbox.update().values(**held))
    await counter.says(PRINTER, CHATTER, channel=SMS)
    assert [row.state for row in await counter.rows(schema.outbox)][:2] == ["held", "held"]
    written = counter.said("STATUS", CHATTER, channel=WA)
    await counter.take(written)
    rows = await counter.rows(schema.outbox)
    mine = [row for row in rows if row.channel == WA and row.recipient == CHATTER.value]
    assert {row.state for row in mine} == {"waiting"}
    assert mine[0].due_at == written.received_at
    assert [row.state for row in rows if row.recipient == other.value] == ["held"]
