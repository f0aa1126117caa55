"""What of an email is the sender's own text (requirements §4 rule 2, providers.md §13.6).

A view only: the whole text is stored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LONGEST_SUBJECT = 2_000
_SCANNED = 20_000  # characters looked at; what stands behind them is kept unseen

_PREFIX = re.compile(
    r"(?:\s*(?:(re|bls|balas|balasan|jawab|aw|sv)|(?:fwd?|tr|terusan))\s*(?:\[\d{1,3}\]"
    r"|\(\d{1,3}\)|\d{1,2})?\s?[:\uff1a]"
    r"|\s*\[(?:ext|external|eksternal)\])++\s*",
    re.IGNORECASE,
)  # fmt: skip
_WROTE = (
    r"(?:menulis|menuliskan|wrote|writes|a \u00e9crit|escribi\u00f3|ha scritto|escreveu"
    r"|napisa\u0142(?:\(a\))?|(?:schrieb|schreef|skrev)(?:[ \t][^\n:]{1,100})?)"
)
_ATTRIBUTION = re.compile(
    r"^[ \t]*(?:-{2,}[ \t]*)?(?:(?:pada|on|tanggal|am|le|el|il|op|den|em|dnia)\b"
    r"(?=[^\n]{0,200}\d)"
    r"[^\n]{1,300}(?:\n(?!>)[^\n]{1,300}){0,2}?"
    r"|[^\n>]{0,120}<[^\s<>@]{1,64}@[^\s<>]{1,255}>[^\n]{0,40}|\d[^\n>]{5,80}[,:][^\n>]{1,120}?)"
    rf"(?:\b|\s){_WROTE}[ \t\u00a0]*:[ \t]*(?:$|(?=>))"
    r"|^[ \t]*\d{4}-\d\d-\d\d[ T]\d\d?[:.]\d\d[^\n>]{0,120}"
    r"<[^\s<>@]{1,64}@[^\s<>]{1,255}>:[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_DEVICE = re.compile(
    r"^[ \t]*(?:(?:dikirim|terkirim) (?:dari|melalui|menggunakan|dengan|via) (?=[^\n]{0,40}\b"
    r"(?:i?phone|ipad|android|samsung|galaxy|xiaomi|redmi|poco|oppo|vivo|realme|infinix|yahoo|outlook"
    r"|gmail|blackberry|ponsel|hp|telepon|smartphone|perangkat|surel|e?mail|aplikasi|proton|handphone)\b)"
    r"|sent (?:from|via|using) (?:my|the|yahoo|outlook|mail|samsung|e-?mail|proton|gmail|a )"
    r"|get outlook for|dapatkan outlook (?:untuk|for)|download (?:the )?outlook)[^\n]{0,200}\s*\Z",
    re.IGNORECASE | re.MULTILINE,
)
_FORWARDED = re.compile(
    r"^[ \t>]*-{2,}[ \t]*(?:pesan (?:terusan|yang diteruskan|diteruskan)|diteruskan|"
    r"forwarded message|begin forwarded message)[ \t]*:?[ \t]*-*[ \t]*$"
    r"|^[ \t]*(?:begin forwarded message|mulai pesan (?:terusan|diteruskan))[ \t]*:[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER = (
    r"(?:dari|from|terkirim|dikirim|sent|tanggal|date|kepada|to|ke|cc|tembusan"
    r"|subjek|perihal|subject)[ \t*]*:"
)
_HEADER_BLOCK = re.compile(
    rf"^[ \t*]*(?:dari|from)[ \t*]*:[^\n]{{0,300}}(?:\n[ \t*]*{_HEADER}[^\n]{{0,300}}){{2,8}}",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER_LINES = re.compile(rf"(?:[ \t*>]*(?:{_HEADER}[^\n]*)?\n)*+", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"^[ \t]*(?:-{2,}[ \t]*(?:pesan (?:asli|awal|semula)|original message|original appointment"
    r"|urspr\u00fcngliche nachricht|mensaje original|message d'origine)[ \t]*:?[ \t]*-{2,}"
    r"|_{20,})[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED = re.compile(r"^[ \t]*>[^\n]*(?:\n|\Z)", re.MULTILINE)
_SIGNATURE = re.compile(r"^--[ \t]*$", re.MULTILINE)
_WORDS = (
    "menulis", "wrote", "writes", "\u00e9crit", "escribi\u00f3", "scritto", "escreveu",
    "napisa\u0142", "schrieb", "schreef", "skrev", "forwarded", "mulai pesan", "dikirim ",
    "terkirim ", "sent ", "outlook",
)  # fmt: skip
_LINES = re.compile(r"\n[ \t*]*(?:>|--|_{20}|(?:dari|from)[ \t*]*:|\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True)
class OwnText:
    """An email without what others wrote.

    Attributes:
        subject: without reply prefixes.
        is_reply: a reply prefix stood before it, so the words may be ours.
        body: own lines; quoted ones, attributions and the signature are cut.
        forwarded: what a forwarded block says, without its header lines; "" when there is none.
    """

    subject: str
    is_reply: bool
    body: str
    forwarded: str = ""


def own_text(text: str, subject: str | None) -> OwnText:
    """Tells the sender's own text from quoted, forwarded and signature text."""
    bare, is_reply = strip_prefixes((subject or "").strip()[:_LONGEST_SUBJECT])
    unified = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    head = unified[:_SCANNED]
    if not _may_hold_more(head):
        return OwnText(bare, is_reply, unified.strip())
    body, forwarded, ended = _cut(head, is_reply=is_reply)
    if not ended:
        body += unified[_SCANNED:]
    elif forwarded:
        forwarded += unified[_SCANNED:]
    return OwnText(bare, is_reply, body.strip(), forwarded.strip())


