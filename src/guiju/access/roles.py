"""Roles as classes that can be read aloud: what each may do, how far it reaches and what it sees."""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from guiju.access.fields import ABSENT, CLEAR, MASKED, REVEALABLE, TOKENISED, FieldClass, Sight, Visibility
from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES
from guiju.kit.errors import Words


class Scope(StrEnum):
    """Whose customers a role reaches."""

    OWN = "own"
    UNIT = "unit"
    TREE = "tree"
    ALL = "all"


OPEN = {FieldClass.PUBLIC: CLEAR, FieldClass.INTERNAL: CLEAR}
EVERYBODY = frozenset(
    {Permission.ACCOUNT_OWN, Permission.TODAY_READ, Permission.STANDARD_READ, Permission.PURPOSE_READ}
)
CASEWORK = frozenset(
    {
        Permission.CUSTOMER_READ,
        Permission.CUSTOMER_REVEAL,
        Permission.CUSTOMER_CREATE,
        Permission.CUSTOMER_UPDATE,
        Permission.TRAIL_READ,
    }
)


class Role:
    """Base of every role. ``sentence`` is what a person reads aloud to know what the role is."""

    code: ClassVar[str]
    title: ClassVar[Words]
    sentence: ClassVar[Words]
    permissions: ClassVar[frozenset[Permission]]
    scope: ClassVar[Scope]
    purposes: ClassVar[frozenset[str]]
    sees: ClassVar[Mapping[FieldClass, Sight]]
    grantable: ClassVar[bool] = True

    @classmethod
    def needs_mfa(cls) -> bool:
        """Say whether holders must sign in with a second factor: they reach sensitive data, people or keys."""
        sensitive = cls.sees[FieldClass.SENSITIVE]
        powers = {Permission.PERSON_MANAGE, Permission.KEY_MANAGE, Permission.CUSTOMER_ERASE}
        return sensitive.revealed is not Visibility.ABSENT or bool(powers & cls.permissions)


class Sales(Role):
    """Sells and keeps accounts."""

    code = "sales"
    title = _("Sales")
    sentence = _(
        "Keeps the customers of the own unit: opens, adds and edits them, and reveals contact details when needed."
    )
    permissions = EVERYBODY | CASEWORK | {Permission.CUSTOMER_EXPORT}
    scope = Scope.UNIT
    purposes = frozenset({"account-management", "service", "marketing"})
    sees = OPEN | {FieldClass.PERSONAL: REVEALABLE, FieldClass.SENSITIVE: ABSENT}


class Service(Role):
    """Helps customers."""

    code = "service"
    title = _("Service")
    sentence = _("Helps customers of the own unit and the units below; reveals contact details to call back.")
    permissions = EVERYBODY | CASEWORK - {Permission.CUSTOMER_CREATE}
    scope = Scope.TREE
    purposes = frozenset({"service", "complaint-handling"})
    sees = OPEN | {FieldClass.PERSONAL: REVEALABLE, FieldClass.SENSITIVE: ABSENT}


class Manager(Role):
    """Answers for a unit."""

    code = "manager"
    title = _("Manager")
    sentence = _("Answers for a unit and the units below: sees their customers and people, and exports lists.")
    permissions = EVERYBODY | CASEWORK | {Permission.CUSTOMER_EXPORT, Permission.PERSON_READ}
    scope = Scope.TREE
    purposes = frozenset({"account-management", "service", "complaint-handling"})
    sees = OPEN | {FieldClass.PERSONAL: REVEALABLE, FieldClass.SENSITIVE: MASKED}


class RecordsAdministrator(Role):
    """Keeps the records in order."""

    code = "records-admin"
    title = _("Records administrator")
    sentence = _("Keeps the records in order: imports, exports, corrects, merges, and disposes of what is due.")
    permissions = (
        EVERYBODY
        | CASEWORK
        | {
            Permission.CUSTOMER_IMPORT,
            Permission.CUSTOMER_EXPORT,
            Permission.CUSTOMER_ERASE,
            Permission.STANDARD_EDIT,
            Permission.PERSON_READ,
        }
    )
    scope = Scope.TREE
    purposes = frozenset({"account-management", "service", "due-diligence", "legal"})
    sees = OPEN | {FieldClass.PERSONAL: REVEALABLE, FieldClass.SENSITIVE: REVEALABLE}


