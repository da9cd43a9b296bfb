"""The labelled demo organisation: units, people and invented customers, loaded through the gate, taken back by it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from guiju.access import actions as access
from guiju.access import queries
from guiju.access.actors import Actor
from guiju.access.models import Person, Unit
from guiju.config import invented
from guiju.config.invented import Sheet
from guiju.kit import clock
from guiju.kit.errors import Refused
from guiju.records import actions as records
from guiju.records.declaring import Declaration
from guiju.records.gate import actions as gate
from guiju.records.gate import running
from guiju.records.gate.mapping import Mapping
from guiju.records.models import Customer, Duplicates, ImportBatch, ImportState, Kind, State

PURPOSE = "account-management"
SOURCE = "Guiju demo"
FILES = "guiju-demo-"


class NotFounded(Refused):
    """There is no organisation yet to show the demo in."""

    code = "not-founded"
    message = _("There is no organisation yet.")
    remedy = _("Run “guiju up” or “guiju welcome” first.")


@dataclass(kw_only=True)
class Loaded:
    """What a load brought, or a drop took away."""

    people: int = 0
    customers: int = 0
    notes: int = 0
    relationships: int = 0


def load(*, by: Actor) -> Loaded:
    """Bring units, people and customers that are not there yet; done twice, the second time brings nothing."""
    told = Loaded()
    places = _units(by)
    for one in invented.words()["people"]:
        told.people += _hire(one, places, by)
    fresh = [batch for sheet in invented.sheets() if (batch := _import(sheet, places, by)) is not None]
    told.customers = sum(batch.created for batch in fresh)
    if fresh:
        told.relationships = _relate(fresh, by)
        told.notes = _write_notes(fresh, by)
    return told


def _units(by: Actor) -> dict[str, Unit]:
    top = Unit.objects.filter(parent=None).order_by("pk").first()
    if top is None:
        raise NotFounded
    found: dict[str, Unit] = {}
    for one in invented.words()["units"]:
        parent = found[one["parent"]] if "parent" in one else top
        unit = Unit.objects.filter(parent=parent, name=one["name"]).first()
        found[one["key"]] = unit or access.create_unit(name=one["name"], parent=parent, by=by, at=clock.now())
    return found


def _hire(one: dict[str, str], places: dict[str, Unit], by: Actor) -> bool:
    """Add one person, or open their account again; without a password, they come in by a sign-in link alone."""
    at, unit = clock.now(), places[one["unit"]]
    person = queries.person_by_email(email=invented.email(one["email"]))
    if person is None:
        person = access.add_person(
            email=invented.email(one["email"]), name=one["name"], language=one["language"], unit=unit, by=by, at=at
        )
    elif person.is_active:
        return False
    else:
        access.set_active(person=person, active=True, by=by, at=at)
    if not queries.live_grants(at=at).filter(person=person, role=one["role"]).exists():
        access.grant_role(person=person, role=one["role"], unit=unit, by=by, at=at)
    return True


def _import(sheet: Sheet, places: dict[str, Unit], by: Actor) -> ImportBatch | None:
    """Import one file as anybody would; None where it is in already."""
    if ImportBatch.objects.filter(filename=sheet.name, source=SOURCE, state=ImportState.DONE).exists():
        return None
    batch = gate.upload(content=sheet.content, filename=sheet.name, by=by, at=clock.now())
    declaration = Declaration(
        unit_id=places[sheet.unit].pk, basis="contract", purposes=(PURPOSE, "service"), source=SOURCE
    )
    gate.declare(
        batch=batch.pk,
        declaration=declaration,
        mapping=Mapping.of(sheet.mapping),
        region="",
        duplicates=Duplicates.BLOCK,
        by=by,
        at=clock.now(),
    )
    gate.start(batch=batch.pk, by=by, at=clock.now(), inline=True)
    return running.run(batch.pk, by=by)


def _relate(fresh: list[ImportBatch], by: Actor) -> int:
    """Make the first organisation of each file the parent of the next."""
    made = 0
    for batch in fresh:
        pair = list(Customer.objects.filter(batch=batch, kind=Kind.ORGANISATION).order_by("reference")[:2])
        if len(pair) > 1:
            records.relate(
                subject=pair[1].pk,
                related=pair[0].pk,
                kind="parent-organisation",
                purpose=PURPOSE,
                by=by,
                at=clock.now(),
            )
            made += 1
    return made


def _write_notes(fresh: list[ImportBatch], by: Actor) -> int:
    texts: list[str] = invented.words()["notes"]
    customers = Customer.objects.filter(batch__in=fresh, kind=Kind.ORGANISATION).order_by("-reference")
    pairs = list(zip(customers[: len(texts)], texts, strict=False))
    for customer, text in pairs:
        records.add_note(customer=customer.pk, text=text, purpose=PURPOSE, by=by, at=clock.now())
    return len(pairs)


def drop(*, by: Actor) -> Loaded:
    """Take the demo customers back through the gate, erase those that were worked on, close the demo accounts.

    The units stay, because the ledger speaks of them.
    """
    told = Loaded()
    batches = ImportBatch.objects.filter(filename__startswith=FILES, source=SOURCE)
    before = _standing(batches).count()
    for batch in batches.filter(state__in=gate.ENDED).order_by("pk"):
        gate.revert(batch=batch.pk, by=by, at=clock.now(), inline=True)
        running.run(batch.pk, by=by)
    for customer in _standing(batches):
        records.erase(customer=customer.pk, reason="retention", purpose=PURPOSE, by=by, at=clock.now())
    told.customers = before - _standing(batches).count()
    emails = [invented.email(one["email"]) for one in invented.words()["people"]]
    for person in Person.objects.filter(email__in=emails, is_active=True).order_by("email"):
        access.set_active(person=person, active=False, by=by, at=clock.now())
        told.people += 1
    return told


def _standing(batches: Any) -> Any:
    return Customer.objects.filter(batch__in=batches).exclude(state=State.ERASED).order_by("pk")
