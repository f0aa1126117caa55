from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.automatic import Automatic, why_automatic, why_silent, why_unanswerable
from core.model.messages import Address, AddressKind, ChannelId, InboundMessage
from core.model.text_defaults import DEFAULTS

OWN = frozenset(
    {
        Address(AddressKind.EMAIL, "helpdesk@layanan.example"),
        Address(AddressKind.PHONE, "+628110000001"),
    }
)
WHEN = datetime(2026, 7, 14, 3, tzinfo=UTC)


def message(kind: AddressKind, sender: str, text: str, **more: Any) -> InboundMessage:
    return InboundMessage(ChannelId("x"), "1", Address(kind, sender), text, WHEN, **more)


def mail(text: str = "isi", sender: str = "rina@dinas.example", **more: Any) -> Automatic | None:
    return why_automatic(message(AddressKind.EMAIL, sender, text, **more), OWN)


def chat(text: str, kind: AddressKind = AddressKind.WHATSAPP) -> Automatic | None:
    return why_automatic(message(kind, "+6281200001001", text), OWN)


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"auto-submitted": "auto-replied"}, "auto_reply"),
        ({"auto-submitted": "AUTO-GENERATED; owner-email=x"}, "auto_reply"),
        ({"auto-submitted": "auto-notified"}, "auto_reply"),
        ({"return-path": "<>"}, "auto_reply"),
        ({"content-type": "multipart/report; report-type=delivery-status"}, "auto_reply"),
        ({"content-type": "Multipart/Report; report-type=disposition-notification"}, "auto_reply"),
        ({"x-failed-recipients": "a@b.example"}, "auto_reply"),
        ({"x-autoreply": "yes"}, "auto_reply"),
        ({"x-autorespond": "x"}, "auto_reply"),
        ({"x-loop": "x"}, "auto_reply"),
        ({"precedence": "auto_reply"}, "auto_reply"),
        ({"precedence": "bulk", "auto-submitted": "auto-replied"}, "auto_reply"),
        ({"precedence": "bulk"}, "ignored"),
        ({"precedence": "Junk"}, "ignored"),
        ({"precedence": "list"}, "ignored"),
        ({"list-id": "<a.b.example>"}, "ignored"),
        ({"list-unsubscribe": "<mailto:u@b.example>"}, "ignored"),
    ],
)
def test_headers_of_machine_mail(headers: dict[str, str], kind: str) -> None:
    found = mail("HELPDESK internet mati", headers=headers)
    assert found is not None
    assert found.kind == kind
    assert found.reason


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"auto-submitted": "no"},
        {"auto-submitted": "No; x=y"},
        {"return-path": "<rina@dinas.example>"},
        {"return-path": ""},
        {"content-type": "text/plain"},
        {"precedence": "first-class"},
        {"x-auto-response-suppress": "All"},
    ],
)
def test_headers_of_people(headers: dict[str, str]) -> None:
    assert mail("HELPDESK internet mati", headers=headers) is None


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Out of Office",
        "Auto-Reply: Laporan",
        "Balasan Otomatis: [HD26-004217-4] Laporan Anda kami terima",
        "Jawaban otomatis",
        "Out of office",
        "Out of the office until Monday",
        "Re: Automatic reply: x",
        "Sedang dinas luar",
        "Sedang dinas luar kota s/d 20 Juli",
        "Sedang cuti sampai Senin",
        "Undelivered Mail Returned to Sender",
        "Undeliverable: Laporan",
        "Delivery Status Notification (Failure)",
        "Mail delivery failed: returning message to sender",
        "failure notice",
    ],
)
def test_subjects_of_machine_mail(subject: str) -> None:
    found = mail("isi apa pun, HELPDESK di dalamnya", subject=subject)
    assert found is not None
    assert found.kind == "auto_reply"


