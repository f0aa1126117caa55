"""What happens by the clock: the watch over promises, the duty officer, scheduled work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Final, Self

from pydantic import AfterValidator, Field, model_validator

from config import checks
from config.section import Count, Seconds, Section, Text
from core.model.messages import AddressKind

if TYPE_CHECKING:
    from collections.abc import Iterator

TELLS_BY: Final[Mapping[str, AddressKind]] = MappingProxyType(
    {
        "email": AddressKind.EMAIL,
        "gammu": AddressKind.PHONE,
        "jasmin": AddressKind.PHONE,
        "kannel": AddressKind.PHONE,
        "telegram": AddressKind.TELEGRAM,
        "twilio_sms": AddressKind.PHONE,
        "twilio_whatsapp": AddressKind.WHATSAPP,
        "whatsapp_cloud": AddressKind.WHATSAPP,
    }
)
"""Kinds of channels that staff can be told by, with the kind of address each takes."""

_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_PHONE: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_ADDRESSES: Final = MappingProxyType(
    {
        AddressKind.PHONE: (_PHONE, "a number such as +6281234567890"),
        AddressKind.WHATSAPP: (_PHONE, "a number such as +6281234567890"),
        AddressKind.EMAIL: (_MAIL, "an address such as piket@contoh.go.id"),
        AddressKind.TELEGRAM: (re.compile(r"-?[0-9]{1,20}"), "the number of a chat"),
    }
)


def _clock_time(value: str) -> str:
    checks.require(_CLOCK.fullmatch(value), "a time such as 02:30")
    return value


ClockTime = Annotated[str, AfterValidator(_clock_time)]


class WatchSettings(Section):
    """The watch over promises: warnings, breaches, escalation (docs/promises.md)."""

    promises: Text | None = None
    """Path of a TOML file with the office's own promises, limits and steps of escalation: the
    seed of a store that has no policy yet, from then on they are changed by API. None:
    those of the procedure that this system was first built for."""

    sweep_seconds: Seconds = 2.0
    """Seconds between two looks for clocks that are due. A look without anything due costs one
    read of an index; a promise that is broken is told within five seconds."""

    sweep_tickets: Count = 200
    """Clocks taken in one unit of work. More are faster after an outage, and hold up intake
    longer on SQLite."""

    staff_channels: tuple[Text, ...] = ()
    """Ids of the channels by which staff are told of warnings, breaches and escalations, the
    preferred one first; each person is told by the first that fits an address of theirs. Empty:
    nobody is written to, staff see it on their pages."""


class DutySettings(Section):
    """The duty officer, called at once when a life may be in danger."""

    channel: Text | None = None
    """Id of the channel by which the duty officer is called. None: nobody is called; the history
    says so, and an alarm is raised."""

    address: Text | None = None
    """Where the duty officer is called: a phone number, a mail address or a chat, as fits the
    channel. None: only without a channel."""

    @model_validator(mode="after")
    def _both(self) -> Self:
        checks.require(
            (self.channel is None) == (self.address is None), "channel and address together"
        )
        return self


class ScheduleSettings(Section):
    """Work done by the clock, once among all processes; times are the office's own."""

    night: ClockTime = "02:30"
    """When old rows are thrown away, at an hour at which few people write."""

    anchor: ClockTime = "00:10"
    """When the history of all tickets is bound together for the day that is over."""

    morning: ClockTime = "07:00"
    """When missing holidays are warned of, and on the first of the month the recapitulation of
    the month before falls due: before the office opens."""

    closing_minutes: Annotated[int, Field(ge=1, le=1440)] = 10
    """Minutes between two looks for solved tickets whose citizen stayed silent."""

    keep_runs_days: Annotated[int, Field(ge=2, le=3650)] = 90
    """Days for which it is kept when scheduled work ran and how it ended."""

    keep_answers_hours: Annotated[int, Field(ge=1, le=720)] = 48
    """Hours for which an answer of the API is given again to the same Idempotency-Key. Two days
    outlast a program that tries again over a night."""

    keep_drafts_days: Annotated[int, Field(ge=7, le=3650)] = 180
    """Days for which what somebody began to write on a ticket and never sent is kept, counted from
    the last keystroke. Long enough for a holiday, short enough that nothing personal stays."""

    anonymise_after_months: Annotated[int, Field(ge=0, le=1200)] = 0
    """Months after which a ticket that has ended says no more who reported it: names, addresses,
    texts, files and sealed values are taken out for good, number, times, category, staff and
    scores stay. Likewise messages without a ticket and what lies in quarantine. 0: never. The
    office's own rule on archives decides the length."""


def faults_of_telling(
    watch: WatchSettings, duty: DutySettings, channels: Mapping[str, Any]
) -> Iterator[str]:
    """One sentence for each channel that staff cannot be told by.

    Args:
        watch: without faults of its own.
        duty: without faults of its own.
        channels: the tables as given.
    """
    fitting = f"the id of a channel of kind {', '.join(sorted(TELLS_BY))}"
    for name in watch.staff_channels:
        if _kind(channels, name) is None:
            yield f"watch.staff_channels has {name!r}; expected {fitting}."
    if duty.channel is None or duty.address is None:
        return
    kind = _kind(channels, duty.channel)
    if kind is None:
        yield f"duty.channel is {duty.channel!r}; expected {fitting}."
        return
    pattern, expected = _ADDRESSES[kind]
    if not pattern.fullmatch(duty.address):
        yield f"duty.address does not fit the channel; expected {expected}."


def _kind(channels: Mapping[str, Any], name: str) -> AddressKind | None:
    table = channels.get(name)
    kind = table.get("kind") if isinstance(table, Mapping) else None
    return TELLS_BY.get(kind) if isinstance(kind, str) else None
