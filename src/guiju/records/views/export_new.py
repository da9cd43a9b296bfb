"""Asking for an export: which columns, how each would leave under the current purpose, in which format."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guiju.access.fields import Visibility
from guiju.access.permissions import Permission
from guiju.access.web import BOTH, Request, page
from guiju.kit.errors import Refused, Words
from guiju.records import standard
from guiju.records.exports import actions, queries
from guiju.records.exports.queries import COUNT_UP_TO
from guiju.records.exports.wording import FORMATS, SIGHTS
from guiju.records.finding import Filters
from guiju.records.queries import REASONS
from guiju.records.standard import FieldSpec
from guiju.records.views.listing import CustomerList
from guiju.records.wording import CLASSES

USUAL = ("organisation-name", "person-name", "job-title", "phones", "emails", "addresses")


@dataclass(frozen=True, kw_only=True)
class FieldRow:
    """One column to choose: how it leaves with masks, and how in clear."""

    spec: FieldSpec
    chosen: bool
    masked: tuple[str, Words]
    clear: tuple[str, Words]
    absent: bool


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One option of a radio group, laid out as in the declaration of an import."""

    code: str
    title: Words
    says: Words
    chosen: bool
    disabled: bool = False


@page(needs=Permission.CUSTOMER_EXPORT, methods=BOTH)
def new(request: Request) -> HttpResponse:
    """Show what would leave, and start the export."""
    asking = CustomerList(request)
    filters = replace(asking.filters, text="")
    refused: Refused | None = None
    if request.method == "POST":
        try:
            started = actions.start(
                format=request.POST.get("format", ""),
                columns=request.POST.getlist("field"),
                filters=filters,
                clear=request.POST.get("sight") == "clear",
                reason=request.POST.get("reason", ""),
                purpose=request.purpose,
                by=request.actor,
                at=request.at,
            )
        except Refused as refusal:
            refused = refusal
        else:
            return redirect("records:export", started.pk)
    words = {
        "crumbs": [(_("Customers"), reverse("records:customers"))],
        "chips": asking.page.chips(asking.asked),
        "back": reverse("records:customers") + (asking.asked.address() if asking.asked.filters else ""),
        "subtitle": _many(request, filters),
        "groups": _groups(request),
        "formats": _formats(request),
        "sights": _sights(request),
        "reasons": [(code, says, code == request.POST.get("reason", "")) for code, says in REASONS.items()],
        "refused": refused,
        "problems": _named(refused),
    }
    return render(request, "records/exports/new.html", words, status=422 if refused else 200)


def _many(request: Request, filters: Filters) -> str:
    many = queries.count(actor=request.actor, filters=filters, purpose=request.purpose)
    if many > COUNT_UP_TO:
        return _("More than %(count)s customers would leave") % {
            "count": number_format(COUNT_UP_TO, force_grouping=True)
        }
    words = ngettext("%(count)s customer would leave", "%(count)s customers would leave", many)
    return words % {"count": number_format(many, force_grouping=True)}


def _groups(request: Request) -> list[tuple[Words, list[FieldRow]]]:
    """Return the fields by class, each with how it would leave."""
    masked = queries.sights(actor=request.actor, purpose=request.purpose, clear=False)
    may_reveal = queries.may_clear(actor=request.actor, purpose=request.purpose)
    clear = queries.sights(actor=request.actor, purpose=request.purpose, clear=True) if may_reveal else masked
    typed = request.POST.getlist("field") if request.method == "POST" else USUAL
    found: dict[str, list[FieldRow]] = {code: [] for code in CLASSES}
    for spec in standard.load().entries:
        absent = masked[spec.key] is clear[spec.key] is Visibility.ABSENT
        found[spec.field_class].append(
            FieldRow(
                spec=spec,
                chosen=spec.key in typed and not absent,
                masked=SIGHTS[masked[spec.key]],
                clear=SIGHTS[clear[spec.key]],
                absent=absent,
            )
        )
    return [(CLASSES[code], rows) for code, rows in found.items() if rows]


def _formats(request: Request) -> list[Choice]:
    chosen = request.POST.get("format", "xlsx")
    return [
        Choice(code=code, title=title, says=says, chosen=code == chosen) for code, (title, says) in FORMATS.items()
    ]


def _sights(request: Request) -> list[Choice]:
    clear = request.POST.get("sight") == "clear"
    may_reveal = queries.may_clear(actor=request.actor, purpose=request.purpose)
    return [
        Choice(
            code="masked",
            title=_("Masked, as the list shows them"),
            says=_("Enough to recognise a customer; nobody can call, write to or impersonate somebody with it."),
            chosen=not clear,
        ),
        Choice(
            code="clear",
            title=_("In clear"),
            says=_(
                "Counts as revealing every value: the ledger says so for each customer, and you answer for the file."
            )
            if may_reveal
            else _("Your role does not export in clear."),
            chosen=clear and may_reveal,
            disabled=not may_reveal,
        ),
    ]


def _named(refused: Refused | None) -> list[dict[str, Any]]:
    """Return what is wrong with the form, each thing with the field it is about."""
    if refused is None:
        return []
    if not refused.problems:
        return [{"field": "", "message": refused.message, "remedy": refused.remedy}]
    names = {"columns": _("Columns"), "format": _("Format"), "purpose": _("Purpose"), "reason": _("Reason")}
    return [
        {"field": names.get(one.field.partition(".")[0], one.field), "message": one.message, "remedy": one.remedy}
        for one in refused.problems
    ]
