"""The one table from Telegram's failures to ours (providers.md §5).

Telegram has no error codes besides those of HTTP; its sentences tell the rest, and may change, so
each status has a rule of its own for sentences not listed.
https://core.telegram.org/bots/api#making-requests
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import ClientConnectorError, ConnectionTimeoutError

from core.errors import Scope, SendFailure, SendProblem
from core.model.sentences import said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_RETRY, _DOUBT = SendFailure.RETRY, SendFailure.DOUBT
_PERMANENT, _PAUSE = SendFailure.PERMANENT, SendFailure.PAUSE
_MESSAGE, _RECIPIENT, _CHANNEL = Scope.MESSAGE, Scope.RECIPIENT, Scope.CHANNEL

Rule = tuple[str, SendFailure, Scope, str]

_TOO_BIG = said(
    "Berkas melebihi 20 MB, batas unduhan bot Telegram; mintalah warga mengirimnya dalam ukuran "
    "lebih kecil atau lewat surel."
)

RULES: Mapping[int, Sequence[Rule]] = {
    400: (
        ("chat not found", _PERMANENT, _RECIPIENT, said("Obrolan Telegram ini tidak ditemukan.")),
        ("user not found", _PERMANENT, _RECIPIENT, said("Akun Telegram ini tidak ditemukan.")),
        ("peer_id_invalid", _PERMANENT, _RECIPIENT, said("Obrolan Telegram ini tidak ditemukan.")),
        ("too long", _PERMANENT, _MESSAGE, said("Pesan terlalu panjang untuk Telegram.")),
        (
            "file is too big",
            _PERMANENT,
            _MESSAGE,
            _TOO_BIG,
        ),
        (
            "temporarily unavailable",
            _RETRY,
            _MESSAGE,
            said("Berkas belum dapat diunduh dari Telegram; dicoba lagi nanti."),
        ),
        ("", _PERMANENT, _MESSAGE, said("Telegram menolak pesan ini.")),
    ),
    401: (("", _PAUSE, _CHANNEL, said("Telegram menolak token bot; mungkin sudah dicabut.")),),
    403: (
        (
            "can't initiate",
            _PERMANENT,
            _RECIPIENT,
            said(
                "Warga belum memulai percakapan dengan bot; bot tidak boleh menyapa lebih dahulu."
            ),
        ),
        ("deactivated", _PERMANENT, _RECIPIENT, said("Akun Telegram ini sudah tidak aktif.")),
        ("", _PERMANENT, _RECIPIENT, said("Penerima memblokir bot ini di Telegram.")),
    ),
    404: (("", _PAUSE, _CHANNEL, said("Token bot atau alamat API Telegram salah.")),),
    409: (
        (
            "webhook",
            _RETRY,
            _CHANNEL,
            said("Bot ini masih memakai webhook, sehingga pesan tidak dapat diambil."),
        ),
        (
            "",
            _RETRY,
            _CHANNEL,
            said("Program lain sedang mengambil pesan bot ini; hentikan salah satunya."),
        ),
    ),
    413: (("", _PERMANENT, _MESSAGE, said("Berkas terlalu besar untuk Telegram.")),),
    429: (("", _RETRY, _CHANNEL, said("Telegram membatasi laju kiriman; dicoba lagi nanti.")),),
}
"""Status → what its sentence holds (small letters), class, scope, reason; the first one fits."""

UNREACHABLE = SendProblem(
    _PERMANENT,
    said("Pengirim ini bukan obrolan Telegram; tidak dapat dibalas."),
    "no chat",
    _RECIPIENT,
)
UNFIT = SendProblem(
    _PERMANENT,
    said("Pesan kosong atau lebih dari 4.096 karakter; bagilah menjadi beberapa pesan."),
    "length",
)
UNFIT_CAPTION = SendProblem(
    _PERMANENT,
    said("Teks yang menyertai berkas paling panjang 1.024 karakter; kirimlah teksnya tersendiri."),
    "length",
)
UNFIT_FILES = SendProblem(
    _PERMANENT,
    said(
        "Telegram membawa paling banyak 10 berkas sekali kirim, masing-masing tidak kosong "
        "dan paling besar 50 MB."
    ),
    "files",
)
NO_FILE = SendProblem(
    _PERMANENT, said("Berkas yang akan dikirim tidak ditemukan di penyimpanan."), "no file"
)
TOO_BIG = SendProblem(_PERMANENT, _TOO_BIG, "file too big")
NO_REFERENCE = SendProblem(
    _PERMANENT, said("Telegram tidak memberi tanda pengenal untuk berkas ini."), "no file id"
)
STRANGE_PATH = SendProblem(
    _PERMANENT, said("Alamat berkas dari Telegram tidak dapat dipakai."), "file path"
)
"""Refused by us, before any call."""

_LONGEST_WAIT = 86_400  # a wrong figure must not silence the channel for ever
_STRANGER = said(
    "Bukan Telegram yang menjawab; periksa alamat API, proksi, dan pemblokiran jaringan."
)


def spoken(body: bytes) -> dict[str, Any]:
    """An answer of the Bot API, {} when it is none: a page of a proxy, half an answer."""
    try:
        found = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and type(found.get("ok")) is bool else {}


def moved_to(answer: Mapping[str, Any]) -> int | None:
    """The new id of a chat that became a supergroup."""
    given = _parameter(answer, "migrate_to_chat_id")
    return given or None


def problem_of_answer(status: int, answer: Mapping[str, Any]) -> SendProblem:
    """The problem behind an answer that is not a success.

    Args:
        status: of HTTP.
        answer: as :func:`spoken` gives it.
    """
    code = f"http {status}"
    if not answer:
        return _problem_of_stranger(status, code)
    said = str(answer.get("description") or "").lower()
    for piece, failure, scope, reason in RULES.get(status, ()):
        if piece in said:
            wait = _parameter(answer, "retry_after")
            after = timedelta(seconds=min(wait, _LONGEST_WAIT)) if wait and wait > 0 else None
            return SendProblem(failure, reason, code, scope, after, opted_out=status == 403)  # noqa: PLR2004 - HTTP's own number
    return unclear(code)


def _problem_of_stranger(status: int, code: str) -> SendProblem:
    """Somebody else than Telegram answered: a proxy, or the page of a blocked address."""
    if status in (401, 403, 404):
        # such a page must not mark a citizen as one who blocked us
        return SendProblem(_PAUSE, _STRANGER, code, _CHANNEL)
    if status == 429:  # noqa: PLR2004 - HTTP's own number
        return SendProblem(_RETRY, RULES[429][0][3], code, _CHANNEL)
    return unclear(code)


def problem_of_fault(error: Exception) -> SendProblem:
    """The problem behind an exception of the connection.

    Only what fails before the request is written (refused, unknown host, TLS, no connection in
    time) is certain to have sent nothing.
    """
    if isinstance(error, ClientConnectorError | ConnectionTimeoutError):
        reason = said("Telegram tidak dapat dihubungi; dicoba lagi.")
        return SendProblem(_RETRY, reason, "connect", _CHANNEL)
    if isinstance(error, TimeoutError):
        reason = said("Telegram tidak menjawab tepat waktu; belum pasti pesan terkirim.")
        return SendProblem(_DOUBT, reason, "timeout")
    reason = said("Sambungan ke Telegram terputus; belum pasti pesan terkirim.")
    return SendProblem(_DOUBT, reason, "disconnected")


def unclear(code: str) -> SendProblem:
    """An answer that does not say whether the message was taken."""
    reason = said("Jawaban Telegram tidak jelas; belum pasti pesan terkirim.")
    return SendProblem(_DOUBT, reason, code)


def unread(problem: SendProblem) -> SendProblem:
    """The same for a call that changes nothing: asking again does no harm."""
    if problem.failure is not _DOUBT:
        return problem
    reason = said("Telegram tidak menjawab dengan jelas; dicoba lagi.")
    return SendProblem(_RETRY, reason, problem.code, _CHANNEL, problem.retry_after)


def _parameter(answer: Mapping[str, Any], name: str) -> int | None:
    given = answer.get("parameters")
    found = given.get(name) if isinstance(given, dict) else None
    return found if type(found) is int else None
