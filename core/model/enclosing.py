"""Files that go with what staff write: what a channel carries, and what is told where it cannot.

Limits are those of the providers (providers.md §3 to §5, §12; docs/channels/).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.model.sentences import said
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.model.messages import OutboundFile

MIB: Final = 1024 * 1024

NO_FILES: Final = said("Kanal pelapor tidak membawa berkas.")


@value
class Carriage:
    """Which files a channel carries with a text.

    Attributes:
        name: of the channel, as people call it.
        files: at most so many with one text.
        file_bytes: largest file.
        all_bytes: all of them together; None: no such limit.
        picture_bytes: largest picture, where it is less than ``file_bytes``; None: the same.
        types: content types that are taken; empty: any.
        text: most letters of the text beside files; None: as without.
    """

    name: str
    files: int
    file_bytes: int
    all_bytes: int | None = None
    picture_bytes: int | None = None
    types: frozenset[str] = frozenset()
    text: int | None = None


def why_apart(carriage: Carriage | None, files: Sequence[OutboundFile], text: str) -> str:
    """Why these files cannot go along with this text, Indonesian; "" when they can.

    Args:
        carriage: of the channel; None: it carries none.
        files: all that go with the text.
        text: as it leaves.
    """
    if not files:
        return ""
    if carriage is None:
        return NO_FILES
    return next(filter(None, _faults(carriage, files, text)), "")


def _faults(carriage: Carriage, files: Sequence[OutboundFile], text: str) -> Iterator[str]:
    name = carriage.name
    if len(files) > carriage.files:
        yield (
            said("{name} membawa paling banyak satu berkas dengan satu jawaban.", name=name)
            if carriage.files == 1
            else said(
                "{name} membawa paling banyak {files} berkas dengan satu jawaban.",
                name=name,
                files=carriage.files,
            )
        )
    yield from (_why_apart(carriage, file) for file in files)
    if carriage.all_bytes is not None and sum(file.size for file in files) > carriage.all_bytes:
        yield said(
            "{name} membawa semua berkas bersama paling besar {most}.",
            name=name,
            most=size_words(carriage.all_bytes),
        )
    if carriage.text is not None and _units(text) > carriage.text:
        most = f"{carriage.text:,}".replace(",", ".")
        yield said(
            "{name} membawa berkas hanya dengan teks paling panjang {most} huruf.",
            name=name,
            most=most,
        )


def _why_apart(carriage: Carriage, file: OutboundFile) -> str:
    most = carriage.file_bytes
    if carriage.picture_bytes is not None and file.content_type.startswith("image/"):
        most = carriage.picture_bytes
    if file.size > most:
        return said(
            "{name} membawa berkas ini paling besar {most}: {filename}.",
            name=carriage.name,
            most=size_words(most),
            filename=file.filename,
        )
    if carriage.types and file.content_type not in carriage.types:
        return said(
            "{name} tidak membawa jenis berkas ini: {filename}.",
            name=carriage.name,
            filename=file.filename,
        )
    return ""


def size_words(count: int) -> str:
    """Bytes as people read them: ``10 MB``, ``200 KB``."""
    return f"{count >> 20} MB" if count >= MIB else f"{max(1, count >> 10)} KB"


def with_link(text: str, link: str, language: str) -> str:
    """The text with where its files lie, for channels that carry none."""
    word = "Files" if language == "en" else "Berkas"
    return f"{text.rstrip()}\n{word}: {link}"


def _units(text: str) -> int:
    """UTF-16 units, as Telegram counts; no channel counts less for a letter."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
