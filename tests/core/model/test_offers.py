"""What the page of a ticket offers is what its commands do; words typed there stay there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.model.intent import Command, IntentKind
from core.model.numbers import TicketNumber
from core.model.offers import WORDS, offered, takes_words, window_end
from core.model.reading import read_said
from core.model.ticket import Status
from tests.core.fakes import DAY, HOUR, NOON, office
from tests.core.fakes import ticket as known_ticket
from tests.core.model.test_command_rules import decided
from tests.core.model.work_samples import ticket

NUMBER = TicketNumber("HD", 26, 1)
OLD: dict[str, Any] = {"status_at": NOON - 8 * DAY}
POLICY = office()
NOTHING_DONE = {
    *("CancelAsked", "SolutionReported", "ReopenAsked", "EscalationNotTaken"),
    *("ObjectionNotTaken", ""),
}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("changes", [{}, OLD], ids=["young", "old"])
def test_every_offer_does_something_and_what_would_is_offered(
    status: Status, changes: dict[str, Any]
) -> None:
    work = ticket(status, **({"status_at": NOON - HOUR} | changes))
    known = known_ticket(1, status, status_at=work.status_at)
    for command, word in WORDS.items():
        decision = decided(f"{word} {NUMBER} karena begini", known)
        does = decision.fact not in NOTHING_DONE
        assert (command in offered(POLICY, work, NOON)) is does, command


@pytest.mark.parametrize(
    ("status", "changes", "offers"),
    [
        (Status.RECEIVED, {"asked_escalation": True}, (Command.CANCEL,)),
        (Status.IN_PROGRESS, {"asked_escalation": True}, ()),
        (Status.REJECTED, {"objected": True}, ()),
        (Status.RESOLVED, {}, (Command.CONFIRM, Command.REOPEN)),
        (Status.RESOLVED, OLD, (Command.CONFIRM,)),
        (Status.MERGED, {}, ()),
    ],
)
def test_what_was_asked_before_is_not_offered_again(
    status: Status, changes: dict[str, Any], offers: tuple[Command, ...]
) -> None:
    assert offered(POLICY, ticket(status, **changes), NOON) == offers


@pytest.mark.parametrize(
    ("status", "young", "old"),
    [
        (Status.RECEIVED, True, True),
        (Status.PENDING, True, True),
        (Status.RESOLVED, False, True),
        (Status.CLOSED, False, True),
        (Status.REJECTED, False, False),
        (Status.CANCELLED, False, False),
        (Status.MERGED, False, False),
    ],
)
def test_where_plain_words_belong(status: Status, *, young: bool, old: bool) -> None:
    lately = ticket(status, status_at=NOON - HOUR)
    assert takes_words(POLICY, lately, NOON) is young
    assert takes_words(POLICY, replace(lately, **OLD), NOON) is old
    assert window_end(POLICY, lately) == NOON - HOUR + POLICY.reopening


@pytest.mark.parametrize(
    ("text", "kind", "command"),
    [
        ("BUKA", IntentKind.COMMAND, Command.REOPEN),
        (f"selesai {NUMBER}", IntentKind.COMMAND, Command.CONFIRM),
        (f"ESKALASI {NUMBER} sudah lama", IntentKind.COMMAND, Command.ESCALATE),
        ("BATAL HD26-000002-7", IntentKind.TEXT, None),
        ("STOP", IntentKind.TEXT, None),
        ("NILAI 4 5 3 4 4", IntentKind.TEXT, None),
        ("5", IntentKind.TEXT, None),
        ("STATUS", IntentKind.TEXT, None),
        ("HELPDESK", IntentKind.TEXT, None),
        ("HELPDESK tiang HD26-000002-7 juga", IntentKind.TEXT, None),
        ("Tiang ketiga juga padam", IntentKind.TEXT, None),
        ("terima kasih", IntentKind.THANKS, None),
        ("", IntentKind.NOTHING, None),
    ],
)
def test_words_typed_on_the_page_of_a_ticket(
    text: str, kind: IntentKind, command: Command | None
) -> None:
    intent = read_said(text, NUMBER)
    assert (intent.kind, intent.command) == (kind, command)
    assert intent.numbers == ((NUMBER,) if command else ())
    assert intent.scores == ()
    if command is None:
        assert intent.content == text
