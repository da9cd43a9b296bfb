"""One record by its id, where the policy lets somebody reach it. Asked by every page, so the query is written out."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.models import Person, Unit
from guiju.access.permissions import Permission
from guiju.kit.errors import NotFound
from guiju.records.models import Customer
from guiju.records.showing import Packed, envelope

_FIELDS = Customer._meta.concrete_fields
_NAMES = [field.attname for field in _FIELDS]
_CONVERTERS = {place: field for place, field in enumerate(_FIELDS) if hasattr(field, "from_db_value")}
_NAMED = ["id", "name"]
_COLUMNS = ", ".join(f"customer.{field.column}" for field in _FIELDS)
# Names are looked up row by row: a lock that had to wait reads the row again, but not what is joined to it.
_RECORD = f"""
    SELECT {_COLUMNS}, (SELECT unit.name FROM access_unit AS unit WHERE unit.id = customer.unit_id),
        (SELECT owner.name FROM access_person AS owner WHERE owner.id = customer.owner_id){{more}}
    FROM records_customer AS customer{{joined}}
    WHERE customer.id = %s{{end}}
"""  # noqa: S608 - of names of columns
_LOOK = _RECORD.format(more="", joined="", end="")
_LOCK = _RECORD.format(more="", joined="", end=" FOR UPDATE OF customer")
_WITH_SEALED = _RECORD.format(
    more=", sealed.retention_class, sealed.packed",
    joined=" LEFT JOIN records_sealed AS sealed ON sealed.customer_id = customer.id",
    end="",
)


@dataclass(frozen=True, slots=True)
class Found:
    """A record within reach, with what is sealed of it."""

    record: Customer
    packed: Packed


def find(*, customer: UUID, actor: Actor, permission: Permission = Permission.CUSTOMER_READ) -> Customer:
    """Return a record, without what is sealed of it; raises NotFound where it is absent or out of reach."""
    return _within(_rows(_LOOK, customer), actor, permission)


def find_with_sealed(*, customer: UUID, actor: Actor, permission: Permission) -> Found:
    """Return a record with what is sealed of it, in one query; raises NotFound as ``find`` does."""
    rows = _rows(_WITH_SEALED, customer)
    record = _within(rows, actor, permission)
    packed = {(record.pk, row[-2]): bytes(row[-1]) for row in rows if row[-2] is not None}
    return Found(record, packed)


def find_and_lock(*, customer: UUID, actor: Actor, permission: Permission) -> Customer:
    """Return a record that nobody else changes until the transaction ends; raises NotFound as ``find`` does."""
    return _within(_rows(_LOCK, customer), actor, permission)


def _rows(query: str, customer: UUID) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [customer])
        return list(cursor.fetchall())


def _within(rows: list[tuple[Any, ...]], actor: Actor, permission: Permission) -> Customer:
    record = _built(rows[0]) if rows else None
    if record is None or not policy.reach(actor, permission).covers(envelope(record)):
        raise NotFound(_("There is no such customer."))
    return record


def _built(row: tuple[Any, ...]) -> Customer:
    """Build a record with the names of its unit and owner; whatever else of these is asked for is fetched then."""
    values = list(row[: len(_FIELDS)])
    for place, field in _CONVERTERS.items():
        values[place] = field.from_db_value(values[place], None, connection)
    unit_name, owner_name = row[len(_FIELDS) : len(_FIELDS) + 2]
    record = Customer.from_db(connection.alias, _NAMES, values)
    record.unit = Unit.from_db(connection.alias, _NAMED, [record.unit_id, unit_name])
    if record.owner_id is not None:
        record.owner = Person.from_db(connection.alias, _NAMED, [record.owner_id, owner_name])
    return record
