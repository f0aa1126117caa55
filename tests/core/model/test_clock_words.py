"""Why a promise is due then: the words end in the time that the calculation gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.model import clocks
from core.model.clock import PENDING, SOLUTION, PauseReason
from core.model.clock_times import recomputed
from core.model.clock_words import explain_clock
from core.model.deadline_words import stamp
from core.model.ticket import Priority
from tests.core.model.calendar_samples import local
from tests.core.model.test_clocks import BANYUWANGI, PAUSES, TERMS, at, both, one, paused, terms
from tests.core.model.test_clocks import _span as span


@pytest.mark.parametrize(("what", "spans", "due"), PAUSES, ids=[row[0] for row in PAUSES])
def test_the_last_step_is_the_due_time(what: str, spans: list[str], due: str) -> None:
    pauses = [span(text) for text in spans]
    clock = recomputed(TERMS, one(both(), SOLUTION), pauses)
    steps = explain_clock(TERMS, clock, pauses)
    assert steps[-1] == f"Paling lambat {stamp(BANYUWANGI, at(due))}.", what
    moved = [step for step in steps if step.startswith("Berhenti ")]
    assert not moved or moved[-1].endswith(f"batas menjadi {stamp(BANYUWANGI, at(due))}.")


def test_every_pause_is_told_with_its_reason_and_what_was_left() -> None:
    pauses = [paused("15 09:00", "15 10:00", why=PauseReason.POWER_OUTAGE.value)]
    clock = recomputed(TERMS, one(both(), SOLUTION), pauses)
    assert explain_clock(TERMS, clock, pauses)[-2:] == (
        (
            "Berhenti Rab 15/07/2026 09.00 WIB sampai Rab 15/07/2026 10.00 WIB (listrik padam): "
            "sisa 34 jam kerja dilanjutkan, batas menjadi Sel 21/07/2026 09.00 WIB."
        ),
        "Paling lambat Sel 21/07/2026 09.00 WIB.",
    )


def test_answers_are_not_moved_by_pauses() -> None:
    first = one(both(), "first_answer")
    steps = explain_clock(TERMS, first, [paused("14 10:05", "14 10:20")])
    assert not [step for step in steps if step.startswith("Berhenti")]
    assert steps[-1] == "Paling lambat Sel 14/07/2026 10.30 WIB."


def test_while_it_stands_still_that_is_said() -> None:
    begun = paused("15 09:00")
    [still] = clocks.pause(TERMS, [one(both(), SOLUTION)], begun)
    assert explain_clock(TERMS, still, [begun])[-2] == (
        "Waktu berhenti sejak Rab 15/07/2026 09.00 WIB (akses lokasi); batas bergeser begitu "
        "pekerjaan dilanjutkan."
    )


def test_the_limit_of_standing_still() -> None:
    begun = paused("15 09:00", why=PauseReason.HARDWARE_ON_ORDER.value)
    limit = one(clocks.pause(TERMS, both(), begun), PENDING)
    assert explain_clock(TERMS, limit, [begun]) == (
        "Batas penundaan: 7 hari kalender sejak Rab 15/07/2026 09.00 WIB.",
        "7 hari kalender dihitung, berakhir pada jam yang sama.",
        "Paling lambat Rab 22/07/2026 09.00 WIB.",
    )


def test_a_deadline_set_by_hand() -> None:
    [clock] = clocks.disposed(TERMS, at("15 09:00"), at("15 15:00"))
    assert explain_clock(TERMS, clock, []) == (
        "Jawaban instansi rekanan: ditetapkan sampai Rab 15/07/2026 15.00 WIB.",
        "Paling lambat Rab 15/07/2026 15.00 WIB.",
    )


ENDS = [("20 16:00", "tepat waktu"), ("20 17:00:01", "terlambat")]


@pytest.mark.parametrize(("when", "words"), ENDS)
def test_how_it_was_kept(when: str, words: str) -> None:
    kept = clocks.meet(one(both(), SOLUTION), at(when))
    assert explain_clock(TERMS, kept, [])[-2].endswith(f", {words}.")


def test_a_broken_one_says_so() -> None:
    late = replace(one(both(), SOLUTION), breached_at=at("20 17:00"), due_at=at("27 17:00"))
    assert explain_clock(TERMS, late, [])[-2:] == (
        "Lewat batas, ditemukan Sen 20/07/2026 17.00 WIB; batas baru dijanjikan.",
        "Paling lambat Sen 27/07/2026 17.00 WIB.",
    )


def test_a_year_without_holidays_is_named() -> None:
    rules = terms(Priority.NORMAL)
    clock = one(clocks.opened(rules, local("2026-12-30 10:00")), SOLUTION)
    assert "Sementara: daftar hari libur 2027 belum dimuat." in explain_clock(rules, clock, [])
    assert clock.due_at - clock.started_at > timedelta(days=5)
