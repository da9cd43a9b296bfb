"""The one decision on customer data, from one source in four forms: predicate, ``Q``, field map and sentence.

A decision = roles held x scope x purpose x field class x record state. Lists decide once for all their rows.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from guiju.access.actors import Actor, Hold
from guiju.access.fields import FieldClass, ProtectedField, Visibility
from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES
from guiju.access.roles import Scope

ORDER = (Visibility.ABSENT, Visibility.TOKENISED, Visibility.MASKED, Visibility.CLEAR)
RESTRICTED = "restricted"
EVERYWHERE = Q()
NOWHERE = Q(pk__in=())


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the policy must know of a record: where it lies, whose it is, its state, what it was collected for."""

    unit_id: int
    owner_id: UUID | None = None
    state: str = "active"
    purposes: frozenset[str] = frozenset()


def _covers(hold: Hold, actor: Actor, envelope: Envelope) -> bool:
    match hold.means.scope:
        case Scope.ALL:
            return True
        case Scope.TREE:
            return not hold.tree or envelope.unit_id in hold.tree
        case Scope.UNIT:
            return hold.unit_id is None or envelope.unit_id == hold.unit_id
        case Scope.OWN:
            return actor.person_id is not None and envelope.owner_id == actor.person_id


def _condition(hold: Hold, actor: Actor) -> Q:
    match hold.means.scope:
        case Scope.ALL:
            return EVERYWHERE
        case Scope.TREE:
            return Q(unit_id__in=sorted(hold.tree)) if hold.tree else EVERYWHERE
        case Scope.UNIT:
            return Q(unit_id=hold.unit_id) if hold.unit_id is not None else EVERYWHERE
        case Scope.OWN:
            return Q(owner_id=actor.person_id) if actor.person_id is not None else NOWHERE


def _reached(holds: Iterable[Hold], actor: Actor) -> Q:
    """Return which records one of ``holds`` covers."""
    conditions = [_condition(hold, actor) for hold in holds]
    if not conditions:
        return NOWHERE
    if any(condition == EVERYWHERE for condition in conditions):
        return EVERYWHERE
    reached = conditions[0]
    for condition in conditions[1:]:
        reached |= condition
    return reached


@dataclass(frozen=True)
class Reach:
    """Which records an actor reaches with one permission."""

    actor: Actor
    permission: Permission

    @cached_property
    def holds(self) -> tuple[Hold, ...]:
        """Return the roles held that include the permission."""
        return tuple(hold for hold in self.actor.holds if self.permission in hold.means.permissions)

    def covers(self, envelope: Envelope) -> bool:
        """Say whether one record is within reach."""
        return any(_covers(hold, self.actor, envelope) for hold in self.holds)

    def covering(self, envelope: Envelope) -> tuple[Hold, ...]:
        """Return the roles held through which the record is within reach."""
        return tuple(hold for hold in self.holds if _covers(hold, self.actor, envelope))

    def q(self) -> Q:
        """Return the same decision as a condition on a table with ``unit_id`` and ``owner_id``."""
        return _reached(self.holds, self.actor)


def reach(actor: Actor, permission: Permission) -> Reach:
    """Return which records ``actor`` reaches with ``permission``."""
    return Reach(actor, permission)


@dataclass
class Lens:
    """What an actor sees of records under one purpose; decides once for each group of rows that are alike."""

    actor: Actor
    purpose: str
    fields: tuple[ProtectedField, ...]
    revealed: frozenset[str] = frozenset()
    permission: Permission = Permission.CUSTOMER_READ
    _maps: dict[object, dict[str, Visibility]] = field(default_factory=dict)
    _reveals: dict[object, bool] = field(default_factory=dict)

    @cached_property
    def _reach(self) -> Reach:
        return reach(self.actor, self.permission)

    def map_for(self, envelope: Envelope) -> dict[str, Visibility]:
        """Return the visibility of every field of one record; all absent where the record is out of reach."""
        key = self._alike(envelope)
        found = self._maps.get(key)
        if found is None:
            holds = self._reach.covering(envelope)
            found = {one.key: self._decide(one, envelope, holds) for one in self.fields}
            self._maps[key] = found
        return found

    def _alike(self, envelope: Envelope) -> object:
        return (envelope.unit_id, envelope.owner_id == self.actor.person_id, envelope.state, envelope.purposes)

    def _decide(self, one: ProtectedField, envelope: Envelope, holds: tuple[Hold, ...]) -> Visibility:
        for refuses, _sentence in REFUSALS:
            if refuses(self, one, envelope, holds):
                return Visibility.ABSENT
        return self._by_role(one, holds)

    def _by_role(self, one: ProtectedField, holds: tuple[Hold, ...]) -> Visibility:
        best = Visibility.ABSENT
        for hold in holds:
            if self.purpose not in hold.means.purposes:
                continue
            sight = hold.means.sees[one.field_class]
            reveal = one.key in self.revealed and Permission.CUSTOMER_REVEAL in hold.means.permissions
            seen = sight.revealed if reveal else sight.normal
            best = max(best, seen, key=ORDER.index)
        if best is Visibility.MASKED and not one.masked:
            return Visibility.CLEAR
        return best

    def shown(self) -> list[tuple[frozenset[str], Q]]:
        """Return the decision as conditions: groups of fields, and the records of which they show more than a token.

        A search may hit a sealed value only there: the hit tells that the value is in the record.
        """
        groups: dict[tuple[bool, tuple[Hold, ...]], set[str]] = {}
        for one in self.fields:
            holds = self._shows(one)
            if holds:
                groups.setdefault((_private(one), holds), set()).add(one.key)
        return [
            (frozenset(keys), _reached(holds, self.actor) & (self._used() if private else EVERYWHERE))
            for (private, holds), keys in groups.items()
        ]

    def _shows(self, one: ProtectedField) -> tuple[Hold, ...]:
        """Return the roles held through which a field shows more than a token of records that may be used."""
        if self.purpose not in self.actor.purposes:
            return ()
        if _private(one) and self.purpose not in one.purposes and not PURPOSES[self.purpose].inherent:
            return ()
        seen = (Visibility.MASKED, Visibility.CLEAR)
        mine = (hold for hold in self._reach.holds if self.purpose in hold.means.purposes)
        return tuple(hold for hold in mine if hold.means.sees[one.field_class].normal in seen)

    def _used(self) -> Q:
        """Return the records whose private fields may serve the purpose: the last two of ``REFUSALS``."""
        purpose = PURPOSES[self.purpose]
        if purpose.inherent:
            return EVERYWHERE
        return Q(purposes__overlap=[purpose.code, *purpose.compatible_with]) & ~Q(state=RESTRICTED)

    def may_reveal(self, one: ProtectedField, envelope: Envelope) -> bool:
        """Say whether revealing this field would show more than the first look does."""
        key = (one.key, self._alike(envelope))
        if key not in self._reveals:
            open_lens = Lens(self.actor, self.purpose, (one,), frozenset({one.key}), self.permission)
            first = self.map_for(envelope).get(one.key, Visibility.ABSENT)
            self._reveals[key] = ORDER.index(open_lens.map_for(envelope)[one.key]) > ORDER.index(first)
        return self._reveals[key]