def _may_hold_more(head: str) -> bool:
    """Whether anything in it is worth the slow look; most mail is plain."""
    lowered = f"\n{head.lower()}"
    return any(word in lowered for word in _WORDS) or _LINES.search(lowered) is not None


def strip_prefixes(subject: str) -> tuple[str, bool]:
    """The subject without ``Re:``, ``Fwd:``, ``Bls:`` …, and whether one meant a reply."""
    found = _PREFIX.match(subject)
    if found is None:
        return subject.strip(), False
    return subject[found.end() :].strip(), found.group(1) is not None


def _cut(head: str, *, is_reply: bool) -> tuple[str, str, bool]:
    """Own lines, forwarded text, and whether the own text ends within the head."""
    forwarded, ended, whole = "", False, len(head) < _SCANNED
    if found := _FORWARDED.search(head):
        forwarded, head, ended = head[found.end() :], head[: found.start()], True
    for pattern in (_ORIGINAL, _HEADER_BLOCK):
        if found := pattern.search(head):
            if pattern is _HEADER_BLOCK and not is_reply and not forwarded:
                forwarded = head[found.start() :]
            head, ended = head[: found.start()], True
    head, cut = _without_quotes(head)
    if found := _SIGNATURE.search(head):
        head, cut = head[: found.start()], True
    if (whole or ended or cut) and (found := _DEVICE.search(head.rstrip())):
        head = head[: found.start()]
    return head, _without_header_lines(forwarded), ended or cut


def _without_quotes(head: str) -> tuple[str, bool]:
    """Without attributions and quoted lines; an attribution without ``>`` lines ends the text."""
    ended = False
    if found := _ATTRIBUTION.search(head):
        below = head[found.end() :]
        if not below.lstrip().startswith(">"):
            below, ended = "", True
        head = head[: found.start()] + below
    return _QUOTED.sub("", head), ended


def _without_header_lines(forwarded: str) -> str:
    start = _HEADER_LINES.match(forwarded)
    return forwarded[start.end() :] if start else forwarded
