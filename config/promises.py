"""The office's own promises: a TOML file, read whole before anything starts.

It is the seed of a store that has no policy yet; from then on the store's policy holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.model.policy_documents import LONGEST_DOCUMENT, parse_policy
from core.model.sla import DEFAULT_POLICY
from core.model.sla_writing import write_policy

if TYPE_CHECKING:
    from core.model.sla import SlaPolicy


class PromisesFileError(ValueError):
    """A file of promises cannot be used; the text names the file and every key with a fault."""


@dataclass(frozen=True, slots=True)
class Seed:
    """What the configuration promises.

    Attributes:
        document: as TOML.
        policy: the same, read.
        named: the settings name a file of the office's own.
    """

    document: str
    policy: SlaPolicy
    named: bool


def load_seed(path: str | None) -> Seed:
    """The policy of this file with its text; without one that of requirements §3.

    Raises:
        PromisesFileError: it cannot be read, is not TOML, or holds what cannot be promised.
    """
    if path is None:
        return Seed(write_policy(DEFAULT_POLICY), DEFAULT_POLICY, named=False)
    try:
        text = Path(path).read_text("utf-8")
        if len(text) <= LONGEST_DOCUMENT:
            return Seed(text, parse_policy(text), named=True)
        msg = f"{path} has more than {LONGEST_DOCUMENT} characters"
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        msg = f"{path} is not UTF-8 text"
    except ValueError as error:
        msg = f"{path}: {'; '.join(str(error).splitlines())}"
    raise PromisesFileError(msg)


def load_promises(path: str | None) -> SlaPolicy:
    """The policy of this file; without one that of requirements §3. Raises PromisesFileError."""
    return load_seed(path).policy