class ComplianceOfficer(Role):
    """Answers for lawful treatment of customer data."""

    code = "compliance-officer"
    title = _("Compliance officer")
    sentence = _("Answers for lawful treatment of customer data: sees every record, the ledger, people and rules.")
    permissions = (
        EVERYBODY
        | CASEWORK
        | {
            Permission.CUSTOMER_EXPORT,
            Permission.CUSTOMER_ERASE,
            Permission.STANDARD_EDIT,
            Permission.PERSON_READ,
            Permission.LEDGER_READ,
            Permission.SETTINGS_READ,
        }
    )
    scope = Scope.ALL
    purposes = frozenset({"due-diligence", "complaint-handling", "legal", "security", "account-management"})
    sees = OPEN | {FieldClass.PERSONAL: REVEALABLE, FieldClass.SENSITIVE: REVEALABLE}


class SecurityAdministrator(Role):
    """Runs people, keys and settings."""

    code = "security-admin"
    title = _("Security administrator")
    sentence = _("Runs people, roles, keys and settings; sees no customer's personal data.")
    permissions = EVERYBODY | {
        Permission.PERSON_READ,
        Permission.PERSON_MANAGE,
        Permission.TOKEN_MANAGE,
        Permission.LEDGER_READ,
        Permission.KEY_MANAGE,
        Permission.SETTINGS_READ,
    }
    scope = Scope.ALL
    purposes = frozenset({"security"})
    sees = OPEN | {FieldClass.PERSONAL: ABSENT, FieldClass.SENSITIVE: ABSENT}


class Auditor(Role):
    """Checks, changes nothing."""

    code = "auditor"
    title = _("Auditor")
    sentence = _("Checks records, rules and the ledger; sees tokens instead of personal data and changes nothing.")
    permissions = EVERYBODY | {
        Permission.CUSTOMER_READ,
        Permission.TRAIL_READ,
        Permission.PERSON_READ,
        Permission.LEDGER_READ,
        Permission.SETTINGS_READ,
    }
    scope = Scope.ALL
    purposes = frozenset({"security", "legal"})
    sees = OPEN | {FieldClass.PERSONAL: TOKENISED, FieldClass.SENSITIVE: ABSENT}


class ServiceAccount(Role):
    """A connected system."""

    code = "service-account"
    title = _("Service account")
    sentence = _(
        "A connected system: reads and writes customers of its unit through the API, for the purposes of its token."
    )
    permissions = frozenset(
        {
            Permission.ACCOUNT_OWN,
            Permission.CUSTOMER_READ,
            Permission.CUSTOMER_REVEAL,
            Permission.CUSTOMER_CREATE,
            Permission.CUSTOMER_UPDATE,
            Permission.CUSTOMER_IMPORT,
            Permission.CUSTOMER_EXPORT,
            Permission.STANDARD_READ,
            Permission.PURPOSE_READ,
        }
    )
    scope = Scope.TREE
    purposes = frozenset(PURPOSES)
    sees = OPEN | {FieldClass.PERSONAL: REVEALABLE, FieldClass.SENSITIVE: ABSENT}


class Operator(Role):
    """The command line on the server itself."""

    code = "operator"
    title = _("Operator")
    sentence = _(
        "Works at the command line of the server: imports, exports, adds people, verifies the ledger, runs keys."
    )
    permissions = frozenset(Permission)
    scope = Scope.ALL
    purposes = frozenset(PURPOSES)
    sees = OPEN | {FieldClass.PERSONAL: REVEALABLE, FieldClass.SENSITIVE: REVEALABLE}
    grantable = False


class System(Role):
    """Guiju's own housekeeping."""

    code = "system"
    title = _("Guiju itself")
    sentence = _("Housekeeping by the product itself: seals the ledger, sweeps orphan keys, ends expired grants.")
    permissions = frozenset({Permission.SYSTEM_RUN})
    scope = Scope.ALL
    purposes = frozenset({"security"})
    sees = OPEN | {FieldClass.PERSONAL: ABSENT, FieldClass.SENSITIVE: ABSENT}
    grantable = False


ROLES: dict[str, type[Role]] = {
    role.code: role
    for role in (
        Sales,
        Service,
        Manager,
        RecordsAdministrator,
        ComplianceOfficer,
        SecurityAdministrator,
        Auditor,
        ServiceAccount,
        Operator,
        System,
    )
}
