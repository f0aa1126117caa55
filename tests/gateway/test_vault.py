"""The vault and where its keys come from."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from config.load import read
from core.errors import NotFound
from gateway.keys import KEY_FILE, open_vault, own_key
from gateway.vault import NONCE, KeyVault, _derived
from tests.config.samples import tables

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = "a" * 32, "b" * 32
ABOUT = "ticket:26000000001 nik"


@given(secret=st.binary(min_size=1, max_size=200), use=st.binary(min_size=1, max_size=20))
def test_keys_are_derived_as_the_library_derives_them(secret: bytes, use: bytes) -> None:
    library = HKDF(algorithm=SHA256(), length=32, salt=b"helpdesk gateway", info=use)
    assert _derived(secret, use) == library.derive(secret)


@given(plain=st.binary(max_size=200), about=st.text(max_size=40))
def test_what_is_sealed_opens_again(plain: bytes, about: str) -> None:
    vault = KeyVault([ONE])
    sealed = vault.seal(plain, about)
    assert vault.open(sealed, about) == plain
    assert sealed.sealed != vault.seal(plain, about).sealed


def test_any_altered_byte_any_other_place_and_any_other_key_is_refused() -> None:
    vault = KeyVault([ONE])
    sealed = vault.seal(b"3510010107850001", ABOUT)
    for at in range(len(sealed.sealed)):
        altered = bytearray(sealed.sealed)
        altered[at] ^= 1
        with pytest.raises(NotFound):
            vault.open(replace(sealed, sealed=bytes(altered)), ABOUT)
    for short in (b"", sealed.sealed[:NONCE], sealed.sealed[:-1]):
        with pytest.raises(NotFound):
            vault.open(replace(sealed, sealed=short), ABOUT)
    with pytest.raises(NotFound):
        vault.open(sealed, "ticket:26000000002 nik")
    with pytest.raises(NotFound):
        KeyVault([TWO]).open(sealed, ABOUT)
    with pytest.raises(NotFound):
        KeyVault([TWO]).open(replace(sealed, key_id=KeyVault([TWO]).key_id), ABOUT)


def test_earlier_keys_open_and_the_newest_seals() -> None:
    old, both, new = KeyVault([ONE]), KeyVault([TWO, ONE]), KeyVault([TWO])
    sealed = old.seal(b"x", ABOUT)
    assert both.open(sealed, ABOUT) == b"x"
    assert both.key_id == new.key_id != old.key_id
    assert new.open(both.seal(b"y", ABOUT), ABOUT) == b"y"
    assert both.digests("x", "nik") == [new.digest("x", "nik"), old.digest("x", "nik")]


def test_digests_tell_fields_apart() -> None:
    vault = KeyVault([ONE])
    assert vault.digest("ab", "c") != vault.digest("a", "bc")
    assert vault.digest("a", "nik") != vault.digest("a", "kk")
    assert vault.digest("a", "nik") == KeyVault([ONE]).digest("a", "nik")


def test_nothing_tells_a_key(capsys: pytest.CaptureFixture[str]) -> None:
    vault = KeyVault([ONE])
    print(vault, vars(vault), vault.key_id)  # noqa: T201 - what a careless log line would show
    assert "aaaa" not in capsys.readouterr().out
    assert AESGCM.generate_key(256) not in repr(vault).encode()


# --- keys ----------------------------------------------------------------------------------------


def settings(tmp_path: Path, **vault: Any) -> Any:
    return read(tables({"store.data_dir": str(tmp_path / "data"), **vault}))


def test_keys_of_the_configuration_come_first(tmp_path: Path) -> None:
    configured = settings(tmp_path, **{"vault.data_keys": f"{TWO}\n{ONE}\n"})
    assert open_vault(configured).key_id == KeyVault([TWO]).key_id
    assert not (tmp_path / "data").exists()
    assert {ONE, TWO} <= set(configured.secrets())


def test_without_any_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    configured = settings(tmp_path)
    first = open_vault(configured).key_id
    assert open_vault(configured).key_id == first
    place = tmp_path / "data" / KEY_FILE
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert len(place.read_text()) >= 43
    assert [one.name for one in place.parent.iterdir()] == [KEY_FILE]


def test_two_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: own_key(tmp_path), range(32)))
    assert len(keys) == 1
