"""Every setting, one class per section (design.md §7).

The text under a field says its unit, what None means and why the default is what it is; the
reference in ``docs/configuration.md`` is made from it. Values are plain and frozen; nothing here
reads a file or the environment, see :mod:`config.load`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping  # noqa: TC003 - pydantic reads them
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from config import checks
from config.api import ApiSettings
from config.attachments import AttachmentSettings
from config.doors.desk import DeskSettings
from config.doors.email import EmailSettings
from config.doors.gammu import GammuSettings
from config.doors.jasmin import JasminSettings
from config.doors.kannel import KannelSettings
from config.doors.telegram import TelegramSettings
from config.doors.twilio import TwilioSmsSettings, TwilioWhatsAppSettings
from config.doors.web import WebFormSettings
from config.doors.whatsapp import WhatsAppCloudSettings
from config.hooks import HookSettings
from config.schedules import DutySettings, ScheduleSettings, WatchSettings
from config.section import ChannelSettings, Count, Seconds, Section, Text, WebAddress
from config.sso import SsoSettings
from config.staff import StaffSettings, VaultSettings
from config.survey import SurveySettings
from config.work import WorkSettings
from core.model.registration import NikRule, Registration


def _store_secret(value: SecretStr) -> SecretStr:
    return SecretStr(checks.store_address(value.get_secret_value()))


class OfficeSettings(Section):
    """Who answers, and by which clock and calendar."""

    name: Annotated[str, Field(max_length=80), AfterValidator(checks.not_blank)]
    """The office as citizens read it, at most 80 characters. No default: nobody else knows it."""

    preset: Literal["agency", "banyuwangi", "health_office", "hospital"] | None = None
    """What the office is like where it does not say otherwise. agency: five days, and a unit
    supervisor approves solved work before it is closed. banyuwangi: six days, technicians and the
    desk. health_office: five days, one complaint a month, leadership disposes. hospital: a desk
    around the clock. Any other key that is set goes before it. None: every key as it stands."""

    timezone: Annotated[str, AfterValidator(checks.zone_name)] = "Asia/Jakarta"
    """Zone of opening hours and of every time shown: Asia/Jakarta (WIB), Asia/Makassar (WITA),
    Asia/Jayapura (WIT), or any other zone name. WIB, because most offices are there."""

    language: Literal["id"] = "id"
    """Language of pages and of messages to citizens: id (Indonesian) is the only one so far."""

    ticket_prefix: Annotated[str, AfterValidator(checks.ticket_prefix)] = "HD"
    """Two or three capitals before every ticket number. Numbers already given keep theirs."""

    calendar: Text = "banyuwangi"
    """Working hours and holidays: the name of a preset, or the path of a TOML file. The default
    is the six-day week of the procedure that this system was first built for."""

    require_keyword: bool = True
    """Whether only messages that begin with HELPDESK open a ticket by themselves. Others are kept
    in the tray of unsorted messages and answered with the help text; nothing is lost."""

    require_keyword_from: Annotated[
        tuple[str, ...], Field(max_length=20), AfterValidator(checks.day_rule_lines)
    ] = ()
    """Days of the office from which require_keyword is another, such as 2027-01-01=false: it
    changes at midnight without a restart. The word itself is always HELPDESK, which stands on
    posters. Empty: it stays as it is."""

    monthly_limit: bool = False
    """Whether one complaint in a calendar month is meant for a person. A further one gets its
    number all the same: it is linked to the earlier ticket, and one survey a month is counted.
    Off, as most offices set no such limit; the e-complaint of a health office does."""

    registration: Registration = Registration.AFTER_FIRST_MESSAGE
    """Whether reporters are asked for their own data; the ticket has its number at once in any
    case. off: never. after_first_message: one invitation to each person, beside the first number;
    on SMS it costs one part for each person. before_work: the same, and work waits for the data,
    but never in an emergency. Invitations leave where the web form's pages are configured."""

    registration_nik: NikRule = NikRule.OPTIONAL
    """Whether the identity number is asked for at registration: off, optional or required. It is
    kept sealed and shown by its last four digits. optional, as the law asks for no more data than
    the purpose needs."""

    reopen_days: Annotated[int, Field(ge=0, le=365)] = 7
    """Days for which an answer from the citizen reopens an ended ticket. 0: never."""


class HttpSettings(Section):
    """The socket that providers, staff and citizens call."""

    host: Text = "127.0.0.1"
    """Address to listen on. This machine only, because a proxy with TLS belongs in front."""

    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    """TCP port; above 1023, so that no root is needed. 0: any free port, told in the log."""

    public_url: WebAddress
    """Address under which the world reaches us, https unless it is this machine. Signatures of
    providers are computed over it, so it must be exactly what is entered there. No default."""

    max_body: Annotated[int, Field(ge=1_024, le=104_857_600)] = 1_048_576
    """Largest request in bytes; above it the answer is 413. 1 MiB holds every message that a
    provider sends (media come as links)."""


class StoreSettings(Section):
    """Where tickets and messages are kept."""

    url: Annotated[SecretStr, AfterValidator(_store_secret)] = SecretStr(
        "sqlite+aiosqlite:///var/helpdesk.db"
    )
    """sqlite+aiosqlite:///file or postgresql+asyncpg://user:password@host/name. A secret, as it
    may hold a password. SQLite, because it needs no other service; one process only."""

    data_dir: Path = Path("var")
    """Folder for the spool and attachments, made if absent. Relative to the working folder."""

    pool: Annotated[int, Field(ge=1, le=100)] = 8
    """Connections to PostgreSQL per process; SQLite has one writer whatever this says. Two cores
    are kept busy by fewer than 8."""


