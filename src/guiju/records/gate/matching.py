"""Finds who of a stretch of rows is there already: three queries for any number of rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.records.gate.preparing import Flaw, Party, Prepared
from guiju.records.models import Customer, ImportBatch


@dataclass
class Known:
    """Customers within the importing actor's reach, by their strong digests and by reference.

    Of all others only this counts, ``taken``: the digests that nobody may share, each with its customer and field.
    """

    digests: dict[bytes, UUID] = field(default_factory=dict)
    references: dict[str, UUID] = field(default_factory=dict)
    taken: dict[bytes, tuple[UUID, str]] = field(default_factory=dict)

    def match(self, party: Party) -> UUID | None:
        """Return the customer that ``party`` duplicates, or None."""
        if party.reference in self.references:
            return self.references[party.reference]
        for digest in party.strong:
            if digest in self.digests:
                return self.digests[digest]
        return None

    def holder(self, row: Prepared) -> UUID | None:
        """Return whom a row is about, as far as one of its parties is there already."""
        beyond = (self.taken[digest][0] for party in row.parties for digest in party.exclusive if digest in self.taken)
        return next((twin for party in row.parties if (twin := self.match(party))), None) or next(beyond, None)

    def met(self, row: Prepared) -> list[str]:
        """Return the fields of a row whose value a customer out of reach has, and nobody may share."""
        return [self.taken[digest][1] for party in row.parties for digest in party.exclusive if digest in self.taken]

    def shared(self, row: Prepared) -> list[Flaw]:
        """Return what forbids to create a row's parties beside customers who have the same identifier."""
        held = any(digest in self.digests for party in row.parties for digest in party.exclusive)
        return [Flaw(column="", field="", rule="identifier-taken")] if held else []

    def learn(self, party: Party, *, primary: bool) -> None:
        """Remember a party of this stretch, so that a later row can be its duplicate."""
        self.digests.update(dict.fromkeys(party.strong, party.id))
        if party.reference and primary:
            self.references[party.reference] = party.id


# Each list travels as one array: a placeholder for every value would cost more than the search itself.
_BY_DIGEST = "SELECT digest, customer_id, field FROM records_lookup WHERE digest = ANY(%s)"
_BY_REFERENCE = """
    SELECT reference, id FROM records_customer WHERE reference = ANY(%s) AND reference <> '' AND source = %s
"""


def known(rows: Iterable[Prepared], batch: ImportBatch, by: Actor) -> Known:
    """Return the customers within reach that rows may duplicate. The same source's reference, a phone, an e-mail
    address, an identifier or an organisation's whole name makes a duplicate; a person's name alone does not.
    """  # noqa: D205
    parties = [party for row in rows for party in row.parties]
    digests = {digest for party in parties for digest in party.strong}
    references = {party.reference for party in parties if party.reference}
    held = [(bytes(one), *rest) for one, *rest in _rows(_BY_DIGEST, [list(digests)])] if digests else []
    named = _rows(_BY_REFERENCE, [list(references), batch.source]) if references else []
    beyond = _beyond({one[1] for one in (*held, *named)}, by)
    exclusive = {digest for party in parties for digest in party.exclusive}
    return Known(
        digests={digest: customer for digest, customer, _field in held if customer not in beyond},
        references={reference: customer for reference, customer in named if customer not in beyond},
        taken={
            digest: (customer, key) for digest, customer, key in held if customer in beyond and digest in exclusive
        },
    )


def _beyond(customers: set[UUID], by: Actor) -> frozenset[UUID]:
    """Return those of ``customers`` that lie out of the importing actor's reach."""
    reach = policy.reach(by, Permission.CUSTOMER_IMPORT).q()
    if not customers or not reach:
        return frozenset()
    return frozenset(
        customers.difference(Customer.objects.filter(reach, pk__in=customers).values_list("pk", flat=True))
    )


def _rows(query: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
