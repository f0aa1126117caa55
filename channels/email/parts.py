"""What in a mail is text and what is a file (providers.md §13.5).

A person's mail is a tree: alternatives of one text, a text with its pictures, texts between files.
It is walked once, in order; every leaf becomes a piece of text or a file, none is dropped but a
second copy of the same text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from channels.email.bodies import content_of, decode_body, pull_files
from channels.email.charsets import clean
from channels.email.headers import split_headers, text_of, unfold
from channels.email.html import as_html
from channels.email.names import name_for, safe_name, unique_names
from channels.email.smime import signed_content
from channels.email.structure import Entity, tree_of
from channels.email.tnef import is_tnef, open_tnef

_FILE_TEXTS_WORDS = (
    "text/calendar text/vcard text/x-vcard text/directory text/csv text/rfc822-headers "
    "text/css text/xml text/javascript text/rtf"
)
_FILE_TEXTS = frozenset(_FILE_TEXTS_WORDS.split())
_SAME_AGAIN_WORDS = "text/enriched text/richtext text/x-amp-html text/watch-html"
_SAME_AGAIN = frozenset(_SAME_AGAIN_WORDS.split())
_MESSAGES = frozenset(("message/rfc822", "message/global", "message/news"))
_HTML = ("text/html", "application/xhtml+xml")
_PKCS7 = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_MOST_WRAPPED = 4
_ONLY_SIGNED = ("signed-data", "certs-only")


class Segment(NamedTuple):
    """A stretch of the body: plain, HTML, or both of the same; None for a form it lacks."""

    plain: str | None
    html: str | None


@dataclass(slots=True)
class File:
    """A file as found; its bytes are decoded when asked for."""

    name: str
    kind: str
    entity: Entity | None = None
    data: bytes = b""
    inline: bool = False
    content_id: str = ""
    encrypted: bool = False

    def content(self) -> bytes:
        """The decoded bytes."""
        return content_of(self.entity) if self.entity is not None else self.data


@dataclass(slots=True)
class Survey:
    """A mail taken apart: the tree, the text in order, the files in order, what was wrong.

    ``choices`` counts the alternatives that the walk is inside of, ``wrapped`` the signatures
    that were opened.
    """

    tree: Entity
    hint: str = ""
    segments: list[Segment] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    choices: int = 0
    wrapped: int = 0


def survey(raw: bytes) -> Survey:
    """Takes a mail apart; the same bytes always give the same files in the same order."""
    tree, defects = tree_of(raw)
    found = Survey(tree, _hint(tree), defects=defects)
    found.segments = _walk(tree, found) or _promoted(found)
    names = [
        safe_name(file.name) or name_for(file.kind, number)
        for number, file in enumerate(found.files, 1)
    ]
    for file, name in zip(found.files, unique_names(names), strict=True):
        file.name = name
    return found


def _promoted(found: Survey) -> list[Segment]:
    """The text of a mail whose only text is marked as an attachment, yet has no name."""
    for file in found.files:
        if file.entity is not None and file.kind == "text/plain" and not file.name:
            found.files.remove(file)
            return [Segment(decode_body(file.entity, file.content(), found.hint), None)]
    return []


def part_content(raw: bytes, index: int) -> bytes:
    """The decoded bytes of the file with this ``Part.index``; raises IndexError for no such one.

    May take seconds for a mail that ``limits.is_light`` refuses: call it off the event loop.
    """
    if index < 0:
        raise IndexError(index)
    return survey(normal(raw)).files[index].content()


def normal(raw: bytes) -> bytes:
    """The mail with lines that end in LF somewhere: some old programs write bare CR only."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")  # an editor has been at it
    return raw if b"\n" in raw[:65536] else raw.replace(b"\r", b"\n")


def _hint(tree: Entity) -> str:
    """The charset of the first text part that names one beyond ASCII."""
    for leaf in tree.leaves():
        label = leaf.type.text("charset") if leaf.type.kind.startswith("text/") else ""
        if label and label.lower() not in ("us-ascii", "ascii"):
            return label
    return ""


def _walk(entity: Entity, found: Survey) -> list[Segment]:
    if not entity.children:
        return _leaf(entity, found)
    kind = entity.type.kind
    if kind == "multipart/alternative":
        return _alternative(entity, found)
    if kind == "multipart/related":
        return _related(entity, found)
    if kind == "multipart/encrypted":
        for child in entity.children:
            _file(child, found, encrypted=True)
        return []
    return [segment for child in entity.children for segment in _step(child, found)]


def _step(child: Entity, found: Survey) -> list[Segment]:
    """The child's text, kept at once so that a later child knows that there is some."""
    segments = _walk(child, found)
    found.segments += segments
    return segments


def _alternative(entity: Entity, found: Survey) -> list[Segment]:
    """One text in several forms: the first plain one, the last HTML one (the richest)."""
    plain: list[str] = []
    rich: str | None = None
    for child in entity.children:
        if child.type.kind in _SAME_AGAIN and len(entity.children) > 1:
            continue
        found.choices += 1
        segments = _walk(child, found)
        found.choices -= 1
        if any(segment.html for segment in segments):
            rich = "<br>".join(
                segment.html or as_html(segment.plain or "") for segment in segments
            )
        texts = [segment.plain for segment in segments if segment.plain and segment.plain.strip()]
        if texts and not (plain and any(segment.html for segment in segments)):
            text = "\n\n".join(texts)
            plain += [text] if text not in plain else []
    return [Segment("\n\n".join(plain) if plain else None, rich)] if plain or rich else []


