"""Credentials and certificates towards mail servers of others."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def client_tls(ca_file: Path | None) -> ssl.SSLContext:
    """Always verifying, the host's name too (threats.md row 30); a CA file adds, never replaces.

    Raises OSError or ssl.SSLError for a file that cannot be used.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def read_token(path: Path) -> str:
    """The token in a file, as it is now. Raises OSError, also for an empty file."""
    token = path.read_text(encoding="ascii").strip()
    if not token:
        message = "the token file is empty"
        raise OSError(message)
    return token
