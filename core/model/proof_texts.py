"""The two texts that carry a proof. Fixed: no word of whoever caused them (threats.md row 28)."""

from __future__ import annotations

from core.model.proof import CLAIM_LIFE, SHORT_LIFE

CONFIRM = "confirm"
"""Purpose of the mail to an address that somebody typed."""

CODE = "code"
"""Purpose of the message that brings a code."""


def code_text(number: str, code: str) -> str:
    """The code, in one SMS of GSM-7."""
    minutes = int(SHORT_LIFE.total_seconds()) // 60
    return (
        f"Kode untuk melihat tiket {number}: {code}. Berlaku {minutes} menit. "
        "Jangan berikan kepada siapa pun. Tidak meminta? Abaikan pesan ini."
    )


def confirm_text(office: str, number: str, link: str) -> str:
    """The question whether an address is really the reporter's."""
    return (
        f"Alamat surel ini ditulis sebagai kontak pada laporan {number} di {office}.\n\n"
        "Bila laporan itu dari Anda, buka tautan berikut dan tekan Konfirmasi. "
        "Sesudah itu perkembangan laporan kami kirim ke alamat ini:\n\n"
        f"{link}\n\n"
        f"Tautan berlaku {CLAIM_LIFE.days} hari. Bila laporan itu bukan dari Anda, abaikan surel "
        "ini; tanpa konfirmasi kami tidak mengirim apa pun lagi tentang laporan itu."
    )