def _related(entity: Entity, found: Survey) -> list[Segment]:
    """A root with what it shows: the rest are files, unless they are text without a name."""
    start = entity.type.text("start").strip("<> ")
    root = next((c for c in entity.children if start and _content_id(c) == start), None)
    order = [root] if root else []
    order += [child for child in entity.children if child is not root]
    return [segment for child in order for segment in _step(child, found)]


def _leaf(entity: Entity, found: Survey) -> list[Segment]:
    kind = entity.type.kind
    name = file_name(entity, found.hint)
    if is_tnef(kind, name):
        return _tnef(entity, found)
    if kind in _PKCS7 or name.lower().endswith(".p7m"):
        return _signed(entity, found)
    if not _is_body(entity, found, name):
        _file(entity, found)
        return []
    if name and not found.choices and kind.startswith("text/"):
        _file(entity, found)  # some programs send a text file as the text: shown, and kept by name
        found.files[-1].inline = True
    if kind in _HTML:
        return [Segment(None, decode_body(entity, content_of(entity), found.hint))]
    data, pulled = pull_files(_without_boundaries(entity))
    found.files += [File(one.name, "application/octet-stream", data=one.content) for one in pulled]
    text = decode_body(entity, data, found.hint)
    if "-----BEGIN PGP MESSAGE-----" in text:
        found.defects.append("encrypted")
    return [Segment(text, None)]


def _without_boundaries(entity: Entity) -> bytes:
    """The content; of a multipart that fell into no parts, without lines that are its boundary."""
    data = content_of(entity)
    boundary = entity.type.raw("boundary")
    if not boundary or not entity.type.kind.startswith("multipart/"):
        return data
    marks = (b"--" + boundary, b"--" + boundary + b"--")
    lines = data.splitlines(keepends=True)
    return b"".join(line for line in lines if line.strip() not in marks)


def _is_body(entity: Entity, found: Survey, name: str) -> bool:
    kind = entity.type.kind
    if kind.startswith("multipart/"):
        return True  # without boundary: what is there is all the text we shall get
    if kind not in _HTML and not kind.startswith("text/"):
        return False
    if kind in _FILE_TEXTS or (kind in _SAME_AGAIN and entity is not found.tree):
        return False
    attached = entity.disposition.kind.startswith("att")
    if attached:
        return entity is found.tree and not name
    return not name or not any((s.plain or s.html or "").strip() for s in found.segments)


def file_name(entity: Entity, hint: str = "") -> str:
    """The name that a part claims, decoded; "" for none."""
    return (
        entity.disposition.text("filename", hint)
        or entity.type.text("name", hint)
        or entity.disposition.text("name", hint)
        or entity.type.text("filename", hint)
        or _location(entity)
    )


def _location(entity: Entity) -> str:
    """The last piece of Content-Location, where it looks like a file."""
    if entity.type.kind.startswith("text/"):
        return ""  # saved web pages: the text is the text
    value = text_of(entity.first("content-location") or b"").partition("?")[0]
    piece = value.rpartition("/")[2]
    return piece if re.search(r"\w\.\w{1,5}$", piece) else ""


def _file(entity: Entity, found: Survey, *, encrypted: bool = False, opened: bool = False) -> None:
    kind = entity.type.kind
    name = file_name(entity, found.hint)
    if not name and kind in _MESSAGES:
        name = _message_name(entity)
    content_id = _content_id(entity)
    attached = entity.disposition.kind.startswith("att")
    sealed = (
        not opened
        and kind in _PKCS7
        and entity.type.text("smime-type").lower() not in _ONLY_SIGNED
    )
    file = File(name, kind, entity)
    file.content_id = content_id
    file.inline = not attached and (bool(content_id) or entity.disposition.kind == "inline")
    file.encrypted = encrypted or sealed or kind == "application/pgp-encrypted"
    if file.encrypted and "encrypted" not in found.defects:
        found.defects.append("encrypted")
    found.files.append(file)


def _signed(entity: Entity, found: Survey) -> list[Segment]:
    """What is wrapped in a signature, and the signature as a file; sealed things stay sealed."""
    inner = signed_content(content_of(entity)) if found.wrapped < _MOST_WRAPPED else None
    _file(entity, found, opened=inner is not None)
    if not inner:
        return []
    found.wrapped += 1
    tree, defects = tree_of(inner)
    found.defects += [one for one in defects if one not in found.defects]
    return _walk(tree, found)


def _message_name(entity: Entity) -> str:
    """A forwarded mail is known by its subject."""
    data = content_of(entity)[:65536]
    fields, _ = split_headers(data, 0, len(data), top=True)
    subject = next((text_of(one.value) for one in fields if one.name == "subject"), "")
    subject = re.sub(r"[/\\:]+", "_", subject)[:80].strip()
    return f"{subject}.eml" if subject else ""


def _content_id(entity: Entity) -> str:
    value = entity.first("content-id")
    return text_of(unfold(value)).strip("<> ")[:300] if value else ""


def _tnef(entity: Entity, found: Survey) -> list[Segment]:
    opened = open_tnef(content_of(entity))
    if opened is None:
        found.defects.append("winmail.dat unreadable")
        _file(entity, found)
        return []
    found.files += [
        File(name, "application/octet-stream", data=data) for name, data in opened.files
    ]
    known = any((s.plain or s.html or "").strip() for s in found.segments)
    if known or not (opened.text.strip() or opened.html.strip()):
        return []
    return [Segment(clean(opened.text) or None, opened.html or None)]
