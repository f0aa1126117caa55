"""The vault: seals restricted values with the keys of the configuration ([secrets] data_keys).

AES-256-GCM with a fresh nonce of 96 bits for each value. Of each configured key two are derived
(HKDF with SHA-256): one seals, one makes the keyed hashes by which a value is found again. A
sealed value is bound to its row: copied into another one it does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from core.errors import NotFound
from core.model.restricted import Sealed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# The library is imported with the first value that is sealed or opened: many processes never see
# one, and it would cost each of them 9 MiB.
NONCE: Final = 12
_SALT: Final = b"helpdesk gateway"
_ID_SIGNS: Final = 12


@dataclass(frozen=True, slots=True, repr=False)
class _Key:
    id: str
    sealing: bytes
    digest: bytes


def _derived(secret: bytes, use: bytes) -> bytes:
    """HKDF (RFC 5869) with SHA-256, its first block: 32 bytes."""
    extracted = hmac.digest(_SALT, secret, "sha256")
    return hmac.digest(extracted, use + b"\x01", "sha256")


def _key(text: str) -> _Key:
    secret = text.encode()
    name = hashlib.sha256(_derived(secret, b"name")).hexdigest()[:_ID_SIGNS]
    return _Key(name, _derived(secret, b"seal"), _derived(secret, b"digest"))


def _cipher(key: _Key) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as said above

    return AESGCM(key.sealing)


class KeyVault:
    """``core.ports.staff.Vault``.

    Args:
        keys: newest first, at least one, each long and drawn by lot.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        texts = tuple(keys)

        def made() -> list[_Key]:  # no attribute: nothing that shows this object shows a key
            return [_key(text) for text in texts]

        self._made = made

    @cached_property
    def _keys(self) -> list[_Key]:
        return self._made()

    @cached_property
    def _by_id(self) -> dict[str, _Key]:
        return {key.id: key for key in self._keys}

    @property
    def key_id(self) -> str:
        """The newest key, which seals."""
        return self._keys[0].id

    def seal(self, plain: bytes, about: str) -> Sealed:
        """Sealed with the newest key, bound to ``about``."""
        nonce = secrets.token_bytes(NONCE)
        newest = self._keys[0]
        return Sealed(newest.id, nonce + _cipher(newest).encrypt(nonce, plain, about.encode()))

    def open(self, sealed: Sealed, about: str) -> bytes:
        """Raises NotFound: no key of ours, altered, or sealed about something else."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as said above

        key = self._by_id.get(sealed.key_id)
        if key is None:
            sentence = f"no key {sealed.key_id!r} among data_keys"
            raise NotFound(sentence)
        try:
            return _cipher(key).decrypt(
                sealed.sealed[:NONCE], sealed.sealed[NONCE:], about.encode()
            )
        except (InvalidTag, ValueError) as error:
            sentence = "a sealed value was altered, or belongs to another row"
            raise NotFound(sentence) from error

    def digest(self, text: str, about: str) -> str:
        """Keyed hash by the newest key, hex."""
        return _digest(self._keys[0], text, about)

    def digests(self, text: str, about: str) -> Sequence[str]:
        """Keyed hashes by every key, newest first."""
        return [_digest(key, text, about) for key in self._keys]


def _digest(key: _Key, text: str, about: str) -> str:
    # The length keeps "ab" about "c" and "a" about "bc" apart.
    said = f"{len(about)}:{about}:{text}".encode("utf-8", "surrogatepass")
    return hmac.digest(key.digest, said, "sha256").hex()
