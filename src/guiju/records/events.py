"""What happens to customer records, as the ledger keeps it."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guiju.ledger.events import Event


@dataclass(frozen=True, kw_only=True)
class CustomerCreated(Event):
    """A record was opened."""

    kind = "records.customer.created"
    sentence = _("{actor} created the record with {fields}")
    subject_fields = ("customer",)
    customer: UUID
    fields: tuple[str, ...]
    basis: str
    purposes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CustomerUpdated(Event):
    """Fields of a record changed."""

    kind = "records.customer.updated"
    sentence = _("{actor} changed {fields}; the record is now at version {version}")
    subject_fields = ("customer",)
    customer: UUID
    fields: tuple[str, ...]
    version: int


@dataclass(frozen=True, kw_only=True)
class CustomersChanged(Event):
    """One column of many records changed at once."""

    kind = "records.customers.changed"
    sentence = _("{actor} changed {fields} of this and other records, {count} in all")
    subject_fields = ("customers",)
    customers: tuple[UUID, ...]
    fields: tuple[str, ...]
    count: int
    bulk: UUID


@dataclass(frozen=True, kw_only=True)
class CustomerOpened(Event):
    """Somebody looked at a record."""

    kind = "records.customer.opened"
    sentence = _("{actor} opened the record; clear: {clear}; masked: {masked}; tokenised: {tokenised}")
    subject_fields = ("customer",)
    customer: UUID
    clear: tuple[str, ...]
    masked: tuple[str, ...] = ()
    tokenised: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FieldRevealed(Event):
    """Somebody opened a masked value."""

    kind = "records.field.revealed"
    sentence = _("{actor} revealed {fields}; reason: {reason}")
    subject_fields = ("customer",)
    customer: UUID
    fields: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CustomersListed(Event):
    """Somebody looked at a list of records."""

    kind = "records.customers.listed"
    sentence = _("{actor} looked at a list of customers, {count} in all; columns: {columns}")
    subject_fields = ("customers",)
    customers: tuple[UUID, ...]
    count: int
    columns: tuple[str, ...]
    searched: bool = False


@dataclass(frozen=True, kw_only=True)
class HistoryOpened(Event):
    """Somebody looked at earlier values of a record."""

    kind = "records.history.opened"
    sentence = _("{actor} opened the history of the record")
    subject_fields = ("customer",)
    customer: UUID
    versions: int


@dataclass(frozen=True, kw_only=True)
class NoteAdded(Event):
    """Somebody wrote a note about a customer."""

    kind = "records.note.added"
    sentence = _("{actor} added a note")
    subject_fields = ("customer",)
    customer: UUID
    note: UUID


@dataclass(frozen=True, kw_only=True)
class CustomersRelated(Event):
    """A tie between two customers was recorded."""

    kind = "records.customers.related"
    sentence = _("{actor} recorded a relationship: {relation}")
    subject_fields = ("customers",)
    customers: tuple[UUID, ...]
    relation: str


@dataclass(frozen=True, kw_only=True)
class RelationshipEnded(Event):
    """A tie between two customers ended."""

    kind = "records.relationship.ended"
    sentence = _("{actor} ended a relationship: {relation}")
    subject_fields = ("customers",)
    customers: tuple[UUID, ...]
    relation: str


@dataclass(frozen=True, kw_only=True)
class TakenValueMet(Event):
    """Somebody brought a value that nobody may share and that a customer out of their reach has."""

    kind = "records.value.taken"
    sentence = _("{actor} brought values of customers out of reach, {count} in all: {fields}; import {batch}")
    fields: tuple[str, ...]
    count: int
    person: str = ""
    batch: str = ""


@dataclass(frozen=True, kw_only=True)
class CustomerErased(Event):
    """A record's contents were destroyed."""

    kind = "records.customer.erased"
    sentence = _("{actor} erased the contents of the record; reason: {reason}")
    subject_fields = ("customer",)
    customer: UUID
    reason: str
    retention_classes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ImportUploaded(Event):
    """A file arrived at the import gate."""

    kind = "records.import.uploaded"
    sentence = _("{actor} uploaded a file of {size} bytes for import {batch}")
    batch: UUID
    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class ImportMapped(Event):
    """Somebody decided what becomes of the columns of a file."""

    kind = "records.import.mapped"
    sentence = _("{actor} decided on the columns of import {batch}: {columns} taken in, {dropped} left out")
    batch: UUID
    columns: int
    dropped: int


