"""The office's settings as intake reads them: one value, made once at start."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from core.model.messages import AddressKind
from core.model.registration import NikRule, Registration
from core.model.text_defaults import SURVEY_QUESTIONS
from core.model.window import MARGIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from core.model.calendar import Calendar
    from core.model.enclosing import Carriage
    from core.model.messages import Address, ChannelId
    from core.model.sla import SlaPolicy
    from core.model.texts import TextForm, TextSet


@dataclass(frozen=True, slots=True)
class ChannelTraits:
    """What intake needs to know of a door without knowing the door.

    Attributes:
        form: which texts it gets and how long they may be.
        acks_per_day: acknowledgements to one sender (providers.md §2.6).
        acks_per_hour: the same within an hour; None: no such limit.
        tells: why no automatic reply leaves by the outbox, Indonesian: the door tells the number
            in its own answer (desk, web form); "" for all others.
        reply_via, mail_via: the channels that texts to a phone number and to a mail address leave
            by, where the door itself cannot send (desk); None: the door's own.
        windowed: texts that came too late for the window are held until the person writes again.
        templates: purposes of texts that an approved template carries then; ``*``: any.
        window_margin: how long before its end the window counts as closed.
        complaints_only: every message of this door is a complaint as it stands, without keyword
            and commands (web form, desk).
        page: its reporters read what people answer on the page of their ticket (web form).
        carries: which files go with an answer; None: none, they lie on the page of the ticket.
    """

    id: ChannelId
    form: TextForm
    acks_per_day: int = 5
    acks_per_hour: int | None = None
    tells: str = ""
    reply_via: ChannelId | None = None
    mail_via: ChannelId | None = None
    complaints_only: bool = False
    windowed: bool = False
    page: bool = False
    templates: frozenset[str] = frozenset()
    window_margin: timedelta = MARGIN
    carries: Carriage | None = None


def way_out(
    channels: Mapping[ChannelId, ChannelTraits], channel: ChannelId, kind: AddressKind
) -> ChannelTraits | None:
    """The door that texts to such an address leave by, for what came in by ``channel``.

    None: the office has no such door any more, or nothing can be sent by it.
    """
    traits = channels.get(channel)
    if traits is None:
        return None
    elsewhere = {AddressKind.PHONE: traits.reply_via, AddressKind.EMAIL: traits.mail_via}
    via = elsewhere.get(kind)
    traits = channels.get(via) if via else traits
    return None if traits is None or traits.tells else traits


@dataclass(frozen=True, slots=True)
class ReplyLimits:
    """Limits of automatic replies (providers.md §2.6); they never lose a message.

    Attributes:
        replies_per_hour: all automatic replies to one sender together.
        acks_per_ten_minutes: acknowledgements to one sender.
        same_text: repeats of one text in ten minutes before replies stop.
        tickets_per_ten_minutes: new tickets of one sender before more are joined to the last one.
    """

    replies_per_hour: int = 5
    acks_per_ten_minutes: int = 2
    same_text: int = 3
    tickets_per_ten_minutes: int = 20


@dataclass(frozen=True, slots=True)
class IntakePolicy:
    """Everything a decision depends on besides the message and its sender.

    Attributes:
        require_keyword: only what begins with the keyword opens a ticket by itself.
        keyword_days: local days from which that is another, in their order (BW-14).
        reopening: how long an ended ticket may be reopened, and thanks still belong to it.
        duplicate_within: age of the first ticket for near-duplicates (requirements §4 rule 10).
        own: our own addresses; mail and texts from them are a loop.
        on_duty: a duty officer is called when a life may be in danger; else no text says so.
        wording: the texts of a unit (None: the whole office) in a language; None: ``texts`` for
            all.
        promising: the policy of promises that holds now; None: ``sla`` for good.
        staff_channels: the doors by which staff are told, the preferred one first, with the kind
            of address each takes; empty: they see it on their pages only.
        survey_link: the address of the survey about a ticket, by the ticket's id; None: there is
            no such page, surveys are answered by message alone.
        ticket_link: the address of the page of a ticket, by its number; None: there is none.
        survey_late: an answer that comes later after the invitation is kept, not counted (§6).
        registration: whether and when a reporter's own data are asked for (LL-08).
        registration_link: the address of that page, by the address id; None: there is no such
            page, nobody is invited.
        asking: the five questions of the survey in a language, as the office words them; None: as
            shipped.
        registration_nik: whether the identity number is asked for there.
        monthly_limit: one complaint a month is meant for a person (LL-11): a further one gets its
            number all the same, is linked to the earlier ticket, and one survey is counted.
    """

    office: str
    prefix: str
    zone: ZoneInfo
    calendar: Calendar
    sla: SlaPolicy
    texts: TextSet
    channels: Mapping[ChannelId, ChannelTraits]
    require_keyword: bool = True
    reopening: timedelta = timedelta(days=7)
    duplicate_within: timedelta = timedelta(hours=24)
    limits: ReplyLimits = field(default_factory=ReplyLimits)
    own: frozenset[Address] = frozenset()
    on_duty: bool = False
    wording: Callable[[int | None, str], TextSet] | None = None
    survey_link: Callable[[int], str] | None = None
    ticket_link: Callable[[str], str] | None = None
    survey_late: timedelta = timedelta(days=14)
    monthly_limit: bool = False
    promising: Callable[[], SlaPolicy] | None = None
    registration: Registration = Registration.OFF
    registration_link: Callable[[int], str] | None = None
    registration_nik: NikRule = NikRule.OPTIONAL
    asking: Callable[[str], Sequence[str]] | None = None
    keyword_days: tuple[tuple[date, bool], ...] = ()
    staff_channels: tuple[tuple[ChannelId, AddressKind], ...] = ()

    def demands_keyword(self, at: datetime) -> bool:
        """Whether a message received then opens a ticket by itself only with the keyword."""
        demanded = self.require_keyword
        if self.keyword_days:  # of few offices, and this is asked of every message
            today = at.astimezone(self.zone).date()
            for day, then in self.keyword_days:
                demanded = then if day <= today else demanded
        return demanded

    @property
    def sla_now(self) -> SlaPolicy:
        """What is promised now."""
        return self.sla if self.promising is None else self.promising()

    def questions_in(self, language: str) -> Sequence[str]:
        """The five questions of the survey, in the order of the dimensions."""
        return SURVEY_QUESTIONS if self.asking is None else self.asking(language)

    def texts_for(self, unit_id: int | None, language: str) -> TextSet:
        """The texts of the unit that has a ticket, in the language of its reporter."""
        return self.texts if self.wording is None else self.wording(unit_id, language)
