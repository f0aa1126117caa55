"""Files that staff choose: by the limits of the public form, through the same examination.

Nothing unexamined ever waits beside a draft: what is suspicious, infected or cannot be scanned
is refused while its owner still looks at the page.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from config.doors.web import WebFormSettings
from console.citizen.upload import FILES_UNKEPT, Upload, UploadLimits
from console.language import words_in
from core.errors import StoreUnavailable
from core.model.attachments import AttachmentState, WantedFile
from core.model.drafts import DraftFile
from core.model.file_names import display_name
from core.model.messages import ChannelId
from core.model.scene import invalid
from core.model.sentences import said
from core.model.work import Refusal
from core.services.enclosing import Room, enclose, take_away
from gateway.file_fetch import IN_FOLDER, NO_ROOM, UNSCANNED, Kept
from gateway.file_plan import attachment_folder, file_fetch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.settings import Settings
    from core.model.drafts import DraftKind
    from core.model.messages import Attachment
    from core.model.work import Actor, WorkTicket
    from core.ports import Clock, Store
    from gateway.attachment_folder import AttachmentFolder
    from gateway.file_fetch import FileFetch

NOBODY = ChannelId("staff")
"""Where these files come from, for the log: no channel has this name."""

AGAIN = said("Pemindai virus tidak menjawab. Coba lagi sebentar lagi.")
NOT_SENT = said("Berkas seperti ini tidak dapat dikirim. Pilih berkas lain.")


def upload_limits(settings: Settings) -> UploadLimits:
    """Those of the public form, whether the office has one or not."""
    form = next(
        (one for one in settings.channels.values() if isinstance(one, WebFormSettings)), None
    )
    fields = WebFormSettings.model_fields

    def limit(name: str) -> float:
        held: float = getattr(form, name) if form else fields[name].default
        return held

    return UploadLimits(
        int(limit("max_files")) or int(fields["max_files"].default),
        min(int(limit("max_file_bytes")), settings.attachments.max_bytes),
        int(limit("max_upload_bytes")),
        limit("upload_seconds"),
    )


def staff_enclosures(store: Store, clock: Clock, settings: Settings) -> StaffEnclosures:
    """For pages and API of one process."""
    folder = attachment_folder(settings.attachments, settings.store.data_dir)
    fetch = file_fetch(settings.attachments, folder)
    return StaffEnclosures(store, clock, fetch, upload_limits(settings))


class StaffEnclosures:
    """``console.enclosures.Enclosures`` of one process.

    Args:
        store: keeps what waits beside drafts.
        clock: says when it was laid down.
        fetch: examines and scans.
        limits: of one upload.
    """

    def __init__(self, store: Store, clock: Clock, fetch: FileFetch, limits: UploadLimits) -> None:
        self._store, self._clock, self._fetch, self._limits = store, clock, fetch, limits
        self.room = Room(limits.files, limits.file_bytes, limits.all_bytes)

    @property
    def folder(self) -> AttachmentFolder:
        """Where the bytes lie."""
        return self._fetch.folder

    def begin(self, *, files: bool = True) -> Upload:
        """A form on its way in; ``files`` False: its fields alone, the rest is not read."""
        limits = self._limits if files else UploadLimits(0, 0, 0, self._limits.seconds)
        return Upload(self.folder.path, limits)

    async def lay_down(
        self, actor: Actor, ticket: WorkTicket, kind: DraftKind, upload: Upload
    ) -> Sequence[DraftFile] | Refusal:
        """Looks through what was chosen and lays it beside the actor's draft, all or none."""
        try:
            laid = await self._laid_down((actor, ticket, kind), upload)
        except StoreUnavailable:
            # Whether the rows are on disk nobody knows: the sweep takes what none of them names.
            upload.settle()
            raise
        if isinstance(laid, Refusal):
            await upload.drop()
        upload.settle()
        return laid

    async def _laid_down(
        self, where: tuple[Actor, WorkTicket, DraftKind], upload: Upload
    ) -> Sequence[DraftFile] | Refusal:
        actor, ticket, kind = where
        if upload.fault is not None:
            say = words_in("id")
            return invalid("files", say(upload.fault.words) % upload.fault.values)
        try:
            if not await asyncio.to_thread(self.folder.has_room):
                return invalid("files", NO_ROOM.reason)
            kept = await upload.keep(f"{ticket.id} {actor.staff_id} {kind}")
        except OSError:
            return invalid("files", FILES_UNKEPT)
        files: list[DraftFile] = []
        for one in kept:
            found = await self._examined(one, len(files))
            if isinstance(found, str):
                return invalid("files", found)
            name, content_type, size = found
            place = (0, ticket.id, actor.staff_id or 0, kind)
            lies = one.reference.removeprefix(IN_FOLDER)
            files.append(DraftFile(*place, lies, content_type, name, size, self._clock.now()))
        return await enclose(self._store.desk, actor, ticket, self.room, files)

    async def _examined(self, one: Attachment, position: int) -> tuple[str, str, int] | str:
        """Name, type and size of a file that may leave; else why it may not, Indonesian."""
        wanted = WantedFile(
            0, position, NOBODY, one.reference, one.content_type, one.filename, one.size
        )
        found = await self._fetch.attempt(wanted)
        if not isinstance(found, Kept):
            return AGAIN if found.problem is UNSCANNED else found.problem.reason
        content_type = found.examined.finding.content_type
        name = display_name(one.filename, content_type, position)
        if found.state is not AttachmentState.STORED:
            return f"{name}: {found.reason} {NOT_SENT}"
        return name, content_type, found.examined.size

    async def take_away(self, actor: Actor, ticket: WorkTicket, file_id: int) -> None:
        """Ends a file's wait, with its bytes unless something else names them."""
        gone = await take_away(self._store.desk, actor, ticket, file_id)
        async with self._store.desk() as desk:
            lost = await desk.attachments.unnamed([gone.stored_as])
        for name in lost:
            await asyncio.to_thread(self.folder.remove, name)
