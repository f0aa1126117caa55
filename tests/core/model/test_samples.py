"""What the words of every sample message say, before anything is known of its sender."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.model.automatic import why_automatic, why_unanswerable
from core.model.cleaning import nearly_same
from core.model.intent import Command, Intent, IntentKind
from core.model.messages import Address, AddressKind, ChannelId, InboundMessage
from core.model.numbers import TicketNumber
from core.model.phone import sms_sender
from core.model.reading import read_intent

SAMPLES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data" / "messages.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
BY_ID = {sample["id"]: sample for sample in SAMPLES}

TICKETS = {
    "T": TicketNumber("HD", 26, 4217),
    "C": TicketNumber("HD", 26, 17),
    "O": TicketNumber("HD", 26, 100_200),
    "U": TicketNumber("HD", 26, 999_999),
}
OWN = frozenset({Address(AddressKind.EMAIL, "helpdesk@layanan.example")})

KINDS = {
    "new_ticket": {IntentKind.COMPLAINT},
    "help": {IntentKind.TEXT, IntentKind.EMPTY, IntentKind.NOTHING},
    "follow_up": {IntentKind.TEXT, IntentKind.THANKS, IntentKind.NOTHING},
    "status_query": {IntentKind.COMMAND},
    "command": {IntentKind.COMMAND},
    "ignored": {IntentKind.TEXT},
}
# What the words alone say differs from the verdict, which needs the sender's state.
OTHERWISE = {
    "M014": (IntentKind.COMMAND, "INFO is a command whose answer is the help text"),
    "M015": (IntentKind.COMMAND, "HELP is a command whose answer is the help text"),
    "M083": (IntentKind.COMMAND, "/start is a command whose answer is the help text"),
    "M084": (IntentKind.COMMAND, "/help is a command whose answer is the help text"),
    "M036": (IntentKind.COMPLAINT, "a duplicate only beside the first ticket's text"),
    "M041": (IntentKind.TEXT, "digits count while a survey is open"),
    "M042": (IntentKind.TEXT, "digits count while a survey is open"),
}
COMMANDS = {
    "M014": Command.INFO, "M015": Command.INFO, "M039": Command.CANCEL, "M040": Command.CONFIRM,
    "M043": Command.STOP, "M059": Command.ESCALATE, "M083": Command.INFO, "M084": Command.INFO,
    "M092": Command.CANCEL, "M096": Command.CONFIRM,
}  # fmt: skip
SCORES = {"M041": (5, 4, 3, 4, 5), "M042": (4,)}
CONTENT = {
    "M002": "printer di loket 2 kelurahan macet kertas terus",
    "M008": "internet putus nyambung sejak senin",
    "M010": "internet balai desa mati pak",
    "M059": "sudah 6 hari belum ada teknisi datang",
    "M063": "*internet* lantai 3 Dinas Kesehatan putus total",
    "M071": "internet mati woi",
    "M085": "scanner di bagian arsip tidak terdeteksi",
    "M086": "jaringan LAN di aula putus",
    "M099": "Terima kasih, teknisinya sudah datang tapi port switch nomor 5 masih mati.",
    "M107": 'Website wisata tidak bisa dibuka, keluar tulisan "sertifikat kedaluwarsa".',
    "M109": "internet lab komputer SMPN 3 mati",
}
UNITS = {
    "M008": "DISPENDIK",
    "M009": "kec. genteng",
    "M048": "Puskesmas Singojuruh",
}


def filled(text: str | None) -> str | None:
    for name, number in TICKETS.items():
        plain = str(number)
        for form, written in (
            ("", plain),
            (":lower", plain.lower()),
            (":nosep", plain.replace("-", "")),
            (":o0", plain.replace("0", "O")),
        ):
            text = text and text.replace(f"{{{{{name}{form}}}}}", written)
    return text


def intent_of(sample: dict[str, Any]) -> Intent:
    return read_intent(
        filled(sample["text"]) or "",
        subject=filled(sample["subject"]),
        mail=sample["channel"] == "email",
        prefix="HD",
    )


def message_of(sample: dict[str, Any]) -> InboundMessage:
    kinds = {"email": AddressKind.EMAIL, "telegram": AddressKind.TELEGRAM}
    kind = kinds.get(sample["channel"])
    sender = Address(kind, sample["sender"]) if kind else sms_sender(sample["sender"])
    return InboundMessage(
        ChannelId(sample["channel"]),
        sample["id"],
        sender,
        filled(sample["text"]) or "",
        datetime(2026, 7, 14, 3, tzinfo=UTC),
        subject=filled(sample["subject"]),
        headers={name.lower(): value for name, value in sample.get("headers", {}).items()},
    )


@pytest.mark.parametrize("name", BY_ID)
def test_kind(name: str) -> None:
    sample = BY_ID[name]
    expected = sample["expected"]["kind"]
    automatic = why_automatic(message_of(sample), OWN)
    if expected == "auto_reply" or name in {"M104", "M114"}:
        assert automatic is not None
        assert automatic.kind == expected
        return
    assert automatic is None
    kind = intent_of(sample).kind
    assert kind is OTHERWISE[name][0] if name in OTHERWISE else kind in KINDS[expected]


@pytest.mark.parametrize("name", BY_ID)
def test_command_and_numbers(name: str) -> None:
    sample = BY_ID[name]
    intent = intent_of(sample)
    if sample["expected"]["kind"] == "status_query":
        assert intent.command is Command.STATUS
    else:
        assert intent.command is COMMANDS.get(name)
    raw = f"{sample['subject'] or ''} {sample['text']}"
    named = [number for key, number in TICKETS.items() if f"{{{{{key}" in raw]
    assert sorted(map(str, intent.numbers)) == sorted(map(str, named))
    assert intent.misread == ()
    assert intent.asks_number is (name == "M055")
    assert intent.scores == SCORES.get(name, ())


@pytest.mark.parametrize(("name", "content"), CONTENT.items())
def test_content(name: str, content: str) -> None:
    assert intent_of(BY_ID[name]).content == content


@pytest.mark.parametrize("name", BY_ID)
def test_the_signature_quotes_and_keyword_are_cut(name: str) -> None:
    intent = intent_of(BY_ID[name])
    if intent.kind is IntentKind.COMPLAINT:
        assert "Operator Kec. Glagah" not in intent.content
        assert "\n>" not in intent.content
        assert not intent.content.upper().startswith("HELP")
    assert len(intent.subject) <= 80
    assert len(intent.match_text) <= 500


@pytest.mark.parametrize("name", [s["id"] for s in SAMPLES if "must_mask" in s["expected"]])
def test_identity_numbers_never_stand_in_a_subject(name: str) -> None:
    sample = BY_ID[name]
    subject = intent_of(sample).subject
    assert all(secret not in subject for secret in sample["expected"]["must_mask"])


@pytest.mark.parametrize("name", BY_ID)
def test_unit(name: str) -> None:
    assert intent_of(BY_ID[name]).unit == UNITS.get(name, "")


def test_the_copy_is_a_near_duplicate_and_nothing_else_is() -> None:
    first = intent_of(BY_ID["M001"]).match_text
    alike = [
        name for name, sample in BY_ID.items() if nearly_same(first, intent_of(sample).match_text)
    ]
    assert alike == ["M001", "M036"]


def test_senders_that_cannot_be_answered() -> None:
    silent = [s["id"] for s in SAMPLES if why_unanswerable(message_of(s).sender)]
    assert silent == ["M027", "M029", "M102"]


def test_hints_are_right_more_often_than_not() -> None:
    opened = [s for s in SAMPLES if s["expected"]["kind"] == "new_ticket"]
    intents = [(intent_of(s), s["expected"]) for s in opened]
    categories = [intent.category == expected["category"] for intent, expected in intents]
    languages = [intent.language == expected["language"] for intent, expected in intents]
    priorities = [
        (intent.priority_hint or "normal") == expected["priority_hint"]
        for intent, expected in intents
    ]
    assert sum(categories) >= 0.85 * len(opened)
    assert all(languages)
    assert sum(priorities) >= 0.7 * len(opened)
