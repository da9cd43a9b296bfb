"""Saved views of the list: filters and order under a name, for oneself or for everybody."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from guiju.access.actors import Actor
from guiju.access.door import action
from guiju.access.permissions import Permission
from guiju.kit.errors import Invalid, NotFound, Problem
from guiju.kit.ids import uuid7
from guiju.ledger import journal
from guiju.records import events
from guiju.records.models import LONGEST_PARAMS, SavedView

LONGEST = 80
MOST = 100
KEPT = (
    "kind", "state", "unit", "owner", "tag", "basis", "purpose", "jurisdiction", "initial",
    "created_from", "created_until", "sort",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class View:
    """A saved view as one reader finds it."""

    id: UUID
    name: str
    address: str
    shared: bool
    own: bool


def views(*, by: Actor) -> list[View]:
    """Return the reader's own views and everybody's shared ones, by name."""
    own = Q(person_id=by.person_id) if by.person_id is not None else Q()
    found = SavedView.objects.filter(own | Q(shared=True)).order_by("name", "id")[:MOST]
    return [
        View(id=one.pk, name=one.name, address=f"?{one.params}", shared=one.shared, own=one.person_id == by.person_id)
        for one in found
    ]


@action(needs=Permission.CUSTOMER_READ)
def save_view(*, name: str, params: QueryDict, shared: bool, by: Actor, at: datetime) -> SavedView:
    """Keep filters and order under a name; a view of one's own with that name is replaced."""
    title = name.strip()
    if not title or len(title) > LONGEST or by.person_id is None:
        message = _("A view needs a name of at most %(most)s characters.") % {"most": LONGEST}
        raise Invalid(problems=[Problem(field="name", rule="required", message=message)])
    kept = QueryDict(mutable=True)
    for key in KEPT:
        if params.get(key):
            kept[key] = str(params[key])
    words = {"shared": shared, "params": kept.urlencode()}
    if len(kept.urlencode()) > LONGEST_PARAMS:
        too_long = _("These filters are too long to keep.")
        raise Invalid(problems=[Problem(field="params", rule="too-long", message=too_long)])
    view, _fresh = SavedView.objects.update_or_create(
        person_id=by.person_id,
        name=title,
        defaults=words,
        create_defaults=words | {"id": uuid7(), "created_at": at},
    )
    journal.record(events.ViewSaved(view=view.pk, shared=shared), by=by, at=at)
    return view


@action(needs=Permission.CUSTOMER_READ)
def drop_view(*, view: UUID, by: Actor, at: datetime) -> None:
    """Remove a view of one's own; raises NotFound for anybody else's."""
    own = SavedView.objects.filter(pk=view, person_id=by.person_id) if by.person_id is not None else None
    if own is None or not own.delete()[0]:
        raise NotFound(_("There is no such view of yours."))
    journal.record(events.ViewDropped(view=view), by=by, at=at)