@pytest.mark.parametrize(
    "subject",
    [
        "HELPDESK balasan otomatis bot rusak",
        "Sedang dinas luar, aplikasi absensi error",
        "Sedang cuti tapi absensi tetap terpotong",
        "Out of office printer is broken",
        "Delivery failure paket obat",
        "Otomatisasi surat gagal",
        "Pesan bansos tidak terkirim",
        "Autentikasi gagal",
        "",
    ],
)
def test_subjects_of_people(subject: str) -> None:
    assert mail("HELPDESK mohon dibantu", subject=subject) is None


def test_an_absence_notice_without_any_mark_answers_us() -> None:
    text = "Saya sedang cuti sampai 20 Juli 2026. Untuk hal mendesak hubungi rekan saya."
    assert mail(text, subject="Re: [HD26-004217-4] Laporan Anda kami terima") is not None
    assert mail(text, subject="x", references=("<a@layanan.example>",)) is not None
    # Without any sign that it answers us it may be a person's first message.
    assert mail(text, subject="Absensi") is None


@pytest.mark.parametrize(
    "text",
    [
        "Saya sedang dinas luar sampai Senin, mohon teknisi datang Selasa.",
        "Terima kasih, teknisinya sudah datang.",
        "Sudah saya hubungi petugasnya.",
    ],
)
def test_a_person_who_answers_is_no_absence_notice(text: str) -> None:
    assert mail(text, subject="Re: Laporan Anda kami terima") is None


@pytest.mark.parametrize(
    ("kind", "sender"),
    [
        (AddressKind.EMAIL, "helpdesk@layanan.example"),
        (AddressKind.EMAIL, "HelpDesk@Layanan.Example"),
        (AddressKind.PHONE, "+628110000001"),
    ],
)
def test_own_addresses_are_a_loop(kind: AddressKind, sender: str) -> None:
    found = why_automatic(message(kind, sender, "HELPDESK internet mati"), OWN)
    assert found is not None
    assert found.kind == "ignored"


def test_a_bouncing_daemon_needs_no_header() -> None:
    found = mail(sender="MAILER-DAEMON@mail.example")
    assert found is not None
    assert found.kind == "auto_reply"


@pytest.mark.parametrize(
    "text",
    [
        "Terima kasih telah menghubungi Toko Maju! Beri tahu kami apa yang dapat kami bantu.",
        "Terima kasih telah menghubungi kami. Kami akan segera membalas pesan Anda.",
        "Terimakasih sudah menghubungi Dinas X. Jam operasional 08.00-16.00",
        "Halo! Terima kasih telah menghubungi Klinik Sehat.",
        "Halo kak, terima kasih telah menghubungi kami, mohon tunggu admin kami",
        "Terima kasih atas pesan Anda. Kami sedang tidak dapat merespons, tetapi akan segera.",
        "Thank you for contacting Acme! Please let us know how we can help you.",
        "Thank you for your message. We're unavailable now, but will respond as soon as possible.",
        "*Terima kasih telah menghubungi kami*",
    ],
)
def test_greeting_bots_are_ignored(text: str) -> None:
    for kind in (AddressKind.WHATSAPP, AddressKind.PHONE, AddressKind.TELEGRAM):
        found = chat(text, kind)
        assert found is not None
        assert found.kind == "ignored"


@pytest.mark.parametrize(
    "text",
    [
        "Terima kasih telah menghubungi saya kemarin, tapi internet masih mati",
        "Terima kasih telah menghubungi, printer loket 2 rusak lagi",
        "Terima kasih atas pesannya, kapan teknisi datang?",
        "terima kasih pak",
        "HELPDESK terima kasih telah menghubungi katanya, kami akan dibalas, ternyata tidak",
        "Sudah menghubungi kami akan membalas terus",
        "Kenapa dijawab terima kasih telah menghubungi kami akan segera membalas terus?",
    ],
)
def test_people_who_use_such_words_are_heard(text: str) -> None:
    assert chat(text) is None


def filled(template: str) -> str:
    values = {"tiket": "HD26-004217-4", "zona": "WIB", "ringkasan": "internet mati total"}
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    while "{" in template:
        start, end = template.index("{"), template.index("}")
        template = f"{template[:start]}14/07 10.30{template[end + 1 :]}"
    return template


