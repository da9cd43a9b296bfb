"""The one way a customer's values leave the process: through the policy's lens, cell by cell.

Pages, the API, search results, exports, history and reports all use ``show``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product, zip_longest
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.fields import FieldClass, Visibility
from guiju.access.permissions import Permission
from guiju.records import filing
from guiju.records.models import Customer
from guiju.records.standard import FieldSpec, Kind, Standard
from guiju.records.values import field_values
from guiju.vault import keyring, lookups, sealing
from guiju.vault.keyring import ERASED, Opened


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of one customer as this actor may see it.

    ``value`` is the canonical value where ``visibility`` is clear, else None; ``lines`` are words for people: the
    value, its mask or its token, and ``notes`` says of each line what it is for. ``erased`` says that the key is
    destroyed. ``revealable``: a reveal would show more.
    """

    spec: FieldSpec
    visibility: Visibility
    value: Any = None
    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    erased: bool = False
    revealable: bool = False

    @property
    def key(self) -> str:
        """Return the field's key."""
        return self.spec.key

    @property
    def text(self) -> str:
        """Return all lines as one."""
        return ", ".join(self.lines)

    @property
    def noted(self) -> list[tuple[str, str]]:
        """Return each line with its note."""
        return list(zip_longest(self.lines, self.notes, fillvalue=""))


@dataclass(frozen=True, slots=True)
class Shown:
    """One customer as this actor may see it: the envelope and its cells by field key (absent fields are left out).

    ``keys`` are those that were fetched for it.
    """

    customer: Customer
    cells: dict[str, Cell]
    hidden: tuple[str, ...] = ()
    keys: Opened | None = None

    @property
    def title(self) -> str:
        """Return the name to head a page or a row with, in the visibility the actor has."""
        key = "person-name" if self.customer.kind == Kind.PERSON else "organisation-name"
        cell = self.cells.get(key)
        return cell.text if cell and not cell.erased else ""

    def seen_as(self, visibility: Visibility) -> tuple[str, ...]:
        """Return the private fields shown with this visibility."""
        return tuple(
            key
            for key, cell in self.cells.items()
            if cell.visibility is visibility and cell.spec.field_class is not FieldClass.PUBLIC and not cell.erased
        )


def envelope(customer: Customer) -> policy.Envelope:
    """Return what the policy must know of a customer."""
    return policy.Envelope(
        unit_id=customer.unit_id,
        owner_id=customer.owner_id,
        state=customer.state,
        purposes=frozenset(customer.purposes),
    )


type Packed = dict[tuple[UUID, str], bytes]
"""What is sealed of customers, by customer and retention class."""


@dataclass
class Contents:
    """The sealed contents of some customers, with their keys."""

    packed: Packed = field(default_factory=dict)
    opened: Opened = field(default_factory=lambda: Opened(asked=(), found={}))

    def value(self, customer: UUID, spec: FieldSpec) -> Any:
        """Return a field's canonical value, None where there is none, ERASED where its key is destroyed."""
        packed = self.packed.get((customer, spec.retention))
        if packed is None:
            return None
        part = sealing.unpack_one(packed, spec.key)
        if part is None:
            return None
        dek = self.opened.dek(customer, spec.retention)
        if dek is ERASED:
            return ERASED
        return filing.unseal(dek, customer=customer, field=spec.key, part=part)


# Asked for by every page, so written out.
_SEALED = """
    SELECT customer_id, retention_class, packed FROM records_sealed
    WHERE customer_id = ANY(%s) AND retention_class = ANY(%s)
"""


def fetch(customers: Iterable[UUID], specs: Iterable[FieldSpec], *, keys_of: Iterable[str] = ()) -> Contents:
    """Fetch the sealed contents that hold ``specs``, and keys as ``with_keys`` does: two queries for any number."""
    wanted = list(customers)
    classes = {spec.retention for spec in specs if spec.field_class is not FieldClass.PUBLIC}
    packed: Packed = {}
    if classes:
        with connection.cursor() as cursor:
            cursor.execute(_SEALED, [wanted, list(classes)])
            packed = {(customer, retention): bytes(content) for customer, retention, content in cursor.fetchall()}
    return with_keys(packed, customers=wanted, keys_of=keys_of)


