"""The audit of the kill test sees what it is there to see: each planted fault, and only that."""

from __future__ import annotations

import copy
import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.journeys.kill_ledger import Books, audit, chained
from tests.journeys.kill_side import RECORD, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.kill_ledger import Ledger
    from tests.journeys.kill_side import Side

WRITTEN = {"SM1": "+628120001", "SM2": "+628120002"}
NUMBERS = ("HD26-004217-4", "HD26-000035-7")
TAKEN = 100.0
AT = "2026-11-22 23:05:45.615304"


def opened(ticket: int, seq: int = 1, previous: str = "") -> dict[str, object]:
    event: dict[str, object] = {
        "ticket_id": ticket, "seq": seq, "kind": "TicketOpened", "at": AT, "actor": "reporter",
        "data": "{}", "previous": previous,
    }  # fmt: skip
    return event | {"hash": chained(event)}


def books() -> Books:
    """Two citizens, two tickets, two texts: nothing wrong."""
    made = Books([], [], [], [], [], [])
    for place, ((sid, sender), number) in enumerate(zip(WRITTEN.items(), NUMBERS, strict=True), 1):
        event = opened(place)
        made.messages.append(
            {"external_id": sid, "outcome": "opened", "ticket_id": place, "sender": sender}
        )
        made.tickets.append(
            {
                "id": place, "number": number, "event_seq": 1, "event_head": event["hash"],
                "sender": sender,
            }
        )  # fmt: skip
        made.events.append(event)
        made.clocks += [
            {"ticket_id": place, "target": target} for target in ("solution", "first_answer")
        ]
        made.outbox.append(
            {
                "key": f"ack:{place}", "state": "handed_over", "handed_over_at": AT,
                "recipient": sender, "ticket_id": place, "text": f"no tiket {number}.",
                "provider_id": f"SMout{place}", "copied": False, "delivery": "sent",
            }
        )  # fmt: skip
    return made


@dataclass
class Sent:
    """The provider's side of it; both texts were answered at once."""

    texts: list[Text]
    looks_up: bool = True

    @staticmethod
    def name_of(row: dict[str, Any]) -> str:
        return str(row["external_id"])


def texts() -> list[Text]:
    return [
        Text(f"SMout{place}", sender, f"no tiket {number}.", taken_at=TAKEN, clear_at=TAKEN + 0.1)
        for place, (sender, number) in enumerate(zip(WRITTEN.values(), NUMBERS, strict=True), 1)
    ]


def verdict(told: Books, sent: list[Text], *kills: float, looks_up: bool = True) -> Ledger:
    return audit(told, WRITTEN, cast("Side", Sent(sent, looks_up)), kills)


def test_where_nothing_is_wrong_nothing_is_said() -> None:
    assert verdict(books(), texts()).clean


def test_a_text_may_name_its_number_twice() -> None:
    """In service hours it ends with how to ask for the status."""
    told, sent = books(), texts()
    sent[0].body += f" Cek: STATUS {NUMBERS[0]}"
    told.outbox[0]["text"] = sent[0].body
    assert verdict(told, sent).clean


FAULTS: list[tuple[str, str, Callable[[Books, list[Text]], object]]] = [
    ("no row", "lost", lambda b, _: b.messages.pop()),
    ("no ticket", "lost", lambda b, _: b.tickets.pop()),
    ("no text", "lost", lambda _, t: t.pop()),
    ("two rows", "doubled", lambda b, _: b.messages.append(b.messages[0])),
    ("two tickets", "doubled", lambda b, _: b.tickets.append({**b.tickets[0], "id": 9})),
    ("one number twice", "doubled", lambda b, _: b.tickets[1].update(number=NUMBERS[0])),
    ("two texts", "doubled", lambda _, t: t.append(copy.copy(t[0]))),
    ("a row nobody wrote", "phantom", lambda b, _: b.messages[0].update(external_id="SM7")),
    ("a ticket nobody wrote", "phantom", lambda b, _: b.tickets[0].update(sender="+629")),
    ("another's ticket", "phantom", lambda b, _: b.messages[0].update(ticket_id=2)),
    ("a text to nobody", "phantom", lambda _, t: setattr(t[0], "to", "+629")),
    ("another number", "phantom", lambda _, t: setattr(t[0], "body", NUMBERS[1])),
    ("no number", "phantom", lambda _, t: setattr(t[0], "body", "terima kasih")),
    ("both numbers", "phantom", lambda _, t: setattr(t[0], "body", " ".join(NUMBERS))),
    ("events of nobody", "phantom", lambda b, _: b.events.append(opened(9))),
    ("joined instead", "faults", lambda b, _: b.messages[0].update(outcome="joined")),
    ("a wrong check digit", "faults", lambda b, _: b.tickets[0].update(number="HD26-004217-5")),
    ("a promise missing", "faults", lambda b, _: b.clocks.pop()),
    ("not sent", "faults", lambda b, _: b.outbox[0].update(state="dead")),
    ("sent at no time", "faults", lambda b, _: b.outbox[0].update(handed_over_at=None)),
    ("another kind of text", "faults", lambda b, _: b.outbox[0].update(key="help:1")),
    ("an unknown id", "faults", lambda b, _: b.outbox[0].update(provider_id="SM0")),
    ("another's id", "faults", lambda b, _: b.outbox[0].update(provider_id="SMout2")),
    ("two promises", "faults", lambda b, _: b.outbox.append(b.outbox[0])),
    ("a report forgotten", "faults", lambda _, t: t[0].acknowledged.add("delivered")),
    ("an event changed", "faults", lambda b, _: b.events[0].update(actor="system")),
    ("an event gone", "faults", lambda b, _: b.events.pop()),
    ("an event more", "faults", lambda b, _: b.events.append(opened(1, 2, b.events[0]["hash"]))),
    ("a gap", "faults", lambda b, _: b.events[0].update(opened(1, 2))),
    ("in quarantine", "faults", lambda b, _: b.quarantine.append({"id": 1})),
]


