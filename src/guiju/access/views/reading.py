"""What can be read aloud: units, roles, purposes and lawful bases."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guiju.access import actions, policy, purposes, queries, web
from guiju.access.fields import FieldClass
from guiju.access.forms import UnitForm
from guiju.access.permissions import Permission
from guiju.access.roles import ROLES, Role
from guiju.access.wording import PERMISSIONS, SCOPES, VISIBILITIES
from guiju.kit.errors import Refused
from guiju.kit.forms import refuse


@web.page(needs=Permission.PERSON_READ)
def units(request: web.Request) -> HttpResponse:
    """Show the tree of units."""
    return _units(request, UnitForm())


def _units(request: web.Request, form: UnitForm) -> HttpResponse:
    words = {"units": queries.units(), "form": form, "manages": request.actor.may(Permission.PERSON_MANAGE)}
    return render(request, "access/units.html", words, status=422 if form.errors else 200)


@web.page(needs=Permission.PERSON_MANAGE, methods=web.SEND)
def add_unit(request: web.Request) -> HttpResponse:
    """Add a unit."""
    form = UnitForm(request.POST)
    if form.is_valid():
        try:
            actions.create_unit(**form.cleaned_data, by=request.actor, at=request.at)
        except Refused as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The unit is added."))
            return redirect("access:units")
    return _units(request, form)


@web.page(needs=Permission.PURPOSE_READ)
def roles(request: web.Request) -> HttpResponse:
    """Read every role aloud."""
    return render(request, "access/roles.html", {"roles": [_aloud(role) for role in ROLES.values()]})


def _aloud(role: type[Role]) -> dict[str, object]:
    return {
        "role": role,
        "needs_mfa": role.needs_mfa(),
        "scope": SCOPES[role.scope],
        "permissions": [PERMISSIONS[permission] for permission in Permission if permission in role.permissions],
        "purposes": [purposes.PURPOSES[code].title for code in purposes.PURPOSES if code in role.purposes],
        "sees": [
            (policy.class_name(kind), VISIBILITIES[role.sees[kind].normal], VISIBILITIES[role.sees[kind].revealed])
            for kind in FieldClass
        ],
    }


@web.page(needs=Permission.PURPOSE_READ)
def purposes_and_bases(request: web.Request) -> HttpResponse:
    """Show the registry of purposes and lawful bases with the law behind them."""
    known = purposes.registry()
    words = {
        "purposes": [_with_law(known, entry) for entry in known.purposes.values()],
        "bases": [_with_law(known, entry) for entry in known.bases.values()],
        "laws": known.laws.values(),
    }
    return render(request, "access/purposes.html", words)


def _with_law(known: purposes.Registry, entry: purposes.Purpose | purposes.Basis) -> dict[str, object]:
    compatible = getattr(entry, "compatible_with", ())
    return {
        "entry": entry,
        "articles": _by_law(known, entry.articles),
        "compatible": [known.purposes[code].title for code in compatible],
    }


def _by_law(known: purposes.Registry, references: tuple[str, ...]) -> list[tuple[purposes.Law, str]]:
    numbers: dict[str, list[str]] = {}
    for reference in references:
        law, number = reference.rsplit(".", 1)
        numbers.setdefault(law, []).append(number)
    return [(known.laws[law], _(", ").join(found)) for law, found in numbers.items()]
