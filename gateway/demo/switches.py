"""The faults that a visitor of the sandbox can switch on, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from console.sandbox.phone import Switch
from gateway.demo.faults import Fault

if TYPE_CHECKING:
    from gateway.demo.faults import Faults

Words = Mapping[Fault, str]

SMS: Words = {
    Fault.TOO_MANY: "Operator minta pelan-pelan (429)",
    Fault.ERROR: "Operator bermasalah (500)",
    Fault.TAKEN_THEN_DROP: "Balasan terkirim, jawaban operator hilang",
}
WHATSAPP: Words = {
    Fault.TOO_MANY: "Meta minta pelan-pelan (429)",
    Fault.ERROR: "Meta bermasalah (500)",
    Fault.TAKEN_THEN_DROP: "Balasan terkirim, jawaban Meta hilang",
}
TELEGRAM: Words = {
    Fault.TOO_MANY: "Telegram minta pelan-pelan (429)",
    Fault.ERROR: "Telegram bermasalah (500)",
    Fault.TAKEN_THEN_DROP: "Balasan terkirim, jawaban Telegram hilang",
}
MAIL: Words = {
    Fault.TOO_MANY: "Relai menunda (451)",
    Fault.DROP: "Relai memutus sambungan",
    Fault.TAKEN_THEN_DROP: "Surel diterima, jawaban relai hilang",
}

MUTE = "mute"


def sending(faults: Faults, words: Words) -> list[Switch]:
    """One switch for each fault of sending; at most one of them is on."""
    return [Switch(fault.value, said, faults.sending is fault) for fault, said in words.items()]


def mute(faults: Faults) -> Switch:
    """No reports on what became of a message."""
    return Switch(MUTE, "Tanpa laporan terkirim", faults.mute_callbacks)


def turned(faults: Faults, words: Words, key: str) -> None:
    """Turns a switch over; another fault of sending goes off. Raises KeyError."""
    if key == MUTE:
        faults.mute_callbacks = not faults.mute_callbacks
        return
    found = {fault.value: fault for fault in words}[key]
    faults.sending = Fault.NONE if faults.sending is found else found
