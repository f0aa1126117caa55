"""The keys of the vault: those of the configuration, else one that is made in the data folder."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Final

from gateway.vault import KeyVault

if TYPE_CHECKING:
    from pathlib import Path

    from config.settings import Settings

KEY_FILE: Final = "data.key"
OWNER_ONLY: Final = 0o600
KEY_BYTES: Final = 32


def open_vault(settings: Settings) -> KeyVault:
    """The vault of this installation. Raises OSError when the key file cannot be had."""
    return KeyVault(settings.vault.keys() or (own_key(settings.store.data_dir),))


def own_key(folder: Path) -> str:
    """The key in ``data.key``, made with the first call; whoever comes second takes the first's.

    It is written beside it and linked into place, so that nobody ever reads half of one.
    """
    place = folder / KEY_FILE
    if not place.exists():
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        draft = folder / f"{KEY_FILE}.{secrets.token_hex(8)}"
        opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(opened, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, place)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        _settle(folder)
    return place.read_text(encoding="ascii").strip()


def _settle(folder: Path) -> None:
    """A name is only as lasting as its folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
