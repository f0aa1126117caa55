"""Second factors by the vectors of RFC 6238, waits, sessions, passwords."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.credentials import (
    ABSOLUTE,
    FREE_FAILURES,
    IDLE,
    LONGEST_WAIT,
    ApiToken,
    Failures,
    Session,
    login_of,
    password_fault,
    password_of,
    step_at,
    step_of,
    token_hash,
    totp,
    wait_after,
)

NOW = datetime(2026, 7, 14, 3, 0, tzinfo=UTC)
SECRET = b"12345678901234567890"
SECOND = timedelta(seconds=1)

RFC_6238 = [
    # appendix B: seconds, the eight digits for SHA-1
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("seconds", "digits"), RFC_6238)
def test_the_vectors_of_the_rfc(seconds: int, digits: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert totp(SECRET, step_at(at)) == digits[-6:]
    assert step_of(SECRET, digits[-6:], at, None) == step_at(at)


def test_a_code_works_once_and_so_do_those_before_it() -> None:
    step = step_at(NOW)
    code = totp(SECRET, step)
    assert step_of(SECRET, code, NOW, None) == step
    assert step_of(SECRET, code, NOW, step) is None
    assert step_of(SECRET, totp(SECRET, step - 1), NOW, step) is None
    assert step_of(SECRET, totp(SECRET, step + 1), NOW, step) == step + 1


@pytest.mark.parametrize(
    ("off", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_clocks_may_be_off_by_one_step(*, off: int, good: bool) -> None:
    found = step_of(SECRET, totp(SECRET, step_at(NOW) + off), NOW, None)
    assert (found is not None) is good


@pytest.mark.parametrize(
    "typed",
    ["", " ", "12345", "1234567", "abcdef", "\uff11\uff12\uff13\uff14\uff15\uff16", "\ud800", "0"],
)
def test_what_is_no_code(typed: str) -> None:
    assert step_of(SECRET, typed, NOW, None) is None


def test_spaces_in_a_code_do_not_matter() -> None:
    code = totp(SECRET, step_at(NOW))
    assert step_of(SECRET, f" {code[:3]} {code[3:]} ", NOW, None) == step_at(NOW)


def test_waits_begin_after_five_and_double_to_a_quarter_of_an_hour() -> None:
    waits = [wait_after(count).total_seconds() for count in range(20)]
    assert waits[:FREE_FAILURES] == [0] * FREE_FAILURES
    assert waits[5:16] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900]
    assert wait_after(10**9) == LONGEST_WAIT


def test_waiting_ends() -> None:
    seven = Failures("a", 7, NOW)
    assert seven.waiting(NOW + 3 * SECOND)
    assert not seven.waiting(NOW + 4 * SECOND)
    assert not Failures("a", 4, NOW).waiting(NOW)


def test_sessions_end_by_rest_and_by_age() -> None:
    session = Session("h", 1, NOW, NOW, NOW + ABSOLUTE)
    assert session.alive(NOW + IDLE - SECOND)
    assert not session.alive(NOW + IDLE)
    busy = Session("h", 1, NOW, NOW + ABSOLUTE - SECOND, NOW + ABSOLUTE)
    assert busy.alive(NOW + ABSOLUTE - SECOND)
    assert not busy.alive(NOW + ABSOLUTE)
    assert session.mark not in session.token_hash


def test_tokens_end_by_date_and_by_being_revoked() -> None:
    assert ApiToken(1, "h", "a", 1, frozenset(), NOW).alive(NOW + timedelta(days=9_999))
    ending = ApiToken(1, "h", "a", 1, frozenset(), NOW, expires_at=NOW + SECOND)
    assert ending.alive(NOW)
    assert not ending.alive(NOW + SECOND)
    assert not ApiToken(1, "h", "a", 1, frozenset(), NOW, revoked_at=NOW).alive(NOW)


PASSWORDS = [
    ("kuda laut baterai staples", True),
    ("xK9#mQ2$vL7&", True),
    ("ꦲꦤꦕꦫꦏ ꦢꦠꦱꦮꦭ ꦥꦝꦗꦪꦚ", True),
    ("pendek", False),
    ("elevenchars", False),
    ("a" * 12, False),
    ("ababababababab", False),
    ("Password123456", False),
    ("kata sandi saya", False),
    ("HELPDESK banyuwangi", False),
    ("a1b2c3d4" * 33, False),
]


@pytest.mark.parametrize(("password", "good"), PASSWORDS)
def test_which_passwords_will_do(*, password: str, good: bool) -> None:
    fault = password_fault(password, "sari")
    assert (fault == "") is good
    assert password not in fault


def test_a_login_is_no_password() -> None:
    assert password_fault("sari.dinkominfo@banyuwangi", "sari.dinkominfo@banyuwangi")


def test_logins_and_passwords_in_one_form() -> None:
    assert login_of("  Sari.Dewi ") == "sari.dewi"
    assert login_of("\uff33\uff21\uff32\uff29") == "sari"
    assert password_of("e\u0301") == password_of("\u00e9")


@given(st.text())
def test_whatever_is_typed_can_be_kept_and_hashed(typed: str) -> None:
    for made in (login_of(typed), password_of(typed)):
        assert "\0" not in made
        made.encode()
    assert len(token_hash(typed)) == 64


def test_secrets_as_apps_read_them() -> None:
    # The key of RFC 6238 in base32, as an authenticator app would be given it.
    assert base64.b32decode("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") == SECRET
