"""Bring htmx 2 and its SSE extension into ``console/static/vendor/``.

Both come out of one hash-pinned wheel (requirements/assets.lock) through the ordinary package
client, so there is no CDN, no build step and no copy of foreign code in this tree. Each file's
SHA-256 is checked again here: a wheel with other contents stops the set-up. A second run sees
that everything is there and does nothing.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "assets.lock"
VENDOR = ROOT / "console" / "static" / "vendor"
WHEEL = "django_htmx-*.whl"

# name here: (name in the wheel, SHA-256)
FILES = {
    "htmx.min.js": (
        "django_htmx/static/django_htmx/htmx-2.min.js",
        "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de",
    ),
    "htmx-sse.min.js": (
        "django_htmx/static/django_htmx/ext/hx-sse-2.min.js",
        "98a46496de0c3605fbffdce9167ba427bdd9553184f83f149c261891a92c0136",
    ),
    "LICENSE.txt": (
        "django_htmx-1.29.0.dist-info/licenses/LICENSE",
        "a4d211670940cdae247eeb4f53405092826c3d6976dcd1e708cadb002d083479",
    ),
}


class AssetError(Exception):
    """The files cannot be had, or are not the ones we know."""


def is_known(data: bytes, expected: str) -> bool:
    """Whether these are the very bytes that were reviewed."""
    return hashlib.sha256(data).hexdigest() == expected


def complete(folder: Path) -> bool:
    """Whether every file is there and unaltered."""
    return all(
        (folder / name).is_file() and is_known((folder / name).read_bytes(), expected)
        for name, (_inside, expected) in FILES.items()
    )


def download(lock: Path, folder: Path) -> Path:
    """The wheel, fetched by pip, which compares it with the lock's hashes."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--require-hashes", "-r", str(lock)]
    result = subprocess.run(
        [*command, "-d", str(folder)], check=False, capture_output=True, text=True
    )
    wheels = sorted(folder.glob(WHEEL))
    if result.returncode or not wheels:
        message = f"pip could not fetch what {lock.name} names:\n{result.stderr.strip()}"
        raise AssetError(message)
    return wheels[0]


def unpack(wheel: Path, folder: Path) -> None:
    """Write the named files, and only those, once all of them are known."""
    with zipfile.ZipFile(wheel) as archive:
        contents = {name: archive.read(inside) for name, (inside, _) in FILES.items()}
    for name, data in contents.items():
        if not is_known(data, FILES[name][1]):
            message = f"{name} in {wheel.name} is not the file that was reviewed"
            raise AssetError(message)
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in contents.items():
        (folder / name).write_bytes(data)


def main() -> int:
    """Exit code 0 when the files are in place, 1 with the reason otherwise."""
    if complete(VENDOR):
        return 0
    try:
        with tempfile.TemporaryDirectory() as scratch:
            unpack(download(LOCK, Path(scratch)), VENDOR)
    except (AssetError, OSError, KeyError, zipfile.BadZipFile) as error:
        print(f"htmx is missing: {error}", file=sys.stderr)
        return 1
    print(f"htmx is in {VENDOR.relative_to(ROOT)}/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
