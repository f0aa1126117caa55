"""Rows of core turned into what the page says."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console import wording
from console.sandbox.bubbles import bubble
from console.sandbox.phones import KINDS, sender_of
from console.sandbox.views import card, details, unbroken
from console.staff.admin.words import HOUSE_EVENTS
from core.model.events import GENESIS, Event, Fact, chain
from core.model.messages import AddressKind, DeliveryState, Outcome
from core.model.outbox import OutboxState
from core.model.ticket import Priority, Promise, Status
from core.model.views import ThreadEntry, TicketRow
from tests.console.office import NOON, WIB

if TYPE_CHECKING:
    from core.model.events import Json

SMS = KINDS["sms"]
REPLY = ThreadEntry(
    7, inbound=False, at=NOON, text="Tiket HD26-004217-4 diterima.", who="0812****2001",
    channel="sms", number="HD26-004217-4", state="delivered", segments=1,
)  # fmt: skip
ROW = TicketRow(
    26000004217, "HD26-004217-4", Status.RECEIVED, Priority.HIGH, None, "internet mati", "sms",
    "network", "id", NOON, (Promise("first_answer", NOON + timedelta(minutes=30)),), 2,
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("081200002005", AddressKind.PHONE, "+6281200002005"),
        ("0812 0000 2005", AddressKind.PHONE, "+6281200002005"),
        ("+62 812-0000-2005", AddressKind.PHONE, "+6281200002005"),
        ("6281200002005", AddressKind.PHONE, "+6281200002005"),
        ("  081200002005 ", AddressKind.PHONE, "+6281200002005"),
        ("INFO-BANK", AddressKind.SENDER_LABEL, "INFO-BANK"),
        ("3636", AddressKind.SENDER_LABEL, "3636"),
    ],
)
def test_a_visitor_may_type_a_sender_in_any_usual_way(
    typed: str, kind: AddressKind, value: str
) -> None:
    address = sender_of(typed)
    assert address is not None
    assert (address.kind, address.value) == (kind, value)


@pytest.mark.parametrize("typed", ["", " ", "a", "<script>", "x" * 26, "0812\n0000", "é" * 5])
def test_what_no_network_would_show_is_no_sender(typed: str) -> None:
    assert sender_of(typed) is None


@given(st.text(max_size=40))
def test_no_typed_sender_breaks_the_page(typed: str) -> None:
    address = sender_of(typed)
    assert address is None or 0 < len(address.value) <= 25


@pytest.mark.parametrize("state", [*OutboxState, *DeliveryState])
def test_every_state_of_a_reply_has_words(state: str) -> None:
    shown = bubble(replace(REPLY, state=str(state)), WIB, SMS)
    assert shown.state == wording.DELIVERY[str(state)]


def test_every_outcome_and_promise_has_words() -> None:
    assert set(wording.OUTCOMES) == {outcome.value for outcome in Outcome}
    assert set(wording.TARGETS) == {"first_answer", "solution"}


def _kinds(*, of_the_office: bool) -> set[str]:
    """Kinds are written in core as texts; a new one without words would show as English."""
    kinds: set[str] = set()
    for file in Path(wording.__file__).parents[1].joinpath("core").rglob("*.py"):
        if (file.stem in _OF_THE_OFFICE) is not of_the_office:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") not in _NO_EVENTS:
                values = [*node.args, *(keyword.value for keyword in node.keywords)]
                texts = [value.value for value in values if isinstance(value, ast.Constant)]
                kinds |= {text for text in texts if _KIND.fullmatch(str(text))}
    return kinds


def test_every_event_of_a_ticket_that_core_writes_has_words() -> None:
    kinds = _kinds(of_the_office=False)
    assert "MessageJoined" in kinds
    assert kinds <= set(wording.EVENTS)


def test_every_event_of_the_office_has_words() -> None:
    kinds = _kinds(of_the_office=True)
    assert "StaffAdded" in kinds
    assert kinds <= set(wording.EVENTS) | set(HOUSE_EVENTS)


_OF_THE_OFFICE = {
    *(
        "accounts",
        "canned",
        "doors",
        "entry",
        "first_start",
        "passwords",
        "second_factor",
        "sign_on",
        "staff",
        "staff_entries",
        "subscriptions",
        "texts",
        "tokens",
        "unit_merging",
        "units",
    ),
}
"""Services whose events stand in the office's own history, on no ticket."""

_NO_EVENTS = {"NewType", "_wide"}
"""Calls with names of other things: types, streams of old office documents."""

_KIND = re.compile(r"(?:[A-Z][a-z]+){2,}")


@pytest.mark.parametrize(
    ("text", "segments", "facts"),
    [
        ("Tiket diterima", 1, "1 SMS · GSM-7"),
        ("Tiket diterima 🙏", 1, "1 SMS · UCS-2"),
        ("x" * 161, 0, "2 SMS · GSM-7"),
        ("", 0, "1 SMS · GSM-7"),
    ],
)
def test_a_reply_tells_its_parts_and_encoding(text: str, segments: int, facts: str) -> None:
    assert bubble(replace(REPLY, text=text, segments=segments), WIB, SMS).facts == facts


def test_a_failed_reply_tells_why() -> None:
    shown = bubble(replace(REPLY, state="dead", reason="nomor menolak pesan"), WIB, SMS)
    assert shown.state == "Tidak terkirim: nomor menolak pesan"
    assert shown.trouble