class LogSettings(Section):
    """What is written to stderr. Secrets, identity and phone numbers are masked in any case."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """Least level that is written: debug, info, warning or error."""

    format: Literal["console", "json"] = "console"
    """console: one line to read; json: one object per line for a log collector."""


class LimitSettings(Section):
    """Limits of automatic replies. They never lose a message, and staff see when they act."""

    replies_per_hour: Count = 5
    """All automatic replies to one sender within an hour; stops two machines from chatting."""

    acks_per_ten_minutes: Count = 2
    """Acknowledgements to one sender within ten minutes."""

    same_text: Count = 3
    """Repeats of one text within ten minutes before replies stop."""

    tickets_per_ten_minutes: Count = 20
    """New tickets of one sender within ten minutes; more are joined to the last one."""


class IntakeSettings(Section):
    """The queue between the doors and the store."""

    queue_messages: Count = 10_000
    """Messages that may wait; beyond it doors answer 503 and the sender keeps the message."""

    queue_bytes: Annotated[int, Field(ge=1_048_576)] = 67_108_864
    """Bytes that may wait. 64 MiB, so that memory stays flat in a flood."""

    group: Annotated[int, Field(ge=1, le=10_000)] = 256
    """Messages in one transaction at most. More gain nothing and make the first ones wait."""


class DispatchSettings(Section):
    """How promised messages are sent."""

    poll_seconds: Seconds = 1.0
    """Seconds between two looks at the outbox; the fallback of the wake-up at commit."""

    lease_seconds: Seconds = 30.0
    """Seconds for which a process may keep an item it is sending; then the item is in doubt."""

    backoff_seconds: Seconds = 2.0
    """Seconds before the second attempt; doubles with each further one."""

    backoff_max_seconds: Seconds = 900.0
    """Longest wait between two attempts, in seconds."""

    max_attempts: Count = 250
    """Attempts before an item becomes a dead letter. 250 with the longest wait of 15 minutes are
    more than two days, so that an outage over a weekend loses nothing."""

    doubt_wait_seconds: Seconds = 3.0
    """Seconds before looking into the provider's list for an item in doubt; lists lag."""

    doubt_looks: Count = 2
    """Looks into that list before the item is sent again."""

    in_flight: Annotated[int, Field(ge=1, le=1_000)] = 128
    """Messages being sent at the same time, per process."""

    send_timeout_seconds: Seconds = 10.0
    """Seconds for one call to a provider, everything included. Shorter than the lease."""

    @model_validator(mode="after")
    def _order(self) -> Self:
        checks.require(
            self.lease_seconds > self.send_timeout_seconds,
            "lease_seconds: longer than send_timeout_seconds",
        )
        checks.require(
            self.backoff_max_seconds >= self.backoff_seconds,
            "backoff_max_seconds: at least backoff_seconds",
        )
        return self


class ChannelLogSettings(Section):
    """The log of exchanges with providers, for whoever asks why a URL is not called."""

    keep_days: Annotated[int, Field(ge=0, le=365)] = 7
    """Days for which it is kept. 0: nothing is written. A week shows what happened over a
    weekend; secrets, phone numbers and identity numbers are masked in it."""


CHANNEL_KINDS: Mapping[str, type[ChannelSettings]] = {
    "gammu": GammuSettings,
    "jasmin": JasminSettings,
    "kannel": KannelSettings,
    "desk": DeskSettings,
    "email": EmailSettings,
    "telegram": TelegramSettings,
    "twilio_sms": TwilioSmsSettings,
    "twilio_whatsapp": TwilioWhatsAppSettings,
    "web_form": WebFormSettings,
    "whatsapp_cloud": WhatsAppCloudSettings,
}
"""What ``kind`` may say; a new kind of channel is one more class and one more line here."""


class Settings(BaseModel):
    """The whole configuration, valid and complete."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    office: OfficeSettings
    http: HttpSettings
    store: StoreSettings = StoreSettings()
    log: LogSettings = LogSettings()
    vault: VaultSettings = VaultSettings()
    staff: StaffSettings = StaffSettings()
    sso: SsoSettings = SsoSettings()
    work: WorkSettings = WorkSettings()
    watch: WatchSettings = WatchSettings()
    duty: DutySettings = DutySettings()
    schedules: ScheduleSettings = ScheduleSettings()
    api: ApiSettings = ApiSettings()
    hooks: HookSettings = HookSettings()
    survey: SurveySettings = SurveySettings()
    texts: Mapping[str, str] = Field(default_factory=dict)
    limits: LimitSettings = LimitSettings()
    intake: IntakeSettings = IntakeSettings()
    dispatch: DispatchSettings = DispatchSettings()
    attachments: AttachmentSettings = AttachmentSettings()
    channel_log: ChannelLogSettings = ChannelLogSettings()
    channels: Mapping[str, ChannelSettings] = Field(default_factory=dict)

    def secrets(self) -> Iterator[str]:
        """Every secret value, for the log's redaction; the store's address only if it has one."""
        url = self.store.url.get_secret_value()
        password = urlsplit(url).password
        if password:
            yield from (url, password, unquote(password))
        yield from self.vault.secrets()
        yield from self.sso.secrets()
        for channel in self.channels.values():
            yield from channel.secrets()
