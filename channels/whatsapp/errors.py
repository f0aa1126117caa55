"""The one table from Meta's failures to ours (providers.md §4).

Codes: https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes. The reasons
are shown to staff on the ticket.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from aiohttp import ClientConnectorError, ConnectionTimeoutError

from core.errors import Scope, SendFailure, SendProblem
from core.model.sentences import said

if TYPE_CHECKING:
    from collections.abc import Mapping

_RETRY, _DOUBT, _HELD = SendFailure.RETRY, SendFailure.DOUBT, SendFailure.HELD
_PERMANENT, _PAUSE = SendFailure.PERMANENT, SendFailure.PAUSE
_MESSAGE, _RECIPIENT, _CHANNEL = Scope.MESSAGE, Scope.RECIPIENT, Scope.CHANNEL

TOKEN_EXPIRED = "190"  # noqa: S105 - a code of Meta's, no secret
_PAIR_RATE = "131056"
_UPLOAD = "131053"

PAIR_WAIT = timedelta(seconds=6)
"""Between two texts to one person once Meta says that they came too fast."""

_BUSY = said("WhatsApp membatasi laju kiriman; dicoba lagi nanti.")
_UNCLEAR = said("Jawaban WhatsApp tidak jelas; belum pasti pesan terkirim.")
_TEMPLATE = said("Templat WhatsApp tidak cocok; periksa pengaturan.")

CODES: Mapping[str, tuple[SendFailure, Scope, str]] = {
    "4": (_RETRY, _CHANNEL, _BUSY),
    "80007": (_RETRY, _CHANNEL, _BUSY),
    "130429": (_RETRY, _CHANNEL, _BUSY),
    "133016": (_RETRY, _CHANNEL, _BUSY),
    "131057": (_RETRY, _CHANNEL, said("Akun WhatsApp dalam pemeliharaan; dicoba lagi nanti.")),
    _PAIR_RATE: (
        _RETRY,
        _RECIPIENT,
        said("Terlalu cepat untuk satu penerima; dicoba lagi nanti."),
    ),
    _UPLOAD: (_RETRY, _MESSAGE, said("Berkas gagal diunggah ke WhatsApp; dicoba lagi.")),
    "1": (_DOUBT, _MESSAGE, _UNCLEAR),
    "2": (_DOUBT, _MESSAGE, _UNCLEAR),
    "131000": (_DOUBT, _MESSAGE, said("Gangguan di WhatsApp; belum pasti pesan terkirim.")),
    "131016": (_DOUBT, _MESSAGE, said("Gangguan di WhatsApp; belum pasti pesan terkirim.")),
    "131047": (_HELD, _RECIPIENT, said("Jendela 24 jam WhatsApp sudah tertutup; perlu templat.")),
    "131048": (_HELD, _CHANNEL, said("WhatsApp menahan kiriman karena mutu nomor menurun.")),
    "131049": (
        _HELD,
        _RECIPIENT,
        said("WhatsApp menahan pesan ini untuk penerima; coba lain waktu."),
    ),
    "131026": (_PERMANENT, _RECIPIENT, said("Pesan tidak dapat disampaikan ke penerima ini.")),
    "131021": (_PERMANENT, _RECIPIENT, said("Penerima sama dengan nomor pengirim.")),
    "131030": (_PERMANENT, _RECIPIENT, said("Penerima tidak ada dalam daftar nomor uji coba.")),
    "131050": (_PERMANENT, _RECIPIENT, said("Penerima menolak pesan promosi dari nomor ini.")),
    "131062": (_PERMANENT, _RECIPIENT, said("Pesan jenis ini perlu nomor telepon penerima.")),
    "130472": (
        _PERMANENT,
        _RECIPIENT,
        said("Penerima sedang dalam percobaan Meta; tidak dikirim."),
    ),
    "131051": (_PERMANENT, _MESSAGE, said("Jenis pesan tidak didukung WhatsApp.")),
    "131052": (_PERMANENT, _MESSAGE, said("Berkas tidak dapat diunduh oleh WhatsApp.")),
    "131008": (_PERMANENT, _MESSAGE, said("Isian pesan kurang lengkap.")),
    "131009": (_PERMANENT, _MESSAGE, said("Isian pesan tidak sah.")),
    "100": (_PERMANENT, _MESSAGE, said("Isian pesan tidak sah.")),
    "368": (_PERMANENT, _MESSAGE, said("Akun dibatasi karena melanggar ketentuan WhatsApp.")),
    "132000": (
        _PERMANENT,
        _MESSAGE,
        said("Jumlah isian templat tidak cocok; periksa pengaturan."),
    ),
    "132001": (
        _PERMANENT,
        _MESSAGE,
        said("Templat tidak ada dalam bahasa itu; periksa pengaturan."),
    ),
    "132005": (_PERMANENT, _MESSAGE, said("Teks templat menjadi terlalu panjang.")),
    "132007": (_PERMANENT, _MESSAGE, said("Isi templat melanggar ketentuan WhatsApp.")),
    "132012": (_PERMANENT, _MESSAGE, _TEMPLATE),
    "132015": (_PERMANENT, _MESSAGE, said("Templat dihentikan sementara oleh WhatsApp.")),
    "132016": (_PERMANENT, _MESSAGE, said("Templat dinonaktifkan oleh WhatsApp.")),
    "132018": (_PERMANENT, _MESSAGE, _TEMPLATE),
    "0": (_PAUSE, _CHANNEL, said("Meta menolak token akses.")),
    TOKEN_EXPIRED: (_PAUSE, _CHANNEL, said("Token akses WhatsApp kedaluwarsa atau dicabut.")),
    "3": (_PAUSE, _CHANNEL, said("Aplikasi tidak berhak memakai API WhatsApp.")),
    "10": (_PAUSE, _CHANNEL, said("Token tidak berhak mengirim dari nomor ini.")),
    "33": (_PAUSE, _CHANNEL, said("Nomor pengirim tidak ditemukan di Meta.")),
    "131005": (_PAUSE, _CHANNEL, said("Token tidak berhak mengirim dari nomor ini.")),
    "131031": (_PAUSE, _CHANNEL, said("Akun WhatsApp Business dikunci oleh Meta.")),
    "131037": (_PAUSE, _CHANNEL, said("Nama tampilan nomor belum disetujui Meta.")),
    "131042": (_PAUSE, _CHANNEL, said("Ada masalah pembayaran pada akun WhatsApp.")),
    "131045": (_PAUSE, _CHANNEL, said("Nomor pengirim belum terdaftar di Cloud API.")),
    "133010": (_PAUSE, _CHANNEL, said("Nomor pengirim belum terdaftar di Cloud API.")),
}

UNKNOWN_PERSON = SendProblem(
    _PERMANENT,
    said("Alamat ini bukan pengguna WhatsApp; tidak dapat dibalas."),
    "no user",
    _RECIPIENT,
)
UNFIT = SendProblem(
    _PERMANENT, said("Pesan kosong atau lebih panjang dari 4.096 karakter."), "length"
)
NO_FILE = SendProblem(
    _PERMANENT, said("Berkas yang akan dikirim tidak ditemukan lagi."), "no file"
)
LARGE_FILE = SendProblem(_PERMANENT, said("Berkas terlalu besar untuk WhatsApp."), "file size")
"""Refused by us, before any call."""

PAUSED = SendProblem(
    _RETRY, said("Pengambilan berkas dijeda karena terlalu sering gagal."), "media brake", _CHANNEL
)
NO_MEDIA = SendProblem(_PERMANENT, said("Berkas tidak tersedia lagi di WhatsApp."), "no media")

_LONGEST_WAIT = 86_400


def reason_of(code: str) -> str:
    """The Indonesian sentence for a code in a delivery report."""
    if known := CODES.get(code) or _by_family(code):
        return known[2]
    return (
        said("WhatsApp gagal mengirim (kode {code}).", code=code)
        if code
        else said("WhatsApp gagal mengirim.")
    )


def problem_of_answer(
    status: int, code: str, headers: Mapping[str, str], *, html: bool = False
) -> SendProblem:
    """The problem behind an HTTP answer that is not a success.

    Args:
        status: of HTTP.
        code: Meta's own from the body, empty when there is none; it decides before the status.
        headers: of the answer.
        html: the body is a page: somebody else than Meta answered, maybe after Meta took it.
    """
    wait = _retry_after(headers)
    known = CODES.get(code) or _by_family(code)
    failure, scope, reason = known or _by_status(status, html=html)
    if code == _PAIR_RATE:
        wait = max(wait or PAIR_WAIT, PAIR_WAIT)
    return SendProblem(failure, reason, code or f"http {status}", scope, wait)


def _by_family(code: str) -> tuple[SendFailure, Scope, str] | None:
    if code.startswith("132") and len(code) == 6:  # noqa: PLR2004 - as all of Meta's own codes
        return _PERMANENT, _MESSAGE, _TEMPLATE
    if code.isascii() and code.isdigit() and 200 <= int(code[:9]) <= 299:  # noqa: PLR2004 - HTTP's own
        return CODES["10"]  # "API permission", a range of codes
    return None


def _by_status(status: int, *, html: bool) -> tuple[SendFailure, Scope, str]:
    if status == 429:  # noqa: PLR2004 - HTTP's own numbers need no second name
        return _RETRY, _CHANNEL, _BUSY
    if status == 401:  # noqa: PLR2004 - HTTP's own
        return CODES["0"]
    if not 400 <= status < 500 or html or status == 408:  # noqa: PLR2004 - HTTP's own
        return _DOUBT, _MESSAGE, _UNCLEAR
    return _PERMANENT, _MESSAGE, said("WhatsApp menolak pesan ini.")


def problem_of_fault(error: Exception) -> SendProblem:
    """The problem behind an exception of the connection.

    Only what fails before the request is written (refused, unknown host, TLS, no connection in
    time) is certain to have sent nothing.
    """
    if isinstance(error, ClientConnectorError | ConnectionTimeoutError):
        return SendProblem(
            _RETRY, said("WhatsApp tidak dapat dihubungi; dicoba lagi."), "connect", _CHANNEL
        )
    if isinstance(error, TimeoutError):
        reason = said("WhatsApp tidak menjawab tepat waktu; belum pasti pesan terkirim.")
        return SendProblem(_DOUBT, reason, "timeout")
    reason = said("Sambungan ke WhatsApp terputus; belum pasti pesan terkirim.")
    return SendProblem(_DOUBT, reason, "disconnected")


def unclear(code: str) -> SendProblem:
    """A success whose body does not say what was taken."""
    return SendProblem(_DOUBT, _UNCLEAR, code)


def harmless(problem: SendProblem) -> SendProblem:
    """The same for a call that may simply be made again: reading, or laying a file ready."""
    if problem.failure is not _DOUBT:
        return problem
    return replace(
        problem, failure=_RETRY, reason=said("Meta belum menjawab dengan jelas; dicoba lagi.")
    )


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    given = headers.get("Retry-After", "").strip()
    if given.isascii() and given.isdigit():
        return timedelta(seconds=min(int(given[:9]), _LONGEST_WAIT))
    return None
