"""Which messages machines sent, and who cannot be answered (requirements §4 rule 11).

The message is always stored; this only says that nothing may be answered, and why. Reasons are
Indonesian, staff read them. A complaint that merely contains such words must not be swallowed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from core.model.mailtext import own_text, strip_prefixes
from core.model.messages import Address, AddressKind, InboundMessage
from core.model.text_defaults import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWERED_PREFIXES: tuple[str, ...] = ("+628",)
"""Phone numbers that texts may go to: mobile numbers of Indonesia."""

_SCANNED = 1_500  # characters; machine texts are short
_WITHHELD = frozenset({"", "anonymous", "+266696687", "266696687"})
_MOBILE = re.compile(r"\+628\d{8,11}")

_BULK = frozenset({"bulk", "junk", "list"})
_MARKS = frozenset(
    {
        "x-autoreply",
        "x-autorespond",
        "x-autoresponder",
        "x-auto-reply",
        "x-loop",
        "x-helpdesk-loop",
    }
)
_DAEMONS = frozenset({"mailer-daemon", "mail-daemon", "mailerdaemon"})
_NO_REPLY = re.compile(
    r"(?:no|not|do-?not|donot|tidak|jangan)[-_.]?(?:reply|respond|dibalas|balas)\b.*"
    r"|bounces?\b.*|owner-.+|.+-request"
    r"|mailer-daemon|postmaster"
)
_RETURNED = re.compile(
    r"undelivered mail returned to sender$|undeliver(?:able|ed)(?: mail)?:"
    r"|delivery status notification\s*\("
    r"|mail delivery (?:failed: returning|system$)|returned mail: see|failure notice$"
    r"|delivery failure$"
    r"|delivery has failed to these|pesan tidak terkirim:",
    re.IGNORECASE,
)
_ABSENCE = re.compile(
    r"(?:automatic|auto)[ \-]?(?:reply|response|respond(?:er)?)\b"
    r"|(?:balasan|jawaban|respon[s]?|pesan) (?:secara )?otomatis\b"
    r"|out of (?:the )?office(?: (?:auto\w*|reply|message|notice|notification|response))*\s*"
    r"(?:$|[:\-\u2013(\[]|until|from|re:)"
    r"|(?:saya )?sedang (?:dinas luar|cuti|perjalanan dinas|tidak di kantor)"
    r"(?: kota| negeri| daerah)?\s*"
    r"(?:$|[.!]$|[:\-\u2013(\[]\s*(?:re:|\[|$|\d|s/d)"
    r"|(?:s/d|sd|sampai|hingga|tanggal|tgl|mulai|until)\b)",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"(?:(?:yth|dear|terima kasih|thank)[^\n]{0,120}\s+)?(?:saat ini |currently,? )?"
    r"(?:saya (?:saat ini )?(?:sedang|tengah) (?:cuti|dinas|dalam perjalanan|tidak (?:berada )?di)"
    r"|i(?: am|'m) (?:currently )?(?:out of (?:the )?office|away|on (?:annual "
    r"|maternity )?leave))",
    re.IGNORECASE,
)
_DEPUTY = re.compile(
    r"\b(?:(?:silakan |dapat |bisa |harap |mohon )?(?:meng)?hubungi|akan (?:saya "
    r"|segera )?(?:balas|respon|membalas)"
    r"|please contact|will (?:reply|respond|get back)|when i return|upon my return)",
    re.IGNORECASE,
)

_HELLO = r"(?:(?:hall?o|hai|hi|hello|assalam\w*|selamat \w+|dear|yth)\b[^\n.!]{0,40}[.!,]?\s+)?"
_GREETING = re.compile(
    rf"{_HELLO}(?:terima ?kasih|trima ?kasih|makasih)[, ]+(?:karena )?(?:telah |sudah |atas )?"
    r"(?:menghubungi|mengirim(?:kan)? pesan|pesan anda|pesannya|menghubungi kami)\b"
    rf"|{_HELLO}thank(?:s| you) for (?:contacting|your message|reaching out|messaging)\b",
    re.IGNORECASE,
)
_BOT = re.compile(
    r"\bkami (?:akan|siap|segera|sedang) (?:segera )?(?:me|di|tidak)|(?:dapat|bisa) kami bantu"
    r"|segera (?:kami )?"
    r"(?:me(?:mbalas|respon|njawab|layani)|di(?:balas|respon|layani|jawab))|jam (?:operasional"
    r"|kerja kami|buka kami)"
    r"|(?:pesan|balasan|balas|jawaban) otomatis|sila(?:k|hk)an (?:pilih|ketik|tinggalkan|tunggu)"
    r"|mohon (?:menunggu|tunggu|ditunggu)"
    r"|let us know|we(?:'re| are|'ll| will)\b|how we can help|as soon as possible",
    re.IGNORECASE,
)
_CONTRAST = re.compile(
    r"\b(?:tapi|tetapi|tp|namun|masih|msh|belum|blm|kok|kenapa|knp|mengapa|tidak|tdk|gak|ga"
    r"|rusak|mati|error"
    r"|but|still|not)\b|\?|\d{4}",
    re.IGNORECASE,
)
_ONE_SENTENCE = 90
_SHORTEST_PIECE = 6  # characters
# What may end a text of ours: a number, a time, opening hours, a link; no words of a citizen.
_LAST_VALUE = (
    r"(?:[ ,.]{0,2}(?:[^ ]{0,99}\d[^ ]{0,99}|https?://[^ ]{1,200}|wib|wita|wit|sen\w*|sel\w*"
    r"|rab\w*"
    r"|kam\w*|jum\w*|sab\w*|ming\w*|s/d|pukul|sampai|dan)\b){0,20}+[.)]?"
)


@dataclass(frozen=True, slots=True)
class Automatic:
    """A message that no person wrote to us.

    Attributes:
        kind: ``auto_reply`` for absence notices and bounces, which are kept at the ticket;
            ``ignored`` for list mail, greeting bots and our own texts.
        reason: for staff, Indonesian.
    """

    kind: Literal["auto_reply", "ignored"]
    reason: str


def why_automatic(message: InboundMessage, own: frozenset[Address]) -> Automatic | None:
    """Why a message is taken for a machine's, or None (rule 11, providers.md §13.1).

    Args:
        message: header names in lower case.
        own: our own addresses, values normalised as those of senders are.
    """
    if _is_own(message.sender, own):
        return Automatic("ignored", "pengirim adalah alamat kita sendiri")
    if message.sender.kind is AddressKind.EMAIL:
        found = _by_headers(message.sender, message.headers) or _by_words(message)
    else:
        found = _by_greeting(message.text)
    return found or _by_own_form(message.text)


def why_unanswerable(address: Address, prefixes: tuple[str, ...] = ANSWERED_PREFIXES) -> str:
    """Why nothing can or may be sent to an address, Indonesian; "" when it can be answered.

    Args:
        address: the sender.
        prefixes: beginnings of phone numbers that texts may go to.
    """
    if address.kind is AddressKind.SENDER_LABEL or address.value.lower() in _WITHHELD:
        return "pengirim tanpa nomor yang dapat dibalas"
    if address.kind is AddressKind.PHONE:
        return _phone_fault(address.value, prefixes)
    if address.kind is AddressKind.EMAIL:
        local, _, domain = address.value.lower().rpartition("@")
        if not local or not domain:
            return "alamat surel tidak lengkap"
        return "alamat surel yang tidak menerima balasan" if _NO_REPLY.fullmatch(local) else ""
    return ""


def why_silent(headers: Mapping[str, str]) -> str:
    """Why mail that is not automatic asks for no automatic reply, Indonesian; "" when it does not.

    ``X-Auto-Response-Suppress`` with ``All`` or ``AutoReply``; Exchange puts it on people's mail.
    """
    asked = {
        word.strip().lower() for word in headers.get("x-auto-response-suppress", "").split(",")
    }
    return "pengirim meminta tanpa balasan otomatis" if asked & {"all", "autoreply"} else ""


def _phone_fault(value: str, prefixes: tuple[str, ...]) -> str:
    if not value.startswith(prefixes):
        return "nomor di luar awalan yang dilayani"
    if value.startswith("+628") and not _MOBILE.fullmatch(value):
        return "nomor ponsel tidak lengkap"
    return ""


def _is_own(sender: Address, own: frozenset[Address]) -> bool:
    if sender in own:
        return True
    return sender.kind is AddressKind.EMAIL and Address(sender.kind, sender.value.lower()) in own


def _by_headers(sender: Address, headers: Mapping[str, str]) -> Automatic | None:
    get = headers.get
    if (
        get("return-path", "").replace(" ", "") == "<>"
        or "x-failed-recipients" in headers
        or get("content-type", "").lower().lstrip().startswith("multipart/report")
        or sender.value.lower().partition("@")[0] in _DAEMONS
    ):
        return Automatic("auto_reply", "pemberitahuan gagal kirim")
    submitted = get("auto-submitted", "no").partition(";")[0].partition("(")[0].strip().lower()
    precedence = get("precedence", "").strip().lower()
    if submitted not in ("no", "") or precedence == "auto_reply" or not _MARKS.isdisjoint(headers):
        return Automatic("auto_reply", "balasan mesin menurut kepala surel")
    if precedence in _BULK or any(name.startswith("list-") for name in headers):
        return Automatic("ignored", "surel massal atau milis")
    return None


def _by_words(message: InboundMessage) -> Automatic | None:
    bare, _ = strip_prefixes((message.subject or "")[:300])
    if _RETURNED.match(bare):
        return Automatic("auto_reply", "pemberitahuan gagal kirim")
    if _ABSENCE.match(bare):
        return Automatic("auto_reply", "balasan otomatis menurut perihal")
    own = own_text(message.text[:_SCANNED], message.subject)
    if (own.is_reply or message.references) and _AWAY.match(own.body) and _DEPUTY.search(own.body):
        return Automatic("auto_reply", "pemberitahuan tidak di tempat")
    return None


def _by_greeting(text: str) -> Automatic | None:
    """Greeting bots of shops and offices on chat and SMS."""
    head = text[:_SCANNED].strip().lstrip("*_~👋🙏😊 ")
    found = _GREETING.match(head)
    if found is None:
        return None
    rest = head[found.end() :]
    if _BOT.search(rest) or (len(head) <= _ONE_SENTENCE and not _CONTRAST.search(rest)):
        return Automatic("ignored", "salam otomatis dari akun lain")
    return None


def _by_own_form(text: str) -> Automatic | None:
    """A text equal in form to one of our own: another gateway, or ours, answers us."""
    if len(text) > _SCANNED:
        return None
    plain = " ".join(text.split())
    if not plain.startswith(_beginnings()):
        return None
    for beginning, form in _own_forms():
        if plain.startswith(beginning) and form.fullmatch(plain):
            return Automatic("ignored", "sama bentuknya dengan balasan kita sendiri")
    return None


@lru_cache(maxsize=1)
def _beginnings() -> tuple[str, ...]:
    """One look for all: hardly any text begins like ours."""
    return tuple(dict.fromkeys(beginning for beginning, _ in _own_forms()))


@lru_cache(maxsize=1)
def _own_forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Our texts to citizens as patterns; a signature may follow them."""
    return tuple(_form(" ".join(text.split())) for text in DEFAULTS.values())


def _form(text: str) -> tuple[str, re.Pattern[str]]:
    """How a text begins, and its fixed words in order with anything between them.

    Atomic: each piece is looked for once, so that no text makes this slow. Pieces of a few
    characters stand in values as well and are left out.
    """
    first, *pieces = re.split(r"\{[a-z_]+\}", text)
    fixed = [piece for piece in pieces if len(piece) >= _SHORTEST_PIECE]
    middle = "".join(rf"(?>.{{0,400}}?{re.escape(piece)})" for piece in fixed)
    end = "" if not pieces or len(pieces[-1]) >= _SHORTEST_PIECE else _LAST_VALUE
    signed = r"(?: -- .{0,500})?"
    return first, re.compile(f"{re.escape(first)}{middle}{end}{signed}", re.IGNORECASE)