def test_a_reply_withheld_tells_why_under_the_message() -> None:
    entry = replace(REPLY, inbound=True, outcome=Outcome.OPENED, silence="batas tercapai")
    shown = bubble(entry, WIB, SMS)
    assert (shown.silence, shown.facts, shown.state) == ("batas tercapai", "Tiket baru", "")


def test_the_number_is_cut_out_so_that_no_line_break_tears_it() -> None:
    assert bubble(REPLY, WIB, SMS).pieces == ("Tiket ", "HD26-004217-4", " diterima.")
    two = replace(
        REPLY, text="HD26-004217-4 dan HDX26-1004218-0, bukan HD26-42 atau XHD26-004217-44"
    )
    assert bubble(two, WIB, SMS).pieces[1::2] == ("HD26-004217-4", "HDX26-1004218-0")
    assert "".join(bubble(two, WIB, SMS).pieces) == two.text


def test_a_text_of_a_megabyte_is_shortened_on_screen() -> None:
    shown = "".join(bubble(replace(REPLY, text="a" * 1_000_000, number=None), WIB, SMS).pieces)
    assert len(shown) < 2100
    assert shown.endswith("(dipotong di layar)")


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Asia/Jakarta", "Sel 14 Juli 2026 pukul 10.30 WIB"),
        ("Asia/Makassar", "Sel 14 Juli 2026 pukul 11.30 WITA"),
        ("Asia/Jayapura", "Sel 14 Juli 2026 pukul 12.30 WIT"),
    ],
)
def test_due_times_are_told_in_the_zone_of_the_office(zone: str, words: str) -> None:
    (due,) = card(ROW, ZoneInfo(zone)).dues
    assert due.word == "Dijawab petugas paling lambat"
    assert due.when.replace("\xa0", " ") == words


def test_a_card_speaks_indonesian() -> None:
    shown = card(ROW, WIB)
    assert (shown.status_word, shown.priority_word, shown.channel) == ("Diterima", "Tinggi", "SMS")
    assert shown.opened.replace("\xa0", " ") == "Sel 14 Juli 2026 pukul 10.00 WIB"


def _chain(*facts: Fact) -> list[Event]:
    events: list[Event] = []
    for fact in facts:
        events.append(chain(9, len(events) + 1, events[-1].hash if events else GENESIS, fact))
    return events


HISTORY = _chain(
    Fact("TicketOpened", NOON, "reporter", {"channel": "sms", "priority": "normal"}),
    Fact("StatusChanged", NOON, "staff:3", {"new": "assigned", "reason": "", "rows": [1, 2]}),
    Fact("SomethingNew", NOON, "system", {"secret": "x"}),
)


def test_the_promises_given_are_told_in_the_history() -> None:
    data: dict[str, Json] = {
        "message": 7,
        "first_answer": "2026-07-14T03:30:00+00:00",
        "solution": "belum tahu",
    }
    (step,) = details([], _chain(Fact("TicketOpened", NOON, "participant", data)), WIB).steps
    assert [(label, value.replace("\xa0", " ")) for label, value in step.details] == [
        ("Dijawab petugas paling lambat", "Sel 14 Juli 2026 pukul 10.30 WIB"),
        ("Selesai paling lambat", "belum tahu"),
    ]
    assert step.actor == "pihak terkait"


@pytest.mark.parametrize("data", ["", "{", "[]", "7", "null", '"x"'])
def test_a_history_with_ruined_data_is_still_shown(data: str) -> None:
    told = details([], [replace(HISTORY[0], data=data)], WIB)
    assert (told.steps[0].details, told.unbroken) == ((), False)


def test_a_suggested_priority_is_shown_beside_the_decided_one() -> None:
    assert card(replace(ROW, priority_hint=Priority.EMERGENCY), WIB).hint == "Darurat"
    assert card(replace(ROW, priority_hint=Priority.HIGH), WIB).hint == ""
    assert card(ROW, WIB).hint == ""


def test_the_history_is_told_newest_first_in_words() -> None:
    told = details([replace(REPLY, inbound=True, text="internet mati")], HISTORY, WIB)
    assert told.text == "internet mati"
    assert [step.words for step in told.steps] == [
        "Something new", "Status berubah", "Tiket dibuka",
    ]  # fmt: skip
    assert [step.actor for step in told.steps] == ["sistem", "petugas", "pelapor"]
    assert told.steps[1].details == (("Menjadi", "Ditugaskan"),)
    assert told.steps[2].details == (("Kanal", "SMS"), ("Prioritas", "Normal"))
    assert told.steps[0].details == ()
    assert told.unbroken


@pytest.mark.parametrize(
    "tampered",
    [
        [replace(HISTORY[0], data='{"channel":"email"}'), *HISTORY[1:]],
        [HISTORY[0], HISTORY[2]],
        HISTORY[1:],
        [HISTORY[1], HISTORY[0], HISTORY[2]],
        [HISTORY[0], replace(HISTORY[1], actor="staff:4"), HISTORY[2]],
    ],
    ids=["changed", "removed", "beheaded", "swapped", "other actor"],
)
def test_a_changed_history_is_seen(tampered: list[Event]) -> None:
    assert not unbroken(tampered)
    assert unbroken(HISTORY)


def test_numbers_can_be_read_aloud() -> None:
    assert wording.spaced("+6281200002001") == "+62 812 0000 2001"
    assert wording.spaced("INFO-BANK") == "INFO-BANK"
