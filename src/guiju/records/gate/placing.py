"""Where an imported record lies and whose it is, when the file says so itself."""

from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.db.models import Q

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.models import Person, Unit
from guiju.access.permissions import Permission
from guiju.records.gate.mapping import Mapping
from guiju.records.gate.preparing import Flaw, Prepared
from guiju.records.models import ImportBatch


@dataclass
class Places:
    """Units by name, people by e-mail or name, as far as the importing actor reaches; unclear ones are None."""

    batch: ImportBatch
    by: Actor
    _units: dict[str, int | None] = field(default_factory=dict)
    _owners: dict[str, UUID | None] = field(default_factory=dict)

    def unit(self, name: str) -> int | None:
        """Return the unit a row names, the batch's own where it names none."""
        if not name:
            return self.batch.unit_id
        if name not in self._units:
            found = list(Unit.objects.filter(name__iexact=name).order_by("pk").values_list("pk", flat=True)[:2])
            reach = policy.reach(self.by, Permission.CUSTOMER_IMPORT)
            clear = len(found) == 1 and reach.covers(policy.Envelope(unit_id=found[0], owner_id=self.by.person_id))
            self._units[name] = found[0] if clear else None
        return self._units[name]

    def owner(self, said: str) -> UUID | None:
        """Return the person a row names as owner, the importing person where it names none.

        Other systems write out names; one that two colleagues share names nobody.
        """
        if not said:
            return self.batch.person_id
        if said not in self._owners:
            word = said.strip()
            known = Q(email=word.lower()) if "@" in word else Q(name__iexact=word)
            found = list(Person.objects.filter(known, is_active=True).order_by("pk").values_list("pk", flat=True)[:2])
            self._owners[said] = found[0] if len(found) == 1 else None
        return self._owners[said]

    def flaws(self, row: Prepared) -> list[Flaw]:
        """Return what a row says of its place that is unknown."""
        unit, owner = row.place
        unknown = [("unit", unit, self.unit), ("owner", owner, self.owner)]
        return [
            Flaw(column=self._mapping.column_of(key) or key, field=key, rule=f"{key}-unknown")
            for key, said, known in unknown
            if said and known(said) is None
        ]

    @cached_property
    def _mapping(self) -> Mapping:
        return Mapping.from_json(self.batch.mapping)
