"""Permissions, scopes and visibilities in words, so that roles can be read aloud."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from guiju.access.fields import Visibility
from guiju.access.permissions import Permission
from guiju.access.roles import Scope
from guiju.kit.errors import Words

PERMISSIONS: Mapping[Permission, Words] = {
    Permission.ACCOUNT_OWN: _("keep the own account"),
    Permission.TODAY_READ: _("see Today"),
    Permission.CUSTOMER_READ: _("open customers"),
    Permission.CUSTOMER_REVEAL: _("reveal masked values"),
    Permission.CUSTOMER_CREATE: _("add customers"),
    Permission.CUSTOMER_UPDATE: _("edit customers"),
    Permission.CUSTOMER_IMPORT: _("import customers"),
    Permission.CUSTOMER_EXPORT: _("export customers"),
    Permission.CUSTOMER_ERASE: _("erase customers"),
    Permission.TRAIL_READ: _("see who looked at a customer"),
    Permission.STANDARD_READ: _("read the collection standard"),
    Permission.STANDARD_EDIT: _("change the collection standard"),
    Permission.PURPOSE_READ: _("read purposes, lawful bases and roles"),
    Permission.PERSON_READ: _("see people and units"),
    Permission.PERSON_MANAGE: _("manage people, units and roles"),
    Permission.TOKEN_MANAGE: _("manage tokens of others"),
    Permission.LEDGER_READ: _("read the ledger"),
    Permission.KEY_MANAGE: _("manage keys"),
    Permission.SETTINGS_READ: _("see settings"),
    Permission.SYSTEM_RUN: _("run housekeeping"),
}

SCOPES: Mapping[Scope, Words] = {
    Scope.OWN: _("own customers"),
    Scope.UNIT: _("customers of the unit"),
    Scope.TREE: _("customers of the unit and the units below"),
    Scope.ALL: _("all customers"),
}

VISIBILITIES: Mapping[Visibility, Words] = {
    Visibility.CLEAR: _("in clear"),
    Visibility.MASKED: _("masked"),
    Visibility.TOKENISED: _("as a token"),
    Visibility.ABSENT: _("not shown"),
}

FACTORS: Mapping[str, Words] = {
    "totp": _("Authenticator app"),
    "webauthn": _("Passkey"),
    "recovery_codes": _("Recovery codes"),
}

ACTS: Mapping[str, Words] = {
    "link": _("a one-time sign-in link"),
    "factors": _("the removal of the second factors"),
    "role": _("a role over people"),
}

HAPPENED: Mapping[str, Words] = {
    "link": _("A one-time sign-in link for your account was given out."),
    "factors": _("Your second factors were removed."),
    "role": _("You were given a role over people."),
}

BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def browser(user_agent: str) -> Words:
    """Return what a browser calls itself, in the two words people recognise."""
    name = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return " · ".join(filter(None, (name, system))) or _("Unknown browser")
