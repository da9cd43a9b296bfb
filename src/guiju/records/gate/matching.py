"""Finds who of a stretch of rows is there already: three queries for any number of rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from guiju.records.gate.preparing import Party, Prepared
from guiju.records.models import Customer, ImportBatch, Kind, Lookup


@dataclass
class Known:
    """Customers by their strong digests, by the digest of an organisation's whole name, and by reference."""

    digests: dict[bytes, UUID] = field(default_factory=dict)
    names: dict[int, UUID] = field(default_factory=dict)
    references: dict[str, UUID] = field(default_factory=dict)

    def match(self, party: Party) -> UUID | None:
        """Return the customer that ``party`` duplicates, or None."""
        if party.reference in self.references:
            return self.references[party.reference]
        for digest in party.strong:
            if digest in self.digests:
                return self.digests[digest]
        return self.names.get(party.whole_name) if party.whole_name is not None else None

    def learn(self, party: Party, *, primary: bool) -> None:
        """Remember a party of this stretch, so that a later row can be its duplicate."""
        self.digests.update(dict.fromkeys(party.strong, party.id))
        if party.whole_name is not None:
            self.names[party.whole_name] = party.id
        if party.reference and primary:
            self.references[party.reference] = party.id


def known(rows: Iterable[Prepared], batch: ImportBatch) -> Known:
    """Return the customers that rows may duplicate. The same source's reference, a phone, an e-mail address, an
    identifier or an organisation's whole name makes a duplicate; a person's name alone does not.
    """  # noqa: D205
    parties = [party for row in rows for party in row.parties]
    digests = {digest for party in parties for digest in party.strong}
    names = {party.whole_name for party in parties if party.whole_name is not None}
    references = {party.reference for party in parties if party.reference}
    found = Known()
    if digests:
        pairs = Lookup.objects.filter(digest__in=digests).values_list("digest", "customer_id")
        found.digests = {bytes(digest): customer for digest, customer in pairs}
    if names:
        organisations = Customer.objects.filter(names__overlap=list(names), kind=Kind.ORGANISATION)
        for customer, words in organisations.values_list("id", "names"):
            found.names.update(dict.fromkeys(names.intersection(words), customer))
    if references:
        same = Customer.objects.filter(reference__in=references, source=batch.source)
        found.references = dict(same.values_list("reference", "id"))
    return found
