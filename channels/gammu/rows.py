"""Rows of Gammu's tables as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime


@value
class InboxRow:
    """One part as the modem received it.

    Attributes:
        coded: hexadecimal digits, UTF-16 high byte first for text, else the bytes.
        decoded: the same as Gammu reads it alone; half an emoji is lost in it.
        udh: hexadecimal digits of the user data header, "" without.
        kind: SMS class; 127 is an answer of the network (USSD).
        phone: the daemon that received it.
        at: time stamp of the operator's centre, aware UTC; None where it is none.
    """

    id: int
    sender: str
    coding: str
    coded: str
    decoded: str
    udh: str
    kind: int
    phone: str
    at: datetime | None


@value
class SentRow:
    """One part that the daemon has dealt with."""

    id: int
    position: int
    status: str
    error: int
    udh: str
    creator: str


@value
class PhoneRow:
    """A daemon: how many seconds ago its sign of life expired (negative: not yet), its signal."""

    id: str
    late: float
    signal: int
