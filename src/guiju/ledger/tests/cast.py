"""Who and what the ledger's tests are about."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Words
from guiju.ledger.events import Event

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LI_NA = UUID("0192f0c0-7b7c-7b7c-8b7c-0123456789ab")
WANG_WEI = UUID("0192f0c0-7b7c-7b7c-8b7c-0123456789ac")

INSERT = """INSERT INTO ledger_entry (at, kind, actor, subjects, purpose, outcome, payload)
    VALUES (now(), 'tests.customer.met', 'person:bo', '{}', '', 'done', '{}') RETURNING id"""


@dataclass(frozen=True)
class Person:
    """Somebody who acts."""

    ref: str


BO = Person("person:bo")
ADA = Person("person:ada")


@dataclass(frozen=True, kw_only=True)
class CustomerMet(Event):
    """Somebody met a customer."""

    kind: ClassVar[str] = "tests.customer.met"
    sentence: ClassVar[Words] = _("{actor} met customer {customer} {times} times")
    subject_fields: ClassVar[tuple[str, ...]] = ("customer",)

    customer: UUID
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class CustomersListed(Event):
    """Somebody saw a list of customers."""

    kind: ClassVar[str] = "tests.customers.listed"
    sentence: ClassVar[Words] = _("{actor} listed {customers} showing {fields}")
    subject_fields: ClassVar[tuple[str, ...]] = ("customers",)

    customers: tuple[UUID, ...]
    fields: tuple[str, ...] = ()
    note: str | None = None
