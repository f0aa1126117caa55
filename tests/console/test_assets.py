"""htmx comes from a pinned wheel, checked file by file, and from nowhere else."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from console.pages import CONTENT_SECURITY_POLICY
from scripts import fetch_assets
from scripts.fetch_assets import FILES, LOCK, VENDOR, AssetError, complete, download, unpack

ROOT = Path(__file__).resolve().parents[2]


def _wheel(folder: Path, contents: dict[str, bytes]) -> Path:
    path = folder / "django_htmx-9-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return path


def test_a_file_that_nobody_reviewed_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    wheel = _wheel(tmp_path, {inside: b"alert(1)" for inside, _ in FILES.values()})
    with pytest.raises(AssetError, match="not the file that was reviewed"):
        unpack(wheel, tmp_path / "vendor")
    assert not (tmp_path / "vendor").exists()


def test_a_wheel_without_the_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        unpack(_wheel(tmp_path, {"other.js": b""}), tmp_path / "vendor")


def test_an_altered_file_is_fetched_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not complete(tmp_path)
    for name in FILES:
        (tmp_path / name).write_bytes(b"altered")
    assert not complete(tmp_path)
    monkeypatch.setattr(fetch_assets, "VENDOR", tmp_path)
    monkeypatch.setattr(fetch_assets, "download", lambda *_: _wheel(tmp_path, {}))
    assert fetch_assets.main() == 1
    assert "htmx is missing" in capsys.readouterr().err


def test_pip_that_fails_is_told_in_its_own_words(tmp_path: Path) -> None:
    lock = tmp_path / "assets.lock"
    lock.write_text("not a requirement !\n")
    with pytest.raises(AssetError, match=r"assets\.lock"):
        download(lock, tmp_path)


def test_what_is_there_is_what_was_reviewed(monkeypatch: pytest.MonkeyPatch) -> None:
    if not VENDOR.exists():
        pytest.skip("htmx was not fetched: run scripts/fetch_assets.py")
    assert complete(VENDOR)
    # A second run touches no network.
    monkeypatch.setattr(fetch_assets, "download", lambda *_: pytest.fail("fetched again"))
    assert fetch_assets.main() == 0


def test_the_lock_pins_by_hash_and_names_no_address() -> None:
    text = LOCK.read_text()
    assert re.search(r"^django-htmx==1\.29\.0 ", text)
    assert text.count("--hash=sha256:") >= 1
    assert "://" not in text


def test_bw_02_no_page_wants_a_plug_in() -> None:
    pages = sorted((ROOT / "console" / "templates").rglob("*.html"))
    assert len(pages) > 50
    for page in pages:
        wants = re.search(
            r"<(?:object|embed|applet|param)\b", page.read_text("utf-8"), re.IGNORECASE
        )
        assert wants is None, page
    policy = dict(
        part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; ") if " " in part
    )
    assert policy["default-src"] == "'none'"  # objects too: nothing allows them again
    assert "object-src" not in policy
