"""What every tab of a customer's page shares: the header, the tabs and the right column."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guiju.access import policy
from guiju.access import purposes as register
from guiju.access.permissions import Permission
from guiju.access.web import Request
from guiju.kit.errors import Words
from guiju.records import queries, showing, standard, writing
from guiju.records.models import Customer, State
from guiju.records.queries import NAMES
from guiju.records.showing import Shown
from guiju.records.values import countries
from guiju.records.wording import KIND_ICONS, KINDS, STATE_TONES, STATES
from guiju.vault import keyring
from guiju.vault.keyring import ERASED


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A purpose or a lawful basis with the law behind it."""

    title: Words
    says: Words
    articles: str
    unverified: bool


def ground(entry: register.Purpose | register.Basis | None) -> Ground | None:
    """Return an entry of the register as the page names it, None for one that the register lost."""
    if entry is None:
        return None
    articles = [register.registry().article(reference) for reference in entry.articles]
    return Ground(
        title=str(entry.title),
        says=str(entry.says),
        articles=_("; ").join(str(article) for article in articles),
        unverified=not all(article.law.verified for article in articles),
    )


def name_only(request: Request, customer: UUID) -> Shown:
    """Return a customer for a page that shows nothing of it but the name; the look is recorded as that."""
    return queries.opened(customer=customer, actor=request.actor, purpose=request.purpose, at=request.at, only=NAMES)


def respond(
    request: Request, shown: Shown, template: str, tab: str, *, status: int = 200, **words: Any
) -> HttpResponse:
    """Render one tab of a customer's page."""
    return render(request, template, frame(request, shown, tab) | words, status=status)


def frame(request: Request, shown: Shown, tab: str) -> dict[str, Any]:
    """Return what the header, the tabs and the right column say."""
    customer = shown.customer
    trails = _may(request, customer, Permission.TRAIL_READ)
    return rights(request, customer) | {
        "shown": shown,
        "customer": customer,
        "title": title_of(shown),
        "crumbs": crumbs(),
        "badges": _badges(customer),
        "tabs": _tabs(customer, tab, trails=trails),
        "basis": ground(register.BASES.get(customer.basis)),
        "purposes_held": [found for code in customer.purposes if (found := ground(register.PURPOSES.get(code)))],
        "jurisdiction": customer.jurisdiction and countries.name(customer.jurisdiction, get_language() or "en"),
        "keys": key_states(customer.pk, shown.keys),
        "may_see_trail": trails,
    }


def crumbs(shown: Shown | None = None) -> list[tuple[Words, str]]:
    """Return the way to a page of a customer, by way of the customer's own page where ``shown`` is given."""
    found: list[tuple[Words, str]] = [(_("Customers"), reverse("records:customers"))]
    if shown is not None:
        found.append((title_of(shown), reverse("records:customer", args=[shown.customer.pk])))
    return found


def rights(request: Request, customer: Customer) -> dict[str, bool]:
    """Return what the reader may do with a record."""
    erased = customer.state == State.ERASED
    return {
        "may_change": not erased and _may(request, customer, Permission.CUSTOMER_UPDATE),
        "may_lift": writing.may_lift(request.actor, request.purpose),
        "may_erase": not erased and _may(request, customer, Permission.CUSTOMER_ERASE),
    }


def _may(request: Request, customer: Customer, permission: Permission) -> bool:
    return policy.reach(request.actor, permission).covers(showing.envelope(customer))


def title_of(shown: Shown) -> Words:
    """Return the name to head a page with, as the policy shows it."""
    if shown.customer.state == State.ERASED:
        return _("Erased record")
    return shown.title or _("Name not shown")


def _badges(customer: Customer) -> list[tuple[str, str, Words]]:
    found = [("neutral", KIND_ICONS[customer.kind], KINDS[customer.kind])]
    if customer.state != State.ACTIVE:
        found.append((STATE_TONES[customer.state], "lock", STATES[customer.state]))
    return found


def _tabs(customer: Customer, current: str, *, trails: bool) -> list[dict[str, Any]]:
    names = [
        ("customer", _("Record")),
        ("customer_relationships", _("Relationships")),
        ("customer_notes", _("Notes")),
        ("customer_history", _("History")),
    ]
    if trails:
        names += [("customer_trail", _("Access trail")), ("customer_proofs", _("Proofs"))]
    return [
        {"label": label, "url": reverse(f"records:{name}", args=[customer.pk]), "current": name == current}
        for name, label in names
    ]


def key_states(customer: UUID, fetched: keyring.Opened | None = None) -> list[tuple[Words, str]]:
    """Return each retention class with what became of its key: ``held`` or ``destroyed``."""
    classes = standard.load().retention_classes
    opened = fetched or keyring.open_many([(customer, code) for code in classes])
    return [
        (str(entry.title), "destroyed" if opened.dek(customer, code) is ERASED else "held")
        for code, entry in classes.items()
        if opened.knows(customer, code)
    ]
