"""What a server's words mean by RFC 3463, where it names no status (providers.md §13.7).

Many bounces hold only a reply code of SMTP, or only words; staff and the list of failures read one
form. Order counts: the first row that fits tells the most.
"""

from __future__ import annotations

import re

_SAID = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_REPLY = re.compile(
    r"(?:^|[\s\[(<#:;'\"])([45])[0-7]\d(?=[ \-:#)\]'\"]|$)"
    r"(?!\s*(?:bytes|kb|mb|seconds|hours|days))",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"(?:unknown|no such|invalid) (?:local )?user\b|\buser (?:unknown|not found)", re.IGNORECASE
)
_FULL = re.compile(
    r"(?:mail ?box|quota|storage|disk|user'?s? account|recipient)[^.;\n]{0,40}"
    r"(?:full|exceed|space|over ?quota|limit)|over(?:drawn)?[ -]?quota|quota violation"
    r"|exceed\w* (?:\w+ ){0,3}(?:quota|storage|allowed size)|space not enough"
    r"|(?:not enough|insufficient) (?:disk )?space|kotak surat penuh",
    re.IGNORECASE,
)
_TOO_LARGE = re.compile(
    r"(?:message|mail|size)[^.;\n]{0,40}(?:too (?:large|big)|size limit|maximum[^.;\n]{0,20}size)"
    r"|exceed\w* (?:\w+ ){0,4}(?:message|incoming|mail) size|too (?:large|big) ",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"(?:mail ?box|account|user|recipient|address)[^.;\n]{0,30}(?:disabled|inactive|suspended"
    r"|discontinued|deactivated|expired|not active|locked)|dinonaktifkan",
    re.IGNORECASE,
)
_NO_PLACE = re.compile(
    r"host (?:name )?(?:unknown|not found)|unknown host|no such (?:domain|host)|nxdomain"
    r"|(?:domain|host)(?! said)[^;\n]{0,40}(?:not found|n[o']t exist|unknown|invalid)"
    r"|name or service|nameserver query|unrout\w+ (?:mail )?(?:domain|address)|mx record",
    re.IGNORECASE,
)
_NO_PERSON = re.compile(
    r"(?:user|recipient|mail ?box|address|addressee|account|e-?mail)[^;\n]{0,60}"
    r"(?:unknown|not (?:found|exist|listed|known|a valid)|does ?n[o']t (?:exist|have)|invalid"
    r"|unavailable|no longer|wrong)|(?:unknown|no such|invalid|bad|not a valid|unrouteable)"
    r" (?:\w+ )?(?:user|recipient|address|mail ?box|account|final|local)|not our customer"
    r"|no mail ?box|tidak (?:ditemukan|dikenal)|見つかりません|n'existe pas",
    re.IGNORECASE,
)
_NO_RELAY = re.compile(
    r"relay\w*[^.;\n]{0,20}(?:denied|not (?:permitted|allowed))|unable to relay|not relay",
    re.IGNORECASE,
)
_UNWANTED = re.compile(
    r"\bspam\b|unsolicited|black ?list|blocklist|blocked|content (?:filter|reject)|policy|virus"
    r"|denied|not (?:allowed|permitted|authori[sz]ed)|refused",
    re.IGNORECASE,
)
_LOOP = re.compile(r"too many hops|mail loop|loops? back|routing loop", re.IGNORECASE)
_UNREACHED = re.compile(
    r"timed?[ -]?out|expired|queue (?:period|too long)|not reachable|unreachable|did not respond"
    r"|connection (?:refused|reset|failed)|retry time|delivery attempts|no answer from host",
    re.IGNORECASE,
)
_MEANT = (
    (_NOBODY, "1.1"),
    (_FULL, "2.2"),
    (_TOO_LARGE, "3.4"),
    (_CLOSED, "2.1"),
    (_NO_PLACE, "1.2"),
    (_NO_PERSON, "1.1"),
    (_NO_RELAY, "7.1"),
    (_LOOP, "4.6"),
    (_UNREACHED, "4.7"),
    (_UNWANTED, "7.1"),
)
_CLASS_OF = {"failed": "5", "delayed": "4"}


def status_in(text: str) -> str:
    """The first status that a text names, e.g. ``5.1.1``; "" for none."""
    found = _SAID.search(text)
    return found[0] if found else ""


def status_of(text: str, action: str) -> str:
    """The status that a text names, else the one that its reply code and words mean; "" for none.

    Args:
        text: what the server said, one or several lines.
        action: ``failed`` or ``delayed``, tells the class where no reply code does.
    """
    said = status_in(text)
    if said or action not in _CLASS_OF:
        return said
    detail = next((detail for words, detail in _MEANT if words.search(text)), "")
    reply = _REPLY.search(text)
    if not detail and not reply:
        return ""
    return f"{reply[1] if reply and action == 'failed' else _CLASS_OF[action]}.{detail or '0.0'}"