@pytest.mark.parametrize(
    ("where", "plant"), [row[1:] for row in FAULTS], ids=[r[0] for r in FAULTS]
)
def test_each_planted_fault_is_seen(
    where: str, plant: Callable[[Books, list[Text]], object]
) -> None:
    spoiled, sent = books(), texts()
    plant(spoiled, sent)
    ledger = verdict(spoiled, sent)
    assert not ledger.clean
    assert getattr(ledger, where)


@pytest.mark.parametrize(
    ("copied", "copies", "word"), [(True, 1, "marked"), (False, 0, "unmarked")]
)
def test_a_copy_is_a_double_with_or_without_its_mark(
    copied: bool,
    copies: int,
    word: str,
) -> None:
    marked, sent = books(), texts()
    marked.outbox[0]["copied"] = copied
    sent.append(copy.copy(sent[0]))
    ledger = verdict(marked, sent)
    assert ledger.copies == copies
    assert ledger.doubled == [f"{NUMBERS[0]}: 2 acknowledgements, {word}"]


COPIES: list[tuple[str, bool, float | None, tuple[float, ...], str]] = [
    ("unclear, marked", True, None, (), ""),
    ("unclear, unmarked", False, None, (), "unmarked"),
    ("a kill before it was noted", True, TAKEN + 0.1, (TAKEN + 0.1 + RECORD / 2,), ""),
    ("a kill while it was sent", True, TAKEN + 0.1, (TAKEN,), ""),
    ("a kill, unmarked", False, TAKEN + 0.1, (TAKEN,), "unmarked"),
    ("a kill long after", True, TAKEN + 0.1, (TAKEN + 5,), "marked without a reason"),
    ("a kill long before", True, TAKEN + 0.1, (TAKEN - 5,), "marked without a reason"),
    ("no kill at all", True, TAKEN + 0.1, (), "marked without a reason"),
]


@pytest.mark.parametrize(
    ("copied", "clear_at", "kills", "fault"),
    [row[1:] for row in COPIES],
    ids=[r[0] for r in COPIES],
)
def test_where_nobody_can_be_asked_a_copy_needs_a_mark_and_a_reason(
    copied: bool,
    clear_at: float | None,
    kills: tuple[float, ...],
    fault: str,
) -> None:
    told, sent = books(), texts()
    told.outbox[0]["copied"] = copied
    sent[0].clear_at = clear_at
    sent.append(dataclasses.replace(sent[0], taken_at=TAKEN + 3))
    ledger = verdict(told, sent, *kills, looks_up=False)
    found = [f"{NUMBERS[0]}: 2 acknowledgements, {fault}"] if fault else []
    assert ledger.doubled == found
    assert ledger.copies == copied


@pytest.mark.parametrize(("known_at", "allowed"), [(TAKEN + 1, False), (TAKEN + 2.9, True)])
def test_what_a_report_had_told_is_no_reason_for_a_copy(
    known_at: float,
    allowed: bool,
) -> None:
    told, sent = books(), texts()
    told.outbox[0]["copied"] = True
    sent[0].clear_at, sent[0].known_at = None, known_at
    sent.append(dataclasses.replace(sent[0], taken_at=TAKEN + 3))
    assert (verdict(told, sent, looks_up=False).doubled == []) == allowed
