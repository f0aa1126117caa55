"""How it is with our number at Meta: token, registration, quality, subscription, URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from channels.whatsapp.errors import TOKEN_EXPIRED
from core.errors import SendError, SendFailure
from core.model.health import Symptom
from core.model.sentences import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from channels.whatsapp.graph import Graph
    from channels.whatsapp.settings import WhatsAppSettings

_FIELDS = "id,status,quality_rating,webhook_configuration"

_EXPIRED = Symptom(
    "token_expired",
    said(
        "Token akses WhatsApp kedaluwarsa atau dicabut. Buat token baru untuk pengguna sistem di "
        "Meta Business, ganti access_token, lalu mulai ulang."
    ),
)
_NO_RIGHT = Symptom(
    "account",
    said(
        "Meta menolak akses ke nomor ini. Periksa izin token, phone_number_id, pembayaran, dan "
        "status akun WhatsApp Business."
    ),
)
_NOT_CONNECTED = Symptom(
    "number_not_connected",
    said(
        "Nomor WhatsApp tidak tersambung ke Cloud API. Daftarkan lagi nomornya di WhatsApp "
        "Manager."
    ),
)
_QUALITY = Symptom(
    "quality_low",
    said(
        "Mutu nomor WhatsApp rendah menurut Meta. Kurangi pesan yang tidak diminta; batas kiriman "
        "dapat diturunkan."
    ),
)
_NOT_SUBSCRIBED = Symptom(
    "not_subscribed",
    said(
        "Tidak ada aplikasi yang berlangganan akun WhatsApp ini, jadi pesan warga tidak sampai. "
        "Langgankan lagi aplikasinya (subscribed_apps)."
    ),
)
_OTHER_URL = Symptom(
    "webhook_url",
    said(
        "Alamat webhook di Meta bukan alamat kanal ini, jadi pesan warga sampai di tempat lain. "
        "Periksa URL panggilan balik di Meta."
    ),
)


async def examine(graph: Graph, settings: WhatsAppSettings) -> Sequence[Symptom]:
    """What is wrong now. Raises SendError: Meta cannot be asked."""
    try:
        number = await graph.get(settings.phone_number_id, {"fields": _FIELDS})
        found = _number(number, settings)
        if settings.business_account_id:
            apps = await graph.get(f"{settings.business_account_id}/subscribed_apps")
            if not apps.get("data"):
                found.append(_NOT_SUBSCRIBED)
    except SendError as error:
        if error.problem.code == TOKEN_EXPIRED:
            return [_EXPIRED]
        if error.problem.failure is SendFailure.PAUSE:
            return [_NO_RIGHT]
        raise
    return found


def _number(number: dict[str, Any], settings: WhatsAppSettings) -> list[Symptom]:
    found = []
    if number.get("status") not in (None, "CONNECTED"):
        found.append(_NOT_CONNECTED)
    if number.get("quality_rating") == "RED":
        found.append(_QUALITY)
    hooks = number.get("webhook_configuration")
    if isinstance(hooks, dict):
        # the nearest one counts: the number's own, else the account's, else the app's
        names = ("phone_number", "whatsapp_business_account", "application")
        entered = next((hooks[name] for name in names if hooks.get(name)), settings.webhook_url)
        if str(entered).rstrip("/") != settings.webhook_url.rstrip("/"):
            found.append(_OTHER_URL)
    return found
