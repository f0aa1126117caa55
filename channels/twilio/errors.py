"""The one table from Twilio's failures to ours (providers.md §3).

Codes: https://www.twilio.com/docs/api/errors. The reasons are shown to staff on the ticket.
"""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from aiohttp import ClientConnectorError, ConnectionTimeoutError

from core.errors import Scope, SendFailure, SendProblem
from core.model.sentences import said

if TYPE_CHECKING:
    from collections.abc import Mapping

OPTED_OUT = "21610"
OUR_FAULT = "90007"

_RETRY, _DOUBT = SendFailure.RETRY, SendFailure.DOUBT
_PERMANENT, _PAUSE = SendFailure.PERMANENT, SendFailure.PAUSE
_HELD = SendFailure.HELD
_MESSAGE, _RECIPIENT, _CHANNEL = Scope.MESSAGE, Scope.RECIPIENT, Scope.CHANNEL

CODES: Mapping[str, tuple[SendFailure, Scope, str]] = {
    "20429": (_RETRY, _CHANNEL, said("Twilio membatasi laju kiriman; dicoba lagi nanti.")),
    "21611": (_RETRY, _CHANNEL, said("Antrean pengirim di Twilio penuh; dicoba lagi nanti.")),
    "30001": (_RETRY, _CHANNEL, said("Antrean Twilio meluap; dicoba lagi nanti.")),
    "63018": (_RETRY, _CHANNEL, said("Batas laju WhatsApp tercapai; dicoba lagi nanti.")),
    "20500": (_DOUBT, _MESSAGE, said("Gangguan di Twilio; belum pasti pesan terkirim.")),
    OPTED_OUT: (
        _PERMANENT,
        _RECIPIENT,
        said("Penerima berhenti berlangganan SMS dari nomor ini."),
    ),
    "21211": (_PERMANENT, _RECIPIENT, said("Nomor tujuan tidak sah.")),
    "21614": (_PERMANENT, _RECIPIENT, said("Nomor tujuan bukan nomor seluler.")),
    "21408": (_PERMANENT, _RECIPIENT, said("Pengiriman ke wilayah nomor ini tidak diizinkan.")),
    "21617": (_PERMANENT, _MESSAGE, said("Pesan terlalu panjang.")),
    "21658": (_PERMANENT, _MESSAGE, said("Pesan terlalu panjang.")),
    "30003": (_PERMANENT, _RECIPIENT, said("Ponsel tujuan tidak dapat dijangkau.")),
    "30004": (_PERMANENT, _RECIPIENT, said("Pesan diblokir oleh penerima atau operatornya.")),
    "30005": (_PERMANENT, _RECIPIENT, said("Nomor tujuan tidak dikenal atau tidak aktif lagi.")),
    "30006": (
        _PERMANENT,
        _RECIPIENT,
        said("Nomor tujuan adalah telepon rumah atau tak terjangkau."),
    ),
    "30007": (_PERMANENT, _MESSAGE, said("Pesan disaring oleh operator seluler atau Twilio.")),
    "30036": (_PERMANENT, _MESSAGE, said("Masa berlaku pesan habis sebelum terkirim.")),
    OUR_FAULT: (
        _PERMANENT,
        _CHANNEL,
        said("Pengaturan masa berlaku pesan salah; hubungi administrator."),
    ),
    # WhatsApp
    "63016": (_HELD, _RECIPIENT, said("Jendela 24 jam WhatsApp sudah tertutup; perlu templat.")),
    "63049": (
        _HELD,
        _RECIPIENT,
        said("WhatsApp menahan pesan ini untuk penerima; coba lain waktu."),
    ),
    "63038": (_RETRY, _CHANNEL, said("Batas harian akun Twilio tercapai; dicoba lagi nanti.")),
    "63003": (_PERMANENT, _RECIPIENT, said("Penerima tidak ditemukan di WhatsApp.")),
    "63024": (_PERMANENT, _RECIPIENT, said("Penerima tidak dapat menerima pesan WhatsApp.")),
    "63032": (
        _PERMANENT,
        _RECIPIENT,
        said("WhatsApp tidak mengizinkan pesan untuk penerima ini."),
    ),
    "63013": (_PERMANENT, _MESSAGE, said("Pesan melanggar ketentuan WhatsApp.")),
    "63019": (_PERMANENT, _MESSAGE, said("Berkas gagal diunduh oleh WhatsApp.")),
    "63021": (_PERMANENT, _MESSAGE, said("Isi pesan tidak sah untuk WhatsApp.")),
    "63027": (
        _PERMANENT,
        _MESSAGE,
        said("Templat tidak ada dalam bahasa itu; periksa pengaturan."),
    ),
    "63028": (_PERMANENT, _MESSAGE, said("Jumlah isian templat tidak cocok; periksa pengaturan.")),
    "63040": (_PERMANENT, _MESSAGE, said("Templat ditolak WhatsApp; periksa pengaturan.")),
    "63041": (_PERMANENT, _MESSAGE, said("Templat dihentikan sementara oleh WhatsApp.")),
    "63042": (_PERMANENT, _MESSAGE, said("Templat dinonaktifkan oleh WhatsApp.")),
    "21656": (_PERMANENT, _MESSAGE, said("Isian templat tidak sah; periksa pengaturan.")),
    "21910": (_PERMANENT, _MESSAGE, said("Nomor pengirim dan penerima berbeda jenis kanal.")),
    "63007": (_PAUSE, _CHANNEL, said("Nomor pengirim WhatsApp tidak terdaftar di akun Twilio.")),
    "63051": (_PAUSE, _CHANNEL, said("Akun WhatsApp Business dikunci oleh Meta.")),
    "63112": (_PAUSE, _CHANNEL, said("Akun WhatsApp Business dinonaktifkan oleh Meta.")),
    # credentials and account
    "10001": (_PAUSE, _CHANNEL, said("Akun Twilio tidak aktif.")),
    "20003": (_PAUSE, _CHANNEL, said("Twilio menolak kredensial akun.")),
    "20403": (_PAUSE, _CHANNEL, said("Akun Twilio ditangguhkan atau ditutup.")),
    "20404": (_PAUSE, _CHANNEL, said("Akun Twilio atau alamat API tidak ditemukan.")),
    "30002": (_PAUSE, _CHANNEL, said("Akun Twilio ditangguhkan.")),
}

