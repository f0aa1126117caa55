"""From the settings of files to the worker that fetches them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.model.outbox import RetryPolicy
from gateway.attachment_folder import FOLDER, AttachmentFolder
from gateway.attachments import Attachments, FilePace
from gateway.file_fetch import FetchRules, FileFetch
from gateway.virus_scan import VirusScanner

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from config.attachments import AttachmentSettings
    from core.ports import Clock, Door, Store
    from gateway.metrics import Metrics

_SPARE = 60.0
"""Seconds of a lease besides fetching and scanning: hashing, a slow disk, a busy machine."""


def attachment_folder(settings: AttachmentSettings, data_dir: Path) -> AttachmentFolder:
    """The folder where files lie, also for pages that give them out."""
    return AttachmentFolder(data_dir / FOLDER, settings.max_bytes, settings.keep_free_bytes)


def file_fetch(
    settings: AttachmentSettings, folder: AttachmentFolder, doors: Iterable[Door] = ()
) -> FileFetch:
    """How files are had and examined; without doors only those that lie in the folder."""
    scanner = (
        VirusScanner(settings.scanner, settings.scanner_seconds) if settings.scanner else None
    )
    return FileFetch(
        {door.id: door for door in doors},
        folder,
        FetchRules(settings.max_bytes, settings.timeout_seconds, settings.attempts),
        scanner,
    )


def attachment_worker(
    settings: AttachmentSettings,
    folder: AttachmentFolder,
    doors: Iterable[Door],
    store: Store,
    hall: tuple[Clock, Metrics],
) -> Attachments:
    """The worker of this process, not started yet: run, wake at commit, stop."""
    fetch = file_fetch(settings, folder, doors)
    policy = RetryPolicy(
        base=timedelta(seconds=settings.backoff_seconds),
        ceiling=timedelta(seconds=settings.backoff_max_seconds),
        max_attempts=settings.attempts,
    )
    lease = settings.timeout_seconds + settings.scanner_seconds + _SPARE
    pace = FilePace(settings.in_flight, timedelta(seconds=lease))
    return Attachments(fetch, store, policy, hall, pace)
