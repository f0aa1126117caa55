"""The office's own promises: a TOML file, read whole before anything starts."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from core.model.sla import DEFAULT_POLICY
from core.model.sla_document import read_policy

if TYPE_CHECKING:
    from core.model.sla import SlaPolicy


class PromisesFileError(ValueError):
    """A file of promises cannot be used; the text names the file and every key with a fault."""


def load_promises(path: str | None) -> SlaPolicy:
    """The policy of this file; without one that of requirements §3.

    Raises:
        PromisesFileError: it cannot be read, is not TOML, or holds what cannot be promised.
    """
    if path is None:
        return DEFAULT_POLICY
    try:
        return read_policy(tomllib.loads(Path(path).read_text("utf-8")))
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        msg = f"{path} is not UTF-8 text"
    except tomllib.TOMLDecodeError as error:
        msg = f"{path} is not TOML: {error}"
    except ValueError as error:
        msg = f"{path}: {'; '.join(str(error).splitlines())}"
    raise PromisesFileError(msg)
