"""Each command against whose ticket it names and how that ticket stands (requirements §4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.model.intent import Command
from core.model.messages import Outcome
from core.model.ticket import ALLOWED, Status
from tests.core.fakes import DAY, NOON, decided, knows, number_of, office, ticket, told

if TYPE_CHECKING:
    from core.model.decision import Decision
    from core.model.ticket import KnownTicket

N1, N2, N3, N9 = (number_of(n) for n in (1, 2, 3, 9))
MISREAD = f"{N1[:-1]}{(int(N1[-1]) + 1) % 10}"
ABOUT_ONE = ("SELESAI", "BUKA", "BATAL", "ESKALASI", "KEBERATAN")
LONG_AGO = NOON - timedelta(days=8)
RUNNING = [status for status in Status if status.running]
ENDED = [status for status in Status if not status.running]


def result(decision: Decision) -> tuple[str, Status | None]:
    """What is written down, and the new status."""
    return decision.fact, decision.status


# Command, what it does in each status: (event, new status, reply); anything else is only noted.
DOES: dict[str, dict[Status | None, tuple[str, Status | None, str]]] = {
    "BATAL": {
        Status.RECEIVED: ("Cancelled", Status.CANCELLED, "status"),
        Status.UNDER_REVIEW: ("Cancelled", Status.CANCELLED, "status"),
        Status.ASSIGNED: ("Cancelled", Status.CANCELLED, "status"),
        Status.PENDING: ("Cancelled", Status.CANCELLED, "status"),
        None: ("CancelAsked", None, "status"),
    },
    "SELESAI": {
        Status.RESOLVED: ("Confirmed", Status.CLOSED, "closed"),
        None: ("SolutionReported", None, "status"),
    },
    "BUKA": {
        Status.RESOLVED: ("Reopened", Status.IN_PROGRESS, "reopened"),
        Status.CLOSED: ("Reopened", Status.IN_PROGRESS, "reopened"),
        Status.CANCELLED: ("Reopened", Status.RECEIVED, "reopened"),
        None: ("ReopenAsked", None, "status"),
    },
    "ESKALASI": {None: ("EscalationAsked", None, "status")},
    "KEBERATAN": {None: ("ObjectionRaised", None, "status")},
}


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("word", ABOUT_ONE)
def test_a_command_about_an_own_ticket(word: str, status: Status) -> None:
    decision = decided(f"{word} {N1} sebab ini", ticket(2), ticket(1, status))
    fact, new, purpose = DOES[word].get(status, DOES[word][None])
    assert result(decision) == (fact, new)
    assert told(decision) == [(purpose, N1)]
    assert (decision.outcome, decision.kind) == (Outcome.JOINED, "command")
    assert decision.ticket
    assert decision.ticket.number == N1
    assert decision.renew == (fact == "Reopened")
    if new:
        assert new in ALLOWED[status]
        assert decision.reason


def test_every_command_is_decided() -> None:
    words = {
        Command.STATUS: "STATUS",
        Command.CONFIRM: "SELESAI",
        Command.REOPEN: "BUKA",
        Command.CANCEL: "BATAL",
        Command.SPLIT: "BARU",
        Command.ESCALATE: "ESKALASI",
        Command.OBJECT: "KEBERATAN",
        Command.RATE: "NILAI",
        Command.SKIP: "LEWATI",
        Command.STOP: "STOP",
        Command.START: "MULAI",
        Command.INFO: "INFO",
    }
    assert set(words) == set(Command)
    for word in words.values():
        assert decided(word).outcome is Outcome.ANSWERED


@pytest.mark.parametrize("word", [*ABOUT_ONE, "STATUS"])
def test_a_strangers_number_gets_the_answer_of_an_unknown_one(word: str) -> None:
    """The store shows no ticket of others, so both decisions come from the same facts."""
    for running in ([], [ticket(1)], [ticket(1), ticket(2)]):
        foreign = decided(f"{word} {N9}", *running)
        unknown = decided(f"{word} {N3}", *running)
        assert told(foreign) == [("unknown_ticket", N9)]
        assert told(unknown) == [("unknown_ticket", N3)]
        assert replace(foreign, replies=()) == replace(unknown, replies=())
        assert (foreign.outcome, foreign.ticket, foreign.fact) == (Outcome.ANSWERED, None, "")


@pytest.mark.parametrize("word", [*ABOUT_ONE, "STATUS"])
def test_a_misread_number_is_shown_as_written(word: str) -> None:
    assert told(decided(f"{word} {MISREAD}", ticket(1))) == [("unknown_ticket", MISREAD)]


@pytest.mark.parametrize("word", ABOUT_ONE)
def test_a_partner_commands_nothing_but_is_heard(word: str) -> None:
    for status in (Status.RECEIVED, Status.RESOLVED):
        decision = decided(f"{word} {N1}", ticket(1, status, mine=False))
        assert result(decision) == ("MessageJoined", None)
        assert (decision.kind, decision.outcome) == ("command", Outcome.JOINED)
        assert decision.replies == ()


@pytest.mark.parametrize("word", ABOUT_ONE)
def test_without_a_number_a_partner_means_no_ticket_of_others(word: str) -> None:
    assert told(decided(word, ticket(1, mine=False))) == [("help", "")]


RECENT = {
    "SELESAI": (Status.RESOLVED,),
    "BUKA": (Status.RESOLVED, Status.CLOSED, Status.CANCELLED),
    "KEBERATAN": (Status.REJECTED,),
}


@pytest.mark.parametrize("word", ABOUT_ONE)
def test_without_a_number_the_only_running_ticket_is_meant(word: str) -> None:
    decision = decided(word, ticket(1))
    assert decision.ticket
    assert decision.ticket.number == N1


@pytest.mark.parametrize("word", ABOUT_ONE)
def test_without_a_number_and_with_several_running_we_ask_which(word: str) -> None:
    decision = decided(word, ticket(1), ticket(2))
    assert told(decision) == [("which_ticket", N2)]
    assert decision.replies[0].asked == N1
    assert (decision.outcome, decision.ticket) == (Outcome.ANSWERED, None)


@pytest.mark.parametrize(
    ("word", "status"), [(word, status) for word, meant in RECENT.items() for status in meant]
)
def test_our_texts_ask_for_a_word_without_a_number(word: str, status: Status) -> None:
    """ "balas BUKA bila laporan ingin dilanjutkan": meant is the ticket that this was told of."""
    decision = decided(word, ticket(1), ticket(2, status), ticket(3))
    assert decision.ticket
    assert decision.ticket.number == N2


@pytest.mark.parametrize(
    ("word", "status"), [("BUKA", Status.CLOSED), ("KEBERATAN", Status.REJECTED)]
)
def test_what_ended_long_ago_is_not_meant(word: str, status: Status) -> None:
    old = ticket(2, status, status_at=LONG_AGO)
    assert told(decided(word, old)) == [("help", "")]
    running = decided(word, ticket(1), old)
    assert running.ticket
    assert running.ticket.number == N1


def test_nothing_to_command() -> None:
    for word in ABOUT_ONE:
        assert told(decided(word)) == [("help", "")]


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED, Status.CANCELLED])
def test_reopening_too_late_opens_a_ticket_that_names_the_old_one(status: Status) -> None:
    decision = decided(f"BUKA {N1} mati lagi", ticket(1, status, status_at=LONG_AGO))
    assert decision.outcome is Outcome.OPENED
    assert told(decision) == [("ack", "")]
    assert N1 in decision.note


# --- STATUS --------------------------------------------------------------------------------


ASKS: list[tuple[str, list[KnownTicket], list[tuple[str, str]]]] = [
    ("STATUS", [], [("help", "")]),
    ("STATUS", [ticket(1)], [("status", N1)]),
    ("STATUS", [ticket(1), ticket(2, Status.CLOSED)], [("status", N1)]),
    ("STATUS", [ticket(1), ticket(2)], [("which_ticket", N2)]),
    ("STATUS", [ticket(1, Status.CLOSED), ticket(2, Status.RESOLVED)], [("status", N2)]),
    ("STATUS", [ticket(1, Status.CLOSED, status_at=LONG_AGO)], [("help", "")]),
    ("STATUS", [ticket(1, mine=False)], [("status", N1)]),
    (f"STATUS {N1}", [ticket(1, Status.REJECTED, status_at=LONG_AGO)], [("status", N1)]),
    (f"STATUS {N1} {N2}", [ticket(1), ticket(2)], [("status", N1), ("status", N2)]),
    (f"STATUS {N2} {N1} {N3}", [ticket(n) for n in (1, 2, 3)], [("status", N2), ("status", N1)]),
    (f"STATUS {N9} {N1}", [ticket(1)], [("status", N1), ("unknown_ticket", N9)]),
    (f"STATUS {N9} {N3}", [ticket(1)], [("unknown_ticket", N9)]),
    (N1, [ticket(1), ticket(2)], [("status", N1)]),
    (f"{N1} sudah sampai mana?", [ticket(1), ticket(2)], [("status", N1)]),
    ("nomor tiketnya berapa", [ticket(1), ticket(2)], [("status", N2)]),
    ("nomor tiketnya berapa", [], [("help", "")]),
]


@pytest.mark.parametrize(("text", "tickets", "replies"), ASKS)
def test_a_question_for_the_state(
    text: str, tickets: list[KnownTicket], replies: list[tuple[str, str]]
) -> None:
    decision = decided(text, *tickets)
    assert told(decision) == replies
    assert (decision.outcome, decision.kind) == (Outcome.ANSWERED, "status_query")
    assert decision.status is None
    assert (decision.fact == "StatusAsked") == (decision.ticket is not None)


# --- BARU, surveys, notices ----------------------------------------------------------------


def test_a_split_needs_something_that_was_joined() -> None:
    assert told(decided("BARU", ticket(1))) == [("help", "")]
    decision = decided("BARU", sender=knows(ticket(1), joined=(42, ticket(1).id)))
    assert (decision.outcome, decision.kind) == (Outcome.OPENED, "command")
    assert decision.split_from == (42, ticket(1).id)
    assert told(decision) == [("ack", "")]


def test_a_flood_is_not_split() -> None:
    limit = office().limits.tickets_per_ten_minutes
    sender = knows(ticket(1), joined=(42, ticket(1).id), opened=(NOON,) * limit)
    assert decided("BARU", sender=sender).outcome is Outcome.JOINED


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_rating_opens_a_survey(status: Status) -> None:
    for text in ("NILAI", f"NILAI {N1}", "NILAI 5 4 3 4 5"):
        decision = decided(text, ticket(1, status))
        assert decision.survey
        assert decision.fact == "SurveyOpened"
        assert told(decision) == [("survey", N1)]


@pytest.mark.parametrize(
    "tickets",
    [
        [],
        [ticket(1)],
        [ticket(1, Status.REJECTED)],
        [ticket(1, Status.CLOSED, status_at=LONG_AGO)],
        [ticket(1, Status.RESOLVED, mine=False)],
    ],
)
def test_nothing_to_rate(tickets: list[KnownTicket]) -> None:
    decision = decided("NILAI", *tickets)
    assert not decision.survey
    assert told(decision) == [("help", "")]


SCORES = [
    ("5 4 3 4 5", "5 4 3 4 5"),
    ("4,5,3,4,4", "4 5 3 4 4"),
    ("45344", "4 5 3 4 4"),
    ("T4 R5 D3 J4 E4", "4 5 3 4 4"),
    ("NILAI 1 1 1 1 1", "1 1 1 1 1"),
]


@pytest.mark.parametrize(("text", "scores"), SCORES)
def test_five_digits_answer_the_open_survey(text: str, scores: str) -> None:
    asked = ticket(1, Status.RESOLVED)
    decision = decided(text, sender=knows(ticket(2), asked, survey=asked.id))
    assert (decision.fact, decision.data) == ("SurveyAnswered", (("scores", scores),))
    assert decision.survey_done
    assert told(decision) == [("survey_thanks", N1)]


def test_one_digit_is_asked_again_and_nothing_is_kept() -> None:
    asked = ticket(1, Status.RESOLVED)
    decision = decided("4", sender=knows(asked, survey=asked.id))
    assert (decision.fact, decision.data) == ("SurveyAnswerRefused", ())
    assert not decision.survey_done
    assert told(decision) == [("survey_invalid", N1)]


def test_digits_count_only_while_a_survey_is_open() -> None:
    decision = decided("5 4 3 4 5", ticket(1, Status.RESOLVED))
    assert decision.outcome is Outcome.UNSORTED
    assert decided("5 4 3 4 5", ticket(1)).kind == "follow_up"


def test_a_survey_about_a_ticket_that_is_gone_is_over() -> None:
    assert told(decided("5 4 3 4 5", sender=knows(survey=7))) == [("help", "")]
    assert told(decided("LEWATI", sender=knows(survey=7))) == [("help", "")]


def test_skipping_ends_the_survey_in_silence() -> None:
    asked = ticket(1, Status.RESOLVED)
    decision = decided("LEWATI", sender=knows(asked, survey=asked.id))
    assert decision.survey_done
    assert decision.fact == "SurveySkipped"
    assert decision.replies == ()
    assert decision.silence


@pytest.mark.parametrize(("word", "muted"), [("STOP", True), ("BERHENTI", True), ("MULAI", False)])
def test_notices_off_and_on(word: str, muted: bool) -> None:  # noqa: FBT001 - a column
    decision = decided(word, ticket(1))
    assert decision.muted is muted
    assert decision.ticket is None
    assert told(decision) == ([] if muted else [("status", N1)])
    assert bool(decision.silence) is muted


def test_stop_counts_only_alone() -> None:
    decision = decided("stop kirim pesan iklan ke saya pak", ticket(1))
    assert decision.muted is None
    assert decision.kind == "follow_up"


def test_help_is_given_as_often_as_it_is_asked_for() -> None:
    for word in ("INFO", "HELP", "?", "/start"):
        decision = decided(word, sender=knows(ticket(1), helped_on="2026-07-14"))
        assert told(decision) == [("help", "")]
        assert decision.kind == "help"


@pytest.mark.parametrize("word", ["BUKA", "SELESAI", "BATAL"])
def test_a_reminder_of_a_day_later_is_the_same(word: str) -> None:
    ended = ticket(1, Status.RESOLVED, status_at=NOON - DAY)
    decision = decided(word, ended)
    assert decision.ticket == ended
