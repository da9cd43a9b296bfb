"""A record held for a change: locked, with its sealed contents and their keys, all fetched once for one request."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.kit.errors import Refused
from guiju.records import reaching, standard
from guiju.records.models import Customer, State
from guiju.records.showing import Contents, fetch
from guiju.records.standard import Kind


class Erased(Refused):
    """The record's contents are destroyed."""

    code = "erased"
    status = 410
    message = _("The contents of this record have been erased; it cannot be changed.")


@dataclass
class Held:
    """A record that nobody else changes until the transaction ends; an action that changes it puts the new one in."""

    record: Customer
    contents: Contents


def hold(*, customer: UUID, by: Actor, permission: Permission) -> Held:
    """Lock a record and fetch what is sealed of it; for use inside a transaction.

    Raises NotFound where the record is absent or out of reach, Erased where it was erased.
    """
    record = lock(customer=customer, by=by, permission=permission)
    rules = standard.load()
    return Held(record, fetch([customer], rules.fields_of(Kind(record.kind)), keys_of=rules.retention_classes))


def lock(*, customer: UUID, by: Actor, permission: Permission) -> Customer:
    """Lock a record alone, as ``hold`` does."""
    record = reaching.find_and_lock(customer=customer, actor=by, permission=permission)
    if record.state == State.ERASED:
        raise Erased
    return record
