"""A customer's page: the record, its relationships, notes, history, access trail and proofs."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guiju.access import queries as access
from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES
from guiju.access.web import Request, page
from guiju.kit.errors import Words
from guiju.kit.ids import parse_number
from guiju.ledger import queries as ledger
from guiju.records import past, queries, reaching, standard, trail
from guiju.records.actions import RELATIONS
from guiju.records.showing import Cell, Shown
from guiju.records.standard import FieldSpec, Kind
from guiju.records.views import frame
from guiju.records.wording import COLUMNS, STATES

REFS = {"unit_id": "unit", "owner_id": "person"}
RECENT = 6


@dataclass(frozen=True, kw_only=True)
class Place:
    """One field on the page: its cell where there is a value to show; otherwise empty, or hidden from the reader."""

    spec: FieldSpec
    cell: Cell | None = None
    empty: bool = False

    @property
    def visibility(self) -> str:
        """Return how the component shows the field."""
        if self.empty:
            return "clear"
        if self.cell is None:
            return "absent"
        return "erased" if self.cell.erased else self.cell.visibility


@dataclass(frozen=True, kw_only=True)
class Group:
    """The fields of one retention class: those with something to say, those hidden from the reader, the empty ones."""

    code: str
    title: Words
    says: Words
    places: list[Place]
    hidden: list[FieldSpec]
    empty: list[FieldSpec]


def groups(shown: Shown) -> list[Group]:
    """Return the fields of a customer by retention class, in the order of the collection standard."""
    rules = standard.load()
    specs = rules.fields_of(Kind(shown.customer.kind))
    found = []
    for code, entry in rules.retention_classes.items():
        mine = [spec for spec in specs if spec.retention == code]
        places = [Place(spec=spec, cell=shown.cells[spec.key]) for spec in mine if spec.key in shown.cells]
        hidden = [spec for spec in mine if spec.key in shown.hidden]
        empty = [spec for spec in mine if spec.key not in shown.cells and spec.key not in shown.hidden]
        if mine:
            title, says = str(entry.title), str(entry.says)
            found.append(Group(code=code, title=title, says=says, places=places, hidden=hidden, empty=empty))
    return found


@page(needs=Permission.CUSTOMER_READ)
def record(request: Request, customer_id: UUID) -> HttpResponse:
    """Show the record."""
    shown = queries.opened(customer=customer_id, actor=request.actor, purpose=request.purpose, at=request.at)
    return respond_record(request, shown)


def respond_record(request: Request, shown: Shown, *, revealed: str = "") -> HttpResponse:
    """Render the record, perhaps with one value revealed."""
    return frame.respond(request, shown, "records/customer.html", "customer", groups=groups(shown), revealed=revealed)


@page(needs=Permission.CUSTOMER_READ)
def relationships(request: Request, customer_id: UUID) -> HttpResponse:
    """Show who belongs to whom."""
    shown = frame.name_only(request, customer_id)
    ties = queries.ties(customer=customer_id, actor=request.actor, purpose=request.purpose, at=request.at)
    return frame.respond(
        request, shown, "records/relationships.html", "customer_relationships", ties=ties, relations=RELATIONS
    )


@page(needs=Permission.CUSTOMER_READ)
def notes(request: Request, customer_id: UUID) -> HttpResponse:
    """Show the notes."""
    return respond_notes(request, customer_id)


def respond_notes(
    request: Request, customer_id: UUID, *, typed: str = "", problem: Words = "", status: int = 200
) -> HttpResponse:
    """Render the notes; what was typed stays in the box."""
    shown = frame.name_only(request, customer_id)
    found = past.notes(customer=customer_id, actor=request.actor, purpose=request.purpose)
    authors = access.labels({one.note.author for one in found})
    listed = [(one, authors.get(one.note.author, one.note.author)) for one in found]
    return frame.respond(
        request,
        shown,
        "records/notes.html",
        "customer_notes",
        status=status,
        notes=listed,
        typed=typed,
        problem=problem,
    )


@page(needs=Permission.CUSTOMER_READ)
def history(request: Request, customer_id: UUID) -> HttpResponse:
    """Show what the record held before each change, through the policy."""
    shown = frame.name_only(request, customer_id)
    changes = past.history(customer=customer_id, actor=request.actor, purpose=request.purpose, at=request.at)
    names = access.labels(_refs(changes))
    rules = standard.load()
    told = [
        {
            "revision": change.revision,
            "actor": names.get(change.revision.actor, change.revision.actor),
            "purpose": PURPOSES[change.revision.purpose].title if change.revision.purpose in PURPOSES else "",
            "fields": [(rules.fields[key].label, cell) for key, cell in change.before.items()],
            "columns": [
                (COLUMNS.get(name, name), _held(name, value, names)) for name, value in change.columns.items()
            ],
        }
        for change in changes
    ]
    return frame.respond(request, shown, "records/history.html", "customer_history", changes=told)


def _refs(changes: list[past.Change]) -> set[str]:
    found = {change.revision.actor for change in changes}
    for change in changes:
        found |= {f"{REFS[name]}:{value}" for name, value in change.columns.items() if name in REFS and value}
    return found


def _held(name: str, value: object, names: Mapping[str, str]) -> Words:
    if name in REFS:
        return names.get(f"{REFS[name]}:{value}", "") if value else ""
    if name == "state":
        return STATES.get(str(value), str(value))
    if isinstance(value, list):
        return _(", ").join(str(one) for one in value)
    return "" if value is None else str(value)


@page(needs=Permission.TRAIL_READ)
def access_trail(request: Request, customer_id: UUID) -> HttpResponse:
    """Show who has looked and what was done, newest first."""
    shown = frame.name_only(request, customer_id)
    found = trail.trail(customer=customer_id, actor=request.actor, before=parse_number(request.GET.get("before", "")))
    return frame.respond(request, shown, "records/trail.html", "customer_trail", found=found)


@page(needs=Permission.TRAIL_READ)
def looks(request: Request, customer_id: UUID) -> HttpResponse:
    """Show the newest looks for the margin of a customer's page, which asks for them once it stands."""
    found = reaching.find(customer=customer_id, actor=request.actor, permission=Permission.TRAIL_READ)
    recent = trail.recent(customer=found, actor=request.actor, size=RECENT)
    return render(request, "records/parts/looks.html", {"customer": found, "looks": recent})


@page(needs=Permission.TRAIL_READ)
def proofs(request: Request, customer_id: UUID) -> HttpResponse:
    """Show which entries are sealed in the ledger and how anybody can verify that."""
    shown = frame.name_only(request, customer_id)
    found = trail.trail(customer=customer_id, actor=request.actor, before=parse_number(request.GET.get("before", "")))
    places = ledger.positions([told.entry for told in found.told])
    open_ones = trail.provable((told.entry for told in found.told), actor=request.actor)
    sealed = [(told, places.get(told.entry.pk), told.entry.pk in open_ones) for told in found.told]
    newest = ledger.latest_checkpoint()
    return frame.respond(
        request, shown, "records/proofs.html", "customer_proofs", found=found, sealed=sealed, checkpoint=newest
    )


@page(needs=Permission.TRAIL_READ)
def proof(request: Request, customer_id: UUID, entry_id: int) -> HttpResponse:
    """Hand out the proof of one entry about this customer as a file that anybody can verify."""
    found = trail.proof(customer=customer_id, entry=entry_id, actor=request.actor)
    response = HttpResponse(found.text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="entry-{entry_id}.tlog-proof"'
    return response
