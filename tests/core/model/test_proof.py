"""Codes and claims: what opens, what waits, what may be mailed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.gsm7 import segments
from core.model.messages import Address, AddressKind
from core.model.proof import (
    ALPHABET,
    FREE_FAILURES,
    LONG,
    LONGEST_WAIT,
    SHORT,
    SHORT_LIFE,
    Claim,
    TicketCode,
    after_failure,
    code_from,
    code_hash,
    may_mail,
    normal_code,
    opens,
    token_hash,
)
from core.model.proof_texts import code_text, confirm_text

NOW = datetime(2026, 7, 14, 3, 0, tzinfo=UTC)
ID = 26_000_004_217
CODE = code_from(b"rahasia-kantor-ini", "formulir", LONG)
MINUTE = timedelta(minutes=1)


def kept(code: str = CODE, **changes: Any) -> TicketCode:
    return replace(TicketCode(ID, code_hash(ID, code), sent=False, created_at=NOW), **changes)


def test_a_code_is_the_same_for_the_same_cause_and_no_other() -> None:
    assert code_from(b"rahasia-kantor-ini", "formulir", LONG) == CODE
    assert code_from(b"rahasia-kantor-ini", "formulir 2", LONG) != CODE
    assert code_from(b"rahasia-kantor-itu", "formulir", LONG) != CODE


@given(st.binary(min_size=16), st.text())
def test_a_code_is_read_as_it_was_written(secret: bytes, cause: str) -> None:
    cause = cause.encode("utf-8", "replace").decode()
    for length in (LONG, SHORT):
        code = code_from(secret, cause, length)
        assert len(normal_code(code)) == length
        assert set(normal_code(code)) <= set(ALPHABET)
        assert code.count("-") == length // 4 - 1


@pytest.mark.parametrize(
    "typed",
    [
        "0OI1-L7KQ-2M9X",
        "00117kq2m9x1",
        " 0o i1 l7kq 2m9x ",
        "0011\u201017KQ\u20132M9X",
        "00.11_17kq.2m9x",
        "OOil17kq2m9x",
    ],
)
def test_slips_of_reading_are_mended(typed: str) -> None:
    mended = normal_code(typed)
    assert mended in ("001117KQ2M9X", "00117KQ2M9X1")
    assert len(mended) == LONG


@pytest.mark.parametrize(
    "typed",
    ["", " ", "-", "7KQ", "7KQ2M9X", "7KQ2-M9XT-0D4H-9", "7KQ2-M9XT-0D4!", "ÄKQ2M9XT", "7" * 65],
)
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert normal_code(typed) == ""
    assert not opens(kept(), ID, typed, NOW)
    assert not opens(None, ID, typed, NOW)


@given(st.text())
def test_nothing_typed_opens_or_raises(typed: str) -> None:
    assert not opens(None, ID, typed, NOW)
    if normal_code(typed) != normal_code(CODE):
        assert not opens(kept(), ID, typed, NOW)


def test_an_empty_hash_opens_nothing() -> None:
    """A blank never matches (threats.md row 52)."""
    assert not opens(kept(hash=code_hash(ID, "")), ID, "", NOW)
    assert not opens(kept(hash=""), ID, CODE, NOW)


def test_the_code_of_one_ticket_opens_no_other() -> None:
    assert opens(kept(), ID, CODE.lower(), NOW)
    assert not opens(kept(), ID + 1, CODE, NOW)


@pytest.mark.parametrize(
    ("sent", "age", "locked", "right"),
    [
        (False, timedelta(days=900), None, True),
        (False, timedelta(), MINUTE, True),
        (True, timedelta(), None, True),
        (True, SHORT_LIFE - timedelta(seconds=1), None, True),
        (True, SHORT_LIFE, None, False),
        (True, timedelta(), MINUTE, False),
        (True, timedelta(), timedelta(), True),
        (True, timedelta(), -MINUTE, True),
    ],
    ids=["old", "locked long", "fresh", "nearly over", "over", "locked", "just free", "free"],
)
def test_a_long_code_opens_always_and_a_short_one_in_its_time(
    sent: bool,
    age: timedelta,
    locked: timedelta | None,
    right: bool,
) -> None:
    code = kept(
        sent=sent, created_at=NOW - age, locked_until=None if locked is None else NOW + locked
    )
    assert opens(code, ID, CODE, NOW) is right
    assert not opens(code, ID, "7KQ2-M9XT-0D4H", NOW)


def test_the_wait_doubles_and_ends() -> None:
    code, waits = kept(sent=True), []
    for _ in range(12):
        code = after_failure(code, NOW)
        waits.append(None if code.locked_until is None else code.locked_until - NOW)
    assert code.failures == 12
    assert waits[: FREE_FAILURES - 1] == [None] * (FREE_FAILURES - 1)
    assert waits[FREE_FAILURES - 1 :] == [
        1 * MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE, *[LONGEST_WAIT] * 4,
    ]  # fmt: skip


def test_after_a_million_failures_the_wait_is_no_longer() -> None:
    assert after_failure(kept(failures=10**6), NOW).locked_until == NOW + LONGEST_WAIT


ADDRESS = Address(AddressKind.EMAIL, "sari@contoh.id")


def mailed(hours_ago: float, *, confirmed: bool) -> Claim:
    at = NOW - timedelta(hours=hours_ago)
    return Claim(token_hash(f"{hours_ago}"), ID, ADDRESS, at, NOW if confirmed else None)


@pytest.mark.parametrize(
    ("before", "may"),
    [
        ([], True),
        ([(1, False)], False),
        ([(23.9, False)], False),
        ([(24, False)], True),
        ([(1, True)], True),
        ([(1, True), (2, True)], True),
        ([(1, True), (2, True), (3, True)], False),
        ([(1, True), (2, True), (25, True)], True),
        ([(1, True), (2, False)], False),
    ],
)
def test_one_unanswered_mail_a_day_and_three_in_all(
    before: list[tuple[float, bool]],
    may: bool,
) -> None:
    assert may_mail([mailed(hours, confirmed=yes) for hours, yes in before], NOW) is may


def test_the_code_fits_one_sms() -> None:
    text = code_text("HD26-12345678-4", code_from(b"x" * 16, "y", SHORT))
    assert segments(text).parts == 1


def test_the_question_holds_only_what_is_ours() -> None:
    text = confirm_text("Dinas", "HD26-004217-4", "https://h.example/t/1/konfirmasi?t=abc")
    assert text.count("https://") == 1
    assert "HD26-004217-4" in text
