"""Greeting bots and our own texts coming back."""

from __future__ import annotations

import pytest

from core.model.messages import AddressKind
from core.model.text_defaults import DEFAULTS
from tests.core.model.test_automatic import chat, mail


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
