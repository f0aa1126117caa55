"""Which rule speaks first, and what it says (requirements §4 rules 8 to 11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.model.automatic import Automatic
from core.model.messages import Attachment, Outcome
from core.model.policy import ReplyLimits
from core.model.ticket import KnownTicket, Status
from tests.core.fakes import (
    DAY,
    HOUR,
    NOON,
    case,
    decided,
    knows,
    number_of,
    office,
    said,
    ticket,
    told,
)

if TYPE_CHECKING:
    from core.model.case import Decision

ONE, TWO, NOBODYS = number_of(1), number_of(2), number_of(999_999)
MISREAD = NOBODYS[:-1] + str((int(NOBODYS[-1]) + 1) % 10)
WEEK = timedelta(days=7)
PHOTO = (Attachment("https://media.example/1", "image/jpeg"),)
LAMP = "HELPDESK lampu ruang tunggu mati sejak kemarin sore"
LAMP_MATCH = "lampu ruang tunggu mati sejak kemarin sore"
BOUNCE = Automatic("auto_reply", "pemberitahuan gagal kirim")
BULK = Automatic("ignored", "surel massal atau milis")
LABEL = "pengirim tanpa nomor yang dapat dibalas"
RUNNING = [status for status in Status if status.running]
ENDED = [Status.RESOLVED, Status.CLOSED]
SHUT = [Status.REJECTED, Status.CANCELLED, Status.MERGED]


def photo(text: str = "") -> dict[str, Any]:
    return {"message": said(text, attachments=PHOTO)}


def summary(decision: Decision) -> tuple[str, str, str | None, list[str]]:
    """Outcome, kind, ticket and the purposes of the replies."""
    number = decision.ticket.number if decision.ticket else None
    return decision.outcome, decision.kind, number, [purpose for purpose, _ in told(decision)]


# Each text fits the rule named and a later one as well; ONE runs and TWO is resolved.
PRECEDENCE: list[tuple[str, str, dict[str, Any], tuple[str, str, str | None, list[str]]]] = [
    ("machine mail, not its command", f"BATAL {ONE}", {"automatic": BOUNCE},
     ("joined", "auto_reply", ONE, [])),
    ("mass mail, not its thread", LAMP, {"automatic": BULK, "threaded": ONE},
     ("ignored", "ignored", None, [])),
    ("no address, not a command", f"STATUS {ONE}", {"unanswerable": LABEL},
     ("ignored", "ignored", None, [])),
    ("command, not the thread", f"STATUS {TWO}", {"threaded": ONE},
     ("answered", "status_query", TWO, ["status"])),
    ("command, not the keyword", f"HELPDESK BATAL {ONE}", {},
     ("joined", "command", ONE, ["status"])),
    ("number, not the thread", f"{ONE} masih mati", {"threaded": TWO},
     ("joined", "follow_up", ONE, [])),
    ("number, not the keyword", f"HELPDESK {ONE} lampunya masih mati", {},
     ("joined", "follow_up", ONE, [])),
    ("number, not the one that runs", f"{TWO} mati lagi", {},
     ("joined", "follow_up", TWO, ["reopened"])),
    ("thread, not the keyword", LAMP, {"threaded": ONE}, ("joined", "follow_up", ONE, [])),
    ("thread, not the one that runs", "mati lagi", {"threaded": TWO},
     ("joined", "follow_up", TWO, ["reopened"])),
    ("keyword, not the conversation", LAMP, {}, ("opened", "new_ticket", None, ["ack"])),
    ("keyword alone, not the conversation", "HELPDESK", {},
     ("answered", "help", None, ["empty"])),
    ("conversation, not thanks after the end", "terima kasih", {},
     ("joined", "follow_up", ONE, [])),
    ("conversation, not help", "lampunya yang di pojok", {},
     ("joined", "follow_up", ONE, [])),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "around", "expected"), [row[1:] for row in PRECEDENCE], ids=[r[0] for r in PRECEDENCE]
)
def test_the_earlier_rule_speaks(
    text: str, around: dict[str, Any], expected: tuple[str, str, str | None, list[str]]
) -> None:
    tickets = ticket(1), ticket(2, Status.RESOLVED)
    assert summary(decided(text, *tickets, **around)) == expected


def test_digits_answer_an_open_survey_before_they_join_a_conversation() -> None:
    resolved = ticket(2, Status.RESOLVED)
    sender = knows(ticket(1), resolved, survey=resolved.id)
    assert summary(decided("5 4 3 4 5", sender=sender)) == (
        "joined", "command", TWO, ["survey_thanks"],
    )  # fmt: skip
    assert decided("5 4 3 4 5", ticket(1), resolved).kind == "follow_up"


@pytest.mark.parametrize("way", ["number", "thread"])
@pytest.mark.parametrize("status", RUNNING + SHUT)
def test_a_ticket_that_cannot_be_reopened_is_joined_as_it_is(status: Status, way: str) -> None:
    known = ticket(1, status)
    named = {"threaded": ONE} if way == "thread" else {}
    text = "masih mati" if way == "thread" else f"{ONE} masih mati"
    decision = decided(text, known, **named)
    assert summary(decision) == ("joined", "follow_up", ONE, [])
    assert (decision.fact, decision.status, decision.renew) == ("MessageJoined", None, False)
    assert decision.silence == "satu pemberitahuan nomor per tiket"


@pytest.mark.parametrize("way", ["number", "thread"])
@pytest.mark.parametrize("status", ENDED)
def test_words_reopen_a_ticket_within_the_window(status: Status, way: str) -> None:
    known = ticket(1, status, status_at=NOON - WEEK + timedelta(microseconds=1))
    named = {"threaded": ONE} if way == "thread" else {}
    decision = decided("masih mati" if named else f"{ONE} masih mati", known, **named)
    assert told(decision) == [("reopened", ONE)]
    assert (decision.fact, decision.status) == ("Reopened", Status.IN_PROGRESS)
    assert decision.renew
    assert decision.reason


@pytest.mark.parametrize("way", ["number", "thread"])
@pytest.mark.parametrize("status", ENDED)
def test_after_the_window_words_open_a_new_ticket_that_names_the_old(
    status: Status, way: str
) -> None:
    known = ticket(1, status, status_at=NOON - WEEK)
    named = {"threaded": ONE} if way == "thread" else {}
    decision = decided("masih mati" if named else f"{ONE} masih mati", known, **named)
    assert summary(decision) == ("opened", "new_ticket", None, ["ack"])
    assert decision.note == f"lanjutan dari {ONE}, masa buka kembali lewat"


WORDLESS = ["terima kasih", "👍", "mantap pak 🙏", "", " \n"]


@pytest.mark.parametrize("status", ENDED)
@pytest.mark.parametrize("text", WORDLESS)
def test_what_says_nothing_reopens_nothing(text: str, status: Status) -> None:
    decision = decided(text, ticket(1, status), threaded=ONE)
    assert summary(decision) == ("joined", "follow_up", ONE, [])
    assert (decision.status, decision.renew) == (None, False)


def test_a_photo_without_words_reopens() -> None:
    decision = decided("", ticket(1, Status.RESOLVED), threaded=ONE, **photo())
    assert decision.fact == "Reopened"


@pytest.mark.parametrize(("text", "extra"), [("", {}), ("", photo()), ("HELPDESK", {})])
def test_after_the_window_only_content_opens(text: str, extra: dict[str, Any]) -> None:
    old = ticket(1, Status.CLOSED, status_at=NOON - WEEK)
    decision = decided(text, old, threaded=ONE, **extra)
    assert (decision.outcome is Outcome.OPENED) == ("message" in extra)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("age", [HOUR, 8 * DAY])
def test_a_partner_joins_and_changes_nothing(status: Status, age: timedelta) -> None:
    theirs = ticket(1, status, mine=False, status_at=NOON - age)
    decision = decided(f"{ONE} teknisi kami sudah di lokasi", theirs)
    assert summary(decision) == ("joined", "follow_up", ONE, [])
    assert (decision.fact, decision.status) == ("MessageJoined", None)


def test_of_several_numbers_the_first_that_still_runs_is_meant() -> None:
    old = ticket(1, Status.CLOSED, status_at=NOON - WEEK)
    assert decided(f"{ONE} dan {TWO} sama saja", old, ticket(2)).ticket == ticket(2)


def test_a_ticket_whose_number_was_never_told_tells_it_when_joined() -> None:
    sender = knows(ticket(1), untold=(ONE,))
    decision = decided("lampunya yang di pojok", sender=sender)
    assert (told(decision), decision.silence) == ([("status", ONE)], "")


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("way", ["number", "thread"])
def test_machine_mail_joins_and_never_reopens(status: Status, way: str) -> None:
    named = {"threaded": ONE} if way == "thread" else {}
    text = "Saya sedang cuti" if way == "thread" else f"Re: {ONE} tidak terkirim"
    decision = decided(text, ticket(1, status), automatic=BOUNCE, **named)
    assert summary(decision) == ("joined", "auto_reply", ONE, [])
    assert (decision.status, decision.silence) == (None, BOUNCE.reason)
    assert decision.fact == "AutomaticReplyJoined"


@pytest.mark.parametrize("tickets", [(), (ticket(1),)])
@pytest.mark.parametrize("automatic", [BOUNCE, BULK])
def test_machine_mail_without_a_thread_is_kept_and_left(
    automatic: Automatic, tickets: tuple[KnownTicket, ...]
) -> None:
    decision = decided(LAMP, *tickets, automatic=automatic)
    assert summary(decision) == ("ignored", automatic.kind, None, [])
    assert decision.silence == automatic.reason


def test_a_sender_without_an_address_is_heard_once() -> None:
    first = decided(LAMP, unanswerable=LABEL)
    assert (summary(first), first.silence) == (("opened", "new_ticket", None, []), LABEL)
    again = decided(LAMP, ticket(1, match_text=LAMP_MATCH), unanswerable=LABEL)
    assert (summary(again), again.silence) == (("joined", "follow_up", ONE, []), LABEL)
    for text in ("halo", "STOP", f"BATAL {ONE}", "HELPDESK"):
        other = decided(text, ticket(1), unanswerable=LABEL)
        assert (other.outcome, other.silence) == (Outcome.IGNORED, LABEL)


@pytest.mark.parametrize("number", [NOBODYS, MISREAD])
@pytest.mark.parametrize("tickets", [(), (ticket(1),), (ticket(1), ticket(2))])
def test_the_keyword_with_somebody_elses_number_opens_and_shows_nothing(
    number: str, tickets: tuple[KnownTicket, ...]
) -> None:
    decision = decided(f"HELPDESK seperti {number} di kantor kami juga", *tickets)
    assert summary(decision) == ("opened", "new_ticket", None, ["ack"])
    assert decision.note == f"menyebut nomor yang bukan miliknya: {number}"


@pytest.mark.parametrize("number", [NOBODYS, MISREAD])
@pytest.mark.parametrize("tickets", [(), (ticket(1),), (ticket(1), ticket(2))])
def test_somebody_elses_number_without_keyword_joins_nothing(
    number: str, tickets: tuple[KnownTicket, ...]
) -> None:
    decision = decided(f"{number} belum dikerjakan juga", *tickets)
    assert summary(decision) == ("unsorted", "help", None, ["help"])
    assert decision.note == f"menyebut nomor yang bukan miliknya: {number}"


@pytest.mark.parametrize("thread", [NOBODYS, TWO])
def test_a_reply_reference_to_somebody_elses_ticket_counts_for_nothing(thread: str) -> None:
    assert decided("masih mati", threaded=thread).outcome is Outcome.UNSORTED
    assert decided(LAMP, threaded=thread).outcome is Outcome.OPENED
    assert decided("masih mati", ticket(1), threaded=thread).ticket == ticket(1)


SAME = [LAMP, LAMP.lower(), f"{LAMP}!!!", f"{LAMP} tolong segera", LAMP.replace("lampu", "lanpu")]


@pytest.mark.parametrize("text", SAME)
def test_nearly_the_same_text_joins_the_young_ticket(text: str) -> None:
    decision = decided(text, ticket(1, match_text=LAMP_MATCH), ticket(2))
    assert summary(decision) == ("joined", "follow_up", ONE, ["duplicate"])
    assert decision.duplicate
    assert decision.fact == "DuplicateJoined"


OTHER_TICKETS = {
    "a day old": {"opened_at": NOON - DAY},
    "ended": {"status": Status.RESOLVED},
    "a partner's": {"mine": False},
    "too old for its text": {"match_text": ""},
    "another complaint": {"match_text": "printer di loket dua macet kertas terus"},
}


@pytest.mark.parametrize("changes", OTHER_TICKETS.values(), ids=OTHER_TICKETS)
def test_otherwise_the_text_opens_a_ticket(changes: dict[str, Any]) -> None:
    known = replace(ticket(1, match_text=LAMP_MATCH), **changes)
    assert summary(decided(LAMP, known)) == ("opened", "new_ticket", None, ["ack"])


FLOOD = tuple(NOON - timedelta(minutes=9) for _ in range(20))
SLOW = (NOON - timedelta(minutes=10), *FLOOD[1:])


@pytest.mark.parametrize(
    ("opened", "tickets", "outcome"),
    [
        (FLOOD, (ticket(1), ticket(2)), "joined"),
        (FLOOD[1:], (ticket(1),), "opened"),
        (SLOW, (ticket(1),), "opened"),
        (FLOOD, (ticket(1, mine=False),), "opened"),
        (FLOOD, (ticket(1, Status.CANCELLED),), "opened"),
        (FLOOD, (), "opened"),
    ],
)
def test_a_flood_joins_the_last_running_ticket(
    opened: tuple[datetime, ...], tickets: tuple[KnownTicket, ...], outcome: str
) -> None:
    decision = decided(LAMP, sender=knows(*tickets, opened=opened))
    assert decision.outcome == outcome
    if outcome == "joined":
        assert summary(decision) == ("joined", "follow_up", TWO, [])
        assert decision.note == "banjir pesan: digabungkan ke tiket terakhir"
        assert decision.silence
        assert decision.duplicate


def test_the_limit_of_a_flood_is_a_setting() -> None:
    policy = office(limits=ReplyLimits(tickets_per_ten_minutes=2))
    sender = knows(ticket(1), opened=FLOOD[:2])
    assert decided(LAMP, sender=sender, policy=policy).outcome is Outcome.JOINED


@pytest.mark.parametrize(
    ("text", "extra", "expected"),
    [
        ("HELPDESK", {}, ("answered", "help", None, ["empty"])),
        ("helpdesk: pak", {}, ("answered", "help", None, ["empty"])),
        ("HELPDESK", photo("HELPDESK"), ("opened", "new_ticket", None, ["ack"])),
        ("halo", {}, ("unsorted", "help", None, ["help"])),
        ("", {}, ("unsorted", "help", None, ["help"])),
        ("internet mati", photo("internet mati"), ("unsorted", "help", None, ["help"])),
        ("terima kasih", {}, ("ignored", "ignored", None, [])),
        ("👍", {}, ("ignored", "ignored", None, [])),
    ],
)
def test_a_stranger(
    text: str, extra: dict[str, Any], expected: tuple[str, str, str | None, list[str]]
) -> None:
    decision = decided(text, **extra)
    assert summary(decision) == expected
    assert bool(decision.silence) == (not decision.replies)


@pytest.mark.parametrize("text", ["lampunya yang di pojok", "tolong pak"])
def test_with_several_running_tickets_we_ask_which_one(text: str) -> None:
    [reply] = decided(text, ticket(1), ticket(2)).replies
    assert (reply.purpose, reply.ticket, reply.asked) == ("which_ticket", ticket(2), ONE)


def test_thanks_go_to_the_youngest_of_several() -> None:
    assert summary(decided("makasih", ticket(1), ticket(2))) == ("joined", "follow_up", TWO, [])


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("age", [HOUR, WEEK])
def test_thanks_after_the_end_are_joined_silently(status: Status, age: timedelta) -> None:
    decision = decided("terima kasih banyak", ticket(1, status, status_at=NOON - age))
    fits = status.running or (status in ENDED and age == HOUR)
    assert summary(decision) == (
        ("joined", "follow_up", ONE, []) if fits else ("ignored", "ignored", None, [])
    )
    assert (decision.status, bool(decision.silence)) == (None, True)


BEFORE_MIDNIGHT = datetime(2026, 7, 13, 16, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("helped_on", "at", "helps"),
    [
        ("", NOON, True),
        ("2026-07-13", NOON, True),
        ("2026-07-14", NOON, False),
        ("2026-07-13", BEFORE_MIDNIGHT, False),
        ("2026-07-13", BEFORE_MIDNIGHT + timedelta(minutes=1), True),
    ],
)
def test_help_is_sent_once_a_local_day(helped_on: str, at: datetime, *, helps: bool) -> None:
    message = said("halo", received_at=at)
    decision = decided("halo", message=message, sender=knows(helped_on=helped_on))
    assert decision.outcome is Outcome.UNSORTED
    assert bool(decision.replies) == helps
    assert decision.silence == ("" if helps else "teks bantuan sudah dikirim hari ini")


@pytest.mark.parametrize(
    ("text", "tickets", "extra", "expected"),
    [
        ("internet kantor mati", (), {}, ("opened", "new_ticket", None, ["ack"])),
        ("internet kantor mati", (ticket(1),), {}, ("joined", "follow_up", ONE, [])),
        (f"{NOBODYS} belum beres", (), {}, ("opened", "new_ticket", None, ["ack"])),
        ("", (), photo(), ("opened", "new_ticket", None, ["ack"])),
        ("", (), {}, ("unsorted", "help", None, ["help"])),
        ("?!", (), {}, ("answered", "help", None, ["info"])),
        ("p", (), {}, ("unsorted", "help", None, ["help"])),
        ("ok", (), {}, ("ignored", "ignored", None, [])),
        ("benar ini nomor helpdesk?", (), {}, ("unsorted", "help", None, ["help"])),
        ("HELPDESK", (), {}, ("answered", "help", None, ["empty"])),
        ("terima kasih", (), {}, ("ignored", "ignored", None, [])),
    ],
)
def test_without_the_keyword_rule_content_opens_a_ticket(
    text: str,
    tickets: tuple[KnownTicket, ...],
    extra: dict[str, Any],
    expected: tuple[str, str, str | None, list[str]],
) -> None:
    policy = office(require_keyword=False)
    assert summary(decided(text, *tickets, policy=policy, **extra)) == expected


def test_what_a_case_sees_of_its_sender() -> None:
    old = ticket(3, Status.CLOSED, status_at=NOON - WEEK)
    seen = case(f"{ONE} {NOBODYS} {MISREAD}", ticket(1), ticket(2, Status.RESOLVED), old)
    assert seen.running == [ticket(1)]
    assert seen.lately_ended == [ticket(2, Status.RESOLVED)]
    assert seen.named == [ticket(1)]
    assert seen.foreign == [NOBODYS, MISREAD]
