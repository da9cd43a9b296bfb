"""The list of customers and the search over it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from guiju.access.permissions import Permission
from guiju.access.web import BOTH, Request, page
from guiju.kit.ids import parse_uuid
from guiju.kit.lists import Bulk, Link, Results, Row
from guiju.records import queries, saving
from guiju.records.queries import COUNT_UP_TO, Listing
from guiju.records.showing import Shown
from guiju.records.values import countries
from guiju.records.views.listing import CustomerList
from guiju.records.wording import KINDS, STATE_TONES, STATES

HIDDEN = {"visibility": "absent"}


@page(needs=Permission.CUSTOMER_READ, methods=BOTH)
def customers(request: Request) -> HttpResponse:
    """List the customers within reach; what is searched for travels in the body and stands in no address."""
    asking = CustomerList(request)
    return _respond(asking, _found(asking))


@page(needs=Permission.CUSTOMER_READ, methods=BOTH)
def search(request: Request) -> HttpResponse:
    """Search everywhere within reach: a single hit opens, several are listed."""
    asking = CustomerList(request)
    if not asking.asked.text:
        return redirect("records:customers")
    found = _found(asking)
    if len(found.rows) == 1 and not found.newer and not found.older:
        return redirect("records:customer", found.rows[0].customer.pk)
    return _respond(asking, found)


def _found(asking: CustomerList) -> Listing:
    request = asking.request
    return queries.listing(
        actor=request.actor,
        purpose=request.purpose,
        at=request.at,
        filters=asking.filters,
        after=parse_uuid(asking.asked.after),
        before=parse_uuid(asking.asked.before),
        columns=asking.field_columns,
    )


def _respond(asking: CustomerList, found: Listing) -> HttpResponse:
    total = queries.count(actor=asking.request.actor, filters=asking.filters, purpose=asking.request.purpose)
    results = Results(
        rows=[row_of(one) for one in found.rows],
        newer=str(found.newer or ""),
        older=str(found.older or ""),
        summary=summary(total),
    )
    return asking.page.respond(
        asking.request,
        asked=asking.asked,
        results=results,
        links=_links(asking),
        bulk=_bulk(asking),
        context={"tools": "records/parts/views.html", "views": saving.views(by=asking.request.actor)},
    )


def _links(asking: CustomerList) -> list[Link]:
    may = asking.request.actor.may
    links = []
    if may(Permission.CUSTOMER_EXPORT):
        narrowed = asking.asked.address() if asking.asked.filters else ""
        links.append(Link(label=_("Export"), url=f"{reverse('records:export_new')}{narrowed}", icon="file-export"))
    if may(Permission.CUSTOMER_IMPORT):
        links.append(Link(label=_("Import"), url=reverse("records:imports"), icon="file-import"))
    if may(Permission.CUSTOMER_CREATE):
        new = reverse("records:customer_new")
        links.append(Link(label=_("Add a customer"), url=new, icon="plus", kind="primary"))
    return links


def _bulk(asking: CustomerList) -> list[Bulk]:
    if not asking.request.actor.may(Permission.CUSTOMER_UPDATE):
        return []
    words = (
        ("owner", _("Assign owner"), "user-check"),
        ("unit", _("Move to a unit"), "sitemap"),
        ("add-tag", _("Add a tag"), "tag"),
        ("remove-tag", _("Remove a tag"), "x"),
    )
    return [
        Bulk(label=label, url=reverse("records:customers_bulk", args=[change]), icon=icon)
        for change, label, icon in words
    ]


def summary(total: int) -> str:
    """Return how many customers there are, counting no further than the limit."""
    if total > COUNT_UP_TO:
        return _("More than %(count)s customers") % {"count": number_format(COUNT_UP_TO, force_grouping=True)}
    words = ngettext("%(count)s customer", "%(count)s customers", total)
    return words % {"count": number_format(total, force_grouping=True)}


def row_of(shown: Shown) -> Row:
    """Return one customer as a row of a list."""
    one = shown.customer
    plain: dict[str, Any] = {
        "name": shown,
        "kind": ("neutral", KINDS[one.kind]),
        "unit": one.unit.name,
        "owner": one.owner.name if one.owner else "",
        "tags": [("neutral", tag) for tag in one.tags],
        "jurisdiction": one.jurisdiction and countries.name(one.jurisdiction, get_language() or "en"),
        "reference": one.reference,
        "state": (STATE_TONES[one.state], STATES[one.state]),
        "created": one.created_at,
        "updated": one.updated_at,
    }
    hidden = dict.fromkeys(shown.hidden, HIDDEN)
    return Row(cells=hidden | shown.cells | plain, url=reverse("records:customer", args=[one.pk]), key=str(one.pk))
