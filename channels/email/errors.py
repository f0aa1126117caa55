"""The one table from a relay's refusals to ours (providers.md §2.3, §12, RFC 5321 §4.2, RFC 3463).

The reasons are shown to staff on the ticket. A relay's own words are not: they quote addresses.
"""

from __future__ import annotations

import ssl
from enum import StrEnum
from typing import TYPE_CHECKING

from aiosmtplib import (
    SMTPConnectError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from core.errors import Scope, SendFailure, SendProblem
from core.model.sentences import said

if TYPE_CHECKING:
    from collections.abc import Mapping

_RETRY, _DOUBT = SendFailure.RETRY, SendFailure.DOUBT
_PERMANENT, _PAUSE = SendFailure.PERMANENT, SendFailure.PAUSE
_MESSAGE, _RECIPIENT, _CHANNEL = Scope.MESSAGE, Scope.RECIPIENT, Scope.CHANNEL


class Step(StrEnum):
    """How far a send had come."""

    WAITING = "waiting"  # for one of our connections
    CONNECTING = "connecting"
    LOGIN = "login"
    SENDER = "sender"  # MAIL
    RECIPIENT = "recipient"  # RCPT
    CONTENT = "content"  # DATA: from here on the relay may have it


_Row = tuple[SendFailure, Scope, str]

REFUSED: Mapping[Step, tuple[_Row, _Row]] = {
    Step.CONNECTING: (
        (_RETRY, _CHANNEL, said("Relai surel sedang tidak menerima; dicoba lagi.")),
        (_RETRY, _CHANNEL, said("Relai surel menolak sambungan; dicoba lagi.")),
    ),
    Step.LOGIN: (
        (_RETRY, _CHANNEL, said("Relai surel belum dapat memeriksa kata sandi; dicoba lagi.")),
        (_PAUSE, _CHANNEL, said("Relai surel menolak nama pengguna atau kata sandi.")),
    ),
    Step.SENDER: (
        (_RETRY, _CHANNEL, said("Relai surel sedang tidak menerima surel kami; dicoba lagi.")),
        (_PAUSE, _CHANNEL, said("Relai surel menolak alamat pengirim kami.")),
    ),
    Step.RECIPIENT: (
        (_RETRY, _RECIPIENT, said("Peladen penerima sedang tidak menerima; dicoba lagi.")),
        (_PERMANENT, _RECIPIENT, said("Alamat surel penerima ditolak.")),
    ),
    Step.CONTENT: (
        (_RETRY, _MESSAGE, said("Relai surel belum mau menerima surel ini; dicoba lagi.")),
        (_PERMANENT, _MESSAGE, said("Relai surel menolak isi surel ini.")),
    ),
}
"""Step → what a 4xx means there, what a 5xx means there."""

CODES: Mapping[int, _Row] = {
    421: (_RETRY, _CHANNEL, said("Relai surel sedang menutup sambungan; dicoba lagi.")),
    530: (_PAUSE, _CHANNEL, said("Relai surel meminta masuk dengan kata sandi lebih dahulu.")),
    552: (_PERMANENT, _MESSAGE, said("Surel terlalu besar untuk relai.")),
}
"""Codes that mean the same at every step; 552 of a full mailbox comes from the far side only."""

UNFIT = SendProblem(
    _PERMANENT, said("Alamat surel penerima tidak dapat dikirimi."), "address", _RECIPIENT
)
NOT_MAIL = SendProblem(
    _PERMANENT, said("Penerima ini tidak memiliki alamat surel."), "kind", _RECIPIENT
)
NO_UTF8 = SendProblem(
    _PERMANENT,
    said("Relai surel tidak mendukung alamat dengan huruf non-Latin."),
    "smtputf8",
    _RECIPIENT,
)
TOO_LARGE = SendProblem(_PERMANENT, said("Surel terlalu besar untuk relai."), "size")
NO_PART = SendProblem(_PERMANENT, said("Lampiran tidak ada di dalam surel ini."), "part")
LOST_FILE = SendProblem(
    _PERMANENT, said("Lampiran yang akan dikirim tidak ditemukan di penyimpanan."), "no file"
)
NO_FILE = SendProblem(_RETRY, said("Lampiran tidak dapat dibaca; dicoba lagi."), "file")
"""Refused by us, before any mail leaves."""

_CERTIFICATE = SendProblem(
    _PAUSE, said("Sertifikat relai surel tidak sah."), "certificate", _CHANNEL
)
_TOKEN = SendProblem(_PAUSE, said("Berkas token relai surel tidak terbaca."), "token", _CHANNEL)
_NO_LOGIN = SendProblem(
    _PAUSE, said("Relai surel tidak menerima cara masuk kami."), "auth", _CHANNEL
)


def problem_of(error: Exception, step: Step) -> SendProblem:
    """The problem behind an exception of aiosmtplib or of the connection."""
    answer = _answer_in(error)
    if answer is not None:
        failure, scope, reason = _by_code(answer, step)
        return SendProblem(failure, reason, f"smtp {answer}", scope)
    if _by_certificate(error):
        return _CERTIFICATE
    if step is Step.LOGIN:
        if isinstance(error, OSError) and not isinstance(error, ConnectionError | TimeoutError):
            return _TOKEN
        if isinstance(error, SMTPException) and not isinstance(error, OSError):
            return _NO_LOGIN  # the relay offers no log-in, or none that we know
    return _by_connection(error, step)


def _answer_in(error: Exception) -> int | None:
    if isinstance(error, SMTPRecipientsRefused):
        return int(error.recipients[0].code)
    # -1: the answer could not be read, so it is no answer
    if isinstance(error, SMTPResponseException) and error.code > 0:
        return int(error.code)
    return None


def _by_code(code: int, step: Step) -> _Row:
    if code in CODES:
        return CODES[code]
    temporary, permanent = REFUSED.get(step, REFUSED[Step.CONNECTING])
    return temporary if code < 500 else permanent  # noqa: PLR2004 - SMTP's own boundary


def _by_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _by_connection(error: Exception, step: Step) -> SendProblem:
    """Only once the content began is it uncertain whether the relay has it."""
    kind = "timeout" if isinstance(error, TimeoutError) else "disconnected"
    if step is Step.CONTENT:
        reason = said("Sambungan ke relai surel terputus; belum pasti surel terkirim.")
        return SendProblem(_DOUBT, reason, kind)
    if step is Step.WAITING:
        return SendProblem(_RETRY, said("Relai surel sibuk; dicoba lagi."), "busy", _CHANNEL)
    if isinstance(error, SMTPConnectError):
        kind = "connect"
    return SendProblem(
        _RETRY, said("Relai surel tidak dapat dihubungi; dicoba lagi."), kind, _CHANNEL
    )
