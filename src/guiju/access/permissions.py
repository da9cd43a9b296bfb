"""What an actor may do, one code each."""

from enum import StrEnum


class Permission(StrEnum):
    """A permission; roles hold sets of them and actions, pages and operations name the one they need."""

    ACCOUNT_OWN = "account.own"
    TODAY_READ = "today.read"
    CUSTOMER_READ = "customer.read"
    CUSTOMER_REVEAL = "customer.reveal"
    CUSTOMER_CREATE = "customer.create"
    CUSTOMER_UPDATE = "customer.update"
    CUSTOMER_IMPORT = "customer.import"
    CUSTOMER_EXPORT = "customer.export"
    CUSTOMER_ERASE = "customer.erase"
    TRAIL_READ = "trail.read"
    STANDARD_READ = "standard.read"
    STANDARD_EDIT = "standard.edit"
    PURPOSE_READ = "purpose.read"
    PERSON_READ = "person.read"
    PERSON_MANAGE = "person.manage"
    TOKEN_MANAGE = "token.manage"  # noqa: S105
    LEDGER_READ = "ledger.read"
    KEY_MANAGE = "key.manage"
    SETTINGS_READ = "settings.read"
    SYSTEM_RUN = "system.run"
