"""What the pages sign: forms that are open, and visits to a ticket."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta
from enum import Enum

from console.typed import whole
from core.model.value import value

FORM_LIFE = timedelta(hours=24)
VISIT_LIFE = timedelta(hours=1)

_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_PARTS = 4


class Verdict(Enum):
    """What a form's mark says."""

    GOOD = "good"
    LATE = "late"
    FOREIGN = "foreign"


@value
class FormMark:
    """A form as it was shown once.

    Attributes:
        id: 128 random bits; the same complaint however often it is posted.
        age: since it was shown first.
        bound: to this browser's cookie.
    """

    id: str
    age: timedelta
    verdict: Verdict
    bound: str = ""


class Marks:
    """Signs and reads, with the office's secret.

    Args:
        secret: of at least 16 characters.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def form(self, browser: str, now: datetime, known: str = "") -> str:
        """The mark of a form for the browser with this cookie.

        ``known`` is an id given before: sending once more stays the same complaint.
        """
        plain = f"{known or secrets.token_urlsafe(16)}.{_millis(now)}.{_bound(browser)}"
        return f"{plain}.{self._seal('form', plain)}"

    def read_form(self, mark: str, now: datetime) -> FormMark:
        """The form that a mark speaks of; a forged one is a new form, and FOREIGN."""
        parts = mark.split(".")
        unknown = FormMark(secrets.token_urlsafe(16), timedelta(), Verdict.FOREIGN)
        if len(parts) != _PARTS or not _ID.fullmatch(parts[0]) or whole(parts[1]) is None:
            return unknown
        if not self._fits("form", ".".join(parts[:3]), parts[3]):
            return unknown
        age = timedelta(milliseconds=_millis(now) - (whole(parts[1]) or 0))
        verdict = Verdict.GOOD if age <= FORM_LIFE else Verdict.LATE
        return FormMark(parts[0], age, verdict, parts[2])

    def visit(self, number: str, now: datetime) -> str:
        """The cookie of somebody who proved to know a ticket."""
        plain = f"{number}.{_millis(now + VISIT_LIFE)}"
        return f"{plain}.{self._seal('visit', plain)}"

    def may_visit(self, cookie: str, number: str, now: datetime) -> bool:
        """Whether the cookie is ours, for this ticket, and young enough."""
        plain, _, seal = cookie.rpartition(".")
        if not self._fits("visit", plain, seal):
            return False
        named, _, until = plain.rpartition(".")
        return named == number and (whole(until) or 0) > _millis(now)

    def _seal(self, purpose: str, plain: str) -> str:
        digest = hmac.digest(
            self._secret, f"{purpose} {plain}".encode("utf-8", "replace"), "sha256"
        )
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def _fits(self, purpose: str, plain: str, seal: str) -> bool:
        expected = self._seal(purpose, plain).encode()
        return hmac.compare_digest(expected, seal.encode("utf-8", "replace"))


def is_bound(mark: FormMark, browser: str) -> bool:
    """Whether a form was shown to the browser with this cookie."""
    return hmac.compare_digest(mark.bound.encode(), _bound(browser).encode())


def _bound(browser: str) -> str:
    return hashlib.sha256(browser.encode("utf-8", "replace")).hexdigest()[:24]


def _millis(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