type _Refuses = Callable[[Lens, ProtectedField, Envelope, tuple[Hold, ...]], bool]


def _private(one: ProtectedField) -> bool:
    return one.field_class in (FieldClass.PERSONAL, FieldClass.SENSITIVE)


REFUSALS: tuple[tuple[_Refuses, Callable[[Lens], str]], ...] = (
    (
        lambda lens, one, envelope, holds: not holds,
        lambda lens: _("No role you hold reaches this record."),
    ),
    (
        lambda lens, one, envelope, holds: lens.purpose not in lens.actor.purposes,
        lambda lens: _("No role you hold works under this purpose."),
    ),
    (
        lambda lens, one, envelope, holds: (
            _private(one) and lens.purpose not in one.purposes and not PURPOSES[lens.purpose].inherent
        ),
        lambda lens: _("The collection standard does not keep this field for this purpose."),
    ),
    (
        lambda lens, one, envelope, holds: _private(one) and not PURPOSES[lens.purpose].may_use(envelope.purposes),
        lambda lens: _("This record was not collected for this purpose, nor for one compatible with it."),
    ),
    (
        lambda lens, one, envelope, holds: (
            _private(one) and envelope.state == RESTRICTED and not PURPOSES[lens.purpose].inherent
        ),
        lambda lens: _("Processing of this record is restricted; only complaint, legal and security work may see it."),
    ),
)


def lens(
    actor: Actor,
    *,
    purpose: str,
    fields: Iterable[ProtectedField],
    revealed: Iterable[str] = (),
    permission: Permission = Permission.CUSTOMER_READ,
) -> Lens:
    """Return what ``actor`` sees under ``purpose`` of records; ``revealed`` names the fields opened on request.

    Only roles that include ``permission`` count: what leaves in an export is what the exporting role sees.
    """
    return Lens(actor, purpose, tuple(fields), frozenset(revealed), permission)


def explain(actor: Actor, *, purpose: str, one: ProtectedField, envelope: Envelope, label: str) -> list[str]:
    """Say in words why ``actor`` sees the field ``label`` of a record the way the policy decides."""
    seen_through = lens(actor, purpose=purpose, fields=[one])
    holds = reach(actor, Permission.CUSTOMER_READ).covering(envelope)
    sentences = [
        _("The role %(role)s (%(unit)s) reaches this record.")
        % {"role": hold.means.title, "unit": hold.unit_name or _("whole organisation")}
        for hold in holds
    ]
    for refuses, sentence in REFUSALS:
        if refuses(seen_through, one, envelope, holds):
            return [*sentences, sentence(seen_through), _outcome(Visibility.ABSENT, label)]
    sentences.append(
        _("%(field)s is classed %(class)s; the work is done under the purpose %(purpose)s.")
        % {"field": label, "class": class_name(one.field_class), "purpose": PURPOSES[purpose].title}
    )
    sentences.append(_outcome(seen_through.map_for(envelope)[one.key], label))
    if seen_through.may_reveal(one, envelope):
        sentences.append(_("It can be revealed under this purpose; each look is recorded."))
    return sentences


def class_name(field_class: FieldClass) -> str:
    """Return the name of a field class in the reader's language."""
    return {
        FieldClass.PUBLIC: _("public"),
        FieldClass.INTERNAL: _("internal"),
        FieldClass.PERSONAL: _("personal"),
        FieldClass.SENSITIVE: _("sensitive personal"),
    }[field_class]


def _outcome(seen: Visibility, label: str) -> str:
    return {
        Visibility.CLEAR: _("So %(field)s is shown in clear."),
        Visibility.MASKED: _("So %(field)s is shown masked."),
        Visibility.TOKENISED: _("So %(field)s is replaced by a token."),
        Visibility.ABSENT: _("So %(field)s is not shown."),
    }[seen] % {"field": label}
