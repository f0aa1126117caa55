"""Mails in few words: what a test says is what counts, the rest is ordinary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.email.reading import read_mail

if TYPE_CHECKING:
    from channels.email.mail import Mail

FROM = "From: Sari Dewi <sari@contoh.id>\n"


def raw(headers: str = "", body: str | bytes = b"Halo") -> bytes:
    """A mail from Sari with these further headers."""
    content = body if isinstance(body, bytes) else body.encode()
    return (FROM + headers).encode() + b"\n" + content


def read(headers: str = "", body: str | bytes = b"Halo") -> Mail:
    return read_mail(raw(headers, body))


def part(headers: str, body: str | bytes = "") -> bytes:
    content = body if isinstance(body, bytes) else body.encode()
    return headers.encode() + (b"\n\n" if headers else b"\n") + content


def multi(kind: str, *parts: bytes, boundary: str = "batas") -> str:
    """A multipart as a body with its own header, to stand alone or inside another."""
    inner = b"".join(b"--" + boundary.encode() + b"\n" + one + b"\n" for one in parts)
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n'
    return head + inner.decode("latin-1") + f"--{boundary}--\n"


def whole(kind: str, *parts: bytes, boundary: str = "batas") -> bytes:
    """A whole mail that is a multipart."""
    return FROM.encode() + multi(kind, *parts, boundary=boundary).encode("latin-1")
