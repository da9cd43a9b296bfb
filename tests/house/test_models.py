"""Every table says what personal data it holds, keeps its promises in the database, and hides no code in saving."""

import ast
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from guiju.access.models import Person, Unit
from guiju.access.tests.cast import NOON, OPERATOR, add
from guiju.config.tests import source
from guiju.kit import privacy
from guiju.records import actions, past, queries
from guiju.records.models import Customer, Lookup, Note, Relationship, Revision, Sealed
from guiju.records.tests.conftest import as_actor, open_record
from guiju.vault.models import DataKey

ROOMS = ("kit", "ledger", "access", "vault", "records", "console", "config")
OURS = [model for model in apps.get_models() if model._meta.app_label in ROOMS]

# What leads to a customer, and how the customer's rights reach it: export, restriction, erasure, retention.
COVERED = {
    "records.Sealed.customer": ("in clear", "the record's state", "key destroyed", "per retention class"),
    "records.Lookup.customer": ("never: keyed digests", "the record's state", "rows deleted", "with the record"),
    "records.Relationship.subject": ("in clear", "the record's state", "names nothing but ids", "with the record"),
    "records.Relationship.related": ("in clear", "the record's state", "names nothing but ids", "with the record"),
    "records.Revision.customer": (
        "in clear",
        "the record's state",
        "key destroyed, clear values emptied",
        "as sealed",
    ),
    "records.Note.customer": ("in clear", "the record's state", "key destroyed", "core"),
    "records.ExportedCustomer.customer": (
        "as the access trail",
        "the file is held back",
        "the export is withdrawn",
        "as long as the file",
    ),
    "records.QuarantinedRow.customer": ("never: no record", "not shown", "rows deleted", "30 days after the import"),
    "vault.DataKey.customer_id": (
        "never: wrapped keys",
        "the record's state",
        "the key itself",
        "per retention class",
    ),
    "ledger.Entry.subjects": ("as the access trail", "ids only", "kept: ids, codes, counts, hashes", "without end"),
}
OWN = {"records.SavedView.person"}
"""What goes with the person it belongs to: their own lists, no history."""
SIGNALS = {
    "signals", "receiver", "Signal", "pre_save", "post_save", "pre_delete", "post_delete", "pre_init", "post_init",
    "m2m_changed", "class_prepared",
}  # fmt: skip
LEADS = {"customer", "customers", "subjects", "customer_id"}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_field_that_can_hold_personal_data_is_classed(model: type[models.Model]) -> None:
    assert privacy.problems(model) == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_saving_a_row_runs_no_code_of_ours(model: type[models.Model]) -> None:
    assert {"save", "delete", "asave", "adelete", "save_base", "clean"} & vars(model).keys() == set()
    assert not model._meta.ordering, "order is decided where rows are read"


def test_no_signal_of_a_row_is_listened_to() -> None:
    listening = [
        source.name_of(path)
        for path in source.files()
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(("django.db.models", "django.dispatch", "django.core"))
        and _names(node) & SIGNALS
    ]
    assert listening == []


def _names(node: ast.ImportFrom) -> set[str]:
    return {alias.name for alias in node.names}


def _leads_to_a_customer(field: Any) -> bool:
    return field.related_model is Customer or (field.related_model is None and field.name in LEADS)


def test_everything_that_leads_to_a_customer_is_covered() -> None:
    leading = {
        f"{model._meta.label}.{field.name}"
        for model in OURS
        for field in model._meta.local_fields
        if _leads_to_a_customer(field)
    }
    assert leading == COVERED.keys()
    assert all(len(how) == len([word for word in how if word]) == 4 for how in COVERED.values())


def test_every_relation_says_what_deleting_does_and_history_is_never_deleted_along() -> None:
    for model in OURS:
        for field in model._meta.local_fields:
            if field.related_model in (Person, Unit):
                deleting = field.remote_field.on_delete
                own = f"{model._meta.label}.{field.name}"
                assert deleting is models.PROTECT or own in OWN, own


@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_erasing_a_customer_reaches_all_of_that() -> None:
    root = _root()
    kai = add("Kai", "records-admin", unit=root)
    by: Any = {"by": as_actor(kai), "at": NOON, "purpose": "account-management"}
    one, other = (open_record(as_actor(kai), root, **{"resident-id": None}) for _number in range(2))
    new = {"number": "+8613900139000", "valid": True}
    actions.update(customer=one.pk, changes={"phones": [new]}, version=1, **by)
    actions.add_note(customer=one.pk, text="Rings twice", **by)
    actions.relate(subject=one.pk, related=other.pk, kind="contact", **by)
    seen: Any = {"customer": one.pk, "actor": as_actor(kai), "purpose": "account-management"}
    assert all(found.exists() for found in _about(one).values()), "the test reaches every relation"
    assert past.notes(**seen)[0].text == "Rings twice"

    actions.erase(customer=one.pk, reason="request", **by)

    assert not Lookup.objects.filter(customer=one).exists()
    assert not DataKey.objects.filter(customer_id=one.pk, wrapped__isnull=False).exists()
    assert all(cell.erased for cell in queries.opened(**seen, at=NOON).cells.values())
    assert [(note.text, note.erased) for note in past.notes(**seen)] == [("", True)]
    cells = [cell for change in past.history(**seen, at=NOON) for cell in change.before.values() if cell]
    assert all(cell.erased for cell in cells)
    assert not Revision.objects.filter(customer=one).exclude(public={}).exists()
    stone = Customer.objects.get(pk=one.pk)
    assert (stone.name, stone.public, stone.initial, stone.names, stone.reference, stone.tags) == (
        "",
        {},
        "",
        [],
        "",
        [],
    )


def _root() -> Unit:
    from guiju.access import actions as access  # noqa: PLC0415 - its name is taken here

    return access.create_unit(name="Guiju Trading", parent=None, by=OPERATOR, at=NOON)


def _about(one: Customer) -> dict[str, Any]:
    rows: tuple[Any, ...] = (Sealed, Lookup, Revision, Note)
    found: dict[str, Any] = {model._meta.label: model.objects.filter(customer=one) for model in rows}
    return found | {
        "ties": Relationship.objects.filter(subject=one),
        "keys": DataKey.objects.filter(customer_id=one.pk, wrapped__isnull=False),
    }
