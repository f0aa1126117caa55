"""One attempt at one file: fetched by its door, examined, scanned, laid down.

Outcomes are values. The reasons are Indonesian, for staff beside the message; none holds a name,
a number or a URL.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.logs import get_logger
from core.errors import GatewayError, SendError, SendFailure, SendProblem, TooLarge
from core.model.attachments import AttachmentState, Finding
from core.model.file_names import clean_name
from core.model.sentences import said
from core.ports import Fetches
from gateway.attachment_folder import examine
from gateway.virus_scan import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from core.model.attachments import WantedFile
    from core.model.messages import ChannelId
    from gateway.attachment_folder import AttachmentFolder, Examined, Incoming
    from gateway.virus_scan import Scan, VirusScanner

log = get_logger("files")

IN_FOLDER = "file:"
"""References to files that a form has laid into our folder itself."""

_RETRY, _PERMANENT = SendFailure.RETRY, SendFailure.PERMANENT

NO_WAY = SendProblem(_PERMANENT, said("Kanal ini tidak dapat mengambil berkas."), "no way")
NOT_THERE = SendProblem(_PERMANENT, said("Berkas tidak ditemukan di dalam pesan."), "not there")
LOST = SendProblem(_PERMANENT, said("Berkas hilang dari tempat penyimpanan kami."), "lost")
SLOW = SendProblem(_RETRY, said("Pengambilan berkas terlalu lama."), "timeout")
NO_ROOM = SendProblem(
    _RETRY, said("Penyimpanan kami penuh atau terganggu; berkas belum tersimpan."), "disk"
)
OUR_FAULT = SendProblem(_RETRY, said("Kesalahan pada sistem kami."), "error")
UNSCANNED = SendProblem(_RETRY, said("Pemindai virus tidak menjawab; dicoba lagi."), "scan")

INFECTED = said("Terdeteksi virus; jangan dibuka.")
NEVER_SCANNED = said("Belum dipindai: pemindai virus tidak menjawab.")
NOT_SCANNED = said("Terlalu besar untuk dipindai.")
EMPTY = said("Berkas kosong.")


def too_large(most: int) -> SendProblem:
    """The file passes the limit of our settings, in bytes."""
    reason = said(
        "Berkas melebihi batas {most} MB; mintalah dikirim dengan cara lain.",
        most=f"{most / 1048576:g}",
    )
    return SendProblem(_PERMANENT, reason, "too large")


@dataclass(frozen=True, slots=True)
class Kept:
    """The file lies in our folder.

    Attributes:
        reason: why it is suspect, or what staff should know; Indonesian.
    """

    stored_as: str
    examined: Examined
    state: AttachmentState
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The file is not there.

    Attributes:
        ours: the provider has no part in it.
    """

    problem: SendProblem
    ours: bool = False


@dataclass(frozen=True, slots=True)
class FetchRules:
    """Limits of one attempt.

    Attributes:
        most: bytes of one file.
        seconds: for fetching it.
        attempts: at most; the last one keeps what could not be scanned, as suspect.
    """

    most: int = 26_214_400
    seconds: float = 60.0
    attempts: int = 14


