"""What happens to exports of customer records, as the ledger keeps it."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guiju.ledger.events import Event


@dataclass(frozen=True, kw_only=True)
class ExportStarted(Event):
    """Somebody asked for a list to leave."""

    kind = "records.export.started"
    sentence = _("{actor} started export {export} of {columns} as {format}; in clear: {clear}; reason: {reason}")
    export: UUID
    columns: tuple[str, ...]
    format: str
    clear: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ExportBegun(Event):
    """The file of an export is written from its beginning: for the first time, or again after a process died."""

    kind = "records.export.begun"
    sentence = _("The file of export {export} is being written")
    export: UUID


@dataclass(frozen=True, kw_only=True)
class ExportCancelAsked(Event):
    """Somebody asked a running export to stop."""

    kind = "records.export.cancel-asked"
    sentence = _("{actor} cancelled export {export}")
    export: UUID


@dataclass(frozen=True, kw_only=True)
class CustomersExported(Event):
    """Records went into an export."""

    kind = "records.customers.exported"
    sentence = _("{actor} exported customers with export {export}")
    subject_fields = ("customers",)
    export: UUID
    customers: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class ExportEnded(Event):
    """An export is done, cancelled or failed."""

    kind = "records.export.ended"
    sentence = _("Export {export} ended: {state}; {rows} rows")
    export: UUID
    state: str
    rows: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ExportTaken(Event):
    """Somebody downloaded an export."""

    kind = "records.export.taken"
    sentence = _("{actor} downloaded export {export}")
    export: UUID


@dataclass(frozen=True, kw_only=True)
class ExportExpired(Event):
    """The time of an export was over and its file was destroyed."""

    kind = "records.export.expired"
    sentence = _("{actor} destroyed the file of export {export}, whose time was over")
    export: UUID


@dataclass(frozen=True, kw_only=True)
class ExportWithdrawn(Event):
    """The file of an export was destroyed before its time; ``customers`` are those it may no longer hold."""

    kind = "records.export.withdrawn"
    sentence = _("{actor} withdrew export {export} and destroyed its file: {reason}")
    subject_fields = ("customers",)
    export: UUID
    reason: str
    customers: tuple[UUID, ...] = ()
