"""ndex-sync: keep WikiPathways and PFOCR records and their NDEx networks in step.

These names are the public API; `docs/how-to/python.md` shows how to use it. Importing this package
costs nothing: what a name needs is imported when you first use the name.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sync.api.client import Client as Client
    from sync.api.records import Network as Network
    from sync.api.records import compare as compare
    from sync.api.records import read_record as read_record
    from sync.api.runs import apply as apply
    from sync.api.runs import check as check
    from sync.api.runs import plan as plan
    from sync.apply.run import Applied as Applied
    from sync.errors import NdexSyncError as NdexSyncError
    from sync.model import Absent as Absent
    from sync.model import CheckResult as CheckResult
    from sync.model import Difference as Difference
    from sync.model import Gene as Gene
    from sync.model import Record as Record
    from sync.model import Refused as Refused
    from sync.model import Summary as Summary
    from sync.model import Unanswered as Unanswered
    from sync.model import Verdict as Verdict
    from sync.plan.actions import Plan as Plan
    from sync.report.document import Report as Report
    from sync.report.document import ReportedRecord as ReportedRecord

_PLACES = {
    "Absent": "sync.model",
    "Applied": "sync.apply.run",
    "CheckResult": "sync.model",
    "Client": "sync.api.client",
    "Difference": "sync.model",
    "Gene": "sync.model",
    "NdexSyncError": "sync.errors",
    "Network": "sync.api.records",
    "Plan": "sync.plan.actions",
    "Record": "sync.model",
    "Refused": "sync.model",
    "Report": "sync.report.document",
    "ReportedRecord": "sync.report.document",
    "Summary": "sync.model",
    "Unanswered": "sync.model",
    "Verdict": "sync.model",
    "apply": "sync.api.runs",
    "check": "sync.api.runs",
    "compare": "sync.api.records",
    "plan": "sync.api.runs",
    "read_record": "sync.api.records",
}

__all__ = list(_PLACES)


class _PublicApi(type(sys)):  # type: ignore[misc]  # types.ModuleType, without an import
    """Keeps the functions `check`, `plan` and `apply` where Python would put submodules."""

    def __setattr__(self, name: str, value: object) -> None:
        if name not in _PLACES or not isinstance(value, type(sys)):
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> object:
        if name not in _PLACES:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

        from importlib import import_module  # noqa: PLC0415 - not before a name is used

        return getattr(import_module(_PLACES[name]), name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _PublicApi
