"""The desk: one unit of work over all shelves; rolls back unless committed (design.md §3)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from ticket_store.admin_history import AdminHistory
from ticket_store.answers import AnswerRows
from ticket_store.attachments import AttachmentRows
from ticket_store.audit import AnchorRows
from ticket_store.bookmarks import BookmarkRows
from ticket_store.calendars import CalendarRows
from ticket_store.canned import CannedRows
from ticket_store.catalogue import ServiceRows
from ticket_store.channel_log import ChannelLogRows
from ticket_store.claims import ClaimRows
from ticket_store.drafts import DraftRows
from ticket_store.entries import EntryRows
from ticket_store.erasing import ErasureRows
from ticket_store.failures import guarded, translated
from ticket_store.jobs import JobRows, RetentionRows
from ticket_store.letters import LetterRows
from ticket_store.outbox import OutboxRows
from ticket_store.partners import PartnerRows
from ticket_store.people import PersonRows
from ticket_store.policies import PolicyRows
from ticket_store.quarantine import QuarantineRows
from ticket_store.readings import ReadingRows
from ticket_store.restricted import RestrictedRows
from ticket_store.saved_filters import FilterRows
from ticket_store.setting_versions import SettingRows
from ticket_store.sign_on import SignOnRows
from ticket_store.staff import StaffRows
from ticket_store.subscriptions import SubscriptionRows
from ticket_store.survey_items import SurveyItemRows
from ticket_store.surveys import SurveyRows
from ticket_store.texts import TextRows
from ticket_store.undelivered import UndeliveredRows
from ticket_store.units import UnitRows
from ticket_store.watch import WatchRows
from ticket_store.words import WordRows
from ticket_store.work import WorkRows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from core.ports import BookmarkShelf, ClaimShelf, IntakeShelf, OutboxShelf, QuarantineShelf
    from core.ports.audit import AnchorShelf, SubscriptionShelf
    from core.ports.catalogue import ServiceShelf
    from core.ports.composing import DraftShelf
    from core.ports.erasing import ErasureShelf
    from core.ports.files import AttachmentShelf, ChannelLogShelf, ParkedShelf
    from core.ports.letters import LetterShelf
    from core.ports.lists import AnswerShelf, FilterShelf, ReadingShelf
    from core.ports.people import PersonShelf
    from core.ports.policies import PolicyShelf
    from core.ports.searching import WordShelf
    from core.ports.settings import SettingShelf
    from core.ports.sign_on import SignOnShelf
    from core.ports.staff import AdminHistoryShelf, EntryShelf, RestrictedShelf, StaffShelf
    from core.ports.surveys import SurveyItemShelf, SurveyShelf
    from core.ports.texts import CannedShelf, TextShelf
    from core.ports.undelivered import UndeliveredShelf
    from core.ports.units import CalendarShelf, PartnerShelf, UnitShelf
    from core.ports.watch import JobShelf, RetentionShelf, WatchShelf
    from core.ports.work import WorkShelf


@cache
def _intake_of(dialect: str) -> Callable[[AsyncConnection], IntakeShelf]:
    """Each engine has its own, with the driver that it speaks to."""
    if dialect == "sqlite":
        from ticket_store.intake_sqlite import SqliteIntake  # noqa: PLC0415 - only its own

        return SqliteIntake
    from ticket_store.intake_postgresql import PostgresqlIntake  # noqa: PLC0415 - only its own

    return PostgresqlIntake


_SHELVES: Final[Mapping[str, Callable[[AsyncConnection], object]]] = {
    "quarantine": QuarantineRows,
    "parked": QuarantineRows,
    "bookmarks": BookmarkRows,
    "claims": ClaimRows,
    "attachments": AttachmentRows,
    "channel_log": ChannelLogRows,
    "staff": StaffRows,
    "entries": EntryRows,
    "sign_on": SignOnRows,
    "admin_history": AdminHistory,
    "anchors": AnchorRows,
    "subscriptions": SubscriptionRows,
    "answers": AnswerRows,
    "filters": FilterRows,
    "readings": ReadingRows,
    "restricted": RestrictedRows,
    "work": WorkRows,
    "surveys": SurveyRows,
    "texts": TextRows,
    "canned": CannedRows,
    "watch": WatchRows,
    "jobs": JobRows,
    "retention": RetentionRows,
    "units": UnitRows,
    "partners": PartnerRows,
    "calendars": CalendarRows,
    "policies": PolicyRows,
    "drafts": DraftRows,
    "letters": LetterRows,
    "undelivered": UndeliveredRows,
    "words": WordRows,
    "erasure": ErasureRows,
    "people": PersonRows,
    "survey_items": SurveyItemRows,
    "catalogue": ServiceRows,
    "settings": SettingRows,
}
"""By the name of the attribute; each is made when a unit of work first asks for it."""


class SqlDesk:
    """``core.ports.Desk`` on one connection, inside one transaction."""

    intake: IntakeShelf
    outbox: OutboxShelf
    quarantine: QuarantineShelf
    bookmarks: BookmarkShelf
    claims: ClaimShelf
    attachments: AttachmentShelf
    channel_log: ChannelLogShelf
    parked: ParkedShelf
    staff: StaffShelf
    entries: EntryShelf
    sign_on: SignOnShelf
    admin_history: AdminHistoryShelf
    anchors: AnchorShelf
    subscriptions: SubscriptionShelf
    answers: AnswerShelf
    filters: FilterShelf
    readings: ReadingShelf
    restricted: RestrictedShelf
    work: WorkShelf
    surveys: SurveyShelf
    texts: TextShelf
    canned: CannedShelf
    watch: WatchShelf
    jobs: JobShelf
    retention: RetentionShelf
    units: UnitShelf
    partners: PartnerShelf
    calendars: CalendarShelf
    policies: PolicyShelf
    drafts: DraftShelf
    letters: LetterShelf
    undelivered: UndeliveredShelf
    words: WordShelf
    erasure: ErasureShelf
    people: PersonShelf
    survey_items: SurveyItemShelf
    catalogue: ServiceShelf
    settings: SettingShelf

    def __init__(self, connection: AsyncConnection, files: Path) -> None:
        self._connection = connection
        self.intake = _intake_of(connection.dialect.name)(connection)
        self.outbox = OutboxRows(connection, files)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - typed by the annotations above
        """A shelf, when it is first asked for: most units of work need two of thirty."""
        if name not in _SHELVES:
            raise AttributeError(name)
        shelf = _SHELVES[name](self._connection)
        setattr(self, name, shelf)
        return shelf

    async def commit(self) -> None:
        """Once, at the end. Raises StoreUnavailable."""
        with guarded():
            await self._connection.commit()


class OpenedDesk:
    """``async with OpenedDesk(engine, …) as desk``: begins; ends whatever was not committed.

    Database errors that leave the block are raised in the words of ``core.errors``.
    """

    def __init__(self, engine: AsyncEngine, files: Path) -> None:
        self._engine, self._files = engine, files
        self._connection: AsyncConnection | None = None

    async def __aenter__(self) -> SqlDesk:
        """Raises StoreUnavailable."""
        with guarded():
            connection = await self._engine.connect()
            try:
                _ = await connection.begin()
            except BaseException:
                await connection.close()
                raise
        self._connection = connection
        return SqlDesk(connection, self._files)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Gives the connection back; closing it rolls back what is still open."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await _end(connection, error)
        ours = translated(error) if error is not None else None
        if ours is not None:
            raise ours from error


async def _end(connection: AsyncConnection, error: BaseException | None) -> None:
    """A failure to end is told only where nothing worse is on its way already."""
    try:
        if error is not None and not isinstance(error, Exception):
            # Cancelled in the middle of a statement: the driver's state is anybody's guess.
            await connection.invalidate()
        await connection.close()
    except Exception as failure:
        if error is None and (ours := translated(failure)) is not None:
            raise ours from failure
        if error is None or translated(failure) is None:
            raise