def with_keys(packed: Packed, *, customers: Iterable[UUID], keys_of: Iterable[str] = ()) -> Contents:
    """Fetch the keys of sealed contents; also those that ``customers`` have for the retention classes ``keys_of``."""
    pairs = dict.fromkeys([*packed, *product(customers, keys_of)])
    return Contents(packed, keyring.open_many(pairs))


def show(
    *,
    customers: list[Customer],
    specs: Iterable[FieldSpec],
    actor: Actor,
    purpose: str,
    standard: Standard,
    revealed: Iterable[str] = (),
    held: Contents | None = None,
    permission: Permission = Permission.CUSTOMER_READ,
) -> list[Shown]:
    """Show fields of customers to an actor under a purpose. Opens only what the policy lets through.

    Only roles that include ``permission`` count. ``held`` are the contents where they were fetched already.
    """
    wanted = tuple(specs)
    protected = [spec.protected for spec in wanted]
    lens = policy.lens(actor, purpose=purpose, fields=protected, revealed=revealed, permission=permission)
    maps = {customer.pk: lens.map_for(envelope(customer)) for customer in customers}
    visible = [spec for spec in wanted if any(_seen(maps[one.pk], spec) for one in customers)]
    contents = held or fetch([customer.pk for customer in customers], visible)
    return [_shown(customer, wanted, maps[customer.pk], contents, lens) for customer in customers]


def _seen(visibilities: Mapping[str, Visibility], spec: FieldSpec) -> bool:
    return visibilities[spec.key] is not Visibility.ABSENT


def _shown(
    customer: Customer,
    specs: tuple[FieldSpec, ...],
    visibilities: Mapping[str, Visibility],
    contents: Contents,
    lens: policy.Lens,
) -> Shown:
    cells: dict[str, Cell] = {}
    hidden: list[str] = []
    for spec in specs:
        if customer.kind not in spec.kinds:
            continue
        visibility = visibilities[spec.key]
        if visibility is Visibility.ABSENT:
            hidden.append(spec.key)
            continue
        public = spec.field_class is FieldClass.PUBLIC
        value = customer.public.get(spec.key) if public else contents.value(customer.pk, spec)
        if value is not None:
            cells[spec.key] = cell(customer, spec, visibility, value, lens)
    return Shown(customer, cells, tuple(hidden), contents.opened)


def lines(spec: FieldSpec, value: Any) -> tuple[str, ...]:
    """Return a value in words of the reader's language, one line for each item."""
    return tuple(field_values.display(spec, value, language=get_language() or "en"))


def masked_lines(spec: FieldSpec, value: Any) -> tuple[str, ...]:
    """Return a value under the field's mask, one line for each item."""
    return tuple(field_values.mask(spec, value, language=get_language() or "en"))


def notes(spec: FieldSpec, value: Any) -> tuple[str, ...]:
    """Return what each contact point is for: its label, whether it is the main one, whether it may not be used."""
    if not spec.point_labels:
        return ()
    labels = {choice.code: str(choice.label) for choice in spec.point_labels}
    marks = {"primary": _("main"), "opt_out": _("do not use")}
    return tuple(
        ", ".join(
            [word for word in [labels.get(point.get("label", ""), "")] if word]
            + [word for mark, word in marks.items() if point.get(mark)]
        )
        for point in value
    )


def cell(customer: Customer, spec: FieldSpec, visibility: Visibility, value: Any, lens: policy.Lens) -> Cell:
    """Return one value as the policy lets it be shown."""
    if visibility is Visibility.ABSENT:
        return Cell(spec, visibility)
    if value is ERASED:
        return Cell(spec, visibility, erased=True)
    if visibility is Visibility.CLEAR:
        return Cell(spec, visibility, value=value, lines=lines(spec, value), notes=notes(spec, value))
    if visibility is Visibility.TOKENISED:
        text = "\n".join(field_values.display(spec, value, language="en"))
        return Cell(spec, visibility, lines=(lookups.token(customer.pk, spec.key, text),))
    return Cell(
        spec,
        visibility,
        lines=masked_lines(spec, value),
        notes=notes(spec, value),
        revealable=lens.may_reveal(spec.protected, envelope(customer)),
    )
