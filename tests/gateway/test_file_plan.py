"""A file through a whole gateway: webhook, ticket, worker, folder, page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from config.attachments import AttachmentSettings
from core.model.attachments import AttachmentState
from gateway.file_plan import attachment_folder, attachment_worker
from gateway.virus_scan import VirusScanner
from tests.channels.fetching_kit import provider
from tests.core.model.test_file_types import EICAR, png
from tests.gateway.gateway_kit import message, office, sections, until

if TYPE_CHECKING:
    from pathlib import Path

    from core.model.attachments import FileView


async def files(hall: Any) -> list[FileView]:
    (ticket,) = await hall.tickets()
    return list(await hall.store.files.files(ticket.number))


@pytest.mark.parametrize(
    ("file", "state", "inline"),
    [
        (png(640, 480), AttachmentState.STORED, True),
        (b"<script>alert(1)</script>", AttachmentState.STORED, False),
        (EICAR, AttachmentState.SUSPECT, False),
    ],
)
async def test_a_picture_by_mms_lies_beside_its_ticket(
    file: bytes, state: AttachmentState, inline: object, tmp_path: Path
) -> None:
    async with (
        provider() as twilio,
        office(tmp_path, sections(channel={"api_base_url": twilio.base})) as hall,
    ):
        twilio.file = file
        folder = attachment_folder(AttachmentSettings(), tmp_path / "data")
        media = {"NumMedia": "1", "MediaUrl0": f"{twilio.base}/file/x"}
        reply = await hall.post(message(**media, MediaContentType0="image/svg+xml"))
        assert reply.status == 200

        async def there() -> bool:
            return (await files(hall))[0].state is not AttachmentState.WAITING

        await until(there)
        (found,) = await files(hall)
        assert (found.state, found.inline, found.size) == (state, inline, len(file))
        assert found.stored_as is not None
        path = folder.path_of(found.stored_as)
        assert path is not None
        assert path.read_bytes() == file
        assert twilio.base not in hall.log.getvalue()


def test_the_settings_reach_the_worker(tmp_path: Path) -> None:
    settings = AttachmentSettings(
        max_bytes=5_000, in_flight=7, attempts=2, scanner="127.0.0.1:3310", scanner_seconds=9
    )
    folder = attachment_folder(settings, tmp_path)
    worker = attachment_worker(settings, folder, [], None, (None, None))
    assert folder.path == tmp_path / "attachments"
    assert worker._pace.in_flight == 7
    assert worker._pace.lease.total_seconds() == 60 + 9 + 60
    assert worker._policy.max_attempts == worker._fetch._rules.attempts == 2
    assert isinstance(worker._fetch._scanner, VirusScanner)


def test_pages_never_follow_a_name_out_of_the_folder(tmp_path: Path) -> None:
    folder = attachment_folder(AttachmentSettings(), tmp_path)
    name = "ab/" + "ab" * 16
    (folder.path / "ab").mkdir(parents=True)
    (folder.path / name).write_bytes(b"x")
    (folder.path / ("cd" * 16)).symlink_to("/etc/passwd")
    assert folder.path_of(name) == folder.path / name
    for bad in (
        "",
        "..",
        "../helpdesk.db",
        "/etc/passwd",
        "cd" * 16,
        f"{name}\0",
        name.upper(),
        "ab",
    ):
        assert folder.path_of(bad) is None
