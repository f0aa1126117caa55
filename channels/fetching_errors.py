"""The one table from failed fetches to ours; the reasons are shown to staff beside the file."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.errors import Scope, SendFailure, SendProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

_RETRY, _PERMANENT, _PAUSE = SendFailure.RETRY, SendFailure.PERMANENT, SendFailure.PAUSE
_MESSAGE, _CHANNEL = Scope.MESSAGE, Scope.CHANNEL

GONE = "Berkas sudah tidak ada di penyedia."
AWAY = "Penyedia berkas tidak dapat dihubungi."

STATUSES: Mapping[int, tuple[SendFailure, Scope, str]] = {
    401: (_PAUSE, _CHANNEL, "Penyedia menolak kredensial kami."),
    # a signed link that ran out, or a file that is published later than its message
    403: (_RETRY, _MESSAGE, "Penyedia menolak memberikan berkas."),
    404: (_RETRY, _MESSAGE, GONE),
    408: (_RETRY, _MESSAGE, AWAY),
    410: (_PERMANENT, _MESSAGE, GONE),
    425: (_RETRY, _MESSAGE, AWAY),
    429: (_RETRY, _CHANNEL, "Penyedia membatasi laju pengambilan berkas."),
}
"""What a status other than 200 means for a download. Reading again does no harm, so there is no
doubt as there is in sending."""

_LONGEST_WAIT = timedelta(days=1)


def problem_of_status(status: int, headers: Mapping[str, str]) -> SendProblem:
    """The problem behind an answer that is not the file."""
    if known := STATUSES.get(status):
        failure, scope, reason = known
    elif 400 <= status < 500:  # noqa: PLR2004 - HTTP's own numbers
        failure, scope, reason = _PERMANENT, _MESSAGE, "Penyedia menolak memberikan berkas."
    else:
        failure, scope, reason = _RETRY, _MESSAGE, "Gangguan pada penyedia berkas."
    given = headers.get("Retry-After", "").strip()
    wait = timedelta(seconds=int(given[:9])) if given.isascii() and given.isdigit() else None
    wait = None if wait is None else min(wait, _LONGEST_WAIT)
    return SendProblem(failure, reason, f"http {status}", scope, wait)


def unreachable(code: str) -> SendProblem:
    """The connection could not be made, was cut, or stood still."""
    return SendProblem(_RETRY, AWAY, code)


def refused(code: str) -> SendProblem:
    """Refused by us before any connection: nobody may send us there.

    Args:
        code: which rule: ``url``, ``scheme``, ``host``, ``address``, ``redirects``, ``coding``.
    """
    return SendProblem(_PERMANENT, "Alamat berkas ini tidak diizinkan.", f"refused {code}")
