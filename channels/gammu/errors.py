"""What can go wrong with Gammu, as our failures (providers.md §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import Scope, SendFailure, SendProblem
from core.model.sentences import said

if TYPE_CHECKING:
    from collections.abc import Mapping

# a text that may lie in the tables already is found there by its mark before it is laid down
# again, so an unknown outcome is no doubt here
AWAY = SendProblem(
    SendFailure.RETRY,
    said("Basis data Gammu tidak dapat dihubungi; dicoba lagi."),
    "database away",
    Scope.CHANNEL,
)
REFUSED = SendProblem(
    SendFailure.PAUSE,
    said("Basis data Gammu menolak kami, atau tabelnya tidak ada."),
    "database refused",
    Scope.CHANNEL,
)
MISFIT = SendProblem(
    SendFailure.PERMANENT, said("SMS ini tidak dapat disimpan di tabel Gammu."), "database value"
)

FAILURES: Mapping[str, str] = {
    "SendingError": said("Modem gagal mengirim SMS ini."),
    "Error": said("Gammu gagal mengirim SMS ini."),
    "DeliveryFailed": said("SMS tidak sampai ke ponsel tujuan."),
}
"""``Status`` of a part that did not arrive, and the reason for the ticket."""
