"""Everything that the sandbox answers; any other path is an unknown route."""

from __future__ import annotations

from importlib import import_module

from sync.sandbox.call import ROUTES

_MODULES = (
    "accounts contents deletion files metadata network_sets search sharing status summaries uploads"
    " workspaces"
)
for _name in _MODULES.split():
    import_module(f"sync.sandbox.api.{_name}")

OPERATIONS = tuple(sorted(ROUTES, key=lambda route: route[0].path.count("{")))
"""The route table with its functions; the first row that matches a request answers it."""