@dataclass(frozen=True, kw_only=True)
class ImportDeclared(Event):
    """Basis, purpose, source and mapping of an import were declared."""

    kind = "records.import.declared"
    sentence = _("{actor} declared basis {basis} and purposes {purposes} for import {batch}")
    batch: UUID
    basis: str
    purposes: tuple[str, ...]
    columns: int
    dropped: int


@dataclass(frozen=True, kw_only=True)
class ImportChecked(Event):
    """A dry run ended."""

    kind = "records.import.checked"
    sentence = _("{actor} checked import {batch}: {rows} rows, {good} good, {quarantined} to quarantine")
    batch: UUID
    rows: int
    good: int
    quarantined: int
    duplicates: int


@dataclass(frozen=True, kw_only=True)
class ImportStarted(Event):
    """An import began to write."""

    kind = "records.import.started"
    sentence = _("{actor} started import {batch}")
    batch: UUID


@dataclass(frozen=True, kw_only=True)
class CustomersImported(Event):
    """A stretch of rows of an import became records, all in one transaction."""

    kind = "records.customers.imported"
    sentence = _("{actor} imported customers with import {batch}, rows {first_row} to {last_row}")
    subject_fields = ("customers",)
    batch: UUID
    first_row: int
    last_row: int
    customers: tuple[UUID, ...]
    merged: int
    quarantined: int


@dataclass(frozen=True, kw_only=True)
class ImportEnded(Event):
    """An import is done, cancelled or failed."""

    kind = "records.import.ended"
    sentence = _("Import {batch} ended: {state}; {created} created, {merged} merged, {quarantined} quarantined")
    batch: UUID
    state: str
    created: int
    merged: int
    quarantined: int


@dataclass(frozen=True, kw_only=True)
class ImportCancelAsked(Event):
    """Somebody asked a running import to stop."""

    kind = "records.import.cancel-asked"
    sentence = _("{actor} cancelled import {batch}")
    batch: UUID


@dataclass(frozen=True, kw_only=True)
class CustomersReverted(Event):
    """Records that an import had created were taken out again."""

    kind = "records.customers.reverted"
    sentence = _("{actor} took customers out again by reverting import {batch}")
    subject_fields = ("customers",)
    batch: UUID
    customers: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class ImportReverted(Event):
    """An import was reverted."""

    kind = "records.import.reverted"
    sentence = _("{actor} reverted import {batch}: {removed} removed, {restored} restored, {kept} kept")
    batch: UUID
    removed: int
    restored: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class QuarantineTaken(Event):
    """Somebody downloaded the quarantined rows of an import."""

    kind = "records.quarantine.taken"
    sentence = _("{actor} downloaded {rows} quarantined rows of import {batch}")
    batch: UUID
    rows: int


@dataclass(frozen=True, kw_only=True)
class ImportFileDeleted(Event):
    """The sealed file of an import that nobody went on with was destroyed."""

    kind = "records.import.file-deleted"
    sentence = _("{actor} destroyed the file of import {batch}, which nobody went on with")
    batch: UUID


@dataclass(frozen=True, kw_only=True)
class ImportLeftoversDestroyed(Event):
    """What an import had not made records of was destroyed: its quarantined rows, or its sealed file."""

    kind = "records.import.leftovers-destroyed"
    sentence = _("{actor} destroyed {rows} quarantined rows of import {batch}; the sealed file too: {file}; {reason}")
    subject_fields = ("customers",)
    batch: UUID
    rows: int
    file: bool
    reason: str
    customers: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ViewSaved(Event):
    """Somebody saved filters of the list under a name."""

    kind = "records.view.saved"
    sentence = _("{actor} saved view {view} of the list; shared: {shared}")
    view: UUID
    shared: bool


@dataclass(frozen=True, kw_only=True)
class ViewDropped(Event):
    """Somebody removed a saved view."""

    kind = "records.view.dropped"
    sentence = _("{actor} removed view {view} of the list")
    view: UUID


@dataclass(frozen=True, kw_only=True)
class StandardAdopted(Event):
    """A version of the collection standard came into force."""

    kind = "records.standard.adopted"
    sentence = _("{actor} put version {version} of the collection standard {code} in force")
    code: str
    version: str
    sha256: str