class FileFetch:
    """How files are had, whatever door they came by."""

    def __init__(
        self,
        doors: Mapping[ChannelId, object],
        folder: AttachmentFolder,
        rules: FetchRules,
        scanner: VirusScanner | None = None,
    ) -> None:
        self.folder = folder
        self._doors, self._rules, self._scanner = doors, rules, scanner

    async def attempt(self, wanted: WantedFile) -> Kept | Failed:
        """One attempt; raises nothing but cancellation."""
        try:
            return await self._attempt(wanted)
        except OSError as error:
            log.exception("file not stored", channel=wanted.channel, why=type(error).__name__)
            return Failed(NO_ROOM, ours=True)
        except Exception:
            log.exception("fetching failed", channel=wanted.channel, message=wanted.message_id)
            return Failed(OUR_FAULT, ours=True)

    async def _attempt(self, wanted: WantedFile) -> Kept | Failed:
        if wanted.reference.startswith(IN_FOLDER):
            return await self._in_place(wanted)
        door = self._doors.get(wanted.channel)
        if not isinstance(door, Fetches):
            return Failed(NO_WAY)
        if wanted.size is not None and wanted.size > self._rules.most:
            return Failed(too_large(self._rules.most))
        return await self._through(door, wanted)

    async def _through(self, door: Fetches, wanted: WantedFile) -> Kept | Failed:
        if not await asyncio.to_thread(self.folder.has_room):
            return Failed(NO_ROOM, ours=True)
        incoming = await asyncio.to_thread(self.folder.begin)
        try:
            failed = await self._fetched(door, wanted, incoming)
            return failed or await self._laid_down(wanted, incoming)
        finally:
            await asyncio.to_thread(incoming.drop)

    async def _fetched(
        self, door: Fetches, wanted: WantedFile, incoming: Incoming
    ) -> Failed | None:
        try:
            async with asyncio.timeout(self._rules.seconds):
                await door.fetch(wanted, incoming)
        except (GatewayError, OSError) as error:
            if incoming.failed:  # the disk refused, whatever the door made of it
                log.exception("file not stored", channel=wanted.channel)
                return Failed(NO_ROOM, ours=True)
            return self._stumbled(error, wanted)
        return None

    def _stumbled(self, error: Exception, wanted: WantedFile) -> Failed:
        if isinstance(error, SendError):
            return Failed(error.problem)
        if isinstance(error, TimeoutError):
            return Failed(SLOW)
        if isinstance(error, TooLarge):
            return Failed(too_large(self._rules.most))
        if isinstance(error, GatewayError):
            return Failed(NOT_THERE)
        log.error("door failed", channel=wanted.channel, exc_info=error)
        return Failed(OUR_FAULT, ours=True)

    async def _laid_down(self, wanted: WantedFile, incoming: Incoming) -> Kept | Failed:
        await asyncio.to_thread(incoming.sync)
        examined, state, reason = await self._examined(wanted, incoming.path)
        if state is AttachmentState.WAITING:
            return Failed(UNSCANNED, ours=True)
        return Kept(await asyncio.to_thread(self.folder.keep, incoming), examined, state, reason)

    async def _in_place(self, wanted: WantedFile) -> Kept | Failed:
        """A form laid it down before its message; only what it is remains to be told."""
        name = wanted.reference.removeprefix(IN_FOLDER)
        path = await asyncio.to_thread(self.folder.path_of, name)
        if path is None:
            return Failed(LOST)
        examined, state, reason = await self._examined(wanted, path)
        if state is AttachmentState.WAITING:
            return Failed(UNSCANNED, ours=True)
        return Kept(name, examined, state, reason)

    async def _examined(
        self, wanted: WantedFile, path: Path
    ) -> tuple[Examined, AttachmentState, str]:
        examined = await asyncio.to_thread(examine, path, clean_name(wanted.filename))
        scan = await self._scanner.scan(path) if self._scanner else None
        last = wanted.attempt >= self._rules.attempts
        return examined, *_judged(examined, scan, last=last)


def _judged(examined: Examined, scan: Scan | None, *, last: bool) -> tuple[AttachmentState, str]:
    """The worst that is known of a file decides; ``waiting``: scan it again later."""
    finding: Finding = examined.finding
    if scan is not None and scan.verdict is Verdict.INFECTED:
        return AttachmentState.SUSPECT, INFECTED
    if scan is not None and scan.verdict is Verdict.UNANSWERED:
        state = AttachmentState.SUSPECT if last else AttachmentState.WAITING
        return state, NEVER_SCANNED
    if finding.suspicion:
        return AttachmentState.SUSPECT, finding.suspicion
    if scan is not None and scan.verdict is Verdict.TOO_LARGE:
        return AttachmentState.SUSPECT, NOT_SCANNED
    return AttachmentState.STORED, finding.note if examined.size else EMPTY
