"""``python -m bench.office`` is ``helpdesk`` as an office has it: without what only tests install.

structlog takes ``rich`` where it finds it, and with it 3 MiB that no office's process has.
"""

from __future__ import annotations

import sys

TESTS_ONLY = ("rich", "pygments")

if __name__ == "__main__":
    for name in TESTS_ONLY:
        sys.modules[name] = None  # type: ignore[assignment]  # how the import system is told of nothing
    from gateway.cli import main

    main()
