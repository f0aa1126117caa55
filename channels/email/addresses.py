"""Addresses from header text, by one strict addr-spec parser (RFC 5322 §3.4, RFC 6532).

``email.utils`` of some interpreters reads the wrong half of ``a@good.test)b@evil.test``
(CVE-2023-27043); here such an entry is ambiguous and gives no address. Names around an address may
be as sloppy as they like (``Sari, S.Kom <sari@x.test>``): only the address must be beyond doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from channels.email.charsets import header_text, one_line
from channels.email.headers import unfold
from channels.email.limits import MAX_ADDRESS_TEXT, MAX_ADDRESSES
from channels.email.mail import FromFault, MailAddress
from channels.email.words import decode_words

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.){0,500}"'  # a quoted string; bounded, or unclosed ones take quadratic time
    r"|\[[^\]\[\\\s]*\]"  # a domain literal
    r"|\\."  # an escaped character, in comments
    r"|[^\s\"()<>,;:@\[\]\\]+"  # an atom, dots and 8-bit letters included
    r"|\s+|.",
    re.DOTALL,
)
_LOCAL = re.compile(r"[^\s\x00-\x20\x7f\"()<>,;:@\[\]\\]{1,128}")
_QUOTED_LOCAL = re.compile(r'"(?:[^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f]){0,128}"')
_LETTER = r"[0-9A-Za-z_\u0080-\U0010ffff]"
_LABEL = rf"{_LETTER}(?:(?:{_LETTER}|-)*{_LETTER})?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}\.?")
_LITERAL = re.compile(r"\[[0-9A-Za-z.:-]{1,60}\]")
_PLAIN = re.compile(
    r"(?:([A-Za-z0-9][A-Za-z0-9 ._-]{0,100})<([A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,200})>"
    r"|<?([A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,200})>?)"
)
_LONGEST_DOMAIN = 253
_LONGEST_ADDRESS = 320


@dataclass(slots=True)
class Found:
    """What an address header holds.

    Attributes:
        addresses: those beyond doubt, in order, at most ``MAX_ADDRESSES``.
        group: one of them, or nobody, stands in a group (``Tim: a@x.test;``).
        doubtful: an entry from which two programs could read two addresses.
        cut: there is more than was read.
    """

    addresses: list[MailAddress] = field(default_factory=list)
    group: bool = False
    doubtful: bool = False
    cut: bool = False


@dataclass(slots=True)
class _Entry:
    """The tokens of one entry of the list, sorted by where they stand."""

    outside: list[str] = field(default_factory=list)
    inside: list[str] | None = None
    after: list[str] = field(default_factory=list)
    closed: bool = False
    comments: list[str] = field(default_factory=list)
    broken: bool = False

    def put(self, piece: str) -> None:
        """A token that is neither bracket, comma nor comment."""
        self.broken |= piece in ("(", ")", '"', "]", "[") or piece[:1] == "\\"
        if self.inside is None:
            self.outside.append(piece)
        else:
            (self.after if self.closed else self.inside).append(piece)

    def bracket(self, mark: str) -> None:
        """``<`` or ``>``; doubled ones count once, brackets around no address are a name."""
        if mark == ">":
            self.closed |= self.inside is not None
        elif self.inside is None:
            self.inside = []
        elif self.closed and "@" not in self.inside:
            self.outside += [*self.inside, *self.after]
            self.inside, self.after, self.closed = [], [], False
        elif self.closed:
            self.after.append(mark)

    def routed(self) -> bool:
        """Whether a comma here parts the hosts of a route, ``<@one,@two:sari@x.test>``."""
        return self.inside is not None and not self.closed and self.inside[:1] == ["@"]


def addresses_of(value: bytes, hint: str = "") -> Found:
    """The addresses of a header's raw value; never raises."""
    text = " ".join(header_text(unfold(value), hint).split())
    found = _read(text)
    if not found.addresses and not found.doubtful and "=?" in text:
        # some programs encode the whole value, address included; a bare address that only
        # appears on decoding is a display name that plays one
        inner = one_line(decode_words(text))
        found = _read(inner) if "<" in inner else found
    return found


def sender_of(values: list[bytes], hint: str = "") -> tuple[MailAddress | None, FromFault, Found]:
    """From as exactly one address, or why not; all that was found beside it."""
    every = Found()
    for value in values[:10]:
        found = addresses_of(value, hint)
        every.addresses += [one for one in found.addresses if one not in every.addresses]
        every.group |= found.group
        every.doubtful |= found.doubtful
    one = {address.address for address in every.addresses}
    if every.doubtful:
        return None, FromFault.AMBIGUOUS, every
    if every.group:
        return None, FromFault.GROUP, every
    if not one:
        return None, FromFault.MISSING, every
    if len(one) > 1:
        return None, FromFault.SEVERAL, every
    return every.addresses[0], FromFault.NONE, every


