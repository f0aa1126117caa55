"""The one table from Jasmin's answers to our failures (providers.md §8).

``/send`` answers ``Success "<uuid>"`` or ``Error "…"``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.errors import Scope, SendError, SendFailure, SendProblem
from core.model.sentences import said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from channels.local_sms.outgoing import Answer

_SUCCESS = re.compile(r'Success "([!-~]{1,300}?)"')
_UNCLEAR = said("Jawaban Jasmin tidak jelas; belum pasti SMS terkirim.")
_MESSAGE, _CHANNEL = Scope.MESSAGE, Scope.CHANNEL

STATUSES: Mapping[int, tuple[SendFailure, Scope, str]] = {
    400: (SendFailure.PERMANENT, _MESSAGE, said("Jasmin menolak SMS ini.")),
    401: (
        SendFailure.PAUSE,
        _CHANNEL,
        said("Jasmin menolak nama pengguna, kata sandi, atau kuota."),
    ),
    403: (
        SendFailure.PAUSE,
        _CHANNEL,
        said("Jasmin menolak nama pengguna, kata sandi, atau kuota."),
    ),
    # a wrong path in our settings must not turn every waiting text into a dead letter
    404: (
        SendFailure.PAUSE,
        _CHANNEL,
        said("Alamat /send di Jasmin tidak ditemukan; periksa pengaturan."),
    ),
    405: (
        SendFailure.PAUSE,
        _CHANNEL,
        said("Alamat /send di Jasmin tidak ditemukan; periksa pengaturan."),
    ),
    412: (SendFailure.PERMANENT, _MESSAGE, said("Jasmin tidak memiliki rute untuk nomor ini.")),
    429: (SendFailure.RETRY, _CHANNEL, said("Jasmin membatasi laju kiriman; dicoba lagi nanti.")),
    503: (
        SendFailure.RETRY,
        _CHANNEL,
        said("Jasmin belum dapat menerima SMS; dicoba lagi nanti."),
    ),
}

_REASONS = {
    "UNDELIV": said("SMS tidak sampai ke ponsel tujuan."),
    "EXPIRED": said("Masa berlaku SMS habis sebelum sampai."),
    "REJECTD": said("Operator seluler menolak SMS ini."),
    "DELETED": said("SMS dihapus oleh operator seluler."),
}


def accepted_id(answer: Answer) -> str:
    """Jasmin's id of a text that it took. Raises SendError: it did not, or it is not clear."""
    if 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's own numbers
        if found := _SUCCESS.match(answer.text):
            return found[1]
        raise SendError(SendProblem(SendFailure.DOUBT, _UNCLEAR, "no id"))
    raise SendError(_problem(answer))


def _problem(answer: Answer) -> SendProblem:
    code = f"http {answer.status}"
    html = answer.text.startswith("<")  # somebody else answered, maybe after Jasmin took it
    known = STATUSES.get(answer.status)
    if known and not (html and known[0] is SendFailure.PERMANENT):
        failure, scope, reason = known
        return SendProblem(failure, reason, code, scope)
    return SendProblem(SendFailure.DOUBT, _UNCLEAR, code)


def reason_of(status: str) -> str:
    """The Indonesian sentence for a failed receipt."""
    return _REASONS.get(status, said("Operator seluler menolak SMS ini."))