UNREACHABLE = SendProblem(
    _PERMANENT,
    said("Pengirim ini bukan nomor telepon; tidak dapat dibalas."),
    "no number",
    _RECIPIENT,
)
UNFIT = SendProblem(_PERMANENT, said("Pesan kosong atau terlalu panjang untuk SMS."), "length")
UNKNOWN_PERSON = SendProblem(
    _PERMANENT,
    said("Alamat ini bukan pengguna WhatsApp; tidak dapat dibalas."),
    "no user",
    _RECIPIENT,
)
UNFIT_CHAT = SendProblem(
    _PERMANENT, said("Pesan kosong atau lebih panjang dari 1.600 karakter."), "length"
)
NO_FILES = SendProblem(
    _PERMANENT,
    said("Berkas tidak dapat dikirim lewat WhatsApp Twilio; kirim teksnya saja."),
    "files",
)
LOST_FILE = SendProblem(
    _PERMANENT, said("Berkas yang akan dikirim tidak ditemukan di penyimpanan."), "no file"
)
"""Refused by us, before any call."""

_LONGEST_WAIT = timedelta(days=1)  # a wrong header must not silence the channel for ever


def reason_of(code: str) -> str:
    """The Indonesian sentence for a code in a delivery report."""
    if known := CODES.get(code):
        return known[2]
    return (
        said("Twilio gagal mengirim (kode {code}).", code=code)
        if code
        else said("Twilio gagal mengirim.")
    )


def problem_of_answer(
    status: int, code: str, headers: Mapping[str, str], *, html: bool = False
) -> SendProblem:
    """The problem behind an HTTP answer that is not a success.

    Args:
        status: of HTTP.
        code: Twilio's own from the body, empty when there is none; it decides before the status.
        headers: of the answer.
        html: the body is a page: somebody else than Twilio answered, maybe after Twilio took it.
    """
    wait = _retry_after(headers)
    if known := CODES.get(code):
        failure, scope, reason = known
        return SendProblem(failure, reason, code, scope, wait, opted_out=code == OPTED_OUT)
    failure, scope, reason = _by_status(status, html=html)
    return SendProblem(failure, reason, code or f"http {status}", scope, wait)


def _by_status(status: int, *, html: bool) -> tuple[SendFailure, Scope, str]:
    if status == 429:  # noqa: PLR2004 - HTTP's own numbers need no second name
        return CODES["20429"]
    if status == 401:  # noqa: PLR2004 - HTTP's own
        return CODES["20003"]
    if not 400 <= status < 500 or html or status == 408:  # noqa: PLR2004 - HTTP's own
        return _DOUBT, _MESSAGE, said("Jawaban Twilio tidak jelas; belum pasti pesan terkirim.")
    return _PERMANENT, _MESSAGE, said("Twilio menolak pesan ini.")


def problem_of_fault(error: Exception) -> SendProblem:
    """The problem behind an exception of the connection.

    Only what fails before the request is written (refused, unknown host, TLS, no connection in
    time) is certain to have sent nothing.
    """
    if isinstance(error, ClientConnectorError | ConnectionTimeoutError):
        return SendProblem(
            _RETRY, said("Twilio tidak dapat dihubungi; dicoba lagi."), "connect", _CHANNEL
        )
    if isinstance(error, TimeoutError):
        reason = said("Twilio tidak menjawab tepat waktu; belum pasti pesan terkirim.")
        return SendProblem(_DOUBT, reason, "timeout")
    reason = said("Sambungan ke Twilio terputus; belum pasti pesan terkirim.")
    return SendProblem(_DOUBT, reason, "disconnected")


def unclear(code: str) -> SendProblem:
    """A success whose body does not say what was taken."""
    return SendProblem(
        _DOUBT, said("Jawaban Twilio tidak jelas; belum pasti pesan terkirim."), code
    )


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    given = headers.get("Retry-After", "").strip()
    if given.isascii() and given.isdigit():
        return timedelta(seconds=min(int(given[:9]), _LONGEST_WAIT.total_seconds()))
    try:
        # a date counts from the answer's own Date, so that our clock does not matter
        wait = parsedate_to_datetime(given) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return min(max(wait, timedelta(0)), _LONGEST_WAIT)