def addr_spec(text: str) -> str | None:
    """The normalised address if the text is an addr-spec and nothing else, None if it is not.

    The domain becomes lower case and A-labels; the local part stays as written, quotes only where
    it needs them.
    """
    local, at, domain = text.rpartition("@")
    if not at or len(text) > _LONGEST_ADDRESS or "=?" in local:
        return None
    if _QUOTED_LOCAL.fullmatch(local):
        bare = re.sub(r"\\(.)", r"\1", local[1:-1])
        local = bare if _LOCAL.fullmatch(bare) else local
    elif not _LOCAL.fullmatch(local):
        return None
    host = _host(domain)
    return f"{local}@{host}" if host else None


def _host(domain: str) -> str | None:
    if _LITERAL.fullmatch(domain):
        return domain.lower()
    if len(domain) > _LONGEST_DOMAIN or not _DOMAIN.fullmatch(domain):
        return None
    domain = domain.rstrip(".").lower()
    if domain.isascii():
        return domain
    try:
        name = domain.encode("idna").decode()
    except UnicodeError:
        return domain
    # some signs fall apart into spaces and others on the way
    return name if _DOMAIN.fullmatch(name) else None


def _read(text: str) -> Found:
    plain = _PLAIN.fullmatch(text)
    address = addr_spec(plain[2] or plain[3]) if plain else None
    if plain and address:  # what most headers say, without a look at every token
        return Found([MailAddress(address, (plain[1] or "").strip())])
    return _read_tokens(text)


def _read_tokens(text: str) -> Found:
    found = Found(cut=len(text) > MAX_ADDRESS_TEXT)
    name = ""
    for entry, mark in _entries(text[:MAX_ADDRESS_TEXT], found):
        if len(found.addresses) >= MAX_ADDRESSES:
            found.cut = True
            break
        address = _address(entry)
        if address is not None:
            shown = _name(entry)
            shown = f"{name}, {shown}" if name and entry.inside is not None else shown
            found.addresses.append(MailAddress(address, shown))
            name = ""
        elif _doubtful(entry):
            found.doubtful = True
        elif mark == "," and entry.inside is None and not entry.broken:
            # ``Sari, S.Kom <sari@x.test>``: a comma that should have been quoted
            name = ", ".join(filter(None, (name, _name(entry))))
        else:
            name = ""
    return found


def _entries(text: str, found: Found) -> list[tuple[_Entry, str]]:
    """The entries between commas and semicolons, each with the mark that ends it."""
    entries: list[tuple[_Entry, str]] = []
    entry, in_group = _Entry(), False
    for piece in _tokens(text):
        if piece.startswith("(") and piece != "(":
            entry.comments.append(piece.strip("()"))
        elif piece in ("<", ">"):
            entry.bracket(piece)
        elif piece == ":" and ";" in text and entry.inside is None and not in_group:
            entry, in_group, found.group = _Entry(), True, True
        elif piece in (",", ";") and not entry.routed():
            entries.append((entry, piece))
            entry, in_group = _Entry(), in_group and piece == ","
        else:
            entry.put(piece)
    entries.append((entry, ""))
    return entries


def _tokens(text: str) -> Iterator[str]:
    """Tokens, each comment with all that it encloses as one, beginning with its bracket."""
    depth, comment = 0, [""]
    for match in _TOKEN.finditer(text):
        piece = match.group()
        if depth or piece == "(":
            depth += {"(": 1, ")": -1}.get(piece, 0)
            comment.append(piece)
            if not depth:
                yield "".join(comment)
                comment = []
        else:
            yield piece
    yield from comment if depth else ()  # never closed: then it was no comment


def _address(entry: _Entry) -> str | None:
    if entry.inside is not None and "".join(entry.inside).strip():
        text = "".join(entry.inside).strip()
        if text.startswith("@"):
            text = text.rpartition(":")[2].strip()
        rest = "".join(entry.after) + ("".join(entry.outside) if entry.broken else "")
        return None if "@" in rest else _spec(text)
    text = "".join(entry.outside).strip()
    whole = None if entry.broken else _spec(text)
    if whole or entry.broken or text.count("@") != 1:
        return whole
    return next(filter(None, map(_spec, text.split())), None)


def _spec(text: str) -> str | None:
    """As ``addr_spec``, for what stands in headers: spaces around the at sign, ``mailto:``."""
    text = "@".join(half.strip() for half in text.split("@")).strip("'")
    text = text.replace(" .", ".").replace(". ", ".")  # RFC 5322 §4.4 lets spaces stand there
    return addr_spec(text.removeprefix("mailto:"))


def _doubtful(entry: _Entry) -> bool:
    text = "".join([*entry.outside, *(entry.inside or ()), *entry.after])
    return re.search(r"[^\s@]@[^\s@]", text) is not None


def _name(entry: _Entry) -> str:
    """The display name, else the comments; decoded, one line."""
    words = entry.outside
    if entry.inside is None:
        text = "".join(words).strip()
        words = [] if _spec(text) else [" ".join(w for w in text.split() if "@" not in w)]
    plain = "".join(re.sub(r"\\(.)", r"\1", w[1:-1]) if w[:1] == '"' else w for w in words)
    plain = plain.strip(' "') or " ".join(entry.comments).strip()
    return " ".join(one_line(decode_words(plain)).split())