@pytest.mark.parametrize("key", sorted(DEFAULTS))
def test_our_own_texts_coming_back_are_ignored(key: str) -> None:
    text = filled(DEFAULTS[key])
    for coming in (text, f"{text}\n\n-- \nDinas Kominfo Kabupaten Contoh", f"  {text}\n"):
        found = chat(coming)
        assert found is not None
        assert found.kind == "ignored"
    assert mail(text) is not None


@pytest.mark.parametrize("key", sorted(DEFAULTS))
def test_a_complaint_around_our_text_is_heard(key: str) -> None:
    assert chat(f"kok dibalas begini terus: {filled(DEFAULTS[key])}") is None


@pytest.mark.parametrize("key", sorted(DEFAULTS))
def test_a_complaint_below_our_text_is_heard(key: str) -> None:
    assert chat(f"{filled(DEFAULTS[key])} kok belum ada petugas datang?") is None


def test_a_complaint_that_begins_like_ours_is_heard() -> None:
    assert chat("Laporan Anda diterima, katanya, no tiket mana?") is None
    assert chat("Tiket HD26-004217-4: masih mati") is None


@pytest.mark.parametrize(
    ("kind", "value", "answerable"),
    [
        (AddressKind.PHONE, "+6281200001001", True),
        (AddressKind.PHONE, "+62812000010", True),
        (AddressKind.PHONE, "+62812", False),
        (AddressKind.PHONE, "+62333123456", False),
        (AddressKind.PHONE, "+15551234567", False),
        (AddressKind.PHONE, "+266696687", False),
        (AddressKind.PHONE, "anonymous", False),
        (AddressKind.PHONE, "", False),
        (AddressKind.SENDER_LABEL, "TSEL-PROMO", False),
        (AddressKind.SENDER_LABEL, "3636", False),
        (AddressKind.WHATSAPP, "+15551234567", True),
        (AddressKind.WHATSAPP, "anonymous", False),
        (AddressKind.TELEGRAM, "70001", True),
        (AddressKind.EMAIL, "rina@dinas.example", True),
        (AddressKind.EMAIL, "noreply@dinas.example", False),
        (AddressKind.EMAIL, "No-Reply@dinas.example", False),
        (AddressKind.EMAIL, "do-not-reply@dinas.example", False),
        (AddressKind.EMAIL, "noreplay@dinas.example", True),
        (AddressKind.EMAIL, "bounce@dinas.example", False),
        (AddressKind.EMAIL, "owner-milis@dinas.example", False),
        (AddressKind.EMAIL, "milis-request@dinas.example", False),
        (AddressKind.EMAIL, "postmaster@dinas.example", False),
        (AddressKind.EMAIL, "rusak", False),
        (AddressKind.EMAIL, "@dinas.example", False),
    ],
)
def test_who_can_be_answered(kind: AddressKind, value: str, answerable: bool) -> None:  # noqa: FBT001
    assert (why_unanswerable(Address(kind, value)) == "") is answerable


def test_more_prefixes_can_be_served() -> None:
    address = Address(AddressKind.PHONE, "+60123456789")
    assert why_unanswerable(address)
    assert why_unanswerable(address, ("+628", "+60")) == ""


@pytest.mark.parametrize(
    ("value", "silent"),
    [
        ("All", True),
        ("DR, AutoReply", True),
        ("OOF, autoreply", True),
        ("DR, OOF", False),
        ("", False),
    ],
)
def test_mail_that_asks_for_no_automatic_reply(value: str, silent: bool) -> None:  # noqa: FBT001
    assert bool(why_silent({"x-auto-response-suppress": value})) is silent


def test_most_mail_asks_for_nothing() -> None:
    assert why_silent({}) == ""


@given(st.text(max_size=300), st.none() | st.text(max_size=60))
def test_any_message_is_judged(text: str, subject: str | None) -> None:
    assert chat(text) is None or chat(text) is not None
    found = mail(text, subject=subject)
    assert found is None or found.reason
