"""The one table from Kannel's answers to our failures (providers.md §6).

``sendsms`` answers 202 with ``0: Accepted for delivery`` or ``3: Queued for later delivery``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import Scope, SendFailure, SendProblem
from core.model.sentences import said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from channels.local_sms.outgoing import Answer

UNDELIVERED = said("SMS tidak sampai ke ponsel tujuan.")
REFUSED = said("Operator seluler menolak SMS ini.")

_TAKEN = ("0:", "3:", "Sent.")
"""``Sent.`` is what versions before 1.4 say."""

_UNCLEAR = said("Jawaban Kannel tidak jelas; belum pasti SMS terkirim.")
_MESSAGE, _CHANNEL = Scope.MESSAGE, Scope.CHANNEL

STATUSES: Mapping[int, tuple[SendFailure, Scope, str]] = {
    401: (SendFailure.PAUSE, _CHANNEL, said("Kannel menolak nama pengguna atau kata sandi.")),
    403: (SendFailure.PAUSE, _CHANNEL, said("Kannel menolak nama pengguna atau kata sandi.")),
    # a wrong path in our settings must not turn every waiting text into a dead letter
    404: (
        SendFailure.PAUSE,
        _CHANNEL,
        said("Alamat sendsms di Kannel tidak ditemukan; periksa pengaturan."),
    ),
    405: (
        SendFailure.PAUSE,
        _CHANNEL,
        said("Alamat sendsms di Kannel tidak ditemukan; periksa pengaturan."),
    ),
    408: (SendFailure.DOUBT, _MESSAGE, _UNCLEAR),
    429: (SendFailure.RETRY, _CHANNEL, said("Kannel membatasi laju kiriman; dicoba lagi nanti.")),
    503: (
        SendFailure.RETRY,
        _CHANNEL,
        said("Kannel belum dapat menerima SMS; dicoba lagi nanti."),
    ),
}


def problem_of(answer: Answer) -> SendProblem | None:
    """Why Kannel did not take the text; None when it did."""
    status = answer.status
    if 200 <= status < 300:  # noqa: PLR2004 - HTTP's own numbers
        if answer.text.startswith(_TAKEN):
            return None
        return SendProblem(SendFailure.DOUBT, _UNCLEAR, "no acceptance")
    code = f"http {status}"
    if known := STATUSES.get(status):
        failure, scope, reason = known
        return SendProblem(failure, reason, code, scope)
    if 400 <= status < 500 and not answer.text.startswith("<"):  # noqa: PLR2004 - HTTP's own
        return SendProblem(SendFailure.PERMANENT, said("Kannel menolak SMS ini."), code)
    return SendProblem(SendFailure.DOUBT, _UNCLEAR, code)
