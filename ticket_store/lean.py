"""Keeps SQLAlchemy's ORM out of the process: 5 MiB and 0.2 s that no table of ours needs.

``sqlalchemy.ext.asyncio`` imports its session modules, and these the whole ORM, only to offer
their names. Empty modules in their place satisfy that import; whoever asked them for a session
would get None. Import this before ``sqlalchemy.ext.asyncio``. A test holds that the ORM stays
out; if SQLAlchemy rearranges its package, it fails, and this file may go.
"""

from __future__ import annotations

import sys
from types import ModuleType

_HOME = "sqlalchemy.ext.asyncio"
_NAMES = {
    "scoping": ("async_scoped_session",),
    "session": (
        "async_object_session",
        "async_session",
        "async_sessionmaker",
        "AsyncAttrs",
        "AsyncSession",
        "AsyncSessionTransaction",
        "close_all_sessions",
    ),
}

if _HOME not in sys.modules:
    for _module, _offered in _NAMES.items():
        _stand_in = ModuleType(f"{_HOME}.{_module}", __doc__)
        for _name in _offered:
            setattr(_stand_in, _name, None)
        sys.modules[f"{_HOME}.{_module}"] = _stand_in
