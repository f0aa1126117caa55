"""What a file is, by its own bytes; what its sender says of it is not believed.

Threats.md rows 35, 39 and 43: own sniffing, an exact list of what a browser may show, everything
else ``application/octet-stream``; programs, macros and archives are set apart, nothing is ever
unpacked (the signs themselves: core/model/file_magic.py).
"""

from __future__ import annotations

from core.model.attachments import Finding
from core.model.cleaning import terms
from core.model.file_magic import ARCHIVE, MARKS, PLAIN, PROGRAM, WITH_MARKS, sniff
from core.model.file_names import extension
from core.model.image_size import pixels
from core.model.sentences import said

INLINE = frozenset(
    {
        "application/pdf",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/webp",
        "text/plain",
        "video/mp4",
        "video/webm",
    }
)
"""What a page may show; never HTML, SVG or XML. Compared whole, without parameters."""

MOST_PIXELS = 40_000_000
"""Of a picture that is shown; a small file may unfold to gigabytes in a browser."""

LARGE_PICTURE = said("Gambar terlalu besar untuk ditampilkan; hanya dapat diunduh.")

_HEAD = 262_144
_LONGEST_MARK = max(map(len, MARKS)) - 1
_LONGEST_OPENING = max(map(len, WITH_MARKS))

PROGRAM_NAMES = terms(
    "action apk app appimage application appref-ms appx appxbundle bat chm class cmd com command",
    "cpl crx deb desktop dll dmg docm dotm exe fxp gadget hta ins ipa iqy isp jar jnlp js jse jsp",
    "ksh library-ms lnk mad maf mam mar mas mat mav maw mda mde mdt mdw mdz mht mhtml msc msh",
    "msh1 msh1xml msh2 msh2xml mshxml msi msix msp mst ocx ops osd osx pcd php php3 phtml pif pkg",
    "potm ppam ppsm pptm prf prg ps1 ps1xml ps2 ps2xml psc1 psc2 psd1 psm1 py pyc pyw pyz pyzw",
    "reg rpm run scf scpt scr sct search-ms settingcontent-ms sh shb shs slk sldm sys theme udl",
    "url vb vbe vbp vbs vxd website ws wsc wsf wsh xbap xlam xll xlsm xlsb xltm xnk xpi",
)
"""Extensions of what a double click would run, or that carry macros, whatever the bytes are."""

_ARCHIVE_NAMES = terms(
    "7z ace arj bz2 cab cpio gz img iso lha lz lz4 lzh lzma rar tar tbz tgz txz udf vhd vhdx xz",
    "z zip zipx zst",
)


def shown_as(content_type: str) -> str:
    """The type with which a stored file may leave us: on the list, or of no meaning."""
    return content_type if content_type in INLINE else PLAIN


class Examiner:
    """Looks at a file while it streams past; keeps 256 KiB of it."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._rest = b""
        self._seen: set[bytes] = set()

    def feed(self, data: bytes) -> None:
        """The next bytes, in order."""
        if len(self._head) < _HEAD:
            self._head += data[: _HEAD - len(self._head)]
        if len(self._head) >= _LONGEST_OPENING and not self._head.startswith(WITH_MARKS):
            return
        joined = self._rest + data
        for mark in MARKS:
            if mark not in self._seen and mark in joined:
                self._seen.add(mark)
        self._rest = joined[-_LONGEST_MARK:]

    def finish(self, filename: str = "") -> Finding:
        """What it is. ``filename`` is clean (core/model/file_names.py)."""
        head = bytes(self._head)
        found = sniff(head, self._seen)
        if not found.suspicion and extension(filename) in PROGRAM_NAMES:
            return Finding(PLAIN, PROGRAM)
        if not found.suspicion and extension(filename) in _ARCHIVE_NAMES:
            return Finding(PLAIN, ARCHIVE)
        if not found.content_type.startswith("image/") or found.content_type not in INLINE:
            return found
        size = pixels(found.content_type, head)
        if size is None or size[0] * size[1] > MOST_PIXELS:
            return Finding(PLAIN, note=LARGE_PICTURE)
        return found
