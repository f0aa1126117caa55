"""What the watch does with the clocks of one ticket, at any time and however often."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.calendars import load_calendar
from core.model import clocks
from core.model.clock import FIRST_ANSWER, PENDING, SOLUTION, Pause, SlaClock
from core.model.gsm7 import ONE_SMS, septets
from core.model.messages import ChannelId
from core.model.sla import DEFAULT_POLICY
from core.model.texts import TextForm, TextSet
from core.model.ticket import Priority, Status
from core.model.watch import CallKind, Findings, Watched, WatchPolicy, watch, why_late
from core.model.watch_words import Voice, citizen_texts, staff_text
from tests.core.model.calendar_samples import WIB, local

if TYPE_CHECKING:
    from collections.abc import Iterable

BANYUWANGI = load_calendar("banyuwangi")
POLICY = WatchPolicy(DEFAULT_POLICY, lambda _: BANYUWANGI)
TUESDAY = local("2026-07-14 10:00")
DAY = timedelta(days=1)


def watched(priority: Priority = Priority.NORMAL, **changes: Any) -> Watched:
    plain = Watched(
        id=26_000_000_001,
        number="HD26-000001-8",
        status=Status.RECEIVED,
        priority=priority,
        category="network",
        channel=ChannelId("sms"),
        place="Kantor Camat",
        reason="",
        version=1,
        event_seq=1,
        event_head="",
        clocks=(),
    )
    ticket = replace(plain, **changes)
    return replace(ticket, clocks=ticket.clocks or clocks.opened(POLICY.terms(ticket), TUESDAY))


def after(ticket: Watched, found: Findings) -> Watched:
    """The ticket with its clocks moved on, as the store would keep them."""
    moved = {clock.target: clock for clock in found.clocks}
    level = max([ticket.escalation, *(made.level for made in found.escalations)])
    now = tuple(moved.get(clock.target, clock) for clock in ticket.clocks)
    return replace(ticket, clocks=now, escalation=level)


def story(ticket: Watched, times: Iterable[datetime]) -> list[tuple[str, str]]:
    """What is found at these times, in order: (event, target or role)."""
    told = []
    for now in times:
        found = watch(POLICY, ticket, now)
        told += [(f.kind, str(f.data.get("role", f.data.get("target")))) for f in found.facts]
        ticket = after(ticket, found)
    return told


def every(step: timedelta, days: int) -> list[datetime]:
    return [TUESDAY + step * n for n in range(int(timedelta(days=days) / step))]


def test_the_story_of_a_ticket_that_nobody_touches() -> None:
    minute_by_minute = story(watched(), every(timedelta(minutes=5), 7))
    assert minute_by_minute[:6] == [
        ("SlaWarned", FIRST_ANSWER),
        ("SlaBreached", FIRST_ANSWER),
        ("Escalated", "unit_supervisor"),
        ("SlaBreached", FIRST_ANSWER),  # and once more at the new time
        ("SlaBreached", FIRST_ANSWER),  # then once a working day
        ("SlaBreached", FIRST_ANSWER),
    ]
    of_solution = [told for told in minute_by_minute if told[1] != FIRST_ANSWER]
    assert of_solution == [
        ("Escalated", "unit_supervisor"),
        ("SlaWarned", SOLUTION),
        ("SlaBreached", SOLUTION),
        ("Escalated", "unit_supervisor"),
        ("Escalated", "leadership"),
    ]


def test_an_emergency_reaches_leadership_a_day_after_the_breach() -> None:
    told = story(watched(Priority.EMERGENCY), every(timedelta(minutes=10), 2))
    assert told.count(("Escalated", "leadership")) == 1
    assert told.count(("SlaBreached", SOLUTION)) >= 2  # promised again for two hours, and broken


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(list(Priority)),
    st.lists(st.integers(0, 20 * 24 * 60), min_size=1, max_size=12),
)
def test_nothing_is_found_twice_whenever_somebody_looks(
    priority: Priority, minutes: list[int]
) -> None:
    """Also when the watch sleeps for days, and when its clock goes back."""
    ticket = watched(priority)
    seen: set[tuple[object, ...]] = set()
    for minute in minutes:
        now = TUESDAY + timedelta(minutes=minute)
        found = watch(POLICY, ticket, now)
        for fact in found.facts:
            mark = (fact.kind, *sorted(map(str, fact.data.items())))
            assert mark not in seen
            seen.add(mark)
        ticket = after(ticket, found)
        again = watch(POLICY, ticket, now)
        assert (again.facts, again.clocks) == ([], [])
        for clock in ticket.clocks:
            assert clock.look_at is not None
            assert clock.look_at > now or minute < max(minutes)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 30 * 24 * 60), st.integers(0, 30 * 24 * 60))
def test_two_looks_find_no_less_than_one(early: int, late: int) -> None:
    """However seldom the watch looks, the promise that is broken at the end is found broken."""
    first, last = sorted((early, late))
    times = [TUESDAY + timedelta(minutes=n) for n in (first, last)]
    one = watch(POLICY, watched(), times[1])
    broken = {breach.target for breach in one.breaches}
    told = story(watched(), times)
    assert broken <= {target for kind, target in told if kind == "SlaBreached"}


def test_a_clock_that_stands_still_is_not_looked_at() -> None:
    ticket = watched()
    begun = Pause("access", stops=True, started_at=TUESDAY, expected_at=TUESDAY + DAY, for_whom="",
                  note="")  # fmt: skip
    [still] = clocks.pause(POLICY.terms(ticket), ticket.clocks, begun)
    waiting = replace(ticket, status=Status.PENDING, clocks=(still,), pauses=(begun,))
    assert watch(POLICY, waiting, TUESDAY + 60 * DAY).clocks == []


def test_bw_34_the_limit_of_waiting_warns_then_goes_to_leadership() -> None:
    begun = Pause("hardware_on_order", stops=True, started_at=TUESDAY, expected_at=TUESDAY + DAY,
                  for_whom="vendor", note="switch rusak")  # fmt: skip
    ticket = watched(status=Status.PENDING)
    changed = clocks.pause(POLICY.terms(ticket), ticket.clocks, begun)
    waiting = replace(ticket, clocks=changed, pauses=(begun,))
    times = [TUESDAY + 6 * DAY, TUESDAY + 7 * DAY, TUESDAY + 8 * DAY]
    assert story(waiting, times)[:3] == [
        ("SlaWarned", PENDING), ("SlaBreached", PENDING), ("Escalated", "leadership"),
    ]  # fmt: skip
    found = watch(POLICY, waiting, TUESDAY + 7 * DAY)
    [(key, text)] = citizen_texts(found, _voice(TextForm.SMS))
    assert key == "escalated"
    assert "kami laporkan ke pimpinan" in text
    assert found.breaches[0].reason == "perangkat dipesan"


def _voice(form: TextForm) -> Voice:
    return Voice(TextSet.of({}), form, WIB, TUESDAY)


@pytest.mark.parametrize("form", list(TextForm))
@pytest.mark.parametrize("priority", list(Priority))
def test_every_text_is_whole_and_names_the_ticket(form: TextForm, priority: Priority) -> None:
    ticket = watched(priority)
    ticket = replace(
        ticket,
        clocks=(*ticket.clocks, *clocks.disposed(POLICY.terms(ticket), TUESDAY)),
        place="Jl. Ahmad Yani no. 100 " * 10,
    )
    texts = []
    for now in every(timedelta(hours=3), 9):
        found = watch(POLICY, ticket, now)
        voice = replace_now(_voice(form), now)
        texts += [text for _, text in citizen_texts(found, voice)]
        texts += [staff_text(found, call, voice) for call in found.calls]
        ticket = after(ticket, found)
    assert len(texts) > 10
    for text in texts:
        assert ticket.number in text
        assert "{" not in text
        assert "24 jam" not in text  # KM-07: always a date and a time
        assert form is not TextForm.SMS or septets(text) <= ONE_SMS


def replace_now(voice: Voice, now: datetime) -> Voice:
    return Voice(voice.texts, voice.form, voice.zone, now)


@pytest.mark.parametrize("status", [status for status in Status if status.running])
@pytest.mark.parametrize("target", [FIRST_ANSWER, SOLUTION, PENDING, "partner_answer"])
def test_every_reason_fits_an_sms(status: Status, target: str) -> None:
    reason = why_late(watched(status=status), target)
    assert 0 < septets(reason) <= 32


def test_a_partners_silence_is_not_told_to_the_citizen() -> None:
    ticket = watched()
    partner = replace(ticket, clocks=clocks.disposed(POLICY.terms(ticket), TUESDAY))
    found = watch(POLICY, partner, TUESDAY + 3 * DAY)
    assert [breach.target for breach in found.breaches] == ["partner_answer"]
    assert citizen_texts(found, _voice(TextForm.SMS)) == []
    assert {call.kind for call in found.calls} == {CallKind.BREACH, CallKind.ESCALATION}


def test_events_hold_no_words_of_people() -> None:
    ticket = watched(reason="Bu Sari 081234567890 menunggu", place="rumah Bu Sari")
    found = watch(POLICY, ticket, TUESDAY + 30 * DAY)
    assert "Sari" not in repr([fact.data for fact in found.facts])


@pytest.mark.parametrize("target", ["first_answer", "solution"])
def test_a_clock_from_before_the_upgrade_gets_no_warning_but_is_found_late(target: str) -> None:
    old = SlaClock(target, TUESDAY, TUESDAY + DAY, None, TUESDAY + DAY)
    found = watch(POLICY, watched(clocks=(old,)), TUESDAY + DAY)
    assert [fact.kind for fact in found.facts][:2] == ["SlaBreached", "Escalated"]


NEVER = datetime(2026, 7, 14, 3, 0, tzinfo=UTC)


def test_nothing_is_done_before_its_time() -> None:
    found = watch(POLICY, watched(), NEVER)
    assert (found.clocks, found.facts, found.calls) == ([], [], [])
